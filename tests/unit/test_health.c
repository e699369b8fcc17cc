/*
 * test_health.c - the three pages over a real socket, and callers who do not behave.
 */
#include "runtime/health.h"

#include "base/clock.h"
#include "base/log.h"
#include "runtime/metrics.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { HEARTBEAT_MS = 300, ANSWER_SIZE = 16 * 1024 };

static struct health *health;
static int nowhere; /* takes the log */
static char answer[ANSWER_SIZE];

static struct health *start(const struct health_options *options)
{
    struct error error;
    struct health *started = NULL;

    assert_int_equal(health_start(options, &error, &started), OK);
    assert_non_null(started);
    return started;
}

static int begin(void **state)
{
    const struct health_options options = {.listen = "127.0.0.1:0", .heartbeat_ms = HEARTBEAT_MS};

    (void)state;
    nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0)
        return -1;
    log_init("sawa-test", nowhere, LOG_FORMAT_JSON);
    health = start(&options);
    return 0;
}

static int end(void **state)
{
    (void)state;
    health_stop(health);
    metrics_done();
    return close(nowhere);
}

static int dial(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(health_port(health)),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Sends the bytes and reads until the server closes. Returns the whole answer. */
static const char *exchange(const char *request)
{
    int fd = dial();
    size_t size = 0;
    ssize_t got;

    assert_true(send(fd, request, strlen(request), MSG_NOSIGNAL) >= 0);
    while ((got = recv(fd, answer + size, sizeof answer - 1 - size, 0)) > 0)
        size += (size_t)got;
    answer[size] = '\0';
    close(fd);
    return answer;
}

static const char *get(const char *path)
{
    char request[256];

    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
             path);
    return exchange(request);
}

static int code_of(const char *whole)
{
    int64_t code;

    assert_int_equal(strncmp(whole, "HTTP/1.1 ", 9), 0);
    assert_true(text_to_int64((struct text){whole + 9, 3}, &code));
    return (int)code;
}

static const char *body_of(const char *whole)
{
    const char *body = strstr(whole, "\r\n\r\n");

    assert_non_null(body);
    return body + 4;
}

static void alive_while_the_loop_turns(void **state)
{
    (void)state;
    health_beat(health);
    assert_int_equal(code_of(get("/livez")), 200);
    assert_string_equal(body_of(answer), "alive\n");
    poll(NULL, 0, HEARTBEAT_MS + 50);
    assert_int_equal(code_of(get("/livez")), 503);
    assert_non_null(strstr(body_of(answer), "past its deadline"));
    health_beat(health);
    assert_int_equal(code_of(get("/livez")), 200);
}

static void waiting_under_a_deadline_is_alive(void **state)
{
    (void)state;
    health_waits(health, 60000);
    poll(NULL, 0, HEARTBEAT_MS + 50);
    assert_int_equal(code_of(get("/livez")), 200);
    health_beat(health); /* ends the wait */
    poll(NULL, 0, HEARTBEAT_MS + 50);
    assert_int_equal(code_of(get("/livez")), 503);
}

static void ready_when_the_program_says_so(void **state)
{
    (void)state;
    assert_int_equal(code_of(get("/readyz")), 503);
    assert_string_equal(body_of(answer), "not ready: starting\n");
    health_ready(health, true, NULL);
    assert_int_equal(code_of(get("/readyz")), 200);
    assert_string_equal(body_of(answer), "ready\n");
    health_ready(health, false, "the database is away");
    assert_int_equal(code_of(get("/readyz")), 503);
    assert_string_equal(body_of(answer), "not ready: the database is away\n");
}

static bool refuse(void *context, char reason[HEALTH_REASON_SIZE])
{
    text_copy(text_of(context), reason, HEALTH_REASON_SIZE);
    return false;
}

static void a_callback_overrules_ready(void **state)
{
    char why[] = "no partition assigned";
    const struct health_options options = {.listen = "127.0.0.1:0",
                                           .heartbeat_ms = HEARTBEAT_MS,
                                           .ready = refuse,
                                           .context = why};

    (void)state;
    health_stop(health);
    health = start(&options);
    health_ready(health, true, NULL);
    assert_int_equal(code_of(get("/readyz")), 503);
    assert_string_equal(body_of(answer), "not ready: no partition assigned\n");
}

static void serves_the_metrics(void **state)
{
    (void)state;
    metric_add(metrics_counter("sawa_records_total", "Records."), 7);
    health_ready(health, true, NULL);
    assert_int_equal(code_of(get("/metrics")), 200);
    assert_non_null(strstr(answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    assert_non_null(strstr(body_of(answer), "sawa_ready 1\n"));
    assert_non_null(strstr(body_of(answer), "sawa_records_total 7\n"));
    assert_non_null(strstr(body_of(answer), "\nprocess_resident_memory_bytes "));
    assert_null(strstr(answer, "process_resident_memory_bytes 0\n"));
    assert_null(strstr(answer, "process_open_fds 0\n"));
}

static void only_get_and_head_and_known_paths(void **state)
{
    (void)state;
    assert_int_equal(code_of(exchange("HEAD /readyz HTTP/1.1\r\nHost: x\r\n"
                                      "Connection: close\r\n\r\n")),
                     503);
    assert_string_equal(body_of(answer), "");
    assert_int_equal(code_of(exchange("POST /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                      "Content-Length: 5\r\n\r\nhello")),
                     405);
    assert_non_null(strstr(answer, "Allow: GET, HEAD\r\n"));
    assert_int_equal(code_of(exchange("DELETE /livez HTTP/1.1\r\nHost: x\r\n"
                                      "Connection: close\r\n\r\n")),
                     405);
    assert_int_equal(code_of(get("/")), 404);
    assert_int_equal(code_of(get("/livez/../metrics")), 404);
}

/* A header without end is refused at its ceiling, not collected. */
static void an_endless_header_is_refused(void **state)
{
    static const char start[] = "GET /livez HTTP/1.1\r\nHost: x\r\nX: ";
    static char request[64 * 1024];

    (void)state;
    memset(request, 'a', sizeof request);
    memcpy(request, start, sizeof start - 1);
    request[sizeof request - 1] = '\0';
    exchange(request);
    assert_int_equal(code_of(answer), 431);
    health_beat(health);
    assert_int_equal(code_of(get("/livez")), 200);
}

/* Callers who connect and say nothing do not keep the next one waiting. */
static void silent_callers_do_not_block(void **state)
{
    int silent[32];
    int64_t start_us;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(silent); i++)
        silent[i] = dial();
    health_waits(health, 10000);
    start_us = clock_monotonic_us();
    assert_int_equal(code_of(get("/livez")), 200);
    assert_true(clock_monotonic_us() - start_us < US_PER_SECOND);
    for (size_t i = 0; i < COUNT_OF(silent); i++)
        close(silent[i]);
}

static void refuses_what_is_no_address(void **state)
{
    static const char *const wrong[] = {
        "",       "127.0.0.1", "127.0.0.1:",     "127.0.0.1:65536", "127.0.0.1:-1",
        "::1:80", "[::1]",     "127.0.0.1:http", "127.0.0.1:8 0",   "203.0.113.999:0",
    };
    struct health *untouched = NULL;
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct health_options options = {.listen = wrong[i], .heartbeat_ms = 1};

        assert_int_equal(health_start(&options, &error, &untouched), FATAL);
        assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
        assert_null(untouched);
    }
}

static void says_when_the_port_is_taken(void **state)
{
    char listen[32];
    const struct health_options options = {.listen = listen, .heartbeat_ms = 1};
    struct health *untouched = NULL;
    struct error error;

    (void)state;
    snprintf(listen, sizeof listen, "127.0.0.1:%d", health_port(health));
    assert_int_equal(health_start(&options, &error, &untouched), RETRY);
    assert_int_equal(error.exit_code, EXIT_DEPENDENCY);
    assert_non_null(strstr(error.primary, listen));
    assert_null(untouched);
}

static void without_a_server_nothing_happens(void **state)
{
    (void)state;
    health_beat(NULL);
    health_waits(NULL, 1);
    health_ready(NULL, true, NULL);
    health_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(alive_while_the_loop_turns, begin, end),
        cmocka_unit_test_setup_teardown(waiting_under_a_deadline_is_alive, begin, end),
        cmocka_unit_test_setup_teardown(ready_when_the_program_says_so, begin, end),
        cmocka_unit_test_setup_teardown(a_callback_overrules_ready, begin, end),
        cmocka_unit_test_setup_teardown(serves_the_metrics, begin, end),
        cmocka_unit_test_setup_teardown(only_get_and_head_and_known_paths, begin, end),
        cmocka_unit_test_setup_teardown(an_endless_header_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(silent_callers_do_not_block, begin, end),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_address, begin, end),
        cmocka_unit_test_setup_teardown(says_when_the_port_is_taken, begin, end),
        cmocka_unit_test_setup_teardown(without_a_server_nothing_happens, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
