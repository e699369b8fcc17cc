/*
 * statement_digest.c - identities of a statement and of an entry; see statement.h.
 *
 * Every field is length-prefixed and in a fixed order, so no two contents give the same
 * bytes. The version in front changes whenever the order does: stored digests must not
 * meet new ones by accident.
 */
#include "domain/statement.h"

static const char statement_domain[] = "sawa statement 1";
static const char entry_domain[] = "sawa statement entry 1";

static void add_number(struct sha256 *sha256, int64_t value)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
    sha256_add(sha256, bytes, sizeof bytes);
}

static void add_text(struct sha256 *sha256, struct text text)
{
    add_number(sha256, (int64_t)text.size);
    if (text.size > 0)
        sha256_add(sha256, text.data, text.size);
}

/* Scale 0 and 2 of one amount are the same money, so its exact value counts. */
static void add_amount(struct sha256 *sha256, const struct statement_amount *amount)
{
    __int128 exact = amount->present ? statement_amount_exact(amount) : 0;

    add_number(sha256, amount->present ? amount->currency : 0);
    add_number(sha256, (int64_t)(exact >> 64));
    add_number(sha256, (int64_t)(uint64_t)exact);
}

static void add_account(struct sha256 *sha256, const struct statement_account *account)
{
    add_text(sha256, account->id);
    add_text(sha256, account->servicer_bic);
    add_number(sha256, account->currency);
}

static void add_balance(struct sha256 *sha256, const struct statement_balance *balance)
{
    add_text(sha256, balance->type);
    add_text(sha256, balance->subtype);
    add_amount(sha256, &balance->amount);
    add_number(sha256, balance->date);
}

static void add_code(struct sha256 *sha256, const struct statement_code *code)
{
    add_text(sha256, code->domain);
    add_text(sha256, code->family);
    add_text(sha256, code->subfamily);
    add_text(sha256, code->proprietary);
    add_text(sha256, code->swift_type);
}

static void add_references(struct sha256 *sha256, const struct statement_references *references)
{
    add_text(sha256, references->servicer_reference);
    add_text(sha256, references->customer_reference);
    add_text(sha256, references->entry_reference);
    add_text(sha256, references->message_id);
    add_text(sha256, references->payment_information_id);
    add_text(sha256, references->instruction_id);
    add_text(sha256, references->end_to_end_id);
    add_text(sha256, references->transaction_id);
    add_text(sha256, references->uetr);
    add_text(sha256, references->mandate_id);
    add_text(sha256, references->clearing_reference);
}

static void add_facts(struct sha256 *sha256, const struct statement_facts *facts)
{
    add_code(sha256, &facts->code);
    add_references(sha256, &facts->references);
    add_text(sha256, facts->counterparty.name);
    add_text(sha256, facts->counterparty.account);
    add_text(sha256, facts->counterparty.agent);
    for (const struct statement_text *line = facts->unstructured; line != NULL; line = line->next)
        add_text(sha256, line->text);
    for (const struct statement_remittance *item = facts->structured; item != NULL;
         item = item->next)
        add_text(sha256, item->reference);
    for (const struct statement_charge *charge = facts->charges; charge != NULL;
         charge = charge->next)
        add_amount(sha256, &charge->amount);
    add_text(sha256, facts->return_code);
    add_text(sha256, facts->information);
}

static void add_entry(struct sha256 *sha256, const struct statement_entry *entry)
{
    add_number(sha256, entry->value_date);
    add_number(sha256, entry->booking_date);
    add_amount(sha256, &entry->amount);
    add_number(sha256, entry->status);
    add_number(sha256, entry->reversal);
    add_facts(sha256, &entry->facts);
    add_number(sha256, entry->detail_count);
    for (const struct statement_detail *detail = entry->details; detail != NULL;
         detail = detail->next) {
        add_amount(sha256, &detail->amount);
        add_facts(sha256, &detail->facts);
    }
}

static void add_balances(struct sha256 *sha256, const struct statement *statement)
{
    add_balance(sha256, &statement->opening);
    add_balance(sha256, &statement->closing);
    for (const struct statement_balance *balance = statement->available; balance != NULL;
         balance = balance->next)
        add_balance(sha256, balance);
    for (const struct statement_balance *balance = statement->others; balance != NULL;
         balance = balance->next)
        add_balance(sha256, balance);
}

void statement_digest(const struct statement *statement, struct digest *ret_digest)
{
    struct sha256 *sha256 = sha256_new();

    assert(!statement->exhausted);
    sha256_begin(sha256);
    sha256_add(sha256, statement_domain, sizeof statement_domain);
    add_account(sha256, &statement->account);
    add_balances(sha256, statement);
    add_number(sha256, statement->entry_count);
    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next)
        add_entry(sha256, entry);
    sha256_end(sha256, ret_digest);
    sha256_free(sha256);
}

/* Letters in capitals, runs of blanks and line ends as one blank: banks refold their lines. */
static void add_normalised(struct sha256 *sha256, struct text text)
{
    bool gap = false;

    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        bool blank = byte <= ' ';

        if (!blank && gap)
            sha256_add(sha256, " ", 1);
        gap = blank;
        if (byte >= 'a' && byte <= 'z')
            byte = (unsigned char)(byte - 'a' + 'A');
        if (!blank)
            sha256_add(sha256, &byte, 1);
    }
    sha256_add(sha256, "", 1);
}

void statement_entry_key(const struct statement *statement, const struct statement_entry *entry,
                         struct digest *ret_digest)
{
    struct sha256 *sha256 = sha256_new();

    sha256_begin(sha256);
    sha256_add(sha256, entry_domain, sizeof entry_domain);
    add_account(sha256, &statement->account);
    add_number(sha256, entry->booking_date);
    add_number(sha256, entry->value_date);
    add_amount(sha256, &entry->amount);
    add_code(sha256, &entry->facts.code);
    add_text(sha256, entry->facts.references.servicer_reference);
    for (const struct statement_text *line = entry->facts.unstructured; line != NULL;
         line = line->next)
        add_normalised(sha256, line->text);
    add_normalised(sha256, entry->facts.information);
    sha256_end(sha256, ret_digest);
    sha256_free(sha256);
}
