/* crc32c.h - CRC-32C (Castagnoli, RFC 3720 B.4), the check sum of every record of the store.
 * crc32c(0, "123456789", 9) is 0xE3069283. Feed the last result back in to go on. */
#ifndef RUNNER_BASE_CRC32C_H
#define RUNNER_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(uint32_t crc, const void *bytes, size_t len);

/* The same without the processor's instruction for it, for machines that lack it and for tests. */
uint32_t crc32c_portable(uint32_t crc, const void *bytes, size_t len);

#endif
