/*
 * parked_aad.c - see parked_aad.h.
 */
#include "store/parked_aad.h"

#include <stdio.h>

struct text parked_aad(int32_t source_id, int32_t partition, int64_t record_offset, int32_t key_id,
                       char text[PARKED_AAD_SIZE])
{
    snprintf(text, PARKED_AAD_SIZE, "parked/%d/%d/%lld/%d", source_id, partition,
             (long long)record_offset, key_id);
    return text_of(text);
}
