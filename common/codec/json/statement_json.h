/*
 * statement_json.h - a statement as one line of canonical JSON.
 *
 * Keys stand in a fixed order and are all present (unknown null, none []); amounts
 * are strings; the same statement gives the same bytes. Readers of this output may
 * rely on the order.
 *
 *   statement_json_write(&statement, &out);          one object, no line end
 *
 * The entries stand in the middle. Where they come one by one, the object is put together of
 *
 *   statement_json_head(&statement, &out);           up to the [ of the entries
 *   statement_json_entry(&entry, &out);              each, in their order
 *   statement_json_tail(&statement, &out);           from the ] on
 *
 * For human eyes, a whole object in pieces that may end anywhere:
 *
 *   struct json_indent indent = {0};
 *   statement_json_indent(&indent, piece, &file);
 */
#ifndef SAWA_CODEC_JSON_STATEMENT_JSON_H
#define SAWA_CODEC_JSON_STATEMENT_JSON_H

#include "base/buffer.h"
#include "domain/statement.h"

/* All append to out; past out's ceiling buffer_failed(out). */
void statement_json_write(const struct statement *statement, struct buffer *out);
void statement_json_head(const struct statement *statement, struct buffer *out);
void statement_json_entry(const struct statement_entry *entry, struct buffer *out);
void statement_json_tail(const struct statement *statement, struct buffer *out);

struct json_indent {
    int depth;
    bool in_string;
    bool is_escaped; /* the next byte of the string */
    char opened;     /* { or [ whose first item, or end, is not here yet */
};

/* Appends json, indented by two blanks a level. */
void statement_json_indent(struct json_indent *indent, struct text json, struct buffer *out);

#endif
