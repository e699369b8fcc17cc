/*
 * settle.c - start, end and the one way to run a statement; see settle.h.
 */
#include "settle.h"

#include "settle_sql.h"
#include "store/refusal.h"

#include <string.h>

enum { ARENA_BLOCK_SIZE = 1024 * 1024, ARENA_SIZE_MAX = 512 * 1024 * 1024 };

/* "payments,refunds" into texts that point into the configuration. */
static void topics_split(struct settle *settle, const char *list)
{
    while (*list != '\0' && settle->topic_count < SETTLE_TOPICS_MAX) {
        size_t size = strcspn(list, ",");
        struct text topic = text_trim((struct text){list, size});

        if (topic.size > 0)
            settle->topics[settle->topic_count++] = topic;
        list += size + (list[size] == ',');
    }
}

enum status settle_start(const struct program_run *run, struct error *error,
                         struct settle *ret_settle)
{
    struct settle settle = {
        .interval_ms = config_int(run->config, OPTION_SETTLE_INTERVAL),
        .ahead_days = (int32_t)config_int(run->config, OPTION_SETTLE_AHEAD),
    };
    enum status status = session_open(run, error, &settle.session);

    if (status != OK)
        return status;
    topics_split(&settle, config_string(run->config, OPTION_SETTLE_TOPICS));
    arena_init(&settle.arena, ARENA_BLOCK_SIZE, ARENA_SIZE_MAX);
    *ret_settle = settle;
    return OK;
}

void settle_done(struct settle *settle)
{
    session_done(&settle->session);
    arena_done(&settle->arena);
}

/* ---- what several steps do ---- */

enum status settle_move(struct business *tx, struct window *window, enum window_state to,
                        const char *reason, struct error *error)
{
    const char *from = window_state_name(window->state);
    struct params params;
    struct result *rows = NULL;
    enum status status = window_move(window, to, error);

    if (status != OK)
        return status;
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, window->window_id);
    params_string(&params, from);
    params_string(&params, window_state_name(to));
    params_string(&params, reason);
    status = db_run_once(tx->db, settle_sql_window_move, &params, error, &rows);
    if (status == OK && result_affected(rows) == 0)
        status = DUPLICATE;
    result_free(rows);
    effects_row(&tx->effects, "settlement_window", 2);
    effects_int64(&tx->effects, window->window_id);
    effects_text(&tx->effects, text_of(window_state_name(to)));
    return status;
}

enum status settle_on_id(struct db *db, const char *sql, int64_t id, struct error *error,
                         struct result **ret_rows)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, id);
    return db_run_once(db, sql, &params, error, ret_rows);
}

enum status settle_lock(struct business *tx, struct window *window, struct error *error)
{
    struct result *rows = NULL;
    enum status status =
        settle_on_id(tx->db, settle_sql_window_lock, window->window_id, error, &rows);

    if (status != OK)
        return status;
    assert(result_rows(rows) == 1); /* somebody found it a moment ago, and windows stay */
    window->business_date = result_date(rows, 0, 2);
    if (!window_state_parse(result_text(rows, 0, 3), &window->state))
        status = error_set(error, FATAL, "window %lld is in a state unknown to this version",
                           (long long)window->window_id);
    result_free(rows);
    return status;
}

static void post_params(const struct journal_entry *entries, size_t count, int32_t *ids,
                        int64_t *amounts, struct effects *effects)
{
    for (size_t i = 0; i < count; i++) {
        assert_journal_entry_state(&entries[i]);
        assert(entries[i].amount.currency == entries[0].amount.currency);
        ids[i] = entries[i].debit_account_id;
        ids[count + i] = entries[i].credit_account_id;
        amounts[i] = entries[i].amount.minor;
        effects_row(effects, "journal_entry", 3);
        effects_int64(effects, ids[i]);
        effects_int64(effects, ids[count + i]);
        effects_int64(effects, amounts[i]);
    }
}

enum status settle_post(struct settle *settle, struct business *tx, int64_t window_id,
                        calendar_date day, const struct journal_entry *entries, size_t count,
                        struct error *error)
{
    int32_t *ids = arena_alloc(&settle->arena, 2 * (count + 1) * sizeof *ids);
    int64_t *amounts = arena_alloc(&settle->arena, (count + 1) * sizeof *amounts);
    char code[CURRENCY_CODE_SIZE];
    struct params params;

    assert(ids != NULL && amounts != NULL);
    if (count == 0)
        return OK;
    post_params(entries, count, ids, amounts, &tx->effects);
    currency_code(entries[0].amount.currency, code);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, tx->commit_id);
    params_int64(&params, window_id);
    params_date(&params, day);
    params_string(&params, code);
    params_int32_array(&params, ids, count);
    params_int32_array(&params, ids + count, count);
    params_int64_array(&params, amounts, count);
    return db_run_once(tx->db, settle_sql_journal_insert, &params, error, NULL);
}

enum status settle_explain(enum status status, struct error *error)
{
    static const struct refusal rows[] = {
        {"settlement_hold_window_id_fkey", "there is no such window", NULL},
        {"a_window_is_held_once", "somebody holds it already", NULL},
        {"a_closed_window_is_not_held", "it is closed: nothing can be held any more", NULL},
        {"who_holds_does_not_release", "who holds a window does not release it", NULL},
        {"settlement_hold_release_pkey", "somebody was quicker to release it", NULL},
        {"proposed_is_what_was_rejected", "meanwhile it waits for something else", NULL},
        {"maker_does_not_approve", "who proposed it does not approve it", NULL},
        {"reinstruction_approval_pkey", "it is approved already", NULL},
        {"approved_is_what_waits", "meanwhile something else waits: propose anew", NULL},
        {"reinstruction_is_approved_in_time", "the time to approve it is over: propose anew", NULL},
        {"who_asks_for_more_does_not_approve", "who proposed it does not approve it", NULL},
        {"cap_exception_approval_pkey", "it is approved already", NULL},
        {"exception_is_approved_in_time", "the time to approve it is over: propose anew", NULL},
        {"who_places_does_not_approve", "who proposed it does not approve it", NULL},
        {"prefunding_approval_pkey", "it is approved already", NULL},
        {"prefunding_is_approved_in_time", "the time to approve it is over: propose anew", NULL},
        {"i3_prefunding_is_spent_once", "the participant has not that much left", NULL},
        {"i3_contradicted_is_not_paid_again",
         "the bank has contradicted itself: ask the bank whether it paid",
         "two people say so: sawa settle rule propose; or: sawa settle abandon propose"},
        {"ruled_is_what_is_contradicted", "that is not for anybody to say of it",
         "what banks contradict: sawa settle rule show; a payment that was made again, or came "
         "back, cannot be ruled so"},
        {"who_rules_does_not_approve", "who proposed it does not approve it", NULL},
        {"ruling_approval_pkey", "it is approved already", NULL},
        {"ruling_approves_what_is_said", "meanwhile something else is known: propose anew", NULL},
        {"ruling_is_approved_in_time", "the time to approve it is over: propose anew", NULL},
        {"abandoned_is_what_waits", "meanwhile it does not wait any more", NULL},
        {"who_abandons_does_not_approve", "who proposed it does not approve it", NULL},
        {"abandonment_approval_pkey", "it is approved already", NULL},
        {"abandonment_approves_what_waits", "meanwhile something else waits: propose anew", NULL},
        {"abandonment_is_approved_in_time", "the time to approve it is over: propose anew", NULL},
        {"cleared_is_what_is_left", "that much of it is not left, or the account is none for it",
         "what is left, and in which currency: sawa settle suspense show"},
        {"suspense_clearing_purpose_fkey", "there is no such purpose",
         "NOSTRO, OBLIGATION, BANK_CHARGES or GAIN_LOSS"},
        {"who_clears_does_not_approve", "who proposed it does not approve it", NULL},
        {"suspense_clearing_approval_pkey", "it is approved already", NULL},
        {"clearing_approves_what_is_left", "meanwhile something else is left: propose anew", NULL},
        {"clearing_is_approved_in_time", "the time to approve it is over: propose anew", NULL},
    };

    return refusal_explain(rows, COUNT_OF(rows), "nothing was changed", status, error);
}
