/*
 * test_commit.c - one attempt to make a batch true, against a real server: everything stands or
 * nothing does, and what stands is the whole evidence.
 *
 * The worker here has no tables of its own: its rows are numbers, and what it would refuse, it is
 * told by the test.
 */
#include "base/clock.h"
#include "runtime/commit.h"
#include "runtime/partition.h"
#include "server.h"
#include "store/batch_store.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct db *db;
static struct db *owner; /* looks at what no program may read */
static struct partitions partitions;
static struct batch *batch;
static struct data_key key;
static int32_t source_id;
static const unsigned char key_file[SEAL_KEY_SIZE] = "the key file of this test, long";

/* ---- a worker ---- */

static size_t duplicate_at;
static size_t reject_at;
static enum status apply_answers;
static int64_t free_at_judge; /* positions that another could lock meanwhile */

static int64_t positions_free(void)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM (SELECT FROM position WHERE source_id = %d"
             " FOR UPDATE SKIP LOCKED) AS free",
             source_id);
    return server_number(owner, sql);
}

static enum status judge(struct batch *of, struct db *at, struct error *error)
{
    (void)at, (void)error;
    free_at_judge = positions_free();
    if (duplicate_at < of->record_count && batch_is_ok(of, duplicate_at))
        batch_judge(of, duplicate_at, DUPLICATE, REASON_NONE);
    if (reject_at < of->record_count && batch_is_ok(of, reject_at))
        batch_judge(of, reject_at, REJECT, REASON_SAME_ID_DIFFERENT_CONTENT);
    return OK;
}

static enum status apply(struct batch *of, struct db *at, struct effects *effects,
                         struct error *error)
{
    (void)of, (void)at;
    effects_row(effects, "nothing", 0);
    return apply_answers == OK ? OK : error_set(error, apply_answers, "the store refused");
}

static const struct worker_ops ops = {.name = "ingest",
                                      .row_size = 8,
                                      .validate = judge,
                                      .apply = apply};

/* ---- a batch ---- */

static int begin(void **state)
{
    static const struct batch_limits limits = {100, 100000};
    static const int32_t numbers[] = {0, 1};
    static int run;
    struct source_identity identity = {.kind = "KAFKA", .partition_count = 2, .topic = "commits"};
    struct error error;
    struct source_known known;

    (void)state;
    db = server_open_as("sawa_ingest");
    owner = server_open_as(getenv("SAWA_TEST_OWNER"));
    snprintf(identity.cluster_id, sizeof identity.cluster_id, "%d-%d", (int)getpid(), run++);
    assert_int_equal(source_register(db, &identity, &error, &known), OK);
    source_id = known.source_id;
    assert_int_equal(keyring_get(db, key_file, "commit-test", month_of_day(20514), &error, &key),
                     OK);
    assert_int_equal(day_ensure(db, "batch_raw", (int32_t)(clock_now_us() / US_PER_DAY), &error),
                     OK);
    partitions_init(&partitions);
    partitions_set(&partitions, numbers, 2);
    batch = batch_new(&limits, 8, NULL);
    duplicate_at = reject_at = SIZE_MAX;
    apply_answers = OK;
    return 0;
}

static int end(void **state)
{
    (void)state;
    batch_free(batch);
    partitions_done(&partitions);
    db_close(db);
    db_close(owner);
    return 0;
}

static void claim(size_t index)
{
    struct partition *partition = &partitions.list[index];
    struct error error;

    assert_int_equal(position_claim(db, source_id, partition->number, 10, "w", &error,
                                    &partition->position),
                     OK);
    partition->state = PARTITION_ACTIVE;
}

/* count records of a partition, into the batch and its archive. */
static void read_records(size_t index, int count)
{
    struct partition *partition = &partitions.list[index];
    struct batch_part *part = batch_part_open(batch, &partition->position);
    struct error error;

    for (int i = 0; i < count; i++) {
        struct record record = {.partition = partition->number,
                                .offset = partition->position.next_offset++,
                                .timestamp_ms = 1,
                                .value = TEXT("a payment")};

        assert_non_null(batch_add(batch, part, &record));
        assert_int_equal(partition_archive(partition, &record, &error), OK);
        batch_decided(batch, OK, REASON_NONE);
        part->move.anchor = (struct anchor){record.offset, 1, record_crc32c(&record)};
    }
}

static void seal_parts(void)
{
    struct error error;

    batch->key = &key;
    for (size_t i = 0; i < batch->part_count; i++)
        assert_int_equal(partition_seal(partitions_find(&partitions,
                                                        batch->parts[i].move.partition),
                                        batch, &batch->parts[i], &error),
                         OK);
}

static enum status attempt(struct error *error)
{
    const struct commit_context context = {.ops = &ops,
                                           .db = db,
                                           .worker = "test:1",
                                           .source_name = TEXT("KAFKA/c/commits/1")};

    return commit_attempt(&context, batch, error);
}

static int64_t number_of(const char *what, const char *from)
{
    char sql[512];

    snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE source_id = %d", what, from, source_id);
    return server_number(owner, sql);
}

/* ---- the tests ---- */

static void what_is_committed_stands_whole(void **state)
{
    struct error error;

    (void)state;
    claim(0);
    claim(1);
    read_records(0, 5);
    read_records(1, 2);
    seal_parts();
    duplicate_at = 1;
    reject_at = 3;
    assert_int_equal(attempt(&error), OK);
    assert_int_equal(number_of("count(*)", "batch"), 2);
    assert_int_equal(number_of("sum(record_count)::bigint", "batch"), 7);
    assert_int_equal(number_of("sum(applied_count)::bigint", "batch"), 5);
    assert_int_equal(number_of("sum(duplicate_count)::bigint", "batch"), 1);
    assert_int_equal(number_of("sum(parked_count)::bigint", "batch"), 1);
    assert_int_equal(number_of("count(DISTINCT commit_id)",
                               "batch JOIN audit_leaf USING (commit_id)"
                               " JOIN commit_log USING (commit_id)"),
                     1);
    assert_int_equal(number_of("count(*)", "batch JOIN batch_raw USING (batch_id)"), 2);
    assert_int_equal(number_of("sum(next_offset)::bigint", "position"), 15 + 12);
    assert_int_equal(number_of("min(anchor_offset)", "position"), 11);
    assert_int_equal(number_of("max(record_offset)", "parked"), 13);
}

/* The record that was refused late kept no frame: it was read back from the seal, and stands in
 * table parked sealed under its own place. */
static void what_is_parked_opens_under_its_place(void **state)
{
    struct result *rows = NULL;
    struct error error;
    struct raw_record raw;
    struct text rest;
    struct text frame;
    char aad[96];
    char sql[256];
    unsigned char plain[256];

    (void)state;
    claim(0);
    read_records(0, 4);
    seal_parts();
    reject_at = 2;
    assert_int_equal(attempt(&error), OK);
    snprintf(sql, sizeof sql, "SELECT sealed, reason, key_id FROM parked WHERE source_id = %d",
             source_id);
    assert_int_equal(db_run(owner, server_sql(sql), NULL, &error, &rows), OK);
    assert_int_equal(result_rows(rows), 1);
    assert_true(text_is(result_text(rows, 0, 1), "same_id_different_content"));
    snprintf(aad, sizeof aad, "parked/%d/0/12/%d", source_id, (int)result_int64(rows, 0, 2));
    rest = result_text(rows, 0, 0);
    assert_true(seal_open(key.key, text_of(aad), rest, plain));
    rest = (struct text){(char *)plain, rest.size - SEAL_OVERHEAD};
    assert_int_equal(raw_record_next(&rest, &raw, &frame), RAW_WHOLE);
    assert_int_equal(raw.offset, 12);
    assert_true(text_is(raw.value, "a payment"));
    result_free(rows);
}

static void a_lost_partition_is_dropped_and_the_rest_commits(void **state)
{
    struct position taken;
    struct error error;

    (void)state;
    claim(0);
    claim(1);
    read_records(0, 3);
    read_records(1, 4);
    seal_parts();
    assert_int_equal(position_claim(owner, source_id, 0, 10, "other", &error, &taken), OK);
    assert_int_equal(attempt(&error), RETRY);
    assert_int_equal(error.cause, CAUSE_FENCED);
    assert_false(tx_is_open(db));
    assert_true(batch->parts[0].dropped);
    assert_false(batch->parts[1].dropped);
    assert_int_equal(number_of("count(*)", "batch"), 0);
    assert_int_equal(attempt(&error), OK);
    assert_int_equal(number_of("sum(record_count)::bigint", "batch"), 4);
    assert_int_equal(number_of("sum(next_offset)::bigint", "position"), 10 + 14); /* I7 */
}

/* A claim must wait for the batch in flight from its first look on: what is judged under a position
 * that another may take meanwhile is judged in vain (I7). */
static void positions_are_locked_before_anything_is_judged(void **state)
{
    struct error error;

    (void)state;
    claim(0);
    claim(1);
    read_records(0, 3);
    seal_parts();
    assert_int_equal(positions_free(), 2);
    assert_int_equal(attempt(&error), OK);
    assert_int_equal(free_at_judge, 1); /* the partition that is not in the batch */
}

static void what_the_store_refuses_leaves_nothing(void **state)
{
    static const enum status answers[] = {DUPLICATE, REJECT, RETRY, FATAL};
    struct error error;

    (void)state;
    claim(0);
    read_records(0, 3);
    seal_parts();
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        apply_answers = answers[i];
        assert_int_equal(attempt(&error), answers[i]);
        assert_false(tx_is_open(db));
        assert_int_equal(number_of("count(*)", "batch"), 0);
        assert_int_equal(number_of("max(next_offset)", "position"), 10);
    }
    apply_answers = OK; /* and the same batch commits afterwards */
    assert_int_equal(attempt(&error), OK);
    assert_int_equal(number_of("max(next_offset)", "position"), 13);
}

static void the_same_batch_commits_once(void **state)
{
    struct error error;

    (void)state;
    claim(0);
    read_records(0, 3);
    seal_parts();
    assert_int_equal(attempt(&error), OK);
    assert_int_equal(attempt(&error), RETRY); /* its start is no longer where the position stands */
    assert_int_equal(error.cause, CAUSE_FENCED);
    assert_int_equal(number_of("count(*)", "batch"), 1);
    assert_int_equal(attempt(&error), OK); /* every part is dropped: nothing to do */
    assert_int_equal(number_of("count(*)", "batch"), 1);
}

static void control_records_alone_move_the_position(void **state)
{
    struct error error;

    (void)state;
    claim(0);
    batch_part_open(batch, &partitions.list[0].position)->move.next_offset = 17;
    seal_parts();
    assert_int_equal(attempt(&error), OK);
    assert_int_equal(number_of("max(next_offset)", "position"), 17);
    assert_int_equal(number_of("sum(record_count)::bigint", "batch"), 0);
    assert_int_equal(number_of("count(*)", "batch JOIN batch_raw USING (batch_id)"), 0);
    assert_int_equal(number_of("count(anchor_offset)", "position"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_committed_stands_whole, begin, end),
        cmocka_unit_test_setup_teardown(what_is_parked_opens_under_its_place, begin, end),
        cmocka_unit_test_setup_teardown(a_lost_partition_is_dropped_and_the_rest_commits, begin,
                                        end),
        cmocka_unit_test_setup_teardown(positions_are_locked_before_anything_is_judged, begin, end),
        cmocka_unit_test_setup_teardown(what_the_store_refuses_leaves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(the_same_batch_commits_once, begin, end),
        cmocka_unit_test_setup_teardown(control_records_alone_move_the_position, begin, end),
    };

    if (server_is_missing(COUNT_OF(tests)))
        return 0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
