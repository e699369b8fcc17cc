/*
 * fuzz_registry.c - anything at all as the answer of a schema registry, or as its directory.
 *
 * The first byte chooses: 0 the bytes are the whole HTTP answer, 1 they are the body of a sound
 * one, 2 a list of ids (ids.json), 3 a schema text whose digest the allow-list compares. For 0 and
 * 1 a thread listens on a loopback port and gives each request that answer; the client is real.
 *
 * Must hold: OK, REJECT or RETRY, a text within its ceiling on OK and none else; the digest does
 * not depend on how often it is asked.
 */
#include "bus/registry.h"
#include "codec/avro/avro_schema.h"
#include "fuzz.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>

enum { REQUEST_MAX = 4096, WAIT_MS = 500 };

static int listener = -1;
static struct buffer answer; /* set before each request; the thread sends it */

static void send_all(int fd, struct text bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(fd, bytes.data, bytes.size, MSG_NOSIGNAL);

        if (sent <= 0)
            return; /* the client had enough */
        bytes.data += sent;
        bytes.size -= (size_t)sent;
    }
}

/* Up to the empty line that ends a request, or as much as one may be. */
static bool take_request(int fd)
{
    char request[REQUEST_MAX];
    size_t size = 0;

    while (size < sizeof request) {
        ssize_t got = recv(fd, request + size, sizeof request - size, 0);

        if (got <= 0)
            return false;
        size += (size_t)got;
        if (memmem(request, size, "\r\n\r\n", 4) != NULL)
            return true;
    }
    return false;
}

static void *serve(void *unused)
{
    (void)unused;
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        assert(fd >= 0);
        if (take_request(fd))
            send_all(fd, buffer_view(&answer));
        shutdown(fd, SHUT_WR);
        close(fd);
    }
    return NULL;
}

/* The port it listens on. */
static int server_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    pthread_t thread;

    buffer_init(&answer, 4 * SCHEMA_TEXT_MAX);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(listener >= 0);
    assert(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    assert(listen(listener, 16) == 0);
    assert(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    assert(pthread_create(&thread, NULL, serve, NULL) == 0);
    return ntohs(address.sin_port);
}

/* A clock that jumps, so that no negative answer is remembered from input to input. */
static int64_t jumping_us(void)
{
    static int64_t now_us;

    return now_us += INT64_C(3600) * 1000000;
}

static struct registry *registry_start(void)
{
    char url[64];
    struct registry_config config = {.base_url = url, .timeout_ms = WAIT_MS, .now_us = jumping_us};
    struct registry *registry;
    struct error error;

    snprintf(url, sizeof url, "http://127.0.0.1:%d", server_start());
    assert(registry_open(&config, &error, &registry) == OK);
    return registry;
}

static void ask(struct text body, bool is_whole)
{
    static struct registry *registry;
    struct schema_source source;
    struct buffer text;
    struct error error;
    enum status status;

    if (registry == NULL)
        registry = registry_start();
    source = registry_source(registry);
    buffer_clear(&answer);
    if (!is_whole)
        buffer_format(&answer, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", body.size);
    buffer_text(&answer, body);
    buffer_init(&text, SCHEMA_TEXT_MAX);
    status = source.fetch(source.user, 7, &text, &error);
    assert(status == OK || status == REJECT || status == RETRY);
    assert(status == OK || text.size == 0);
    buffer_done(&text);
}

static enum status visit(void *user, uint32_t schema_id, const char *file, struct error *error)
{
    int *count = user;

    (void)schema_id;
    (void)error;
    assert(file[0] != '\0' && file[0] != '.' && strchr(file, '/') == NULL);
    ++*count;
    return OK;
}

static void run_digest(struct text schema)
{
    struct digest first;
    struct digest second;

    if (!avro_schema_digest(schema, &first))
        return;
    assert(avro_schema_digest(schema, &second) && digest_equal(&first, &second));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text rest = {(const char *)data, size};
    uint8_t choice = fuzz_byte(&rest);
    struct text bytes = fuzz_copy(rest);
    struct error error;
    int count = 0;

    switch (choice % 4) {
    case 0: ask(bytes, true); break;
    case 1: ask(bytes, false); break;
    case 2: (void)avro_schema_ids(bytes, visit, &count, &error); break;
    case 3: run_digest(bytes); break;
    }
    fuzz_free(bytes);
    return 0;
}
