/*
 * schedule.c - see schedule.h.
 */
#include "domain/schedule.h"

void assert_schedule_state(const struct schedule *schedule)
{
    assert(schedule->corridor_id > 0);
    assert(schedule->cut_off_count > 0 && schedule->cut_off_count <= CUT_OFFS_MAX);
    for (size_t i = 0; i < schedule->cut_off_count; i++) {
        assert(schedule->cut_offs[i] >= 1 && schedule->cut_offs[i] <= ZONE_MINUTES_OF_DAY);
        assert(i == 0 || schedule->cut_offs[i - 1] < schedule->cut_offs[i]);
    }
}

/* A cut-off: the end of one window and the beginning of the next. */
struct cut_off_point {
    calendar_date date;
    size_t index;
    int64_t instant_us;
};

static struct cut_off_point point_at(const struct schedule *schedule, calendar_date date,
                                     size_t index)
{
    assert(index < schedule->cut_off_count);
    return (struct cut_off_point){date, index,
                                  zone_instant_of_local(schedule->zone, date,
                                                        schedule->cut_offs[index])};
}

/* False behind the end of a half day. */
static bool exists(const struct schedule *schedule, const struct cut_off_point *point)
{
    return point->instant_us <= calendar_half_day_ends(schedule->calendar, point->date);
}

/* The next point in the calendar's order, whether or not the clock puts it later. */
static bool step(const struct schedule *schedule, struct cut_off_point *point)
{
    calendar_date date = point->date;
    size_t index = point->index;

    do {
        index++;
        if (index == schedule->cut_off_count) {
            index = 0;
            if (!calendar_next_business_day(schedule->calendar, date + 1, &date))
                return false;
        }
        *point = point_at(schedule, date, index);
    } while (!exists(schedule, point));
    return true;
}

/* The next point that is later (3). */
static bool step_later(const struct schedule *schedule, struct cut_off_point *point)
{
    int64_t before_us = point->instant_us;

    do {
        if (!step(schedule, point))
            return false;
        assert(point->instant_us >= before_us); /* the rule of zone.h keeps the order */
    } while (point->instant_us == before_us);
    return true;
}

/* The last point of the business days before date. */
static bool last_point_before(const struct schedule *schedule, calendar_date date,
                              struct cut_off_point *ret_point)
{
    while (calendar_previous_business_day(schedule->calendar, date, &date))
        for (size_t index = schedule->cut_off_count; index > 0; index--) {
            struct cut_off_point point = point_at(schedule, date, index - 1);

            if (exists(schedule, &point)) {
                *ret_point = point;
                return true;
            }
        }
    return false;
}

/* A point at or before the instant: the last cut-off of an earlier business day. */
static bool point_before(const struct schedule *schedule, int64_t instant_us,
                         struct cut_off_point *ret_point)
{
    calendar_date date = zone_date_at(schedule->zone, instant_us);

    if (!last_point_before(schedule, date, ret_point))
        return false;
    if (ret_point->instant_us <= instant_us)
        return true;
    /* A cut-off at midnight, 24:00, on the day the clock changed there: one day further back. */
    if (!last_point_before(schedule, ret_point->date, ret_point))
        return false;
    assert(ret_point->instant_us <= instant_us);
    return true;
}

static struct window window_between(const struct schedule *schedule,
                                    const struct cut_off_point *opens,
                                    const struct cut_off_point *closes)
{
    int32_t sequence = (int32_t)closes->index + 1;

    assert(opens->instant_us < closes->instant_us); /* (1) */
    return (struct window){
        .window_id = window_id_make(schedule->corridor_id, closes->date, sequence),
        .opens_at_us = opens->instant_us,
        .cut_off_us = closes->instant_us,
        .business_date = closes->date,
        .sequence = sequence,
        .state = WINDOW_OPEN,
    };
}

bool schedule_window_at(const struct schedule *schedule, int64_t instant_us,
                        struct window *ret_window)
{
    struct cut_off_point opens;
    struct cut_off_point closes;

    assert_schedule_state(schedule);
    if (!point_before(schedule, instant_us, &opens))
        return false;
    for (closes = opens; closes.instant_us <= instant_us;) {
        opens = closes;
        if (!step_later(schedule, &closes))
            return false;
    }
    *ret_window = window_between(schedule, &opens, &closes);
    assert(ret_window->opens_at_us <= instant_us && instant_us < ret_window->cut_off_us);
    return true;
}

bool schedule_window_after(const struct schedule *schedule, const struct window *window,
                           struct window *ret_window)
{
    struct cut_off_point opens;
    struct cut_off_point closes;

    assert_schedule_state(schedule);
    assert(window_id_corridor(window->window_id) == schedule->corridor_id);
    opens = point_at(schedule, window->business_date, (size_t)window->sequence - 1);
    closes = opens;
    if (!step_later(schedule, &closes))
        return false;
    *ret_window = window_between(schedule, &opens, &closes);
    return true;
}

size_t schedule_windows(const struct schedule *schedule, int64_t from_us, int64_t until_us,
                        size_t max, struct window *ret_windows, bool *ret_complete)
{
    size_t count = 0;
    bool there = max > 0 && schedule_window_at(schedule, from_us, &ret_windows[0]);

    assert(from_us <= until_us);
    while (there) {
        struct window *last = &ret_windows[count++];

        if (last->cut_off_us > until_us)
            break;
        there = count < max && schedule_window_after(schedule, last, last + 1);
    }
    *ret_complete = there;
    return count;
}

size_t schedule_windows_behind(struct window *windows, size_t count, int64_t last_window_id,
                               int64_t last_cut_off_us)
{
    int64_t opens_at_us = last_cut_off_us;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        struct window window = windows[i];
        bool is_behind = window.cut_off_us > last_cut_off_us;

        if (is_behind != (window.window_id > last_window_id))
            continue;
        if (is_behind) {
            window.opens_at_us = opens_at_us;
            opens_at_us = window.cut_off_us;
        }
        windows[kept++] = window;
    }
    return kept;
}
