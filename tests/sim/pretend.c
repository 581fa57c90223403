#include "platform.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "tests/sim/law.h"
#include "tests/sim/must.h"
#include "tests/sim/pretend.h"
#include "tests/sim/world.h"

enum { PAGE_SIZE = 20, REQUEST_HEAD_BYTES = 300, OTHER_IDS = 7000 };

void
pretend_init(struct pretend *nation, struct world *world, const struct pretend_habits *habits)
{
	const struct model_options options = {
		.seed = world->options.seed + 1,
		.rows_per_second = habits->rows_per_second,
	};
	struct err err = ERR_INIT;

	*nation = (struct pretend){
		.world = world,
		.habits = *habits,
		.model = must(model_new(&options, &err)),
		.chance = { world->options.seed + 2 },
		.posts = must(calloc(PAPER_MOST, sizeof(*nation->posts))),
		.unsent = must(calloc(PAPER_MOST, sizeof(*nation->unsent))),
		.entries = must(calloc(PRETEND_TAKEN, sizeof(*nation->entries))),
		.heads = must(calloc(PRETEND_TAKEN, sizeof(*nation->heads))),
	};
	if (!nation->habits.page_size)
		nation->habits.page_size = PAGE_SIZE;
}

void
pretend_done(struct pretend *nation)
{
	model_free(nation->model);
	free(nation->posts);
	free(nation->unsent);
	free(nation->entries);
	for (size_t i = 0; i < PRETEND_TAKEN; i++)
		buf_done(&nation->heads[i]);
	free(nation->heads);
}

static int64_t
now_of(const struct pretend *nation)
{
	return nation->world->mono_ms;
}

/* ---- taking ---- */

static uint64_t
take(struct pretend *nation, const struct pretend_taken *taken, struct span csv, bool is_people)
{
	struct model_upload upload = { .type = is_people ? MODEL_PEOPLE : MODEL_BALLOT };
	struct err err = ERR_INIT;
	uint64_t id;

	if (nation->taken_count == PRETEND_TAKEN)
		abort();
	buf_add_span(&upload.csv, csv);
	if (model_submit(nation->model, taken->at_ms, &upload, &id, &err))
		abort();
	nation->taken[nation->taken_count] = *taken;
	nation->taken[nation->taken_count].keeps_rows = nation->taken_count % 2;
	nation->taken[nation->taken_count++].import_id = id;
	return id;
}

static void
take_chunk(struct pretend *nation, const struct pretend_late *late)
{
	const struct paper *paper = &nation->world->paper;
	const struct pretend_taken taken = {
		.paper = late->paper,
		.began_ms = late->began_ms,
		.at_ms = late->at_ms,
		.is_doomed = late->is_doomed,
	};
	const char *type = paper->sources[paper->plan[late->paper].source].type;
	uint64_t id = take(nation, &taken, buf_span(&paper->csv[late->paper]), type[0] == 'p');

	world_trace(nation->world, "  the nation takes %u-%u as %llu",
	    paper->plan[late->paper].source, paper->plan[late->paper].number,
	    (unsigned long long)id);
	for (size_t i = 0; i < nation->request_count; i++) {
		if (nation->requests[i].post == late->post)
			nation->requests[i].taken_id = id;
	}
}

/* Somebody else's import, whose rows have nothing in common with ours. */
static void
take_stranger(struct pretend *nation)
{
	const struct pretend_taken taken = {
		.paper = PAPER_NONE,
		.at_ms = now_of(nation),
		.is_stranger = true,
	};
	SCOPED(buf) csv = BUF_INIT;

	if (nation->taken_count > PRETEND_TAKEN / 2)
		return;
	buf_add_text(&csv, "state_file_id,registered_address.state,first_name\r\n");
	for (uint64_t rows = 1 + chance_below(&nation->chance, 4); rows; rows--)
		buf_printf(&csv, "X%zu,OH,Zed\r\n", nation->taken_count);
	take(nation, &taken, buf_span(&csv), true);
}

/* The one due first; NULL: none is due by now. */
static struct pretend_late *
first_late(struct pretend *nation)
{
	struct pretend_late *first = NULL;

	for (size_t i = 0; i < nation->late_count; i++) {
		struct pretend_late *late = &nation->late[i];

		if (late->at_ms <= now_of(nation) && (!first || late->at_ms < first->at_ms))
			first = late;
	}
	return first;
}

void
pretend_advance(struct pretend *nation)
{
	struct pretend_late *late;
	struct err err = ERR_INIT;

	while ((late = first_late(nation))) {
		take_chunk(nation, late);
		*late = nation->late[--nation->late_count];
	}
	if (model_advance(nation->model, now_of(nation), &err))
		abort();
}

static void
take_later(struct pretend *nation, const struct pretend_late *late)
{
	if (nation->late_count == PRETEND_LATE)
		abort();
	nation->late[nation->late_count++] = *late;
}

static void
never_take(struct pretend *nation, uint64_t post)
{
	for (size_t i = nation->late_count; i--;) {
		if (nation->late[i].post == post)
			nation->late[i] = nation->late[--nation->late_count];
	}
}

/* ---- the truth ---- */

size_t
pretend_takes(const struct pretend *nation, size_t paper)
{
	size_t count = 0;

	for (size_t i = 0; i < nation->taken_count; i++)
		count += nation->taken[i].paper == paper;
	return count;
}

bool
pretend_has_rows(const struct pretend *nation, const struct pretend_taken *taken)
{
	if (taken->is_doomed)
		return taken->keeps_rows;
	return model_find(nation->model, taken->import_id)->word != MODEL_UNPROCESSABLE;
}

bool
pretend_may_take(const struct pretend *nation, size_t paper)
{
	for (size_t i = 0; i < nation->late_count; i++) {
		if (nation->late[i].paper == paper)
			return true;
	}
	return false;
}

const struct pretend_taken *
pretend_find(const struct pretend *nation, uint64_t import_id)
{
	for (size_t i = 0; i < nation->taken_count; i++) {
		if (nation->taken[i].import_id == import_id)
			return &nation->taken[i];
	}
	return NULL;
}

const struct pretend_taken *
pretend_last_take(const struct pretend *nation, size_t paper)
{
	for (size_t i = nation->taken_count; i--;) {
		if (nation->taken[i].paper == paper)
			return &nation->taken[i];
	}
	return NULL;
}

/* ---- requests ---- */

static struct fate_asked
about(const struct pretend *nation, enum request_kind kind, uint32_t index)
{
	const struct load *load = nation->world->load;

	if (index >= load->slot_count)
		return (struct fate_asked){ kind, 0, 0 };
	return (struct fate_asked){ kind, load->slots[index].source, load->slots[index].number };
}

/* The chunk that the engine means. */
static size_t
paper_of(const struct pretend *nation, uint32_t index)
{
	const struct fate_asked asked = about(nation, REQUEST_SUBMIT, index);

	return paper_find(&nation->world->paper, asked.source, asked.chunk);
}

static struct fate
decide_fate(struct pretend *nation, enum request_kind kind, uint32_t index)
{
	const struct fate_asked asked = about(nation, kind, index);

	return fate_of(&nation->world->fates, &asked, nation->world->is_calm);
}

static struct pretend_request *
begin(struct pretend *nation, enum request_kind kind, uint32_t index, const struct fate *fate)
{
	struct pretend_request *request = &nation->requests[nation->request_count];

	if (nation->request_count++ == PRETEND_REQUESTS)
		abort();
	law_request(nation->world);
	*request = (struct pretend_request){
		.kind = kind,
		.index = index,
		.fate = *fate,
		.full_ms = now_of(nation),
	};
	request->due_ms = request->full_ms + (fate->answer_ms ? fate->answer_ms : 100);
	world_trace(nation->world, "%s %u: transport %d status %u", kind == REQUEST_SUBMIT ? "POST" : "GET",
	    index, (int)fate->transport, fate->status);
	return request;
}

/* The nation's own answer to a POST, and no other's. */
static bool
is_own_answer(const struct fate *fate)
{
	return fate->sent == SENT_ALL && fate->transport == TRANSPORT_OK &&
	       fate->form == ANSWER_NONE && (fate->status == 0 || fate->status == 201);
}

/* Reads the body as the network library would, to its end. */
static size_t
read_body(struct pretend *nation, struct body *body)
{
	SCOPED(buf) csv = BUF_INIT;
	char window[64];
	size_t got = 0;

	do {
		if (body->read(body, window, sizeof(window), &got, NULL))
			abort();
		buf_add(&csv, window, got);
	} while (got);
	return paper_recognize(&nation->world->paper, buf_span(&csv));
}

static void
plan_taking(struct pretend *nation, const struct pretend_request *request)
{
	const struct fate *fate = &request->fate;
	struct pretend_late late = {
		.began_ms = now_of(nation),
		.at_ms = fate->take_ms ? request->due_ms + fate->take_ms : request->full_ms,
		.paper = request->paper,
		.post = request->post,
		.is_doomed = fate->import == IMPORT_DOOMED,
	};
	enum planted_bug bug = nation->world->options.bug;
	bool is_lost = fate->sent == SENT_ALL && !is_own_answer(fate) && fate->transport;

	if (is_own_answer(fate) || fate->is_taken)
		take_later(nation, &late);
	else if (is_lost && bug == BUG_LATE)
		take_later(nation, &(struct pretend_late){ .at_ms = request->due_ms + 10 * HOUR,
				       .paper = request->paper });
	if (is_lost && fate->is_taken && bug == BUG_SENDS_TWICE)
		take_later(nation, &late);
}

static bool
is_too_large(const struct pretend *nation, size_t paper)
{
	size_t most = nation->habits.most_bytes;

	return most && paper_rows(&nation->world->paper, paper).len > most;
}

/* 413, whatever else goes wrong; never taken. */
static void
refuse_size(struct pretend_request *request)
{
	if (is_own_answer(&request->fate))
		request->fate.status = 413;
	request->fate.is_taken = false;
}

static int
submit(void *ctx, uint32_t index, uint32_t attempt, struct body *body, struct err *err)
{
	struct pretend *nation = ctx;
	struct fate fate = decide_fate(nation, REQUEST_SUBMIT, index);
	struct pretend_request *request;

	if (fate.fault) {
		nation->posts[paper_of(nation, index)]++;
		body->close(body);
		return err_set(err, fate.fault, "the token cannot be read");
	}
	request = begin(nation, REQUEST_SUBMIT, index, &fate);
	request->attempt = attempt;
	request->full_ms += fate.upload_ms ? fate.upload_ms : SECOND;
	request->due_ms += request->full_ms - now_of(nation);
	request->post = nation->post_total + 1;
	request->body_bytes = body->bytes;
	request->handed_bytes = fate.sent == SENT_ALL ? body->bytes : 0;
	if (fate.sent == SENT_PART)
		request->handed_bytes = body->bytes / 2;
	request->paper = read_body(nation, body);
	if (is_too_large(nation, request->paper))
		refuse_size(request);
	if (fate.sent == SENT_ALL)
		body->sha256(body, &request->sha256);
	body->close(body);
	law_submit(nation->world, paper_of(nation, index));
	plan_taking(nation, request);
	if (world_rolls(nation->world, nation->habits.stranger_permille))
		take_stranger(nation);
	return 0;
}

static int
get(struct pretend *nation, enum request_kind kind, uint32_t index, uint64_t asked,
    struct err *err)
{
	struct fate fate = decide_fate(nation, kind, index);
	struct pretend_request *request;

	if (fate.fault)
		return err_set(err, fate.fault, "the token cannot be read");
	request = begin(nation, kind, index, &fate);
	request->asked_id = asked;
	request->page = (uint32_t)asked;
	return 0;
}

static int
ask_status(void *ctx, uint32_t index, uint64_t import_id, struct err *err)
{
	return get(ctx, REQUEST_STATUS, index, import_id, err);
}

static int
ask_result(void *ctx, uint32_t index, uint64_t import_id, uint32_t source, uint32_t number,
    struct err *err)
{
	(void)source;
	(void)number;
	return get(ctx, REQUEST_RESULT, index, import_id, err);
}

static int
ask_list(void *ctx, uint32_t index, uint32_t page, struct err *err)
{
	return get(ctx, REQUEST_LIST, index, page, err);
}

/* ---- answers ---- */

static void
answer_import_id(struct pretend *nation, const struct pretend_request *request, uint64_t id,
    struct reply *reply)
{
	reply->id_form = ID_VALID;
	reply->import_id = id;
	switch (request->fate.import) {
	case IMPORT_ID_ODD:
		reply->id_form = ID_ODD;
		break;
	case IMPORT_ID_ABSENT:
		reply->id_form = ID_ABSENT;
		break;
	case IMPORT_ID_OWNED:
		for (size_t i = 0; i < nation->world->memory.chunk_count; i++) {
			if (nation->world->memory.chunks[i].import_id)
				reply->import_id = nation->world->memory.chunks[i].import_id;
		}
		break;
	case IMPORT_ID_OTHER:
		reply->import_id++;
		break;
	case IMPORT_WORD_UNKNOWN:
		reply->word = WORD_UNKNOWN;
		break;
	case IMPORT_WORD_ABSENT:
		reply->word = WORD_NONE;
		break;
	case IMPORT_AS_IT_IS:
	case IMPORT_DOOMED:
	case IMPORT_COUNTS_ODD:
	case IMPORT_COUNTS_OFF:
		break;
	}
}

static void
answer_submit(struct pretend *nation, const struct pretend_request *request, struct reply *reply)
{
	reply->form = ANSWER_JSON;
	reply->word = WORD_QUEUED;
	answer_import_id(nation, request, request->taken_id, reply);
}

/* What the nation itself knows of the id: NULL and 404, for some time after it was made, too. */
static const struct model_import *
look_up(struct pretend *nation, uint64_t import_id, struct reply *reply)
{
	const struct model_import *import = model_find(nation->model, import_id);

	if (!import || now_of(nation) < import->created_ms + nation->habits.id_lag_ms) {
		reply->status = 404;
		return NULL;
	}
	reply->form = ANSWER_JSON;
	return import;
}

static enum nation_word
word_of(const struct pretend *nation, const struct model_import *import)
{
	static const enum nation_word words[] = {
		[MODEL_QUEUED] = WORD_QUEUED,
		[MODEL_WORKING] = WORD_WORKING,
		[MODEL_FINISHED] = WORD_FINISHED,
		[MODEL_UNPROCESSABLE] = WORD_FAILED,
	};

	return pretend_find(nation, import->id)->is_doomed ? WORD_FAILED : words[import->word];
}

static void
answer_status(struct pretend *nation, const struct pretend_request *request, struct reply *reply)
{
	const struct model_import *import = look_up(nation, request->asked_id, reply);
	const struct pretend_taken *taken = pretend_find(nation, request->asked_id);

	if (!import)
		return;
	reply->word = word_of(nation, import);
	if (reply->word == WORD_FAILED)
		snprintf(reply->word_text, sizeof(reply->word_text), "%s",
		    pretend_has_rows(nation, taken) ? "cancelled" : "unprocessable");
	reply->processed = (int64_t)import->processed;
	reply->total = (int64_t)import->total;
	snprintf(reply->type, sizeof(reply->type), "%s",
	    import->type == MODEL_PEOPLE ? "people" : "ballot");
	answer_import_id(nation, request, import->id, reply);
}

static void
answer_result(struct pretend *nation, const struct pretend_request *request, struct reply *reply)
{
	const struct model_import *import = look_up(nation, request->asked_id, reply);
	const struct model_counts *counts;

	if (!import || request->fate.import == IMPORT_COUNTS_ODD)
		return;
	counts = &import->counts;
	reply->rows_updated = (int64_t)counts->updated;
	reply->rows_failed = (int64_t)counts->failed;
	reply->rows_succeeded = (int64_t)counts->created;
	if (!nation->habits.counts_separately)
		reply->rows_succeeded += reply->rows_updated;
	if (request->fate.import == IMPORT_COUNTS_OFF)
		reply->rows_succeeded += 7;
}

/* ---- the list ---- */

static bool
is_owned(const struct pretend *nation, const struct pretend_taken *taken)
{
	return memory_owner(&nation->world->memory, taken->import_id) != NULL;
}

/* Comes late by itself. */
static bool
is_tardy(const struct pretend *nation, const struct pretend_taken *taken)
{
	struct chance chance = { taken->import_id };
	int64_t most_ms = nation->habits.list_tardy_ms;

	return most_ms &&
	       now_of(nation) < taken->at_ms + (int64_t)chance_below(&chance, (uint64_t)most_ms);
}

/* The youngest import that a chunk owns, made since then; NULL: none. */
static const struct pretend_taken *
youngest_since(const struct pretend *nation, int64_t since_ms)
{
	const struct pretend_taken *youngest = NULL;

	for (size_t i = 0; i < nation->taken_count; i++) {
		const struct pretend_taken *taken = &nation->taken[i];

		if (!taken->is_stranger && is_owned(nation, taken) && taken->began_ms >= since_ms &&
		    (!youngest || taken->began_ms > youngest->began_ms))
			youngest = taken;
	}
	return youngest;
}

/* Could it show that the list is not whole while `hidden` is missing? A look counts on every import
 * of the 10 minutes before its own (replies.md), less one at the edge, and the nation's clocks may be
 * off by five: among the last 4 one is enough to be missing, else all that might be asked for. */
static bool
is_witness_of(const struct pretend *nation, const struct pretend_taken *taken,
    const struct pretend_taken *hidden)
{
	const struct pretend_taken *sure = youngest_since(nation, hidden->began_ms - 4 * MINUTE);

	return sure ? taken == sure : taken->began_ms >= hidden->began_ms - 16 * MINUTE;
}

/* Is it missing because another is, that nobody owns? */
static bool
is_missing_as_a_witness(const struct pretend *nation, const struct pretend_taken *taken)
{
	for (size_t i = 0; i < nation->taken_count; i++) {
		const struct pretend_taken *hidden = &nation->taken[i];

		if (!hidden->is_stranger && !is_owned(nation, hidden) && is_tardy(nation, hidden) &&
		    is_witness_of(nation, taken, hidden))
			return true;
	}
	return false;
}

static bool
is_listed(const struct pretend *nation, const struct pretend_taken *taken)
{
	const struct pretend_habits *habits = &nation->habits;

	if (now_of(nation) < taken->at_ms + habits->list_lag_ms)
		return false;
	if (taken->is_stranger)
		return true;
	if (nation->world->options.bug == BUG_HIDES_ONE && !is_owned(nation, taken))
		return false;
	if (habits->hides_ours)
		return false;
	return is_owned(nation, taken) ? !is_missing_as_a_witness(nation, taken)
				       : !is_tardy(nation, taken);
}

static void
write_head(const struct pretend_habits *habits, struct span head, struct buf *to)
{
	buf_clear(to);
	if (habits->head == HEAD_CUT || habits->head == HEAD_CUT_MARK) {
		buf_add(to, head.ptr, head.len < habits->head_bytes ? head.len : habits->head_bytes);
		if (habits->head == HEAD_CUT_MARK && head.len > habits->head_bytes)
			buf_add_text(to, "...");
		return;
	}
	if (habits->head == HEAD_FOREIGN)
		buf_add_text(to, "[[");
	for (size_t i = 0; i < head.len; i++) {
		if (habits->head != HEAD_QUOTED || head.ptr[i] != ',')
			buf_add_byte(to, head.ptr[i]);
		if (habits->head == HEAD_SPACED && head.ptr[i] == ',')
			buf_add_byte(to, ' ');
		if (habits->head == HEAD_QUOTED && head.ptr[i] == ',')
			buf_add_text(to, "\",\"");
		if (habits->head == HEAD_SPACED && head.ptr[i] == '\n')
			buf_add_text(to, ", ");
	}
}

static const char *const type_words[][2] = {
	[TYPE_WORD] = { [MODEL_PEOPLE] = "People", [MODEL_BALLOT] = "Ballot" },
	[TYPE_UPPER] = { [MODEL_PEOPLE] = "PEOPLE", [MODEL_BALLOT] = "BALLOT" },
	[TYPE_LONG] = { [MODEL_PEOPLE] = "people import", [MODEL_BALLOT] = "Ballots" },
	[TYPE_FOREIGN] = { [MODEL_PEOPLE] = "signup", [MODEL_BALLOT] = "vote" },
	[TYPE_EMPTY] = { [MODEL_PEOPLE] = "", [MODEL_BALLOT] = "" },
};

static void
write_entry(struct pretend *nation, const struct pretend_taken *taken)
{
	const struct model_import *import = model_find(nation->model, taken->import_id);
	const struct pretend_habits *habits = &nation->habits;
	struct buf *head = &nation->heads[nation->lent_count];
	int64_t created_ms = import->created_ms - WORLD_MONO + WORLD_NATION + habits->clock_off_ms +
			     habits->created_off_ms;

	if (nation->lent_count == PRETEND_TAKEN)
		abort();
	write_head(habits, buf_span(&import->head), head);
	nation->entries[nation->lent_count++] = (struct listed){
		.import_id = import->id + (habits->has_other_ids ? OTHER_IDS : 0),
		.type = span_of(type_words[habits->type][import->type]),
		.content_head = buf_span(head),
		.has_content_head = habits->head != HEAD_NULL,
		.created_ms = created_ms - created_ms % (habits->is_coarse ? MINUTE : SECOND),
		.lines_count = habits->lines == LINES_NULL
				   ? -1
				   : (int64_t)import->total + (habits->lines == LINES_WITH_HEADER),
	};
}

/* Entries of a page; the same page has the same number each time. */
static uint32_t
size_of(const struct pretend *nation, uint32_t page)
{
	struct chance chance = { nation->world->options.seed + page };
	const struct pretend_habits *habits = &nation->habits;

	return habits->page_size + (uint32_t)chance_below(&chance, habits->size_spread + 1);
}

static void
answer_list(struct pretend *nation, const struct pretend_request *request, struct reply *reply)
{
	uint32_t size = size_of(nation, request->page);
	uint32_t from = 0, number = 0;

	if (nation->habits.list_status) {
		reply->status = nation->habits.list_status;
		return;
	}
	if (request->page > 1 && nation->habits.stirs && !nation->world->is_calm) {
		nation->habits.stirs--;
		take_stranger(nation);
	}
	for (uint32_t page = 1; page < request->page; page++)
		from += size_of(nation, page);
	reply->form = ANSWER_JSON;
	reply->is_list = true;
	reply->entries = &nation->entries[nation->lent_count];
	for (size_t i = 0; i < nation->taken_count; i++) {
		size_t at = nation->habits.is_oldest_first ? i : nation->taken_count - 1 - i;

		if (!is_listed(nation, &nation->taken[at]))
			continue;
		if (number >= from && number < from + size) {
			write_entry(nation, &nation->taken[at]);
			reply->entry_count++;
		}
		number++;
	}
	reply->has_more = number > from + size ||
			  (nation->habits.has_next_always && reply->entry_count);
}

/* ---- replies ---- */

static void
answer(struct pretend *nation, const struct pretend_request *request, struct reply *reply)
{
	const struct fate *fate = &request->fate;

	reply->status = fate->status ? fate->status : 200;
	reply->form = fate->form;
	reply->retry_after_ms = fate->told_ms ? fate->told_ms : -1;
	if (request->kind == REQUEST_SUBMIT ? !is_own_answer(fate) : fate->status != 0)
		return;
	switch (request->kind) {
	case REQUEST_SUBMIT:
		answer_submit(nation, request, reply);
		break;
	case REQUEST_STATUS:
		answer_status(nation, request, reply);
		break;
	case REQUEST_RESULT:
		answer_result(nation, request, reply);
		break;
	case REQUEST_LIST:
		answer_list(nation, request, reply);
		break;
	case REQUEST_TOKEN:
		break; /* its port has no renew() */
	}
}

static struct reply
reply_to(struct pretend *nation, const struct pretend_request *request)
{
	const struct fate *fate = &request->fate;
	int64_t clock_ms = world_nation_clock(nation->world);
	struct reply reply = {
		.kind = request->kind,
		.index = request->index,
		.attempt = request->attempt,
		.transport = fate->transport,
		.request_bytes = fate->sent == SENT_NOTHING ? 0 : REQUEST_HEAD_BYTES,
		.body_bytes = request->body_bytes,
		.handed_bytes = request->handed_bytes,
		.sha256 = request->sha256,
		.server_date_ms = -1,
		.retry_after_ms = -1,
		.processed = -1,
		.total = -1,
		.rows_succeeded = -1,
		.rows_updated = -1,
		.rows_failed = -1,
	};

	if (fate->transport != TRANSPORT_OK) {
		snprintf(reply.transport_text, sizeof(reply.transport_text), "the connection broke");
		return reply;
	}
	clock_ms += nation->habits.clock_off_ms;
	if (nation->habits.date_skew_ms)
		clock_ms += (int64_t)chance_below(&nation->chance,
		    (uint64_t)nation->habits.date_skew_ms);
	if (!nation->habits.is_dateless)
		reply.server_date_ms = clock_ms - clock_ms % SECOND;
	answer(nation, request, &reply);
	return reply;
}

/* What the run must heed from now on (law 10). */
static void
note_pause(struct pretend *nation, const struct reply *reply)
{
	int64_t told_ms = reply->retry_after_ms > 0 ? reply->retry_after_ms : SECOND;

	if (told_ms > 15 * MINUTE)
		told_ms = 15 * MINUTE;
	if (reply->status == 429 && now_of(nation) + told_ms > nation->paused_until_ms)
		nation->paused_until_ms = now_of(nation) + told_ms;
	if ((reply->status == 401 || reply->status == 403) && reply->kind != REQUEST_LIST)
		nation->is_closed = true;
}

static size_t
next_due(const struct pretend *nation)
{
	size_t next = 0;

	for (size_t i = 1; i < nation->request_count; i++) {
		if (nation->requests[i].due_ms < nation->requests[next].due_ms)
			next = i;
	}
	return next;
}

static size_t
deliver(struct pretend *nation, struct reply *replies, size_t most)
{
	size_t count = 0;

	pretend_advance(nation);
	while (count < most && nation->request_count) {
		size_t next = next_due(nation);

		if (nation->requests[next].due_ms > now_of(nation))
			break;
		law_act(nation->world);
		replies[count] = reply_to(nation, &nation->requests[next]);
		note_pause(nation, &replies[count++]);
		nation->requests[next] = nation->requests[--nation->request_count];
	}
	return count;
}

/* Until the first of what the engine waits for, and nothing is seen between. */
static int64_t
wait_until(const struct pretend *nation, int64_t wait_ms)
{
	const struct world *world = nation->world;
	int64_t until_ms = world->mono_ms + wait_ms;

	if (nation->request_count && nation->requests[next_due(nation)].due_ms < until_ms)
		until_ms = nation->requests[next_due(nation)].due_ms;
	if (world->script_wish_at_ms < until_ms)
		until_ms = world->script_wish_at_ms;
	return until_ms > world->mono_ms ? until_ms : world->mono_ms;
}

/* What a broken connection leaves of a POST: a body that is not out is not taken. */
static void
cut_one(struct pretend *nation, struct pretend_request *request)
{
	request->due_ms = now_of(nation);
	if (request->taken_id && request->fate.sent == SENT_PART)
		return; /* the evidence that it is not complete is wrong: it keeps its own end */
	if (request->kind == REQUEST_SUBMIT && now_of(nation) < request->full_ms) {
		never_take(nation, request->post);
		request->sha256.is_known = false;
		if (request->fate.sent == SENT_ALL) {
			request->fate.sent = SENT_PART;
			request->handed_bytes = request->body_bytes / 2;
		}
	}
	request->fate.transport = TRANSPORT_CUT;
}

static void
cut(void *ctx)
{
	struct pretend *nation = ctx;

	for (size_t i = 0; i < nation->request_count; i++)
		cut_one(nation, &nation->requests[i]);
}

/* A process that is stopped keeps its connections, a computer that sleeps does not. */
static void
sleep_through(struct pretend *nation)
{
	if (chance_below(&nation->chance, 2))
		cut(nation);
	world_sleep(nation->world);
	if (nation->world->memory.shelf)
		shelf_rival(nation->world->memory.shelf);
}

/* In two steps, so that a run can be cut off on the way. */
static int
wait_for(void *ctx, int64_t wait_ms, struct reply *replies, size_t most, size_t *count,
    struct err *err)
{
	struct pretend *nation = ctx;
	struct world *world = nation->world;
	int64_t until_ms = wait_until(nation, wait_ms);

	(void)err;
	law_wait(world);
	nation->lent_count = 0;
	if (wait_ms > 0 && world_rolls(world, world->options.sleep_permille))
		sleep_through(nation);
	if (world->memory.shelf && world_rolls(world, world->options.rival_permille))
		shelf_rival(world->memory.shelf);
	if (until_ms > world->mono_ms && world->options.bug != BUG_DEAF_CLOCK) {
		world_pass(world, (until_ms - world->mono_ms) / 2);
		world_step(world, "a wait");
		world_pass(world, until_ms - world->mono_ms);
	}
	*count = deliver(nation, replies, most);
	return 0;
}

void
pretend_end(struct pretend *nation)
{
	cut(nation);
	nation->request_count = 0;
	nation->sent_count = 0;
	nation->paused_until_ms = 0;
	nation->is_closed = false;
}

static uint32_t
in_flight(void *ctx)
{
	const struct pretend *nation = ctx;

	return (uint32_t)nation->request_count;
}

struct nation_port
pretend_port(struct pretend *nation)
{
	return (struct nation_port){
		.ctx = nation,
		.submit = submit,
		.status = ask_status,
		.result = ask_result,
		.list = ask_list,
		.wait = wait_for,
		.cut = cut,
		.in_flight = in_flight,
	};
}
