#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/report/grounds.h"

#define PLACEHOLDER "\xC2\xAB\xE2\x80\xA6\xC2\xBB" /* «…» */
#define ELLIPSIS    "\xE2\x80\xA6"

enum {
	SLOTS = 4096,       /* a power of two, four times GROUNDS_MOST */
	LONGEST_VALUE = 64, /* values longer than this are not looked for: they would make it slow */
};

/* ---- signs */

static bool
is_digit(char sign)
{
	return sign >= '0' && sign <= '9';
}

/* What a word is made of: letters, digits, all of UTF-8 beyond ASCII. */
static bool
is_inner(char sign)
{
	return is_digit(sign) || (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') ||
	       sign == '_' || (unsigned char)sign >= 0x80;
}

/* What may stand between the parts of a word: 11/03/2026, registered_address.city, ann@example.org */
static bool
is_joint(char sign)
{
	return sign != '\0' && strchr("-./:@+#", sign) != NULL;
}

static bool
is_blank(char sign)
{
	return sign == ' ' || sign == '\t' || sign == '\r' || sign == '\n';
}

static bool
begins_with(struct span text, const char *with)
{
	return span_starts(text, with);
}

static struct span
behind(struct span text, size_t bytes)
{
	return (struct span){ text.ptr + bytes, text.len - bytes };
}

/* ---- what is folded */

/* Quotation marks, and what a database writes around values. */
static const struct marks {
	const char *open, *close;
} marks[] = {
	{ "\"", "\"" },
	{ "'", "'" },
	{ "`", "`" },
	{ "\xE2\x80\x9C", "\xE2\x80\x9D" }, /* “ ” */
	{ "\xE2\x80\x98", "\xE2\x80\x99" }, /* ‘ ’ */
	{ "\xC2\xAB", "\xC2\xBB" },         /* « » */
	{ "=(", ")" },
};

enum { MARKS = sizeof(marks) / sizeof(marks[0]) };

struct folding {
	struct buf *to;
	const struct grounds_known *known;
	char before;          /* the sign before what is at the front */
	bool has_placeholder; /* the last thing that was put, blanks and commas aside */
	size_t end;           /* of it */
	bool is_closed[MARKS]; /* no such mark closes any more: every search is made once in vain */
};

static void
put_placeholder(struct folding *folding)
{
	if (folding->has_placeholder) {
		/* "«…» «…»" and "«…», «…»": a name, a list */
		folding->to->len = folding->end;
		return;
	}
	buf_add_text(folding->to, PLACEHOLDER);
	folding->has_placeholder = true;
	folding->end = folding->to->len;
}

/* The length of what stands between marks at the front, marks included; 0: nothing does. A mark that is
 * both opens behind and closes before what is no part of a word: don't, O'Brien. */
static size_t
measure_quoted(struct folding *folding, struct span rest, size_t which)
{
	const struct marks *pair = &marks[which];
	size_t close = strlen(pair->close);

	if (folding->is_closed[which] || !begins_with(rest, pair->open) ||
	    (is_inner(folding->before) && strcmp(pair->open, pair->close) == 0))
		return 0;
	for (size_t i = strlen(pair->open); i + close <= rest.len; i++) {
		if (memcmp(rest.ptr + i, pair->close, close) == 0 &&
		    (i + close == rest.len || !is_inner(rest.ptr[i + close])))
			return i + close;
	}
	folding->is_closed[which] = true;
	return 0;
}

static size_t
take_quoted(struct folding *folding, struct span rest)
{
	for (size_t i = 0; i < MARKS; i++) {
		size_t length = measure_quoted(folding, rest, i);

		if (length == 0)
			continue;
		if (marks[i].open[0] == '=') {
			buf_add_text(folding->to, "=(");
			folding->has_placeholder = false;
			put_placeholder(folding);
			buf_add_byte(folding->to, ')');
			folding->has_placeholder = false;
		} else {
			put_placeholder(folding);
		}
		return length;
	}
	return 0;
}

/* The longest value of the row that stands at the front as whole words. */
static size_t
measure_value(const struct grounds_known *known, struct span rest)
{
	size_t longest = 0;

	for (size_t i = 0; i < known->field_count; i++) {
		struct span value = span_trim(known->fields[i]);

		if (value.len < 2 || value.len > LONGEST_VALUE || value.len > rest.len ||
		    value.len <= longest || memcmp(value.ptr, rest.ptr, value.len) != 0)
			continue;
		if (value.len < rest.len && is_inner(rest.ptr[value.len]))
			continue;
		longest = value.len;
	}
	return longest;
}

/* A word with the joints inside it: those at its end are the sentence's. */
static size_t
measure_word(struct span rest)
{
	size_t length = 0, end = 0;

	if (!is_inner(rest.ptr[0]))
		return 0;
	while (length < rest.len && (is_inner(rest.ptr[length]) || is_joint(rest.ptr[length]))) {
		length++;
		if (is_inner(rest.ptr[length - 1]))
			end = length;
	}
	return end;
}

static bool
is_column(const struct grounds_known *known, struct span word)
{
	return span_find(known->columns, known->column_count, word) < known->column_count;
}

static bool
names_something(struct span word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (is_digit(word.ptr[i]) || word.ptr[i] == '@')
			return true;
	}
	return false;
}

static void
put_text(struct folding *folding, struct span text)
{
	buf_add_span(folding->to, text);
	folding->has_placeholder = false;
}

/* At the beginning of a word. */
static size_t
take_word(struct folding *folding, struct span rest)
{
	struct span word = { rest.ptr, measure_word(rest) };
	size_t value;

	if (word.len && is_column(folding->known, word)) {
		put_text(folding, word);
		return word.len;
	}
	value = measure_value(folding->known, rest);
	if (value) {
		put_placeholder(folding);
		return value;
	}
	if (word.len == 0)
		return 0;
	if (names_something(word))
		put_placeholder(folding);
	else
		put_text(folding, word);
	return word.len;
}

static size_t
take_sign(struct folding *folding, struct span rest)
{
	struct buf *to = folding->to;
	char sign = rest.ptr[0];

	if (!is_blank(sign)) {
		buf_add_byte(to, sign);
		if (sign != ',')
			folding->has_placeholder = false;
	} else if (to->len && to->ptr[to->len - 1] != ' ') {
		buf_add_byte(to, ' ');
	}
	return 1;
}

/* Ends where a sign of UTF-8 does. */
static void
shorten(struct buf *to)
{
	size_t most = GROUNDS_BYTES - 1;

	if (buf_failed(to))
		return;
	while (to->len && to->ptr[to->len - 1] == ' ')
		to->len--;
	if (to->len > most) {
		to->len = most - strlen(ELLIPSIS);
		while (to->len && ((unsigned char)to->ptr[to->len] & 0xC0) == 0x80)
			to->len--;
		buf_add_text(to, ELLIPSIS);
	}
	if (to->ptr)
		to->ptr[to->len] = '\0';
}

void
grounds_fold(struct buf *to, struct span reason, const struct grounds_known *known)
{
	struct folding folding = { .to = to, .known = known };
	struct span rest = reason;

	buf_clear(to);
	/* What comes behind is not shown; but a placeholder may make much of it short. */
	while (rest.len && to->len < 4 * GROUNDS_BYTES && !buf_failed(to)) {
		size_t taken = take_quoted(&folding, rest);

		if (!taken)
			taken = take_word(&folding, rest);
		if (!taken)
			taken = take_sign(&folding, rest);
		folding.before = rest.ptr[taken - 1];
		rest = behind(rest, taken);
	}
	shorten(to);
}

/* ---- counting */

static size_t
slot_of(struct span text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
	return hash & (SLOTS - 1);
}

static int
add_new(struct grounds *grounds, struct span folded, size_t slot, struct err *err)
{
	size_t room = grounds->room ? grounds->room * 2 : 16;
	struct ground *items = grounds->items;

	if (grounds->count == grounds->room) {
		items = reallocarray(items, room, sizeof(*items));
		if (!items)
			return err_memory(err);
		grounds->items = items;
		grounds->room = room;
	}
	items[grounds->count].rows = 1;
	span_copy(items[grounds->count].text, GROUNDS_BYTES, folded);
	grounds->slots[slot] = (uint16_t)++grounds->count;
	return 0;
}

int
grounds_add(struct grounds *grounds, struct span folded, struct err *err)
{
	size_t slot = slot_of(folded);

	if (!grounds->slots)
		grounds->slots = calloc(SLOTS, sizeof(*grounds->slots));
	if (!grounds->slots)
		return err_memory(err);
	grounds->rows++;
	for (; grounds->slots[slot]; slot = (slot + 1) & (SLOTS - 1)) {
		struct ground *ground = &grounds->items[grounds->slots[slot] - 1];

		if (span_is(folded, ground->text)) {
			ground->rows++;
			return 0;
		}
	}
	if (grounds->count == GROUNDS_MOST) {
		grounds->others++;
		return 0;
	}
	return add_new(grounds, folded, slot, err);
}

static int
compare_grounds(const void *a, const void *b)
{
	const struct ground *left = a, *right = b;

	if (left->rows != right->rows)
		return left->rows > right->rows ? -1 : 1;
	return strcmp(left->text, right->text);
}

void
grounds_sort(struct grounds *grounds)
{
	if (grounds->count)
		qsort(grounds->items, grounds->count, sizeof(*grounds->items), compare_grounds);
}

void
grounds_json(struct jsonw *json, const struct grounds *grounds)
{
	jsonw_open(json, "reasons", '[');
	for (size_t i = 0; i < grounds->count; i++) {
		jsonw_open(json, NULL, '{');
		jsonw_number(json, "rows", grounds->items[i].rows);
		jsonw_string(json, "reason", grounds->items[i].text);
		jsonw_close(json, '}');
	}
	jsonw_close(json, ']');
	jsonw_number(json, "others", grounds->others);
}

void
grounds_done(struct grounds *grounds)
{
	free(grounds->items);
	free(grounds->slots);
	*grounds = (struct grounds)GROUNDS_NONE;
}

/* ---- asking for one */

static bool
has_inside(struct span text, struct span wanted)
{
	for (size_t i = 0; i + wanted.len <= text.len; i++) {
		if (span_equal_nocase((struct span){ text.ptr + i, wanted.len }, wanted))
			return true;
	}
	return false;
}

bool
grounds_match(struct span wanted, struct span reason, struct span folded)
{
	return has_inside(folded, wanted) || has_inside(reason, wanted);
}
