/*
 * statement_json.h - a statement as one line of canonical JSON.
 *
 * Keys stand in a fixed order and are all present (unknown null, none []); amounts
 * are strings; the same statement gives the same bytes. Readers of this output may
 * rely on the order.
 *
 *   statement_json_write(&statement, &out);          one object, no line end
 *   statement_json_indent(buffer_view(&out), &file); the same for human eyes
 */
#ifndef SAWA_CODEC_JSON_STATEMENT_JSON_H
#define SAWA_CODEC_JSON_STATEMENT_JSON_H

#include "base/buffer.h"
#include "domain/statement.h"

/* Appends to out; past out's ceiling buffer_failed(out). */
void statement_json_write(const struct statement *statement, struct buffer *out);

/* Appends json, indented by two blanks a level. */
void statement_json_indent(struct text json, struct buffer *out);

#endif
