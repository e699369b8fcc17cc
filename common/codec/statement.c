/*
 * statement.c - the front of all statement readers; see statement.h.
 *
 * The head of the file is kept until it is long enough to recognise the format,
 * then it goes the way of all later bytes: through the encoding into the parser.
 */
#include "codec/statement.h"
#include "codec/statement_parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { PIECE_SIZE = 16 * 1024, PIECE_OUT_MAX = 4 * PIECE_SIZE }; /* stays in the first caches */

const struct statement_limits statement_limits_default = {
    .file_size_max = INT64_C(4) << 30,
    .line_size_max = 64 * 1024,
    .tag_size_max = 1024 * 1024,
    .text_size_max = (size_t)512 << 20,
    .entries_max = 100 * 1000 * 1000,
    .findings_max = 10 * 1000,
    .depth_max = 64,
    .attributes_max = 32,
    .elements_max = 20 * 1000,
    .element_size_max = 4 * 1024 * 1024,
};

static const struct statement_profile profiles[] = {
    {.name = "default", .meaning = "what the standards say; UTF-8, else cp1252 by guess"},
    {.name = "cp1252",
     .meaning = "bytes that are no UTF-8 are cp1252",
     .code_page = CODE_PAGE_1252},
    {.name = "iso-8859-15",
     .meaning = "bytes that are no UTF-8 are ISO-8859-15",
     .code_page = CODE_PAGE_8859_15},
    {.name = "decimal-point", .meaning = "MT amounts read 1,234.56", .decimal_point = true},
    {.name = "grouping-point", .meaning = "MT amounts read 1.234,56", .grouping_point = true},
    {.name = "reversal-flips-sign",
     .meaning = "camt: RvslInd turns the direction",
     .reversal_flips_sign = true},
    {.name = "bai2-customised",
     .meaning = "BAI2: type codes 900 to 999 as the standard sets them aside for banks",
     .customised_type_codes = true},
};

/* In the order of trial: the first that recognises the head reads the file. */
static const struct statement_parser *const parsers[] = {
    &ofx_parser, /* before camt: that takes any XML, to say what is wrong with it */
    &camt_parser,     &bai2_parser,
    &swift_mt_parser, &csv_statement_parser, /* the last: it may be told to read anything */
};

struct statement_reader {
    struct statement_context context;
    struct buffer head;
    struct buffer out;
    struct encoding encoding;
    const struct statement_parser *verbs; /* NULL until recognised */
    void *parser;
    int64_t size;
};

const struct statement_profile *statement_profile_at(size_t index)
{
    return index < COUNT_OF(profiles) ? &profiles[index] : NULL;
}

const struct statement_profile *statement_profile_find(struct text name)
{
    for (size_t i = 0; i < COUNT_OF(profiles); i++)
        if (text_is(name, profiles[i].name))
            return &profiles[i];
    return NULL;
}

enum status statement_refused(const struct statement_context *context, struct error *error)
{
    assert(finding_is_refusal(context->refusal));
    error_set(error, REJECT, "could not read the file as a statement: %s",
              finding_name(context->refusal));
    error_detail(error, "%s", context->refusal_text);
    text_copy(text_of(finding_name(context->refusal)), error->subject, sizeof error->subject);
    error->line = context->refusal_line;
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

/* A quotation may have been cut inside a character. */
static void keep_utf8(char *text)
{
    if (text_is_utf8(text_of(text)))
        return;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            *text = '?';
}

enum status statement_refuse(struct statement_context *context, enum finding_code code,
                             int64_t line, struct error *error, const char *format, ...)
{
    va_list arguments;

    assert(finding_is_refusal(code));
    if (context->refusal == FINDING_NONE) {
        context->refusal = code;
        context->refusal_line = line;
        va_start(arguments, format);
        vsnprintf(context->refusal_text, sizeof context->refusal_text, format, arguments);
        va_end(arguments);
        keep_utf8(context->refusal_text);
    }
    return statement_refused(context, error);
}

enum status statement_fits(struct statement_context *context, int64_t line, struct error *error)
{
    if (context->statement.exhausted)
        return statement_refuse(
            context, REFUSED_LIMIT_EXCEEDED, line, error,
            "one statement needs more than %zu bytes, or %d findings or balances",
            context->limits->text_size_max, context->limits->findings_max);
    if (context->statement.entry_count > context->limits->entries_max)
        return statement_refuse(context, REFUSED_LIMIT_EXCEEDED, line, error,
                                "more than %d entries in one statement",
                                context->limits->entries_max);
    return OK;
}

/* Counts the entries that are complete, and hands them to a sink that takes them one by one. */
static enum status release_entries(struct statement_context *context, struct error *error)
{
    const struct statement_sink *sink = context->sink;
    struct statement *statement = &context->statement;
    enum status status = OK;

    statement_count(statement);
    if (sink->entry == NULL)
        return OK;
    for (const struct statement_entry *entry = statement->entries; entry != NULL && status == OK;
         entry = entry->next)
        status = sink->entry(sink->context, statement, entry, error);
    statement_drop_entries(statement);
    return status;
}

enum status statement_entry_done(struct statement_context *context, int64_t line,
                                 struct error *error)
{
    enum status status = statement_fits(context, line, error);

    statement_end_entry(&context->statement);
    return status == OK && !context->entries_wait ? release_entries(context, error) : status;
}

void statement_note_encoding(struct statement_context *context, int64_t line)
{
    if (!context->encoding_guessed)
        return;
    context->encoding_guessed = false;
    statement_find(&context->statement, FINDING_ENCODING_GUESSED, 0, line,
                   "bytes that are not UTF-8 were read as cp1252");
}

void statement_inform(struct statement_context *context, struct text text)
{
    if (text.size == 0)
        return;
    if (context->information.size > 0)
        buffer_byte(&context->information, '\n');
    buffer_text(&context->information, text);
}

/* Moves what was gathered into the statement. */
static void take_information(struct statement_context *context)
{
    struct statement *statement = &context->statement;

    statement->information = statement_copy(statement, buffer_view(&context->information));
    if (buffer_failed(&context->information))
        statement->exhausted = true;
    buffer_clear(&context->information);
}

enum status statement_deliver(struct statement_context *context, int64_t line, struct error *error)
{
    enum status status;

    context->entries_wait = false;
    status = statement_entry_done(context, line, error);
    if (status != OK)
        return status;
    take_information(context);
    statement_check(&context->statement);
    statement_check_next(&context->chain, &context->statement);
    status = statement_fits(context, line, error);
    if (status != OK)
        return status;
    assert(!context->statement.exhausted);
    assert(context->statement.format != FORMAT_UNKNOWN);
    status = context->sink->statement(context->sink->context, &context->statement, error);
    context->statement_count++;
    context->held_count += statement_is_held(&context->statement);
    statement_clear(&context->statement);
    return status;
}

struct statement_reader *statement_reader_new(const struct statement_limits *limits,
                                              const struct statement_profile *profile,
                                              const struct statement_sink *sink)
{
    struct statement_reader *reader = calloc(1, sizeof *reader);

    assert(limits != NULL && profile != NULL && sink != NULL);
    if (reader == NULL)
        abort();
    reader->context.limits = limits;
    reader->context.profile = profile;
    reader->context.sink = sink;
    statement_init(&reader->context.statement, limits->text_size_max, limits->findings_max);
    buffer_init(&reader->context.information, limits->tag_size_max);
    buffer_init(&reader->head, STATEMENT_HEAD_SIZE);
    buffer_init(&reader->out, PIECE_OUT_MAX);
    return reader;
}

void statement_reader_free(struct statement_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->verbs != NULL)
        reader->verbs->close(reader->parser);
    statement_done(&reader->context.statement);
    buffer_done(&reader->context.information);
    buffer_done(&reader->head);
    buffer_done(&reader->out);
    free(reader);
}

/* CHARSET:1252 in the header of OFX 1. */
static struct text charset_name(struct text head)
{
    static const char key[] = "CHARSET:";
    const char *at = head.size == 0 ? NULL : memmem(head.data, head.size, key, sizeof key - 1);
    struct text name = {NULL, 0};

    if (at == NULL || memmem(head.data, (size_t)(at - head.data), "OFXHEADER:", 10) == NULL)
        return name;
    name = text_from(head, (size_t)(at - head.data) + sizeof key - 1);
    name = text_trim(text_take(&name, '\n'));
    return text_take(&name, ' '); /* some headers are one line */
}

/* The encoding an XML declaration names, an empty text where there is none. */
static struct text declared_name(struct text head)
{
    static const char key[] = "encoding=";
    const char *end = head.size == 0 ? NULL : memmem(head.data, head.size, "?>", 2);
    const char *at;
    const char *close;

    if (end == NULL || memmem(head.data, (size_t)(end - head.data), "<?xml", 5) == NULL)
        return charset_name(head);
    at = memmem(head.data, (size_t)(end - head.data), key, sizeof key - 1);
    if (at == NULL)
        return (struct text){NULL, 0};
    at += sizeof key - 1;
    if (at >= end)
        return (struct text){NULL, 0};
    close = memchr(at + 1, *at, (size_t)(end - at - 1));
    if ((*at != '"' && *at != '\'') || close == NULL)
        return (struct text){NULL, 0};
    return (struct text){at + 1, (size_t)(close - at - 1)};
}

static enum code_page declared_page(const struct statement_reader *reader)
{
    enum code_page page = code_page_of(declared_name(buffer_view(&reader->head)));

    return page != CODE_PAGE_NONE ? page : reader->context.profile->code_page;
}

/* Recodes and parses one piece; the note of a guess follows the bytes it is about. */
static enum status feed_piece(struct statement_reader *reader, struct text piece,
                              struct error *error)
{
    enum status status = OK;

    assert(piece.size <= PIECE_SIZE);
    if (encoding_is_plain(&reader->encoding, piece))
        return reader->verbs->feed(reader->parser, piece, error);
    while (status == OK && piece.size > 0) {
        bool guessed = reader->encoding.guessed;

        buffer_clear(&reader->out);
        encoding_feed(&reader->encoding, &piece, &reader->out);
        assert(!buffer_failed(&reader->out));
        status = reader->verbs->feed(reader->parser, buffer_view(&reader->out), error);
        if (!guessed && reader->encoding.guessed)
            reader->context.encoding_guessed = true;
    }
    return status;
}

static enum status feed_pieces(struct statement_reader *reader, struct text bytes,
                               struct error *error)
{
    enum status status = OK;

    while (status == OK && bytes.size > 0) {
        struct text piece = {bytes.data, bytes.size < PIECE_SIZE ? bytes.size : PIECE_SIZE};

        status = feed_piece(reader, piece, error);
        bytes.data += piece.size;
        bytes.size -= piece.size;
    }
    return status;
}

/* The head in UTF-8, in out: only to recognise, the parser gets it again. */
static struct text head_decoded(struct statement_reader *reader)
{
    struct text head = buffer_view(&reader->head);

    buffer_clear(&reader->out);
    encoding_init(&reader->encoding, declared_page(reader));
    while (head.size > 0)
        encoding_feed(&reader->encoding, &head, &reader->out);
    return buffer_view(&reader->out);
}

/* Chooses the parser by the head, and gives it the head. */
static enum status recognise(struct statement_reader *reader, struct error *error)
{
    struct text head = head_decoded(reader);

    for (size_t i = 0; i < COUNT_OF(parsers) && reader->verbs == NULL; i++)
        if (parsers[i]->recognise(&reader->context, head))
            reader->verbs = parsers[i];
    if (reader->verbs == NULL)
        return statement_refuse(&reader->context, REFUSED_FORMAT_UNKNOWN, 0, error,
                                "the first %zu bytes fit no statement format", reader->head.size);
    reader->parser = reader->verbs->open(&reader->context);
    encoding_init(&reader->encoding, declared_page(reader));
    return feed_pieces(reader, buffer_view(&reader->head), error);
}

/* Fills the head from the front of *bytes. */
static void take_head(struct statement_reader *reader, struct text *bytes)
{
    size_t room = STATEMENT_HEAD_SIZE - reader->head.size;
    size_t size = bytes->size < room ? bytes->size : room;

    buffer_append(&reader->head, bytes->data, size);
    bytes->data += size;
    bytes->size -= size;
}

enum status statement_reader_feed(struct statement_reader *reader, struct text bytes,
                                  struct error *error)
{
    enum status status;

    if (reader->context.refusal != FINDING_NONE)
        return statement_refused(&reader->context, error); /* (5) */
    reader->size += (int64_t)bytes.size;
    if (reader->size > reader->context.limits->file_size_max)
        return statement_refuse(&reader->context, REFUSED_LIMIT_EXCEEDED, 0, error,
                                "the file is larger than %lld bytes",
                                (long long)reader->context.limits->file_size_max);
    if (reader->verbs == NULL) {
        take_head(reader, &bytes);
        if (reader->head.size < STATEMENT_HEAD_SIZE)
            return OK;
        status = recognise(reader, error);
        if (status != OK)
            return status;
    }
    return feed_pieces(reader, bytes, error);
}

/* Hands over what the encoding still holds, then ends the parser. */
static enum status end_parser(struct statement_reader *reader, struct error *error)
{
    bool guessed = reader->encoding.guessed;
    enum status status;

    buffer_clear(&reader->out);
    encoding_end(&reader->encoding, &reader->out);
    status = reader->verbs->feed(reader->parser, buffer_view(&reader->out), error);
    if (!guessed && reader->encoding.guessed)
        reader->context.encoding_guessed = true;
    return status == OK ? reader->verbs->end(reader->parser, error) : status;
}

enum status statement_reader_end(struct statement_reader *reader, struct error *error)
{
    enum status status = OK;

    if (reader->context.refusal != FINDING_NONE)
        return statement_refused(&reader->context, error);
    if (reader->verbs == NULL)
        status = recognise(reader, error);
    if (status == OK)
        status = end_parser(reader, error);
    if (status == OK && reader->context.statement_count == 0)
        return statement_refuse(&reader->context, REFUSED_UNDECODABLE, 0, error,
                                "%s without a single statement", reader->verbs->name); /* (3) */
    return status;
}

int64_t statement_reader_count(const struct statement_reader *reader)
{
    return reader->context.statement_count;
}

int64_t statement_reader_held_count(const struct statement_reader *reader)
{
    return reader->context.held_count;
}
