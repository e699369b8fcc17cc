/*
 * book_file.c - see book_file.h.
 */
#include "book_file.h"

#include "base/config_tree.h"
#include "base/crypto.h"
#include "base/zone_file.h"

/* A source that remembers what it gave. */
struct capture {
    struct file_source inner;
    struct text *bytes;
};

static enum status capture_read(const void *context, struct text name, struct arena *arena,
                                struct error *error, struct text *ret_bytes)
{
    const struct capture *capture = context;
    enum status status = capture->inner.read(capture->inner.context, name, arena, error, ret_bytes);

    if (status == OK)
        *capture->bytes = *ret_bytes;
    return status;
}

enum status book_read_file(const char *path, struct arena *arena, struct error *error,
                           struct book_document *ret_document, struct corridor_book *ret_book)
{
    char folder[4096];
    const struct file_folder beside = {folder, CONFIG_SIZE_MAX};
    struct book_document document = {.holidays = TEXT("")};
    const struct capture capture = {file_folder_source(&beside), &document.holidays};
    const struct corridor_sources sources = {zone_file_source(), {capture_read, &capture}};
    enum status status;

    file_folder_of(path, folder, sizeof folder);
    status = file_read(path, CONFIG_SIZE_MAX, arena, error, &document.yaml);
    if (status == OK)
        status = corridor_book_read(document.yaml, path, &sources, arena, error, ret_book);
    if (status == OK)
        *ret_document = document;
    return status;
}

static enum status stored_read(const void *context, struct text name, struct arena *arena,
                               struct error *error, struct text *ret_bytes)
{
    const struct book_document *document = context;

    (void)name;
    (void)arena;
    (void)error;
    *ret_bytes = document->holidays;
    return OK;
}

enum status book_read_stored(const struct book_document *document, struct arena *arena,
                             struct error *error, struct corridor_book *ret_book)
{
    const struct corridor_sources sources = {zone_file_source(), {stored_read, document}};

    return corridor_book_read(document->yaml, "the stored definition", &sources, arena, error,
                              ret_book);
}

/* ---- lines ---- */

static void line_currency(struct buffer *out, const char *key, currency of)
{
    char code[CURRENCY_CODE_SIZE];

    currency_code(of, code);
    buffer_format(out, "%s: %s\n", key, code);
}

static void line_text(struct buffer *out, const char *key, struct text value)
{
    buffer_format(out, "%s: %.*s\n", key, TEXT_ARG(value));
}

static void line_calendar(struct buffer *out, const char *key, const struct calendar *calendar)
{
    struct digest digest =
        sha256((struct text){(const char *)calendar->holidays,
                             calendar->holiday_count * sizeof *calendar->holidays});
    char hex[2 * SHA256_SIZE + 1];
    char from[DATE_TEXT_SIZE];
    char to[DATE_TEXT_SIZE];

    digest_format(&digest, hex);
    date_format(calendar->covered_from, from);
    date_format(calendar->covered_to, to);
    buffer_format(out, "%s: weekend %u, %zu holidays, %s to %s, %.16s\n", key, calendar->weekend,
                  calendar->holiday_count, from, to, hex);
}

static void line_override(struct buffer *out, const struct book_override *override)
{
    char date[DATE_TEXT_SIZE];

    date_format(override->day.date, date);
    buffer_format(out, "override: %s %s %s", override->day.country, date,
                  day_kind_name(override->day.kind));
    if (override->day.kind == DAY_HALF)
        buffer_format(out, " until %.*s %.*s", TEXT_ARG(override->until),
                      TEXT_ARG(override->time_zone));
    buffer_format(out, ": %.*s\n", TEXT_ARG(override->reason));
}

/* Nothing where nothing is said: versions that were stored before there were such keys keep their
 * digest. */
static void lines_calendars(const struct corridor *corridor, struct buffer *out)
{
    line_calendar(out, "calendar", &corridor->calendar);
    if (corridor->settles_elsewhere)
        line_calendar(out, "settlement_calendar", &corridor->settlement_calendar);
    if (corridor->settlement_lag != 0)
        buffer_format(out, "settlement_lag: %d\n", corridor->settlement_lag);
    if (corridor->roll != ROLL_FOLLOWING)
        buffer_format(out, "roll_convention: %s\n", roll_convention_name(corridor->roll));
    for (size_t i = 0; i < corridor->override_count; i++)
        line_override(out, corridor->overrides[i]);
}

static void lines_rules(const struct corridor *corridor, struct buffer *out)
{
    line_currency(out, "source_currency", corridor->source_currency);
    line_currency(out, "target_currency", corridor->target_currency);
    line_currency(out, "settlement_currency", corridor->settlement_currency);
    line_text(out, "source_country", corridor->source_country);
    line_text(out, "target_country", corridor->target_country);
    buffer_format(out, "model: %s\n", settlement_model_name(corridor->model));
    line_text(out, "time_zone", corridor->time_zone);
    for (size_t i = 0; i < corridor->cut_off_count; i++)
        buffer_format(out, "cut_off: %02d:%02d\n", corridor->cut_offs[i] / 60,
                      corridor->cut_offs[i] % 60);
    buffer_format(out, "grace_seconds: %d\n", corridor->grace_seconds);
    line_text(out, "nostro_account", corridor->nostro->code);
    buffer_format(out, "limit_minor: %lld\n", (long long)corridor->limit_minor);
    if (corridor->checks_rate)
        buffer_format(out, "rate_rounding: %s\n", rounding_name(corridor->rate_rounding));
}

static void line_tiers(const struct fee *fee, struct buffer *out)
{
    char percent[RATE_TEXT_SIZE];

    for (size_t i = 0; i < fee->tier_count; i++) {
        const struct fee_tier *tier = &fee->tiers[i];

        rate_format(tier->percent, percent);
        buffer_format(out, "fee %s: %s tier %zu up to %lld: fixed_minor %lld, percent %s\n",
                      fee->code, fee_tiering_name(fee->tiering), i + 1,
                      (long long)tier->up_to_minor, (long long)tier->fixed_minor, percent);
    }
}

static void lines_fee(const struct fee *fee, struct buffer *out)
{
    char code[CURRENCY_CODE_SIZE];
    char tax[RATE_TEXT_SIZE];

    currency_code(fee->currency, code);
    rate_format(fee->tax_percent, tax);
    buffer_format(out, "fee %s: payer %s, currency %s, rounding %s\n", fee->code,
                  fee_party_name(fee->payer), code, rounding_name(fee->rounding));
    line_tiers(fee, out);
    buffer_format(out, "fee %s: minimum_minor %lld, maximum_minor %lld\n", fee->code,
                  (long long)fee->minimum_minor, (long long)fee->maximum_minor);
    buffer_format(out, "fee %s: shares own %lld, debtor_agent %lld, creditor_agent %lld\n",
                  fee->code, (long long)fee->shares[FEE_OWN],
                  (long long)fee->shares[FEE_DEBTOR_AGENT],
                  (long long)fee->shares[FEE_CREDITOR_AGENT]);
    buffer_format(out, "fee %s: tax %s %s, channel bits %x, returned bits %x\n", fee->code,
                  fee->tax_percent > 0 ? fee->tax_country : "none", tax, fee->channels,
                  fee->returned_by);
}

void corridor_lines(const struct corridor *corridor, struct buffer *out)
{
    char effective[DATE_TEXT_SIZE];

    date_format(corridor->effective_from, effective);
    buffer_format(out, "effective_from: %s\n", effective);
    lines_rules(corridor, out);
    lines_calendars(corridor, out);
    for (size_t i = 0; i < corridor->participant_count; i++)
        line_text(out, "participant", corridor->participants[i]->code);
    for (size_t i = 0; i < corridor->fees.count; i++)
        lines_fee(&corridor->fees.fees[i], out);
}

static struct text line_next(struct text *rest)
{
    const char *end = memchr(rest->data, '\n', rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data) + 1;
    struct text line = {rest->data, size};

    rest->data += size;
    rest->size -= size;
    return line;
}

static bool has_line(struct text lines, struct text wanted)
{
    while (lines.size > 0) {
        if (text_equal(line_next(&lines), wanted))
            return true;
    }
    return false;
}

static void lines_only_in(struct text lines, struct text others, char sign, struct buffer *out)
{
    while (lines.size > 0) {
        struct text line = line_next(&lines);

        if (!has_line(others, line))
            buffer_format(out, "  %c %.*s", sign, TEXT_ARG(line));
    }
}

void corridor_difference(struct text before, struct text after, struct buffer *out)
{
    lines_only_in(before, after, '-', out);
    lines_only_in(after, before, '+', out);
}
