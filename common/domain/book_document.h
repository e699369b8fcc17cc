/*
 * book_document.h - a corridor book as people hand it in and the database keeps it: the YAML and,
 * beside it, the holidays it names, so that a version never depends on a file that has changed
 * since.
 */
#ifndef SAWA_DOMAIN_BOOK_DOCUMENT_H
#define SAWA_DOMAIN_BOOK_DOCUMENT_H

#include "base/crypto.h"
#include "domain/corridor.h"

struct book_document {
    struct text yaml;
    struct text holidays; /* CSV */
};

/* As corridor_book_read, with the document's own holidays. name: as messages call it. */
must_use enum status book_document_read(const struct book_document *document, const char *name,
                                        struct file_source zones, struct arena *arena,
                                        struct error *error, struct corridor_book *ret_book);

/* What people propose and approve: of both, with a zero byte between. */
struct digest book_document_digest(const struct book_document *document);

#endif
