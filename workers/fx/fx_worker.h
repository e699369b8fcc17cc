/*
 * fx_worker.h - FX events become rates and locks.
 *
 *   decode.c   bytes -> row                                  reading thread
 *   commit.c   every event id and lock id is looked up, then COPY   lane thread
 *
 * FX events are few: all of them are looked up, there are no suspects. What another worker
 * commits in between meets the unique constraint, and the batch is tried again.
 */
#ifndef SAWA_FX_FX_WORKER_H
#define SAWA_FX_FX_WORKER_H

#include "domain/fx.h"
#include "runtime/worker.h"

enum { FX_SOURCE_SIZE = 160 };

struct fx_row {
    struct fx_event event; /* its texts are gone; what is kept of them stands below */
    char source[FX_SOURCE_SIZE];
    int32_t corridor_id;
};

enum status fx_open(const struct config *config, struct db *db, struct error *error,
                    void **ret_state);
void fx_close(void *state);
enum status fx_refresh(void *state, struct db *db, struct error *error);
void fx_claimed(void *state, const struct position *position);
enum status fx_worker_decode(void *state, const struct record *record, struct batch *batch,
                             struct batch_part *part, void *row, enum reason *ret_reason,
                             struct error *error);

void *fx_extra_new(void);
void fx_extra_clear(void *extra);
void fx_extra_free(void *extra);

enum status fx_validate(struct batch *batch, struct db *db, struct error *error);
enum status fx_apply(struct batch *batch, struct db *db, struct effects *effects,
                     struct error *error);

#endif
