/*
 * stage.h - what is printed of one file, kept back until the file is known to be whole.
 *
 *   spool    entry entry entry head tail   entry entry head tail   ..   (an unlinked file)
 *   index    where each of these parts is: one row a statement          (another)
 *
 * The keys in front of the entries are known behind them, so the parts are put in order when they
 * are published. Memory stays flat, however large or many the statements are. In the formats of
 * lines there is no head: a line per entry, for people a few behind them.
 *
 *   stage_open(&stage, STAGE_JSON)      false: errno
 *   ... the sink of a reader: stage_sink(&stage) ...
 *   stage_publish(&stage, stdout)
 *   stage_close(&stage)
 */
#ifndef SAWA_STATEMENT_STAGE_H
#define SAWA_STATEMENT_STAGE_H

#include "base/buffer.h"
#include "codec/statement.h"

#include <stdio.h>

enum stage_format { STAGE_JSON, STAGE_PRETTY, STAGE_CSV, STAGE_TABLE };

struct stage {
    enum stage_format format;
    FILE *spool;
    FILE *index;
    int64_t size;         /* of the spool */
    int64_t entries_size; /* of the statement at hand */
    struct buffer json;
};

must_use bool stage_open(struct stage *stage, enum stage_format format);
void stage_close(struct stage *stage);

/* Entries one by one, and statements; FATAL where a file takes no more. */
struct statement_sink stage_sink(struct stage *stage);

/* False: reading the stage or writing out failed, see errno. */
must_use bool stage_publish(struct stage *stage, FILE *out);

#endif
