/*
 * fee_store.c - see fee_store.h.
 */
#include "store/fee_store.h"

#include "store_sql.h"

static bool fee_names(const struct result *rows, int row, struct fee *fee)
{
    return text_copy(result_text(rows, row, 1), fee->code, sizeof fee->code) &&
           fee_party_parse(result_text(rows, row, 2), &fee->payer) &&
           currency_parse(result_text(rows, row, 5), &fee->currency) &&
           fee_tiering_parse(result_text(rows, row, 6), &fee->tiering) &&
           rounding_parse(result_text(rows, row, 9), &fee->rounding);
}

static bool fee_take(const struct result *rows, int row, struct fee *fee)
{
    fee->channels = (uint32_t)result_int64(rows, row, 3);
    fee->returned_by = (uint32_t)result_int64(rows, row, 4);
    fee->minimum_minor = result_int64(rows, row, 7);
    fee->maximum_minor = result_is_null(rows, row, 8) ? INT64_MAX : result_int64(rows, row, 8);
    for (int i = 0; i < FEE_PARTY_COUNT; i++)
        fee->shares[i] = result_int64(rows, row, 10 + i);
    fee->tax_percent = result_int64(rows, row, 13);
    fee->income_account_id = (int32_t)result_int64(rows, row, 15);
    if (fee->tax_percent > 0) {
        fee->tax_account_id = (int32_t)result_int64(rows, row, 16);
        if (!text_copy(result_text(rows, row, 14), fee->tax_country, sizeof fee->tax_country))
            return false;
    }
    return fee_names(rows, row, fee);
}

static bool tier_take(const struct result *rows, int row, struct fee *fee)
{
    if (fee->tier_count == FEE_TIERS_MAX)
        return false;
    fee->tiers[fee->tier_count++] = (struct fee_tier){
        .up_to_minor = result_is_null(rows, row, 17) ? INT64_MAX : result_int64(rows, row, 17),
        .fixed_minor = result_int64(rows, row, 18),
        .percent = result_int64(rows, row, 19),
    };
    return true;
}

/* Rows of one fee stand together, its tiers ascending. */
static bool schedule_take(const struct result *rows, struct fee_schedule *schedule)
{
    for (int row = 0; row < result_rows(rows); row++) {
        size_t number = (size_t)result_int64(rows, row, 0);
        bool is_new = number == schedule->count + 1;

        if (number > FEES_MAX || (!is_new && number != schedule->count))
            return false;
        if (is_new && !fee_take(rows, row, &schedule->fees[schedule->count++]))
            return false;
        if (!tier_take(rows, row, &schedule->fees[number - 1]))
            return false;
    }
    return true;
}

enum status fee_schedule_read(struct db *db, int32_t corridor_id, int32_t version,
                              struct arena *arena, struct error *error,
                              struct fee_schedule *ret_schedule)
{
    struct fee_schedule schedule = {corridor_id, version, NULL, 0};
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, 64);
    params_int32(&params, corridor_id);
    params_int32(&params, version);
    status = db_run(db, store_sql_fee_schedule, &params, error, &rows);
    params_done(&params);
    if (status != OK)
        return status;
    schedule.fees = arena_alloc(arena, FEES_MAX * sizeof *schedule.fees);
    if (schedule.fees == NULL)
        status = error_set(error, FATAL, "out of memory for fees");
    else if (!schedule_take(rows, &schedule))
        status =
            error_set(error, FATAL, "fees of corridor %d version %d are unknown to this version",
                      corridor_id, version);
    result_free(rows);
    if (status != OK)
        return status;
    assert_fee_schedule_state(&schedule);
    *ret_schedule = schedule;
    return OK;
}

void params_currencies(struct params *params)
{
    static char codes[CURRENCY_COUNT_MAX][CURRENCY_CODE_SIZE];
    struct text names[CURRENCY_COUNT_MAX];
    int32_t decimals[CURRENCY_COUNT_MAX];
    size_t count = currency_count();

    for (size_t i = 0; i < count; i++) {
        currency_code(currency_at(i), codes[i]);
        names[i] = text_of(codes[i]);
        decimals[i] = currency_scale(currency_at(i));
    }
    params_text_array(params, names, count);
    params_int32_array(params, decimals, count);
}
