/*
 * plan_bank.c - bank profiles of a book held against those that are stored: see corridor.h.
 */
#include "corridor.h"

#include "corridor_sql.h"
#include "domain/corridor_lines.h"

#include <stdio.h>

static enum status profile_read(const struct result *rows, int row, struct error *error,
                                struct bank_profile *ret_profile)
{
    struct bank_profile profile = {
        .account = result_text(rows, row, 0),
        .version = (int32_t)result_int64(rows, row, 1),
        .effective_from = result_date(rows, row, 2),
        .own_name = result_text(rows, row, 4),
        .own_bic = result_text(rows, row, 5),
        .settlement_method = result_text(rows, row, 6),
        .transactions_max = (int32_t)result_int64(rows, row, 7),
        .uetr = result_bool(rows, row, 8),
        .release_threshold_minor = result_int64(rows, row, 9),
        .release_automatic = result_bool(rows, row, 10),
        .release_hours = (int32_t)result_int64(rows, row, 11),
        .answer_hours = (int32_t)result_int64(rows, row, 12),
        .schema_check = result_bool(rows, row, 13),
    };

    if (!payment_message_parse(result_text(rows, row, 3), &profile.message))
        return error_set(error, FATAL, "a bank profile has a message unknown to this version");
    *ret_profile = profile;
    return OK;
}

static void lines_take(struct plan *plan, const struct bank_profile *before,
                       const struct bank_profile *after)
{
    buffer_clear(&plan->before);
    buffer_clear(&plan->after);
    if (before != NULL)
        profile_lines(before, &plan->before);
    profile_lines(after, &plan->after);
}

static enum status profile_known(struct plan *plan, const struct bank_profile *given,
                                 const struct bank_profile *held, struct error *error)
{
    char problem[128];

    lines_take(plan, held, given);
    if (held->effective_from == given->effective_from &&
        text_equal(buffer_view(&plan->before), buffer_view(&plan->after)))
        return OK;
    snprintf(problem, sizeof problem, "version %d for %.*s is stored with other content",
             given->version, TEXT_ARG(given->account));
    return plan_refuse(plan, given->line, "version", problem,
                       "write the change as a new version with its own effective_from (1)", error);
}

static enum status profile_new(struct plan *plan, const struct bank_profile *given,
                               const struct bank_profile *newest, struct error *error)
{
    bool follows =
        given > plan->draft->book.profiles && text_equal(given[-1].account, given->account);
    char from[DATE_TEXT_SIZE];
    char title[64];

    if (newest != NULL &&
        (newest->version > given->version || newest->effective_from >= given->effective_from))
        return plan_refuse(plan, given->line, "effective_from",
                           "a version is stored that begins no earlier, or is newer",
                           "write a higher version and a later day", error);
    lines_take(plan, follows ? &given[-1] : newest, given);
    date_format(given->effective_from, from);
    snprintf(title, sizeof title, " version %d: new, from %s", given->version, from);
    plan_tell(plan, "bank profile", given->account, title);
    return OK;
}

/* held: the stored profiles, by account and version. */
static enum status profile_compare(struct plan *plan, const struct bank_profile *given,
                                   const struct bank_profile *held, size_t count,
                                   struct error *error)
{
    const struct bank_profile *newest = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!text_equal(held[i].account, given->account))
            continue;
        if (held[i].version == given->version)
            return profile_known(plan, given, &held[i], error);
        newest = &held[i];
    }
    return profile_new(plan, given, newest, error);
}

enum status plan_profiles(struct plan *plan, struct error *error)
{
    const struct corridor_book *book = &plan->draft->book;
    struct bank_profile *held;
    struct result *rows = NULL;
    size_t count = 0;
    enum status status =
        db_run(plan->work->session.db, corridor_sql_held_profiles, NULL, error, &rows);

    if (status != OK)
        return status;
    held = arena_alloc(&plan->work->arena, ((size_t)result_rows(rows) + 1) * sizeof *held);
    assert(held != NULL);
    for (; status == OK && count < (size_t)result_rows(rows); count++)
        status = profile_read(rows, (int)count, error, &held[count]);
    for (size_t i = 0; status == OK && i < book->profile_count; i++)
        status = profile_compare(plan, &book->profiles[i], held, count, error);
    result_free(rows);
    return status;
}
