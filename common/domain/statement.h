/*
 * statement.h - what a bank says about one account: one model for every format.
 *
 *   statement ── account, period, balances, totals
 *       ├── entries (one booking each: the unit of identity)
 *       │      └── details (the payments inside a batch booking: children, never siblings)
 *       └── findings (what is missing, contradictory or only noteworthy)
 *
 * (1) Absent stays absent: a text without bytes, DATE_NONE, amount.present false.
 *     Nothing is filled in from today, from zero or from another field.
 * (2) An amount carries its currency and scale; positive is money in. Sums never
 *     cross currencies.
 * (3) Every text points into the statement's arena and is valid UTF-8; it lives
 *     until statement_clear or statement_done.
 * (4) Once the arena or a list hit its ceiling, exhausted stays true; the reader
 *     asks once and refuses the file. A half-built statement never leaves a reader.
 *
 * (5) A statement can be larger than memory: what its entries come to is kept in sums and in a
 *     running digest, so that an entry may be dropped once it was counted. entry_count counts
 *     all of them; entries lists those that are still here.
 *
 *   statement_init(&statement, text_size_max, findings_max);
 *   ... a reader fills, a sink looks ...
 *   statement_clear(&statement);        keeps the memory for the next one
 *   statement_done(&statement);
 *
 * An entry:   statement_add_entry ─> filled ─> statement_count (statement_check.h) ─> sink
 *                                                             ─> statement_drop_entries
 */
#ifndef SAWA_DOMAIN_STATEMENT_H
#define SAWA_DOMAIN_STATEMENT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/crypto.h"
#include "domain/currency.h"
#include "domain/date.h"
#include "domain/finding.h"

enum statement_format {
    FORMAT_UNKNOWN = 0,
    FORMAT_MT940,
    FORMAT_MT942,
    FORMAT_MT950,
    FORMAT_CAMT_052,
    FORMAT_CAMT_053,
    FORMAT_CAMT_054,
    FORMAT_BAI2,
    FORMAT_CSV,
    FORMAT_OFX,
    FORMAT_MOBILE_MONEY,
    FORMAT_COUNT,
};

enum entry_status { STATUS_BOOK = 0, STATUS_PDNG, STATUS_INFO, STATUS_FUTR, STATUS_OTHER };

/* What a bank may not say at all. */
enum answer { ANSWER_NONE = 0, ANSWER_NO, ANSWER_YES };

/* minor x 10^-scale of currency. scale is the currency's, or more where the bank gave
 * more digits that are not zero (amount_scale). A currency our table does not know has
 * its code and two decimals. */
struct statement_amount {
    int64_t minor;
    currency currency;
    uint8_t scale;
    bool present;
};

enum { STATEMENT_AMOUNT_TEXT_SIZE = 48, STATEMENT_SCALE_MAX = 10 };

/* Balances beside opening and closing: five dates of two kinds in a few currencies are common. */
enum { STATEMENT_BALANCES_MAX = 1000 };

struct statement_text {
    struct text text;
    struct statement_text *next;
};

struct statement_balance {
    struct text type;    /* ISO: OPBD CLBD CLAV OPAV ITAV FWAV ITBD PRCD ..., or the bank's word */
    struct text subtype; /* INTM on pages */
    struct statement_amount amount;
    calendar_date date;
    struct statement_balance *next;
};

struct statement_code {
    struct text domain, family, subfamily;
    struct text proprietary, issuer;
    struct text swift_type;
};

struct statement_references {
    struct text servicer_reference, customer_reference, entry_reference, message_id;
    struct text payment_information_id, instruction_id, end_to_end_id, transaction_id;
    struct text uetr, mandate_id, clearing_reference;
};

/* The party that does not own the account. */
struct statement_party {
    struct text name, account, agent;
};

struct statement_charge {
    struct statement_amount amount; /* positive: raises what comes in, as the bank signed it */
    enum answer included;
    struct text type;
    struct statement_charge *next;
};

struct statement_remittance {
    struct text type, reference, text;
    struct statement_remittance *next;
};

/* What an entry and a detail have in common. */
struct statement_facts {
    struct statement_code code;
    struct statement_references references;
    struct statement_party counterparty;
    struct statement_text *unstructured, *last_unstructured;
    struct statement_remittance *structured, *last_structured;
    struct statement_charge *charges, *last_charge;
    struct statement_amount original; /* in another currency, or before charges */
    struct text exchange_rate;
    struct text return_code, return_text;
    struct text information;
};

struct statement_detail {
    int32_t position; /* 1 is the first */
    struct statement_amount amount;
    struct statement_facts facts;
    struct statement_detail *next;
};

struct statement_entry {
    int32_t position; /* 1 is the first */
    int64_t line;     /* where it begins in the file */
    calendar_date value_date, booking_date;
    struct text booking_time;
    struct statement_amount amount;
    enum entry_status status;
    struct text status_text; /* STATUS_OTHER: the bank's word */
    bool reversal;
    struct statement_facts facts;
    struct statement_detail *details, *last_detail;
    int32_t detail_count;
    struct text raw;
    struct statement_entry *next;
};

struct statement_totals {
    bool present;
    bool has_credit_count, has_debit_count;
    int64_t credit_count, debit_count;
    struct statement_amount credit_amount, debit_amount; /* both without sign */
};

struct statement_account {
    struct text id, scheme, name, servicer_bic, owner_bic;
    currency currency;
};

/* What the entries of one currency and value date come to, exact (statement_amount_exact). */
struct statement_sum {
    currency currency;
    calendar_date value_date; /* DATE_NONE: also of dates past STATEMENT_SUMS_MAX */
    __int128 booked;
    __int128 reversed; /* the part of booked that is marked as reversal */
    __int128 pending;
    __int128 credit, debit; /* of any status */
    int64_t credit_count, debit_count, zero_count;
    int64_t count;
    int32_t first_position; /* of its first entry */
    int64_t first_line;
    struct statement_sum *next;
};

/* Currencies and value dates of one statement. */
enum { STATEMENT_SUMS_MAX = 256 };

struct statement {
    enum statement_format format;
    struct text version, message_id, statement_id, sequence_number;
    int32_t page; /* 0: none */
    enum answer last_page;
    enum answer is_final; /* the end of its day; NONE: the file does not say, its format may */
    struct statement_account account;
    struct text created;
    calendar_date from, to;
    struct statement_balance opening, closing; /* amount.present, or a type, where there is one */
    bool has_opening, has_closing;
    struct statement_balance *available, *others;
    int32_t balance_count; /* in these two lists */
    struct statement_totals totals;
    struct text information;
    struct statement_entry *entries, *last_entry; /* (5) */
    struct statement_entry *uncounted;            /* the first of them that is in no sum yet */
    int32_t entry_count;
    struct statement_sum *sums; /* the one used last in front */
    int32_t sum_count;
    bool dates_merged;             /* more value dates than sums */
    struct sha256 *entries_digest; /* of all that were counted */
    struct finding *findings, *last_finding;
    int32_t finding_count;

    int32_t findings_max;
    bool exhausted; /* (4) */
    bool in_entry;  /* what is allocated belongs to an entry */
    struct arena arena;
    struct arena entry_arena;
};

void statement_init(struct statement *statement, size_t text_size_max, int32_t findings_max);
void statement_done(struct statement *statement); /* NULL is fine */
void statement_clear(struct statement *statement);

const char *statement_format_name(enum statement_format format);
const char *entry_status_name(enum entry_status status);

/* The same, or the bank's own word. */
struct text statement_entry_status(const struct statement_entry *entry);

/* Appends texts, single blanks between them. */
void statement_texts_join(const struct statement_text *texts, struct buffer *out);

/* Zeroed memory with the lifetime of the statement, or of the entry that is being built; NULL and
 * exhausted past the ceiling (4). */
void *statement_alloc(struct statement *statement, size_t size);

/* The same with the lifetime of the statement, whatever is being built. */
void *statement_alloc_lasting(struct statement *statement, size_t size);

/* A copy with that of statement_alloc; no bytes where there were none, or past the ceiling. */
struct text statement_copy(struct statement *statement, struct text text);

/* The two joined by separator; either may be absent. */
struct text statement_join(struct statement *statement, struct text left, const char *separator,
                           struct text right);

/* Memory belongs to an entry from here to statement_end_entry. statement_add_entry begins one, too:
 * this is for readers that copy before they add. */
void statement_begin_entry(struct statement *statement);
void statement_end_entry(struct statement *statement);

/* Forgets the entries and the memory that belongs to them (5). All must have been counted. */
void statement_drop_entries(struct statement *statement);

/* Appends an empty entry, detail, ... in file order. NULL past the ceiling (4). */
struct statement_entry *statement_add_entry(struct statement *statement);
struct statement_detail *statement_add_detail(struct statement *statement,
                                              struct statement_entry *entry);
struct statement_balance *statement_add_balance(struct statement *statement,
                                                struct statement_balance **list,
                                                const struct statement_balance *balance);
struct statement_charge *statement_add_charge(struct statement *statement,
                                              struct statement_facts *facts);
struct statement_remittance *statement_add_structured(struct statement *statement,
                                                      struct statement_facts *facts);
/* An unstructured remittance; nothing where text is empty. */
void statement_add_text(struct statement *statement, struct statement_facts *facts,
                        struct text text);

/* Notes a finding; position 0 and line 0 where it is about the whole statement. */
void statement_find(struct statement *statement, enum finding_code code, int32_t position,
                    int64_t line, const char *format, ...) printf_like(5, 6);

/* Notes what reading a date came to, where that is a finding: digits end with MMDD. */
void statement_find_date(struct statement *statement, enum date_verdict verdict, const char *name,
                         struct text digits, calendar_date read, int32_t position, int64_t line);

/* True when the statement has a finding of severity error: it waits for a person. */
bool statement_is_held(const struct statement *statement);

/* Digits with one decimal mark as minor units of a currency; blanks around, leading zeros, no
 * digit before or after the mark are fine, a sign is not. *ret_excess: more digits than the
 * currency has. False: not an amount, or too large. */
must_use bool statement_amount_parse(struct text text, char decimal_mark, currency which,
                                     struct statement_amount *ret_amount, bool *ret_excess);

/* Minor units of a currency, at its scale. */
struct statement_amount statement_amount_of(int64_t minor, currency which);

/* "-350000.00", terminated. Returns the length. */
size_t statement_amount_format(const struct statement_amount *amount,
                               char text[STATEMENT_AMOUNT_TEXT_SIZE]);

/* minor at STATEMENT_SCALE_MAX, so that amounts of any scale add up. */
__int128 statement_amount_exact(const struct statement_amount *amount);

/* A sum of these with two decimals, or as many as it needs, terminated: for findings. */
enum { STATEMENT_EXACT_TEXT_SIZE = 64 };
void statement_exact_format(__int128 exact, char text[STATEMENT_EXACT_TEXT_SIZE]);

/* Three capital letters as a currency, whether our table knows it or not. */
must_use bool statement_currency_parse(struct text code, currency *ret_currency);

/* Adds an entry to the running digest of entries: once each, in their order. */
void statement_digest_entry(struct statement *statement, const struct statement_entry *entry);

/* Identity of the content: account, balances and entries without raw text. Equal digests are
 * the same statement sent twice (duplicate_statement). All entries must have been counted. */
void statement_digest(const struct statement *statement, struct digest *ret_digest);

/* Identity of one booking: what it says by itself, appended to out while the entry is here, and the
 * account, which may be known at the end of the statement only. Keys may repeat: two equal payments
 * on one day are two payments, so the store counts them. */
void statement_entry_identity(const struct statement_entry *entry, struct buffer *out);
void statement_entry_key(const struct statement *statement, struct text identity,
                         struct digest *ret_digest);

#endif
