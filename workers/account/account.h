/*
 * account.h - how an account begins: proposed by one person, approved by another.
 *
 *   propose   balances of both sides at the end of a day, and what was outstanding then
 *   approve   the same proposal (its digest): journal entry, expected items, entries
 *
 * (1) bank - outstanding at the bank = book - outstanding in the books, or it is refused: the
 *     proof holds on the first day (I10).
 * (2) Maker and checker are database logins, which nobody can set; --by names the person where a
 *     login is shared. The database refuses an approval by the maker.
 * (3) An account opens once, before its first statement and posting.
 */
#ifndef SAWA_ACCOUNT_ACCOUNT_H
#define SAWA_ACCOUNT_ACCOUNT_H

#include "base/arena.h"
#include "base/clock.h"
#include "domain/amount.h"
#include "domain/date.h"
#include "runtime/session.h"
#include "store/business.h"

enum { ACCOUNT_PARAMS_MAX = 16 * 1024 * 1024, OPENING_ITEMS_MAX = 10000 };

enum opening_side { SIDE_BANK, SIDE_BOOK };

struct opening_item {
    enum opening_side side;
    int64_t amount_minor;
    calendar_date value_date;
    struct text end_to_end_id, reference;
};

struct opening {
    int32_t account_id;
    int32_t opening_account_id; /* OPENING:<currency> */
    currency currency;
    calendar_date business_date;
    int64_t bank_minor, book_minor, bank_open_minor, book_open_minor;
    const struct opening_item *items;
    size_t item_count;
};

/* The items of a YAML file into the arena, with their sums in opening. FATAL with
 * EXIT_CONFIGURATION names file, line and key. */
must_use enum status opening_items_read(const char *path, struct arena *arena,
                                        struct opening *opening, struct error *error);

/* Fills account_id, opening_account_id and currency. */
must_use enum status opening_account(struct db *db, const char *code, struct opening *opening,
                                     struct error *error);

/* What a person approves: the digest of everything in the proposal. */
struct digest opening_digest(const struct opening *opening);

/* The commands of `open`; arguments after the verb. */
struct open_arguments {
    const char *account;
    calendar_date date; /* DATE_NONE: none given */
    const char *balance;
    const char *book; /* NULL: follows from balance and items */
    const char *items;
    const char *by;
    const char *digest;
};

int open_propose(struct session *session, const struct open_arguments *arguments);
int open_approve(struct session *session, const struct open_arguments *arguments);
int open_show(struct session *session);

#endif
