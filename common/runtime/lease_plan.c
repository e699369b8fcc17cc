/*
 * lease_plan.c - see lease_plan.h.
 */
#include "runtime/lease_plan.h"

#include <stdlib.h>

static bool is_of(const struct lease_row *row, const struct uuid *member)
{
    return uuid_compare(&row->holder, member) == 0;
}

static int by_id(const void *left, const void *right)
{
    const struct share_member *one = left;
    const struct share_member *other = right;

    return uuid_compare(&one->id, &other->id);
}

/* One entry per lease that counts, one with nothing per member without any, and one with nothing
 * for us (1). */
static size_t entries_collect(const struct lease_picture *picture, const struct uuid *me,
                              struct share_member *entries)
{
    size_t count = 0;

    entries[count++] = (struct share_member){.id = *me};
    for (size_t i = 0; i < picture->count; i++) {
        const struct lease_row *row = &picture->rows[i];

        if (row->live || is_of(row, me))
            entries[count++] = (struct share_member){row->holder, row->partition >= 0 ? 1 : 0};
    }
    return count;
}

/* Entries of one member become one. */
static size_t members_merge(struct share_member *entries, size_t count)
{
    size_t members = 0;

    qsort(entries, count, sizeof *entries, by_id);
    for (size_t i = 0; i < count; i++) {
        if (members > 0 && uuid_compare(&entries[members - 1].id, &entries[i].id) == 0)
            entries[members - 1].held += entries[i].held;
        else
            entries[members++] = entries[i];
    }
    return members;
}

static size_t member_find(const struct share_member *members, size_t count, const struct uuid *id)
{
    const struct share_member wanted = {.id = *id};
    const struct share_member *found = bsearch(&wanted, members, count, sizeof *members, by_id);

    assert(found != NULL);
    return (size_t)(found - members);
}

static void takeable_collect(const struct lease_picture *picture, const struct uuid *me,
                             bool lapsed_too, struct lease_plan *plan)
{
    plan->takeable_count = 0;
    for (size_t i = 0; i < picture->count; i++) {
        const struct lease_row *row = &picture->rows[i];

        if (row->partition < 0 || row->live || is_of(row, me))
            continue;
        if (lease_is_free(row) || lapsed_too)
            plan->takeable[plan->takeable_count++] = *row;
    }
}

void lease_plan(const struct lease_picture *picture, const struct uuid *me, int32_t partitions,
                bool lapsed_too, struct lease_plan *ret_plan)
{
    size_t entries = entries_collect(picture, me, ret_plan->counted);
    size_t members = members_merge(ret_plan->counted, entries);

    assert(partitions > 0 && partitions <= LEASE_PARTITION_MAX);
    ret_plan->members = members;
    ret_plan->share = fair_share(ret_plan->counted, members,
                                 member_find(ret_plan->counted, members, me), (size_t)partitions);
    if (ret_plan->share > LEASE_HELD_MAX)
        ret_plan->share = LEASE_HELD_MAX;
    takeable_collect(picture, me, lapsed_too, ret_plan);
}

void lease_beats_note(struct lease_beats *beats, int64_t sent_us, int64_t answered_us,
                      int64_t lease_us)
{
    if (beats->sent_us == 0 || answered_us - beats->sent_us > lease_us)
        beats->unbroken_since_us = answered_us;
    beats->sent_us = sent_us;
    beats->answered_us = answered_us;
}

bool lease_beats_trusted(const struct lease_beats *beats, int64_t lease_us)
{
    return beats->answered_us - beats->unbroken_since_us >= lease_us;
}
