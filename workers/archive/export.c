/*
 * export.c - archive export: a day of raw records becomes a file, and a row that says so.
 *
 *   .NAME.partial   sections appended; an end that is not whole is cut off by the next run, which
 *                   goes on behind the last whole batch
 *   fsync; read back with the key, compared with the rows of the day, byte for byte
 *   rename to NAME where nothing stands; fsync of the folder                          archive.h (3)
 *   archive_file, audit leaf                                          one business transaction
 *
 * Cut off before the rename: the next run goes on. Between rename and row: the next run finds NAME,
 * compares it in the same way and writes the row. A day that got rows after its file was made (a
 * transaction over midnight) gets a file of the next number, with all of them. Two runs at once:
 * the second finds the partial file locked and leaves the day to the first.
 */
#include "archive.h"

#include "archive_sql.h"
#include "base/clock.h"
#include "base/log.h"
#include "runtime/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { PROGRESS_US = 10 * 1000000, WRITE_MAX = 64 * 1024 * 1024, ATTEMPTS_MAX = 3 };

struct export
{
    struct program_run *run;
    struct session *session;
    unsigned char key_file[SEAL_KEY_SIZE];
    const char *folder;
    calendar_date day;
    int number;
    char name[64];
    char path[PATH_SIZE];
    char partial[PATH_SIZE];
    int64_t said_us; /* monotonic: when progress was told last */
};

/* ---- the partial file ---- */

static enum status partial_open(const struct export *export, struct error *error, int *ret_fd)
{
    int fd = open(export->partial, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return file_failed(export->partial, "write", error);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd);
        error_set(error, REJECT, "another run is exporting this day");
        error->exit_code = EXIT_REFUSED;
        return error_hint(error, "wait for its end");
    }
    *ret_fd = fd;
    return OK;
}

static enum status partial_cut(const struct export *export, int fd, int64_t size,
                               struct error *error)
{
    if (ftruncate(fd, size) != 0 || lseek(fd, size, SEEK_SET) != size)
        return file_failed(export->partial, "cut", error);
    return OK;
}

static enum status bytes_write(const struct export *export, int fd, struct text bytes,
                               struct error *error)
{
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return file_failed(export->partial, "write", error);
        bytes.data += written;
        bytes.size -= (size_t)written;
    }
    return OK;
}

/* The buffer as it stands goes to the file; then it is empty. */
static enum status flush(const struct export *export, int fd, struct buffer *out,
                         struct error *error)
{
    enum status status = buffer_failed(out) ? error_set(error, FATAL, "out of memory for a section")
                                            : bytes_write(export, fd, buffer_view(out), error);

    buffer_clear(out);
    return status;
}

static void progress_tell(struct export *export, const struct day_place *place)
{
    int64_t now_us = clock_monotonic_us();
    char day[DATE_TEXT_SIZE];

    if (now_us - export->said_us < PROGRESS_US)
        return;
    export->said_us = now_us;
    date_format(export->day, day);
    log_info("archive_progress", "writing a day of raw records",
             LOG_TEXT("business_date", (const char *)day),
             LOG_INT("batches", place->counts.batches),
             LOG_INT("bytes", place->counts.sealed_bytes));
}

static enum status batches_write(struct export *export, int fd, struct day_place *place,
                                 struct buffer *out, struct error *error)
{
    struct day_rows rows;
    struct day_batch batch;
    bool has_batch = true;
    enum status status = OK;

    day_rows_begin(export->session->db, export->day, place->last_batch_id, &rows);
    while (status == OK && has_batch) {
        status = day_rows_next(&rows, error, &batch, &has_batch);
        if (status != OK || !has_batch)
            break;
        day_write_batch(place, &batch, out);
        status = flush(export, fd, out, error);
        progress_tell(export, place);
    }
    day_rows_done(&rows);
    return status;
}

/* What is whole of the file stays, if it begins as it would today; the rest is cut off (4). */
static enum status partial_resume(const struct export *export, int fd, const struct buffer *head,
                                  struct error *error, struct day_place *ret_place)
{
    const struct scan_wish wish = {.partial = true};
    struct scan scan;
    char begin[DAY_SECTION_EXTRA];
    enum status status = file_scan(fd, &wish, error, &scan);
    bool same;

    if (status != OK)
        return status;
    /* the digest of the head, which ends its section, tells whether it is the same */
    same = scan.place.has_head && head->size >= DAY_SECTION_EXTRA &&
           pread(fd, begin, SHA256_SIZE, (off_t)(head->size - SHA256_SIZE)) == SHA256_SIZE &&
           memcmp(begin, head->data + head->size - SHA256_SIZE, SHA256_SIZE) == 0;
    *ret_place = same ? scan.place : (struct day_place){0};
    return partial_cut(export, fd, same ? scan.size : 0, error);
}

static enum status partial_fill(struct export *export, int fd, struct error *error)
{
    struct day_place begun = {0};
    struct day_place place = {0};
    struct head_rows rows;
    struct buffer out;
    enum status status = head_rows_read(export->session->db, export->day, error, &rows);

    buffer_init(&out, (size_t)DAY_BODY_MAX + DAY_SECTION_EXTRA);
    if (status == OK) {
        day_write_head(&begun, &rows.head, &out);
        status = partial_resume(export, fd, &out, error, &place);
    }
    if (status == OK && !place.has_head) {
        place = begun;
        status = flush(export, fd, &out, error);
    }
    buffer_clear(&out);
    if (status == OK && !place.has_tail)
        status = batches_write(export, fd, &place, &out, error);
    if (status == OK && !place.has_tail) {
        day_write_tail(&place, &out);
        status = flush(export, fd, &out, error);
    }
    head_rows_done(&rows);
    buffer_done(&out);
    return status;
}

/* ---- under its name ---- */

static enum status folder_sync(const struct export *export, struct error *error)
{
    int fd = open(export->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        (void)close(fd);
    return synced ? OK : file_failed(export->folder, "make durable", error);
}

static enum status name_taken(const struct export *export, struct error *error)
{
    error_set(error, REJECT, "a file of this name stands there with other content");
    error->exit_code = EXIT_REFUSED;
    error_detail(error, "%.300s", export->path);
    return error_hint(error, "move it away, and find out who wrote it");
}

static enum status partial_publish(const struct export *export, struct error *error)
{
    if (renameat2(AT_FDCWD, export->partial, AT_FDCWD, export->path, RENAME_NOREPLACE) != 0)
        return errno == EEXIST ? name_taken(export, error)
                               : file_failed(export->partial, "rename", error);
    return folder_sync(export, error);
}

static enum status back_read(const struct export *export, int fd, struct error *error,
                             struct scan *ret_scan)
{
    const struct scan_wish wish = {.key_file = export->key_file, .db = export->session->db};

    enum status status = file_scan(fd, &wish, error, ret_scan); /* (2) */

    if (status == OK && ret_scan->day != export->day)
        status = error_set(error, REJECT, "an archive file is of another day than its name");
    return status;
}

/* Filled, durable, read back. Rows that came while it was written are in the database alone: then
 * once more from the begin. */
static enum status partial_make(struct export *export, int fd, struct error *error,
                                struct scan *ret_scan)
{
    enum status status = OK;

    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        status = partial_fill(export, fd, error);
        if (status == OK && fsync(fd) != 0)
            status = file_failed(export->partial, "make durable", error);
        if (status == OK)
            status = back_read(export, fd, error, ret_scan);
        if (status != REJECT)
            return status;
        if (partial_cut(export, fd, 0, error) != OK)
            return error->status;
    }
    return status;
}

static enum status file_make(struct export *export, struct error *error, struct scan *ret_scan)
{
    int fd = -1;
    enum status status = partial_open(export, error, &fd);

    if (status != OK)
        return status;
    status = partial_make(export, fd, error, ret_scan);
    if (status == OK)
        status = partial_publish(export, error);
    (void)close(fd);
    return status;
}

/* The file stands there already: an earlier run was cut off before its row, or it is another. */
static enum status file_adopt(struct export *export, struct error *error, struct scan *ret_scan)
{
    int fd = open(export->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    enum status status;

    if (fd < 0)
        return file_failed(export->path, "read", error);
    status = back_read(export, fd, error, ret_scan);
    (void)close(fd);
    return status == REJECT ? name_taken(export, error) : status;
}

/* ---- the row ---- */

static enum status file_note(struct export *export, const struct scan *scan, struct error *error)
{
    struct business tx;
    struct params params;
    enum status status = business_begin(export->session->db, "archive_export",
                                        export->session->worker, clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    effects_row(&tx.effects, "archive_file", 7);
    effects_int64(&tx.effects, export->day);
    effects_int64(&tx.effects, export->number);
    effects_text(&tx.effects, text_of(export->name));
    effects_text(&tx.effects, (struct text){(const char *)scan->sha256.bytes, SHA256_SIZE});
    effects_int64(&tx.effects, scan->size);
    effects_int64(&tx.effects, scan->counts.batches);
    effects_int64(&tx.effects, scan->counts.records);
    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_date(&params, export->day);
    params_int32(&params, export->number);
    params_string(&params, export->name);
    params_bytes(&params, scan->sha256.bytes, SHA256_SIZE);
    params_int64(&params, scan->size);
    params_int64(&params, scan->counts.batches);
    params_int64(&params, scan->counts.records);
    params_int64(&params, tx.commit_id);
    status = db_run_once(tx.db, archive_sql_file_insert, &params, error, NULL);
    return business_finish(&tx, status, error);
}

/* ---- one day ---- */

static void export_names(struct export *export, calendar_date day, int number)
{
    export->day = day;
    export->number = number;
    export->said_us = clock_monotonic_us();
    file_name(day, number, export->name);
    snprintf(export->path, sizeof export->path, "%s/%s", export->folder, export->name);
    snprintf(export->partial, sizeof export->partial, "%s/.%s.partial", export->folder,
             export->name);
}

static enum status day_export(struct export *export, struct error *error)
{
    char hex[2 * SHA256_SIZE + 1];
    struct scan scan;
    enum status status = access(export->path, F_OK) == 0 ? file_adopt(export, error, &scan)
                                                         : file_make(export, error, &scan);

    if (status == OK)
        status = file_note(export, &scan, error);
    if (status != OK)
        return status;
    digest_format(&scan.sha256, hex);
    printf("%s  %lld batches, %lld records, %lld bytes\n  SHA-256 %s\n", export->path,
           (long long)scan.counts.batches, (long long)scan.counts.records, (long long)scan.size,
           hex);
    return fflush(stdout) == 0 ? OK : error_set(error, FATAL, "could not write to stdout");
}

static enum status days_read(struct db *db, const struct arguments *arguments, struct error *error,
                             struct result **ret_rows)
{
    struct params params;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    if (arguments->day == DATE_NONE)
        params_null(&params);
    else
        params_date(&params, arguments->day);
    if (arguments->before == DATE_NONE)
        params_null(&params);
    else
        params_date(&params, arguments->before);
    return db_run_once(db, archive_sql_raw_days, &params, error, ret_rows);
}

static enum status days_export(struct export *export, const struct arguments *arguments,
                               struct error *error)
{
    struct result *rows = NULL;
    enum status status = days_read(export->session->db, arguments, error, &rows);
    int made = 0;

    if (status == OK && arguments->day != DATE_NONE && result_rows(rows) == 0) {
        status =
            error_set(error, REJECT, "there are no raw records of this day, or it is not over");
        error->exit_code = EXIT_REFUSED;
    }
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        if (result_int64(rows, i, 1) == result_int64(rows, i, 4))
            continue; /* its newest file holds them all */
        export_names(export, result_date(rows, i, 0), (int)result_int64(rows, i, 2) + 1);
        status = day_export(export, error);
        made += status == OK ? 1 : 0;
    }
    if (status == OK)
        printf("%d exported, %d in files already\n", made, result_rows(rows) - made);
    result_free(rows);
    return status;
}

int export_verb(struct program_run *run, const struct arguments *arguments)
{
    struct session session = {0};
    struct export export = {.run = run, .session = &session};
    struct error error;
    enum status status = folder_of(run, arguments, &error, &export.folder);

    if (status == OK)
        status = stream_key_file(run->config, &error, export.key_file);
    if (status == OK)
        status = session_open(run, &error, &session);
    if (status == OK)
        status = days_export(&export, arguments, &error);
    session_done(&session);
    explicit_bzero(export.key_file, sizeof export.key_file);
    return status == OK ? EXIT_OK : program_fail(&error);
}
