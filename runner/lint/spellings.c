#include "platform.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runner/lint/spellings.h"

void
spellings_done(struct spellings *spellings)
{
	free(spellings->all);
	*spellings = (struct spellings){ .all = NULL };
}

/* Small letters, digits and what is beyond ASCII, less a "county" at the end. */
static void
fold(struct span name, char to[static SPELLINGS_BYTES])
{
	static const char county[] = "county";
	size_t len = 0;

	for (size_t i = 0; i < name.len && len < SPELLINGS_BYTES - 1; i++) {
		unsigned char byte = (unsigned char)name.ptr[i];

		if (byte >= 'A' && byte <= 'Z')
			byte = (unsigned char)(byte - 'A' + 'a');
		if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80)
			to[len++] = (char)byte;
	}
	if (len > sizeof(county) - 1 &&
	    memcmp(to + len - (sizeof(county) - 1), county, sizeof(county) - 1) == 0)
		len -= sizeof(county) - 1;
	to[len] = '\0';
}

static bool
is_same(const struct spelling *spelling, struct span name)
{
	struct span cut = { name.ptr, name.len < SPELLINGS_BYTES ? name.len : SPELLINGS_BYTES - 1 };

	return span_is(cut, spelling->text);
}

static struct spelling *
find(struct spellings *spellings, struct span name)
{
	if (spellings->last < spellings->count && is_same(&spellings->all[spellings->last], name))
		return &spellings->all[spellings->last];
	for (size_t i = 0; i < spellings->count; i++) {
		if (is_same(&spellings->all[i], name)) {
			spellings->last = i;
			return &spellings->all[i];
		}
	}
	return NULL;
}

int
spellings_add(struct spellings *spellings, struct span name, uint64_t line, struct err *err)
{
	struct spelling *spelling = find(spellings, name);
	struct spelling *all;

	if (spelling) {
		spelling->rows++;
		return 0;
	}
	if (spellings->count == SPELLINGS_MOST) {
		spellings->left_off++;
		return 0;
	}
	if (spellings->count == spellings->room) {
		size_t room = spellings->room ? 2 * spellings->room : 64;

		all = realloc(spellings->all, room * sizeof(*all));
		if (!all)
			return err_memory(err);
		spellings->all = all;
		spellings->room = room;
	}
	spellings->last = spellings->count;
	spelling = &spellings->all[spellings->count++];
	*spelling = (struct spelling){ .rows = 1, .line = line };
	span_copy(spelling->text, sizeof(spelling->text), name);
	fold(name, spelling->folded);
	return 0;
}

static int
compare(const void *one, const void *other)
{
	const struct spelling *a = one, *b = other;
	int order = strcmp(a->folded, b->folded);

	if (order)
		return order;
	if (a->rows != b->rows)
		return a->rows < b->rows ? 1 : -1;
	return strcmp(a->text, b->text);
}

void
spellings_settle(struct spellings *spellings)
{
	if (spellings->count)
		qsort(spellings->all, spellings->count, sizeof(*spellings->all), compare);
	spellings->last = 0;
}

size_t
spellings_alike(const struct spellings *spellings, size_t at)
{
	size_t end = at + 1;

	while (end < spellings->count &&
	       strcmp(spellings->all[at].folded, spellings->all[end].folded) == 0)
		end++;
	return end - at;
}
