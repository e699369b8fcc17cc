/*
 * bai_reader.c - BAI2: bytes to lines, lines to pieces, pieces to records, records to statements.
 *
 *   OUTSIDE ──01──> IN_FILE ──02──> IN_GROUP ──03──> IN_ACCOUNT ┐ 16, 88
 *      ^               │  ^           │   ^              │    ^─┘
 *      └──────99───────┘  └────98─────┘   └──────49──────┘
 *
 * One statement per 03. Numbers in brackets are rules of the statement formats.
 *
 * (1) A record is gathered until another begins: its fields joined by the commas its slashes stood
 *     for, then its text, a line each. So 88 may cut it anywhere. (56)
 * (2) A statement is delivered when the next begins, or the file ends: what the trailers of its
 *     group and of the file find wrong is noted in the last statement before them.
 * (3) All state is here: where the pieces of the file end makes no difference.
 */
#include "codec/bai2/bai_statement.h"

#include <stdlib.h>

struct bai_reader {
    struct statement_context *context;
    enum bai_place place;
    struct bai_statement message;
    bool has_statement; /* not delivered yet (2) */

    struct buffer line; /* cut by a piece of the file */
    int64_t line_number;
    bool is_last_open; /* the last piece ended without a slash */

    enum bai_code code; /* of the record that is gathered (1); BAI_TEXT: none */
    int64_t record_line;
    struct buffer record;
    struct buffer raw;
    size_t text_at; /* in record; SIZE_MAX: its text has not begun */
};

static struct statement *statement_of(struct bai_reader *reader)
{
    return &reader->context->statement;
}

/* ---- findings ---- */

static enum status check_sizes(struct bai_reader *reader, struct error *error)
{
    if (buffer_failed(&reader->line) || buffer_failed(&reader->record) ||
        buffer_failed(&reader->raw) || buffer_failed(&reader->message.header.file_id))
        return statement_refuse(reader->context, REFUSED_LIMIT_EXCEEDED, reader->line_number, error,
                                "a line or a record is longer than %zu or %zu bytes",
                                reader->context->limits->line_size_max,
                                reader->context->limits->tag_size_max);
    return OK;
}

static void find_misplaced(struct bai_reader *reader, const char *what)
{
    statement_find(statement_of(reader), FINDING_TAG_MISPLACED, 0, reader->record_line, "%s", what);
}

/* ---- records ---- */

static enum status deliver(struct bai_reader *reader, struct error *error)
{
    if (!reader->has_statement)
        return OK;
    reader->has_statement = false;
    return statement_deliver(reader->context, reader->record_line, error);
}

/* The record that was gathered is whole. */
static enum status record_close(struct bai_reader *reader, struct error *error)
{
    struct bai_gathered record = {reader->code, reader->record_line, buffer_view(&reader->record),
                                  reader->text_at, buffer_view(&reader->raw)};
    enum status status = check_sizes(reader, error);

    reader->code = BAI_TEXT;
    return status == OK ? bai_statement_take(&reader->message, &record, error) : status;
}

/* Closes what stands deeper than place, and has no trailer. */
static void leave(struct bai_reader *reader, enum bai_place place)
{
    static const char *const missing[] = {"", "the file has no trailer (99)",
                                          "a group has no trailer (98)",
                                          "an account has no trailer (49)"};
    struct bai_total *totals = reader->message.totals;

    for (; reader->place > place; reader->place--) {
        find_misplaced(reader, missing[reader->place]);
        totals[reader->place - 1].sum += totals[reader->place].sum;
    }
}

/* Where each record leads, and where it may begin: */
static const struct bai_step {
    enum bai_code code;
    enum bai_place inside; /* what it stands in; deeper ones lack their trailers */
    enum bai_place next;
} steps[] = {
    {BAI_FILE, OUTSIDE, IN_FILE},
    {BAI_GROUP, IN_FILE, IN_GROUP},
    {BAI_ACCOUNT, IN_GROUP, IN_ACCOUNT},
    {BAI_ENTRY, IN_ACCOUNT, IN_ACCOUNT},
    {BAI_ACCOUNT_END, IN_ACCOUNT, IN_GROUP},
    {BAI_GROUP_END, IN_GROUP, IN_FILE},
    {BAI_FILE_END, IN_FILE, OUTSIDE},
};

static const struct bai_step *step_of(enum bai_code code)
{
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        if (steps[i].code == code)
            return &steps[i];
    return NULL;
}

/* A physical record counts in all that it stands in. */
static void count_record(struct bai_reader *reader, enum bai_place place)
{
    for (; place > OUTSIDE; place--)
        reader->message.totals[place].records++;
}

static enum status enter(struct bai_reader *reader, const struct bai_step *step,
                         struct error *error)
{
    struct bai_total *totals = reader->message.totals;
    enum status status = OK;

    if (step->code == BAI_FILE && reader->place != OUTSIDE)
        return statement_refuse(reader->context, REFUSED_CUT_SHORT, reader->line_number, error,
                                "a file begins before the one before has its trailer (99)");
    leave(reader, step->inside);
    if (step->next > step->inside) {
        totals[step->next] = (struct bai_total){.sum = 0};
        totals[step->inside].parts++;
    }
    if (step->code == BAI_FILE || step->code == BAI_ACCOUNT) {
        status = deliver(reader, error); /* (2) */
        reader->has_statement = step->code == BAI_ACCOUNT;
    }
    if (reader->place < step->inside)
        find_misplaced(reader, "an account (03) outside a group");
    return status;
}

static void gather(struct bai_reader *reader, const struct bai_piece *piece)
{
    struct bai_entry unused;

    if (reader->raw.size > 0)
        buffer_byte(&reader->raw, '\n');
    buffer_text(&reader->raw, piece->raw);
    buffer_text(&reader->record, piece->content);
    if (reader->code == BAI_ENTRY && reader->text_at == SIZE_MAX &&
        !bai_entry_of(buffer_view(&reader->record), &unused, &reader->text_at))
        reader->text_at = SIZE_MAX;
}

static enum status record_open(struct bai_reader *reader, const struct bai_step *step,
                               const struct bai_piece *piece, struct error *error)
{
    enum status status = record_close(reader, error);

    reader->record_line = reader->line_number;
    if (status == OK)
        status = enter(reader, step, error);
    if (status != OK)
        return status;
    buffer_clear(&reader->record);
    buffer_clear(&reader->raw);
    reader->text_at = SIZE_MAX;
    reader->code = piece->code;
    count_record(reader, step->next > reader->place ? step->next : reader->place);
    reader->place = step->next;
    gather(reader, piece);
    return check_sizes(reader, error);
}

/* 88, or a line that begins with no record: more of the record before (1). */
static enum status record_continue(struct bai_reader *reader, const struct bai_piece *piece,
                                   struct error *error)
{
    bool in_text = reader->code == BAI_ENTRY && reader->text_at != SIZE_MAX;

    if (piece->code == BAI_MORE)
        count_record(reader, reader->place);
    else if (!in_text)
        find_misplaced(reader, "a line without record code is read as the next field");
    buffer_byte(&reader->record, in_text ? '\n' : ',');
    gather(reader, piece);
    return check_sizes(reader, error);
}

/* It belongs to nothing that is read. */
static void piece_stray(struct bai_reader *reader, const struct bai_piece *piece)
{
    enum finding_code finding = piece->code == BAI_ENTRY  ? FINDING_ENTRY_UNREADABLE
                                : piece->code == BAI_TEXT ? FINDING_TAG_UNKNOWN
                                                          : FINDING_TAG_MISPLACED;

    if (reader->place != OUTSIDE || reader->has_statement) /* else a bank's lines before the file */
        statement_find(statement_of(reader), finding, 0, reader->line_number,
                       "'%.*s' belongs to no record", TEXT_ARG(text_first(piece->raw, 20)));
}

static bool continues(const struct bai_reader *reader, const struct bai_piece *piece)
{
    if (piece->code == BAI_MORE)
        return reader->code != BAI_TEXT;
    return piece->code == BAI_TEXT && reader->code == BAI_ENTRY;
}

static enum status piece_take(struct bai_reader *reader, const struct bai_piece *piece,
                              struct error *error)
{
    const struct bai_step *step = step_of(piece->code);

    if (continues(reader, piece))
        return record_continue(reader, piece, error);
    if (step != NULL && (step->code == BAI_ACCOUNT || reader->place >= step->inside))
        return record_open(reader, step, piece, error);
    piece_stray(reader, piece);
    return check_sizes(reader, error);
}

/* ---- lines ---- */

/* One whole line, without its end. */
static enum status line_take(struct bai_reader *reader, struct text line, struct error *error)
{
    enum status status = OK;

    reader->line_number++;
    if (line.size > reader->context->limits->line_size_max)
        return statement_refuse(reader->context, REFUSED_LIMIT_EXCEEDED, reader->line_number, error,
                                "a line is longer than %zu bytes",
                                reader->context->limits->line_size_max);
    line = text_trim(line);
    while (status == OK && line.size > 0) {
        struct text entry = buffer_view(&reader->record);
        struct bai_piece piece = bai_take_piece(&line, reader->code == BAI_ENTRY ? &entry : NULL);

        status = piece_take(reader, &piece, error);
        reader->is_last_open = !piece.ended;
        if (reader->place != OUTSIDE)
            statement_note_encoding(reader->context, reader->line_number);
    }
    return status;
}

static enum status bai_feed(void *parser, struct text bytes, struct error *error)
{
    struct bai_reader *reader = parser;
    enum status status = OK;

    while (status == OK && bytes.size > 0) {
        const char *end = memchr(bytes.data, '\n', bytes.size);

        if (end == NULL) {
            buffer_text(&reader->line, bytes);
            return check_sizes(reader, error);
        }
        if (reader->line.size == 0) {
            status = line_take(reader, text_take(&bytes, '\n'), error);
            continue;
        }
        buffer_text(&reader->line, text_take(&bytes, '\n'));
        status = check_sizes(reader, error);
        if (status == OK)
            status = line_take(reader, buffer_view(&reader->line), error);
        buffer_clear(&reader->line);
    }
    return status;
}

/* A trailer that is the last line, has neither end nor slash, and does not fit what was read, may
 * have lost digits. */
static enum status bai_end(void *parser, struct error *error)
{
    struct bai_reader *reader = parser;
    bool has_end = reader->line.size == 0;
    enum status status = has_end ? OK : line_take(reader, buffer_view(&reader->line), error);

    buffer_clear(&reader->line);
    if (status == OK && reader->place != OUTSIDE)
        return statement_refuse(reader->context, REFUSED_CUT_SHORT, reader->line_number, error,
                                "the file has no trailer (99)");
    reader->message.is_total_wrong = false;
    if (status == OK)
        status = record_close(reader, error);
    if (status == OK && reader->message.is_total_wrong && !has_end && reader->is_last_open)
        return statement_refuse(reader->context, REFUSED_CUT_SHORT, reader->line_number, error,
                                "the trailer (99) has no end and does not fit the file");
    return status == OK ? deliver(reader, error) : status;
}

/* ---- beginning and end ---- */

static void *bai_open(struct statement_context *context)
{
    struct bai_reader *reader = calloc(1, sizeof *reader);
    const struct statement_limits *limits = context->limits;

    if (reader == NULL)
        abort();
    reader->context = context;
    bai_statement_init(&reader->message, context);
    buffer_init(&reader->line, limits->line_size_max);
    buffer_init(&reader->record, limits->tag_size_max);
    buffer_init(&reader->raw, limits->tag_size_max);
    return reader;
}

static void bai_close(void *parser)
{
    struct bai_reader *reader = parser;

    if (reader == NULL)
        return;
    bai_statement_done(&reader->message);
    buffer_done(&reader->line);
    buffer_done(&reader->record);
    buffer_done(&reader->raw);
    free(reader);
}

/* 01 with its nine fields, or what is there of them, and a date in its place. */
static bool is_file_header(struct text line)
{
    struct bai_piece piece = bai_take_piece(&line, NULL);
    struct bai_fields fields = {.rest = piece.content};
    struct text date;

    if (piece.code != BAI_FILE)
        return false;
    (void)bai_field(&fields);
    (void)bai_field(&fields);
    date = bai_field(&fields);
    return date.size == 6 && text_has_digits(date, 6) && !fields.ended;
}

static bool bai_recognise(struct statement_context *context, struct text head)
{
    (void)context;
    while (head.size > 0) {
        struct text line = text_trim(text_take(&head, '\n'));

        if (line.size > 0 && is_file_header(line))
            return true;
    }
    return false;
}

const struct statement_parser bai2_parser = {
    .name = "a BAI2 file",
    .recognise = bai_recognise,
    .open = bai_open,
    .feed = bai_feed,
    .end = bai_end,
    .close = bai_close,
};
