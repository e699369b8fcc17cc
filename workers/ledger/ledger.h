/*
 * ledger.h - the books as finance reads them, and the periods that close them.
 *
 *   arguments.c   the options of all verbs in one table
 *   sheet.c       rows as an aligned table, CSV or JSON
 *   totals.c      debits and credits per currency, added up (pure)
 *   stream.c      one snapshot, and rows of any number through a cursor
 *   balance.c     trial-balance
 *   account.c     accounts, and one account with its running balance
 *   entry.c       one entry: accounts, commit, window, place in the audit
 *   drill.c       from an entry to what it was made of, down to the raw records
 *   drill_close.c the same for entries of windows
 *   suspense.c    what was settled outside and is not cleared; the drill of what is
 *   due.c         what is to be paid of a position (pure)
 *   period.c      periods: list, propose, approve, reject, reopen
 *   carried.c     what closed periods bring forward, held against all entries
 *
 * (1) Reads are of one snapshot, READ ONLY: figures of one answer belong together.
 * (2) Amounts are int64 minor units and a currency, and become text digit by digit. What does not
 *     fit is refused, never wrapped (I11).
 * (3) What is claimed is proved from a second side before it is said: totals from the entries,
 *     a closing balance from its sums, a drill from its payments. Where the sides differ the
 *     answer says so and the exit code is 1.
 * (4) Nothing is written without --execute. Who proposes and who approves are database logins that
 *     nobody can set; PostgreSQL refuses what may not be (schemas/postgres/deploy/ledger.sql).
 */
#ifndef SAWA_LEDGER_LEDGER_H
#define SAWA_LEDGER_LEDGER_H

#include "domain/amount.h"
#include "domain/date.h"
#include "domain/netting.h"
#include "runtime/session.h"
#include "sheet.h"

enum { LEDGER_PARAMS_MAX = 64 * 1024, PERIOD_HOURS = 72, PERIOD_HOURS_MAX = 336 };

/* ---- arguments ---- */

/* A journal entry: "4711/2". */
struct place {
    int64_t commit_id;
    int32_t line;
};

must_use bool place_parse(struct text text, struct place *ret_place);

struct arguments {
    const char *word;    /* what stands behind the verb, NULL: nothing */
    calendar_date from;  /* DATE_NONE: since the books began */
    calendar_date until; /* DATE_NONE: none was given */
    const char *currency;
    const char *digest;
    const char *by;
    const char *reason;
    int64_t hours;
    bool execute;
    enum sheet_format format;
};

/* A verb, the letters of the options it knows, and the word it wants. */
struct verb {
    const char *options;
    const char *word; /* for the usage line; NULL: it takes none */
    int (*run)(struct program_run *run, const struct arguments *arguments);
};

/* Reads the options behind argv[0] and runs the verb, or says what was wrong with them. */
int verb_run(struct program_run *run, int argc, char **argv, const struct verb *verb);

/* The end of the last day that was asked for; the end of time where none was. */
calendar_date until_of(const struct arguments *arguments);

/* ---- totals ---- */

enum { TOTALS_MAX = 256 };

/* Both sides of one currency, wide enough for any number of int64. */
struct total {
    char currency[CURRENCY_CODE_SIZE];
    __int128 debit, credit;
    __int128 balance_debit, balance_credit;
    __int128 entries_minor; /* from the entries themselves (3) */
    int64_t entry_count;
};

struct totals {
    struct total of[TOTALS_MAX];
    size_t count;
};

/* The total of a currency, made where there is none. NULL: there are more than TOTALS_MAX. */
struct total *totals_of(struct totals *totals, struct text code);

/* One account's figures into its currency's total. */
void total_add(struct total *total, int64_t opening_minor, int64_t debit_minor,
               int64_t credit_minor);

/* Debits equal credits, balances of both sides too, and turnover equals the entries (I2). */
bool total_is_balanced(const struct total *total);

/* "12.50" of minor units of a currency by its code, which may be unknown to this version: then
 * minor units with "minor" behind. As long as __int128 can be. */
enum { MONEY_TEXT_SIZE = 64 };
struct text money_text(__int128 minor, struct text code, char text[MONEY_TEXT_SIZE]);

/* ---- due ---- */

/* What a participant owes and is owed, from whatever side it was added up. */
struct sides {
    int64_t owes_minor;
    int64_t is_owed_minor;
};

/* What an instruction of that direction pays, by the rule that the close used. counterparty_id 0:
 * the settlement agent. False: the difference does not fit. */
must_use bool due_of(enum settlement_model model, const struct sides *sides,
                     int32_t counterparty_id, bool collects, int64_t *ret_minor);

/* ---- reading ---- */

/* (1): BEGIN, REPEATABLE READ, READ ONLY. Ended with session_done. */
must_use enum status snapshot_open(struct program_run *run, struct error *error,
                                   struct session *ret_session);

/* Declares the stream (a DECLARE of ledger_stream) and hands over its rows, a batch at a time;
 * frees params. One stream per run. */
typedef enum status stream_take(void *context, const struct result *rows, int row,
                                struct error *error);
must_use enum status stream_each(struct db *db, const char *declare, struct params *params,
                                 stream_take *take, void *context, struct error *error);

/* params NULL where the date is DATE_NONE. */
void params_date_or_null(struct params *params, calendar_date date);

/* ---- one entry ---- */

enum entry_kind {
    ENTRY_ACCRUAL,
    ENTRY_CLOSE,
    ENTRY_REVERSAL,
    ENTRY_NEXT_ATTEMPT,
    ENTRY_RETURN,
    ENTRY_OUTSIDE,
    ENTRY_RESTORED,
    ENTRY_PREFUNDING,
    ENTRY_CLEARING,
    ENTRY_OPENING,
    ENTRY_OTHER,
};

struct entry {
    struct place place;
    enum entry_kind kind;
    int32_t debit_account_id, credit_account_id;
    struct text debit_code, credit_code, debit_kind, credit_kind, currency, action;
    struct text purpose; /* "FEE", "TAX", or empty: the amount of payments itself */
    int64_t amount_minor;
    int64_t window_id;
    struct result *rows; /* the texts live as long as it */
};

/* REJECT with EXIT_REFUSED: there is no such entry. The caller frees entry->rows. */
must_use enum status entry_read(struct db *db, const struct place *place, struct error *error,
                                struct entry *ret_entry);

/* What entry says, as lines for a person. */
void entry_print(const struct entry *entry, struct buffer *out);

/* ---- verbs ---- */

int balance_verb(struct program_run *run, const struct arguments *arguments);
int accounts_verb(struct program_run *run, const struct arguments *arguments);
int account_verb(struct program_run *run, const struct arguments *arguments);
int entry_verb(struct program_run *run, const struct arguments *arguments);
int drill_verb(struct program_run *run, const struct arguments *arguments);
int suspense_verb(struct program_run *run, const struct arguments *arguments);
int period_list(struct program_run *run, const struct arguments *arguments);
int period_verify(struct program_run *run, const struct arguments *arguments);
int period_propose_close(struct program_run *run, const struct arguments *arguments);
int period_reopen(struct program_run *run, const struct arguments *arguments);
int period_approve(struct program_run *run, const struct arguments *arguments);
int period_reject(struct program_run *run, const struct arguments *arguments);

#endif
