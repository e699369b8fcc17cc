/*
 * apply_bank.c - where participants are paid, and how banks want their instructions: the part of a
 * corridor book that sawa-relay reads. See corridor.h.
 */
#include "corridor.h"

#include "corridor_sql.h"

/* ---- participants' accounts ---- */

struct columns {
    int32_t *numbers;   /* participant_id, then account_from */
    struct text *texts; /* account, then bic */
    bool *are_ibans;
    size_t room, count;
};

static struct columns columns_of(const struct plan *plan)
{
    const struct corridor_book *book = &plan->draft->book;
    struct arena *arena = &plan->work->arena;
    size_t room = book->participant_count + 1;
    struct columns columns = {
        .numbers = arena_alloc(arena, 2 * room * sizeof(int32_t)),
        .texts = arena_alloc(arena, 2 * room * sizeof(struct text)),
        .are_ibans = arena_alloc(arena, room * sizeof(bool)),
        .room = room,
    };

    assert(columns.numbers != NULL && columns.texts != NULL && columns.are_ibans != NULL);
    for (size_t i = 0; i < book->participant_count; i++) {
        const struct participant *participant = &book->participants[i];
        size_t at = columns.count;

        if (participant->account.size == 0)
            continue;
        columns.numbers[at] = participant->participant_id;
        columns.numbers[room + at] = participant->account_from;
        columns.texts[at] = participant->account;
        columns.texts[room + at] = participant->bic.size > 0 ? participant->bic : TEXT("");
        columns.are_ibans[at] = participant->account_is_iban;
        columns.count++;
    }
    return columns;
}

static void accounts_effect(struct business *tx, const struct result *rows)
{
    for (int row = 0; row < result_rows(rows); row++) {
        effects_row(&tx->effects, "participant_account", 4);
        effects_int64(&tx->effects, result_int64(rows, row, 0));
        effects_text(&tx->effects, result_text(rows, row, 1));
        effects_text(&tx->effects, result_text(rows, row, 2));
        effects_int64(&tx->effects, result_date(rows, row, 3));
    }
}

enum status apply_accounts(const struct plan *plan, struct business *tx, struct error *error)
{
    struct columns columns = columns_of(plan);
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32_array(&params, columns.numbers, columns.count);
    params_text_array(&params, columns.texts, columns.count);
    params_bool_array(&params, columns.are_ibans, columns.count);
    params_text_array(&params, columns.texts + columns.room, columns.count);
    params_date_array(&params, columns.numbers + columns.room, columns.count);
    status = db_run_once(tx->db, corridor_sql_participant_account_merge, &params, error, &rows);
    if (status == OK)
        accounts_effect(tx, rows);
    result_free(rows);
    return status;
}

/* ---- bank profiles ---- */

static void profile_params(const struct bank_profile *profile, struct params *params)
{
    params_init(params, CORRIDOR_PARAMS_MAX);
    params_text(params, profile->account);
    params_int32(params, profile->version);
    params_date(params, profile->effective_from);
    params_string(params, payment_message_name(profile->message));
    params_text(params, profile->own_name);
    params_text(params, profile->own_bic);
    params_text(params, profile->settlement_method);
    params_int32(params, profile->transactions_max);
    params_bool(params, profile->uetr);
    params_int64(params, profile->release_threshold_minor);
    params_bool(params, profile->release_automatic);
    params_int32(params, profile->release_hours);
    params_int32(params, profile->answer_hours);
    params_bool(params, profile->schema_check);
    params_text(params, profile->charge_bearer.size > 0 ? profile->charge_bearer : TEXT(""));
}

static void profile_effect(struct business *tx, const struct bank_profile *profile)
{
    struct effects *effects = &tx->effects;

    effects_row(effects, "bank_profile", 9);
    effects_text(effects, profile->account);
    effects_int64(effects, profile->version);
    effects_int64(effects, profile->effective_from);
    effects_text(effects, text_of(payment_message_name(profile->message)));
    effects_text(effects, profile->own_name);
    effects_int64(effects, profile->transactions_max);
    effects_int64(effects, profile->release_threshold_minor);
    effects_int64(effects, profile->release_automatic);
    effects_int64(effects, profile->schema_check);
}

enum status apply_profiles(const struct plan *plan, struct business *tx, struct error *error)
{
    const struct corridor_book *book = &plan->draft->book;
    enum status status = OK;

    for (size_t i = 0; status == OK && i < book->profile_count; i++) {
        struct params params;
        struct result *rows = NULL;

        profile_params(&book->profiles[i], &params);
        status = db_run_once(tx->db, corridor_sql_bank_profile_merge, &params, error, &rows);
        if (status == OK && result_affected(rows) > 0)
            profile_effect(tx, &book->profiles[i]);
        result_free(rows);
    }
    return status;
}
