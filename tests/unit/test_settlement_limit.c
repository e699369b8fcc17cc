/*
 * test_settlement_limit.c - what of the nets waits, joins, is funded, and what holds a window.
 */
#include "domain/settlement_limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 64 * 1024, 16 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* A owes B 100 and C 30, B owes A 40: A -90, B +60, C +30. */
static const struct obligation three[] = {{0, 1, 10, 100}, {0, 2, 3, 30}, {1, 0, 4, 40}};

enum { PARTICIPANTS = 4 };

/* Nobody is held to anything. */
static void terms_none(struct participant_terms terms[PARTICIPANTS])
{
    for (int32_t i = 0; i < PARTICIPANTS; i++)
        terms[i] = (struct participant_terms){.through_index = i, .cap_minor = NET_DEBIT_UNCAPPED};
}

static struct net_positions nets_of(enum settlement_model model)
{
    struct net_positions nets;

    assert_true(netting_run(model, three, COUNT_OF(three), PARTICIPANTS, &arena, &nets));
    return nets;
}

static struct settled *decide(const struct settlement_terms *terms, const struct net_carry *carried,
                              size_t count, struct net_positions *nets)
{
    struct settlement_proof proof;
    struct settled *settled;

    assert_true(settlement_decide(terms, carried, count, PARTICIPANTS, &arena, nets, &settled));
    assert_true(settlement_prove(nets, settled, &proof));
    return settled;
}

static void without_limits_nets_are_instructed(void **state)
{
    const struct settlement_terms terms = {.model = MODEL_MULTILATERAL};
    struct net_positions nets = nets_of(MODEL_MULTILATERAL);
    struct settled *settled = decide(&terms, NULL, 0, &nets);

    (void)state;
    assert_int_equal(nets.count, 3);
    assert_int_equal(settled[0].instructed.collect_minor, 90);
    assert_int_equal(settled[1].instructed.pay_minor, 60);
    assert_int_equal(settled[2].instructed.pay_minor, 30);
    assert_int_equal(settled[2].carried_out.pay_minor, 0);
}

static void below_the_minimum_a_net_waits(void **state)
{
    struct settlement_terms terms = {.model = MODEL_MULTILATERAL,
                                     .minimum_minor = 61,
                                     .has_next = true};
    struct net_positions nets = nets_of(MODEL_MULTILATERAL);
    struct settled *settled = decide(&terms, NULL, 0, &nets);

    (void)state;
    assert_int_equal(settled[0].instructed.collect_minor, 90);
    assert_int_equal(settled[1].carried_out.pay_minor, 60);
    assert_int_equal(settled[1].instructed.pay_minor, 0);
    assert_int_equal(settled[2].carried_out.pay_minor, 30);
    terms.minimum_minor = 60; /* a net of the minimum itself is worth a payment */
    settled = decide(&terms, NULL, 0, &nets);
    assert_int_equal(settled[1].instructed.pay_minor, 60);
    terms.has_next = false;
    settled = decide(&terms, NULL, 0, &nets);
    assert_int_equal(settled[2].instructed.pay_minor, 30);
}

static void what_came_in_counts_and_joins(void **state)
{
    const struct settlement_terms terms = {.model = MODEL_MULTILATERAL,
                                           .minimum_minor = 61,
                                           .has_next = true};
    const struct net_carry carried[] = {{2, NETTING_AGENT, {0, 40}},
                                        {3, NETTING_AGENT, {5, 0}},
                                        {0, 1, {0, 90}}};
    struct net_positions nets = nets_of(MODEL_MULTILATERAL);
    struct settled *settled = decide(&terms, carried, COUNT_OF(carried), &nets);

    (void)state;
    assert_int_equal(nets.count, 4); /* the fourth only has what came in */
    assert_int_equal(nets.positions[3].owes_minor, 0);
    assert_int_equal(settled[0].instructed.collect_minor, 0); /* of a pair, before: 90 - 90 */
    assert_int_equal(settled[0].carried_out.collect_minor, 0);
    assert_int_equal(settled[2].instructed.pay_minor, 70);
    assert_int_equal(settled[3].carried_out.collect_minor, 5);
}

static void who_leaves_is_settled_and_so_is_its_pair(void **state)
{
    struct participant_terms participants[PARTICIPANTS];
    const struct settlement_terms terms = {.model = MODEL_BILATERAL,
                                           .minimum_minor = 1000,
                                           .has_next = true,
                                           .participants = participants};
    struct net_positions nets = nets_of(MODEL_BILATERAL);
    struct settled *settled;

    (void)state;
    terms_none(participants);
    participants[2].leaves = true;
    settled = decide(&terms, NULL, 0, &nets); /* (0,1) (0,2) (1,0) (2,0) */
    assert_int_equal(settled[0].carried_out.collect_minor, 60);
    assert_int_equal(settled[1].instructed.collect_minor, 30);
    assert_int_equal(settled[2].carried_out.pay_minor, 60);
    assert_int_equal(settled[3].instructed.pay_minor, 30);
}

static void gross_sides_wait_each_by_itself(void **state)
{
    const struct settlement_terms terms = {.model = MODEL_GROSS,
                                           .minimum_minor = 50,
                                           .has_next = true};
    const struct net_carry carried[] = {{0, 1, {0, 9}}, {1, 0, {9, 0}}};
    struct net_positions nets = nets_of(MODEL_GROSS);
    struct settled *settled = decide(&terms, carried, COUNT_OF(carried), &nets);

    (void)state;
    assert_int_equal(settled[0].instructed.collect_minor, 100);
    assert_int_equal(settled[0].carried_out.pay_minor, 49);
    assert_int_equal(settled[2].instructed.pay_minor, 100);
    assert_int_equal(settled[2].carried_out.collect_minor, 49);
}

static void a_member_hands_its_net_to_who_settles_for_it(void **state)
{
    struct participant_terms participants[PARTICIPANTS];
    const struct settlement_terms terms = {.model = MODEL_MULTILATERAL,
                                           .participants = participants};
    struct net_positions nets = nets_of(MODEL_MULTILATERAL);
    struct settled *settled;

    (void)state;
    terms_none(participants);
    participants[0].through_index = 3; /* has no payments of its own */
    participants[1].through_index = 3;
    settled = decide(&terms, NULL, 0, &nets);
    assert_int_equal(nets.count, 4);
    assert_int_equal(settled[0].joined_minor, 90);
    assert_int_equal(settled[0].instructed.collect_minor, 0);
    assert_int_equal(settled[3].joined_minor, -30);
    assert_int_equal(settled[3].instructed.collect_minor, 30);
    assert_int_equal(settled[2].instructed.pay_minor, 30);
}

static void a_net_debit_beyond_its_cap_is_told(void **state)
{
    struct participant_terms participants[PARTICIPANTS];
    const struct settlement_terms terms = {.model = MODEL_BILATERAL, .participants = participants};
    struct net_positions nets = nets_of(MODEL_BILATERAL);
    struct limit_breach breach;
    struct settled *settled;

    (void)state;
    terms_none(participants);
    participants[0].cap_minor = 89;
    participants[2].cap_minor = 0; /* is owed: within any cap */
    settled = decide(&terms, NULL, 0, &nets);
    breach = settlement_breach(&terms, &nets, settled);
    assert_int_equal(breach.kind, LIMIT_NET_DEBIT);
    assert_int_equal(breach.participant_index, 0);
    assert_int_equal(breach.debit_minor, 90); /* over both of its pairs */
    assert_int_equal(breach.limit_minor, 89);
    assert_int_equal(settled[0].instructed.collect_minor, 60); /* never cut */
    participants[0].cap_minor = 90;
    assert_int_equal(settlement_breach(&terms, &nets, settled).kind, LIMIT_NONE);
    assert_string_equal(limit_kind_name(LIMIT_NET_DEBIT), "net_debit_cap");
}

static void who_is_prefunded_pays_from_its_balance(void **state)
{
    struct participant_terms participants[PARTICIPANTS];
    const struct settlement_terms terms = {.model = MODEL_MULTILATERAL,
                                           .participants = participants};
    struct net_positions nets = nets_of(MODEL_MULTILATERAL);
    struct limit_breach breach;
    struct settled *settled;

    (void)state;
    terms_none(participants);
    participants[0].is_prefunded = participants[1].is_prefunded = true;
    participants[0].balance_minor = 89;
    settled = decide(&terms, NULL, 0, &nets);
    assert_int_equal(settled[0].funded_minor, 90);
    assert_int_equal(settled[0].instructed.collect_minor, 0);
    assert_int_equal(settled[1].instructed.pay_minor, 60); /* what it is owed is paid out */
    breach = settlement_breach(&terms, &nets, settled);
    assert_int_equal(breach.kind, LIMIT_PREFUNDING);
    assert_int_equal(breach.debit_minor, 90);
    participants[0].balance_minor = 90;
    assert_int_equal(settlement_breach(&terms, &nets, settled).kind, LIMIT_NONE);
}

static void what_does_not_fit_is_refused(void **state)
{
    const struct settlement_terms terms = {.model = MODEL_MULTILATERAL};
    const struct net_carry carried[] = {{0, NETTING_AGENT, {INT64_MAX, 0}}};
    const struct net_carry twice[] = {{3, NETTING_AGENT, {INT64_MAX, 0}},
                                      {3, NETTING_AGENT, {1, 0}}};
    struct net_positions nets = nets_of(MODEL_MULTILATERAL);
    struct settled *settled;

    (void)state;
    assert_false(settlement_decide(&terms, carried, 1, PARTICIPANTS, &arena, &nets, &settled));
    assert_false(settlement_decide(&terms, twice, 2, PARTICIPANTS, &arena, &nets, &settled));
}

static void a_proof_finds_what_was_changed(void **state)
{
    const struct settlement_terms terms = {.model = MODEL_MULTILATERAL};
    struct net_positions nets = nets_of(MODEL_MULTILATERAL);
    struct settled *settled = decide(&terms, NULL, 0, &nets);
    struct settlement_proof proof;

    (void)state;
    settled[1].instructed.pay_minor++;
    assert_false(settlement_prove(&nets, settled, &proof));
    settled[1].joined_minor++; /* that position holds now, but something was made */
    assert_false(settlement_prove(&nets, settled, &proof));
    settled[1].joined_minor--;
    settled[1].instructed.pay_minor--;
    assert_true(settlement_prove(&nets, settled, &proof));
    assert_int_equal(proof.instructed.pay_minor, 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_limits_nets_are_instructed),
        cmocka_unit_test(below_the_minimum_a_net_waits),
        cmocka_unit_test(what_came_in_counts_and_joins),
        cmocka_unit_test(who_leaves_is_settled_and_so_is_its_pair),
        cmocka_unit_test(gross_sides_wait_each_by_itself),
        cmocka_unit_test(a_member_hands_its_net_to_who_settles_for_it),
        cmocka_unit_test(a_net_debit_beyond_its_cap_is_told),
        cmocka_unit_test(who_is_prefunded_pays_from_its_balance),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_proof_finds_what_was_changed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
