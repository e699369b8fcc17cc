/*
 * amqp_reader.h - what reading streams and reading queues have in common; for amqp_stream.c and
 * amqp_queue.c alone. One connection, a list of names whose places are the partitions, and all
 * verbs of a source (base/ports.h); what differs is a table of verbs of a kind.
 *
 *               connected, and            told:
 *               verbs->prepare            SOURCE_ASSIGNED
 *       AWAY ----------------------> NEW ------------------> UP
 *       |  ^  after a back-off        |                       |
 *   not |  |                          |                       |  a verb or the library
 *   now |  | told: SOURCE_AWAY        |                       |  answers RETRY (3)
 *       v  |                          v                       v
 *       LOST <------------------------+-----------------------+
 *
 *   each part, in UP:   idle --- source_assign names it: verbs->start ---> reading
 *                       idle <-- not any more, or another place: verbs->stop ---
 *                       LOST makes all of them idle
 *
 * (1) There is a link in NEW and in UP, and in no other state.
 * (2) Each connection begins with ASSIGNED: every position is claimed again, whatever happened
 *     while there was none.
 * (3) A verb that answers RETRY has broken the link, or found something that only a new one can
 *     put right: the reader drops it, and every part is idle. verbs->range is the exception.
 * (4) A part that goes on at the record it expects is not started anew.
 *
 *   kind's open -> amqp_reader_new -> source_poll, ... -> source_close
 */
#ifndef SAWA_BUS_AMQP_READER_H
#define SAWA_BUS_AMQP_READER_H

#include "base/buffer.h"
#include "base/ports.h"
#include "bus/amqp_link.h"

enum { AMQP_PARTS_MAX = 256, AMQP_NAME_SIZE = 256, AMQP_TAG_SIZE = 24 };

enum amqp_reader_state { READER_AWAY, READER_NEW, READER_UP, READER_LOST };

/* One stream or queue. */
struct amqp_part {
    char name[AMQP_NAME_SIZE];
    bool reading;  /* a consumer of ours is there                   */
    bool asked;    /* for its range, since the last source_assign   */
    bool end_owed; /* SOURCE_END is to be told, once                */
    int64_t next;  /* offset of the record that is expected         */
    int64_t high;  /* its end as last seen; -1: unknown             */
};

struct amqp_reader;

/* What streams and queues do each in their own way. None is called without a link but high. */
struct amqp_verbs {
    const char *kind; /* as in table source                                     */
    const char *list; /* what the names are, in messages                        */
    bool rereads;     /* base/ports.h                                           */
    size_t size;      /* of the kind's struct, whose first member is the reader */
    size_t name_max;  /* bytes                                                  */

    /* Makes a fresh link ready: channels, declarations. */
    enum status (*prepare)(struct amqp_reader *reader, struct error *error);
    /* Consumes from part->next on. */
    enum status (*start)(struct amqp_reader *reader, struct amqp_part *part, struct error *error);
    enum status (*stop)(struct amqp_reader *reader, struct amqp_part *part, struct error *error);
    /* As source_range. RETRY leaves the link as it is. */
    enum status (*range)(struct amqp_reader *reader, struct amqp_part *part, struct error *error,
                         int64_t *ret_low, int64_t *ret_high);
    /* Looks at the end of part, each about once a second; any answer but OK drops the link. */
    enum status (*look)(struct amqp_reader *reader, struct amqp_part *part, struct error *error);
    /* Takes reader->envelope: a RECORD, OUT_OF_RANGE, or nothing for the caller (IDLE stays). */
    enum status (*take)(struct amqp_reader *reader, struct source_event *event,
                        struct error *error);
    int64_t (*high)(const struct amqp_reader *reader, const struct amqp_part *part);
    /* As source_hint, for a part that is read. NULL: the broker keeps nothing for us. */
    enum status (*hint)(struct amqp_reader *reader, struct amqp_part *part, int64_t next_offset,
                        struct error *error);
};

struct amqp_reader {
    struct source source; /* first: a source is one of these */
    struct source_ops ops;
    const struct amqp_verbs *verbs;
    struct amqp_reader_settings settings;
    enum amqp_reader_state state;
    struct amqp_link *link; /* (1) */
    struct error away;      /* why it was lost */
    int attempts;           /* connections since a part was started */
    int64_t connect_at_us;
    bool has_envelope; /* of the last SOURCE_RECORD */
    amqp_envelope_t envelope;
    struct buffer headers;
    size_t look_index; /* the part that was looked at last */
    int64_t look_at_us;
    char cluster[LINK_CLUSTER_SIZE]; /* of the last connection */
    size_t part_count;
    struct amqp_part parts[AMQP_PARTS_MAX];
};

/* Reads the list; connects at the first poll. FATAL, EXIT_CONFIGURATION: no name or too many, a
 * name twice or too long. What is behind the reader in the kind's struct is zero. The caller ends
 * it with source_close; settings are copied, what they point to stays the caller's. */
must_use enum status amqp_reader_new(const struct amqp_verbs *verbs,
                                     const struct amqp_reader_settings *settings,
                                     struct error *error, struct amqp_reader **ret_reader);

/* Ends the consumer of a part, where there is one. RETRY: the link is dropped (3). */
must_use enum status amqp_reader_stop(struct amqp_reader *reader, struct amqp_part *part,
                                      struct error *error);

static inline int32_t amqp_part_number(const struct amqp_reader *reader,
                                       const struct amqp_part *part)
{
    return (int32_t)(part - reader->parts);
}

/* ---- between amqp_reader.c and amqp_parts.c ---- */

static inline struct amqp_reader *amqp_reader_of(struct source *source)
{
    return (struct amqp_reader *)source;
}

/* (3) What a verb answered; returns it. */
enum status amqp_reader_answer(struct amqp_reader *reader, enum status status,
                               const struct error *error);

/* Looks at the end of the next part, where it is time to. Also keeps the heartbeat going while
 * the loop does not poll. */
void amqp_reader_look(struct amqp_reader *reader);

enum status amqp_reader_away(struct error *error); /* RETRY: there is no link */

must_use enum status amqp_parts_read(struct amqp_reader *reader, const char *names,
                                     struct error *error);

/* Verbs of a source. */
size_t amqp_parts_list(struct source *source, int32_t *partitions, size_t max);
enum status amqp_parts_assign(struct source *source, const struct source_start *starts,
                              size_t count, struct error *error);
enum status amqp_parts_range(struct source *source, int32_t partition, int64_t *ret_low,
                             int64_t *ret_high, struct error *error);
int64_t amqp_parts_high(struct source *source, int32_t partition);
void amqp_parts_hint(struct source *source, int32_t partition, int64_t next_offset);

#endif
