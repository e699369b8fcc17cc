/*
 * test_fair_share.c - shares add up, differ by one at most, and ask for no move too many; held
 * against every other way to give the odd ones out.
 */
#include "domain/fair_share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MEMBERS_MAX = 40, BRUTE_MAX = 10, SEED = 20261127 };

static uint64_t random_state = SEED;

static size_t random_below(size_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % limit;
}

/* Members in the order of their ids, with as many partitions as held says. */
static void members_make(struct share_member *members, const size_t *held, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        members[i] = (struct share_member){.held = held[i]};
        members[i].id.bytes[15] = (unsigned char)i;
    }
}

/* Partitions thrown at members, some at nobody. */
static void members_random(struct share_member *members, size_t count, size_t partitions)
{
    size_t held[MEMBERS_MAX] = {0};

    for (size_t i = 0; i < partitions; i++)
        if (random_below(4) > 0)
            held[random_below(count)]++;
    members_make(members, held, count);
    for (size_t i = 0; i < count; i++) /* ids in any order */
        members[i].id.bytes[0] = (unsigned char)random_below(256);
}

static size_t given_up(const struct share_member *members, const size_t *shares, size_t count)
{
    size_t moves = 0;

    for (size_t i = 0; i < count; i++)
        moves += members[i].held > shares[i] ? members[i].held - shares[i] : 0;
    return moves;
}

static void shares_of(const struct share_member *members, size_t count, size_t partitions,
                      size_t *shares)
{
    for (size_t i = 0; i < count; i++)
        shares[i] = fair_share(members, count, i, partitions);
}

/* The fewest that must move, over every choice of who gets one more. */
static size_t fewest_moves(const struct share_member *members, size_t count, size_t partitions)
{
    size_t fewest = SIZE_MAX;

    for (unsigned chosen = 0; chosen < 1u << count; chosen++) {
        size_t shares[BRUTE_MAX];
        size_t moves;

        if ((size_t)__builtin_popcount(chosen) != partitions % count)
            continue;
        for (size_t i = 0; i < count; i++)
            shares[i] = partitions / count + (chosen >> i & 1);
        moves = given_up(members, shares, count);
        fewest = moves < fewest ? moves : fewest;
    }
    return fewest;
}

static void shares_add_up_and_differ_by_one(void **state)
{
    struct share_member members[MEMBERS_MAX];
    size_t shares[MEMBERS_MAX];

    (void)state;
    for (size_t count = 1; count <= MEMBERS_MAX; count++)
        for (size_t partitions = 1; partitions <= 130; partitions++) {
            size_t sum = 0;

            members_random(members, count, partitions);
            shares_of(members, count, partitions, shares);
            for (size_t i = 0; i < count; i++) {
                sum += shares[i];
                assert_in_range(shares[i], partitions / count, partitions / count + 1);
            }
            assert_int_equal(sum, partitions);
        }
}

static void no_fewer_moves_are_possible(void **state)
{
    struct share_member members[BRUTE_MAX];
    size_t shares[BRUTE_MAX];

    (void)state;
    for (size_t count = 1; count <= BRUTE_MAX; count++)
        for (int round = 0; round < 200; round++) {
            size_t partitions = 1 + random_below(40);

            members_random(members, count, partitions);
            shares_of(members, count, partitions, shares);
            assert_int_equal(given_up(members, shares, count),
                             fewest_moves(members, count, partitions));
        }
}

static void what_is_shared_out_stays_where_it_is(void **state)
{
    struct share_member members[MEMBERS_MAX];
    size_t shares[MEMBERS_MAX];
    size_t again[MEMBERS_MAX];

    (void)state;
    for (size_t count = 1; count <= MEMBERS_MAX; count++) {
        size_t partitions = 1 + random_below(200);

        members_random(members, count, partitions);
        shares_of(members, count, partitions, shares);
        for (size_t i = 0; i < count; i++)
            members[i].held = shares[i];
        shares_of(members, count, partitions, again);
        assert_memory_equal(shares, again, count * sizeof *shares);
    }
}

static void the_examples_of_the_header_hold(void **state)
{
    static const struct {
        size_t partitions, count, held[4], shares[4];
    } rows[] = {{12, 3, {12, 0, 0}, {4, 4, 4}},
                {13, 3, {5, 4, 4}, {5, 4, 4}},
                {13, 4, {5, 4, 4, 0}, {4, 3, 3, 3}},
                {2, 4, {1, 0, 1, 0}, {1, 0, 1, 0}},
                {1, 1, {0}, {1}}};
    struct share_member members[4];
    size_t shares[4];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        members_make(members, rows[i].held, rows[i].count);
        shares_of(members, rows[i].count, rows[i].partitions, shares);
        assert_memory_equal(shares, rows[i].shares, rows[i].count * sizeof *shares);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_add_up_and_differ_by_one),
        cmocka_unit_test(no_fewer_moves_are_possible),
        cmocka_unit_test(what_is_shared_out_stays_where_it_is),
        cmocka_unit_test(the_examples_of_the_header_hold),
    };

    printf("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
