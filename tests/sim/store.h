/*
 * store.h - PostgreSQL as far as the runtime leans on it, in memory.
 *
 *   struct db (client) ---- backend (server) ---- tx: rows nobody else sees until COMMIT
 *                             |  lingers after its client is gone, with its locks; it may even
 *                             |  commit then, where COMMIT had been sent
 *                             +- locks position rows and event ids until its transaction ends
 *
 * (1) READ COMMITTED: a statement sees what is committed when it runs, and its own rows.
 * (2) A row lock and the key of an uncommitted event hold others up until the transaction ends; a
 *     circle of waits is 40P01, a wait past lock_timeout 55P03.
 * (3) A transaction is applied whole or not at all; model_commit judges it before it is applied.
 * (4) A claim outside a transaction is applied at once, whatever becomes of its reply.
 *
 * store.c is the server, store_doors.c what the runtime calls (the headers of common/store).
 */
#ifndef SAWA_SIM_STORE_H
#define SAWA_SIM_STORE_H

#include "store/batch_store.h"
#include "store/commit.h"
#include "store/keyring.h"
#include "store/position.h"
#include "world.h"

enum { TX_PARTS_MAX = SIM_PARTITIONS_MAX, COMMITTED_BATCHES_MAX = 4096 };

struct sim_event {
    int32_t event_id;
    int64_t amount;
    int32_t partition;
    int64_t offset;
    int64_t batch_id;
};

struct sim_parked {
    struct parked_row row; /* its texts are copies */
};

struct sim_batch {
    int64_t commit_id;
    struct batch_row row;
};

struct sim_tx {
    bool open;
    bool failed; /* a statement failed: only ROLLBACK is left */
    size_t log_count;
    int64_t log_id;
    size_t leaf_count;
    int64_t leaf_id;
    size_t range_count;
    struct leaf_range ranges[TX_PARTS_MAX];
    size_t event_count;
    struct sim_event events[PRODUCED_MAX];
    size_t parked_count;
    struct sim_parked parked[PRODUCED_MAX];
    size_t batch_count;
    struct sim_batch batches[TX_PARTS_MAX];
    size_t raw_count;
    struct raw_row raws[TX_PARTS_MAX]; /* sealed: copies */
    size_t move_count;
    struct position_move moves[TX_PARTS_MAX];
};

struct backend {
    int worker;
    bool ended; /* the server side is gone; the client may not know */
    bool client_gone;
    bool commit_sent;
    bool end_commits;  /* what happens at end_at_us */
    int64_t end_at_us; /* INT64_MAX: its client decides */
    struct backend *waits_for;
    struct backend *next;
    struct sim_tx tx;
};

struct sim_position {
    bool exists;
    struct position row;
    struct backend *owner;
    int owner_worker;
    struct backend *locked_by;
};

struct sim_store {
    int64_t away_until_us;
    int64_t next_id;
    struct backend *backends;
    struct sim_position positions[SIM_PARTITIONS_MAX];
    size_t event_count;
    struct sim_event events[PRODUCED_MAX];
    size_t parked_count;
    struct sim_parked parked[PRODUCED_MAX];
    size_t batch_count;
    struct sim_batch batches[COMMITTED_BATCHES_MAX];
    size_t commit_count;
    int32_t days[8];
    size_t day_count;
    int32_t months[8];
    size_t month_count;
};

extern struct sim_store store;

/* ---- the server ---- */

void store_begin(int64_t now_us);
void store_turn(void); /* ends lingering backends whose time has come */
int64_t store_next_us(void);
void store_worker_died(int worker); /* its connections hang up */
void store_restart(void);           /* every connection breaks; away for a while */
void store_heal(void);              /* lingering backends end, the server is there */
bool store_accept_halts(void);      /* the operator: true where there was one */

struct backend *backend_start(int worker);
void backend_hang_up(struct backend *backend); /* its client is gone: ends now or later */
void backend_end(struct backend *backend, bool commits);
void backend_commit(struct backend *backend);
void backend_rollback(struct backend *backend);
/* Another live transaction that holds the key of an uncommitted event; NULL: none. */
struct backend *backend_with_event(const struct backend *mine, int32_t event_id);
const struct sim_event *event_committed(int32_t event_id);
const struct sim_event *event_in_tx(const struct sim_tx *tx, int32_t event_id);
bool day_is_made(int32_t day);
void key_of(int32_t key_id, unsigned char key[SEAL_KEY_SIZE]);

/* ---- what the toy asks (store_doors.c) ---- */

/* The committed amounts under these ids: ret_known[i], ret_amounts[i]. */
must_use enum status events_find(struct db *db, const int32_t *ids, size_t count,
                                 struct error *error, bool *ret_known, int64_t *ret_amounts);

/* As COPY: the first row at fault ends it, error->line names it. */
must_use enum status events_copy(struct db *db, const struct sim_event *events, size_t count,
                                 struct error *error);

#endif
