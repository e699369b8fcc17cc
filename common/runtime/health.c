/*
 * health.c - see health.h. The only file that knows libmicrohttpd.
 *
 * The loop's side is atomics and one short mutex; the server's thread reads them.
 * Ceilings: CONNECTION_MAX connections, HEADER_SIZE_MAX bytes of request each,
 * IDLE_SECONDS without a byte, PAGE_SIZE_MAX of answer. A body is never read.
 */
#include "runtime/health.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "runtime/metric_table.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTION_MAX = 64,
    HEADER_SIZE_MAX = 8 * 1024,
    IDLE_SECONDS = 5,
    BACKLOG_MAX = 64,
    PAGE_SIZE_MAX = 4 * 1024 * 1024,
    HOST_SIZE = 256,
};

struct health {
    struct MHD_Daemon *daemon;
    struct health_options options;
    struct metric *ready_metric;
    uint16_t port;
    _Atomic int64_t alive_until_us; /* monotonic */
    pthread_mutex_t lock;           /* of ready and reason */
    bool ready;
    char reason[HEALTH_REASON_SIZE];
};

/* ---- the loop's side ---------------------------------------------------------------------- */

static void alive_for(struct health *health, int64_t time_ms)
{
    int64_t until_us = clock_monotonic_us() + time_ms * 1000;

    atomic_store_explicit(&health->alive_until_us, until_us, memory_order_relaxed);
}

void health_beat(struct health *health)
{
    if (health != NULL)
        alive_for(health, health->options.heartbeat_ms);
}

void health_waits(struct health *health, int64_t wait_ms)
{
    assert(wait_ms >= 0);
    if (health != NULL)
        alive_for(health, wait_ms + health->options.heartbeat_ms);
}

void health_ready(struct health *health, bool ready, const char *reason)
{
    if (health == NULL)
        return;
    pthread_mutex_lock(&health->lock);
    health->ready = ready;
    text_copy(text_of(ready ? "" : reason), health->reason, sizeof health->reason);
    pthread_mutex_unlock(&health->lock);
    metric_set(health->ready_metric, ready);
}

uint16_t health_port(const struct health *health)
{
    return health->port;
}

/* ---- the pages ---------------------------------------------------------------------------- */

static unsigned page_live(struct health *health, struct buffer *body)
{
    int64_t until_us = atomic_load_explicit(&health->alive_until_us, memory_order_relaxed);
    int64_t late_us = clock_monotonic_us() - until_us;

    if (late_us <= 0) {
        buffer_string(body, "alive\n");
        return MHD_HTTP_OK;
    }
    buffer_format(body, "the poll loop is %lld ms past its deadline\n", (long long)late_us / 1000);
    return MHD_HTTP_SERVICE_UNAVAILABLE;
}

/* What the program said, and then what its callback says. */
static bool is_ready(struct health *health, char reason[HEALTH_REASON_SIZE])
{
    bool ready;

    pthread_mutex_lock(&health->lock);
    ready = health->ready;
    memcpy(reason, health->reason, HEALTH_REASON_SIZE);
    pthread_mutex_unlock(&health->lock);
    if (!ready || health->options.ready == NULL)
        return ready;
    return health->options.ready(health->options.context, reason);
}

static unsigned page_ready(struct health *health, struct buffer *body)
{
    char reason[HEALTH_REASON_SIZE];

    if (is_ready(health, reason)) {
        buffer_string(body, "ready\n");
        return MHD_HTTP_OK;
    }
    buffer_format(body, "not ready: %s\n", reason);
    return MHD_HTTP_SERVICE_UNAVAILABLE;
}

static unsigned page_metrics(struct health *health, struct buffer *body)
{
    (void)health;
    metrics_process();
    metrics_render(body);
    return MHD_HTTP_OK;
}

static const struct page {
    const char *path;
    const char *content_type;
    unsigned (*write)(struct health *health, struct buffer *body);
} pages[] = {
    {"/livez", "text/plain; charset=utf-8", page_live},
    {"/readyz", "text/plain; charset=utf-8", page_ready},
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", page_metrics},
};

static const struct page *page_find(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        if (strcmp(pages[i].path, path) == 0)
            return &pages[i];
    }
    return NULL;
}

/* ---- answering ---------------------------------------------------------------------------- */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned code,
                              const char *content_type, struct text body)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.size, (void *)body.data, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (response == NULL)
        return MHD_NO; /* no memory: the connection closes */
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    result = MHD_queue_response(connection, code, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_page(struct MHD_Connection *connection, struct health *health,
                                   const struct page *page)
{
    struct buffer body;
    enum MHD_Result result;
    unsigned code;

    buffer_init(&body, PAGE_SIZE_MAX);
    code = page->write(health, &body);
    if (buffer_failed(&body))
        result = answer(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, page->content_type,
                        TEXT("the page is too large\n"));
    else
        result = answer(connection, code, page->content_type, buffer_view(&body));
    buffer_done(&body);
    return result;
}

/* Answers on the first call, when the headers are there; a body behind them is not read. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **state)
{
    const struct page *page = page_find(path);

    (void)version, (void)upload, (void)upload_size, (void)state;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
                      TEXT("only GET and HEAD\n"));
    if (page == NULL)
        return answer(connection, MHD_HTTP_NOT_FOUND, "text/plain",
                      TEXT("/livez, /readyz or /metrics\n"));
    return answer_page(connection, context, page);
}

/* ---- starting ----------------------------------------------------------------------------- */

/* "host:port", "[v6]:port" or ":port" into host (without brackets, "" for everywhere) and port. */
static bool listen_split(struct text listen, char host[HOST_SIZE], const char **ret_port)
{
    const char *colon = memrchr(listen.data, ':', listen.size);
    struct text name;
    int64_t number;

    if (colon == NULL)
        return false;
    name = (struct text){listen.data, (size_t)(colon - listen.data)};
    if (name.size >= 2 && name.data[0] == '[' && name.data[name.size - 1] == ']')
        name = (struct text){name.data + 1, name.size - 2};
    else if (memchr(name.data, ':', name.size) != NULL)
        return false; /* an IPv6 address wants its brackets */
    if (!text_to_int64(text_of(colon + 1), &number) || number < 0 || number > UINT16_MAX)
        return false;
    *ret_port = colon + 1;
    return text_copy(name, host, HOST_SIZE);
}

static enum status listen_resolve(const char *listen, struct error *error,
                                  struct addrinfo **ret_addresses)
{
    const struct addrinfo wanted = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                    .ai_socktype = SOCK_STREAM};
    char host[HOST_SIZE];
    const char *port;
    int code;

    if (!listen_split(text_of(listen), host, &port)) {
        error_configuration(error, "http.listen is no address: %.64s", listen);
        return error_hint(error, "write HOST:PORT, [IPV6]:PORT or :PORT; port 0 takes a free one");
    }
    code = getaddrinfo(host[0] == '\0' ? NULL : host, port, &wanted, ret_addresses);
    if (code == 0)
        return OK;
    error_configuration(error, "http.listen names no address of this host: %.64s", listen);
    return error_detail(error, "%s", gai_strerror(code));
}

/* A listening socket at this address, or -1 and errno. */
static int socket_listen(const struct addrinfo *address)
{
    const int on = 1;
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int kept;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG_MAX) == 0)
        return fd;
    kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

/* The first address of the name that can be bound. */
static enum status listen_open(const char *listen, struct error *error, int *ret_fd)
{
    struct addrinfo *addresses = NULL;
    enum status status = listen_resolve(listen, error, &addresses);
    char reason[96];
    int fd = -1;
    int code;

    if (status != OK)
        return status;
    for (struct addrinfo *address = addresses; address != NULL && fd < 0;
         address = address->ai_next)
        fd = socket_listen(address);
    code = errno;
    freeaddrinfo(addresses);
    if (fd >= 0) {
        *ret_fd = fd;
        return OK;
    }
    error_set(error, RETRY, "could not listen on %.64s", listen);
    error_detail(error, "%s", strerror_r(code, reason, sizeof reason));
    return error_hint(error, "set http.listen to another port; 0 takes a free one");
}

static uint16_t socket_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } address = {.in6 = {0}};
    socklen_t size = sizeof address;
    int code = getsockname(fd, &address.any, &size);

    assert(code == 0);
    return ntohs(address.any.sa_family == AF_INET6 ? address.in6.sin6_port : address.in.sin_port);
}

static struct health *health_new(const struct health_options *options, uint16_t port)
{
    struct health *health = calloc(1, sizeof *health);

    assert(health != NULL);
    health->options = *options;
    health->port = port;
    health->ready_metric = metric_of(METRIC_READY);
    pthread_mutex_init(&health->lock, NULL);
    health_ready(health, false, "starting");
    health_beat(health);
    return health;
}

/* The daemon owns fd from here on, unless it did not start. */
static struct MHD_Daemon *daemon_start(struct health *health, int fd)
{
    return MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD, 0, NULL, NULL, on_request, health,
                            MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)CONNECTION_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)HEADER_SIZE_MAX, MHD_OPTION_END);
}

enum status health_start(const struct health_options *options, struct error *error,
                         struct health **ret_health)
{
    struct health *health;
    int fd = -1;
    enum status status = listen_open(options->listen, error, &fd);

    assert(options->heartbeat_ms > 0);
    if (status != OK)
        return status;
    health = health_new(options, socket_port(fd));
    health->daemon = daemon_start(health, fd);
    if (health->daemon == NULL) {
        close(fd);
        health_stop(health);
        return error_set(error, RETRY, "could not start the health pages on %.64s",
                         options->listen);
    }
    log_info("health_listening", "health and metrics pages are up",
             LOG_TEXT("listen", options->listen), LOG_INT("port", health->port));
    *ret_health = health;
    return OK;
}

void health_stop(struct health *health)
{
    if (health == NULL)
        return;
    if (health->daemon != NULL)
        MHD_stop_daemon(health->daemon);
    pthread_mutex_destroy(&health->lock);
    free(health);
}
