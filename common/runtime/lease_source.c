/*
 * lease_source.c - see lease_source.h.
 */
#include "runtime/lease_source.h"

#include <stdlib.h>

enum { IDENTIFY_MS = 10000 };

struct lease_source {
    struct source source; /* first: a source is one of these */
    struct source_ops ops;
    struct source *inner;
    struct lease_keeper *keeper;
    struct lease_offer told; /* what the loop goes by; version 0: nothing so far */
    bool heard;              /* and the keeper knows */
};

static struct source *inner_of(struct source *source)
{
    return ((struct lease_source *)source)->inner;
}

/* The loop finishes what is in flight when it takes the event; the next poll tells that it has. */
static enum status news_tell(struct lease_source *lease, struct source_event *ret_event,
                             struct error *error)
{
    enum status status = lease_keeper_offer(lease->keeper, error, &lease->told);

    if (status == OK)
        status = source_assign(lease->inner, NULL, 0, error); /* nothing comes before the claims */
    if (status != OK)
        return error->status = FATAL;
    lease->heard = false;
    ret_event->kind = lease->told.count > 0 || lease->told.idle ? SOURCE_ASSIGNED : SOURCE_REVOKED;
    return OK;
}

static enum status lease_poll(struct source *source, int timeout_ms, struct source_event *ret_event,
                              struct error *error)
{
    struct lease_source *lease = (struct lease_source *)source;

    if (!lease->heard) {
        lease_keeper_heard(lease->keeper, lease->told.version);
        lease->heard = true;
    }
    if (lease_keeper_version(lease->keeper) != lease->told.version)
        return news_tell(lease, ret_event, error);
    return source_poll(lease->inner, timeout_ms, ret_event, error);
}

static void lease_release(struct source *source)
{
    source_release(inner_of(source));
}

static size_t lease_partitions(struct source *source, int32_t *partitions, size_t max)
{
    const struct lease_offer *told = &((struct lease_source *)source)->told;
    size_t count = told->count < max ? told->count : max;

    memcpy(partitions, told->partitions, count * sizeof *partitions);
    return count;
}

static enum status lease_assign(struct source *source, const struct source_start *starts,
                                size_t count, struct error *error)
{
    return source_assign(inner_of(source), starts, count, error);
}

static enum status lease_identify(struct source *source, struct source_identity *ret_identity,
                                  struct error *error)
{
    return source_identify(inner_of(source), ret_identity, error);
}

static enum status lease_range(struct source *source, int32_t partition, int64_t *ret_low,
                               int64_t *ret_high, struct error *error)
{
    struct lease_source *lease = (struct lease_source *)source;
    enum status status = lease_keeper_allows(lease->keeper, partition, error);

    return status == OK ? source_range(lease->inner, partition, ret_low, ret_high, error) : status;
}

static int64_t lease_high(struct source *source, int32_t partition)
{
    return source_high(inner_of(source), partition);
}

static void lease_hint(struct source *source, int32_t partition, int64_t next_offset)
{
    source_hint(inner_of(source), partition, next_offset);
}

static bool lease_look(struct source *source, int32_t partition, int64_t offset)
{
    return source_look(inner_of(source), partition, offset);
}

static bool lease_seen(struct source *source, struct source_glance *ret_glance)
{
    return source_seen(inner_of(source), ret_glance);
}

static void lease_close(struct source *source)
{
    struct lease_source *lease = (struct lease_source *)source;

    if (lease_keeper_stop(lease->keeper))
        source_close(lease->inner);
    free(lease);
}

static struct source_ops ops_over(const struct source_ops *inner)
{
    return (struct source_ops){.server = inner->server,
                               .rereads = inner->rereads,
                               .poll = lease_poll,
                               .release = lease_release,
                               .partitions = lease_partitions,
                               .assign = lease_assign,
                               .identify = lease_identify,
                               .range = lease_range,
                               .high = lease_high,
                               .hint = lease_hint,
                               .look = lease_look,
                               .seen = lease_seen,
                               .close = lease_close};
}

enum status lease_source_open(const struct lease_settings *settings, struct source *inner,
                              struct error *error, struct source **ret_source)
{
    const struct lease_keeper_settings kept = {.db = settings->db,
                                               .source = inner,
                                               .worker = settings->worker,
                                               .lease_ms = settings->lease_ms,
                                               .identify_ms = IDENTIFY_MS};
    struct lease_source *lease = calloc(1, sizeof *lease);
    enum status status = lease == NULL ? error_set(error, FATAL, "out of memory for leases")
                                       : lease_keeper_start(&kept, error, &lease->keeper);

    if (status != OK) {
        free(lease);
        source_close(inner);
        return status;
    }
    lease->ops = ops_over(inner->ops);
    lease->source.ops = &lease->ops;
    lease->inner = inner;
    lease->heard = true;
    *ret_source = &lease->source;
    return OK;
}
