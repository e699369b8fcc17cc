/*
 * cuts.c - every file of the command line, cut at every byte: refused, or whole statements only.
 *
 * Of a cut file that is read, all statements but the last must be those of the whole file, byte for
 * byte; the last may differ, and says what it lacks. A camt file has an end and is refused wherever
 * it is cut. A file that is refused has given nothing away that counts.
 *
 * Prints a line of TAP per file.
 */
#include "codec/json/statement_json.h"
#include "codec/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENTS_MAX = 4096, FILE_MAX = 4 * 1024 * 1024, JSON_MAX = 64 * 1024 * 1024 };

struct seen {
    struct digest statements[STATEMENTS_MAX];
    size_t count;
    struct buffer json; /* of the statement at hand */
};

static struct seen whole;
static struct seen cut;

static enum status take_entry(void *context, const struct statement *statement,
                              const struct statement_entry *entry, struct error *error)
{
    struct seen *seen = context;

    (void)statement;
    (void)error;
    statement_json_entry(entry, &seen->json);
    return OK;
}

static enum status take_statement(void *context, const struct statement *statement,
                                  struct error *error)
{
    struct seen *seen = context;

    (void)error;
    statement_json_head(statement, &seen->json);
    statement_json_tail(statement, &seen->json);
    assert(!buffer_failed(&seen->json));
    assert(seen->count < STATEMENTS_MAX);
    seen->statements[seen->count++] = sha256(buffer_view(&seen->json));
    buffer_clear(&seen->json);
    return OK;
}

static enum status read_bytes(struct text bytes, struct seen *seen)
{
    const struct statement_sink sink = {.context = seen,
                                        .entry = take_entry,
                                        .statement = take_statement};
    struct statement_reader *reader =
        statement_reader_new(&statement_limits_default, statement_profile_at(0), &sink);
    struct error error;
    enum status status;

    seen->count = 0;
    buffer_clear(&seen->json);
    status = statement_reader_feed(reader, bytes, &error);
    if (status == OK)
        status = statement_reader_end(reader, &error);
    if (status == REJECT)
        assert(error.subject[0] != '\0'); /* with a reason */
    statement_reader_free(reader);
    return status;
}

static bool begins_like_whole(void)
{
    if (cut.count == 0 || cut.count > whole.count)
        return false;
    for (size_t i = 0; i + 1 < cut.count; i++)
        if (!digest_equal(&cut.statements[i], &whole.statements[i]))
            return false;
    return true;
}

static bool is_xml(struct text bytes)
{
    bytes = text_trim(bytes);
    return bytes.size > 0 && bytes.data[0] == '<';
}

/* The first size at which a cut goes wrong; -1: none. */
static long first_wrong(struct text bytes, size_t *ret_refused)
{
    size_t end = text_trim(bytes).size + (size_t)(text_trim(bytes).data - bytes.data);

    for (size_t size = 0; size < bytes.size; size++) {
        enum status status = read_bytes(text_first(bytes, size), &cut);

        *ret_refused += status == REJECT;
        if (status != OK && status != REJECT)
            return (long)size;
        if (status == OK && (!begins_like_whole() || (is_xml(bytes) && size < end)))
            return (long)size;
    }
    return -1;
}

static bool file_read_whole(const char *path, char *bytes, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return false;
    *ret_size = fread(bytes, 1, FILE_MAX, file);
    fclose(file);
    return *ret_size < FILE_MAX;
}

static bool check_file(const char *path)
{
    static char bytes[FILE_MAX];
    size_t size = 0;
    size_t refused = 0;
    long wrong = -2;

    if (file_read_whole(path, bytes, &size)) {
        struct text text = {bytes, size};

        (void)!read_bytes(text, &whole);
        wrong = first_wrong(text, &refused);
    }
    printf("%s - cut: %s at each of %zu bytes, %zu refused", wrong == -1 ? "ok" : "not ok", path,
           size, refused);
    printf(wrong == -1 ? "\n" : " # wrong at %ld\n", wrong);
    return wrong == -1;
}

int main(int argc, char **argv)
{
    bool good = true;

    buffer_init(&whole.json, JSON_MAX);
    buffer_init(&cut.json, JSON_MAX);
    for (int i = 1; i < argc; i++)
        good = check_file(argv[i]) && good;
    buffer_done(&whole.json);
    buffer_done(&cut.json);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
