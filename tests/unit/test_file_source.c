/*
 * test_file_source.c - files as a source: what is given, where it stands, what waits, what halts.
 */
#include "bus/file_source.h"

#include "bus/file_folder.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LINE(n) "{\"n\":" #n "}\n"
#define AT(number, place) ((int64_t)(number) << FILE_PLACE_BITS | (place))
#define SYNC "0123456789abcdef"
#define CONTAINER                                                                                  \
    "Obj\1\2\x16"                                                                                  \
    "avro.schema\x10\"string\"\0" SYNC       /* 43 bytes */
#define BLOCK(a, b) "\4\x0c\4" a "\4" b SYNC /* 24 bytes */

enum { POLLS_MAX = 4000, CONTAINER_SIZE = 43, BLOCK_SIZE = 24 };

static char folder[64];
static char path[160];
static struct source *source;
static struct source_event event;

static int folder_make(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/sawa-file-test.XXXXXX");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int entry_remove(const char *name, const struct stat *stat, int flag, struct FTW *ftw)
{
    (void)stat;
    (void)flag;
    (void)ftw;
    return remove(name);
}

static int folder_drop(void **state)
{
    (void)state;
    source_close(source);
    source = NULL;
    return nftw(folder, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *path_of(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *data, size_t size, int flags)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | flags, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, size), size);
    close(fd);
}

static void put_text(const char *name, const char *data)
{
    put(name, data, strlen(data), O_TRUNC);
}

static void rename_to(const char *from, const char *to)
{
    char old[sizeof path];

    snprintf(old, sizeof old, "%s", path_of(from));
    assert_int_equal(rename(old, path_of(to)), 0);
}

static void open_at(const char *name, bool complete)
{
    const struct registry_config config = {.directory = "schemas/avro"};
    struct file_settings settings = {.label = "test", .topic = "payments", .complete = complete};
    struct error error;

    source_close(source);
    source = NULL;
    settings.path = name == NULL ? folder : path_of(name);
    assert_int_equal(registry_open(&config, &error, &settings.registry), OK);
    assert_int_equal(file_source_open(&settings, &error, &source), OK);
}

/* The next event that is none of IDLE; IDLE where none comes within so many polls. */
static enum source_event_kind next(int polls)
{
    struct error error;

    do {
        assert_int_equal(source_poll(source, polls > 1 ? 1 : 0, &event, &error), OK);
    } while (event.kind == SOURCE_IDLE && --polls > 0);
    return event.kind;
}

static void start(int64_t offset)
{
    const struct source_start at = {0, offset};
    int32_t partition = -1;
    struct error error;

    assert_int_equal(next(POLLS_MAX), SOURCE_ASSIGNED);
    assert_int_equal(source_partitions(source, &partition, 1), 1);
    assert_int_equal(source_assign(source, &at, 1, &error), OK);
}

static void assert_record(int64_t offset, const char *value)
{
    assert_int_equal(next(POLLS_MAX), SOURCE_RECORD);
    assert_int_equal(event.record.offset, offset);
    assert_int_equal(event.record.value.size, strlen(value));
    assert_memory_equal(event.record.value.data, value, strlen(value));
    assert_int_equal(event.record.timestamp_ms, -1);
    source_release(source);
}

static void assert_end(int64_t offset)
{
    assert_int_equal(next(POLLS_MAX), SOURCE_END);
    assert_int_equal(event.offset, offset);
}

static void assert_damaged(const char *reason)
{
    assert_int_equal(next(POLLS_MAX), SOURCE_DAMAGED);
    assert_string_equal(event.reason, reason);
    assert_int_equal(next(1), SOURCE_IDLE); /* nothing behind it */
}

/* ---- one file ---- */

static void lines_stand_at_their_first_byte(void **state)
{
    (void)state;
    put_text("a", "\xef\xbb\xbf" LINE(1) "\r\n" LINE(2) "\n" LINE(3));
    open_at("a", false);
    start(0);
    assert_record(3, "{\"n\":1}");
    assert_int_equal(event.record.format, RECORD_NDJSON);
    assert_record(13, "{\"n\":2}");
    assert_record(22, "{\"n\":3}");
    assert_end(30);
    assert_int_equal(source_high(source, 0), 30);
    assert_int_equal(next(3), SOURCE_IDLE);
}

static void a_line_without_its_end_waits_while_the_file_may_grow(void **state)
{
    (void)state;
    put_text("a", LINE(1) "{\"n\":");
    open_at("a", false);
    start(0);
    assert_record(0, "{\"n\":1}");
    assert_end(8);
    assert_int_equal(next(3), SOURCE_IDLE);
    put("a", "22}", 3, O_APPEND);
    assert_int_equal(next(3), SOURCE_IDLE);
    put("a", "\n" LINE(3), 9, O_APPEND);
    assert_record(8, "{\"n\":22}");
    assert_record(17, "{\"n\":3}");
    assert_end(25);
}

static void a_last_line_without_its_end_counts_where_the_file_is_complete(void **state)
{
    (void)state;
    put_text("a", LINE(1) "{\"n\":2}");
    open_at("a", true);
    start(0);
    assert_record(0, "{\"n\":1}");
    assert_record(8, "{\"n\":2}");
    assert_end(15);
}

static void csv_records_carry_their_header(void **state)
{
    (void)state;
    put_text("a", "event_id,\"kind\"\r\n1,2\r\n3,4\r\n");
    open_at("a", false);
    start(0);
    assert_record(17, "1,2\r");
    assert_int_equal(event.record.format, RECORD_CSV);
    assert_true(text_is(event.record.columns, "event_id,\"kind\"\r"));
    assert_int_equal(event.record.header_count, 3);
    assert_record(22, "3,4\r");
}

static void what_is_none_of_the_formats_halts(void **state)
{
    static const char *const files[] = {"[{\"a\":1,\"b\":2}]\n",
                                        "a;b;c\n1;2;3\n",
                                        "\x1f\x8b\x08,\n",
                                        "event_id\n1\n",
                                        "<xml/>\n",
                                        "a b,c\n"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        put_text("a", files[i]);
        open_at("a", false);
        start(0);
        assert_damaged("file_format_unknown");
    }
}

static void a_line_above_its_ceiling_is_given_cut_and_passed(void **state)
{
    size_t size = 3 * 1024 * 1024;
    char *line = malloc(size);

    (void)state;
    assert_non_null(line);
    memset(line, 'x', size);
    line[size - 1] = '\n';
    put_text("a", LINE(1));
    put("a", line, size, O_APPEND);
    put("a", LINE(2), 8, O_APPEND);
    open_at("a", false);
    start(0);
    assert_record(0, "{\"n\":1}");
    assert_int_equal(next(POLLS_MAX), SOURCE_RECORD);
    assert_int_equal(event.record.offset, 8);
    assert_int_equal(event.record.value.size, 1024 * 1024 + 1);
    assert_record(8 + (int64_t)size, "{\"n\":2}");
    free(line);
}

static void reading_goes_on_where_a_record_begins(void **state)
{
    (void)state;
    put_text("a", LINE(1) LINE(2) LINE(3));
    open_at("a", false);
    start(8);
    assert_record(8, "{\"n\":2}");
    open_at("a", false);
    start(24);
    assert_int_equal(next(3), SOURCE_IDLE);
    for (int64_t at = 9; at < 16; at++) {
        open_at("a", false);
        start(at);
        assert_damaged("file_replaced");
    }
    open_at("a", false);
    start(25);
    assert_damaged("file_replaced");
}

static void a_file_that_is_replaced_or_cut_while_open_halts(void **state)
{
    (void)state;
    put_text("a", LINE(1) LINE(2));
    open_at("a", false);
    start(0);
    assert_record(0, "{\"n\":1}");
    assert_record(8, "{\"n\":2}");
    assert_end(16);
    put_text("a", LINE(1));
    assert_damaged("file_replaced");

    put_text("a", LINE(1));
    open_at("a", false);
    start(0);
    assert_record(0, "{\"n\":1}");
    assert_end(8);
    put_text("b", LINE(1) LINE(2));
    rename_to("b", "a");
    assert_damaged("file_replaced");
}

/* ---- containers ---- */

static void container_records_stand_in_their_block(void **state)
{
    static const char data[] = CONTAINER BLOCK("hi", "yo") BLOCK("ab", "cd");

    (void)state;
    put("a", data, sizeof data - 1, O_TRUNC);
    open_at("a", false);
    start(0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(next(POLLS_MAX), SOURCE_RECORD);
        assert_int_equal(event.record.offset, CONTAINER_SIZE + i / 2 * BLOCK_SIZE + i % 2);
        assert_int_equal(event.record.format, RECORD_AVRO_UNLISTED); /* nobody allowed "string" */
        assert_int_equal(event.record.value.size, 5 + 3);
    }
    assert_end(sizeof data - 1);
    open_at("a", false);
    start(CONTAINER_SIZE + BLOCK_SIZE + 1);
    assert_int_equal(next(POLLS_MAX), SOURCE_RECORD);
    assert_memory_equal(event.record.value.data + 5, "\4cd", 3);
    open_at("a", false);
    start(CONTAINER_SIZE + 2);
    assert_damaged("file_replaced"); /* two records in the block: 0 and 1 */
}

static void a_cut_container_waits_or_halts(void **state)
{
    static const char data[] = CONTAINER BLOCK("hi", "yo") BLOCK("ab", "cd");

    (void)state;
    for (size_t cut = 1; cut < BLOCK_SIZE; cut++) {
        for (int complete = 0; complete < 2; complete++) {
            put("a", data, sizeof data - 1 - cut, O_TRUNC);
            open_at("a", complete == 1);
            start(CONTAINER_SIZE + 1);
            assert_int_equal(next(POLLS_MAX), SOURCE_RECORD);
            if (complete == 1) {
                assert_damaged("file_cut_off");
                continue;
            }
            assert_end(CONTAINER_SIZE + BLOCK_SIZE);
            put("a", data + sizeof data - 1 - cut, cut, O_APPEND);
            assert_int_equal(next(POLLS_MAX), SOURCE_RECORD);
            assert_int_equal(event.record.offset, CONTAINER_SIZE + BLOCK_SIZE);
        }
    }
}

static void a_block_that_is_not_sound_gives_nothing(void **state)
{
    static const struct {
        const char *data;
        size_t size;
        const char *reason;
    } files[] = {
        {CONTAINER "\4\x0c\4hi\6yo" SYNC, 67, "file_damaged"}, /* the second is longer     */
        {CONTAINER "\2\x0c\4hi\4yo" SYNC, 67, "file_damaged"}, /* one more than it says    */
        {CONTAINER "\4\x0c\4hi\4yo"
                   "0123456789abcdeF",
         67, "file_damaged"},
        {"Obj\1\2\x16"
         "avro.schema\x10\"strinX\"\0" SYNC,
         43, "file_schema_unreadable"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        put("a", files[i].data, files[i].size, O_TRUNC);
        open_at("a", true);
        start(0);
        assert_damaged(files[i].reason);
    }
}

/* ---- folders ---- */

static void numbered_files_are_one_stream(void **state)
{
    (void)state;
    put_text("0007-a.ndjson", LINE(1));
    put_text("8.csv", "event_id,kind\nx,y");
    put_text(".9.ndjson", LINE(9));
    put_text("9.ndjson.tmp", LINE(9));
    put_text("9.ndjson.part", LINE(9));
    open_at(NULL, false);
    start(AT(7, 0));
    assert_record(AT(7, 0), "{\"n\":1}");
    assert_end(AT(8, 0));
    assert_record(AT(8, 14), "x,y");
    assert_end(AT(9, 0));
    assert_int_equal(next(3), SOURCE_IDLE);
    assert_int_equal(source_high(source, 0), AT(9, 0));
}

static void a_range_goes_from_the_lowest_number_behind_the_highest(void **state)
{
    int64_t low = -1;
    int64_t high = -1;
    struct error error;

    (void)state;
    put_text("12.ndjson", LINE(1));
    put_text("9.ndjson", LINE(1));
    open_at(NULL, false);
    assert_int_equal(source_range(source, 0, &low, &high, &error), OK);
    assert_int_equal(low, AT(9, 0));
    assert_int_equal(high, AT(13, 0));
}

static void a_missing_number_is_waited_for(void **state)
{
    (void)state;
    put_text("1.ndjson", LINE(1));
    put_text("3.ndjson", LINE(3));
    open_at(NULL, false);
    start(AT(1, 0));
    assert_record(AT(1, 0), "{\"n\":1}");
    assert_end(AT(2, 0));
    assert_int_equal(next(POLLS_MAX), SOURCE_AWAY);
    assert_string_equal(event.error.primary, "file number 2 is missing");
    put_text("2.ndjson", LINE(2));
    assert_record(AT(2, 0), "{\"n\":2}");
    assert_end(AT(3, 0));
    assert_record(AT(3, 0), "{\"n\":3}");
}

static void a_number_twice_is_not_guessed(void **state)
{
    (void)state;
    put_text("1-a.ndjson", LINE(1));
    put_text("1-b.ndjson", LINE(2));
    open_at(NULL, false);
    start(AT(1, 0));
    assert_int_equal(next(POLLS_MAX), SOURCE_AWAY);
    assert_string_equal(event.error.primary, "two files have number 1");
}

static void a_name_without_a_number_is_said(void **state)
{
    (void)state;
    put_text("1.ndjson", LINE(1));
    put_text("notes.txt", "hello");
    put_text("123456789.ndjson", LINE(9)); /* nine digits */
    open_at(NULL, false);
    start(AT(1, 0));
    assert_record(AT(1, 0), "{\"n\":1}");
    assert_end(AT(2, 0));
    assert_int_equal(next(POLLS_MAX), SOURCE_AWAY);
    assert_string_equal(event.error.primary, "a file has no number and is not read");
}

static void an_empty_folder_gives_no_partition_yet(void **state)
{
    int32_t partition;

    (void)state;
    open_at(NULL, false);
    assert_int_equal(next(POLLS_MAX), SOURCE_ASSIGNED);
    assert_int_equal(source_partitions(source, &partition, 1), 0);
    put_text("5.ndjson", LINE(1));
    start(AT(5, 0));
    assert_record(AT(5, 0), "{\"n\":1}");
}

static void one_process_reads_a_path(void **state)
{
    struct source *first;

    (void)state;
    put_text("a", LINE(1));
    open_at("a", false);
    start(0);
    first = source;
    source = NULL;
    open_at("a", false);
    assert_int_equal(next(1), SOURCE_AWAY);
    source_close(first);
    start(0);
    assert_record(0, "{\"n\":1}");
}

static void a_path_that_is_nothing_is_a_configuration_error(void **state)
{
    const struct registry_config config = {.directory = "schemas/avro"};
    struct file_settings settings = {.label = "test", .topic = "payments", .path = "/dev/null"};
    struct error error;

    (void)state;
    assert_int_equal(registry_open(&config, &error, &settings.registry), OK);
    assert_int_equal(file_source_open(&settings, &error, &source), FATAL);
    assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
    settings.path = path_of("not-there");
    assert_int_equal(registry_open(&config, &error, &settings.registry), OK);
    assert_int_equal(file_source_open(&settings, &error, &source), FATAL);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(lines_stand_at_their_first_byte),
        IN_FOLDER(a_line_without_its_end_waits_while_the_file_may_grow),
        IN_FOLDER(a_last_line_without_its_end_counts_where_the_file_is_complete),
        IN_FOLDER(csv_records_carry_their_header),
        IN_FOLDER(what_is_none_of_the_formats_halts),
        IN_FOLDER(a_line_above_its_ceiling_is_given_cut_and_passed),
        IN_FOLDER(reading_goes_on_where_a_record_begins),
        IN_FOLDER(a_file_that_is_replaced_or_cut_while_open_halts),
        IN_FOLDER(container_records_stand_in_their_block),
        IN_FOLDER(a_cut_container_waits_or_halts),
        IN_FOLDER(a_block_that_is_not_sound_gives_nothing),
        IN_FOLDER(numbered_files_are_one_stream),
        IN_FOLDER(a_range_goes_from_the_lowest_number_behind_the_highest),
        IN_FOLDER(a_missing_number_is_waited_for),
        IN_FOLDER(a_number_twice_is_not_guessed),
        IN_FOLDER(a_name_without_a_number_is_said),
        IN_FOLDER(an_empty_folder_gives_no_partition_yet),
        IN_FOLDER(one_process_reads_a_path),
        IN_FOLDER(a_path_that_is_nothing_is_a_configuration_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
