#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/report/rejects.h"

/* How exactly contents are compared. */
enum likeness { LIKE_EXACTLY, LIKE_TRIMMED };

/* ---- content */

/* FNV-1a, 64 bits: two of a million different rows share a hash once in 37 million chunks. */
#define HASH_BASIS UINT64_C(0xCBF29CE484222325)
#define HASH_PRIME UINT64_C(0x100000001B3)

static uint64_t
hash_field(uint64_t hash, struct span field, enum likeness likeness)
{
	if (likeness == LIKE_TRIMMED)
		field = span_trim(field);
	for (size_t i = 0; i < field.len; i++) {
		if (likeness == LIKE_TRIMMED && field.ptr[i] == '\r')
			continue;
		hash = (hash ^ (unsigned char)field.ptr[i]) * HASH_PRIME;
	}
	return (hash ^ 0xFF) * HASH_PRIME; /* no byte of UTF-8: fields do not run together */
}

static uint64_t
hash_sent(const struct failures *failures, const struct sent_row *row, enum likeness likeness)
{
	uint64_t hash = HASH_BASIS;

	for (size_t i = 0; i < row->field_count && i < failures->column_count; i++) {
		if (failures_has(failures, i))
			hash = hash_field(hash, row->fields[i], likeness);
	}
	return hash;
}

static uint64_t
hash_record(const struct failures *failures, enum likeness likeness)
{
	uint64_t hash = HASH_BASIS;

	for (size_t i = 0; i < failures->column_count; i++) {
		if (failures_has(failures, i))
			hash = hash_field(hash, failures_column(failures, i), likeness);
	}
	return hash;
}

/* ---- the records */

static int
add_row(struct rejects *rejects, const struct rejects_row *row, struct err *err)
{
	size_t room = rejects->room ? rejects->room * 2 : 64;
	struct rejects_row *rows = rejects->rows;

	if (rejects->count == rejects->room) {
		rows = rejects->count < UINT32_MAX / 2 ? realloc(rows, room * sizeof(*rows)) : NULL;
		if (!rows)
			return err_memory(err);
		rejects->rows = rows;
		rejects->room = room;
	}
	rows[rejects->count++] = *row;
	return 0;
}

static struct rejects_row
record_at_hand(const struct failures *failures, enum likeness likeness)
{
	return (struct rejects_row){
		.extent = { failures->begin, failures->begin, failures->end },
		.hash = hash_record(failures, likeness),
		.is_whole = failures_is_whole(failures),
	};
}

static int
list_records(struct rejects *rejects, struct failures *failures, struct err *err)
{
	bool is_end;

	if (failures_first(failures, &is_end, err))
		return -1;
	while (!is_end) {
		struct rejects_row row = record_at_hand(failures, LIKE_EXACTLY);

		if (add_row(rejects, &row, err) || failures_next(failures, &is_end, err))
			return -1;
	}
	return 0;
}

/* The lines inside the record at `index`, each as a row of its own. */
static int
list_inner_lines(struct rejects *rejects, size_t index, struct failures *failures,
    struct err *err)
{
	struct failures_extent extent = rejects->rows[index].extent;

	for (;;) {
		uint64_t line = failures_inner_line(failures, extent.begin, extent.to);
		struct rejects_row row;

		if (line == extent.to)
			return 0;
		extent.from = extent.begin = line;
		if (failures_read(failures, &extent, err))
			return -1;
		row = record_at_hand(failures, LIKE_TRIMMED);
		row.is_inner = true;
		if (add_row(rejects, &row, err))
			return -1;
	}
}

static int
list_all_inner_lines(struct rejects *rejects, struct failures *failures, struct err *err)
{
	size_t count = rejects->count;

	for (size_t i = 0; i < count; i++) {
		if (failures_read(failures, &rejects->rows[i].extent, err) ||
		    list_inner_lines(rejects, i, failures, err))
			return -1;
	}
	return 0;
}

/* Hashes what is not found yet once more, less exactly. */
static int
loosen_records(struct rejects *rejects, struct failures *failures, struct err *err)
{
	for (size_t i = 0; i < rejects->count; i++) {
		struct rejects_row *row = &rejects->rows[i];

		if (row->row)
			continue;
		if (failures_read(failures, &row->extent, err))
			return -1;
		row->hash = hash_record(failures, LIKE_TRIMMED);
	}
	return 0;
}

/* ---- matching */

static uint32_t *
head_of(const struct rejects *rejects, uint64_t hash)
{
	return &rejects->heads[hash & (rejects->head_count - 1)];
}

/* Chains what is not found yet by hash, each chain in the order of the file. */
static int
build_chains(struct rejects *rejects, struct err *err)
{
	free(rejects->heads);
	rejects->head_count = 64;
	while (rejects->head_count < rejects->count)
		rejects->head_count *= 2;
	rejects->heads = calloc(rejects->head_count, sizeof(*rejects->heads));
	if (!rejects->heads)
		return err_memory(err);
	for (size_t i = rejects->count; i-- > 0;) {
		uint32_t *head = head_of(rejects, rejects->rows[i].hash);

		if (rejects->rows[i].row)
			continue;
		rejects->rows[i].next = *head;
		*head = (uint32_t)(i + 1);
	}
	return 0;
}

/* Takes the first record with this hash off its chain; NULL if there is none. */
static struct rejects_row *
take_match(struct rejects *rejects, uint64_t hash)
{
	uint32_t *link = head_of(rejects, hash);

	while (*link) {
		struct rejects_row *row = &rejects->rows[*link - 1];

		if (row->hash == hash) {
			*link = row->next;
			return row;
		}
		link = &row->next;
	}
	return NULL;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* The rows that are found already, ascending and with a 0 behind the last; the caller frees it. */
static uint32_t *
list_taken(const struct rejects *rejects)
{
	uint32_t *taken = calloc(rejects->found + 1, sizeof(*taken));
	size_t count = 0;

	if (!taken)
		return NULL;
	for (size_t i = 0; i < rejects->count; i++) {
		if (rejects->rows[i].row)
			taken[count++] = rejects->rows[i].row;
	}
	qsort(taken, count, sizeof(*taken), compare_numbers);
	return taken;
}

static int
match_rows(struct rejects *rejects, const struct failures *failures, struct sent_reader *reader,
    enum likeness likeness, const uint32_t *taken)
{
	struct rejects_row *match;
	struct sent_row row;
	struct err unused;
	bool is_end;

	for (uint32_t number = 1; rejects->found < rejects->count; number++) {
		if (reader->next(reader, &row, &is_end, &unused))
			return -1;
		if (is_end)
			break;
		if (*taken == number) {
			taken++;
			continue;
		}
		match = take_match(rejects, hash_sent(failures, &row, likeness));
		if (!match)
			continue;
		match->row = number;
		rejects->found++;
	}
	return 0;
}

/* One reading of the rows as they were sent. That they cannot be read is no failure: the rows not
 * found stay without a place. */
static int
match_all(struct rejects *rejects, const struct rejects_options *options, enum likeness likeness,
    struct err *err)
{
	struct sent_reader *reader;
	struct err unused;
	uint32_t *taken;

	if (build_chains(rejects, err))
		return -1;
	taken = list_taken(rejects);
	if (!taken)
		return err_memory(err);
	if (options->sent->open(options->sent->ctx, options->plan, &reader, &unused)) {
		rejects->is_unreadable = true;
	} else {
		if (match_rows(rejects, options->failures, reader, likeness, taken))
			rejects->is_unreadable = true;
		reader->close(reader);
	}
	free(taken);
	return 0;
}

static int
match_in_turn(struct rejects *rejects, const struct rejects_options *options, struct err *err)
{
	/* Without columns every record would be like every row. */
	if (options->failures->column_count == 0) {
		rejects->is_unreadable = true;
		return 0;
	}
	if (match_all(rejects, options, LIKE_EXACTLY, err))
		return -1;
	if (rejects->found < rejects->count && !rejects->is_unreadable) {
		if (loosen_records(rejects, options->failures, err) ||
		    match_all(rejects, options, LIKE_TRIMMED, err))
			return -1;
	}
	if (rejects->found < options->rows_failed && !rejects->is_unreadable) {
		if (list_all_inner_lines(rejects, options->failures, err) ||
		    match_all(rejects, options, LIKE_TRIMMED, err))
			return -1;
	}
	return 0;
}

/* ---- what is a row, and how far it reaches */

/* Keeps up to `quota` records that were not found as rows without a place. Returns what is left of
 * the quota. */
static uint64_t
keep_unfound(struct rejects *rejects, bool *keeps, bool is_whole, uint64_t quota)
{
	for (size_t i = 0; i < rejects->count && quota; i++) {
		const struct rejects_row *row = &rejects->rows[i];

		if (row->row || row->is_inner || row->is_whole != is_whole)
			continue;
		keeps[i] = true;
		quota--;
	}
	return quota;
}

static void
drop_pieces(struct rejects *rejects, const bool *keeps)
{
	size_t kept = 0;

	for (size_t i = 0; i < rejects->count; i++) {
		if (rejects->rows[i].row || keeps[i])
			rejects->rows[kept++] = rejects->rows[i];
	}
	rejects->count = kept;
}

/* Leaves the rows and takes the pieces of reasons out. */
static int
choose_rows(struct rejects *rejects, const struct rejects_options *options, struct err *err)
{
	bool *keeps = calloc(rejects->count + 1, sizeof(*keeps));
	uint64_t missing = 0;

	if (!keeps)
		return err_memory(err);
	if (rejects->found == 0 && options->rows_failed == 0)
		keep_unfound(rejects, keeps, true, UINT64_MAX);
	else if (options->rows_failed > rejects->found)
		missing = options->rows_failed - rejects->found;
	missing = keep_unfound(rejects, keeps, true, missing);
	keep_unfound(rejects, keeps, false, missing);
	drop_pieces(rejects, keeps);
	free(keeps);
	return 0;
}

static int
compare_begins(const void *a, const void *b)
{
	const struct rejects_row *left = a, *right = b;

	return (left->extent.begin > right->extent.begin) -
	       (left->extent.begin < right->extent.begin);
}

static int
compare_places(const void *a, const void *b)
{
	const struct rejects_row *left = a, *right = b;
	/* 0, not found, comes last: it wraps to the greatest number. */
	uint32_t left_row = left->row - 1, right_row = right->row - 1;

	if (left_row != right_row)
		return left_row > right_row ? 1 : -1;
	return compare_begins(a, b);
}

/* Everything between two rows is a piece of a reason: of the row before, or of the row behind it
 * where the reason comes first. */
static int
stretch_extents(struct rejects *rejects, struct failures *failures, struct err *err)
{
	uint64_t from = failures->rows_from;

	for (size_t i = 0; i < rejects->count; i++) {
		struct failures_extent *extent = &rejects->rows[i].extent;
		bool is_last = i + 1 == rejects->count;
		uint64_t next = is_last ? failures->size : rejects->rows[i + 1].extent.begin;

		extent->from = from;
		extent->to = next;
		if (failures_reason_is_first(failures) && !is_last) {
			if (failures_read(failures, extent, err))
				return -1;
			extent->to = failures->end;
		}
		from = extent->to;
	}
	return 0;
}

int
rejects_find(struct rejects *rejects, const struct rejects_options *options, struct err *err)
{
	*rejects = (struct rejects){ .rows = NULL };
	if (list_records(rejects, options->failures, err))
		return -1;
	if (rejects->count == 0)
		return 0;
	if (match_in_turn(rejects, options, err) || choose_rows(rejects, options, err))
		return -1;
	qsort(rejects->rows, rejects->count, sizeof(*rejects->rows), compare_begins);
	if (stretch_extents(rejects, options->failures, err))
		return -1;
	qsort(rejects->rows, rejects->count, sizeof(*rejects->rows), compare_places);
	return 0;
}

void
rejects_done(struct rejects *rejects)
{
	free(rejects->rows);
	free(rejects->heads);
	*rejects = (struct rejects){ .rows = NULL };
}
