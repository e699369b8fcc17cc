/*
 * json_line.c - one line as one JSON object (RFC 8259), read in one pass; see line_reader.h.
 *
 * Why our own: jansson gives numbers with a fraction as doubles only, and an amount must not pass
 * through one. Here a number stays the text it is. Nothing is allocated; the recursion over values
 * we skip is bounded (3).
 */
#include "codec/line/line_work.h"

struct json_cursor {
    const char *at;
    const char *end;
    struct buffer *text; /* of the reader: strings without their escapes */
};

enum json_kind { JSON_NOTHING, JSON_NULL, JSON_STRING, JSON_NUMBER, JSON_OTHER };

static void blanks_skip(struct json_cursor *cursor)
{
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t' ||
                                        *cursor->at == '\r' || *cursor->at == '\n'))
        cursor->at++;
}

static bool byte_take(struct json_cursor *cursor, char byte)
{
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

/* Blanks, the byte, blanks. */
static bool mark_take(struct json_cursor *cursor, char byte)
{
    blanks_skip(cursor);
    if (!byte_take(cursor, byte))
        return false;
    blanks_skip(cursor);
    return true;
}

static bool word_take(struct json_cursor *cursor, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(cursor->end - cursor->at) < size || memcmp(cursor->at, word, size) != 0)
        return false;
    cursor->at += size;
    return true;
}

/* ---- strings ---- */

static bool hex4_take(struct json_cursor *cursor, uint32_t *ret_unit)
{
    uint32_t unit = 0;

    if (cursor->end - cursor->at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char byte = *cursor->at++;
        uint32_t digit = byte >= '0' && byte <= '9'   ? (uint32_t)(byte - '0')
                         : byte >= 'a' && byte <= 'f' ? (uint32_t)(byte - 'a' + 10)
                         : byte >= 'A' && byte <= 'F' ? (uint32_t)(byte - 'A' + 10)
                                                      : 16;

        if (digit == 16)
            return false;
        unit = unit << 4 | digit;
    }
    *ret_unit = unit;
    return true;
}

/* Behind "\u": a code point, of two units where the first is a high surrogate. */
static bool unicode_take(struct json_cursor *cursor)
{
    uint32_t unit;
    uint32_t low;

    if (!hex4_take(cursor, &unit) || (unit >= 0xdc00 && unit <= 0xdfff))
        return false;
    if (unit >= 0xd800 && unit <= 0xdbff) {
        if (!word_take(cursor, "\\u") || !hex4_take(cursor, &low) || low < 0xdc00 || low > 0xdfff)
            return false;
        unit = 0x10000 + ((unit - 0xd800) << 10 | (low - 0xdc00));
    }
    buffer_utf8(cursor->text, unit);
    return true;
}

static bool escape_take(struct json_cursor *cursor)
{
    static const char names[] = "\"\\/bfnrt";
    static const char bytes[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (cursor->at == cursor->end)
        return false;
    if (byte_take(cursor, 'u'))
        return unicode_take(cursor);
    found = *cursor->at == '\0' ? NULL : strchr(names, *cursor->at);
    if (found == NULL)
        return false;
    cursor->at++;
    buffer_byte(cursor->text, (unsigned char)bytes[found - names]);
    return true;
}

/* Up to the next quote or backslash; control bytes have no place in a string. */
static struct text plain_take(struct json_cursor *cursor)
{
    const char *from = cursor->at;

    while (cursor->at < cursor->end && *cursor->at != '"' && *cursor->at != '\\' &&
           (unsigned char)*cursor->at >= 0x20)
        cursor->at++;
    return (struct text){from, (size_t)(cursor->at - from)};
}

/* Behind the opening quote. Without escapes the text stays where it is. */
static bool string_take(struct json_cursor *cursor, struct text *ret_text)
{
    size_t from = cursor->text->size;
    struct text plain = plain_take(cursor);

    if (byte_take(cursor, '"')) {
        *ret_text = plain;
        return true;
    }
    for (;;) {
        buffer_text(cursor->text, plain);
        if (byte_take(cursor, '"'))
            break;
        if (!byte_take(cursor, '\\') || !escape_take(cursor))
            return false;
        plain = plain_take(cursor);
    }
    assert(!buffer_failed(cursor->text)); /* no escape is longer than what it stands for */
    *ret_text = (struct text){cursor->text->data + from, cursor->text->size - from};
    return true;
}

/* ---- values ---- */

static size_t digits_take(struct json_cursor *cursor)
{
    const char *from = cursor->at;

    while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9')
        cursor->at++;
    return (size_t)(cursor->at - from);
}

static bool number_take(struct json_cursor *cursor, struct text *ret_text)
{
    const char *from = cursor->at;

    byte_take(cursor, '-');
    if (!byte_take(cursor, '0') && digits_take(cursor) == 0)
        return false;
    if (byte_take(cursor, '.') && digits_take(cursor) == 0)
        return false;
    if (byte_take(cursor, 'e') || byte_take(cursor, 'E')) {
        if (!byte_take(cursor, '+'))
            byte_take(cursor, '-');
        if (digits_take(cursor) == 0)
            return false;
    }
    *ret_text = (struct text){from, (size_t)(cursor->at - from)};
    return true;
}

static bool value_skip(struct json_cursor *cursor, int depth);

static bool member_skip(struct json_cursor *cursor, bool is_object, int depth)
{
    struct text name;

    if (is_object &&
        (!byte_take(cursor, '"') || !string_take(cursor, &name) || !mark_take(cursor, ':')))
        return false;
    return value_skip(cursor, depth);
}

/* Behind the opening bracket. */
static bool members_skip(struct json_cursor *cursor, bool is_object, int depth)
{
    char closing = is_object ? '}' : ']';

    if (depth > LINE_DEPTH_MAX)
        return false; /* (3) */
    if (mark_take(cursor, closing))
        return true;
    blanks_skip(cursor);
    do {
        if (!member_skip(cursor, is_object, depth))
            return false;
    } while (mark_take(cursor, ','));
    return mark_take(cursor, closing);
}

/* One value; its text where it is a string or a number. JSON_NOTHING: none. */
static enum json_kind value_take(struct json_cursor *cursor, int depth, struct text *ret_text)
{
    if (byte_take(cursor, '"'))
        return string_take(cursor, ret_text) ? JSON_STRING : JSON_NOTHING;
    if (byte_take(cursor, '{'))
        return members_skip(cursor, true, depth + 1) ? JSON_OTHER : JSON_NOTHING;
    if (byte_take(cursor, '['))
        return members_skip(cursor, false, depth + 1) ? JSON_OTHER : JSON_NOTHING;
    if (word_take(cursor, "null"))
        return JSON_NULL;
    if (word_take(cursor, "true") || word_take(cursor, "false"))
        return JSON_OTHER;
    return number_take(cursor, ret_text) ? JSON_NUMBER : JSON_NOTHING;
}

static bool value_skip(struct json_cursor *cursor, int depth)
{
    struct text ignored;

    return value_take(cursor, depth, &ignored) != JSON_NOTHING;
}

/* ---- the line ---- */

static void column_take(struct line_work *work, int number, enum json_kind kind, struct text text)
{
    enum line_value_kind form = kind == JSON_STRING ? LINE_VALUE_STRING : LINE_VALUE_NUMBER;
    struct slot slot = {.form = SLOT_EMPTY};

    if (kind == JSON_NULL)
        return; /* (2) */
    if (kind == JSON_OTHER || !line_value_read(&work->columns->columns[number], form, text, &slot))
        line_against(work, REASON_FIELD_UNREADABLE);
    else
        work->slots[number] = slot;
}

static bool field_take(struct line_work *work, struct json_cursor *cursor)
{
    struct text name;
    struct text text = {NULL, 0};
    enum json_kind kind;
    int number;

    if (!byte_take(cursor, '"') || !string_take(cursor, &name) || !mark_take(cursor, ':'))
        return false;
    number = line_name(work, name);
    kind = value_take(cursor, 0, &text);
    if (kind == JSON_NOTHING)
        return false;
    if (number >= 0)
        column_take(work, number, kind, text);
    return true;
}

static bool object_take(struct line_work *work, struct json_cursor *cursor)
{
    int fields = 0;

    if (!mark_take(cursor, '{'))
        return false;
    if (mark_take(cursor, '}'))
        return cursor->at == cursor->end;
    do {
        if (++fields > LINE_FIELD_MAX || !field_take(work, cursor))
            return false;
    } while (mark_take(cursor, ','));
    return mark_take(cursor, '}') && cursor->at == cursor->end;
}

enum reason json_line_read(struct line_reader *reader, const struct column_set *columns,
                           struct text line, struct slot *slots)
{
    struct line_work work = {.reader = reader, .columns = columns, .slots = slots};
    struct json_cursor cursor = {line.data, line.data + line.size, &reader->text};

    line_begin(&work, line.size);
    if (!text_is_utf8(line) || !object_take(&work, &cursor))
        return REASON_LINE_MALFORMED;
    return line_end(&work);
}
