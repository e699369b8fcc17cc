/*
 * said.h - what a person says on the command line: hold, exceed, prefund, reopen, abandon,
 * suspense, rule.
 *
 * One table of options; each command names the letters it knows, and what it needs. Where one
 * person proposes and another approves a number, the command itself is here too (said_desk).
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
must_use enum status said_digest(const struct said *said, const struct digest *digest,
                                 const char *look, struct error *error);

/* "approved by sawa_checker, bob": a login of a row, and beside it who said so, which may be
 * empty. */
void said_person(const char *did, const struct result *rows, int row, int login_column);

/* One step of a person in a business transaction of its own; what refuses it says why. */
typedef enum status said_step(struct business *tx, struct said *said, struct error *error);
must_use enum status said_commit(struct settle *settle, const char *action, said_step *step,
                                 struct said *said, struct error *error);

/* The rows that show proposals about instructions. sql: $1 an instruction's id, $2 a proposal's
 * number, null where it was not said. */
must_use enum status said_rows(struct db *db, const char *sql, const struct said *said,
                               struct error *error, struct result **ret_rows);

/* How a proposal about an instruction is approved, by its number: suspense, rule. */
struct said_approval {
    const char *what;    /* "clearing" */
    const char *look;    /* the command that shows it */
    const char *table;   /* of the approval */
    const char *effect;  /* for the leaf: what the approval's row answers; NULL: nothing */
    const char *find;    /* SQL: number; answers digest, maker, proposed_by */
    const char *approve; /* SQL: number, digest, maker, proposed_by, approved_by, commit_id */
    const char *journal; /* SQL: number; the entry of it, if any: debit, credit, amount */
    const char *expect;  /* SQL: number; its expected item, if any */
};

/* Noted of a proposal, or of its approval, in the leaf. */
void said_effect(struct business *tx, const char *table, int64_t number, struct text digest);

/* All of it, in tx. REJECT: no such proposal, or another digest than --digest. */
must_use enum status said_approve(struct business *tx, const struct said *said,
                                  const struct said_approval *approval, struct error *error);

/* A command of two people: show, propose, approve NUMBER. Every verb ends by showing. */
struct said_desk {
    const char *letters;    /* of the table above */
    const char *wants;      /* told where something is missing */
    const char *actions[2]; /* of the commits: proposal, approval */
    said_step *propose, *approve;
    bool (*is_proposal)(const struct said *said); /* what a proposal needs is there */
    /* Tells what was done, before it is shown; NULL: what is shown tells it. */
    void (*done)(const struct said *said, bool approves);
    enum status (*show)(struct settle *settle, const struct said *said, struct error *error);
};

int said_command(struct program_run *run, int argc, char **argv, const struct said_desk *desk);

#endif
