/*
 * relay.h - what the parts of sawa-relay share: instructions to banks, answers of banks.
 *
 *   prepare.c   instructions of closed windows -> payment files, checked, in the database
 *   release.c   people sign; what has its signatures is released, or a file is cancelled
 *   deliver.c   released files -> the bank's folder, each exactly once
 *   reply.c     pacs.002, pain.002, pacs.004 -> status of instructions, what comes back
 *   announce.c  where instructions are now, for others
 *   vault.c     who pays whom is opened here, and what names it is sealed (4)
 *   watch.c     what banks owe us an answer for, as a metric
 *   show.c      for people
 *
 * (1) An instruction is in at most one file that was not cancelled, and the file's bytes never
 *     change: whatever is tried again names the same file (I3).
 * (2) What people sign is the digest of those bytes, and what is written has that digest.
 * (3) The database refuses what is not signed, not in time, not along the arrows.
 * (4) Debtor and creditor of customers' payments are in clear in memory and in the bank's folder,
 *     nowhere else: no row, no log line, no error has them (I12).
 */
#ifndef SAWA_RELAY_RELAY_H
#define SAWA_RELAY_RELAY_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "domain/payment_file.h"
#include "runtime/session.h"
#include "store/business.h"
#include "store/keyring.h"

#define OPTION_RELAY_FOLDER "relay.folder"
#define OPTION_RELAY_SCHEMAS "relay.schema_folder"
#define OPTION_RELAY_INTERVAL "relay.interval"
#define OPTION_RELAY_KEY_FILE "relay.key_file"
#define OPTION_RELAY_KEY_SCOPE "relay.key_scope"

enum {
    RELAY_PARAMS_MAX = 64 * 1024 * 1024,
    RELAY_PATH_SIZE = 4096,
    RELAY_FILE_SIZE_MAX = 32 * 1024 * 1024, /* of a payment file */
};

/* The key file, where there is one, and the data key that was used last. */
struct vault {
    bool present;
    unsigned char key_file[SEAL_KEY_SIZE];
    const char *scope;
    struct data_key key; /* key_id 0: none yet */
};

struct relay {
    struct session session;
    struct vault vault;
    const char *folder;        /* holds out, staging, reply; "": none is configured */
    const char *schema_folder; /* XSDs; "": none */
    int64_t interval_ms;
    int64_t refused_at_us; /* when the worker told of a refused file last; 0: never */
    int64_t watched_at_us; /* when it last counted unanswered files; 0: never */
    struct arena arena;    /* third lifetime: one file, or one answer */
};

must_use enum status relay_start(const struct program_run *run, struct error *error,
                                 struct relay *ret_relay);
void relay_done(struct relay *relay);

/* Runs one statement and frees the parameters (NULL: it has none). ret_rows as in db_run. */
must_use enum status relay_sql(struct relay *relay, const char *sql, struct params *params,
                               struct error *error, struct result **ret_rows);

/* The same for a statement about one file. */
must_use enum status relay_sql_file(struct relay *relay, const char *sql,
                                    const struct uuid *file_id, struct error *error,
                                    struct result **ret_rows);

/* Notes in the leaf that a file is in a state now. */
void relay_file_effect(struct business *tx, const struct uuid *file_id, enum file_state state);

/* Moves the file's row; DUPLICATE where it is not in state from any more: somebody else took the
 * step, or gave the file up. staged: the commit that names the staged file, 0 to leave it. */
must_use enum status relay_file_move(struct relay *relay, struct business *tx,
                                     const struct uuid *file_id, enum file_state from,
                                     enum file_state to, int64_t staged, struct error *error);

/* A stored file, as a person names it: the beginning of its message id, enough to tell. */
must_use enum status relay_file_find(struct relay *relay, const char *name, struct error *error,
                                     struct result **ret_row);

/* ---- vault.c ---- */

must_use enum status vault_begin(const struct config *config, struct error *error,
                                 struct vault *ret_vault);
void vault_end(struct vault *vault);

/* Keeps bytes that name customers, sealed under the key of this month; digest is theirs. */
must_use enum status vault_keep(struct relay *relay, const struct digest *digest, struct text bytes,
                                struct error *error);

/* Gives them back. REJECT: they were erased. FATAL: altered, or there is no key file. */
must_use enum status vault_give(struct relay *relay, const struct digest *digest,
                                struct error *error, struct buffer *out);

/* Debtor and creditor of a payment; texts live in relay->arena. */
must_use enum status vault_customer(struct relay *relay, const struct uuid *event_id,
                                    int32_t key_id, struct text sealed, struct error *error,
                                    struct customer *ret_customer);

/* Prepares all files that can be. dry_run: tells on stdout, stores nothing. */
must_use enum status relay_prepare(struct relay *relay, bool dry_run, int64_t now_us,
                                   struct error *error, int64_t *ret_files);

/* Releases what has its signatures. */
must_use enum status relay_release(struct relay *relay, struct error *error, int64_t *ret_files);

/* Writes released files to the folder. */
must_use enum status relay_deliver(struct relay *relay, struct error *error, int64_t *ret_files);

/* Reads answers in <folder>/reply; a refused one is moved aside with a finding in the log. */
must_use enum status relay_replies(struct relay *relay, struct error *error, int64_t *ret_files);

/* Events of instructions that tx has moved, as many as there are ids: the bank's reason and how
 * much came back, both empty for none. */
must_use enum status relay_announce(struct relay *relay, struct business *tx,
                                    const struct uuid *ids, const struct text *reasons,
                                    const struct text *returned, size_t count, struct error *error);

/* Counts files without an answer in their bank's time into the metric, every ten seconds. */
must_use enum status relay_watch(struct relay *relay, struct error *error);

int prepare_command(struct program_run *run, int argc, char **argv);
int sign_command(struct program_run *run, int argc, char **argv);
int cancel_command(struct program_run *run, int argc, char **argv);
int deliver_command(struct program_run *run, int argc, char **argv);
int reply_command(struct program_run *run, int argc, char **argv);
int list_command(struct program_run *run, int argc, char **argv);
int show_command(struct program_run *run, int argc, char **argv);
int original_command(struct program_run *run, int argc, char **argv);
int status_command(struct program_run *run, int argc, char **argv);

#endif
