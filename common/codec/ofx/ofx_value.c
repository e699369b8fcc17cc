/*
 * ofx_value.c - see ofx_value.h. Numbers in brackets are rules of the statement formats.
 */
#include "codec/ofx/ofx_value.h"

#include <stdio.h>

enum { ENTITY_SIZE_MAX = 10, POINT_MAX = 0x10FFFF };

/* &#228; and &#xE4;. 0: not a character. */
static uint32_t numbered(struct text name)
{
    bool hex = name.size > 1 && (name.data[1] == 'x' || name.data[1] == 'X');
    uint32_t point = 0;

    for (size_t i = hex ? 2 : 1; i < name.size; i++) {
        char byte = name.data[i];
        uint32_t digit = byte >= '0' && byte <= '9'          ? (uint32_t)(byte - '0')
                         : hex && byte >= 'a' && byte <= 'f' ? (uint32_t)(byte - 'a' + 10)
                         : hex && byte >= 'A' && byte <= 'F' ? (uint32_t)(byte - 'A' + 10)
                                                             : UINT32_MAX;

        if (digit == UINT32_MAX || point > POINT_MAX)
            return 0;
        point = point * (hex ? 16 : 10) + digit;
    }
    return point > POINT_MAX || (point >= 0xD800 && point <= 0xDFFF) || point < 0x20 ? 0 : point;
}

static uint32_t entity_of(struct text name)
{
    static const struct {
        const char *name;
        uint32_t point;
    } names[] = {{"amp", '&'},  {"lt", '<'},    {"gt", '>'},
                 {"quot", '"'}, {"apos", '\''}, {"nbsp", ' '}};

    if (name.size > 0 && name.data[0] == '#')
        return numbered(name);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_is(name, names[i].name))
            return names[i].point;
    return 0;
}

void ofx_text_append(struct buffer *out, struct text text)
{
    while (text.size > 0) {
        struct text plain = text_take(&text, '&');
        struct text rest = text_first(text, ENTITY_SIZE_MAX);
        struct text name = text_take(&rest, ';');
        bool is_there = text.data[-1] == '&' && text.size > 0;
        bool is_ended = is_there && name.size < text.size && text.data[name.size] == ';';
        uint32_t point = is_ended ? entity_of(name) : 0;

        buffer_text(out, plain);
        if (point != 0) {
            buffer_utf8(out, point);
            text = text_from(text, name.size + 1);
        } else if (text.data[-1] == '&') {
            buffer_byte(out, '&');
        }
    }
}

void ofx_text_keep(struct buffer *out, struct text text)
{
    while (text.size > 0) {
        buffer_text(out, text_take(&text, '&'));
        if (text.data[-1] == '&')
            buffer_string(out, "&amp;");
    }
}

enum date_verdict ofx_time_of(struct text value, calendar_date *ret_date, char time[OFX_TIME_SIZE])
{
    struct text clock = text_from(value, 8);

    time[0] = '\0';
    *ret_date = DATE_NONE;
    if (!text_has_digits(value, 8))
        return DATE_IMPOSSIBLE;
    if (text_has_digits(clock, 6))
        snprintf(time, OFX_TIME_SIZE, "%.2s:%.2s:%.2s", clock.data, clock.data + 2, clock.data + 4);
    return date_parse_plain(value, ret_date);
}

bool ofx_amount_of(struct text value, currency which, struct statement_amount *ret_amount)
{
    bool is_negative = value.size > 0 && value.data[0] == '-';
    bool has_sign = is_negative || (value.size > 0 && value.data[0] == '+');
    struct text digits = text_from(value, has_sign ? 1 : 0);
    char mark = digits.size > 0 && memchr(digits.data, ',', digits.size) != NULL ? ',' : '.';
    struct statement_amount amount;
    bool has_excess;

    if (!statement_amount_parse(digits, mark, which, &amount, &has_excess) || has_excess)
        return false;
    if (is_negative)
        amount.minor = -amount.minor;
    *ret_amount = amount;
    return true;
}
