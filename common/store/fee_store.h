/*
 * fee_store.h - the fee schedule of a corridor version, as it was stored with the version.
 *
 * A schedule never changes: whoever has read one may keep it.
 */
#ifndef SAWA_STORE_FEE_STORE_H
#define SAWA_STORE_FEE_STORE_H

#include "base/arena.h"
#include "domain/fee.h"
#include "store/db.h"

/* The schedule lives in arena; its count is zero where the version charges nothing. FATAL: what is
 * stored was written by a later version of Sawa, or the arena is full. */
must_use enum status fee_schedule_read(struct db *db, int32_t corridor_id, int32_t version,
                                       struct arena *arena, struct error *error,
                                       struct fee_schedule *ret_schedule);

/* All currencies as two parameters, codes and decimals: what payment_charges of the database wants
 * to convert a fee. */
void params_currencies(struct params *params);

#endif
