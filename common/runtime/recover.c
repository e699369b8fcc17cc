/*
 * recover.c - frames of refused records, read back from the sealed parts of their batch.
 *
 * Only records that were suspected from the start keep a frame beside the archive. A duplicate
 * that nobody suspected is refused late; its bytes are in the archive all the same.
 */
#include "runtime/batch.h"

enum { RECOVER_PLAIN_MAX = 1024 * 1024 * 1024 };

struct text batch_part_aad(const struct batch *batch, const struct batch_part *part,
                           char text[RAW_AAD_SIZE])
{
    return archive_aad(batch->source_id, part->move.partition, part->move.expected, part->key_id,
                       text);
}

static bool is_missing(const struct batch *batch, size_t index, size_t part)
{
    const struct batch_record *record = &batch->records[index];

    return record->part == part && record->verdict == REJECT && record->kept_size == 0;
}

/* The next record of the part, from index on, whose frame is missing. */
static size_t missing_after(const struct batch *batch, size_t index, size_t part)
{
    while (index < batch->record_count && !is_missing(batch, index, part))
        index++;
    return index;
}

static enum status frame_keep(struct batch *batch, size_t index, struct text frame,
                              struct error *error)
{
    size_t at = batch->kept.size;

    buffer_text(&batch->kept, frame);
    if (buffer_failed(&batch->kept))
        return error_set(error, FATAL, "the parked records of one batch pass their ceiling");
    batch->records[index].kept_at = (uint32_t)at;
    batch->records[index].kept_size = (uint32_t)frame.size;
    return OK;
}

/* Both the archive and the records of a part stand in offset order: one walk serves all. */
static enum status frames_read(struct batch *batch, size_t part, size_t index,
                               struct archive_reader *reader, struct error *error)
{
    enum status status = OK;

    while (status == OK && index < batch->record_count) {
        struct raw_record raw;
        struct text frame;
        bool has_record = false;

        status = archive_next(reader, error, &raw, &frame, &has_record);
        if (status == OK && !has_record)
            return error_set(error, FATAL, "a batch does not hold the records it was sealed with");
        if (status != OK || raw.offset != batch->records[index].offset)
            continue;
        status = frame_keep(batch, index, frame, error);
        index = missing_after(batch, index + 1, part);
    }
    return status;
}

static enum status part_recover(struct batch *batch, size_t part, size_t index,
                                struct error *error)
{
    struct archive_reader *reader = archive_reader_new(RECOVER_PLAIN_MAX);
    const struct batch_part *sealed = &batch->parts[part];
    char aad[RAW_AAD_SIZE];
    enum status status = archive_open(reader, batch->key->key, batch_part_aad(batch, sealed, aad),
                                      batch_part_sealed(sealed), error);

    if (status == OK)
        status = frames_read(batch, part, index, reader, error);
    archive_reader_free(reader);
    return status == REJECT ? (error->status = FATAL) : status;
}

enum status batch_recover(struct batch *batch, struct error *error)
{
    for (size_t part = 0; part < batch->part_count; part++) {
        size_t index = missing_after(batch, 0, part);
        enum status status = OK;

        if (index < batch->record_count && !batch->parts[part].dropped)
            status = part_recover(batch, part, index, error);
        if (status != OK)
            return status;
    }
    return OK;
}
