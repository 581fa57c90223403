/* block.h - 64 bytes at a time: where the few bytes stand that a scanner must look at.
 *
 * Bit i of a mask is byte i of the block. The portable words and SSE2 give the same masks (a test
 * compares them); a wider instruction set only needs a third pair of functions here. */
#ifndef RUNNER_SOURCE_BLOCK_H
#define RUNNER_SOURCE_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK_BYTES 64

struct block {
	uint64_t quote, delimiter, lf, cr;
};

#define BLOCK_ONES  UINT64_C(0x0101010101010101)
#define BLOCK_HIGHS UINT64_C(0x8080808080808080)

static inline uint64_t
block_word(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* The high bit of every byte of `word` that is zero; exact, no carry crosses a byte. */
static inline uint64_t
block_zeroes(uint64_t word)
{
	return ~(((word & ~BLOCK_HIGHS) + ~BLOCK_HIGHS) | word | ~BLOCK_HIGHS);
}

static inline uint64_t
block_equal_words(const char *bytes, char wanted)
{
	uint64_t pattern = BLOCK_ONES * (unsigned char)wanted;
	uint64_t mask = 0;

	for (unsigned i = 0; i < BLOCK_BYTES / 8; i++) {
		uint64_t hits = block_zeroes(block_word(bytes + 8 * i) ^ pattern) >> 7;

		/* Gathers bit 8k into bit 56 + k. */
		mask |= (hits * UINT64_C(0x0102040810204080) >> 56) << 8 * i;
	}
	return mask;
}

static inline struct block
block_read_words(const char *bytes, char delimiter)
{
	return (struct block){
		.quote = block_equal_words(bytes, '"'),
		.delimiter = block_equal_words(bytes, delimiter),
		.lf = block_equal_words(bytes, '\n'),
		.cr = block_equal_words(bytes, '\r'),
	};
}

/* All bytes are 0x01 to 0x7F. */
static inline bool
block_is_plain_words(const char *bytes)
{
	uint64_t bad = 0;

	for (unsigned i = 0; i < BLOCK_BYTES / 8; i++) {
		uint64_t word = block_word(bytes + 8 * i);

		bad |= (word & BLOCK_HIGHS) | block_zeroes(word);
	}
	return bad == 0;
}

#ifdef __SSE2__
static inline uint64_t
block_equal_part(__m128i part, __m128i pattern)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(part, pattern));
}

/* Written out, because gcc -O2 leaves loops as they are. */
static inline uint64_t
block_equal_sse2(const __m128i part[4], char wanted)
{
	__m128i pattern = _mm_set1_epi8(wanted);

	return block_equal_part(part[0], pattern) | block_equal_part(part[1], pattern) << 16 |
	    block_equal_part(part[2], pattern) << 32 | block_equal_part(part[3], pattern) << 48;
}

static inline struct block
block_read_sse2(const char *bytes, char delimiter)
{
	const __m128i part[4] = {
		_mm_loadu_si128((const __m128i *)(const void *)bytes),
		_mm_loadu_si128((const __m128i *)(const void *)(bytes + 16)),
		_mm_loadu_si128((const __m128i *)(const void *)(bytes + 32)),
		_mm_loadu_si128((const __m128i *)(const void *)(bytes + 48)),
	};

	return (struct block){
		.quote = block_equal_sse2(part, '"'),
		.delimiter = block_equal_sse2(part, delimiter),
		.lf = block_equal_sse2(part, '\n'),
		.cr = block_equal_sse2(part, '\r'),
	};
}

static inline bool
block_is_plain_sse2(const char *bytes)
{
	__m128i zero = _mm_setzero_si128();
	__m128i good = _mm_cmpeq_epi8(zero, zero);

	for (unsigned i = 0; i < 4; i++) {
		const void *at = bytes + 16 * i;

		/* Signed: bytes from 0x80 up are negative. */
		good = _mm_and_si128(good, _mm_cmpgt_epi8(_mm_loadu_si128(at), zero));
	}
	return _mm_movemask_epi8(good) == 0xFFFF;
}

#define block_read     block_read_sse2
#define block_is_plain block_is_plain_sse2
#else
#define block_read     block_read_words
#define block_is_plain block_is_plain_words
#endif

/* Bit i tells whether the number of bits set in `bits` up to and with i is odd. */
static inline uint64_t
block_parity(uint64_t bits)
{
	bits ^= bits << 1;
	bits ^= bits << 2;
	bits ^= bits << 4;
	bits ^= bits << 8;
	bits ^= bits << 16;
	return bits ^ bits << 32;
}

/* How many bits are set; without POPCNT, which the oldest x86-64 lacks, gcc calls a function. */
static inline uint32_t
block_count(uint64_t bits)
{
	bits -= bits >> 1 & UINT64_C(0x5555555555555555);
	bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
	bits = (bits + (bits >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
	return (uint32_t)(bits * BLOCK_ONES >> 56);
}

/* The bits below `bit` (0 to 63). */
static inline uint64_t
block_below(unsigned bit)
{
	return (UINT64_C(1) << bit) - 1;
}

#endif
