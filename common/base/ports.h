/*
 * ports.h - what the runtime asks of a source of records, whatever stands behind it.
 *
 * A source has partitions with rising offsets. It never decides where to read from: it tells
 * which partitions are ours, the runtime claims their positions in PostgreSQL, and
 * source_assign says from which offset to deliver. The broker's own offset is a hint.
 *
 *              ASSIGNED                    source_assign
 *   broker ----------------> runtime --claim--> PostgreSQL --> next_offset --> source
 *              RECORD, END
 *          ----------------> batch
 *              REVOKED
 *          ----------------> drop what is open, forget the claims
 *
 * (1) One thread calls a source.
 * (2) Back-pressure is not polling: there is no pause, no resume, no seek.
 * (3) After source_assign nothing from before it is delivered.
 */
#ifndef SAWA_BASE_PORTS_H
#define SAWA_BASE_PORTS_H

#include "base/error.h"
#include "base/record.h"
#include "base/uuid.h"

enum source_event_kind {
    SOURCE_IDLE,         /* nothing within the time                                       */
    SOURCE_RECORD,       /* event.record; its bytes live until source_release             */
    SOURCE_END,          /* event.partition has nothing behind event.offset (exclusive)   */
    SOURCE_ASSIGNED,     /* source_partitions tells which are ours now; nothing is read yet */
    SOURCE_REVOKED,      /* none is ours any more                                         */
    SOURCE_OUT_OF_RANGE, /* the offset asked of event.partition is not there: halt it     */
    SOURCE_AWAY,         /* the broker cannot be reached, or a file is awaited; error says it
                            (EXIT_FAILED in it: a run that ends meanwhile has failed)     */
    SOURCE_DAMAGED,      /* event.partition cannot be read on, for event.reason: it is halted
                            behind what was delivered */
};

struct source_event {
    enum source_event_kind kind;
    int32_t partition;
    int64_t offset;
    struct record record;
    struct error error; /* SOURCE_AWAY */
    const char *reason; /* SOURCE_DAMAGED: a literal, as the position keeps it */
};

struct source_start {
    int32_t partition;
    int64_t offset;
};

/* Who the source is: an incarnation is known by cluster, topic, its id and partition count. */
struct source_identity {
    const char *kind; /* as in table source */
    const char *unit; /* of its offsets, last in a metric's name: records, bytes */
    char cluster_id[128];
    char topic[256];
    int32_t partition_count;
    struct uuid topic_uuid; /* all zero: this source has none, or cannot read it */
};

/* What was seen of a record that was looked at again. */
struct source_glance {
    int32_t partition;
    int64_t offset;
    bool answered; /* false: the broker could not be asked      */
    bool there;    /* false: no record stands at this offset    */
    int64_t timestamp_ms;
    uint32_t crc32c; /* of key and value */
};

struct source;

struct source_ops {
    const char *server; /* what stands behind it, in log lines */
    /* What was delivered once can be read again from its offset. False: a queue, whose numbers are
     * ours; no anchor is awaited, a record that comes again has another number, and source_range
     * begins a claim: what was delivered before it is void. */
    bool rereads;
    enum status (*poll)(struct source *source, int timeout_ms, struct source_event *ret_event,
                        struct error *error);
    void (*release)(struct source *source);
    size_t (*partitions)(struct source *source, int32_t *partitions, size_t max);
    enum status (*assign)(struct source *source, const struct source_start *starts, size_t count,
                          struct error *error);
    enum status (*identify)(struct source *source, struct source_identity *ret_identity,
                            struct error *error);
    enum status (*range)(struct source *source, int32_t partition, int64_t *ret_low,
                         int64_t *ret_high, struct error *error);
    int64_t (*high)(struct source *source, int32_t partition);
    void (*hint)(struct source *source, int32_t partition, int64_t next_offset);
    /* Both NULL where a source cannot become another one under its reader. */
    bool (*look)(struct source *source, int32_t partition, int64_t offset);
    bool (*seen)(struct source *source, struct source_glance *ret_glance);
    void (*close)(struct source *source);
};

/* The first member of every source. */
struct source {
    const struct source_ops *ops;
};

/* Waits up to timeout_ms for what happens next. FATAL only: the client is beyond repair. */
static inline must_use enum status source_poll(struct source *source, int timeout_ms,
                                               struct source_event *ret_event, struct error *error)
{
    return source->ops->poll(source, timeout_ms, ret_event, error);
}

/* Gives the record of the last SOURCE_RECORD back to the client. */
static inline void source_release(struct source *source)
{
    source->ops->release(source);
}

/* The partitions that are ours; at most max are written, the count is returned. */
static inline size_t source_partitions(struct source *source, int32_t *partitions, size_t max)
{
    return source->ops->partitions(source, partitions, max);
}

/* Delivers these partitions from these offsets, and no others (3). */
static inline must_use enum status source_assign(struct source *source,
                                                 const struct source_start *starts, size_t count,
                                                 struct error *error)
{
    return source->ops->assign(source, starts, count, error);
}

/* Who logs a RETRY need not guess which server did not answer. */
static inline enum status source_answer(enum status status, struct error *error)
{
    if (status == RETRY)
        error->cause = CAUSE_SOURCE;
    return status;
}

/* Asks the broker who it is. RETRY, CAUSE_SOURCE, while it is away. */
static inline must_use enum status source_identify(struct source *source,
                                                   struct source_identity *ret_identity,
                                                   struct error *error)
{
    return source_answer(source->ops->identify(source, ret_identity, error), error);
}

/* First offset kept and first offset not yet written. RETRY, CAUSE_SOURCE, while the broker is
 * away. */
static inline must_use enum status source_range(struct source *source, int32_t partition,
                                                int64_t *ret_low, int64_t *ret_high,
                                                struct error *error)
{
    return source_answer(source->ops->range(source, partition, ret_low, ret_high, error), error);
}

/* The end of the partition as last heard, without asking; -1 unknown. */
static inline int64_t source_high(struct source *source, int32_t partition)
{
    return source->ops->high(source, partition);
}

/* Tells the broker how far we are. A hint: it may fail; a queue delivers again then. */
static inline void source_hint(struct source *source, int32_t partition, int64_t next_offset)
{
    source->ops->hint(source, partition, next_offset);
}

/* Asks for a record to be looked at again, beside the reading; source_seen tells later. False: not
 * now, or this source cannot. */
static inline bool source_look(struct source *source, int32_t partition, int64_t offset)
{
    return source->ops->look != NULL && source->ops->look(source, partition, offset);
}

/* Takes what was seen. False: nothing new. Never waits. */
static inline bool source_seen(struct source *source, struct source_glance *ret_glance)
{
    return source->ops->seen != NULL && source->ops->seen(source, ret_glance);
}

/* The name of the server behind it, for log lines. */
static inline const char *source_server(const struct source *source)
{
    return source->ops->server;
}

static inline void source_close(struct source *source)
{
    if (source != NULL)
        source->ops->close(source);
}

#endif
