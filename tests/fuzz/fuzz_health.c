/*
 * fuzz_health.c - anything at all as a request to /livez, /readyz, /metrics: an answer or none.
 *
 * The real server in its own thread, one connection per input: the bytes, then the end of what we
 * say; what comes back is read until it closes. The first byte: how many of the bytes come before
 * a pause, so that requests arrive in pieces.
 *
 * Must hold: it goes on answering. Every 256 inputs a sound request is sent, which must be answered
 * with 200.
 */
#include "base/log.h"
#include "fuzz.h"
#include "runtime/health.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

enum { PROBE_EVERY = 256, HEARTBEAT_MS = 3600 * 1000, WAIT_MS = 50, PROBE_WAIT_MS = 10000 };

/* libFuzzer's clock interrupts calls; a connect that was interrupted goes on by itself. */
static bool connects(int fd, const struct sockaddr_in *address)
{
    struct pollfd socket = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof error;

    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
        return true;
    if (errno != EINTR)
        return false;
    while (poll(&socket, 1, -1) < 0)
        assert(errno == EINTR);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

/* An unfinished request is kept until the server's own time-out, 5 s: that is not waited for. */
static int connect_to(uint16_t port, int wait_ms)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    const struct linger reset = {.l_onoff = 1, .l_linger = 0}; /* no port waits after it */
    const struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    assert(connects(fd, &address));
    return fd;
}

/* What comes until the server closes; the first bytes of it in head, terminated. */
static void read_all(int fd, char head[16])
{
    char bytes[16384];
    size_t kept = 0;
    ssize_t got;

    while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0) {
        size_t more = 15 - kept < (size_t)got ? 15 - kept : (size_t)got;

        memcpy(head + kept, bytes, more);
        kept += more;
    }
    head[kept] = '\0';
}

static void ask(uint16_t port, int wait_ms, struct text first, struct text second, char head[16])
{
    int fd = connect_to(port, wait_ms);

    (void)send(fd, first.data, first.size, MSG_NOSIGNAL);
    (void)send(fd, second.data, second.size, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    read_all(fd, head);
    close(fd);
}

static uint16_t server_start(void)
{
    const struct health_options options = {.listen = "127.0.0.1:0", .heartbeat_ms = HEARTBEAT_MS};
    struct health *health;
    struct error error;

    log_level_set(LEVEL_ERROR);
    assert(health_start(&options, &error, &health) == OK);
    health_ready(health, true, NULL);
    return health_port(health);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint16_t port;
    static unsigned count;
    struct text rest = {(const char *)data, size};
    size_t before = fuzz_byte(&rest);
    char head[16];

    if (port == 0)
        port = server_start();
    before = before < rest.size ? before : rest.size;
    ask(port, WAIT_MS, (struct text){rest.data, before},
        (struct text){rest.data + before, rest.size - before}, head);
    if (count++ % PROBE_EVERY == 0) {
        ask(port, PROBE_WAIT_MS, TEXT("GET /readyz HTTP/1.1\r\nHost: a\r\n"),
            TEXT("Connection: close\r\n\r\n"), head);
        assert(strncmp(head, "HTTP/1.1 200", 12) == 0);
    }
    return 0;
}
