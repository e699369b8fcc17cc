/*
 * horizon.h - how far back the oldest snapshot of the database looks.
 *
 * Rows deleted or updated after it cannot be cleaned away. A session that was forgotten, a slot
 * nobody reads or a prepared transaction holds it back; the metric tells before tables bloat.
 */
#ifndef SAWA_STORE_HORIZON_H
#define SAWA_STORE_HORIZON_H

#include "store/db.h"

/* Its age in transactions, 0 where nothing holds it back. Reads only columns that every role may
 * see, so it needs no grant. */
must_use enum status horizon_age(struct db *db, struct error *error, int64_t *ret_age);

#endif
