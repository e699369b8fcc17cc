/*
 * schedule.h - when the windows of a corridor open and close.
 *
 * A corridor has one or several cut-offs, as minutes of the local day, on each day that is a
 * business day at both ends. A window runs from one cut-off to the next, half-open; what happens
 * on a weekend or holiday therefore falls into the first window of the next business day.
 *
 *   Fri 10:00  Fri 16:00        (Sat, Sun)         Mon 10:00  Mon 16:00
 *   ────┼──────────┼──────────────────────────────────┼──────────┼────
 *        Fri, 2          Mon, 1                          Mon, 2
 *
 * On a half day only the cut-offs up to its end exist, its end included. A window that would have
 * closed later that day closes with the first cut-off of the next business day: it is that day's
 * first window. Where no cut-off is left the whole half day falls there, as a holiday would.
 *
 *   Thu 10:00  Thu 16:00  Fri 10:00   (Fri ends 12:00)   Mon 10:00
 *   ────┼──────────┼──────────┼─────────────────────────────┼────
 *        Thu, 2       Fri, 1             Mon, 1
 *
 * So the business date of an instant is that of the first cut-off behind it, and its cut-off too:
 * schedule_window_at says both.
 *
 * (1) Windows of one schedule touch and never overlap: each instant is in exactly one.
 * (2) The same schedule gives the same windows whenever it is asked.
 * (3) Cut-offs that a change of the clock makes the same instant close one window only: the
 *     first; the sequence of the other is not used on that day.
 * (4) A sequence is the place of its cut-off among all of the schedule's, on a half day too.
 */
#ifndef SAWA_DOMAIN_SCHEDULE_H
#define SAWA_DOMAIN_SCHEDULE_H

#include "domain/calendar.h"
#include "domain/window.h"
#include "domain/zone.h"

enum { CUT_OFFS_MAX = 96 }; /* every quarter of an hour */

struct schedule {
    int32_t corridor_id;
    const struct zone *zone;
    const struct calendar *calendar; /* both ends, and the settlement system's */
    const int32_t *cut_offs;         /* minutes of the local day, 1 to 1440, ascending */
    size_t cut_off_count;
};

/* The window that holds the instant. False: the calendar does not reach there. */
must_use bool schedule_window_at(const struct schedule *schedule, int64_t instant_us,
                                 struct window *ret_window);

/* The window that opens where window closes. False likewise. */
must_use bool schedule_window_after(const struct schedule *schedule, const struct window *window,
                                    struct window *ret_window);

/* As many windows as fit, from the one that holds from_us up to the one that holds until_us
 * (included). Returns how many; fewer than it takes where max or the calendar ends: then
 * *ret_complete is false. */
size_t schedule_windows(const struct schedule *schedule, int64_t from_us, int64_t until_us,
                        size_t max, struct window *ret_windows, bool *ret_complete);

/* Where one version of a corridor follows another: puts windows behind those that were made before,
 * of which the last has this id and this cut-off. What lies before it stays as it is, what lies
 * across it is dropped, and the first behind it opens where it closes, so that (1) holds over the
 * change too. Returns how many are left. */
size_t schedule_windows_behind(struct window *windows, size_t count, int64_t last_window_id,
                               int64_t last_cut_off_us);

void assert_schedule_state(const struct schedule *schedule);

#endif
