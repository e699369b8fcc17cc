/*
 * window.h - settlement windows: their ids, their life, and which one a record belongs to.
 *
 * A window holds the payments of one corridor between two cut-offs, [opens_at, cut_off).
 *
 * LIFE. One door, window_move, lets a window go from state to state; the table in window.c
 * says along which arrows and which function of the settle worker goes there.
 *
 *   OPEN --settle_begin--> CLOSING --settle_close--> CLOSED --settle_instruct--> INSTRUCTED
 *   INSTRUCTED --settle_confirm--> SETTLED
 *   CLOSING --settle_hold--> HELD --settle_begin--> CLOSING
 *   CLOSED --settle_skip--> SETTLED
 *   INSTRUCTED --settle_fail--> FAILED --settle_reopen--> REOPENED --settle_instruct--> INSTRUCTED
 *   SETTLED --settle_return--> FAILED --settle_abandon--> INSTRUCTED
 *
 * MEMBERSHIP. A partition's watermark at an offset is the highest event time of all its accepted
 * records up to and including that offset. The watermark of a partition passes a cut-off at one
 * offset, its cut: the first record that no longer belongs to the window. Where the close ran
 * first (grace, command), the cut is where the partition stood then, and is stored.
 *
 *   event times   10:01  10:03  10:02  10:07  10:04   ...      cut-off 10:05
 *   watermark     10:01  10:03  10:03  10:07  10:07
 *   offset          0      1      2      3      4
 *   window        └──────  k  ──────┘  └── k + 1 ──            cut of k is 3; 4 is late
 *
 * (1) Membership is a function of (offset, cut) alone: whoever reads the partition again, as fast
 *     or slow as it likes, puts every offset into the same window (I3, I9).
 * (2) Per partition cuts do not decrease from one window to the next, and a cursor never goes back.
 * (3) window_id names corridor, business date and sequence, and is the same in every database.
 */
#ifndef SAWA_DOMAIN_WINDOW_H
#define SAWA_DOMAIN_WINDOW_H

#include "base/error.h"
#include "domain/date.h"

enum window_state {
    WINDOW_OPEN = 0,
    WINDOW_CLOSING,
    WINDOW_CLOSED,
    WINDOW_INSTRUCTED,
    WINDOW_SETTLED,
    WINDOW_FAILED,
    WINDOW_HELD,
    WINDOW_REOPENED,
    WINDOW_STATE_COUNT,
};

struct window {
    int64_t window_id;
    int64_t opens_at_us;
    int64_t cut_off_us; /* opens_at_us < cut_off_us */
    calendar_date business_date;
    int32_t sequence; /* 1 to 255 within its business date */
    enum window_state state;
};

/* ---- ids (3) ---- */

enum { WINDOW_SEQUENCE_MAX = 255 };

/* corridor_id << 32 | days since 2000-01-01 << 8 | sequence. */
int64_t window_id_make(int32_t corridor_id, calendar_date business_date, int32_t sequence);
int32_t window_id_corridor(int64_t window_id);
calendar_date window_id_date(int64_t window_id);
int32_t window_id_sequence(int64_t window_id);

/* ---- life ---- */

struct window_transition {
    enum window_state from;
    enum window_state to;
    const char *reason;
    const char *function;
};

const char *window_state_name(enum window_state state); /* "OPEN", as stored */
must_use bool window_state_parse(struct text name, enum window_state *ret_state);

/* The rows, for who draws, prints or checks them. */
const struct window_transition *window_transitions(size_t *ret_count);

/* The row from -> to, NULL where there is no such arrow. */
const struct window_transition *window_transition(enum window_state from, enum window_state to);

/* The only door. REJECT, with the state it is in and where it could go, where there is no arrow. */
must_use enum status window_move(struct window *window, enum window_state to, struct error *error);

/* ---- membership ---- */

#define WINDOW_NO_CUT INT64_MAX         /* no cut of this partition is stored   */
#define WINDOW_WATERMARK_NONE INT64_MIN /* the partition has not had any record */
#define WINDOW_NONE SIZE_MAX            /* no window is open yet: RETRY         */

/* The windows of one corridor as one partition sees them. windows ascend by cut-off without
 * overlap; cuts[i] is the stored cut of windows[i] in this partition, or WINDOW_NO_CUT. Windows
 * that closed before the partition's position may be left out, later ones may not. */
struct window_view {
    const struct window *windows;
    const int64_t *cuts;
    size_t count;
};

/* The definition, by search from the front: the first window whose cut-off is above the watermark
 * at this offset and whose cut is above the offset. WINDOW_NONE where the view ends before. */
size_t window_of(const struct window_view *view, int64_t watermark_us, int64_t offset);

/* The same for a partition that is read in order, at the cost of two comparisons per record: the
 * window it found stays the answer until the watermark or the offset passes it.
 *
 *   window_cursor_begin(&cursor, &view);                  per corridor, partition and batch
 *   for each record of the corridor, in offset order:
 *       index = window_cursor_at(&cursor, watermark_us, offset);
 *       if (index == WINDOW_NONE) ...                     RETRY: windows must be opened first
 *       late = window_cursor_is_late(&cursor, event_time_us);
 */
struct window_cursor {
    int64_t cut_off_us; /* of the current window; INT64_MIN: none found yet */
    int64_t cut;
    int64_t opens_at_us;
    size_t index;
    struct window_view view;
};

void window_cursor_begin(struct window_cursor *cursor, const struct window_view *view);

/* The slow part of window_cursor_at. */
size_t window_cursor_advance(struct window_cursor *cursor, int64_t watermark_us, int64_t offset);

/* As window_of; watermark_us and offset never decrease from call to call (2). */
static inline size_t window_cursor_at(struct window_cursor *cursor, int64_t watermark_us,
                                      int64_t offset)
{
    if (watermark_us < cursor->cut_off_us && offset < cursor->cut)
        return cursor->index;
    return window_cursor_advance(cursor, watermark_us, offset);
}

/* True when the event is older than the window it was put into. Only after window_cursor_at
 * found one. */
static inline bool window_cursor_is_late(const struct window_cursor *cursor, int64_t event_time_us)
{
    return event_time_us < cursor->opens_at_us;
}

struct window_crossing {
    size_t index;       /* in windows */
    int64_t cut_offset; /* the first offset whose watermark is at or above its cut-off */
};

/* Which cut-offs one batch of one partition passes: the cuts to store with kind WATERMARK. records:
 * offsets ascend, watermarks_us do not decrease, both as far as the batch goes; watermark_before_us
 * is that of the partition before it. windows ascend by cut-off and may be those of all corridors.
 * ret_crossings has room for window_count; returns how many. A cut that is stored already stays. */
size_t window_cut_crossings(const struct window *windows, size_t window_count,
                            int64_t watermark_before_us, const int64_t *offsets,
                            const int64_t *watermarks_us, size_t record_count,
                            struct window_crossing *ret_crossings);

/* Aborts if the windows overlap, are empty or out of order, or the cuts decrease (2). */
void assert_window_view_state(const struct window_view *view);

#endif
