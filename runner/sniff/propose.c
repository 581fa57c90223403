#include "platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/utf8.h"
#include "runner/sniff/propose.h"

static const char unclear_date[] = "how are these dates written?";
static const char day_first[] = "the day stands first here; write them month first before the load";
static const char birth_year[] = "only the year is known: sent as the first of January";

const struct propose_pair *
propose_find(const struct propose *propose, const char *field)
{
	for (size_t i = 0; i < propose->count; i++) {
		if (strcmp(propose->pairs[i].to, field) == 0)
			return &propose->pairs[i];
	}
	return NULL;
}

const struct propose_pair *
propose_of(const struct propose *propose, const struct look *look, uint32_t index)
{
	for (size_t i = 0; i < propose->count; i++) {
		if (span_equal(buf_span(&propose->pairs[i].from), look->names[index]))
			return &propose->pairs[i];
	}
	return NULL;
}

/* A job file is UTF-8, and braces in it join columns; a name that is there twice names neither. */
static bool
may_be_named(const struct look *look, uint32_t index)
{
	struct span name = look->names[index];

	for (uint32_t i = 0; i < look->column_count; i++) {
		if (i != index && span_equal(look->names[i], name))
			return false;
	}
	if (span_trim(name).len == 0)
		return false;
	for (size_t len; name.len; name.ptr += len, name.len -= len) {
		len = utf8_character(name);
		if (len == 0 || name.ptr[0] == '{' || name.ptr[0] == '}')
			return false;
	}
	return true;
}

/* The form of the dates takes the place of the word; `column` is -1 for joined columns. */
static void
set_how(struct propose_pair *pair, const struct look *look, int column, const char *how,
    const char *form)
{
	enum column_date date = COLUMN_DATE_COUNT;

	snprintf(pair->how, sizeof(pair->how), "%s", how);
	if (strcmp(how, "date") != 0 || column < 0)
		return;
	if (column_kind(&look->columns[column]) == COLUMN_DATE)
		date = column_date(&look->columns[column]);
	if (date == COLUMN_DAY_FIRST)
		pair->doubt = day_first;
	else if (date != COLUMN_DATE_COUNT)
		form = column_date_form(date);
	else if (!form || look->columns[column].filled)
		pair->doubt = unclear_date;
	if (date == COLUMN_YEAR && strcmp(pair->to, "born_at") == 0)
		pair->doubt = birth_year;
	snprintf(pair->how, sizeof(pair->how), "date %s", form ? form : "MM/DD/YYYY");
}

static struct propose_pair *
add_pair(struct propose *propose, const char *field)
{
	struct propose_pair *pair = &propose->pairs[propose->count++];

	*pair = (struct propose_pair){ .from = BUF_INIT };
	snprintf(pair->to, sizeof(pair->to), "%s", field);
	return pair;
}

/* Puts the file's own spelling of each column of "{a} {b}" into `from`; false if one is missing. */
static bool
join(const struct look *look, const char *pattern, struct buf *from, bool *is_used)
{
	while (*pattern) {
		const char *end = *pattern == '{' ? strchr(pattern, '}') : NULL;
		int column;

		if (!end) {
			buf_add_byte(from, *pattern++);
			continue;
		}
		column = look_find(
		    look, (struct span){ pattern + 1, (size_t)(end - pattern - 1) });
		if (column < 0 || !may_be_named(look, (uint32_t)column))
			return false;
		buf_add_byte(from, '{');
		buf_add_span(from, look->names[column]);
		buf_add_byte(from, '}');
		if (is_used)
			is_used[column] = true;
		pattern = end + 1;
	}
	return true;
}

static void
add_joined(struct propose *propose, const struct look *look, const struct known_pair *known)
{
	SCOPED(buf) probe = BUF_INIT;
	struct propose_pair *pair;

	if (!join(look, known->from, &probe, NULL))
		return;
	pair = add_pair(propose, known->to);
	join(look, known->from, &pair->from, propose->is_used);
	set_how(pair, look, -1, known->how, NULL);
}

static void
add_known(struct propose *propose, const struct look *look)
{
	for (const struct known_pair *known = look->known->pairs; known->from; known++) {
		struct propose_pair *pair;
		int column;

		if (propose_find(propose, known->to))
			continue;
		if (strchr(known->from, '{')) {
			add_joined(propose, look, known);
			continue;
		}
		column = look_find(look, span_of(known->from));
		if (column < 0 || !may_be_named(look, (uint32_t)column))
			continue;
		pair = add_pair(propose, known->to);
		buf_add_span(&pair->from, look->names[column]);
		set_how(pair, look, column, known->how, known->form);
		propose->is_used[column] = true;
	}
}

/* "Phone Number" for phone_number: in small letters, _ for what is neither letter nor digit. */
static bool
is_spelt_field(struct span name, bool is_ballot, bool (*is_field)(bool, struct span),
    char to[static LIKENESS_BYTES])
{
	name = span_trim(name);
	if (name.len >= LIKENESS_BYTES)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char byte = name.ptr[i];

		if (byte >= 'A' && byte <= 'Z')
			byte = (char)(byte - 'A' + 'a');
		to[i] = byte == ' ' || byte == '-' ? '_' : byte;
	}
	to[name.len] = '\0';
	return is_field(is_ballot, span_of(to));
}

static void
add_alike(struct propose *propose, const struct look *look, bool (*is_field)(bool, struct span))
{
	for (uint32_t i = 0; i < look->column_count; i++) {
		struct likeness likeness = { .how = "" };
		struct propose_pair *pair;
		char spelt[LIKENESS_BYTES];

		if (!may_be_named(look, i))
			continue;
		if (is_spelt_field(look->names[i], propose->is_ballot, is_field, spelt))
			memcpy(likeness.field, spelt, sizeof(spelt));
		if (!likeness_find(look->names[i], propose->is_ballot, &likeness) &&
		    !likeness.field[0])
			continue;
		if (propose_find(propose, likeness.field))
			continue;
		pair = add_pair(propose, likeness.field);
		buf_add_span(&pair->from, look->names[i]);
		set_how(pair, look, (int)i, likeness.how, NULL);
		propose->is_used[i] = true;
	}
}

/* A county's id says whose it is only with state and county, and `check` asks for them. */
static void
drop_county_id(struct propose *propose, const struct look *look)
{
	const char *field = propose->is_ballot ? "county_file.id" : "county_file_id";
	struct propose_pair *pair = NULL;

	for (size_t i = 0; i < propose->count; i++) {
		if (strcmp(propose->pairs[i].to, field) == 0)
			pair = &propose->pairs[i];
	}
	if (!pair || propose_find(propose, "registered_address.county"))
		return;
	for (uint32_t i = 0; i < look->column_count; i++) {
		if (span_equal(look->names[i], buf_span(&pair->from)))
			propose->is_used[i] = false;
	}
	buf_done(&pair->from);
	*pair = propose->pairs[--propose->count];
}

static bool
are_fields(const struct look *look, bool is_ballot, bool (*is_field)(bool, struct span))
{
	for (uint32_t i = 0; i < look->column_count; i++) {
		if (!is_field(is_ballot, look->names[i]) || !may_be_named(look, i))
			return false;
	}
	return look->has_header;
}

int
propose_make(struct propose *propose, const struct look *look,
    bool (*is_field)(bool is_ballot, struct span name), struct err *err)
{
	size_t most = look->column_count;

	propose->is_ballot = look->known ? look->known->is_ballot
					 : likeness_is_history(look->names, look->column_count) ||
					       are_fields(look, true, is_field);
	propose->is_verbatim = are_fields(look, propose->is_ballot, is_field);
	for (const struct known_pair *pair = look->known ? look->known->pairs : NULL;
	     pair && pair->from; pair++)
		most++;
	propose->pairs = calloc(most, sizeof(*propose->pairs));
	propose->is_used = calloc(look->column_count, sizeof(*propose->is_used));
	if (!propose->pairs || !propose->is_used)
		return err_memory(err);
	if (propose->is_verbatim)
		return 0;
	if (look->known) {
		add_known(propose, look);
	} else if (look->has_header) {
		add_alike(propose, look, is_field);
		drop_county_id(propose, look);
	}
	for (size_t i = 0; i < propose->count; i++) {
		if (buf_check(&propose->pairs[i].from, err))
			return -1;
	}
	return 0;
}

void
propose_done(struct propose *propose)
{
	for (size_t i = 0; i < propose->count; i++)
		buf_done(&propose->pairs[i].from);
	free(propose->pairs);
	free(propose->is_used);
	*propose = (struct propose)PROPOSE_NONE;
}
