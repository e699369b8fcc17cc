/*
 * line_value.h - one value of a line as text, and the slot it becomes.
 *
 *   column    text                                          slot
 *   TEXT      any                                           text
 *   UUID      any; whether it is one is checked later        text
 *   DECIMAL   -?(0|[1-9][0-9]*)(\.[0-9]+)?                  decimal, scale; overflow beyond int128
 *   TIME      2026-11-16T10:00:00.123456+03:00, or          number: microseconds
 *             a whole number: microseconds since 1970
 *   ENUM      a symbol, letter by letter                    number
 *
 * (1) No value passes through a binary float, and none is rounded: an exponent, a '+', a blank,
 *     a thousands mark or a seventh digit of a second is unreadable, never a guess.
 */
#ifndef SAWA_CODEC_LINE_LINE_VALUE_H
#define SAWA_CODEC_LINE_LINE_VALUE_H

#include "codec/event/slot.h"

/* As written: CSV does not tell numbers from texts, JSON does. */
enum line_value_kind { LINE_VALUE_ANY, LINE_VALUE_STRING, LINE_VALUE_NUMBER };

/* False: unreadable as a value of column; *slot is untouched. A number is no text and no symbol; a
 * string is an instant only in the form with a date. */
must_use bool line_value_read(const struct column *column, enum line_value_kind kind,
                              struct text text, struct slot *slot);

#endif
