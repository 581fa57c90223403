/* wire.h - fixed-width big-endian integers, for keys and records on disk. Unaligned is fine. */
#ifndef RUNNER_BASE_WIRE_H
#define RUNNER_BASE_WIRE_H

#include <stdint.h>

static inline void
wire_put16(void *to, uint16_t value)
{
	unsigned char *bytes = to;

	bytes[0] = (unsigned char)(value >> 8);
	bytes[1] = (unsigned char)value;
}

static inline void
wire_put32(void *to, uint32_t value)
{
	wire_put16(to, (uint16_t)(value >> 16));
	wire_put16((unsigned char *)to + 2, (uint16_t)value);
}

static inline void
wire_put64(void *to, uint64_t value)
{
	wire_put32(to, (uint32_t)(value >> 32));
	wire_put32((unsigned char *)to + 4, (uint32_t)value);
}

static inline uint16_t
wire_get16(const void *from)
{
	const unsigned char *bytes = from;

	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t
wire_get32(const void *from)
{
	return (uint32_t)wire_get16(from) << 16 | wire_get16((const unsigned char *)from + 2);
}

static inline uint64_t
wire_get64(const void *from)
{
	return (uint64_t)wire_get32(from) << 32 | wire_get32((const unsigned char *)from + 4);
}

#endif
