/*
 * file_source.c - see file_source.h. The numbers in brackets are its invariants.
 *
 *   WAITING for the lock, or for a first file --ASSIGNED--> IDLE --assign--> READING
 *   READING --end of a file--> next number --broken--> IDLE (the partition halts)
 *
 * On restart everything is asked anew: the position says where.
 */
#include "bus/file_source.h"

#include "base/clock.h"
#include "bus/file_folder.h"
#include "bus/file_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_PATH_SIZE = 4096, LOOK_MS = 1000 };

#define PLACE_MASK (FILE_SIZE_MAX - 1)

_Static_assert(FILE_SIZE_MAX == INT64_C(1) << FILE_PLACE_BITS, "a place has 36 bits");

struct file_source {
    struct source source; /* first: a source is one of these */
    char path[FILE_PATH_SIZE];
    char label[128];
    char topic[256];
    bool complete;
    bool is_folder;
    struct registry *registry;

    int lock_fd;        /* -1: not ours yet (5) */
    bool told;          /* ASSIGNED was given */
    bool given;         /* and with it the partition */
    int64_t look_at_us; /* monotonic: no look at the folder before */

    bool reading;
    int64_t number;
    int64_t seek_to; /* within the file of number; 0: its beginning */
    int64_t next;    /* offset behind what was given */
    struct file_reader *reader;
    char reader_path[FILE_PATH_SIZE + FILE_NAME_SIZE];
    char reader_name[FILE_NAME_SIZE];
    int64_t behind_size; /* of the files behind it, as last seen */
};

static int64_t offset_of(int64_t number, int64_t place)
{
    return number << FILE_PLACE_BITS | place;
}

static void source_wait(int timeout_ms)
{
    const struct timespec pause = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};

    if (timeout_ms > 0)
        nanosleep(&pause, NULL);
}

/* Once a second the path is looked at; in between there is nothing to tell. */
static bool look_is_due(struct file_source *file)
{
    int64_t now_us = clock_monotonic_us();

    if (now_us < file->look_at_us)
        return false;
    file->look_at_us = now_us + (int64_t)LOOK_MS * 1000;
    return true;
}

static void away(struct source_event *event, const struct error *error)
{
    event->kind = SOURCE_AWAY;
    event->error = *error;
}

/* ---- before the first record: the lock, a first file ---- */

static void lock_take(struct file_source *file, struct source_event *event)
{
    struct error error;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
        file->lock_fd = fd;
        return;
    }
    error_set(&error, RETRY, "could not take the lock on %.150s", file->path);
    error_detail(&error, "%s", strerror(errno));
    error_hint(&error, "one process reads a path; this one waits until the other has ended");
    if (fd >= 0)
        close(fd);
    away(event, &error);
}

/* A folder without files is no partition yet: where its stream begins is not known. */
static void partition_give(struct file_source *file, struct source_event *event)
{
    struct folder_view view = {.count = 1};
    struct error error;

    if (file->is_folder && folder_look(file->path, -1, &error, &view) != OK) {
        away(event, &error);
        return;
    }
    file->given = view.count > 0;
    if (file->given || !file->told)
        event->kind = SOURCE_ASSIGNED;
    file->told = true;
}

static void source_prepare(struct file_source *file, struct source_event *event)
{
    if (!look_is_due(file))
        return;
    if (file->lock_fd < 0)
        lock_take(file, event);
    if (file->lock_fd >= 0)
        partition_give(file, event);
}

/* ---- the file that is read ---- */

static bool find_id(void *user, struct text schema, uint32_t *ret_id)
{
    return registry_find(user, schema, ret_id);
}

static enum status reader_start(struct file_source *file, const char *name, struct error *error)
{
    struct reader_settings settings = {.path = file->reader_path,
                                       .name = file->reader_name,
                                       .complete = file->is_folder || file->complete,
                                       .find = find_id,
                                       .find_user = file->registry};
    enum status status;

    text_copy(text_of(name), file->reader_name, sizeof file->reader_name);
    if (file->is_folder)
        snprintf(file->reader_path, sizeof file->reader_path, "%s/%s", file->path, name);
    else
        text_copy(text_of(file->path), file->reader_path, sizeof file->reader_path);
    status = reader_open(&settings, error, &file->reader);
    if (status == OK && file->seek_to > 0)
        reader_seek(file->reader, file->seek_to);
    return status;
}

static void reader_stop(struct file_source *file)
{
    reader_close(file->reader);
    file->reader = NULL;
}

static enum status number_missing(const struct file_source *file, struct error *error)
{
    error_set(error, RETRY, "file number %lld is missing", (long long)file->number);
    error->exit_code = EXIT_FAILED; /* of a one-shot run: it did not read all */
    error_detail(error, "folder %.200s", file->path);
    return error_hint(error, "put it there; files behind it wait, none is passed over");
}

static enum status number_twice(const struct file_source *file, const struct folder_view *view,
                                struct error *error)
{
    error_set(error, RETRY, "two files have number %lld", (long long)file->number);
    error->exit_code = EXIT_FAILED;
    error_detail(error, "%.150s and %.150s", view->name, view->twin);
    return error_hint(error, "take one out of the folder; until then neither is read");
}

static enum status stray_found(const struct folder_view *view, struct error *error)
{
    error_set(error, RETRY, "a file has no number and is not read");
    error_detail(error, "%.150s", view->stray);
    return error_hint(error, "its name begins with the number after the last one read");
}

/* The file of our number, if it is there; RETRY: why it cannot be taken. OK without a reader: it
 * has not come yet. */
static enum status file_find(struct file_source *file, struct error *error)
{
    struct folder_view view;
    enum status status = folder_look(file->path, file->number, error, &view);

    if (status != OK)
        return status;
    file->behind_size = view.behind_size;
    if (view.wanted > 1)
        return number_twice(file, &view, error);
    if (view.wanted == 1)
        return reader_start(file, view.name, error);
    if ((view.count > 0 && view.highest > file->number) || file->seek_to > 0)
        return number_missing(file, error); /* (2) */
    return view.stray[0] != '\0' ? stray_found(&view, error) : OK;
}

static enum status file_begin(struct file_source *file, struct error *error)
{
    const char *name = strrchr(file->path, '/');

    if (file->is_folder)
        return file_find(file, error);
    return reader_start(file, name == NULL ? file->path : name + 1, error);
}

static void damaged(struct file_source *file, const char *reason, struct source_event *event)
{
    event->kind = SOURCE_DAMAGED;
    event->partition = 0;
    event->reason = reason;
    file->reading = false;
    reader_stop(file);
}

/* ---- what the reader says ---- */

static void event_end(struct file_source *file, int64_t offset, struct source_event *event)
{
    if (offset <= file->next)
        return;
    file->next = offset;
    event->kind = SOURCE_END;
    event->partition = 0;
    event->offset = offset;
}

/* All of it is read. In a folder the next number begins (1). */
static void file_ended(struct file_source *file, struct source_event *event)
{
    bool look = file->is_folder || look_is_due(file);

    if (look && !reader_is_same(file->reader)) {
        damaged(file, "file_replaced", event); /* (4) */
        return;
    }
    if (!file->is_folder) {
        event_end(file, reader_place(file->reader), event);
        return;
    }
    reader_stop(file);
    file->number++;
    file->seek_to = 0;
    file->look_at_us = 0;
    event_end(file, offset_of(file->number, 0), event);
}

static void record_give(struct file_source *file, struct source_event *event)
{
    event->kind = SOURCE_RECORD;
    event->record.partition = 0;
    event->record.offset = offset_of(file->number, event->record.offset);
    file->next = event->record.offset + 1;
}

static void file_read_on(struct file_source *file, struct source_event *event)
{
    struct error error;

    switch (reader_next(file->reader, &error, &event->record)) {
    case READER_RECORD: record_give(file, event); break;
    case READER_END: file_ended(file, event); break;
    case READER_BROKEN: damaged(file, reader_reason(file->reader), event); break;
    case READER_FAILED: away(event, &error); break;
    }
}

static void source_read(struct file_source *file, struct source_event *event)
{
    struct error error;

    if (file->reader == NULL && look_is_due(file) && file_begin(file, &error) != OK)
        away(event, &error);
    if (file->reader != NULL)
        file_read_on(file, event);
}

/* ---- the verbs ---- */

static enum status file_poll(struct source *source, int timeout_ms, struct source_event *ret_event,
                             struct error *error)
{
    struct file_source *file = (struct file_source *)source;

    (void)error;
    ret_event->kind = SOURCE_IDLE;
    if (!file->given)
        source_prepare(file, ret_event);
    else if (file->reading)
        source_read(file, ret_event);
    if (ret_event->kind == SOURCE_IDLE || ret_event->kind == SOURCE_AWAY)
        source_wait(timeout_ms);
    return OK;
}

/* A record's bytes live until the next poll. */
static void file_release(struct source *source)
{
    (void)source;
}

static size_t file_partitions(struct source *source, int32_t *partitions, size_t max)
{
    struct file_source *file = (struct file_source *)source;

    if (!file->given || max == 0)
        return 0;
    partitions[0] = 0;
    return 1;
}

static enum status file_assign(struct source *source, const struct source_start *starts,
                               size_t count, struct error *error)
{
    struct file_source *file = (struct file_source *)source;

    (void)error;
    reader_stop(file);
    file->reading = count > 0;
    if (count == 0)
        return OK;
    assert(count == 1 && starts[0].partition == 0);
    file->next = starts[0].offset;
    file->number = starts[0].offset >> FILE_PLACE_BITS;
    file->seek_to = starts[0].offset & PLACE_MASK;
    file->look_at_us = 0;
    return OK;
}

static enum status file_identify(struct source *source, struct source_identity *ret_identity,
                                 struct error *error)
{
    struct file_source *file = (struct file_source *)source;
    struct source_identity identity = {.kind = "FILE", .unit = "bytes", .partition_count = 1};

    (void)error;
    text_copy(text_of(file->label), identity.cluster_id, sizeof identity.cluster_id);
    text_copy(text_of(file->topic), identity.topic, sizeof identity.topic);
    *ret_identity = identity;
    return OK;
}

static enum status size_range(const struct file_source *file, int64_t *ret_low, int64_t *ret_high,
                              struct error *error)
{
    struct stat stat_of;

    if (stat(file->path, &stat_of) != 0) {
        error_set(error, RETRY, "could not look at %.150s", file->path);
        return error_detail(error, "%s", strerror(errno));
    }
    *ret_low = 0;
    *ret_high = stat_of.st_size;
    return OK;
}

static enum status file_range(struct source *source, int32_t partition, int64_t *ret_low,
                              int64_t *ret_high, struct error *error)
{
    struct file_source *file = (struct file_source *)source;
    struct folder_view view;
    enum status status;

    assert(partition == 0);
    if (!file->is_folder)
        return size_range(file, ret_low, ret_high, error);
    status = folder_look(file->path, -1, error, &view);
    if (status == OK && view.count == 0)
        status = error_set(error, RETRY, "there is no numbered file in %.150s", file->path);
    if (status != OK)
        return status;
    *ret_low = offset_of(view.lowest, 0);
    *ret_high = offset_of(view.highest + 1, 0);
    return OK;
}

/* Bytes behind what was given, added to it: lag in bytes, whatever the numbers. */
static int64_t file_high(struct source *source, int32_t partition)
{
    struct file_source *file = (struct file_source *)source;
    int64_t left = 0;

    assert(partition == 0);
    if (file->reader != NULL)
        left = reader_size(file->reader) - reader_place(file->reader);
    return file->next + left + file->behind_size;
}

static void file_hint(struct source *source, int32_t partition, int64_t next_offset)
{
    (void)source; /* nobody but the position remembers */
    (void)partition;
    (void)next_offset;
}

static void file_close(struct source *source)
{
    struct file_source *file = (struct file_source *)source;

    reader_stop(file);
    if (file->lock_fd >= 0)
        close(file->lock_fd);
    registry_free(file->registry);
    free(file);
}

static const struct source_ops file_ops = {
    .server = "file",
    .rereads = true,
    .poll = file_poll,
    .release = file_release,
    .partitions = file_partitions,
    .assign = file_assign,
    .identify = file_identify,
    .range = file_range,
    .high = file_high,
    .hint = file_hint,
    .close = file_close,
};

/* ---- opening ---- */

static enum status path_check(struct file_source *file, const struct file_settings *settings,
                              struct error *error)
{
    struct stat stat_of;

    if (!text_copy(text_of(settings->path), file->path, sizeof file->path) ||
        !text_copy(text_of(settings->label), file->label, sizeof file->label) ||
        !text_copy(text_of(settings->topic), file->topic, sizeof file->topic))
        return error_configuration(error, "a path, label or topic is too long");
    if (stat(file->path, &stat_of) != 0) {
        error_configuration(error, "there is nothing at %.150s", file->path);
        return error_detail(error, "%s", strerror(errno));
    }
    file->is_folder = S_ISDIR(stat_of.st_mode);
    if (file->is_folder || S_ISREG(stat_of.st_mode))
        return OK;
    return error_configuration(error, "%.150s is neither a file nor a folder", file->path);
}

enum status file_source_open(const struct file_settings *settings, struct error *error,
                             struct source **ret_source)
{
    struct file_source *file = calloc(1, sizeof *file);
    enum status status;

    assert(file != NULL);
    file->source.ops = &file_ops;
    file->lock_fd = -1;
    file->complete = settings->complete;
    file->registry = settings->registry;
    status = path_check(file, settings, error);
    if (status != OK) {
        file_close(&file->source);
        return status;
    }
    *ret_source = &file->source;
    return OK;
}
