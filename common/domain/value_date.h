/*
 * value_date.h - the day the money of a window moves: its business date, n business days on.
 *
 * n is counted on the calendar of the settlement currency's own system: what the lag waits for is
 * that system and the bank of our account, and they work on a holiday of a corridor's end. On the
 * day they reach, both ends must be able to pay and be paid too, so it is rolled to a day that is
 * a business day for all of them.
 *
 *   business date      Thu 5   lag 2   the system rests on Fri 6, an end on Tue 10
 *   counted                    Mon 9, Tue 10
 *   rolled, FOLLOWING                        Wed 11
 *
 * (1) A value date is a business day of both calendars and never before the business date: where a
 *     convention rolls back behind that, money would have to move before it was netted, so it is
 *     rolled forward instead.
 * (2) Lag 0 and one calendar for both: the business date itself.
 * (3) A calendar that ends before the answer is certain gives none, never a guess.
 */
#ifndef SAWA_DOMAIN_VALUE_DATE_H
#define SAWA_DOMAIN_VALUE_DATE_H

#include "domain/calendar.h"

enum { SETTLEMENT_LAG_MAX = 10 }; /* business days */

/* Where a day that is no business day goes. */
enum roll_convention {
    ROLL_FOLLOWING,          /* to the next business day                                       */
    ROLL_MODIFIED_FOLLOWING, /* the same, but to the one before where the next is another month */
    ROLL_PRECEDING,          /* to the business day before                                     */
};

struct value_rule {
    int32_t lag; /* 0 to SETTLEMENT_LAG_MAX */
    enum roll_convention roll;
    const struct calendar *counted; /* of the settlement currency's system */
    const struct calendar *joined;  /* of both ends                        */
};

const char *roll_convention_name(enum roll_convention roll); /* "FOLLOWING" */

/* n business days after date; date itself may be none. False: the calendar ends before (3). */
must_use bool calendar_add_business_days(const struct calendar *calendar, calendar_date date,
                                         int32_t n, calendar_date *ret_date);

/* date is covered and a business day in both calendars of rule, or goes where roll says. False:
 * (3). */
must_use bool value_date_roll(const struct value_rule *rule, calendar_date date,
                              calendar_date *ret_date);

/* (1), (2). False: (3). */
must_use bool value_date_of(const struct value_rule *rule, calendar_date business_date,
                            calendar_date *ret_date);

#endif
