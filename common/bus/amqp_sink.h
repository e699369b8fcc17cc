/*
 * amqp_sink.h - a RabbitMQ exchange as a sink: persistent, mandatory, confirmed.
 *
 * (1) A message counts as sent when the broker has confirmed it and has not returned it: what no
 *     queue takes is confirmed too, but returned first.
 * (2) What was not confirmed before the link was lost is sent again: at least once, under the same
 *     message_id; consumers drop what they know.
 * (3) At most in_flight messages are on their way. After a refused message none is sent any more,
 *     so few can pass it.
 */
#ifndef SAWA_BUS_AMQP_SINK_H
#define SAWA_BUS_AMQP_SINK_H

#include "bus/amqp_settings.h"
#include "bus/sink.h"

struct amqp_sink_settings {
    struct amqp_settings link;
    const char *exchange;
    int in_flight;
};

/* RETRY: the broker is away or has no such exchange. The strings of the settings outlive the sink;
 * the caller ends it with sink_close. */
must_use enum status amqp_sink_open(const struct amqp_sink_settings *settings, struct error *error,
                                    struct sink **ret_sink);

/* What the broker has said about each message of a batch: pure, for amqp_sink.c and tests. */
enum { CONFIRM_SETTLED = 1, CONFIRM_REFUSED = 2 };

struct confirms {
    unsigned char *states; /* count of them, all 0 at first */
    size_t published;      /* of the batch, from the first */
    size_t settled;        /* of the published */
    size_t floor;          /* all before it are settled */
    size_t refused;
    uint64_t first_tag; /* delivery tag of states[0] */
};

/* ack or nack of a tag, or of all up to it. A tag that was never published: false. */
must_use bool confirms_take(struct confirms *confirms, uint64_t tag, bool multiple, bool is_ack);

/* The broker gave this one back; its ack still comes and does not change that (1). */
void confirms_refuse(struct confirms *confirms, size_t index);

/* How many of the first are done. */
size_t confirms_prefix(const struct confirms *confirms);

#endif
