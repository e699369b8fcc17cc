/*
 * amqp_queue.c - see amqp_queue.h. How a queue is declared, and why: bus/README.md.
 */
#include "bus/amqp_queue.h"

#include "base/clock.h"
#include "bus/amqp_link.h"
#include "bus/amqp_record.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    QUEUES_MAX = 256, /* partitions of one source                                  */
    NAME_SIZE = 251,  /* AMQP allows 255 bytes, and dead letters have a longer one */
    HEADERS_MAX = 4 * 1024 * 1024,
    LOOK_MS = 1000, /* how often it is asked how much waits                      */
    TAG_SIZE = 24,
    LOOK_CHANNEL = 1,     /* declares and asks; readers have those behind it           */
    CHANNELS_LAST = 2000, /* then the connection is made anew                          */
    SKIPPED_MAX = 256,    /* deliveries of one poll that are not for the caller        */
};

struct amqp_queue {
    char name[NAME_SIZE];
    amqp_channel_t channel; /* 0: not reading (3)                                */
    int window;             /* how many may be on their way (4) */
    bool end_owed;
    int64_t first; /* number of the first delivery of this channel              */
    int64_t taken; /* deliveries of this channel: the last one's tag            */
    int64_t acked; /* tag that was acknowledged last                            */
    int64_t high;  /* number behind what waited at the last look; -1: unknown   */
};

struct amqp_reader {
    struct source source; /* first: a source is one of these */
    struct amqp_queue_settings settings;
    struct amqp_link *link; /* NULL: away */
    bool assigned_owed;
    bool away_owed;
    struct error away;
    int attempts; /* to connect, that failed */
    int64_t connect_at_us;
    amqp_channel_t channel_last;
    bool has_envelope; /* of the last SOURCE_RECORD */
    amqp_envelope_t envelope;
    struct buffer headers;
    size_t look_index;
    int64_t look_at_us;
    char cluster[LINK_CLUSTER_SIZE]; /* of the last connection */
    size_t queue_count;
    struct amqp_queue queues[QUEUES_MAX];
};

static struct amqp_reader *reader_of(struct source *source)
{
    return (struct amqp_reader *)source;
}

static struct amqp_queue *queue_of(struct amqp_reader *reader, int32_t partition)
{
    assert(partition >= 0);
    assert((size_t)partition < reader->queue_count);
    return &reader->queues[partition];
}

static void assert_queue_state(const struct amqp_queue *queue)
{
    assert(queue->acked >= 0);
    assert(queue->acked <= queue->taken); /* (1) */
    assert(queue->first >= 0);
}

static int64_t next_of(const struct amqp_queue *queue)
{
    return queue->first + queue->taken;
}

/* ---- connection ---- */

/* The link is gone, or never came: said with the next poll, tried again after a while. All tags
 * are void; the broker delivers again. */
static void link_lost(struct amqp_reader *reader, const struct error *error)
{
    amqp_link_close(reader->link);
    reader->link = NULL;
    reader->assigned_owed = false;
    reader->attempts++;
    reader->connect_at_us = clock_monotonic_us() + amqp_link_backoff_ms(reader->attempts) * 1000;
    for (size_t i = 0; i < reader->queue_count; i++) {
        reader->queues[i].channel = 0;
        reader->queues[i].end_owed = false;
    }
    reader->away = *error;
    reader->away_owed = true;
}

static enum status queues_declare(struct amqp_reader *reader, struct error *error)
{
    enum status status = amqp_link_channel(reader->link, LOOK_CHANNEL, error);

    reader->channel_last = LOOK_CHANNEL;
    for (size_t i = 0; status == OK && i < reader->queue_count; i++)
        status = amqp_link_declare_queue(reader->link, LOOK_CHANNEL, reader->queues[i].name, error);
    return status;
}

static enum status reader_connect(struct amqp_reader *reader, struct error *error)
{
    enum status status = amqp_link_open(&reader->settings.link, error, &reader->link);

    if (status == OK)
        status = queues_declare(reader, error);
    if (status != OK) {
        link_lost(reader, error);
        return status == RETRY ? OK : status;
    }
    text_copy(text_of(amqp_link_cluster(reader->link)), reader->cluster, sizeof reader->cluster);
    reader->look_at_us = clock_monotonic_us() + LOOK_MS * 1000;
    reader->assigned_owed = true;
    return OK;
}

/* Connects when it is time to; before that it waits, for timeout_ms at most. */
static enum status reader_reconnect(struct amqp_reader *reader, int timeout_ms, struct error *error)
{
    int64_t wait_ms = (reader->connect_at_us - clock_monotonic_us() + 999) / 1000;

    if (wait_ms <= 0)
        return reader_connect(reader, error);
    poll(NULL, 0, (int)(wait_ms < timeout_ms ? wait_ms : timeout_ms));
    return OK;
}

/* ---- a reader of one queue ---- */

static enum status queue_consume(struct amqp_reader *reader, struct amqp_queue *queue,
                                 struct error *error)
{
    char tag[TAG_SIZE];

    snprintf(tag, sizeof tag, "window-%d", queue->window);
    return amqp_link_consume_queue(reader->link, queue->channel, queue->name, tag,
                                   (uint16_t)queue->window, error);
}

/* (2) What is not acknowledged goes back to the queue. */
static enum status queue_stop(struct amqp_reader *reader, struct amqp_queue *queue,
                              struct error *error)
{
    amqp_channel_t channel = queue->channel;

    queue->channel = 0;
    queue->end_owed = false;
    return channel == 0 ? OK : amqp_link_channel_close(reader->link, channel, error);
}

static enum status queue_start(struct amqp_reader *reader, struct amqp_queue *queue, int64_t first,
                               struct error *error)
{
    enum status status;

    if (reader->channel_last == CHANNELS_LAST)
        return error_set(error, RETRY, "the connection has used up its channels"); /* (3) */
    status = amqp_link_channel(reader->link, ++reader->channel_last, error);
    if (status != OK)
        return status;
    queue->channel = reader->channel_last;
    queue->window = 1; /* (4) */
    queue->first = first;
    queue->taken = queue->acked = 0;
    queue->high = -1;
    assert_queue_state(queue);
    reader->attempts = 0; /* the broker serves us: the next loss starts from a short wait */
    return queue_consume(reader, queue, error);
}

static bool queue_is_careful(const struct amqp_reader *reader, const struct amqp_queue *queue)
{
    return queue->window < reader->settings.prefetch;
}

/* (4) What is on its way and its tags stay as they are: they belong to the channel. */
static enum status queue_widen(struct amqp_reader *reader, struct amqp_queue *queue, int window,
                               struct error *error)
{
    char tag[TAG_SIZE];
    enum status status;

    snprintf(tag, sizeof tag, "window-%d", queue->window);
    status = amqp_link_cancel(reader->link, queue->channel, tag, error);
    queue->window = window < reader->settings.prefetch ? window : reader->settings.prefetch;
    return status == OK ? queue_consume(reader, queue, error) : status;
}

/* ---- how much waits: for lag; keeps the heartbeat going while the loop does not poll ---- */

static void queue_look(struct amqp_reader *reader)
{
    int64_t now_us = clock_monotonic_us();
    struct amqp_queue *queue;
    struct error error;
    uint32_t waiting = 0;

    if (reader->link == NULL || now_us < reader->look_at_us)
        return;
    reader->look_at_us = now_us + LOOK_MS * 1000 / (int64_t)reader->queue_count;
    reader->look_index = (reader->look_index + 1) % reader->queue_count;
    queue = &reader->queues[reader->look_index];
    if (amqp_link_find(reader->link, LOOK_CHANNEL, queue->name, &error, &waiting) != OK) {
        link_lost(reader, &error);
        return;
    }
    queue->high = next_of(queue) + waiting;
    queue->end_owed = queue->channel != 0 && waiting == 0;
}

/* ---- deliveries ---- */

static enum record_objection objection_of(const struct amqp_reader *reader,
                                          const struct record *record, int64_t deliveries)
{
    if (deliveries > reader->settings.delivery_limit)
        return RECORD_DELIVERED_TOO_OFTEN;
    if (reader->settings.ids_needed && record->key.size == 0)
        return RECORD_WITHOUT_ID;
    return RECORD_FINE;
}

static void tag_differs(struct amqp_reader *reader, const struct amqp_queue *queue)
{
    struct error error;

    error_set(&error, RETRY, "queue %s gave a delivery another tag than the next", queue->name);
    error_detail(&error, "%lld was expected, %llu came", (long long)queue->taken + 1,
                 (unsigned long long)reader->envelope.delivery_tag);
    error_hint(&error, "nothing of it is acknowledged; the broker delivers again");
    link_lost(reader, &error);
}

static enum status record_take(struct amqp_reader *reader, struct amqp_queue *queue,
                               struct source_event *event, struct error *error)
{
    const amqp_message_t *message = &reader->envelope.message;
    struct record *record = &event->record;
    int64_t deliveries = amqp_record_deliveries(message);

    if (reader->envelope.delivery_tag != (uint64_t)queue->taken + 1) { /* (1) */
        tag_differs(reader, queue);
        return OK;
    }
    if (!amqp_record_read_queued(message, next_of(queue), &reader->headers, record)) {
        error_set(error, FATAL, "the headers of a message cannot be kept");
        return error_hint(error, "look at the first message of queue %s", queue->name);
    }
    record->partition = (int32_t)(queue - reader->queues);
    record->objection = objection_of(reader, record, deliveries); /* (5) */
    if (queue_is_careful(reader, queue) && deliveries < AMQP_CAREFUL_FROM &&
        queue_widen(reader, queue, reader->settings.prefetch, error) != OK) {
        link_lost(reader, error);
        return OK;
    }
    queue->taken++;
    queue->end_owed = false;
    event->kind = SOURCE_RECORD;
    return OK;
}

static void reader_release(struct source *source)
{
    struct amqp_reader *reader = reader_of(source);

    if (reader->has_envelope)
        amqp_destroy_envelope(&reader->envelope);
    reader->has_envelope = false;
}

/* (3) NULL: of a channel that is closed. */
static struct amqp_queue *queue_of_channel(struct amqp_reader *reader, amqp_channel_t channel)
{
    for (size_t i = 0; i < reader->queue_count; i++)
        if (reader->queues[i].channel == channel)
            return &reader->queues[i];
    return NULL;
}

static enum status envelope_handle(struct amqp_reader *reader, struct source_event *event,
                                   struct error *error)
{
    struct amqp_queue *queue = queue_of_channel(reader, reader->envelope.channel);
    enum status status = OK;

    if (queue != NULL)
        status = record_take(reader, queue, event, error);
    if (status != OK || event->kind != SOURCE_RECORD)
        reader_release(&reader->source);
    return status;
}

static enum status delivery_next(struct amqp_reader *reader, int timeout_ms,
                                 struct source_event *event, struct error *error)
{
    for (int skipped = 0; skipped < SKIPPED_MAX && reader->link != NULL; skipped++) {
        enum status status = amqp_link_next(reader->link, skipped == 0 ? timeout_ms : 0,
                                            &reader->envelope, &reader->has_envelope, error);

        if (status != OK) {
            link_lost(reader, error);
            return OK;
        }
        if (!reader->has_envelope)
            return OK;
        status = envelope_handle(reader, event, error);
        if (status != OK || event->kind != SOURCE_IDLE)
            return status;
    }
    return OK;
}

/* ---- events ---- */

/* What is to be said before anything is read. */
static bool event_owed(struct amqp_reader *reader, struct source_event *event)
{
    if (reader->away_owed) {
        reader->away_owed = false;
        event->kind = SOURCE_AWAY;
        event->error = reader->away;
        return true;
    }
    if (reader->assigned_owed) {
        reader->assigned_owed = false;
        event->kind = SOURCE_ASSIGNED;
        return true;
    }
    return false;
}

/* Says that the broker answers. It never moves a position: there are no offsets to pass. */
static void end_tell(struct amqp_reader *reader, struct source_event *event)
{
    for (size_t i = 0; i < reader->queue_count; i++) {
        struct amqp_queue *queue = &reader->queues[i];

        if (!queue->end_owed)
            continue;
        queue->end_owed = false;
        event->kind = SOURCE_END;
        event->partition = (int32_t)i;
        event->offset = next_of(queue);
        return;
    }
}

static enum status reader_poll(struct source *source, int timeout_ms,
                               struct source_event *ret_event, struct error *error)
{
    struct amqp_reader *reader = reader_of(source);
    enum status status = OK;

    assert(!reader->has_envelope);
    ret_event->kind = SOURCE_IDLE;
    queue_look(reader);
    if (reader->link == NULL && !reader->away_owed)
        status = reader_reconnect(reader, timeout_ms, error);
    if (status != OK || event_owed(reader, ret_event))
        return status;
    status = delivery_next(reader, timeout_ms, ret_event, error);
    if (status == OK && ret_event->kind == SOURCE_IDLE)
        end_tell(reader, ret_event);
    return status;
}

/* ---- the other verbs ---- */

static size_t reader_partitions(struct source *source, int32_t *partitions, size_t max)
{
    struct amqp_reader *reader = reader_of(source);
    size_t count = reader->queue_count < max ? reader->queue_count : max;

    if (reader->cluster[0] == '\0') /* never connected: nothing is ours yet */
        return 0;
    for (size_t i = 0; i < count; i++)
        partitions[i] = (int32_t)i;
    return count;
}

static const struct source_start *start_of(const struct source_start *starts, size_t count,
                                           int32_t partition)
{
    for (size_t i = 0; i < count; i++)
        if (starts[i].partition == partition)
            return &starts[i];
    return NULL;
}

/* A queue that was not claimed since goes on: its claim would have closed the channel (2). */
static enum status queue_assign(struct amqp_reader *reader, struct amqp_queue *queue,
                                const struct source_start *start, struct error *error)
{
    if (start == NULL)
        return queue_stop(reader, queue, error);
    if (queue->channel != 0 && start->offset == next_of(queue))
        return OK;
    if (queue_stop(reader, queue, error) != OK)
        return RETRY;
    return queue_start(reader, queue, start->offset, error);
}

static enum status reader_assign(struct source *source, const struct source_start *starts,
                                 size_t count, struct error *error)
{
    struct amqp_reader *reader = reader_of(source);

    for (size_t i = 0; reader->link != NULL && i < reader->queue_count; i++) {
        enum status status =
            queue_assign(reader, &reader->queues[i], start_of(starts, count, (int32_t)i), error);

        if (status == RETRY) /* the next connection brings ASSIGNED, and this again */
            link_lost(reader, error);
        else if (status != OK)
            return status;
    }
    return OK;
}

static enum status source_is_away(struct error *error)
{
    return error_set(error, RETRY, "the RabbitMQ broker is away");
}

static enum status reader_identify(struct source *source, struct source_identity *ret_identity,
                                   struct error *error)
{
    struct amqp_reader *reader = reader_of(source);
    struct source_identity identity = {.kind = "QUEUE",
                                       .unit = "records",
                                       .partition_count = (int32_t)reader->queue_count};

    if (reader->link == NULL)
        return source_is_away(error);
    text_copy(text_of(reader->cluster), identity.cluster_id, sizeof identity.cluster_id);
    text_copy(text_of(reader->settings.topic), identity.topic, sizeof identity.topic);
    *ret_identity = identity;
    return OK;
}

/* A claim begins (2). Any number fits: they are ours. */
static enum status reader_range(struct source *source, int32_t partition, int64_t *ret_low,
                                int64_t *ret_high, struct error *error)
{
    struct amqp_reader *reader = reader_of(source);

    if (reader->link == NULL)
        return source_is_away(error);
    if (queue_stop(reader, queue_of(reader, partition), error) != OK) {
        link_lost(reader, error);
        return RETRY;
    }
    *ret_low = 0;
    *ret_high = INT64_MAX;
    return OK;
}

/* While few records are on their way a batch does not wait for more: unknown. */
static int64_t reader_high(struct source *source, int32_t partition)
{
    struct amqp_reader *reader = reader_of(source);
    const struct amqp_queue *queue = queue_of(reader, partition);

    queue_look(reader);
    return queue->channel == 0 || queue_is_careful(reader, queue) ? -1 : queue->high;
}

/* (1); (4): the whole window is through, and the worker lives. */
static enum status tag_ack(struct amqp_reader *reader, struct amqp_queue *queue, int64_t tag,
                           struct error *error)
{
    enum status status = amqp_link_ack(reader->link, queue->channel, (uint64_t)tag, error);

    if (status != OK)
        return status;
    queue->acked = tag;
    assert_queue_state(queue);
    if (queue_is_careful(reader, queue) && queue->acked == queue->taken)
        status = queue_widen(reader, queue, 2 * queue->window, error);
    return status;
}

static void reader_hint(struct source *source, int32_t partition, int64_t next_offset)
{
    struct amqp_reader *reader = reader_of(source);
    struct amqp_queue *queue = queue_of(reader, partition);
    int64_t tag = next_offset - queue->first;
    struct error error;

    if (reader->link == NULL || queue->channel == 0 || tag <= queue->acked)
        return;
    assert(tag <= queue->taken);
    if (tag_ack(reader, queue, tag, &error) != OK)
        link_lost(reader, &error);
}

static void reader_close(struct source *source)
{
    struct amqp_reader *reader = reader_of(source);

    reader_release(source);
    amqp_link_close(reader->link);
    buffer_done(&reader->headers);
    free(reader);
}

static const struct source_ops queue_ops = {
    .server = "rabbitmq",
    .rereads = false,
    .poll = reader_poll,
    .release = reader_release,
    .partitions = reader_partitions,
    .assign = reader_assign,
    .identify = reader_identify,
    .range = reader_range,
    .high = reader_high,
    .hint = reader_hint,
    .close = reader_close,
};

/* ---- opening ---- */

static enum status list_refused(struct error *error, const char *why)
{
    error_configuration(error, "the list of queues cannot be used");
    error_detail(error, "%s", why);
    return error_hint(error, "names by commas, in the order of their partitions");
}

static enum status queue_add(struct amqp_reader *reader, struct text name, struct error *error)
{
    struct amqp_queue *queue = &reader->queues[reader->queue_count];

    if (name.size == 0)
        return list_refused(error, "a name is empty");
    if (reader->queue_count == QUEUES_MAX)
        return list_refused(error, "it has more than 256 names");
    for (size_t i = 0; i < reader->queue_count; i++)
        if (text_is(name, reader->queues[i].name))
            return list_refused(error, "a name stands there twice");
    *queue = (struct amqp_queue){.high = -1};
    if (!text_copy(name, queue->name, sizeof queue->name))
        return list_refused(error, "a name is longer than 250 bytes");
    reader->queue_count++;
    return OK;
}

static enum status list_read(struct amqp_reader *reader, const char *queues, struct error *error)
{
    const char *at = queues;

    for (;;) {
        size_t size = strcspn(at, ",");
        enum status status = queue_add(reader, text_trim((struct text){at, size}), error);

        if (status != OK || at[size] == '\0')
            return status;
        at += size + 1;
    }
}

enum status amqp_queue_open(const struct amqp_queue_settings *settings, struct error *error,
                            struct source **ret_source)
{
    struct amqp_reader *reader = calloc(1, sizeof *reader);
    enum status status;

    if (reader == NULL)
        return error_set(error, FATAL, "out of memory for a RabbitMQ consumer");
    assert(settings->prefetch > 0 && settings->prefetch <= UINT16_MAX);
    assert(settings->delivery_limit > AMQP_CAREFUL_FROM); /* (4) */
    reader->source.ops = &queue_ops;
    reader->settings = *settings;
    buffer_init(&reader->headers, HEADERS_MAX);
    status = list_read(reader, settings->queues, error);
    if (status != OK) {
        free(reader);
        return status;
    }
    *ret_source = &reader->source;
    return OK;
}
