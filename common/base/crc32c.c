/*
 * crc32c.c - see crc32c.h. With the processor's instruction where it has one.
 */
#include "base/crc32c.h"

enum { POLYNOMIAL_REFLECTED = 0x82F63B78 };

static uint32_t crc32c_bitwise(uint32_t crc, struct text bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= (unsigned char)bytes.data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? (uint32_t)POLYNOMIAL_REFLECTED : 0);
    }
    return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t crc32c_hardware(uint32_t crc, struct text bytes)
{
    uint64_t wide = crc;
    size_t at = 0;

    for (; at + 8 <= bytes.size; at += 8) {
        uint64_t word;

        memcpy(&word, bytes.data + at, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    for (; at < bytes.size; at++)
        crc = __builtin_ia32_crc32qi(crc, (unsigned char)bytes.data[at]);
    return crc;
}
#endif

uint32_t crc32c(uint32_t crc, struct text bytes)
{
    crc = ~crc;
#ifdef __x86_64__
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc32c_hardware(crc, bytes);
#endif
    return ~crc32c_bitwise(crc, bytes);
}
