/*
 * book_file.h - the corridor book from the file a person hands in; its holidays stand beside it.
 */
#ifndef SAWA_RUNTIME_BOOK_FILE_H
#define SAWA_RUNTIME_BOOK_FILE_H

#include "domain/book_document.h"

must_use enum status book_read_file(const char *path, struct arena *arena, struct error *error,
                                    struct book_document *ret_document,
                                    struct corridor_book *ret_book);

#endif
