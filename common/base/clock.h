/*
 * clock.h - the two clocks, and nothing about calendars.
 *
 * Instants are UTC microseconds since 1970 (never order by them across hosts);
 * durations and deadlines come from the monotonic clock. Code that decides takes
 * its instant as a parameter: only programs and the runtime read a clock.
 */
#ifndef SAWA_BASE_CLOCK_H
#define SAWA_BASE_CLOCK_H

#include "base/status.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY (INT64_C(86400) * US_PER_SECOND)

enum { INSTANT_TEXT_SIZE = 32 };

int64_t clock_now_us(void);
int64_t clock_monotonic_us(void);

/* 2026-11-21T08:09:10.123456Z, terminated. */
void instant_format(int64_t instant_us, char text[INSTANT_TEXT_SIZE]);

#endif
