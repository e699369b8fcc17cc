/*
 * fuzz_statement.c - any bytes as a statement file: refused or read, the same however they
 * are cut, and always canonical JSON.
 *
 * The first byte chooses where the second reading is cut. Both readings must agree, which
 * finds state that leaks over the end of a piece as well as crashes.
 */
#include "codec/json/statement_json.h"
#include "codec/statement.h"

#include <stdlib.h>

enum { JSON_SIZE_MAX = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status collect(void *context, const struct statement *statement, struct error *error)
{
    struct digest digest;

    (void)error;
    statement_json_write(statement, context);
    statement_digest(statement, &digest);
    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next)
        statement_entry_key(statement, entry, &digest);
    return OK;
}

static enum status read_pieces(struct text bytes, size_t piece, struct buffer *json,
                               struct error *error)
{
    static const struct statement_limits limits = {
        .file_size_max = 1 << 20,
        .line_size_max = 4096,
        .tag_size_max = 16384,
        .text_size_max = 8 << 20,
        .entries_max = 1000,
        .findings_max = 1000,
        .depth_max = 32,
        .attributes_max = 8,
        .elements_max = 500,
        .element_size_max = 65536,
    };
    struct statement_sink sink = {.context = json, .statement = collect};
    struct statement_reader *reader = statement_reader_new(&limits, statement_profile_at(0), &sink);
    enum status status = OK;

    while (status == OK && bytes.size > 0) {
        size_t taken = piece < bytes.size ? piece : bytes.size;

        status = statement_reader_feed(reader, (struct text){bytes.data, taken}, error);
        bytes.data += taken;
        bytes.size -= taken;
    }
    if (status == OK)
        status = statement_reader_end(reader, error);
    statement_reader_free(reader);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text bytes = {(const char *)data + 1, size - 1};
    struct buffer whole;
    struct buffer cut;
    struct error whole_error;
    struct error cut_error;
    enum status status;

    if (size < 2)
        return 0;
    buffer_init(&whole, JSON_SIZE_MAX);
    buffer_init(&cut, JSON_SIZE_MAX);
    status = read_pieces(bytes, SIZE_MAX, &whole, &whole_error);
    if (read_pieces(bytes, (size_t)data[0] + 1, &cut, &cut_error) != status)
        abort();
    if (status == OK && !text_equal(buffer_view(&whole), buffer_view(&cut)))
        abort();
    if (status != OK && status != REJECT)
        abort();
    if (!buffer_failed(&whole) && !text_is_utf8(buffer_view(&whole)))
        abort();
    buffer_done(&whole);
    buffer_done(&cut);
    return 0;
}
