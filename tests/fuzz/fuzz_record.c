/* Fields of a store's record, under a check sum that is right: the first byte chooses the shape. What
 * can be read is in the one form that we write, so that written again it is the same, with the fields
 * that we do not know. */
#include "platform.h"

#include <string.h>

#include "runner/base/crc32c.h"
#include "runner/base/wire.h"
#include "store/schema.h"
#include "tests/fuzz/fuzz.h"

static const struct record_shape *const shapes[] = { &schema_format_shape, &schema_load_shape,
	&schema_head_shape, &schema_input_shape, &schema_plan_shape, &schema_chunk_shape,
	&schema_event_shape, &schema_due_shape, &schema_tally_shape };

static const struct span key = { "key", 3 };

static void
seal(const struct record_shape *shape, const uint8_t *fields, size_t len, struct buf *value)
{
	unsigned char crc[4];
	uint32_t sum;

	buf_add_byte(value, 1);
	buf_add(value, fields, len);
	sum = crc32c(0, &shape->letter, 1);
	sum = crc32c(sum, key.ptr, key.len);
	wire_put32(crc, crc32c(sum, value->ptr, value->len));
	buf_add(value, crc, sizeof(crc));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	SCOPED(buf) value = BUF_INIT;
	SCOPED(buf) again = BUF_INIT;
	union {
		struct schema_load load;
		struct schema_input input;
		struct plan_chunk plan;
		struct chunk chunk;
		struct schema_event event;
		struct tally tally;
	} record;
	const struct record_shape *shape;

	if (len == 0)
		return 0;
	shape = shapes[bytes[0] % ARRAY_COUNT(shapes)];
	seal(shape, bytes + 1, len - 1, &value);
	if (record_read(shape, key, buf_span(&value), &record, NULL))
		return 0;
	record_write(shape, key, &record, buf_span(&value), &again);
	FUZZ_MUST(span_equal(buf_span(&value), buf_span(&again)));
	return 0;
}
