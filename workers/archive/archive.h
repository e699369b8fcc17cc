/*
 * archive.h - what is old is written to files, and what may go is let go.
 *
 *   arguments.c   the options of all verbs in one table
 *   rows.c        the raw records of a day, batch by batch, from the database
 *   scan.c        an archive file, section by section: whole? proven? what the database has?
 *   export.c      a day becomes a file, and a row that says so
 *   verify.c      the same questions to a file anywhere
 *   show.c        every day, how large, and why it stays
 *   expire.c      days that are old enough are let go, detached and dropped
 *   detach.c      a day's table out of its parent, whatever state it was left in
 *   erase.c       parked records: their hashes are noted, their bytes erased
 *
 * (1) Nothing goes without --execute; then --reason and --actor are required. One decision is one
 *     business transaction with a leaf and a row in retention_action.
 * (2) A day of raw records goes only while its file is there, opens, proves itself, and holds what
 *     the rows hold, byte for byte: looked at again in the run that lets it go.
 * (3) A file appears under its name whole and durable, and never with other content: written
 *     beside, fsync, read back, then renamed where nothing stands.
 * (4) What was cut off is finished by the next run: a file half written, a day let go and not yet
 *     detached or dropped.
 * (5) What holds a day is decided in the schema (day_holds), and there again when it goes.
 */
#ifndef SAWA_ARCHIVE_ARCHIVE_H
#define SAWA_ARCHIVE_ARCHIVE_H

#include "codec/archive/day_file.h"
#include "domain/date.h"
#include "runtime/actor.h"
#include "runtime/session.h"
#include "store/business.h"
#include "store/keyring.h"

enum { ARCHIVE_PARAMS_MAX = 1024 * 1024, ARCHIVE_OUT_MAX = 16 << 20, PATH_SIZE = 4096 };

/* ---- arguments ---- */

struct arguments {
    calendar_date day;    /* DATE_NONE: any */
    calendar_date before; /* DATE_NONE: any */
    const char *to;       /* folder of the files; NULL: retention.archive_directory */
    const char *key_file; /* NULL: batch.key_file, where it is set */
    const char *reason;
    const char *actor;
    bool database;
    bool execute;
    bool json;
    size_t file_count;
    char **files;
};

struct verb {
    const char *options; /* letters of arguments.c that it knows */
    bool takes_files;
    bool decides; /* with --execute it wants --reason and --actor */
    int (*run)(struct program_run *run, const struct arguments *arguments);
};

/* Reads the arguments of a verb and runs it. */
int verb_run(struct program_run *run, int argc, char **argv, const struct verb *verb);

/* The folder of the files. FATAL, EXIT_CONFIGURATION: none was named. */
must_use enum status folder_of(const struct program_run *run, const struct arguments *arguments,
                               struct error *error, const char **ret_folder);

/* ---- rows of a day ---- */

/* The head of the file of a day; texts live until head_rows_done. */
struct head_rows {
    struct day_head head;
    struct result *sources;
    struct result *keys;
};

must_use enum status head_rows_read(struct db *db, calendar_date day, struct error *error,
                                    struct head_rows *ret_rows);
void head_rows_done(struct head_rows *rows);

struct day_rows {
    struct db *db;
    calendar_date day;
    int64_t after; /* the last batch given out */
    struct result *page;
    int next; /* row of page */
};

void day_rows_begin(struct db *db, calendar_date day, int64_t after, struct day_rows *ret_rows);
void day_rows_done(struct day_rows *rows);

/* The next batch, valid until the next call. *ret_has_batch false: the end. */
must_use enum status day_rows_next(struct day_rows *rows, struct error *error,
                                   struct day_batch *ret_batch, bool *ret_has_batch);

/* One row of raw_page.sql or raw_batch.sql. */
void day_batch_of_row(const struct result *rows, int row, struct day_batch *batch);

/* ---- files ---- */

/* batch_raw-2026-11-20.1.sawa */
void file_name(calendar_date day, int number, char name[64]);

struct scan_wish {
    const unsigned char *key_file; /* NULL: batches are not opened */
    struct db *db;                 /* NULL: not compared with the rows of its day */
    bool partial;                  /* the file may end anywhere: how far is it whole? */
};

struct scan {
    calendar_date day;
    struct day_counts counts;
    struct day_place place;
    struct digest sha256; /* of the whole file */
    int64_t size;         /* of the whole file; partial: up to the end of its last whole section */
};

/* Reads a file from its begin. REJECT: it is not as it was written, does not prove itself, or is
 * not what the database has. */
must_use enum status file_scan(int fd, const struct scan_wish *wish, struct error *error,
                               struct scan *ret_scan);

/* The same for a path. */
must_use enum status path_scan(const char *path, const struct scan_wish *wish, struct error *error,
                               struct scan *ret_scan);

/* A file that cannot be read or written: REJECT, EXIT_FAILED, with the reason of errno. */
enum status file_failed(const char *path, const char *what, struct error *error);

/* ---- days ---- */

struct day_due {
    const char *parent; /* payment, batch_raw */
    calendar_date day;
};

/* The table is taken out of its parent and dropped, wherever an earlier run was cut off. RETRY: it
 * is in use still; the next run goes on. */
must_use enum status day_let_go(const struct program_run *run, struct db *db,
                                const struct day_due *due, struct error *error);

/* Begins a decision (1): commit_log, leaf with its actor, retention_action. */
struct decision {
    struct business tx;
    char actor[ACTOR_TEXT_SIZE];
};

must_use enum status decision_begin(const struct program_run *run, struct session *session,
                                    const char *action, const struct arguments *arguments,
                                    struct error *error, struct decision *ret_decision);

/* ---- parked records ---- */

/* Notes within a transaction the hashes of a day's parked records that have none. */
must_use enum status day_hashes_note(struct business *tx, const unsigned char *key_file,
                                     calendar_date day, struct error *error);

/* Parked records decided on before an instant lose their bytes; a dry run only counts. */
must_use enum status parked_expire(const struct program_run *run, struct session *session,
                                   const struct arguments *arguments, const unsigned char *key_file,
                                   int64_t before_us, struct error *error);

/* ---- verbs ---- */

int show_verb(struct program_run *run, const struct arguments *arguments);
int export_verb(struct program_run *run, const struct arguments *arguments);
int verify_verb(struct program_run *run, const struct arguments *arguments);
int expire_verb(struct program_run *run, const struct arguments *arguments);

/* How many days of a parent are kept, by policy. */
int64_t keep_days(const struct program_run *run, const char *parent);

#endif
