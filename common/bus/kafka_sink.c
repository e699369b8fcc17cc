/*
 * kafka_sink.c - see kafka_sink.h.
 *
 * Every error but a retriable commit ends the sink. The client's own ways on from an abortable
 * error have had faults (a fatal error that lets begin hang, a producer that fences itself); a new
 * client under the same transactional id needs none of them.
 */
#include "bus/kafka_sink.h"

#include "base/clock.h"
#include "bus/kafka_conf.h"
#include "bus/kafka_secret.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    INIT_WAIT_MS = 30000,
    ABORT_WAIT_MS = 5000,
    QUERY_WAIT_MS = 5000,
    POSITION_WAIT_MS = 15000, /* to read the position topic to its end */
    POSITION_SPAN = 1000,     /* offsets looked at first, from the end */
    QUEUE_WAIT_MS = 10000,    /* for room in the client's queue */
    CLOSE_WAIT_MS = 5000,
    COMMIT_ATTEMPTS = 5,
};

struct kafka_sink {
    struct sink sink; /* first: a sink is one of these */
    struct kafka_sink_settings settings;
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    struct kafka_secret secret;
    rd_kafka_resp_err_t undelivered; /* why a message of this transaction did not arrive; 0 */
};

/* ---- configuration ---- */

static const struct kafka_property defaults[] = {
    {"linger.ms", "5"},
    {"batch.num.messages", "10000"},
    {"compression.type", "lz4"},
    {"transaction.timeout.ms", "30000"},
    {"message.timeout.ms", "20000"},
    {"socket.keepalive.enable", "true"},
    {"reconnect.backoff.max.ms", "2000"},
    {"log.connection.close", "false"},
};

static const struct kafka_property fixed[] = {
    {"enable.idempotence", "true"},
    {"acks", "all"},
    {"partitioner", "murmur2_random"},
    {"allow.auto.create.topics", "false"},
    {"queue.buffering.max.kbytes", "131072"},
    {"isolation.level", "read_uncommitted"}, /* of watermarks alone: (2) */
};

/* Of the client that reads the position topic. */
static const struct kafka_property reading[] = {
    {"isolation.level", "read_committed"}, {"enable.partition.eof", "true"},
    {"auto.offset.reset", "error"},        {"check.crcs", "true"},
    {"allow.auto.create.topics", "false"}, {"queued.max.messages.kbytes", "4096"},
    {"log.connection.close", "false"},
};

/* Properties that stand in the deployment's kafka.* for its consumers' sake. */
static bool is_of_consumers(const char *name)
{
    static const char *const names[] = {"isolation.level", "enable.auto.commit",
                                        "enable.partition.eof", "auto.offset.reset"};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque)
{
    struct kafka_sink *kafka = opaque;

    (void)client;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR &&
        kafka->undelivered == RD_KAFKA_RESP_ERR_NO_ERROR)
        kafka->undelivered = message->err;
}

static enum status conf_make(const struct kafka_settings *settings,
                             const struct kafka_property *first, size_t first_count,
                             const struct kafka_property *last, size_t last_count,
                             struct error *error, rd_kafka_conf_t **ret_conf)
{
    const struct kafka_property own[] = {{"bootstrap.servers", settings->brokers},
                                         {"client.id", settings->client_id}};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    enum status status = kafka_properties_set(conf, first, first_count, error);

    if (status == OK)
        status = kafka_properties_set(conf, own, COUNT_OF(own), error);
    for (size_t i = 0; status == OK && i < settings->property_count; i++)
        if (!is_of_consumers(settings->properties[i].name))
            status = kafka_properties_set(conf, &settings->properties[i], 1, error);
    if (status == OK)
        status = kafka_properties_set(conf, last, last_count, error);
    if (status == OK)
        status = kafka_secrets_set(settings, conf, error);
    if (status != OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    kafka_log_silence(conf);
    *ret_conf = conf;
    return OK;
}

static enum status client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, struct error *error,
                              rd_kafka_t **ret_client)
{
    char said[KAFKA_ERROR_SIZE];
    rd_kafka_t *client = rd_kafka_new(type, conf, said, sizeof said);

    if (client == NULL) {
        rd_kafka_conf_destroy(conf);
        error_configuration(error, "could not make a Kafka client");
        return error_detail(error, "%s", said);
    }
    *ret_client = client;
    return OK;
}

static enum status producer_make(struct kafka_sink *kafka, struct error *error)
{
    const struct kafka_property id = {"transactional.id", kafka->settings.transactional_id};
    rd_kafka_conf_t *conf;
    enum status status =
        kafka_fixed_refuse(&kafka->settings.kafka, fixed, COUNT_OF(fixed) - 1, error);

    if (status == OK)
        status = conf_make(&kafka->settings.kafka, defaults, COUNT_OF(defaults), fixed,
                           COUNT_OF(fixed), error, &conf);
    if (status != OK)
        return status;
    status = kafka_properties_set(conf, &id, 1, error);
    if (status != OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    rd_kafka_conf_set_opaque(conf, kafka);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    return client_new(RD_KAFKA_PRODUCER, conf, error, &kafka->client);
}

/* ---- what the client and the broker say ---- */

static bool is_fenced(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
           code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

static bool is_hopeless(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
           code == RD_KAFKA_RESP_ERR_INVALID_RECORD || code == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE;
}

/* The one place where a code of the library becomes an answer. A fatal error of the client hides
 * the first cause behind its own code. */
static enum status sink_failed(struct kafka_sink *kafka, rd_kafka_resp_err_t code, const char *what,
                               struct error *error)
{
    char said[KAFKA_ERROR_SIZE];
    rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(kafka->client, said, sizeof said);

    if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR)
        code = fatal;
    else if (kafka->undelivered != RD_KAFKA_RESP_ERR_NO_ERROR)
        code = kafka->undelivered;
    sink_away(error, "%s", what);
    error_detail(error, "topic %s: %s", kafka->settings.kafka.topic, rd_kafka_err2name(code));
    error_hint(error, "check the broker, that the topic exists, and kafka.*");
    if (is_fenced(code)) {
        error->cause = CAUSE_FENCED;
        error_hint(error, "another relay publishes under transactional id %s",
                   kafka->settings.transactional_id);
    }
    if (is_hopeless(code)) {
        error->status = FATAL;
        error_hint(error, "the topic's max.message.bytes must take %d bytes", SINK_VALUE_MAX);
    }
    return error->status;
}

/* Frees failure; NULL is OK. */
static enum status sink_answer(struct kafka_sink *kafka, rd_kafka_error_t *failure,
                               const char *what, struct error *error)
{
    rd_kafka_resp_err_t code;

    if (failure == NULL)
        return OK;
    code = rd_kafka_error_code(failure);
    rd_kafka_error_destroy(failure);
    return sink_failed(kafka, code, what, error);
}

/* ---- the position record ---- */

struct position_reader {
    struct kafka_sink *kafka;
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    int64_t end;        /* where reading ended: the last stable offset */
    bool is_unreadable; /* our last record is not what we write */
};

static void position_take(struct position_reader *reader, const rd_kafka_message_t *message,
                          struct sink_position *position)
{
    const struct text key = {message->key, message->key_len};

    if (text_is(key, reader->kafka->settings.destination))
        reader->is_unreadable =
            !sink_position_parse((struct text){message->payload, message->len}, position);
}

/* From start to the end of what is committed. */
static enum status position_scan(struct position_reader *reader, int64_t start, struct error *error,
                                 struct sink_position *position)
{
    int64_t deadline_us = clock_monotonic_us() + POSITION_WAIT_MS * 1000LL;
    enum status status = RETRY;

    if (rd_kafka_consume_start(reader->topic, 0, start) != 0)
        return sink_failed(reader->kafka, rd_kafka_last_error(),
                           "could not read the position topic", error);
    sink_away(error, "the position topic %s could not be read to its end",
              reader->kafka->settings.position_topic);
    while (status == RETRY && clock_monotonic_us() < deadline_us) {
        rd_kafka_message_t *message = rd_kafka_consume(reader->topic, 0, 100);

        if (message == NULL)
            continue;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            position_take(reader, message, position);
        else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            reader->end = message->offset;
            status = OK;
        }
        rd_kafka_message_destroy(message);
    }
    rd_kafka_consume_stop(reader->topic, 0);
    return status;
}

/* Looks at the last records first, then at ever more: ours may be rare among others'. */
static enum status position_find(struct position_reader *reader, int64_t low, int64_t high,
                                 struct error *error)
{
    struct sink_position position = {.is_kept = true};
    int64_t span = POSITION_SPAN;
    int64_t start = high;
    enum status status = OK;

    while (status == OK && position.next_number == 0 && !reader->is_unreadable && start > low) {
        start = high - low > span ? high - span : low;
        status = position_scan(reader, start, error, &position);
        span *= 16;
    }
    if (status == OK && high > low && reader->end < high) { /* (2) */
        sink_away(error, "an open transaction hides the end of position topic %s",
                  reader->kafka->settings.position_topic);
        return error_hint(error, "nobody else may write there; it ends by itself");
    }
    if (status == OK && reader->is_unreadable)
        return error_set(error, FATAL, "the position in topic %s is not one of ours",
                         reader->kafka->settings.position_topic);
    if (status == OK)
        reader->kafka->sink.position = position;
    return status;
}

static enum status position_topic_check(struct kafka_sink *kafka, rd_kafka_topic_t *topic,
                                        struct error *error)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(kafka->client, 0, topic, &metadata, QUERY_WAIT_MS);
    int partitions = 0;

    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1) {
        code = metadata->topics[0].err;
        partitions = metadata->topics[0].partition_cnt;
    }
    if (metadata != NULL)
        rd_kafka_metadata_destroy(metadata);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && partitions == 1)
        return OK;
    sink_away(error, "there is no position topic %s of one partition",
              kafka->settings.position_topic);
    error_detail(error, "%s, %d partitions", rd_kafka_err2name(code), partitions);
    return error_hint(error, "make it: 1 partition, cleanup.policy=compact");
}

static enum status position_read_by(struct position_reader *reader, struct error *error)
{
    struct kafka_sink *kafka = reader->kafka;
    enum status status = position_topic_check(kafka, reader->topic, error);
    rd_kafka_resp_err_t code;
    int64_t high = 0;
    int64_t low = 0;

    if (status != OK)
        return status;
    code = rd_kafka_query_watermark_offsets(kafka->client, kafka->settings.position_topic, 0, &low,
                                            &high, QUERY_WAIT_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return sink_failed(kafka, code, "could not find the end of the position topic", error);
    return position_find(reader, low, high, error);
}

static enum status position_read(struct kafka_sink *kafka, struct error *error)
{
    struct position_reader reader = {.kafka = kafka};
    rd_kafka_conf_t *conf;
    enum status status =
        conf_make(&kafka->settings.kafka, NULL, 0, reading, COUNT_OF(reading), error, &conf);

    if (status == OK)
        status = client_new(RD_KAFKA_CONSUMER, conf, error, &reader.client);
    if (status != OK)
        return status;
    reader.topic = rd_kafka_topic_new(reader.client, kafka->settings.position_topic, NULL);
    status = reader.topic == NULL ? sink_away(error, "could not read the position topic")
                                  : position_read_by(&reader, error);
    if (reader.topic != NULL)
        rd_kafka_topic_destroy(reader.topic);
    rd_kafka_destroy(reader.client);
    return status;
}

/* ---- sending ---- */

static rd_kafka_headers_t *headers_of(const struct sink_message *message)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(5);
    char id[UUID_TEXT_SIZE];
    char number[32];

    uuid_format(&message->message_id, id);
    snprintf(number, sizeof number, "%lld", (long long)message->number);
    rd_kafka_header_add(headers, "message_id", -1, id, -1);
    rd_kafka_header_add(headers, "schema", -1, message->schema.data, (ssize_t)message->schema.size);
    rd_kafka_header_add(headers, "schema_version", -1, "1", 1);
    rd_kafka_header_add(headers, "number", -1, number, -1);
    rd_kafka_header_add(headers, "content_type", -1, "application/json", -1);
    return headers;
}

static rd_kafka_resp_err_t message_try(struct kafka_sink *kafka, const struct sink_message *message)
{
    rd_kafka_headers_t *headers = headers_of(message);
    rd_kafka_resp_err_t code =
        rd_kafka_producev(kafka->client, RD_KAFKA_V_RKT(kafka->topic),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_KEY(message->key.data, message->key.size),
                          RD_KAFKA_V_VALUE((void *)(uintptr_t)message->value.data,
                                           message->value.size),
                          RD_KAFKA_V_TIMESTAMP(message->timestamp_ms), RD_KAFKA_V_HEADERS(headers),
                          RD_KAFKA_V_END);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_headers_destroy(headers);
    return code;
}

static enum status message_put(struct kafka_sink *kafka, const struct sink_message *message,
                               int64_t deadline_us, struct error *error)
{
    rd_kafka_resp_err_t code = message_try(kafka, message);

    while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && clock_monotonic_us() < deadline_us) {
        rd_kafka_poll(kafka->client, 10);
        code = message_try(kafka, message);
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return OK;
    return sink_failed(kafka, code, "could not hand a message to the Kafka client", error);
}

static enum status position_put(struct kafka_sink *kafka, const struct sink_message *last,
                                struct error *error)
{
    char value[SINK_POSITION_SIZE];
    size_t size = sink_position_format(last->number + 1, &last->message_id, value);
    rd_kafka_resp_err_t code =
        rd_kafka_producev(kafka->client, RD_KAFKA_V_TOPIC(kafka->settings.position_topic),
                          RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_KEY(kafka->settings.destination,
                                         strlen(kafka->settings.destination)),
                          RD_KAFKA_V_VALUE(value, size), RD_KAFKA_V_END);

    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return OK;
    return sink_failed(kafka, code, "could not hand the position to the Kafka client", error);
}

/* -1: as long as the transaction has left, which the broker bounds. */
static enum status transaction_end(struct kafka_sink *kafka, struct error *error)
{
    rd_kafka_error_t *failure = rd_kafka_commit_transaction(kafka->client, -1);

    for (int i = 1; i < COMMIT_ATTEMPTS && failure != NULL && rd_kafka_error_is_retriable(failure);
         i++) {
        rd_kafka_error_destroy(failure);
        failure = rd_kafka_commit_transaction(kafka->client, -1);
    }
    return sink_answer(kafka, failure, "could not commit a Kafka transaction", error);
}

/* Consumers need not wait for the transaction's time-out. Whether it works is of no matter. */
static void transaction_abort(struct kafka_sink *kafka)
{
    if (rd_kafka_fatal_error(kafka->client, NULL, 0) == RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_error_destroy(rd_kafka_abort_transaction(kafka->client, ABORT_WAIT_MS));
}

static enum status transaction_fill(struct kafka_sink *kafka, const struct sink_message *messages,
                                    size_t count, struct error *error)
{
    int64_t deadline_us = clock_monotonic_us() + QUEUE_WAIT_MS * 1000LL;
    enum status status = OK;

    for (size_t i = 0; status == OK && i < count; i++)
        status = message_put(kafka, &messages[i], deadline_us, error);
    return status == OK ? position_put(kafka, &messages[count - 1], error) : status;
}

static enum status kafka_send(struct sink *sink, const struct sink_message *messages, size_t count,
                              struct error *error, size_t *ret_sent)
{
    struct kafka_sink *kafka = (struct kafka_sink *)sink;
    enum status status;

    assert(count > 0);
    *ret_sent = 0;
    if (kafka->secret.read != NULL)
        (void)kafka_secret_look(&kafka->secret, clock_monotonic_us(), &kafka->client, 1);
    if (rd_kafka_fatal_error(kafka->client, NULL, 0) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return sink_failed(kafka, RD_KAFKA_RESP_ERR__FATAL, "the Kafka client cannot go on", error);
    kafka->undelivered = RD_KAFKA_RESP_ERR_NO_ERROR;
    status = sink_answer(kafka, rd_kafka_begin_transaction(kafka->client),
                         "could not begin a Kafka transaction", error);
    if (status != OK)
        return status;
    status = transaction_fill(kafka, messages, count, error);
    if (status == OK)
        status = transaction_end(kafka, error);
    if (status == OK)
        *ret_sent = count;
    else
        transaction_abort(kafka);
    return status;
}

/* ---- closing and opening ---- */

static void sink_free(struct kafka_sink *kafka)
{
    if (kafka->topic != NULL)
        rd_kafka_topic_destroy(kafka->topic);
    if (kafka->client != NULL) {
        rd_kafka_purge(kafka->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                          RD_KAFKA_PURGE_F_NON_BLOCKING);
        rd_kafka_destroy(kafka->client);
    }
    free(kafka);
}

static void *close_thread(void *argument)
{
    sink_free(argument);
    return NULL;
}

/* The client's end may hang; correctness needs no clean one, so it gets a deadline. */
static void kafka_close(struct sink *sink)
{
    struct timespec deadline;
    pthread_t thread;

    if (pthread_create(&thread, NULL, close_thread, sink) != 0)
        return;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += CLOSE_WAIT_MS / 1000;
    if (pthread_timedjoin_np(thread, NULL, &deadline) != 0)
        pthread_detach(thread);
}

static const struct sink_ops kafka_sink_ops = {.send = kafka_send, .close = kafka_close};

enum status kafka_sink_open(const struct kafka_sink_settings *settings, struct error *error,
                            struct sink **ret_sink)
{
    struct kafka_sink *kafka = calloc(1, sizeof *kafka);
    enum status status;

    if (kafka == NULL)
        return error_set(error, FATAL, "out of memory for a Kafka producer");
    kafka->sink.ops = &kafka_sink_ops;
    kafka->settings = *settings;
    kafka_secret_watch(&kafka->secret, &kafka->settings.kafka);
    status = producer_make(kafka, error);
    if (status == OK)
        status = sink_answer(kafka, rd_kafka_init_transactions(kafka->client, INIT_WAIT_MS),
                             "could not begin to publish to Kafka", error);
    if (status == OK)
        status = position_read(kafka, error);
    if (status == OK)
        kafka->topic = rd_kafka_topic_new(kafka->client, settings->kafka.topic, NULL);
    if (status == OK && kafka->topic == NULL)
        status = sink_away(error, "could not publish to topic %s", settings->kafka.topic);
    if (status != OK) {
        kafka_close(&kafka->sink);
        return status;
    }
    *ret_sink = &kafka->sink;
    return OK;
}
