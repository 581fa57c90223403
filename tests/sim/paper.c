#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/must.h"
#include "tests/sim/paper.h"
#include "tests/sim/world.h"

#define PEOPLE_HEADER "state_file_id,registered_address.state,first_name\r\n"
#define BALLOT_HEADER                                                                              \
	"state_file.id,registered_address.state,election.election_at,election.state,"              \
	"election.country_code,ballots.vote_method\r\n"

struct paper_body {
	struct body body;
	struct paper *paper;
	struct paper_body *next;
	struct span rest;
	size_t index;
};

/* ---- making up chunks ---- */

static void
add_row(struct buf *csv, const struct paper_source *source, uint32_t at, uint32_t chunk,
    uint32_t row)
{
	char voter[32];

	/* Ballots are of the voters of the first source. */
	snprintf(voter, sizeof(voter), "V%uC%02uR%u", source->type[0] == 'p' ? at : 0, chunk, row);
	if (source->begins_alike && row <= source->rows / 2)
		snprintf(voter, sizeof(voter), "SAME%u", row);
	if (row > source->rows - source->bad_rows)
		buf_add_text(csv, "bad,"); /* a field too many */
	if (source->type[0] == 'p')
		buf_printf(csv, "%s,OH,Ann\r\n", voter);
	else
		buf_printf(csv, "%s,OH,11/%02u/2026,OH,US,voted\r\n", voter, 1 + at);
}

static void
make_chunk(struct paper *paper, const struct paper_source *source, uint32_t at, uint32_t number)
{
	struct plan_chunk *plan = &paper->plan[paper->count];
	struct buf *csv = &paper->csv[paper->count++];
	bool is_empty = source->has_empty_chunk && number == source->chunk_count;

	buf_add_text(csv, source->type[0] == 'p' ? PEOPLE_HEADER : BALLOT_HEADER);
	for (uint32_t row = 1; row <= source->rows; row++)
		add_row(csv, source, at, number, row);
	*plan = (struct plan_chunk){
		.source = at,
		.number = number,
		.first_byte = number * 1000,
		.end_byte = number * 1000 + 1000,
		.first_row = 1 + (number - 1) * source->rows,
		.first_line = 2 + (number - 1) * source->rows,
		.rows = source->rows,
		.rows_left_out = is_empty ? source->rows : 0,
		.csv_bytes = (uint32_t)csv->len,
	};
}

void
paper_init(struct paper *paper, struct world *world, const struct paper_source *sources,
    uint32_t count)
{
	*paper = (struct paper){
		.plan = must(calloc(PAPER_MOST, sizeof(*paper->plan))),
		.csv = must(calloc(PAPER_MOST, sizeof(*paper->csv))),
		.sources = must(calloc(count, sizeof(*paper->sources))),
		.source_count = count,
		.world = world,
	};
	for (uint32_t i = 0; i < count; i++) {
		paper->after[i] = i;
		paper->sources[i] = (struct engine_source){
			.name = sources[i].name,
			.type = sources[i].type,
			.chunk_count = sources[i].chunk_count,
			.rules = {
				.in_doubt = sources[i].in_doubt,
				.after = paper->after,
				.after_count = sources[i].is_after ? i : 0,
				.stops_early = sources[i].stops_early,
				.max_rejected = { .count = sources[i].most_rejected },
			},
		};
		for (uint32_t number = 1; number <= sources[i].chunk_count; number++)
			make_chunk(paper, &sources[i], i, number);
	}
}

void
paper_done(struct paper *paper)
{
	paper_kill(paper);
	for (size_t i = 0; i < paper->count; i++)
		buf_done(&paper->csv[i]);
	free(paper->plan);
	free(paper->csv);
	free(paper->sources);
}

void
paper_trim(struct paper *paper, size_t count)
{
	while (paper->count > count)
		buf_done(&paper->csv[--paper->count]);
}

struct span
paper_rows(const struct paper *paper, size_t index)
{
	struct span csv = buf_span(&paper->csv[index]);
	const char *rows = (const char *)memchr(csv.ptr, '\n', csv.len) + 1;

	return (struct span){ rows, csv.len - (size_t)(rows - csv.ptr) };
}

size_t
paper_find(const struct paper *paper, uint32_t source, uint32_t number)
{
	for (size_t i = 0; i < paper->count; i++) {
		if (paper->plan[i].source == source && paper->plan[i].number == number)
			return i;
	}
	return PAPER_NONE;
}

size_t
paper_recognize(const struct paper *paper, struct span csv)
{
	for (size_t i = 0; i < paper->count; i++) {
		if (span_equal(buf_span(&paper->csv[i]), csv))
			return i;
	}
	return PAPER_NONE;
}

static size_t
index_of(const struct paper *paper, const struct plan_chunk *plan)
{
	return paper_find(paper, plan->source, plan->number);
}

/* Stands for SHA-256: FNV-1a, as often as it takes. */
static struct digest
digest_of(struct span csv)
{
	struct digest digest = { .is_known = true };
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < csv.len; i++)
		hash = (hash ^ (unsigned char)csv.ptr[i]) * UINT64_C(1099511628211);
	for (size_t i = 0; i < sizeof(digest.bytes); i += sizeof(hash))
		memcpy(digest.bytes + i, &hash, sizeof(hash));
	return digest;
}

void
paper_add(struct paper *paper, struct plan_chunk *plan, struct span rows)
{
	size_t first = paper_find(paper, plan->source, 1);
	const char *header = paper->csv[first].ptr;
	size_t header_bytes = (size_t)(paper_rows(paper, first).ptr - header);
	struct buf *to = must(paper->count < PAPER_MOST ? &paper->csv[paper->count] : NULL);

	*to = (struct buf)BUF_INIT;
	buf_add(to, header, header_bytes);
	buf_add_span(to, rows);
	plan->csv_bytes = (uint32_t)to->len;
	paper->plan[paper->count++] = *plan;
}

/* ---- bodies ---- */

static int
body_read(struct body *body, char *to, size_t most, size_t *got, struct err *err)
{
	struct paper_body *paper_body = (struct paper_body *)body;
	struct span *rest = &paper_body->rest;

	(void)err;
	*got = rest->len < most ? rest->len : most;
	memcpy(to, rest->ptr, *got);
	rest->ptr += *got;
	rest->len -= *got;
	return 0;
}

static void
body_sha256(const struct body *body, struct digest *digest)
{
	const struct paper_body *paper_body = (const struct paper_body *)body;

	*digest = digest_of(buf_span(&paper_body->paper->csv[paper_body->index]));
}

static void
body_close(struct body *body)
{
	struct paper_body *closing = (struct paper_body *)body;
	struct paper_body **at = &closing->paper->open;

	while (*at != closing)
		at = &(*at)->next;
	*at = closing->next;
	free(closing);
}

void
paper_kill(struct paper *paper)
{
	while (paper->open)
		body_close(&paper->open->body);
}

/* ---- the port ---- */

static int
fail_sometimes(const struct paper *paper, struct err *err)
{
	if (!world_rolls(paper->world, paper->world->options.source_permille))
		return 0;
	return err_set(err, ERR_INPUT, "people.csv changed since this load began");
}

static int
open_body(void *ctx, const struct plan_chunk *plan, struct body **body, struct err *err)
{
	struct paper *paper = ctx;
	size_t index = index_of(paper, plan);
	struct paper_body *opened;

	if (fail_sometimes(paper, err))
		return -1;
	if (paper->world->options.bug == BUG_WRONG_CHUNK && index + 1 < paper->count)
		index++;
	opened = must(calloc(1, sizeof(*opened)));
	*opened = (struct paper_body){
		.body = { paper->csv[index].len, body_read, body_sha256, body_close },
		.paper = paper,
		.next = paper->open,
		.rest = buf_span(&paper->csv[index]),
		.index = index,
	};
	paper->open = opened;
	*body = &opened->body;
	return 0;
}

static int
sha256(void *ctx, const struct plan_chunk *plan, struct digest *digest, struct err *err)
{
	const struct paper *paper = ctx;

	if (fail_sometimes(paper, err))
		return -1;
	*digest = digest_of(buf_span(&paper->csv[index_of(paper, plan)]));
	return 0;
}

static int
head(void *ctx, const struct plan_chunk *plan, size_t most, struct buf *to, size_t *header_bytes,
    struct err *err)
{
	const struct paper *paper = ctx;
	struct span csv = buf_span(&paper->csv[index_of(paper, plan)]);
	const char *header_end = memchr(csv.ptr, '\n', csv.len);

	if (fail_sometimes(paper, err))
		return -1;
	buf_add(to, csv.ptr, csv.len < most ? csv.len : most);
	*header_bytes = (size_t)(header_end + 1 - csv.ptr);
	return 0;
}

/* The header and `rows` rows from the one at *at on, which moves behind them. */
static struct plan_chunk
add_piece(struct paper *paper, const struct plan_chunk *whole, struct span *at, uint32_t rows)
{
	size_t from = index_of(paper, whole);
	const char *header = paper->csv[from].ptr;
	size_t header_bytes = (size_t)(paper_rows(paper, from).ptr - header);
	struct plan_chunk *plan = &paper->plan[paper->count];
	struct buf *to = must(paper->count < PAPER_MOST ? &paper->csv[paper->count++] : NULL);
	const char *begin = at->ptr;

	for (uint32_t row = 0; row < rows; row++) {
		const char *end = (const char *)memchr(at->ptr, '\n', at->len) + 1;

		at->len -= (size_t)(end - at->ptr);
		at->ptr = end;
	}
	*to = (struct buf)BUF_INIT;
	buf_add(to, header, header_bytes);
	buf_add(to, begin, (size_t)(at->ptr - begin));
	*plan = *whole;
	plan->parent = whole->number;
	plan->rows = rows;
	plan->csv_bytes = (uint32_t)to->len;
	plan->end_byte = plan->first_byte + rows;
	return *plan;
}

/* Bytes in the file are made up: a row takes one, but for the last. */
static int
split(void *ctx, const struct plan_chunk *whole, uint32_t first_number,
    struct plan_chunk pieces[PLAN_PIECES], struct err *err)
{
	struct paper *paper = ctx;
	struct span rest = paper_rows(paper, index_of(paper, whole));
	struct plan_chunk second;

	if (fail_sometimes(paper, err))
		return -1;
	pieces[0] = add_piece(paper, whole, &rest, whole->rows / 2);
	pieces[1] = add_piece(paper, whole, &rest, whole->rows - whole->rows / 2);
	second = pieces[1];
	second.first_row += pieces[0].rows;
	second.first_line += pieces[0].rows;
	second.first_byte = pieces[0].end_byte;
	second.end_byte = whole->end_byte;
	pieces[0].number = first_number;
	second.number = first_number + 1;
	paper->plan[paper->count - 2] = pieces[0];
	paper->plan[paper->count - 1] = pieces[1] = second;
	return 0;
}

struct source_port
paper_port(struct paper *paper)
{
	return (struct source_port){ paper, open_body, sha256, split, head };
}
