/*
 * file.c - see file.h.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE_MAX = 1024, NAME_SIZE_MAX = 255 };

static enum status refuse(struct error *error, const char *path, const char *problem)
{
    (void)error_configuration(error, "could not read %s", path);
    return error_detail(error, "%s", problem);
}

ssize_t file_read_up_to(int file, char *bytes, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t got = read(file, bytes + done, size - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static enum status read_open_file(int file, const char *path, size_t size_max, struct arena *arena,
                                  struct error *error, struct text *ret_bytes)
{
    struct stat facts;
    char *bytes;
    ssize_t size;

    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) /* (1) */
        return refuse(error, path, "it is not a regular file");
    if (facts.st_size < 0 || (uintmax_t)facts.st_size > size_max) /* (1) */
        return refuse(error, path, "it is larger than such a file may be");
    bytes = arena_bytes(arena, (size_t)facts.st_size + 1);
    if (bytes == NULL)
        return refuse(error, path, "it needs more memory than its ceiling");
    /* What is believed is what arrives, not what fstat said. */
    size = file_read_up_to(file, bytes, (size_t)facts.st_size);
    if (size < 0)
        return refuse(error, path, strerror(errno));
    bytes[size] = '\0';
    *ret_bytes = (struct text){bytes, (size_t)size};
    return OK;
}

enum status file_read(const char *path, size_t size_max, struct arena *arena, struct error *error,
                      struct text *ret_bytes)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    enum status status;

    if (file < 0)
        return refuse(error, path, strerror(errno));
    status = read_open_file(file, path, size_max, arena, error, ret_bytes);
    (void)close(file);
    return status;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_-+./", c) != NULL);
}

bool file_name_is_safe(struct text name)
{
    bool part_begins = true;

    if (name.size == 0 || name.size > NAME_SIZE_MAX)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];

        if (!is_name_byte(c) || (part_begins && (c == '.' || c == '/')))
            return false;
        part_begins = c == '/';
    }
    return !part_begins;
}

static enum status folder_read(const void *context, struct text name, struct arena *arena,
                               struct error *error, struct text *ret_bytes)
{
    const struct file_folder *folder = context;
    char path[PATH_SIZE_MAX];
    int size;

    if (!file_name_is_safe(name)) { /* (2) */
        (void)error_configuration(error, "could not read a file below %s", folder->path);
        return error_detail(error, "its name is not allowed: letters, digits and _ - + . / only");
    }
    size = snprintf(path, sizeof path, "%s/%.*s", folder->path, TEXT_ARG(name));
    if (size < 0 || (size_t)size >= sizeof path)
        return refuse(error, folder->path, "the path is too long");
    return file_read(path, folder->size_max, arena, error, ret_bytes);
}

struct file_source file_folder_source(const struct file_folder *folder)
{
    return (struct file_source){folder_read, folder};
}

void file_folder_of(const char *path, char *ret_folder, size_t folder_size)
{
    const char *last = strrchr(path, '/');
    struct text folder = {path, last == NULL ? 0 : (size_t)(last - path)};

    if (last == NULL)
        folder = TEXT(".");
    else if (last == path)
        folder = TEXT("/");
    (void)text_copy(folder, ret_folder, folder_size);
}

int64_t file_size(int file)
{
    struct stat status;

    return fstat(file, &status) == 0 && S_ISREG(status.st_mode) ? (int64_t)status.st_size : 0;
}
