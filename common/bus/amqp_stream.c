/*
 * amqp_stream.c - see amqp_stream.h. Traps of streams over AMQP and our rules: bus/README.md.
 *
 *   channel 1 ... n    the consumer of each stream
 *   channel n + 1      the look at the end of one stream after the other
 */
#include "bus/amqp_stream.h"

#include "bus/amqp_probe.h"
#include "bus/amqp_reader.h"
#include "bus/amqp_record.h"

#include <stdio.h>

enum {
    TAIL_PREFETCH = 200,
    QUIET_MS = 500,         /* silence that says a stream is empty, the first time  */
    QUIET_AGAIN_MS = 10000, /* and when it is asked again: the answer would halt it */
};

/* What a stream has beside its part. */
struct consumer {
    char tag[AMQP_TAG_SIZE]; /* (3)                                        */
    uint32_t unacked;        /* taken since the last ack (4)               */
    int64_t gap_at;          /* an offset that was missing once; -1: none  */
};

struct streams {
    struct amqp_reader reader;
    uint32_t tag_number;
    char tail_tag[AMQP_TAG_SIZE];
    bool tail_open;
    struct consumer consumers[AMQP_PARTS_MAX];
};

static struct streams *streams_of(struct amqp_reader *reader)
{
    return (struct streams *)reader;
}

static struct consumer *consumer_of(struct amqp_reader *reader, const struct amqp_part *part)
{
    return &streams_of(reader)->consumers[amqp_part_number(reader, part)];
}

static amqp_channel_t channel_of(const struct amqp_reader *reader, const struct amqp_part *part)
{
    return (amqp_channel_t)(amqp_part_number(reader, part) + 1);
}

static amqp_channel_t tail_channel(const struct amqp_reader *reader)
{
    return (amqp_channel_t)(reader->part_count + 1);
}

static bool is_tagged(const struct amqp_reader *reader, const char *tag)
{
    return text_is((struct text){reader->envelope.consumer_tag.bytes,
                                 reader->envelope.consumer_tag.len},
                   tag);
}

static enum status channels_open(struct amqp_reader *reader, struct error *error)
{
    enum status status = OK;

    streams_of(reader)->tail_open = false;
    for (amqp_channel_t channel = 1; status == OK && channel <= tail_channel(reader); channel++)
        status = amqp_link_channel(reader->link, channel, error);
    return status;
}

/* ---- a consumer ---- */

static enum status stream_start(struct amqp_reader *reader, struct amqp_part *part,
                                struct error *error)
{
    struct consumer *consumer = consumer_of(reader, part);

    snprintf(consumer->tag, sizeof consumer->tag, "read-%u", ++streams_of(reader)->tag_number);
    consumer->unacked = 0;
    return amqp_link_consume(reader->link, channel_of(reader, part), part->name, consumer->tag,
                             (struct amqp_from){.offset = part->next},
                             (uint16_t)reader->settings.prefetch, error);
}

static enum status stream_stop(struct amqp_reader *reader, struct amqp_part *part,
                               struct error *error)
{
    return amqp_link_cancel(reader->link, channel_of(reader, part), consumer_of(reader, part)->tag,
                            error);
}

/* ---- where a stream begins and ends ---- */

/* A claim asks a second time only where the answer would halt the partition: then, and where a
 * stream held something before, silence has to last before it counts as "empty". */
static enum status stream_range(struct amqp_reader *reader, struct amqp_part *part,
                                struct error *error, int64_t *ret_low, int64_t *ret_high)
{
    bool matters = part->asked || part->high > 0;
    enum status status =
        amqp_probe_range(&reader->settings.link, part->name, matters ? QUIET_AGAIN_MS : QUIET_MS,
                         reader->link, error, ret_low, ret_high);

    if (status == OK)
        part->high = *ret_high;
    return status;
}

static int64_t stream_high(const struct amqp_reader *reader, const struct amqp_part *part)
{
    (void)reader;
    return part->high;
}

static enum status tail_end(struct amqp_reader *reader, struct error *error)
{
    struct streams *streams = streams_of(reader);
    enum status status;

    if (!streams->tail_open)
        return OK;
    streams->tail_open = false;
    status = amqp_link_ack(reader->link, tail_channel(reader), 0, error);
    if (status == OK)
        status = amqp_link_cancel(reader->link, tail_channel(reader), streams->tail_tag, error);
    return status;
}

static enum status tail_begin(struct amqp_reader *reader, const struct amqp_part *part,
                              struct error *error)
{
    struct streams *streams = streams_of(reader);
    enum status status;

    snprintf(streams->tail_tag, sizeof streams->tail_tag, "tail-%u", ++streams->tag_number);
    status = amqp_link_consume(reader->link, tail_channel(reader), part->name, streams->tail_tag,
                               (struct amqp_from){.word = "last"}, TAIL_PREFETCH, error);
    streams->tail_open = status == OK;
    return status;
}

/* For lag alone. A stream that lags has its next record coming anyway. */
static enum status tail_look(struct amqp_reader *reader, struct amqp_part *part,
                             struct error *error)
{
    enum status status = tail_end(reader, error);

    return status == OK && part->reading ? tail_begin(reader, part, error) : status;
}

static void tail_take(struct amqp_reader *reader)
{
    struct amqp_part *part = &reader->parts[reader->look_index];
    int64_t offset = amqp_record_offset(&reader->envelope.message);

    if (!is_tagged(reader, streams_of(reader)->tail_tag))
        return;
    if (offset + 1 > part->high)
        part->high = offset + 1;
    part->end_owed = part->reading && part->next >= part->high;
}

/* ---- deliveries ---- */

/* (4) */
static enum status credit_give(struct amqp_reader *reader, struct amqp_part *part,
                               struct error *error)
{
    struct consumer *consumer = consumer_of(reader, part);

    if (++consumer->unacked < (uint32_t)(reader->settings.prefetch + 1) / 2)
        return OK;
    consumer->unacked = 0;
    return amqp_link_ack(reader->link, channel_of(reader, part), reader->envelope.delivery_tag,
                         error);
}

/* (2) An offset that is missing, for the first or the second time. */
static enum status gap_found(struct amqp_reader *reader, struct amqp_part *part, int64_t offset,
                             struct source_event *event, struct error *error)
{
    struct consumer *consumer = consumer_of(reader, part);

    if (consumer->gap_at == part->next) {
        part->reading = false;
        event->kind = SOURCE_OUT_OF_RANGE;
        event->partition = amqp_part_number(reader, part);
        event->offset = part->next;
        return OK;
    }
    consumer->gap_at = part->next;
    error_set(error, RETRY, "stream %s leaves offsets out", part->name);
    error_detail(error, "offset %lld was expected, %lld came", (long long)part->next,
                 (long long)offset);
    return error_hint(error,
                      "all positions are checked again; if it stays so, the partition halts");
}

static enum status record_take(struct amqp_reader *reader, struct amqp_part *part,
                               struct source_event *event, struct error *error)
{
    struct record *record = &event->record;
    enum status status;

    if (!amqp_record_read(&reader->envelope.message, &reader->headers, record)) {
        error_configuration(error, "%s delivers records without an offset", part->name);
        return error_hint(error, "it is no stream: declare it with x-queue-type=stream");
    }
    record->partition = amqp_part_number(reader, part);
    if (record->offset > part->next)
        return gap_found(reader, part, record->offset, event, error);
    status = credit_give(reader, part, error);
    if (status != OK || record->offset < part->next)
        return status;
    part->next++;
    part->end_owed = false;
    if (part->next > part->high)
        part->high = part->next;
    event->kind = SOURCE_RECORD;
    return OK;
}

static enum status stream_take(struct amqp_reader *reader, struct source_event *event,
                               struct error *error)
{
    amqp_channel_t channel = reader->envelope.channel;
    struct amqp_part *part;

    if (channel == tail_channel(reader)) {
        tail_take(reader);
        return OK;
    }
    if (channel < 1 || channel > reader->part_count)
        return OK;
    part = &reader->parts[channel - 1];
    if (!part->reading || !is_tagged(reader, consumer_of(reader, part)->tag)) /* (3) */
        return OK;
    return record_take(reader, part, event, error);
}

/* ---- opening ---- */

static const struct amqp_verbs stream_verbs = {
    .kind = "STREAM",
    .list = "streams",
    .rereads = true,
    .size = sizeof(struct streams),
    .name_max = 255,
    .prepare = channels_open,
    .start = stream_start,
    .stop = stream_stop,
    .range = stream_range,
    .look = tail_look,
    .take = stream_take,
    .high = stream_high,
    .hint = NULL, /* the broker keeps no offset for us (4) */
};

enum status amqp_stream_open(const struct amqp_reader_settings *settings, struct error *error,
                             struct source **ret_source)
{
    struct amqp_reader *reader = NULL;
    enum status status = amqp_reader_new(&stream_verbs, settings, error, &reader);

    if (status != OK)
        return status;
    for (size_t i = 0; i < reader->part_count; i++)
        streams_of(reader)->consumers[i].gap_at = -1;
    *ret_source = &reader->source;
    return OK;
}
