/*
 * store.c - the server's side of store.h: backends, their transactions, what is committed.
 */
#include "store.h"

#include "base/clock.h"
#include "model.h"

#include <stdlib.h>

enum { LINGER_MOST_US = 9000 * MS, LATE_MOST_US = 3000 * MS, AWAY_MOST_US = 2000 * MS };

struct sim_store store;

void store_begin(int64_t now_us)
{
    memset(&store, 0, sizeof store);
    store.next_id = 1;
    if (!fault_strikes(FAULT_DAY_MISSING))
        store.days[store.day_count++] = (int32_t)(now_us / US_PER_DAY);
}

bool day_is_made(int32_t day)
{
    for (size_t i = 0; i < store.day_count; i++)
        if (store.days[i] == day)
            return true;
    return false;
}

void key_of(int32_t key_id, unsigned char key[SEAL_KEY_SIZE])
{
    memset(key, 0x40 + key_id, SEAL_KEY_SIZE);
}

/* ---- events ---- */

const struct sim_event *event_committed(int32_t event_id)
{
    for (size_t i = 0; i < store.event_count; i++)
        if (store.events[i].event_id == event_id)
            return &store.events[i];
    return NULL;
}

const struct sim_event *event_in_tx(const struct sim_tx *tx, int32_t event_id)
{
    for (size_t i = 0; i < tx->event_count; i++)
        if (tx->events[i].event_id == event_id)
            return &tx->events[i];
    return NULL;
}

struct backend *backend_with_event(const struct backend *mine, int32_t event_id)
{
    for (struct backend *other = store.backends; other != NULL; other = other->next)
        if (other != mine && !other->ended && other->tx.open &&
            event_in_tx(&other->tx, event_id) != NULL)
            return other;
    return NULL;
}

/* ---- transactions ---- */

static void locks_release(const struct backend *backend)
{
    for (size_t i = 0; i < SIM_PARTITIONS_MAX; i++)
        if (store.positions[i].locked_by == backend)
            store.positions[i].locked_by = NULL;
}

static void tx_forget(struct backend *backend)
{
    locks_release(backend);
    memset(&backend->tx, 0, sizeof backend->tx); /* what it copied dies with the process */
    backend->commit_sent = false;
    backend->waits_for = NULL;
}

void backend_rollback(struct backend *backend)
{
    tx_forget(backend);
}

static void move_apply(const struct position_move *move)
{
    struct position *row = &store.positions[move->partition].row;

    row->next_offset = move->next_offset;
    if (move->watermark_us > row->watermark_us)
        row->watermark_us = move->watermark_us;
    if (move->anchor.offset >= 0)
        row->anchor = move->anchor;
}

static void tx_apply(const struct sim_tx *tx)
{
    assert(store.event_count + tx->event_count <= PRODUCED_MAX);
    assert(store.parked_count + tx->parked_count <= PRODUCED_MAX);
    assert(store.batch_count + tx->batch_count <= COMMITTED_BATCHES_MAX);
    for (size_t i = 0; i < tx->event_count; i++)
        store.events[store.event_count++] = tx->events[i];
    for (size_t i = 0; i < tx->parked_count; i++)
        store.parked[store.parked_count++] = tx->parked[i];
    for (size_t i = 0; i < tx->batch_count; i++)
        store.batches[store.batch_count++] = tx->batches[i];
    for (size_t i = 0; i < tx->move_count; i++)
        move_apply(&tx->moves[i]);
    store.commit_count++;
}

/* (3) */
void backend_commit(struct backend *backend)
{
    assert(backend->tx.open && !backend->tx.failed);
    model_commit(&backend->tx);
    tx_apply(&backend->tx);
    state_reached(STATE_COMMITS, 1);
    state_reached(STATE_PARKED, backend->tx.parked_count);
    if (backend->client_gone)
        state_reached(STATE_COMMITS_OF_THE_DEAD, 1);
    trace("%d committed %lld", backend->worker, (long long)backend->tx.log_id);
    tx_forget(backend);
}

/* ---- backends ---- */

struct backend *backend_start(int worker)
{
    struct backend *backend = calloc(1, sizeof *backend);

    assert(backend != NULL);
    backend->worker = worker;
    backend->end_at_us = INT64_MAX;
    backend->next = store.backends;
    store.backends = backend;
    return backend;
}

void backend_end(struct backend *backend, bool commits)
{
    if (backend->ended)
        return;
    if (commits && backend->tx.open && !backend->tx.failed)
        backend_commit(backend);
    else
        backend_rollback(backend);
    backend->ended = true;
}

/* Whether a COMMIT that was under way comes to its end is open until then. */
static bool commits_at_last(const struct backend *backend)
{
    return backend->commit_sent && chance(2) == 0;
}

void backend_hang_up(struct backend *backend)
{
    backend->client_gone = true;
    if (backend->ended || backend->end_at_us != INT64_MAX)
        return;
    backend->end_commits = commits_at_last(backend);
    if (!backend->tx.open || !fault_strikes(FAULT_ZOMBIE_BACKEND))
        backend_end(backend, backend->end_commits);
    else
        backend->end_at_us =
            world.now_us + chance_us(MS, backend->commit_sent ? LATE_MOST_US : LINGER_MOST_US);
}

void store_turn(void)
{
    for (struct backend *backend = store.backends; backend != NULL; backend = backend->next)
        if (!backend->ended && backend->end_at_us <= world.now_us)
            backend_end(backend, backend->end_commits);
}

int64_t store_next_us(void)
{
    int64_t next_us = INT64_MAX;

    for (struct backend *backend = store.backends; backend != NULL; backend = backend->next)
        if (!backend->ended && backend->end_at_us < next_us)
            next_us = backend->end_at_us;
    return next_us;
}

void store_worker_died(int worker)
{
    for (struct backend *backend = store.backends; backend != NULL; backend = backend->next)
        if (backend->worker == worker && !backend->client_gone)
            backend_hang_up(backend);
}

void store_restart(void)
{
    trace("- database restarts");
    for (struct backend *backend = store.backends; backend != NULL; backend = backend->next)
        backend_end(backend, backend->end_at_us != INT64_MAX ? backend->end_commits
                                                             : commits_at_last(backend));
    store.away_until_us = world.now_us + chance_us(MS, AWAY_MOST_US);
}

void store_heal(void)
{
    store.away_until_us = 0;
    for (struct backend *backend = store.backends; backend != NULL; backend = backend->next)
        if (backend->client_gone)
            backend_end(backend, backend->end_commits);
    store_accept_halts();
}

bool store_accept_halts(void)
{
    bool halted = false;

    for (size_t i = 0; i < SIM_PARTITIONS_MAX; i++) {
        halted = halted || store.positions[i].row.halt_reason[0] != '\0';
        store.positions[i].row.halt_reason[0] = '\0';
    }
    return halted;
}
