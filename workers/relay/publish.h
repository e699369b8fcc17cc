/*
 * publish.h - events of the outbox to Kafka and RabbitMQ, each destination for itself.
 *
 *   outbox ── number ──> 1, 2, 3, ... ── read ── sink_send ──> destination
 *                                          next_number <── move ──┘
 *
 *            claim                    sink opened                failed for too long, or FATAL
 *   STANDBY ────────> OWNER (closed) ─────────────> OWNER (open) ──────────────> STANDS
 *      ^                 ^   └── any error but FATAL ──┘                            │
 *      └── fenced        └──────────────── sawa relay resume ───────────────────────┘
 *
 * (1) One sequencer numbers events densely (outbox_number): no number is left out or given twice.
 * (2) A destination gets events in the order of their numbers, from its position on.
 * (3) Kafka: the position record in the topic is the truth, next_number a hint that is never ahead
 *     of it. A topic that knows less than the hint, or other events, is another topic: it stands.
 *     RabbitMQ: next_number is the truth and moves behind the confirms.
 * (4) Who owns a destination is said by its row and a lease: courtesy, so that relays do not fence
 *     each other. The fence is Kafka's transactional id, and the row's epoch.
 * (5) A destination that fails is tried again with back-off; when that has ended it stands, says so
 *     and holds nobody up: payment files and other destinations go on.
 *
 * Each destination has a thread and a connection of its own.
 */
#ifndef SAWA_RELAY_PUBLISH_H
#define SAWA_RELAY_PUBLISH_H

#include "bus/amqp_sink.h"
#include "bus/kafka_sink.h"
#include "runtime/metric_table.h"
#include "runtime/stream_source.h"

#include <stdatomic.h>

#include "relay.h"

#define OPTION_RELAY_KAFKA_TOPIC "relay.kafka_topic"
#define OPTION_RELAY_POSITION_TOPIC "relay.kafka_position_topic"
#define OPTION_RELAY_TRANSACTIONAL_ID "relay.kafka_transactional_id"
#define OPTION_RELAY_EXCHANGE "relay.amqp_exchange"
#define OPTION_RELAY_IN_FLIGHT "relay.amqp_in_flight"
#define OPTION_RELAY_BATCH "relay.publish_batch"
#define OPTION_RELAY_LEASE "relay.publish_lease"
#define OPTION_RELAY_RETRY_FOR "relay.publish_retry_for"
#define OPTION_RELAY_KEEP "relay.publish_keep"

/* clang-format off */
#define PUBLISH_OPTIONS                                                                            \
    {.key = OPTION_RELAY_KAFKA_TOPIC, .type = OPTION_STRING, .standard = "",                       \
     .meaning = "Kafka topic that events of closed windows are published to; empty: none"},        \
    {.key = OPTION_RELAY_POSITION_TOPIC, .type = OPTION_STRING, .standard = "",                    \
     .meaning = "topic of one partition, compacted, that holds how far that topic is; empty: "     \
                "its name and -position"},                                                         \
    {.key = OPTION_RELAY_TRANSACTIONAL_ID, .type = OPTION_STRING, .standard = "",                  \
     .meaning = "the same for all relays that publish there, and nobody else's; empty: "           \
                "sawa-relay- and the topic's name"},                                               \
    {.key = OPTION_RELAY_EXCHANGE, .type = OPTION_STRING, .standard = "",                          \
     .meaning = "RabbitMQ exchange that the same events are published to; empty: none"},           \
    {.key = OPTION_RELAY_IN_FLIGHT, .type = OPTION_INT, .standard = "1000", .min = 1,              \
     .max = 10000, .unit = "messages", .meaning = "on their way to RabbitMQ without a confirm"},   \
    {.key = OPTION_RELAY_BATCH, .type = OPTION_INT, .standard = "10000", .min = 1, .max = 50000,   \
     .unit = "messages",                                                                           \
     .meaning = "in one Kafka transaction, or between two moves of a position"},                   \
    {.key = OPTION_RELAY_LEASE, .type = OPTION_DURATION_MS, .standard = "60s", .min = 100,         \
     .max = 600000, .unit = "ms",                                                                  \
     .meaning = "how long a destination waits for a relay that was killed before another one "     \
                "takes it"},                                                                       \
    {.key = OPTION_RELAY_RETRY_FOR, .type = OPTION_DURATION_MS, .standard = "15m", .min = 100,     \
     .max = 86400000, .unit = "ms",                                                                \
     .meaning = "how long a destination that fails is tried again before it stands"},              \
    {.key = OPTION_RELAY_KEEP, .type = OPTION_DURATION_MS, .standard = "168h", .min = 0,           \
     .max = 2147483647, .unit = "ms",                                                              \
     .meaning = "how long events stay in the outbox that all destinations have"}
/* clang-format on */

enum {
    DESTINATION_SIZE = 256,
    PUBLISH_BYTES_MAX = 32 * 1024 * 1024, /* of the events of one batch */
    PUBLISHERS_MAX = 2,
};

enum publish_kind { PUBLISH_KAFKA, PUBLISH_AMQP };

struct publisher {
    char destination[DESTINATION_SIZE]; /* "kafka:settlement" */
    enum publish_kind kind;
    union {
        struct kafka_sink_settings kafka;
        struct amqp_sink_settings amqp;
    } to;
    char position_topic[DESTINATION_SIZE + 16];
    char transactional_id[DESTINATION_SIZE + 16];
    struct kafka_property properties[KAFKA_PROPERTIES_MAX];
    int32_t batch_max;
    int64_t lease_ms;
    int64_t keep_ms;
    int64_t interval_ms;

    _Atomic int64_t turned_at_us; /* monotonic: began a turn; -1: waits for the database */
    struct session session;
    struct sink *sink;             /* NULL: closed */
    struct sink_message *messages; /* batch_max of them */
    bool is_owner;
    bool stands;
    bool has_moved; /* something has gone there before */
    int64_t epoch;
    int64_t next_number;
    int64_t beat_at_us; /* monotonic: when the next is due */
    int64_t expire_at_us;
    struct backoff backoff; /* of the destination; that of the database is the session's */
    struct log_gate gate;
    struct metric *sent;
    struct metric *lag_messages;
    struct metric *lag_seconds;
    struct metric *failures;
    struct metric *standing;
};

/* Fills publishers by the configuration, unconnected; *ret_count 0: none is configured. FATAL,
 * EXIT_CONFIGURATION: a key that one of them needs is missing. */
must_use enum status publishers_read(const struct program_run *run, struct error *error,
                                     struct publisher publishers[PUBLISHERS_MAX],
                                     size_t *ret_count);

/* Connects, and makes the destination known. publisher_done ends it, half-built too. */
must_use enum status publisher_start(const struct program_run *run, struct publisher *publisher,
                                     struct error *error);
/* Gives the destination to the next relay. */
void publisher_done(struct publisher *publisher);

/* One batch, or one look: *ret_sent messages went. OK with 0: there is nothing, it stands, or
 * another relay publishes (is_owner false). RETRY with CAUSE_SOURCE or CAUSE_FENCED is about the
 * destination, any other about the database. */
must_use enum status publisher_step(struct publisher *publisher, struct error *error,
                                    size_t *ret_sent);

/* After an answer of publisher_step that was about the destination: closes the sink, notes why.
 * ends: it stands from now on. */
must_use enum status publisher_failed(struct publisher *publisher, const struct error *why,
                                      bool ends, struct error *error);

/* Forgets the claim: the next step makes a new one. */
void publisher_drop(struct publisher *publisher);

/* The threads of `run`. look: FATAL where one has not turned for minutes, which no time-out of its
 * libraries explains: the process ends and starts anew. end asks them to stop and waits, but not
 * for one that hangs: then it ends the process itself, positions are safe. It answers code, or
 * EXIT_FATAL where the database refused one for good. */
struct publishing;
must_use enum status publishing_begin(const struct program_run *run, struct error *error,
                                      struct publishing **ret_publishing);
must_use enum status publishing_look(struct publishing *publishing, struct error *error);
int publishing_end(struct publishing *publishing, int code);

/* Lines about destinations for `sawa relay status`; *ret_alarming: how many stand or fail. */
must_use enum status publish_status(struct relay *relay, struct error *error,
                                    int64_t *ret_alarming);

/* A row of outbox_held.sql as a line: what is kept for a destination alone. */
void publish_held_print(const struct result *rows, int row);

int publish_command(struct program_run *run, int argc, char **argv);
int resume_command(struct program_run *run, int argc, char **argv);
int destination_command(struct program_run *run, int argc, char **argv);

#endif
