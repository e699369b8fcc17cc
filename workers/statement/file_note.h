/*
 * file_note.h - the row of a statement file: what it is, how far it came, why it was refused.
 *
 * All of it happens in a transaction of the caller's, who notes it in the effects.
 */
#ifndef SAWA_STATEMENT_FILE_NOTE_H
#define SAWA_STATEMENT_FILE_NOTE_H

#include "base/crypto.h"
#include "domain/leaf.h"
#include "store/db.h"

struct file_note {
    struct digest digest;
    const char *name; /* a path, or what a message calls it */
    int64_t size;
};

/* *ret_file_id 0: not known. *ret_is_through: it is LOADED or REFUSED, nothing is left to do. */
struct file_known {
    int64_t file_id;
    bool is_through, is_refused;
};

must_use enum status file_find(struct db *db, const struct digest *digest, struct error *error,
                               struct file_known *ret_known);

/* A file that came before keeps its row. *ret_file_id: of the one or the other. */
must_use enum status file_take(struct db *db, const struct file_note *note, const char *state,
                               struct effects *effects, struct error *error, int64_t *ret_file_id);

must_use enum status file_state_set(struct db *db, int64_t file_id, const char *state,
                                    struct error *error);

/* Why a file was refused, as a finding about it; refusal is what its reader answered. */
must_use enum status file_refusal_note(struct db *db, int64_t file_id, const struct error *refusal,
                                       struct error *error);

#endif
