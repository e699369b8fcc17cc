/*
 * decode.c - one record becomes a row and a COPY tuple, or is refused with a reason.
 *
 * The reading thread runs this while the lanes commit, so what costs time is done here: the
 * tuple is ready when the transaction begins, and only batch_id and a changed window are set
 * into it later.
 *
 * (1) The watermark of a partition is the newest acceptance time of its well-formed records, in
 *     offset order, whatever becomes of them afterwards: it depends on the stream alone.
 * (2) What is early is never refused: no open window is RETRY, the record waits.
 */
#include "base/clock.h"
#include "base/log.h"
#include "bus/registry.h"
#include "codec/event_codec.h"
#include "ingest.h"
#include "runtime/stream.h"
#include "store/copy.h"

#include <stdlib.h>

enum { CURSOR_CORRIDORS_MAX = 64, RECENT_SLOTS = 1 << 21, TUPLES_MAX = 128 * 1024 * 1024 };
enum { CHARGES_BYTES_MAX = 128 * 1024 * 1024, CUSTOMERS_BYTES_MAX = 256 * 1024 * 1024 };
enum { TUPLE_FIXED_MAX = 400, ATTEMPT_BLOCK = 256 * 1024, ATTEMPT_MAX = 64 * 1024 * 1024 };

/* The windows of one corridor as one partition walks through them. */
struct cursors {
    int32_t partition;
    uint64_t book_version;
    struct window_cursor corridors[CURSOR_CORRIDORS_MAX];
};

struct ingest_state {
    int32_t source_id; /* of the topic, once a partition is claimed */
    struct registry *registry;
    struct event_codec *codec;
    struct fee_book *fee_book;
    struct book book;
    struct recent *recent_events;
    struct recent *recent_transfers;
    int64_t ahead_max_us;
    int32_t kept_days;
    int32_t today;
    struct cursors *cursors[BATCH_PART_MAX];
    struct cursors *last_cursors; /* records of one partition come in runs */
};

/* ---- life ---- */

static enum status schemas_open(const struct config *config, struct ingest_state *state,
                                struct error *error)
{
    struct schema_source source;
    enum status status = stream_schemas_open(config, error, &state->registry);

    if (status != OK)
        return status;
    source = registry_source(state->registry);
    state->codec = event_codec_new(&source);
    return OK;
}

enum status ingest_open(const struct config *config, struct db *db, struct error *error,
                        void **ret_state)
{
    struct ingest_state *state = calloc(1, sizeof *state);
    enum status status;

    (void)db;
    if (state == NULL)
        return error_set(error, FATAL, "out of memory");
    state->fee_book = fee_book_new();
    book_init(&state->book, state->fee_book);
    state->ahead_max_us = config_int(config, "ingest.ahead_max") * 1000;
    state->kept_days = (int32_t)config_int(config, "ingest.kept_days");
    state->recent_events = recent_new(RECENT_SLOTS);
    state->recent_transfers = recent_new(RECENT_SLOTS);
    status =
        state->recent_events == NULL || state->recent_transfers == NULL || state->fee_book == NULL
            ? error_set(error, FATAL, "out of memory for recent ids and fees")
            : schemas_open(config, state, error);
    if (status != OK) {
        ingest_close(state);
        return status;
    }
    *ret_state = state;
    return OK;
}

void ingest_close(void *argument)
{
    struct ingest_state *state = argument;

    for (size_t i = 0; i < BATCH_PART_MAX; i++)
        free(state->cursors[i]);
    recent_free(state->recent_events);
    recent_free(state->recent_transfers);
    event_codec_free(state->codec);
    registry_free(state->registry);
    book_done(&state->book);
    fee_book_free(state->fee_book);
    free(state);
}

enum status ingest_refresh(void *argument, struct db *db, struct error *error)
{
    struct ingest_state *state = argument;

    state->today = (int32_t)(clock_now_us() / US_PER_DAY);
    return book_refresh(&state->book, db, state->today, error);
}

/* The claim may lie before what the cursors have seen: they begin anew. */
void ingest_claimed(void *argument, const struct position *position)
{
    struct ingest_state *state = argument;

    state->source_id = position->source_id;
    for (size_t i = 0; i < BATCH_PART_MAX; i++)
        if (state->cursors[i] != NULL && state->cursors[i]->partition == position->partition)
            state->cursors[i]->book_version = 0;
}

/* ---- windows ---- */

static void cursors_begin(struct ingest_state *state, struct cursors *cursors)
{
    for (size_t i = 0; i < state->book.corridor_count && i < CURSOR_CORRIDORS_MAX; i++) {
        const struct book_corridor *corridor = &state->book.corridors[i];
        const struct window_view view = {corridor->windows,
                                         book_cuts(&state->book, corridor, state->source_id,
                                                   cursors->partition),
                                         corridor->window_count};

        assert(view.cuts != NULL || view.count == 0);
        window_cursor_begin(&cursors->corridors[i], &view);
    }
    cursors->book_version = state->book.version;
}

static struct cursors *cursors_new(int32_t partition)
{
    struct cursors *cursors = calloc(1, sizeof *cursors);

    if (cursors != NULL)
        cursors->partition = partition;
    return cursors;
}

/* NULL: no room, or no memory. */
static struct cursors *cursors_find(struct ingest_state *state, int32_t partition)
{
    for (size_t i = 0; i < BATCH_PART_MAX; i++) {
        if (state->cursors[i] == NULL)
            return state->cursors[i] = cursors_new(partition);
        if (state->cursors[i]->partition == partition)
            return state->cursors[i];
    }
    return NULL;
}

/* The cursors of a partition; NULL: no room, or no memory. */
static struct cursors *cursors_of(struct ingest_state *state, int32_t partition)
{
    if (state->last_cursors == NULL || state->last_cursors->partition != partition)
        state->last_cursors = cursors_find(state, partition);
    if (state->last_cursors != NULL && state->last_cursors->book_version != state->book.version)
        cursors_begin(state, state->last_cursors);
    return state->last_cursors;
}

static enum status window_missing(const struct book_corridor *corridor, struct error *error)
{
    error_set(error, RETRY, "no window is open for corridor %.*s", TEXT_ARG(corridor->code));
    return error_hint(error, "sawa-settle opens windows ahead: see that it runs");
}

static enum status window_choose(struct ingest_state *state, const struct book_corridor *corridor,
                                 const struct record *record, struct ingest_row *row,
                                 struct error *error)
{
    struct cursors *cursors = cursors_of(state, record->partition);
    size_t number = (size_t)(corridor - state->book.corridors);
    struct window_cursor *cursor;
    size_t index;

    if (cursors == NULL || number >= CURSOR_CORRIDORS_MAX)
        return error_set(error, FATAL, "more partitions or corridors than ingest can hold");
    cursor = &cursors->corridors[number];
    index = window_cursor_at(cursor, row->watermark_us, record->offset);
    if (index == WINDOW_NONE)
        return window_missing(corridor, error); /* (2) */
    row->window_id = corridor->windows[index].window_id;
    row->fees = corridor->fees[index];
    row->names_parties = corridor->names_parties[index];
    row->late = window_cursor_is_late(cursor, row->acceptance_time_us);
    return OK;
}

/* ---- checks ---- */

/* A UUIDv7 carries its day; any other id takes that of the payment. */
static int32_t event_day_of(const struct payment *payment)
{
    if (uuid_version(&payment->event_id) == 7)
        return (int32_t)(uuid_v7_ms(&payment->event_id) / 86400000);
    return (int32_t)(payment->acceptance_time_us / US_PER_DAY);
}

/* The checks that depend on the record alone; after them the watermark moves (1). */
static enum reason record_check(const struct ingest_state *state, const struct payment *payment,
                                const struct record *record, int32_t event_day)
{
    int64_t written_us = record->timestamp_ms < 0 ? clock_now_us() : record->timestamp_ms * 1000;

    if (payment->acceptance_time_us > written_us + state->ahead_max_us)
        return REASON_TIME_OUT_OF_RANGE;
    if (event_day < state->today - state->kept_days || event_day > state->today + 1)
        return REASON_EVENT_DAY_OUT_OF_RANGE;
    return REASON_NONE;
}

static enum reason book_check(const struct payment *payment, const struct book_corridor *corridor,
                              size_t debtor, size_t creditor)
{
    if (corridor == NULL)
        return REASON_CORRIDOR_UNKNOWN;
    if (debtor == SIZE_MAX || creditor == SIZE_MAX)
        return REASON_PARTICIPANT_UNKNOWN;
    if (corridor->accounts[debtor] == 0 || corridor->accounts[creditor] == 0)
        return REASON_PARTICIPANT_UNKNOWN;
    if (payment->settlement_amount.currency != corridor->settlement_currency ||
        payment->instructed_amount.currency != corridor->source_currency)
        return REASON_CURRENCY_NOT_OF_CORRIDOR;
    if (debtor == creditor)
        return REASON_PARTICIPANTS_EQUAL;
    if (payment->settlement_amount.minor > corridor->limit_minor)
        return REASON_ABOVE_LIMIT;
    return corridor->checks_rate
               ? rate_check(payment->instructed_amount, payment->settlement_amount, payment->rate,
                            corridor->rate_rounding)
               : REASON_NONE;
}

static void row_fill(struct ingest_state *state, const struct payment *payment,
                     const struct book_corridor *corridor, size_t debtor, size_t creditor,
                     struct ingest_row *row)
{
    bool forward = payment->kind == PAYMENT_COMPLETED;
    size_t owing = forward ? debtor : creditor;
    size_t owed = forward ? creditor : debtor;

    row->settlement_minor = payment->settlement_amount.minor;
    row->volume_minor =
        forward ? payment->instructed_amount.minor : -payment->instructed_amount.minor;
    row->settlement_currency = payment->settlement_amount.currency;
    row->corridor_id = corridor->corridor_id;
    row->owing_id = state->book.participants[owing].participant_id;
    row->owed_id = state->book.participants[owed].participant_id;
    row->owing_account_id = corridor->accounts[owing];
    row->owed_account_id = corridor->accounts[owed];
    row->id_without_day = uuid_version(&payment->event_id) != 7;
    row->has_lock = payment->has_lock;
}

/* ---- fees ---- */

/* A party of a fee as the tables name it, with the account that keeps what it owes or is owed. */
struct charged {
    int32_t participant_id;
    int32_t account_id;
};

static struct charged charged_of(const struct ingest_state *state, const struct fee_charge *charge,
                                 const struct fee_schedule *fees, enum fee_party party,
                                 const struct book_corridor *corridor, const size_t *agents)
{
    if (party == FEE_OWN)
        return (struct charged){0, fee_own_account(fees, charge->number)};
    return (struct charged){state->book.participants[agents[party]].participant_id,
                            corridor->accounts[agents[party]]};
}

/* agents: by fee_party, index into participants. Anything but REASON_NONE: nothing is charged. */
static enum reason charges_keep(const struct ingest_state *state, const struct payment *payment,
                                const struct book_corridor *corridor, const size_t *agents,
                                struct buffer *kept, struct ingest_row *row)
{
    struct fee_charge charges[FEE_CHARGES_MAX];
    size_t count = 0;
    enum reason reason = fee_charges(row->fees, payment, charges, &count);

    row->charge_at = (uint32_t)(kept->size / sizeof(struct ingest_charge));
    row->charge_count = (uint8_t)count;
    for (size_t i = 0; i < count; i++) {
        const struct fee_charge *charge = &charges[i];
        struct charged debtor =
            charged_of(state, charge, row->fees, charge->debtor, corridor, agents);
        struct charged creditor =
            charged_of(state, charge, row->fees, charge->creditor, corridor, agents);
        struct ingest_charge one = {charge->number,          debtor.participant_id,
                                    creditor.participant_id, debtor.account_id,
                                    creditor.account_id,     charge->minor};

        buffer_append(kept, &one, sizeof one);
    }
    return reason;
}

/* ---- the tuple ---- */

static char *copy_optional_int64(char *at, bool present, int64_t value)
{
    return present ? copy_int64(at, value) : copy_null(at);
}

static char *copy_optional_uuid(char *at, bool present, const struct uuid *value)
{
    return present ? copy_uuid(at, value) : copy_null(at);
}

/* In the order of ingest_copy_payment (write.c). */
static char *tuple_write(char *at, const struct payment *payment, int64_t offset,
                         int32_t debtor_agent_id, int32_t creditor_agent_id,
                         const struct ingest_row *row)
{
    at = copy_tuple(at, 26);
    at = copy_uuid(at, &payment->event_id);
    at = copy_uuid(at, &payment->transfer_id);
    at = copy_uuid(at, &payment->content_digest);
    at = copy_instant(at, payment->acceptance_time_us);
    at = copy_int64(at, 0); /* batch_id: TUPLE_BATCH_ID_AT */
    at = copy_int64(at, row->window_id);
    at = copy_bool(at, row->late);
    at = copy_optional_uuid(at, payment->has_lock, &payment->lock_id);
    at = copy_int64(at, offset);
    at = copy_int64(at, payment->instructed_amount.minor);
    at = copy_int64(at, payment->settlement_amount.minor);
    at = copy_optional_int64(at, payment->has_fee, payment->fee.minor);
    at = copy_optional_int64(at, payment->rate > 0, payment->rate);
    at = copy_date(at, row->event_day);
    at = copy_int32(at, debtor_agent_id);
    at = copy_int32(at, creditor_agent_id);
    at = copy_int32(at, row->corridor_id);
    at = copy_int16(at, (int16_t)payment->kind);
    at = copy_int16(at, (int16_t)payment->channel);
    at = copy_optional_uuid(at, payment->has_uetr, &payment->uetr);
    at = copy_currency(at, payment->instructed_amount.currency);
    at = copy_currency(at, payment->settlement_amount.currency);
    at = payment->has_fee ? copy_currency(at, payment->fee.currency) : copy_null(at);
    at = copy_text(at, payment->transaction_id);
    at = copy_text(at, payment->end_to_end_id);
    return payment->return_id.size > 0 ? copy_text(at, payment->return_id) : copy_null(at);
}

bool ingest_tuple(struct ingest_extra *extra, const struct payment *payment, int64_t offset,
                  int32_t debtor_agent_id, int32_t creditor_agent_id, struct ingest_row *row)
{
    struct buffer *tuples = &extra->tuples;
    size_t size_max = TUPLE_FIXED_MAX + payment->transaction_id.size +
                      payment->end_to_end_id.size + payment->return_id.size;
    char *at = copy_reserve(tuples, size_max);
    const char *end;

    if (at == NULL)
        return false;
    end = tuple_write(at, payment, offset, debtor_agent_id, creditor_agent_id, row);
    assert((size_t)(end - at) <= size_max);
    row->tuple_at = (uint32_t)tuples->size;
    row->tuple_size = (uint16_t)(end - at);
    copy_finish(tuples, end);
    return true;
}

/* ---- the verb ---- */

static void suspect_mark(struct ingest_state *state, struct batch *batch,
                         const struct record *record, struct ingest_row *row)
{
    bool event_seen = recent_add(state->recent_events, row->event_hash);
    bool transfer_seen = recent_add(state->recent_transfers, row->transfer_hash);

    row->suspect = event_seen || transfer_seen || row->accepted_on != row->event_day;
    if (row->suspect)
        batch_keep(batch, record);
}

static enum status payment_take(struct ingest_state *state, const struct payment *payment,
                                const struct record *record, struct batch *batch,
                                struct ingest_row *row, enum reason *ret_reason,
                                struct error *error)
{
    const struct book_corridor *corridor = book_corridor(&state->book, payment->corridor);
    size_t debtor = book_participant(&state->book, payment->debtor_agent);
    size_t creditor = book_participant(&state->book, payment->creditor_agent);
    enum reason reason = book_check(payment, corridor, debtor, creditor);
    struct ingest_extra *extra = batch->extra;
    enum status status;

    if (reason != REASON_NONE) {
        *ret_reason = reason;
        return REJECT;
    }
    row_fill(state, payment, corridor, debtor, creditor, row);
    status = window_choose(state, corridor, record, row, error);
    if (status != OK)
        return status;
    reason = charges_keep(state, payment, corridor, (size_t[]){0, debtor, creditor},
                          &extra->charges, row);
    if (reason == REASON_NONE)
        reason = parties_keep(extra, payment, row);
    if (reason != REASON_NONE) {
        *ret_reason = reason;
        return REJECT;
    }
    suspect_mark(state, batch, record, row);
    if (buffer_failed(&extra->charges) || buffer_failed(&extra->customers) ||
        !ingest_tuple(extra, payment, record->offset,
                      state->book.participants[debtor].participant_id,
                      state->book.participants[creditor].participant_id, row))
        return error_set(error, FATAL, "out of memory for payments");
    return OK;
}

enum status ingest_decode(void *argument, const struct record *record, struct batch *batch,
                          struct batch_part *part, void *row_memory, enum reason *ret_reason,
                          struct error *error)
{
    struct ingest_state *state = argument;
    struct ingest_row *row = row_memory;
    filled_later struct payment payment;
    enum status status = event_codec_payment(state->codec, record, &payment, ret_reason, error);

    row->watermark_us = part->move.watermark_us;
    if (status != OK)
        return status;
    row->event_hash = uuid_hash(&payment.event_id);
    row->transfer_hash = uuid_hash(&payment.transfer_id);
    recent_expect(state->recent_events, row->event_hash);
    recent_expect(state->recent_transfers, row->transfer_hash);
    row->event_day = event_day_of(&payment);
    *ret_reason = record_check(state, &payment, record, row->event_day);
    if (*ret_reason != REASON_NONE)
        return REJECT;
    if (payment.acceptance_time_us > row->watermark_us)
        row->watermark_us = payment.acceptance_time_us; /* (1) */
    row->acceptance_time_us = payment.acceptance_time_us;
    row->accepted_on = (int32_t)(payment.acceptance_time_us / US_PER_DAY);
    status = payment_take(state, &payment, record, batch, row, ret_reason, error);
    if (status == OK || status == REJECT)
        part->move.watermark_us = row->watermark_us;
    return status;
}

/* ---- what a batch carries ---- */

static struct ingest_shared shared;

void *ingest_extra_new(void)
{
    struct ingest_extra *extra = calloc(1, sizeof *extra);

    assert(extra != NULL);
    buffer_init(&extra->tuples, TUPLES_MAX);
    buffer_init(&extra->charges, CHARGES_BYTES_MAX);
    buffer_init(&extra->customers, CUSTOMERS_BYTES_MAX);
    arena_init(&extra->arena, ATTEMPT_BLOCK, ATTEMPT_MAX);
    extra->shared = &shared;
    return extra;
}

void ingest_extra_clear(void *argument)
{
    struct ingest_extra *extra = argument;

    buffer_clear(&extra->tuples);
    buffer_clear(&extra->charges);
    buffer_clear(&extra->customers);
    extra->suspect_all = false;
    extra->copying_payments = false;
}

void ingest_extra_free(void *argument)
{
    struct ingest_extra *extra = argument;

    if (extra == NULL)
        return;
    buffer_done(&extra->tuples);
    buffer_done(&extra->charges);
    buffer_done(&extra->customers);
    arena_done(&extra->arena);
    free(extra);
}
