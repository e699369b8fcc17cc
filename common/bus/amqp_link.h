/*
 * amqp_link.h - one connection to RabbitMQ, with a deadline on everything.
 *
 *   amqp_link_open -> channel -> consume -> next, next, ... ack -> amqp_link_close
 *
 * (1) Any answer but OK breaks the link, whatever the library thinks of it: the caller closes it
 *     and opens another. amqp_link_find alone may answer REJECT and leaves it whole.
 * (2) Nothing waits longer than LINK_WAIT_MS, except amqp_link_next, which is told how long.
 * (3) TLS checks the peer's certificate and its host name; there is no switch for less.
 * (4) The password is read anew for each link and wiped; no error holds any of the URL (I12).
 *
 * Heartbeats go out and are watched within the library's calls only: who is silent for longer
 * than twice the heartbeat loses the link, and nothing else.
 */
#ifndef SAWA_BUS_AMQP_LINK_H
#define SAWA_BUS_AMQP_LINK_H

#include "bus/amqp_library.h"
#include "bus/amqp_settings.h"

enum { LINK_WAIT_MS = 5000, LINK_CLUSTER_SIZE = 128 };

/* Where a consumer begins. */
struct amqp_from {
    const char *word; /* "first", "last"; NULL: at offset */
    int64_t offset;
};

struct amqp_link;

/* RETRY: the broker is away or refuses us; FATAL, EXIT_CONFIGURATION: URL or files. */
must_use enum status amqp_link_open(const struct amqp_settings *settings, struct error *error,
                                    struct amqp_link **ret_link);
void amqp_link_close(struct amqp_link *link); /* NULL and broken ones are fine */

/* Name of the cluster and virtual host, joined by a slash. */
const char *amqp_link_cluster(const struct amqp_link *link);

must_use enum status amqp_link_channel(struct amqp_link *link, amqp_channel_t channel,
                                       struct error *error);

/* Declares the stream passively. REJECT: it is not there; the channel is closed, the link whole.
 * What was sent to the channel before has arrived when this returns. ret_count, unless NULL: how
 * many records it held some seconds ago. */
must_use enum status amqp_link_find(struct amqp_link *link, amqp_channel_t channel,
                                    const char *stream, struct error *error, uint32_t *ret_count);

/* prefetch: how many records may be on their way without an ack. FATAL, EXIT_CONFIGURATION: it is
 * there and no stream: the broker refuses the offset. */
must_use enum status amqp_link_consume(struct amqp_link *link, amqp_channel_t channel,
                                       const char *stream, const char *tag, struct amqp_from from,
                                       uint16_t prefetch, struct error *error);
must_use enum status amqp_link_cancel(struct amqp_link *link, amqp_channel_t channel,
                                      const char *tag, struct error *error);

/* Declares a quorum queue as bus/README.md says, and the one for its dead letters; makes what is
 * missing. FATAL, EXIT_CONFIGURATION: it is there and another one. */
must_use enum status amqp_link_declare_queue(struct amqp_link *link, amqp_channel_t channel,
                                             const char *queue, struct error *error);

/* Reads a queue, as amqp_link_consume does a stream. */
must_use enum status amqp_link_consume_queue(struct amqp_link *link, amqp_channel_t channel,
                                             const char *queue, const char *tag, uint16_t prefetch,
                                             struct error *error);

/* What was delivered over the channel and not acknowledged goes back to its queues. */
must_use enum status amqp_link_channel_close(struct amqp_link *link, amqp_channel_t channel,
                                             struct error *error);

/* How long to wait before the next connection, after so many that failed. Half of it varies, so
 * that workers that lost one broker do not come back at once. */
int64_t amqp_link_backoff_ms(int attempts);

/* Acknowledges all up to delivery_tag (0: all): of a stream it is credit, of a queue the end. */
must_use enum status amqp_link_ack(struct amqp_link *link, amqp_channel_t channel,
                                   uint64_t delivery_tag, struct error *error);

/* Sends a heartbeat: for who is busy elsewhere. Whether it went is found out by the next call. */
void amqp_link_beat(struct amqp_link *link);

/* For amqp_sink.c: the library's connection, and how its errors become ours (1). */
amqp_connection_state_t amqp_link_connection(const struct amqp_link *link);
enum status amqp_link_lost(struct amqp_link *link, int library_status, const char *what,
                           struct error *error);
enum status amqp_link_ended(struct amqp_link *link, const amqp_method_t *method, const char *what,
                            struct error *error);
must_use enum status amqp_link_replied(struct amqp_link *link, const char *what,
                                       struct error *error);

/* Waits up to timeout_ms for a delivery on any channel. The caller ends *ret_envelope with
 * amqp_destroy_envelope where *ret_has says there is one. */
must_use enum status amqp_link_next(struct amqp_link *link, int timeout_ms,
                                    amqp_envelope_t *ret_envelope, bool *ret_has,
                                    struct error *error);

#endif
