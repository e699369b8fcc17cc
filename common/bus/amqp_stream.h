/*
 * amqp_stream.h - RabbitMQ streams as a source (base/ports.h), over AMQP 0.9.1.
 *
 * A stream is one partition: its number is its place in the list of streams, so the list may
 * grow at its end and never change its order. (An order that changed is found by the anchors.)
 * The connection, and what is said when: amqp_reader.h.
 *
 * (1) Each connection begins with ASSIGNED: every position is claimed again, and its range and
 *     anchor are checked against what the broker has now. So nothing that happened to a stream
 *     while the connection was down goes unseen.
 * (2) Offsets rise by one. A record that is not the one expected is: before it, and dropped; or
 *     behind it, and the connection is dropped and all is checked again; if the same offset is
 *     missing then too, SOURCE_OUT_OF_RANGE.
 * (3) A delivery counts only under the tag of its stream's present consumer.
 * (4) An ack is credit: it goes out as records are taken, a half prefetch at a time, and says
 *     nothing about what is committed. The broker keeps no offset of ours; the position row does.
 *
 * Ownership is static: a worker reads every stream of its list. Two workers with one stream
 * fence each other by the epoch, the later claim wins; correct, but nothing is shared out.
 */
#ifndef SAWA_BUS_AMQP_STREAM_H
#define SAWA_BUS_AMQP_STREAM_H

#include "base/ports.h"
#include "bus/amqp_settings.h"

/* Reads the list; connects at the first poll. FATAL, EXIT_CONFIGURATION: no name or too many, a
 * name twice or too long. The caller ends it with source_close; settings are copied, what they
 * point to stays the caller's. */
must_use enum status amqp_stream_open(const struct amqp_reader_settings *settings,
                                      struct error *error, struct source **ret_source);

#endif
