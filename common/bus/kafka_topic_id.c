/*
 * kafka_topic_id.c - see kafka_topic_id.h.
 */
#include "bus/kafka_topic_id.h"

#if RD_KAFKA_VERSION >= 0x02030000

static void big_endian(int64_t value, unsigned char *ret_bytes)
{
    for (int i = 0; i < 8; i++)
        ret_bytes[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
}

static struct uuid uuid_of_kafka(const rd_kafka_Uuid_t *id)
{
    struct uuid uuid;

    big_endian(rd_kafka_Uuid_most_significant_bits(id), uuid.bytes);
    big_endian(rd_kafka_Uuid_least_significant_bits(id), uuid.bytes + 8);
    return uuid;
}

/* The answer comes as an event on a queue of its own; NULL where none came in time. */
static rd_kafka_event_t *describe(rd_kafka_t *client, const char *topic, int wait_ms)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS);
    rd_kafka_TopicCollection_t *topics = rd_kafka_TopicCollection_of_topic_names(&topic, 1);
    rd_kafka_event_t *event;

    rd_kafka_AdminOptions_set_request_timeout(options, wait_ms, NULL, 0);
    rd_kafka_DescribeTopics(client, topics, options, queue);
    event = rd_kafka_queue_poll(queue, wait_ms);
    rd_kafka_TopicCollection_destroy(topics);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return event;
}

/* The code of the whole answer, else of our topic in it. */
static rd_kafka_resp_err_t id_read(rd_kafka_event_t *event, struct uuid *ret_id)
{
    const rd_kafka_TopicDescription_t **topics;
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    size_t count = 0;

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return code;
    topics =
        rd_kafka_DescribeTopics_result_topics(rd_kafka_event_DescribeTopics_result(event), &count);
    assert(count == 1);
    code = rd_kafka_error_code(rd_kafka_TopicDescription_error(topics[0]));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        *ret_id = uuid_of_kafka(rd_kafka_TopicDescription_topic_id(topics[0]));
    return code;
}

enum status kafka_topic_id(rd_kafka_t *client, const char *topic, int wait_ms, struct error *error,
                           struct uuid *ret_id)
{
    rd_kafka_event_t *event = describe(client, topic, wait_ms);
    struct uuid id = {{0}};
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;

    if (event != NULL) {
        code = id_read(event, &id);
        rd_kafka_event_destroy(event);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE) {
        error_set(error, RETRY, "could not read the id of the topic");
        return error_detail(error, "%s", rd_kafka_err2str(code));
    }
    *ret_id = id;
    return OK;
}

#else

enum status kafka_topic_id(rd_kafka_t *client, const char *topic, int wait_ms, struct error *error,
                           struct uuid *ret_id)
{
    (void)client;
    (void)topic;
    (void)wait_ms;
    (void)error;
    *ret_id = (struct uuid){{0}};
    return OK;
}

#endif
