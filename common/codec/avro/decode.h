/*
 * decode.h - runs a plan over the bytes of one record.
 *
 * The bytes are hostile. What bounds the work is what is left to read, never a declared length.
 *
 * (1) Varints have at most 10 bytes and fit their type; lengths are >= 0 and fit what is left;
 *     booleans are 0 or 1; enum and union numbers are in range; skipped strings are UTF-8;
 *     a negative block count carries a size that is exactly what its items take.
 * (2) At most 10,000 items per array or map, depth 32, and DECODE_WORK_MAX skipped values per
 *     record (items of no bytes at all would otherwise multiply).
 * (3) Nothing is left over.
 * (4) Nothing is allocated; texts in slots point into the record.
 */
#ifndef SAWA_CODEC_AVRO_DECODE_H
#define SAWA_CODEC_AVRO_DECODE_H

#include "codec/avro/plan.h"
#include "domain/reason.h"

enum { DECODE_ITEM_MAX = 10000, DECODE_DEPTH_MAX = 32, DECODE_WORK_MAX = 1000000 };

/* Fills slots[0 .. columns->count). REASON_NONE, REASON_AVRO_MALFORMED, or
 * REASON_SCHEMA_UNREADABLE where the record uses a branch or symbol that has no place. */
must_use enum reason decode_run(const struct plan *plan, struct text body, struct slot *slots);

/* How many bytes one value of the schema takes at the beginning of bytes: to cut a block of a
 * container into records, each of which is judged later, so its strings may be any bytes. False:
 * they do not follow the schema, or more than is bounded (2). */
must_use bool decode_extent(const struct schema_node *root, struct text bytes, size_t *ret_size);

#endif
