/*
 * stop.c - see stop.h.
 *
 * Process-wide state by nature: a signal reaches the process, not an object.
 */
#include "runtime/stop.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

static atomic_bool stop_flag;
static atomic_bool reload_flag;
static int wake_fd = -1;
static pthread_once_t wake_once = PTHREAD_ONCE_INIT;

static void wake_make(void)
{
    wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(wake_fd >= 0);
}

int stop_fd(void)
{
    int answer = pthread_once(&wake_once, wake_make);

    assert(answer == 0);
    return wake_fd;
}

/* Async-signal-safe: a lock-free store and a write(2) that cannot block. A full counter is as
 * readable as we want it, so its answer does not matter. */
static void raise_stop(void)
{
    const uint64_t one = 1;

    atomic_store(&stop_flag, true);
    if (write(wake_fd, &one, sizeof one) < 0)
        return;
}

static void on_signal(int number)
{
    int kept = errno;

    if (number == SIGHUP)
        atomic_store(&reload_flag, true);
    else
        raise_stop();
    errno = kept;
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    int answer;

    sigemptyset(&action.sa_mask);
    answer = sigaction(number, &action, NULL);
    assert(answer == 0);
}

void stop_install(void)
{
    stop_fd(); /* before a handler can need it */
    handle(SIGTERM, on_signal);
    handle(SIGINT, on_signal);
    handle(SIGHUP, on_signal);
    handle(SIGPIPE, SIG_IGN);
}

bool stop_asked(void)
{
    return atomic_load(&stop_flag);
}

void stop_ask(void)
{
    stop_fd();
    raise_stop();
}

/* The eventfd is never read: once stop is asked, every waiter wakes at once. */
bool stop_wait(int64_t wait_ms)
{
    int64_t end_us = clock_monotonic_us() + wait_ms * 1000;
    struct pollfd wake = {.fd = stop_fd(), .events = POLLIN};

    assert(wait_ms >= 0 && wait_ms <= INT_MAX);
    while (!stop_asked()) {
        int64_t left_us = end_us - clock_monotonic_us();

        if (left_us <= 0)
            return false;
        if (poll(&wake, 1, (int)((left_us + 999) / 1000)) < 0)
            assert(errno == EINTR);
    }
    return true;
}

bool stop_take_reload(void)
{
    return atomic_exchange(&reload_flag, false);
}

void stop_reset(void)
{
    uint64_t count;

    atomic_store(&stop_flag, false);
    atomic_store(&reload_flag, false);
    while (read(stop_fd(), &count, sizeof count) > 0)
        ;
}
