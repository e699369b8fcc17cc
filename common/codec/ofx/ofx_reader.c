/*
 * ofx_reader.c - OFX 1 (SGML) and OFX 2 (XML): bytes to tags and texts, and those to elements.
 *
 *   TEXT ── < ──> TAG ── > ──> TEXT        <NAME>text   </NAME>   <?OFX ...?>   <!-- -->   CDATA
 *
 * (1) In OFX 1 a value has no end tag: a text behind a tag is that element's value, and ends where
 *     the next tag begins. Both versions are read so; an end tag then says nothing new.
 * (2) An aggregate has an end tag in both. Only those we know are kept track of
 *     (ofx_statement.h); an end tag closes what was left open within it.
 * (3) Nothing is looked up: a document type refuses the file, entities are the fixed ones. (54)
 * (4) All state is here: where the pieces of the file end makes no difference.
 */
#include "codec/ofx/ofx_statement.h"
#include "codec/ofx/ofx_value.h"

#include <stdlib.h>
#include <strings.h>

enum { DEPTH_MAX = 16 }; /* of aggregates we know; the format has six */

struct ofx_reader {
    struct statement_context *context;
    struct ofx_statement message;
    enum ofx_area open[DEPTH_MAX];
    size_t depth;
    bool in_tag;
    bool has_begun; /* <OFX> was there */
    bool has_ended; /* </OFX> was */
    int64_t line_number;
    struct buffer tag;   /* what stands between < and > */
    struct buffer name;  /* of the last start tag, while its value may come; empty: none */
    struct buffer text;  /* since then, as it is written */
    struct buffer value; /* that, with its entities replaced */
};

static enum status check_sizes(struct ofx_reader *reader, struct error *error)
{
    if (buffer_failed(&reader->tag) || buffer_failed(&reader->name) ||
        buffer_failed(&reader->text) || buffer_failed(&reader->value) ||
        buffer_failed(&reader->message.message_id))
        return statement_refuse(reader->context, REFUSED_LIMIT_EXCEEDED, reader->line_number, error,
                                "a tag or a value is longer than %zu bytes",
                                reader->context->limits->tag_size_max);
    return OK;
}

static enum ofx_area area_of(const struct ofx_reader *reader)
{
    return reader->depth == 0 ? OFX_NOWHERE : reader->open[reader->depth - 1];
}

/* What stands behind the last start tag is its value (1). */
static void value_end(struct ofx_reader *reader)
{
    struct text text = text_trim(buffer_view(&reader->text));

    if (reader->name.size > 0 && text.size > 0) {
        buffer_clear(&reader->value);
        ofx_text_append(&reader->value, text);
        ofx_statement_value(&reader->message, area_of(reader), buffer_view(&reader->name),
                            text_trim(buffer_view(&reader->value)));
    }
    buffer_clear(&reader->name);
    buffer_clear(&reader->text);
}

static enum status start_tag(struct ofx_reader *reader, struct text name, struct error *error)
{
    enum ofx_area area;

    name = text_take(&name, ' '); /* what stands behind the name is nothing to us */
    area = ofx_area_of(name);
    reader->has_begun = reader->has_begun || text_is(name, "OFX");
    buffer_text(&reader->name, name);
    if (area == OFX_NOWHERE)
        return OK;
    if (reader->depth == DEPTH_MAX)
        return statement_refuse(reader->context, REFUSED_LIMIT_EXCEEDED, reader->line_number, error,
                                "more than %d aggregates within one another", DEPTH_MAX);
    reader->open[reader->depth++] = area;
    ofx_statement_begin(&reader->message, area, reader->line_number);
    return OK;
}

static bool is_open(const struct ofx_reader *reader, enum ofx_area area)
{
    for (size_t i = 0; i < reader->depth; i++)
        if (reader->open[i] == area)
            return true;
    return false;
}

/* The innermost aggregate is whole. */
static enum status close_one(struct ofx_reader *reader, struct error *error)
{
    return ofx_statement_end(&reader->message, reader->open[--reader->depth], reader->line_number,
                             error);
}

/* Closes what is left open within it too (2). */
static enum status end_tag(struct ofx_reader *reader, struct text name, struct error *error)
{
    enum ofx_area area = ofx_area_of(name);
    bool is_last = text_is(name, "OFX");
    enum status status = OK;

    reader->has_ended = reader->has_ended || is_last;
    if (!is_last && (area == OFX_NOWHERE || !is_open(reader, area)))
        return OK;
    while (status == OK && reader->depth > 0 && (is_last || area_of(reader) != area))
        status = close_one(reader, error);
    return status == OK && !is_last ? close_one(reader, error) : status;
}

static bool begins(struct text tag, const char *with)
{
    return tag.size >= strlen(with) && strncasecmp(tag.data, with, strlen(with)) == 0;
}

static bool ends(struct text tag, const char *with)
{
    struct text end = text_of(with);

    return tag.size >= end.size && text_equal(text_from(tag, tag.size - end.size), end);
}

/* VERSION="220" in <?OFX ...?>, VERSION:102 before the first tag. */
static void note_version(struct ofx_reader *reader, struct text header)
{
    const char *at = header.size == 0 ? NULL : memmem(header.data, header.size, "VERSION", 7);
    struct text rest;
    size_t size = 0;

    if (at == NULL || reader->message.version[0] != '\0')
        return;
    rest = text_from(header, (size_t)(at - header.data) + 8);
    if (rest.size > 0 && rest.data[0] == '"')
        rest = text_from(rest, 1);
    while (text_has_digits(rest, size + 1))
        size++;
    text_copy(text_first(rest, size), reader->message.version, sizeof reader->message.version);
}

static enum status tag_end(struct ofx_reader *reader, struct error *error)
{
    struct text tag = buffer_view(&reader->tag);

    if (begins(tag, "![CDATA[")) {
        if (reader->name.size > 0)
            ofx_text_keep(&reader->text, text_first(text_from(tag, 8), tag.size - 10));
        return OK;
    }
    if (tag.size == 0 || tag.data[0] == '!')
        return begins(tag, "!DOCTYPE")
                   ? statement_refuse(reader->context, REFUSED_DOCTYPE, reader->line_number, error,
                                      "a document type")
                   : OK;
    if (!reader->has_begun) /* the header of OFX 1 stands before the first tag */
        note_version(reader, tag.data[0] == '?' ? tag : buffer_view(&reader->text));
    if (tag.data[0] == '?')
        return OK;
    value_end(reader);
    if (tag.data[0] == '/')
        return end_tag(reader, text_trim(text_from(tag, 1)), error);
    if (tag.data[tag.size - 1] == '/') /* <MEMO/>: no value */
        return OK;
    return start_tag(reader, text_trim(tag), error);
}

static int64_t lines_in(struct text bytes)
{
    int64_t count = 0;

    for (; bytes.size > 0 && memchr(bytes.data, '\n', bytes.size) != NULL; count++)
        text_take(&bytes, '\n');
    return count;
}

/* A comment and a CDATA section hold what looks like the end of a tag. */
static bool is_inside(struct text tag)
{
    if (begins(tag, "!--"))
        return tag.size < 5 || !ends(tag, "--");
    return begins(tag, "![CDATA[") && !ends(tag, "]]");
}

/* Takes up to the next end of a tag; the rest is for the next turn. */
static enum status take_tag(struct ofx_reader *reader, struct text *bytes, struct error *error)
{
    const char *end = memchr(bytes->data, '>', bytes->size);
    struct text part = text_take(bytes, '>');
    enum status status;

    reader->line_number += lines_in(part);
    buffer_text(&reader->tag, part);
    status = check_sizes(reader, error);
    if (status != OK || end == NULL)
        return status;
    if (is_inside(buffer_view(&reader->tag))) {
        buffer_byte(&reader->tag, '>');
        return check_sizes(reader, error);
    }
    status = tag_end(reader, error);
    buffer_clear(&reader->tag);
    reader->in_tag = false;
    return status == OK ? check_sizes(reader, error) : status;
}

static enum status take_text(struct ofx_reader *reader, struct text *bytes, struct error *error)
{
    const char *end = memchr(bytes->data, '<', bytes->size);
    struct text text = text_take(bytes, '<');

    reader->line_number += lines_in(text);
    reader->in_tag = end != NULL;
    if (reader->name.size > 0 || !reader->has_begun)
        buffer_text(&reader->text, text);
    return check_sizes(reader, error);
}

static enum status ofx_feed(void *parser, struct text bytes, struct error *error)
{
    struct ofx_reader *reader = parser;
    enum status status = OK;

    statement_note_encoding(reader->context, reader->line_number); /* of the byte before */
    while (status == OK && bytes.size > 0)
        status =
            reader->in_tag ? take_tag(reader, &bytes, error) : take_text(reader, &bytes, error);
    return status;
}

static enum status ofx_end(void *parser, struct error *error)
{
    struct ofx_reader *reader = parser;

    if (!reader->has_ended)
        return statement_refuse(reader->context, REFUSED_CUT_SHORT, reader->line_number, error,
                                "</OFX> is missing");
    return OK;
}

static void *ofx_open(struct statement_context *context)
{
    struct ofx_reader *reader = calloc(1, sizeof *reader);
    size_t max = context->limits->tag_size_max;

    if (reader == NULL)
        abort();
    reader->context = context;
    reader->line_number = 1;
    ofx_statement_init(&reader->message, context);
    buffer_init(&reader->tag, max);
    buffer_init(&reader->name, max);
    buffer_init(&reader->text, max);
    buffer_init(&reader->value, max);
    return reader;
}

static void ofx_close(void *parser)
{
    struct ofx_reader *reader = parser;

    if (reader == NULL)
        return;
    ofx_statement_done(&reader->message);
    buffer_done(&reader->tag);
    buffer_done(&reader->name);
    buffer_done(&reader->text);
    buffer_done(&reader->value);
    free(reader);
}

/* The header of either version, or the first element. */
static bool ofx_recognise(struct statement_context *context, struct text head)
{
    (void)context;
    head = text_trim(head);
    if (begins(head, "OFXHEADER:") || begins(head, "<OFX>"))
        return true;
    return begins(head, "<?") && memmem(head.data, head.size, "<?OFX", 5) != NULL;
}

const struct statement_parser ofx_parser = {
    .name = "an OFX file",
    .recognise = ofx_recognise,
    .open = ofx_open,
    .feed = ofx_feed,
    .end = ofx_end,
    .close = ofx_close,
};
