/*
 * entry_line.h - an entry as a line, for parse --format csv (RFC 4180) and table.
 *
 * What stands in an entry's JSON and not here (details, charges, codes, raw text) is in the JSON.
 */
#ifndef SAWA_STATEMENT_ENTRY_LINE_H
#define SAWA_STATEMENT_ENTRY_LINE_H

#include "base/buffer.h"
#include "domain/statement.h"

void entry_csv_head(struct buffer *out);
void entry_csv(const struct statement *statement, const struct statement_entry *entry,
               struct buffer *out);

void entry_table(const struct statement_entry *entry, struct buffer *out);
/* Behind the entries of a statement: whose they are, and its balances. */
void entry_table_tail(const struct statement *statement, struct buffer *out);

#endif
