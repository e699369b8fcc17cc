/*
 * bank_profile.c - where participants are paid, and how banks want their instructions: the part of
 * a corridor book that sawa-relay reads.
 *
 * (1) What is stored never changes. Money that goes to another account than before is what a
 *     forger wants: a book that says so is refused, not loaded.
 */
#include "book_load.h"

#include "settle_sql.h"

static enum status stored_otherwise(const char *what, struct text name, const char *hint,
                                    struct error *error)
{
    error_set(error, REJECT, "the corridor book was refused");
    error_detail(error, "%s %.*s is stored with other content (1)", what, TEXT_ARG(name));
    error_hint(error, "%s", hint);
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

/* ---- participants' accounts ---- */

struct columns {
    int32_t *ids;
    struct text *accounts, *bics;
    bool *are_ibans;
    size_t count;
};

static struct columns columns_of(struct load *load)
{
    const struct corridor_book *book = load->book;
    struct arena *arena = &load->settle->arena;
    size_t room = book->participant_count + 1;
    struct columns columns = {
        .ids = arena_alloc(arena, room * sizeof(int32_t)),
        .accounts = arena_alloc(arena, room * sizeof(struct text)),
        .bics = arena_alloc(arena, room * sizeof(struct text)),
        .are_ibans = arena_alloc(arena, room * sizeof(bool)),
    };

    assert(columns.ids != NULL && columns.accounts != NULL);
    assert(columns.bics != NULL && columns.are_ibans != NULL);
    for (size_t i = 0; i < book->participant_count; i++) {
        const struct participant *participant = &book->participants[i];

        if (participant->account.size == 0)
            continue;
        columns.ids[columns.count] = participant->participant_id;
        columns.accounts[columns.count] = participant->account;
        columns.bics[columns.count] = participant->bic.size > 0 ? participant->bic : TEXT("");
        columns.are_ibans[columns.count] = participant->account_is_iban;
        columns.count++;
    }
    return columns;
}

static void accounts_effect(struct load *load, const struct columns *columns)
{
    struct effects *effects = &load->tx->effects;

    for (size_t i = 0; i < columns->count; i++) {
        effects_row(effects, "participant_account", 3);
        effects_int64(effects, columns->ids[i]);
        effects_text(effects, columns->accounts[i]);
        effects_text(effects, columns->bics[i]);
    }
}

enum status participant_accounts_merge(struct load *load, struct error *error)
{
    struct columns columns = columns_of(load);
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32_array(&params, columns.ids, columns.count);
    params_text_array(&params, columns.accounts, columns.count);
    params_bool_array(&params, columns.are_ibans, columns.count);
    params_text_array(&params, columns.bics, columns.count);
    status = settle_run(load->settle->session.db, settle_sql_participant_account_merge, &params,
                        error, &rows);
    if (status == OK && !result_is_null(rows, 0, 1))
        status = stored_otherwise("the account of participant", result_text(rows, 0, 1),
                                  "a participant keeps its account in this version", error);
    if (status == OK && result_int64(rows, 0, 0) > 0) {
        buffer_format(&load->told, "participants' accounts: %lld new\n",
                      (long long)result_int64(rows, 0, 0));
        accounts_effect(load, &columns);
        load->added_count++;
    }
    result_free(rows);
    return status;
}

/* ---- bank profiles ---- */

static void profile_params(const struct bank_profile *profile, struct params *params)
{
    params_init(params, SETTLE_PARAMS_MAX);
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
}

static void profile_effect(struct load *load, const struct bank_profile *profile)
{
    struct effects *effects = &load->tx->effects;

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

static enum status profile_merge(struct load *load, const struct bank_profile *profile,
                                 struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    profile_params(profile, &params);
    status =
        settle_run(load->settle->session.db, settle_sql_bank_profile_merge, &params, error, &rows);
    if (status == OK && result_bool(rows, 0, 1))
        status = stored_otherwise("the bank profile of", profile->account,
                                  "write the change as a new version with its own effective_from",
                                  error);
    if (status == OK && result_bool(rows, 0, 0)) {
        buffer_format(&load->told, "bank profile %.*s version %d: new\n",
                      TEXT_ARG(profile->account), profile->version);
        profile_effect(load, profile);
        load->added_count++;
    }
    result_free(rows);
    return status;
}

enum status bank_profiles_merge(struct load *load, struct error *error)
{
    enum status status = OK;

    for (size_t i = 0; status == OK && i < load->book->profile_count; i++)
        status = profile_merge(load, &load->book->profiles[i], error);
    return status;
}
