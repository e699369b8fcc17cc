/*
 * parked_again.h - records of a queue that are parked already: a queue delivers again, under
 * another number, what was committed and not acknowledged.
 *
 * (1) A record is known by the digest of its partition and its frame without the number. Where the
 *     same bytes were sent twice they count as delivered twice: the first is parked, the second is
 *     a DUPLICATE, and both stand in the archive.
 * (2) It is asked in the transaction that parks, behind the lock on the position: nobody else
 *     parks records of the partition meanwhile. The database refuses a digest that is there.
 */
#ifndef SAWA_RUNTIME_PARKED_AGAIN_H
#define SAWA_RUNTIME_PARKED_AGAIN_H

#include "runtime/batch.h"
#include "store/db.h"

/* The digest of a frame (codec/archive/records.h) of a partition (1). */
struct uuid parked_digest(int32_t partition, struct text frame);

/* Makes DUPLICATEs of the refused records that are parked already, here or in the table. Nothing
 * to do where the batch's source can be read again. */
must_use enum status parked_again_judge(struct batch *batch, struct db *db, struct error *error);

#endif
