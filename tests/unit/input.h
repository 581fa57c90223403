/* input.h - a text in memory as an input, for tests of runner/source. */
#ifndef TESTS_UNIT_INPUT_H
#define TESTS_UNIT_INPUT_H

#include <string.h>

#include "runner/source/reader.h"

struct input {
	const char *text;
	size_t len;
	size_t most;         /* bytes per read at most; 0: as asked */
	uint64_t fails_from; /* reads from this offset on fail; 0: none */
	uint64_t end_read;   /* the furthest byte that was read */
};

static inline int
input_read(void *ctx, uint64_t offset, void *to, size_t most, size_t *got, struct err *err)
{
	struct input *input = ctx;
	size_t left = offset < input->len ? input->len - (size_t)offset : 0;

	if (input->fails_from && offset >= input->fails_from)
		return err_set(err, ERR_INPUT, "voters.csv: the disk is gone");
	if (input->most && most > input->most)
		most = input->most;
	*got = left < most ? left : most;
	if (*got)
		memcpy(to, input->text + offset, *got);
	if (offset + *got > input->end_read)
		input->end_read = offset + *got;
	return 0;
}

static inline struct reader
input_reader(struct input *input)
{
	return (struct reader){ .ctx = input, .read = input_read };
}

#endif
