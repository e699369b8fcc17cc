/*
 * amqp_probe.h - the first and the last offset of a stream, asked over a connection of its own.
 *
 * AMQP 0.9.1 has no call for either: the message count of a stream lags by seconds, and a consumer
 * behind the end is left waiting without a word. So two short consumers ask, at "last" and at
 * "first". A chunk of the log arrives whole, in one go: once a record of the last chunk is here, an
 * answer to any later call on that channel has the whole chunk before it.
 *
 * (1) high is the end of the stream at some moment within the call, exactly.
 * (2) Silence alone says that a stream is empty. It is believed after quiet_ms in which the broker
 *     answered other calls and its statistics, which lag by some five seconds, came to no other
 *     count than none: choose it large where believing it has consequences.
 */
#ifndef SAWA_BUS_AMQP_PROBE_H
#define SAWA_BUS_AMQP_PROBE_H

#include "bus/amqp_link.h"

/* First offset kept and first not yet written; 0 and 0: empty (2). The heartbeat of the link kept
 * goes on meanwhile. RETRY: the broker is away or the stream is not there; FATAL: it is none. */
must_use enum status amqp_probe_range(const struct amqp_settings *settings, const char *stream,
                                      int quiet_ms, struct amqp_link *kept, struct error *error,
                                      int64_t *ret_low, int64_t *ret_high);

#endif
