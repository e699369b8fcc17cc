/*
 * frame.c - see frame.h.
 */
#include "codec/avro/frame.h"

#include <endian.h>

enum { MAGIC_SCHEMA_ID = 0x00 };

enum reason frame_read(struct text value, uint32_t *ret_schema_id, struct text *ret_body)
{
    uint32_t id;

    if (value.data == NULL)
        return REASON_VALUE_MISSING;
    if (value.size > MESSAGE_SIZE_MAX)
        return REASON_VALUE_OVERSIZED;
    if (value.size < FRAME_HEADER_SIZE || value.data[0] != MAGIC_SCHEMA_ID)
        return REASON_FRAME_UNKNOWN;
    memcpy(&id, value.data + 1, sizeof id);
    *ret_schema_id = be32toh(id);
    *ret_body = (struct text){value.data + FRAME_HEADER_SIZE, value.size - FRAME_HEADER_SIZE};
    return REASON_NONE;
}

void frame_write(uint32_t schema_id, unsigned char header[FRAME_HEADER_SIZE])
{
    uint32_t id = htobe32(schema_id);

    header[0] = MAGIC_SCHEMA_ID;
    memcpy(header + 1, &id, sizeof id);
}
