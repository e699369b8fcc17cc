/*
 * test_close_entries.c - what a window books: which accounts, which way, in which order.
 */
#include "domain/close_entries.h"
#include "domain/fee.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define KES CURRENCY('K', 'E', 'S')

enum { NOSTRO = 1, POSITION, GAIN, A = 10, B, C, PLACED_A = 20, PLACED_B, PLACED_C };

static const int32_t obligation_ids[] = {A, B, C};
static const int32_t prefunding_ids[] = {PLACED_A, PLACED_B, PLACED_C};
static const struct close_accounts accounts = {KES,      NOSTRO, obligation_ids, prefunding_ids,
                                               POSITION, GAIN};

/* A -90, B +60, C +30, against the agent. */
static struct net_position three[] = {
    {0, NETTING_AGENT, 130, 40, -90},
    {1, NETTING_AGENT, 40, 100, 60},
    {2, NETTING_AGENT, 0, 30, 30},
};
static const struct net_positions positions = {three, COUNT_OF(three)};

static void entry_is(const struct journal_entry *entry, int32_t debit, int32_t credit,
                     int64_t minor)
{
    assert_int_equal(entry->debit_account_id, debit);
    assert_int_equal(entry->credit_account_id, credit);
    assert_int_equal(entry->amount.minor, minor);
    assert_int_equal(entry->amount.currency, KES);
}

static size_t booked(const struct settlement_terms *terms, const struct settled *settled,
                     const struct fx_gain *gain, struct journal_entry entries[16])
{
    const struct close_case decided = {terms, &positions, settled, gain, NULL};

    assert_true(close_entries_room(COUNT_OF(three), 0) <= 16);
    return close_entries(&decided, &accounts, entries);
}

/* Two customers of B and one of C are paid by themselves, then what is left of B. */
static void what_is_paid_part_by_part_is_booked_so(void **state)
{
    static const struct settlement_terms terms = {.model = MODEL_GROSS};
    static const struct settled settled[] = {{.instructed = {90, 0}},
                                             {.instructed = {5, 60}},
                                             {.instructed = {0, 30}}};
    static const size_t counts[] = {0, 2, 1};
    static const int64_t minors[] = {20, 15, 30};
    static const struct close_parts parts = {counts, minors, COUNT_OF(minors)};
    const struct close_case decided = {&terms, &positions, settled, NULL, &parts};
    struct journal_entry entries[16];

    (void)state;
    assert_true(close_entries_room(COUNT_OF(three), parts.count) <= 16);
    assert_int_equal(close_entries(&decided, &accounts, entries), 6);
    entry_is(&entries[0], NOSTRO, A, 90);
    entry_is(&entries[1], NOSTRO, B, 5);
    entry_is(&entries[2], B, NOSTRO, 20);
    entry_is(&entries[3], B, NOSTRO, 15);
    entry_is(&entries[4], B, NOSTRO, 25);
    entry_is(&entries[5], C, NOSTRO, 30); /* nothing is left of it */
}

static void what_is_instructed_passes_the_nostro(void **state)
{
    static const struct settlement_terms terms = {.model = MODEL_MULTILATERAL};
    static const struct settled settled[] = {{.instructed = {90, 0}},
                                             {.instructed = {0, 60}},
                                             {.carried_out = {0, 30}}};
    struct journal_entry entries[16];

    (void)state;
    assert_int_equal(booked(&terms, settled, NULL, entries), 2);
    entry_is(&entries[0], NOSTRO, A, 90);
    entry_is(&entries[1], B, NOSTRO, 60);
}

static void gross_sides_are_booked_each_by_itself(void **state)
{
    static const struct settlement_terms terms = {.model = MODEL_GROSS};
    static const struct settled settled[] = {{.instructed = {130, 40}},
                                             {.joined_minor = 0},
                                             {.joined_minor = 0}};
    struct journal_entry entries[16];

    (void)state;
    assert_int_equal(booked(&terms, settled, NULL, entries), 2);
    entry_is(&entries[0], NOSTRO, A, 130);
    entry_is(&entries[1], A, NOSTRO, 40);
}

/* B and C hand over to A what they are owed, which then has nothing to pay. */
static void members_are_booked_against_who_settles_for_them(void **state)
{
    static const struct participant_terms members[] = {{.through_index = 0},
                                                       {.through_index = 0},
                                                       {.through_index = 0}};
    static const struct settlement_terms terms = {.model = MODEL_MULTILATERAL,
                                                  .participants = members};
    static const struct settled settled[] = {{.joined_minor = 90},
                                             {.joined_minor = -60},
                                             {.joined_minor = -30}};
    static const struct settled owing[] = {{.joined_minor = -7},
                                           {.joined_minor = 7},
                                           {.joined_minor = 0}};
    struct journal_entry entries[16];

    (void)state;
    assert_int_equal(booked(&terms, settled, NULL, entries), 2);
    entry_is(&entries[0], B, A, 60);
    entry_is(&entries[1], C, A, 30);
    assert_int_equal(booked(&terms, owing, NULL, entries), 1);
    entry_is(&entries[0], A, B, 7); /* a member that owes is credited */
}

static void what_was_placed_pays_for_who_placed_it(void **state)
{
    static const struct participant_terms members[] = {{.through_index = 0, .is_prefunded = true},
                                                       {.through_index = 1},
                                                       {.through_index = 1}};
    static const struct settlement_terms terms = {.model = MODEL_MULTILATERAL,
                                                  .participants = members};
    static const struct settled settled[] = {{.funded_minor = INT64_MAX},
                                             {.instructed = {0, INT64_MAX}, .joined_minor = 30},
                                             {.joined_minor = -30}};
    struct journal_entry entries[16];

    (void)state;
    assert_int_equal(booked(&terms, settled, NULL, entries), 3);
    entry_is(&entries[0], B, NOSTRO, INT64_MAX);
    entry_is(&entries[1], C, B, 30);
    entry_is(&entries[2], PLACED_A, A, INT64_MAX);
}

static void a_gain_and_a_loss_come_last(void **state)
{
    static const struct settlement_terms terms = {.model = MODEL_MULTILATERAL};
    static const struct settled settled[] = {{.instructed = {90, 0}},
                                             {.joined_minor = 0},
                                             {.joined_minor = 0}};
    static const struct fx_gain gain = {.result_minor = 5};
    static const struct fx_gain loss = {.result_minor = -INT64_MAX};
    static const struct fx_gain neither = {.worth_minor = 1000};
    struct journal_entry entries[16];

    (void)state;
    assert_int_equal(booked(&terms, settled, &gain, entries), 2);
    entry_is(&entries[1], POSITION, GAIN, 5);
    assert_int_equal(booked(&terms, settled, &loss, entries), 2);
    entry_is(&entries[1], GAIN, POSITION, INT64_MAX);
    assert_int_equal(booked(&terms, settled, &neither, entries), 1);
}

static void an_instruction_is_undone_by_its_reversal(void **state)
{
    const struct amount amount = {90, KES};
    struct journal_entry collected = instruction_entry(true, NOSTRO, A, amount);
    struct journal_entry reversal = journal_entry_reversal(&collected);

    (void)state;
    entry_is(&collected, NOSTRO, A, 90);
    entry_is(&reversal, A, NOSTRO, 90);
}

static void a_fee_and_its_tax_stand_on_accounts_of_ours(void **state)
{
    struct fee fees[] = {{.income_account_id = 31, .tax_account_id = 41},
                         {.income_account_id = 32, .tax_account_id = 42}};
    const struct fee_schedule schedule = {1, 1, fees, COUNT_OF(fees)};

    (void)state;
    assert_int_equal(fee_own_account(&schedule, 1), 31);
    assert_int_equal(fee_own_account(&schedule, 2), 32);
    assert_int_equal(fee_own_account(&schedule, -1), 41);
    assert_int_equal(fee_own_account(&schedule, -2), 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_paid_part_by_part_is_booked_so),
        cmocka_unit_test(what_is_instructed_passes_the_nostro),
        cmocka_unit_test(gross_sides_are_booked_each_by_itself),
        cmocka_unit_test(members_are_booked_against_who_settles_for_them),
        cmocka_unit_test(what_was_placed_pays_for_who_placed_it),
        cmocka_unit_test(a_gain_and_a_loss_come_last),
        cmocka_unit_test(an_instruction_is_undone_by_its_reversal),
        cmocka_unit_test(a_fee_and_its_tax_stand_on_accounts_of_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
