#include "platform.h"

#include <stdint.h>

#include "runner/base/suggest.h"

/* Longer names are not compared: no known name comes near. */
enum { LONGEST = 96 };

struct suggest
suggest_for(struct span wanted)
{
	return (struct suggest){ wanted, SPAN_NONE, SIZE_MAX };
}

static char
folded(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '-' || c == ' ' ? '_' : c;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, three rows. */
static size_t
edits(struct span a, struct span b)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2], *turn;

	for (size_t j = 0; j <= b.len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		now[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			char x = folded(a.ptr[i - 1]), y = folded(b.ptr[j - 1]);

			now[j] = least(last[j - 1] + (x != y), least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && x == folded(b.ptr[j - 2]) &&
			    folded(a.ptr[i - 2]) == y)
				now[j] = least(now[j], before[j - 2] + 1);
		}
		turn = before;
		before = last;
		last = now;
		now = turn;
	}
	return last[b.len];
}

void
suggest_offer(struct suggest *suggest, struct span known)
{
	size_t distance;

	if (suggest->wanted.len > LONGEST || known.len > LONGEST)
		return;
	distance = edits(suggest->wanted, known);
	if (distance < suggest->distance) {
		suggest->distance = distance;
		suggest->nearest = known;
	}
}

struct span
suggest_nearest(const struct suggest *suggest)
{
	if (suggest->nearest.ptr && suggest->distance * 3 <= suggest->nearest.len)
		return suggest->nearest;
	return SPAN_NONE;
}
