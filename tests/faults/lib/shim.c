/*
 * shim.c - allocation failure and a wrong wall clock, preloaded into a worker.
 *
 * Compiled by shims.py at test time; the product knows nothing of it. A file named by
 * SAWA_FAULT_FILE is mapped; the test writes into it while the process runs, and reads there what
 * really happened:
 *
 *     calls     allocations so far
 *     fail_at   the first call that fails (0: none)
 *     forever   every later call fails too
 *     failed    how many did
 *     clock_us  added to CLOCK_REALTIME
 *     frozen_us not 0: CLOCK_REALTIME stands at this instant
 *     asked     how often the wall clock was asked while it was wrong
 *     crashed   the file name of the program or library that crashed (SIGSEGV, SIGBUS): the first
 *               on the stack that is not libc's or this one
 *
 * Waits that end at an instant of the wall clock are given the true instant, as the kernel's own
 * timers would know it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct control {
    _Atomic int64_t calls, fail_at, forever, failed, clock_us, frozen_us, asked;
    char crashed[64];
};

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static struct control none;
static struct control *control = &none;

/* ---- who crashed ---- */

static const char *object_of(void *address)
{
    Dl_info info;
    const char *slash;

    if (dladdr(address, &info) == 0 || info.dli_fname == NULL)
        return NULL;
    slash = strrchr(info.dli_fname, '/');
    return slash == NULL ? info.dli_fname : slash + 1;
}

/* The fault is often in memcpy or strlen: it is their caller's. */
static void note_crash(int number)
{
    void *stack[32];
    int depth = backtrace(stack, 32);

    for (int i = 0; i < depth && control->crashed[0] == '\0'; i++) {
        const char *name = object_of(stack[i]);

        if (name != NULL && strncmp(name, "libc.so", 7) != 0 && strcmp(name, "shim.so") != 0)
            memcpy(control->crashed, name, strnlen(name, sizeof control->crashed - 1));
    }
    raise(number); /* SA_RESETHAND: as if there had been no handler */
}

static void watch_crashes(void)
{
    struct sigaction action = {.sa_handler = note_crash, .sa_flags = SA_RESETHAND};
    void *first[1];

    backtrace(first, 1); /* loads what it needs while there is memory */
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

__attribute__((constructor)) static void shim_open(void)
{
    const char *path = getenv("SAWA_FAULT_FILE");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void *map = fd < 0 ? MAP_FAILED
                       : mmap(NULL, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (map == MAP_FAILED)
        return;
    control = map;
    watch_crashes();
}

/* ---- memory ---- */

static int fails(void)
{
    int64_t call = atomic_fetch_add(&control->calls, 1) + 1;
    int64_t at = atomic_load(&control->fail_at);

    if (at == 0 || call < at || (call > at && !atomic_load(&control->forever)))
        return 0;
    atomic_fetch_add(&control->failed, 1);
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}

/* ---- the wall clock ---- */

static void shift(struct timespec *at, int64_t by_us)
{
    int64_t ns = (int64_t)at->tv_sec * 1000000000 + at->tv_nsec + by_us * 1000;

    at->tv_sec = ns / 1000000000;
    at->tv_nsec = ns % 1000000000;
}

static int is_wrong(void)
{
    return atomic_load(&control->clock_us) != 0 || atomic_load(&control->frozen_us) != 0;
}

static int64_t error_us(void)
{
    int64_t frozen = atomic_load(&control->frozen_us);
    struct timespec now;

    if (frozen == 0)
        return atomic_load(&control->clock_us);
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    return frozen - ((int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

int clock_gettime(clockid_t clock, struct timespec *ret_now)
{
    int code = (int)syscall(SYS_clock_gettime, clock, ret_now);

    if (code == 0 && clock == CLOCK_REALTIME && is_wrong()) {
        atomic_fetch_add(&control->asked, 1);
        shift(ret_now, error_us());
    }
    return code;
}

int timespec_get(struct timespec *ret_now, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, ret_now) == 0 ? base : 0;
}

int gettimeofday(struct timeval *restrict ret_now, void *restrict zone)
{
    struct timespec now;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    ret_now->tv_sec = now.tv_sec;
    ret_now->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *ret_now)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (ret_now != NULL)
        *ret_now = now.tv_sec;
    return now.tv_sec;
}

/* ---- waits until an instant ---- */

typedef int wait_function(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    static _Atomic(wait_function *) wait;
    struct timespec at = *until;
    struct timespec monotonic;

    if (atomic_load(&wait) == NULL)
        atomic_store(&wait, (wait_function *)dlvsym(RTLD_NEXT, "pthread_cond_timedwait",
                                                    "GLIBC_2.3.2"));
    /* a condition of the monotonic clock names instants of the time since boot */
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &monotonic);
    if (is_wrong() && at.tv_sec > monotonic.tv_sec + 365 * 86400)
        shift(&at, -error_us());
    return atomic_load(&wait)(condition, mutex, &at);
}

int cnd_timedwait(void *restrict condition, void *restrict mutex,
                  const struct timespec *restrict until)
{
    int code = pthread_cond_timedwait(condition, mutex, until);

    return code == 0 ? 0 : code == ETIMEDOUT ? 4 : 2; /* thrd_success, _timedout, _error */
}
