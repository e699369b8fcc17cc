/*
 * test_netting.c - nets, their proof, and the journal's balanced pairs.
 */
#include "domain/journal.h"
#include "domain/netting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static const struct obligation three[] = {{0, 1, 10, 100}, {0, 2, 3, 30}, {1, 0, 4, 40}};

static void multilateral_is_one_position_each(void **state)
{
    struct net_positions nets;
    struct netting_proof proof;

    (void)state;
    assert_true(netting_run(MODEL_MULTILATERAL, three, 3, 4, &arena, &nets));
    assert_int_equal(nets.count, 3);
    assert_int_equal(nets.positions[0].net_minor, -90);
    assert_int_equal(nets.positions[0].owes_minor, 130);
    assert_int_equal(nets.positions[0].is_owed_minor, 40);
    assert_int_equal(nets.positions[0].counterparty_index, NETTING_AGENT);
    assert_int_equal(nets.positions[1].net_minor, 60);
    assert_int_equal(nets.positions[2].net_minor, 30);
    assert_true(netting_prove(three, 3, &nets, 4, &arena, &proof));
    assert_int_equal(proof.obligation_minor, 170);
    assert_int_equal(proof.payment_count, 17);
    assert_int_equal(proof.net_debit_minor, 90);
    assert_int_equal(proof.net_credit_minor, 90);
}

static void gross_is_each_pair_seen_from_both_ends(void **state)
{
    static const struct net_position expected[] = {{0, 1, 100, 40, -60},
                                                   {0, 2, 30, 0, -30},
                                                   {1, 0, 40, 100, 60},
                                                   {2, 0, 0, 30, 30}};
    struct net_positions nets;
    struct netting_proof proof;

    (void)state;
    assert_true(netting_run(MODEL_GROSS, three, 3, 3, &arena, &nets));
    assert_int_equal(nets.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_memory_equal(&nets.positions[i], &expected[i], sizeof expected[i]);
    assert_true(netting_prove(three, 3, &nets, 3, &arena, &proof));
    assert_int_equal(proof.owes_minor, 170);
}

/* What is collected from all is paid to all, and each model instructs its own part of it. */
static void each_model_instructs_its_own(void **state)
{
    static const struct net_payment expected[][4] = {
        [MODEL_GROSS] = {{100, 40}, {30, 0}, {40, 100}, {0, 30}},
        [MODEL_BILATERAL] = {{60, 0}, {30, 0}, {0, 60}, {0, 30}},
        [MODEL_MULTILATERAL] = {{90, 0}, {0, 60}, {0, 30}},
    };
    enum settlement_model known;

    (void)state;
    for (enum settlement_model model = MODEL_GROSS; model <= MODEL_MULTILATERAL; model++) {
        struct net_positions nets;
        int64_t held = 0;

        assert_true(settlement_model_parse(text_of(settlement_model_name(model)), &known));
        assert_int_equal(known, model);
        assert_true(netting_run(model, three, 3, 3, &arena, &nets));
        for (size_t i = 0; i < nets.count; i++) {
            struct net_payment payment = netting_payment(model, &nets.positions[i]);

            assert_int_equal(payment.collect_minor, expected[model][i].collect_minor);
            assert_int_equal(payment.pay_minor, expected[model][i].pay_minor);
            held += payment.collect_minor - payment.pay_minor;
        }
        assert_int_equal(held, 0); /* netting.h (1) */
    }
    assert_false(settlement_model_parse(TEXT("BOTH"), &known));
}

static void nothing_nets_to_nothing(void **state)
{
    struct net_positions nets;
    struct netting_proof proof;

    (void)state;
    assert_true(netting_run(MODEL_MULTILATERAL, NULL, 0, 5, &arena, &nets));
    assert_int_equal(nets.count, 0);
    assert_true(netting_prove(NULL, 0, &nets, 5, &arena, &proof));
    assert_true(netting_run(MODEL_GROSS, NULL, 0, 5, &arena, &nets));
    assert_int_equal(nets.count, 0);
    assert_int_equal(proof.obligation_minor, 0);
}

static void sums_that_do_not_fit_are_refused(void **state)
{
    static const struct obligation much[] = {{0, 1, 1, INT64_MAX}, {0, 2, 1, 1}};
    static const struct obligation apart[] = {{0, 1, 1, INT64_MAX}, {2, 3, 1, 1}};
    struct net_positions nets = {NULL, 7};
    struct netting_proof proof = {.payment_count = 7};

    (void)state;
    assert_false(netting_run(MODEL_MULTILATERAL, much, 2, 3, &arena, &nets));
    assert_int_equal(nets.count, 7);
    assert_true(netting_run(MODEL_MULTILATERAL, apart, 2, 4, &arena, &nets));
    assert_false(netting_prove(apart, 2, &nets, 4, &arena, &proof)); /* the total does not fit */
    assert_int_equal(proof.payment_count, 7);
}

static void the_proof_sees_any_change(void **state)
{
    struct net_positions nets;
    struct netting_proof proof;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int field = 0; field < 4; field++) {
            assert_true(netting_run(MODEL_MULTILATERAL, three, 3, 3, &arena, &nets));
            if (field == 0)
                nets.positions[i].net_minor++;
            else if (field == 1)
                nets.positions[i].owes_minor--;
            else if (field == 2)
                nets.positions[i].participant_index = (nets.positions[i].participant_index + 1) % 3;
            else
                nets.count--;
            if (field == 3 && i > 0)
                continue;
            assert_false(netting_prove(three, 3, &nets, 3, &arena, &proof));
        }
    assert_true(netting_run(MODEL_MULTILATERAL, three, 3, 3, &arena, &nets));
    nets.positions[1].owes_minor += 5; /* both sides of two positions: sums stay right */
    nets.positions[1].net_minor -= 5;
    nets.positions[0].owes_minor -= 5;
    nets.positions[0].net_minor += 5;
    assert_false(netting_prove(three, 3, &nets, 3, &arena, &proof));
}

/* Random graphs against sums taken pair by pair. */
static void random_graphs_are_proved(void **state)
{
    enum { PARTICIPANTS = 40 };
    static int64_t owed[PARTICIPANTS][PARTICIPANTS];
    static struct obligation obligations[PARTICIPANTS * PARTICIPANTS];

    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        uint64_t random = seed;
        size_t count = 0;
        struct net_positions gross;
        struct net_positions nets;
        struct netting_proof proof;

        memset(owed, 0, sizeof owed);
        for (int32_t i = 0; i < PARTICIPANTS; i++)
            for (int32_t j = 0; j < PARTICIPANTS; j++)
                if (i != j && next_random(&random) % 3 == 0) {
                    owed[i][j] = 1 + (int64_t)next_random(&random);
                    obligations[count++] = (struct obligation){i, j, 1, owed[i][j]};
                }
        assert_true(netting_run(MODEL_GROSS, obligations, count, PARTICIPANTS, &arena, &gross));
        assert_true(netting_prove(obligations, count, &gross, PARTICIPANTS, &arena, &proof));
        for (size_t i = 0; i < gross.count; i++) {
            const struct net_position *position = &gross.positions[i];

            assert_int_equal(position->owes_minor,
                             owed[position->participant_index][position->counterparty_index]);
            assert_int_equal(position->is_owed_minor,
                             owed[position->counterparty_index][position->participant_index]);
        }
        assert_true(
            netting_run(MODEL_MULTILATERAL, obligations, count, PARTICIPANTS, &arena, &nets));
        assert_true(netting_prove(obligations, count, &nets, PARTICIPANTS, &arena, &proof));
        for (size_t i = 0; i < nets.count; i++) {
            int64_t net = 0;

            for (int j = 0; j < PARTICIPANTS; j++)
                net += owed[j][nets.positions[i].participant_index] -
                       owed[nets.positions[i].participant_index][j];
            assert_int_equal(nets.positions[i].net_minor, net);
        }
        arena_reset(&arena);
    }
}

/* A pays 7 for its payments: 4 to us, 2 to B, 1 of tax; C gets 3 back from us. */
static const struct obligation charges[] = {
    {0, 3, 10, 4}, {0, 1, 10, 2}, {0, 3, 10, 1}, {3, 2, 1, 3}};

static void fees_join_the_multilateral_position(void **state)
{
    struct net_positions nets;
    int64_t own;

    (void)state;
    assert_true(netting_run(MODEL_MULTILATERAL, three, 3, 3, &arena, &nets));
    assert_true(netting_add_fees(MODEL_MULTILATERAL, three, 3, charges, 4, 3, &arena, &nets, &own));
    assert_int_equal(nets.count, 3);
    assert_int_equal(nets.positions[0].net_minor, -97);
    assert_int_equal(nets.positions[0].owes_minor, 137);
    assert_int_equal(nets.positions[1].net_minor, 62);
    assert_int_equal(nets.positions[2].net_minor, 33);
    assert_int_equal(own, 2);
}

static void fees_are_positions_of_their_own_elsewhere(void **state)
{
    static const enum settlement_model models[] = {MODEL_GROSS, MODEL_BILATERAL};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        struct net_positions nets;
        struct net_positions with;
        int64_t own;

        assert_true(netting_run(models[i], three, 3, 3, &arena, &nets));
        with = nets;
        assert_true(netting_add_fees(models[i], three, 3, charges, 4, 3, &arena, &with, &own));
        assert_int_equal(own, 2);
        assert_int_equal(with.count, nets.count + 3);
        assert_int_equal(with.positions[0].participant_index, 0);
        assert_int_equal(with.positions[0].counterparty_index, NETTING_AGENT);
        assert_int_equal(with.positions[0].net_minor, -7);
        assert_int_equal(netting_payment(models[i], &with.positions[0]).collect_minor, 7);
        assert_int_equal(with.positions[1].counterparty_index, 1);
        assert_int_equal(netting_payment(models[i], &with.positions[with.count - 2]).pay_minor, 3);
    }
}

/* What we hand on alone: nobody has a position but the one it goes to. */
static void fees_that_do_not_fit_are_refused(void **state)
{
    static const struct obligation large[] = {{0, 3, 1, INT64_MAX}, {0, 3, 1, 1}};
    struct net_positions nets;
    int64_t own;

    (void)state;
    assert_true(netting_run(MODEL_GROSS, three, 3, 3, &arena, &nets));
    assert_false(netting_add_fees(MODEL_GROSS, three, 3, large, 2, 3, &arena, &nets, &own));
    assert_false(netting_add_fees(MODEL_MULTILATERAL, three, 3, large, 1, 3, &arena, &nets, &own));
}

static void journal_entries_balance_by_construction(void **state)
{
    struct amount amount = {100, CURRENCY('K', 'E', 'S')};
    struct journal_entry entry = journal_entry_make(1, 2, amount);
    struct journal_entry reversal = journal_entry_reversal(&entry);

    (void)state;
    for (int32_t account = 1; account <= 3; account++)
        assert_int_equal(journal_effect(&entry, account) + journal_effect(&reversal, account), 0);
    assert_int_equal(journal_effect(&entry, 1), 100);
    assert_int_equal(journal_effect(&entry, 2), -100);
    assert_true(journal_add(&entry, amount));
    assert_int_equal(entry.amount.minor, 200);
    assert_false(journal_add(&entry, (struct amount){INT64_MAX, amount.currency}));
    assert_int_equal(entry.amount.minor, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(multilateral_is_one_position_each, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gross_is_each_pair_seen_from_both_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_model_instructs_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_nets_to_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sums_that_do_not_fit_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_proof_sees_any_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_graphs_are_proved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fees_join_the_multilateral_position, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fees_are_positions_of_their_own_elsewhere, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(fees_that_do_not_fit_are_refused, set_up, tear_down),
        cmocka_unit_test(journal_entries_balance_by_construction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
