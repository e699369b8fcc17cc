/*
 * store_doors.c - what the runtime calls of common/store, answered by the server in store.c.
 *
 * Every function is a seam. A statement may find its connection lost, its backend ended, or be
 * refused as PostgreSQL refuses; sqlstate.c, the real table, says what that means.
 */
#include "store.h"

#include "base/clock.h"
#include "store/horizon.h"
#include "store/sqlstate.h"
#include "workers.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LOCK_POLL_MOST_US = 20 * MS };

struct db {
    struct db_settings settings;
    struct backend *backend;
    bool broken;
};

/* ---- connections ---- */

static enum status connect_now(struct db *db, struct error *error)
{
    seam("db_connect");
    if (store.away_until_us > world.now_us || fault_strikes(FAULT_CONNECTION_LOST))
        return error_set(error, RETRY, "could not connect to the database");
    db->backend = backend_start(task_worker());
    db->broken = false;
    return OK;
}

static void connection_drop(struct db *db)
{
    if (db->backend != NULL)
        backend_hang_up(db->backend);
    db->backend = NULL;
    db->broken = true;
}

enum status db_open(const struct db_settings *settings, struct error *error, struct db **ret_db)
{
    struct db *db = calloc(1, sizeof *db);
    enum status status;

    assert(db != NULL);
    db->settings = *settings;
    db->broken = true;
    status = connect_now(db, error);
    if (status == OK)
        *ret_db = db;
    else
        db_close(db);
    return status;
}

enum status db_reopen(struct db *db, struct error *error)
{
    connection_drop(db);
    return connect_now(db, error);
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    connection_drop(db);
    free(db);
}

bool db_is_broken(const struct db *db)
{
    return db->broken;
}

/* ---- what a statement may run into ---- */

static enum status connection_lost(struct db *db, struct error *error)
{
    connection_drop(db);
    return error_set(error, RETRY, "the database connection was lost");
}

static enum status refuse(struct db *db, const char *sqlstate, const char *constraint, int64_t line,
                          struct error *error)
{
    trace("%d refused %s %s", task_worker(), sqlstate, constraint);
    error_set(error, sqlstate_status(sqlstate, constraint), "the database refused a statement");
    snprintf(error->code, sizeof error->code, "%s", sqlstate);
    snprintf(error->subject, sizeof error->subject, "%s", constraint);
    error->line = line;
    db->backend->tx.failed = db->backend->tx.open;
    return error->status;
}

static enum status refused_at_random(struct db *db, struct error *error)
{
    if (fault_strikes(FAULT_SERIALIZATION))
        return refuse(db, "40001", "", 0, error);
    if (fault_strikes(FAULT_DEADLOCK))
        return refuse(db, "40P01", "", 0, error);
    if (fault_strikes(FAULT_LOCK_TIMEOUT))
        return refuse(db, "55P03", "", 0, error);
    return OK;
}

/* The head of every statement. */
static enum status enter(struct db *db, const char *name, struct error *error)
{
    seam(name);
    if (fault_strikes(FAULT_DATABASE_AWAY))
        store_restart();
    store_turn();
    if (db->broken || db->backend->ended || fault_strikes(FAULT_CONNECTION_LOST))
        return connection_lost(db, error);
    assert(!db->backend->tx.failed);
    return refused_at_random(db, error);
}

static bool waits_in_a_circle(const struct backend *mine)
{
    const struct backend *at = mine->waits_for;

    for (int i = 0; at != NULL && i < TASKS_MAX; i++) {
        if (at == mine)
            return true;
        at = at->waits_for;
    }
    return false;
}

/* One look of a wait for holder (2). OK: look again whether it is still in the way. */
static enum status wait_a_little(struct db *db, struct backend *holder, int64_t until_us,
                                 struct error *error)
{
    enum status status = OK;

    db->backend->waits_for = holder;
    if (waits_in_a_circle(db->backend)) {
        state_reached(STATE_REAL_DEADLOCKS, 1);
        status = refuse(db, "40P01", "", 0, error);
    } else if (world.now_us >= until_us) {
        status = refuse(db, "55P03", "", 0, error);
    } else {
        seam("wait");
        task_sleep_us(chance_us(MS, LOCK_POLL_MOST_US));
        store_turn();
        if (db->backend->ended)
            return connection_lost(db, error);
    }
    db->backend->waits_for = NULL;
    return status;
}

static int64_t lock_deadline_us(const struct db *db)
{
    return world.now_us + (int64_t)db->settings.lock_timeout_ms * MS;
}

static enum status row_free_await(struct db *db, int32_t partition, struct error *error)
{
    const struct sim_position *position = &store.positions[partition];
    int64_t until_us = lock_deadline_us(db);
    enum status status = OK;

    if (position->locked_by != NULL && position->locked_by != db->backend)
        state_reached(STATE_LOCK_WAITS, 1);
    while (status == OK && position->locked_by != NULL && position->locked_by != db->backend)
        status = wait_a_little(db, position->locked_by, until_us, error);
    return status;
}

/* ---- transactions ---- */

bool tx_is_open(const struct db *db)
{
    return !db->broken && db->backend->tx.open;
}

enum status tx_begin(struct db *db, struct error *error)
{
    enum status status = enter(db, "begin", error);

    if (status == OK)
        db->backend->tx.open = true;
    return status;
}

void tx_rollback(struct db *db)
{
    if (!tx_is_open(db))
        return;
    seam("rollback");
    store_turn();
    if (db->backend->ended || fault_strikes(FAULT_CONNECTION_LOST))
        connection_drop(db);
    else
        backend_rollback(db->backend);
}

static enum status reply_lost(struct db *db, struct error *error)
{
    connection_drop(db);
    error_set(error, RETRY, "the reply to COMMIT was lost");
    error->cause = CAUSE_UNKNOWN;
    return RETRY;
}

/* COMMIT has been sent: what becomes of it and of its reply. */
static enum status commit_answer(struct db *db, struct error *error)
{
    struct backend *backend = db->backend;

    if (fault_strikes(FAULT_REPLY_LOST_LATE)) {
        backend->end_at_us = world.now_us + chance_us(MS, 3000 * MS);
        backend->end_commits = true;
        return reply_lost(db, error);
    }
    if (fault_strikes(FAULT_REPLY_LOST_NOT)) {
        backend_end(backend, false);
        return reply_lost(db, error);
    }
    if (fault_strikes(FAULT_SERIALIZATION)) {
        backend_rollback(backend);
        return refuse(db, "40001", "", 0, error);
    }
    backend_commit(backend);
    return fault_strikes(FAULT_REPLY_LOST_APPLIED) ? reply_lost(db, error) : OK;
}

enum status tx_commit(struct db *db, struct error *error)
{
    seam("commit");
    store_turn();
    if (db->backend->ended || fault_strikes(FAULT_CONNECTION_LOST))
        return reply_lost(db, error); /* whether it was sent is not known either */
    db->backend->commit_sent = true;
    if (fault_strikes(FAULT_CRASH_IN_COMMIT))
        worker_crash(task_worker());
    seam("commit_sent");
    store_turn();
    if (db->backend->ended)
        return reply_lost(db, error);
    return commit_answer(db, error);
}

enum status horizon_age(struct db *db, struct error *error, int64_t *ret_age)
{
    enum status status = enter(db, "horizon_age", error);

    if (status == OK)
        *ret_age = 0;
    return status;
}

/* ---- positions ---- */

enum status source_register(struct db *db, const struct source_identity *identity,
                            struct error *error, struct source_known *ret_known)
{
    enum status status = enter(db, "source_register", error);

    assert(identity->partition_count == world.partition_count);
    if (status != OK)
        return status;
    *ret_known = (struct source_known){.source_id = 1, .generation = 1};
    return OK;
}

static void position_make(int32_t partition, int64_t start_offset)
{
    struct sim_position *position = &store.positions[partition];

    if (position->exists)
        return;
    position->exists = true;
    position->row = (struct position){.source_id = 1,
                                      .partition = partition,
                                      .next_offset = start_offset,
                                      .start_offset = start_offset,
                                      .watermark_us = INT64_MIN,
                                      .anchor.offset = -1};
}

static void end_old_owner(struct db *db, int32_t partition)
{
    struct backend *owner = store.positions[partition].owner;

    seam("end_old_owner");
    if (db->broken || owner == NULL || owner == db->backend || owner->ended)
        return;
    trace("%d ends a backend of %d", task_worker(), owner->worker);
    state_reached(STATE_BACKENDS_ENDED, 1);
    backend_end(owner, owner->end_at_us != INT64_MAX && owner->end_commits);
}

static bool plain_read_is_planted(int32_t partition)
{
    return (world.plant == PLANT_PLAIN_READ || world.plant == PLANT_PLAIN_READ_ALONE) &&
           store.positions[partition].owner_worker == task_worker() &&
           store.positions[partition].row.epoch > 0;
}

/* (4) */
static enum status claim_take(struct db *db, int32_t partition, struct error *error,
                              struct position *ret_position)
{
    struct sim_position *position = &store.positions[partition];

    position->row.epoch++;
    position->owner = db->backend;
    position->owner_worker = task_worker();
    trace("%d claimed %d epoch %lld next %lld", task_worker(), partition,
          (long long)position->row.epoch, (long long)position->row.next_offset);
    if (fault_strikes(FAULT_CLAIM_REPLY_LOST))
        return connection_lost(db, error);
    *ret_position = position->row;
    return OK;
}

enum status position_claim(struct db *db, int32_t source_id, int32_t partition,
                           int64_t start_offset, const char *owner, struct error *error,
                           struct position *ret_position)
{
    enum status status = enter(db, "position_make", error);

    assert(source_id == 1 && owner != NULL && !tx_is_open(db));
    if (status != OK)
        return status;
    position_make(partition, start_offset);
    status = enter(db, "position_claim", error);
    if (status == OK && plain_read_is_planted(partition)) {
        *ret_position = store.positions[partition].row;
        return OK;
    }
    if (status == OK)
        status = row_free_await(db, partition, error);
    if (status == OK)
        return claim_take(db, partition, error, ret_position);
    if (strcmp(error->code, "55P03") == 0)
        end_old_owner(db, partition);
    return status;
}

static enum status fenced(struct error *error)
{
    error_set(error, RETRY, "another worker holds the partition");
    error->cause = CAUSE_FENCED;
    return RETRY;
}

static bool epoch_is_mine(const struct position_move *move)
{
    return world.plant == PLANT_EPOCH_IGNORED ||
           store.positions[move->partition].row.epoch == move->epoch;
}

static bool stands_at_expected(const struct position_move *move)
{
    return world.plant == PLANT_PLAIN_READ ||
           store.positions[move->partition].row.next_offset == move->expected;
}

/* SELECT .. WHERE epoch = mine FOR UPDATE: what changed while it waited is looked at again. */
static enum status position_lock_one(struct db *db, const struct position_move *move,
                                     struct error *error, bool *ret_held)
{
    enum status status = OK;

    *ret_held = false;
    if (!epoch_is_mine(move))
        return OK;
    status = row_free_await(db, move->partition, error);
    if (status != OK || !epoch_is_mine(move))
        return status;
    store.positions[move->partition].locked_by = db->backend;
    *ret_held = stands_at_expected(move) &&
                store.positions[move->partition].row.halt_reason[0] == '\0';
    return OK;
}

static size_t partition_next(const struct position_move *moves, size_t count, int32_t after)
{
    size_t next = count;

    for (size_t i = 0; i < count; i++)
        if (moves[i].partition > after &&
            (next == count || moves[i].partition < moves[next].partition))
            next = i;
    return next;
}

enum status position_lock(struct db *db, int32_t source_id, const struct position_move *moves,
                          size_t count, struct error *error, bool *ret_held)
{
    enum status status = enter(db, "position_lock", error);
    size_t held = 0;
    int32_t after = -1;

    assert(source_id == 1 && (status != OK || tx_is_open(db)));
    if (status == OK && world.plant == PLANT_MOVE_UNCOUNTED) {
        memset(ret_held, 1, count);
        return OK;
    }
    for (size_t i = 0; status == OK && i < count; i++) { /* in order of partition */
        size_t at = partition_next(moves, count, after);

        after = moves[at].partition;
        status = position_lock_one(db, &moves[at], error, &ret_held[at]);
        held += ret_held[at] ? 1 : 0;
    }
    return status == OK && held < count ? fenced(error) : status;
}

enum status position_move(struct db *db, int32_t source_id, const struct position_move *moves,
                          size_t count, struct error *error)
{
    enum status status = enter(db, "position_move", error);
    size_t moved = 0;

    assert(source_id == 1 && count <= TX_PARTS_MAX);
    for (size_t i = 0; status == OK && i < count; i++) {
        struct sim_tx *tx = &db->backend->tx;

        if (!epoch_is_mine(&moves[i]) || !stands_at_expected(&moves[i]))
            continue;
        tx->moves[tx->move_count++] = moves[i];
        moved++;
    }
    if (status == OK && moved < count && world.plant != PLANT_MOVE_UNCOUNTED)
        return fenced(error);
    return status;
}

enum status position_resumed(struct db *db, int32_t source_id, const int32_t *partitions,
                             size_t count, struct error *error, bool *ret_resumed,
                             bool *ret_superseded)
{
    enum status status = enter(db, "position_resumed", error);

    assert(source_id == 1);
    if (status != OK)
        return status;
    for (size_t i = 0; i < count; i++)
        ret_resumed[i] = store.positions[partitions[i]].row.halt_reason[0] == '\0';
    *ret_superseded = false; /* no topic is made anew here */
    return OK;
}

/* Halt, never reset; but halt for nothing and the world stands still. */
static void halt_check(const char *reason)
{
    static const struct {
        const char *reason;
        enum fault fault;
    } causes[] = {
        {"offset_out_of_range", FAULT_OUT_OF_RANGE},
        {"topic_shorter_than_position", FAULT_RANGE_FOREIGN},
        {"anchor_differs", FAULT_ANCHOR_FOREIGN},
    };

    for (size_t i = 0; i < COUNT_OF(causes); i++)
        if (strcmp(causes[i].reason, reason) == 0 && world.tally->faults[causes[i].fault] > 0)
            return;
    violation("I8", "a partition halts without a cause: %s", reason);
}

enum status position_halt(struct db *db, const struct position *position, const char *reason,
                          struct error *error)
{
    struct sim_position *row = &store.positions[position->partition];
    enum status status = enter(db, "position_halt", error);

    if (status == OK)
        status = row_free_await(db, position->partition, error);
    halt_check(reason);
    if (status != OK || row->row.epoch != position->epoch || row->row.halt_reason[0] != '\0')
        return status;
    snprintf(row->row.halt_reason, sizeof row->row.halt_reason, "%s", reason);
    trace("%d halted %d: %s", task_worker(), position->partition, reason);
    state_reached(STATE_HALTED, 1);
    return OK;
}

enum status position_release(struct db *db, int32_t source_id, const struct position_move *moves,
                             size_t count, struct error *error)
{
    enum status status = enter(db, "position_release", error);

    assert(source_id == 1);
    for (size_t i = 0; status == OK && i < count; i++) {
        status = row_free_await(db, moves[i].partition, error);
        if (status == OK && epoch_is_mine(&moves[i]))
            store.positions[moves[i].partition].owner = NULL;
    }
    return status;
}

/* ---- evidence ---- */

enum status commit_begin_ids(struct db *db, int32_t batch_count, struct error *error,
                             int64_t *ret_commit_id, int64_t *ret_batch_ids)
{
    enum status status = enter(db, "commit_ids", error);

    if (status != OK)
        return status;
    *ret_commit_id = store.next_id++;
    for (int32_t i = 0; i < batch_count; i++)
        ret_batch_ids[i] = store.next_id++;
    return OK;
}

enum status commit_write_log(struct db *db, const struct leaf *leaf, struct error *error)
{
    enum status status = enter(db, "commit_log", error);

    if (status != OK)
        return status;
    db->backend->tx.log_count++;
    db->backend->tx.log_id = leaf->commit_id;
    return OK;
}

enum status commit_write_leaf(struct db *db, const struct leaf *leaf, struct error *error)
{
    enum status status = enter(db, "audit_leaf", error);
    struct sim_tx *tx;

    assert_leaf_state(leaf);
    if (status != OK || (world.plant == PLANT_LEAF_LEFT_OUT && chance(20) == 0))
        return status;
    tx = &db->backend->tx;
    assert(leaf->range_count <= TX_PARTS_MAX);
    tx->leaf_count++;
    tx->leaf_id = leaf->commit_id;
    tx->range_count = leaf->range_count;
    memcpy(tx->ranges, leaf->ranges, leaf->range_count * sizeof leaf->ranges[0]);
    return OK;
}

enum status batch_insert(struct db *db, int64_t commit_id, int32_t source_id,
                         const struct batch_row *rows, size_t count, struct error *error)
{
    enum status status = enter(db, "batch_insert", error);

    assert(source_id == 1 && count <= TX_PARTS_MAX);
    for (size_t i = 0; status == OK && i < count; i++) {
        struct sim_tx *tx = &db->backend->tx;

        tx->batches[tx->batch_count++] = (struct sim_batch){commit_id, rows[i]};
    }
    return status;
}

static struct text bytes_copy(struct text bytes)
{
    char *copy = malloc(bytes.size + 1);

    assert(copy != NULL);
    memcpy(copy, bytes.data, bytes.size);
    return (struct text){copy, bytes.size};
}

enum status raw_copy(struct db *db, int32_t stored_on, const struct raw_row *rows, size_t count,
                     struct error *error)
{
    enum status status = enter(db, "raw_copy", error);

    if (status == OK && !day_is_made(stored_on))
        return refuse(db, "23514", "", 1, error);
    for (size_t i = 0; status == OK && i < count; i++) {
        struct sim_tx *tx = &db->backend->tx;
        struct raw_row *row = &tx->raws[tx->raw_count++];

        *row = rows[i];
        row->seed = bytes_copy(rows[i].seed);
        row->sealed = bytes_copy(rows[i].sealed);
    }
    return status;
}

enum status parked_known(struct db *db, int32_t source_id, const struct uuid *digests,
                         size_t count, struct error *error, bool *ret_known)
{
    (void)db, (void)source_id, (void)digests, (void)count, (void)error, (void)ret_known;
    assert(false); /* only a source that cannot read again asks */
    return OK;
}

static size_t parked_puts; /* of the COPY that is open; one at a time */

enum status parked_copy_begin(struct db *db, struct error *error)
{
    enum status status = enter(db, "parked_copy", error); /* another lane may have its turn here */

    parked_puts = 0;
    return status;
}

void parked_copy_put(struct db *db, int32_t source_id, const struct parked_row *row,
                     int64_t parked_at_us)
{
    struct sim_tx *tx = &db->backend->tx;
    struct parked_row *put = &tx->parked[tx->parked_count].row;

    assert(source_id == 1 && parked_at_us > 0);
    if (parked_puts++ == 0 && world.plant == PLANT_PARKED_DROPPED)
        return;
    *put = *row;
    put->sealed = bytes_copy(row->sealed);
    tx->parked_count++;
}

enum status parked_copy_end(struct db *db, size_t count, struct error *error)
{
    (void)db;
    (void)error;
    assert(count == parked_puts);
    return OK;
}

enum status day_ensure(struct db *db, const char *parent, int32_t day, struct error *error)
{
    enum status status = enter(db, "day_ensure", error);

    assert(strcmp(parent, "batch_raw") == 0 && !tx_is_open(db));
    if (status != OK || day_is_made(day))
        return status;
    store.days[store.day_count++] = day;
    state_reached(STATE_DAYS_MADE, 1);
    return OK;
}

/* ---- keys ---- */

int32_t month_of_day(int32_t day)
{
    time_t seconds = (time_t)day * 86400;
    struct tm utc;

    gmtime_r(&seconds, &utc);
    return day - (utc.tm_mday - 1);
}

enum status keyring_get(struct db *db, const unsigned char key_file[SEAL_KEY_SIZE],
                        const char *scope, int32_t month, struct error *error,
                        struct data_key *ret_key)
{
    enum status status = enter(db, "keyring_get", error);
    size_t at = 0;

    assert(key_file != NULL && scope != NULL);
    if (status != OK)
        return status;
    while (at < store.month_count && store.months[at] != month)
        at++;
    if (at == store.month_count) {
        store.months[store.month_count++] = month;
        state_reached(STATE_KEYS_MADE, 1);
    }
    ret_key->key_id = (int32_t)at + 1;
    ret_key->month = month;
    key_of(ret_key->key_id, ret_key->key);
    return OK;
}

/* ---- the toy's table ---- */

enum status events_find(struct db *db, const int32_t *ids, size_t count, struct error *error,
                        bool *ret_known, int64_t *ret_amounts)
{
    enum status status = enter(db, "events_find", error);

    for (size_t i = 0; status == OK && i < count; i++) {
        const struct sim_event *found = event_committed(ids[i]);

        ret_known[i] = found != NULL;
        ret_amounts[i] = found == NULL ? 0 : found->amount;
    }
    return status;
}

/* A key under an uncommitted row waits for that row's transaction (2). */
static enum status event_insert(struct db *db, const struct sim_event *event, int64_t line,
                                struct error *error)
{
    int64_t until_us = lock_deadline_us(db);
    struct sim_tx *tx = &db->backend->tx;
    struct backend *holder;
    enum status status = OK;

    if (event->amount == TOY_AMOUNT_REFUSED)
        return refuse(db, "23514", "event_amount_allowed", line, error);
    while (status == OK && (holder = backend_with_event(db->backend, event->event_id)) != NULL)
        status = wait_a_little(db, holder, until_us, error);
    if (status != OK)
        return status;
    if (world.plant != PLANT_UNIQUE_UNSEEN &&
        (event_committed(event->event_id) != NULL || event_in_tx(tx, event->event_id) != NULL))
        return refuse(db, "23505", "event_pkey", line, error);
    tx->events[tx->event_count++] = *event;
    return OK;
}

enum status events_copy(struct db *db, const struct sim_event *events, size_t count,
                        struct error *error)
{
    enum status status = enter(db, "events_copy", error);

    for (size_t i = 0; status == OK && i < count; i++) {
        if (chance(3) == 0)
            seam("row"); /* the rows of two statements mix */
        if (db->backend->ended)
            return connection_lost(db, error);
        status = event_insert(db, &events[i], (int64_t)i + 1, error);
    }
    return status;
}
