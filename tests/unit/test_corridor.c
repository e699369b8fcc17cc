/*
 * test_corridor.c - the example book is read whole, and every kind of mistake in it is named.
 *
 * A mistake is made by replacing one text of the example, so each refusal is tried on a file that
 * is right everywhere else.
 */
#include "base/clock.h"
#include "base/config_tree.h"
#include "base/zone_file.h"
#include "domain/corridor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define EXAMPLE "deploy/corridors.example.yaml"

static struct arena arena;
static struct corridor_book book;
static struct error error;

static void fresh_arena(void)
{
    arena_done(&arena);
    arena_init(&arena, 256 * 1024, 32 * 1024 * 1024);
}

static enum status read_book(struct text yaml)
{
    static const struct file_folder beside = {"deploy", CONFIG_SIZE_MAX};
    struct corridor_sources sources = {zone_file_source(), file_folder_source(&beside)};

    return corridor_book_read(yaml, "c.yaml", &sources, &arena, &error, &book);
}

/* The example with the first `old` replaced; *ret_line is where it stood. */
static struct text changed_example(const char *old, const char *new, int *ret_line)
{
    struct text yaml = {NULL, 0};
    struct error why;
    const char *place;
    char *copy;
    size_t before;

    fresh_arena();
    assert_int_equal(file_read(EXAMPLE, CONFIG_SIZE_MAX, &arena, &why, &yaml), OK);
    place = memmem(yaml.data, yaml.size, old, strlen(old));
    assert_non_null(place);
    before = (size_t)(place - yaml.data);
    copy = arena_alloc(&arena, yaml.size + strlen(new) + 1);
    assert_non_null(copy);
    memcpy(copy, yaml.data, before);
    memcpy(copy + before, new, strlen(new));
    memcpy(copy + before + strlen(new), place + strlen(old), yaml.size - before - strlen(old));
    *ret_line = 1;
    for (size_t i = 0; i < before; i++)
        *ret_line += copy[i] == '\n';
    return (struct text){copy, yaml.size - strlen(old) + strlen(new)};
}

/* expected is the detail behind "line N, ", lines_below the replaced place. */
static void mistake(const char *old, const char *new, int lines_below, const char *expected,
                    const char *hint)
{
    char detail[384];
    int line;
    struct text yaml = changed_example(old, new, &line);

    assert_int_equal(read_book(yaml), FATAL);
    snprintf(detail, sizeof detail, "line %d, %s", line + lines_below, expected);
    assert_string_equal(error.detail, detail);
    assert_string_equal(error.hint, hint == NULL ? "" : hint);
    assert_string_equal(error.primary, "could not use c.yaml");
    assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
    assert_int_equal(error.line, line + lines_below);
}

static void the_example_is_right(void **state)
{
    const struct corridor *corridor;
    int line;

    (void)state;
    assert_int_equal(read_book(changed_example("KES-NGN", "KES-NGN", &line)), OK);
    assert_int_equal(book.corridor_count, 5);
    corridor = corridor_find(&book, TEXT("KES-NGN"), date_of(2026, 3, 1));
    assert_non_null(corridor);
    assert_int_equal(corridor->corridor_id, 1);
    assert_int_equal(corridor->model, MODEL_MULTILATERAL);
    assert_int_equal(corridor->cut_off_count, 2);
    assert_int_equal(corridor->cut_offs[1], 960);
    assert_true(corridor->settlement_currency == CURRENCY('U', 'S', 'D'));
    assert_true(text_is(corridor->nostro->code, "NOSTRO-USD"));
    assert_true(text_is(corridor->nostro->statement_format, "camt.053"));
    assert_int_equal(corridor->participant_count, 12);
    assert_int_equal(corridor_participant(corridor, TEXT("EXAMKE01")), 0);
    assert_int_equal(corridor_participant(corridor, TEXT("EXAMNG06")), 11);
    assert_true(corridor_participant(corridor, TEXT("EXAMZA01")) == PARTICIPANT_NONE);
    assert_true(corridor_participant(corridor, TEXT("")) == PARTICIPANT_NONE);
    assert_null(corridor_find(&book, TEXT("KES-NGN"), date_of(2025, 12, 31)));
    assert_null(corridor_find(&book, TEXT("NGN-KES"), date_of(2026, 3, 1)));
    assert_int_equal(corridor_account(&book, TEXT("NOSTRO-XOF"))->scheme, SCHEME_IBAN);
    assert_null(corridor_account(&book, TEXT("NOSTRO-GBP")));
}

/* 2026-06-01 is a holiday in Kenya only, and closes the corridor from Europe too. */
static void its_schedules_know_both_ends(void **state)
{
    struct schedule schedule;
    struct window window;
    int64_t sunday = (int64_t)date_of(2026, 5, 31) * US_PER_DAY;
    int line;

    (void)state;
    assert_int_equal(read_book(changed_example("KES-NGN", "KES-NGN", &line)), OK);
    schedule = corridor_schedule(corridor_find(&book, TEXT("EUR-KES"), date_of(2026, 5, 1)));
    assert_true(schedule_window_at(&schedule, sunday, &window));
    assert_int_equal(window.window_id, window_id_make(5, date_of(2026, 6, 2), 1));
    assert_int_equal(window.cut_off_us,
                     (int64_t)date_of(2026, 6, 2) * US_PER_DAY + 9 * 3600 * US_PER_SECOND);
    for (size_t i = 0; i < book.corridor_count; i++) {
        static struct window windows[2000];
        bool complete;

        schedule = corridor_schedule(&book.corridors[i]);
        assert_true(schedule_windows(&schedule, (int64_t)date_of(2026, 1, 5) * US_PER_DAY,
                                     (int64_t)date_of(2027, 12, 20) * US_PER_DAY, 2000, windows,
                                     &complete) > 400);
        assert_true(complete);
    }
}

static void its_fees_are_read(void **state)
{
    const struct fee_schedule *schedule;
    const struct fee *fee;
    int line;

    (void)state;
    assert_int_equal(read_book(changed_example("KES-NGN", "KES-NGN", &line)), OK);
    schedule = &corridor_find(&book, TEXT("KES-NGN"), date_of(2026, 3, 1))->fees;
    assert_int_equal(schedule->corridor_id, 1);
    assert_int_equal(schedule->count, 1);
    fee = &schedule->fees[0];
    assert_string_equal(fee->code, "SCHEME");
    assert_int_equal(fee->payer, FEE_DEBTOR_AGENT);
    assert_int_equal(fee->tier_count, 2);
    assert_int_equal(fee->tiers[0].percent, 5000000000);
    assert_int_equal(fee->tiers[1].up_to_minor, INT64_MAX);
    assert_int_equal(fee->shares[FEE_CREDITOR_AGENT], 2);
    assert_int_equal(fee->tax_percent, 160000000000);
    assert_int_equal(fee->channels, 0x3E);
    assert_int_equal(fee->returned_by, 1 << PAYMENT_REVERSED);
    assert_int_equal(corridor_find(&book, TEXT("XOF-GHS"), date_of(2026, 3, 1))->fees.count, 0);
}

static void mistakes_in_fees_are_named(void **state)
{
    (void)state;
    mistake("currency: USD # source", "currency: NGN # source", 0,
            "key currency: NGN is neither the source nor the settlement currency", NULL);
    mistake("- {percent: 0.25}", "- {percent: 100.1}", 0,
            "key percent: 100.1 is not a percentage",
            "write 0 to 100 with up to ten decimals: 7.5");
    mistake("tiering: MARGINAL", "tiering: MARGINL", 0,
            "key tiering: MARGINL is not one of its values",
            "the nearest valid one is MARGINAL");
    mistake("          - {up_to_minor: 10000, fixed", "          - {fixed", -1,
            "key up_to_minor: must be there in every tier but the last",
            "the last tier takes every amount above");
    mistake("minimum_minor: 25\n", "minimum_minor: 2501\n", 0,
            "key minimum_minor: 2501 is above maximum_minor", NULL);
    mistake("shares: {own: 3, creditor_agent: 2}", "shares: {own: 0}", 0,
            "key shares: nobody gets a share", NULL);
    mistake("returned_by: [REVERSED]", "returned_by: [COMPLETED]", 0,
            "key returned_by: COMPLETED is not one of its values", NULL);
}

/* The participants of KES-NGN begin here. */
#define FIRST_MEMBER "    participants:\n      - EXAMKE01\n      - EXAMKE02\n"

static void its_limits_are_read(void **state)
{
    const struct corridor *corridor;
    int line;

    (void)state;
    assert_int_equal(read_book(changed_example("KES-NGN", "KES-NGN", &line)), OK);
    corridor = corridor_find(&book, TEXT("KES-NGN"), date_of(2026, 3, 1));
    assert_int_equal(corridor->minimum_minor, 0);
    assert_null(corridor->terms);
    assert_int_equal(
        read_book(changed_example(FIRST_MEMBER,
                                  "    minimum_minor: 500\n    prefunded: yes\n    participants:\n"
                                  "      - {code: EXAMKE02, net_debit_cap_minor: 0, "
                                  "prefunded: no}\n"
                                  "      - {code: EXAMKE01, settles_through: EXAMKE02}\n",
                                  &line)),
        OK);
    corridor = corridor_find(&book, TEXT("KES-NGN"), date_of(2026, 3, 1));
    assert_int_equal(corridor->minimum_minor, 500);
    assert_ptr_equal(corridor->terms[0].through, corridor->participants[1]);
    assert_false(corridor->terms[0].is_prefunded); /* who settles for it would be */
    assert_int_equal(corridor->terms[1].cap_minor, 0);
    assert_false(corridor->terms[1].is_prefunded);
    assert_true(corridor->terms[2].is_prefunded);
    assert_true(corridor->terms[2].cap_minor == NET_DEBIT_UNCAPPED);
}

static void mistakes_in_limits_are_named(void **state)
{
    (void)state;
    mistake(FIRST_MEMBER, "    minimum_minor: 1\n" FIRST_MEMBER, 0,
            "key minimum_minor: 1 is not an integer from 2 to 9223372036854775806", NULL);
    mistake("      - EXAMKE01\n", "      - {code: EXAMKE01, net_debit_cap: 5}\n", 0,
            "key net_debit_cap: unknown", "the nearest valid key is net_debit_cap_minor");
    mistake("      - EXAMKE01\n", "      - [EXAMKE01]\n", 0,
            "key participants: is not a participant",
            "write CODE, or {code: CODE, net_debit_cap_minor: 100000}");
    mistake("      - EXAMKE01\n", "      - {code: EXAMKE01, settles_through: EXAMKE01}\n", 0,
            "key settles_through: EXAMKE01 is not another participant of the corridor", NULL);
    mistake("      - EXAMKE01\n", "      - {code: EXAMKE01, settles_through: EXAMZA01}\n", 0,
            "key settles_through: EXAMZA01 is not another participant of the corridor", NULL);
    mistake("      - EXAMKE01\n",
            "      - {code: EXAMKE01, prefunded: yes, settles_through: EXAMKE02}\n", 0,
            "key settles_through: EXAMKE02 settles for it: its own limits mean nothing",
            "cap or prefund the participant that settles for the group");
    mistake(FIRST_MEMBER,
            "    participants:\n      - {code: EXAMKE01, settles_through: EXAMKE02}\n"
            "      - {code: EXAMKE02, settles_through: EXAMKE03}\n",
            0, "key settles_through: names a participant that settles through another itself",
            "name the one that settles for the whole group");
}

static void a_preset_says_what_the_corridor_does_not(void **state)
{
    static const char daily[] = "    preset: DAILY_MULTILATERAL_PREFUNDED\n";
    static const char model[] = "    model: MULTILATERAL # each participant nets against the "
                                "settlement agent\n    time_zone: Africa/Nairobi\n"
                                "    cut_offs: [\"10:00\", \"16:00\"] # local time, on business "
                                "days\n";
    const struct corridor *corridor;
    int line;

    (void)state;
    assert_int_equal(read_book(changed_example(model, daily, &line)), OK);
    corridor = corridor_find(&book, TEXT("KES-NGN"), date_of(2026, 3, 1));
    assert_int_equal(corridor->model, MODEL_MULTILATERAL);
    assert_true(text_is(corridor->time_zone, "Etc/UTC"));
    assert_int_equal(corridor->cut_off_count, 1);
    assert_int_equal(corridor->cut_offs[0], 660);
    assert_int_equal(corridor->settlement_lag, 1);
    assert_int_equal(corridor->grace_seconds, 300); /* what is written wins */
    assert_true(corridor->terms[0].is_prefunded);
    mistake(model, "    preset: DAILY_MULTILATERAL\n", 0,
            "key preset: DAILY_MULTILATERAL is not one of its values", NULL);
}

#define FX_BEFORE "    limit_minor: 10000000 #"
#define FX(more) "    fx: {source: DESK, " more "}\n" FX_BEFORE

static void a_version_may_say_how_its_windows_exchange(void **state)
{
    const struct fx_policy *fx;
    int line;

    (void)state;
    assert_int_equal(read_book(changed_example(
                         FX_BEFORE,
                         FX("side: BID, max_age_minutes: 90, pivot: ZAR, rounding: UP"), &line)),
                     OK);
    fx = &corridor_find(&book, TEXT("KES-NGN"), date_of(2026, 3, 1))->fx;
    assert_true(text_is(fx->source, "DESK"));
    assert_int_equal(fx->side, SIDE_BID);
    assert_int_equal(fx->max_age_minutes, 90);
    assert_int_equal(fx->pivot, CURRENCY('Z', 'A', 'R'));
    assert_int_equal(fx->rounding, ROUND_UP);
    assert_int_equal(corridor_find(&book, TEXT("XOF-GHS"), date_of(2026, 3, 1))->fx.source.size,
                     0);
}

static void mistakes_in_rates_are_named(void **state)
{
    (void)state;
    mistake(FX_BEFORE, FX("side: BID, max_age_minutes: 90, pivot: USD, rounding: UP"), 0,
            "key pivot: USD is an end of the pair itself",
            "a third currency that both are quoted in, or leave the key out");
    mistake(FX_BEFORE, FX("side: LAST, max_age_minutes: 90, rounding: UP"), 0,
            "key side: LAST is not one of its values", "the nearest valid one is ASK");
    mistake(FX_BEFORE, FX("side: BID, max_age_minutes: 0, rounding: UP"), 0,
            "key max_age_minutes: 0 is not an integer from 1 to 43200", NULL);
    mistake("    limit_minor: 200000000 #",
            "    fx: {source: D, side: MID, max_age_minutes: 9, rounding: UP}\n"
            "    limit_minor: 200000000 #",
            0, "key fx: has nothing to exchange",
            "the corridor settles in its source_currency: leave the key out");
}

static void mistakes_in_keys_are_named(void **state)
{
    (void)state;
    mistake("grace_seconds: 300", "grace_secs: 300", 0, "key grace_secs: unknown",
            "the nearest valid key is grace_seconds");
    mistake("    grace_seconds: 300 #", "    # 300 #", -12, "key grace_seconds: required", NULL);
    mistake("\naccounts:", "\naccount:", 1, "key account: unknown",
            "the nearest valid key is accounts");
    mistake("calendars: [KE, NG]", "calendars: KE", 0, "key calendars: not a list", NULL);
    mistake("code: KES-NGN", "code: [KES-NGN]", 0, "key code: not one value", NULL);
}

static void mistakes_in_values_are_named(void **state)
{
    (void)state;
    mistake("settlement_currency: USD", "settlement_currency: USS", 0,
            "key settlement_currency: USS is not a currency we know",
            "write its ISO 4217 code: KES");
    mistake("source_currency: ZAR", "source_currency: ZMK", 0,
            "key source_currency: ZMK is a retired currency", NULL);
    mistake("target_currency: NGN", "target_currency: KES", 0,
            "key target_currency: KES is also the source_currency", NULL);
    mistake("model: MULTILATERAL", "model: MULTILATRAL", 0,
            "key model: MULTILATRAL is not one of its values",
            "the nearest valid one is MULTILATERAL");
    mistake("effective_from: 2026-01-01", "effective_from: 2026-02-30", 0,
            "key effective_from: 2026-02-30 is not a date", "write 2026-03-01");
    mistake("limit_minor: 10000000 ", "limit_minor: 10k ", 0,
            "key limit_minor: 10k is not an integer from 1 to 9223372036854775807", NULL);
    mistake("limit_minor: 10000000 ", "limit_minor: 0 ", 0,
            "key limit_minor: 0 is not an integer from 1 to 9223372036854775807", NULL);
    mistake("cut_offs: [\"10:00\", \"16:00\"]", "cut_offs: [\"10:00\", \"10:00\"]", 0,
            "key cut_offs: not later than the one before", NULL);
    mistake("cut_offs: [\"10:00\", \"16:00\"]", "cut_offs: [\"25:00\"]", 0,
            "key cut_offs: not a time of the day",
            "write \"16:00\", in quotes; the end of the day is \"24:00\"");
    mistake("time_zone: Africa/Nairobi", "time_zone: Africa/Nairobbery", 0,
            "key time_zone: Africa/Nairobbery is not a time zone",
            "write an IANA name such as Africa/Nairobi; is the package tzdata installed?");
    mistake("time_zone: Africa/Nairobi", "time_zone: ../../../etc/passwd", 0,
            "key time_zone: ../../../etc/passwd is not a time zone",
            "write an IANA name such as Africa/Nairobi; is the package tzdata installed?");
    mistake("BE43000000000101", "BE44000000000101", 0,
            "key servicer_account: BE44000000000101 is not an IBAN",
            "its check digits do not fit (ISO 13616)");
    mistake("servicer_bic: EXAMUS33", "servicer_bic: EXAMUS333", 0,
            "key servicer_bic: EXAMUS333 is not a BIC",
            "8 or 11 characters: party, country, place, maybe a branch");
    mistake("bic: EXAMKEA1", "bic: EXAMKE01", 0, "key bic: EXAMKE01 is not a BIC",
            "8 or 11 characters: party, country, place, maybe a branch");
    mistake("bic: EXAMKEA1", "bic: EXAM2EA1", 0, "key bic: EXAM2EA1 is not a BIC",
            "8 or 11 characters: party, country, place, maybe a branch");
}

static void mistakes_in_bank_profiles_are_named(void **state)
{
    (void)state;
    mistake("  - account: NOSTRO-USD", "  - account: NOSTRO-USS", 0,
            "key account: NOSTRO-USS is none of the accounts",
            "accounts stand above, under the key accounts");
    mistake("message: pacs.009.001.08", "message: pacs.009.001.8", 0,
            "key message: pacs.009.001.8 is not one of its values",
            "the nearest valid one is pacs.009.001.08");
    mistake("message: pacs.009.001.08", "message: pacs.008.001.08", -3,
            "key charge_bearer: required", NULL);
    mistake("message: pacs.009.001.08\n",
            "message: pacs.009.001.08\n    charge_bearer: SHAR\n", -3,
            "key charge_bearer: only pacs.008 has one", NULL);
    mistake("    own_bic: EXAMKENX\n", "", -5, "key own_bic: required", NULL);
    mistake("transactions_max: 500", "transactions_max: 0", 0,
            "key transactions_max: 0 is not an integer from 1 to 10000", NULL);
    mistake("release_automatic: no", "release_automatic: maybe", 0,
            "key release_automatic: maybe is not one of its values", NULL);
    mistake("schema_check: required", "schema_check: no", 0,
            "key schema_check: no is not one of its values", NULL);
    mistake("  - account: NOSTRO-ZAR\n    version: 1", "  - account: NOSTRO-USD\n    version: 1",
            -15,
            "key bank_profiles: two versions for one account, or a newer one that begins no later",
            NULL);
}

#define PACS_009 "    message: pacs.009.001.08\n"
#define PACS_008 "    message: pacs.008.001.08\n    charge_bearer: SHAR\n"
#define GROSS "    model: GROSS # each pair is settled as it is\n"
#define ONE_BY_ONE "    customer_payments: yes\n"
#define PAIN_OF_KES                                                                                \
    "    message: pain.001.001.09\n    own_name: Example Settlement Agent\n"                       \
    "    transactions_max: 500 # of one file\n    uetr: yes\n"                                     \
    "    release_threshold_minor: 100000000\n    release_automatic: yes\n"

static void customers_payments_that_cannot_be_sent_are_named(void **state)
{
    (void)state;
    mistake(PACS_009, PACS_008, -3,
            "key message: pacs.008.001.08 is for customers' payments, which KES-NGN version 1 does "
            "not instruct",
            "net positions go by pacs.009.001.08, through an account of their own");
    mistake("    limit_minor: 10000000 ", ONE_BY_ONE "    limit_minor: 10000000 ", 0,
            "key customer_payments: yes is for corridors whose model is GROSS: a net is no "
            "customer's payment",
            "write model: GROSS, or leave customer_payments out");
    mistake(GROSS, GROSS ONE_BY_ONE "    minimum_minor: 500\n", 1,
            "key customer_payments: yes goes with no minimum_minor: a customer's payment does not "
            "wait for the next",
            "leave one of the two out");
    mistake(GROSS, GROSS ONE_BY_ONE, -9,
            "key customer_payments: the bank of NOSTRO-KES takes no customers' payments: it has "
            "pain.001.001.09",
            "its bank profile must say pacs.008.001.08 from the day the version begins on");
    mistake(PAIN_OF_KES,
            PACS_008 "    own_name: We\n    own_bic: EXAMKENX\n    settlement_method: INDA\n"
                     "    transactions_max: 500\n    uetr: yes\n"
                     "    release_threshold_minor: 100000000\n    release_automatic: yes\n",
            -3,
            "key message: pacs.008.001.08 is for customers' payments, which UGX-KES version 1 does "
            "not instruct",
            "write customer_payments: yes in the corridor, or pacs.009.001.08 here");
}

#define HOLIDAYS "holidays: holidays.example.csv # beside this file\n"
#define OVERRIDE(rest) HOLIDAYS "overrides:\n  - {country: KE, announced: 2025-12-01, " rest "}\n"
#define HALF_DAY "day: HALF, until: \"12:00\", time_zone: Africa/Nairobi, reason: r"

static void mistakes_in_weekends_are_named(void **state)
{
    (void)state;
    mistake(HOLIDAYS, HOLIDAYS "weekends: [{country: KX, days: [SUNDAY]}]\n", 1,
            "key country: KX is not a country with holidays", "the nearest valid one is KE");
    mistake(HOLIDAYS, HOLIDAYS "weekends: [{country: KE, days: [SUNDY]}]\n", 1,
            "key days: SUNDY is not a day of the week", "the nearest valid one is SUNDAY");
    mistake(HOLIDAYS,
            HOLIDAYS "weekends: [{country: KE, days: [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY,"
                     " SATURDAY, SUNDAY]}]\n",
            1, "key days: no day is left to work on", NULL);
    mistake(HOLIDAYS,
            HOLIDAYS "weekends:\n  - {country: KE, days: [SUNDAY]}\n"
                     "  - {country: KE, days: []}\n",
            3, "key weekends: this country has one from that day on already", NULL);
    mistake(HOLIDAYS,
            HOLIDAYS "weekends:\n  - {country: KE, days: [SUNDAY], effective_from: 2026-07-01}\n",
            2,
            "key weekends: does not reach corridor EUR-KES: its version 1, in force on 2026-07-01,"
            " is older",
            "write a new version of that corridor with effective_from from 2026-07-01 to"
            " 2026-07-01");
    mistake(HOLIDAYS,
            HOLIDAYS "weekends:\n  - {country: NG, days: [MONDAY, TUESDAY, WEDNESDAY]}\n"
                     "  - {country: KE, days: [THURSDAY, FRIDAY, SATURDAY, SUNDAY]}\n",
            178, "key calendars: together the weekends of its countries are the whole week", NULL);
}

static void mistakes_in_overrides_are_named(void **state)
{
    (void)state;
    mistake(HOLIDAYS, OVERRIDE("date: 2026-03-27, day: HOLIDY, reason: r"), 2,
            "key day: HOLIDY is not one of its values", "the nearest valid one is HOLIDAY");
    mistake(HOLIDAYS, OVERRIDE("date: 2026-03-27, day: HOLIDAY"), 2, "key reason: required", NULL);
    mistake(HOLIDAYS, OVERRIDE("date: 2026-03-27, day: HOLIDAY, reason: \"a\\nb\""), 2,
            "key reason: not one line of text", NULL);
    mistake(HOLIDAYS, OVERRIDE("date: 2029-03-20, day: HOLIDAY, reason: r"), 2,
            "key date: 2029-03-20 is outside the years of this country's holidays",
            "the holiday file needs rows for that year");
    mistake(HOLIDAYS, OVERRIDE("date: 2026-06-01, day: HOLIDAY, reason: Madaraka Day"), 2,
            "key date: 2026-06-01 is no business day of this country anyway", NULL);
    mistake(HOLIDAYS, OVERRIDE("date: 2026-03-27, day: BUSINESS, reason: r"), 2,
            "key date: 2026-03-27 is a business day of this country anyway",
            "BUSINESS is for a holiday, or a weekend day, that is worked through");
    mistake(HOLIDAYS, OVERRIDE("date: 2026-03-28, " HALF_DAY), 2,
            "key date: 2026-03-28 is no business day of this country",
            "only a business day can end early");
    mistake(HOLIDAYS, OVERRIDE("date: 2026-03-27, day: HALF, reason: r"), 2, "key until: required",
            NULL);
    mistake(HOLIDAYS,
            OVERRIDE("date: 2026-03-27, day: HALF, reason: r, until: 12,"
                     " time_zone: Africa/Nairobi"),
            2, "key until: 12 is not a time of the day", "write \"12:00\", in quotes");
    mistake(HOLIDAYS, OVERRIDE("date: 2026-03-27, day: HOLIDAY, reason: r, until: \"12:00\""), 2,
            "key until: only a half day has an end", NULL);
    mistake(HOLIDAYS, OVERRIDE("date: 2025-11-30, day: HOLIDAY, reason: r"), 2,
            "key announced: 2025-12-01 is after the day itself",
            "what has passed is not changed any more");
    mistake(HOLIDAYS,
            OVERRIDE("date: 2026-03-27, day: HOLIDAY, reason: r}\n"
                     "  - {country: KE, announced: 2025-12-02, date: 2026-03-27, " HALF_DAY),
            3, "key overrides: this country has one for that day already, in line 10", NULL);
    mistake("calendars: [KE, NG]", "calendars: [KE, NG]\n    settlement_lag: 11", 1,
            "key settlement_lag: 11 is not an integer from 0 to 10", NULL);
    mistake("calendars: [KE, NG]", "calendars: [KE, NG]\n    roll_convention: PRECEEDING", 1,
            "key roll_convention: PRECEEDING is not one of its values",
            "the nearest valid one is PRECEDING");
    mistake("calendars: [KE, NG]", "calendars: [KE, NG]\n    settlement_calendars: [TARGET]", 1,
            "key settlement_calendars: TARGET is not a country with holidays",
            "the nearest valid one is TARGET2");
}

/* Announced on 25 March: a version of before does not know it, and would silently work that day. */
static void what_is_announced_late_wants_a_new_version(void **state)
{
    mistake(HOLIDAYS,
            HOLIDAYS "overrides:\n  - {country: NG, announced: 2026-03-25, date: 2026-03-27,"
                     " day: HOLIDAY, reason: Mourning}\n",
            2,
            "key overrides: does not reach corridor KES-NGN: its version 1, in force on 2026-03-27,"
            " is older",
            "write a new version of that corridor with effective_from from 2026-03-25 to"
            " 2026-03-27");
    (void)state;
}

/* The example with a second version of KES-NGN, before ZAR-ZMW and with its calendars.
 * What is announced in NG concerns the days of its settlement system. */
static void a_version_knows_what_was_announced_before_it(void **state)
{
    static const char second[] =
        "  - corridor_id: 1\n    code: KES-NGN\n    version: 2\n    effective_from: 2026-03-25\n"
        "    settlement_lag: 2\n    settlement_calendars: [NG]\n"
        "    roll_convention: MODIFIED_FOLLOWING\n    source_currency: KES\n"
        "    target_currency: NGN\n    settlement_currency: USD\n    source_country: ZA\n"
        "    target_country: ZM\n    model: BILATERAL\n    time_zone: Africa/Johannesburg\n"
        "    cut_offs: [\"15:30\"]\n    grace_seconds: 300\n    calendars: [ZA, ZM]\n"
        "    nostro_account: NOSTRO-USD\n    limit_minor: 200000000\n    participants:\n"
        "      - EXAMKE01\n      - EXAMNG01\n\n  - corridor_id: 2\n";
    const struct corridor *corridor;
    calendar_date friday = date_of(2026, 3, 27);
    calendar_date found = DATE_NONE;
    struct text yaml;
    char *whole;
    int line;

    (void)state;
    yaml = changed_example("  - corridor_id: 2\n", second, &line);
    whole = arena_alloc(&arena, yaml.size + 256);
    assert_non_null(whole);
    yaml.size = (size_t)snprintf(whole, yaml.size + 256,
                                 "overrides:\n  - {country: NG, announced: 2026-03-25,"
                                 " date: 2026-03-27, day: HOLIDAY, reason: Mourning}\n%.*s",
                                 TEXT_ARG(yaml));
    yaml.data = whole;
    assert_int_equal(read_book(yaml), OK);
    corridor = corridor_find(&book, TEXT("KES-NGN"), friday);
    assert_int_equal(corridor->override_count, 1);
    assert_true(text_is(corridor->overrides[0]->reason, "Mourning"));
    assert_int_equal(corridor->roll, ROLL_MODIFIED_FOLLOWING);
    assert_true(calendar_is_business_day(&corridor->calendar, friday));
    assert_false(calendar_is_business_day(&corridor->settlement_calendar, friday));
    /* Thursday 26: Friday 27 does not count, Tuesday 31 is T+2. */
    assert_true(corridor_value_date(corridor, friday - 1, &found));
    assert_int_equal(found, friday + 4);
    corridor = corridor_find(&book, TEXT("KES-NGN"), friday - 3);
    assert_int_equal(corridor->override_count, 0);
    assert_true(calendar_is_business_day(&corridor->calendar, friday));
    assert_true(corridor_value_date(corridor, friday, &found));
    assert_int_equal(found, friday);
}

static void names_that_refer_to_nothing_are_named(void **state)
{
    (void)state;
    mistake("      - EXAMKE02\n", "      - EXAMKE99\n", 0,
            "key participants: EXAMKE99 is not a participant", "the nearest valid one is EXAMKE01");
    mistake("nostro_account: NOSTRO-USD", "nostro_account: NOSTRO-USS", 0,
            "key nostro_account: NOSTRO-USS is not an account",
            "the nearest valid one is NOSTRO-USD");
    mistake("nostro_account: NOSTRO-USD", "nostro_account: NOSTRO-ZAR", 0,
            "key nostro_account: NOSTRO-ZAR is in another currency than settlement_currency", NULL);
    mistake("calendars: [KE, NG]", "calendars: [KE, NGA]", 0,
            "key calendars: NGA is not a country with holidays", "the nearest valid one is NG");
}

static void doubles_and_contradictions_are_named(void **state)
{
    (void)state;
    mistake("code: EXAMKE02", "code: EXAMKE01", -2, "key participants: code EXAMKE01 occurs twice",
            NULL);
    mistake("participant_id: 102", "participant_id: 101", -2,
            "key participants: a participant_id occurs twice", NULL);
    mistake("      - EXAMKE02\n", "      - EXAMKE01\n", -2,
            "key participants: EXAMKE01 occurs twice", NULL);
    mistake("corridor_id: 2", "corridor_id: 1", 0, "key corridor_id: one corridor_id has two codes",
            NULL);
    mistake("code: ZAR-ZMW", "code: KES-NGN", -1, "key corridor_id: one code has two corridor_ids",
            NULL);
    mistake("code: NOSTRO-ZAR", "code: NOSTRO-USD", 0, "key code: occurs twice", NULL);
}

#define NEXT_CORRIDOR "  - corridor_id: 2\n"

/* The example with one more version of KES-NGN. */
static struct text next_version(const char *effective_from, const char *settles, const char *nostro)
{
    static char text[1024];
    int line;

    snprintf(text, sizeof text,
             "  - corridor_id: 1\n    code: KES-NGN\n    version: 2\n    effective_from: %s\n"
             "    source_currency: KES\n    target_currency: NGN\n    settlement_currency: %s\n"
             "    source_country: KE\n    target_country: NG\n    model: GROSS\n"
             "    time_zone: Africa/Lagos\n    cut_offs: [\"12:00\"]\n    grace_seconds: 60\n"
             "    calendars: [KE]\n    nostro_account: %s\n    limit_minor: 5\n"
             "    participants: [EXAMKE01, EXAMNG01]\n" NEXT_CORRIDOR,
             effective_from, settles, nostro);
    return changed_example(NEXT_CORRIDOR, text, &line);
}

static void versions_take_effect_one_after_the_other(void **state)
{
    (void)state;
    assert_int_equal(read_book(next_version("2026-07-01", "USD", "NOSTRO-USD")), OK);
    assert_int_equal(corridor_find(&book, TEXT("KES-NGN"), date_of(2026, 6, 30))->version, 1);
    assert_int_equal(corridor_find(&book, TEXT("KES-NGN"), date_of(2026, 7, 1))->version, 2);
    assert_int_equal(read_book(next_version("2026-01-01", "USD", "NOSTRO-USD")), FATAL);
    assert_non_null(strstr(error.detail, "a later version does not take effect later"));
}

static void a_version_in_another_currency_is_another_corridor(void **state)
{
    (void)state;
    assert_int_equal(read_book(next_version("2026-07-01", "KES", "NOSTRO-KES")), FATAL);
    assert_non_null(strstr(error.detail, "that is another corridor"));
}

static void an_account_may_begin_on_a_day(void **state)
{
    int line;

    (void)state;
    assert_int_equal(read_book(changed_example("account: \"0000000101\", bic",
                                               "account: \"0000000101\", account_from: 2026-12-01,"
                                               " bic",
                                               &line)),
                     OK);
    assert_true(text_is(book.participants[9].code, "EXAMKE01"));
    assert_int_equal(book.participants[9].account_from, date_of(2026, 12, 1));
    assert_int_equal(book.participants[9].line, line);
    assert_int_equal(book.participants[10].account_from, ACCOUNT_SINCE_EVER);
    mistake("account: \"0000000101\", bic", "account: \"0000000101\", account_from: soon, bic", 0,
            "key account_from: soon is not a date", "write 2026-03-01");
    mistake("account: \"0000000101\", bic", "account_from: 2026-12-01, bic", 0,
            "key account_from: begins an account that is not given", NULL);
}

static void a_holiday_file_outside_is_refused(void **state)
{
    int line;

    (void)state;
    assert_int_equal(read_book(changed_example("holidays: holidays.example.csv",
                                               "holidays: ../holidays.csv", &line)),
                     FATAL);
    assert_string_equal(error.primary, "could not read a file below deploy");
}

/* A cut file is refused or is a smaller book; it never crashes. */
static void damaged_books_do_no_harm(void **state)
{
    struct text whole;
    char *copy;
    int line;

    (void)state;
    whole = changed_example("KES-NGN", "KES-NGN", &line);
    copy = malloc(whole.size);
    assert_non_null(copy);
    memcpy(copy, whole.data, whole.size);
    for (size_t size = 0; size < whole.size; size += 13) {
        fresh_arena();
        (void)read_book((struct text){copy, size});
    }
    free(copy);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_right),
        cmocka_unit_test(its_schedules_know_both_ends),
        cmocka_unit_test(its_fees_are_read),
        cmocka_unit_test(mistakes_in_fees_are_named),
        cmocka_unit_test(its_limits_are_read),
        cmocka_unit_test(mistakes_in_limits_are_named),
        cmocka_unit_test(a_preset_says_what_the_corridor_does_not),
        cmocka_unit_test(a_version_may_say_how_its_windows_exchange),
        cmocka_unit_test(mistakes_in_rates_are_named),
        cmocka_unit_test(mistakes_in_keys_are_named),
        cmocka_unit_test(mistakes_in_values_are_named),
        cmocka_unit_test(mistakes_in_bank_profiles_are_named),
        cmocka_unit_test(customers_payments_that_cannot_be_sent_are_named),
        cmocka_unit_test(mistakes_in_weekends_are_named),
        cmocka_unit_test(mistakes_in_overrides_are_named),
        cmocka_unit_test(what_is_announced_late_wants_a_new_version),
        cmocka_unit_test(a_version_knows_what_was_announced_before_it),
        cmocka_unit_test(names_that_refer_to_nothing_are_named),
        cmocka_unit_test(doubles_and_contradictions_are_named),
        cmocka_unit_test(versions_take_effect_one_after_the_other),
        cmocka_unit_test(a_version_in_another_currency_is_another_corridor),
        cmocka_unit_test(an_account_may_begin_on_a_day),
        cmocka_unit_test(a_holiday_file_outside_is_refused),
        cmocka_unit_test(damaged_books_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
