/*
 * corridor.h - the agreements under which money moves, and who takes part.
 *
 *   corridor_book ── participants, accounts, corridors, bank profiles
 *       corridor ── currencies, model, zone, cut-offs, calendars, lag, nostro account, limit,
 *           │       rates, fees
 *           └── participants of the corridor
 *
 * A book is read whole from one YAML file and never changes afterwards; a change is a new file with
 * new versions. Names point into the arena it was read into, terminated.
 *
 * (1) Every name in a book refers to something in it: participants, accounts, calendars.
 * (2) A corridor settles in the currency of its nostro account.
 * (3) Participants, and those of each corridor, ascend by code, without doubles; so an index into
 *     corridor->participants means the same participant wherever the book is read.
 * (4) corridor_id, code and currencies belong together in all versions; effective_from grows with
 *     version. So do account and version of bank profiles.
 * (5) A version knows the weekends and overrides that were announced by the day it took effect, and
 *     no others; the version in force on such a day knows them.
 * (6) Who settles for others in a corridor is a participant of it that settles for itself; groups
 *     are of multilateral corridors.
 * (7) A corridor instructs customers' payments one by one exactly where the bank of its account
 *     wants them so (pacs.008), as far as both stand in the book; it nets nothing and lets nothing
 *     wait.
 *
 *   struct file_folder beside = {folder, CONFIG_SIZE_MAX};
 *   struct corridor_sources sources = {zone_file_source(), file_folder_source(&beside)};
 *   status = corridor_book_read(yaml, path, &sources, &arena, error, &book);
 */
#ifndef SAWA_DOMAIN_CORRIDOR_H
#define SAWA_DOMAIN_CORRIDOR_H

#include "base/file.h"
#include "domain/amount.h"
#include "domain/fee.h"
#include "domain/fx_rate.h"
#include "domain/netting.h"
#include "domain/payment_file.h"
#include "domain/schedule.h"
#include "domain/settlement_limit.h"
#include "domain/value_date.h"

enum {
    CORRIDOR_PARTICIPANTS_MAX = 5000,
    CORRIDOR_CALENDARS_MAX = 8,
    GRACE_SECONDS_MAX = 86400,
};

#define PARTICIPANT_NONE SIZE_MAX
#define ACCOUNT_SINCE_EVER ((calendar_date)0)

enum account_scheme { SCHEME_IBAN = 1, SCHEME_BBAN };

struct participant {
    int32_t participant_id;
    struct text code; /* as payment events name it */
    struct text name;
    struct text country;        /* ISO 3166 */
    struct text account;        /* where it is paid, empty: not known */
    calendar_date account_from; /* since when, ACCOUNT_SINCE_EVER: as long as we know it */
    bool account_is_iban;
    struct text bic; /* empty: none */
    int line;        /* in its file */
};

/* One of our accounts at another bank. */
struct settlement_account {
    struct text code;
    struct text servicer_bic;
    struct text servicer_account;
    enum account_scheme scheme;
    currency currency;
    struct text statement_format; /* "camt.053", "mt940" */
    int line;
};

/* A day that was announced late, as the book has it. */
struct book_override {
    struct day_override day;
    calendar_date announced;
    struct text until; /* of a half day: "12:00" and whose clock shows it */
    struct text time_zone;
    struct text reason; /* one line */
    int line;           /* in the book's file */
};

/* What a participant of one corridor is held to beyond the others: see settlement_limit.h. */
struct member_terms {
    const struct participant *through; /* who settles for it; NULL: itself */
    int64_t cap_minor;                 /* of its net debit, or NET_DEBIT_UNCAPPED */
    bool is_prefunded;
};

struct corridor {
    int32_t corridor_id;
    int32_t version;
    struct text code; /* KES-NGN */
    calendar_date effective_from;
    currency source_currency;
    currency target_currency;
    currency settlement_currency;
    struct text source_country;
    struct text target_country;
    enum settlement_model model;
    struct text time_zone;
    const struct zone *zone;
    struct calendar calendar; /* of both ends */
    const int32_t *cut_offs;  /* minutes of the local day */
    size_t cut_off_count;
    struct calendar settlement_calendar;  /* of the settlement currency's system */
    bool settles_elsewhere;               /* false: that is calendar too */
    const struct country_days *countries; /* that the two calendars join */
    size_t country_count;
    const struct book_override *const *overrides; /* that they know (5) */
    size_t override_count;
    int32_t settlement_lag; /* business days from a window to its money */
    enum roll_convention roll;
    int32_t grace_seconds;
    const struct settlement_account *nostro;
    int64_t limit_minor; /* of one payment, in settlement_currency */
    bool checks_rate; /* what is settled must follow from the payment's rate, */
    enum rounding rate_rounding; /* rounded so */
    struct fx_policy fx; /* without a source: its windows know no rates */
    struct fee_schedule fees;
    int64_t minimum_minor; /* below it a net is carried over; 0: none */
    bool instructs_payments; /* each one by itself, for its customer (7) */
    const struct participant *const *participants;
    size_t participant_count;
    const struct member_terms *terms; /* one per participant; NULL: nobody has any */
    int line;
};

struct corridor_book {
    const struct participant *participants;
    size_t participant_count;
    const struct settlement_account *accounts;
    size_t account_count;
    const struct corridor *corridors; /* by code, then version */
    size_t corridor_count;
    const struct bank_profile *profiles; /* by account, then version */
    size_t profile_count;
};

/* Where the book finds what its file only names. */
struct corridor_sources {
    struct file_source zones;    /* TZif bytes by IANA name             */
    struct file_source holidays; /* CSV by the name in the key holidays */
};

/* Reads and checks everything. yaml: the bytes; file: its name in messages. FATAL with
 * EXIT_CONFIGURATION says file, line, key, what is wrong, and the nearest valid name. */
must_use enum status corridor_book_read(struct text yaml, const char *file,
                                        const struct corridor_sources *sources, struct arena *arena,
                                        struct error *error, struct corridor_book *ret_book);

/* The version in force on date; NULL: no such code, or not yet in force. */
const struct corridor *corridor_find(const struct corridor_book *book, struct text code,
                                     calendar_date date);

/* Index in corridor->participants, PARTICIPANT_NONE where code does not take part. */
size_t corridor_participant(const struct corridor *corridor, struct text code);

const struct settlement_account *corridor_account(const struct corridor_book *book,
                                                  struct text code);

/* When its windows open and close; points into corridor. */
struct schedule corridor_schedule(const struct corridor *corridor);

/* The day the money of its windows with that business date moves. False: its calendars end before
 * that is certain. */
must_use bool corridor_value_date(const struct corridor *corridor, calendar_date business_date,
                                  calendar_date *ret_date);

/* The first day from date on on which its money can move: a business day at both ends and of the
 * settlement system. False likewise. */
must_use bool corridor_payment_date(const struct corridor *corridor, calendar_date date,
                                    calendar_date *ret_date);

const char *day_kind_name(enum day_kind kind); /* "HOLIDAY", as a book has it */

/* Aborts if book breaks (1) to (4). */
void assert_corridor_book_state(const struct corridor_book *book);

#endif
