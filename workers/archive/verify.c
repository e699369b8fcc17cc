/*
 * verify.c - archive verify: is a file as it was written, does it prove itself?
 *
 * Without anything else: structure, digests, and that each batch is what its audit leaf says. With
 * --key-file, or batch.key_file: each batch is opened, and its records give the root in the leaf.
 * With --database: it is the file we noted, and what the rows hold, where they are there still.
 */
#include "archive.h"

#include "archive_sql.h"
#include "base/file.h"
#include "runtime/stream.h"

#include <stdio.h>

enum { KEY_FILE_MAX = 8192 };

struct verify {
    struct session *session; /* NULL: offline */
    const unsigned char *key_file;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static enum status not_noted(struct error *error, const char *path, const char *why)
{
    error_set(error, REJECT, "an archive file is not the one we noted");
    error->exit_code = EXIT_FAILED;
    return error_detail(error, "%.250s: %s", path, why);
}

/* What archive_file says of it. *ret_rows_there: its day has not expired. */
static enum status noted_check(const struct verify *verify, const char *path,
                               const struct scan *scan, struct error *error, bool *ret_rows_there)
{
    struct params params;
    struct result *row = NULL;
    enum status status;

    params_init(&params, ARCHIVE_PARAMS_MAX);
    params_string(&params, base_name(path));
    status = db_run_once(verify->session->db, archive_sql_file_find, &params, error, &row);
    if (status == OK && result_rows(row) == 0)
        status = not_noted(error, path, "no file of this name is noted");
    if (status == OK && (result_int64(row, 0, 2) != scan->size ||
                         memcmp(result_text(row, 0, 1).data, scan->sha256.bytes, SHA256_SIZE) != 0))
        status = not_noted(error, path, "its digest is another");
    if (status == OK)
        *ret_rows_there = !result_bool(row, 0, 3);
    result_free(row);
    return status;
}

static enum status file_verify(const struct verify *verify, const char *path, struct error *error)
{
    struct scan_wish wish = {.key_file = verify->key_file};
    const char *against = "";
    struct scan scan;
    char hex[2 * SHA256_SIZE + 1];
    bool rows_there = false;
    enum status status = path_scan(path, &wish, error, &scan);

    if (status == OK && verify->session != NULL)
        status = noted_check(verify, path, &scan, error, &rows_there);
    if (status == OK && rows_there) {
        wish.db = verify->session->db;
        status = path_scan(path, &wish, error, &scan);
    }
    if (status != OK)
        return status;
    if (verify->session != NULL)
        against = rows_there ? ", as in the database" : ", as noted; its rows have expired";
    digest_format(&scan.sha256, hex);
    printf("ok %s  %lld batches, %lld records, %s%s\n  SHA-256 %s\n", path,
           (long long)scan.counts.batches, (long long)scan.counts.records,
           verify->key_file == NULL ? "not opened (no key file)" : "opened", against, hex);
    return OK;
}

/* Every file is looked at, whatever is found in the one before. */
static int files_verify(const struct verify *verify, const struct arguments *arguments)
{
    int code = EXIT_OK;

    for (size_t i = 0; i < arguments->file_count; i++) {
        struct error error;

        if (file_verify(verify, arguments->files[i], &error) == OK)
            continue;
        printf("not ok %s\n", arguments->files[i]);
        code = program_fail(&error);
    }
    return fflush(stdout) == 0 ? code : EXIT_FATAL;
}

/* A key file by its path. */
static enum status key_file_read(const char *path, struct error *error,
                                 unsigned char ret_key[SEAL_KEY_SIZE])
{
    struct arena arena;
    struct text bytes = {NULL, 0};
    enum status status;

    arena_init(&arena, KEY_FILE_MAX, KEY_FILE_MAX);
    status = file_read(path, KEY_FILE_MAX / 2, &arena, error, &bytes);
    if (status == OK && !key_parse(text_trim(bytes), ret_key)) {
        status = error_configuration(error, "%.200s does not hold a key", path);
        error_hint(error, "it holds 64 hexadecimal digits: openssl rand -hex 32");
    }
    if (bytes.size > 0)
        explicit_bzero((char *)bytes.data, bytes.size);
    arena_done(&arena);
    return status;
}

static enum status key_take(const struct program_run *run, const struct arguments *arguments,
                            struct error *error, unsigned char key[SEAL_KEY_SIZE],
                            struct verify *verify)
{
    if (arguments->key_file == NULL && !config_is_set(run->config, "batch.key_file"))
        return OK;
    verify->key_file = key;
    return arguments->key_file == NULL ? stream_key_file(run->config, error, key)
                                       : key_file_read(arguments->key_file, error, key);
}

int verify_verb(struct program_run *run, const struct arguments *arguments)
{
    unsigned char key_file[SEAL_KEY_SIZE];
    struct session session = {0};
    struct verify verify = {.session = arguments->database ? &session : NULL};
    struct error error;
    enum status status = key_take(run, arguments, &error, key_file, &verify);
    int code;

    if (status == OK && arguments->database)
        status = session_open(run, &error, &session);
    code = status == OK ? files_verify(&verify, arguments) : program_fail(&error);
    session_done(&session);
    explicit_bzero(key_file, sizeof key_file);
    return code;
}
