/*
 * corridor_work.h - what corridor_read.c and the other files that end in _read.c share while they
 * read one book.
 *
 * One key of a map per line, and asked once whether one was wrong: see base/config_take.h. Each
 * function answers something usable after a failure, which stays in take.failed.
 */
#ifndef SAWA_DOMAIN_CORRIDOR_WORK_H
#define SAWA_DOMAIN_CORRIDOR_WORK_H

#include "base/config_take.h"
#include "domain/corridor.h"

/* When a country rests, from a day on; DATE_NONE: always. */
struct book_weekend {
    struct country_days days;
    calendar_date effective_from;
    int line;
};

/* A zone that was read once is read for all. */
struct book_zone {
    struct book_zone *next;
    struct text name;
    struct zone zone;
};

struct book_reader {
    struct config_take take;
    const struct corridor_sources *sources;
    struct arena *arena;
    struct holiday_list holidays;
    struct book_weekend *weekends;
    size_t weekend_count;
    struct book_override *overrides;
    size_t override_count;
    struct book_zone *zones;
    struct participant *participants;
    size_t participant_count;
    struct settlement_account *accounts;
    size_t account_count;
    struct corridor *corridors;
    size_t corridor_count;
    struct bank_profile *profiles;
    size_t profile_count;
};

/* Zeroed, or NULL past the arena's ceiling. */
void *book_memory(struct book_reader *reader, size_t count, size_t size);

/* A text of capitals, digits and the characters in also. */
struct text book_code(struct book_reader *reader, const struct config_node *map, const char *key,
                      size_t size_min, size_t size_max, const char *also);

struct text book_bic(struct book_reader *reader, const struct config_node *map, const char *key);

calendar_date book_date(struct book_reader *reader, const struct config_node *map, const char *key);

/* "10:00" as minutes; 24:00 is the end of the day. */
bool book_minutes(struct text text, int32_t *ret_minutes);

/* The zone that key names; NULL: it failed. */
const struct zone *book_zone(struct book_reader *reader, const struct config_node *map,
                             const char *key, struct text *ret_name);

/* NULL: no such account. */
const struct settlement_account *book_account(const struct book_reader *reader, struct text code);

/* Of an ISO 4217 code. */
currency book_currency(struct book_reader *reader, const struct config_node *map, const char *key);

/* By its name: see rounding_name. */
enum rounding book_rounding(struct book_reader *reader, const struct config_node *map,
                            const char *key);

/* The optional list fees of one corridor, whose currencies have been read. */
void book_fees_read(struct book_reader *reader, const struct config_node *map,
                    struct corridor *corridor);

/* The keys of a corridor and those of its preset that it has not; the same map where it names
 * none. */
const struct config_node *book_preset(struct book_reader *reader, const struct config_node *map);

/* Who an entry of a corridor's participants names: CODE, or {code: CODE, ...}. */
struct text book_member_code(struct book_reader *reader, const struct config_node *node);

/* minimum_minor, prefunded, and what entries of its list of participants say beyond a code; its
 * participants have been read. */
void book_limits_read(struct book_reader *reader, const struct config_node *map,
                      const struct config_node *list, struct corridor *corridor);

/* The optional map fx of one corridor, whose currencies have been read. */
void book_fx_read(struct book_reader *reader, const struct config_node *map,
                  struct corridor *corridor);

/* The optional lists weekends and overrides; holidays have been read. */
void book_days_read(struct book_reader *reader, const struct config_node *root);

/* calendars, settlement_calendars, settlement_lag and roll_convention of a corridor version, whose
 * effective_from has been read. */
void book_calendars_read(struct book_reader *reader, const struct config_node *map,
                         struct corridor *corridor);

/* Every corridor knows the days announced late that concern it; corridors are in their order. */
void book_days_check(struct book_reader *reader);

/* The optional key customer_payments of one corridor, whose limits have been read (7). */
void book_customers_read(struct book_reader *reader, const struct config_node *map,
                         struct corridor *corridor);

/* (7), once profiles and corridors have been read. */
void book_customers_check(struct book_reader *reader);

/* The optional list bank_profiles; accounts have been read. */
void book_profiles_read(struct book_reader *reader, const struct config_node *root);

#endif
