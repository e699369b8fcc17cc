/*
 * amqp_queue.c - see amqp_queue.h. How a queue is declared, and why: bus/README.md.
 */
#include "bus/amqp_queue.h"

#include "bus/amqp_reader.h"
#include "bus/amqp_record.h"

#include <stdio.h>

enum {
    NAME_MAX_SIZE = 250,  /* AMQP allows 255 bytes, and dead letters have a longer one */
    LOOK_CHANNEL = 1,     /* declares and asks; consumers have those behind it         */
    CHANNELS_LAST = 2000, /* then the connection is made anew                          */
};

/* What a queue has beside its part. */
struct consumer {
    amqp_channel_t channel; /* valid while the part is read (3)                       */
    int window;             /* how many may be on their way (4)                       */
    int64_t first;          /* number of the first delivery of this channel           */
    int64_t acked;          /* tag that was acknowledged last                         */
};

struct queues {
    struct amqp_reader reader;
    int delivery_limit;
    bool ids_needed;
    amqp_channel_t channel_last;
    struct consumer consumers[AMQP_PARTS_MAX];
};

static struct queues *queues_of(struct amqp_reader *reader)
{
    return (struct queues *)reader;
}

static struct consumer *consumer_of(struct amqp_reader *reader, const struct amqp_part *part)
{
    return &queues_of(reader)->consumers[amqp_part_number(reader, part)];
}

/* Deliveries of this channel: the last one's tag (1). */
static int64_t taken_of(const struct amqp_part *part, const struct consumer *consumer)
{
    return part->next - consumer->first;
}

static void assert_consumer_state(const struct amqp_part *part, const struct consumer *consumer)
{
    assert(consumer->acked >= 0);
    assert(consumer->acked <= taken_of(part, consumer)); /* (1) */
    assert(consumer->first >= 0);
}

static enum status queues_declare(struct amqp_reader *reader, struct error *error)
{
    enum status status = amqp_link_channel(reader->link, LOOK_CHANNEL, error);

    queues_of(reader)->channel_last = LOOK_CHANNEL;
    for (size_t i = 0; status == OK && i < reader->part_count; i++)
        status = amqp_link_declare_queue(reader->link, LOOK_CHANNEL, reader->parts[i].name, error);
    return status;
}

/* ---- a consumer ---- */

/* What a dead channel held goes back consumer by consumer, in the order of their tags (RabbitMQ
 * 3.10, rabbit_fifo): with zeros in front that is the order in which they were made, and records
 * keep theirs. */
static void consumer_tag(const struct consumer *consumer, char tag[AMQP_TAG_SIZE])
{
    snprintf(tag, AMQP_TAG_SIZE, "window-%05d", consumer->window);
}

static enum status queue_consume(struct amqp_reader *reader, const struct amqp_part *part,
                                 struct error *error)
{
    const struct consumer *consumer = consumer_of(reader, part);
    char tag[AMQP_TAG_SIZE];

    consumer_tag(consumer, tag);
    return amqp_link_consume_queue(reader->link, consumer->channel, part->name, tag,
                                   (uint16_t)consumer->window, error);
}

static enum status queue_start(struct amqp_reader *reader, struct amqp_part *part,
                               struct error *error)
{
    struct consumer *consumer = consumer_of(reader, part);
    struct queues *queues = queues_of(reader);
    enum status status;

    if (queues->channel_last == CHANNELS_LAST)
        return error_set(error, RETRY, "the connection has used up its channels"); /* (3) */
    status = amqp_link_channel(reader->link, ++queues->channel_last, error);
    if (status != OK)
        return status;
    *consumer = (struct consumer){.channel = queues->channel_last,
                                  .window = 1, /* (4) */
                                  .first = part->next};
    part->high = -1;
    assert_consumer_state(part, consumer);
    return queue_consume(reader, part, error);
}

/* (2) What is not acknowledged goes back to the queue. */
static enum status queue_stop(struct amqp_reader *reader, struct amqp_part *part,
                              struct error *error)
{
    return amqp_link_channel_close(reader->link, consumer_of(reader, part)->channel, error);
}

static bool is_careful(const struct amqp_reader *reader, const struct consumer *consumer)
{
    return consumer->window < reader->settings.prefetch;
}

/* (4) What is on its way and its tags stay as they are: they belong to the channel. */
static enum status queue_widen(struct amqp_reader *reader, struct amqp_part *part, int window,
                               struct error *error)
{
    struct consumer *consumer = consumer_of(reader, part);
    char tag[AMQP_TAG_SIZE];
    enum status status;

    consumer_tag(consumer, tag);
    status = amqp_link_cancel(reader->link, consumer->channel, tag, error);
    consumer->window = window < reader->settings.prefetch ? window : reader->settings.prefetch;
    return status == OK ? queue_consume(reader, part, error) : status;
}

/* ---- how much waits, for lag ---- */

static enum status queue_look(struct amqp_reader *reader, struct amqp_part *part,
                              struct error *error)
{
    uint32_t waiting = 0;
    enum status status = amqp_link_find(reader->link, LOOK_CHANNEL, part->name, error, &waiting);

    if (status != OK)
        return status;
    part->high = part->next + waiting;
    part->end_owed = part->reading && waiting == 0;
    return OK;
}

/* While few records are on their way a batch does not wait for more: unknown. */
static int64_t queue_high(const struct amqp_reader *reader, const struct amqp_part *part)
{
    const struct queues *queues = (const struct queues *)reader;
    const struct consumer *consumer = &queues->consumers[amqp_part_number(reader, part)];

    return !part->reading || is_careful(reader, consumer) ? -1 : part->high;
}

/* A claim begins (2). Any number fits: they are ours. */
static enum status queue_range(struct amqp_reader *reader, struct amqp_part *part,
                               struct error *error, int64_t *ret_low, int64_t *ret_high)
{
    enum status status = amqp_reader_stop(reader, part, error);

    if (status != OK)
        return status;
    *ret_low = 0;
    *ret_high = INT64_MAX;
    return OK;
}

/* ---- deliveries ---- */

static enum record_objection objection_of(const struct queues *queues, const struct record *record,
                                          int64_t deliveries)
{
    if (deliveries > queues->delivery_limit + AMQP_LOOK_UPS)
        return RECORD_DELIVERED_TOO_OFTEN;
    if (deliveries > queues->delivery_limit)
        return RECORD_DELIVERED_OFTEN;
    if (queues->ids_needed && record->key.size == 0)
        return RECORD_WITHOUT_ID;
    return RECORD_FINE;
}

static enum status tag_differs(const struct amqp_reader *reader, const struct amqp_part *part,
                               int64_t taken, struct error *error)
{
    error_set(error, RETRY, "queue %s gave a delivery another tag than the next", part->name);
    error_detail(error, "%lld was expected, %llu came", (long long)taken + 1,
                 (unsigned long long)reader->envelope.delivery_tag);
    return error_hint(error, "nothing of it is acknowledged; the broker delivers again");
}

static enum status record_take(struct amqp_reader *reader, struct amqp_part *part,
                               struct source_event *event, struct error *error)
{
    const amqp_message_t *message = &reader->envelope.message;
    struct consumer *consumer = consumer_of(reader, part);
    int64_t deliveries = amqp_record_deliveries(message);
    int64_t taken = taken_of(part, consumer);
    enum status status = OK;

    if (reader->envelope.delivery_tag != (uint64_t)taken + 1) /* (1) */
        return tag_differs(reader, part, taken, error);
    if (!amqp_record_read_queued(message, part->next, &reader->headers, &event->record)) {
        error_set(error, FATAL, "the headers of a message cannot be kept");
        return error_hint(error, "look at the first message of queue %s", part->name);
    }
    event->record.partition = amqp_part_number(reader, part);
    event->record.objection = objection_of(queues_of(reader), &event->record, deliveries); /* (5) */
    if (is_careful(reader, consumer) && deliveries < AMQP_CAREFUL_FROM)
        status = queue_widen(reader, part, reader->settings.prefetch, error);
    if (status != OK)
        return status;
    part->next++;
    part->end_owed = false;
    event->kind = SOURCE_RECORD;
    return OK;
}

/* (3) What comes from a channel that is closed is for nobody. */
static enum status queue_take(struct amqp_reader *reader, struct source_event *event,
                              struct error *error)
{
    for (size_t i = 0; i < reader->part_count; i++) {
        struct amqp_part *part = &reader->parts[i];

        if (part->reading && consumer_of(reader, part)->channel == reader->envelope.channel)
            return record_take(reader, part, event, error);
    }
    return OK;
}

/* (1); (4): the whole window is through, and the worker lives. */
static enum status queue_hint(struct amqp_reader *reader, struct amqp_part *part,
                              int64_t next_offset, struct error *error)
{
    struct consumer *consumer = consumer_of(reader, part);
    int64_t taken = taken_of(part, consumer);
    int64_t tag = next_offset - consumer->first;
    enum status status;

    if (tag <= consumer->acked)
        return OK;
    assert(tag <= taken);
    status = amqp_link_ack(reader->link, consumer->channel, (uint64_t)tag, error);
    if (status != OK)
        return status;
    consumer->acked = tag;
    assert_consumer_state(part, consumer);
    if (is_careful(reader, consumer) && tag == taken)
        status = queue_widen(reader, part, 2 * consumer->window, error);
    return status;
}

/* ---- opening ---- */

static const struct amqp_verbs queue_verbs = {
    .kind = "QUEUE",
    .list = "queues",
    .rereads = false,
    .size = sizeof(struct queues),
    .name_max = NAME_MAX_SIZE,
    .prepare = queues_declare,
    .start = queue_start,
    .stop = queue_stop,
    .range = queue_range,
    .look = queue_look,
    .take = queue_take,
    .high = queue_high,
    .hint = queue_hint,
};

/* What is on its way lies in memory, however many queues there are. */
static int prefetch_share(int prefetch, size_t queues)
{
    int share = prefetch / (int)queues;

    return share > 0 ? share : 1;
}

enum status amqp_queue_open(const struct amqp_queue_settings *settings, struct error *error,
                            struct source **ret_source)
{
    struct amqp_reader *reader = NULL;
    enum status status;

    assert(settings->delivery_limit > AMQP_CAREFUL_FROM); /* (4) */
    status = amqp_reader_new(&queue_verbs, &settings->reader, error, &reader);
    if (status != OK)
        return status;
    reader->settings.prefetch = prefetch_share(reader->settings.prefetch, reader->part_count);
    queues_of(reader)->delivery_limit = settings->delivery_limit;
    queues_of(reader)->ids_needed = settings->ids_needed;
    *ret_source = &reader->source;
    return OK;
}
