/*
 * plan.c - a book held against what is stored: see corridor.h.
 *
 *   participants, accounts, bank profiles, corridors     each: as stored, new, changed, or refused
 *
 * Asked by plan and propose before anything is stored, and by approve once more, behind the lock
 * that lets one decision after the other change the book.
 */
#include "corridor.h"

#include "base/clock.h"
#include "base/config_tree.h"
#include "corridor_sql.h"
#include "domain/corridor_lines.h"

#include <stdio.h>
#include <string.h>

void plan_init(struct plan *plan, struct work *work, const struct draft *draft)
{
    size_t room = draft->book.corridor_count + 1;

    *plan = (struct plan){
        .work = work,
        .draft = draft,
        .corridor_is_new = arena_alloc(&work->arena, room * sizeof(bool)),
    };
    assert(plan->corridor_is_new != NULL);
    memset(plan->corridor_is_new, 0, room * sizeof(bool));
    buffer_init(&plan->told, CORRIDOR_LINES_MAX);
    buffer_init(&plan->before, CORRIDOR_LINES_MAX);
    buffer_init(&plan->after, CORRIDOR_LINES_MAX);
}

void plan_done(struct plan *plan)
{
    buffer_done(&plan->after);
    buffer_done(&plan->before);
    buffer_done(&plan->told);
}

enum status plan_refuse(const struct plan *plan, int line, const char *key, const char *problem,
                        const char *hint, struct error *error)
{
    (void)config_bad_value(error, plan->draft->name, line, key, problem, hint);
    error->status = REJECT;
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

void plan_tell(struct plan *plan, const char *what, struct text name, const char *title)
{
    buffer_format(&plan->told, "%s %.*s%s\n", what, TEXT_ARG(name), title);
    lines_difference(buffer_view(&plan->before), buffer_view(&plan->after), &plan->told);
    plan->count++;
}

static void lines_clear(struct plan *plan)
{
    buffer_clear(&plan->before);
    buffer_clear(&plan->after);
}

static calendar_date today_of(const struct plan *plan)
{
    return (calendar_date)(plan->work->now_us / US_PER_DAY);
}

/* ---- participants ---- */

/* The columns of held_participants.sql. */
enum participant_column {
    P_ORDINAL,
    P_ID,
    P_CODE,
    P_NAME,
    P_COUNTRY,
    P_ACCOUNT, /* the newest */
    P_BIC,
    P_FROM,
    P_SAME_ACCOUNT, /* the one of this day */
    P_SAME_BIC,
};

static enum status participants_held(struct plan *plan, struct error *error,
                                     struct result **ret_rows)
{
    const struct corridor_book *book = &plan->draft->book;
    size_t count = book->participant_count;
    int32_t *numbers = arena_alloc(&plan->work->arena, 2 * (count + 1) * sizeof *numbers);
    struct text *codes = arena_alloc(&plan->work->arena, (count + 1) * sizeof *codes);
    struct params params;

    assert(numbers != NULL && codes != NULL);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = book->participants[i].participant_id;
        numbers[count + i] = book->participants[i].account_from;
        codes[i] = book->participants[i].code;
    }
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32_array(&params, numbers, count);
    params_text_array(&params, codes, count);
    params_date_array(&params, numbers + count, count);
    return db_run_once(plan->work->session.db, corridor_sql_held_participants, &params, error,
                       ret_rows);
}

/* (2) */
static enum status participant_keeps(const struct plan *plan, const struct participant *given,
                                     const struct result *rows, int row, struct error *error)
{
    const char *key = NULL;
    char problem[256];

    if (result_int64(rows, row, P_ID) != given->participant_id)
        key = "participant_id";
    else if (!text_equal(result_text(rows, row, P_CODE), given->code))
        key = "code";
    else if (!text_equal(result_text(rows, row, P_NAME), given->name))
        key = "name";
    else if (!text_equal(result_text(rows, row, P_COUNTRY), given->country))
        key = "country";
    if (key == NULL)
        return OK;
    snprintf(problem, sizeof problem, "participant %.*s is stored with another one",
             TEXT_ARG(given->code));
    return plan_refuse(plan, given->line, key, problem,
                       "participant_id, code, name and country of a participant stay (2)", error);
}

static void participant_tell(struct plan *plan, const struct participant *given)
{
    char title[64] = ": account";
    char from[DATE_TEXT_SIZE];

    if (plan->before.size == 0)
        snprintf(title, sizeof title, ": new");
    if (given->account_from != ACCOUNT_SINCE_EVER) {
        date_format(given->account_from, from);
        snprintf(title + strlen(title), sizeof title - strlen(title), ", from %s", from);
    }
    plan_tell(plan, "participant", given->code, title);
}

static enum status account_refuse(const struct plan *plan, const struct participant *given,
                                  calendar_date since, struct error *error)
{
    char from[DATE_TEXT_SIZE];
    char problem[256];

    date_format(since, from);
    snprintf(problem, sizeof problem, "participant %.*s is stored with another account%s%s",
             TEXT_ARG(given->code), since == ACCOUNT_SINCE_EVER ? "" : ", from ",
             since == ACCOUNT_SINCE_EVER ? "" : from);
    return plan_refuse(plan, given->line, "account", problem,
                       "another account begins on a later day: write it as account_from", error);
}

/* Its account: known from that day on, or later than all that are known. */
static enum status participant_account(struct plan *plan, const struct participant *given,
                                       const struct result *rows, int row, struct error *error)
{
    bool same_day = !result_is_null(rows, row, P_SAME_ACCOUNT);
    bool is_known = same_day &&
                    text_equal(result_text(rows, row, P_SAME_ACCOUNT), given->account) &&
                    text_equal(result_text(rows, row, P_SAME_BIC), given->bic);
    struct participant held = *given;

    if (given->account.size == 0 || is_known)
        return OK;
    if (!result_is_null(rows, row, P_FROM) &&
        (same_day || result_date(rows, row, P_FROM) > given->account_from))
        return account_refuse(plan, given, result_date(rows, row, P_FROM), error);
    held.account = result_text(rows, row, P_ACCOUNT);
    held.bic = result_text(rows, row, P_BIC);
    lines_clear(plan);
    participant_lines(&held, &plan->before);
    participant_lines(given, &plan->after);
    participant_tell(plan, given);
    return OK;
}

static enum status plan_participants(struct plan *plan, struct error *error)
{
    const struct corridor_book *book = &plan->draft->book;
    struct result *rows = NULL;
    enum status status = participants_held(plan, error, &rows);
    int row = 0;

    for (size_t i = 0; status == OK && i < book->participant_count; i++) {
        const struct participant *given = &book->participants[i];
        int first = row;

        for (; status == OK && row < result_rows(rows) &&
               result_int64(rows, row, P_ORDINAL) == (int64_t)i + 1;
             row++) {
            status = participant_keeps(plan, given, rows, row, error);
            if (status == OK)
                status = participant_account(plan, given, rows, row, error);
        }
        if (status != OK || row > first)
            continue;
        lines_clear(plan);
        participant_lines(given, &plan->after);
        participant_tell(plan, given);
    }
    result_free(rows);
    return status;
}

/* ---- accounts ---- */

static enum status account_compare(struct plan *plan, const struct settlement_account *given,
                                   const struct result *rows, int row, struct error *error)
{
    struct settlement_account held = {
        .servicer_bic = result_text(rows, row, 2),
        .servicer_account = result_text(rows, row, 3),
        .statement_format = result_text(rows, row, 4),
    };
    struct buffer differs;
    char problem[320];
    enum status status = OK;

    if (!currency_parse(result_text(rows, row, 1), &held.currency))
        return error_set(error, FATAL, "an account has a currency unknown to this version");
    lines_clear(plan);
    account_lines(&held, &plan->before);
    account_lines(given, &plan->after);
    buffer_init(&differs, CORRIDOR_LINES_MAX);
    lines_difference(buffer_view(&plan->before), buffer_view(&plan->after), &differs);
    if (differs.size > 0) {
        struct text first = text_trim(text_first(buffer_view(&differs), 200));

        snprintf(problem, sizeof problem, "account %.*s is stored otherwise: %.*s",
                 TEXT_ARG(given->code), TEXT_ARG(first));
        status = plan_refuse(plan, given->line, "code", problem,
                             "an account stays as it is (2): add another, and a corridor version "
                             "that settles through it",
                             error);
    }
    buffer_done(&differs);
    return status;
}

static enum status plan_accounts(struct plan *plan, struct error *error)
{
    const struct corridor_book *book = &plan->draft->book;
    size_t count = book->account_count;
    struct text *codes = arena_alloc(&plan->work->arena, (count + 1) * sizeof *codes);
    struct params params;
    struct result *rows = NULL;
    enum status status;

    assert(codes != NULL);
    for (size_t i = 0; i < count; i++)
        codes[i] = book->accounts[i].code;
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_text_array(&params, codes, count);
    status = db_run_once(plan->work->session.db, corridor_sql_held_accounts, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        const struct settlement_account *given = &book->accounts[i];

        if (!result_is_null(rows, i, 1)) {
            status = account_compare(plan, given, rows, i, error);
            continue;
        }
        lines_clear(plan);
        account_lines(given, &plan->after);
        plan_tell(plan, "account", given->code, ": new");
    }
    result_free(rows);
    return status;
}

/* ---- corridors ---- */

/* The columns of held_corridor.sql: the versions of a corridor, the newest first. */
enum corridor_column {
    C_ID,
    C_VERSION,
    C_CODE,
    C_FROM,
    C_DIGEST,
    C_SOURCE,
    C_TARGET,
    C_SETTLEMENT,
};

static enum status corridor_held(struct plan *plan, const struct corridor *given,
                                 struct error *error, struct result **ret_rows)
{
    struct params params;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, given->corridor_id);
    params_text(&params, given->code);
    return db_run_once(plan->work->session.db, corridor_sql_held_corridor, &params, error,
                       ret_rows);
}

static bool has_currency(const struct result *rows, int column, currency of)
{
    char code[CURRENCY_CODE_SIZE];

    currency_code(of, code);
    return text_is(result_text(rows, 0, column), code);
}

/* Whether a version may follow the newest one that is stored. */
static enum status version_follows(const struct plan *plan, const struct corridor *given,
                                   const struct result *rows, struct error *error)
{
    char from[DATE_TEXT_SIZE];
    char problem[256];

    if (!has_currency(rows, C_SOURCE, given->source_currency) ||
        !has_currency(rows, C_TARGET, given->target_currency) ||
        !has_currency(rows, C_SETTLEMENT, given->settlement_currency))
        return plan_refuse(plan, given->line, "settlement_currency",
                           "is stored with other currencies",
                           "other currencies are another corridor (2)", error);
    date_format(result_date(rows, 0, C_FROM), from);
    snprintf(problem, sizeof problem, "version %d is not behind version %lld of %.*s, from %s",
             given->version, (long long)result_int64(rows, 0, C_VERSION), TEXT_ARG(given->code),
             from);
    if (result_int64(rows, 0, C_VERSION) > given->version)
        return plan_refuse(plan, given->line, "version", problem, "write a higher version", error);
    if (result_date(rows, 0, C_FROM) >= given->effective_from)
        return plan_refuse(plan, given->line, "effective_from", problem, "write a later day",
                           error);
    return OK;
}

/* The lines of a version that is stored, read from the document it came with. */
static enum status stored_lines(struct plan *plan, int32_t corridor_id, int32_t version,
                                struct error *error)
{
    struct work *work = plan->work;
    struct params params;
    struct result *rows = NULL;
    struct draft held;
    enum status status;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, corridor_id);
    params_int32(&params, version);
    status = db_run_once(work->session.db, corridor_sql_document, &params, error, &rows);
    if (status == OK) {
        const struct book_document document = {result_text(rows, 0, 0), result_text(rows, 0, 1)};

        status = draft_read_stored(work, &document, "the stored definition", error, &held);
    }
    for (size_t i = 0; status == OK && i < held.book.corridor_count; i++) {
        if (held.book.corridors[i].corridor_id == corridor_id &&
            held.book.corridors[i].version == version)
            corridor_lines(&held.book.corridors[i], &plan->before);
    }
    result_free(rows);
    return status;
}

/* The version before this one: in the same book, which may bring several, or stored. */
static enum status lines_before(struct plan *plan, const struct corridor *given,
                                const struct result *rows, struct error *error)
{
    int64_t stored = result_rows(rows) == 0 ? 0 : result_int64(rows, 0, C_VERSION);
    bool follows = given > plan->draft->book.corridors &&
                   given[-1].corridor_id == given->corridor_id && given[-1].version >= stored;

    if (follows)
        corridor_lines(&given[-1], &plan->before);
    else if (stored > 0)
        return stored_lines(plan, given->corridor_id, (int32_t)stored, error);
    return OK;
}

/* Windows that are open already keep the version they opened with. */
static enum status windows_tell(struct plan *plan, const struct corridor *given,
                                struct error *error)
{
    char until[DATE_TEXT_SIZE];
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int32(&params, given->corridor_id);
    params_date(&params, given->effective_from);
    status = db_run_once(plan->work->session.db, corridor_sql_windows_kept, &params, error, &rows);
    if (status == OK && result_int64(rows, 0, 0) > 0) {
        date_format(result_date(rows, 0, 1), until);
        buffer_format(&plan->told,
                      "  %lld windows of that day and later are open already, up to %s: they keep "
                      "version %lld\n",
                      (long long)result_int64(rows, 0, 0), until,
                      (long long)result_int64(rows, 0, 2));
    }
    result_free(rows);
    return status;
}

static enum status corridor_new(struct plan *plan, size_t index, const struct result *rows,
                                struct error *error)
{
    const struct corridor *given = &plan->draft->book.corridors[index];
    char from[DATE_TEXT_SIZE];
    char title[64];
    enum status status = OK;

    if (result_rows(rows) > 0)
        status = version_follows(plan, given, rows, error);
    lines_clear(plan);
    if (status == OK)
        status = lines_before(plan, given, rows, error);
    if (status != OK)
        return status;
    corridor_lines(given, &plan->after);
    date_format(given->effective_from, from);
    snprintf(title, sizeof title, " version %d: new, from %s", given->version, from);
    plan_tell(plan, "corridor", given->code, title);
    plan->corridor_is_new[index] = true;
    return windows_tell(plan, given, error);
}

/* (1) */
static enum status corridor_known(struct plan *plan, const struct corridor *given, struct text held,
                                  struct error *error)
{
    struct digest digest = corridor_digest(given, &plan->after);
    char problem[128];

    if (text_equal(held, (struct text){(const char *)digest.bytes, SHA256_SIZE}))
        return OK;
    snprintf(problem, sizeof problem, "version %d of %.*s is stored with other content",
             given->version, TEXT_ARG(given->code));
    return plan_refuse(plan, given->line, "version", problem,
                       "write the change as a new version with its own effective_from (1)", error);
}

/* (2): nothing else is stored under its id or its code. */
static bool is_same_corridor(const struct corridor *given, const struct result *rows)
{
    for (int row = 0; row < result_rows(rows); row++) {
        if (result_int64(rows, row, C_ID) != given->corridor_id ||
            !text_equal(result_text(rows, row, C_CODE), given->code))
            return false;
    }
    return true;
}

static enum status plan_corridor(struct plan *plan, size_t index, struct error *error)
{
    const struct corridor *given = &plan->draft->book.corridors[index];
    struct result *rows = NULL;
    enum status status = corridor_held(plan, given, error, &rows);
    int row = 0;

    if (status != OK)
        return status;
    while (row < result_rows(rows) && result_int64(rows, row, C_VERSION) != given->version)
        row++;
    if (!is_same_corridor(given, rows))
        status = plan_refuse(plan, given->line, "corridor_id",
                             "its id or its code is stored for another corridor",
                             "corridor_id and code of a corridor stay (2)", error);
    else if (row < result_rows(rows))
        status = corridor_known(plan, given, result_text(rows, row, C_DIGEST), error);
    else
        status = corridor_new(plan, index, rows, error);
    result_free(rows);
    return status;
}

/* ---- calendars ---- */

static bool is_newest(const struct corridor_book *book, size_t index)
{
    return index + 1 == book->corridor_count ||
           book->corridors[index + 1].corridor_id != book->corridors[index].corridor_id;
}

/* Up to where all calendars of a corridor speak: windows want a value date too. */
static calendar_date calendars_cover_to(const struct corridor *given)
{
    calendar_date own = given->calendar.covered_to;
    calendar_date money = given->settlement_calendar.covered_to;

    return given->settles_elsewhere && money < own ? money : own;
}

static enum status calendar_ends(struct plan *plan, const struct corridor *given,
                                 calendar_date wanted, struct error *error)
{
    char ends[DATE_TEXT_SIZE];
    char until[DATE_TEXT_SIZE];
    char problem[192];

    date_format(calendars_cover_to(given), ends);
    date_format(wanted, until);
    snprintf(problem, sizeof problem, "holidays of %.*s end on %s, windows are foreseen up to %s",
             TEXT_ARG(given->code), ends, until);
    if (!plan->is_first)
        return plan_refuse(plan, given->line, "calendars", problem,
                           "add the next year's to the file that the key holidays names", error);
    buffer_format(&plan->told, "note: %s\n", problem);
    return OK;
}

/* Windows are opened ahead: the calendars must speak of their days. */
static enum status plan_calendars(struct plan *plan, struct error *error)
{
    const struct corridor_book *book = &plan->draft->book;
    enum status status = OK;

    for (size_t i = 0; status == OK && i < book->corridor_count; i++) {
        const struct corridor *given = &book->corridors[i];
        calendar_date from =
            given->effective_from > today_of(plan) ? given->effective_from : today_of(plan);
        calendar_date wanted = from + plan->work->horizon_days;

        if (is_newest(book, i) && calendars_cover_to(given) < wanted)
            status = calendar_ends(plan, given, wanted, error);
    }
    return status;
}

enum status plan_make(struct plan *plan, struct error *error)
{
    enum status status = plan_participants(plan, error);

    if (status == OK)
        status = plan_accounts(plan, error);
    if (status == OK)
        status = plan_profiles(plan, error);
    for (size_t i = 0; status == OK && i < plan->draft->book.corridor_count; i++)
        status = plan_corridor(plan, i, error);
    return status == OK ? plan_calendars(plan, error) : status;
}
