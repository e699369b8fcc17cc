/*
 * limit.c - see limit.h; what is decided, domain/settlement_limit.h decides, and what is booked for
 * it, domain/close_entries.h.
 */
#include "limits/limit.h"

#include "domain/amount.h"
#include "settle_sql.h"

#include <stdio.h>
#include <stdlib.h>

static enum status out_of_memory(struct error *error)
{
    return error_set(error, FATAL, "out of memory for the limits of a window");
}

/* ---- what is known before ---- */

static enum status carried_read(struct closing *closing, struct limits *limits, struct error *error)
{
    struct result *rows = NULL;
    enum status status = settle_on_id(closing->settle->session.db, settle_sql_limit_carried,
                                      closing->window.window_id, error, &rows);

    if (status != OK)
        return status;
    limits->carried_count = (size_t)result_rows(rows);
    limits->carried =
        arena_alloc(&closing->settle->arena, (limits->carried_count + 1) * sizeof *limits->carried);
    if (limits->carried == NULL)
        status = out_of_memory(error);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        limits->carried[i] = (struct carried){
            .participant_id = (int32_t)result_int64(rows, i, 0),
            .counterparty_id = (int32_t)result_int64(rows, i, 1),
            .minor = {result_int64(rows, i, 2), result_int64(rows, i, 3)},
        };
    result_free(rows);
    return status;
}

static enum status members_read(struct closing *closing, struct limits *limits, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_int32(&params, closing->corridor_id);
    params_int32(&params, closing->corridor_version);
    params_date(&params, (calendar_date)(closing->now_us / US_PER_DAY));
    status =
        db_run_once(closing->settle->session.db, settle_sql_limit_members, &params, error, &rows);
    if (status != OK)
        return status;
    limits->member_count = (size_t)result_rows(rows);
    limits->members =
        arena_alloc(&closing->settle->arena, (limits->member_count + 1) * sizeof *limits->members);
    if (limits->members == NULL)
        status = out_of_memory(error);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        limits->members[i] = (struct member){
            .participant_id = (int32_t)result_int64(rows, i, 0),
            .through_id = (int32_t)result_int64(rows, i, 1),
            .is_prefunded = result_bool(rows, i, 2),
            .cap_minor = result_is_null(rows, i, 3) ? NET_DEBIT_UNCAPPED : result_int64(rows, i, 3),
        };
    result_free(rows);
    return status;
}

/* One look. *ret_again: the window it found was closed in this very moment. */
static enum status next_look(struct closing *closing, struct limits *limits, struct error *error,
                             bool *ret_again)
{
    struct result *rows = NULL;
    enum window_state state = WINDOW_OPEN;
    enum status status = settle_on_id(closing->settle->session.db, settle_sql_limit_next,
                                      closing->window.window_id, error, &rows);

    *ret_again = false;
    if (status == OK && result_rows(rows) == 1) {
        if (!window_state_parse(result_text(rows, 0, 2), &state))
            status = error_set(error, FATAL, "a window is in a state unknown to this version");
        limits->next_window_id = result_int64(rows, 0, 0);
        limits->next_version = (int32_t)result_int64(rows, 0, 1);
        *ret_again = state != WINDOW_OPEN && state != WINDOW_CLOSING && state != WINDOW_HELD;
    }
    result_free(rows);
    return status;
}

/* (2) */
static enum status next_read(struct closing *closing, struct limits *limits, struct error *error)
{
    enum status status;
    bool again;

    do {
        limits->next_window_id = 0;
        status = next_look(closing, limits, error, &again);
    } while (status == OK && again); /* one window less each time */
    return status;
}

/* *ret_members, *ret_carries: there are such rows. */
static enum status limit_look(struct closing *closing, struct limits *limits, struct error *error,
                              bool *ret_members, bool *ret_carries)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_int32(&params, closing->corridor_id);
    params_int32(&params, closing->corridor_version);
    status = db_run_once(closing->settle->session.db, settle_sql_limit_read, &params, error, &rows);
    if (status == OK) {
        limits->minimum_minor = result_int64(rows, 0, 0);
        *ret_members = result_bool(rows, 0, 1);
        *ret_carries = result_bool(rows, 0, 2);
    }
    result_free(rows);
    return status;
}

enum status limits_read(struct closing *closing, struct error *error)
{
    struct limits *limits = arena_alloc(&closing->settle->arena, sizeof *limits);
    bool has_members = false;
    bool has_carries = false;
    enum status status;

    if (limits == NULL)
        return out_of_memory(error);
    closing->limits = limits;
    status = limit_look(closing, limits, error, &has_members, &has_carries);
    if (status == OK && limits->minimum_minor > 0)
        status = next_read(closing, limits, error);
    if (status == OK && has_carries)
        status = carried_read(closing, limits, error);
    return status == OK && has_members ? members_read(closing, limits, error) : status;
}

/* ---- who takes part because of it ---- */

static int id_compare(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left;
    int32_t b = *(const int32_t *)right;

    return (a > b) - (a < b);
}

static const int32_t *id_find(const int32_t *ids, size_t count, int32_t id)
{
    return count == 0 ? NULL : bsearch(&id, ids, count, sizeof id, id_compare);
}

static int32_t index_of(const struct limit_case *limit_case, int32_t participant_id)
{
    const int32_t *found =
        id_find(limit_case->participant_ids, limit_case->participant_count, participant_id);

    assert(found != NULL);
    return (int32_t)(found - limit_case->participant_ids);
}

size_t limits_room(const struct limits *limits, size_t count)
{
    return count + 2 * limits->carried_count + limits->member_count;
}

static void ids_settle(int32_t *ids, size_t *count)
{
    size_t distinct = 0;

    if (*count > 0)
        qsort(ids, *count, sizeof *ids, id_compare);
    for (size_t i = 0; i < *count; i++)
        if (distinct == 0 || ids[distinct - 1] != ids[i])
            ids[distinct++] = ids[i];
    *count = distinct;
}

void limits_parties(const struct limits *limits, int32_t *ids, size_t *count)
{
    size_t known;

    for (size_t i = 0; i < limits->carried_count; i++) {
        ids[(*count)++] = limits->carried[i].participant_id;
        if (limits->carried[i].counterparty_id != 0)
            ids[(*count)++] = limits->carried[i].counterparty_id;
    }
    if (limits->carried_count > 0)
        ids_settle(ids, count);
    known = *count;
    for (size_t i = 0; i < limits->member_count; i++)
        if (limits->members[i].through_id != limits->members[i].participant_id &&
            id_find(ids, known, limits->members[i].participant_id) != NULL)
            ids[(*count)++] = limits->members[i].through_id;
    if (*count > known)
        ids_settle(ids, count);
}

/* ---- terms ---- */

static enum status leavers_mark(const struct limit_case *limit_case,
                                struct participant_terms *terms, struct error *error)
{
    const struct closing *closing = limit_case->closing;
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32(&params, closing->corridor_id);
    params_int32(&params, limit_case->limits->next_version);
    params_int32_array(&params, limit_case->participant_ids, limit_case->participant_count);
    status =
        db_run_once(closing->settle->session.db, settle_sql_limit_leavers, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        terms[index_of(limit_case, (int32_t)result_int64(rows, i, 0))].leaves = true;
    result_free(rows);
    return status;
}

static void members_mark(const struct limit_case *limit_case, struct participant_terms *terms)
{
    const struct limits *limits = limit_case->limits;

    for (size_t i = 0; i < limits->member_count; i++) {
        const struct member *member = &limits->members[i];
        const int32_t *found = id_find(limit_case->participant_ids, limit_case->participant_count,
                                       member->participant_id);

        if (found == NULL)
            continue;
        terms[found - limit_case->participant_ids] = (struct participant_terms){
            .through_index = index_of(limit_case, member->through_id),
            .is_prefunded = member->is_prefunded,
            .cap_minor = member->cap_minor,
        };
    }
}

static enum status terms_make(struct limit_case *limit_case, struct error *error)
{
    const struct limits *limits = limit_case->limits;
    size_t count = limit_case->participant_count;
    struct participant_terms *terms;

    limit_case->terms = (struct settlement_terms){
        .model = limit_case->closing->model,
        .minimum_minor = limits->minimum_minor,
        .has_next = limits->next_window_id != 0,
    };
    if (limits->member_count == 0 && limits->next_window_id == 0)
        return OK;
    terms = arena_alloc(&limit_case->closing->settle->arena, (count + 1) * sizeof *terms);
    if (terms == NULL)
        return out_of_memory(error);
    for (size_t i = 0; i < count; i++)
        terms[i] = (struct participant_terms){.through_index = (int32_t)i,
                                              .cap_minor = NET_DEBIT_UNCAPPED};
    members_mark(limit_case, terms);
    limit_case->terms.participants = limit_case->participant_terms = terms;
    return limits->next_window_id == 0 ? OK : leavers_mark(limit_case, terms, error);
}

/* ---- decisions ---- */

static struct net_carry *carries_of(const struct limit_case *limit_case)
{
    const struct limits *limits = limit_case->limits;
    struct net_carry *carries = arena_alloc(&limit_case->closing->settle->arena,
                                            (limits->carried_count + 1) * sizeof *carries);

    for (size_t i = 0; carries != NULL && i < limits->carried_count; i++) {
        const struct carried *carried = &limits->carried[i];

        carries[i] = (struct net_carry){
            .participant_index = index_of(limit_case, carried->participant_id),
            .counterparty_index = carried->counterparty_id == 0
                                      ? NETTING_AGENT
                                      : index_of(limit_case, carried->counterparty_id),
            .minor = carried->minor,
        };
    }
    return carries;
}

static enum status does_not_settle(const struct limit_case *limit_case, struct error *error)
{
    error_set(error, FATAL, "window %lld could not be settled",
              (long long)limit_case->closing->window.window_id);
    error_detail(error, "with what was carried to it, a sum passes 64 bits, or memory its ceiling");
    return error_hint(error, "nothing was stored; the window stays open");
}

/* Ids of the participants whose balances pay something, ascending. */
static size_t funded_ids(const struct limit_case *limit_case, int32_t *ids)
{
    size_t count = 0;

    for (size_t i = 0; i < limit_case->nets->count; i++) {
        int32_t id = limit_case->participant_ids[limit_case->nets->positions[i].participant_index];

        if (limit_case->settled[i].funded_minor > 0 && (count == 0 || ids[count - 1] != id))
            ids[count++] = id;
    }
    return count;
}

/* (3) */
static enum status balances_read(struct limit_case *limit_case, struct error *error)
{
    struct settle *settle = limit_case->closing->settle;
    int32_t *ids = arena_alloc(&settle->arena, (limit_case->participant_count + 1) * sizeof *ids);
    size_t count = ids == NULL ? 0 : funded_ids(limit_case, ids);
    char code[CURRENCY_CODE_SIZE];
    struct params params;
    struct result *rows = NULL;
    enum status status;

    if (ids == NULL)
        return out_of_memory(error);
    if (count == 0)
        return OK;
    currency_code(limit_case->closing->currency, code);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32_array(&params, ids, count);
    params_string(&params, code);
    status = db_run_once(settle->session.db, settle_sql_limit_balances, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        limit_case->participant_terms[index_of(limit_case, (int32_t)result_int64(rows, i, 0))]
            .balance_minor = result_int64(rows, i, 1);
    result_free(rows);
    return status;
}

static enum status participant_name(const struct limit_case *limit_case, int32_t participant_id,
                                    struct error *error, char *name, size_t size)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, SETTLE_PARAMS_MAX);
    params_int32(&params, participant_id);
    status = db_run_once(limit_case->closing->settle->session.db, settle_sql_participant_code,
                         &params, error, &rows);
    if (status == OK)
        snprintf(name, size, "%.*s", TEXT_ARG(result_text(rows, 0, 0)));
    result_free(rows);
    return status;
}

/* "net_debit_cap: EXAMKE02 is to pay 1200.00 KES, its cap is 1000.00" */
static enum status breach_tell(const struct limit_case *limit_case,
                               const struct limit_breach *breach, struct error *error,
                               char ret_reason[HOLD_REASON_SIZE])
{
    currency in_currency = limit_case->closing->currency;
    struct amount debit = {breach->debit_minor, in_currency};
    struct amount limit = {breach->limit_minor, in_currency};
    char money[2][AMOUNT_TEXT_SIZE];
    char code[CURRENCY_CODE_SIZE];
    char name[64];
    enum status status =
        participant_name(limit_case, limit_case->participant_ids[breach->participant_index], error,
                         name, sizeof name);

    if (status != OK)
        return status;
    currency_code(in_currency, code);
    amount_format(debit, money[0]);
    amount_format(limit, money[1]);
    snprintf(ret_reason, HOLD_REASON_SIZE, "%s: %s is to pay %s %s, %s %s",
             limit_kind_name(breach->kind), name, money[0], code,
             breach->kind == LIMIT_NET_DEBIT ? "its cap is" : "it has placed", money[1]);
    return OK;
}

enum status limits_decide(struct limit_case *limit_case, struct error *error,
                          char ret_reason[HOLD_REASON_SIZE])
{
    struct arena *arena = &limit_case->closing->settle->arena;
    struct limit_breach breach;
    struct net_carry *carries;
    enum status status = terms_make(limit_case, error);

    ret_reason[0] = '\0';
    if (status != OK)
        return status;
    carries = carries_of(limit_case);
    if (carries == NULL ||
        !settlement_decide(&limit_case->terms, carries, limit_case->limits->carried_count,
                           limit_case->participant_count, arena, limit_case->nets,
                           &limit_case->settled) ||
        !settlement_prove(limit_case->nets, limit_case->settled, &limit_case->proof))
        return does_not_settle(limit_case, error);
    if (limit_case->terms.participants == NULL)
        return OK;
    status = balances_read(limit_case, error);
    if (status != OK)
        return status;
    breach = settlement_breach(&limit_case->terms, limit_case->nets, limit_case->settled);
    return breach.kind == LIMIT_NONE ? OK : breach_tell(limit_case, &breach, error, ret_reason);
}

/* ---- what is stored ---- */

/* Rows of one of the three tables, as they are collected. */
struct limit_rows {
    int32_t *ids; /* participants */
    int32_t *others;
    struct text *directions;
    int64_t *minors;
    size_t count;
};

static bool rows_make(const struct limit_case *limit_case, size_t room, struct limit_rows *ret_rows)
{
    struct arena *arena = &limit_case->closing->settle->arena;
    struct limit_rows rows = {
        .ids = arena_alloc(arena, (room + 1) * sizeof *rows.ids),
        .others = arena_alloc(arena, (room + 1) * sizeof *rows.others),
        .directions = arena_alloc(arena, (room + 1) * sizeof *rows.directions),
        .minors = arena_alloc(arena, (room + 1) * sizeof *rows.minors),
    };

    *ret_rows = rows;
    return rows.ids != NULL && rows.others != NULL && rows.directions != NULL &&
           rows.minors != NULL;
}

static void row_add(struct limit_rows *rows, int32_t id, int32_t other, struct text direction,
                    int64_t minor)
{
    if (minor == 0)
        return;
    rows->ids[rows->count] = id;
    rows->others[rows->count] = other;
    rows->directions[rows->count] = direction;
    rows->minors[rows->count] = minor;
    rows->count++;
}

/* Of group_net and prefunding_use. */
static void rows_effect(const struct limit_case *limit_case, const char *table,
                        const struct limit_rows *rows)
{
    struct effects *effects = &limit_case->closing->tx->effects;

    for (size_t i = 0; i < rows->count; i++) {
        effects_row(effects, table, 4);
        effects_int64(effects, limit_case->closing->window.window_id);
        effects_int64(effects, rows->ids[i]);
        effects_int64(effects, rows->others[i]);
        effects_int64(effects, rows->minors[i]);
    }
}

static int32_t counterparty_id_of(const struct limit_case *limit_case,
                                  const struct net_position *position)
{
    return position->counterparty_index == NETTING_AGENT
               ? 0
               : limit_case->participant_ids[position->counterparty_index];
}

static void carry_effects(const struct limit_case *limit_case, const struct limit_rows *rows)
{
    struct effects *effects = &limit_case->closing->tx->effects;

    for (size_t i = 0; i < rows->count; i++) {
        effects_row(effects, "net_carry", 6);
        effects_int64(effects, limit_case->closing->window.window_id);
        effects_int64(effects, limit_case->limits->next_window_id);
        effects_int64(effects, rows->ids[i]);
        effects_int64(effects, rows->others[i]);
        effects_text(effects, rows->directions[i]);
        effects_int64(effects, rows->minors[i]);
    }
}

static enum status carries_write(const struct limit_case *limit_case, const struct limit_rows *rows,
                                 struct error *error)
{
    const struct closing *closing = limit_case->closing;
    char code[CURRENCY_CODE_SIZE];
    struct params params;

    if (rows->count == 0)
        return OK;
    carry_effects(limit_case, rows);
    currency_code(closing->currency, code);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_int64(&params, limit_case->limits->next_window_id);
    params_string(&params, code);
    params_int64(&params, closing->tx->commit_id);
    params_int32_array(&params, rows->ids, rows->count);
    params_int32_array(&params, rows->others, rows->count);
    params_text_array(&params, rows->directions, rows->count);
    params_int64_array(&params, rows->minors, rows->count);
    return db_run_once(closing->settle->session.db, settle_sql_net_carry_insert, &params, error,
                       NULL);
}

static enum status taken_write(const struct limit_case *limit_case, const char *table,
                               const char *sql, const struct limit_rows *rows, struct error *error)
{
    const struct closing *closing = limit_case->closing;
    char code[CURRENCY_CODE_SIZE];
    struct params params;

    if (rows->count == 0)
        return OK;
    rows_effect(limit_case, table, rows);
    currency_code(closing->currency, code);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, closing->window.window_id);
    params_string(&params, code);
    params_int64(&params, closing->tx->commit_id);
    params_int32_array(&params, rows->ids, rows->count);
    params_int32_array(&params, rows->others, rows->count);
    params_int64_array(&params, rows->minors, rows->count);
    return db_run_once(closing->settle->session.db, sql, &params, error, NULL);
}

/* ---- the accounts of what was placed ---- */

/* Those of rows' participants, who ascend, one of them perhaps twice. */
static enum status prefunding_accounts(struct limit_case *limit_case, const struct limit_rows *rows,
                                       struct error *error)
{
    size_t room = limit_case->participant_count + 1;
    char code[CURRENCY_CODE_SIZE];
    struct params params;
    struct result *accounts = NULL;
    enum status status;

    if (rows->count == 0)
        return OK;
    limit_case->prefunding_ids =
        arena_alloc(&limit_case->closing->settle->arena, room * sizeof(int32_t));
    if (limit_case->prefunding_ids == NULL)
        return out_of_memory(error);
    currency_code(limit_case->closing->currency, code);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_string(&params, code);
    params_int32_array(&params, rows->ids, rows->count);
    status = db_run_once(limit_case->closing->settle->session.db, settle_sql_prefunding_accounts,
                         &params, error, &accounts);
    for (int i = 0; status == OK && i < result_rows(accounts); i++)
        limit_case->prefunding_ids[index_of(limit_case, (int32_t)result_int64(accounts, i, 0))] =
            (int32_t)result_int64(accounts, i, 1);
    result_free(accounts);
    return status;
}

static void rows_collect(const struct limit_case *limit_case, struct limit_rows *carries,
                         struct limit_rows *groups, struct limit_rows *funds)
{
    const struct participant_terms *terms = limit_case->terms.participants;

    for (size_t i = 0; i < limit_case->nets->count; i++) {
        const struct net_position *position = &limit_case->nets->positions[i];
        const struct settled *settled = &limit_case->settled[i];
        int32_t own = limit_case->participant_ids[position->participant_index];
        int32_t other = counterparty_id_of(limit_case, position);

        row_add(carries, own, other, TEXT("COLLECT"), settled->carried_out.collect_minor);
        row_add(carries, own, other, TEXT("PAY"), settled->carried_out.pay_minor);
        row_add(funds, own, other, TEXT("COLLECT"), settled->funded_minor);
        if (terms != NULL &&
            terms[position->participant_index].through_index != position->participant_index)
            row_add(groups, own,
                    limit_case->participant_ids[terms[position->participant_index].through_index],
                    TEXT(""), -settled->joined_minor);
    }
}

enum status limits_write(struct limit_case *limit_case, struct error *error)
{
    size_t room = 2 * limit_case->nets->count;
    struct limit_rows carries, groups, funds;
    enum status status;

    if (limit_case->terms.participants == NULL)
        return OK; /* (1) */
    if (!rows_make(limit_case, room, &carries) || !rows_make(limit_case, room, &groups) ||
        !rows_make(limit_case, room, &funds))
        return out_of_memory(error);
    rows_collect(limit_case, &carries, &groups, &funds);
    status = carries_write(limit_case, &carries, error);
    if (status == OK)
        status = taken_write(limit_case, "group_net", settle_sql_group_net_insert, &groups, error);
    if (status == OK)
        status = taken_write(limit_case, "prefunding_use", settle_sql_prefunding_use_insert, &funds,
                             error);
    return status == OK ? prefunding_accounts(limit_case, &funds, error) : status;
}
