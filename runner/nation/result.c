#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/base/buf.h"
#include "runner/files/folder.h"
#include "runner/files/put.h"
#include "runner/nation/answer.h"
#include "runner/nation/base64.h"
#include "runner/nation/result.h"

#define MEMBER "failure_csv"

enum {
	/* Decoded bytes held before a write. */
	OUTPUT_BYTES = 16384,
};

/* Where in the JSON the next byte stands. Everything outside the CSV is only copied, so that a
 * strict reader judges it: this machine needs to be right about valid JSON alone. */
enum place {
	IN_BETWEEN, /* outside of any text */
	IN_TEXT,
	IN_TEXT_ESCAPE,
	BEHIND_NAME,  /* "failure_csv" has just ended */
	BEHIND_COLON, /* "failure_csv": */
	IN_CSV,
	IN_CSV_ESCAPE,
	IN_CSV_CODE, /* the four digits of \uXXXX */
};

struct result {
	int folder_fd;
	const char *source_name;
	uint32_t number;

	enum place place;
	size_t matched;    /* of MEMBER, in the text that is being read */
	bool is_mismatch;  /* the text is not MEMBER */
	unsigned code;     /* of \uXXXX */
	unsigned digits;
	bool has_csv;      /* a text failure_csv has begun */
	bool is_broken;
	bool is_too_long;

	struct buf rest;
	struct base64 base64;
	int answers_fd; /* -1: not open */
	struct put put; /* the file, from the first decoded bytes on */
	size_t output_bytes;
	unsigned char output[OUTPUT_BYTES];
};

struct result *
result_new(int folder_fd, const char *source_name, uint32_t number)
{
	struct result *result = calloc(1, sizeof(*result));

	if (!result)
		return NULL;
	result->folder_fd = folder_fd;
	result->source_name = source_name;
	result->number = number;
	result->answers_fd = -1;
	result->put = (struct put)PUT_NONE;
	return result;
}

/* ---- the file ---- */

static void
name_file(const struct result *result, char to[static PUT_NAME_BYTES])
{
	snprintf(to, PUT_NAME_BYTES, "%.*s-%u.failed.csv", LIMIT_NAME_BYTES - 1,
	    result->source_name, (unsigned)result->number);
}

static int
flush(struct result *result, struct err *err)
{
	struct span output = { (const char *)result->output, result->output_bytes };
	char name[PUT_NAME_BYTES];

	if (!output.len)
		return 0;
	if (result->answers_fd < 0)
		result->answers_fd = folder_open(result->folder_fd, "answers", err);
	if (result->answers_fd < 0)
		return -1;
	name_file(result, name);
	if ((!result->put.file && put_open(&result->put, result->answers_fd, name, err)) ||
	    put_add(&result->put, output, err))
		return err_within(err, "answers");
	result->output_bytes = 0;
	return 0;
}

/* The last result has no failures: the file of an earlier import of the chunk goes. */
static int
remove_old(struct result *result, struct err *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
	char name[PUT_NAME_BYTES];
	int code = 0;

	result->answers_fd = openat(result->folder_fd, "answers", flags);
	name_file(result, name);
	if (result->answers_fd < 0 || unlinkat(result->answers_fd, name, 0))
		return errno == ENOENT ? 0 : err_system(err, ERR_IO, errno, "answers/%s", name);
	code = folder_fsync(result->answers_fd);
	return code ? err_system(err, ERR_IO, code, "answers/%s", name) : 0;
}

/* ---- the text ---- */

static void
keep(struct result *result, char byte)
{
	if (result->rest.len >= LIMIT_ANSWER_BYTES)
		result->is_too_long = true;
	else
		buf_add_byte(&result->rest, byte);
}

static int
decode(struct result *result, struct span text, struct err *err)
{
	enum { PIECE_BYTES = OUTPUT_BYTES - 2 };

	while (text.len && !result->base64.is_broken) {
		size_t room = PIECE_BYTES - result->output_bytes;
		struct span piece = { text.ptr, text.len < room ? text.len : room };

		result->output_bytes += base64_decode(&result->base64, piece,
		    result->output + result->output_bytes);
		text.ptr += piece.len;
		text.len -= piece.len;
		if (result->output_bytes >= PIECE_BYTES && flush(result, err))
			return -1;
	}
	return 0;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void
outside(struct result *result, char byte)
{
	result->place = byte == '"' ? IN_TEXT : IN_BETWEEN;
	result->matched = 0;
	result->is_mismatch = false;
	keep(result, byte);
}

static void
in_text(struct result *result, char byte)
{
	bool is_whole = result->matched == strlen(MEMBER);

	keep(result, byte);
	if (byte == '\\')
		result->place = IN_TEXT_ESCAPE;
	else if (byte == '"')
		result->place = is_whole && !result->is_mismatch ? BEHIND_NAME : IN_BETWEEN;
	else if (!is_whole && byte == MEMBER[result->matched])
		result->matched++;
	else
		result->is_mismatch = true;
}

static void
behind_member(struct result *result, char byte)
{
	if (is_blank(byte)) {
		keep(result, byte);
	} else if (result->place == BEHIND_NAME && byte == ':') {
		result->place = BEHIND_COLON;
		keep(result, byte);
	} else if (result->place == BEHIND_COLON && byte == '"') {
		result->is_broken |= result->has_csv; /* a second one: which counts? */
		result->has_csv = true;
		result->place = IN_CSV;
		keep(result, byte);
	} else {
		outside(result, byte);
	}
}

/* One byte of a JSON escape inside the CSV. Only such as can stand for a letter of base64, its
 * padding or a blank are whole; the decoder judges what they stand for. */
static int
in_escape(struct result *result, char byte, struct err *err)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *digit = byte ? strchr(digits, byte) : NULL;
	char letter = byte == '/' ? '/' : ' ';

	if (result->place == IN_CSV_ESCAPE && byte == 'u') {
		result->place = IN_CSV_CODE;
		result->code = result->digits = 0;
		return 0;
	}
	if (result->place == IN_CSV_ESCAPE) {
		result->is_broken |= !byte || !strchr("/nrtf", byte);
	} else {
		result->is_broken |= !digit;
		result->code = result->code << 4 | (digit ? (unsigned)(digit - digits) & 15 : 0);
		if (++result->digits < 4)
			return 0;
		result->is_broken |= result->code >= 0x80;
		letter = (char)(result->code & 0x7f);
	}
	result->place = IN_CSV;
	return decode(result, (struct span){ &letter, 1 }, err);
}

/* Takes the CSV up to the next byte that is not its own; returns how many, 0 or more. */
static size_t
plain_length(struct span text)
{
	size_t len = 0;

	while (len < text.len && text.ptr[len] != '"' && text.ptr[len] != '\\' &&
	       (unsigned char)text.ptr[len] >= 0x20)
		len++;
	return len;
}

/* One step inside the CSV; returns the bytes taken, or 0 on an error of the disk. */
static size_t
in_csv(struct result *result, struct span text, struct err *err)
{
	size_t len = plain_length(text);

	if (len)
		return decode(result, (struct span){ text.ptr, len }, err) ? 0 : len;
	if (text.ptr[0] == '\\') {
		result->place = IN_CSV_ESCAPE;
	} else if (text.ptr[0] == '"') {
		result->place = IN_BETWEEN;
		keep(result, '"');
	} else {
		result->is_broken = true; /* a raw control byte is no JSON */
	}
	return 1;
}

/* Takes at least one byte; 0 on an error of the disk. */
static size_t
step(struct result *result, struct span text, struct err *err)
{
	switch (result->place) {
	case IN_BETWEEN:
		outside(result, text.ptr[0]);
		return 1;
	case IN_TEXT:
		in_text(result, text.ptr[0]);
		return 1;
	case IN_TEXT_ESCAPE:
		result->is_mismatch = true;
		result->place = IN_TEXT;
		keep(result, text.ptr[0]);
		return 1;
	case BEHIND_NAME:
	case BEHIND_COLON:
		behind_member(result, text.ptr[0]);
		return 1;
	case IN_CSV:
		return in_csv(result, text, err);
	case IN_CSV_ESCAPE:
	case IN_CSV_CODE:
		return in_escape(result, text.ptr[0], err) ? 0 : 1;
	}
	return 1;
}

int
result_take(struct result *result, struct span bytes, struct err *err)
{
	while (bytes.len && !result->is_broken) {
		size_t taken = step(result, bytes, err);

		if (!taken)
			return -1;
		bytes.ptr += taken;
		bytes.len -= taken;
	}
	return 0;
}

bool
result_is_lost(const struct result *result)
{
	return result->is_broken || result->is_too_long;
}

struct span
result_rest(const struct result *result)
{
	return buf_span(&result->rest);
}

/* ---- the end ---- */

static void
finish_base64(struct result *result)
{
	result->output_bytes += base64_end(&result->base64, result->output + result->output_bytes);
	result->is_broken |= result->base64.is_broken;
}

/* A failure_csv that was taken out must be the result's own, and there must be no other. */
static bool
csv_belongs(struct result *result, struct span rest)
{
	SCOPED(json_doc) doc = JSON_DOC_INIT;
	struct json csv;

	if (json_parse(&doc, rest, JSON_DEPTH, NULL))
		return false;
	csv = json_member(json_member(json_root(&doc), "result"), MEMBER);
	return csv.kind == (result->has_csv ? JSON_TEXT : JSON_NULL) ||
	       (!result->has_csv && csv.kind == JSON_ABSENT);
}

int
result_end(struct result *result, struct reply *reply, bool is_html, struct err *err)
{
	bool is_good;

	finish_base64(result);
	if (buf_check(&result->rest, err))
		return -1;
	is_good = answer_result(reply, buf_span(&result->rest), is_html);
	if (result->is_too_long && reply->form != ANSWER_HTML)
		reply->form = ANSWER_TOO_LONG;
	else if (result->is_broken || (is_good && !csv_belongs(result, buf_span(&result->rest))))
		reply->form = ANSWER_BROKEN;
	if (!is_good || reply->form != ANSWER_JSON || reply->status / 100 != 2)
		return 0;
	if (flush(result, err))
		return -1;
	if (!result->put.file)
		return remove_old(result, err);
	return put_commit(&result->put, err) ? err_within(err, "answers") : 0;
}

void
result_free(struct result *result)
{
	if (!result)
		return;
	put_done(&result->put);
	if (result->answers_fd >= 0)
		close(result->answers_fd);
	buf_done(&result->rest);
	free(result);
}
