/*
 * test_day_file.c - archive files: what was written comes back and proves itself; whatever is cut
 * off, flipped, left out, moved or counted wrongly is refused.
 */
#include "codec/archive/day_file.h"
#include "domain/leaf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FILE_MAX = 1024 * 1024, BATCHES = 3, RECORDS = 5 };

static const unsigned char data_key[SEAL_KEY_SIZE] = "the key of the month of March";
static const unsigned char seed[SEAL_KEY_SIZE] = "the seed of all salts";

/* A batch and the memory its texts point into. */
struct made {
    struct day_batch batch;
    struct buffer sealed;
    struct buffer leaf;
    unsigned char sealed_seed[SEAL_KEY_SIZE + SEAL_OVERHEAD];
    struct digest hashes[RECORDS];
};

static struct made made[BATCHES];
static struct day_head head;
static struct buffer file;       /* head, batches, tail */
static size_t ends[BATCHES + 2]; /* of each section */

static void records_seal(struct made *one, int number)
{
    struct archive_press *press = archive_press_new();
    struct archive_writer *writer = archive_writer_new(press, FILE_MAX);
    struct merkle *merkle = merkle_new();
    struct day_batch *batch = &one->batch;
    char text[ARCHIVE_AAD_SIZE];
    struct text aad =
        archive_aad(batch->source_id, batch->partition, batch->first_offset, batch->key_id, text);
    struct text sealed;
    struct error error;
    uint64_t plain_size = 0;

    merkle_begin(merkle);
    archive_begin(writer, seed);
    for (int i = 0; i < RECORDS; i++) {
        char value[32];
        struct raw_record record = {.offset = batch->first_offset + 2 * i,
                                    .timestamp_ms = number,
                                    .key = TEXT("key"),
                                    .value = {value, 0}};

        record.value.size = (size_t)snprintf(value, sizeof value, "payment %d of %d", i, number);
        assert_int_equal(archive_add(writer, &record, &error, &one->hashes[i]), OK);
        merkle_add(merkle, &one->hashes[i]);
    }
    assert_int_equal(archive_seal(writer, data_key, aad, &error, &sealed, &plain_size), OK);
    buffer_init(&one->sealed, FILE_MAX);
    buffer_text(&one->sealed, sealed);
    seal(data_key, aad, (struct text){(const char *)seed, sizeof seed}, one->sealed_seed);
    batch->records_root = merkle_root(merkle);
    batch->plain_size = (int64_t)plain_size;
    batch->sealed = buffer_view(&one->sealed);
    batch->seed = (struct text){(const char *)one->sealed_seed, sizeof one->sealed_seed};
    merkle_free(merkle);
    archive_writer_free(writer);
    archive_press_free(press);
}

static void leaf_write(struct made *one)
{
    struct leaf_range range = {.source = TEXT("KAFKA/cluster/payments/1"),
                               .partition = one->batch.partition,
                               .epoch = one->batch.epoch,
                               .first_offset = one->batch.first_offset,
                               .next_offset = one->batch.next_offset,
                               .records_root = one->batch.records_root};
    struct leaf leaf = {.commit_id = one->batch.commit_id,
                        .action = TEXT("ingest"),
                        .worker = TEXT("w"),
                        .actor = TEXT(""),
                        .ranges = &range,
                        .range_count = 1};

    buffer_init(&one->leaf, FILE_MAX);
    leaf_encode(&leaf, &one->leaf);
    one->batch.leaf = buffer_view(&one->leaf);
}

static void batch_make(int number)
{
    struct made *one = &made[number];

    one->batch = (struct day_batch){.batch_id = 10 + number,
                                    .commit_id = 20 + number,
                                    .source_id = 1,
                                    .partition = number,
                                    .epoch = 7,
                                    .first_offset = 100,
                                    .next_offset = 110,
                                    .record_count = RECORDS,
                                    .applied_count = RECORDS - 1,
                                    .parked_count = 1,
                                    .key_id = 3};
    records_seal(one, number);
    leaf_write(one);
}

/* The file of these batches, into out. */
static void file_write(const struct day_batch *const *batches, size_t count, struct buffer *out,
                       size_t *section_ends)
{
    struct day_place place = {0};
    size_t section = 0;

    day_write_head(&place, &head, out);
    section_ends[section++] = out->size;
    for (size_t i = 0; i < count; i++) {
        day_write_batch(&place, batches[i], out);
        section_ends[section++] = out->size;
    }
    day_write_tail(&place, out);
    section_ends[section] = out->size;
    assert_false(buffer_failed(out));
}

static int make_file(void **state)
{
    const struct day_batch *batches[BATCHES];

    (void)state;
    head = (struct day_head){.day = 20777, .source_count = 1, .key_count = 1};
    head.sources[0] = (struct day_source){1, TEXT("KAFKA"), TEXT("cluster"), TEXT("payments"), 1};
    head.keys[0] = (struct day_key){3, TEXT("cell"), 20759, TEXT("a sealed key")};
    for (int i = 0; i < BATCHES; i++) {
        batch_make(i);
        batches[i] = &made[i].batch;
    }
    buffer_init(&file, FILE_MAX);
    file_write(batches, BATCHES, &file, ends);
    return 0;
}

static int free_file(void **state)
{
    (void)state;
    for (int i = 0; i < BATCHES; i++) {
        buffer_done(&made[i].sealed);
        buffer_done(&made[i].leaf);
    }
    buffer_done(&file);
    return 0;
}

/* Reads all of bytes as a program does; OK only for a whole file. prover NULL: nothing is
 * opened. */
static enum status file_read_all(struct text bytes, struct day_prover *prover, struct error *error)
{
    struct day_reader *reader = day_reader_new();
    enum status status = OK;

    while (status == OK && bytes.size > 0) {
        size_t size = bytes.size < DAY_SECTION_HEAD ? 0 : day_section_size(bytes.data);
        enum day_section section;
        struct day_batch batch;

        if (size == 0 || size > bytes.size) {
            status = error_set(error, REJECT, "it is cut off");
            break;
        }
        status = day_read(reader, (struct text){bytes.data, size}, error, &section, &batch);
        if (status == OK && section == DAY_BATCH && prover != NULL)
            status = day_prove(prover, &batch, data_key, NULL, NULL, error);
        bytes.data += size;
        bytes.size -= size;
    }
    if (status == OK && !day_reader_place(reader)->has_tail)
        status = error_set(error, REJECT, "it has no tail");
    day_reader_free(reader);
    return status;
}

/* ---- what is written comes back ---- */

static void what_is_written_comes_back_and_proves_itself(void **state)
{
    struct day_prover *prover = day_prover_new();
    struct day_reader *reader = day_reader_new();
    struct error error;
    struct day_batch batch;
    enum day_section section;
    size_t at = ends[0];

    (void)state;
    assert_int_equal(file_read_all(buffer_view(&file), prover, &error), OK);
    assert_int_equal(day_read(reader, (struct text){file.data, at}, &error, &section, &batch), OK);
    assert_int_equal(section, DAY_HEAD);
    assert_int_equal(day_reader_head(reader)->day, 20777);
    assert_true(text_is(day_reader_head(reader)->sources[0].topic, "payments"));
    assert_true(text_is(day_reader_head(reader)->keys[0].scope, "cell"));
    for (int i = 0; i < BATCHES; i++) {
        struct text bytes = {file.data + at, ends[i + 1] - at};

        assert_int_equal(day_section_size(bytes.data), bytes.size);
        assert_int_equal(day_read(reader, bytes, &error, &section, &batch), OK);
        assert_int_equal(section, DAY_BATCH);
        assert_int_equal(batch.batch_id, made[i].batch.batch_id);
        assert_int_equal(batch.partition, i);
        assert_true(text_equal(batch.sealed, made[i].batch.sealed));
        assert_true(text_equal(batch.leaf, made[i].batch.leaf));
        at = ends[i + 1];
    }
    assert_int_equal(day_reader_place(reader)->counts.records, BATCHES * RECORDS);
    day_reader_free(reader);
    day_prover_free(prover);
}

static void the_same_rows_are_the_same_bytes(void **state)
{
    const struct day_batch *batches[BATCHES] = {&made[0].batch, &made[1].batch, &made[2].batch};
    struct buffer again;
    size_t section_ends[BATCHES + 2];

    (void)state;
    buffer_init(&again, FILE_MAX);
    file_write(batches, BATCHES, &again, section_ends);
    assert_int_equal(again.size, file.size);
    assert_memory_equal(again.data, file.data, file.size);
    buffer_done(&again);
}

/* A writer that goes on behind whole sections gives the same file: a run that was cut off. */
static void a_writer_goes_on_behind_what_a_reader_saw(void **state)
{
    struct day_reader *reader = day_reader_new();
    struct day_place place;
    struct buffer out;
    struct error error;
    struct day_batch batch;
    enum day_section section;

    (void)state;
    buffer_init(&out, FILE_MAX);
    buffer_append(&out, file.data, ends[1]);
    for (size_t i = 0, at = 0; i < 2; at = ends[i++])
        assert_int_equal(day_read(reader, (struct text){out.data + at, ends[i] - at}, &error,
                                  &section, &batch),
                         OK);
    place = *day_reader_place(reader);
    day_write_batch(&place, &made[1].batch, &out);
    day_write_batch(&place, &made[2].batch, &out);
    day_write_tail(&place, &out);
    assert_int_equal(out.size, file.size);
    assert_memory_equal(out.data, file.data, file.size);
    day_reader_free(reader);
    buffer_done(&out);
}

/* ---- what is altered is refused ---- */

static void every_flipped_bit_is_found(void **state)
{
    char *copy = malloc(file.size);
    struct error error;

    (void)state;
    assert_non_null(copy);
    for (size_t bit = 0; bit < 8 * file.size; bit++) {
        memcpy(copy, file.data, file.size);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        if (file_read_all((struct text){copy, file.size}, NULL, &error) == OK)
            fail_msg("bit %zu of %zu was flipped, and nobody saw it", bit, 8 * file.size);
    }
    free(copy);
}

/* In memory of its very size, so that a read past the end shows under ASan. */
static void every_cut_is_found(void **state)
{
    struct error error;

    (void)state;
    for (size_t size = 0; size < file.size; size++) {
        char *copy = malloc(size + 1);

        assert_non_null(copy);
        memcpy(copy + 1, file.data, size);
        if (file_read_all((struct text){copy + 1, size}, NULL, &error) == OK)
            fail_msg("cut after %zu of %zu bytes, and nobody saw it", size, file.size);
        free(copy);
    }
}

/* The file of some of its sections, in this order. */
static enum status read_sections(const int *sections, size_t count)
{
    struct buffer out;
    struct error error;
    enum status status;

    buffer_init(&out, FILE_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t begin = sections[i] == 0 ? 0 : ends[sections[i] - 1];

        buffer_append(&out, file.data + begin, ends[sections[i]] - begin);
    }
    status = file_read_all(buffer_view(&out), NULL, &error);
    buffer_done(&out);
    return status;
}

static void sections_left_out_doubled_moved_or_added_are_found(void **state)
{
    (void)state;
    assert_int_equal(read_sections((const int[]){0, 1, 2, 3, 4}, 5), OK);
    assert_int_equal(read_sections((const int[]){0, 1, 3, 4}, 4), REJECT);
    assert_int_equal(read_sections((const int[]){0, 1, 1, 2, 3, 4}, 6), REJECT);
    assert_int_equal(read_sections((const int[]){0, 2, 1, 3, 4}, 5), REJECT);
    assert_int_equal(read_sections((const int[]){1, 2, 3, 4}, 4), REJECT);
    assert_int_equal(read_sections((const int[]){0, 1, 2, 3}, 4), REJECT);
    assert_int_equal(read_sections((const int[]){0, 1, 2, 3, 4, 4}, 6), REJECT);
    assert_int_equal(read_sections((const int[]){0, 1, 2, 3, 4, 0}, 6), REJECT);
}

/* Whole in itself, with the same counts, and of another file: only the chain can tell. */
static void a_section_of_another_file_is_found(void **state)
{
    struct made other = made[1];
    const struct day_batch *batches[BATCHES] = {&made[0].batch, &other.batch, &made[2].batch};
    struct buffer out;
    struct buffer mixed;
    struct error error;
    size_t section_ends[BATCHES + 2];

    (void)state;
    other.batch.epoch++;
    leaf_write(&other);
    buffer_init(&out, FILE_MAX);
    buffer_init(&mixed, FILE_MAX);
    file_write(batches, BATCHES, &out, section_ends);
    assert_int_equal(file_read_all(buffer_view(&out), NULL, &error), OK);
    buffer_append(&mixed, file.data, ends[1]);
    buffer_append(&mixed, out.data + section_ends[1], section_ends[2] - section_ends[1]);
    buffer_append(&mixed, file.data + ends[2], file.size - ends[2]);
    assert_int_equal(file_read_all(buffer_view(&mixed), NULL, &error), REJECT);
    buffer_done(&other.leaf);
    buffer_done(&out);
    buffer_done(&mixed);
}

/* Written with a right chain, but wrong: whoever wrote it knew the format. */
static enum status read_batch_as(const struct day_batch *batch, struct error *error)
{
    struct day_prover *prover = day_prover_new();
    struct buffer out;
    size_t section_ends[3];
    enum status status;

    buffer_init(&out, FILE_MAX);
    file_write(&batch, 1, &out, section_ends);
    status = file_read_all(buffer_view(&out), prover, error);
    buffer_done(&out);
    day_prover_free(prover);
    return status;
}

static void a_batch_that_its_leaf_does_not_speak_of_is_refused(void **state)
{
    struct day_batch batch = made[0].batch;
    struct error error;

    (void)state;
    assert_int_equal(read_batch_as(&batch, &error), OK);
    batch.epoch++;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.commit_id++;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.next_offset++;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.records_root.bytes[31] ^= 1;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.leaf.size--;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
}

static void a_batch_with_unsound_counts_or_unknown_names_is_refused(void **state)
{
    struct day_batch batch = made[0].batch;
    struct error error;

    (void)state;
    batch.applied_count--;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.applied_count = INT64_MAX;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.source_id = 2;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.key_id = 4;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
}

/* Everything fits, but the sealed bytes are those of another batch, or say something else. */
static void a_batch_that_does_not_open_to_its_root_is_refused(void **state)
{
    struct day_batch batch = made[0].batch;
    struct error error;

    (void)state;
    batch.sealed = made[1].batch.sealed;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.seed = made[1].batch.seed;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.plain_size++;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
    batch = made[0].batch;
    batch.record_count--;
    batch.applied_count--;
    assert_int_equal(read_batch_as(&batch, &error), REJECT);
}

struct seen {
    size_t count;
    int64_t offsets[RECORDS];
    struct digest hashes[RECORDS];
};

static void seen_take(void *context, const struct raw_record *record, const struct digest *hash)
{
    struct seen *seen = context;

    assert_true(seen->count < RECORDS);
    seen->offsets[seen->count] = record->offset;
    seen->hashes[seen->count++] = *hash;
}

static void proving_tells_each_record_and_its_hash(void **state)
{
    struct day_prover *prover = day_prover_new();
    struct seen seen = {0};
    struct error error;

    (void)state;
    assert_int_equal(day_prove(prover, &made[2].batch, data_key, seen_take, &seen, &error), OK);
    assert_int_equal(seen.count, RECORDS);
    for (int i = 0; i < RECORDS; i++) {
        assert_int_equal(seen.offsets[i], 100 + 2 * i);
        assert_true(digest_equal(&seen.hashes[i], &made[2].hashes[i]));
    }
    day_prover_free(prover);
}

static void a_size_beyond_its_ceiling_is_no_section(void **state)
{
    char begin[DAY_SECTION_HEAD] = "BTCH\xff\xff\xff\xff";

    (void)state;
    assert_int_equal(day_section_size(begin), 0);
    memcpy(begin, "BTCX\0\0\0\1", sizeof begin);
    assert_int_equal(day_section_size(begin), 0);
    memcpy(begin, "TAIL\0\0\0\1", sizeof begin);
    assert_int_equal(day_section_size(begin), 1 + DAY_SECTION_EXTRA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_back_and_proves_itself),
        cmocka_unit_test(the_same_rows_are_the_same_bytes),
        cmocka_unit_test(a_writer_goes_on_behind_what_a_reader_saw),
        cmocka_unit_test(every_flipped_bit_is_found),
        cmocka_unit_test(every_cut_is_found),
        cmocka_unit_test(sections_left_out_doubled_moved_or_added_are_found),
        cmocka_unit_test(a_section_of_another_file_is_found),
        cmocka_unit_test(a_batch_that_its_leaf_does_not_speak_of_is_refused),
        cmocka_unit_test(a_batch_with_unsound_counts_or_unknown_names_is_refused),
        cmocka_unit_test(a_batch_that_does_not_open_to_its_root_is_refused),
        cmocka_unit_test(proving_tells_each_record_and_its_hash),
        cmocka_unit_test(a_size_beyond_its_ceiling_is_no_section),
    };

    return cmocka_run_group_tests(tests, make_file, free_file);
}
