/*
 * test_partition.c - which delivered records are taken, and what becomes of them until the commit:
 * archived, sealed under their place, and read back where a late refusal needs them.
 */
#include "runtime/partition.h"

#include "base/crc32c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct record record_of(int64_t offset, const char *value)
{
    return (struct record){.partition = 0,
                           .offset = offset,
                           .timestamp_ms = 1000 + offset,
                           .key = TEXT("key"),
                           .value = text_of(value)};
}

static struct partition partition_at(int64_t next_offset)
{
    return (struct partition){.number = 0,
                              .state = PARTITION_ACTIVE,
                              .position = {.source_id = 1,
                                           .partition = 0,
                                           .epoch = 2,
                                           .next_offset = next_offset,
                                           .anchor.offset = -1}};
}

static struct anchor anchor_of(const struct record *record)
{
    return (struct anchor){record->offset, record->timestamp_ms, record_crc32c(record)};
}

/* ---- what is taken ---- */

static void takes_what_lies_at_or_behind_its_position(void **state)
{
    struct partition partition = partition_at(10);
    struct record record = record_of(9, "old");

    (void)state;
    assert_int_equal(partition_receive(&partition, &record), DELIVERY_OLD);
    record.offset = 10;
    assert_int_equal(partition_receive(&partition, &record), DELIVERY_NEW);
    record.offset = 17; /* offsets rise, not always by one */
    assert_int_equal(partition_receive(&partition, &record), DELIVERY_NEW);
}

static void knows_its_topic_by_the_anchor(void **state)
{
    struct partition partition = partition_at(10);
    struct record before = record_of(8, "before");
    struct record anchor = record_of(9, "anchor");
    struct record next = record_of(10, "next");

    (void)state;
    partition.position.anchor = anchor_of(&anchor);
    partition.anchor_awaited = true;
    assert_int_equal(partition_receive(&partition, &before), DELIVERY_OLD);
    assert_true(partition.anchor_awaited);
    assert_int_equal(partition_receive(&partition, &anchor), DELIVERY_OLD);
    assert_false(partition.anchor_awaited);
    assert_int_equal(partition_receive(&partition, &next), DELIVERY_NEW);
}

static void another_record_at_the_anchor_is_another_topic(void **state)
{
    struct record anchor = record_of(9, "anchor");
    struct record others[] = {anchor, anchor, anchor};

    (void)state;
    others[0].value = TEXT("anchOr");
    others[1].key = TEXT("kez");
    others[2].timestamp_ms++;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct partition partition = partition_at(10);

        partition.position.anchor = anchor_of(&anchor);
        partition.anchor_awaited = true;
        assert_int_equal(partition_receive(&partition, &others[i]), DELIVERY_FOREIGN);
    }
}

static void an_anchor_that_was_compacted_away_is_passed(void **state)
{
    struct partition partition = partition_at(12);
    struct record anchor = record_of(9, "anchor");
    struct record between = record_of(11, "between");
    struct record next = record_of(12, "next");

    (void)state;
    partition.position.anchor = anchor_of(&anchor);
    partition.anchor_awaited = true;
    assert_int_equal(partition_receive(&partition, &between), DELIVERY_OLD);
    assert_int_equal(partition_receive(&partition, &next), DELIVERY_NEW);
}

static void the_checksum_is_of_key_and_value(void **state)
{
    struct record record = record_of(1, "value");

    (void)state;
    assert_int_equal(record_crc32c(&record), crc32c(0, TEXT("keyvalue")));
    record.key = (struct text){NULL, 0};
    record.value = (struct text){NULL, 0};
    assert_int_equal(record_crc32c(&record), 0);
}

/* ---- the table ---- */

static void starts_at_the_anchor_where_there_is_one(void **state)
{
    static struct partitions partitions;
    static const int32_t numbers[] = {3, 5, 7, 9};
    struct source_start starts[4];

    (void)state;
    partitions_init(&partitions);
    partitions_set(&partitions, numbers, 4);
    assert_int_equal(partitions_starts(&partitions, starts), 0); /* WAITING: nothing is read (1) */
    for (size_t i = 0; i < 3; i++) {
        partitions.list[i].state = PARTITION_ACTIVE;
        partitions.list[i].position.next_offset = 100;
        partitions.list[i].position.anchor.offset = i == 0 ? 99 : -1;
        partitions.list[i].anchor_awaited = i == 0;
    }
    partitions.list[2].state = PARTITION_HALTED;
    assert_int_equal(partitions_starts(&partitions, starts), 2);
    assert_int_equal(starts[0].partition, 3);
    assert_int_equal(starts[0].offset, 99);
    assert_int_equal(starts[1].partition, 5);
    assert_int_equal(starts[1].offset, 100);
    partition_drop(partitions_find(&partitions, 5), 1000);
    assert_int_equal(partitions_find(&partitions, 5)->state, PARTITION_WAITING);
    partition_drop(partitions_find(&partitions, 7), 1000);
    assert_int_equal(partitions_find(&partitions, 7)->state, PARTITION_HALTED);
    assert_null(partitions_find(&partitions, 4));
    partitions_done(&partitions);
    assert_int_equal(partitions_starts(&partitions, starts), 0);
}

/* ---- archive, seal, recover ---- */

enum { RECORDS = 2000 };

static struct data_key key = {.key_id = 7, .month = 20514, .key = "the key of the month of March"};

static struct batch *filled(struct partition *partition)
{
    static const struct batch_limits limits = {RECORDS, 16 * 1024 * 1024};
    struct batch *batch = batch_new(&limits, 8, NULL);
    struct batch_part *part = batch_part_open(batch, &partition->position);
    struct error error;

    batch->key = &key;
    for (int64_t i = 0; i < RECORDS; i++) {
        char value[64];
        struct record record = record_of(100 + i, value);

        snprintf(value, sizeof value, "payment number %lld", (long long)i);
        record.value = text_of(value);
        assert_non_null(batch_add(batch, part, &record));
        assert_int_equal(partition_archive(partition, &record, &error), OK);
        if (i % 5 == 0)
            batch_keep(batch, &record);
        batch_decided(batch, OK, REASON_NONE);
    }
    assert_int_equal(partition_seal(partition, batch, part, &error), OK);
    assert_false(partition->archiving);
    return batch;
}

static void a_refused_record_is_read_back_from_the_seal(void **state)
{
    static struct partitions partitions;
    static const int32_t number = 0;
    struct batch *batch;
    struct error error;

    (void)state;
    partitions_init(&partitions);
    partitions_set(&partitions, &number, 1);
    partitions.list[0].position = partition_at(100).position;
    batch = filled(&partitions.list[0]);
    batch_begin_attempt(batch);
    for (size_t i = 0; i < RECORDS; i += 3)
        batch_judge(batch, i, REJECT, REASON_TRANSFER_ALREADY_RECORDED);
    assert_int_equal(batch_recover(batch, &error), OK);
    for (size_t i = 0; i < RECORDS; i++) {
        const struct batch_record *record = &batch->records[i];
        struct text rest = {batch->kept.data + record->kept_at, record->kept_size};
        struct raw_record raw;
        struct text frame;
        char value[64];

        assert_int_equal(record->kept_size > 0, i % 3 == 0 || i % 5 == 0);
        if (record->kept_size == 0)
            continue;
        snprintf(value, sizeof value, "payment number %zu", i);
        assert_int_equal(raw_record_next(&rest, &raw, &frame), RAW_WHOLE);
        assert_int_equal(raw.offset, 100 + (int64_t)i);
        assert_true(text_is(raw.value, value));
    }
    assert_int_equal(batch_recover(batch, &error), OK); /* nothing is missing any more */
    batch_free(batch);
    partitions_done(&partitions);
}

static void a_seal_opens_in_its_place_only(void **state)
{
    static struct partitions partitions;
    static const int32_t number = 0;
    struct batch *batch;
    struct error error;

    (void)state;
    partitions_init(&partitions);
    partitions_set(&partitions, &number, 1);
    partitions.list[0].position = partition_at(100).position;
    batch = filled(&partitions.list[0]);
    batch_begin_attempt(batch);
    batch_judge(batch, 1, REJECT, REASON_TRANSFER_ALREADY_RECORDED);
    batch->parts[0].move.expected++; /* moved: the bytes belong to another place */
    assert_int_equal(batch_recover(batch, &error), FATAL);
    batch->parts[0].move.expected--;
    assert_int_equal(batch_recover(batch, &error), OK);
    batch_free(batch);
    partitions_done(&partitions);
}

/* Two batches of the same records: salts differ, so their roots do (leaf.h). */
static void roots_are_salted(void **state)
{
    static struct partitions partitions;
    static const int32_t number = 0;
    struct batch *first;
    struct batch *second;

    (void)state;
    partitions_init(&partitions);
    partitions_set(&partitions, &number, 1);
    partitions.list[0].position = partition_at(100).position;
    first = filled(&partitions.list[0]);
    second = filled(&partitions.list[0]);
    assert_false(digest_equal(&first->parts[0].records_root, &second->parts[0].records_root));
    assert_true(first->parts[0].plain_size == second->parts[0].plain_size);
    batch_free(first);
    batch_free(second);
    partitions_done(&partitions);
}

static void control_records_alone_have_the_empty_root(void **state)
{
    static const struct batch_limits limits = {10, 1000};
    static struct partitions partitions;
    static const int32_t number = 0;
    struct batch *batch = batch_new(&limits, 8, NULL);
    struct batch_part *part;
    struct digest empty = sha256(TEXT("")); /* RFC 6962: the hash of nothing */
    struct error error;

    (void)state;
    partitions_init(&partitions);
    partitions_set(&partitions, &number, 1);
    partitions.list[0].position = partition_at(100).position;
    batch->key = &key;
    part = batch_part_open(batch, &partitions.list[0].position);
    part->move.next_offset = 102;
    assert_int_equal(partition_seal(&partitions.list[0], batch, part, &error), OK);
    assert_true(digest_equal(&part->records_root, &empty));
    assert_int_equal(part->plain_size, 0);
    batch_free(batch);
    partitions_done(&partitions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_lies_at_or_behind_its_position),
        cmocka_unit_test(knows_its_topic_by_the_anchor),
        cmocka_unit_test(another_record_at_the_anchor_is_another_topic),
        cmocka_unit_test(an_anchor_that_was_compacted_away_is_passed),
        cmocka_unit_test(the_checksum_is_of_key_and_value),
        cmocka_unit_test(starts_at_the_anchor_where_there_is_one),
        cmocka_unit_test(a_refused_record_is_read_back_from_the_seal),
        cmocka_unit_test(a_seal_opens_in_its_place_only),
        cmocka_unit_test(roots_are_salted),
        cmocka_unit_test(control_records_alone_have_the_empty_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
