/*
 * message.c - see message.h: what of a batch of messages is new, and its statements into the
 * transaction of their positions.
 */
#include "message.h"

#include "load.h"

#include "base/clock.h"
#include "codec/archive/records.h"
#include "codec/members/members.h"

#include "statement_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMS_SIZE_MAX = 64 * 1024 * 1024, FILE_NAME_SIZE = 256, REFUSED_MAX = 256 };

struct message_row {
    struct digest digest; /* of its value: the file it is */
};

/* Of a package in a message: its members are in memory, one after the other. */
static const struct members_limits package_limits = {.count_max = 1000,
                                                     .size_max = 64 * 1024 * 1024,
                                                     .ratio_max = 200};

/* What the store refused, though nothing before it did: such a message is parked. */
struct message_extra {
    size_t at_hand; /* the record that apply works on */
    size_t refused[REFUSED_MAX];
    size_t refused_count;
};

static const struct statement_profile *chosen_profile;

void message_profile_set(const struct statement_profile *profile)
{
    chosen_profile = profile;
}

/* ---- the reading thread ---- */

static enum status message_open(const struct config *config, struct db *db, struct error *error,
                                void **ret_state)
{
    (void)config;
    (void)db;
    (void)error;
    *ret_state = NULL; /* nothing is carried from one message to the next */
    return OK;
}

static void message_close(void *state)
{
    (void)state;
}

static enum status message_refresh(void *state, struct db *db, struct error *error)
{
    (void)state;
    (void)db;
    (void)error;
    return OK;
}

static void message_claimed(void *state, const struct position *position)
{
    (void)state;
    (void)position;
}

static void *message_extra_new(void)
{
    struct message_extra *extra = calloc(1, sizeof *extra);

    assert(extra != NULL);
    return extra;
}

static void message_extra_clear(void *argument)
{
    struct message_extra *extra = argument;

    extra->refused_count = 0;
}

/* The frame is kept: it is what apply reads, and what is parked. */
static enum status message_decode(void *state, const struct record *record, struct batch *batch,
                                  struct batch_part *part, void *row_memory,
                                  enum reason *ret_reason, struct error *error)
{
    struct message_row *row = row_memory;

    (void)state;
    (void)part;
    (void)error;
    if (record->value.size == 0) {
        *ret_reason = REASON_VALUE_MISSING;
        return REJECT;
    }
    batch_keep(batch, record);
    row->digest = sha256(record->value);
    return OK;
}

/* ---- verdicts ---- */

static struct message_row *row_of(const struct batch *batch, size_t index)
{
    return batch_row(batch, index);
}

static void refused_judge(struct batch *batch)
{
    const struct message_extra *extra = batch->extra;

    for (size_t i = 0; i < extra->refused_count; i++)
        if (batch_is_ok(batch, extra->refused[i]))
            batch_judge(batch, extra->refused[i], REJECT, REASON_REFUSED_BY_STORE);
}

/* The same file twice in one batch: the first counts. */
static void twins_judge(struct batch *batch)
{
    for (size_t i = 1; i < batch->record_count; i++) {
        for (size_t j = 0; j < i && batch_is_ok(batch, i); j++)
            if (batch_is_ok(batch, j) &&
                digest_equal(&row_of(batch, i)->digest, &row_of(batch, j)->digest))
                batch_judge(batch, i, DUPLICATE, REASON_NONE);
    }
}

static enum status known_ask(const struct batch *batch, struct db *db, struct error *error,
                             struct result **ret_rows)
{
    size_t count = batch->record_count;
    struct text *digests = calloc(count + 1, sizeof *digests);
    char(*hex)[2 * SHA256_SIZE + 1] = calloc(count + 1, sizeof *hex);
    struct params params;
    enum status status;

    assert(digests != NULL && hex != NULL);
    for (size_t i = 0; i < count; i++) {
        digest_format(&row_of(batch, i)->digest, hex[i]);
        digests[i] = text_of(hex[i]);
    }
    params_init(&params, PARAMS_SIZE_MAX);
    params_text_array(&params, digests, count);
    status = db_run_once(db, statement_sql_files_known, &params, error, ret_rows);
    free(hex);
    free(digests);
    return status;
}

static enum status message_validate(struct batch *batch, struct db *db, struct error *error)
{
    struct result *rows = NULL;
    enum status status;

    refused_judge(batch);
    status = known_ask(batch, db, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        size_t index = (size_t)result_int64(rows, i, 0) - 1;

        if (batch_is_ok(batch, index))
            batch_judge(batch, index, DUPLICATE, REASON_NONE); /* (2) */
    }
    result_free(rows);
    if (status != OK)
        return status;
    twins_judge(batch);
    for (size_t i = 0; i < batch->record_count; i++)
        if (batch_is_ok(batch, i) && batch_doubt_of(batch, i) != REASON_NONE)
            batch_judge(batch, i, REJECT, batch_doubt_of(batch, i));
    return OK;
}

/* ---- effects ---- */

/* One message, or one member of it, on its way in. */
struct message {
    struct session session; /* its connection alone */
    struct business tx;     /* that of the batch, as far as a statement needs it */
    struct load_order order;
    const struct data_key *key; /* seals originals */
    struct entry_spool entries;
    char name[FILE_NAME_SIZE];

    /* of the file at hand */
    struct load_place place;
    struct load_answer answer;
    struct text value;    /* what of the message was not handed out yet */
    struct buffer member; /* gathers a member */
    char member_name[FILE_NAME_SIZE];
};

static enum status sink_entry(void *context, const struct statement *statement,
                              const struct statement_entry *entry, struct error *error)
{
    struct message *message = context;

    (void)statement;
    return entry_spool_add(&message->entries, entry, error);
}

static enum status sink_load(void *context, const struct statement *statement, struct error *error)
{
    struct message *message = context;
    enum status status;

    message->place.ordinal++;
    status = load_statement(&message->session, &message->order, &message->place, statement, error,
                            &message->answer);
    entry_spool_clear(&message->entries);
    return status;
}

static enum status bytes_read(struct text bytes, const struct statement_sink *sink,
                              struct error *error)
{
    struct statement_reader *reader =
        statement_reader_new(&statement_limits_default, chosen_profile, sink);
    enum status status = statement_reader_feed(reader, bytes, error);

    if (status == OK)
        status = statement_reader_end(reader, error);
    statement_reader_free(reader);
    return status;
}

static enum status original_keep(struct message *message, const struct file_note *note,
                                 struct text bytes, struct error *error)
{
    struct original_writer writer;
    enum status status;

    original_begin(&writer, message->session.db, message->place.file_id, &note->digest,
                   message->key);
    status = original_add(&writer, bytes, error);
    if (status == OK)
        status = original_end(&writer, error);
    original_abandon(&writer);
    return status;
}

/* Its statements, or why it has none (3). */
static enum status content_store(struct message *message, struct text bytes,
                                 const struct error *refusal, struct error *error)
{
    const struct statement_sink sink = {.context = message,
                                        .entry = sink_entry,
                                        .statement = sink_load};
    enum status status;

    message->place.ordinal = 0;
    if (refusal != NULL)
        return file_refusal_note(message->session.db, message->place.file_id, refusal, error);
    status = bytes_read(bytes, &sink, error);
    return status == OK
               ? file_state_set(message->session.db, message->place.file_id, "LOADED", error)
               : status;
}

/* A file, unless it is through: a member may be known where its package is not. Whether it reads to
 * its end is known before the first statement is stored. */
static enum status file_load(struct message *message, const char *name, struct text bytes,
                             struct error *error)
{
    const struct file_note note = {.digest = sha256(bytes),
                                   .name = name,
                                   .size = (int64_t)bytes.size};
    struct file_known known = {0};
    struct error refusal;
    enum status read;
    enum status status = file_find(message->session.db, &note.digest, error, &known);

    if (status != OK || known.is_through)
        return status;
    read = bytes_read(bytes, &load_nothing, &refusal);
    status = file_take(message->session.db, &note, read == OK ? "LOADED" : "REFUSED",
                       &message->tx.effects, error, &message->place.file_id);
    if (status == OK)
        status = original_keep(message, &note, bytes, error);
    return status == OK ? content_store(message, bytes, read == OK ? NULL : &refusal, error)
                        : status;
}

/* ---- a package ---- */

static enum status package_read(void *context, struct text *ret_piece, struct error *error)
{
    struct message *message = context;

    (void)error;
    *ret_piece = message->value;
    message->value = (struct text){NULL, 0};
    return OK;
}

static enum status member_begin(void *context, struct text name, struct error *error)
{
    struct message *message = context;

    (void)error;
    snprintf(message->member_name, sizeof message->member_name, "%.*s",
             TEXT_ARG(name.size > 0 ? name : text_of(message->name)));
    buffer_clear(&message->member);
    return OK;
}

static enum status member_piece(void *context, struct text bytes, struct error *error)
{
    struct message *message = context;

    (void)error;
    buffer_text(&message->member, bytes);
    return OK;
}

/* A member that memory has no room for is refused as one that passes a limit. */
static enum status member_end(void *context, struct error *error)
{
    struct message *message = context;

    if (buffer_failed(&message->member))
        return error_set(error, FATAL, "out of memory for a member of a message");
    return file_load(message, message->member_name, buffer_view(&message->member), error);
}

static void member_passed_over(void *context, struct text name, const char *why)
{
    (void)context;
    (void)name; /* names come from outside */
    log_warn("member_passed_over", "a member of a message was passed over",
             LOG_TEXT("reason", why));
}

/* A package that is damaged or passes a limit is refused itself; its members before it stand. */
static enum status package_refuse(struct message *message, const struct file_note *note,
                                  struct text value, const struct error *refusal,
                                  struct error *error)
{
    enum status status = file_take(message->session.db, note, "REFUSED", &message->tx.effects,
                                   error, &message->place.file_id);

    if (status == OK)
        status = original_keep(message, note, value, error);
    return status == OK ? content_store(message, value, refusal, error) : status;
}

static enum status package_load(struct message *message, struct text value, struct error *error)
{
    const struct members_source source = {.context = message, .read = package_read};
    const struct members_taker taker = {.context = message,
                                        .begin = member_begin,
                                        .piece = member_piece,
                                        .end = member_end,
                                        .passed_over = member_passed_over};
    const struct file_note note = {.digest = sha256(value),
                                   .name = message->name,
                                   .size = (int64_t)value.size};
    struct error refusal;
    enum status status;

    message->value = value;
    buffer_init(&message->member, (size_t)package_limits.size_max);
    status = members_read(&source, &package_limits, &taker, &refusal);
    buffer_done(&message->member);
    if (status == REJECT)
        return package_refuse(message, &note, value, &refusal, error);
    if (status != OK)
        *error = refusal;
    return status;
}

/* ---- a message ---- */

/* (5) */
static void name_read(const struct raw_record *record, char name[FILE_NAME_SIZE])
{
    struct text rest = record->headers;
    struct text header;
    struct text value;

    snprintf(name, FILE_NAME_SIZE, "message");
    while (raw_header_next(&rest, &header, &value))
        if (text_is(header, "file_name") && value.size > 0 && text_is_utf8(value))
            text_show(value, name, FILE_NAME_SIZE);
}

static enum status message_load(struct message *message, const struct raw_record *record,
                                struct error *error)
{
    struct text head = text_first(record->value, MEMBERS_MARK_SIZE);

    name_read(record, message->name);
    return members_is_package(head) ? package_load(message, record->value, error)
                                    : file_load(message, message->name, record->value, error);
}

static enum status record_apply(struct message *message, struct batch *batch, size_t index,
                                struct error *error)
{
    const struct batch_record *kept = &batch->records[index];
    struct text rest = {batch->kept.data + kept->kept_at, kept->kept_size};
    struct raw_record record;
    struct text frame;
    enum raw_answer answer = raw_record_next(&rest, &record, &frame);

    assert(kept->kept_size > 0 && answer == RAW_WHOLE);
    (void)answer;
    ((struct message_extra *)batch->extra)->at_hand = index;
    return message_load(message, &record, error);
}

static enum status message_apply(struct batch *batch, struct db *db, struct effects *effects,
                                 struct error *error)
{
    struct message *message = calloc(1, sizeof *message);
    enum status status;

    assert(message != NULL);
    message->session.db = db;
    message->tx = (struct business){.db = db,
                                    .commit_id = batch->commit_id,
                                    .effects = *effects}; /* the same digest */
    message->order.profile = chosen_profile;
    message->key = batch->key;
    message->place.entries = &message->entries;
    message->place.within = &message->tx;
    status = entry_spool_open(&message->entries, error);
    for (size_t i = 0; status == OK && i < batch->record_count; i++)
        if (batch_is_ok(batch, i))
            status = record_apply(message, batch, i, error);
    entry_spool_close(&message->entries);
    free(message);
    return status;
}

/* The next attempt parks the message that the store refused. */
static void message_refused(struct batch *batch, enum status status, const struct error *error)
{
    struct message_extra *extra = batch->extra;

    (void)status;
    (void)error;
    if (extra->refused_count < REFUSED_MAX)
        extra->refused[extra->refused_count++] = extra->at_hand;
}

const struct worker_ops message_ops = {
    .name = "statement",
    .row_size = sizeof(struct message_row),
    .open = message_open,
    .close = message_close,
    .refresh = message_refresh,
    .claimed = message_claimed,
    .extra_new = message_extra_new,
    .extra_clear = message_extra_clear,
    .extra_free = free,
    .decode = message_decode,     /* bytes -> the digest they are known by              */
    .validate = message_validate, /* which of them are known, in one read               */
    .apply = message_apply,       /* their files, statements and entries, no verdicts   */
    .refused = message_refused,
};
