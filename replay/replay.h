/*
 * replay.h - what an operator does about halted positions and parked records.
 *
 *   arguments.c   the options of all verbs, and places: payments:2/3@88123
 *   source.c      an incarnation of a topic, and the broker's ranges of it
 *   decide.c      the business transaction of a decision: actor, rows, leaf
 *   position.c    position show, position halt
 *   accept.c      position accept: what follows from why a partition halted
 *   parked.c      parked list, parked discard
 *   record.c      a parked record, opened; parked show
 *   decoded.c     its fields, where it is a payment event
 *   retry.c       parked retry: the worker's own verbs on one record
 *
 * (1) Nothing is changed without --execute; then --reason and --actor are required.
 * (2) A decision is one business transaction: its effects, commit_log, an audit leaf with the
 *     actor as a keyed hash, and its rows in operator_action.
 * (3) What was decided is looked at again behind its lock: a decision made twice changes nothing.
 * (4) Personal data reaches stdout only where --content asks for it, a file only by --raw (I12).
 */
#ifndef SAWA_REPLAY_REPLAY_H
#define SAWA_REPLAY_REPLAY_H

#include "base/ports.h"
#include "runtime/actor.h"
#include "runtime/session.h"
#include "runtime/worker.h"
#include "store/business.h"

enum { REPLAY_PARAMS_MAX = 1024 * 1024, REPLAY_PARTITIONS_MAX = 1024, REPLAY_OUT_MAX = 64 << 20 };
enum { PARKED_LIMIT = 100, PARKED_LIMIT_MAX = 10000 };

/* ---- arguments ---- */

struct arguments {
    const char *source; /* TOPIC or TOPIC:GENERATION; NULL: any */
    int32_t partition;  /* -1: any */
    const char *reason; /* why the operator does it */
    const char *actor;
    const char *from;      /* earliest, latest or an offset; NULL: earliest */
    const char *parked_as; /* reason it was parked for; NULL: any */
    const char *since;     /* RFC 3339 instant or date, as PostgreSQL reads it; NULL: ever */
    const char *raw;       /* file */
    int32_t limit;
    bool execute;
    bool json;
    bool content;
    bool all; /* also what has been decided */
    size_t place_count;
    char **places;
};

struct verb {
    const char *name;
    const char *options; /* letters of arguments.c that it knows */
    const char *places;  /* "": none, "1": exactly one, "*": any number */
    bool decides;        /* with --execute it wants --reason and --actor */
    int (*run)(struct program_run *run, const struct arguments *arguments);
};

/* Finds the verb, reads its arguments, runs it. */
int verb_command(struct program_run *run, int argc, char **argv, const struct verb *verbs,
                 size_t verb_count);

struct place {
    char source[256 + 16];
    int32_t partition;
    int64_t offset;
};

must_use bool place_parse(const char *text, struct place *ret_place);

/* ---- sources ---- */

struct source_row {
    int32_t source_id;
    int32_t generation;
    int32_t partitions;
    bool newest;
    char kind[16];
    char cluster_id[128];
    char topic[256];
};

/* --source as a filter: "payments", "payments:2". */
struct source_filter {
    bool is_named; /* false: any source */
    char topic[256];
    int32_t generation; /* 0: none is named */
};

/* REJECT, EXIT_USAGE: it is no name. source NULL: any. */
must_use enum status source_filter_read(const char *source, struct error *error,
                                        struct source_filter *ret_filter);

/* Adds it to params: topic text, generation integer. */
void source_filter_params(const struct source_filter *filter, struct params *params);

/* Finds one incarnation by TOPIC (the newest) or TOPIC:GENERATION. REJECT: none, or several. */
must_use enum status source_row_find(struct db *db, const char *name, struct error *error,
                                     struct source_row *ret_source);

/* What the broker has of a partition. */
struct range {
    int64_t low;
    int64_t high;
};

/* Asks the broker for every partition of the topic. REJECT: it is another cluster. */
must_use enum status ranges_read(const struct program_run *run, const struct source_row *source,
                                 struct error *error, struct range *ret_ranges,
                                 int32_t *ret_partitions);

/* ---- decisions ---- */

struct decision {
    struct business tx;
    char actor[ACTOR_TEXT_SIZE]; /* keyed hash, as the leaf has it */
    const struct arguments *arguments;
    const char *action;
    int32_t lines;
};

/* Begins the transaction of a decision; ended by business_finish(&decision.tx, ...). */
must_use enum status decision_begin(const struct program_run *run, struct session *session,
                                    const char *action, const struct arguments *arguments,
                                    struct error *error, struct decision *ret_decision);

/* One row of operator_action; record_offset -1: it is about the position. */
must_use enum status decision_note(struct decision *decision, const char *outcome,
                                   int32_t source_id, int32_t partition, int64_t record_offset,
                                   struct error *error);

/* What a verb that was asked without --execute says last. */
void dry_run_print(const struct arguments *arguments);

/* ---- verbs ---- */

int position_show(struct program_run *run, const struct arguments *arguments);
int position_halt_verb(struct program_run *run, const struct arguments *arguments);
int position_accept(struct program_run *run, const struct arguments *arguments);
int parked_list(struct program_run *run, const struct arguments *arguments);
int parked_show(struct program_run *run, const struct arguments *arguments);
int parked_discard(struct program_run *run, const struct arguments *arguments);
int parked_retry(struct program_run *run, const struct arguments *arguments);

/* ---- parked records ---- */

struct parked_record {
    int32_t source_id;
    int32_t partition;
    int64_t offset;
    int64_t batch_id;
    int32_t key_id;
    char topic[256];
    char reason[64];
    char state[16];
    int64_t parked_at_us;
    int64_t watermark_us; /* of its partition now */
    int64_t erased_at_us; /* 0: its bytes are there */
    struct digest record_hash; /* of an erased one: its leaf in the batch's tree */
    struct buffer plain;  /* the frame, opened; wiped by parked_record_done */
    struct record record; /* in plain; without key and value where it is erased */
};

/* Reads the row, for_update within a transaction: locked; its bytes are opened with the key file,
 * unless they were erased (then it was decided on). REJECT: there is none, or it does not open.
 * Half-read is fine for parked_record_done. */
must_use enum status parked_record_read(struct db *db, const unsigned char key_file[SEAL_KEY_SIZE],
                                        const struct place *place, bool for_update,
                                        struct error *error, struct parked_record *ret_parked);
void parked_record_done(struct parked_record *parked);

/* The fields of a payment event, for people. RETRY, FATAL: the schemas cannot be asked. */
must_use enum status decoded_print(const struct config *config, const struct parked_record *parked,
                                   struct buffer *out, struct error *error);

/* Which records a decision is about: the PLACEs, or what the filters find, oldest first. */
struct places {
    size_t count;
    struct place *list;
};

must_use enum status places_collect(struct db *db, const struct arguments *arguments,
                                    struct error *error, struct places *ret_places);
void places_done(struct places *places);

/* Notes within decision what became of a record that was read for update and is PARKED. */
must_use enum status parked_decide(struct decision *decision, const struct parked_record *parked,
                                   const char *state, const char *outcome, struct error *error);

#endif
