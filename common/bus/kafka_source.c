/*
 * kafka_source.c - see kafka_source.h. Traps of the client and our rules: bus/README.md.
 */
#include "bus/kafka_source.h"

#include "base/clock.h"
#include "bus/kafka_conf.h"
#include "bus/kafka_hints.h"
#include "bus/kafka_nudge.h"
#include "bus/kafka_probe.h"
#include "bus/kafka_secret.h"
#include "bus/kafka_topic_id.h"
#include "codec/archive/records.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { KAFKA_PARTITION_MAX = 1024, KAFKA_QUERY_MS = 5000 };
enum { KAFKA_CLOSE_MS = 5000, KAFKA_HEADERS_MAX = RECORD_BYTES_MAX };

struct kafka_source {
    struct source source; /* first: a source is one of these */
    rd_kafka_t *client;
    struct kafka_nudge *nudge;
    struct kafka_probe *probe; /* NULL: nothing is read */
    rd_kafka_t *probing;       /* its client           */
    struct kafka_secret secret;
    struct kafka_hints hints;
    rd_kafka_resp_err_t refused; /* the broker does not take us for who we say; 0: it was not so */
    rd_kafka_message_t *message; /* of the last SOURCE_RECORD */
    struct buffer headers;       /* of that record */
    char topic[256];
    bool rebalanced; /* the callback ran: one event is owed */
    bool assigned;   /* and it gave us these */
    size_t partition_count;
    int32_t partitions[KAFKA_PARTITION_MAX];
};

/* ---- configuration ---- */

static const int64_t poll_interval_ms = 45000;

static const struct kafka_property defaults[] = {
    {"queued.min.messages", "30000"},      {"queued.max.messages.kbytes", "4096"},
    {"fetch.message.max.bytes", "131072"}, {"fetch.wait.max.ms", "20"},
    {"fetch.min.bytes", "65536"},          {"message.max.bytes", "4194304"},
    {"socket.keepalive.enable", "true"},   {"reconnect.backoff.max.ms", "2000"},
    {"fetch.error.backoff.ms", "100"},     {"log.connection.close", "false"},
};

static const struct kafka_property fixed[] = {
    {"enable.auto.commit", "false"},       {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},        {"check.crcs", "true"},
    {"isolation.level", "read_committed"}, {"partition.assignment.strategy", "range,roundrobin"},
    {"enable.partition.eof", "true"},      {"allow.auto.create.topics", "false"},
};

/* A rebalance waits for a member that does not come as long as that member's max.poll.interval.ms:
 * the library's five minutes would be five minutes of standing still for all. It may not be below
 * the session time-out. */
static enum status poll_interval_set(const struct kafka_settings *settings, rd_kafka_conf_t *conf,
                                     struct error *error)
{
    char value[32] = "";
    size_t size = sizeof value;
    const struct kafka_property interval = {"max.poll.interval.ms", value};
    int64_t session_ms = 0;

    if (kafka_property_is_given(settings, interval.name))
        return OK;
    if (rd_kafka_conf_get(conf, "session.timeout.ms", value, &size) != RD_KAFKA_CONF_OK ||
        !text_to_int64(text_of(value), &session_ms) || session_ms < poll_interval_ms)
        session_ms = poll_interval_ms;
    snprintf(value, sizeof value, "%lld", (long long)session_ms);
    return kafka_properties_set(conf, &interval, 1, error);
}

static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t what,
                         rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka_source *kafka = opaque;

    kafka_hints_flush(&kafka->hints, client); /* refused where they are another's by now */
    kafka->rebalanced = true;
    kafka->assigned = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    kafka->partition_count = 0;
    if (kafka->assigned)
        for (int i = 0; i < list->cnt && kafka->partition_count < KAFKA_PARTITION_MAX; i++)
            kafka->partitions[kafka->partition_count++] = list->elems[i].partition;
    rd_kafka_assign(client, NULL); /* nothing is read before the positions are claimed */
}

/* Of all the client says beside its messages, what only an operator can put right: without a word
 * a worker with a wrong password would look like one without work. */
static void on_error(rd_kafka_t *client, int code, const char *text, void *opaque)
{
    struct kafka_source *kafka = opaque;

    (void)client;
    (void)text; /* quotes addresses */
    if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL)
        kafka->refused = (rd_kafka_resp_err_t)code;
}

static enum status conf_make(const struct kafka_settings *settings, struct kafka_source *kafka,
                             struct error *error, rd_kafka_conf_t **ret_conf)
{
    const struct kafka_property own[] = {{"bootstrap.servers", settings->brokers},
                                         {"client.id", settings->client_id},
                                         {"group.id", settings->group}};
    size_t own_count = COUNT_OF(own) - (settings->group == NULL ? 1 : 0);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    enum status status = kafka_fixed_refuse(settings, fixed, COUNT_OF(fixed), error);

    if (status == OK)
        status = kafka_properties_set(conf, defaults, COUNT_OF(defaults), error);
    if (rd_kafka_version() >= 0x02020000) /* unknown before; then kafka_nudge does it */
        rd_kafka_conf_set(conf, "fetch.queue.backoff.ms", "5", NULL, 0);
    if (status == OK)
        status = kafka_properties_set(conf, own, own_count, error);
    if (status == OK)
        status = kafka_properties_set(conf, settings->properties, settings->property_count, error);
    if (status == OK)
        status = poll_interval_set(settings, conf, error);
    if (status == OK)
        status = kafka_properties_set(conf, fixed, COUNT_OF(fixed), error);
    if (status == OK)
        status = kafka_secrets_set(settings, conf, error);
    if (status != OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    rd_kafka_conf_set_opaque(conf, kafka);
    if (settings->group != NULL) {
        if (!settings->assigned_by_hand)
            rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
        rd_kafka_conf_set_error_cb(conf, on_error);
    }
    kafka_log_silence(conf);
    *ret_conf = conf;
    return OK;
}

/* ---- events ---- */

static void headers_read(struct kafka_source *kafka, struct record *record)
{
    rd_kafka_headers_t *headers;
    const void *value;
    const char *name;
    size_t size;

    record->headers = (struct text){NULL, 0};
    record->header_count = 0;
    record->objection = RECORD_FINE;
    if (rd_kafka_message_headers(kafka->message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    buffer_clear(&kafka->headers);
    while (rd_kafka_header_get_all(headers, record->header_count, &name, &value, &size) ==
           RD_KAFKA_RESP_ERR_NO_ERROR) {
        raw_header_append(&kafka->headers, text_of(name), (struct text){value, size});
        record->header_count++;
    }
    record->headers = buffer_view(&kafka->headers);
    if (buffer_failed(&kafka->headers))
        record->objection = RECORD_ABOVE_CEILING;
}

static void record_read(struct kafka_source *kafka, struct record *record)
{
    const rd_kafka_message_t *message = kafka->message;

    record->partition = message->partition;
    record->offset = message->offset;
    record->timestamp_ms = rd_kafka_message_timestamp(message, NULL);
    record->key = (struct text){message->key, message->key_len};
    record->value = (struct text){message->payload, message->len};
    record->format = RECORD_AVRO;
    headers_read(kafka, record);
}

static enum status fatal_error(struct kafka_source *kafka, struct error *error)
{
    char said[KAFKA_ERROR_SIZE] = "";
    rd_kafka_resp_err_t code = rd_kafka_fatal_error(kafka->client, said, sizeof said);

    error_set(error, FATAL, "the Kafka client cannot go on");
    error_detail(error, "%s: %s", rd_kafka_err2name(code), said);
    return error_hint(error, "the process ends and starts anew; positions are safe");
}

static void away(struct source_event *event, const char *detail)
{
    event->kind = SOURCE_AWAY;
    error_set(&event->error, RETRY, "the Kafka broker cannot be reached");
    error_detail(&event->error, "%s", detail);
    error_hint(&event->error, "check kafka.brokers; the worker goes on by itself");
}

/* Nothing came, and a broker turned us away since we last looked. */
static void refused(struct kafka_source *kafka, struct source_event *event)
{
    event->kind = SOURCE_AWAY;
    error_set(&event->error, RETRY, "the Kafka broker does not let us in");
    error_detail(&event->error, "%s", rd_kafka_err2str(kafka->refused));
    error_hint(&event->error, "check kafka.sasl.* and kafka.ssl.*; a password in its file is read "
                              "again each second");
    kafka->refused = RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* An error delivered in place of a message. */
static enum status message_error(struct kafka_source *kafka, const rd_kafka_message_t *message,
                                 struct source_event *event, struct error *error)
{
    event->partition = message->partition;
    event->offset = message->offset;
    switch (message->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF: event->kind = SOURCE_END; return OK;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: event->kind = SOURCE_OUT_OF_RANGE; return OK;
    case RD_KAFKA_RESP_ERR__FATAL: return fatal_error(kafka, error);
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED: /* a rebalance follows */
        event->kind = SOURCE_IDLE;
        return OK;
    default: away(event, rd_kafka_err2str(message->err)); return OK;
    }
}

static void kafka_release(struct source *source)
{
    struct kafka_source *kafka = (struct kafka_source *)source;

    if (kafka->message != NULL)
        rd_kafka_message_destroy(kafka->message);
    kafka->message = NULL;
}

static void password_look(struct kafka_source *kafka)
{
    rd_kafka_t *const clients[] = {kafka->client, kafka->probing};

    if (kafka->secret.read != NULL)
        (void)kafka_secret_look(&kafka->secret, clock_monotonic_us(), clients,
                                kafka->probing == NULL ? 1 : COUNT_OF(clients));
}

static enum status kafka_poll(struct source *source, int timeout_ms, struct source_event *ret_event,
                              struct error *error)
{
    struct kafka_source *kafka = (struct kafka_source *)source;
    rd_kafka_message_t *message;
    enum status status = OK;

    assert(kafka->message == NULL);
    password_look(kafka);
    message = rd_kafka_consumer_poll(kafka->client, timeout_ms);
    ret_event->kind = SOURCE_IDLE;
    if (kafka->rebalanced) { /* what came with it belongs to the old assignment */
        kafka->rebalanced = false;
        if (message != NULL)
            rd_kafka_message_destroy(message);
        ret_event->kind = kafka->assigned ? SOURCE_ASSIGNED : SOURCE_REVOKED;
        return OK;
    }
    if (message == NULL) {
        kafka_hints_look(&kafka->hints, kafka->client, clock_monotonic_us());
        if (kafka->refused != RD_KAFKA_RESP_ERR_NO_ERROR)
            refused(kafka, ret_event);
        return OK;
    }
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka->message = message;
        ret_event->kind = SOURCE_RECORD;
        record_read(kafka, &ret_event->record);
        return OK;
    }
    status = message_error(kafka, message, ret_event, error);
    rd_kafka_message_destroy(message);
    return status;
}

/* ---- the other verbs ---- */

static size_t kafka_partitions(struct source *source, int32_t *partitions, size_t max)
{
    struct kafka_source *kafka = (struct kafka_source *)source;
    size_t count = kafka->partition_count < max ? kafka->partition_count : max;

    memcpy(partitions, kafka->partitions, count * sizeof *partitions);
    return count;
}

static enum status kafka_failed(rd_kafka_resp_err_t code, const char *what, struct error *error)
{
    error_set(error, RETRY, "%s", what);
    return error_detail(error, "%s", rd_kafka_err2str(code));
}

static enum status kafka_assign(struct source *source, const struct source_start *starts,
                                size_t count, struct error *error)
{
    struct kafka_source *kafka = (struct kafka_source *)source;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    rd_kafka_resp_err_t code;

    kafka_hints_flush(&kafka->hints, kafka->client);
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, kafka->topic, starts[i].partition)->offset =
            starts[i].offset;
    code = rd_kafka_assign(kafka->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    kafka_nudge_partition(kafka->nudge, count == 0 ? -1 : starts[0].partition);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failed(code, "could not assign partitions", error);
    return OK;
}

static enum status partition_count(struct kafka_source *kafka, int32_t *ret_count,
                                   struct error *error)
{
    rd_kafka_topic_t *topic = rd_kafka_topic_new(kafka->client, kafka->topic, NULL);
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code =
        topic == NULL ? rd_kafka_last_error()
                      : rd_kafka_metadata(kafka->client, 0, topic, &metadata, KAFKA_QUERY_MS);
    enum status status = OK;

    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1)
        code = metadata->topics[0].err;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        status = kafka_failed(code, "could not read the topic's partitions", error);
    else
        *ret_count = metadata->topics[0].partition_cnt;
    if (metadata != NULL)
        rd_kafka_metadata_destroy(metadata);
    if (topic != NULL)
        rd_kafka_topic_destroy(topic);
    return status;
}

static enum status kafka_identify(struct source *source, struct source_identity *ret_identity,
                                  struct error *error)
{
    struct kafka_source *kafka = (struct kafka_source *)source;
    struct source_identity identity = {.kind = "KAFKA", .unit = "records"};
    enum status status = partition_count(kafka, &identity.partition_count, error);
    char *cluster;

    if (status == OK)
        status = kafka_topic_id(kafka->client, kafka->topic, KAFKA_QUERY_MS, error,
                                &identity.topic_uuid);
    if (status != OK)
        return status;
    cluster = rd_kafka_clusterid(kafka->client, KAFKA_QUERY_MS);
    if (cluster == NULL)
        return error_set(error, RETRY, "could not read the cluster id of the Kafka broker");
    text_copy(text_of(cluster), identity.cluster_id, sizeof identity.cluster_id);
    rd_kafka_mem_free(kafka->client, cluster);
    text_copy(text_of(kafka->topic), identity.topic, sizeof identity.topic);
    *ret_identity = identity;
    return OK;
}

/* Where a broker tells the last offset alone, librdkafka gives it for the first too. So a partition
 * is believed to be empty only when the broker finds no record of any time in it. */
static enum status check_empty(struct kafka_source *kafka, int32_t partition, int64_t high,
                               struct error *error)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *first =
        rd_kafka_topic_partition_list_add(list, kafka->topic, partition);
    rd_kafka_resp_err_t code;
    bool has_records;

    first->offset = 0; /* a time in ms */
    code = rd_kafka_offsets_for_times(kafka->client, list, KAFKA_QUERY_MS);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = first->err;
    has_records = first->offset >= 0 && first->offset < high;
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failed(code, "could not read a partition's first record", error);
    return has_records ? error_set(error, RETRY,
                                   "the broker did not tell the first offset of a"
                                   " partition that has records")
                       : OK;
}

static enum status kafka_range(struct source *source, int32_t partition, int64_t *ret_low,
                               int64_t *ret_high, struct error *error)
{
    struct kafka_source *kafka = (struct kafka_source *)source;
    int64_t low = 0;
    int64_t high = 0;
    rd_kafka_resp_err_t code =
        rd_kafka_query_watermark_offsets(kafka->client, kafka->topic, partition, &low, &high,
                                         KAFKA_QUERY_MS);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failed(code, "could not read a partition's first and last offset", error);
    *ret_low = low;
    *ret_high = high;
    return low == high && high > 0 ? check_empty(kafka, partition, high, error) : OK;
}

static int64_t kafka_high(struct source *source, int32_t partition)
{
    struct kafka_source *kafka = (struct kafka_source *)source;
    int64_t low = -1;
    int64_t high = -1;

    if (rd_kafka_get_watermark_offsets(kafka->client, kafka->topic, partition, &low, &high) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
        return -1;
    return high;
}

static void kafka_hint(struct source *source, int32_t partition, int64_t next_offset)
{
    struct kafka_source *kafka = (struct kafka_source *)source;

    kafka_hints_note(&kafka->hints, kafka->topic, partition, next_offset);
    kafka_hints_look(&kafka->hints, kafka->client, clock_monotonic_us());
}

static bool kafka_look(struct source *source, int32_t partition, int64_t offset)
{
    struct kafka_source *kafka = (struct kafka_source *)source;

    return kafka->probe != NULL && kafka_probe_ask(kafka->probe, partition, offset);
}

static bool kafka_seen(struct source *source, struct source_glance *ret_glance)
{
    struct kafka_source *kafka = (struct kafka_source *)source;

    return kafka->probe != NULL && kafka_probe_answer(kafka->probe, ret_glance);
}

static void *close_thread(void *argument)
{
    struct kafka_source *kafka = argument;

    kafka_nudge_stop(kafka->nudge);
    kafka_probe_stop(kafka->probe);
    kafka_hints_flush(&kafka->hints, kafka->client); /* the close waits for it */
    rd_kafka_consumer_close(kafka->client);
    rd_kafka_destroy(kafka->client);
    buffer_done(&kafka->headers);
    free(kafka);
    return NULL;
}

/* The client's close may hang; correctness needs no clean close, so it gets a deadline. */
static void kafka_close(struct source *source)
{
    struct kafka_source *kafka = (struct kafka_source *)source;
    struct timespec deadline;
    pthread_t thread;

    kafka_release(source);
    if (pthread_create(&thread, NULL, close_thread, kafka) != 0)
        return;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += KAFKA_CLOSE_MS / 1000;
    if (pthread_timedjoin_np(thread, NULL, &deadline) != 0)
        pthread_detach(thread);
}

static const struct source_ops kafka_ops = {
    .server = "kafka",
    .rereads = true,
    .poll = kafka_poll,
    .release = kafka_release,
    .partitions = kafka_partitions,
    .assign = kafka_assign,
    .identify = kafka_identify,
    .range = kafka_range,
    .high = kafka_high,
    .hint = kafka_hint,
    .look = kafka_look,
    .seen = kafka_seen,
    .close = kafka_close,
};

/* ---- opening ---- */

static enum status subscribe(struct kafka_source *kafka, struct error *error)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_resp_err_t code;

    rd_kafka_topic_partition_list_add(list, kafka->topic, RD_KAFKA_PARTITION_UA);
    code = rd_kafka_subscribe(kafka->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failed(code, "could not subscribe to the topic", error);
    return OK;
}

static enum status client_make(const struct kafka_settings *settings, struct kafka_source *kafka,
                               struct error *error)
{
    char said[KAFKA_ERROR_SIZE];
    rd_kafka_conf_t *conf;
    enum status status = conf_make(settings, kafka, error, &conf);

    if (status != OK)
        return status;
    kafka->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, said, sizeof said);
    if (kafka->client == NULL) {
        rd_kafka_conf_destroy(conf);
        error_configuration(error, "could not make a Kafka consumer");
        return error_detail(error, "%s", said);
    }
    if (settings->group == NULL)
        return OK;
    rd_kafka_poll_set_consumer(kafka->client);
    return settings->assigned_by_hand ? OK : subscribe(kafka, error);
}

/* A second client that only looks; it keeps next to nothing ahead. */
static enum status probe_open(const struct kafka_settings *settings, struct kafka_source *kafka,
                              struct error *error)
{
    static const struct kafka_property small[] = {{"queued.min.messages", "1"},
                                                  {"queued.max.messages.kbytes", "1024"},
                                                  {"fetch.min.bytes", "1"},
                                                  {"fetch.message.max.bytes", "16384"}};
    struct kafka_settings groupless = *settings;
    char said[KAFKA_ERROR_SIZE];
    rd_kafka_conf_t *conf;
    rd_kafka_t *client;
    enum status status;

    groupless.group = NULL;
    status = conf_make(&groupless, kafka, error, &conf);
    if (status != OK)
        return status;
    status = kafka_properties_set(conf, small, COUNT_OF(small), error);
    client = status == OK ? rd_kafka_new(RD_KAFKA_CONSUMER, conf, said, sizeof said) : NULL;
    if (client == NULL) {
        rd_kafka_conf_destroy(conf);
        return status == OK ? error_set(error, FATAL, "could not make a Kafka consumer") : status;
    }
    kafka->probing = client;
    kafka->probe = kafka_probe_start(client, kafka->topic);
    return kafka->probe == NULL ? error_set(error, FATAL, "could not start a thread") : OK;
}

enum status kafka_source_open(const struct kafka_settings *settings, struct error *error,
                              struct source **ret_source)
{
    struct kafka_source *kafka = calloc(1, sizeof *kafka);
    enum status status;

    if (kafka == NULL)
        return error_set(error, FATAL, "out of memory for a Kafka consumer");
    kafka->source.ops = &kafka_ops;
    buffer_init(&kafka->headers, KAFKA_HEADERS_MAX);
    text_copy(text_of(settings->topic), kafka->topic, sizeof kafka->topic);
    kafka_secret_watch(&kafka->secret, settings);
    status = client_make(settings, kafka, error);
    if (status == OK && settings->group != NULL)
        status = probe_open(settings, kafka, error);
    if (status != OK) {
        if (kafka->client != NULL)
            rd_kafka_destroy(kafka->client);
        free(kafka);
        return status;
    }
    if (settings->group != NULL)
        kafka->nudge = kafka_nudge_start(kafka->client, kafka->topic);
    *ret_source = &kafka->source;
    return OK;
}
