#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/source/payload.h"

static void
write_frame(struct payload *payload, const struct payload_options *options)
{
	snprintf(payload->prefix, sizeof(payload->prefix),
	    "{\"import\":{\"type\":\"%s\",\"file\":\"", options->type);
	snprintf(payload->suffix, sizeof(payload->suffix), "\",\"is_overwritable\":%s}}",
	    options->is_overwritable ? "true" : "false");
	payload->bytes = strlen(payload->prefix) + strlen(payload->suffix) +
	    base64url_length(options->csv.plan->csv_bytes, options->is_padded);
}

int
payload_init(struct payload *payload, const struct payload_options *options, struct err *err)
{
	memset(payload, 0, sizeof(*payload));
	write_frame(payload, options);
	base64url_init(&payload->encoder, options->is_padded);
	if (digest_sha_init(&payload->sha))
		return err_memory(err);
	if (reread_init(&payload->csv, &options->csv, err) == 0)
		return 0;
	payload_done(payload);
	return -1;
}

void
payload_done(struct payload *payload)
{
	reread_done(&payload->csv);
	digest_sha_done(&payload->sha);
}

static void
add_text(struct payload *payload, const char *text)
{
	size_t len = strlen(text);

	memcpy(payload->ready + payload->ready_len, text, len);
	payload->ready_len += len;
}

static void
encode_piece(struct payload *payload)
{
	size_t len =
	    payload->piece.len < PAYLOAD_PIECE_BYTES ? payload->piece.len : PAYLOAD_PIECE_BYTES;

	digest_sha_add(&payload->sha, payload->piece.ptr, len);
	payload->ready_len += base64url_add(
	    &payload->encoder, payload->piece.ptr, len, payload->ready + payload->ready_len);
	payload->piece.ptr += len;
	payload->piece.len -= len;
	payload->encoded += len;
}

/* All of the CSV is encoded: is it what was planned? */
static int
complete(struct payload *payload, struct err *err)
{
	if (reread_bytes(&payload->csv, &payload->piece, err))
		return -1;
	payload->ready_len += base64url_end(&payload->encoder, payload->ready + payload->ready_len);
	add_text(payload, payload->suffix);
	digest_sha_result(&payload->sha, payload->sha256);
	payload->is_complete = true;
	return 0;
}

/* Nothing of what it makes ready was given out before: the check above comes first. */
static int
make_ready(struct payload *payload, struct err *err)
{
	payload->given = 0;
	payload->ready_len = 0;
	if (!payload->has_begun)
		add_text(payload, payload->prefix);
	payload->has_begun = true;
	if (payload->encoded < payload->csv.plan.csv_bytes) {
		if (payload->piece.len == 0 && reread_bytes(&payload->csv, &payload->piece, err))
			return -1;
		encode_piece(payload);
	}
	if (payload->encoded == payload->csv.plan.csv_bytes)
		return complete(payload, err);
	return 0;
}

int
payload_read(struct payload *payload, char *to, size_t most, size_t *got, struct err *err)
{
	size_t len;

	if (payload->has_failed)
		return err_set(
		    err, ERR_INPUT, "%s could not be read as planned", payload->csv.options.path);
	/* A piece of one or two bytes encodes to nothing yet. */
	while (payload->given == payload->ready_len && !payload->is_complete) {
		if (make_ready(payload, err)) {
			payload->has_failed = true;
			payload->ready_len = payload->given = 0;
			return -1;
		}
	}
	len = payload->ready_len - payload->given;
	len = len < most ? len : most;
	memcpy(to, payload->ready + payload->given, len);
	payload->given += len;
	*got = len;
	return 0;
}

const unsigned char *
payload_sha256(const struct payload *payload)
{
	return payload->is_complete ? payload->sha256 : NULL;
}
