/*
 * statement_digest.c - identities of a statement and of an entry; see statement.h.
 *
 * Every field is length-prefixed and in a fixed order, so no two contents give the same
 * bytes. The version in front changes whenever the order does: stored digests must not
 * meet new ones by accident. The entries come as a digest of their own, which runs while they
 * are read: they may be gone when account and balances are known.
 *
 * (1) Most texts of an entry are absent, and hashing their lengths would be most of the hashing.
 *     In the digest of entries a text is one byte where it is absent and has one in front where it
 *     is not. An entry's own identity is a key and keeps its form.
 */
#include "domain/statement.h"

#include <endian.h>

static const char statement_domain[] = "sawa statement 3";
static const char entry_domain[] = "sawa statement entry 1";

/* What stands in front of a text, or behind a list (1). */
enum mark { MARK_ABSENT, MARK_TEXT, MARK_LIST_END };

/* Fields gather here on their way into a digest, or a buffer: most are a few bytes long. */
struct fields {
    struct sha256 *sha256;
    struct buffer *buffer; /* where sha256 is NULL */
    bool marked;           /* (1) */
    size_t size;
    unsigned char bytes[1024];
};

static void put(struct fields *fields, const void *bytes, size_t size)
{
    if (fields->sha256 != NULL)
        sha256_add(fields->sha256, bytes, size);
    else
        buffer_append(fields->buffer, bytes, size);
}

static void flush(struct fields *fields)
{
    put(fields, fields->bytes, fields->size);
    fields->size = 0;
}

static void add_bytes(struct fields *fields, const void *bytes, size_t size)
{
    if (size > sizeof fields->bytes - fields->size)
        flush(fields);
    if (size > sizeof fields->bytes) {
        put(fields, bytes, size);
        return;
    }
    memcpy(fields->bytes + fields->size, bytes, size);
    fields->size += size;
}

/* Most of what is added: of a size that is known, without a call. */
static inline void add_number(struct fields *fields, int64_t value)
{
    uint64_t big = htobe64((uint64_t)value);

    if (sizeof big > sizeof fields->bytes - fields->size)
        flush(fields);
    memcpy(fields->bytes + fields->size, &big, sizeof big);
    fields->size += sizeof big;
}

static inline void add_mark(struct fields *fields, enum mark mark)
{
    if (fields->size == sizeof fields->bytes)
        flush(fields);
    fields->bytes[fields->size++] = (unsigned char)mark;
}

static void add_sized(struct fields *fields, struct text text)
{
    add_number(fields, (int64_t)text.size);
    if (text.size > 0)
        add_bytes(fields, text.data, text.size);
}

static inline void add_text(struct fields *fields, struct text text)
{
    if (fields->marked)
        add_mark(fields, text.size > 0 ? MARK_TEXT : MARK_ABSENT);
    if (text.size > 0 || !fields->marked)
        add_sized(fields, text);
}

/* Scale 0 and 2 of one amount are the same money, so its exact value counts. */
static void add_amount(struct fields *fields, const struct statement_amount *amount)
{
    __int128 exact = amount->present ? statement_amount_exact(amount) : 0;

    add_number(fields, amount->present ? amount->currency : 0);
    add_number(fields, (int64_t)(exact >> 64));
    add_number(fields, (int64_t)(uint64_t)exact);
}

static void add_account(struct fields *fields, const struct statement_account *account)
{
    add_text(fields, account->id);
    add_text(fields, account->servicer_bic);
    add_number(fields, account->currency);
}

static void add_balance(struct fields *fields, const struct statement_balance *balance)
{
    add_text(fields, balance->type);
    add_text(fields, balance->subtype);
    add_amount(fields, &balance->amount);
    add_number(fields, balance->date);
}

static void add_code(struct fields *fields, const struct statement_code *code)
{
    add_text(fields, code->domain);
    add_text(fields, code->family);
    add_text(fields, code->subfamily);
    add_text(fields, code->proprietary);
    add_text(fields, code->swift_type);
}

static void add_references(struct fields *fields, const struct statement_references *references)
{
    add_text(fields, references->servicer_reference);
    add_text(fields, references->customer_reference);
    add_text(fields, references->entry_reference);
    add_text(fields, references->message_id);
    add_text(fields, references->payment_information_id);
    add_text(fields, references->instruction_id);
    add_text(fields, references->end_to_end_id);
    add_text(fields, references->transaction_id);
    add_text(fields, references->uetr);
    add_text(fields, references->mandate_id);
    add_text(fields, references->clearing_reference);
}

static void add_facts(struct fields *fields, const struct statement_facts *facts)
{
    add_code(fields, &facts->code);
    add_references(fields, &facts->references);
    add_text(fields, facts->counterparty.name);
    add_text(fields, facts->counterparty.account);
    add_text(fields, facts->counterparty.agent);
    for (const struct statement_text *line = facts->unstructured; line != NULL; line = line->next)
        add_text(fields, line->text);
    add_mark(fields, MARK_LIST_END);
    for (const struct statement_remittance *item = facts->structured; item != NULL;
         item = item->next)
        add_text(fields, item->reference);
    add_mark(fields, MARK_LIST_END);
    for (const struct statement_charge *charge = facts->charges; charge != NULL;
         charge = charge->next)
        add_amount(fields, &charge->amount);
    add_mark(fields, MARK_LIST_END);
    add_text(fields, facts->return_code);
    add_text(fields, facts->information);
}

static void add_entry(struct fields *fields, const struct statement_entry *entry)
{
    add_number(fields, entry->value_date);
    add_number(fields, entry->booking_date);
    add_amount(fields, &entry->amount);
    add_number(fields, entry->status);
    add_number(fields, entry->reversal);
    add_facts(fields, &entry->facts);
    add_number(fields, entry->detail_count);
    for (const struct statement_detail *detail = entry->details; detail != NULL;
         detail = detail->next) {
        add_amount(fields, &detail->amount);
        add_facts(fields, &detail->facts);
    }
}

static void add_balances(struct fields *fields, const struct statement *statement)
{
    add_balance(fields, &statement->opening);
    add_balance(fields, &statement->closing);
    for (const struct statement_balance *balance = statement->available; balance != NULL;
         balance = balance->next)
        add_balance(fields, balance);
    add_mark(fields, MARK_LIST_END);
    for (const struct statement_balance *balance = statement->others; balance != NULL;
         balance = balance->next)
        add_balance(fields, balance);
    add_mark(fields, MARK_LIST_END);
}

void statement_digest_entry(struct statement *statement, const struct statement_entry *entry)
{
    struct fields fields = {.sha256 = statement->entries_digest, .marked = true};

    add_entry(&fields, entry);
    flush(&fields);
}

void statement_digest(const struct statement *statement, struct digest *ret_digest)
{
    struct fields fields = {.sha256 = sha256_new(), .marked = true};
    struct digest entries;

    assert(!statement->exhausted);
    assert(statement->uncounted == NULL);
    sha256_so_far(statement->entries_digest, &entries);
    add_bytes(&fields, statement_domain, sizeof statement_domain);
    add_account(&fields, &statement->account);
    add_balances(&fields, statement);
    add_number(&fields, statement->entry_count);
    add_bytes(&fields, entries.bytes, sizeof entries.bytes);
    flush(&fields);
    sha256_end(fields.sha256, ret_digest);
    sha256_free(fields.sha256);
}

/* Letters in capitals, runs of blanks and line ends as one blank: banks refold their lines. */
static void add_normalised(struct fields *fields, struct text text)
{
    bool gap = false;

    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        bool blank = byte <= ' ';

        if (!blank && gap)
            add_bytes(fields, " ", 1);
        gap = blank;
        if (byte >= 'a' && byte <= 'z')
            byte = (unsigned char)(byte - 'a' + 'A');
        if (!blank)
            add_bytes(fields, &byte, 1);
    }
    add_bytes(fields, "", 1);
}

void statement_entry_identity(const struct statement_entry *entry, struct buffer *out)
{
    struct fields fields = {.buffer = out};

    add_number(&fields, entry->booking_date);
    add_number(&fields, entry->value_date);
    add_amount(&fields, &entry->amount);
    add_code(&fields, &entry->facts.code);
    add_text(&fields, entry->facts.references.servicer_reference);
    for (const struct statement_text *line = entry->facts.unstructured; line != NULL;
         line = line->next)
        add_normalised(&fields, line->text);
    add_normalised(&fields, entry->facts.information);
    flush(&fields);
}

void statement_entry_key(const struct statement *statement, struct text identity,
                         struct digest *ret_digest)
{
    struct fields fields = {.sha256 = sha256_new()};

    add_bytes(&fields, entry_domain, sizeof entry_domain);
    add_account(&fields, &statement->account);
    add_bytes(&fields, identity.data, identity.size);
    flush(&fields);
    sha256_end(fields.sha256, ret_digest);
    sha256_free(fields.sha256);
}
