/*
 * sink.c - see sink.h.
 */
#include "bus/sink.h"

#include <stdarg.h>
#include <stdio.h>

#define POSITION_BEGIN "{\"next_number\":"
#define POSITION_MIDDLE "\"message_id\":\""
#define POSITION_END "\"}"

enum status sink_away(struct error *error, const char *format, ...)
{
    char said[sizeof error->primary];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(said, sizeof said, format, arguments);
    va_end(arguments);
    error_set(error, RETRY, "%s", said);
    error->cause = CAUSE_SOURCE;
    return RETRY;
}

size_t sink_position_format(int64_t next_number, const struct uuid *message_id,
                            char text[SINK_POSITION_SIZE])
{
    char id[UUID_TEXT_SIZE];

    uuid_format(message_id, id);
    return (size_t)snprintf(text, SINK_POSITION_SIZE,
                            POSITION_BEGIN "%lld," POSITION_MIDDLE "%s" POSITION_END,
                            (long long)next_number, id);
}

/* Takes a literal off the front of *text. */
static bool take(struct text *text, struct text literal)
{
    if (!text_equal(text_first(*text, literal.size), literal))
        return false;
    *text = text_from(*text, literal.size);
    return true;
}

bool sink_position_parse(struct text text, struct sink_position *ret_position)
{
    struct sink_position position = {.is_kept = true};
    struct text id;

    if (!take(&text, TEXT(POSITION_BEGIN)) ||
        !text_to_int64(text_take(&text, ','), &position.next_number) || position.next_number < 1 ||
        !take(&text, TEXT(POSITION_MIDDLE)))
        return false;
    id = text_first(text, UUID_TEXT_SIZE - 1);
    if (!uuid_parse(id, &position.message_id) ||
        !text_is(text_from(text, UUID_TEXT_SIZE - 1), POSITION_END))
        return false;
    *ret_position = position;
    return true;
}
