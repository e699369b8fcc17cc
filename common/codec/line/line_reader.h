/*
 * line_reader.h - one line as the slots of an event: JSON (one object a line) or CSV (under the
 * names of its header line).
 *
 * The line is hostile.
 *
 * (1) Names are those of schemas/avro, letter by letter. A name that no event has refuses the
 *     line: a misspelt fee_amount must not become a payment without a fee.
 * (2) A name comes once. JSON null, a missing optional name and an empty CSV field are one: absent.
 * (3) The whole line is UTF-8. At most LINE_FIELD_MAX names, nesting of LINE_DEPTH_MAX in what we
 *     skip.
 * (4) Texts of the slots point into the line or the reader, and live until its next call.
 *
 *   reason             when, in the order of precedence
 *   line_malformed     not one JSON object; not as many CSV fields as the header has names
 *   field_unknown      a name that no event has
 *   field_unreadable   a field is missing, comes twice, or is not of its type (line_value.h)
 *
 * A CSV record is one line: a quoted line end is refused, for no text of ours may hold one.
 */
#ifndef SAWA_CODEC_LINE_LINE_READER_H
#define SAWA_CODEC_LINE_LINE_READER_H

#include "codec/event/slot.h"
#include "domain/reason.h"

enum { LINE_SIZE_MAX = 1024 * 1024, LINE_FIELD_MAX = 64, LINE_DEPTH_MAX = 32 };

struct line_reader;

struct line_reader *line_reader_new(void);         /* never NULL; belongs to one thread */
void line_reader_free(struct line_reader *reader); /* NULL is fine */

/* Fills slots[0 .. columns->count). */
must_use enum reason json_line_read(struct line_reader *reader, const struct column_set *columns,
                                    struct text line, struct slot *slots);

/* names: the header line. It is read once for all lines that follow under it. */
must_use enum reason csv_line_read(struct line_reader *reader, const struct column_set *columns,
                                   struct text names, struct text line, struct slot *slots);

#endif
