/*
 * parties.c - debtor and creditor of payments whose bank takes them one by one (pacs.008).
 *
 *   decode   customer_check, then its bytes beside the row   reading thread
 *   apply    sealed, COPY customer_payment                   lane thread, in the transaction
 *
 * (1) Who pays whom is in clear in memory alone, and in no message of ours (I12).
 * (2) A payment that does not say it is parked, never guessed: its corridor version decides, so a
 *     replay decides the same (I9). What goes back (REVERSED, REFUNDED) is no customer's transfer,
 *     and needs no names.
 * (3) A corridor without customers' payments costs one comparison per record.
 */
#include "ingest.h"

#include "codec/event/customer_event.h"
#include "store/copy.h"
#include "store/customer_aad.h"

enum { TUPLES_BYTES_MAX = 256 * 1024 * 1024, TUPLE_FIXED_MAX = 64 };

static const char copy_sql[] =
    "COPY customer_payment (event_day, event_id, window_id, key_id, sealed)"
    " FROM STDIN (FORMAT binary)";

enum reason parties_keep(struct ingest_extra *extra, const struct payment *payment,
                         struct ingest_row *row)
{
    size_t before = extra->customers.size;
    enum reason reason;

    row->customer_size = 0;
    if (!row->names_parties || payment->kind != PAYMENT_COMPLETED) /* (3), (2) */
        return REASON_NONE;
    reason = customer_check(&payment->customer);
    if (reason != REASON_NONE)
        return reason;
    customer_bytes_write(&payment->customer, &extra->customers);
    row->customer_at = (uint32_t)before;
    row->customer_size = (uint16_t)(extra->customers.size - before);
    return REASON_NONE;
}

static void tuple_add(const struct batch *batch, size_t index, struct buffer *tuples)
{
    const struct ingest_extra *extra = batch->extra;
    const struct ingest_row *row = ingest_row(batch, index);
    const struct uuid *event_id = ingest_event_id(batch, index);
    struct text plain = {extra->customers.data + row->customer_at, row->customer_size};
    size_t sealed_size = plain.size + SEAL_OVERHEAD;
    char aad[CUSTOMER_AAD_SIZE];
    char *at = copy_reserve(tuples, TUPLE_FIXED_MAX + sealed_size);

    if (at == NULL)
        return;
    at = copy_tuple(at, 5);
    at = copy_date(at, row->event_day);
    at = copy_uuid(at, event_id);
    at = copy_int64(at, row->window_id);
    at = copy_int32(at, batch->key->key_id);
    at = copy_raw32(at, (uint32_t)sealed_size);
    seal(batch->key->key, customer_aad(event_id, batch->key->key_id, aad), plain,
         (unsigned char *)at);
    copy_finish(tuples, at + sealed_size);
}

enum status parties_copy(const struct batch *batch, struct db *db, struct effects *effects,
                         struct error *error)
{
    const struct ingest_extra *extra = batch->extra;
    struct buffer tuples;
    struct text part;
    int64_t copied = 0;
    enum status status = OK;

    if (extra->customers.size == 0)
        return OK;
    buffer_init(&tuples, TUPLES_BYTES_MAX);
    for (size_t i = 0; i < batch->record_count; i++)
        if (batch_is_ok(batch, i) && ingest_row(batch, i)->customer_size > 0)
            tuple_add(batch, i, &tuples);
    part = buffer_view(&tuples);
    if (buffer_failed(&tuples))
        status = error_set(error, FATAL, "out of memory for sealed parties");
    if (status == OK && part.size > 0) {
        effects_copy(effects, "customer_payment", part);
        status = db_copy(db, copy_sql, &part, 1, error, &copied);
    }
    buffer_done(&tuples);
    return status;
}
