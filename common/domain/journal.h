/*
 * journal.h - double entry: one journal entry is one balanced pair.
 *
 *   debit_account  <── amount ──  credit_account
 *
 * (1) Debit and credit are the same number in the same struct: an entry that does not balance
 *     cannot be written down (I2). The amount is above zero; a reversal exchanges the accounts.
 * (2) The two accounts differ, and entries are never changed: corrections are new entries.
 *
 * Entries of one commit with the same pair are summed before they are stored (journal_add): the
 * general ledger gets one entry per commit and pair, whatever the number of payments.
 */
#ifndef SAWA_DOMAIN_JOURNAL_H
#define SAWA_DOMAIN_JOURNAL_H

#include "domain/amount.h"

struct journal_entry {
    int32_t debit_account_id;
    int32_t credit_account_id;
    struct amount amount;
};

static inline void assert_journal_entry_state(const struct journal_entry *entry)
{
    assert(entry->debit_account_id > 0);
    assert(entry->credit_account_id > 0);
    assert(entry->debit_account_id != entry->credit_account_id); /* (2) */
    assert(entry->amount.minor > 0);                             /* (1) */
    assert(entry->amount.currency != CURRENCY_NONE);
}

static inline struct journal_entry journal_entry_make(int32_t debit_account_id,
                                                      int32_t credit_account_id,
                                                      struct amount amount)
{
    struct journal_entry entry = {debit_account_id, credit_account_id, amount};

    assert_journal_entry_state(&entry);
    return entry;
}

/* What undoes entry. */
static inline struct journal_entry journal_entry_reversal(const struct journal_entry *entry)
{
    return journal_entry_make(entry->credit_account_id, entry->debit_account_id, entry->amount);
}

/* Adds to an entry of the same pair that is not stored yet. False: the sum does not fit (I11). */
must_use static inline bool journal_add(struct journal_entry *entry, struct amount amount)
{
    assert_journal_entry_state(entry);
    assert(amount.minor > 0);
    return amount_add(entry->amount, amount, &entry->amount);
}

/* What entry does to the balance of account (debits minus credits), 0 where it does nothing. */
static inline int64_t journal_effect(const struct journal_entry *entry, int32_t account_id)
{
    assert_journal_entry_state(entry);
    if (entry->debit_account_id == account_id)
        return entry->amount.minor;
    return entry->credit_account_id == account_id ? -entry->amount.minor : 0;
}

#endif
