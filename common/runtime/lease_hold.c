/*
 * lease_hold.c - see lease_hold.h.
 */
#include "runtime/lease_hold.h"

/* The one door for a state. */
static void state_set(struct lease_hold *hold, size_t partition, enum lease_state state)
{
    assert(partition < LEASE_PARTITION_MAX);
    hold->ours -= hold->states[partition] == LEASE_OURS ? 1 : 0;
    hold->leaving -= hold->states[partition] == LEASE_LEAVING ? 1 : 0;
    hold->states[partition] = state;
    hold->ours += state == LEASE_OURS ? 1 : 0;
    hold->leaving += state == LEASE_LEAVING ? 1 : 0;
    assert(hold->ours + hold->leaving <= LEASE_HELD_MAX);
}

/* True: what may be claimed is another now. */
static bool state_compare(struct lease_hold *hold, size_t partition, bool seen_ours)
{
    enum lease_state before = hold->states[partition];

    if (seen_ours == (before != LEASE_ELSEWHERE))
        return false;
    if (seen_ours && hold->ours + hold->leaving == LEASE_HELD_MAX)
        return false; /* no room: it lies idle until we have some */
    state_set(hold, partition, seen_ours ? LEASE_OURS : LEASE_ELSEWHERE);
    return before != LEASE_LEAVING;
}

static const struct lease_row *row_next(const struct lease_picture *picture, size_t *at,
                                        size_t number)
{
    if (*at == picture->count || picture->rows[*at].partition != (int32_t)number)
        return NULL;
    return &picture->rows[(*at)++];
}

bool lease_hold_see(struct lease_hold *hold, const struct lease_picture *picture,
                    const struct uuid *me, int32_t partitions, int32_t *ret_lost,
                    size_t *ret_lost_count)
{
    size_t at = 0;
    bool changed = false;

    *ret_lost_count = 0;
    for (size_t number = 0; number < LEASE_PARTITION_MAX; number++) {
        const struct lease_row *row = row_next(picture, &at, number);
        bool is_there = row != NULL && (int32_t)number < partitions;
        bool seen_ours = is_there && uuid_compare(&row->holder, me) == 0;

        if (!state_compare(hold, number, seen_ours))
            continue;
        changed = true;
        if (is_there && !seen_ours)
            ret_lost[(*ret_lost_count)++] = (int32_t)number;
    }
    return changed;
}

enum lease_step lease_hold_next(const struct lease_hold *hold, const struct lease_plan *plan,
                                size_t *ret_count)
{
    *ret_count = 0;
    if (hold->leaving > 0 || hold->ours == plan->share)
        return LEASE_REST;
    if (hold->ours > plan->share) {
        *ret_count = hold->ours - plan->share;
        return LEASE_LEAVE;
    }
    *ret_count = plan->share - hold->ours;
    return plan->takeable_count > 0 ? LEASE_TAKE : LEASE_REST;
}

void lease_hold_take(struct lease_hold *hold, const int32_t *partitions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert(hold->states[partitions[i]] == LEASE_ELSEWHERE);
        state_set(hold, (size_t)partitions[i], LEASE_OURS);
    }
}

void lease_hold_leave(struct lease_hold *hold, size_t count)
{
    assert(count <= hold->ours);
    for (size_t number = LEASE_PARTITION_MAX; count > 0 && number > 0; number--) {
        if (hold->states[number - 1] != LEASE_OURS)
            continue;
        state_set(hold, number - 1, LEASE_LEAVING);
        count--;
    }
}

void lease_hold_given(struct lease_hold *hold)
{
    for (size_t number = 0; number < LEASE_PARTITION_MAX; number++)
        if (hold->states[number] == LEASE_LEAVING)
            state_set(hold, number, LEASE_ELSEWHERE);
}

void lease_hold_clear(struct lease_hold *hold)
{
    *hold = (struct lease_hold){.ours = 0};
}

size_t lease_hold_list(const struct lease_hold *hold, enum lease_state state, int32_t *partitions)
{
    size_t count = 0;

    for (size_t number = 0; number < LEASE_PARTITION_MAX; number++)
        if (hold->states[number] == state)
            partitions[count++] = (int32_t)number;
    assert(count <= LEASE_HELD_MAX);
    return count;
}
