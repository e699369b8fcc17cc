/*
 * parked_rate.h - too many parked per minute: when a partition halts instead of parking the world.
 *
 * A few bad records are parked and the stream goes on. When a producer is broken, or the topic
 * holds something else, everything would be parked: better to stand still and be looked at.
 *
 *   exceeds  =  parked in the last minute >= limits.parked_max
 *           and parked * 100 > records of the last minute * limits.share_percent
 *
 * The count keeps small bursts from halting (ten bad records on a quiet night are 100 %), the
 * share keeps full speed from halting: at 300,000 records a second 1 % are 180,000 a minute, far
 * above any count one would choose, and far below half.
 *
 * (1) The last minute is twelve slots of five seconds; time is a parameter and never goes back.
 * (2) Nothing is forgotten early: a record counts for at least 55 and at most 60 seconds.
 */
#ifndef SAWA_RUNTIME_PARKED_RATE_H
#define SAWA_RUNTIME_PARKED_RATE_H

#include "base/status.h"

enum { PARKED_SLOTS = 12, PARKED_SLOT_US = 5 * 1000 * 1000 };

struct parked_limits {
    int64_t parked_max; /* per minute, whatever their share; 0: never halts */
    int64_t share_percent;
};

struct parked_rate {
    struct {
        int64_t number; /* of the slot since the clock began; 0: empty */
        int64_t records;
        int64_t parked;
    } slots[PARKED_SLOTS];
};

/* now_us: monotonic. parked is part of records, or of records that were added before. */
void parked_rate_add(struct parked_rate *rate, int64_t now_us, int64_t records, int64_t parked);

bool parked_rate_exceeds(const struct parked_rate *rate, int64_t now_us,
                         const struct parked_limits *limits);

#endif
