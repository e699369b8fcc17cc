/*
 * amqp_probe.c - see amqp_probe.h.
 */
#include "bus/amqp_probe.h"

#include "base/clock.h"
#include "bus/amqp_record.h"

enum { CHANNEL_LAST = 1, CHANNEL_FIRST = 2, LAST_PREFETCH = 5000, PROBE_LOOK_MS = 100 };

struct probe {
    struct amqp_link *link;
    struct amqp_link *kept;
    const char *stream;
    amqp_channel_t channel;
    int64_t first; /* of what this channel delivered; -1: nothing yet */
    int64_t last;
    uint32_t unacked;
    uint32_t count; /* as the broker's statistics have it */
};

static enum status probe_no_stream(const struct probe *probe, struct error *error)
{
    error_configuration(error, "%s is a queue, not a stream", probe->stream);
    return error_hint(error, "declare it with x-queue-type=stream");
}

static enum status probe_next(struct probe *probe, int timeout_ms, bool *ret_has,
                              struct error *error)
{
    amqp_envelope_t envelope;
    enum status status = amqp_link_next(probe->link, timeout_ms, &envelope, ret_has, error);
    int64_t offset;

    if (status != OK || !*ret_has)
        return status;
    offset = amqp_record_offset(&envelope.message);
    if (envelope.channel == probe->channel) { /* else the rest of another one's chunk */
        probe->first = probe->first < 0 ? offset : probe->first;
        probe->last = offset;
        probe->unacked++;
    }
    amqp_destroy_envelope(&envelope);
    return offset < 0 ? probe_no_stream(probe, error) : OK;
}

/* A small prefetch keeps the broker from reading far ahead of what is asked. */
static enum status probe_begin(struct probe *probe, const char *word, uint16_t prefetch,
                               struct error *error)
{
    enum status status = amqp_link_channel(probe->link, probe->channel, error);

    if (status == OK)
        status = amqp_link_find(probe->link, probe->channel, probe->stream, error, NULL);
    if (status == OK)
        status = amqp_link_consume(probe->link, probe->channel, probe->stream, word,
                                   (struct amqp_from){.word = word}, prefetch, error);
    return status == REJECT ? (error->status = RETRY) : status;
}

static enum status probe_silent(const struct probe *probe, struct error *error)
{
    error_set(error, RETRY, "a stream that is not empty does not show its records");
    return error_detail(error, "stream %s", probe->stream);
}

/* Until something is here, or quiet_ms have passed in which the broker answered (2). */
static enum status probe_await(struct probe *probe, int quiet_ms, struct error *error)
{
    int64_t end_us = clock_monotonic_us() + (int64_t)quiet_ms * 1000;
    enum status status = OK;

    while (status == OK && probe->first < 0 &&
           (clock_monotonic_us() < end_us || probe->count > 0)) {
        bool has;

        if (clock_monotonic_us() >= end_us + LINK_WAIT_MS * 1000)
            return probe_silent(probe, error);
        amqp_link_beat(probe->kept);
        status = probe_next(probe, PROBE_LOOK_MS, &has, error);
        if (status == OK && !has)
            status =
                amqp_link_find(probe->link, probe->channel, probe->stream, error, &probe->count);
    }
    return status == REJECT ? (error->status = RETRY) : status;
}

/* The rest of the chunk, which has arrived when the broker has answered. */
static enum status probe_rest(struct probe *probe, struct error *error)
{
    enum status status = amqp_link_find(probe->link, probe->channel, probe->stream, error, NULL);
    bool has = true;

    while (status == OK && has)
        status = probe_next(probe, 0, &has, error);
    return status == REJECT ? (error->status = RETRY) : status;
}

/* (1) Behind the last chunk when it gives less than it may: there was nothing more. */
static enum status probe_drain(struct probe *probe, struct error *error)
{
    enum status status = probe_rest(probe, error);

    while (status == OK && probe->unacked >= LAST_PREFETCH) {
        probe->unacked = 0;
        status = amqp_link_ack(probe->link, probe->channel, 0, error);
        if (status == OK)
            status = probe_rest(probe, error);
    }
    return status;
}

static enum status probe_last(struct probe *probe, int quiet_ms, struct error *error)
{
    enum status status = probe_begin(probe, "last", LAST_PREFETCH, error);

    if (status == OK)
        status = probe_await(probe, quiet_ms, error);
    if (status == OK && probe->first >= 0)
        status = probe_drain(probe, error);
    return status;
}

static enum status probe_first(struct probe *probe, struct error *error)
{
    enum status status = probe_begin(probe, "first", 1, error);

    if (status == OK)
        status = probe_await(probe, LINK_WAIT_MS, error);
    if (status == OK && probe->first < 0)
        status = probe_silent(probe, error);
    return status;
}

enum status amqp_probe_range(const struct amqp_settings *settings, const char *stream, int quiet_ms,
                             struct amqp_link *kept, struct error *error, int64_t *ret_low,
                             int64_t *ret_high)
{
    struct probe last = {.kept = kept,
                         .stream = stream,
                         .channel = CHANNEL_LAST,
                         .first = -1,
                         .last = -1};
    struct probe first = last;
    enum status status = amqp_link_open(settings, error, &last.link);

    if (status != OK)
        return status;
    first.link = last.link;
    first.channel = CHANNEL_FIRST;
    status = probe_last(&last, quiet_ms, error);
    if (status == OK && last.first >= 0)
        status = probe_first(&first, error);
    amqp_link_close(last.link);
    if (status != OK)
        return status;
    *ret_low = last.first < 0 ? 0 : first.first;
    *ret_high = last.last + 1;
    return OK;
}
