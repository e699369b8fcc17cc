/*
 * test_log.c - one line per event, nothing hostile in it, and no sentence twice.
 */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { OUTPUT_SIZE = 1024 * 1024 };

static int output_fd;
static char output[OUTPUT_SIZE];

/* A fresh file behind the log. */
static int begin(void **state)
{
    char path[] = "/tmp/sawa_log_XXXXXX";

    (void)state;
    output_fd = mkstemp(path);
    if (output_fd < 0)
        return -1;
    unlink(path);
    log_init("sawa-test", output_fd, LOG_FORMAT_JSON);
    log_level_set(LEVEL_INFO);
    return 0;
}

static int end(void **state)
{
    (void)state;
    return close(output_fd);
}

/* What was logged so far, terminated. */
static const char *logged(void)
{
    ssize_t size = pread(output_fd, output, sizeof output - 1, 0);

    assert_true(size >= 0);
    output[size] = '\0';
    return output;
}

static size_t line_count(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* The timestamp and pid vary; the rest of a line is what it is. */
static void writes_an_ecs_line(void **state)
{
    char expected[512];
    const char *line;

    (void)state;
    log_info("batch_committed", "batch committed", LOG_INT("records", 500),
             LOG_TEXT("topic", "payments"), LOG_BOOL("behind", true),
             LOG_TEXT("file", TEXT("a.xml")));
    line = logged();
    snprintf(expected, sizeof expected,
             "\",\"log.level\":\"info\",\"event.action\":\"batch_committed\","
             "\"message\":\"batch committed\",\"service.name\":\"sawa-test\",\"process.pid\":%d,"
             "\"ecs.version\":\"8.11.0\",\"sawa.records\":500,\"sawa.topic\":\"payments\","
             "\"sawa.behind\":true,\"file.path\":\"a.xml\"}\n",
             (int)getpid());
    assert_int_equal(strncmp(line, "{\"@timestamp\":\"2", 16), 0);
    assert_string_equal(line + sizeof "{\"@timestamp\":\"2026-11-21T08:09:10.123456Z" - 1,
                        expected);
}

static void needs_no_fields(void **state)
{
    (void)state;
    log_warn("alone", "without fields");
    assert_non_null(strstr(logged(), "\"ecs.version\":\"8.11.0\"}\n"));
}

static void writes_plain_text_on_demand(void **state)
{
    (void)state;
    log_init("sawa-test", output_fd, LOG_FORMAT_TEXT);
    log_error("went_wrong", "it went wrong", LOG_INT("n", -1), LOG_TEXT("topic", "a b"));
    assert_string_equal(logged() + sizeof "08:09:10.123" - 1,
                        " error went_wrong: \"it went wrong\" n=-1 topic=\"a b\"\n");
}

static void level_decides(void **state)
{
    enum log_level level;

    (void)state;
    log_debug("quiet", "not yet");
    assert_string_equal(logged(), "");
    assert_true(log_level_of(TEXT("debug"), &level));
    log_level_set(level);
    log_debug("quiet", "now");
    assert_int_equal(line_count(logged()), 1);
    assert_false(log_level_of(TEXT("loud"), &level));
}

/* What a producer or a bank wrote can neither end the line nor steer a terminal. */
static void neutralises_hostile_text(void **state)
{
    static const struct {
        struct text hostile;
        const char *shown;
    } cases[] = {
        {TEXT("a\r\n{\"forged\":1}"), "\"a\\r\\n{\\\"forged\\\":1}\""},
        {TEXT("\033[2J"), "\"\\u001b[2J\""},
        {TEXT("nul\0byte"), "\"nul\\u0000byte\""},
        {TEXT("del\177"), "\"del?\""},
        {TEXT("c1\xc2\x85 csi\xc2\x9b"), "\"c1?? csi??\""},
        {TEXT("line\xe2\x80\xa8sep"), "\"line???sep\""},
        {TEXT("turn\xe2\x80\xaeround\xe2\x81\xa6"), "\"turn???round???\""},
        {TEXT("bad\xff\xc3"), "\"bad??\""},
        {TEXT("g\xc3\xbcltig \xe2\x82\xac"), "\"g\xc3\xbcltig \xe2\x82\xac\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        log_info("hostile", "text from outside", LOG_TEXT("reason", cases[i].hostile));
        assert_int_equal(line_count(logged()), i + 1);
        assert_non_null(strstr(output, cases[i].shown));
    }
}

static void cuts_long_text_between_characters(void **state)
{
    char whole[2 * LOG_TEXT_MAX];
    const char *value;

    (void)state;
    memset(whole, 'x', sizeof whole);
    memcpy(whole + LOG_TEXT_MAX - 1, "\xe2\x82\xac", 3); /* lies across the ceiling */
    log_info("long", "long text", LOG_TEXT("reason", ((struct text){whole, sizeof whole})));
    value = strstr(logged(), "\"event.reason\":\"");
    assert_non_null(value);
    assert_int_equal(strspn(value + 16, "x"), LOG_TEXT_MAX - 1);
    assert_string_equal(value + 16 + LOG_TEXT_MAX - 1, "\"}\n");
}

static void withholds_text_that_is_not_allowed(void **state)
{
    (void)state;
    log_info("stray", "a name nobody allowed", LOG_TEXT("debtor_name", "Ada L."),
             LOG_INT("count", 1));
    assert_null(strstr(logged(), "Ada"));
    assert_non_null(strstr(output, "\"sawa.debtor_name\":\"(withheld)\",\"sawa.count\":1"));
}

static void tells_the_parts_of_an_error(void **state)
{
    struct error error;

    (void)state;
    error_set(&error, FATAL, "could not read %s", "corridors.yaml");
    error_detail(&error, "line 12");
    error.line = 12;
    log_error_of("corridors_unread", &error);
    assert_non_null(strstr(logged(),
                           "\"log.level\":\"error\",\"event.action\":\"corridors_unread\","
                           "\"message\":\"could not read corridors.yaml\""));
    assert_non_null(strstr(output, "\"error.detail\":\"line 12\",\"sawa.error_line\":12,"
                                   "\"error.type\":\"FATAL\"}\n"));
    assert_null(strstr(output, "error.hint"));
    error_set(&error, RETRY, "not now");
    log_error_of("later", &error);
    assert_non_null(strstr(logged(), "\"log.level\":\"warn\",\"event.action\":\"later\""));
}

static void gate_says_away_and_back_once(void **state)
{
    struct log_gate gate = {0};
    struct error error;

    (void)state;
    log_gate_back(&gate, "postgresql");
    assert_string_equal(logged(), "");
    error_set(&error, RETRY, "no connection");
    for (int i = 0; i < 5; i++)
        log_gate_away(&gate, "postgresql", &error);
    assert_int_equal(line_count(logged()), 1);
    text_copy(TEXT("28P01"), error.code, sizeof error.code);
    log_gate_away(&gate, "postgresql", &error);
    log_gate_away(&gate, "postgresql", &error);
    assert_int_equal(line_count(logged()), 2);
    log_gate_back(&gate, "postgresql");
    log_gate_back(&gate, "postgresql");
    assert_int_equal(line_count(logged()), 3);
    assert_non_null(strstr(output, "\"event.action\":\"server_back\""));
    assert_non_null(strstr(output, "\"sawa.attempts\":7}"));
}

enum { THREAD_COUNT = 4, THREAD_LINES = 200 };

static void *log_from_thread(void *argument)
{
    char text[LOG_TEXT_MAX];

    memset(text, 'a' + *(int *)argument, sizeof text);
    for (int i = 0; i < THREAD_LINES; i++)
        log_info("thread", "many at once", LOG_TEXT("reason", ((struct text){text, sizeof text})));
    return NULL;
}

static void threads_do_not_mix_lines(void **state)
{
    pthread_t threads[THREAD_COUNT];
    int numbers[THREAD_COUNT];
    const char *line;
    size_t count = 0;

    (void)state;
    for (int i = 0; i < THREAD_COUNT; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, log_from_thread, &numbers[i]), 0);
    }
    for (int i = 0; i < THREAD_COUNT; i++)
        pthread_join(threads[i], NULL);
    for (line = logged(); *line != '\0'; line = strchr(line, '\n') + 1, count++) {
        const char *value = strstr(line, "\"event.reason\":\"") + 16;

        assert_int_equal(strncmp(line, "{\"@timestamp\"", 13), 0);
        assert_int_equal(strspn(value, (char[]){value[0], '\0'}), LOG_TEXT_MAX);
        assert_int_equal(strncmp(value + LOG_TEXT_MAX, "\"}\n", 3), 0);
    }
    assert_int_equal(count, THREAD_COUNT * THREAD_LINES);
}

static void survives_a_closed_output(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    close(ends[1]);
    log_init("sawa-test", ends[0], LOG_FORMAT_AUTO); /* a descriptor that cannot be written */
    log_info("lost", "nobody reads this");
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_an_ecs_line, begin, end),
        cmocka_unit_test_setup_teardown(needs_no_fields, begin, end),
        cmocka_unit_test_setup_teardown(writes_plain_text_on_demand, begin, end),
        cmocka_unit_test_setup_teardown(level_decides, begin, end),
        cmocka_unit_test_setup_teardown(neutralises_hostile_text, begin, end),
        cmocka_unit_test_setup_teardown(cuts_long_text_between_characters, begin, end),
        cmocka_unit_test_setup_teardown(withholds_text_that_is_not_allowed, begin, end),
        cmocka_unit_test_setup_teardown(tells_the_parts_of_an_error, begin, end),
        cmocka_unit_test_setup_teardown(gate_says_away_and_back_once, begin, end),
        cmocka_unit_test_setup_teardown(threads_do_not_mix_lines, begin, end),
        cmocka_unit_test_setup_teardown(survives_a_closed_output, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
