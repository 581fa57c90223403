#include "platform.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "runner/source/unzstd.h"

enum {
	HEADER_BYTES = 18,    /* of a frame, at most */
	MOST_WINDOW_LOG = 27, /* what zstd itself unpacks when nothing else is asked for */
};

struct unzstd {
	struct stage stage; /* first, so that the one is the other */
	struct stage_options options;
	ZSTD_DCtx *context;
	ZSTD_inBuffer in;
	uint64_t read_to; /* bytes taken from the reader */
	bool has_ended;   /* the reader has no more */
	bool is_between;  /* a frame ended, or none began */
	unsigned char window[]; /* stage_window_bytes() */
};

static uint64_t
place(const struct unzstd *unzstd)
{
	return unzstd->read_to - (unzstd->in.size - unzstd->in.pos);
}

static int
fill(struct unzstd *unzstd, struct err *err)
{
	size_t got;

	if (unzstd->in.pos < unzstd->in.size || unzstd->has_ended)
		return 0;
	if (reader_read(unzstd->options.reader, unzstd->read_to, unzstd->window,
		stage_window_bytes(&unzstd->options), &got, err))
		return -1;
	unzstd->read_to += got;
	unzstd->has_ended = got == 0;
	unzstd->in = (ZSTD_inBuffer){ unzstd->window, got, 0 };
	return 0;
}

static int
complain(struct unzstd *unzstd, size_t code, bool was_between, struct err *err)
{
	switch ((int)ZSTD_getErrorCode(code)) {
	case ZSTD_error_memory_allocation:
		return err_memory(err);
	case ZSTD_error_frameParameter_windowTooLarge:
		return err_set(err, ERR_DATA,
		    "%s needs more than 128 MiB of memory to be unpacked\n"
		    "  It was packed with a long window: unpack it yourself (zstd -d --long=31),\n"
		    "  and name the text in the job file.\n"
		    "Nothing was sent.",
		    unzstd->options.path);
	case ZSTD_error_prefix_unknown:
		if (was_between && place(unzstd))
			return stage_trailing(&unzstd->options, place(unzstd), "zstd", err);
		break;
	default:
		break;
	}
	return stage_damaged(&unzstd->options, place(unzstd), ZSTD_getErrorName(code), err);
}

static int
unzstd_read(struct stage *stage, void *to, size_t most, size_t *got, struct err *err)
{
	struct unzstd *unzstd = (struct unzstd *)stage;
	ZSTD_outBuffer out = { to, most, 0 };

	while (out.pos == 0) {
		bool was_between = unzstd->is_between;
		size_t code;

		if (fill(unzstd, err))
			return -1;
		if (unzstd->has_ended && unzstd->is_between && unzstd->read_to)
			break;
		code = ZSTD_decompressStream(unzstd->context, &out, &unzstd->in);
		if (ZSTD_isError(code))
			return complain(unzstd, code, was_between, err);
		/* At the end of the file it may still have had bytes to give. */
		if (unzstd->has_ended && out.pos == 0)
			return stage_cut_off(&unzstd->options, err);
		unzstd->is_between = code == 0;
	}
	*got = out.pos;
	return 0;
}

static void
unzstd_close(struct stage *stage)
{
	struct unzstd *unzstd = (struct unzstd *)stage;

	ZSTD_freeDCtx(unzstd->context);
	free(unzstd);
}

static void
bound_memory(struct unzstd *unzstd)
{
	int log = unzstd->options.zstd_window_log;

	ZSTD_DCtx_setParameter(
	    unzstd->context, ZSTD_d_windowLogMax, log ? log : MOST_WINDOW_LOG);
}

/* The first frame's own word; more may follow. */
static int
read_said_bytes(struct unzstd *unzstd, struct err *err)
{
	unsigned char header[HEADER_BYTES];
	unsigned long long said;
	size_t got;

	if (reader_read(unzstd->options.reader, 0, header, sizeof(header), &got, err))
		return -1;
	said = ZSTD_getFrameContentSize(header, got);
	if (said != ZSTD_CONTENTSIZE_UNKNOWN && said != ZSTD_CONTENTSIZE_ERROR)
		unzstd->stage.said_bytes = said;
	return 0;
}

int
unzstd_open(const struct stage_options *options, struct stage **stage, struct err *err)
{
	struct unzstd *unzstd = calloc(1, sizeof(*unzstd) + stage_window_bytes(options));

	if (!unzstd)
		return err_memory(err);
	unzstd->stage.read = unzstd_read;
	unzstd->stage.close = unzstd_close;
	unzstd->options = *options;
	unzstd->is_between = true;
	unzstd->context = ZSTD_createDCtx();
	if (!unzstd->context) {
		free(unzstd);
		return err_memory(err);
	}
	bound_memory(unzstd);
	if (read_said_bytes(unzstd, err)) {
		unzstd_close(&unzstd->stage);
		return -1;
	}
	*stage = &unzstd->stage;
	return 0;
}
