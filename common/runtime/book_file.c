/*
 * book_file.c - see book_file.h.
 */
#include "runtime/book_file.h"

#include "base/config_tree.h"
#include "base/zone_file.h"

/* A source that remembers what it gave. */
struct capture {
    struct file_source inner;
    struct text *bytes;
};

static enum status capture_read(const void *context, struct text name, struct arena *arena,
                                struct error *error, struct text *ret_bytes)
{
    const struct capture *capture = context;
    enum status status = capture->inner.read(capture->inner.context, name, arena, error, ret_bytes);

    if (status == OK)
        *capture->bytes = *ret_bytes;
    return status;
}

enum status book_read_file(const char *path, struct arena *arena, struct error *error,
                           struct book_document *ret_document, struct corridor_book *ret_book)
{
    char folder[4096];
    const struct file_folder beside = {folder, CONFIG_SIZE_MAX};
    struct book_document document = {.holidays = TEXT("")};
    const struct capture capture = {file_folder_source(&beside), &document.holidays};
    const struct corridor_sources sources = {zone_file_source(), {capture_read, &capture}};
    enum status status;

    file_folder_of(path, folder, sizeof folder);
    status = file_read(path, CONFIG_SIZE_MAX, arena, error, &document.yaml);
    if (status == OK)
        status = corridor_book_read(document.yaml, path, &sources, arena, error, ret_book);
    if (status == OK)
        *ret_document = document;
    return status;
}
