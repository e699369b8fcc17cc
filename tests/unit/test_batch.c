/*
 * test_batch.c - the records of one commit: offsets rise, each has one verdict, counts agree.
 */
#include "runtime/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct batch_limits limits = {.records_max = 3000, .bytes_max = 100000};
static struct batch *batch;

static int begin(void **state)
{
    (void)state;
    batch = batch_new(&limits, sizeof(int64_t), NULL);
    return batch == NULL ? -1 : 0;
}

static int end(void **state)
{
    (void)state;
    batch_free(batch);
    return 0;
}

static struct position position_of(int32_t partition, int64_t next_offset)
{
    return (struct position){.source_id = 3,
                             .partition = partition,
                             .next_offset = next_offset,
                             .epoch = 9,
                             .watermark_us = 77};
}

static struct record record_of(int64_t offset)
{
    return (struct record){.offset = offset,
                           .timestamp_ms = 5,
                           .key = TEXT("key"),
                           .value = TEXT("value")};
}

static void *add(struct batch_part *part, int64_t offset, enum status verdict, enum reason reason)
{
    struct record record = record_of(offset);
    void *row = batch_add(batch, part, &record);

    assert_non_null(row);
    batch_decided(batch, verdict, reason);
    return row;
}

static void a_part_opens_where_its_position_stands(void **state)
{
    struct position position = position_of(4, 100);
    struct batch_part *part = batch_part_open(batch, &position);

    (void)state;
    assert_non_null(part);
    assert_int_equal(part->move.partition, 4);
    assert_int_equal(part->move.epoch, 9);
    assert_int_equal(part->move.expected, 100);
    assert_int_equal(part->move.next_offset, 100);
    assert_int_equal(part->move.anchor.offset, -1);
    assert_int_equal(part->watermark_before_us, 77);
    assert_int_equal(batch->source_id, 3);
    assert_true(batch->opened_at_us > 0);
    assert_ptr_equal(batch_part_open(batch, &position), part);
    assert_ptr_equal(batch_part_find(batch, 4), part);
    assert_null(batch_part_find(batch, 5));
    assert_false(batch_is_empty(batch));
}

static void has_room_for_so_many_partitions_and_no_more(void **state)
{
    (void)state;
    for (int32_t i = 0; i < BATCH_PART_MAX; i++) {
        struct position position = position_of(i, 0);

        assert_non_null(batch_part_open(batch, &position));
    }
    struct position one_more = position_of(BATCH_PART_MAX, 0);
    assert_null(batch_part_open(batch, &one_more));
}

static void rows_are_zeroed_and_keep_their_place_while_it_grows(void **state)
{
    struct position position = position_of(0, 10);
    struct batch_part *part = batch_part_open(batch, &position);

    (void)state;
    for (int64_t i = 0; i < 2500; i++) { /* past the first capacity, with gaps in the offsets */
        int64_t *row = add(part, 10 + 2 * i, OK, REASON_NONE);

        assert_int_equal(*row, 0);
        *row = i;
    }
    assert_batch_state(batch);
    for (int64_t i = 0; i < 2500; i++)
        assert_int_equal(*(int64_t *)batch_row(batch, (size_t)i), i);
    assert_int_equal(part->move.next_offset, 10 + 2 * 2499 + 1);
    assert_int_equal(part->record_count, 2500);
}

static void is_full_by_records_or_by_bytes(void **state)
{
    struct position position = position_of(0, 0);
    struct batch_part *part = batch_part_open(batch, &position);
    static char large[99993];
    struct record record = record_of(0);

    (void)state;
    add(part, 0, OK, REASON_NONE);
    assert_false(batch_is_full(batch));
    record.offset = 1;
    record.key = (struct text){NULL, 0};
    record.value = (struct text){large, sizeof large};
    assert_non_null(batch_add(batch, part, &record));
    assert_true(batch_is_full(batch)); /* 8 + 99993 bytes */
    batch_take_back(batch, part, &record, 1);
    assert_false(batch_is_full(batch));
    for (int64_t i = 1; i < 3000; i++)
        add(part, i, OK, REASON_NONE);
    assert_true(batch_is_full(batch));
}

static void a_record_taken_back_leaves_nothing(void **state)
{
    struct position position = position_of(0, 10);
    struct batch_part *part = batch_part_open(batch, &position);
    struct record record = record_of(11);
    size_t bytes;
    int64_t *row;

    (void)state;
    add(part, 10, OK, REASON_NONE);
    bytes = batch->bytes;
    row = batch_add(batch, part, &record);
    *row = 42;
    batch_take_back(batch, part, &record, 11);
    assert_int_equal(batch->record_count, 1);
    assert_int_equal(part->record_count, 1);
    assert_int_equal(part->move.next_offset, 11);
    assert_int_equal(batch->bytes, bytes);
    row = batch_add(batch, part, &record);
    assert_int_equal(*row, 0);
    assert_batch_state(batch);
}

/* The record had opened its part: the part goes with it, and so does the age of the batch. */
static void a_part_that_a_taken_back_record_opened_goes_with_it(void **state)
{
    struct position position = position_of(0, 10);
    struct batch_part *part = batch_part_open(batch, &position);
    struct record record = record_of(10);

    (void)state;
    assert_non_null(batch_add(batch, part, &record));
    batch_take_back(batch, part, &record, 10);
    assert_true(batch_is_empty(batch));
    assert_null(batch_part_find(batch, 0));
}

static void each_attempt_starts_from_the_verdicts_of_decode(void **state)
{
    struct position position = position_of(0, 0);
    struct batch_part *part = batch_part_open(batch, &position);

    (void)state;
    add(part, 0, OK, REASON_NONE);
    add(part, 1, REJECT, REASON_AVRO_MALFORMED);
    add(part, 2, OK, REASON_NONE);
    for (int attempt = 0; attempt < 2; attempt++) {
        batch_begin_attempt(batch);
        assert_true(batch_is_ok(batch, 0) && !batch_is_ok(batch, 1) && batch_is_ok(batch, 2));
        batch_judge(batch, 0, DUPLICATE, REASON_NONE);
        batch_judge(batch, 2, REJECT, REASON_TRANSFER_ALREADY_RECORDED);
        batch_count(batch);
        assert_int_equal(part->counts[OK], 0);
        assert_int_equal(part->counts[DUPLICATE], 1);
        assert_int_equal(part->counts[REJECT], 2);
        assert_int_equal(batch->records[1].reason, REASON_AVRO_MALFORMED);
    }
    batch_begin_attempt(batch);
    batch_count(batch);
    assert_int_equal(part->counts[OK], 2);
}

static void a_dropped_part_has_no_effect(void **state)
{
    struct position positions[2] = {position_of(0, 0), position_of(1, 0)};
    struct batch_part *lost = batch_part_open(batch, &positions[0]);
    struct batch_part *kept = batch_part_open(batch, &positions[1]);

    (void)state;
    add(lost, 0, OK, REASON_NONE);
    add(kept, 0, OK, REASON_NONE);
    batch_begin_attempt(batch);
    lost->dropped = true;
    assert_false(batch_is_ok(batch, 0));
    assert_true(batch_is_ok(batch, 1));
}

static void a_kept_frame_is_the_record(void **state)
{
    struct position position = position_of(0, 88);
    struct batch_part *part = batch_part_open(batch, &position);
    struct record record = record_of(88);
    struct raw_record raw;
    struct text rest;
    struct text frame;

    (void)state;
    assert_non_null(batch_add(batch, part, &record));
    batch_keep(batch, &record);
    batch_keep(batch, &record); /* once is enough */
    record.offset = 89;
    assert_non_null(batch_add(batch, part, &record));
    batch_keep(batch, &record);
    assert_int_equal(batch->records[0].kept_at, 0);
    assert_int_equal(batch->records[1].kept_at, batch->records[0].kept_size);
    rest = (struct text){batch->kept.data + batch->records[1].kept_at, batch->records[1].kept_size};
    assert_int_equal(raw_record_next(&rest, &raw, &frame), RAW_WHOLE);
    assert_int_equal(raw.offset, 89);
    assert_true(text_is(raw.value, "value"));
    assert_int_equal(rest.size, 0);
}

/* Many records that are to be parked, or a few large ones: the next one still has room. */
static void is_full_by_what_it_keeps(void **state)
{
    static char bytes[512 * 1024];
    struct position position = position_of(0, 0);
    struct batch_part *part = batch_part_open(batch, &position);
    struct record record = record_of(0);

    (void)state;
    batch->limits = (struct batch_limits){.records_max = SIZE_MAX, .bytes_max = SIZE_MAX};
    record.value = (struct text){bytes, sizeof bytes};
    for (record.offset = 0; record.offset < 2; record.offset++) {
        assert_false(batch_is_full(batch));
        assert_non_null(batch_add(batch, part, &record));
        batch_keep(batch, &record);
    }
    assert_true(batch_is_full(batch));
    record.value.size = 0;
    batch_clear(batch);
    part = batch_part_open(batch, &position);
    for (record.offset = 0; !batch_is_full(batch); record.offset++) {
        assert_non_null(batch_add(batch, part, &record));
        batch_keep(batch, &record);
    }
    assert_in_range(record.offset, 50000, 200000);
}

static void a_cleared_batch_is_empty_and_keeps_its_memory(void **state)
{
    struct position position = position_of(0, 0);
    struct record record = record_of(0);
    struct batch_record *records;

    (void)state;
    assert_non_null(batch_add(batch, batch_part_open(batch, &position), &record));
    batch_keep(batch, &record);
    records = batch->records;
    batch_clear(batch);
    assert_true(batch_is_empty(batch));
    assert_int_equal(batch->record_count, 0);
    assert_int_equal(batch->bytes, 0);
    assert_int_equal(batch->kept.size, 0);
    assert_null(batch_part_find(batch, 0));
    assert_ptr_equal(batch->records, records);
    batch_free(NULL);
}

/* A retry judges anew; what the source has against a record stays with it. */
static void a_doubt_stays_with_its_record(void **state)
{
    struct position position = position_of(4, 100);
    struct batch_part *part = batch_part_open(batch, &position);

    (void)state;
    add(part, 100, OK, REASON_NONE);
    add(part, 101, OK, REASON_NONE);
    batch_doubt(batch, REASON_DELIVERED_TOO_OFTEN);
    add(part, 102, OK, REASON_NONE);
    for (int attempt = 0; attempt < 2; attempt++) {
        batch_begin_attempt(batch);
        assert_int_equal(batch_doubt_of(batch, 0), REASON_NONE);
        assert_int_equal(batch_doubt_of(batch, 1), REASON_DELIVERED_TOO_OFTEN);
        assert_int_equal(batch_doubt_of(batch, 2), REASON_NONE);
        batch_judge(batch, 1, REJECT, batch_doubt_of(batch, 1));
    }
    batch_count(batch);
    assert_int_equal(part->counts[OK], 2);
    assert_int_equal(part->counts[REJECT], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_part_opens_where_its_position_stands, begin, end),
        cmocka_unit_test_setup_teardown(has_room_for_so_many_partitions_and_no_more, begin, end),
        cmocka_unit_test_setup_teardown(rows_are_zeroed_and_keep_their_place_while_it_grows, begin,
                                        end),
        cmocka_unit_test_setup_teardown(is_full_by_records_or_by_bytes, begin, end),
        cmocka_unit_test_setup_teardown(a_record_taken_back_leaves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_part_that_a_taken_back_record_opened_goes_with_it, begin,
                                        end),
        cmocka_unit_test_setup_teardown(each_attempt_starts_from_the_verdicts_of_decode, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_dropped_part_has_no_effect, begin, end),
        cmocka_unit_test_setup_teardown(a_kept_frame_is_the_record, begin, end),
        cmocka_unit_test_setup_teardown(is_full_by_what_it_keeps, begin, end),
        cmocka_unit_test_setup_teardown(a_cleared_batch_is_empty_and_keeps_its_memory, begin, end),
        cmocka_unit_test_setup_teardown(a_doubt_stays_with_its_record, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
