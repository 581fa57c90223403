#include "platform.h"

#include <string.h>

#include "runner/base/scoped.h"
#include "tests/sim/fate.h"
#include "tests/sim/must.h"

#define LONG_MS INT64_C(100000) /* an answer that is late, within retry.answer_wait */

/* ---- what can happen ---- */

static const struct fate post_fates[] = {
	/* NOT SENT */
	{ .sent = SENT_NOTHING, .transport = TRANSPORT_CONNECT },
	{ .sent = SENT_NOTHING, .transport = TRANSPORT_CONNECT },
	/* NOT COMPLETE */
	{ .sent = SENT_PART, .transport = TRANSPORT_BROKEN },
	{ .sent = SENT_PART, .transport = TRANSPORT_CUT },
	{ .sent = SENT_PART, .status = 408 },
	{ .sent = SENT_PART, .status = 503, .told_ms = 3000 },
	{ .sent = SENT_PART, .status = 501 },
	/* not now, not so */
	{ .status = 429, .told_ms = 5000 },
	{ .status = 429, .told_ms = -1 },
	{ .status = 425 },
	{ .status = 421 },
	{ .status = 400 },
	{ .status = 422 },
	/* odd but accepted */
	{ .status = 201 },
	{ .answer_ms = LONG_MS },
	{ .upload_ms = 600000 },
	{ .import = IMPORT_DOOMED },
	{ .import = IMPORT_ID_OWNED },
	{ .import = IMPORT_WORD_ABSENT },
};

/* Who can tell whether it was taken? */
static const struct fate doubtful_fates[] = {
	/* taken, and the answer lost */
	{ .transport = TRANSPORT_BROKEN, .is_taken = true },
	{ .transport = TRANSPORT_BROKEN, .is_taken = true },
	{ .transport = TRANSPORT_CUT, .is_taken = true, .answer_ms = LONG_MS },
	{ .transport = TRANSPORT_GARBLED, .is_taken = true },
	{ .status = 200, .form = ANSWER_BROKEN, .is_taken = true },
	{ .status = 200, .form = ANSWER_TOO_LONG, .is_taken = true },
	{ .import = IMPORT_ID_ODD },
	{ .import = IMPORT_ID_ABSENT },
	{ .status = 500, .is_taken = true },
	{ .status = 502, .is_taken = true },
	{ .status = 504, .is_taken = true, .answer_ms = LONG_MS },
	{ .status = 409, .is_taken = true },
	{ .status = 408, .is_taken = true },
	{ .status = 503, .is_taken = true, .told_ms = 900000 },
	{ .status = 418, .is_taken = true },
	{ .sent = SENT_PART, .transport = TRANSPORT_GARBLED, .is_taken = true }, /* as if */
	{ .sent = SENT_PART, .status = 502, .is_taken = true },
	/* lost, and not taken */
	{ .transport = TRANSPORT_BROKEN },
	{ .transport = TRANSPORT_CUT, .answer_ms = LONG_MS },
	{ .sent = SENT_PART, .transport = TRANSPORT_GARBLED },
	{ .sent = SENT_PART, .status = 500 },
	{ .status = 500 },
	{ .status = 502 },
	{ .status = 503 },
	{ .status = 507 },
	{ .status = 524 },
	{ .status = 409 },
	/* lost, and taken later */
	{ .transport = TRANSPORT_BROKEN, .is_taken = true, .take_ms = 1 },
	{ .status = 504, .is_taken = true, .take_ms = 1 },
	{ .status = 502, .is_taken = true, .take_ms = 1 },
};

static const struct fate post_stops[] = {
	{ .status = 200, .form = ANSWER_HTML },
	{ .status = 200, .form = ANSWER_HTML, .is_taken = true },
	{ .status = 301 },
	{ .status = 302 },
	{ .status = 303, .is_taken = true },
	{ .status = 401 },
	{ .status = 403 },
	{ .status = 404 },
	{ .status = 406 },
	{ .status = 410 },
	{ .sent = SENT_NOTHING, .transport = TRANSPORT_TLS },
	{ .sent = SENT_NOTHING, .transport = TRANSPORT_SETUP },
	{ .sent = SENT_PART, .transport = TRANSPORT_ABORTED },
	{ .fault = ERR_ACCESS },
	{ .fault = ERR_IO },
};

static const struct fate get_fates[] = {
	{ .sent = SENT_NOTHING, .transport = TRANSPORT_CONNECT },
	{ .transport = TRANSPORT_BROKEN },
	{ .transport = TRANSPORT_CUT, .answer_ms = LONG_MS },
	{ .transport = TRANSPORT_GARBLED },
	{ .status = 404 },
	{ .status = 404 },
	{ .status = 408 },
	{ .status = 409 },
	{ .status = 421 },
	{ .status = 429, .told_ms = 7000 },
	{ .status = 429 },
	{ .status = 500 },
	{ .status = 502 },
	{ .status = 503, .told_ms = 30000 },
	{ .status = 504 },
	{ .status = 451 },
	{ .status = 200, .form = ANSWER_BROKEN },
	{ .import = IMPORT_ID_ODD },
	{ .import = IMPORT_ID_OTHER },
	{ .import = IMPORT_WORD_UNKNOWN },
	{ .import = IMPORT_WORD_ABSENT },
	{ .import = IMPORT_COUNTS_ODD },
	{ .import = IMPORT_COUNTS_OFF },
	{ .answer_ms = LONG_MS },
};

static const struct fate get_stops[] = {
	{ .status = 200, .form = ANSWER_HTML },
	{ .status = 301 },
	{ .status = 400 },
	{ .status = 401 },
	{ .status = 403 },
	{ .status = 406 },
	{ .status = 410 },
	{ .sent = SENT_NOTHING, .transport = TRANSPORT_TLS },
	{ .fault = ERR_IO },
};

/* ---- choosing ---- */

void
fate_init(struct fates *fates, const struct fate_plan *plan)
{
	*fates = (struct fates){ .plan = *plan, .chance = { plan->seed } };
}

void
fate_done(struct fates *fates)
{
	free(fates->seen);
}

static bool
is_same(const struct fate_asked *a, const struct fate_asked *b)
{
	return a->kind == b->kind && a->source == b->source && a->chunk == b->chunk;
}

/* How often this was asked, this time included. */
static uint32_t
count_of(struct fates *fates, const struct fate_asked *asked)
{
	size_t i = 0;

	while (i < fates->seen_count && !is_same(&fates->seen[i].asked, asked))
		i++;
	if (i == fates->seen_count) {
		fates->seen = must(realloc(fates->seen, (i + 1) * sizeof(*fates->seen)));
		fates->seen[fates->seen_count++] = (struct fate_seen){ *asked, 0 };
	}
	return ++fates->seen[i].count;
}

static struct fate
by_script(struct fates *fates, const struct fate_asked *asked)
{
	uint32_t nth = count_of(fates, asked);

	for (size_t i = 0; i < fates->plan.line_count; i++) {
		const struct fate_line *line = &fates->plan.lines[i];
		const struct fate_asked about = { line->kind, line->source, line->chunk };

		if (is_same(&about, asked) && (line->nth == 0 || line->nth == nth))
			return line->fate;
	}
	return (struct fate){ 0 };
}

static bool
rolls(struct fates *fates, uint32_t permille)
{
	return chance_below(&fates->chance, 1000) < permille;
}

static struct fate
one_of(struct fates *fates, const struct fate *from, size_t count)
{
	return from[chance_below(&fates->chance, count)];
}

static struct fate
post_fate(struct fates *fates)
{
	const size_t doubts = ARRAY_COUNT(doubtful_fates), others = ARRAY_COUNT(post_fates);

	if (fates->plan.is_doubtful || chance_below(&fates->chance, doubts + others) < doubts)
		return one_of(fates, doubtful_fates, doubts);
	return one_of(fates, post_fates, others);
}

static uint32_t
permille_of(const struct fates *fates, enum request_kind kind)
{
	if (kind == REQUEST_SUBMIT)
		return fates->plan.post_permille;
	return kind == REQUEST_LIST ? fates->plan.list_permille : fates->plan.get_permille;
}

static struct fate
by_chance(struct fates *fates, const struct fate_asked *asked)
{
	bool is_post = asked->kind == REQUEST_SUBMIT;
	struct fate fate = { 0 };

	if (rolls(fates, permille_of(fates, asked->kind))) {
		if (rolls(fates, fates->plan.stop_permille))
			fate = is_post ? one_of(fates, post_stops, ARRAY_COUNT(post_stops))
				       : one_of(fates, get_stops, ARRAY_COUNT(get_stops));
		else
			fate = is_post ? post_fate(fates)
				       : one_of(fates, get_fates, ARRAY_COUNT(get_fates));
	}
	if (fate.take_ms)
		fate.take_ms = 1 + (int64_t)chance_below(&fates->chance, (uint64_t)fates->plan.late_ms);
	if (!fate.upload_ms)
		fate.upload_ms = 1 + (int64_t)chance_below(&fates->chance, 20000);
	if (!fate.answer_ms)
		fate.answer_ms = 1 + (int64_t)chance_below(&fates->chance, 500);
	return fate;
}

struct fate
fate_of(struct fates *fates, const struct fate_asked *asked, bool is_calm)
{
	if (is_calm)
		return (struct fate){ 0 };
	return fates->plan.seed ? by_chance(fates, asked) : by_script(fates, asked);
}
