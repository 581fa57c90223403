#include "platform.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "runner/source/gunzip.h"

enum {
	GZIP_ONLY = 16, /* inflateInit2(): no zlib, no raw streams */
	/* Deflate packs no byte into less than 1/1032: what says more is no length. */
	MOST_RATIO = 1032,
};

struct gunzip {
	struct stage stage; /* first, so that the one is the other */
	struct stage_options options;
	z_stream z;
	uint64_t read_to; /* bytes taken from the reader */
	bool has_ended;   /* the reader has no more */
	bool is_between;  /* a member ended, or none began */
	unsigned char window[]; /* stage_window_bytes() */
};

static uint64_t
place(const struct gunzip *gunzip)
{
	return gunzip->read_to - gunzip->z.avail_in;
}

static int
fill(struct gunzip *gunzip, struct err *err)
{
	size_t got;

	if (gunzip->z.avail_in || gunzip->has_ended)
		return 0;
	if (reader_read(gunzip->options.reader, gunzip->read_to, gunzip->window,
		stage_window_bytes(&gunzip->options), &got, err))
		return -1;
	gunzip->read_to += got;
	gunzip->has_ended = got == 0;
	gunzip->z.next_in = gunzip->window;
	gunzip->z.avail_in = (uInt)got;
	return 0;
}

static int
begin_member(struct gunzip *gunzip, struct err *err)
{
	enum { MAGIC = 0x1F };

	if (place(gunzip) && gunzip->z.next_in[0] != MAGIC)
		return stage_trailing(&gunzip->options, place(gunzip), "gzip", err);
	inflateReset(&gunzip->z);
	gunzip->is_between = false;
	return 0;
}

static int
unpack_some(struct gunzip *gunzip, struct err *err)
{
	int code = inflate(&gunzip->z, Z_NO_FLUSH);

	switch (code) {
	case Z_OK:
	case Z_BUF_ERROR: /* it wants more, or had no room */
		return 0;
	case Z_STREAM_END:
		gunzip->is_between = true;
		return 0;
	case Z_MEM_ERROR:
		return err_memory(err);
	default:
		return stage_damaged(&gunzip->options, place(gunzip),
		    gunzip->z.msg ? gunzip->z.msg : "it is nothing that gzip makes", err);
	}
}

static int
gunzip_read(struct stage *stage, void *to, size_t most, size_t *got, struct err *err)
{
	struct gunzip *gunzip = (struct gunzip *)stage;
	uInt room = most < UINT_MAX ? (uInt)most : UINT_MAX;

	gunzip->z.next_out = to;
	gunzip->z.avail_out = room;
	while (gunzip->z.avail_out == room) {
		if (fill(gunzip, err))
			return -1;
		if (gunzip->has_ended && gunzip->is_between && place(gunzip))
			break;
		if (gunzip->has_ended)
			return stage_cut_off(&gunzip->options, err);
		if ((gunzip->is_between && begin_member(gunzip, err)) || unpack_some(gunzip, err))
			return -1;
	}
	*got = room - gunzip->z.avail_out;
	return 0;
}

static void
gunzip_close(struct stage *stage)
{
	struct gunzip *gunzip = (struct gunzip *)stage;

	inflateEnd(&gunzip->z);
	free(gunzip);
}

/* The last four bytes: the length of the last member, modulo 2^32. */
static int
read_said_bytes(struct gunzip *gunzip, struct err *err)
{
	enum { LENGTH_BYTES = 4 };
	const struct stage_options *options = &gunzip->options;
	unsigned char bytes[LENGTH_BYTES] = { 0 };
	uint64_t said;
	size_t got;

	if (options->size < LENGTH_BYTES)
		return 0;
	if (reader_read(options->reader, options->size - LENGTH_BYTES, bytes, sizeof(bytes), &got, err))
		return -1;
	said = bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24;
	if (got == sizeof(bytes) && said / MOST_RATIO <= options->size)
		gunzip->stage.said_bytes = said;
	gunzip->stage.is_said_loosely = true;
	return 0;
}

int
gunzip_open(const struct stage_options *options, struct stage **stage, struct err *err)
{
	struct gunzip *gunzip = calloc(1, sizeof(*gunzip) + stage_window_bytes(options));

	if (!gunzip)
		return err_memory(err);
	gunzip->stage.read = gunzip_read;
	gunzip->stage.close = gunzip_close;
	gunzip->options = *options;
	gunzip->is_between = true;
	if (inflateInit2(&gunzip->z, MAX_WBITS + GZIP_ONLY) != Z_OK) {
		free(gunzip);
		return err_memory(err);
	}
	if (read_said_bytes(gunzip, err)) {
		gunzip_close(&gunzip->stage);
		return -1;
	}
	*stage = &gunzip->stage;
	return 0;
}
