/*
 * parked_aad.h - what binds a sealed parked record to its place: moved elsewhere, it does not
 * open.
 *
 * Pure: who seals (the loop), who opens (sawa-replay) and the simulation make the same bytes.
 */
#ifndef SAWA_STORE_PARKED_AAD_H
#define SAWA_STORE_PARKED_AAD_H

#include "base/text.h"

enum { PARKED_AAD_SIZE = 96 };

/* Terminated; returns a view of text. */
struct text parked_aad(int32_t source_id, int32_t partition, int64_t record_offset, int32_t key_id,
                       char text[PARKED_AAD_SIZE]);

#endif
