/*
 * corridor_lines.c - see corridor_lines.h.
 */
#include "domain/corridor_lines.h"

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

static void line_yes(struct buffer *out, const char *key, bool value)
{
    buffer_format(out, "%s: %s\n", key, value ? "yes" : "no");
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

static void line_fx(const struct fx_policy *fx, struct buffer *out)
{
    char pivot[CURRENCY_CODE_SIZE] = "none";

    if (fx->source.size == 0)
        return;
    if (fx->pivot != CURRENCY_NONE)
        currency_code(fx->pivot, pivot);
    buffer_format(out, "fx: %s of %.*s, max_age_minutes %d, pivot %s, rounding %s\n",
                  fx_side_name(fx->side), TEXT_ARG(fx->source), fx->max_age_minutes, pivot,
                  rounding_name(fx->rounding));
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
    line_fx(&corridor->fx, out);
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

static void lines_terms(const struct participant *participant, const struct member_terms *terms,
                        struct buffer *out)
{
    if (terms->through != NULL)
        buffer_format(out, "participant %.*s: settles_through %.*s\n", TEXT_ARG(participant->code),
                      TEXT_ARG(terms->through->code));
    if (terms->cap_minor != NET_DEBIT_UNCAPPED)
        buffer_format(out, "participant %.*s: net_debit_cap_minor %lld\n",
                      TEXT_ARG(participant->code), (long long)terms->cap_minor);
    if (terms->is_prefunded)
        buffer_format(out, "participant %.*s: prefunded\n", TEXT_ARG(participant->code));
}

void corridor_lines(const struct corridor *corridor, struct buffer *out)
{
    char effective[DATE_TEXT_SIZE];

    date_format(corridor->effective_from, effective);
    buffer_format(out, "effective_from: %s\n", effective);
    lines_rules(corridor, out);
    lines_calendars(corridor, out);
    if (corridor->instructs_payments)
        line_yes(out, "customer_payments", true);
    if (corridor->minimum_minor != 0)
        buffer_format(out, "minimum_minor: %lld\n", (long long)corridor->minimum_minor);
    for (size_t i = 0; i < corridor->participant_count; i++)
        line_text(out, "participant", corridor->participants[i]->code);
    for (size_t i = 0; corridor->terms != NULL && i < corridor->participant_count; i++)
        lines_terms(corridor->participants[i], &corridor->terms[i], out);
    for (size_t i = 0; i < corridor->fees.count; i++)
        lines_fee(&corridor->fees.fees[i], out);
}

void participant_lines(const struct participant *participant, struct buffer *out)
{
    buffer_format(out, "participant_id: %d\n", participant->participant_id);
    line_text(out, "name", participant->name);
    line_text(out, "country", participant->country);
    if (participant->account.size > 0)
        line_text(out, "account", participant->account);
    if (participant->bic.size > 0)
        line_text(out, "bic", participant->bic);
}

void account_lines(const struct settlement_account *account, struct buffer *out)
{
    line_text(out, "servicer_bic", account->servicer_bic);
    line_text(out, "servicer_account", account->servicer_account);
    line_currency(out, "currency", account->currency);
    line_text(out, "statement_format", account->statement_format);
}

void profile_lines(const struct bank_profile *profile, struct buffer *out)
{
    buffer_format(out, "message: %s\n", payment_message_name(profile->message));
    line_text(out, "own_name", profile->own_name);
    if (profile->own_bic.size > 0)
        line_text(out, "own_bic", profile->own_bic);
    if (profile->settlement_method.size > 0)
        line_text(out, "settlement_method", profile->settlement_method);
    if (profile->charge_bearer.size > 0)
        line_text(out, "charge_bearer", profile->charge_bearer);
    buffer_format(out, "transactions_max: %d\n", profile->transactions_max);
    line_yes(out, "uetr", profile->uetr);
    buffer_format(out, "release_threshold_minor: %lld\n",
                  (long long)profile->release_threshold_minor);
    line_yes(out, "release_automatic", profile->release_automatic);
    buffer_format(out, "release_hours: %d\nanswer_hours: %d\n", profile->release_hours,
                  profile->answer_hours);
    buffer_format(out, "schema_check: %s\n", profile->schema_check ? "required" : "waived");
}

struct digest corridor_digest(const struct corridor *corridor, struct buffer *scratch)
{
    buffer_clear(scratch);
    corridor_lines(corridor, scratch);
    assert(!buffer_failed(scratch));
    return sha256(buffer_view(scratch));
}

/* ---- what differs ---- */

static struct text line_next(struct text *rest)
{
    const char *end = memchr(rest->data, '\n', rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data) + 1;
    struct text line = {rest->data, size};

    rest->data += size;
    rest->size -= size;
    return line;
}

/* Up to the colon. A fee has several lines: its key goes on to the first word behind that. */
static struct text key_of(struct text line)
{
    const char *end = memchr(line.data, ':', line.size);
    size_t size = end == NULL ? line.size : (size_t)(end - line.data);
    size_t word = size + 2;

    if (word < line.size && memcmp(line.data, "fee ", 4) == 0) {
        end = memchr(line.data + word, ' ', line.size - word);
        size = end == NULL ? size : (size_t)(end - line.data);
    }
    return (struct text){line.data, size};
}

/* Behind its key and what ends that, without the end of the line. */
static struct text value_of(struct text line)
{
    size_t skip = key_of(line).size + (key_of(line).size < line.size);

    return text_trim((struct text){line.data + skip, line.size - skip});
}

static bool has_line(struct text lines, struct text wanted)
{
    while (lines.size > 0) {
        if (text_equal(line_next(&lines), wanted))
            return true;
    }
    return false;
}

/* The one line with that key, empty where it stands on none or several. */
static struct text only_line(struct text lines, struct text key)
{
    struct text found = TEXT("");
    size_t count = 0;

    while (lines.size > 0) {
        struct text line = line_next(&lines);

        if (!text_equal(key_of(line), key))
            continue;
        found = line;
        count++;
    }
    return count == 1 ? found : TEXT("");
}

/* Where the line's key has one value on each side: that of the other side, else empty. */
static struct text counterpart(struct text line, struct text own, struct text others)
{
    struct text key = key_of(line);

    return only_line(own, key).size > 0 ? only_line(others, key) : TEXT("");
}

static void tell_before(struct text line, struct text other, struct buffer *out)
{
    struct text key = key_of(line);
    struct text from = value_of(line);
    struct text to = value_of(other);

    if (other.size == 0)
        buffer_format(out, "  - %.*s", TEXT_ARG(line));
    else
        buffer_format(out, "  ~ %.*s: %.*s -> %.*s\n", TEXT_ARG(key), TEXT_ARG(from), TEXT_ARG(to));
}

void lines_difference(struct text before, struct text after, struct buffer *out)
{
    for (struct text rest = before; rest.size > 0;) {
        struct text line = line_next(&rest);

        if (!has_line(after, line))
            tell_before(line, counterpart(line, before, after), out);
    }
    for (struct text rest = after; rest.size > 0;) {
        struct text line = line_next(&rest);

        if (!has_line(before, line) && counterpart(line, after, before).size == 0)
            buffer_format(out, "  + %.*s", TEXT_ARG(line));
    }
}
