/*
 * clock.c - see clock.h.
 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t clock_read_us(clockid_t clock)
{
    struct timespec now;
    int answer = clock_gettime(clock, &now);

    assert(answer == 0);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    return clock_read_us(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
    return clock_read_us(CLOCK_MONOTONIC);
}

void instant_format(int64_t instant_us, char text[INSTANT_TEXT_SIZE])
{
    int64_t fraction = instant_us % US_PER_SECOND;
    time_t seconds;
    struct tm utc;

    if (fraction < 0)
        fraction += US_PER_SECOND;
    seconds = (time_t)((instant_us - fraction) / US_PER_SECOND);
    if (gmtime_r(&seconds, &utc) == NULL || utc.tm_year > 8099 || utc.tm_year < -1900) {
        snprintf(text, INSTANT_TEXT_SIZE, "out-of-range");
        return;
    }
    snprintf(text, INSTANT_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
             (unsigned)(utc.tm_year + 1900) % 10000u, (unsigned)(utc.tm_mon + 1) % 100u,
             (unsigned)utc.tm_mday % 100u, (unsigned)utc.tm_hour % 100u,
             (unsigned)utc.tm_min % 100u, (unsigned)utc.tm_sec % 100u,
             (unsigned)fraction % 1000000u);
}
