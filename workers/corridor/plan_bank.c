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
        .charge_bearer = result_text(rows, row, 14),
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

/* ---- customers' payments, where the book leaves out what is stored (corridor.h (7)) ---- */

/* The profile that is stored of an account and in force on a day, or its first; NULL: none is. held
 * is by account and version. */
static const struct bank_profile *held_in_force(const struct bank_profile *held, size_t count,
                                                struct text account, calendar_date day)
{
    const struct bank_profile *found = NULL;

    for (size_t i = 0; i < count; i++)
        if (text_equal(held[i].account, account) &&
            (found == NULL || held[i].effective_from <= day))
            found = &held[i];
    return found;
}

static bool book_has_profile(const struct corridor_book *book, struct text account)
{
    for (size_t i = 0; i < book->profile_count; i++)
        if (text_equal(book->profiles[i].account, account))
            return true;
    return false;
}

static enum status customers_of_corridor(struct plan *plan, const struct corridor *corridor,
                                         const struct bank_profile *held, size_t count,
                                         struct error *error)
{
    const struct bank_profile *profile =
        held_in_force(held, count, corridor->nostro->code, corridor->effective_from);
    bool one_by_one = profile != NULL && profile->message == MESSAGE_PACS_008_08;
    char problem[160];

    if (one_by_one == corridor->instructs_payments)
        return OK;
    snprintf(problem, sizeof problem, "the bank of %.*s %s", TEXT_ARG(corridor->nostro->code),
             one_by_one        ? "takes customers' payments alone: its stored profile has pacs.008"
             : profile == NULL ? "has no profile: nobody knows whether it takes customers' payments"
                               : "takes no customers' payments: its stored profile says so");
    return plan_refuse(plan, corridor->line, "customer_payments", problem,
                       one_by_one ? "write customer_payments: yes, or another account"
                                  : "add a bank profile with message: pacs.008.001.08",
                       error);
}

/* Corridors that are stored and not in the book would go on with the bank's new message. */
static enum status customers_of_profile(struct plan *plan, const struct bank_profile *given,
                                        struct error *error)
{
    const struct corridor_book *book = &plan->draft->book;
    struct params params;
    struct result *rows = NULL;
    char problem[160];
    enum status status;

    if (given->message != MESSAGE_PACS_008_08)
        return OK;
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_text(&params, given->account);
    status =
        db_run_once(plan->work->session.db, corridor_sql_netting_corridors, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        struct text code = result_text(rows, i, 0);
        bool in_book = false;

        for (size_t k = 0; k < book->corridor_count && !in_book; k++)
            in_book = text_equal(book->corridors[k].code, code);
        if (in_book)
            continue; /* the book itself was held against it */
        snprintf(problem, sizeof problem,
                 "pacs.008.001.08 is for customers' payments, and %.*s, which is stored, "
                 "instructs net positions through this account",
                 TEXT_ARG(code));
        status = plan_refuse(plan, given->line, "message", problem,
                             "give that corridor another account first", error);
    }
    result_free(rows);
    return status;
}

static enum status plan_customers(struct plan *plan, const struct bank_profile *held, size_t count,
                                  struct error *error)
{
    const struct corridor_book *book = &plan->draft->book;
    enum status status = OK;

    for (size_t i = 0; status == OK && i < book->corridor_count; i++)
        if (!book_has_profile(book, book->corridors[i].nostro->code))
            status = customers_of_corridor(plan, &book->corridors[i], held, count, error);
    for (size_t i = 0; status == OK && i < book->profile_count; i++)
        status = customers_of_profile(plan, &book->profiles[i], error);
    return status;
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
    if (status == OK)
        status = plan_customers(plan, held, count, error);
    result_free(rows);
    return status;
}
