#include "platform.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "runner/base/crc32c.h"
#include "runner/base/wire.h"
#include "runner/core/fields.h"
#include "store/record.h"

enum {
	FORM_VERSION = 1,
	CRC_BYTES = 4,
	NUMBER_BYTES = 8,
	LENGTH_BYTES = 5, /* seven bits a byte: lengths below 2^35, LMDB's end at 2^32 */
};

/* ---- numbers and lengths */

static uint64_t
load_number(const void *member, size_t bytes)
{
	uint32_t narrow;
	uint64_t wide;

	if (bytes == sizeof(narrow)) {
		memcpy(&narrow, member, sizeof(narrow));
		return narrow;
	}
	assert(bytes == sizeof(wide));
	memcpy(&wide, member, sizeof(wide));
	return wide;
}

static void
save_number(void *member, size_t bytes, uint64_t number)
{
	uint32_t narrow = (uint32_t)number;

	if (bytes == sizeof(narrow))
		memcpy(member, &narrow, sizeof(narrow));
	else
		memcpy(member, &number, sizeof(number));
}

static uint64_t
parse_number(struct span bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes.len; i++)
		number = number << 8 | (unsigned char)bytes.ptr[i];
	return number;
}

static void
add_length(struct buf *to, size_t length)
{
	while (length >= 0x80) {
		buf_add_byte(to, (char)(0x80 | (length & 0x7F)));
		length >>= 7;
	}
	buf_add_byte(to, (char)length);
}

/* Takes a length off the front; false if it is cut off or not in its shortest form. */
static bool
take_length(struct span *rest, size_t *length)
{
	uint64_t value = 0;

	for (size_t i = 0; i < LENGTH_BYTES && i < rest->len; i++) {
		unsigned char byte = (unsigned char)rest->ptr[i];

		value |= (uint64_t)(byte & 0x7F) << (7 * i);
		if (byte & 0x80)
			continue;
		if (byte == 0 && i > 0)
			return false;
		rest->ptr += i + 1;
		rest->len -= i + 1;
		*length = (size_t)value;
		return true;
	}
	return false;
}

/* ---- walking the fields of a value */

struct item {
	unsigned char tag;
	struct span bytes;
	struct span whole; /* with tag and length */
};

/* Takes the next field off the front; false at the end and where the form breaks (rest->len is then
 * not 0). */
static bool
take_item(struct span *rest, struct item *item)
{
	struct span at = *rest;
	size_t length;

	if (at.len < 2)
		return false;
	item->tag = (unsigned char)*at.ptr;
	at.ptr++;
	at.len--;
	if (!take_length(&at, &length) || length > at.len)
		return false;
	item->bytes = (struct span){ at.ptr, length };
	item->whole = (struct span){ rest->ptr, (size_t)(at.ptr - rest->ptr) + length };
	rest->ptr += item->whole.len;
	rest->len -= item->whole.len;
	return true;
}

/* What lies between the version byte and the check sum; empty for what is too short. */
static struct span
fields_of(struct span value)
{
	if (value.len < 1 + CRC_BYTES)
		return SPAN_NONE;
	return (struct span){ value.ptr + 1, value.len - 1 - CRC_BYTES };
}

/* The field of a tag, NULL if the shape has none. Tags are asked for in ascending order: *from is where
 * the last search ended. */
static const struct record_field *
field_of(const struct record_shape *shape, unsigned char tag, size_t *from)
{
	while (*from < shape->field_count && shape->fields[*from].tag < tag)
		++*from;
	if (*from < shape->field_count && shape->fields[*from].tag == tag)
		return &shape->fields[*from];
	return NULL;
}

/* ---- writing */

static void
add_item(struct buf *to, unsigned char tag, const void *bytes, size_t length)
{
	if (length == 0)
		return;
	buf_add_byte(to, (char)tag);
	add_length(to, length);
	buf_add(to, bytes, length);
}

static bool
is_all_zero(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

static void
add_number(struct buf *to, unsigned char tag, uint64_t number)
{
	unsigned char bytes[NUMBER_BYTES];
	size_t skip = 0;

	wire_put64(bytes, number);
	while (skip < sizeof(bytes) && bytes[skip] == 0)
		skip++;
	add_item(to, tag, bytes + skip, sizeof(bytes) - skip);
}

static void
add_time(struct buf *to, unsigned char tag, const void *member)
{
	unsigned char bytes[NUMBER_BYTES];
	uint64_t number = load_number(member, sizeof(int64_t));

	wire_put64(bytes, number);
	add_item(to, tag, bytes, number ? sizeof(bytes) : 0);
}

static void
add_field(struct buf *to, const struct record_field *field, const void *from)
{
	const unsigned char *member = (const unsigned char *)from + field->offset;
	const struct digest *digest = (const void *)member;
	struct span span;

	switch (field->kind) {
	case RECORD_NUMBER:
		add_number(to, field->tag, load_number(member, field->bytes));
		break;
	case RECORD_TIME:
		add_time(to, field->tag, member);
		break;
	case RECORD_TEXT:
		add_item(to, field->tag, member, strnlen((const char *)member, field->bytes - 1));
		break;
	case RECORD_DIGEST:
		add_item(to, field->tag, digest->bytes,
		    digest->is_known ? sizeof(digest->bytes) : 0);
		break;
	case RECORD_BYTES:
		add_item(to, field->tag, member,
		    is_all_zero(member, field->bytes) ? 0 : field->bytes);
		break;
	case RECORD_SPAN:
		memcpy(&span, member, sizeof(span));
		add_item(to, field->tag, span.ptr, span.len);
		break;
	}
}

/* Unknown fields of the old value with tags below `end`; *old moves behind them. */
static void
add_unknown(struct buf *to, const struct record_shape *shape, struct span *old, unsigned end)
{
	struct span rest = *old;
	struct item item;
	size_t from = 0;

	while (take_item(&rest, &item) && item.tag < end) {
		if (!field_of(shape, item.tag, &from))
			buf_add_span(to, item.whole);
		*old = rest;
	}
}

static uint32_t
check_sum(const struct record_shape *shape, struct span key, const void *value, size_t len)
{
	uint32_t crc = crc32c(0, &shape->letter, 1);

	crc = crc32c(crc, key.ptr, key.len);
	return crc32c(crc, value, len);
}

void
record_write(const struct record_shape *shape, struct span key, const void *from, struct span old,
    struct buf *to)
{
	struct span kept = fields_of(old);
	size_t begin = to->len;
	unsigned char crc[CRC_BYTES];

	buf_add_byte(to, FORM_VERSION);
	for (size_t i = 0; i < shape->field_count; i++) {
		add_unknown(to, shape, &kept, shape->fields[i].tag);
		add_field(to, &shape->fields[i], from);
	}
	add_unknown(to, shape, &kept, UINT8_MAX + 1);
	if (buf_failed(to))
		return;
	wire_put32(crc, check_sum(shape, key, to->ptr + begin, to->len - begin));
	buf_add(to, crc, sizeof(crc));
}

/* ---- reading */

static bool
field_fits(const struct record_field *field, struct span bytes)
{
	switch (field->kind) {
	case RECORD_NUMBER:
		return bytes.len > 0 && bytes.len <= field->bytes && bytes.ptr[0] != 0;
	case RECORD_TIME:
		return bytes.len == sizeof(int64_t) && parse_number(bytes) != 0;
	case RECORD_TEXT:
		return bytes.len > 0 && bytes.len < field->bytes &&
		       !memchr(bytes.ptr, '\0', bytes.len);
	case RECORD_DIGEST:
		return bytes.len == sizeof(((struct digest *)NULL)->bytes);
	case RECORD_BYTES:
		return bytes.len == field->bytes &&
		       !is_all_zero((const unsigned char *)bytes.ptr, bytes.len);
	case RECORD_SPAN:
		return bytes.len > 0;
	}
	return false;
}

static void
take_field(const struct record_field *field, struct span bytes, void *to)
{
	unsigned char *member = (unsigned char *)to + field->offset;
	struct digest *digest = (void *)member;

	switch (field->kind) {
	case RECORD_NUMBER:
	case RECORD_TIME:
		save_number(member, field->bytes, parse_number(bytes));
		break;
	case RECORD_TEXT:
	case RECORD_BYTES:
		memcpy(member, bytes.ptr, bytes.len);
		break;
	case RECORD_DIGEST:
		digest->is_known = true;
		memcpy(digest->bytes, bytes.ptr, sizeof(digest->bytes));
		break;
	case RECORD_SPAN:
		memcpy(member, &bytes, sizeof(bytes));
		break;
	}
}

static int
check_envelope(const struct record_shape *shape, struct span key, struct span value,
    struct err *err)
{
	size_t body;

	if (value.len < 1 + CRC_BYTES)
		return err_set(err, ERR_IO, "it is cut off");
	body = value.len - CRC_BYTES;
	if (check_sum(shape, key, value.ptr, body) != wire_get32(value.ptr + body))
		return err_set(err, ERR_IO, "its check sum differs");
	if (value.ptr[0] != FORM_VERSION)
		return err_set(err, ERR_IO, "its version is %u, this rollcall reads %d",
		    (unsigned)(unsigned char)value.ptr[0], FORM_VERSION);
	return 0;
}

static int
check_fields(const struct record_shape *shape, struct span value, struct err *err)
{
	struct span rest = fields_of(value);
	struct item item;
	size_t from = 0;
	int last = 0;

	while (take_item(&rest, &item)) {
		const struct record_field *field;

		if (item.tag <= last)
			return err_set(err, ERR_IO, "its fields are out of order at tag %d",
			    (int)item.tag);
		field = field_of(shape, item.tag, &from);
		if (field && !field_fits(field, item.bytes))
			return err_set(err, ERR_IO, "its field %s is malformed", field->name);
		last = item.tag;
	}
	if (rest.len)
		return err_set(err, ERR_IO, "its fields are malformed");
	return 0;
}

int
record_read(const struct record_shape *shape, struct span key, struct span value, void *to,
    struct err *err)
{
	struct span rest = fields_of(value);
	struct item item;
	size_t from = 0;

	if (check_envelope(shape, key, value, err) || check_fields(shape, value, err))
		return -1;
	memset(to, 0, shape->bytes);
	while (take_item(&rest, &item)) {
		const struct record_field *field = field_of(shape, item.tag, &from);

		if (field)
			take_field(field, item.bytes, to);
	}
	return 0;
}

const struct record_field *
record_difference(const struct record_shape *shape, const void *a, const void *b)
{
	for (size_t i = 0; i < shape->field_count; i++) {
		const struct record_field *field = &shape->fields[i];
		SCOPED(buf) of_a = BUF_INIT;
		SCOPED(buf) of_b = BUF_INIT;

		add_field(&of_a, field, a);
		add_field(&of_b, field, b);
		if (!span_equal(buf_span(&of_a), buf_span(&of_b)))
			return field;
	}
	return NULL;
}
