/*
 * ops.c - the verbs of ingest; see ops.h.
 */
#include "ops.h"

#include "ingest.h"

const struct worker_ops ingest_ops = {
    .name = "ingest",
    .row_size = sizeof(struct ingest_row),
    .open = ingest_open,
    .close = ingest_close,
    .refresh = ingest_refresh,
    .claimed = ingest_claimed,
    .extra_new = ingest_extra_new,
    .extra_clear = ingest_extra_clear,
    .extra_free = ingest_extra_free,
    .decode = ingest_decode,     /* bytes -> row and tuple, no I/O                          */
    .validate = ingest_validate, /* gates and set-based reads, then a verdict per record    */
    .apply = ingest_apply,       /* set-based writes of what was accepted, no verdicts      */
    .refused = ingest_refused,
    .days = ingest_days,
};
