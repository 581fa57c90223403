#include "platform.h"

#include <stdbool.h>
#include <string.h>

#include "runner/base/crc32c.h"

/* Two table steps a byte (one a nibble): records are a few hundred bytes, and 16 entries can be
 * checked by eye against the polynomial 0x82F63B78. */
static const uint32_t nibbles[16] = {
	0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3,
	0x61C69362, 0x7198540D, 0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9,
	0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75,
};

uint32_t
crc32c_portable(uint32_t crc, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	crc = ~crc;
	while (len--) {
		crc ^= *at++;
		crc = crc >> 4 ^ nibbles[crc & 15];
		crc = crc >> 4 ^ nibbles[crc & 15];
	}
	return ~crc;
}

#ifdef __x86_64__
/* By table the check sums took 29 % of a store's time; SSE4.2 has this very polynomial. */
__attribute__((target("sse4.2"))) static uint32_t
by_instruction(uint32_t crc, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	unsigned long long sum = ~crc;

	for (; len >= 8; at += 8, len -= 8) {
		unsigned long long word;

		memcpy(&word, at, sizeof(word));
		sum = __builtin_ia32_crc32di(sum, word);
	}
	while (len--)
		sum = __builtin_ia32_crc32qi((unsigned)sum, *at++);
	return ~(uint32_t)sum;
}

static bool
has_instruction(void)
{
	return __builtin_cpu_supports("sse4.2");
}
#else
#define by_instruction crc32c_portable

static bool
has_instruction(void)
{
	return false;
}
#endif

uint32_t
crc32c(uint32_t crc, const void *bytes, size_t len)
{
	return has_instruction() ? by_instruction(crc, bytes, len)
				 : crc32c_portable(crc, bytes, len);
}
