/*
 * fuzz_statement.c - any bytes as a statement file: refused or read, the same however they
 * are cut, and always canonical JSON.
 *
 * The first byte chooses where the second reading is cut; it takes the entries one by one, the
 * first takes statements as a whole. Both must agree, which finds state that leaks over the end of
 * a piece, and entries that are used when they are gone, as well as crashes.
 */
#include "codec/csv/csv_profile.h"
#include "codec/json/statement_json.h"
#include "codec/statement.h"

#include <stdlib.h>

enum { JSON_SIZE_MAX = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two profiles, so that CSV files are read as well: what seeds.py writes by. */
static const char *const csv_yaml[] = {
    "name: bank\nmeaning: m\ndates: ymd\nsigns: columns\ngrouping_mark: ','\n"
    "columns: {booking_date: Date, value_date: Value, text: [Text, More], credit: In, debit: Out,"
    " balance: Balance, currency: Currency}\n"
    "labels: {Account: account, Opening: opening_balance, Closing: closing_balance, Total: totals}",
    "name: wallet\nmeaning: m\nformat: mobile_money\norder: newest_first\ndates: dmy\n"
    "signs: negative\ncurrency: KES\nbooked: [Completed]\npending: [Pending]\nfee: entry\n"
    "columns: {reference: Receipt, booking_date: Time, status: Status, credit: Paid In,"
    " debit: Withdrawn, balance: Balance, fee: Fee, name: Party, code: Type}",
};

static const struct statement_profile *profile_with_csv(void)
{
    static struct csv_profile csv[COUNT_OF(csv_yaml)];
    static struct statement_profile profile;
    static struct arena arena;
    struct error error;

    if (profile.csv != NULL)
        return &profile;
    profile = *statement_profile_at(0);
    arena_init(&arena, 65536, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(csv_yaml); i++)
        if (csv_profile_read(text_of(csv_yaml[i]), "fuzz", &arena, &error, &csv[i]) != OK)
            abort();
    profile.csv = csv;
    profile.csv_count = COUNT_OF(csv_yaml);
    return &profile;
}

/* What a reading gave; entries of a statement gather apart where they come one by one. */
struct reading {
    struct buffer json;
    struct buffer entries;
};

static void note_entry(const struct statement *statement, const struct statement_entry *entry,
                       struct buffer *out)
{
    struct digest digest;
    struct buffer identity;

    buffer_init(&identity, 64 * 1024 * 1024);
    statement_json_entry(entry, out);
    statement_entry_identity(entry, &identity);
    statement_entry_key(statement, buffer_view(&identity), &digest);
    buffer_done(&identity);
}

static enum status take_entry(void *context, const struct statement *statement,
                              const struct statement_entry *entry, struct error *error)
{
    struct reading *reading = context;

    (void)error;
    note_entry(statement, entry, &reading->entries);
    return OK;
}

static enum status take_statement(void *context, const struct statement *statement,
                                  struct error *error)
{
    struct reading *reading = context;
    struct digest digest;
    char text[2 * SHA256_SIZE + 1];

    (void)error;
    statement_digest(statement, &digest);
    digest_format(&digest, text);
    statement_json_head(statement, &reading->json);
    buffer_text(&reading->json, buffer_view(&reading->entries));
    buffer_clear(&reading->entries);
    for (const struct statement_entry *entry = statement->entries; entry != NULL;
         entry = entry->next)
        note_entry(statement, entry, &reading->json);
    statement_json_tail(statement, &reading->json);
    buffer_string(&reading->json, text);
    return OK;
}

static enum status read_pieces(struct text bytes, size_t piece, bool one_by_one,
                               struct reading *reading, struct error *error)
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
    struct statement_sink sink = {.context = reading,
                                  .entry = one_by_one ? take_entry : NULL,
                                  .statement = take_statement};
    struct statement_reader *reader = statement_reader_new(&limits, profile_with_csv(), &sink);
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

static void reading_init(struct reading *reading)
{
    buffer_init(&reading->json, JSON_SIZE_MAX);
    buffer_init(&reading->entries, JSON_SIZE_MAX);
}

static void reading_done(struct reading *reading)
{
    buffer_done(&reading->json);
    buffer_done(&reading->entries);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text bytes = {(const char *)data + 1, size - 1};
    struct reading whole;
    struct reading cut;
    struct error whole_error;
    struct error cut_error;
    enum status status;

    if (size < 2)
        return 0;
    reading_init(&whole);
    reading_init(&cut);
    status = read_pieces(bytes, SIZE_MAX, false, &whole, &whole_error);
    if (read_pieces(bytes, (size_t)data[0] + 1, true, &cut, &cut_error) != status)
        abort();
    if (status == OK && !text_equal(buffer_view(&whole.json), buffer_view(&cut.json)))
        abort();
    if (status != OK && status != REJECT)
        abort();
    if (!buffer_failed(&whole.json) && !text_is_utf8(buffer_view(&whole.json)))
        abort();
    reading_done(&whole);
    reading_done(&cut);
    return 0;
}
