/*
 * file.h - small files, read whole, within bounds.
 *
 * (1) No more than size_max bytes are read; only regular files are.
 * (2) A name from outside (a time zone, a calendar beside a corridor file) stays below its
 *     folder: letters, digits, '_', '-', '+', '.', '/', no part begins with '.'.
 *
 * Code that must not do I/O itself (domain) takes a struct file_source and asks it by name.
 */
#ifndef SAWA_BASE_FILE_H
#define SAWA_BASE_FILE_H

#include "base/arena.h"
#include "base/error.h"

#include <sys/types.h>

/* Where named bytes come from. read answers as file_read does. */
struct file_source {
    enum status (*read)(const void *context, struct text name, struct arena *arena,
                        struct error *error, struct text *ret_bytes);
    const void *context;
};

struct file_folder {
    const char *path;
    size_t size_max;
};

/* The whole file into the arena. FATAL with EXIT_CONFIGURATION where it cannot be read. */
must_use enum status file_read(const char *path, size_t size_max, struct arena *arena,
                               struct error *error, struct text *ret_bytes);

/* Reads size bytes from where the open file stands; fewer only at its end. -1: errno tells. */
ssize_t file_read_up_to(int file, char *bytes, size_t size);

/* Of an open regular file; 0 for anything else. */
int64_t file_size(int file);

/* True when name obeys (2). */
must_use bool file_name_is_safe(struct text name);

/* A source over the files below folder (2), which must outlive it. */
struct file_source file_folder_source(const struct file_folder *folder);

/* The folder that holds path: "deploy/a.yaml" -> "deploy", "a.yaml" -> ".". */
void file_folder_of(const char *path, char *ret_folder, size_t folder_size);

#endif
