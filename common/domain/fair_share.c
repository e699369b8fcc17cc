/*
 * fair_share.c - see fair_share.h.
 */
#include "domain/fair_share.h"

/* Who comes before another where there is one too few for all; even: what everybody gets. */
static bool is_before(const struct share_member *left, const struct share_member *right,
                      size_t even)
{
    if ((left->held > even) != (right->held > even))
        return left->held > even;
    return uuid_compare(&left->id, &right->id) < 0;
}

static size_t rank_of(const struct share_member *members, size_t count, size_t me, size_t even)
{
    size_t rank = 0;

    for (size_t i = 0; i < count; i++)
        rank += i != me && is_before(&members[i], &members[me], even) ? 1 : 0;
    return rank;
}

size_t fair_share(const struct share_member *members, size_t count, size_t me, size_t partitions)
{
    size_t even = partitions / count;

    assert(me < count);
    return even + (rank_of(members, count, me, even) < partitions % count ? 1 : 0);
}
