/*
 * announce.h - what is told to others of a window, in the transaction in which it happens.
 */
#ifndef SAWA_SETTLE_ANNOUNCE_H
#define SAWA_SETTLE_ANNOUNCE_H

#include "settle.h"

struct closing; /* close/closing.h */

/* Its events, for others; the last step before COMMIT. */
must_use enum status announce_window(struct closing *closing, struct error *error);

/* The same for the next attempts that tx instructs, and for a window that is settled. code: of the
 * window's currency. */
must_use enum status announce_attempts(struct business *tx, int64_t window_id, struct text code,
                                       struct error *error);
must_use enum status announce_settled(struct business *tx, int64_t window_id, struct text code,
                                      struct error *error);

#endif
