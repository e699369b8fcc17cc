/*
 * test_lease_plan.c - workers that plan for themselves, each from what it saw last, come to rest
 * with fair shares, whatever the order they act in; and nobody takes what somebody alive holds.
 *
 * The table of leases is played in memory as store/sql/lease_*.sql have it; plan and hold are the
 * real ones.
 */
#include "runtime/lease_hold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    WORKERS_MAX = 8,
    PARTITIONS_MAX = 40,
    SEED = 20261127,
    GAMES = 120,
    ROUNDS_MAX = 12,
    LEASE_US = 1500000
};

static const struct uuid nobody;
static uint64_t random_state = SEED;

static size_t random_below(size_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % limit;
}

struct player {
    struct uuid id;
    bool member; /* has a row */
    bool live;   /* and its time is not over */
    bool heard;  /* of what is to leave */
    struct lease_beats beats;
    struct lease_hold hold;
    struct lease_picture picture;
    struct lease_plan plan;
};

static struct {
    size_t partitions;
    struct uuid holders[PARTITIONS_MAX];
    struct player players[WORKERS_MAX];
} game;

static bool is_live(const struct uuid *id)
{
    for (size_t i = 0; i < WORKERS_MAX; i++)
        if (uuid_compare(&game.players[i].id, id) == 0)
            return game.players[i].member && game.players[i].live;
    return false;
}

static size_t held_by(const struct uuid *id)
{
    size_t count = 0;

    for (size_t i = 0; i < game.partitions; i++)
        count += uuid_compare(&game.holders[i], id) == 0 ? 1 : 0;
    return count;
}

/* lease_beat.sql */
static void player_beat(struct player *player)
{
    struct lease_picture *picture = &player->picture;
    int32_t lost[LEASE_HELD_MAX];
    size_t lost_count;

    player->member = player->live = true;
    picture->count = 0;
    for (size_t i = 0; i < game.partitions; i++)
        picture->rows[picture->count++] = (struct lease_row){.partition = (int32_t)i,
                                                             .holder = game.holders[i],
                                                             .live = is_live(&game.holders[i])};
    for (size_t i = 0; i < WORKERS_MAX; i++)
        if (is_live(&game.players[i].id) && held_by(&game.players[i].id) == 0)
            picture->rows[picture->count++] =
                (struct lease_row){.partition = -1, .holder = game.players[i].id, .live = true};
    lease_hold_see(&player->hold, picture, &player->id, (int32_t)game.partitions, lost,
                   &lost_count);
}

/* lease_give.sql, once the reading thread has heard */
static void player_give(struct player *player)
{
    int32_t leaving[LEASE_HELD_MAX];
    size_t count = lease_hold_list(&player->hold, LEASE_LEAVING, leaving);

    if (!player->heard)
        return;
    for (size_t i = 0; i < count; i++)
        if (uuid_compare(&game.holders[leaving[i]], &player->id) == 0)
            game.holders[leaving[i]] = nobody;
    lease_hold_given(&player->hold);
}

/* lease_take.sql: as it was seen, and its holder does not live */
static void player_take(struct player *player, size_t wanted)
{
    for (size_t i = 0; i < player->plan.takeable_count && wanted > 0; i++) {
        const struct lease_row *row = &player->plan.takeable[i];
        struct uuid *holder = &game.holders[row->partition];

        if (uuid_compare(holder, &row->holder) != 0 || is_live(holder))
            continue;
        *holder = player->id;
        lease_hold_take(&player->hold, &row->partition, 1);
        wanted--;
    }
}

static void player_balance(struct player *player, bool lapsed_too)
{
    size_t count;

    lease_plan(&player->picture, &player->id, (int32_t)game.partitions, lapsed_too, &player->plan);
    switch (lease_hold_next(&player->hold, &player->plan, &count)) {
    case LEASE_REST: break;
    case LEASE_TAKE: player_take(player, count); break;
    case LEASE_LEAVE:
        lease_hold_leave(&player->hold, count);
        player->heard = false;
        break;
    }
}

static void player_go(struct player *player)
{
    for (size_t i = 0; i < game.partitions; i++)
        if (uuid_compare(&game.holders[i], &player->id) == 0)
            game.holders[i] = nobody;
    player->member = player->live = false;
    lease_hold_clear(&player->hold);
}

/* (1) of lease_hold.h, from outside: what one may claim is its own row, as long as it lives. */
static void assert_game_state(void)
{
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        const struct player *player = &game.players[i];

        for (size_t number = 0; player->live && number < game.partitions; number++)
            if (player->hold.states[number] != LEASE_ELSEWHERE)
                assert_int_equal(uuid_compare(&game.holders[number], &player->id), 0);
    }
}

/* One thing that one of them does, at any moment. */
static void random_act(void)
{
    struct player *player = &game.players[random_below(WORKERS_MAX)];

    switch (random_below(12)) {
    case 0: player_go(player); break;
    case 1: player->live = false; break; /* it stands still, longer than its time */
    case 2:
    case 3: player->heard = true; break;
    case 4:
    case 5:
    case 6:
        if (player->live)
            player_give(player);
        break;
    case 7:
    case 8:
        if (player->live && player->picture.count > 0)
            player_balance(player, true); /* from what it saw long ago, perhaps */
        break;
    default: player_beat(player); break;
    }
    assert_game_state();
}

static bool is_at_rest(void)
{
    size_t live = 0;
    size_t held = 0;
    size_t least = SIZE_MAX;
    size_t most = 0;

    for (size_t i = 0; i < WORKERS_MAX; i++) {
        size_t has = held_by(&game.players[i].id);

        if (!game.players[i].live)
            continue;
        live++;
        held += has;
        least = has < least ? has : least;
        most = has > most ? has : most;
    }
    return live == 0 || (held == game.partitions && most - least <= 1);
}

static size_t moved_since(const struct uuid *before)
{
    size_t moved = 0;

    for (size_t i = 0; i < game.partitions; i++)
        moved += uuid_compare(&before[i], &game.holders[i]) != 0 ? 1 : 0;
    return moved;
}

/* Everybody who lives takes its turns, one after the other. */
static void one_round(void)
{
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        struct player *player = &game.players[i];

        if (!player->live)
            continue;
        player_beat(player);
        player->heard = true;
        player_give(player);
        player_balance(player, true);
        assert_game_state();
    }
}

static void game_begin(void)
{
    game.partitions = 1 + random_below(PARTITIONS_MAX);
    memset(game.holders, 0, sizeof game.holders);
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        struct player *player = &game.players[i];

        player_go(player);
        player->picture.count = 0;
        player->beats = (struct lease_beats){.sent_us = 0};
        for (size_t byte = 0; byte < sizeof player->id.bytes; byte++)
            player->id.bytes[byte] = (unsigned char)(1 + random_below(255));
    }
}

static void whatever_happens_they_come_to_rest(void **state)
{
    (void)state;
    for (int number = 0; number < GAMES; number++) {
        struct uuid before[PARTITIONS_MAX];
        size_t acts = random_below(400);
        int rounds = 0;

        game_begin();
        for (size_t i = 0; i < acts; i++)
            random_act();
        while (!is_at_rest()) {
            assert_in_range(rounds, 0, ROUNDS_MAX);
            one_round();
            rounds++;
        }
        one_round(); /* what was to leave when it came to rest is heard */
        one_round();
        memcpy(before, game.holders, sizeof before);
        one_round();
        one_round();
        assert_true(is_at_rest());
        assert_int_equal(moved_since(before), 0); /* and nothing moves any more */
    }
}

/* So many live workers at rest; the first of them. */
static struct player *rest_with(size_t partitions, size_t workers)
{
    game_begin();
    game.partitions = partitions;
    for (size_t i = 0; i < workers; i++)
        player_beat(&game.players[i]);
    for (int round = 0; round < ROUNDS_MAX; round++)
        one_round();
    assert_true(is_at_rest());
    return &game.players[0];
}

static void one_more_worker_costs_its_share_and_no_more(void **state)
{
    (void)state;
    for (size_t partitions = 1; partitions <= PARTITIONS_MAX; partitions++)
        for (size_t workers = 1; workers < WORKERS_MAX; workers++) {
            struct uuid before[PARTITIONS_MAX];

            rest_with(partitions, workers);
            memcpy(before, game.holders, sizeof before);
            player_beat(&game.players[workers]);
            for (int round = 0; round < ROUNDS_MAX; round++)
                one_round();
            assert_true(is_at_rest());
            assert_int_equal(moved_since(before), held_by(&game.players[workers].id));
        }
}

static void one_worker_less_moves_what_it_held(void **state)
{
    (void)state;
    for (size_t partitions = 1; partitions <= PARTITIONS_MAX; partitions++)
        for (size_t workers = 2; workers <= WORKERS_MAX; workers++) {
            struct uuid before[PARTITIONS_MAX];
            struct player *first = rest_with(partitions, workers);
            size_t held = held_by(&first->id);

            memcpy(before, game.holders, sizeof before);
            player_go(first);
            for (int round = 0; round < ROUNDS_MAX; round++)
                one_round();
            assert_true(is_at_rest());
            assert_int_equal(moved_since(before), held);
        }
}

static void a_lapsed_lease_waits_until_it_may_be_taken(void **state)
{
    struct player *first = rest_with(6, 2);
    struct player *second = &game.players[1];

    (void)state;
    first->live = false;
    player_beat(second);
    lease_plan(&second->picture, &second->id, 6, false, &second->plan);
    assert_int_equal(second->plan.members, 1);
    assert_int_equal(second->plan.share, 6);
    assert_int_equal(second->plan.takeable_count, 0);
    lease_plan(&second->picture, &second->id, 6, true, &second->plan);
    assert_int_equal(second->plan.takeable_count, 3);
}

static void player_beat_and_balance(struct player *player, int64_t sent_us, int64_t answered_us)
{
    player_beat(player);
    lease_beats_note(&player->beats, sent_us, answered_us, LEASE_US);
    player_balance(player, lease_beats_trusted(&player->beats, LEASE_US));
    assert_game_state();
}

/* Beats of all, a third of the lease time apart, each answered at once, until this moment. */
static int64_t players_beat_until(size_t workers, int64_t from_us, int64_t until_us)
{
    for (; from_us < until_us; from_us += LEASE_US / 3)
        for (size_t i = 0; i < workers; i++)
            player_beat_and_balance(&game.players[i], from_us, from_us + 1000);
    return from_us;
}

/* The server takes their next beats, and answers none before all are past their time; then it does,
 * in whatever order, and the first to be answered sees nobody else alive. */
static void an_outage_moves_no_lease(void **state)
{
    (void)state;
    for (int number = 0; number < GAMES; number++) {
        size_t workers = 2 + random_below(WORKERS_MAX - 1);
        struct uuid before[PARTITIONS_MAX];
        int64_t back_us;
        size_t first;

        rest_with(workers + random_below(PARTITIONS_MAX - workers), workers);
        memcpy(before, game.holders, sizeof before);
        back_us = players_beat_until(workers, 1, 3 * LEASE_US) + LEASE_US;
        for (size_t i = 0; i < workers; i++)
            game.players[i].live = false;
        first = random_below(workers);
        for (size_t i = 0; i < workers; i++)
            player_beat_and_balance(&game.players[(first + i) % workers],
                                    back_us - LEASE_US + (int64_t)random_below(LEASE_US / 3),
                                    back_us + (int64_t)i);
        players_beat_until(workers, back_us + LEASE_US / 3, back_us + 3 * LEASE_US);
        assert_int_equal(moved_since(before), 0);
    }
}

/* One that does not come back: the others take what it held, after a lease time and not before. */
static void after_an_outage_what_stays_lapsed_is_taken(void **state)
{
    struct player *first = rest_with(6, 2);
    struct player *second = &game.players[1];
    int64_t back_us = players_beat_until(2, 1, 3 * LEASE_US) + LEASE_US;

    (void)state;
    first->live = false;
    player_beat_and_balance(second, back_us, back_us + 1000);
    player_beat_and_balance(second, back_us + LEASE_US / 2, back_us + LEASE_US / 2);
    assert_int_equal(held_by(&second->id), 3);
    player_beat_and_balance(second, back_us + LEASE_US, back_us + LEASE_US + 1000);
    assert_int_equal(held_by(&second->id), 6);
}

static void nobody_holds_more_than_a_batch_has_room_for(void **state)
{
    static struct lease_picture picture;
    static struct lease_plan plan;
    static struct lease_hold hold;
    static int32_t lost[LEASE_HELD_MAX];
    const struct uuid me = {{7}};
    size_t count;

    (void)state;
    for (int32_t i = 0; i < LEASE_PARTITION_MAX; i++)
        picture.rows[picture.count++] = (struct lease_row){.partition = i, .holder = me};
    lease_plan(&picture, &me, LEASE_PARTITION_MAX, true, &plan);
    assert_int_equal(plan.members, 1);
    assert_int_equal(plan.share, LEASE_HELD_MAX);
    assert_int_equal(plan.takeable_count, 0);
    assert_true(lease_hold_see(&hold, &picture, &me, LEASE_PARTITION_MAX, lost, &count));
    assert_int_equal(hold.ours, LEASE_HELD_MAX);
    assert_int_equal(count, 0);
}

static void what_is_lost_is_told_and_what_shrank_away_is_not(void **state)
{
    struct player *first = rest_with(6, 1);
    int32_t lost[LEASE_HELD_MAX];
    size_t count;

    (void)state;
    first->picture.rows[2].holder = game.players[1].id;
    assert_true(lease_hold_see(&first->hold, &first->picture, &first->id, 5, lost, &count));
    assert_int_equal(count, 1);
    assert_int_equal(lost[0], 2);
    assert_int_equal(first->hold.ours, 4); /* 2 is another's, 5 is no more */
    assert_false(lease_hold_see(&first->hold, &first->picture, &first->id, 5, lost, &count));
}

static void the_highest_numbers_leave_and_are_held_until_they_are_given(void **state)
{
    struct player *first = rest_with(6, 1);
    int32_t numbers[LEASE_HELD_MAX];

    (void)state;
    lease_hold_leave(&first->hold, 2);
    assert_int_equal(lease_hold_list(&first->hold, LEASE_OURS, numbers), 4);
    assert_int_equal(numbers[3], 3);
    assert_int_equal(lease_hold_list(&first->hold, LEASE_LEAVING, numbers), 2);
    assert_int_equal(numbers[0], 4);
    assert_int_equal(held_by(&first->id), 6);
    lease_hold_given(&first->hold);
    assert_int_equal(first->hold.leaving, 0);
    assert_int_equal(first->hold.ours, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_they_come_to_rest),
        cmocka_unit_test(one_more_worker_costs_its_share_and_no_more),
        cmocka_unit_test(one_worker_less_moves_what_it_held),
        cmocka_unit_test(a_lapsed_lease_waits_until_it_may_be_taken),
        cmocka_unit_test(an_outage_moves_no_lease),
        cmocka_unit_test(after_an_outage_what_stays_lapsed_is_taken),
        cmocka_unit_test(nobody_holds_more_than_a_batch_has_room_for),
        cmocka_unit_test(what_is_lost_is_told_and_what_shrank_away_is_not),
        cmocka_unit_test(the_highest_numbers_leave_and_are_held_until_they_are_given),
    };

    printf("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
