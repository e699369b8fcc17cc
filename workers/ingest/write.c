/*
 * write.c - the effects of what was accepted, set by set.
 *
 *   payment, event_seen     COPY of the tuples that decode made
 *   window_delta            one row per window: pairs as arrays
 *   window_cut              where a watermark passed a cut-off
 *   journal_entry           one entry per pair of accounts: debit who owes, credit who is owed
 */
#include "base/arena.h"
#include "base/clock.h"
#include "ingest.h"
#include "ingest_sql.h"
#include "store/batch_store.h"
#include "store/copy.h"

#include <stdlib.h>

enum { WRITE_ARENA_BLOCK = 1024 * 1024, WRITE_BYTES_MAX = 64 * 1024 * 1024 };
enum { WRITE_PARAMS_MAX = 32 * 1024 * 1024 };
enum { DAYS_MAX = 512, PAYMENT_DIGEST_SIZE = 16 + 8 + 1 };

static const char copy_payment_sql[] =
    "COPY payment (event_id, transfer_id, content_digest, acceptance_time, batch_id, window_id,"
    " late, lock_id, record_offset, instructed_minor, settlement_minor, fee_minor, rate_e10,"
    " event_day, debtor_agent_id, creditor_agent_id, corridor_id, kind, channel, uetr,"
    " instructed_currency, settlement_currency, fee_currency, transaction_id, end_to_end_id)"
    " FROM STDIN (FORMAT binary)";

/* ---- payments ---- */

static void tuple_complete(const struct batch *batch, const struct ingest_row *row, size_t index)
{
    struct ingest_extra *extra = batch->extra;
    char *tuple = extra->tuples.data + row->tuple_at;
    uint64_t batch_id =
        htobe64((uint64_t)batch->parts[batch->records[index].part].batch_id);
    uint64_t window_id = htobe64((uint64_t)row->window_id);

    memcpy(tuple + TUPLE_BATCH_ID_AT, &batch_id, sizeof batch_id);
    memcpy(tuple + TUPLE_WINDOW_ID_AT, &window_id, sizeof window_id);
    tuple[TUPLE_LATE_AT] = row->late ? 1 : 0;
}

/* Runs of tuples that lie side by side become one part each. */
static size_t tuple_parts(const struct batch *batch, struct text *parts, int64_t *ret_rows)
{
    const struct ingest_extra *extra = batch->extra;
    size_t count = 0;
    int64_t rows = 0;

    for (size_t i = 0; i < batch->record_count; i++) {
        const struct ingest_row *row = ingest_row(batch, i);
        const char *tuple = extra->tuples.data + row->tuple_at;

        if (!batch_is_ok(batch, i))
            continue;
        tuple_complete(batch, row, i);
        rows++;
        if (count > 0 && parts[count - 1].data + parts[count - 1].size == tuple)
            parts[count - 1].size += row->tuple_size;
        else
            parts[count++] = (struct text){tuple, row->tuple_size};
    }
    *ret_rows = rows;
    return count;
}

/* What the audit leaf keeps of the payments: per row, in record order, the digest of its content
 * and what was decided on it, its window and whether it came late. */
static enum status payments_digest(const struct batch *batch, struct effects *effects,
                                   struct arena *arena, size_t count, struct error *error)
{
    char *bytes = arena_bytes(arena, count * PAYMENT_DIGEST_SIZE);
    char *at = bytes;

    if (bytes == NULL)
        return error_set(error, FATAL, "out of memory for payments");
    for (size_t i = 0; i < batch->record_count; i++) {
        if (!batch_is_ok(batch, i))
            continue;
        memcpy(at, ingest_content(batch, i), sizeof(struct uuid));
        memcpy(at + sizeof(struct uuid), ingest_uuid(batch, i, TUPLE_WINDOW_ID_AT), 8);
        at[PAYMENT_DIGEST_SIZE - 1] = ingest_row(batch, i)->late ? 1 : 0;
        at += PAYMENT_DIGEST_SIZE;
    }
    assert(at == bytes + count * PAYMENT_DIGEST_SIZE);
    effects_copy(effects, "payment", (struct text){bytes, count * PAYMENT_DIGEST_SIZE});
    return OK;
}

static enum status payments_copy(struct batch *batch, struct db *db, struct effects *effects,
                                 struct arena *arena, struct error *error)
{
    struct ingest_extra *extra = batch->extra;
    struct text *parts = arena_alloc(arena, (batch->record_count + 1) * sizeof *parts);
    int64_t expected = 0;
    int64_t copied = 0;
    size_t count;
    enum status status;

    if (parts == NULL)
        return error_set(error, FATAL, "out of memory for payments");
    count = tuple_parts(batch, parts, &expected);
    if (expected == 0)
        return OK;
    status = payments_digest(batch, effects, arena, (size_t)expected, error);
    if (status != OK)
        return status;
    extra->copying_payments = true;
    status = db_copy(db, copy_payment_sql, parts, count, error, &copied);
    if (status != OK)
        return status;
    extra->copying_payments = false;
    assert(copied == expected);
    return OK;
}

/* A row of a small table of ids, or nothing where the payment has no place in it. */
typedef char *id_tuple(char *at, const struct batch *batch, size_t index);

static char *event_seen_tuple(char *at, const struct batch *batch, size_t index)
{
    const struct ingest_row *row = ingest_row(batch, index);

    if (!row->id_without_day)
        return at;
    return copy_date(copy_uuid(copy_tuple(at, 2), ingest_event_id(batch, index)), row->event_day);
}

static char *transfer_seen_tuple(char *at, const struct batch *batch, size_t index)
{
    const struct ingest_row *row = ingest_row(batch, index);

    if (row->accepted_on == row->event_day)
        return at;
    at = copy_uuid(copy_tuple(at, 3), ingest_transfer_id(batch, index));
    return copy_date(copy_date(at, row->event_day), row->accepted_on);
}

static enum status ids_copy(const struct batch *batch, struct db *db, const char *sql,
                            id_tuple *tuple, struct error *error)
{
    struct buffer tuples;
    struct text part;
    int64_t copied = 0;
    enum status status = OK;

    buffer_init(&tuples, WRITE_BYTES_MAX);
    for (size_t i = 0; i < batch->record_count; i++) {
        char *at = batch_is_ok(batch, i) ? copy_reserve(&tuples, 64) : NULL;

        if (at != NULL)
            copy_finish(&tuples, tuple(at, batch, i));
    }
    part = buffer_view(&tuples);
    if (buffer_failed(&tuples))
        status = error_set(error, FATAL, "out of memory for ids");
    else if (part.size > 0)
        status = db_copy(db, sql, &part, 1, error, &copied);
    buffer_done(&tuples);
    return status;
}

static enum status seen_copy(const struct batch *batch, struct db *db, struct error *error)
{
    enum status status =
        ids_copy(batch, db, "COPY event_seen (event_id, event_day) FROM STDIN (FORMAT binary)",
                 event_seen_tuple, error);

    if (status != OK)
        return status;
    return ids_copy(batch, db,
                    "COPY transfer_seen (transfer_id, event_day, accepted_on)"
                    " FROM STDIN (FORMAT binary)",
                    transfer_seen_tuple, error);
}

/* ---- totals per pair ---- */

/* What one pair of participants adds to one window. */
struct pair {
    int64_t window_id;
    int32_t debtor_id;
    int32_t creditor_id;
    int32_t debit_account_id;
    int32_t credit_account_id;
    currency currency;
    int32_t count;
    int64_t minor;
};

struct pairs {
    size_t count;
    struct pair *list;
    size_t mask;
    uint32_t *slots; /* index + 1 */
};

static size_t pair_hash(int64_t window_id, int32_t debtor_id, int32_t creditor_id)
{
    uint64_t hash = (uint64_t)window_id * UINT64_C(0x9E3779B97F4A7C15);

    hash ^= ((uint64_t)(uint32_t)debtor_id << 32 | (uint32_t)creditor_id) *
            UINT64_C(0xBF58476D1CE4E5B9);
    return (size_t)(hash ^ hash >> 31);
}

static bool pairs_make(struct pairs *pairs, size_t max, struct arena *arena)
{
    size_t slots = 64;

    while (slots < 2 * max)
        slots *= 2;
    pairs->count = 0;
    pairs->mask = slots - 1;
    pairs->list = arena_alloc(arena, (max + 1) * sizeof *pairs->list);
    pairs->slots = arena_alloc(arena, slots * sizeof *pairs->slots);
    return pairs->list != NULL && pairs->slots != NULL;
}

static struct pair *pair_find(struct pairs *pairs, const struct ingest_row *row)
{
    size_t at = pair_hash(row->window_id, row->owing_id, row->owed_id) & pairs->mask;

    for (; pairs->slots[at] != 0; at = (at + 1) & pairs->mask) {
        struct pair *pair = &pairs->list[pairs->slots[at] - 1];

        if (pair->window_id == row->window_id && pair->debtor_id == row->owing_id &&
            pair->creditor_id == row->owed_id)
            return pair;
    }
    pairs->slots[at] = (uint32_t)++pairs->count;
    pairs->list[pairs->count - 1] = (struct pair){.window_id = row->window_id,
                                                  .debtor_id = row->owing_id,
                                                  .creditor_id = row->owed_id,
                                                  .debit_account_id = row->owing_account_id,
                                                  .credit_account_id = row->owed_account_id,
                                                  .currency = row->settlement_currency};
    return &pairs->list[pairs->count - 1];
}

static int pair_order(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;

    if (a->window_id != b->window_id)
        return a->window_id < b->window_id ? -1 : 1;
    if (a->debtor_id != b->debtor_id)
        return a->debtor_id < b->debtor_id ? -1 : 1;
    return (a->creditor_id > b->creditor_id) - (a->creditor_id < b->creditor_id);
}

static enum status pairs_collect(const struct batch *batch, struct arena *arena,
                                 struct pairs *pairs, struct error *error)
{
    if (!pairs_make(pairs, batch->record_count, arena))
        return error_set(error, FATAL, "out of memory for totals");
    for (size_t i = 0; i < batch->record_count; i++) {
        const struct ingest_row *row = ingest_row(batch, i);
        struct pair *pair;

        if (!batch_is_ok(batch, i))
            continue;
        pair = pair_find(pairs, row);
        pair->count++;
        if (__builtin_add_overflow(pair->minor, row->settlement_minor, &pair->minor)) /* I11 */
            return error_set(error, FATAL, "a window total does not fit 64 bits");
    }
    qsort(pairs->list, pairs->count, sizeof *pairs->list, pair_order);
    return OK;
}

/* ---- window deltas ---- */

struct window_sums {
    int32_t payments;
    int32_t late;
    int64_t gross_minor;
};

static size_t window_end(const struct pairs *pairs, size_t first)
{
    size_t last = first;

    while (last < pairs->count && pairs->list[last].window_id == pairs->list[first].window_id)
        last++;
    return last;
}

static int32_t late_count(const struct batch *batch, int64_t window_id)
{
    int32_t count = 0;

    for (size_t i = 0; i < batch->record_count; i++) {
        const struct ingest_row *row = ingest_row(batch, i);

        if (batch_is_ok(batch, i) && row->late && row->window_id == window_id)
            count++;
    }
    return count;
}

static bool sums_make(const struct batch *batch, const struct pair *pairs, size_t count,
                      struct window_sums *sums)
{
    *sums = (struct window_sums){.late = late_count(batch, pairs[0].window_id)};
    for (size_t i = 0; i < count; i++) {
        sums->payments += pairs[i].count;
        if (__builtin_add_overflow(sums->gross_minor, pairs[i].minor, &sums->gross_minor))
            return false;
    }
    return true;
}

static int uuid_order(const void *left, const void *right)
{
    return uuid_compare(left, right);
}

static size_t lock_count(const struct batch *batch, int64_t window_id)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->record_count; i++) {
        const struct ingest_row *row = ingest_row(batch, i);

        count += batch_is_ok(batch, i) && row->has_lock && row->window_id == window_id ? 1 : 0;
    }
    return count;
}

/* The distinct locks that payments of this window name, in order. */
static size_t locks_collect(const struct batch *batch, int64_t window_id, struct uuid *locks)
{
    size_t count = 0;
    size_t distinct = 0;

    for (size_t i = 0; i < batch->record_count; i++) {
        const struct ingest_row *row = ingest_row(batch, i);

        if (batch_is_ok(batch, i) && row->has_lock && row->window_id == window_id)
            locks[count++] = *ingest_uuid(batch, i, TUPLE_LOCK_ID_AT);
    }
    qsort(locks, count, sizeof *locks, uuid_order);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || uuid_compare(&locks[i], &locks[distinct - 1]) != 0)
            locks[distinct++] = locks[i];
    return distinct;
}

static void pair_columns(struct params *params, const struct pair *pairs, size_t count,
                         int32_t *narrow, int64_t *wide)
{
    for (size_t i = 0; i < count; i++)
        narrow[i] = pairs[i].debtor_id;
    params_int32_array(params, narrow, count);
    for (size_t i = 0; i < count; i++)
        narrow[i] = pairs[i].creditor_id;
    params_int32_array(params, narrow, count);
    for (size_t i = 0; i < count; i++)
        narrow[i] = pairs[i].count;
    params_int32_array(params, narrow, count);
    for (size_t i = 0; i < count; i++)
        wide[i] = pairs[i].minor;
    params_int64_array(params, wide, count);
}

static enum status delta_insert(const struct batch *batch, struct db *db, const struct pair *pairs,
                                size_t count, struct arena *arena, struct params *params,
                                struct error *error)
{
    int32_t *narrow = arena_alloc(arena, count * sizeof *narrow);
    int64_t *wide = arena_alloc(arena, count * sizeof *wide);
    struct uuid *locks = arena_bytes(arena, (lock_count(batch, pairs[0].window_id) + 1) *
                                                sizeof *locks);
    struct window_sums sums;

    if (narrow == NULL || wide == NULL || locks == NULL)
        return error_set(error, FATAL, "out of memory for totals");
    if (!sums_make(batch, pairs, count, &sums))
        return error_set(error, FATAL, "a window total does not fit 64 bits"); /* I11 */
    params_clear(params);
    params_int64(params, pairs[0].window_id);
    params_int64(params, batch->commit_id);
    params_int32(params, sums.payments);
    params_int32(params, sums.late);
    params_int64(params, sums.gross_minor);
    pair_columns(params, pairs, count, narrow, wide);
    params_uuid_array(params, locks, locks_collect(batch, pairs[0].window_id, locks));
    return db_run(db, ingest_sql_window_delta_insert, params, error, NULL);
}

static enum status deltas_insert(const struct batch *batch, struct db *db,
                                 const struct pairs *pairs, struct arena *arena,
                                 struct error *error)
{
    struct params params;
    enum status status = OK;

    params_init(&params, WRITE_PARAMS_MAX);
    for (size_t first = 0, last; status == OK && first < pairs->count; first = last) {
        last = window_end(pairs, first);
        status = delta_insert(batch, db, &pairs->list[first], last - first, arena, &params, error);
    }
    params_done(&params);
    return status;
}

/* ---- cuts ---- */

/* The first offset of a part whose watermark reached the cut-off; -1: none in this batch. */
static int64_t cut_find(const struct batch *batch, size_t part, int64_t cut_off_us)
{
    if (batch->parts[part].watermark_before_us >= cut_off_us ||
        batch->parts[part].move.watermark_us < cut_off_us)
        return -1;
    for (size_t i = 0; i < batch->record_count; i++)
        if (batch->records[i].part == part && ingest_row(batch, i)->watermark_us >= cut_off_us)
            return batch->records[i].offset;
    return -1;
}

static enum status cuts_insert(const struct batch *batch, struct db *db, struct arena *arena,
                               struct error *error)
{
    const struct ingest_extra *extra = batch->extra;
    size_t max = extra->crossed_count * batch->part_count;
    int64_t *windows = arena_alloc(arena, (max + 1) * sizeof *windows);
    int32_t *partitions = arena_alloc(arena, (max + 1) * sizeof *partitions);
    int64_t *offsets = arena_alloc(arena, (max + 1) * sizeof *offsets);
    struct params params;
    size_t count = 0;
    enum status status;

    if (windows == NULL || partitions == NULL || offsets == NULL)
        return error_set(error, FATAL, "out of memory for cuts");
    for (size_t i = 0; i < max; i++) {
        const struct ingest_crossed *crossed = &extra->crossed[i / batch->part_count];
        size_t part = i % batch->part_count;
        int64_t offset = batch->parts[part].dropped ? -1
                                                    : cut_find(batch, part, crossed->cut_off_us);

        if (offset < 0)
            continue;
        windows[count] = crossed->window_id;
        partitions[count] = batch->parts[part].move.partition;
        offsets[count++] = offset;
    }
    if (count == 0)
        return OK;
    params_init(&params, WRITE_PARAMS_MAX);
    params_int32(&params, batch->source_id);
    params_int64_array(&params, windows, count);
    params_int32_array(&params, partitions, count);
    params_int64_array(&params, offsets, count);
    status = db_run(db, ingest_sql_window_cut_insert, &params, error, NULL);
    params_done(&params);
    return status;
}

/* ---- journal ---- */

static int account_order(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;

    if (a->debit_account_id != b->debit_account_id)
        return a->debit_account_id < b->debit_account_id ? -1 : 1;
    return (a->credit_account_id > b->credit_account_id) -
           (a->credit_account_id < b->credit_account_id);
}

static void entry_tuple(struct buffer *tuples, int64_t commit_id, int32_t line,
                        const struct pair *pair, int32_t booking_date)
{
    char *at = copy_reserve(tuples, 128);

    if (at == NULL)
        return;
    at = copy_tuple(at, 7);
    at = copy_int64(at, commit_id);
    at = copy_int32(at, line);
    at = copy_int32(at, pair->debit_account_id);
    at = copy_int32(at, pair->credit_account_id);
    at = copy_int64(at, pair->minor);
    at = copy_currency(at, pair->currency);
    at = copy_date(at, booking_date);
    copy_finish(tuples, at);
}

/* One entry per pair of accounts in this commit: pairs of different windows join. */
static bool entries_make(const struct pairs *pairs, int64_t commit_id, struct buffer *tuples)
{
    int32_t today = (int32_t)(clock_now_us() / US_PER_DAY);
    int32_t line = 0;
    size_t next;

    qsort(pairs->list, pairs->count, sizeof *pairs->list, account_order);
    for (size_t i = 0; i < pairs->count; i = next) {
        struct pair sum = pairs->list[i];

        for (next = i + 1; next < pairs->count &&
                           account_order(&pairs->list[i], &pairs->list[next]) == 0;
             next++)
            if (__builtin_add_overflow(sum.minor, pairs->list[next].minor, &sum.minor))
                return false; /* I11 */
        entry_tuple(tuples, commit_id, ++line, &sum, today);
    }
    return !buffer_failed(tuples);
}

static enum status journal_copy(const struct batch *batch, struct db *db,
                                const struct pairs *pairs, struct effects *effects,
                                struct error *error)
{
    struct buffer tuples;
    struct text part;
    int64_t copied = 0;
    enum status status = OK;

    buffer_init(&tuples, WRITE_BYTES_MAX);
    if (!entries_make(pairs, batch->commit_id, &tuples))
        status = error_set(error, FATAL, "a journal entry does not fit 64 bits");
    part = buffer_view(&tuples);
    effects_copy(effects, "journal_entry", part);
    if (status == OK && part.size > 0)
        status = db_copy(db, "COPY journal_entry (commit_id, line, debit_account_id,"
                             " credit_account_id, amount_minor, currency, booking_date)"
                             " FROM STDIN (FORMAT binary)",
                         &part, 1, error, &copied);
    buffer_done(&tuples);
    return status;
}

/* ---- the verbs ---- */

static enum status write_all(struct batch *batch, struct db *db, struct effects *effects,
                             struct arena *arena, struct error *error)
{
    struct pairs pairs;
    enum status status = pairs_collect(batch, arena, &pairs, error);

    if (status == OK)
        status = payments_copy(batch, db, effects, arena, error);
    if (status == OK)
        status = seen_copy(batch, db, error);
    if (status == OK)
        status = deltas_insert(batch, db, &pairs, arena, error);
    if (status == OK)
        status = cuts_insert(batch, db, arena, error);
    if (status == OK)
        status = journal_copy(batch, db, &pairs, effects, error);
    return status;
}

enum status ingest_apply(struct batch *batch, struct db *db, struct effects *effects,
                         struct error *error)
{
    struct arena arena; /* of this attempt: what it took goes back to the system */
    enum status status;

    arena_init(&arena, WRITE_ARENA_BLOCK, WRITE_BYTES_MAX);
    status = write_all(batch, db, effects, &arena, error);
    arena_done(&arena);
    return status;
}

enum status ingest_days(const struct batch *batch, struct db *db, struct error *error)
{
    int32_t made[DAYS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < batch->record_count; i++) {
        int32_t day = ingest_row(batch, i)->event_day;
        bool known = batch->records[i].decoded != OK;
        enum status status;

        for (size_t j = 0; j < count && !known; j++)
            known = made[j] == day;
        if (known)
            continue;
        status = day_ensure(db, "payment", day, error);
        if (status != OK)
            return status;
        if (count == DAYS_MAX)
            return error_set(error, FATAL, "one batch spans more than %d days", DAYS_MAX);
        made[count++] = day;
    }
    return OK;
}
