/*
 * apply_fx.c - what one corridor version says about its rates: see corridor.h.
 *
 * What its locks are worth, and what they bring, is kept in settlement currency: FX_POSITION:USD
 * and FX_GAIN_LOSS:USD. Accounts are made where they are new and never change.
 */
#include "corridor.h"

#include "corridor_sql.h"

#include <stdio.h>

enum { FX_ACCOUNT_SIZE = 24 };

static enum status accounts_merge(struct business *tx, const struct text *codes,
                                  const char *settlement, struct error *error)
{
    const struct text kinds[] = {TEXT("FX_POSITION"), TEXT("FX_GAIN_LOSS")};
    struct params params;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_text_array(&params, codes, COUNT_OF(kinds));
    params_text_array(&params, kinds, COUNT_OF(kinds));
    params_string(&params, settlement);
    return db_run_once(tx->db, corridor_sql_fee_account_merge, &params, error, NULL);
}

static enum status policy_insert(struct business *tx, const struct corridor *corridor,
                                 const struct text *codes, struct error *error)
{
    const struct fx_policy *fx = &corridor->fx;
    char pivot[CURRENCY_CODE_SIZE];
    struct params params;

    if (fx->pivot != CURRENCY_NONE)
        currency_code(fx->pivot, pivot);
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, corridor->corridor_id);
    params_int32(&params, corridor->version);
    params_text(&params, fx->source);
    params_string(&params, fx_side_name(fx->side));
    params_int32(&params, fx->max_age_minutes);
    params_string(&params, fx->pivot == CURRENCY_NONE ? NULL : pivot);
    params_string(&params, rounding_name(fx->rounding));
    params_text(&params, codes[0]);
    params_text(&params, codes[1]);
    return db_run_once(tx->db, corridor_sql_corridor_fx_insert, &params, error, NULL);
}

enum status apply_fx(struct business *tx, const struct corridor *corridor, struct error *error)
{
    char settlement[CURRENCY_CODE_SIZE];
    char names[2][FX_ACCOUNT_SIZE];
    struct text codes[2];
    enum status status;

    if (corridor->fx.source.size == 0)
        return OK;
    currency_code(corridor->settlement_currency, settlement);
    snprintf(names[0], sizeof names[0], "FX_POSITION:%s", settlement);
    snprintf(names[1], sizeof names[1], "FX_GAIN_LOSS:%s", settlement);
    codes[0] = text_of(names[0]);
    codes[1] = text_of(names[1]);
    status = accounts_merge(tx, codes, settlement, error);
    return status == OK ? policy_insert(tx, corridor, codes, error) : status;
}
