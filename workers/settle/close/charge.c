/*
 * charge.c - what the payments of a window cost: read from the fold, stored with the close.
 *
 * Fees were reckoned payment by payment by ingest (domain/fee.h) and summed per fee and pair; here
 * they join what is netted (domain/netting.h) and are stored beside the obligations.
 */
#include "close/closing.h"

#include "settle_sql.h"

enum status charges_read(struct closing *closing, struct error *error)
{
    struct result *rows = NULL;
    enum status status = settle_on_id(closing->settle->session.db, settle_sql_fold_charges,
                                      closing->window.window_id, error, &rows);

    if (status != OK)
        return status;
    closing->charge_count = (size_t)result_rows(rows);
    closing->charges = arena_alloc(&closing->settle->arena,
                                   (closing->charge_count + 1) * sizeof *closing->charges);
    if (closing->charges == NULL)
        status =
            error_set(error, FATAL, "a window has more than %zu charges", closing->charge_count);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        closing->charges[i] = (struct charge){
            .fee_number = (int32_t)result_int64(rows, i, 0),
            .debtor_id = (int32_t)result_int64(rows, i, 1),
            .creditor_id = (int32_t)result_int64(rows, i, 2),
            .payment_count = result_int64(rows, i, 3),
            .minor = result_int64(rows, i, 4),
        };
    result_free(rows);
    return status;
}

bool charges_own(const struct closing *closing, bool taxes, int64_t *ret_minor)
{
    __int128 sum = 0;

    for (size_t i = 0; i < closing->charge_count; i++) {
        const struct charge *charge = &closing->charges[i];

        if ((charge->fee_number < 0) != taxes)
            continue;
        sum += charge->creditor_id == 0 ? charge->minor : 0;
        sum -= charge->debtor_id == 0 ? charge->minor : 0;
    }
    if (sum < INT64_MIN || sum > INT64_MAX)
        return false;
    *ret_minor = (int64_t)sum;
    return true;
}

static void charge_effect(const struct closing *closing, const struct charge *charge)
{
    struct effects *effects = &closing->tx->effects;

    effects_row(effects, "fee_obligation", 6);
    effects_int64(effects, closing->window.window_id);
    effects_int64(effects, charge->fee_number);
    effects_int64(effects, charge->debtor_id);
    effects_int64(effects, charge->creditor_id);
    effects_int64(effects, charge->payment_count);
    effects_int64(effects, charge->minor);
}

/* The columns of all charges: three of ids, then two of numbers. */
static bool charge_columns(const struct closing *closing, int32_t **ret_ids, int64_t **ret_numbers)
{
    struct arena *arena = &closing->settle->arena;
    size_t count = closing->charge_count;
    int32_t *ids = arena_alloc(arena, 3 * count * sizeof *ids);
    int64_t *numbers = arena_alloc(arena, 2 * count * sizeof *numbers);

    if (ids == NULL || numbers == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct charge *charge = &closing->charges[i];

        ids[i] = charge->fee_number;
        ids[count + i] = charge->debtor_id;
        ids[2 * count + i] = charge->creditor_id;
        numbers[i] = charge->payment_count;
        numbers[count + i] = charge->minor;
        charge_effect(closing, charge);
    }
    *ret_ids = ids;
    *ret_numbers = numbers;
    return true;
}

enum status charges_write(const struct closing *closing, struct error *error)
{
    size_t count = closing->charge_count;
    char code[CURRENCY_CODE_SIZE];
    struct params params;
    int32_t *ids;
    int64_t *numbers;

    if (count == 0)
        return OK;
    if (!charge_columns(closing, &ids, &numbers))
        return error_set(error, FATAL, "out of memory for the charges of a window");
    currency_code(closing->currency, code);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_string(&params, code);
    for (size_t i = 0; i < 3; i++)
        params_int32_array(&params, ids + i * count, count);
    for (size_t i = 0; i < 2; i++)
        params_int64_array(&params, numbers + i * count, count);
    return db_run_once(closing->settle->session.db, settle_sql_fee_obligation_insert, &params,
                       error, NULL);
}
