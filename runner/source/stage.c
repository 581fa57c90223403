#include "platform.h"

#include <stdlib.h>

#include "runner/base/show.h"
#include "runner/source/stage.h"

size_t
stage_window_bytes(const struct stage_options *options)
{
	return options->window_bytes ? options->window_bytes : STAGE_WINDOW_BYTES;
}

void
stage_close(struct stage *stage)
{
	if (stage)
		stage->close(stage);
}

/* ---- the bytes as they lie */

struct lying {
	struct stage stage; /* first, so that the one is the other */
	const struct reader *reader;
	uint64_t at;
};

static int
lying_read(struct stage *stage, void *to, size_t most, size_t *got, struct err *err)
{
	struct lying *lying = (struct lying *)stage;

	if (reader_read(lying->reader, lying->at, to, most, got, err))
		return -1;
	lying->at += *got;
	return 0;
}

static void
lying_close(struct stage *stage)
{
	free(stage);
}

int
stage_of_file(const struct stage_options *options, struct stage **stage, struct err *err)
{
	struct lying *lying = calloc(1, sizeof(*lying));

	if (!lying)
		return err_memory(err);
	lying->stage.read = lying_read;
	lying->stage.close = lying_close;
	lying->reader = options->reader;
	*stage = &lying->stage;
	return 0;
}

/* ---- what is wrong, in words */

int
stage_cut_off(const struct stage_options *options, struct err *err)
{
	char size[SHOW_BYTES];

	return err_set(err, ERR_DATA,
	    "%s is cut off\n"
	    "  Its packed data go on behind byte %s, where it ends: it was not\n"
	    "  fetched or copied whole.  Fetch it again.\n"
	    "Nothing was sent.",
	    options->path, show_count(options->size, size));
}

int
stage_damaged(
    const struct stage_options *options, uint64_t byte, const char *why, struct err *err)
{
	char at[SHOW_BYTES];

	return err_set(err, ERR_DATA,
	    "%s is damaged near byte %s of its packed data\n"
	    "  %s.  Fetch it again.\n"
	    "Nothing was sent.",
	    options->path, show_count(byte, at), why);
}

int
stage_trailing(
    const struct stage_options *options, uint64_t byte, const char *packer, struct err *err)
{
	char at[SHOW_BYTES];

	return err_set(err, ERR_DATA,
	    "%s goes on behind its packed data with something else\n"
	    "  From byte %s on it is nothing that %s makes.  Fetch it again;\n"
	    "  or unpack it yourself, look at its end, and name the text in the job file.\n"
	    "Nothing was sent.",
	    options->path, show_count(byte, at), packer);
}
