/*
 * frame.h - the Confluent wire format around an Avro body.
 *
 *   0x00 | schema id, 4 bytes big-endian | Avro body
 *
 * Nothing else is read: 0x01 and a GUID, ids in headers, or a bare body are frame_unknown.
 */
#ifndef SAWA_CODEC_AVRO_FRAME_H
#define SAWA_CODEC_AVRO_FRAME_H

#include "base/text.h"
#include "domain/reason.h"

enum { FRAME_HEADER_SIZE = 5, MESSAGE_SIZE_MAX = 1024 * 1024 };

/* REASON_NONE, and both outputs are set; or the reason, and both are untouched. *ret_body points
 * into value. */
must_use enum reason frame_read(struct text value, uint32_t *ret_schema_id, struct text *ret_body);

/* Writes the five bytes of header. */
void frame_write(uint32_t schema_id, unsigned char header[FRAME_HEADER_SIZE]);

#endif
