/*
 * amqp_link.c - see amqp_link.h.
 */
#include "bus/amqp_link.h"

#include "base/crypto.h"
#include "bus/amqp_address.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

enum { CHANNEL_MAX = 2047, FRAME_MAX = 131072, REPLY_SHOWN_MAX = 200 };
enum { BACKOFF_FIRST_MS = 100, BACKOFF_CEILING_MS = 5000 };
enum { DELIVERY_LIMIT = 1000 }; /* the broker's own, behind amqp.delivery_limit */
enum { QUEUE_NAME_SIZE = 256 };
#define DEAD_SUFFIX ".dead"
enum { NOT_FOUND = 404, PRECONDITION_FAILED = 406 };

struct amqp_link {
    amqp_connection_state_t connection;
    bool broken; /* (1): close without ceremony */
    char cluster[LINK_CLUSTER_SIZE];
};

static struct timeval timeout_of(int ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
}

/* ---- what the library and the broker say ---- */

struct refusal {
    int code;   /* of the broker; 0: the library's own */
    int status; /* the library's, below zero; 0: none */
    struct text text;
};

static struct refusal refusal_of_method(const amqp_method_t *method)
{
    if (method->id == AMQP_CHANNEL_CLOSE_METHOD) {
        const amqp_channel_close_t *close = method->decoded;

        return (struct refusal){.code = close->reply_code,
                                .text = {close->reply_text.bytes, close->reply_text.len}};
    }
    if (method->id == AMQP_CONNECTION_CLOSE_METHOD) {
        const amqp_connection_close_t *close = method->decoded;

        return (struct refusal){.code = close->reply_code,
                                .text = {close->reply_text.bytes, close->reply_text.len}};
    }
    if (method->id == AMQP_BASIC_CANCEL_METHOD)
        return (struct refusal){
            .text = TEXT("the broker ended a consumer: its stream is gone or moves")};
    return (struct refusal){.text = TEXT("the broker sent what nobody asked for")};
}

static struct refusal refusal_of(amqp_rpc_reply_t reply)
{
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION)
        return refusal_of_method(&reply.reply);
    return (struct refusal){.status = reply.library_error,
                            .text = text_of(amqp_error_string2(reply.library_error))};
}

static void refusal_tell(const struct refusal *refusal, struct error *error)
{
    struct text shown = refusal->text;

    if (shown.size > REPLY_SHOWN_MAX)
        shown.size = REPLY_SHOWN_MAX;
    error_detail(error, "%.*s", TEXT_ARG(shown));
    if (refusal->code != 0)
        snprintf(error->code, sizeof error->code, "%d", refusal->code);
    else if (refusal->status != 0) /* a time-out is not a lost connection: both are to be said */
        snprintf(error->code, sizeof error->code, "lib%d", -refusal->status % 1000);
}

static enum status link_failed(struct amqp_link *link, struct refusal refusal, const char *what,
                               struct error *error)
{
    link->broken = true; /* (1) */
    error_set(error, RETRY, "%s", what);
    refusal_tell(&refusal, error);
    return error_hint(error, "check the broker and amqp.url_file; the worker goes on by itself");
}

static enum status link_answer(struct amqp_link *link, const char *what, struct error *error)
{
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(link->connection);

    if (reply.reply_type == AMQP_RESPONSE_NORMAL)
        return OK;
    return link_failed(link, refusal_of(reply), what, error);
}

amqp_connection_state_t amqp_link_connection(const struct amqp_link *link)
{
    return link->connection;
}

enum status amqp_link_lost(struct amqp_link *link, int library_status, const char *what,
                           struct error *error)
{
    return link_failed(link,
                       (struct refusal){.status = library_status,
                                        .text = text_of(amqp_error_string2(library_status))},
                       what, error);
}

enum status amqp_link_ended(struct amqp_link *link, const amqp_method_t *method, const char *what,
                            struct error *error)
{
    return link_failed(link, refusal_of_method(method), what, error);
}

enum status amqp_link_replied(struct amqp_link *link, const char *what, struct error *error)
{
    return link_answer(link, what, error);
}

/* ---- opening ---- */

static enum status tls_refused(struct error *error, const char *what, const char *option)
{
    error_configuration(error, "%s", what);
    return error_hint(error, "check the file that %s names", option);
}

static enum status socket_tls(const struct amqp_settings *settings, struct amqp_link *link,
                              struct error *error, amqp_socket_t **ret_socket)
{
    amqp_socket_t *socket;

    if (settings->ca_file == NULL)
        return tls_refused(error, "no CA is named for the RabbitMQ broker", "amqp.ca_file");
    socket = amqp_ssl_socket_new(link->connection);
    if (socket == NULL)
        return error_set(error, FATAL, "out of memory for a TLS connection");
    amqp_ssl_socket_set_verify_peer(socket, 1); /* (3) */
    amqp_ssl_socket_set_verify_hostname(socket, 1);
    if (amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST) != AMQP_STATUS_OK)
        return error_set(error, FATAL, "TLS 1.2 or later cannot be had");
    if (amqp_ssl_socket_set_cacert(socket, settings->ca_file) != AMQP_STATUS_OK)
        return tls_refused(error, "the CA of the RabbitMQ broker cannot be read", "amqp.ca_file");
    if (settings->cert_file != NULL &&
        amqp_ssl_socket_set_key(socket, settings->cert_file, settings->key_file) != AMQP_STATUS_OK)
        return tls_refused(error, "our certificate for RabbitMQ cannot be read", "amqp.cert_file");
    *ret_socket = socket;
    return OK;
}

static enum status socket_open(const struct amqp_settings *settings,
                               const struct amqp_address *address, struct amqp_link *link,
                               struct error *error)
{
    const struct timeval wait = timeout_of(LINK_WAIT_MS); /* (2) */
    amqp_socket_t *socket = NULL;
    enum status status = OK;
    int code;

    if (address->tls)
        status = socket_tls(settings, link, error, &socket);
    else if ((socket = amqp_tcp_socket_new(link->connection)) == NULL)
        status = error_set(error, FATAL, "out of memory for a connection");
    if (status != OK)
        return status;
    amqp_set_handshake_timeout(link->connection, &wait);
    amqp_set_rpc_timeout(link->connection, &wait);
    code = amqp_socket_open_noblock(socket, address->host, address->port, &wait);
    if (code == AMQP_STATUS_OK)
        return OK;
    return link_failed(link,
                       (struct refusal){.status = code, .text = text_of(amqp_error_string2(code))},
                       "the RabbitMQ broker cannot be reached", error);
}

static amqp_table_entry_t entry_text(const char *name, const char *value)
{
    amqp_table_entry_t entry = {.key = amqp_cstring_bytes(name)};

    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_cstring_bytes(value);
    return entry;
}

static enum status link_login(const struct amqp_settings *settings,
                              const struct amqp_address *address, struct amqp_link *link,
                              struct error *error)
{
    amqp_table_entry_t cancels = {.key = amqp_cstring_bytes("consumer_cancel_notify")};
    amqp_table_entry_t own[2] = {{.key = amqp_cstring_bytes("capabilities")},
                                 entry_text("connection_name", settings->client_id)};
    const amqp_table_t properties = {2, own};
    amqp_rpc_reply_t reply;

    cancels.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    cancels.value.value.boolean = 1;
    own[0].value.kind = AMQP_FIELD_KIND_TABLE;
    own[0].value.value.table = (amqp_table_t){1, &cancels};
    reply = amqp_login_with_properties(link->connection, address->vhost, CHANNEL_MAX, FRAME_MAX,
                                       settings->heartbeat_s, &properties, AMQP_SASL_METHOD_PLAIN,
                                       address->user, address->password);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL)
        return OK;
    return link_failed(link, refusal_of(reply), "the RabbitMQ broker did not let us in", error);
}

static enum status link_name(struct amqp_link *link, const char *vhost, struct error *error)
{
    const amqp_table_t *server = amqp_get_server_properties(link->connection);
    struct text name = TEXT("");
    int size;

    for (int i = 0; i < server->num_entries; i++) {
        const amqp_table_entry_t *entry = &server->entries[i];

        if (text_is((struct text){entry->key.bytes, entry->key.len}, "cluster_name") &&
            entry->value.kind == AMQP_FIELD_KIND_UTF8)
            name = (struct text){entry->value.value.bytes.bytes, entry->value.value.bytes.len};
    }
    size = snprintf(link->cluster, sizeof link->cluster, "%.*s/%s", TEXT_ARG(name), vhost);
    if (name.size > 0 && size > 0 && (size_t)size < sizeof link->cluster)
        return OK;
    error_set(error, FATAL, "the RabbitMQ cluster has no name, or one that is too long");
    return error_hint(error, "positions belong to a cluster: give it one of 64 characters or less");
}

static enum status link_connect(const struct amqp_settings *settings, char *url,
                                struct amqp_link *link, struct error *error)
{
    struct amqp_address address;
    enum status status = amqp_address_parse(url, error, &address);

    if (status == OK)
        status = socket_open(settings, &address, link, error);
    if (status == OK)
        status = link_login(settings, &address, link, error);
    if (status == OK)
        status = link_name(link, address.vhost, error);
    return status;
}

enum status amqp_link_open(const struct amqp_settings *settings, struct error *error,
                           struct amqp_link **ret_link)
{
    struct amqp_link *link = calloc(1, sizeof *link);
    struct buffer url;
    enum status status;

    if (link == NULL || (link->connection = amqp_new_connection()) == NULL) {
        free(link);
        return error_set(error, FATAL, "out of memory for a connection");
    }
    buffer_init(&url, AMQP_URL_MAX);
    status = settings->read_url(settings->context, &url, error);
    buffer_byte(&url, '\0');
    if (status == OK && buffer_failed(&url))
        status = error_configuration(error, "the URL of the RabbitMQ broker is too long");
    if (status == OK)
        status = link_connect(settings, url.data, link, error);
    if (url.data != NULL)
        explicit_bzero(url.data, url.capacity); /* (4) */
    buffer_done(&url);
    if (status == OK) {
        *ret_link = link;
        return OK;
    }
    link->broken = true;
    amqp_link_close(link);
    return status;
}

void amqp_link_close(struct amqp_link *link)
{
    if (link == NULL)
        return;
    if (!link->broken)
        amqp_connection_close(link->connection, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(link->connection);
    free(link);
}

const char *amqp_link_cluster(const struct amqp_link *link)
{
    return link->cluster;
}

/* ---- requests ---- */

enum status amqp_link_channel(struct amqp_link *link, amqp_channel_t channel, struct error *error)
{
    amqp_channel_open(link->connection, channel);
    return link_answer(link, "could not open a channel at the RabbitMQ broker", error);
}

static enum status stream_missing(const char *stream, struct error *error)
{
    error_set(error, REJECT, "there is no stream %s", stream);
    snprintf(error->code, sizeof error->code, "%d", NOT_FOUND);
    return error_hint(error, "declare it with x-queue-type=stream, or correct the list of streams");
}

enum status amqp_link_find(struct amqp_link *link, amqp_channel_t channel, const char *stream,
                           struct error *error, uint32_t *ret_count)
{
    amqp_channel_close_ok_t closed = {0};
    const amqp_queue_declare_ok_t *found =
        amqp_queue_declare(link->connection, channel, amqp_cstring_bytes(stream), 1, 0, 0, 0,
                           amqp_empty_table);
    amqp_rpc_reply_t reply = amqp_get_rpc_reply(link->connection);

    if (found != NULL && ret_count != NULL)
        *ret_count = found->message_count;
    if (reply.reply_type == AMQP_RESPONSE_NORMAL)
        return OK;
    if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION ||
        reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD || refusal_of(reply).code != NOT_FOUND)
        return link_failed(link, refusal_of(reply), "could not look for a stream", error);
    if (amqp_send_method(link->connection, channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &closed) !=
        AMQP_STATUS_OK)
        return link_failed(link, refusal_of(reply), "could not look for a stream", error);
    return stream_missing(stream, error);
}

static amqp_table_entry_t entry_from(struct amqp_from from)
{
    amqp_table_entry_t entry;

    if (from.word != NULL)
        return entry_text("x-stream-offset", from.word);
    entry = (amqp_table_entry_t){.key = amqp_cstring_bytes("x-stream-offset")};
    entry.value.kind = AMQP_FIELD_KIND_I64;
    entry.value.value.i64 = from.offset;
    return entry;
}

static amqp_table_entry_t entry_number(const char *name, int64_t value)
{
    amqp_table_entry_t entry = {.key = amqp_cstring_bytes(name)};

    entry.value.kind = AMQP_FIELD_KIND_I64;
    entry.value.value.i64 = value;
    return entry;
}

static amqp_table_entry_t entry_true(const char *name)
{
    amqp_table_entry_t entry = {.key = amqp_cstring_bytes(name)};

    entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    entry.value.value.boolean = 1;
    return entry;
}

static enum status queue_declare(struct amqp_link *link, amqp_channel_t channel, const char *queue,
                                 const amqp_table_t *arguments, struct error *error)
{
    struct refusal refusal;
    enum status status;

    amqp_queue_declare(link->connection, channel, amqp_cstring_bytes(queue), 0, 1, 0, 0,
                       *arguments);
    refusal = refusal_of(amqp_get_rpc_reply(link->connection));
    status = link_answer(link, "could not declare a queue", error);
    if (status != RETRY || refusal.code != PRECONDITION_FAILED)
        return status;
    error_configuration(error, "queue %s is declared otherwise than Sawa does", queue);
    refusal_tell(&refusal, error);
    error_hint(error, "its arguments stand in common/bus/README.md; make it so, or use another");
    return FATAL;
}

enum status amqp_link_declare_queue(struct amqp_link *link, amqp_channel_t channel,
                                    const char *queue, struct error *error)
{
    char dead[QUEUE_NAME_SIZE + sizeof DEAD_SUFFIX];
    amqp_table_entry_t entries[] = {
        entry_text("x-queue-type", "quorum"),
        entry_true("x-single-active-consumer"),
        entry_number("x-delivery-limit", DELIVERY_LIMIT),
        entry_text("x-overflow", "reject-publish"),
        entry_text("x-dead-letter-strategy", "at-least-once"),
        entry_text("x-dead-letter-exchange", ""),
        entry_text("x-dead-letter-routing-key", ""), /* set below */
    };
    const amqp_table_t plain = {1, entries};
    const amqp_table_t whole = {COUNT_OF(entries), entries};
    enum status status;

    snprintf(dead, sizeof dead, "%s" DEAD_SUFFIX, queue);
    entries[COUNT_OF(entries) - 1] = entry_text("x-dead-letter-routing-key", dead);
    status = queue_declare(link, channel, dead, &plain, error);
    return status == OK ? queue_declare(link, channel, queue, &whole, error) : status;
}

/* A queue of another type refuses the argument; a stream without a running replica refuses too,
 * with the same code. */
static bool is_no_stream(const struct refusal *refusal)
{
    return refusal->code == PRECONDITION_FAILED && refusal->text.data != NULL &&
           memmem(refusal->text.data, refusal->text.size, "invalid arg", 11) != NULL;
}

static enum status prefetch_set(struct amqp_link *link, amqp_channel_t channel, uint16_t prefetch,
                                struct error *error)
{
    assert(prefetch > 0);
    amqp_basic_qos(link->connection, channel, 0, prefetch, 0);
    return link_answer(link, "could not set the prefetch of a consumer", error);
}

/* A quorum queue that has no leader answers nothing, for as long as that lasts; seen with RabbitMQ
 * 3.10 after its node was killed. The queues beside it wait too: they share the connection. */
static enum status consume_unanswered(const char *queue, struct error *error)
{
    error_set(error, RETRY, "queue %s does not answer", queue);
    error_detail(error, "it is declared, and basic.consume had no reply in %d s",
                 LINK_WAIT_MS / 1000);
    text_copy(TEXT("lib13"), error->code, sizeof error->code);
    return error_hint(error, "does it have a leader? rabbitmq-queues quorum_status NAME; the other "
                             "queues of this source wait with it");
}

enum status amqp_link_consume_queue(struct amqp_link *link, amqp_channel_t channel,
                                    const char *queue, const char *tag, uint16_t prefetch,
                                    struct error *error)
{
    enum status status = prefetch_set(link, channel, prefetch, error);
    amqp_rpc_reply_t reply;

    if (status != OK)
        return status;
    amqp_basic_consume(link->connection, channel, amqp_cstring_bytes(queue),
                       amqp_cstring_bytes(tag), 0, 0, 0, amqp_empty_table);
    reply = amqp_get_rpc_reply(link->connection);
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
        reply.library_error == AMQP_STATUS_TIMEOUT) {
        link->broken = true; /* (1) */
        return consume_unanswered(queue, error);
    }
    return link_answer(link, "could not read a queue", error);
}

enum status amqp_link_channel_close(struct amqp_link *link, amqp_channel_t channel,
                                    struct error *error)
{
    amqp_rpc_reply_t reply = amqp_channel_close(link->connection, channel, AMQP_REPLY_SUCCESS);

    if (reply.reply_type == AMQP_RESPONSE_NORMAL)
        return OK;
    return link_failed(link, refusal_of(reply), "could not give a queue's records back", error);
}

int64_t amqp_link_backoff_ms(int attempts)
{
    int64_t wait_ms = BACKOFF_FIRST_MS;
    uint32_t random;

    for (int i = 1; i < attempts && wait_ms < BACKOFF_CEILING_MS; i++)
        wait_ms *= 2;
    if (wait_ms > BACKOFF_CEILING_MS)
        wait_ms = BACKOFF_CEILING_MS;
    random_bytes(&random, sizeof random);
    return wait_ms / 2 + random % (wait_ms / 2);
}

enum status amqp_link_consume(struct amqp_link *link, amqp_channel_t channel, const char *stream,
                              const char *tag, struct amqp_from from, uint16_t prefetch,
                              struct error *error)
{
    amqp_table_entry_t entry = entry_from(from);
    const amqp_table_t arguments = {1, &entry};
    struct refusal refusal;
    enum status status;

    status = prefetch_set(link, channel, prefetch, error);
    if (status != OK)
        return status;
    amqp_basic_consume(link->connection, channel, amqp_cstring_bytes(stream),
                       amqp_cstring_bytes(tag), 0, 0, 0, arguments);
    refusal = refusal_of(amqp_get_rpc_reply(link->connection));
    status = link_answer(link, "could not read a stream", error);
    if (status == RETRY && is_no_stream(&refusal)) {
        error_configuration(error, "%s is a queue, not a stream", stream);
        error_hint(error, "declare it with x-queue-type=stream");
        return FATAL;
    }
    return status;
}

enum status amqp_link_cancel(struct amqp_link *link, amqp_channel_t channel, const char *tag,
                             struct error *error)
{
    amqp_basic_cancel(link->connection, channel, amqp_cstring_bytes(tag));
    return link_answer(link, "could not end a consumer", error);
}

enum status amqp_link_ack(struct amqp_link *link, amqp_channel_t channel, uint64_t delivery_tag,
                          struct error *error)
{
    int code = amqp_basic_ack(link->connection, channel, delivery_tag, 1);

    if (code == AMQP_STATUS_OK)
        return OK;
    return link_failed(link,
                       (struct refusal){.status = code, .text = text_of(amqp_error_string2(code))},
                       "could not acknowledge records", error);
}

void amqp_link_beat(struct amqp_link *link)
{
    const amqp_frame_t beat = {.frame_type = AMQP_FRAME_HEARTBEAT};

    if (amqp_send_frame(link->connection, &beat) != AMQP_STATUS_OK)
        link->broken = true; /* the next call fails too, and says why */
}

/* ---- deliveries ---- */

/* What came in place of a delivery. */
static enum status next_unexpected(struct amqp_link *link, struct error *error)
{
    const struct timeval now = {0};
    struct refusal refusal = {.text = TEXT("the broker sent what nobody asked for")};
    amqp_frame_t frame;

    if (amqp_simple_wait_frame_noblock(link->connection, &frame, &now) == AMQP_STATUS_OK &&
        frame.frame_type == AMQP_FRAME_METHOD)
        refusal = refusal_of_method(&frame.payload.method);
    return link_failed(link, refusal, "the RabbitMQ broker ended the reading", error);
}

enum status amqp_link_next(struct amqp_link *link, int timeout_ms, amqp_envelope_t *ret_envelope,
                           bool *ret_has, struct error *error)
{
    const struct timeval wait = timeout_of(timeout_ms);
    amqp_rpc_reply_t reply;

    if (!amqp_frames_enqueued(link->connection)) /* else it walks the queue, for each channel */
        amqp_maybe_release_buffers(link->connection);
    reply = amqp_consume_message(link->connection, ret_envelope, &wait, 0);
    *ret_has = reply.reply_type == AMQP_RESPONSE_NORMAL;
    if (*ret_has || (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
                     reply.library_error == AMQP_STATUS_TIMEOUT))
        return OK;
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
        reply.library_error == AMQP_STATUS_UNEXPECTED_STATE)
        return next_unexpected(link, error);
    return link_failed(link, refusal_of(reply), "the connection to RabbitMQ was lost", error);
}
