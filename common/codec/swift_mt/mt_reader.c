/*
 * mt_reader.c - MT940, MT942 and MT950: bytes to lines, lines to fields, fields to messages.
 *
 *   BETWEEN ── any known tag ──> HEAD ── :60a: ──> OPENED ── :61: ──> ENTRIES
 *      ^                           └───────────────── :62a: ───────────┐ │
 *      └── -}, new :20:, end of file ────────── CLOSED <───────────────┴─┘
 *
 * (1) A line opens a field only if its tag is known, may stand here, and its content has the
 *     tag's shape; else it is text of the open field (rules 18, 19).
 * (2) A lone dash ends a message only if a new one, or the end of the file, follows: the lines
 *     after it wait in held until that is known (rule 30).
 * (3) All state is here: where the pieces of the file end makes no difference.
 */
#include "codec/statement_parser.h"
#include "codec/swift_mt/mt_field.h"
#include "codec/swift_mt/mt_message.h"

#include <stdlib.h>

enum mt_place {
    BETWEEN = 1,
    HEAD = 2,
    OPENED = 4,
    ENTRIES = 8,
    CLOSED = 16,
};

enum { ANYWHERE = BETWEEN | HEAD | OPENED | ENTRIES | CLOSED, FRONT = BETWEEN | HEAD };

struct mt_tag {
    const char *name;
    int places; /* where it may stand                              */
    int begins; /* places where it begins a new message            */
    bool (*shape)(struct text content);
    mt_apply *apply;    /* NULL: no facts for us                           */
    enum mt_place next; /* the place behind it; 0: unchanged               */
    bool of_entry;      /* belongs to the entry and its raw text           */
};

static bool shape_any(struct text content)
{
    (void)content;
    return true;
}

static bool shape_short(struct text content)
{
    content = text_trim(content);
    return content.size > 0 && content.size <= 80;
}

static bool shape_number(struct text content)
{
    return text_has_digits(text_trim(content), 1);
}

static bool shape_balance(struct text content)
{
    content = text_trim(content);
    return content.size > 1 && (content.data[0] == 'C' || content.data[0] == 'D');
}

static bool shape_floor(struct text content)
{
    currency unused;

    return statement_currency_parse(text_first(text_trim(content), 3), &unused);
}

static bool shape_total(struct text content)
{
    struct mt_total unused;

    return mt_total_of(content, &unused);
}

static bool shape_entry(struct text content)
{
    return text_has_digits(text_trim(content), 6);
}

static const struct mt_tag tags[] = {
    {"20", ANYWHERE, ANYWHERE, shape_short, mt_apply_reference, HEAD, false},
    {"21", FRONT | CLOSED, CLOSED, shape_any, NULL, HEAD, false},
    {"25", FRONT | CLOSED, CLOSED, shape_short, mt_apply_account, HEAD, false},
    {"25P", FRONT | CLOSED, CLOSED, shape_short, mt_apply_account, HEAD, false},
    {"28", FRONT | CLOSED, CLOSED, shape_number, mt_apply_number, HEAD, false},
    {"28C", FRONT | CLOSED, CLOSED, shape_number, mt_apply_number, HEAD, false},
    {"13", ANYWHERE & ~CLOSED, 0, shape_number, mt_apply_indicator, 0, false},
    {"13D", ANYWHERE & ~CLOSED, 0, shape_number, mt_apply_indicator, 0, false},
    {"34F", ANYWHERE & ~CLOSED, 0, shape_floor, mt_apply_floor, 0, false},
    {"60F", FRONT | CLOSED, CLOSED, shape_balance, mt_apply_opening, OPENED, false},
    {"60M", FRONT | CLOSED, CLOSED, shape_balance, mt_apply_opening, OPENED, false},
    {"61", ANYWHERE, 0, shape_entry, mt_apply_entry, ENTRIES, true},
    {"62F", ANYWHERE & ~CLOSED, 0, shape_balance, mt_apply_closing, CLOSED, false},
    {"62M", ANYWHERE & ~CLOSED, 0, shape_balance, mt_apply_closing, CLOSED, false},
    {"64", ANYWHERE, 0, shape_balance, mt_apply_available, 0, false},
    {"64F", ANYWHERE, 0, shape_balance, mt_apply_available, 0, false},
    {"65", ANYWHERE, 0, shape_balance, mt_apply_available, 0, false},
    {"65F", ANYWHERE, 0, shape_balance, mt_apply_available, 0, false},
    {"86", ANYWHERE, 0, shape_any, mt_apply_information, 0, true},
    {"90C", ANYWHERE, 0, shape_total, mt_apply_total, 0, false},
    {"90D", ANYWHERE, 0, shape_total, mt_apply_total, 0, false},
};

/* What opens a field whose tag is not ours: its text is kept (19). */
static const struct mt_tag unknown_tag = {"", ANYWHERE, 0, shape_any, mt_apply_information,
                                          0,  true};

struct mt_reader {
    struct statement_context *context;
    struct mt_message message;
    enum mt_place place;
    const struct mt_tag *tag;  /* of the open field, NULL: none */
    int64_t field_line;        /* where it begins */
    int64_t line_number;       /* of the last line */
    bool block_open;           /* {4: was there, -} was not yet */
    bool is_held;              /* (2) */
    bool in_entry;             /* what comes belongs to the last :61: */
    const struct mt_tag *last; /* what the last line opened, NULL: nothing */
    struct buffer line;        /* a line that the end of a piece has cut */
    struct buffer field;       /* content of the open field, lines with \n */
    struct buffer narrative;   /* the :86: of the last :61: */
    struct buffer raw;         /* its lines as they came */
    struct buffer held;        /* (2) */
};

static bool is_control(char byte)
{
    return (unsigned char)byte < ' ' && byte != '\t';
}

/* Without control bytes in front, and line ends behind (27). */
static struct text bare_line(struct text line)
{
    while (line.size > 0 && is_control(line.data[0]))
        line = text_from(line, 1);
    while (line.size > 0 && is_control(line.data[line.size - 1]))
        line = text_first(line, line.size - 1);
    return line;
}

/* Splits ":60F:C26.." into name and content: one to three capitals or digits between colons. */
static bool split_tag(struct text line, struct text *ret_name, struct text *ret_content)
{
    size_t size = 1;

    if (line.size < 3 || line.data[0] != ':')
        return false;
    while (size < line.size && size <= 3 &&
           ((line.data[size] >= '0' && line.data[size] <= '9') ||
            (line.data[size] >= 'A' && line.data[size] <= 'Z')))
        size++;
    if (size == 1 || size == line.size || line.data[size] != ':')
        return false;
    *ret_name = (struct text){line.data + 1, size - 1};
    *ret_content = text_from(line, size + 1);
    return true;
}

static const struct mt_tag *tag_find(struct text name)
{
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (text_is(name, tags[i].name))
            return &tags[i];
    return NULL;
}

static enum status too_long(struct mt_reader *reader, struct error *error)
{
    return statement_refuse(reader->context, REFUSED_LIMIT_EXCEEDED, reader->line_number, error,
                            "a line over %zu bytes or a field over %zu bytes",
                            reader->context->limits->line_size_max,
                            reader->context->limits->tag_size_max);
}

static enum status overflow_check(struct mt_reader *reader, struct error *error)
{
    if (buffer_failed(&reader->field) || buffer_failed(&reader->narrative) ||
        buffer_failed(&reader->raw) || buffer_failed(&reader->held) || buffer_failed(&reader->line))
        return too_long(reader, error);
    return OK;
}

static void append_line(struct buffer *buffer, struct text line)
{
    if (buffer->size > 0)
        buffer_byte(buffer, '\n');
    buffer_text(buffer, line);
}

/* Gives the open field its meaning. */
static enum status field_close(struct mt_reader *reader, struct error *error)
{
    const struct mt_tag *tag = reader->tag;
    struct text content = buffer_view(&reader->field);
    enum status status = overflow_check(reader, error);

    if (status != OK || tag == NULL)
        return status;
    reader->tag = NULL;
    if (tag->apply == mt_apply_information && reader->in_entry) {
        if (tag != &unknown_tag) /* an unknown block stays in raw only */
            append_line(&reader->narrative, content);
    } else if (tag->apply != NULL) {
        tag->apply(&reader->message, tag->name, content, reader->field_line);
    }
    buffer_clear(&reader->field);
    status = overflow_check(reader, error);
    return status == OK ? statement_fits(reader->context, reader->line_number, error) : status;
}

static enum status entry_close(struct mt_reader *reader, struct error *error)
{
    if (!reader->in_entry)
        return OK;
    mt_message_end_entry(&reader->message, buffer_view(&reader->narrative),
                         buffer_view(&reader->raw));
    buffer_clear(&reader->narrative);
    buffer_clear(&reader->raw);
    reader->in_entry = false;
    return statement_entry_done(reader->context, reader->line_number, error);
}

static enum status message_close(struct mt_reader *reader, struct error *error)
{
    enum status status;

    if (reader->place == BETWEEN)
        return OK;
    status = field_close(reader, error);
    if (status == OK)
        status = entry_close(reader, error);
    if (status != OK)
        return status;
    assert(reader->tag == NULL);
    assert(!reader->in_entry);
    mt_message_finish(&reader->message);
    reader->place = BETWEEN;
    status = statement_deliver(reader->context, reader->line_number, error);
    mt_message_begin(&reader->message, reader->context);
    return status;
}

/* Text of no tag: of the open field, else of the statement; nothing of it is lost. */
static void add_text(struct mt_reader *reader, struct text line)
{
    if (reader->place == BETWEEN)
        return;
    if (reader->tag == NULL) {
        reader->tag = &unknown_tag;
        reader->field_line = reader->line_number;
    }
    buffer_byte(&reader->field, '\n');
    buffer_text(&reader->field, line);
    if (reader->in_entry)
        append_line(&reader->raw, line);
}

static bool may_stand(const struct mt_reader *reader, const struct mt_tag *tag)
{
    if ((tag->places & reader->place) == 0)
        return false;
    return tag->apply != mt_apply_opening || !reader->message.opening_seen ||
           (tag->begins & reader->place) != 0;
}

static void field_open(struct mt_reader *reader, const struct mt_tag *tag, struct text line,
                       struct text content)
{
    assert(reader->tag == NULL); /* the field before was closed */
    assert((tag->places & reader->place) != 0);
    if (tag->apply == mt_apply_entry)
        reader->in_entry = true;
    if (reader->place == BETWEEN)
        reader->place = HEAD;
    if (tag->next != 0)
        reader->place = tag->next;
    reader->tag = tag;
    reader->last = tag;
    reader->field_line = reader->line_number;
    buffer_clear(&reader->field);
    buffer_text(&reader->field, content);
    if (reader->in_entry)
        append_line(&reader->raw, line);
}

/* Closes what must be closed before tag opens. */
static enum status make_room(struct mt_reader *reader, const struct mt_tag *tag,
                             struct error *error)
{
    enum status status;

    if ((tag->begins & reader->place) != 0)
        return message_close(reader, error);
    status = field_close(reader, error);
    if (status == OK && (!tag->of_entry || tag->apply == mt_apply_entry))
        status = entry_close(reader, error);
    return status;
}

static enum status known_line(struct mt_reader *reader, const struct mt_tag *tag, struct text line,
                              struct text content, struct error *error)
{
    struct statement *statement = &reader->context->statement;
    enum status status;

    if (!may_stand(reader, tag) || !tag->shape(content)) {
        if (reader->place != BETWEEN)
            statement_find(statement, FINDING_TAG_MISPLACED, 0, reader->line_number,
                           ":%s: is read as text", tag->name);
        add_text(reader, line);
        return OK; /* (1) */
    }
    status = make_room(reader, tag, error);
    if (status != OK)
        return status;
    if (tag->apply == mt_apply_entry && reader->place == CLOSED)
        statement_find(statement, FINDING_TAG_MISPLACED, 0, reader->line_number,
                       ":61: behind the closing balance is read as an entry");
    field_open(reader, tag, line, content);
    return OK;
}

/* Inside :86: an unknown tag is text; elsewhere it opens a block of its own. */
static enum status unknown_line(struct mt_reader *reader, struct text name, struct text line,
                                struct text content, struct error *error)
{
    enum status status;

    if (reader->place == BETWEEN)
        return OK;
    if (reader->tag != NULL && strcmp(reader->tag->name, "86") == 0) {
        add_text(reader, line);
        return OK;
    }
    status = field_close(reader, error);
    if (status != OK)
        return status;
    statement_find(&reader->context->statement, FINDING_TAG_UNKNOWN, 0, reader->line_number,
                   ":%.*s:", TEXT_ARG(name));
    field_open(reader, &unknown_tag, line, content);
    return OK;
}

static enum statement_format hint_of(struct text digits)
{
    if (text_is(digits, "940"))
        return FORMAT_MT940;
    if (text_is(digits, "942"))
        return FORMAT_MT942;
    return text_is(digits, "950") ? FORMAT_MT950 : FORMAT_UNKNOWN;
}

/* The message type in a header line: "940", "940 00", ":940:", {2:O940...}. */
static void note_hint(struct mt_reader *reader, struct text line)
{
    const char *block = line.size == 0 ? NULL : memmem(line.data, line.size, "{2:", 3);
    struct text rest = line;
    enum statement_format hint;

    if (block != NULL)
        rest = text_from(line, (size_t)(block - line.data) + 4);
    else if (line.size > 0 && line.data[0] == ':')
        rest = text_from(line, 1);
    hint = hint_of(text_first(rest, 3));
    if (hint != FORMAT_UNKNOWN && !text_has_digits(text_from(rest, 3), block != NULL ? 99 : 1))
        reader->message.hint = hint;
}

static bool is_envelope(struct text line)
{
    return line.size >= 3 && line.data[0] == '{' && line.data[1] >= '1' && line.data[1] <= '5' &&
           line.data[2] == ':';
}

static bool is_type_line(struct text line)
{
    return line.size >= 5 && line.data[0] == ':' && line.data[4] == ':' &&
           hint_of(text_first(text_from(line, 1), 3)) != FORMAT_UNKNOWN;
}

static bool is_block_end(struct text line)
{
    return line.size >= 2 && line.data[0] == '-' && line.data[1] == '}';
}

/* A dash alone, or with the few bytes a bank's national brace became (15). */
static bool is_dash(const struct mt_reader *reader, struct text line)
{
    struct text dash = text_trim(line);

    if (dash.size == 0 || dash.data[0] != '-' || is_block_end(line))
        return false;
    return dash.size == 1 || (dash.size <= 4 && reader->place == CLOSED);
}

static enum status line_read(struct mt_reader *reader, struct text line, struct error *error);

/* The header of a message: a new one begins, and {4: promises an end. */
static enum status envelope_line(struct mt_reader *reader, struct text line, struct error *error)
{
    const char *block = memmem(line.data, line.size, "{4:", 3);
    enum status status = message_close(reader, error);

    note_hint(reader, line);
    if (status != OK || block == NULL)
        return status;
    reader->block_open = true;
    line = text_from(line, (size_t)(block - line.data) + 3);
    return line.size == 0 ? OK : line_read(reader, line, error);
}

static enum status line_read(struct mt_reader *reader, struct text line, struct error *error)
{
    struct text name;
    struct text content;
    const struct mt_tag *tag;

    reader->last = NULL;
    if (is_block_end(line)) {
        reader->block_open = false;
        return message_close(reader, error);
    }
    if (is_envelope(line))
        return envelope_line(reader, line, error);
    if (reader->place == BETWEEN || is_type_line(line))
        note_hint(reader, line);
    if (is_type_line(line))
        return reader->place == CLOSED ? message_close(reader, error) : OK;
    if (!split_tag(line, &name, &content)) {
        add_text(reader, line);
        return OK;
    }
    tag = tag_find(name);
    if (tag == NULL)
        return unknown_line(reader, name, line, content, error);
    return known_line(reader, tag, line, content, error);
}

/* True when line begins a message, so that the dash before it ended one (2). */
static bool begins_message(const struct mt_reader *reader, struct text line)
{
    struct text name;
    struct text content;
    const struct mt_tag *tag;

    if (is_envelope(line) || is_type_line(line) || is_block_end(line))
        return true;
    if (!split_tag(line, &name, &content))
        return false;
    tag = tag_find(name);
    return tag != NULL && (tag->begins & reader->place) != 0 && tag->shape(content);
}

/* The dash was the end: the lines behind it head the next message. */
static enum status held_drop(struct mt_reader *reader, struct error *error)
{
    struct text lines = buffer_view(&reader->held);
    enum status status = message_close(reader, error);

    while (lines.size > 0)
        note_hint(reader, text_take(&lines, '\n'));
    buffer_clear(&reader->held);
    reader->is_held = false;
    return status;
}

/* The dash was text, and so was what followed it. */
static void held_release(struct mt_reader *reader)
{
    struct text lines = buffer_view(&reader->held);

    while (lines.size > 0)
        add_text(reader, text_take(&lines, '\n'));
    buffer_clear(&reader->held);
    reader->is_held = false;
    assert(reader->place != BETWEEN);
}

/* One whole line, without its end. */
static enum status line_take(struct mt_reader *reader, struct text line, struct error *error)
{
    struct text unused_name;
    struct text unused_content;
    enum status status = OK;

    reader->line_number++;
    line = bare_line(line);
    if (line.size > reader->context->limits->line_size_max)
        return too_long(reader, error);
    if (!reader->is_held && reader->place != BETWEEN && is_dash(reader, line)) {
        reader->is_held = true;
        buffer_text(&reader->held, line);
        return overflow_check(reader, error);
    }
    if (reader->is_held && begins_message(reader, line))
        status = held_drop(reader, error);
    else if (reader->is_held && split_tag(line, &unused_name, &unused_content))
        held_release(reader);
    if (status != OK)
        return status;
    if (reader->is_held) {
        append_line(&reader->held, line);
        return overflow_check(reader, error);
    }
    status = line_read(reader, line, error);
    if (status == OK && reader->place != BETWEEN)
        statement_note_encoding(reader->context, reader->line_number);
    return status == OK ? overflow_check(reader, error) : status;
}

/* A line that a piece had cut, and its end; without one the piece is the line. */
static enum status line_complete(struct mt_reader *reader, struct text end, struct error *error)
{
    enum status status;

    if (reader->line.size == 0)
        return line_take(reader, end, error);
    buffer_text(&reader->line, end);
    status = overflow_check(reader, error);
    if (status == OK)
        status = line_take(reader, buffer_view(&reader->line), error);
    buffer_clear(&reader->line);
    return status;
}

static enum status mt_feed(void *parser, struct text bytes, struct error *error)
{
    struct mt_reader *reader = parser;
    enum status status = OK;

    while (status == OK && bytes.size > 0) {
        const char *end = memchr(bytes.data, '\n', bytes.size);
        size_t size = end == NULL ? bytes.size : (size_t)(end - bytes.data);

        if (end == NULL) {
            buffer_text(&reader->line, bytes);
            return overflow_check(reader, error);
        }
        status = line_complete(reader, text_first(bytes, size), error);
        bytes = text_from(bytes, size + 1);
    }
    return status;
}

/* The last line has no end and is a closing balance that fails: it may have lost digits. */
static bool is_cut(const struct mt_reader *reader)
{
    const struct statement *statement = &reader->context->statement;

    return reader->last != NULL && reader->last->apply == mt_apply_closing &&
           statement->opening.amount.present && !statement_adds_up(statement);
}

/* Behind the last line nothing changes any more: entries that waited are complete, and count. */
static enum status entries_settle(struct mt_reader *reader, struct error *error)
{
    enum status status = field_close(reader, error);

    if (status != OK)
        return status;
    mt_message_finish(&reader->message);
    reader->context->entries_wait = false;
    return statement_entry_done(reader->context, reader->line_number, error);
}

static enum status end_last_line(struct mt_reader *reader, struct error *error)
{
    enum status status = OK;

    if (reader->line.size == 0)
        return OK;
    status = line_complete(reader, (struct text){"", 0}, error);
    if (status == OK && reader->last != NULL && reader->last->apply == mt_apply_closing)
        status = entries_settle(reader, error);
    if (status == OK && is_cut(reader))
        return statement_refuse(reader->context, REFUSED_CUT_SHORT, reader->line_number, error,
                                "the last line has no end and its balance fails");
    return status;
}

static enum status mt_end(void *parser, struct error *error)
{
    struct mt_reader *reader = parser;
    enum status status = end_last_line(reader, error);

    if (status == OK && reader->block_open)
        return statement_refuse(reader->context, REFUSED_CUT_SHORT, reader->line_number, error,
                                "a block {4: is not closed by -}");
    if (status == OK && reader->is_held)
        return held_drop(reader, error);
    return status == OK ? message_close(reader, error) : status;
}

static void *mt_open(struct statement_context *context)
{
    struct mt_reader *reader = calloc(1, sizeof *reader);
    const struct statement_limits *limits = context->limits;

    if (reader == NULL)
        abort();
    reader->context = context;
    reader->place = BETWEEN;
    mt_message_begin(&reader->message, context);
    buffer_init(&reader->line, limits->line_size_max);
    buffer_init(&reader->field, limits->tag_size_max);
    buffer_init(&reader->narrative, limits->tag_size_max);
    buffer_init(&reader->raw, limits->tag_size_max);
    buffer_init(&reader->held, limits->tag_size_max);
    return reader;
}

static void mt_close(void *parser)
{
    struct mt_reader *reader = parser;

    if (reader == NULL)
        return;
    buffer_done(&reader->line);
    buffer_done(&reader->field);
    buffer_done(&reader->narrative);
    buffer_done(&reader->raw);
    buffer_done(&reader->held);
    free(reader);
}

/* A line with a known tag, or a block of the envelope. */
static bool mt_recognise(struct statement_context *context, struct text head)
{
    (void)context;
    while (head.size > 0) {
        struct text line = bare_line(text_take(&head, '\n'));
        struct text name;
        struct text content;

        if (is_envelope(line) && line.data[1] != '3' && line.data[1] != '5')
            return true;
        if (split_tag(line, &name, &content) && tag_find(name) != NULL)
            return true;
    }
    return false;
}

const struct statement_parser swift_mt_parser = {
    .name = "an MT statement",
    .recognise = mt_recognise,
    .open = mt_open,
    .feed = mt_feed,
    .end = mt_end,
    .close = mt_close,
};
