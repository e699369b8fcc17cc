/*
 * case.h - what the parts of the driver share: see decide.c, which says what it reads and answers.
 *
 *   decide.c     one window: fees, payments, nets, what is paid
 *   exchange.c   its rate and its locks
 *   entries.c    the accounts of a window, and entries between them as words
 */
#ifndef SAWA_TESTS_NETS_CASE_H
#define SAWA_TESTS_NETS_CASE_H

#include "domain/close_entries.h"
#include "domain/fee.h"
#include "domain/fx_rate.h"

enum { PARTICIPANTS_MAX = 16, QUOTES_MAX = 64, LOCKS_MAX = 16 };

/* Accounts of ours; a participant's are numbered behind these. */
enum {
    ACCOUNT_NOSTRO = 1,
    ACCOUNT_FEE_INCOME,
    ACCOUNT_TAX_PAYABLE,
    ACCOUNT_FX_POSITION,
    ACCOUNT_FX_GAIN_LOSS,
    ACCOUNT_OBLIGATION = 100,
    ACCOUNT_PREFUNDING = 200,
};

/* Policy, quotes and locks of one window, and what its payments come to in source currency, which
 * is SQL's in settle: sums of any size, held against 64 bits before anything is decided. */
struct exchange {
    struct fx_policy policy; /* without a side: none */
    currency from, to;
    int64_t at_us;
    bool any; /* there are payments */
    __int128 volume;
    struct fx_quote quotes[QUOTES_MAX];
    size_t quote_count;
    struct fx_lock locks[LOCKS_MAX];
    __int128 claimed[LOCKS_MAX];
    bool is_used[LOCKS_MAX]; /* of the window, or named by a payment of it */
    size_t lock_count;
};

/* Reads X, Q and L; without is_given there is no policy. */
void exchange_read(struct exchange *exchange, bool is_given, currency from, currency to);

/* One payment that was taken: signed as it counts, lock -1: none. */
void exchange_add(struct exchange *exchange, int64_t minor, int64_t lock, int64_t at_us);

/* Prints rate, locks and gain, or what the window is held for. False: held. *ret_gain: NULL where
 * nothing is exchanged. */
bool exchange_decide(struct exchange *exchange, const struct fx_gain **ret_gain);

/* All accounts of a window in a currency. */
struct close_accounts accounts_of(currency in_currency);

/* "KIND DEBIT CREDIT MINOR", accounts as the chart of accounts names them. */
void entry_print(const char *kind, const struct journal_entry *entry);

#endif
