/*
 * apply_fees.c - the fees of one corridor version: see corridor.h.
 *
 * What they earn is kept in settlement currency: FEE_INCOME:USD, and TAX_PAYABLE:NG:USD per country
 * whose tax is on them. Accounts are made where they are new and never change.
 */
#include "corridor.h"

#include "corridor_sql.h"

#include <stdio.h>

enum { FEE_ACCOUNT_SIZE = 32 };

/* The two accounts of one fee, by code; tax is empty where there is none. */
struct fee_accounts {
    char income[FEE_ACCOUNT_SIZE];
    char tax[FEE_ACCOUNT_SIZE];
};

static struct fee_accounts fee_accounts_of(const struct fee *fee, const char *settlement)
{
    struct fee_accounts accounts = {"", ""};

    snprintf(accounts.income, sizeof accounts.income, "FEE_INCOME:%s", settlement);
    if (fee->tax_percent > 0)
        snprintf(accounts.tax, sizeof accounts.tax, "TAX_PAYABLE:%s:%s", fee->tax_country,
                 settlement);
    return accounts;
}

static enum status fee_accounts_merge(struct business *tx, const struct fee_accounts *accounts,
                                      const char *settlement, struct error *error)
{
    const struct text codes[] = {text_of(accounts->income), text_of(accounts->tax)};
    const struct text kinds[] = {TEXT("FEE_INCOME"), TEXT("TAX_PAYABLE")};
    size_t count = accounts->tax[0] == '\0' ? 1 : 2;
    struct params params;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_text_array(&params, codes, count);
    params_text_array(&params, kinds, count);
    params_string(&params, settlement);
    return db_run_once(tx->db, corridor_sql_fee_account_merge, &params, error, NULL);
}

static void fee_place(struct params *params, const struct corridor *corridor, size_t index)
{
    params_init(params, CORRIDOR_PARAMS_MAX);
    params_int32(params, corridor->corridor_id);
    params_int32(params, corridor->version);
    params_int32(params, (int32_t)index + 1);
}

static enum status fee_insert(struct business *tx, const struct corridor *corridor, size_t index,
                              const struct fee_accounts *accounts, struct error *error)
{
    const struct fee *fee = &corridor->fees.fees[index];
    bool is_taxed = fee->tax_percent > 0;
    char code[CURRENCY_CODE_SIZE];
    struct params params;

    currency_code(fee->currency, code);
    fee_place(&params, corridor, index);
    params_string(&params, fee->code);
    params_string(&params, fee_party_name(fee->payer));
    params_int32(&params, (int32_t)fee->channels);
    params_int32(&params, (int32_t)fee->returned_by);
    params_string(&params, code);
    params_string(&params, fee_tiering_name(fee->tiering));
    params_int64(&params, fee->minimum_minor);
    if (fee->maximum_minor == INT64_MAX)
        params_null(&params);
    else
        params_int64(&params, fee->maximum_minor);
    params_string(&params, rounding_name(fee->rounding));
    for (size_t i = 0; i < FEE_PARTY_COUNT; i++)
        params_int32(&params, (int32_t)fee->shares[i]);
    params_int64(&params, fee->tax_percent);
    params_string(&params, is_taxed ? fee->tax_country : NULL);
    params_string(&params, accounts->income);
    params_string(&params, is_taxed ? accounts->tax : NULL);
    return db_run_once(tx->db, corridor_sql_corridor_fee_insert, &params, error,
                      NULL);
}

static enum status tiers_insert(struct business *tx, const struct corridor *corridor, size_t index,
                                struct error *error)
{
    const struct fee *fee = &corridor->fees.fees[index];
    int64_t columns[3][FEE_TIERS_MAX];
    struct params params;

    for (size_t i = 0; i < fee->tier_count; i++) {
        columns[0][i] = fee->tiers[i].up_to_minor;
        columns[1][i] = fee->tiers[i].fixed_minor;
        columns[2][i] = fee->tiers[i].percent;
    }
    fee_place(&params, corridor, index);
    params_int64_array(&params, columns[0], fee->tier_count - 1); /* unnest fills up with null */
    params_int64_array(&params, columns[1], fee->tier_count);
    params_int64_array(&params, columns[2], fee->tier_count);
    return db_run_once(tx->db, corridor_sql_corridor_fee_tier_insert, &params, error,
                      NULL);
}

enum status apply_fees(struct business *tx, const struct corridor *corridor,
                                 struct error *error)
{
    char settlement[CURRENCY_CODE_SIZE];
    enum status status = OK;

    currency_code(corridor->settlement_currency, settlement);
    for (size_t i = 0; status == OK && i < corridor->fees.count; i++) {
        struct fee_accounts accounts = fee_accounts_of(&corridor->fees.fees[i], settlement);

        status = fee_accounts_merge(tx, &accounts, settlement, error);
        if (status == OK)
            status = fee_insert(tx, corridor, i, &accounts, error);
        if (status == OK)
            status = tiers_insert(tx, corridor, i, error);
    }
    return status;
}
