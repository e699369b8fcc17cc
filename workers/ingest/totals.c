/*
 * totals.c - see totals.h. The numbers in brackets are its invariants.
 */
#include "totals.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 4096 };

/* Pairs by hash while they are collected: slots hold index + 1, at most half of them. */
struct pair_table {
    struct totals *totals;
    struct arena *arena;
    size_t slot_count;
    uint32_t *slots;
};

static bool pair_is(const struct pair *pair, const struct pair *wanted)
{
    return pair->window_id == wanted->window_id && pair->debtor_id == wanted->debtor_id &&
           pair->creditor_id == wanted->creditor_id && pair->fee_number == wanted->fee_number;
}

static size_t pair_hash(const struct pair *pair)
{
    uint64_t hash = (uint64_t)pair->window_id * UINT64_C(0x9E3779B97F4A7C15);

    hash ^= ((uint64_t)(uint32_t)pair->debtor_id << 32 | (uint32_t)pair->creditor_id) *
            UINT64_C(0xBF58476D1CE4E5B9);
    hash += (uint64_t)(uint32_t)pair->fee_number * UINT64_C(0x94D049BB133111EB);
    return (size_t)(hash ^ hash >> 31);
}

/* The slot of a pair, or the free one where it would stand. */
static size_t slot_of(const struct pair_table *table, const struct pair *wanted)
{
    size_t mask = table->slot_count - 1;
    size_t at = pair_hash(wanted) & mask;

    while (table->slots[at] != 0 && !pair_is(&table->totals->pairs[table->slots[at] - 1], wanted))
        at = (at + 1) & mask;
    return at;
}

static void pair_enter(struct pair_table *table, size_t index)
{
    table->slots[slot_of(table, &table->totals->pairs[index])] = (uint32_t)index + 1;
}

/* Twice the room, in new memory of the arena. False: the arena is full. */
static bool table_grow(struct pair_table *table)
{
    struct totals *totals = table->totals;
    size_t slot_count = table->slot_count == 0 ? SLOTS_FIRST : 2 * table->slot_count;
    struct pair *pairs = arena_bytes(table->arena, slot_count / 2 * sizeof *pairs);
    uint32_t *slots = arena_alloc(table->arena, slot_count * sizeof *slots);

    if (pairs == NULL || slots == NULL)
        return false;
    if (totals->pair_count > 0)
        memcpy(pairs, totals->pairs, totals->pair_count * sizeof *pairs);
    totals->pairs = pairs;
    table->slot_count = slot_count;
    table->slots = slots;
    for (size_t i = 0; i < totals->pair_count; i++)
        pair_enter(table, i);
    return true;
}

/* NULL: the arena is full. */
static struct pair *pair_add(struct pair_table *table, const struct pair *wanted)
{
    struct totals *totals = table->totals;

    if (totals->pair_count == table->slot_count / 2 && !table_grow(table))
        return NULL;
    totals->pairs[totals->pair_count] = *wanted;
    pair_enter(table, totals->pair_count);
    return &totals->pairs[totals->pair_count++];
}

/* one: a pair with what it adds. */
static enum status pair_sum(struct pair_table *table, const struct pair *one, struct error *error)
{
    size_t slot = slot_of(table, one);
    struct pair *pair;

    if (table->slots[slot] == 0) {
        pair = pair_add(table, one);
        return pair == NULL ? error_set(error, FATAL, "out of memory for totals") : OK;
    }
    pair = &table->totals->pairs[table->slots[slot] - 1];
    pair->count += one->count;
    pair->late += one->late;
    pair->volume_minor += one->volume_minor; /* of 2^32 payments at most: below 2^127 */
    if (__builtin_add_overflow(pair->minor, one->minor, &pair->minor)) /* (2) */
        return error_set(error, FATAL, "a window total does not fit 64 bits");
    return OK;
}

static enum status charges_add(struct pair_table *table, const struct ingest_row *row,
                               const struct ingest_charge *charges, struct error *error)
{
    enum status status = OK;

    for (size_t i = 0; status == OK && i < row->charge_count; i++) {
        struct pair one = {.window_id = row->window_id,
                           .fee_number = charges[i].fee_number,
                           .debtor_id = charges[i].debtor_id,
                           .creditor_id = charges[i].creditor_id,
                           .debit_account_id = charges[i].debit_account_id,
                           .credit_account_id = charges[i].credit_account_id,
                           .currency = row->settlement_currency,
                           .count = 1,
                           .minor = charges[i].minor};

        status = pair_sum(table, &one, error);
    }
    return status;
}

static enum status row_add(struct pair_table *table, const struct ingest_row *row,
                           const struct ingest_charge *charges, struct error *error)
{
    struct pair one = {.window_id = row->window_id,
                       .debtor_id = row->owing_id,
                       .creditor_id = row->owed_id,
                       .debit_account_id = row->owing_account_id,
                       .credit_account_id = row->owed_account_id,
                       .currency = row->settlement_currency,
                       .count = 1,
                       .late = row->late ? 1 : 0,
                       .minor = row->settlement_minor,
                       .volume_minor = row->volume_minor};
    enum status status = pair_sum(table, &one, error);

    return status == OK ? charges_add(table, row, charges, error) : status;
}

static void lock_add(const struct batch *batch, size_t index, struct totals *totals)
{
    const struct ingest_row *row = ingest_row(batch, index);
    struct window_lock lock = {.window_id = row->window_id,
                               .lock_id = *ingest_uuid(batch, index, TUPLE_LOCK_ID_AT),
                               .volume_minor = row->volume_minor,
                               .first_us = row->acceptance_time_us,
                               .last_us = row->acceptance_time_us};

    totals->locks[totals->lock_count++] = lock;
}

static int pair_order(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;

    if (a->window_id != b->window_id)
        return a->window_id < b->window_id ? -1 : 1;
    if ((a->fee_number == 0) != (b->fee_number == 0))
        return a->fee_number == 0 ? -1 : 1;
    if (a->fee_number != b->fee_number)
        return a->fee_number < b->fee_number ? -1 : 1;
    if (a->debtor_id != b->debtor_id)
        return a->debtor_id < b->debtor_id ? -1 : 1;
    return (a->creditor_id > b->creditor_id) - (a->creditor_id < b->creditor_id);
}

static int lock_order(const void *left, const void *right)
{
    const struct window_lock *a = left;
    const struct window_lock *b = right;

    if (a->window_id != b->window_id)
        return a->window_id < b->window_id ? -1 : 1;
    return uuid_compare(&a->lock_id, &b->lock_id);
}

static void lock_join(struct window_lock *lock, const struct window_lock *other)
{
    lock->volume_minor += other->volume_minor;
    if (other->first_us < lock->first_us)
        lock->first_us = other->first_us;
    if (other->last_us > lock->last_us)
        lock->last_us = other->last_us;
}

static void locks_settle(struct totals *totals)
{
    struct window_lock *locks = totals->locks;
    size_t distinct = 0;

    if (totals->lock_count > 0)
        qsort(locks, totals->lock_count, sizeof *locks, lock_order);
    for (size_t i = 0; i < totals->lock_count; i++) {
        if (i > 0 && lock_order(&locks[i], &locks[distinct - 1]) == 0)
            lock_join(&locks[distinct - 1], &locks[i]);
        else
            locks[distinct++] = locks[i];
    }
    totals->lock_count = distinct;
}

static enum status rows_add(const struct batch *batch, struct pair_table *table,
                            struct error *error)
{
    struct totals *totals = table->totals;
    enum status status = OK;

    for (size_t i = 0; status == OK && i < batch->record_count; i++) {
        const struct ingest_row *row = ingest_row(batch, i);

        if (!batch_is_ok(batch, i))
            continue;
        totals->payment_count++;
        totals->any_id_without_day |= row->id_without_day;
        totals->any_on_another_day |= row->accepted_on != row->event_day;
        if (row->has_lock)
            lock_add(batch, i, totals);
        status = row_add(table, row, ingest_charges(batch, i), error);
    }
    return status;
}

enum status totals_collect(const struct batch *batch, struct arena *arena,
                           struct totals *ret_totals, struct error *error)
{
    struct totals totals = {0};
    struct pair_table table = {.totals = &totals, .arena = arena};
    enum status status;

    totals.locks = arena_bytes(arena, (batch->record_count + 1) * sizeof *totals.locks);
    if (totals.locks == NULL || !table_grow(&table))
        return error_set(error, FATAL, "out of memory for totals");
    status = rows_add(batch, &table, error);
    if (status != OK)
        return status;
    qsort(totals.pairs, totals.pair_count, sizeof *totals.pairs, pair_order);
    locks_settle(&totals);
    *ret_totals = totals;
    return OK;
}
