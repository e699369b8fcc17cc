/*
 * ops.c - the verbs of fx; see ops.h.
 */
#include "ops.h"

#include "fx_worker.h"

const struct worker_ops fx_ops = {
    .name = "fx",
    .row_size = sizeof(struct fx_row),
    .open = fx_open,
    .close = fx_close,
    .refresh = fx_refresh,
    .claimed = fx_claimed,
    .extra_new = fx_extra_new,
    .extra_clear = fx_extra_clear,
    .extra_free = fx_extra_free,
    .decode = fx_worker_decode, /* bytes -> row, no I/O                                   */
    .validate = fx_validate,    /* set-based reads, then a verdict per record             */
    .apply = fx_apply,          /* set-based writes of what was accepted, no verdicts     */
};
