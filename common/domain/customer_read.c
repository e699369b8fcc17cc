/*
 * customer_read.c - corridors whose payments go to the bank one by one, from their book: see
 * corridor.h (7).
 *
 *   customer_payments: yes
 */
#include "domain/corridor_work.h"

#include <stdio.h>

void book_customers_read(struct book_reader *reader, const struct config_node *map,
                         struct corridor *corridor)
{
    static const char *const words[] = {"no", "yes"};

    if (!config_take_has(&reader->take, map, "customer_payments"))
        return;
    corridor->instructs_payments =
        config_take_choice(&reader->take, map, "customer_payments", words, COUNT_OF(words)) == 1;
    if (reader->take.failed || !corridor->instructs_payments)
        return;
    if (corridor->model != MODEL_GROSS)
        config_refuse_value(&reader->take, config_tree_child(map, "customer_payments"),
                            "is for corridors whose model is GROSS: a net is no customer's payment",
                            "write model: GROSS, or leave customer_payments out");
    else if (corridor->minimum_minor != 0)
        config_refuse_value(&reader->take, config_tree_child(map, "customer_payments"),
                            "goes with no minimum_minor: a customer's payment does not wait for "
                            "the next",
                            "leave one of the two out");
}

/* The profile of the corridor's account in force when the version begins, or the account's first;
 * NULL: the book has none. */
static const struct bank_profile *profile_of(const struct book_reader *reader,
                                             const struct corridor *corridor)
{
    const struct bank_profile *found = NULL;

    for (size_t i = 0; i < reader->profile_count; i++) {
        const struct bank_profile *profile = &reader->profiles[i];

        if (text_equal(profile->account, corridor->nostro->code) &&
            (found == NULL || profile->effective_from <= corridor->effective_from))
            found = profile;
    }
    return found;
}

/* The version after this one of the same corridor; NULL: it is the last. */
static const struct corridor *version_after(const struct book_reader *reader, size_t index)
{
    const struct corridor *next = &reader->corridors[index] + 1;

    return index + 1 < reader->corridor_count && next->corridor_id == next[-1].corridor_id ? next
                                                                                           : NULL;
}

static void check_profile(struct book_reader *reader, const struct corridor *corridor,
                          const struct bank_profile *profile)
{
    bool one_by_one = profile->message == MESSAGE_PACS_008_08;
    char problem[160];

    if (one_by_one == corridor->instructs_payments)
        return;
    if (one_by_one) {
        snprintf(problem, sizeof problem,
                 "pacs.008.001.08 is for customers' payments, which %.*s version %d does not "
                 "instruct",
                 TEXT_ARG(corridor->code), corridor->version);
        config_refuse(&reader->take, profile->line, "message", problem,
                      corridor->model == MODEL_GROSS
                          ? "write customer_payments: yes in the corridor, or pacs.009.001.08 here"
                          : "net positions go by pacs.009.001.08, through an account of their own");
        return;
    }
    snprintf(problem, sizeof problem, "the bank of %.*s takes no customers' payments: it has %s",
             TEXT_ARG(profile->account), payment_message_name(profile->message));
    config_refuse(&reader->take, corridor->line, "customer_payments", problem,
                  "its bank profile must say pacs.008.001.08 from the day the version begins on");
}

void book_customers_check(struct book_reader *reader)
{
    for (size_t i = 0; i < reader->corridor_count && !reader->take.failed; i++) {
        const struct corridor *corridor = &reader->corridors[i];
        const struct corridor *next = version_after(reader, i);
        const struct bank_profile *profile = profile_of(reader, corridor);

        for (size_t k = 0; k < reader->profile_count && !reader->take.failed; k++) {
            const struct bank_profile *later = &reader->profiles[k];

            if (later == profile ||
                (text_equal(later->account, corridor->nostro->code) &&
                 later->effective_from > corridor->effective_from &&
                 (next == NULL || later->effective_from < next->effective_from)))
                check_profile(reader, corridor, later);
        }
    }
}
