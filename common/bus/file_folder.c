/*
 * file_folder.c - see file_folder.h.
 */
#include "bus/file_folder.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

bool file_number_of(const char *name, int64_t *ret_number)
{
    int64_t number = 0;
    size_t digits = 0;

    while (name[digits] >= '0' && name[digits] <= '9' && digits <= FILE_NUMBER_DIGITS_MAX)
        number = number * 10 + (name[digits++] - '0');
    if (digits == 0 || digits > FILE_NUMBER_DIGITS_MAX)
        return false;
    *ret_number = number;
    return true;
}

static bool name_ends(const char *name, const char *end)
{
    size_t size = strlen(name);
    size_t end_size = strlen(end);

    return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

static bool name_is_unfinished(const char *name)
{
    return name[0] == '.' || name_ends(name, ".tmp") || name_ends(name, ".part");
}

static void wanted_add(struct folder_view *view, const char *name)
{
    text_copy(text_of(name), view->wanted == 0 ? view->name : view->twin, FILE_NAME_SIZE);
    view->wanted++;
}

static void number_add(struct folder_view *view, int folder, const char *name, int64_t number,
                       int64_t wanted)
{
    struct stat stat;

    if (view->count == 0 || number < view->lowest)
        view->lowest = number;
    if (view->count == 0 || number > view->highest)
        view->highest = number;
    view->count++;
    if (number == wanted)
        wanted_add(view, name);
    else if (number > wanted && fstatat(folder, name, &stat, 0) == 0)
        view->behind_size += stat.st_size;
}

static void name_add(struct folder_view *view, int folder, const char *name, int64_t wanted)
{
    int64_t number;

    if (name_is_unfinished(name))
        return;
    if (file_number_of(name, &number))
        number_add(view, folder, name, number, wanted);
    else
        text_copy(text_of(name), view->stray, sizeof view->stray);
}

static enum status folder_failed(const char *path, struct error *error)
{
    error_set(error, RETRY, "could not read folder %.150s", path);
    error_detail(error, "%s", strerror(errno));
    return error_hint(error, "check that it is there and may be read; reading goes on by itself");
}

enum status folder_look(const char *path, int64_t number, struct error *error,
                        struct folder_view *ret_view)
{
    struct folder_view view = {0};
    DIR *folder = opendir(path);
    const struct dirent *entry;

    if (folder == NULL)
        return folder_failed(path, error);
    errno = 0;
    while ((entry = readdir(folder)) != NULL)
        name_add(&view, dirfd(folder), entry->d_name, number);
    if (errno != 0) {
        enum status status = folder_failed(path, error);

        closedir(folder);
        return status;
    }
    closedir(folder);
    *ret_view = view;
    return OK;
}
