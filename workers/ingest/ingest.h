/*
 * ingest.h - payment events become payments, running window totals and journal entries.
 *
 *   decode.c   bytes -> row and COPY tuple, judged against the book       reading thread
 *   judge.c    the gate, windows that closed meanwhile, suspects          lane thread
 *   totals.c   what its rows add up to, per window and pair               lane thread
 *   write.c    payment, event_seen, window_delta, window_cut, journal     lane thread
 *   parties.c  customer_payment: debtor and creditor, sealed              both
 *
 * SUSPECTS. COPY goes straight into the table, so an id that is there already would cost the
 * whole batch. An id seen lately (recent.h), in this batch or an earlier one, makes its row a
 * suspect: only suspects are looked up before the COPY. A duplicate that is older than what
 * recent remembers meets the unique constraint; then the batch is tried again with every row a
 * suspect, and so are the next SUSPECT_ALL_BATCHES batches.
 */
#ifndef SAWA_INGEST_INGEST_H
#define SAWA_INGEST_INGEST_H

#include "book.h"
#include "domain/payment.h"
#include "recent.h"
#include "runtime/worker.h"

enum { SUSPECT_ALL_BATCHES = 4 };

/* Where fields of fixed width lie in a tuple: ids are read there, and what is known late is set
 * there. The order is that of copy_payment_sql (write.c). */
enum {
    TUPLE_EVENT_ID_AT = 2 + 4,
    TUPLE_TRANSFER_ID_AT = TUPLE_EVENT_ID_AT + 16 + 4,
    TUPLE_CONTENT_DIGEST_AT = TUPLE_TRANSFER_ID_AT + 16 + 4,
    TUPLE_BATCH_ID_AT = TUPLE_CONTENT_DIGEST_AT + 16 + 12 + 4,
    TUPLE_WINDOW_ID_AT = TUPLE_BATCH_ID_AT + 8 + 4,
    TUPLE_LATE_AT = TUPLE_WINDOW_ID_AT + 8 + 4,
    TUPLE_LOCK_ID_AT = TUPLE_LATE_AT + 1 + 4, /* where the row has_lock */
};

struct ingest_row {
    int64_t window_id;
    int64_t settlement_minor;
    int64_t volume_minor; /* source currency; below zero: it came back */
    int64_t acceptance_time_us;
    int64_t watermark_us; /* of the partition at this record, itself included */
    uint64_t event_hash;  /* of its ids: who is a stranger to all suspects is known by them */
    uint64_t transfer_hash;
    int32_t event_day;
    int32_t accepted_on; /* UTC day of acceptance_time; another than event_day is rare */
    int32_t corridor_id;
    int32_t owing_id; /* who owes because of this payment, and who is owed */
    int32_t owed_id;
    int32_t owing_account_id;
    int32_t owed_account_id;
    currency settlement_currency;
    const struct fee_schedule *fees; /* that it was charged by */
    uint32_t tuple_at; /* in ingest_extra.tuples */
    uint32_t charge_at; /* in ingest_extra.charges */
    uint32_t customer_at; /* in ingest_extra.customers */
    uint16_t customer_size; /* 0: nobody asks who pays whom */
    uint16_t tuple_size;
    uint8_t charge_count;
    bool late;
    bool suspect;
    bool recorded; /* its transfer stands in transfer_seen */
    bool id_without_day; /* not a UUIDv7: enters event_seen too */
    bool has_lock;
    bool names_parties; /* its corridor version does; only while it is decoded */
};

/* Who owes whom a fee, or the tax on one, because of one payment: see domain/fee.h. Participant 0
 * is ourselves. */
struct ingest_charge {
    int32_t fee_number; /* negative: the tax */
    int32_t debtor_id;
    int32_t creditor_id;
    int32_t debit_account_id;
    int32_t credit_account_id;
    int64_t minor;
};

/* What lanes tell each other: how many batches still look every row up. */
struct ingest_shared {
    int suspect_all_left; /* atomic */
};

enum { INGEST_CROSSED_MAX = 1024 };

/* A window whose cut-off a watermark of this batch may have passed. */
struct ingest_crossed {
    int64_t window_id;
    int64_t cut_off_us;
};

struct ingest_extra {
    size_t crossed_count;
    struct ingest_crossed crossed[INGEST_CROSSED_MAX];
    struct buffer tuples;  /* of table payment, in record order */
    struct buffer charges; /* struct ingest_charge of each row, in record order */
    struct buffer customers; /* personal data of rows that have to say it, in clear */
    struct arena arena;   /* of one attempt to write */
    struct ingest_shared *shared;
    bool suspect_all;
    bool copying_payments; /* an error line speaks of these tuples */
};

struct ingest_state; /* decode.c */

enum status ingest_open(const struct config *config, struct db *db, struct error *error,
                        void **ret_state);
void ingest_close(void *state);
enum status ingest_refresh(void *state, struct db *db, struct error *error);
void ingest_claimed(void *state, const struct position *position);
enum status ingest_decode(void *state, const struct record *record, struct batch *batch,
                          struct batch_part *part, void *row, enum reason *ret_reason,
                          struct error *error);

void *ingest_extra_new(void);
void ingest_extra_clear(void *extra);
void ingest_extra_free(void *extra);

enum status ingest_validate(struct batch *batch, struct db *db, struct error *error);
enum status ingest_apply(struct batch *batch, struct db *db, struct effects *effects,
                         struct error *error);
void ingest_refused(struct batch *batch, enum status status, const struct error *error);
enum status ingest_days(const struct batch *batch, struct db *db, struct error *error);

/* The row of table payment as a COPY tuple; sets tuple_at and tuple_size. */
bool ingest_tuple(struct ingest_extra *extra, const struct payment *payment, int64_t offset,
                  int32_t debtor_agent_id, int32_t creditor_agent_id, struct ingest_row *row);

/* Debtor and creditor of a row that was accepted so far, where its corridor's bank wants them
 * (decode). Anything but REASON_NONE: it does not say them, or not so that a bank can hold them. */
must_use enum reason parties_keep(struct ingest_extra *extra, const struct payment *payment,
                                  struct ingest_row *row);

/* Seals them and stores them, under the batch's key (apply). */
must_use enum status parties_copy(const struct batch *batch, struct db *db, struct effects *effects,
                                  struct error *error);

static inline struct ingest_row *ingest_row(const struct batch *batch, size_t index)
{
    return batch_row(batch, index);
}

static inline const struct ingest_charge *ingest_charges(const struct batch *batch, size_t index)
{
    const struct ingest_extra *extra = batch->extra;
    const struct ingest_row *row = ingest_row(batch, index);
    const struct ingest_charge *all = (const void *)extra->charges.data;

    return row->charge_count == 0 ? NULL : all + row->charge_at;
}

static inline struct arena *ingest_arena(const struct batch *batch)
{
    return &((struct ingest_extra *)batch->extra)->arena;
}

/* An id of a row that decode accepted, at one of the places TUPLE_..._AT. */
static inline const struct uuid *ingest_uuid(const struct batch *batch, size_t index, size_t at)
{
    const struct ingest_extra *extra = batch->extra;

    return (const struct uuid *)(extra->tuples.data + ingest_row(batch, index)->tuple_at + at);
}

static inline const struct uuid *ingest_event_id(const struct batch *batch, size_t index)
{
    return ingest_uuid(batch, index, TUPLE_EVENT_ID_AT);
}

static inline const struct uuid *ingest_transfer_id(const struct batch *batch, size_t index)
{
    return ingest_uuid(batch, index, TUPLE_TRANSFER_ID_AT);
}

static inline const struct uuid *ingest_content(const struct batch *batch, size_t index)
{
    return ingest_uuid(batch, index, TUPLE_CONTENT_DIGEST_AT);
}

#endif
