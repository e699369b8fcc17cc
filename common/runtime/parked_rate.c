/*
 * parked_rate.c - see parked_rate.h.
 */
#include "runtime/parked_rate.h"

static int64_t slot_number(int64_t now_us)
{
    return now_us / PARKED_SLOT_US + 1;
}

void parked_rate_add(struct parked_rate *rate, int64_t now_us, int64_t records, int64_t parked)
{
    int64_t number = slot_number(now_us);
    size_t at = (size_t)(number % PARKED_SLOTS);

    assert(records >= 0 && parked >= 0);
    if (rate->slots[at].number != number) {
        rate->slots[at].number = number;
        rate->slots[at].records = 0;
        rate->slots[at].parked = 0;
    }
    rate->slots[at].records += records;
    rate->slots[at].parked += parked;
}

bool parked_rate_exceeds(const struct parked_rate *rate, int64_t now_us,
                         const struct parked_limits *limits)
{
    int64_t oldest = slot_number(now_us) - PARKED_SLOTS; /* exclusive */
    int64_t records = 0;
    int64_t parked = 0;

    for (size_t i = 0; i < PARKED_SLOTS; i++) {
        if (rate->slots[i].number <= oldest)
            continue;
        records += rate->slots[i].records;
        parked += rate->slots[i].parked;
    }
    return limits->parked_max > 0 && parked >= limits->parked_max &&
           parked * 100 > records * limits->share_percent;
}
