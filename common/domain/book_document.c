/*
 * book_document.c - see book_document.h.
 */
#include "domain/book_document.h"

static enum status holidays_give(const void *context, struct text name, struct arena *arena,
                                 struct error *error, struct text *ret_bytes)
{
    const struct book_document *document = context;

    (void)name;
    (void)arena;
    (void)error;
    *ret_bytes = document->holidays;
    return OK;
}

enum status book_document_read(const struct book_document *document, const char *name,
                               struct file_source zones, struct arena *arena, struct error *error,
                               struct corridor_book *ret_book)
{
    const struct corridor_sources sources = {zones, {holidays_give, document}};

    return corridor_book_read(document->yaml, name, &sources, arena, error, ret_book);
}

struct digest book_document_digest(const struct book_document *document)
{
    const struct text parts[] = {document->yaml, {"", 1}, document->holidays};

    return sha256_parts(parts, COUNT_OF(parts));
}
