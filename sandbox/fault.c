#include "platform.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/number.h"
#include "runner/base/scoped.h"
#include "runner/base/suggest.h"
#include "sandbox/chance.h"
#include "sandbox/fault.h"

enum kind { FLAG, NUMBER, TIME, TEXT, CHOICE, HEADER };

struct action {
	const char *name;
	enum kind kind;
	size_t offset;     /* of the member in struct fault_effect */
	size_t size;
	const char *value; /* as the help shows it */
	const char *help;
};

#define ACTION_ROW(name, word, kind, member, value, help)                                          \
	{ word, kind, offsetof(struct fault_effect, member),                                       \
	  sizeof(((struct fault_effect *)NULL)->member), value, help },
static const struct action actions[] = { FAULT_ACTIONS(ACTION_ROW) };
#undef ACTION_ROW

static const char *const requests[FAULT_REQUESTS] = {
	[FAULT_SUBMIT] = "submit", [FAULT_STATUS] = "status", [FAULT_RESULT] = "result",
	[FAULT_LIST] = "list",     [FAULT_DETAIL] = "detail", [FAULT_TOKEN] = "token",
	[FAULT_OTHER] = "other",
};

/* Rates are in millionths. */
#define MILLION UINT64_C(1000000)

struct fault {
	char *text;    /* owned: the spec, its values unescaped in place */
	unsigned mask; /* bit 1 << enum fault_request */
	uint64_t first, last, every, rate;
	bool is_by_rate;
	uint64_t seen;
	bool is_cleared;
	struct fault_effect effect;
};

struct faults {
	struct fault *list;
	size_t count;
	struct chance chance;
};

const char *
fault_request_name(enum fault_request request)
{
	return requests[request];
}

struct faults *
faults_new(uint64_t seed, struct err *err)
{
	struct faults *faults = calloc(1, sizeof(*faults));

	if (!faults)
		err_memory(err);
	else
		faults->chance.state = seed;
	return faults;
}

void
faults_free(struct faults *faults)
{
	if (!faults)
		return;
	for (size_t i = 0; i < faults->count; i++)
		free(faults->list[i].text);
	free(faults->list);
	free(faults);
}

void
faults_seed(struct faults *faults, uint64_t seed)
{
	faults->chance.state = seed;
}

/* ---- reading */

static int
read_request(struct fault *fault, struct span text, struct err *err)
{
	struct suggest suggest = suggest_for(text);
	struct span nearest;

	if (span_is(text, "any"))
		fault->mask = (1u << FAULT_REQUESTS) - 1;
	for (unsigned i = 0; i < FAULT_REQUESTS; i++) {
		suggest_offer(&suggest, span_of(requests[i]));
		if (span_is(text, requests[i]))
			fault->mask = 1u << i;
	}
	if (fault->mask)
		return 0;
	nearest = suggest_nearest(&suggest);
	if (nearest.len)
		return err_set(err, ERR_USAGE, "unknown request \"%.*s\", did you mean \"%.*s\"?",
			       SPAN_ARG(text), SPAN_ARG(nearest));
	return err_set(err, ERR_USAGE, "unknown request \"%.*s\"", SPAN_ARG(text));
}

/* "0.25" in millionths; 0 … 1. */
static int
read_rate(struct span text, uint64_t *rate)
{
	uint64_t scale = MILLION / 10;
	uint64_t whole;

	if (text.len < 1 || (text.ptr[0] != '0' && text.ptr[0] != '1'))
		return -1;
	whole = text.ptr[0] == '1' ? MILLION : 0;
	for (size_t i = 1; i < text.len; i++) {
		if (i == 1 && text.ptr[i] == '.' && text.len > 2)
			continue;
		if (i == 1 || text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		whole += (uint64_t)(text.ptr[i] - '0') * scale;
		scale /= 10;
	}
	if (whole > MILLION)
		return -1;
	*rate = whole;
	return 0;
}

static int
read_range(struct fault *fault, struct span text)
{
	struct span rest = text;
	struct span first = span_next(&rest, '-');

	if (number_u64(first, &fault->first) || fault->first == 0)
		return -1;
	fault->last = fault->first;
	if (!rest.ptr)
		return 0;
	fault->last = UINT64_MAX;
	if (rest.len && number_u64(rest, &fault->last))
		return -1;
	return fault->last < fault->first ? -1 : 0;
}

/* Does the part between colons say which requests? It begins with a digit or is every= or rate=. */
static bool
is_which(struct span text)
{
	return (text.len && text.ptr[0] >= '0' && text.ptr[0] <= '9') ||
	       span_starts(text, "every=") || span_starts(text, "rate=");
}

static int
read_which(struct fault *fault, struct span text, struct err *err)
{
	struct span value = text;
	int result;

	fault->first = 1;
	fault->last = UINT64_MAX;
	if (span_starts(text, "every=")) {
		span_next(&value, '=');
		result = number_u64(value, &fault->every) || fault->every == 0 ? -1 : 0;
	} else if (span_starts(text, "rate=")) {
		span_next(&value, '=');
		result = read_rate(value, &fault->rate);
		fault->is_by_rate = true;
	} else {
		result = read_range(fault, text);
	}
	if (result)
		return err_set(err, ERR_USAGE,
			       "\"%.*s\" is none of 2, 2-4, 2-, every=3, rate=0.1", SPAN_ARG(text));
	return 0;
}

static uint64_t
read_choice(struct span value, const char *choices)
{
	struct span rest = span_of(choices);

	for (uint64_t number = 1; rest.ptr; number++) {
		if (span_equal(span_next(&rest, '|'), value))
			return number;
	}
	return 0;
}

static int
set_value(struct fault_effect *effect, const struct action *action, struct span value)
{
	char *member = (char *)effect + action->offset;
	uint64_t number = 0;
	int result = 0;

	switch (action->kind) {
	case FLAG:
		*(bool *)member = true;
		return value.ptr ? -1 : 0;
	case NUMBER:
		result = number_u64(value, &number);
		break;
	case TIME:
		result = number_ms(value, &number);
		break;
	case CHOICE:
		number = read_choice(value, action->value);
		result = number ? 0 : -1;
		break;
	case TEXT:
		*(const char **)member = value.ptr;
		return 0;
	case HEADER:
		if (effect->header_count == FAULT_HEADERS || !memchr(value.ptr, ':', value.len))
			return -1;
		effect->headers[effect->header_count++] = value.ptr;
		return 0;
	}
	if (result == 0)
		*(uint64_t *)(void *)member = number;
	return result;
}

static int
read_action(struct fault_effect *effect, struct span text, struct err *err)
{
	struct span value = text;
	struct span name = text.len ? span_next(&value, '=') : text;
	struct suggest suggest = suggest_for(name);
	struct span nearest;

	for (size_t i = 0; i < ARRAY_COUNT(actions); i++) {
		suggest_offer(&suggest, span_of(actions[i].name));
		if (!span_is(name, actions[i].name))
			continue;
		if ((actions[i].kind != FLAG && !value.ptr) ||
		    set_value(effect, &actions[i], value))
			return err_set(err, ERR_USAGE, "\"%.*s\": %s takes %s", SPAN_ARG(text),
				       actions[i].name,
				       *actions[i].value ? actions[i].value : "no value");
		effect->given |= UINT64_C(1) << i;
		return 0;
	}
	nearest = suggest_nearest(&suggest);
	if (nearest.len)
		return err_set(err, ERR_USAGE, "unknown action \"%.*s\", did you mean \"%.*s\"?",
			       SPAN_ARG(name), SPAN_ARG(nearest));
	return err_set(err, ERR_USAGE, "unknown action \"%.*s\"", SPAN_ARG(name));
}

static char
unescaped(char c)
{
	return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
}

/* Takes the first action off *rest, up to a comma that is not escaped; unescapes it in place and
 * ends it with a NUL. *rest becomes NULL with the last one. */
static struct span
next_action(char **rest)
{
	char *begin = *rest;
	char *to = begin;
	char *from = begin;

	for (; *from && *from != ','; from++) {
		if (*from == '\\' && from[1])
			*to++ = unescaped(*++from);
		else
			*to++ = *from;
	}
	*rest = *from ? from + 1 : NULL;
	*to = '\0';
	return (struct span){ begin, (size_t)(to - begin) };
}

/* What is carried out must have been read. */
static int
check_whole(const struct fault_effect *effect, struct err *err)
{
	const char *unread = effect->early                            ? "early"
			     : effect->drop_head                      ? "drop-head"
			     : fault_has(effect, FAULT_DO_DROP_BODY) ? "drop-body"
								      : NULL;

	if (!unread || !(effect->take || effect->twice || fault_has(effect, FAULT_DO_TAKE_AFTER)))
		return 0;
	return err_set(err, ERR_USAGE, "with %s the request is never read, nor carried out", unread);
}

static int
read_fault(struct fault *fault, struct err *err)
{
	struct span rest = span_of(fault->text);
	struct span which;
	char *action;

	fault->first = 1;
	fault->last = UINT64_MAX;
	if (read_request(fault, span_next(&rest, ':'), err))
		return -1;
	if (!rest.ptr)
		return err_set(err, ERR_USAGE, "an action is missing: REQUEST[:WHICH]:ACTION");
	action = fault->text + (rest.ptr - fault->text);
	which = span_next(&rest, ':');
	if (is_which(which)) {
		if (read_which(fault, which, err))
			return -1;
		if (!rest.ptr)
			return err_set(err, ERR_USAGE,
				       "an action is missing: REQUEST[:WHICH]:ACTION");
		action = fault->text + (rest.ptr - fault->text);
	}
	while (action) {
		if (read_action(&fault->effect, next_action(&action), err))
			return -1;
	}
	if (fault_has(&fault->effect, FAULT_DO_STATUS) &&
	    (fault->effect.status < 200 || fault->effect.status > 599))
		return err_set(err, ERR_USAGE, "a status is a number from 200 to 599");
	return check_whole(&fault->effect, err);
}

int
faults_add(struct faults *faults, struct span spec, struct err *err)
{
	struct fault *list = realloc(faults->list, (faults->count + 1) * sizeof(*list));
	struct fault fault = { .text = NULL };

	if (!list)
		return err_memory(err);
	faults->list = list;
	fault.text = strndup(spec.ptr ? spec.ptr : "", spec.len);
	if (!fault.text)
		return err_memory(err);
	if (read_fault(&fault, err)) {
		free(fault.text);
		return err_within(err, "fault \"%.*s\"", SPAN_ARG(spec));
	}
	list[faults->count++] = fault;
	return 0;
}

void
faults_clear(struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		faults->list[i].is_cleared = true;
}

/* ---- striking */

static bool
strikes(struct faults *faults, struct fault *fault, enum fault_request request)
{
	if (fault->is_cleared || !(fault->mask >> request & 1))
		return false;
	fault->seen++;
	if (fault->seen < fault->first || fault->seen > fault->last)
		return false;
	if (fault->every && fault->seen % fault->every)
		return false;
	return !fault->is_by_rate || chance_below(&faults->chance, MILLION) < fault->rate;
}

static void
add_headers(struct fault_effect *to, const struct fault_effect *from)
{
	for (size_t i = 0; i < from->header_count; i++) {
		if (to->header_count < FAULT_HEADERS)
			to->headers[to->header_count++] = from->headers[i];
	}
}

static void
add_effect(struct fault_effect *to, const struct fault_effect *from)
{
	for (size_t i = 0; i < ARRAY_COUNT(actions); i++) {
		char *into = (char *)to + actions[i].offset;
		const char *out = (const char *)from + actions[i].offset;

		if (!(from->given >> i & 1))
			continue;
		if (actions[i].kind == HEADER)
			add_headers(to, from);
		else
			memcpy(into, out, actions[i].size);
	}
	to->given |= from->given;
}

struct fault_effect
faults_strike(struct faults *faults, enum fault_request request)
{
	struct fault_effect effect = { .given = 0 };

	for (size_t i = 0; i < faults->count; i++) {
		if (strikes(faults, &faults->list[i], request))
			add_effect(&effect, &faults->list[i].effect);
	}
	return effect;
}

bool
fault_replaces_answer(const struct fault_effect *effect)
{
	bool is_other_status =
	    fault_has(effect, FAULT_DO_STATUS) && (effect->status < 200 || effect->status > 299);

	return is_other_status || effect->body || effect->html || effect->nonsense ||
	       effect->garbage || effect->redirect;
}

bool
fault_carries_out(const struct fault_effect *effect)
{
	if (fault_has(effect, FAULT_DO_TAKE_AFTER) || effect->drop_head || effect->early ||
	    fault_has(effect, FAULT_DO_DROP_BODY))
		return false;
	return effect->take ||
	       !(fault_replaces_answer(effect) || effect->drop || effect->stall);
}

enum { HELP_COLUMN = 24, HELP_COLUMNS = 80 };

/* The words, from HELP_COLUMN on, in lines of at most HELP_COLUMNS. */
static void
add_words(struct buf *to, const char *text)
{
	struct span rest = span_of(text);
	size_t column = HELP_COLUMN;

	while (rest.ptr) {
		struct span word = span_next(&rest, ' ');
		bool begins = column == HELP_COLUMN;

		if (!begins && column + 1 + word.len > HELP_COLUMNS) {
			buf_printf(to, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
			begins = true;
		}
		buf_printf(to, "%s%.*s", begins ? "" : " ", SPAN_ARG(word));
		column += word.len + !begins;
	}
	buf_add_byte(to, '\n');
}

void
fault_help(struct buf *to)
{
	for (size_t i = 0; i < ARRAY_COUNT(actions); i++) {
		const struct action *action = &actions[i];
		SCOPED(buf) left = BUF_INIT;

		buf_printf(&left, "%s%s%s", action->name, *action->value ? "=" : "",
			   action->value);
		if (left.len > HELP_COLUMN - 4)
			buf_printf(to, "  %s\n%*s", buf_text(&left), HELP_COLUMN, "");
		else
			buf_printf(to, "  %-*s", HELP_COLUMN - 2, buf_text(&left));
		add_words(to, action->help);
	}
}
