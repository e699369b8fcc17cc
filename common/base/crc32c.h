/*
 * crc32c.h - CRC-32C (Castagnoli; RFC 3720 appendix B.4). Knows a record again; protects nothing
 * against intent.
 */
#ifndef SAWA_BASE_CRC32C_H
#define SAWA_BASE_CRC32C_H

#include "base/text.h"

/* Goes on from crc, 0 at the start. crc32c(0, "123456789") is 0xe3069283. */
uint32_t crc32c(uint32_t crc, struct text bytes);

#endif
