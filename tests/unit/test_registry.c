/*
 * test_registry.c - where schemas come from: what a directory gives, and what a registry may and
 * may not do to us.
 *
 * The registry is a thread here that answers every connection with the bytes it was told, so each
 * case is a registry that behaves in one certain way.
 */
#include "bus/registry.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define OK_HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
#define NOT_FOUND "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n"
#define ABSENT NOT_FOUND "{\"error_code\": 40403, \"message\": \"Schema not found\"}"
#define SCHEMA "{\\\"type\\\": \\\"string\\\"}"

struct server {
    int listener;
    pthread_t thread;
    char url[64];
    char path[128];        /* of the last request */
    const char *answer;    /* NULL: none at all   */
    size_t answer_padding; /* blanks behind it    */
    int pause_ms;          /* after each byte     */
    int requests;          /* atomic              */
};

static void send_all(int client, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(client, bytes, size, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        bytes += sent;
        size -= (size_t)sent;
    }
}

static void answer_one(struct server *server, int client)
{
    static const char blanks[4096] = {' '};
    char request[2048] = "";
    ssize_t got = recv(client, request, sizeof request - 1, 0);

    if (got <= 0)
        return;
    sscanf(request, "GET %127s", server->path);
    __atomic_add_fetch(&server->requests, 1, __ATOMIC_SEQ_CST);
    if (server->answer == NULL) {
        (void)!recv(client, request, sizeof request, 0); /* until the client gives up */
        return;
    }
    for (const char *c = server->answer; server->pause_ms > 0 && *c != '\0'; c++) {
        if (send(client, c, 1, MSG_NOSIGNAL) != 1)
            return;
        usleep(1000 * (useconds_t)server->pause_ms);
    }
    if (server->pause_ms == 0)
        send_all(client, server->answer, strlen(server->answer));
    for (size_t left = server->answer_padding; left >= sizeof blanks; left -= sizeof blanks)
        send_all(client, blanks, sizeof blanks);
}

static void *serve(void *user)
{
    struct server *server = user;

    for (;;) {
        int client = accept(server->listener, NULL, NULL);

        if (client < 0)
            return NULL;
        answer_one(server, client);
        close(client);
    }
}

static void server_start(struct server *server, const char *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;

    *server = (struct server){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                              .answer = answer};
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d/base/", ntohs(address.sin_port));
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static int64_t now_us = 1;

static int64_t test_clock(void)
{
    return now_us;
}

static struct registry *registry_at(const char *url, const char *directory)
{
    struct registry_config config = {.base_url = url,
                                     .directory = directory,
                                     .timeout_ms = 300,
                                     .now_us = test_clock};
    struct registry *registry = NULL;
    struct error error;

    assert_int_equal(registry_open(&config, &error, &registry), OK);
    return registry;
}

static enum status fetch_text(struct registry *registry, uint32_t id, struct buffer *ret_text)
{
    struct schema_source source = registry_source(registry);
    struct error error;

    buffer_clear(ret_text);
    return source.fetch(source.user, id, ret_text, &error);
}

static enum status fetch_only(struct registry *registry, uint32_t id)
{
    struct buffer text;
    enum status status;

    buffer_init(&text, SCHEMA_TEXT_MAX);
    status = fetch_text(registry, id, &text);
    buffer_done(&text);
    return status;
}

static void test_directory(void **state)
{
    struct registry *registry = registry_at(NULL, "schemas/avro");
    struct buffer text;

    (void)state;
    buffer_init(&text, SCHEMA_TEXT_MAX);
    assert_int_equal(fetch_text(registry, 1, &text), OK);
    assert_non_null(memmem(text.data, text.size, "PaymentEvent", 12));
    assert_int_equal(fetch_text(registry, 2, &text), OK);
    assert_non_null(memmem(text.data, text.size, "FxEvent", 7));
    assert_int_equal(fetch_text(registry, 99, &text), REJECT);
    assert_int_equal(registry_request_count(registry), 0);
    buffer_done(&text);
    registry_free(registry);
}

static enum status open_config(const char *url, const char *directory)
{
    struct registry_config config = {.base_url = url, .directory = directory};
    struct registry *registry = NULL;
    struct error error = {0};
    enum status status = registry_open(&config, &error, &registry);

    assert_int_equal(status == OK, registry != NULL);
    assert_int_equal(status == OK, error.exit_code != EXIT_CONFIGURATION);
    registry_free(registry);
    return status;
}

static void test_configuration(void **state)
{
    (void)state;
    assert_int_equal(open_config(NULL, NULL), FATAL);
    assert_int_equal(open_config(NULL, "schemas"), FATAL);
    assert_int_equal(open_config("file:///etc/passwd", NULL), FATAL);
    assert_int_equal(open_config("gopher://host/", NULL), FATAL);
    assert_int_equal(open_config("host:8081", NULL), FATAL);
    assert_int_equal(open_config("http://user:secret@host/", NULL), FATAL);
    assert_int_equal(open_config("http://host/?a=b", NULL), FATAL);
    assert_int_equal(open_config("http://host/apis/ccompat/v7", NULL), OK);
    assert_int_equal(open_config("https://[::1]:8081/", NULL), OK);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"ids.json", "a.avsc"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char path[256];

        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void test_list_of_ids(void **state)
{
    static const struct {
        const char *ids;
        enum status status;
    } cases[] = {
        {"{\"1\": \"a.avsc\"}", OK},
        {"{\"4294967295\": \"a.avsc\"}", OK},
        {"{}", OK},
        {"[]", FATAL},
        {"{\"x\": \"a.avsc\"}", FATAL},
        {"{\"4294967296\": \"a.avsc\"}", FATAL},
        {"{\"-1\": \"a.avsc\"}", FATAL},
        {"{\"1\": 1}", FATAL},
        {"{\"1\": \"b.avsc\"}", FATAL},
        {"{\"1\": \"../a.avsc\"}", FATAL},
        {"{\"1\": \".hidden\"}", FATAL},
        {"{\"1\": \"a.avsc\", \"1\": \"a.avsc\"}", FATAL},
        {"{\"1\": \"\"}", FATAL},
    };
    char folder[] = "/tmp/sawa-test-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(folder));
    write_file(folder, "a.avsc", "\"string\"");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        write_file(folder, "ids.json", cases[i].ids);
        assert_int_equal(open_config(NULL, folder), cases[i].status);
    }
    remove_folder(folder);
}

static void test_registry_answers(void **state)
{
    struct server server;
    struct registry *registry;
    struct buffer text;

    (void)state;
    server_start(&server, OK_HEAD "{\"schema\": \"" SCHEMA "\"}");
    registry = registry_at(server.url, NULL);
    buffer_init(&text, SCHEMA_TEXT_MAX);
    assert_int_equal(fetch_text(registry, 4294967295, &text), OK);
    assert_true(text_is(buffer_view(&text), "{\"type\": \"string\"}"));
    assert_string_equal(server.path, "/base/schemas/ids/4294967295");
    buffer_done(&text);
    registry_free(registry);
    server_stop(&server);
}

/* 404 is believed for a second, then two, then four; the requests stay few. */
static void test_unknown_backs_off(void **state)
{
    struct server server;
    struct registry *registry;

    (void)state;
    server_start(&server, ABSENT);
    registry = registry_at(server.url, NULL);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(fetch_only(registry, 7), REJECT);
    assert_int_equal(registry_request_count(registry), 1);
    now_us += 1000001;
    assert_int_equal(fetch_only(registry, 7), REJECT);
    assert_int_equal(registry_request_count(registry), 2);
    now_us += 1000001;
    assert_int_equal(fetch_only(registry, 7), REJECT);
    assert_int_equal(registry_request_count(registry), 2);
    now_us += 1000001;
    assert_int_equal(fetch_only(registry, 7), REJECT);
    assert_int_equal(registry_request_count(registry), 3);
    registry_free(registry);
    server_stop(&server);
}

/* Whatever is neither an answer nor a plain "no" is an outage: nothing is parked for it. */
static void test_outages(void **state)
{
    static const char *const answers[] = {
        "HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n{}",
        "HTTP/1.1 401 No\r\nConnection: close\r\n\r\n{}",
        "HTTP/1.1 429 Slow\r\nConnection: close\r\n\r\n{}",
        NOT_FOUND,
        NOT_FOUND "{}",
        NOT_FOUND "<html>no such page</html>",
        NOT_FOUND "{\"error_code\": 404, \"message\": \"HTTP 404 Not Found\"}",
        NOT_FOUND "{\"error_code\": \"40403\"}",
        "HTTP/1.1 503 Later\r\nConnection: close\r\n\r\n{\"error_code\": 40403}",
        "HTTP/1.1 302 There\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\n\r\n",
        OK_HEAD "not json",
        OK_HEAD "{\"schema\": 1}",
        "nonsense",
        "",
        NULL,
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct server server;
        struct registry *registry;

        server_start(&server, answers[i]);
        registry = registry_at(server.url, NULL);
        assert_int_equal(fetch_only(registry, 1), RETRY);
        assert_int_equal(fetch_only(registry, 1), RETRY);
        registry_free(registry);
        server_stop(&server);
    }
}

/* Wherever the answer points, nobody is asked there; and a proxy of the environment is not ours. */
static void test_nobody_else_is_asked(void **state)
{
    static const int codes[] = {301, 302, 303, 307, 308};
    struct server elsewhere;
    struct server server;

    (void)state;
    server_start(&elsewhere, OK_HEAD "{\"schema\": \"" SCHEMA "\"}");
    assert_int_equal(setenv("http_proxy", elsewhere.url, 1), 0);
    assert_int_equal(setenv("all_proxy", elsewhere.url, 1), 0);
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct registry *registry;
        char answer[256];

        snprintf(answer, sizeof answer,
                 "HTTP/1.1 %d There\r\nLocation: %s\r\nConnection: close\r\n\r\n", codes[i],
                 elsewhere.url);
        server_start(&server, answer);
        registry = registry_at(server.url, NULL);
        assert_int_equal(fetch_only(registry, 1), RETRY);
        registry_free(registry);
        server_stop(&server);
        assert_int_equal(server.requests, 1);
    }
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    server_stop(&elsewhere);
    assert_int_equal(elsewhere.requests, 0);
}

/* A byte each 20 ms is always alive and never done: the time is for the whole answer. */
static void test_slow_answer(void **state)
{
    struct server server;
    struct registry *registry;

    (void)state;
    server_start(&server, OK_HEAD "{\"schema\": \"" SCHEMA "\"}");
    server.pause_ms = 20;
    registry = registry_at(server.url, NULL);
    assert_int_equal(fetch_only(registry, 1), RETRY);
    registry_free(registry);
    server_stop(&server);
}

/* Less than was announced is no answer, though it reads well. */
static void test_cut_answer(void **state)
{
    struct server server;
    struct registry *registry;

    (void)state;
    server_start(&server, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n"
                          "{\"schema\": \"" SCHEMA "\"}");
    registry = registry_at(server.url, NULL);
    assert_int_equal(fetch_only(registry, 1), RETRY);
    registry_free(registry);
    server_stop(&server);
}

/* A schema of no bytes: who reads it finds that out. */
static void test_empty_schema(void **state)
{
    struct server server;
    struct registry *registry;
    struct buffer text;

    (void)state;
    server_start(&server, OK_HEAD "{\"schema\":\"\"}");
    registry = registry_at(server.url, NULL);
    buffer_init(&text, SCHEMA_TEXT_MAX);
    assert_int_equal(fetch_text(registry, 7, &text), OK);
    assert_int_equal(text.size, 0);
    buffer_done(&text);
    registry_free(registry);
    server_stop(&server);
}

/* An answer may begin with a folded line, as if it went on with the header of the one before. */
static void test_folded_line_after_an_answer(void **state)
{
    struct server server;
    struct registry *registry;

    (void)state;
    server_start(&server, OK_HEAD "{\"schema\": \"" SCHEMA "\"}");
    registry = registry_at(server.url, NULL);
    assert_int_equal(fetch_only(registry, 1), OK);
    server.answer = "HTTP/1.1 200 OK\r\n folded: line\r\n\tand another\r\n\r\nnonsense";
    assert_int_equal(fetch_only(registry, 2), RETRY);
    assert_int_equal(fetch_only(registry, 3), RETRY);
    registry_free(registry);
    server_stop(&server);
}

static void test_nobody_listens(void **state)
{
    struct server server;
    struct registry *registry;

    (void)state;
    server_start(&server, "");
    server_stop(&server);
    registry = registry_at(server.url, NULL);
    assert_int_equal(fetch_only(registry, 1), RETRY);
    registry_free(registry);
}

static void test_too_large(void **state)
{
    struct server server;
    struct registry *registry;

    (void)state;
    server_start(&server, OK_HEAD "{\"schema\": \"" SCHEMA "\"}");
    server.answer_padding = 2 * SCHEMA_TEXT_MAX;
    registry = registry_at(server.url, NULL);
    assert_int_equal(fetch_only(registry, 1), REJECT);
    assert_int_equal(fetch_only(registry, 1), REJECT);
    assert_int_equal(registry_request_count(registry), 1);
    registry_free(registry);
    server_stop(&server);
}

/* With a directory beside it the registry may only serve what the directory holds. */
static void test_allow_list(void **state)
{
    char folder[] = "/tmp/sawa-test-XXXXXX";
    struct server server;
    struct registry *registry;

    (void)state;
    assert_non_null(mkdtemp(folder));
    write_file(folder, "ids.json", "{\"1\": \"a.avsc\"}");
    write_file(folder, "a.avsc", "{\n  \"type\": \"string\"\n}\n");
    server_start(&server, OK_HEAD "{\"schema\": \"" SCHEMA "\"}");
    registry = registry_at(server.url, folder);
    assert_int_equal(fetch_only(registry, 99), OK);
    registry_free(registry);
    write_file(folder, "a.avsc", "{\"type\": \"bytes\"}");
    registry = registry_at(server.url, folder);
    assert_int_equal(fetch_only(registry, 1), REJECT);
    registry_free(registry);
    write_file(folder, "ids.json", "{}");
    registry = registry_at(server.url, folder);
    assert_int_equal(fetch_only(registry, 1), REJECT);
    registry_free(registry);
    server_stop(&server);
    remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directory),
        cmocka_unit_test(test_configuration),
        cmocka_unit_test(test_list_of_ids),
        cmocka_unit_test(test_registry_answers),
        cmocka_unit_test(test_unknown_backs_off),
        cmocka_unit_test(test_outages),
        cmocka_unit_test(test_nobody_else_is_asked),
        cmocka_unit_test(test_slow_answer),
        cmocka_unit_test(test_cut_answer),
        cmocka_unit_test(test_empty_schema),
        cmocka_unit_test(test_folded_line_after_an_answer),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_allow_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
