/*
 * entry_spool.c - see entry_spool.h.
 */
#include "entry_spool.h"

#include "domain/transaction_kind.h"
#include "store/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ENTRY_SIZE_MAX = 4 * 1024 * 1024, /* identity or remittance of one entry */
    ENTRY_KEPT = 64 * 1024,           /* of these buffers, between two entries */
    REMITTANCE_SIZE_MAX = 1024,
    TEXT_COUNT = 11, /* of a tuple */
    FIELDS_SIZE_MAX = TEXT_COUNT * (COPY_FIELD_OVERHEAD + REMITTANCE_SIZE_MAX),
    COLUMN_COUNT = 25,
    COLUMN_BYTES = 16 + 4 + 8 + 4 + SHA256_SIZE + 4 + 8 + 3 + 3 * 4 + 3 * 1, /* without the texts */
    TUPLE_FIXED_SIZE = 2 + (COLUMN_COUNT - TEXT_COUNT) * COPY_FIELD_OVERHEAD + COLUMN_BYTES,
    TUPLES_PUT = 256 * 1024,
};

/* What is written down of one entry, in front of its identity and its texts as COPY fields. */
struct head {
    int64_t amount_minor;
    int32_t position;
    calendar_date value_date, booking_date;
    uint32_t identity_size, fields_size;
    bool reversal, returned;
};

static enum status spool_failed(struct error *error)
{
    error_set(error, FATAL, "could not write down the entries of a statement");
    error->exit_code = EXIT_FAILED;
    error_hint(error, "is there room where temporary files go?");
    return error_detail(error, "%s", strerror(errno));
}

enum status entry_spool_open(struct entry_spool *spool, struct error *error)
{
    *spool = (struct entry_spool){.spool = tmpfile(), .keys = tmpfile()};
    buffer_init(&spool->identity, ENTRY_SIZE_MAX);
    buffer_init(&spool->fields, FIELDS_SIZE_MAX);
    buffer_init(&spool->remittance, ENTRY_SIZE_MAX);
    buffer_init(&spool->tuples, (size_t)TUPLES_PUT + FIELDS_SIZE_MAX + TUPLE_FIXED_SIZE);
    repeats_init(&spool->repeats);
    if (spool->spool != NULL && spool->keys != NULL)
        return OK;
    entry_spool_close(spool);
    return spool_failed(error);
}

void entry_spool_close(struct entry_spool *spool)
{
    if (spool->spool != NULL)
        fclose(spool->spool);
    if (spool->keys != NULL)
        fclose(spool->keys);
    buffer_done(&spool->identity);
    buffer_done(&spool->fields);
    buffer_done(&spool->remittance);
    buffer_done(&spool->tuples);
    repeats_done(&spool->repeats);
    *spool = (struct entry_spool){.spool = NULL};
}

/* What lies in the files behind their beginning is written over, and never read. */
void entry_spool_clear(struct entry_spool *spool)
{
    rewind(spool->spool);
    rewind(spool->keys);
    repeats_clear(&spool->repeats);
    spool->count = 0;
    spool->tuple_size = 0;
    spool->misfits = false;
    spool->currency = CURRENCY_NONE;
}

/* ---- in ---- */

static struct text text_or_empty(struct text text)
{
    return text.data == NULL ? TEXT("") : text;
}

/* What the bank wrote about it, one text with single blanks between the parts. */
static void remittance_join(const struct statement_facts *facts, struct buffer *out)
{
    buffer_clear(out);
    statement_texts_join(facts->unstructured, out);
    for (const struct statement_remittance *one = facts->structured; one != NULL; one = one->next) {
        if (out->size > 0)
            buffer_byte(out, ' ');
        buffer_text(out, one->reference.size > 0 ? one->reference : one->text);
    }
    if (out->size == 0)
        buffer_text(out, facts->information);
}

static char *copy_cut(char *at, struct text text)
{
    return copy_text(at, text_or_empty(text_cut(text, REMITTANCE_SIZE_MAX)));
}

/* What the booking is, and why money came back: our words beside the bank's. */
static char *copy_kind(char *at, const struct statement_facts *facts, struct buffer *code)
{
    bool has_reason = facts->return_code.size > 0;

    buffer_clear(code);
    transaction_code_raw(&facts->code, code);
    at = copy_cut(at, buffer_view(code));
    at = copy_text(at, text_of(transaction_kind_name(transaction_meaning_of(&facts->code).kind)));
    at = copy_cut(at, facts->return_code);
    return copy_text(at,
                     text_of(has_reason ? return_reason_name(return_reason_of(facts->return_code))
                                        : ""));
}

static void fields_make(struct entry_spool *spool, const struct statement_facts *facts)
{
    const struct statement_references *references = &facts->references;
    char *at = copy_reserve(&spool->fields, FIELDS_SIZE_MAX);

    assert(at != NULL);
    remittance_join(facts, &spool->remittance);
    at = copy_cut(at, references->end_to_end_id);
    at = copy_cut(at, references->instruction_id);
    at = copy_cut(at, references->transaction_id);
    at = copy_cut(at, references->uetr);
    at = copy_cut(at, references->customer_reference);
    at = copy_cut(at, references->servicer_reference);
    at = copy_cut(at, buffer_view(&spool->remittance));
    at = copy_kind(at, facts, &spool->remittance);
    copy_finish(&spool->fields, at);
}

static void currency_note(struct entry_spool *spool, const struct statement_amount *amount)
{
    if (!amount->present || amount->currency == CURRENCY_NONE ||
        amount->scale != currency_scale(amount->currency)) {
        spool->misfits = true;
        return;
    }
    spool->misfits =
        spool->misfits || (spool->currency != CURRENCY_NONE && spool->currency != amount->currency);
    spool->currency = amount->currency;
}

static bool file_put(FILE *file, const void *bytes, size_t size)
{
    return fwrite(bytes, 1, size, file) == size;
}

static enum status spool_put(struct entry_spool *spool, const struct statement_entry *entry,
                             struct error *error)
{
    struct head head = {.amount_minor = entry->amount.minor,
                        .position = entry->position,
                        .value_date = entry->value_date,
                        .booking_date = entry->booking_date,
                        .identity_size = (uint32_t)spool->identity.size,
                        .fields_size = (uint32_t)spool->fields.size,
                        .reversal = entry->reversal,
                        .returned = transaction_is_return(&entry->facts)};

    if (!file_put(spool->spool, &head, sizeof head) ||
        !file_put(spool->spool, spool->identity.data, spool->identity.size) ||
        !file_put(spool->spool, spool->fields.data, spool->fields.size))
        return spool_failed(error);
    spool->count++;
    spool->tuple_size += TUPLE_FIXED_SIZE + (int64_t)spool->fields.size;
    if (spool->tuple_size >= UINT32_MAX) /* an audit leaf tells it in 32 bits */
        return error_set(error, FATAL, "the entries of a statement pass 4 GiB");
    return OK;
}

enum status entry_spool_add(struct entry_spool *spool, const struct statement_entry *entry,
                            struct error *error)
{
    if (entry->status != STATUS_BOOK)
        return OK;
    currency_note(spool, &entry->amount);
    if (entry->amount.minor == 0)
        return OK; /* (1) */
    buffer_clear(&spool->identity);
    buffer_trim(&spool->identity, ENTRY_KEPT);
    buffer_clear(&spool->remittance);
    buffer_trim(&spool->remittance, ENTRY_KEPT);
    buffer_clear(&spool->fields);
    statement_entry_identity(entry, &spool->identity);
    fields_make(spool, &entry->facts);
    if (buffer_failed(&spool->identity) || buffer_failed(&spool->remittance))
        return error_set(error, FATAL, "an entry is larger than %d bytes", ENTRY_SIZE_MAX);
    return spool_put(spool, entry, error);
}

/* ---- between ---- */

static bool file_get(FILE *file, void *bytes, size_t size)
{
    return fread(bytes, 1, size, file) == size;
}

/* size bytes of the spool, at out, which begins anew. */
static bool spool_get(struct entry_spool *spool, size_t size, struct buffer *out)
{
    char *at;

    buffer_clear(out);
    at = buffer_reserve(out, size);
    if (at == NULL || !file_get(spool->spool, at, size))
        return false;
    buffer_commit(out, size);
    return true;
}

static bool head_get(struct entry_spool *spool, struct head *ret_head)
{
    return file_get(spool->spool, ret_head, sizeof *ret_head) &&
           spool_get(spool, ret_head->identity_size, &spool->identity) &&
           spool_get(spool, ret_head->fields_size, &spool->fields);
}

enum status entry_spool_end(struct entry_spool *spool, const struct statement *statement,
                            struct error *error)
{
    rewind(spool->spool);
    for (int32_t i = 0; i < spool->count; i++) {
        struct head head;
        struct digest key;

        if (!head_get(spool, &head))
            return spool_failed(error);
        statement_entry_key(statement, buffer_view(&spool->identity), &key);
        repeats_see(&spool->repeats, &key);
        if (!file_put(spool->keys, key.bytes, SHA256_SIZE))
            return spool_failed(error);
    }
    return OK;
}

bool entry_spool_fits(const struct entry_spool *spool, const struct statement *statement)
{
    return !spool->misfits &&
           (spool->currency == CURRENCY_NONE || spool->currency == statement->account.currency);
}

/* ---- out ---- */

static calendar_date first_date(calendar_date first, calendar_date second)
{
    return first != DATE_NONE ? first : second;
}

/* The same booking has the same id in every database. */
static struct uuid entry_id_of(int32_t account_id, const struct digest *key, int32_t occurrence)
{
    char hex[2 * SHA256_SIZE + 1];
    char name[2 * SHA256_SIZE + 64];

    digest_format(key, hex);
    snprintf(name, sizeof name, "entry/%d/%s/%d", account_id, hex, occurrence);
    return uuid_of_name(text_of(name));
}

static void tuple_make(struct entry_spool *spool, const struct head *head, const struct digest *key,
                       const struct entry_end *end)
{
    int32_t occurrence = repeats_next(&spool->repeats, key); /* (2) */
    struct uuid entry_id = entry_id_of(end->account_id, key, occurrence);
    calendar_date booked =
        first_date(first_date(head->booking_date, head->value_date), end->closing_date);
    char *begin = copy_reserve(&spool->tuples, TUPLE_FIXED_SIZE + spool->fields.size);
    char *at = begin;

    assert(at != NULL); /* what is there is put before it passes TUPLES_PUT */
    at = copy_tuple(at, COLUMN_COUNT);
    at = copy_uuid(at, &entry_id);
    at = copy_int32(at, end->account_id);
    at = copy_int64(at, end->statement_id);
    at = copy_int32(at, head->position);
    at = copy_bytes(at, key->bytes, SHA256_SIZE);
    at = copy_int32(at, occurrence);
    at = copy_int64(at, head->amount_minor);
    at = copy_text(at, text_of(end->currency));
    at = copy_date(at, first_date(head->value_date, booked));
    at = copy_date(at, booked);
    at = copy_date(at, end->closing_date);
    at = copy_bool(at, head->reversal);
    at = copy_bool(at, head->returned);
    memcpy(at, spool->fields.data, spool->fields.size);
    at = copy_bool(at + spool->fields.size, true);
    assert((size_t)(at - begin) == TUPLE_FIXED_SIZE + spool->fields.size);
    copy_finish(&spool->tuples, at);
}

static void tuples_put(struct entry_spool *spool, struct db *db, struct effects *effects)
{
    struct text tuples = buffer_view(&spool->tuples);

    if (tuples.size == 0)
        return;
    if (effects != NULL)
        effects_copy_add(effects, tuples);
    db_copy_put(db, tuples);
    buffer_clear(&spool->tuples);
}

/* False: what was written down could not be read back. */
static bool spool_send(struct entry_spool *spool, struct db *db, const struct entry_end *end,
                       struct effects *effects)
{
    rewind(spool->spool);
    rewind(spool->keys);
    repeats_begin(&spool->repeats);
    buffer_clear(&spool->tuples);
    for (int32_t i = 0; i < spool->count; i++) {
        struct head head;
        struct digest key;

        if (!head_get(spool, &head) || !file_get(spool->keys, key.bytes, SHA256_SIZE))
            return false;
        tuple_make(spool, &head, &key, end);
        if (spool->tuples.size >= TUPLES_PUT)
            tuples_put(spool, db, effects);
    }
    tuples_put(spool, db, effects);
    return true;
}

enum status entry_spool_copy(struct entry_spool *spool, struct db *db, const char *sql,
                             const struct entry_end *end, struct effects *effects,
                             struct error *error, int64_t *ret_rows)
{
    enum status status;
    bool sent;

    assert(strlen(end->currency) == CURRENCY_CODE_SIZE - 1);
    status = db_copy_begin(db, sql, error);
    if (status != OK)
        return status;
    if (effects != NULL)
        effects_copy_begin(effects, "statement_entry", (size_t)spool->tuple_size);
    sent = spool_send(spool, db, end, effects);
    status = db_copy_end(db, error, ret_rows);
    return sent || status != OK ? status : spool_failed(error);
}
