/*
 * backoff.c - see backoff.h.
 */
#include "runtime/backoff.h"

#include "base/clock.h"
#include "runtime/stop.h"

#include <limits.h>

const struct backoff_policy backoff_default = {.first_ms = 100, .ceiling_ms = 15000};

void backoff_init(struct backoff *backoff, const struct backoff_policy *policy, uint64_t seed)
{
    assert(policy->first_ms >= 1);
    assert(policy->ceiling_ms >= policy->first_ms);
    assert(policy->end_ms >= 0);
    *backoff = (struct backoff){.policy = *policy, .random = seed};
}

void backoff_reset(struct backoff *backoff)
{
    backoff->attempt = 0;
}

/* splitmix64 (Steele, Lea and Flood, OOPSLA 2014): spreads waits, guards nothing. */
static uint64_t random_next(struct backoff *backoff)
{
    uint64_t mixed = backoff->random += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

/* first_ms * 2^attempt, at most ceiling_ms, without ever computing past it. */
static int64_t full_wait_ms(const struct backoff *backoff)
{
    int64_t wait_ms = backoff->policy.first_ms;

    for (int i = 0; i < backoff->attempt && wait_ms < backoff->policy.ceiling_ms; i++)
        wait_ms =
            wait_ms > backoff->policy.ceiling_ms / 2 ? backoff->policy.ceiling_ms : wait_ms * 2;
    return wait_ms;
}

int64_t backoff_next_ms(struct backoff *backoff, int64_t now_us)
{
    int64_t full_ms = full_wait_ms(backoff);
    int64_t wait_ms = full_ms - (int64_t)(random_next(backoff) % (uint64_t)(full_ms / 2 + 1));
    int64_t left_ms;

    assert(wait_ms >= 1 && wait_ms <= backoff->policy.ceiling_ms);
    if (backoff->attempt == 0)
        backoff->since_us = now_us;
    if (backoff->attempt < INT_MAX)
        backoff->attempt++;
    if (backoff->policy.end_ms == 0)
        return wait_ms;
    left_ms = backoff->policy.end_ms - (now_us - backoff->since_us) / 1000;
    if (left_ms <= 0)
        return -1;
    return wait_ms < left_ms ? wait_ms : left_ms;
}

enum backoff_answer backoff_wait(struct backoff *backoff)
{
    int64_t wait_ms = backoff_next_ms(backoff, clock_monotonic_us());

    if (wait_ms < 0)
        return BACKOFF_ENDED;
    return stop_wait(wait_ms) ? BACKOFF_STOPPED : BACKOFF_AGAIN;
}
