/*
 * sink.h - where messages go: a batch at a time, in order.
 *
 *   kafka_sink_open | amqp_sink_open -> sink_send, sink_send, ... -> sink_close
 *
 * (1) Messages go in the order given; those of one key arrive in it.
 * (2) Any answer but OK ends the sink: the caller closes it and opens another, which finds out what
 *     the last one left. There is no other way to recover, so this one is always tested.
 * (3) sink_send waits no longer than its library's time-outs, and holds one batch at most.
 *
 * Answers: OK; RETRY with CAUSE_SOURCE: the broker is away or refuses; RETRY with CAUSE_FENCED:
 * another publisher has taken over; FATAL: a message, or the set-up, that no trying again mends.
 *
 * A sink belongs to one thread at a time.
 */
#ifndef SAWA_BUS_SINK_H
#define SAWA_BUS_SINK_H

#include "base/error.h"
#include "base/uuid.h"

enum { SINK_KEY_MAX = 64, SINK_VALUE_MAX = 65536 }; /* bytes of one message */

struct sink_message {
    int64_t number;         /* the sequencer's */
    struct uuid message_id; /* stable: who has seen it drops it */
    struct text key;
    struct text routing_key; /* RabbitMQ's */
    struct text schema;      /* name, version 1 */
    struct text value;       /* JSON */
    int64_t timestamp_ms;
};

/* How far the destination itself says it is. */
struct sink_position {
    bool is_kept;           /* the destination keeps a position (Kafka) */
    int64_t next_number;    /* 0: it has none yet */
    struct uuid message_id; /* of message next_number - 1 */
};

struct sink;

struct sink_ops {
    enum status (*send)(struct sink *sink, const struct sink_message *messages, size_t count,
                        struct error *error, size_t *ret_sent);
    void (*close)(struct sink *sink);
};

struct sink {
    const struct sink_ops *ops;
    struct sink_position position; /* as it was found when the sink was opened */
};

/* *ret_sent: how many of the first are there for good; set whatever the answer. Kafka: all or, as
 * far as anybody knows, none; the next sink's position tells. */
static inline must_use enum status sink_send(struct sink *sink, const struct sink_message *messages,
                                             size_t count, struct error *error, size_t *ret_sent)
{
    return sink->ops->send(sink, messages, count, error, ret_sent);
}

static inline void sink_close(struct sink *sink) /* NULL is fine */
{
    if (sink != NULL)
        sink->ops->close(sink);
}

/* RETRY because of the broker: `return sink_away(error, "...")`. */
enum status sink_away(struct error *error, const char *format, ...) printf_like(2, 3);

/* The value of a Kafka position record: {"next_number":7,"message_id":"..."}. False: it is none. */
enum { SINK_POSITION_SIZE = 128 };
size_t sink_position_format(int64_t next_number, const struct uuid *message_id,
                            char text[SINK_POSITION_SIZE]);
must_use bool sink_position_parse(struct text text, struct sink_position *ret_position);

#endif
