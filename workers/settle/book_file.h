/*
 * book_file.h - the corridor book, from a file or from the database.
 *
 * The YAML document names its holiday file; in the database both stand beside each other, so a
 * corridor version never depends on a file that has changed since.
 *
 *   book_read_file(path, arena, error, &document, &book)     what a person hands in
 *   book_read_stored(&document, arena, error, &book)         what a version was loaded with
 */
#ifndef SAWA_SETTLE_BOOK_FILE_H
#define SAWA_SETTLE_BOOK_FILE_H

#include "base/buffer.h"
#include "domain/corridor.h"

struct book_document {
    struct text yaml;
    struct text holidays; /* CSV */
};

must_use enum status book_read_file(const char *path, struct arena *arena, struct error *error,
                                    struct book_document *ret_document,
                                    struct corridor_book *ret_book);

must_use enum status book_read_stored(const struct book_document *document, struct arena *arena,
                                      struct error *error, struct corridor_book *ret_book);

/* A corridor as lines "key: value", everything that decides about its windows and payments, in a
 * fixed order. Two corridors are the same when their lines are. */
void corridor_lines(const struct corridor *corridor, struct buffer *out);

/* Lines that only one of the two has: "- line" of before, "+ line" of after. */
void corridor_difference(struct text before, struct text after, struct buffer *out);

#endif
