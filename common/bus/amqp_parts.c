/*
 * amqp_parts.c - see amqp_reader.h: the list of streams or queues, and what is asked of one of
 * them: read it from here, where does it begin and end, so far is committed.
 */
#include "bus/amqp_reader.h"

#include <stdio.h>

/* ---- the list ---- */

static enum status list_refused(const struct amqp_reader *reader, struct error *error,
                                const char *why)
{
    error_configuration(error, "the list of %s cannot be used", reader->verbs->list);
    error_detail(error, "%s", why);
    return error_hint(error, "names by commas, in the order of their partitions");
}

static enum status part_add(struct amqp_reader *reader, struct text name, struct error *error)
{
    struct amqp_part *part = &reader->parts[reader->part_count];
    char too_long[64];

    if (name.size == 0)
        return list_refused(reader, error, "a name is empty");
    if (reader->part_count == AMQP_PARTS_MAX)
        return list_refused(reader, error, "it has more than 256 names");
    for (size_t i = 0; i < reader->part_count; i++)
        if (text_is(name, reader->parts[i].name))
            return list_refused(reader, error, "a name stands there twice");
    snprintf(too_long, sizeof too_long, "a name is longer than %zu bytes", reader->verbs->name_max);
    if (name.size > reader->verbs->name_max)
        return list_refused(reader, error, too_long);
    *part = (struct amqp_part){.high = -1};
    text_copy(name, part->name, sizeof part->name);
    reader->part_count++;
    return OK;
}

enum status amqp_parts_read(struct amqp_reader *reader, const char *names, struct error *error)
{
    const char *at = names;

    for (;;) {
        size_t size = strcspn(at, ",");
        enum status status = part_add(reader, text_trim((struct text){at, size}), error);

        if (status != OK || at[size] == '\0')
            return status;
        at += size + 1;
    }
}

/* ---- which are read, and from where ---- */

size_t amqp_parts_list(struct source *source, int32_t *partitions, size_t max)
{
    struct amqp_reader *reader = amqp_reader_of(source);
    size_t count = reader->part_count < max ? reader->part_count : max;

    if (reader->cluster[0] == '\0') /* never connected: nothing is ours yet */
        return 0;
    for (size_t i = 0; i < count; i++)
        partitions[i] = (int32_t)i;
    return count;
}

enum status amqp_reader_stop(struct amqp_reader *reader, struct amqp_part *part,
                             struct error *error)
{
    if (!part->reading)
        return OK;
    part->reading = part->end_owed = false;
    return amqp_reader_answer(reader, reader->verbs->stop(reader, part, error), error);
}

static enum status part_start(struct amqp_reader *reader, struct amqp_part *part, int64_t offset,
                              struct error *error)
{
    enum status status;

    part->next = offset;
    status = amqp_reader_answer(reader, reader->verbs->start(reader, part, error), error);
    if (status != OK)
        return status;
    part->reading = true;
    reader->attempts = 0; /* the broker serves us: the next loss starts from a short wait */
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

static enum status part_assign(struct amqp_reader *reader, struct amqp_part *part,
                               const struct source_start *start, struct error *error)
{
    enum status status;

    part->asked = false; /* the claims are over */
    if (start != NULL && part->reading && part->next == start->offset)
        return OK; /* (4) */
    status = amqp_reader_stop(reader, part, error);
    if (status != OK || start == NULL)
        return status;
    return part_start(reader, part, start->offset, error);
}

/* Where the link goes meanwhile, the next one brings ASSIGNED, and this again (2). */
enum status amqp_parts_assign(struct source *source, const struct source_start *starts,
                              size_t count, struct error *error)
{
    struct amqp_reader *reader = amqp_reader_of(source);

    for (size_t i = 0; reader->link != NULL && i < reader->part_count; i++) {
        enum status status =
            part_assign(reader, &reader->parts[i], start_of(starts, count, (int32_t)i), error);

        if (status != OK && status != RETRY)
            return status;
    }
    return OK;
}

/* ---- of one ---- */

static struct amqp_part *part_of(struct amqp_reader *reader, int32_t partition)
{
    assert(partition >= 0);
    assert((size_t)partition < reader->part_count);
    return &reader->parts[partition];
}

enum status amqp_parts_range(struct source *source, int32_t partition, int64_t *ret_low,
                             int64_t *ret_high, struct error *error)
{
    struct amqp_reader *reader = amqp_reader_of(source);
    struct amqp_part *part = part_of(reader, partition);
    enum status status;

    if (reader->link == NULL)
        return amqp_reader_away(error);
    status = reader->verbs->range(reader, part, error, ret_low, ret_high);
    if (status == OK)
        part->asked = true;
    return status;
}

int64_t amqp_parts_high(struct source *source, int32_t partition)
{
    struct amqp_reader *reader = amqp_reader_of(source);

    amqp_reader_look(reader);
    return reader->verbs->high(reader, part_of(reader, partition));
}

void amqp_parts_hint(struct source *source, int32_t partition, int64_t next_offset)
{
    struct amqp_reader *reader = amqp_reader_of(source);
    struct amqp_part *part = part_of(reader, partition);
    struct error error;

    if (!part->reading || reader->verbs->hint == NULL)
        return;
    (void)amqp_reader_answer(reader, reader->verbs->hint(reader, part, next_offset, &error),
                             &error);
}
