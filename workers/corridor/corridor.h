/*
 * corridor.h - what the parts of the corridor program share.
 *
 *   plan.c          a book held against what is stored: the difference, or why it is refused
 *   plan_bank.c     the same for bank profiles
 *   apply.c         the rows of a book that are new
 *   apply_bank.c    the same for participants' accounts and bank profiles
 *   apply_fees.c    the same for the fees of a corridor version
 *   apply_fx.c      the same for what it says about its rates
 *   apply_limits.c  the same for what its nets are held against
 *   change.c        propose, approve, reject, load: who decided what, and its transaction
 *   show.c          show and history, for people
 *
 * LIFE OF A CHANGE. A row of corridor_change is what somebody proposes: a whole document, its
 * digest, who, until when. A row of corridor_decision is its end.
 *
 *   (proposed) --approve--> APPROVED     another person; its rows are stored in that transaction
 *   (proposed) --reject---> REJECTED     a checker, or the maker who takes it back
 *   (nothing)  --load-----> BOOTSTRAP    an empty book, once
 *
 * (1) A version that is stored never changes: the same content again is nothing to do, other
 *     content under the same version is refused.
 * (2) A participant keeps its id, code, name and country, an account at a bank everything it says,
 *     a corridor its code and currencies. A participant's account changes from a day on.
 * (3) What a book leaves out stays as it is.
 * (4) Nothing is stored but with its approval: the rows of a book and the decision are one
 *     transaction, or PostgreSQL refuses them (schemas/postgres/deploy/corridor_change.sql). So
 *     there is no change that was approved and waits to be applied by whoever comes, and what is
 *     stored is compared with what is in force at the moment of the approval.
 */
#ifndef SAWA_CORRIDOR_CORRIDOR_H
#define SAWA_CORRIDOR_CORRIDOR_H

#include "base/arena.h"
#include "base/buffer.h"
#include "domain/book_document.h"
#include "runtime/session.h"
#include "store/business.h"

#define OPTION_CORRIDOR_HORIZON "corridor.horizon_days"
#define OPTION_CORRIDOR_APPROVAL "corridor.approval_hours"

enum { CORRIDOR_PARAMS_MAX = 64 * 1024 * 1024, CORRIDOR_LINES_MAX = 16 * 1024 * 1024 };

struct work {
    struct session session;
    struct arena arena; /* everything of one command */
    int64_t now_us;
    int32_t horizon_days;
    int32_t approval_hours;
};

/* Connects and reads the configuration; the caller ends it with work_done. */
must_use enum status work_start(const struct program_run *run, struct error *error,
                                struct work *ret_work);
void work_done(struct work *work);

/* A book that is not stored, or not yet. */
struct draft {
    const char *name; /* of the file, or of the change, as messages call it */
    struct book_document document;
    struct digest digest;
    struct corridor_book book;
};

must_use enum status draft_read_file(struct work *work, const char *path, struct error *error,
                                     struct draft *ret_draft);
must_use enum status draft_read_stored(struct work *work, const struct book_document *document,
                                       const char *name, struct error *error,
                                       struct draft *ret_draft);

/* ---- plan ---- */

/* A draft held against what is stored. Texts belong to the arena. */
struct plan {
    struct work *work;
    const struct draft *draft;
    bool is_first; /* nothing is in force yet: a calendar that ends soon is told, not refused */
    struct buffer told; /* the difference, for people */
    struct buffer before, after;
    bool *corridor_is_new; /* for each of the book */
    int64_t count;         /* objects that are new, or that change */
};

void plan_init(struct plan *plan, struct work *work, const struct draft *draft);
void plan_done(struct plan *plan);

/* Reads only. REJECT with EXIT_REFUSED names file, line, key and what to do. */
must_use enum status plan_make(struct plan *plan, struct error *error);

/* For plan.c and plan_bank.c: the draft is refused for what stands on that line. */
must_use enum status plan_refuse(const struct plan *plan, int line, const char *key,
                                 const char *problem, const char *hint, struct error *error);

/* One more object that changes: the title, and how before and after differ. */
void plan_tell(struct plan *plan, const char *what, struct text name, const char *title);

must_use enum status plan_profiles(struct plan *plan, struct error *error);

/* ---- apply ---- */

/* Stores what is new of the plan's draft within tx, and notes it in the leaf (4). */
must_use enum status apply_book(const struct plan *plan, struct business *tx, struct error *error);

/* What a corridor version that is being stored says about its rates, and the accounts for it. */
must_use enum status apply_fx(struct business *tx, const struct corridor *corridor,
                              struct error *error);

/* The fees of a corridor version that is being stored, and the accounts that keep them. */
must_use enum status apply_fees(struct business *tx, const struct corridor *corridor,
                                struct error *error);

/* Its minimum, what single participants of it are held to, and whether its payments are instructed
 * one by one. */
must_use enum status apply_limits(struct business *tx, const struct corridor *corridor,
                                  struct arena *arena, struct error *error);

must_use enum status apply_accounts(const struct plan *plan, struct business *tx,
                                    struct error *error);
must_use enum status apply_profiles(const struct plan *plan, struct business *tx,
                                    struct error *error);

/* ---- the commands ---- */

int show_command(struct program_run *run, int argc, char **argv);
int history_command(struct program_run *run, int argc, char **argv);
int plan_command(struct program_run *run, int argc, char **argv);
int propose_command(struct program_run *run, int argc, char **argv);
int approve_command(struct program_run *run, int argc, char **argv);
int reject_command(struct program_run *run, int argc, char **argv);
int load_command(struct program_run *run, int argc, char **argv);

#endif
