/*
 * amqp_record.h - an AMQP 0.9.1 message as a record (base/record.h).
 *
 * | record       | of the message                                                              |
 * |--------------|-----------------------------------------------------------------------------|
 * | offset       | of a stream: header x-stream-offset, int64; of a queue: given by the caller |
 * | timestamp_ms | header timestamp_in_ms (int64, as RabbitMQ's own plug-in writes it), else   |
 * |              | the property timestamp, in seconds; else -1                                 |
 * | key          | property message_id; none: null                                             |
 * | value        | the body; an empty one: null, for AMQP has no other way to say "no value"   |
 * | headers      | the other properties as "amqp.NAME", in the order of the specification;     |
 * |              | then the header table, in its order, without what the broker adds to each   |
 * |              | delivery: x-stream-offset; of a queue also x-delivery-count,                |
 * |              | x-acquired-count                                                            |
 *
 * The value of a header is: the bytes of a text or byte array; digits of an integer or a time;
 * true or false; null of void; digits and "e-N" of a decimal; the bytes of IEEE 754, big-endian,
 * of a float; the AMQP encoding of a table or an array.
 *
 * (1) The same message gives the same record: archive, anchor and audit depend on it.
 */
#ifndef SAWA_BUS_AMQP_RECORD_H
#define SAWA_BUS_AMQP_RECORD_H

#include "base/buffer.h"
#include "base/record.h"
#include "bus/amqp_library.h"

/* Fills all of *ret_record but the partition; headers is cleared and holds its headers. The
 * rest is borrowed from message. False: no stream delivered it, or the headers pass the
 * ceiling of their buffer. */
must_use bool amqp_record_read(const amqp_message_t *message, struct buffer *headers,
                               struct record *ret_record);

/* The same for a message that a queue delivered; false for its headers alone. */
must_use bool amqp_record_read_queued(const amqp_message_t *message, int64_t offset,
                                      struct buffer *headers, struct record *ret_record);

/* How often a quorum queue delivered the message before, as its header says; 0: it says nothing. */
int64_t amqp_record_deliveries(const amqp_message_t *message);

/* The offset alone; -1: no stream delivered the message. */
int64_t amqp_record_offset(const amqp_message_t *message);

#endif
