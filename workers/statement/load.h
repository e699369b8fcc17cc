/*
 * load.h - statement files into the database.
 *
 *   file ── read 1: does it read to its end?   ── REJECT: statement_file REFUSED
 *     └──── read 2: per statement one tx         ── LOADED with entries, or HELD without
 *
 * (1) A file is its digest: what is LOADED or REFUSED already is not read again.
 * (2) A file that does not read to its end counts for nothing, so it is read once before the
 *     first statement is stored.
 * (3) A statement is stored whole or held whole. Its digest is its identity: a file that stopped
 *     in the middle is simply loaded again.
 * (4) A booking that two statements bring is stored once: entry_id is made of its key and its
 *     occurrence within a statement.
 * (5) Memory is flat: entries wait in a file until their statement has ended (entry_spool.h).
 * (6) A zip or gzip is no file of its own: each of its members is one (members.h).
 */
#ifndef SAWA_STATEMENT_LOAD_H
#define SAWA_STATEMENT_LOAD_H

#include "entry_spool.h"
#include "file_note.h"
#include "original.h"

#include "base/clock.h"
#include "codec/statement.h"
#include "runtime/session.h"
#include "store/business.h"

/* What became of one file, or of one member of a zip. */
struct load_answer {
    bool known;   /* (1): nothing was done */
    bool refused; /* (2): now, and refusal tells why, or when it came before */
    int64_t loaded_count;
    int64_t held_count;
    int64_t duplicate_count;
    int64_t entry_count; /* of what was loaded */
    int64_t new_count;   /* of these, what no other statement had brought (4) */
};

/* What became of one statement. */
struct load_verdict {
    const struct statement *statement;
    int64_t statement_id;    /* 0: known by its content */
    const char *hold_reason; /* NULL: it loads */
    int64_t new_count;
};

struct load_order {
    const struct statement_profile *profile;
    const struct original_seal *seal; /* of originals */
    bool trial;                       /* all of it is done, told, and rolled back */
    void *context;
    /* Is told of each: name is the path, for a member its own name behind it. */
    void (*tell)(void *context, const char *name, const struct load_answer *answer,
                 const struct error *refusal);
    /* Within its transaction; NULL: not wanted. */
    enum status (*tell_statement)(void *context, struct session *session,
                                  const struct load_verdict *verdict, struct error *error);
};

/* OK, also for what was refused (answer->refused). RETRY, FATAL: the database or the disk; the file
 * can be loaded again. */
must_use enum status load_file(struct session *session, const struct load_order *order,
                               const char *path, struct error *error);

/* Takes a file to nowhere: whether it reads to its end is known before anything is stored (2). */
extern const struct statement_sink load_nothing;

/* A held statement that two people release: it is loaded after all (release.c). */
struct load_release {
    int64_t statement_id;
    struct digest digest; /* what was approved; another content is refused */
};

/* One statement of a file into the database (store.c). */
struct load_place {
    int64_t file_id;
    int32_t ordinal;
    struct entry_spool *entries;
    struct business *within;            /* not NULL: within it, and nothing is committed */
    const struct load_release *release; /* NULL: it comes for the first time */
};
/* Its entries lie in place->entries; they are left there. */
must_use enum status load_statement(struct session *session, const struct load_order *order,
                                    const struct load_place *place,
                                    const struct statement *statement, struct error *error,
                                    struct load_answer *answer);

/* REJECT: a held statement cannot be loaded. */
enum status release_refuse(struct error *error, const char *detail, const char *hint);

/* Prints what is wrong with a statement, as stored or, within a trial, as it would be: those of the
 * account's history are among them. At most so many lines. */
must_use enum status findings_tell(struct db *db, int64_t statement_id, const char *indent,
                                   int32_t most, struct error *error);

/* Stores findings about a statement, or about a file where statement_id is 0. */
must_use enum status findings_insert(struct db *db, const struct load_place *place,
                                     int64_t statement_id, const struct finding *findings,
                                     size_t count, struct error *error);

#endif
