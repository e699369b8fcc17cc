/*
 * amqp_queue.h - RabbitMQ quorum queues as a source (base/ports.h), over AMQP 0.9.1.
 *
 * A queue is one partition: its number is its place in the list of queues. A queue has no
 * offsets. The position row has a running number all the same: source_assign tells where it goes
 * on, each delivery takes the next, a record that comes again takes another one.
 *
 *            source_assign: a channel of its own
 *   idle ------------------------------------------> reading     the connection: amqp_reader.h
 *    ^                                                 |
 *    +-------------------------------------------------+
 *      source_range, or assigned no more: the channel is closed, and what is not
 *      acknowledged goes back to the queue; so too where the connection goes
 *
 * (1) An ack goes out in source_hint alone, after COMMIT, on the channel that delivered. Tag and
 *     number run together: tag = number - first + 1, or the link is dropped.
 * (2) A claim begins with source_range, and source_range closes the channel: nothing delivered
 *     before a claim is ever acknowledged after it.
 * (3) A channel number is used once per connection: what comes late from a closed one is dropped.
 * (4) A reader begins with one record on its way. The first record that was delivered less than
 *     AMQP_CAREFUL_FROM times before opens the whole prefetch; until then the window doubles with
 *     each that is committed whole. So a record that ends the worker is soon alone: of 2^n records
 *     its neighbours come n + 2 times or so, below a delivery_limit of 20.
 * (5) A record delivered more than delivery_limit times before comes with an objection. It may be
 *     committed and not acknowledged, so it is looked up, and parked where it is not known. More
 *     than AMQP_LOOK_UPS times beyond the limit it is parked unread: whoever reads it may die of
 *     it. So is one without a message_id where one is needed. None is dropped.
 *
 * Restart: the broker delivers again what was not acknowledged; what of it was committed is
 * known by its event id, or by its digest among the parked (runtime/commit.c).
 */
#ifndef SAWA_BUS_AMQP_QUEUE_H
#define SAWA_BUS_AMQP_QUEUE_H

#include "base/ports.h"
#include "bus/amqp_settings.h"

enum { AMQP_CAREFUL_FROM = 2, AMQP_LOOK_UPS = 3 };

/* Reads the list; connects at the first poll. FATAL, EXIT_CONFIGURATION: no name or too many, a
 * name twice or too long. The caller ends it with source_close; settings are copied, what they
 * point to stays the caller's. */
must_use enum status amqp_queue_open(const struct amqp_queue_settings *settings,
                                     struct error *error, struct source **ret_source);

#endif
