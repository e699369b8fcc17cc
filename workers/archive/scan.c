/*
 * scan.c - an archive file, read section by section: is it whole, does it prove itself, is it what
 * the database has?
 *
 * One section is in memory at a time. The rows are compared by writing each batch again as it would
 * stand in a file: the same rows are the same bytes (day_file.h (1)).
 */
#include "archive.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SECTION_MAX = DAY_BODY_MAX + DAY_SECTION_EXTRA };

struct scanner {
    int fd;
    const struct scan_wish *wish;
    struct day_reader *reader;
    struct day_prover *prover;
    struct sha256 *sha256;
    struct buffer section;
    struct buffer expected; /* the same section as the database has it */
    struct day_rows rows;
    unsigned char (*keys)[SEAL_KEY_SIZE]; /* opened, in the order of the head */
    int64_t size;                         /* of the whole sections so far */
    struct day_place whole;               /* behind the last of them */
};

enum status file_failed(const char *path, const char *what, struct error *error)
{
    int number = errno;

    error_set(error, REJECT, "could not %s an archive file", what);
    error->exit_code = EXIT_FAILED;
    return error_detail(error, "%.300s: %s", path, strerror(number));
}

static enum status refuse(struct error *error, const char *primary, const char *detail)
{
    error_set(error, REJECT, "%s", primary);
    error->exit_code = EXIT_FAILED;
    return error_detail(error, "%s", detail);
}

static enum status refuse_cut(const struct scanner *scanner, struct error *error)
{
    refuse(error, "an archive file is not as it was written", "");
    return error_detail(error, "it ends, or is malformed, behind byte %lld and batch %lld",
                        (long long)scanner->size,
                        (long long)day_reader_place(scanner->reader)->last_batch_id);
}

/* ---- bytes ---- */

enum piece { PIECE_WHOLE, PIECE_END, PIECE_BROKEN, PIECE_FAILED };

/* The next section into scanner->section. */
static enum piece section_next(struct scanner *scanner)
{
    char begin[DAY_SECTION_HEAD];
    ssize_t got = file_read_up_to(scanner->fd, begin, sizeof begin);
    size_t size;
    char *place;

    if (got <= 0)
        return got == 0 ? PIECE_END : PIECE_FAILED;
    size = got == sizeof begin ? day_section_size(begin) : 0;
    if (size == 0)
        return PIECE_BROKEN;
    buffer_clear(&scanner->section);
    buffer_append(&scanner->section, begin, sizeof begin);
    place = buffer_reserve(&scanner->section, size - sizeof begin);
    if (place == NULL)
        return PIECE_BROKEN;
    got = file_read_up_to(scanner->fd, place, size - sizeof begin);
    if (got < 0)
        return PIECE_FAILED;
    if ((size_t)got != size - sizeof begin)
        return PIECE_BROKEN;
    buffer_commit(&scanner->section, size - sizeof begin);
    return PIECE_WHOLE;
}

/* ---- keys ---- */

static enum status keys_open(struct scanner *scanner, struct error *error)
{
    const struct day_head *head = day_reader_head(scanner->reader);

    if (scanner->wish->key_file == NULL)
        return OK;
    scanner->keys = calloc(head->key_count + 1, sizeof *scanner->keys);
    assert(scanner->keys != NULL);
    for (size_t i = 0; i < head->key_count; i++) {
        char scope[160];

        if (!text_copy(head->keys[i].scope, scope, sizeof scope) ||
            !keyring_unseal(scanner->wish->key_file, scope, head->keys[i].month,
                            head->keys[i].sealed_key, scanner->keys[i]))
            return refuse(error, "the key file does not open a data key of an archive file",
                          "it is another cell's file, or an older key file");
    }
    return OK;
}

static enum status batch_prove(struct scanner *scanner, const struct day_batch *batch,
                               struct error *error)
{
    const struct day_head *head = day_reader_head(scanner->reader);

    if (scanner->keys == NULL)
        return OK;
    for (size_t i = 0; i < head->key_count; i++)
        if (head->keys[i].key_id == batch->key_id)
            return day_prove(scanner->prover, batch, scanner->keys[i], NULL, NULL, error);
    return refuse(error, "a batch names a key that its file does not hold", "");
}

/* ---- the database ---- */

static bool is_expected(const struct scanner *scanner)
{
    const struct buffer *found = &scanner->section;
    const struct buffer *expected = &scanner->expected;

    return !buffer_failed(expected) && found->size == expected->size &&
           memcmp(found->data, expected->data, found->size - SHA256_SIZE) == 0;
}

static enum status differs(struct error *error, int64_t batch_id, const char *how)
{
    error_set(error, REJECT, "an archive file is not what the database has");
    error->exit_code = EXIT_FAILED;
    return error_detail(error, "batch %lld: %s", (long long)batch_id, how);
}

static enum status head_compare(struct scanner *scanner, struct error *error)
{
    calendar_date day = day_reader_head(scanner->reader)->day;
    struct day_place place = {0};
    struct head_rows rows;
    enum status status;

    if (scanner->wish->db == NULL)
        return OK;
    day_rows_begin(scanner->wish->db, day, 0, &scanner->rows);
    status = head_rows_read(scanner->wish->db, day, error, &rows);
    if (status == OK) {
        buffer_clear(&scanner->expected);
        day_write_head(&place, &rows.head, &scanner->expected);
        if (!is_expected(scanner))
            status = differs(error, 0, "the head names other sources or keys");
    }
    head_rows_done(&rows);
    return status;
}

static enum status batch_compare(struct scanner *scanner, const struct day_batch *batch,
                                 struct error *error)
{
    struct day_place place = {.has_head = true, .last_batch_id = INT64_MIN};
    struct day_batch row;
    bool has_row = false;
    enum status status;

    if (scanner->wish->db == NULL)
        return OK;
    status = day_rows_next(&scanner->rows, error, &row, &has_row);
    if (status != OK)
        return status;
    if (!has_row || row.batch_id > batch->batch_id)
        return differs(error, batch->batch_id, "it is in the file alone");
    if (row.batch_id < batch->batch_id)
        return differs(error, row.batch_id, "it is in the database alone");
    buffer_clear(&scanner->expected);
    day_write_batch(&place, &row, &scanner->expected);
    return is_expected(scanner) ? OK : differs(error, batch->batch_id, "its bytes differ");
}

static enum status rows_end(struct scanner *scanner, struct error *error)
{
    struct day_batch row;
    bool has_row = false;
    enum status status;

    if (scanner->wish->db == NULL)
        return OK;
    status = day_rows_next(&scanner->rows, error, &row, &has_row);
    if (status == OK && has_row)
        return differs(error, row.batch_id, "it is in the database alone");
    return status;
}

/* ---- the walk ---- */

static enum status section_take(struct scanner *scanner, struct error *error)
{
    enum day_section section = DAY_HEAD;
    struct day_batch batch = {0};
    enum status status =
        day_read(scanner->reader, buffer_view(&scanner->section), error, &section, &batch);

    if (status != OK) {
        error->exit_code = EXIT_FAILED;
        return status;
    }
    switch (section) {
    case DAY_HEAD:
        status = keys_open(scanner, error);
        return status == OK ? head_compare(scanner, error) : status;
    case DAY_BATCH:
        status = batch_prove(scanner, &batch, error);
        return status == OK ? batch_compare(scanner, &batch, error) : status;
    case DAY_TAIL: return rows_end(scanner, error);
    }
    return status;
}

/* One section. *ret_more false: the file ended, as it may. */
static enum status scan_step(struct scanner *scanner, struct error *error, bool *ret_more)
{
    bool partial = scanner->wish->partial;
    enum piece piece = section_next(scanner);
    enum status status;

    *ret_more = piece == PIECE_WHOLE;
    if (piece == PIECE_FAILED)
        return file_failed("at its next section", "read", error);
    if (piece == PIECE_END && (partial || day_reader_place(scanner->reader)->has_tail))
        return OK;
    if (piece != PIECE_WHOLE)
        return partial ? OK : refuse_cut(scanner, error);
    status = section_take(scanner, error);
    if (status == REJECT && partial) {
        *ret_more = false;
        return OK;
    }
    if (status == OK) {
        sha256_add(scanner->sha256, scanner->section.data, scanner->section.size);
        scanner->size += (int64_t)scanner->section.size;
        scanner->whole = *day_reader_place(scanner->reader);
    }
    return status;
}

static void scanner_open(int fd, const struct scan_wish *wish, struct scanner *scanner)
{
    *scanner = (struct scanner){.fd = fd, .wish = wish};
    scanner->reader = day_reader_new();
    scanner->prover = day_prover_new();
    scanner->sha256 = sha256_new();
    sha256_begin(scanner->sha256);
    buffer_init(&scanner->section, SECTION_MAX);
    buffer_init(&scanner->expected, SECTION_MAX);
}

static void scanner_done(struct scanner *scanner)
{
    if (scanner->keys != NULL)
        explicit_bzero(scanner->keys,
                       day_reader_head(scanner->reader)->key_count * sizeof *scanner->keys);
    free(scanner->keys);
    day_rows_done(&scanner->rows);
    day_reader_free(scanner->reader);
    day_prover_free(scanner->prover);
    sha256_free(scanner->sha256);
    buffer_done(&scanner->section);
    buffer_done(&scanner->expected);
}

enum status file_scan(int fd, const struct scan_wish *wish, struct error *error,
                      struct scan *ret_scan)
{
    struct scanner scanner;
    bool more = true;
    enum status status = OK;

    scanner_open(fd, wish, &scanner);
    if (lseek(fd, 0, SEEK_SET) != 0)
        status = file_failed("at its begin", "read", error);
    while (status == OK && more)
        status = scan_step(&scanner, error, &more);
    if (status == OK) {
        *ret_scan = (struct scan){.day = day_reader_head(scanner.reader)->day,
                                  .counts = scanner.whole.counts,
                                  .place = scanner.whole,
                                  .size = scanner.size};
        sha256_end(scanner.sha256, &ret_scan->sha256);
    }
    scanner_done(&scanner);
    return status;
}

enum status path_scan(const char *path, const struct scan_wish *wish, struct error *error,
                      struct scan *ret_scan)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    enum status status;

    if (fd < 0)
        return file_failed(path, "read", error);
    status = file_scan(fd, wish, error, ret_scan);
    (void)close(fd);
    return status;
}

void file_name(calendar_date day, int number, char name[64])
{
    char date[DATE_TEXT_SIZE];

    date_format(day, date);
    snprintf(name, 64, "batch_raw-%s.%d.sawa", date, number);
}
