/*
 * window.c - see window.h. The numbers in brackets are its invariants.
 */
#include "domain/window.h"

enum {
    SEQUENCE_BITS = 8,
    DATE_BITS = 24,
    DAYS_1970_TO_2000 = 10957,
    DATE_MAX = (1 << DATE_BITS) - 1,
};

/* ---- ids (3) ---- */

int64_t window_id_make(int32_t corridor_id, calendar_date business_date, int32_t sequence)
{
    int64_t days = (int64_t)business_date - DAYS_1970_TO_2000;

    assert(corridor_id > 0);
    assert(days >= 0 && days <= DATE_MAX);
    assert(sequence >= 1 && sequence <= WINDOW_SEQUENCE_MAX);
    return (int64_t)corridor_id << (DATE_BITS + SEQUENCE_BITS) | days << SEQUENCE_BITS | sequence;
}

int32_t window_id_corridor(int64_t window_id)
{
    assert(window_id > 0);
    return (int32_t)(window_id >> (DATE_BITS + SEQUENCE_BITS));
}

calendar_date window_id_date(int64_t window_id)
{
    assert(window_id > 0);
    return (calendar_date)(window_id >> SEQUENCE_BITS & DATE_MAX) + DAYS_1970_TO_2000;
}

int32_t window_id_sequence(int64_t window_id)
{
    assert(window_id > 0);
    return (int32_t)(window_id & WINDOW_SEQUENCE_MAX);
}

/* ---- life ---- */

static const char *const state_names[WINDOW_STATE_COUNT] = {
    [WINDOW_OPEN] = "OPEN",       [WINDOW_CLOSING] = "CLOSING",
    [WINDOW_CLOSED] = "CLOSED",   [WINDOW_INSTRUCTED] = "INSTRUCTED",
    [WINDOW_SETTLED] = "SETTLED", [WINDOW_FAILED] = "FAILED",
    [WINDOW_HELD] = "HELD",       [WINDOW_REOPENED] = "REOPENED",
};

/* The drawing in window.h, row by row; a test compares the two. */
static const struct window_transition transitions[] = {
    {WINDOW_OPEN, WINDOW_CLOSING, "every partition passed the cut-off, or the grace has ended",
     "settle_begin"},
    {WINDOW_CLOSING, WINDOW_CLOSED, "the cuts are stored and the nets are proved", "settle_close"},
    {WINDOW_CLOSED, WINDOW_INSTRUCTED, "instructions and expected items are written",
     "settle_instruct"},
    {WINDOW_INSTRUCTED, WINDOW_SETTLED, "every instruction is settled", "settle_confirm"},
    {WINDOW_CLOSING, WINDOW_HELD,
     "somebody holds it, or a rate lock of its payments is not there yet", "settle_hold"},
    {WINDOW_HELD, WINDOW_CLOSING, "what held it has come", "settle_begin"},
    {WINDOW_CLOSED, WINDOW_SETTLED, "nothing is owed: no instruction is needed", "settle_skip"},
    {WINDOW_INSTRUCTED, WINDOW_FAILED, "an instruction was rejected for good, or came back",
     "settle_fail"},
    {WINDOW_SETTLED, WINDOW_FAILED, "a bank sends money back", "settle_return"},
    {WINDOW_FAILED, WINDOW_INSTRUCTED, "two people settle outside what was left", "settle_abandon"},
    {WINDOW_FAILED, WINDOW_REOPENED, "two people approved to instruct again", "settle_reopen"},
    {WINDOW_REOPENED, WINDOW_INSTRUCTED, "new instructions are written", "settle_instruct"},
};

const char *window_state_name(enum window_state state)
{
    assert(state >= WINDOW_OPEN && state < WINDOW_STATE_COUNT);
    return state_names[state];
}

bool window_state_parse(struct text name, enum window_state *ret_state)
{
    for (int i = 0; i < WINDOW_STATE_COUNT; i++)
        if (text_is(name, state_names[i])) {
            *ret_state = (enum window_state)i;
            return true;
        }
    return false;
}

const struct window_transition *window_transitions(size_t *ret_count)
{
    *ret_count = COUNT_OF(transitions);
    return transitions;
}

const struct window_transition *window_transition(enum window_state from, enum window_state to)
{
    for (size_t i = 0; i < COUNT_OF(transitions); i++)
        if (transitions[i].from == from && transitions[i].to == to)
            return &transitions[i];
    return NULL;
}

static void hint_targets(enum window_state from, struct error *error)
{
    char targets[128] = "";
    size_t used = 0;

    for (size_t i = 0; i < COUNT_OF(transitions); i++) {
        struct text name = text_of(state_names[transitions[i].to]);

        if (transitions[i].from != from || used + name.size + 2 >= sizeof targets)
            continue;
        targets[used] = ' ';
        memcpy(targets + used + 1, name.data, name.size);
        used += name.size + 1;
        targets[used] = '\0';
    }
    (void)error_hint(error, "from %s a window goes to:%s", state_names[from],
                     used == 0 ? " nowhere" : targets);
}

enum status window_move(struct window *window, enum window_state to, struct error *error)
{
    enum window_state from = window->state;

    assert(from >= WINDOW_OPEN && from < WINDOW_STATE_COUNT);
    assert(to >= WINDOW_OPEN && to < WINDOW_STATE_COUNT);
    if (window_transition(from, to) != NULL) {
        window->state = to;
        return OK;
    }
    (void)error_set(error, REJECT, "could not move window %lld to %s", (long long)window->window_id,
                    state_names[to]);
    (void)error_detail(error, "it is %s", state_names[from]);
    hint_targets(from, error);
    return REJECT;
}

/* ---- membership ---- */

void assert_window_view_state(const struct window_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        assert(view->windows[i].opens_at_us < view->windows[i].cut_off_us);
        assert(view->cuts[i] >= 0);
        if (i == 0)
            continue;
        assert(view->windows[i - 1].cut_off_us <= view->windows[i].opens_at_us);
        assert(view->cuts[i - 1] <= view->cuts[i]); /* (2) */
    }
}

static bool belongs(const struct window_view *view, size_t index, int64_t watermark_us,
                    int64_t offset)
{
    return watermark_us < view->windows[index].cut_off_us && offset < view->cuts[index]; /* (1) */
}

size_t window_of(const struct window_view *view, int64_t watermark_us, int64_t offset)
{
    for (size_t i = 0; i < view->count; i++)
        if (belongs(view, i, watermark_us, offset))
            return i;
    return WINDOW_NONE;
}

void window_cursor_begin(struct window_cursor *cursor, const struct window_view *view)
{
    *cursor = (struct window_cursor){.cut_off_us = INT64_MIN, .view = *view};
}

size_t window_cursor_advance(struct window_cursor *cursor, int64_t watermark_us, int64_t offset)
{
    const struct window_view *view = &cursor->view;

    assert(offset >= 0);
    while (cursor->index < view->count && !belongs(view, cursor->index, watermark_us, offset))
        cursor->index++; /* (2): what was passed once stays passed */
    if (cursor->index == view->count) {
        cursor->cut_off_us = INT64_MIN;
        return WINDOW_NONE;
    }
    cursor->cut_off_us = view->windows[cursor->index].cut_off_us;
    cursor->opens_at_us = view->windows[cursor->index].opens_at_us;
    cursor->cut = view->cuts[cursor->index];
    return cursor->index;
}

/* The first record whose watermark is at or above cut_off_us, record_count where none is. */
static size_t first_at_or_above(const int64_t *watermarks_us, size_t record_count,
                                int64_t cut_off_us)
{
    size_t low = 0;
    size_t high = record_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (watermarks_us[middle] >= cut_off_us)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

size_t window_cut_crossings(const struct window *windows, size_t window_count,
                            int64_t watermark_before_us, const int64_t *offsets,
                            const int64_t *watermarks_us, size_t record_count,
                            struct window_crossing *ret_crossings)
{
    size_t count = 0;

    for (size_t i = 0; i < window_count; i++) {
        size_t first;

        assert(i == 0 || windows[i - 1].cut_off_us <= windows[i].cut_off_us);
        if (windows[i].cut_off_us <= watermark_before_us)
            continue; /* passed before this batch */
        first = first_at_or_above(watermarks_us, record_count, windows[i].cut_off_us);
        if (first == record_count)
            break; /* nor will a later cut-off be passed */
        ret_crossings[count++] = (struct window_crossing){i, offsets[first]};
    }
    return count;
}
