/*
 * said.h - what a person says on the command line: hold, exceed, prefund, reopen, abandon,
 * suspense, rule.
 *
 * One table of options; each command names the letters it knows. What a command needs it asks for
 * itself: here is only whether a value can be read.
 *
 *   w --window ID       i --instruction ID   p --participant CODE   k --account CODE
 *   a --amount AMOUNT   d --date DATE        f --reference TEXT     r --reason TEXT
 *   b --by NAME         g --digest HEX       o --purpose NAME       v --give-back
 *   u --outcome NAME    e --evidence TEXT    # a number behind the verb
 */
#ifndef SAWA_SETTLE_SAID_H
#define SAWA_SETTLE_SAID_H

#include "settle.h"

struct said {
    int64_t number;    /* 0: none was given */
    int64_t window_id; /* 0: none */
    struct uuid instruction_id;
    bool has_instruction;
    const char *participant; /* NULL: not given */
    const char *account;
    const char *amount;
    const char *digest;
    const char *purpose;
    const char *outcome;
    const char *evidence;
    const char *reference; /* "": not given */
    const char *reason;
    const char *by;
    calendar_date date; /* DATE_NONE: not given */
    bool give_back;
};

/* argv[0] is the verb. letters: of the table above. False: an option that the command does not
 * know, a value that cannot be read, or a word too many. */
must_use bool said_read(int argc, char **argv, const char *letters, struct said *ret_said);

/* --amount in minor units of a currency by its code. REJECT: no amount of it, or not above zero. */
must_use enum status said_amount(const struct said *said, struct text code, struct error *error,
                                 int64_t *ret_minor);

/* REJECT where a digest was given and it is not that of the proposal. look: where to see it. */
must_use enum status said_digest(const struct said *said, struct text digest, const char *look,
                                 struct error *error);

/* "approved by sawa_checker, bob": a login of a row, and beside it who said so, which may be
 * empty. */
void said_person(const char *did, const struct result *rows, int row, int login_column);

/* One step of a person in a business transaction of its own; what refuses it says why. */
typedef enum status said_step(struct business *tx, struct said *said, struct error *error);
must_use enum status said_commit(struct settle *settle, const char *action, said_step *step,
                                 struct said *said, struct error *error);

#endif
