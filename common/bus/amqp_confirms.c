/*
 * amqp_confirms.c - which messages of a batch are settled; see amqp_sink.h.
 */
#include "bus/amqp_sink.h"

static void settle(struct confirms *confirms, size_t index, bool is_ack)
{
    if ((confirms->states[index] & CONFIRM_SETTLED) != 0)
        return;
    confirms->states[index] |= CONFIRM_SETTLED;
    confirms->settled++;
    if (!is_ack)
        confirms_refuse(confirms, index);
}

bool confirms_take(struct confirms *confirms, uint64_t tag, bool multiple, bool is_ack)
{
    size_t index;

    if (tag < confirms->first_tag || tag - confirms->first_tag >= confirms->published)
        return false;
    index = (size_t)(tag - confirms->first_tag);
    for (size_t i = multiple ? confirms->floor : index; i <= index; i++)
        settle(confirms, i, is_ack);
    while (confirms->floor < confirms->published &&
           (confirms->states[confirms->floor] & CONFIRM_SETTLED) != 0)
        confirms->floor++;
    return true;
}

void confirms_refuse(struct confirms *confirms, size_t index)
{
    assert(index < confirms->published);
    if ((confirms->states[index] & CONFIRM_REFUSED) != 0)
        return;
    confirms->states[index] |= CONFIRM_REFUSED;
    confirms->refused++;
}

size_t confirms_prefix(const struct confirms *confirms)
{
    size_t done = 0;

    while (done < confirms->published && confirms->states[done] == CONFIRM_SETTLED)
        done++;
    return done;
}
