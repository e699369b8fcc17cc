/*
 * zone.h - time zones: what the local clock shows, and when it shows it.
 *
 * A zone is read from the bytes of a TZif file (RFC 8536, version 2 and later):
 * explicit transitions up to some year, and a footer rule for all years after.
 *
 *   transitions[0]   transitions[1]        transitions[n-1]
 *   ────┼────────────────┼──── ... ────────────┼──────────────────────>
 *   initial          types[1]              the footer's rule
 *
 * THE RULE for local times that do not exist or exist twice: a local time means the
 * first instant at which the local clock shows it or a later time. So a time in a gap
 * is the moment of the jump, and a time in an overlap is its first occurrence. By this
 * rule a later local time is never an earlier instant, and cut-offs keep their order.
 *
 * (1) Transitions ascend strictly; every type index is within types.
 * (2) Offsets are within a day and a bit: -25:59:59 to +25:59:59 (RFC 8536 3.2).
 *
 * A zone is a value without pointers: copy it, keep it, no life cycle.
 */
#ifndef SAWA_DOMAIN_ZONE_H
#define SAWA_DOMAIN_ZONE_H

#include "domain/date.h"

enum {
    ZONE_TRANSITIONS_MAX = 1024,
    ZONE_TYPES_MAX = 128,
    ZONE_MINUTES_OF_DAY = 24 * 60,
};

/* When the clock changes in a year, as the footer says it. */
enum zone_day_kind {
    ZONE_DAY_MONTH_WEEK, /* Mm.w.d: weekday d (0 Sunday) of week w (5: the last) of month m */
    ZONE_DAY_JULIAN,     /* Jn: day 1 to 365, 29 February never counted */
    ZONE_DAY_ZERO_BASED, /* n: day 0 to 365 */
};

struct zone_change {
    enum zone_day_kind kind;
    int month;
    int week;
    int day;
    int32_t seconds; /* local time of the change, may leave the day */
};

struct zone_rule {
    bool present;
    int32_t standard_seconds; /* east of UTC */
    bool has_summer;
    int32_t summer_seconds;
    struct zone_change summer_begins; /* in standard time */
    struct zone_change summer_ends;   /* in summer time   */
};

struct zone {
    size_t transition_count;
    size_t type_count;
    int64_t transitions[ZONE_TRANSITIONS_MAX]; /* seconds since 1970 */
    uint8_t transition_types[ZONE_TRANSITIONS_MAX];
    int32_t types[ZONE_TYPES_MAX]; /* seconds east of UTC */
    struct zone_rule rule;
};

/* False where the bytes are no TZif of version 2 or later, are cut, or exceed the ceilings. */
must_use bool zone_parse(struct text bytes, struct zone *ret_zone);

/* The footer alone, e.g. "EET-2EEST,M3.5.0/3,M10.5.0/4". False: not such a rule. */
must_use bool zone_rule_parse(struct text text, struct zone_rule *ret_rule);

/* Seconds east of UTC at this instant. */
int32_t zone_offset_at(const struct zone *zone, int64_t instant_us);

/* What the local calendar shows at this instant. */
calendar_date zone_date_at(const struct zone *zone, int64_t instant_us);

/* THE RULE above. minute_of_day is 0 to ZONE_MINUTES_OF_DAY; the last is the next midnight. */
int64_t zone_instant_of_local(const struct zone *zone, calendar_date date, int minute_of_day);

/* Aborts if zone breaks (1) or (2). */
void assert_zone_state(const struct zone *zone);

#endif
