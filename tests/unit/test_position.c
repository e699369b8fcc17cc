/*
 * test_position.c - who may move a position, and when, against a real server.
 *
 * Two workers, each with a connection of its own, meet at partitions of one topic.
 */
#include "server.h"
#include "store/position.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { PARTITIONS = 4 };

static struct db *ours;
static struct db *theirs;
static int32_t source_id;
static int32_t anew_id; /* of topic "anew" */
static int32_t next_partition; /* each test has partitions of its own */

static struct source_identity identity_of(int32_t partitions)
{
    struct source_identity identity = {.kind = "KAFKA", .partition_count = partitions};

    snprintf(identity.cluster_id, sizeof identity.cluster_id, "test-%d", (int)getpid());
    text_copy(TEXT("positions"), identity.topic, sizeof identity.topic);
    return identity;
}

static int connect_both(void **state)
{
    struct source_identity identity = identity_of(PARTITIONS);
    struct source_known known;
    struct error error;

    (void)state;
    ours = server_open_as("sawa_ingest");
    theirs = server_open_as("sawa_ingest");
    assert_int_equal(source_register(ours, &identity, &error, &known), OK);
    assert_int_equal(known.generation, 1);
    assert_null(known.halt);
    source_id = known.source_id;
    return 0;
}

static int disconnect_both(void **state)
{
    (void)state;
    db_close(ours);
    db_close(theirs);
    return 0;
}

static struct position claim(struct db *db, int32_t partition, const char *owner)
{
    struct position position = {0};
    struct error error;

    assert_int_equal(position_claim(db, source_id, partition, 100, owner, &error, &position), OK);
    return position;
}

static struct position_move move_of(const struct position *position, int64_t next_offset)
{
    return (struct position_move){.partition = position->partition,
                                  .epoch = position->epoch,
                                  .expected = position->next_offset,
                                  .next_offset = next_offset,
                                  .watermark_us = position->watermark_us,
                                  .anchor = {next_offset - 1, 1772442907123, 0xfffffffe}};
}

static enum status move_alone(struct db *db, const struct position_move *move, struct error *error)
{
    bool held = false;
    enum status status = tx_begin(db, error);

    if (status == OK)
        status = position_lock(db, source_id, move, 1, error, &held);
    if (status == OK)
        status = position_move(db, source_id, move, 1, error);
    if (status == OK)
        return tx_commit(db, error);
    tx_rollback(db);
    return status;
}

/* ---- sources ---- */

static void a_topic_is_registered_once_and_may_grow(void **state)
{
    struct source_identity identity = identity_of(PARTITIONS);
    struct source_known again;
    struct error error;

    (void)state;
    assert_int_equal(source_register(theirs, &identity, &error, &again), OK);
    assert_int_equal(again.source_id, source_id);
    identity.partition_count = PARTITIONS + 60;
    assert_int_equal(source_register(theirs, &identity, &error, &again), OK);
    assert_int_equal(again.source_id, source_id);
    assert_null(again.halt);
}

static void a_topic_that_shrank_is_halted_whole(void **state)
{
    struct source_identity identity = identity_of(3);
    struct source_known known;
    struct position position;
    struct error error;

    (void)state;
    text_copy(TEXT("shrinking"), identity.topic, sizeof identity.topic);
    assert_int_equal(source_register(ours, &identity, &error, &known), OK);
    assert_int_equal(position_claim(ours, known.source_id, 2, 0, "a", &error, &position), OK);
    identity.partition_count = 2;
    assert_int_equal(source_register(theirs, &identity, &error, &known), OK);
    assert_string_equal(known.halt, "partition_count_shrank");
    assert_int_equal(position_claim(ours, known.source_id, 2, 0, "a", &error, &position), OK);
    assert_string_equal(position.halt_reason, "partition_count_shrank");
}

static const char *halt_of_topic(struct db *db, struct uuid topic)
{
    struct source_identity identity = identity_of(2);
    struct source_known known;
    struct error error;

    text_copy(TEXT("anew"), identity.topic, sizeof identity.topic);
    identity.topic_uuid = topic;
    assert_int_equal(source_register(db, &identity, &error, &known), OK);
    anew_id = known.source_id;
    return known.halt;
}

static void a_topic_is_known_by_the_first_id_that_is_read(void **state)
{
    const struct uuid unknown = {{0}};
    const struct uuid first = {{0x11, 0x22, 0x33}};
    const struct uuid anew = {{0x11, 0x22, 0x34}};
    struct position position;
    struct error error;

    (void)state;
    assert_null(halt_of_topic(ours, unknown)); /* a client that cannot read ids stores none */
    assert_null(halt_of_topic(ours, first));
    assert_null(halt_of_topic(theirs, first));
    assert_int_equal(position_claim(ours, anew_id, 1, 0, "a", &error, &position), OK);
    assert_string_equal(position.halt_reason, "");
    assert_string_equal(halt_of_topic(theirs, anew), "topic_made_anew");
    assert_int_equal(position_claim(ours, anew_id, 1, 0, "a", &error, &position), OK);
    assert_string_equal(position.halt_reason, "topic_made_anew");
    assert_string_equal(halt_of_topic(ours, anew), "topic_made_anew"); /* it is not learnt */
    assert_null(halt_of_topic(theirs, unknown));
}

/* ---- claims ---- */

static void each_claim_raises_the_epoch(void **state)
{
    int32_t partition = next_partition++;
    struct position first = claim(ours, partition, "a");
    struct position second = claim(theirs, partition, "b");

    (void)state;
    assert_int_equal(first.epoch, 1);
    assert_int_equal(second.epoch, 2);
    assert_int_equal(first.next_offset, 100);
    assert_int_equal(first.start_offset, 100);
    assert_int_equal(first.anchor.offset, -1);
    assert_true(first.watermark_us == INT64_MIN);
    assert_string_equal(first.halt_reason, "");
    assert_position_state(&first, &second);
}

static void a_claim_tells_what_was_moved(void **state)
{
    int32_t partition = next_partition++;
    struct position position = claim(ours, partition, "a");
    struct position_move move = move_of(&position, 108);
    struct error error;

    (void)state;
    move.watermark_us = 1772442907123456;
    assert_int_equal(move_alone(ours, &move, &error), OK);
    position = claim(theirs, partition, "b");
    assert_int_equal(position.next_offset, 108);
    assert_true(position.watermark_us == 1772442907123456);
    assert_int_equal(position.anchor.offset, 107);
    assert_true(position.anchor.time_ms == 1772442907123);
    assert_int_equal(position.anchor.crc32c, 0xfffffffe);
    move = move_of(&position, 110); /* nothing was delivered: control records only */
    move.anchor.offset = -1;
    assert_int_equal(move_alone(theirs, &move, &error), OK);
    position = claim(ours, partition, "a");
    assert_int_equal(position.next_offset, 110);
    assert_int_equal(position.anchor.offset, 107);
}

static void a_claim_waits_for_what_is_in_flight_and_then_ends_it(void **state)
{
    int32_t partition = next_partition++;
    struct position position = claim(ours, partition, "a");
    struct position_move move = move_of(&position, 101);
    struct position taken = {.epoch = -7};
    struct error error;
    bool held = false;

    (void)state;
    assert_int_equal(tx_begin(ours, &error), OK);
    assert_int_equal(position_lock(ours, source_id, &move, 1, &error, &held), OK);
    assert_true(held);
    /* the owner holds the row past the lock time-out: its session is ended, the claim comes back */
    assert_int_equal(position_claim(theirs, source_id, partition, 100, "b", &error, &taken), RETRY);
    assert_int_equal(taken.epoch, -7);
    while (position_claim(theirs, source_id, partition, 100, "b", &error, &taken) == RETRY)
        assert_string_equal(error.code, "55P03");
    assert_int_equal(taken.epoch, 2);
    assert_int_equal(taken.next_offset, 100);
    assert_int_equal(position_move(ours, source_id, &move, 1, &error), RETRY);
    assert_true(db_is_broken(ours));
    assert_int_equal(db_reopen(ours, &error), OK);
}

/* ---- fences ---- */

static void an_old_epoch_is_fenced_before_it_writes(void **state)
{
    int32_t partition = next_partition++;
    struct position old = claim(ours, partition, "a");
    struct position_move move = move_of(&old, 105);
    struct error error;

    (void)state;
    claim(theirs, partition, "b");
    assert_int_equal(move_alone(ours, &move, &error), RETRY);
    assert_int_equal(error.cause, CAUSE_FENCED);
    assert_int_equal(claim(theirs, partition, "b").next_offset, 100);
}

static void a_move_is_a_compare_and_set(void **state)
{
    int32_t partition = next_partition++;
    struct position position = claim(ours, partition, "a");
    struct position_move move = move_of(&position, 105);
    struct error error;

    (void)state;
    assert_int_equal(move_alone(ours, &move, &error), OK);
    assert_int_equal(move_alone(ours, &move, &error), RETRY); /* the same batch again */
    assert_int_equal(error.cause, CAUSE_FENCED);
    move.expected = 105;
    move.next_offset = 106;
    assert_int_equal(move_alone(ours, &move, &error), OK);
    assert_int_equal(claim(ours, partition, "a").next_offset, 106);
}

/* The guards of the move are its own: they hold though nobody has looked under the lock. */
static void a_move_compares_by_itself(void **state)
{
    int32_t partition = next_partition++;
    struct position position = claim(ours, partition, "a");
    struct position_move elsewhere = move_of(&position, 105);
    struct position_move outdated = move_of(&position, 105);
    struct error error;

    (void)state;
    elsewhere.expected = 99;
    outdated.epoch--;
    assert_int_equal(tx_begin(ours, &error), OK);
    assert_int_equal(position_move(ours, source_id, &elsewhere, 1, &error), RETRY);
    assert_int_equal(error.cause, CAUSE_FENCED);
    assert_int_equal(position_move(ours, source_id, &outdated, 1, &error), RETRY);
    assert_int_equal(error.cause, CAUSE_FENCED);
    tx_rollback(ours);
    assert_int_equal(claim(ours, partition, "a").next_offset, 100);
}

static void one_lost_partition_leaves_the_others_held(void **state)
{
    struct position_move moves[3];
    bool held[3];
    struct error error;

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct position position = claim(ours, next_partition++, "a");

        moves[2 - i] = move_of(&position, 101); /* not in order: the lock is */
    }
    claim(theirs, moves[1].partition, "b");
    assert_int_equal(tx_begin(ours, &error), OK);
    assert_int_equal(position_lock(ours, source_id, moves, 3, &error, held), RETRY);
    assert_int_equal(error.cause, CAUSE_FENCED);
    assert_true(held[0] && !held[1] && held[2]);
    assert_int_equal(position_move(ours, source_id, moves, 3, &error), RETRY); /* 2 of 3 rows */
    assert_int_equal(error.cause, CAUSE_FENCED);
    tx_rollback(ours);
    assert_int_equal(claim(ours, moves[0].partition, "a").next_offset, 100);
}

/* Two batches over the same partitions, named in opposite order: rows are locked in one order, so
 * the second waits for the first; it never ends in a deadlock. */
static void locks_are_taken_in_one_order(void **state)
{
    struct position_move moves[2];
    struct position_move reversed[2];
    bool held[2];
    struct error error;

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct position position = claim(ours, next_partition++, "a");

        moves[i] = move_of(&position, 101);
        reversed[1 - i] = moves[i];
    }
    assert_int_equal(tx_begin(ours, &error), OK);
    assert_int_equal(position_lock(ours, source_id, moves, 1, &error, held), OK); /* the first */
    assert_int_equal(tx_begin(theirs, &error), OK);
    assert_int_equal(position_lock(theirs, source_id, reversed, 2, &error, held), RETRY);
    assert_string_equal(error.code, "55P03"); /* waited at the first row, with nothing held */
    tx_rollback(theirs);
    assert_int_equal(position_lock(ours, source_id, moves, 2, &error, held), OK);
    assert_int_equal(tx_commit(ours, &error), OK);
}

static void nothing_goes_back(void **state)
{
    int32_t partition = next_partition++;
    struct position position = claim(ours, partition, "a");
    struct position_move move = move_of(&position, 105);
    struct error error;

    (void)state;
    move.watermark_us = 2000000;
    assert_int_equal(move_alone(ours, &move, &error), OK);
    move.expected = 105;
    move.next_offset = 104; /* whatever a program believes: the database refuses it (I4) */
    assert_int_equal(move_alone(ours, &move, &error), REJECT);
    assert_string_equal(error.subject, "i4_position_never_goes_back");
    move.next_offset = 106;
    move.watermark_us = 1000000; /* a late batch: the newest time stays */
    assert_int_equal(move_alone(ours, &move, &error), OK);
    assert_true(claim(ours, partition, "a").watermark_us == 2000000);
}

/* ---- halts and releases ---- */

static void only_the_holder_halts_and_once(void **state)
{
    int32_t partition = next_partition++;
    struct position old = claim(ours, partition, "a");
    struct position position = claim(theirs, partition, "b");
    struct error error;

    (void)state;
    assert_int_equal(position_halt(ours, &old, "anchor_differs", &error), OK);
    assert_string_equal(claim(theirs, partition, "b").halt_reason, "");
    position = claim(theirs, partition, "b");
    assert_int_equal(position_halt(theirs, &position, "anchor_differs", &error), OK);
    assert_int_equal(position_halt(theirs, &position, "offset_out_of_range", &error), OK);
    assert_string_equal(claim(ours, partition, "a").halt_reason, "anchor_differs");
}

/* What an operator does while a batch is under way: the next one finds nothing to hold. */
static void a_halted_position_moves_for_nobody(void **state)
{
    int32_t partition = next_partition++;
    struct position position = claim(ours, partition, "a");
    struct position_move move = move_of(&position, 101);
    struct error error;
    bool resumed = true;
    bool superseded = true;
    char sql[128];

    (void)state;
    assert_int_equal(position_halt(ours, &position, "halted_by_operator", &error), OK);
    assert_int_equal(move_alone(ours, &move, &error), RETRY);
    assert_int_equal(error.cause, CAUSE_FENCED);
    assert_int_equal(position_resumed(ours, source_id, &partition, 1, &error, &resumed,
                                      &superseded),
                     OK);
    assert_false(resumed);
    snprintf(sql, sizeof sql,
             "UPDATE position SET halt_reason = NULL WHERE source_id = %d AND partition = %d",
             source_id, partition);
    server_script(theirs, sql);
    assert_int_equal(position_resumed(ours, source_id, &partition, 1, &error, &resumed,
                                      &superseded),
                     OK);
    assert_true(resumed);
    assert_false(superseded);
    assert_int_equal(move_alone(ours, &move, &error), OK);
}

static void a_newer_generation_supersedes(void **state)
{
    int32_t partition = next_partition++;
    struct source_identity identity = identity_of(PARTITIONS);
    struct source_known known;
    struct position position;
    struct error error;
    bool resumed = false;
    bool superseded = false;
    char sql[256];
    int32_t old;

    (void)state;
    text_copy(TEXT("made anew"), identity.topic, sizeof identity.topic);
    assert_int_equal(source_register(ours, &identity, &error, &known), OK);
    old = known.source_id;
    assert_int_equal(position_claim(ours, old, partition, 0, "a", &error, &position), OK);
    assert_int_equal(position_halt(ours, &position, "anchor_differs", &error), OK);
    snprintf(sql, sizeof sql,
             "INSERT INTO source (kind, cluster_id, topic, generation, partitions)"
             " SELECT kind, cluster_id, topic, 2, partitions FROM source WHERE source_id = %d",
             old);
    server_script(theirs, sql);
    assert_int_equal(position_resumed(ours, old, &partition, 1, &error, &resumed, &superseded), OK);
    assert_true(resumed && superseded);
    assert_int_equal(source_register(ours, &identity, &error, &known), OK);
    assert_int_equal(known.generation, 2);
    assert_true(known.source_id != old);
}

static void a_release_is_only_of_what_is_ours(void **state)
{
    int32_t partition = next_partition++;
    struct position old = claim(ours, partition, "a");
    struct position position = claim(theirs, partition, "b");
    struct position_move move = move_of(&old, 100);
    char sql[128];
    struct error error;

    (void)state;
    snprintf(sql, sizeof sql,
             "SELECT count(owner) FROM position WHERE source_id = %d AND partition = %d", source_id,
             partition);
    assert_int_equal(position_release(ours, source_id, &move, 1, &error), OK);
    assert_int_equal(server_number(ours, sql), 1);
    move = move_of(&position, 100);
    assert_int_equal(position_release(theirs, source_id, &move, 1, &error), OK);
    assert_int_equal(server_number(ours, sql), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_is_registered_once_and_may_grow),
        cmocka_unit_test(a_topic_that_shrank_is_halted_whole),
        cmocka_unit_test(a_topic_is_known_by_the_first_id_that_is_read),
        cmocka_unit_test(each_claim_raises_the_epoch),
        cmocka_unit_test(a_claim_tells_what_was_moved),
        cmocka_unit_test(a_claim_waits_for_what_is_in_flight_and_then_ends_it),
        cmocka_unit_test(an_old_epoch_is_fenced_before_it_writes),
        cmocka_unit_test(a_move_is_a_compare_and_set),
        cmocka_unit_test(a_move_compares_by_itself),
        cmocka_unit_test(one_lost_partition_leaves_the_others_held),
        cmocka_unit_test(locks_are_taken_in_one_order),
        cmocka_unit_test(nothing_goes_back),
        cmocka_unit_test(only_the_holder_halts_and_once),
        cmocka_unit_test(a_halted_position_moves_for_nobody),
        cmocka_unit_test(a_newer_generation_supersedes),
        cmocka_unit_test(a_release_is_only_of_what_is_ours),
    };

    if (server_is_missing(COUNT_OF(tests)))
        return 0;
    return cmocka_run_group_tests(tests, connect_both, disconnect_both);
}
