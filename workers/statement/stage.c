/*
 * stage.c - see stage.h.
 */
#include "stage.h"

#include "entry_line.h"

#include "codec/json/statement_json.h"

#include <errno.h>
#include <string.h>

enum { JSON_SIZE_MAX = 256 * 1024 * 1024, JSON_KEPT = 256 * 1024, COPY_SIZE = 64 * 1024 };

/* Where the parts of a statement are in the spool: entries first, head and tail behind them. */
struct stage_row {
    int64_t entries_at;
    int64_t entries_size;
    int64_t head_size;
    int64_t tail_size;
};

bool stage_open(struct stage *stage, enum stage_format format)
{
    *stage = (struct stage){.format = format, .spool = tmpfile(), .index = tmpfile()};
    buffer_init(&stage->json, JSON_SIZE_MAX);
    if (stage->spool != NULL && stage->index != NULL)
        return true;
    stage_close(stage);
    return false;
}

void stage_close(struct stage *stage)
{
    if (stage->spool != NULL)
        fclose(stage->spool);
    if (stage->index != NULL)
        fclose(stage->index);
    buffer_done(&stage->json);
    *stage = (struct stage){.spool = NULL};
}

/* ---- in ---- */

static enum status append(struct stage *stage, struct error *error)
{
    struct text json = buffer_view(&stage->json);

    if (buffer_failed(&stage->json))
        return error_set(error, FATAL, "an entry is larger than %d bytes of JSON", JSON_SIZE_MAX);
    if (fwrite(json.data, 1, json.size, stage->spool) != json.size) {
        error_set(error, FATAL, "could not stage a statement");
        return error_detail(error, "%s", strerror(errno));
    }
    stage->size += (int64_t)json.size;
    buffer_clear(&stage->json);
    buffer_trim(&stage->json, JSON_KEPT);
    return OK;
}

static enum status take_entry(void *context, const struct statement *statement,
                              const struct statement_entry *entry, struct error *error)
{
    struct stage *stage = context;

    switch (stage->format) {
    case STAGE_CSV: entry_csv(statement, entry, &stage->json); break;
    case STAGE_TABLE: entry_table(entry, &stage->json); break;
    case STAGE_JSON:
    case STAGE_PRETTY: statement_json_entry(entry, &stage->json); break;
    }
    stage->entries_size += (int64_t)stage->json.size;
    return append(stage, error);
}

/* *ret_head_size: what of it goes before the entries. */
static void statement_write(struct stage *stage, const struct statement *statement,
                            int64_t *ret_head_size)
{
    *ret_head_size = 0;
    if (stage->format == STAGE_TABLE)
        entry_table_tail(statement, &stage->json);
    if (stage->format != STAGE_JSON && stage->format != STAGE_PRETTY)
        return;
    statement_json_head(statement, &stage->json);
    *ret_head_size = (int64_t)stage->json.size;
    statement_json_tail(statement, &stage->json);
    buffer_byte(&stage->json, '\n');
}

static enum status take_statement(void *context, const struct statement *statement,
                                  struct error *error)
{
    struct stage *stage = context;
    struct stage_row row = {.entries_at = stage->size - stage->entries_size,
                            .entries_size = stage->entries_size};

    assert(statement->entries == NULL); /* they came one by one */
    statement_write(stage, statement, &row.head_size);
    row.tail_size = (int64_t)stage->json.size - row.head_size;
    stage->entries_size = 0;
    if (fwrite(&row, sizeof row, 1, stage->index) != 1)
        return error_set(error, FATAL, "could not stage a statement");
    return append(stage, error);
}

struct statement_sink stage_sink(struct stage *stage)
{
    return (struct statement_sink){
        .context = stage,
        .entry = take_entry,
        .statement = take_statement,
    };
}

/* ---- out ---- */

struct publish {
    struct stage *stage;
    FILE *out;
    struct json_indent indent;
};

static bool put(struct publish *publish, struct text piece)
{
    struct buffer *indented = &publish->stage->json;

    if (publish->stage->format == STAGE_PRETTY) {
        buffer_clear(indented);
        statement_json_indent(&publish->indent, piece, indented);
        piece = buffer_view(indented);
    }
    return fwrite(piece.data, 1, piece.size, publish->out) == piece.size;
}

/* Bytes of the spool, in their order or not. */
static bool put_part(struct publish *publish, int64_t at, int64_t size)
{
    static char bytes[COPY_SIZE];

    if (fseeko(publish->stage->spool, at, SEEK_SET) != 0)
        return false;
    while (size > 0) {
        size_t wanted = size < COPY_SIZE ? (size_t)size : COPY_SIZE;

        if (fread(bytes, 1, wanted, publish->stage->spool) != wanted ||
            !put(publish, (struct text){bytes, wanted}))
            return false;
        size -= (int64_t)wanted;
    }
    return true;
}

static bool put_statement(struct publish *publish, const struct stage_row *row)
{
    int64_t head_at = row->entries_at + row->entries_size;

    publish->indent = (struct json_indent){0};
    return put_part(publish, head_at, row->head_size) &&
           put_part(publish, row->entries_at, row->entries_size) &&
           put_part(publish, head_at + row->head_size, row->tail_size);
}

bool stage_publish(struct stage *stage, FILE *out)
{
    struct publish publish = {.stage = stage, .out = out};
    struct stage_row row;
    bool good = fflush(stage->spool) == 0 && fflush(stage->index) == 0;

    rewind(stage->index);
    while (good && fread(&row, sizeof row, 1, stage->index) == 1)
        good = put_statement(&publish, &row);
    return good && !ferror(stage->index);
}
