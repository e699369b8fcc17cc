/*
 * amqp_sink.c - see amqp_sink.h.
 */
#include "bus/amqp_sink.h"

#include "bus/amqp_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

enum { CHANNEL = 1, LOOK_EVERY = 64, DELIVERY_PERSISTENT = 2, NAME_SIZE = 256 };

struct amqp_sink {
    struct sink sink; /* first: a sink is one of these */
    struct amqp_sink_settings settings;
    struct amqp_link *link;
    uint64_t next_tag; /* of the next message; the channel counts from 1 */
};

/* One call of sink_send. */
struct sending {
    struct amqp_sink *amqp;
    const struct sink_message *messages;
    size_t count;
    struct confirms confirms;
    char returned[NAME_SIZE]; /* why, of the last message that was given back; "": none */
};

/* ---- what the broker says ---- */

static enum status tag_unknown(uint64_t tag, struct error *error)
{
    sink_away(error, "the RabbitMQ broker confirmed what was not sent");
    return error_detail(error, "delivery tag %llu", (unsigned long long)tag);
}

/* The message itself follows in a header and a body: it tells which one it is. */
static void return_note(struct sending *sending, const amqp_basic_return_t *returned)
{
    snprintf(sending->returned, sizeof sending->returned, "%d %.*s, routing key %.*s",
             returned->reply_code, (int)returned->reply_text.len,
             (const char *)returned->reply_text.bytes, (int)returned->routing_key.len,
             (const char *)returned->routing_key.bytes);
}

static void returned_find(struct sending *sending, const amqp_basic_properties_t *properties)
{
    struct uuid id;

    if (!uuid_parse((struct text){properties->message_id.bytes, properties->message_id.len}, &id))
        return;
    for (size_t i = sending->confirms.floor; i < sending->confirms.published; i++)
        if (uuid_compare(&id, &sending->messages[i].message_id) == 0)
            confirms_refuse(&sending->confirms, i);
}

static enum status method_take(struct sending *sending, const amqp_method_t *method,
                               struct error *error)
{
    if (method->id == AMQP_BASIC_ACK_METHOD) {
        const amqp_basic_ack_t *ack = method->decoded;

        return confirms_take(&sending->confirms, ack->delivery_tag, ack->multiple != 0, true)
                   ? OK
                   : tag_unknown(ack->delivery_tag, error);
    }
    if (method->id == AMQP_BASIC_NACK_METHOD) {
        const amqp_basic_nack_t *nack = method->decoded;

        return confirms_take(&sending->confirms, nack->delivery_tag, nack->multiple != 0, false)
                   ? OK
                   : tag_unknown(nack->delivery_tag, error);
    }
    if (method->id == AMQP_BASIC_RETURN_METHOD) {
        return_note(sending, method->decoded);
        return OK;
    }
    amqp_link_ended(sending->amqp->link, method, "the RabbitMQ broker ended the publishing", error);
    error->cause = CAUSE_SOURCE;
    return RETRY;
}

/* Takes one frame, waiting up to timeout_ms for it. */
static enum status frame_take(struct sending *sending, int timeout_ms, struct error *error,
                              bool *ret_taken)
{
    const struct timeval wait = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    amqp_connection_state_t connection = amqp_link_connection(sending->amqp->link);
    amqp_frame_t frame;
    int code;

    if (!amqp_frames_enqueued(connection))
        amqp_maybe_release_buffers(connection);
    code = amqp_simple_wait_frame_noblock(connection, &frame, &wait);
    *ret_taken = code == AMQP_STATUS_OK;
    if (code == AMQP_STATUS_TIMEOUT)
        return OK;
    if (code != AMQP_STATUS_OK) {
        amqp_link_lost(sending->amqp->link, code, "the connection to RabbitMQ was lost", error);
        error->cause = CAUSE_SOURCE;
        return RETRY;
    }
    if (frame.frame_type == AMQP_FRAME_METHOD)
        return method_take(sending, &frame.payload.method, error);
    if (frame.frame_type == AMQP_FRAME_HEADER)
        returned_find(sending, frame.payload.properties.decoded);
    return OK;
}

static enum status frames_take(struct sending *sending, struct error *error)
{
    bool taken = true;
    enum status status = OK;

    while (status == OK && taken)
        status = frame_take(sending, 0, error, &taken);
    return status;
}

/* ---- sending ---- */

static amqp_bytes_t bytes_of(struct text text)
{
    return (amqp_bytes_t){text.size, (void *)(uintptr_t)text.data};
}

static enum status message_publish(struct sending *sending, struct error *error)
{
    const struct sink_message *message = &sending->messages[sending->confirms.published];
    amqp_table_entry_t headers[3] = {{.key = amqp_cstring_bytes("schema_version")},
                                     {.key = amqp_cstring_bytes("number")},
                                     {.key = amqp_cstring_bytes("key")}};
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG |
                  AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TYPE_FLAG | AMQP_BASIC_TIMESTAMP_FLAG |
                  AMQP_BASIC_HEADERS_FLAG,
        .content_type = amqp_cstring_bytes("application/json"),
        .delivery_mode = DELIVERY_PERSISTENT,
        .type = bytes_of(message->schema),
        .timestamp = (uint64_t)(message->timestamp_ms / 1000),
        .headers = {3, headers},
    };
    char id[UUID_TEXT_SIZE];
    int code;

    uuid_format(&message->message_id, id);
    properties.message_id = amqp_cstring_bytes(id);
    headers[0].value.kind = AMQP_FIELD_KIND_I64;
    headers[0].value.value.i64 = 1;
    headers[1].value.kind = AMQP_FIELD_KIND_I64;
    headers[1].value.value.i64 = message->number;
    headers[2].value.kind = AMQP_FIELD_KIND_UTF8;
    headers[2].value.value.bytes = bytes_of(message->key);
    code = amqp_basic_publish(amqp_link_connection(sending->amqp->link), CHANNEL,
                              amqp_cstring_bytes(sending->amqp->settings.exchange),
                              bytes_of(message->routing_key), 1, 0, &properties,
                              bytes_of(message->value));
    sending->confirms.published++; /* it may have arrived, whatever the library says */
    sending->amqp->next_tag++;
    if (code == AMQP_STATUS_OK)
        return OK;
    amqp_link_lost(sending->amqp->link, code, "could not publish to RabbitMQ", error);
    error->cause = CAUSE_SOURCE;
    return RETRY;
}

/* (3) */
static bool may_publish(const struct sending *sending)
{
    const struct confirms *confirms = &sending->confirms;

    return confirms->published < sending->count && confirms->refused == 0 &&
           confirms->published - confirms->settled < (size_t)sending->amqp->settings.in_flight;
}

static enum status confirm_await(struct sending *sending, struct error *error)
{
    bool taken = false;
    enum status status = frame_take(sending, LINK_WAIT_MS, error, &taken);

    if (status != OK || taken)
        return status;
    sink_away(error, "the RabbitMQ broker does not confirm messages");
    error_detail(error, "none of %zu in %d s",
                 sending->confirms.published - sending->confirms.settled, LINK_WAIT_MS / 1000);
    return error_hint(error,
                      "is it out of memory or disk? rabbitmqctl list_connections name state");
}

static enum status messages_publish(struct sending *sending, struct error *error)
{
    enum status status = OK;

    while (status == OK &&
           (may_publish(sending) || sending->confirms.settled < sending->confirms.published)) {
        if (!may_publish(sending)) {
            status = confirm_await(sending, error);
            continue;
        }
        status = message_publish(sending, error);
        if (status == OK && sending->confirms.published % LOOK_EVERY == 0)
            status = frames_take(sending, error);
    }
    return status;
}

static enum status refused(const struct sending *sending, struct error *error)
{
    bool unroutable = sending->returned[0] != '\0';

    sink_away(error,
              unroutable ? "no queue takes messages of exchange %s"
                         : "the RabbitMQ broker refused messages of exchange %s",
              sending->amqp->settings.exchange);
    error_detail(error, "%zu messages: %s", sending->confirms.refused,
                 unroutable ? sending->returned : "basic.nack");
    return error_hint(error, unroutable
                                 ? "bind a queue to it; nothing is lost, they are sent again"
                                 : "look at the queues bound to it: full, or without leader");
}

static enum status amqp_send(struct sink *sink, const struct sink_message *messages, size_t count,
                             struct error *error, size_t *ret_sent)
{
    struct amqp_sink *amqp = (struct amqp_sink *)sink;
    struct sending sending = {.amqp = amqp, .messages = messages, .count = count};
    enum status status;

    *ret_sent = 0;
    sending.confirms.states = calloc(count, 1);
    sending.confirms.first_tag = amqp->next_tag;
    if (sending.confirms.states == NULL)
        return error_set(error, FATAL, "out of memory for %zu messages", count);
    status = messages_publish(&sending, error);
    *ret_sent = confirms_prefix(&sending.confirms);
    if (status == OK && sending.confirms.refused > 0)
        status = refused(&sending, error);
    free(sending.confirms.states);
    return status;
}

/* ---- opening and closing ---- */

static void amqp_close(struct sink *sink)
{
    struct amqp_sink *amqp = (struct amqp_sink *)sink;

    amqp_link_close(amqp->link);
    free(amqp);
}

static const struct sink_ops amqp_sink_ops = {.send = amqp_send, .close = amqp_close};

static enum status exchange_find(struct amqp_sink *amqp, struct error *error)
{
    char what[NAME_SIZE];

    snprintf(what, sizeof what, "could not find exchange %s", amqp->settings.exchange);
    amqp_exchange_declare(amqp_link_connection(amqp->link), CHANNEL,
                          amqp_cstring_bytes(amqp->settings.exchange), amqp_cstring_bytes("topic"),
                          1, 1, 0, 0, amqp_empty_table);
    return amqp_link_replied(amqp->link, what, error);
}

static enum status sink_begin(struct amqp_sink *amqp, struct error *error)
{
    enum status status = amqp_link_channel(amqp->link, CHANNEL, error);

    if (status == OK)
        status = exchange_find(amqp, error);
    if (status != OK)
        return status;
    amqp_confirm_select(amqp_link_connection(amqp->link), CHANNEL);
    return amqp_link_replied(amqp->link, "RabbitMQ does not confirm on this channel", error);
}

enum status amqp_sink_open(const struct amqp_sink_settings *settings, struct error *error,
                           struct sink **ret_sink)
{
    struct amqp_sink *amqp = calloc(1, sizeof *amqp);
    enum status status;

    if (amqp == NULL)
        return error_set(error, FATAL, "out of memory for a RabbitMQ publisher");
    amqp->sink.ops = &amqp_sink_ops;
    amqp->settings = *settings;
    amqp->next_tag = 1;
    status = amqp_link_open(&amqp->settings.link, error, &amqp->link);
    if (status == OK)
        status = sink_begin(amqp, error);
    if (status == OK) {
        *ret_sink = &amqp->sink;
        return OK;
    }
    if (status == RETRY)
        error->cause = CAUSE_SOURCE;
    amqp_close(&amqp->sink);
    return status;
}
