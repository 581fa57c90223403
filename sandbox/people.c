#include "platform.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/number.h"
#include "runner/base/scoped.h"
#include "sandbox/csv.h"
#include "sandbox/fields.h"
#include "sandbox/names.h"
#include "sandbox/people.h"
#include "sandbox/table.h"

/* Cells: field and length as base-128 numbers, low group first, then the bytes; in no order. */
struct person {
	uint64_t id;
	char *cells; /* owned */
	uint32_t cells_len;
};

struct people {
	struct person *list;
	uint32_t count, cap;
	struct table ids[FIELD_UNIQUES]; /* that of FIELD_ID stays empty: ids rise with the numbers */
	struct names customs;            /* number n is the field field_count() + n */
	bool *is_seen;                   /* by field: stood in a header */
	uint32_t *cell_of;               /* by field, 1 + index in the row at hand; else 0 */
	uint32_t fields;                 /* entries of the two */
	struct chance chance;
	uint64_t last_id;
	struct buf merged, key, other_key; /* scratch */
};

/* What tells profiles apart, out of a row or a profile. */
struct identity {
	struct span part[FIELD_PARTS];
};

static int
make_fields(struct people *people, uint32_t fields, struct err *err)
{
	bool *is_seen = realloc(people->is_seen, fields * sizeof(*is_seen));
	uint32_t *cell_of;

	if (!is_seen)
		return err_memory(err);
	people->is_seen = is_seen;
	cell_of = realloc(people->cell_of, fields * sizeof(*cell_of));
	if (!cell_of)
		return err_memory(err);
	people->cell_of = cell_of;
	for (; people->fields < fields; people->fields++) {
		is_seen[people->fields] = false;
		cell_of[people->fields] = 0;
	}
	return 0;
}

struct people *
people_new(struct chance chance, struct err *err)
{
	struct people *people = calloc(1, sizeof(*people));

	if (!people) {
		err_memory(err);
		return NULL;
	}
	people->chance = chance;
	people->last_id = chance_below(&people->chance, 10000);
	if (make_fields(people, field_count(), err)) {
		people_free(people);
		return NULL;
	}
	return people;
}

void
people_free(struct people *people)
{
	if (!people)
		return;
	for (uint32_t i = 0; i < people->count; i++)
		free(people->list[i].cells);
	for (size_t i = 0; i < ARRAY_COUNT(people->ids); i++)
		table_done(&people->ids[i]);
	free(people->list);
	names_done(&people->customs);
	free(people->is_seen);
	free(people->cell_of);
	buf_done(&people->merged);
	buf_done(&people->key);
	buf_done(&people->other_key);
	free(people);
}

int
people_field(struct people *people, struct span name, uint32_t *field, struct err *err)
{
	int known = field_number(name);
	uint32_t number;

	if (known >= 0) {
		*field = (uint32_t)known;
	} else if (span_starts(name, "custom_fields.")) {
		if (names_number(&people->customs, name, &number, err) ||
		    make_fields(people, field_count() + people->customs.count, err))
			return -1;
		*field = field_count() + number;
	} else {
		return 0;
	}
	people->is_seen[*field] = true;
	return 1;
}

static struct span
name_of(const struct people *people, uint32_t field)
{
	return field < field_count() ? span_of(field_name(field))
				     : names_at(&people->customs, field - field_count());
}

/* ---- cells */

static void
add_number(struct buf *to, uint32_t number)
{
	for (; number >= 0x80; number >>= 7)
		buf_add_byte(to, (char)(number | 0x80));
	buf_add_byte(to, (char)number);
}

static uint32_t
take_number(const char **at)
{
	uint32_t number = 0;

	for (unsigned shift = 0;; shift += 7) {
		unsigned char byte = (unsigned char)*(*at)++;

		number |= (uint32_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return number;
	}
}

static bool
take_cell(const char **at, const char *end, struct people_cell *cell)
{
	if (*at == end)
		return false;
	cell->field = take_number(at);
	cell->value.len = take_number(at);
	cell->value.ptr = *at;
	*at += cell->value.len;
	return true;
}

static void
add_cell(struct buf *to, uint32_t field, struct span value)
{
	add_number(to, field);
	add_number(to, (uint32_t)value.len);
	buf_add_span(to, value);
}

/* Is the tag among those of a comma-separated list? */
static bool
has_tag(struct span list, struct span tag)
{
	while (list.ptr) {
		if (span_equal(span_trim(span_next(&list, ',')), tag))
			return true;
	}
	return false;
}

static void
add_tags(struct buf *to, uint32_t field, struct span old, struct span more)
{
	SCOPED(buf) tags = BUF_INIT;

	buf_add_span(&tags, old);
	while (more.ptr) {
		struct span tag = span_trim(span_next(&more, ','));

		if (tag.len == 0 || has_tag(buf_span(&tags), tag))
			continue;
		if (tags.len)
			buf_add_text(&tags, ", ");
		buf_add_span(&tags, tag);
	}
	if (buf_failed(&tags))
		to->failed = true;
	add_cell(to, field, buf_span(&tags));
}

static void
merge_cell(struct buf *to, const struct people_cell *old, const struct people_cell *row,
	   bool is_overwritable)
{
	enum field_class class = field_class(old->field);

	if (!row)
		add_cell(to, old->field, old->value);
	else if (class == FIELD_TAGS)
		add_tags(to, old->field, old->value, row->value);
	else if (is_overwritable || class == FIELD_ADDRESS)
		add_cell(to, old->field, row->value);
	else
		add_cell(to, old->field, old->value);
}

/* people->merged becomes what the profile (NULL: a new one) is after the row. A name that stands
 * twice in the header counts with its last cell. The nation's own id is never a cell. */
static void
merge(struct people *people, const struct person *person, const struct people_cell *cells,
      size_t count, bool is_overwritable)
{
	uint32_t *cell_of = people->cell_of;
	struct people_cell old;
	const char *at = person ? person->cells : NULL;
	const char *end = person ? person->cells + person->cells_len : NULL;

	buf_clear(&people->merged);
	for (size_t i = 0; i < count; i++)
		cell_of[cells[i].field] = (uint32_t)i + 1;
	cell_of[FIELD_ID] = 0;
	while (take_cell(&at, end, &old)) {
		uint32_t row = cell_of[old.field];

		merge_cell(&people->merged, &old, row ? &cells[row - 1] : NULL, is_overwritable);
		cell_of[old.field] = 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (cell_of[cells[i].field] == i + 1)
			add_cell(&people->merged, cells[i].field, cells[i].value);
		cell_of[cells[i].field] = 0;
	}
}

/* ---- unique ids */

static struct identity
identity_of_row(const struct people_cell *cells, size_t count)
{
	struct identity identity = { { SPAN_NONE } };

	for (size_t i = 0; i < count; i++) {
		if (cells[i].field < FIELD_PARTS)
			identity.part[cells[i].field] = cells[i].value;
	}
	return identity;
}

static struct identity
identity_of_cells(const char *at, size_t len)
{
	struct identity identity = { { SPAN_NONE } };
	const char *end = at + len;
	struct people_cell cell;

	while (take_cell(&at, end, &cell)) {
		if (cell.field < FIELD_PARTS)
			identity.part[cell.field] = cell.value;
	}
	return identity;
}

static void
add_folded(struct buf *to, struct span text, char from, char upto)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		buf_add_byte(to, (char)(c >= from && c <= upto ? c ^ 0x20 : c));
	}
}

/* The key of one unique id, `field` < FIELD_UNIQUES; false where it is absent or cannot match. */
static bool
compose(struct buf *key, const struct identity *identity, uint32_t field)
{
	struct span state = identity->part[FIELD_REGISTERED_STATE];
	struct span county = identity->part[FIELD_REGISTERED_COUNTY];

	buf_clear(key);
	if (identity->part[field].len == 0)
		return false;
	if (field == FIELD_EMAIL) {
		add_folded(key, identity->part[field], 'A', 'Z');
		return true;
	}
	buf_add_span(key, identity->part[field]);
	if (field != FIELD_STATE_FILE_ID && field != FIELD_COUNTY_FILE_ID)
		return true;
	if (!field_is_state(state) || (field == FIELD_COUNTY_FILE_ID && county.len == 0))
		return false;
	buf_add_byte(key, '\n');
	add_folded(key, state, 'a', 'z');
	if (field == FIELD_COUNTY_FILE_ID) {
		buf_add_byte(key, '\n');
		buf_add_span(key, county);
	}
	return true;
}

static uint32_t
find_by_id(const struct people *people, struct span text)
{
	uint32_t from = 0, upto = people->count;
	uint64_t id;

	if (number_u64(text, &id))
		return PEOPLE_NOBODY;
	while (from < upto) {
		uint32_t middle = from + (upto - from) / 2;

		if (people->list[middle].id < id)
			from = middle + 1;
		else
			upto = middle;
	}
	return from < people->count && people->list[from].id == id ? from : PEOPLE_NOBODY;
}

/* Who has people->key as the unique id `field`? */
static uint32_t
find_by_key(struct people *people, uint32_t field)
{
	struct span key = buf_span(&people->key);
	uint32_t hash = table_hash(key);
	uint32_t person;
	size_t cursor = 0;

	while (table_next(&people->ids[field], hash, &cursor, &person)) {
		const struct person *candidate = &people->list[person];
		struct identity identity =
		    identity_of_cells(candidate->cells, candidate->cells_len);

		if (compose(&people->other_key, &identity, field) &&
		    span_equal(buf_span(&people->other_key), key))
			return person;
	}
	return PEOPLE_NOBODY;
}

uint32_t
people_find(struct people *people, uint32_t field, struct span value, struct span state,
	    struct span county)
{
	struct identity identity = { { SPAN_NONE } };

	if (field == FIELD_ID)
		return find_by_id(people, value);
	identity.part[FIELD_REGISTERED_STATE] = state;
	identity.part[FIELD_REGISTERED_COUNTY] = county;
	identity.part[field] = value;
	return compose(&people->key, &identity, field) ? find_by_key(people, field) : PEOPLE_NOBODY;
}

static int
index_person(struct people *people, uint32_t person, struct err *err)
{
	struct identity identity =
	    identity_of_cells(people->list[person].cells, people->list[person].cells_len);

	for (uint32_t field = 0; field < FIELD_UNIQUES; field++) {
		if (compose(&people->key, &identity, field) &&
		    table_add(&people->ids[field], table_hash(buf_span(&people->key)), person, err))
			return -1;
	}
	return buf_check(&people->key, err);
}

static void
unindex_person(struct people *people, uint32_t person)
{
	struct identity identity =
	    identity_of_cells(people->list[person].cells, people->list[person].cells_len);

	for (uint32_t field = 0; field < FIELD_UNIQUES; field++) {
		if (compose(&people->key, &identity, field))
			table_remove(&people->ids[field], table_hash(buf_span(&people->key)),
				     person);
	}
}

/* ---- one row */

/* The reason why a value cannot stand in its field, or NULL. */
static const char *
value_trouble(const struct people_cell *cell)
{
	enum field_class class = field_class(cell->field);
	uint32_t day;

	if (class == FIELD_DATE && !field_date(cell->value, &day))
		return "is not a date (MM/DD/YYYY)";
	if (class == FIELD_MAIL && !memchr(cell->value.ptr, '@', cell->value.len))
		return "is invalid";
	if (class != FIELD_LONG && class != FIELD_TAGS && cell->value.len > FIELD_TEXT_BYTES)
		return "is too long (maximum is 255 characters)";
	return NULL;
}

static bool
values_are_fine(const struct people *people, const struct people_cell *cells, size_t count,
		struct buf *reason)
{
	if (count == 0)
		buf_add_text(reason, "the row is empty");
	for (size_t i = 0; i < count; i++) {
		const char *trouble = value_trouble(&cells[i]);

		if (trouble) {
			buf_printf(reason, "%.*s %s", SPAN_ARG(name_of(people, cells[i].field)),
				   trouble);
			return false;
		}
	}
	return count > 0;
}

static bool
is_taken(struct people *people, uint32_t field, uint32_t person, struct buf *reason)
{
	uint32_t owner = find_by_key(people, field);

	if (owner == PEOPLE_NOBODY || owner == person)
		return false;
	buf_printf(reason, "%s has already been taken by profile %llu", field_name(field),
		   (unsigned long long)people->list[owner].id);
	return true;
}

/* Found by a weaker id, does the profile have another of a stronger kind than the row? Then they
 * are two people, and the weaker id is taken. */
static bool
is_someone_else(struct people *people, const struct identity *row, uint32_t person, uint32_t by,
		struct buf *reason)
{
	const struct person *found = &people->list[person];
	struct identity identity = identity_of_cells(found->cells, found->cells_len);

	for (uint32_t field = FIELD_ID + 1; field < by; field++) {
		if (!compose(&people->key, row, field) ||
		    !compose(&people->other_key, &identity, field) ||
		    span_equal(buf_span(&people->key), buf_span(&people->other_key)))
			continue;
		buf_printf(reason, "%s has already been taken by profile %llu", field_name(by),
			   (unsigned long long)found->id);
		return true;
	}
	return false;
}

/* Whose row is this? PEOPLE_NOBODY: it is new. False: refused. */
static bool
match(struct people *people, const struct identity *identity, uint32_t *person,
      struct buf *reason)
{
	*person = PEOPLE_NOBODY;
	if (identity->part[FIELD_ID].len) {
		*person = find_by_id(people, identity->part[FIELD_ID]);
		if (*person == PEOPLE_NOBODY) {
			buf_printf(reason, "there is no profile with id %.*s",
				   SPAN_ARG(identity->part[FIELD_ID]));
			return false;
		}
	}
	for (uint32_t field = FIELD_ID + 1; field < FIELD_UNIQUES; field++) {
		if (!compose(&people->key, identity, field))
			continue;
		if (*person != PEOPLE_NOBODY) {
			if (is_taken(people, field, *person, reason))
				return false;
			continue;
		}
		*person = find_by_key(people, field);
		if (*person != PEOPLE_NOBODY &&
		    is_someone_else(people, identity, *person, field, reason))
			return false;
	}
	return true;
}

static int
make_person(struct people *people, uint32_t *person, struct err *err)
{
	if (people->count == people->cap) {
		uint32_t cap = people->cap ? people->cap * 2 : 1024;
		struct person *list = realloc(people->list, cap * sizeof(*list));

		if (!list)
			return err_memory(err);
		people->list = list;
		people->cap = cap;
	}
	people->last_id += 1 + chance_below(&people->chance, 3);
	people->list[people->count] = (struct person){ .id = people->last_id };
	*person = people->count++;
	return 0;
}

/* people->merged becomes the profile's cells. */
static int
keep(struct people *people, uint32_t person, struct err *err)
{
	struct person *kept = &people->list[person];
	char *cells;

	if (kept->cells && kept->cells_len == people->merged.len &&
	    memcmp(kept->cells, people->merged.ptr, kept->cells_len) == 0)
		return 0;
	cells = malloc(people->merged.len + 1); /* never malloc(0) */
	if (!cells)
		return err_memory(err);
	if (people->merged.len)
		memcpy(cells, people->merged.ptr, people->merged.len);
	if (kept->cells)
		unindex_person(people, person);
	free(kept->cells);
	kept->cells = cells;
	kept->cells_len = (uint32_t)people->merged.len;
	return index_person(people, person, err);
}

int
people_put(struct people *people, const struct people_cell *cells, size_t count,
	   bool is_overwritable, enum people_outcome *outcome, struct buf *reason, struct err *err)
{
	struct identity identity = identity_of_row(cells, count);
	uint32_t person;

	*outcome = PEOPLE_REFUSED;
	if (!values_are_fine(people, cells, count, reason) ||
	    !match(people, &identity, &person, reason))
		return buf_check(reason, err);
	merge(people, person == PEOPLE_NOBODY ? NULL : &people->list[person], cells, count,
	      is_overwritable);
	if (buf_check(&people->merged, err))
		return -1;
	if (person == PEOPLE_NOBODY) {
		*outcome = PEOPLE_CREATED;
		return make_person(people, &person, err) ? -1 : keep(people, person, err);
	}
	/* A new state or county may make a file id that is another profile's. */
	identity = identity_of_cells(people->merged.ptr, people->merged.len);
	for (uint32_t field = FIELD_ID + 1; field < FIELD_UNIQUES; field++) {
		if (compose(&people->key, &identity, field) &&
		    is_taken(people, field, person, reason))
			return buf_check(reason, err);
	}
	*outcome = PEOPLE_UPDATED;
	return keep(people, person, err);
}

/* ---- looking */

uint32_t
people_count(const struct people *people)
{
	return people->count;
}

uint64_t
people_id(const struct people *people, uint32_t person)
{
	assert(person < people->count);
	return people->list[person].id;
}

void
people_csv_header(const struct people *people, struct buf *to)
{
	buf_add_text(to, "id");
	for (uint32_t field = FIELD_ID + 1; field < people->fields; field++) {
		if (!people->is_seen[field])
			continue;
		buf_add_byte(to, ',');
		csv_add(to, name_of(people, field), ',');
	}
	buf_add_byte(to, '\n');
}

static void
add_person_csv(const struct people *people, const struct person *person, struct span *values,
	       struct buf *to)
{
	const char *at = person->cells;
	const char *end = person->cells + person->cells_len;
	struct people_cell cell;

	for (uint32_t field = 0; field < people->fields; field++)
		values[field] = SPAN_NONE;
	while (take_cell(&at, end, &cell))
		values[cell.field] = cell.value;
	buf_printf(to, "%llu", (unsigned long long)person->id);
	for (uint32_t field = FIELD_ID + 1; field < people->fields; field++) {
		if (!people->is_seen[field])
			continue;
		buf_add_byte(to, ',');
		csv_add(to, values[field], ',');
	}
	buf_add_byte(to, '\n');
}

uint32_t
people_csv(const struct people *people, uint32_t from, uint32_t most, struct buf *to)
{
	struct span *values = calloc(people->fields, sizeof(*values));
	uint32_t upto = from;

	if (!values)
		to->failed = true;
	for (; values && upto < people->count && upto - from < most; upto++)
		add_person_csv(people, &people->list[upto], values, to);
	free(values);
	return upto - from;
}
