/*
 * amqp_source.c - see amqp_source.h. Traps of streams over AMQP and our rules: bus/README.md.
 */
#include "bus/amqp_source.h"

#include "base/clock.h"
#include "bus/amqp_link.h"
#include "bus/amqp_probe.h"
#include "bus/amqp_record.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    STREAMS_MAX = 256,      /* partitions of one source                             */
    STREAM_NAME_SIZE = 256, /* AMQP allows 255 bytes                                */
    TAG_SIZE = 24,
    HEADERS_MAX = 4 * 1024 * 1024,
    TAIL_MS = 1000, /* how often the end of one stream is looked at         */
    TAIL_PREFETCH = 200,
    QUIET_MS = 500,         /* silence that says a stream is empty, the first time  */
    QUIET_AGAIN_MS = 10000, /* and when it is asked again: the answer would halt it */
    SKIPPED_MAX = 256,      /* deliveries of one poll that are not for the caller   */
};

struct amqp_stream {
    char name[STREAM_NAME_SIZE];
    bool reading;       /* a consumer of ours is on its channel           */
    char tag[TAG_SIZE]; /* (3)                                           */
    int64_t expected;   /* (2)                                            */
    int64_t high;       /* end of the stream as last seen; -1: unknown    */
    int64_t gap_at;     /* an offset that was missing once; -1: none      */
    bool asked;
    bool end_owed;    /* the end was reached: one event                 */
    uint32_t unacked; /* taken since the last ack (4)                   */
};

struct amqp_source {
    struct source source; /* first: a source is one of these */
    struct amqp_source_settings settings;
    struct amqp_link *link; /* NULL: away */
    bool assigned_owed;     /* (1) */
    bool away_owed;
    struct error away;
    int attempts; /* to connect, that failed */
    int64_t connect_at_us;
    uint32_t tag_number;
    bool has_envelope; /* of the last SOURCE_RECORD */
    amqp_envelope_t envelope;
    struct buffer headers;
    /* The look at the end of one stream after the other, on a channel of its own. */
    char tail_tag[TAG_SIZE];
    size_t tail_index;
    bool tail_open;
    int64_t tail_at_us;
    char cluster[LINK_CLUSTER_SIZE]; /* of the last connection */
    size_t stream_count;
    struct amqp_stream streams[STREAMS_MAX];
};

static struct amqp_stream *stream_of(struct amqp_source *amqp, int32_t partition)
{
    assert(partition >= 0);
    assert((size_t)partition < amqp->stream_count);
    return &amqp->streams[partition];
}

static amqp_channel_t channel_of(const struct amqp_source *amqp, const struct amqp_stream *stream)
{
    return (amqp_channel_t)(stream - amqp->streams + 1);
}

static amqp_channel_t tail_channel(const struct amqp_source *amqp)
{
    return (amqp_channel_t)(amqp->stream_count + 1);
}

/* ---- connection ---- */

/* The link is gone, or never came: said with the next poll, tried again after a while. */
static void link_lost(struct amqp_source *amqp, const struct error *error)
{
    amqp_link_close(amqp->link);
    amqp->link = NULL;
    amqp->tail_open = false;
    amqp->assigned_owed = false;
    amqp->attempts++;
    amqp->connect_at_us = clock_monotonic_us() + amqp_link_backoff_ms(amqp->attempts) * 1000;
    for (size_t i = 0; i < amqp->stream_count; i++) {
        amqp->streams[i].reading = false;
        amqp->streams[i].end_owed = false;
    }
    amqp->away = *error;
    amqp->away_owed = true;
}

static enum status channels_open(struct amqp_source *amqp, struct error *error)
{
    enum status status = OK;

    for (size_t i = 0; status == OK && i < amqp->stream_count + 1; i++)
        status = amqp_link_channel(amqp->link, (amqp_channel_t)(i + 1), error);
    return status;
}

static enum status source_connect(struct amqp_source *amqp, struct error *error)
{
    enum status status = amqp_link_open(&amqp->settings.link, error, &amqp->link);

    if (status == OK)
        status = channels_open(amqp, error);
    if (status != OK) {
        link_lost(amqp, error);
        return status == RETRY ? OK : status;
    }
    text_copy(text_of(amqp_link_cluster(amqp->link)), amqp->cluster, sizeof amqp->cluster);
    amqp->tail_at_us = clock_monotonic_us() + TAIL_MS * 1000;
    amqp->assigned_owed = true; /* (1) */
    return OK;
}

/* Connects when it is time to; before that it waits, for timeout_ms at most. */
static enum status source_reconnect(struct amqp_source *amqp, int timeout_ms, struct error *error)
{
    int64_t wait_ms = (amqp->connect_at_us - clock_monotonic_us() + 999) / 1000;

    if (wait_ms <= 0)
        return source_connect(amqp, error);
    poll(NULL, 0, (int)(wait_ms < timeout_ms ? wait_ms : timeout_ms));
    return OK;
}

/* ---- the end of a stream, for lag alone ---- */

static enum status tail_end(struct amqp_source *amqp, struct error *error)
{
    enum status status;

    if (!amqp->tail_open)
        return OK;
    amqp->tail_open = false;
    status = amqp_link_ack(amqp->link, tail_channel(amqp), 0, error);
    if (status == OK)
        status = amqp_link_cancel(amqp->link, tail_channel(amqp), amqp->tail_tag, error);
    return status;
}

static enum status tail_begin(struct amqp_source *amqp, struct error *error)
{
    const struct amqp_stream *stream = &amqp->streams[amqp->tail_index];
    enum status status;

    snprintf(amqp->tail_tag, sizeof amqp->tail_tag, "tail-%u", ++amqp->tag_number);
    status = amqp_link_consume(amqp->link, tail_channel(amqp), stream->name, amqp->tail_tag,
                               (struct amqp_from){.word = "last"}, TAIL_PREFETCH, error);
    amqp->tail_open = status == OK;
    return status;
}

/* Each stream that is read in its turn, one per TAIL_MS and stream. Also keeps the heartbeat
 * going while the loop does not poll. A stream that lags has its next record coming anyway. */
static void tail_look(struct amqp_source *amqp)
{
    int64_t now_us = clock_monotonic_us();
    struct error error;
    enum status status;

    if (amqp->link == NULL || now_us < amqp->tail_at_us)
        return;
    amqp->tail_at_us = now_us + TAIL_MS * 1000 / (int64_t)amqp->stream_count;
    status = tail_end(amqp, &error);
    amqp->tail_index = (amqp->tail_index + 1) % amqp->stream_count;
    if (status == OK && amqp->streams[amqp->tail_index].reading)
        status = tail_begin(amqp, &error);
    if (status != OK)
        link_lost(amqp, &error);
}

static void tail_take(struct amqp_source *amqp, const amqp_envelope_t *envelope)
{
    struct amqp_stream *stream = &amqp->streams[amqp->tail_index];
    struct text tag = {envelope->consumer_tag.bytes, envelope->consumer_tag.len};
    int64_t offset = amqp_record_offset(&envelope->message);

    if (!text_is(tag, amqp->tail_tag))
        return;
    if (offset + 1 > stream->high)
        stream->high = offset + 1;
    stream->end_owed = stream->reading && stream->expected >= stream->high;
}

/* ---- deliveries ---- */

/* (4) */
static enum status credit_give(struct amqp_source *amqp, struct amqp_stream *stream,
                               uint64_t delivery_tag, struct error *error)
{
    if (++stream->unacked < (uint32_t)(amqp->settings.prefetch + 1) / 2)
        return OK;
    stream->unacked = 0;
    return amqp_link_ack(amqp->link, channel_of(amqp, stream), delivery_tag, error);
}

static bool envelope_is_current(const struct amqp_stream *stream, const amqp_envelope_t *envelope)
{
    return stream->reading &&
           text_is((struct text){envelope->consumer_tag.bytes, envelope->consumer_tag.len},
                   stream->tag); /* (3) */
}

/* (2) An offset that is missing, for the first or the second time. */
static void gap_found(struct amqp_source *amqp, struct amqp_stream *stream, int64_t offset,
                      struct source_event *event)
{
    struct error error;

    if (stream->gap_at == stream->expected) {
        stream->reading = false;
        event->kind = SOURCE_OUT_OF_RANGE;
        event->partition = (int32_t)(stream - amqp->streams);
        event->offset = stream->expected;
        return;
    }
    stream->gap_at = stream->expected;
    error_set(&error, RETRY, "stream %s leaves offsets out", stream->name);
    error_detail(&error, "offset %lld was expected, %lld came", (long long)stream->expected,
                 (long long)offset);
    error_hint(&error, "all positions are checked again; if it stays so, the partition halts");
    link_lost(amqp, &error);
}

static enum status record_take(struct amqp_source *amqp, struct amqp_stream *stream,
                               struct source_event *event, struct error *error)
{
    struct record *record = &event->record;
    enum status status;

    if (!amqp_record_read(&amqp->envelope.message, &amqp->headers, record)) {
        error_configuration(error, "%s delivers records without an offset", stream->name);
        return error_hint(error, "it is no stream: declare it with x-queue-type=stream");
    }
    record->partition = (int32_t)(stream - amqp->streams);
    if (record->offset > stream->expected) {
        gap_found(amqp, stream, record->offset, event);
        return OK;
    }
    status = credit_give(amqp, stream, amqp->envelope.delivery_tag, error);
    if (status != OK) {
        link_lost(amqp, error);
        return OK;
    }
    if (record->offset < stream->expected)
        return OK;
    stream->expected++;
    stream->end_owed = false;
    if (stream->expected > stream->high)
        stream->high = stream->expected;
    event->kind = SOURCE_RECORD;
    return OK;
}

static void amqp_release(struct source *source)
{
    struct amqp_source *amqp = (struct amqp_source *)source;

    if (amqp->has_envelope)
        amqp_destroy_envelope(&amqp->envelope);
    amqp->has_envelope = false;
}

/* What one delivery is to the caller: a record, out of range, or nothing (IDLE). */
static enum status envelope_handle(struct amqp_source *amqp, struct source_event *event,
                                   struct error *error)
{
    amqp_channel_t channel = amqp->envelope.channel;
    enum status status = OK;

    if (channel == tail_channel(amqp)) {
        tail_take(amqp, &amqp->envelope);
    } else if (channel >= 1 && channel <= amqp->stream_count) {
        struct amqp_stream *stream = &amqp->streams[channel - 1];

        if (envelope_is_current(stream, &amqp->envelope))
            status = record_take(amqp, stream, event, error);
    }
    if (status != OK || event->kind != SOURCE_RECORD)
        amqp_release(&amqp->source);
    return status;
}

static enum status delivery_next(struct amqp_source *amqp, int timeout_ms,
                                 struct source_event *event, struct error *error)
{
    enum status status;

    for (int skipped = 0; skipped < SKIPPED_MAX && amqp->link != NULL; skipped++) {
        status = amqp_link_next(amqp->link, skipped == 0 ? timeout_ms : 0, &amqp->envelope,
                                &amqp->has_envelope, error);
        if (status != OK) {
            link_lost(amqp, error);
            return OK;
        }
        if (!amqp->has_envelope)
            return OK;
        status = envelope_handle(amqp, event, error);
        if (status != OK || event->kind != SOURCE_IDLE)
            return status;
    }
    return OK;
}

/* ---- events ---- */

/* What is to be said before anything is read. */
static bool event_owed(struct amqp_source *amqp, struct source_event *event)
{
    if (amqp->away_owed) {
        amqp->away_owed = false;
        event->kind = SOURCE_AWAY;
        event->error = amqp->away;
        return true;
    }
    if (amqp->assigned_owed) {
        amqp->assigned_owed = false;
        event->kind = SOURCE_ASSIGNED;
        return true;
    }
    return false;
}

static void end_tell(struct amqp_source *amqp, struct source_event *event)
{
    for (size_t i = 0; i < amqp->stream_count; i++) {
        struct amqp_stream *stream = &amqp->streams[i];

        if (!stream->end_owed)
            continue;
        stream->end_owed = false;
        event->kind = SOURCE_END;
        event->partition = (int32_t)i;
        event->offset = stream->expected;
        return;
    }
}

static enum status amqp_poll(struct source *source, int timeout_ms, struct source_event *ret_event,
                             struct error *error)
{
    struct amqp_source *amqp = (struct amqp_source *)source;
    enum status status = OK;

    assert(!amqp->has_envelope);
    ret_event->kind = SOURCE_IDLE;
    tail_look(amqp);
    if (amqp->link == NULL && !amqp->away_owed)
        status = source_reconnect(amqp, timeout_ms, error);
    if (status != OK || event_owed(amqp, ret_event))
        return status;
    status = delivery_next(amqp, timeout_ms, ret_event, error);
    if (status == OK && ret_event->kind == SOURCE_IDLE)
        end_tell(amqp, ret_event);
    return status;
}

/* ---- the other verbs ---- */

static size_t amqp_partitions(struct source *source, int32_t *partitions, size_t max)
{
    struct amqp_source *amqp = (struct amqp_source *)source;
    size_t count = amqp->stream_count < max ? amqp->stream_count : max;

    if (amqp->cluster[0] == '\0') /* never connected: nothing is ours yet */
        return 0;
    for (size_t i = 0; i < count; i++)
        partitions[i] = (int32_t)i;
    return count;
}

static enum status stream_stop(struct amqp_source *amqp, struct amqp_stream *stream,
                               struct error *error)
{
    if (!stream->reading)
        return OK;
    stream->reading = false;
    stream->end_owed = false;
    return amqp_link_cancel(amqp->link, channel_of(amqp, stream), stream->tag, error);
}

static enum status stream_start(struct amqp_source *amqp, struct amqp_stream *stream,
                                int64_t offset, struct error *error)
{
    enum status status = stream_stop(amqp, stream, error);

    if (status != OK)
        return status;
    snprintf(stream->tag, sizeof stream->tag, "read-%u", ++amqp->tag_number);
    status = amqp_link_consume(amqp->link, channel_of(amqp, stream), stream->name, stream->tag,
                               (struct amqp_from){.offset = offset},
                               (uint16_t)amqp->settings.prefetch, error);
    if (status != OK)
        return status;
    stream->reading = true;
    stream->expected = offset;
    stream->unacked = 0;
    amqp->attempts = 0; /* the broker serves us: the next loss starts from a short wait */
    return OK;
}

static const struct source_start *start_of(const struct source_start *starts, size_t count,
                                           int32_t partition)
{
    for (size_t i = 0; i < count; i++)
        if (starts[i].partition == partition)
            return &starts[i];
    return NULL;
}

/* A consumer whose next record is the one that is asked for goes on as it is. */
static enum status stream_assign(struct amqp_source *amqp, struct amqp_stream *stream,
                                 const struct source_start *start, struct error *error)
{
    stream->asked = false; /* the claims are over */
    if (start == NULL)
        return stream_stop(amqp, stream, error);
    if (stream->reading && stream->expected == start->offset)
        return OK;
    return stream_start(amqp, stream, start->offset, error);
}

static enum status amqp_assign(struct source *source, const struct source_start *starts,
                               size_t count, struct error *error)
{
    struct amqp_source *amqp = (struct amqp_source *)source;

    for (size_t i = 0; amqp->link != NULL && i < amqp->stream_count; i++) {
        enum status status =
            stream_assign(amqp, &amqp->streams[i], start_of(starts, count, (int32_t)i), error);

        if (status == RETRY) /* the next connection brings ASSIGNED, and this again (1) */
            link_lost(amqp, error);
        else if (status != OK)
            return status;
    }
    return OK;
}

static enum status source_is_away(struct error *error)
{
    return error_set(error, RETRY, "the RabbitMQ broker is away");
}

static enum status amqp_identify(struct source *source, struct source_identity *ret_identity,
                                 struct error *error)
{
    struct amqp_source *amqp = (struct amqp_source *)source;
    struct source_identity identity = {.kind = "STREAM",
                                       .unit = "records",
                                       .partition_count = (int32_t)amqp->stream_count};

    if (amqp->link == NULL)
        return source_is_away(error);
    text_copy(text_of(amqp->cluster), identity.cluster_id, sizeof identity.cluster_id);
    text_copy(text_of(amqp->settings.topic), identity.topic, sizeof identity.topic);
    *ret_identity = identity;
    return OK;
}

/* A claim asks a second time only where the answer would halt the partition: then, and where a
 * stream held something before, silence has to last before it counts as "empty". */
static enum status amqp_range(struct source *source, int32_t partition, int64_t *ret_low,
                              int64_t *ret_high, struct error *error)
{
    struct amqp_source *amqp = (struct amqp_source *)source;
    struct amqp_stream *stream = stream_of(amqp, partition);
    bool matters = stream->asked || stream->high > 0;
    enum status status;

    if (amqp->link == NULL)
        return source_is_away(error);
    status =
        amqp_probe_range(&amqp->settings.link, stream->name, matters ? QUIET_AGAIN_MS : QUIET_MS,
                         amqp->link, error, ret_low, ret_high);
    if (status != OK)
        return status;
    stream->high = *ret_high;
    stream->asked = true;
    return OK;
}

static int64_t amqp_high(struct source *source, int32_t partition)
{
    struct amqp_source *amqp = (struct amqp_source *)source;

    tail_look(amqp);
    return stream_of(amqp, partition)->high;
}

/* The broker keeps no offset for us (4). */
static void amqp_hint(struct source *source, int32_t partition, int64_t next_offset)
{
    (void)source;
    (void)partition;
    (void)next_offset;
}

static void amqp_close(struct source *source)
{
    struct amqp_source *amqp = (struct amqp_source *)source;

    amqp_release(source);
    amqp_link_close(amqp->link);
    buffer_done(&amqp->headers);
    free(amqp);
}

static const struct source_ops amqp_ops = {
    .server = "rabbitmq",
    .rereads = true,
    .poll = amqp_poll,
    .release = amqp_release,
    .partitions = amqp_partitions,
    .assign = amqp_assign,
    .identify = amqp_identify,
    .range = amqp_range,
    .high = amqp_high,
    .hint = amqp_hint,
    .close = amqp_close,
};

/* ---- opening ---- */

static enum status list_refused(struct error *error, const char *why)
{
    error_configuration(error, "the list of streams cannot be used");
    error_detail(error, "%s", why);
    return error_hint(error, "names by commas, in the order of their partitions");
}

static enum status stream_add(struct amqp_source *amqp, struct text name, struct error *error)
{
    struct amqp_stream *stream = &amqp->streams[amqp->stream_count];

    if (name.size == 0)
        return list_refused(error, "a name is empty");
    if (amqp->stream_count == STREAMS_MAX)
        return list_refused(error, "it has more than 256 names");
    for (size_t i = 0; i < amqp->stream_count; i++)
        if (text_is(name, amqp->streams[i].name))
            return list_refused(error, "a name stands there twice");
    *stream = (struct amqp_stream){.high = -1, .gap_at = -1};
    if (!text_copy(name, stream->name, sizeof stream->name))
        return list_refused(error, "a name is longer than 255 bytes");
    amqp->stream_count++;
    return OK;
}

static enum status list_read(struct amqp_source *amqp, const char *streams, struct error *error)
{
    const char *at = streams;

    for (;;) {
        size_t size = strcspn(at, ",");
        enum status status = stream_add(amqp, text_trim((struct text){at, size}), error);

        if (status != OK || at[size] == '\0')
            return status;
        at += size + 1;
    }
}

enum status amqp_source_open(const struct amqp_source_settings *settings, struct error *error,
                             struct source **ret_source)
{
    struct amqp_source *amqp = calloc(1, sizeof *amqp);
    enum status status;

    if (amqp == NULL)
        return error_set(error, FATAL, "out of memory for a RabbitMQ consumer");
    assert(settings->prefetch > 0 && settings->prefetch <= UINT16_MAX);
    amqp->source.ops = &amqp_ops;
    amqp->settings = *settings;
    buffer_init(&amqp->headers, HEADERS_MAX);
    status = list_read(amqp, settings->streams, error);
    if (status != OK) {
        free(amqp);
        return status;
    }
    *ret_source = &amqp->source;
    return OK;
}
