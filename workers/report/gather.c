/*
 * gather.c - one snapshot of the database as a report; see report.h.
 */
#include "report.h"

#include "report_sql.h"

/* One query on its way into the report. */
struct gather {
    struct db *db;
    struct arena *arena;
    struct report *report;
};

static enum status too_large(const struct gather *gather, struct error *error)
{
    error_set(error, FATAL, "the report on account %.*s could not be made",
              TEXT_ARG(gather->report->account));
    return error_detail(error, "a sum passes 64 bits, or it has more rows than fit into memory");
}

/* Every query asks about an account as of a date. */
static enum status ask(const struct gather *gather, const char *sql, struct error *error,
                       struct result **ret_rows)
{
    struct params params;

    params_init(&params, REPORT_PARAMS_MAX);
    params_int32(&params, gather->report->account_id);
    params_date(&params, gather->report->business_date);
    return db_run_once(gather->db, sql, &params, error, ret_rows);
}

static struct text keep(const struct gather *gather, const struct result *rows, int row, int column)
{
    return arena_text(gather->arena, result_text(rows, row, column));
}

static void *room(const struct gather *gather, const struct result *rows, size_t size)
{
    return arena_alloc(gather->arena, ((size_t)result_rows(rows) + 1) * size);
}

/* ---- balances ---- */

static enum status bank_gather(const struct gather *gather, struct error *error)
{
    struct report *report = gather->report;
    struct result *rows = NULL;
    enum status status = ask(gather, report_sql_bank, error, &rows);

    if (status == OK && result_rows(rows) == 1) {
        report->has_bank = true;
        report->proof.bank_minor = result_int64(rows, 0, 0);
        report->bank_date = result_date(rows, 0, 1);
        report->bank_statement = keep(gather, rows, 0, 2);
        report->bank_format = keep(gather, rows, 0, 3);
    }
    result_free(rows);
    return status;
}

static enum status book_gather(const struct gather *gather, struct error *error)
{
    struct result *rows = NULL;
    enum status status = ask(gather, report_sql_book, error, &rows);

    if (status == OK)
        gather->report->proof.book_minor = result_int64(rows, 0, 0);
    result_free(rows);
    return status;
}

/* ---- outstanding ---- */

static struct report_item item_of(const struct gather *gather, const struct result *rows, int row)
{
    calendar_date date = result_date(rows, row, 1);

    return (struct report_item){
        .id = result_uuid(rows, row, 0),
        .date = date,
        .age = age_of(date, gather->report->business_date),
        .amount_minor = result_int64(rows, row, 2),
        .reference = keep(gather, rows, row, 3),
        .end_to_end_id = keep(gather, rows, row, 4),
        .party = keep(gather, rows, row, 5),
        .break_type = keep(gather, rows, row, 6),
    };
}

static enum status outstanding_gather(const struct gather *gather, const char *sql,
                                      struct outstanding *outstanding, struct error *error,
                                      struct report_item **ret_items, size_t *ret_count)
{
    struct result *rows = NULL;
    enum status status = ask(gather, sql, error, &rows);
    struct report_item *items;

    if (status != OK)
        return status;
    items = room(gather, rows, sizeof *items);
    for (int i = 0; i < result_rows(rows) && items != NULL; i++) {
        items[i] = item_of(gather, rows, i);
        if (!outstanding_add(outstanding, items[i].amount_minor, items[i].age))
            items = NULL;
    }
    *ret_count = (size_t)result_rows(rows);
    *ret_items = items;
    result_free(rows);
    return items == NULL ? too_large(gather, error) : OK;
}

/* ---- matches ---- */

static enum status rules_gather(const struct gather *gather, struct error *error)
{
    struct report *report = gather->report;
    struct result *rows = NULL;
    enum status status = ask(gather, report_sql_matched, error, &rows);
    bool fits = true;

    if (status != OK)
        return status;
    report->rules = room(gather, rows, sizeof *report->rules);
    assert(report->rules != NULL);
    for (int i = 0; i < result_rows(rows); i++) {
        report->rules[i] = (struct report_rule){keep(gather, rows, i, 0), result_int64(rows, i, 1),
                                                result_int64(rows, i, 2), result_int64(rows, i, 3),
                                                result_int64(rows, i, 4), result_int64(rows, i, 5)};
        fits = fits && !__builtin_add_overflow(report->proof.difference_minor,
                                               report->rules[i].difference_minor,
                                               &report->proof.difference_minor);
    }
    report->rule_count = (size_t)result_rows(rows);
    result_free(rows);
    return fits ? OK : too_large(gather, error);
}

/* ---- breaks ---- */

static struct report_break break_of(const struct gather *gather, const struct result *rows, int row)
{
    struct text type = keep(gather, rows, row, 1);
    calendar_date opened_on = result_date(rows, row, 4);

    return (struct report_break){
        .break_id = result_int64(rows, row, 0),
        .type = type,
        .cause = break_cause(type),
        .is_entry = result_bool(rows, row, 2),
        .amount_minor = result_int64(rows, row, 3),
        .opened_on = opened_on,
        .date = result_date(rows, row, 5),
        .age = age_of(opened_on, gather->report->business_date),
        .reference = keep(gather, rows, row, 6),
        .end_to_end_id = keep(gather, rows, row, 7),
        .party = keep(gather, rows, row, 8),
    };
}

static enum status breaks_gather(const struct gather *gather, struct error *error)
{
    struct report *report = gather->report;
    struct result *rows = NULL;
    enum status status = ask(gather, report_sql_breaks, error, &rows);

    if (status != OK)
        return status;
    report->break_count = (size_t)result_rows(rows);
    report->breaks = room(gather, rows, sizeof *report->breaks);
    for (int i = 0; report->breaks != NULL && i < result_rows(rows); i++)
        report->breaks[i] = break_of(gather, rows, i);
    result_free(rows);
    return report->breaks == NULL ? too_large(gather, error) : OK;
}

static enum status candidates_gather(const struct gather *gather, struct error *error)
{
    struct report *report = gather->report;
    struct result *rows = NULL;
    enum status status = ask(gather, report_sql_candidates, error, &rows);

    if (status != OK)
        return status;
    report->candidate_count = (size_t)result_rows(rows);
    report->candidates = room(gather, rows, sizeof *report->candidates);
    for (int i = 0; report->candidates != NULL && i < result_rows(rows); i++)
        report->candidates[i] =
            (struct report_candidate){result_int64(rows, i, 0), result_int64(rows, i, 1),
                                      result_int64(rows, i, 2), result_date(rows, i, 3),
                                      keep(gather, rows, i, 4), keep(gather, rows, i, 5)};
    result_free(rows);
    return report->candidates == NULL ? too_large(gather, error) : OK;
}

/* The first candidate of a break; candidates are in the order of break_id. */
static size_t candidates_from(const struct report *report, int64_t break_id)
{
    size_t low = 0;
    size_t high = report->candidate_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (report->candidates[middle].break_id < break_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void candidates_join(struct report *report)
{
    for (size_t i = 0; i < report->break_count; i++) {
        struct report_break *found = &report->breaks[i];
        size_t at = candidates_from(report, found->break_id);

        found->candidates = report->candidates + at;
        while (at + found->candidate_count < report->candidate_count &&
               found->candidates[found->candidate_count].break_id == found->break_id)
            found->candidate_count++;
    }
}

static enum status movement_gather(const struct gather *gather, struct error *error)
{
    struct report_movement *movement = &gather->report->movement;
    struct result *rows = NULL;
    enum status status = ask(gather, report_sql_movement, error, &rows);

    if (status == OK) {
        *movement = (struct report_movement){result_int64(rows, 0, 0), result_int64(rows, 0, 1),
                                             result_int64(rows, 0, 2), result_int64(rows, 0, 3)};
        assert(movement->opening + movement->added - movement->closed == movement->closing);
    }
    result_free(rows);
    return status;
}

static enum status controls_gather(const struct gather *gather, struct error *error)
{
    struct result *rows = NULL;
    enum status status = ask(gather, report_sql_controls, error, &rows);
    int64_t figures[10];

    for (int i = 0; status == OK && i < (int)COUNT_OF(figures); i++)
        figures[i] = result_int64(rows, 0, i);
    if (status == OK)
        gather->report->controls =
            (struct report_controls){figures[0], figures[1], figures[2], figures[3], figures[4],
                                     figures[5], figures[6], figures[7], figures[8], figures[9]};
    result_free(rows);
    return status;
}

/* ---- everything ---- */

static enum status proof_gather(const struct gather *gather, struct error *error)
{
    struct report *report = gather->report;
    enum status status = bank_gather(gather, error);

    if (status == OK)
        status = book_gather(gather, error);
    if (status == OK)
        status = outstanding_gather(gather, report_sql_open_entries, &report->proof.bank, error,
                                    &report->bank_items, &report->bank_item_count);
    if (status == OK)
        status = outstanding_gather(gather, report_sql_open_items, &report->proof.book, error,
                                    &report->book_items, &report->book_item_count);
    if (status == OK)
        status = rules_gather(gather, error);
    if (status == OK && !proof_close(&report->proof))
        status = too_large(gather, error);
    return status;
}

enum status report_gather(struct db *db, struct arena *arena, struct report *report,
                          struct error *error)
{
    const struct gather gather = {db, arena, report};
    enum status status = proof_gather(&gather, error);

    if (status == OK)
        status = breaks_gather(&gather, error);
    if (status == OK)
        status = candidates_gather(&gather, error);
    if (status == OK)
        status = movement_gather(&gather, error);
    if (status == OK)
        status = controls_gather(&gather, error);
    if (status == OK)
        candidates_join(report);
    return status;
}
