#include "platform.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/arena.h"
#include "runner/base/buf.h"

struct arena_piece {
	struct arena_piece *next;
	max_align_t bytes[];
};

void
arena_done(struct arena *arena)
{
	struct arena_piece *next;

	for (struct arena_piece *piece = arena->pieces; piece; piece = next) {
		next = piece->next;
		free(piece);
	}
	arena->pieces = NULL;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	struct arena_piece *piece;
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) ||
	    __builtin_add_overflow(bytes, sizeof(*piece), &bytes))
		return NULL;
	piece = calloc(1, bytes);
	if (!piece)
		return NULL;
	piece->next = arena->pieces;
	arena->pieces = piece;
	return piece->bytes;
}

const char *
arena_text(struct arena *arena, struct span text)
{
	char *copy = arena_array(arena, text.len + 1, 1);

	if (copy && text.len)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

const char *
arena_join(struct arena *arena, ...)
{
	SCOPED(buf) joined = BUF_INIT;
	const char *part;
	va_list parts;

	va_start(parts, arena);
	while ((part = va_arg(parts, const char *)))
		buf_add_text(&joined, part);
	va_end(parts);
	return buf_failed(&joined) ? NULL : arena_text(arena, buf_span(&joined));
}
