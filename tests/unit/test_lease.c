/*
 * test_lease.c - leases in a real database: who gets which, when a time is over, and that the clock
 * of the database alone decides.
 *
 * Each test has a topic of its own. Time passes where a test moves expires_at back, as the owner.
 */
#include "server.h"
#include "store/lease.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LEASE_MS = 60000, PARTITIONS = 4 };

static struct db *ours;
static struct db *theirs;
static struct db *owner;
static char topic[64];
static struct lease_picture picture;

static const struct uuid nobody;

static int connect_all(void **state)
{
    (void)state;
    ours = server_open_as("sawa_ingest");
    theirs = server_open_as("sawa_fx");
    owner = server_open_as(getenv("SAWA_TEST_OWNER"));
    return 0;
}

static int disconnect_all(void **state)
{
    (void)state;
    db_close(ours);
    db_close(theirs);
    db_close(owner);
    return 0;
}

static int new_topic(void **state)
{
    static int number;

    (void)state;
    snprintf(topic, sizeof topic, "leases-%d-%d", (int)getpid(), number++);
    return 0;
}

static struct lease_member member(unsigned char number)
{
    struct lease_member member = {.cluster_id = "test",
                                  .topic = topic,
                                  .worker = "w",
                                  .lease_ms = LEASE_MS};

    member.id.bytes[0] = number;
    return member;
}

static void beat(struct db *db, const struct lease_member *me)
{
    struct error error;

    assert_int_equal(lease_beat(db, me, PARTITIONS, &error, &picture), OK);
}

static void make(void)
{
    struct lease_member me = member(1);
    struct error error;

    assert_int_equal(lease_make(ours, &me, PARTITIONS, &error), OK);
}

/* Takes from the picture that was seen last; how many it was. */
static size_t take(struct db *db, const struct lease_member *me, size_t wanted)
{
    int32_t taken[PARTITIONS];
    size_t count = 0;
    size_t rows = 0;
    struct error error;

    while (rows < picture.count && picture.rows[rows].partition >= 0)
        rows++;
    assert_int_equal(lease_take(db, me, picture.rows, rows, wanted, &error, taken, &count), OK);
    return count;
}

static size_t held_by(const struct lease_member *me)
{
    size_t held = 0;

    for (size_t i = 0; i < picture.count; i++)
        held +=
            picture.rows[i].partition >= 0 && uuid_compare(&picture.rows[i].holder, &me->id) == 0
                ? 1
                : 0;
    return held;
}

/* The member's time is over. */
static void lapse(const char *more_than)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "UPDATE sawa.lease_member SET expires_at = clock_timestamp() - interval '%s'"
             " WHERE topic = '%s' AND member_id = '01000000-0000-0000-0000-000000000000'",
             more_than, topic);
    server_script(owner, sql);
}

static int64_t members_in_table(void)
{
    char sql[256];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM sawa.lease_member WHERE topic = '%s'", topic);
    return server_number(owner, sql);
}

static void a_member_sees_every_partition_and_who_lives(void **state)
{
    struct lease_member me = member(1);
    struct lease_member other = member(2);

    (void)state;
    beat(ours, &me);
    assert_int_equal(picture.count, 0); /* no lease yet, and we see us from the next beat on */
    make();
    make(); /* whoever else does it too */
    beat(theirs, &other);
    assert_int_equal(picture.count, PARTITIONS + 1);
    for (int32_t i = 0; i < PARTITIONS; i++) {
        assert_int_equal(picture.rows[i].partition, i);
        assert_true(lease_is_free(&picture.rows[i]));
        assert_false(picture.rows[i].live);
    }
    assert_int_equal(picture.rows[PARTITIONS].partition, -1);
    assert_memory_equal(&picture.rows[PARTITIONS].holder, &me.id, sizeof me.id);
    assert_true(picture.rows[PARTITIONS].live);
}

static void what_lives_is_not_taken(void **state)
{
    struct lease_member me = member(1);
    struct lease_member other = member(2);

    (void)state;
    make();
    beat(ours, &me);
    assert_int_equal(take(ours, &me, 3), 3);
    assert_int_equal(take(ours, &me, 3), 1); /* from the same picture: what is ours is not free */
    beat(theirs, &other);
    assert_int_equal(held_by(&me), PARTITIONS);
    assert_int_equal(take(theirs, &other, PARTITIONS), 0);
}

static void the_lowest_are_taken_first(void **state)
{
    struct lease_member me = member(1);

    (void)state;
    make();
    beat(ours, &me);
    assert_int_equal(take(ours, &me, 2), 2);
    beat(ours, &me);
    assert_memory_equal(&picture.rows[0].holder, &me.id, sizeof me.id);
    assert_memory_equal(&picture.rows[1].holder, &me.id, sizeof me.id);
    assert_true(lease_is_free(&picture.rows[2]));
}

static void what_lapsed_is_seen_so_and_taken(void **state)
{
    struct lease_member me = member(1);
    struct lease_member other = member(2);

    (void)state;
    make();
    beat(ours, &me);
    assert_int_equal(take(ours, &me, 2), 2);
    lapse("1 ms");
    beat(theirs, &other);
    assert_false(picture.rows[0].live);
    assert_false(lease_is_free(&picture.rows[0]));
    assert_int_equal(take(theirs, &other, PARTITIONS), PARTITIONS);
    beat(ours, &me); /* it wakes up, and hears of it */
    assert_int_equal(held_by(&me), 0);
    assert_int_equal(held_by(&other), PARTITIONS);
}

static void a_holder_that_came_back_in_time_keeps_what_was_seen_as_lapsed(void **state)
{
    struct lease_member me = member(1);
    struct lease_member other = member(2);

    (void)state;
    make();
    beat(ours, &me);
    assert_int_equal(take(ours, &me, 2), 2);
    lapse("1 ms");
    beat(theirs, &other);
    assert_false(picture.rows[0].live);
    beat(ours, &me); /* between the look and the take; the picture is ours now, but for who lives */
    picture.rows[0].live = picture.rows[1].live = false;
    assert_int_equal(take(theirs, &other, PARTITIONS), 2); /* the two that were free */
    beat(ours, &me);
    assert_int_equal(held_by(&me), 2);
    assert_true(picture.rows[0].live);
}

static void two_who_take_at_once_get_each_its_own(void **state)
{
    struct lease_member me = member(1);
    struct lease_member other = member(2);
    struct error error;

    (void)state;
    make();
    beat(ours, &me);
    beat(theirs, &other);
    assert_int_equal(tx_begin(ours, &error), OK);
    assert_int_equal(take(ours, &me, 2), 2);      /* not committed yet */
    assert_int_equal(take(theirs, &other, 2), 2); /* passes them over and waits for nobody */
    assert_int_equal(tx_commit(ours, &error), OK);
    beat(ours, &me);
    assert_int_equal(held_by(&me), 2);
    assert_int_equal(held_by(&other), 2);
}

static void given_is_free_and_only_ones_own_is_given(void **state)
{
    const int32_t both[] = {0, 1};
    struct lease_member me = member(1);
    struct lease_member other = member(2);
    struct error error;

    (void)state;
    make();
    beat(ours, &me);
    assert_int_equal(take(ours, &me, 1), 1);
    beat(theirs, &other);
    assert_int_equal(take(theirs, &other, 1), 1);
    assert_int_equal(lease_give(ours, &me, both, 2, &error), OK);
    beat(ours, &me);
    assert_true(lease_is_free(&picture.rows[0]));
    assert_int_equal(held_by(&other), 1);
}

static void who_leaves_is_gone_at_once(void **state)
{
    struct lease_member me = member(1);
    struct lease_member other = member(2);
    struct error error;

    (void)state;
    make();
    beat(ours, &me);
    assert_int_equal(take(ours, &me, PARTITIONS), PARTITIONS);
    assert_int_equal(lease_leave(ours, &me, &error), OK);
    beat(theirs, &other);
    assert_int_equal(picture.count, PARTITIONS); /* no member but us */
    assert_int_equal(take(theirs, &other, PARTITIONS), PARTITIONS);
    assert_int_equal(members_in_table(), 1);
}

static void who_was_not_heard_of_for_an_hour_is_forgotten(void **state)
{
    struct lease_member me = member(1);
    struct lease_member other = member(2);

    (void)state;
    make();
    beat(ours, &me);
    assert_int_equal(take(ours, &me, 1), 1);
    lapse("59 min");
    beat(theirs, &other);
    assert_int_equal(members_in_table(), 2);
    lapse("61 min");
    beat(theirs, &other);
    assert_int_equal(members_in_table(), 1);
    beat(theirs, &other);
    assert_false(picture.rows[0].live); /* a holder without a row is nobody alive */
    assert_int_equal(take(theirs, &other, PARTITIONS), PARTITIONS);
    beat(ours, &me); /* even then it comes back as a member */
    assert_int_equal(members_in_table(), 2);
}

static void a_topic_that_grows_gets_leases_for_the_rest(void **state)
{
    struct lease_member me = member(1);
    struct error error;

    (void)state;
    make();
    beat(ours, &me);
    assert_int_equal(take(ours, &me, PARTITIONS), PARTITIONS);
    assert_int_equal(lease_make(ours, &me, PARTITIONS + 2, &error), OK);
    assert_int_equal(lease_beat(ours, &me, PARTITIONS + 2, &error, &picture), OK);
    assert_int_equal(picture.count, PARTITIONS + 2);
    assert_int_equal(held_by(&me), PARTITIONS);
    assert_true(lease_is_free(&picture.rows[PARTITIONS]));
    beat(ours, &me); /* who has not heard of it yet sees what it knows */
    assert_int_equal(picture.count, PARTITIONS);
}

static void another_topic_or_cluster_is_another_matter(void **state)
{
    struct lease_member me = member(1);
    struct lease_member elsewhere = member(2);
    struct error error;

    (void)state;
    make();
    beat(ours, &me);
    elsewhere.cluster_id = "elsewhere";
    assert_int_equal(lease_make(theirs, &elsewhere, PARTITIONS, &error), OK);
    beat(theirs, &elsewhere);
    assert_int_equal(picture.count, PARTITIONS); /* no member but us */
    assert_int_equal(take(theirs, &elsewhere, PARTITIONS), PARTITIONS);
    beat(ours, &me);
    assert_int_equal(held_by(&elsewhere), 0);
    assert_int_equal(uuid_compare(&picture.rows[0].holder, &nobody), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_member_sees_every_partition_and_who_lives, new_topic),
        cmocka_unit_test_setup(what_lives_is_not_taken, new_topic),
        cmocka_unit_test_setup(the_lowest_are_taken_first, new_topic),
        cmocka_unit_test_setup(what_lapsed_is_seen_so_and_taken, new_topic),
        cmocka_unit_test_setup(a_holder_that_came_back_in_time_keeps_what_was_seen_as_lapsed,
                               new_topic),
        cmocka_unit_test_setup(two_who_take_at_once_get_each_its_own, new_topic),
        cmocka_unit_test_setup(given_is_free_and_only_ones_own_is_given, new_topic),
        cmocka_unit_test_setup(who_leaves_is_gone_at_once, new_topic),
        cmocka_unit_test_setup(who_was_not_heard_of_for_an_hour_is_forgotten, new_topic),
        cmocka_unit_test_setup(a_topic_that_grows_gets_leases_for_the_rest, new_topic),
        cmocka_unit_test_setup(another_topic_or_cluster_is_another_matter, new_topic),
    };

    if (server_is_missing(COUNT_OF(tests)))
        return 0;
    return cmocka_run_group_tests(tests, connect_all, disconnect_all);
}
