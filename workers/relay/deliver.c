/*
 * deliver.c - released payment files into the folder where the bank fetches them, each once.
 *
 *   <folder>/staging/ID.COMMIT     written and synced; nobody but us looks here
 *   <folder>/out/ID.xml            what the bank takes, and may take away at any moment
 *
 *   stage     lock the row, write the staged file, RELEASED -> WRITING with the commit's id, COMMIT
 *   deliver   lock the row, move the staged file to out, WRITING -> WRITTEN, COMMIT
 *
 * Why two steps: were a file written to out and the answer to COMMIT lost, nobody could tell a file
 * that was never written from one that the bank has taken already. Here the staged file is the
 * token. It exists from before the first COMMIT until it is moved, and moving is one atomic step:
 *
 * (1) The staged file that WRITING names was made once, before its COMMIT, by one transaction.
 *     Whoever was stopped before that COMMIT, and wakes up late, makes a file that no row names.
 * (2) In WRITING: it is there, so it was never moved, and is moved now; or it is not, so it was.
 *     Either way the bank sees it once, whatever happened in between (I3).
 * (3) A name in out never gets other content: the move refuses to replace.
 */
#include "relay.h"

#include "base/file.h"
#include "relay_sql.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = {"",       "/out",        "/staging",
                                      "/reply", "/reply/done", "/reply/refused"};

static enum status folder_failed(const char *what, const char *path, struct error *error)
{
    int problem = errno;

    error_set(error, RETRY, "could not %s %s", what, path);
    error_detail(error, "%s", strerror(problem));
    return error_hint(error, "see " OPTION_RELAY_FOLDER "; the file stays released and is written "
                             "as soon as that works");
}

static enum status path_make(const struct relay *relay, const char *folder, const char *name,
                             char path[RELAY_PATH_SIZE], struct error *error)
{
    int size = snprintf(path, RELAY_PATH_SIZE, "%s%s%s%s", relay->folder, folder,
                        name[0] == '\0' ? "" : "/", name);

    if (size > 0 && size < RELAY_PATH_SIZE)
        return OK;
    return error_configuration(error, OPTION_RELAY_FOLDER " is too long");
}

static enum status folders_make(const struct relay *relay, struct error *error)
{
    char path[RELAY_PATH_SIZE];
    enum status status = OK;

    if (relay->folder[0] == '\0') {
        (void)error_configuration(error, "payment files have no folder to be written to");
        return error_hint(error, "set " OPTION_RELAY_FOLDER);
    }
    for (size_t i = 0; status == OK && i < COUNT_OF(folders); i++) {
        status = path_make(relay, folders[i], "", path, error);
        if (status == OK && mkdir(path, 0750) != 0 && errno != EEXIST)
            status = folder_failed("make the folder", path, error);
    }
    return status;
}

/* ---- files ---- */

static enum status bytes_write(int file, struct text bytes, const char *path, struct error *error)
{
    while (bytes.size > 0) {
        ssize_t written = write(file, bytes.data, bytes.size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return folder_failed("write", path, error);
        bytes = text_from(bytes, (size_t)written);
    }
    return fsync(file) == 0 ? OK : folder_failed("sync", path, error);
}

static enum status folder_sync(const struct relay *relay, const char *folder, struct error *error)
{
    char path[RELAY_PATH_SIZE];
    enum status status = path_make(relay, folder, "", path, error);
    int file;

    if (status != OK)
        return status;
    file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return folder_failed("open", path, error);
    if (fsync(file) != 0)
        status = folder_failed("sync", path, error);
    close(file);
    return status;
}

static enum status staged_write(const struct relay *relay, const char *name, struct text bytes,
                                struct error *error)
{
    char path[RELAY_PATH_SIZE];
    enum status status = path_make(relay, "/staging", name, path, error);
    int file;

    if (status != OK)
        return status;
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (file < 0)
        return folder_failed("create", path, error);
    status = bytes_write(file, bytes, path, error);
    if (close(file) != 0 && status == OK)
        status = folder_failed("close", path, error);
    return status == OK ? folder_sync(relay, "/staging", error) : status;
}

/* (2), (3) */
static enum status staged_move(const struct relay *relay, const char *staged, const char *name,
                               struct error *error)
{
    char from[RELAY_PATH_SIZE];
    char to[RELAY_PATH_SIZE];
    enum status status = path_make(relay, "/staging", staged, from, error);

    if (status == OK)
        status = path_make(relay, "/out", name, to, error);
    if (status != OK)
        return status;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0 && errno != ENOENT) {
        if (errno != EEXIST)
            return folder_failed("move a payment file to", to, error);
        error_set(error, FATAL, "there is a file %s, and we did not write it", to);
        return error_hint(error, "find out whose it is; move it away, and the bank gets ours");
    }
    status = folder_sync(relay, "/out", error);
    return status == OK ? folder_sync(relay, "/staging", error) : status;
}

/* Staged files of a file that WRITING names one of, which has been moved: those of transactions
 * that did not end. No row will ever name one (1). */
static void staged_sweep(const struct relay *relay, const char *id)
{
    char folder[RELAY_PATH_SIZE];
    char path[RELAY_PATH_SIZE];
    struct error error;
    DIR *staging = path_make(relay, "/staging", "", folder, &error) == OK ? opendir(folder) : NULL;

    if (staging == NULL)
        return;
    for (struct dirent *entry = readdir(staging); entry != NULL; entry = readdir(staging))
        if (strncmp(entry->d_name, id, UUID_HEX_SIZE - 1) == 0 &&
            path_make(relay, "/staging", entry->d_name, path, &error) == OK)
            (void)unlink(path);
    closedir(staging);
}

/* ---- steps ---- */

/* A file at hand; row belongs to the transaction. */
struct delivery {
    struct relay *relay;
    struct business tx;
    struct uuid file_id;
    struct result *row;
    struct buffer opened; /* its bytes, where the row has them sealed */
    struct text bytes;
    char name[UUID_HEX_SIZE + sizeof ".xml"];
};

static void staged_name(const struct delivery *delivery, int64_t commit_id, char name[64])
{
    snprintf(name, 64, "%.32s.%lld", delivery->name, (long long)commit_id);
}

/* Locks the row. DUPLICATE: somebody else took the step. */
static enum status row_lock(struct delivery *delivery, enum file_state wanted, struct error *error)
{
    enum status status = relay_sql_file(delivery->relay, relay_sql_file_lock, &delivery->file_id,
                                        error, &delivery->row);

    if (status != OK)
        return status;
    assert(result_rows(delivery->row) == 1); /* files stay */
    return text_is(result_text(delivery->row, 0, 0), file_state_name(wanted)) ? OK : DUPLICATE;
}

/* Its bytes, opened where they are sealed, and that they are what was signed. */
static enum status content_read(struct delivery *delivery, struct error *error)
{
    struct digest signed_for = result_digest(delivery->row, 0, 2);
    struct digest found;
    enum status status = OK;

    delivery->bytes = result_text(delivery->row, 0, 1);
    if (result_bool(delivery->row, 0, 4)) {
        status = vault_give(delivery->relay, &signed_for, error, &delivery->opened);
        delivery->bytes = buffer_view(&delivery->opened);
    }
    if (status != OK)
        return status;
    found = sha256(delivery->bytes);
    if (digest_equal(&found, &signed_for))
        return OK;
    return error_set(error, FATAL, "payment file %s is not what was signed", delivery->name);
}

static enum status relay_stage(struct delivery *delivery, struct error *error)
{
    char staged[64];
    enum status status = row_lock(delivery, FILE_RELEASED, error);

    if (status == OK)
        status = content_read(delivery, error);
    if (status != OK)
        return status;
    staged_name(delivery, delivery->tx.commit_id, staged);
    status = staged_write(delivery->relay, staged, delivery->bytes, error);
    if (status != OK)
        return status;
    return relay_file_move(delivery->relay, &delivery->tx, &delivery->file_id, FILE_RELEASED,
                           FILE_WRITING, delivery->tx.commit_id, error);
}

/* The file's instructions are SENT, and others are told. */
static enum status instructions_sent(struct delivery *delivery, struct error *error)
{
    struct relay *relay = delivery->relay;
    struct result *rows = NULL;
    enum status status =
        relay_sql_file(relay, relay_sql_instructions_sent, &delivery->file_id, error, &rows);
    size_t count = status == OK ? (size_t)result_rows(rows) : 0;
    struct uuid *ids;
    struct text *none;

    if (status != OK)
        return status;
    arena_reset(&relay->arena);
    ids = arena_alloc(&relay->arena, (count + 1) * sizeof *ids);
    none = arena_alloc(&relay->arena, (count + 1) * sizeof *none);
    assert(ids != NULL && none != NULL); /* BANK_TRANSACTIONS_MAX of them at most */
    for (size_t i = 0; i < count; i++) {
        ids[i] = result_uuid(rows, (int)i, 0);
        none[i] = TEXT("");
    }
    result_free(rows);
    return relay_announce(relay, &delivery->tx, ids, none, none, count, error);
}

static enum status relay_move(struct delivery *delivery, struct error *error)
{
    char staged[64];
    enum status status = row_lock(delivery, FILE_WRITING, error);

    if (status != OK)
        return status;
    staged_name(delivery, result_int64(delivery->row, 0, 3), staged);
    status = staged_move(delivery->relay, staged, delivery->name, error);
    if (status == OK)
        staged_sweep(delivery->relay, delivery->name);
    if (status == OK)
        status = instructions_sent(delivery, error);
    if (status != OK)
        return status;
    return relay_file_move(delivery->relay, &delivery->tx, &delivery->file_id, FILE_WRITING,
                           FILE_WRITTEN, 0, error);
}

/* One step in a transaction of its own; a step somebody else took is none of ours. */
static enum status step_run(struct delivery *delivery, const char *action,
                            enum status (*step)(struct delivery *, struct error *),
                            struct error *error)
{
    struct relay *relay = delivery->relay;
    enum status status = business_begin(relay->session.db, action, relay->session.worker,
                                        clock_now_us(), error, &delivery->tx);

    if (status != OK)
        return status;
    buffer_init(&delivery->opened, RELAY_FILE_SIZE_MAX + SEAL_OVERHEAD);
    status = step(delivery, error);
    buffer_done(&delivery->opened);
    if (status == DUPLICATE)
        business_abandon(&delivery->tx);
    else
        status = business_finish(&delivery->tx, status, error);
    result_free(delivery->row);
    delivery->row = NULL;
    return status == DUPLICATE ? OK : status;
}

static enum status deliver_one(struct relay *relay, const struct uuid *file_id, struct error *error)
{
    struct delivery delivery = {.relay = relay, .file_id = *file_id};
    char hex[UUID_HEX_SIZE];
    enum status status;

    uuid_format_hex(file_id, hex);
    snprintf(delivery.name, sizeof delivery.name, "%s.xml", hex);
    status = step_run(&delivery, "payment_stage", relay_stage, error);
    if (status == OK)
        status = step_run(&delivery, "payment_deliver", relay_move, error);
    if (status == OK)
        log_info("payment_file_written", "a payment file is where its bank fetches it",
                 LOG_TEXT("message_id", hex));
    return status;
}

enum status relay_deliver(struct relay *relay, struct error *error, int64_t *ret_files)
{
    struct result *rows = NULL;
    int64_t files = 0;
    enum status status = relay_sql(relay, relay_sql_deliverable, NULL, error, &rows);

    if (status == OK && result_rows(rows) > 0)
        status = folders_make(relay, error);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        struct uuid file_id = result_uuid(rows, i, 0);

        status = deliver_one(relay, &file_id, error);
        files += status == OK;
    }
    result_free(rows);
    if (status == OK)
        *ret_files = files;
    return status;
}

int deliver_command(struct program_run *run, int argc, char **argv)
{
    int64_t released = 0;
    int64_t written = 0;
    struct relay relay;
    struct error error;
    enum status status;

    (void)argv;
    if (argc != 1)
        return program_usage(run, "deliver takes no arguments");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    status = relay_release(&relay, &error, &released);
    if (status == OK)
        status = relay_deliver(&relay, &error, &written);
    relay_done(&relay);
    if (status != OK)
        return program_fail(&error);
    printf("payment files released: %lld, written: %lld\n", (long long)released,
           (long long)written);
    return EXIT_OK;
}
