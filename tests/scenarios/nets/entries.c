/*
 * entries.c - the accounts of a window, and entries between them as words: see case.h.
 */
#include "case.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const own_names[] = {[ACCOUNT_NOSTRO] = "NOSTRO",
                                        [ACCOUNT_FEE_INCOME] = "FEE_INCOME",
                                        [ACCOUNT_TAX_PAYABLE] = "TAX_PAYABLE:XX",
                                        [ACCOUNT_FX_POSITION] = "FX_POSITION",
                                        [ACCOUNT_FX_GAIN_LOSS] = "FX_GAIN_LOSS"};

struct close_accounts accounts_of(currency in_currency)
{
    static int32_t obligation_ids[PARTICIPANTS_MAX];
    static int32_t prefunding_ids[PARTICIPANTS_MAX];

    for (int32_t i = 0; i < PARTICIPANTS_MAX; i++) {
        obligation_ids[i] = ACCOUNT_OBLIGATION + i;
        prefunding_ids[i] = ACCOUNT_PREFUNDING + i;
    }
    return (struct close_accounts){in_currency,    ACCOUNT_NOSTRO,      obligation_ids,
                                   prefunding_ids, ACCOUNT_FX_POSITION, ACCOUNT_FX_GAIN_LOSS};
}

static void account_print(int32_t account_id, const char *code)
{
    if (account_id < ACCOUNT_OBLIGATION)
        printf(" %s:%s", own_names[account_id], code);
    else if (account_id < ACCOUNT_PREFUNDING)
        printf(" OBLIGATION:%d:%s", account_id - ACCOUNT_OBLIGATION, code);
    else
        printf(" PREFUNDING:%d:%s", account_id - ACCOUNT_PREFUNDING, code);
}

void entry_print(const char *kind, const struct journal_entry *entry)
{
    char code[CURRENCY_CODE_SIZE];

    assert_journal_entry_state(entry);
    currency_code(entry->amount.currency, code);
    printf("%s", kind);
    account_print(entry->debit_account_id, code);
    account_print(entry->credit_account_id, code);
    printf(" %" PRId64 "\n", entry->amount.minor);
}
