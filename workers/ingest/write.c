/*
 * write.c - the effects of what was accepted, set by set.
 *
 *   payment, event_seen     COPY of the tuples that decode made
 *   customer_payment        who pays whom, sealed, where a bank wants to know: parties.c
 *   window_delta            one row per window: pairs as arrays
 *   window_cut              where a watermark passed a cut-off
 *   journal_entry           one entry per pair of accounts: debit who owes, credit who is owed
 */
#include "base/clock.h"
#include "ingest.h"
#include "ingest_sql.h"
#include "store/batch_store.h"
#include "store/copy.h"
#include "totals.h"

#include <stdlib.h>

enum { WRITE_BYTES_MAX = 64 * 1024 * 1024, WRITE_PARAMS_MAX = 32 * 1024 * 1024 };
enum { DAYS_MAX = 512, PAYMENT_DIGEST_SIZE = 16 + 8 + 1, RUN_ROWS_MAX = 64 };

static const char copy_payment_sql[] =
    "COPY payment (event_id, transfer_id, content_digest, acceptance_time, batch_id, window_id,"
    " late, lock_id, record_offset, instructed_minor, settlement_minor, fee_minor, rate_e10,"
    " event_day, debtor_agent_id, creditor_agent_id, corridor_id, kind, channel, uetr,"
    " instructed_currency, settlement_currency, fee_currency, transaction_id, end_to_end_id,"
    " return_id) FROM STDIN (FORMAT binary)";

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

/* What the audit leaf keeps of a payment: the digest of its content and what was decided on it,
 * its window and whether it came late. */
static char *payment_digest(char *at, const char *tuple)
{
    memcpy(at, tuple + TUPLE_CONTENT_DIGEST_AT, sizeof(struct uuid));
    memcpy(at + sizeof(struct uuid), tuple + TUPLE_WINDOW_ID_AT, 8);
    at[PAYMENT_DIGEST_SIZE - 1] = tuple[TUPLE_LATE_AT];
    return at + PAYMENT_DIGEST_SIZE;
}

/* Tuples that lie side by side go out as one run, soon after they were completed. */
struct payment_run {
    struct db *db;
    struct effects *effects;
    struct text tuples;
    size_t count; /* of rows in the run */
    char digests[RUN_ROWS_MAX * PAYMENT_DIGEST_SIZE];
};

static void run_flush(struct payment_run *run)
{
    db_copy_put(run->db, run->tuples);
    effects_copy_add(run->effects, (struct text){run->digests, run->count * PAYMENT_DIGEST_SIZE});
    run->tuples.size = 0;
    run->count = 0;
}

static void run_add(struct payment_run *run, const char *tuple, size_t size)
{
    if (run->count == RUN_ROWS_MAX || run->tuples.data + run->tuples.size != tuple)
        run_flush(run);
    if (run->count == 0)
        run->tuples.data = tuple;
    run->tuples.size += size;
    payment_digest(run->digests + run->count++ * PAYMENT_DIGEST_SIZE, tuple);
}

static void payments_put(const struct batch *batch, struct db *db, struct effects *effects)
{
    const struct ingest_extra *extra = batch->extra;
    struct payment_run run = {.db = db, .effects = effects, .tuples = {extra->tuples.data, 0}};

    for (size_t i = 0; i < batch->record_count; i++) {
        const struct ingest_row *row = ingest_row(batch, i);

        if (!batch_is_ok(batch, i))
            continue;
        tuple_complete(batch, row, i);
        run_add(&run, extra->tuples.data + row->tuple_at, row->tuple_size);
    }
    run_flush(&run);
}

static enum status payments_copy(const struct batch *batch, struct db *db,
                                 const struct totals *totals, struct effects *effects,
                                 struct error *error)
{
    struct ingest_extra *extra = batch->extra;
    int64_t copied = 0;
    enum status status;

    if (totals->payment_count == 0)
        return OK;
    extra->copying_payments = true;
    status = db_copy_begin(db, copy_payment_sql, error);
    if (status != OK)
        return status;
    effects_copy_begin(effects, "payment", totals->payment_count * PAYMENT_DIGEST_SIZE);
    payments_put(batch, db, effects);
    status = db_copy_end(db, error, &copied);
    if (status != OK)
        return status;
    extra->copying_payments = false;
    assert((size_t)copied == totals->payment_count);
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

/* Mostly there is nothing to put in either: then no row is looked at. */
static enum status seen_copy(const struct batch *batch, struct db *db, const struct totals *totals,
                             struct error *error)
{
    enum status status = OK;

    if (totals->any_id_without_day)
        status =
            ids_copy(batch, db, "COPY event_seen (event_id, event_day) FROM STDIN (FORMAT binary)",
                     event_seen_tuple, error);
    if (status == OK && totals->any_on_another_day)
        status = ids_copy(batch, db,
                          "COPY transfer_seen (transfer_id, event_day, accepted_on)"
                          " FROM STDIN (FORMAT binary)",
                          transfer_seen_tuple, error);
    return status;
}

/* ---- window deltas ---- */

struct window_sums {
    int32_t payments;
    int32_t late;
    int64_t gross_minor;
    __int128 volume_minor;
};

static size_t window_end(const struct totals *totals, size_t first)
{
    const struct pair *pairs = totals->pairs;
    size_t last = first;

    while (last < totals->pair_count && pairs[last].window_id == pairs[first].window_id)
        last++;
    return last;
}

static bool sums_make(const struct pair *pairs, size_t count, struct window_sums *sums)
{
    *sums = (struct window_sums){0};
    for (size_t i = 0; i < count; i++) {
        sums->payments += pairs[i].count;
        sums->late += pairs[i].late;
        sums->volume_minor += pairs[i].volume_minor;
        if (__builtin_add_overflow(sums->gross_minor, pairs[i].minor, &sums->gross_minor))
            return false;
    }
    return true;
}

/* A sum of 64-bit numbers as decimal text, for numeric columns; terminated. */
enum { SUM_TEXT_SIZE = 41 };

static struct text sum_format(__int128 sum, char text[SUM_TEXT_SIZE])
{
    unsigned __int128 rest = sum < 0 ? -(unsigned __int128)sum : (unsigned __int128)sum;
    char *at = text + SUM_TEXT_SIZE - 1;

    *at = '\0';
    do
        *--at = (char)('0' + (int)(rest % 10));
    while ((rest /= 10) > 0);
    if (sum < 0)
        *--at = '-';
    return text_of(at);
}

/* The locks that payments of this window name, in order: four columns. */
static enum status lock_columns(struct params *params, const struct totals *totals,
                                int64_t window_id, struct arena *arena, struct error *error)
{
    size_t max = totals->lock_count + 1;
    struct uuid *ids = arena_bytes(arena, max * sizeof *ids);
    struct text *volumes = arena_bytes(arena, max * sizeof *volumes);
    int64_t *times = arena_bytes(arena, 2 * max * sizeof *times);
    char(*texts)[SUM_TEXT_SIZE] = arena_bytes(arena, max * sizeof *texts);
    size_t count = 0;

    if (ids == NULL || volumes == NULL || times == NULL || texts == NULL)
        return error_set(error, FATAL, "out of memory for totals");
    for (size_t i = 0; i < totals->lock_count; i++) {
        const struct window_lock *lock = &totals->locks[i];

        if (lock->window_id != window_id)
            continue;
        ids[count] = lock->lock_id;
        volumes[count] = sum_format(lock->volume_minor, texts[count]);
        times[count] = lock->first_us;
        times[max + count++] = lock->last_us;
    }
    params_uuid_array(params, ids, count);
    params_text_array(params, volumes, count);
    params_instant_array(params, times, count);
    params_instant_array(params, times + max, count);
    return OK;
}

/* Pairs of payments stand before those of fees. */
static size_t payments_end(const struct pair *pairs, size_t count)
{
    size_t last = 0;

    while (last < count && pairs[last].fee_number == 0)
        last++;
    return last;
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

static enum status delta_insert(const struct batch *batch, struct db *db,
                                const struct totals *totals, size_t first, size_t count,
                                struct params *params, struct error *error)
{
    struct arena *arena = ingest_arena(batch);
    const struct pair *pairs = &totals->pairs[first];
    int32_t *narrow = arena_alloc(arena, count * sizeof *narrow);
    int64_t *wide = arena_alloc(arena, count * sizeof *wide);
    size_t payments = payments_end(pairs, count);
    char volume[SUM_TEXT_SIZE];
    struct window_sums sums;
    enum status status;

    if (narrow == NULL || wide == NULL)
        return error_set(error, FATAL, "out of memory for totals");
    if (!sums_make(pairs, payments, &sums))
        return error_set(error, FATAL, "a window total does not fit 64 bits"); /* I11 */
    params_clear(params);
    params_int64(params, pairs[0].window_id);
    params_int64(params, batch->commit_id);
    params_int32(params, sums.payments);
    params_int32(params, sums.late);
    params_int64(params, sums.gross_minor);
    params_text(params, sum_format(sums.volume_minor, volume));
    pair_columns(params, pairs, payments, narrow, wide);
    status = lock_columns(params, totals, pairs[0].window_id, arena, error);
    if (status != OK)
        return status;
    for (size_t i = payments; i < count; i++)
        narrow[i - payments] = pairs[i].fee_number;
    params_int32_array(params, narrow, count - payments);
    pair_columns(params, pairs + payments, count - payments, narrow, wide);
    return db_run(db, ingest_sql_window_delta_insert, params, error, NULL);
}

static enum status deltas_insert(const struct batch *batch, struct db *db,
                                 const struct totals *totals, struct error *error)
{
    struct params params;
    enum status status = OK;

    params_init(&params, WRITE_PARAMS_MAX);
    for (size_t first = 0, last; status == OK && first < totals->pair_count; first = last) {
        last = window_end(totals, first);
        status = delta_insert(batch, db, totals, first, last - first, &params, error);
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

static enum status cuts_insert(const struct batch *batch, struct db *db, struct error *error)
{
    const struct ingest_extra *extra = batch->extra;
    struct arena *arena = ingest_arena(batch);
    size_t max = extra->crossed_count * batch->part_count;
    int64_t *windows = arena_alloc(arena, (max + 1) * sizeof *windows);
    int32_t *partitions = arena_alloc(arena, (max + 1) * sizeof *partitions);
    int64_t *offsets = arena_alloc(arena, (max + 1) * sizeof *offsets);
    struct params params;
    size_t count = 0;

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
    return db_run_once(db, ingest_sql_window_cut_insert, &params, error, NULL);
}

/* ---- journal ---- */

enum purpose { PURPOSE_PAYMENT, PURPOSE_FEE, PURPOSE_TAX };
static const char *const purpose_names[] = {[PURPOSE_FEE] = "FEE", [PURPOSE_TAX] = "TAX"};

static enum purpose purpose_of(const struct pair *pair)
{
    if (pair->fee_number == 0)
        return PURPOSE_PAYMENT;
    return pair->fee_number < 0 ? PURPOSE_TAX : PURPOSE_FEE;
}

static int account_order(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;

    if (a->debit_account_id != b->debit_account_id)
        return a->debit_account_id < b->debit_account_id ? -1 : 1;
    if (a->credit_account_id != b->credit_account_id)
        return a->credit_account_id < b->credit_account_id ? -1 : 1;
    return (int)purpose_of(a) - (int)purpose_of(b);
}

static void entry_tuple(struct buffer *tuples, int64_t commit_id, int32_t line,
                        const struct pair *pair, int32_t booking_date)
{
    enum purpose purpose = purpose_of(pair);
    char *at = copy_reserve(tuples, 128);

    if (at == NULL)
        return;
    at = copy_tuple(at, 8);
    at = copy_int64(at, commit_id);
    at = copy_int32(at, line);
    at = copy_int32(at, pair->debit_account_id);
    at = copy_int32(at, pair->credit_account_id);
    at = copy_int64(at, pair->minor);
    at = copy_currency(at, pair->currency);
    at = copy_date(at, booking_date);
    at = purpose == PURPOSE_PAYMENT ? copy_null(at)
                                    : copy_text(at, text_of(purpose_names[purpose]));
    copy_finish(tuples, at);
}

/* One entry per pair of accounts and purpose in this commit: pairs of different windows join. */
static bool entries_make(const struct totals *totals, int64_t commit_id, struct buffer *tuples)
{
    struct pair *pairs = totals->pairs;
    int32_t today = (int32_t)(clock_now_us() / US_PER_DAY);
    int32_t line = 0;
    size_t next;

    qsort(pairs, totals->pair_count, sizeof *pairs, account_order);
    for (size_t i = 0; i < totals->pair_count; i = next) {
        struct pair sum = pairs[i];

        for (next = i + 1; next < totals->pair_count && account_order(&pairs[i], &pairs[next]) == 0;
             next++)
            if (__builtin_add_overflow(sum.minor, pairs[next].minor, &sum.minor))
                return false; /* I11 */
        entry_tuple(tuples, commit_id, ++line, &sum, today);
    }
    return !buffer_failed(tuples);
}

static enum status journal_copy(const struct batch *batch, struct db *db,
                                const struct totals *totals, struct effects *effects,
                                struct error *error)
{
    struct buffer tuples;
    struct text part;
    int64_t copied = 0;
    enum status status = OK;

    buffer_init(&tuples, WRITE_BYTES_MAX);
    if (!entries_make(totals, batch->commit_id, &tuples))
        status = error_set(error, FATAL, "a journal entry does not fit 64 bits");
    part = buffer_view(&tuples);
    effects_copy(effects, "journal_entry", part);
    if (status == OK && part.size > 0)
        status = db_copy(db, "COPY journal_entry (commit_id, line, debit_account_id,"
                             " credit_account_id, amount_minor, currency, booking_date, purpose)"
                             " FROM STDIN (FORMAT binary)",
                         &part, 1, error, &copied);
    buffer_done(&tuples);
    return status;
}

/* ---- the verbs ---- */

enum status ingest_apply(struct batch *batch, struct db *db, struct effects *effects,
                         struct error *error)
{
    struct totals totals;
    enum status status;

    arena_reset(ingest_arena(batch));
    status = totals_collect(batch, ingest_arena(batch), &totals, error);
    if (status == OK)
        status = payments_copy(batch, db, &totals, effects, error);
    if (status == OK)
        status = parties_copy(batch, db, effects, error);
    if (status == OK)
        status = seen_copy(batch, db, &totals, error);
    if (status == OK)
        status = deltas_insert(batch, db, &totals, error);
    if (status == OK)
        status = cuts_insert(batch, db, error);
    if (status == OK)
        status = journal_copy(batch, db, &totals, effects, error); /* puts pairs in another order */
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
