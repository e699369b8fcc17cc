/*
 * progress.h - how far a large file is read, for a person at a terminal: one line on stderr that
 * writes over itself, and is gone at the end. Without a terminal, or where a file is small or its
 * size not known, there is none.
 *
 *   progress_begin(&progress, path, size, passes);
 *   progress_add(&progress, bytes);                  after each piece, of each pass
 *   progress_end(&progress);
 */
#ifndef SAWA_STATEMENT_PROGRESS_H
#define SAWA_STATEMENT_PROGRESS_H

#include "base/text.h"

struct progress {
    const char *name; /* NULL: nothing is told */
    int64_t total;
    int64_t done;
    int64_t begin_us;
    int64_t told_us;
};

/* size 0: not known. passes: how often the file will be read. */
void progress_begin(struct progress *progress, const char *name, int64_t size, int passes);
void progress_add(struct progress *progress, size_t bytes);
void progress_end(struct progress *progress);

/* "statement.xml  42 %  120 MB/s  3 s left"; what is not known yet is left out. */
enum { PROGRESS_LINE_SIZE = 160 };
void progress_line(const struct progress *progress, int64_t now_us, char line[PROGRESS_LINE_SIZE]);

#endif
