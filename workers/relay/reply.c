/*
 * reply.c - answers of banks move instructions.
 *
 *   bytes ── read before? ── lines ── which of ours? ── what follows ── payment_reply,
 *                                                                       payment_status,
 *                                                                       instruction.status,
 *                                                                       payment_return
 *
 * (1) An answer is read once: the same bytes again change nothing.
 * (2) The most specific line decides: one about a transaction before one about its payment
 *     information before one about the whole message; within a level the later line.
 * (3) An answer that names a message of ours and an instruction that is not in it speaks of
 *     nothing we know. What is unknown or contradicts is stored, and `sawa relay status` counts it.
 * (4) An answer to a file that the bank has and whose delivery nobody has noted yet is not read:
 *     what it says of payments that count as not sent would be lost. It stays where it is so long.
 * (5) Money comes back per payment, with its amount. A return of a whole group that does not name
 *     its payments, or one without a readable amount, is unknown: nobody guesses how much. What
 *     follows in the books is workers/settle/follow/returned.c's.
 * (6) An answer about customers' payments may name them, and so may one that is about nothing of
 *     ours: its bytes are kept sealed, and of what a bank says of a customer's payment in words of
 *     its own nothing is kept beside them (relay.h (4)).
 *
 * Restart: all of an answer in one transaction, and (1).
 */
#include "relay.h"

#include "base/file.h"
#include "codec/iso20022/payment_reply.h"
#include "codec/iso20022/xml_document.h"
#include "relay_sql.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REASON_CODE_SIZE = 4 }; /* ISO 20022 ExternalStatusReason1Code */

/* One of our instructions that an answer may speak of. */
struct subject {
    struct uuid instruction_id;
    struct text end_to_end_id;
    struct text message_id;
    struct text uetr;
    enum instruction_status status;
    struct amount sent;
    struct payment_return back;        /* where status is RETURNED */
    const struct reply_line *said;     /* what moved it last; NULL: nothing did */
    const struct reply_line *returned; /* what says that it comes back; NULL: nothing does */
    int32_t returned_line;             /* its outcome's, from 1 */
    bool is_customers;                 /* a customer's payment (6) */
    bool decided;                      /* by a line of a level that is decided already (2) */
    bool named;                        /* by a line of the level at hand */
};

/* A row of payment_status. */
struct outcome {
    const struct reply_line *line;
    const struct subject *subject; /* NULL: none of ours */
    enum status_outcome outcome;
};

struct answer {
    struct relay *relay;
    struct business tx;
    const char *name;
    struct text bytes;
    struct payment_reply reply;
    struct result *rows;
    struct subject *subjects;
    size_t subject_count;
    bool names_customers; /* or may (6) */
    struct outcome *outcomes;
    size_t outcome_count, outcome_max;
};

static void *memory(struct answer *answer, size_t count, size_t size)
{
    void *bytes = arena_alloc(&answer->relay->arena, (count + 1) * size);

    assert(bytes != NULL); /* an answer has REPLY_LINES_MAX lines at most, and few about many */
    return bytes;
}

/* ---- what it may speak of ---- */

static struct text or_empty(struct text text)
{
    return text.data == NULL ? TEXT("") : text;
}

/* The id by which a line names an instruction: all three we write are the same (payment_xml.c). */
static struct text line_id(const struct reply_line *line)
{
    if (line->original_end_to_end_id.size > 0)
        return line->original_end_to_end_id;
    return line->original_instruction_id.size > 0 ? line->original_instruction_id
                                                  : line->original_transaction_id;
}

static enum status subjects_ask(struct answer *answer, struct error *error)
{
    size_t count = answer->reply.line_count;
    struct text *messages = memory(answer, count, sizeof *messages);
    struct text *ids = memory(answer, count, sizeof *ids);
    struct params params;

    for (size_t i = 0; i < count; i++) {
        messages[i] = or_empty(answer->reply.lines[i].original_message_id);
        ids[i] = or_empty(line_id(&answer->reply.lines[i]));
    }
    params_init(&params, RELAY_PARAMS_MAX);
    params_text_array(&params, messages, count);
    params_text_array(&params, ids, count);
    return relay_sql(answer->relay, relay_sql_reply_items, &params, error, &answer->rows);
}

static struct text uetr_of(struct answer *answer, const struct uuid *instruction_id,
                           const struct uuid *given)
{
    struct uuid uetr = payment_uetr_kept(instruction_id, given);
    char *text = memory(answer, UUID_TEXT_SIZE, 1);

    uuid_format(&uetr, text);
    return text_of(text);
}

enum { SUBJECT_ID, END_TO_END_ID, SUBJECT_STATUS, MESSAGE_ID, FILE_STATE, SENT_MINOR };
enum { SENT_CURRENCY = SENT_MINOR + 1, RETURNED_MINOR, RETURN_REFERENCE, IS_CUSTOMERS, OWN_UETR };

static enum status subject_read(struct answer *answer, int row, struct error *error,
                                struct subject *ret_subject)
{
    const struct result *rows = answer->rows;
    struct subject subject = {
        .instruction_id = result_uuid(rows, row, SUBJECT_ID),
        .end_to_end_id = result_text(rows, row, END_TO_END_ID),
        .message_id = result_text(rows, row, MESSAGE_ID),
        .sent.minor = result_int64(rows, row, SENT_MINOR),
        .is_customers = result_bool(rows, row, IS_CUSTOMERS),
    };
    bool has_uetr = !result_is_null(rows, row, OWN_UETR);
    struct uuid uetr = has_uetr ? result_uuid(rows, row, OWN_UETR) : (struct uuid){0};

    subject.uetr = uetr_of(answer, &subject.instruction_id, has_uetr ? &uetr : NULL);
    if (!instruction_status_parse(result_text(rows, row, SUBJECT_STATUS), &subject.status) ||
        !currency_parse(result_text(rows, row, SENT_CURRENCY), &subject.sent.currency))
        return error_set(error, FATAL, "an instruction's status is unknown to this version");
    if (subject.status == INSTRUCTION_RETURNED)
        subject.back = (struct payment_return){{result_int64(rows, row, RETURNED_MINOR),
                                                subject.sent.currency},
                                               result_text(rows, row, RETURN_REFERENCE)};
    *ret_subject = subject;
    return OK;
}

static enum status subjects_read(struct answer *answer, struct error *error)
{
    enum status status = subjects_ask(answer, error);

    if (status != OK)
        return status;
    answer->subject_count = (size_t)result_rows(answer->rows);
    answer->subjects = memory(answer, answer->subject_count, sizeof *answer->subjects);
    for (size_t i = 0; status == OK && i < answer->subject_count; i++)
        status = subject_read(answer, (int)i, error, &answer->subjects[i]);
    return status;
}

/* (4): who moved the file is about to note it, or was stopped, and the next delivery does. */
static enum status early_refuse(const struct answer *answer, struct error *error)
{
    for (size_t i = 0; i < answer->subject_count; i++) {
        if (answer->subjects[i].status != INSTRUCTION_PENDING ||
            !text_is(result_text(answer->rows, (int)i, FILE_STATE), file_state_name(FILE_WRITING)))
            continue;
        error_set(error, RETRY, "%s answers a payment file whose delivery is not noted yet",
                  answer->name);
        return error_hint(error, "run does that first; else: sawa relay deliver, then this again");
    }
    return OK;
}

/* ---- what follows ---- */

static void outcome_add(struct answer *answer, const struct reply_line *line,
                        const struct subject *subject, enum status_outcome outcome)
{
    assert(answer->outcome_count < answer->outcome_max);
    answer->outcomes[answer->outcome_count++] = (struct outcome){line, subject, outcome};
}

static bool line_returns(const struct reply_line *line)
{
    return text_is(line->status, REPLY_RETURNED);
}

static enum status_outcome subject_return(const struct answer *answer,
                                          const struct reply_line *line, struct subject *subject)
{
    struct payment_return said = {line->returned_amount, or_empty(line->return_id)};
    enum status_outcome outcome = STATUS_UNKNOWN; /* (5) */

    if (said.amount.currency != CURRENCY_NONE)
        outcome = payment_return_move(subject->status, subject->sent, &subject->back, &said);
    if (outcome == STATUS_APPLIED) {
        subject->status = INSTRUCTION_RETURNED;
        subject->back = said;
        subject->returned = line;
        subject->returned_line = (int32_t)answer->outcome_count + 1;
    }
    return outcome;
}

static enum status_outcome subject_status(const struct reply_line *line, struct subject *subject)
{
    enum instruction_status said;
    enum status_outcome outcome = STATUS_UNKNOWN;

    if (payment_status_read(line->status, &said))
        outcome = instruction_move(subject->status, said);
    if (outcome == STATUS_APPLIED)
        subject->status = said;
    return outcome;
}

static void subject_move(struct answer *answer, const struct reply_line *line,
                         struct subject *subject)
{
    enum status_outcome outcome =
        line_returns(line) ? subject_return(answer, line, subject) : subject_status(line, subject);

    if (outcome == STATUS_APPLIED)
        subject->said = line;
    subject->named = true;
    outcome_add(answer, line, subject, outcome);
}

/* (3) */
static bool line_names(const struct reply_line *line, const struct subject *subject)
{
    struct text id = line_id(line);

    if (line->original_message_id.size > 0 &&
        !text_equal(line->original_message_id, subject->message_id))
        return false;
    if (line->level != REPLY_TRANSACTION)
        return line->original_message_id.size > 0;
    return id.size > 0 ? text_equal(id, subject->end_to_end_id)
                       : text_equal(line->original_uetr, subject->uetr);
}

/* A group that is accepted in part says nothing about any one (payment_file.h (2)). */
static bool decides_nothing(const struct reply_line *line)
{
    return line->level != REPLY_TRANSACTION && text_is(line->status, "PART");
}

static void line_apply(struct answer *answer, const struct reply_line *line)
{
    bool known = false;

    if (line->level != REPLY_TRANSACTION && line_returns(line)) {
        outcome_add(answer, line, NULL, STATUS_UNKNOWN); /* (5) */
        return;
    }
    for (size_t i = 0; i < answer->subject_count; i++) {
        struct subject *subject = &answer->subjects[i];

        if (!line_names(line, subject))
            continue;
        known = true;
        if (!subject->decided && !decides_nothing(line))
            subject_move(answer, line, subject);
    }
    if (!known)
        outcome_add(answer, line, NULL, STATUS_UNKNOWN);
}

static void level_apply(struct answer *answer, enum reply_level level)
{
    for (size_t i = 0; i < answer->reply.line_count; i++)
        if (answer->reply.lines[i].level == level)
            line_apply(answer, &answer->reply.lines[i]);
    for (size_t i = 0; i < answer->subject_count; i++)
        answer->subjects[i].decided = answer->subjects[i].decided || answer->subjects[i].named;
}

static void answer_apply(struct answer *answer)
{
    /* A transaction's line names one instruction, others at most all. */
    answer->outcome_max = answer->reply.line_count;
    for (size_t i = 0; i < answer->reply.line_count; i++)
        if (answer->reply.lines[i].level != REPLY_TRANSACTION)
            answer->outcome_max += answer->subject_count;
    answer->outcomes = memory(answer, answer->outcome_max, sizeof *answer->outcomes);
    level_apply(answer, REPLY_TRANSACTION);
    level_apply(answer, REPLY_PAYMENT_INFORMATION);
    level_apply(answer, REPLY_GROUP);
}

/* ---- storing ---- */

/* (6): where there is a key, whatever is not known to name nobody. */
static bool may_name_customers(const struct answer *answer)
{
    for (size_t i = 0; i < answer->subject_count; i++)
        if (answer->subjects[i].is_customers)
            return true;
    return answer->subject_count == 0 && answer->relay->vault.present;
}

/* A code says nothing of anybody; what is longer than ISO's is a bank's own words (6). */
static struct text reason_of(const struct answer *answer, const struct reply_line *line)
{
    struct text reason = or_empty(line->reason);

    return answer->names_customers && reason.size > REASON_CODE_SIZE ? TEXT("") : reason;
}

/* DUPLICATE: read before (1). */
static enum status reply_insert(struct answer *answer, struct error *error, int64_t *ret_reply_id)
{
    struct digest digest = sha256(answer->bytes);
    bool is_sealed = answer->names_customers;
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RELAY_PARAMS_MAX);
    params_bytes(&params, digest.bytes, SHA256_SIZE);
    params_string(&params, answer->name);
    params_text(&params, answer->reply.message);
    params_text(&params, or_empty(answer->reply.message_id));
    params_bytes(&params, answer->bytes.data, is_sealed ? 0 : answer->bytes.size);
    params_int64(&params, answer->tx.commit_id);
    params_bool(&params, is_sealed);
    status = relay_sql(answer->relay, relay_sql_reply_insert, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = DUPLICATE;
    if (status == OK && is_sealed)
        status = vault_keep(answer->relay, &digest, answer->bytes, error);
    if (status == OK)
        *ret_reply_id = result_int64(rows, 0, 0);
    result_free(rows);
    effects_row(&answer->tx.effects, "payment_reply", 1);
    effects_text(&answer->tx.effects, (struct text){(const char *)digest.bytes, SHA256_SIZE});
    return status;
}

enum { LEVEL, MESSAGE, STATUS, REASON, INFORMATION, OUTCOME, TEXT_COLUMNS };

static enum status outcomes_insert(struct answer *answer, int64_t reply_id, struct error *error)
{
    size_t count = answer->outcome_count;
    struct text *texts = memory(answer, TEXT_COLUMNS * count, sizeof *texts);
    struct uuid *ids = memory(answer, count, sizeof *ids);
    bool *known = memory(answer, count, sizeof *known);
    struct params params;

    for (size_t i = 0; i < count; i++) {
        const struct outcome *one = &answer->outcomes[i];

        texts[LEVEL * count + i] = text_of(reply_level_name(one->line->level));
        texts[MESSAGE * count + i] = or_empty(one->line->original_message_id);
        texts[STATUS * count + i] = or_empty(one->line->status);
        texts[REASON * count + i] = reason_of(answer, one->line);
        texts[INFORMATION * count + i] =
            answer->names_customers ? TEXT("") : or_empty(one->line->information);
        texts[OUTCOME * count + i] = text_of(status_outcome_name(one->outcome));
        known[i] = one->subject != NULL;
        if (known[i])
            ids[i] = one->subject->instruction_id;
    }
    params_init(&params, RELAY_PARAMS_MAX);
    params_int64(&params, reply_id);
    params_text_array(&params, texts + LEVEL * count, count);
    params_text_array(&params, texts + MESSAGE * count, count);
    params_uuid_array(&params, ids, count);
    params_bool_array(&params, known, count);
    for (size_t i = STATUS; i < TEXT_COLUMNS; i++)
        params_text_array(&params, texts + i * count, count);
    return relay_sql(answer->relay, relay_sql_status_insert, &params, error, NULL);
}

static void move_effect(struct answer *answer, const struct subject *subject)
{
    struct effects *effects = &answer->tx.effects;

    effects_row(effects, "instruction", 2);
    effects_text(effects, (struct text){(const char *)subject->instruction_id.bytes, 16});
    effects_text(effects, text_of(instruction_status_name(subject->status)));
}

static enum status moves_store(struct answer *answer, struct error *error)
{
    struct uuid *ids = memory(answer, answer->subject_count, sizeof *ids);
    struct text *states = memory(answer, answer->subject_count, sizeof *states);
    struct params params;
    size_t count = 0;

    for (size_t i = 0; i < answer->subject_count; i++) {
        const struct subject *subject = &answer->subjects[i];

        if (subject->said == NULL)
            continue;
        ids[count] = subject->instruction_id;
        states[count++] = text_of(instruction_status_name(subject->status));
        move_effect(answer, subject);
    }
    params_init(&params, RELAY_PARAMS_MAX);
    params_uuid_array(&params, ids, count);
    params_text_array(&params, states, count);
    return relay_sql(answer->relay, relay_sql_instructions_move, &params, error, NULL);
}

/* A name for what comes back of an instruction: the same at every retry. */
static struct uuid return_id(const struct uuid *instruction_id)
{
    char name[sizeof "return/" + UUID_HEX_SIZE] = "return/";

    uuid_format_hex(instruction_id, name + sizeof "return/" - 1);
    return uuid_of_name(text_of(name));
}

static void return_effect(struct answer *answer, const struct subject *subject)
{
    struct effects *effects = &answer->tx.effects;

    effects_row(effects, "payment_return", 3);
    effects_text(effects, (struct text){(const char *)subject->instruction_id.bytes, 16});
    effects_int64(effects, subject->back.amount.minor);
    effects_text(effects, subject->back.reference);
}

/* Parallel arrays of what comes back now. */
struct returns {
    struct uuid *ids, *instruction_ids;
    int32_t *lines;
    int64_t *minors;
    struct text *references, *dates;
    size_t count;
};

static struct text date_text(struct answer *answer, calendar_date date)
{
    char *text = memory(answer, DATE_TEXT_SIZE, 1);

    if (date == DATE_NONE)
        return TEXT("");
    date_format(date, text);
    return text_of(text);
}

static void return_put(struct answer *answer, const struct subject *subject,
                       struct returns *returns)
{
    size_t at = returns->count++;

    returns->ids[at] = return_id(&subject->instruction_id);
    returns->instruction_ids[at] = subject->instruction_id;
    returns->lines[at] = subject->returned_line;
    returns->minors[at] = subject->back.amount.minor;
    returns->references[at] = subject->back.reference;
    returns->dates[at] = date_text(answer, subject->returned->returned_on);
    return_effect(answer, subject);
}

static struct returns returns_gather(struct answer *answer)
{
    size_t max = answer->subject_count;
    struct uuid *ids = memory(answer, 2 * max, sizeof *ids);
    struct text *texts = memory(answer, 2 * max, sizeof *texts);
    struct returns returns = {
        .ids = ids,
        .instruction_ids = ids + max,
        .lines = memory(answer, max, sizeof *returns.lines),
        .minors = memory(answer, max, sizeof *returns.minors),
        .references = texts,
        .dates = texts + max,
    };

    for (size_t i = 0; i < max; i++)
        if (answer->subjects[i].returned != NULL)
            return_put(answer, &answer->subjects[i], &returns);
    return returns;
}

static enum status returns_store(struct answer *answer, int64_t reply_id, struct error *error)
{
    struct returns returns = returns_gather(answer);
    struct params params;

    if (returns.count == 0)
        return OK;
    params_init(&params, RELAY_PARAMS_MAX);
    params_int64(&params, reply_id);
    params_int64(&params, answer->tx.commit_id);
    params_uuid_array(&params, returns.ids, returns.count);
    params_uuid_array(&params, returns.instruction_ids, returns.count);
    params_int32_array(&params, returns.lines, returns.count);
    params_int64_array(&params, returns.minors, returns.count);
    params_text_array(&params, returns.references, returns.count);
    params_text_array(&params, returns.dates, returns.count);
    return relay_sql(answer->relay, relay_sql_returns_insert, &params, error, NULL);
}

/* Others are told where instructions are now. */
static enum status moves_announce(struct answer *answer, struct error *error)
{
    size_t max = answer->subject_count;
    struct uuid *ids = memory(answer, max, sizeof *ids);
    struct text *texts = memory(answer, 2 * max, sizeof *texts);
    size_t count = 0;

    for (size_t i = 0; i < max; i++) {
        const struct subject *subject = &answer->subjects[i];

        if (subject->said == NULL)
            continue;
        ids[count] = subject->instruction_id;
        texts[count] = reason_of(answer, subject->said);
        texts[max + count] = TEXT("");
        if (subject->returned != NULL) {
            char *money = memory(answer, AMOUNT_TEXT_SIZE, 1);

            amount_format(subject->back.amount, money);
            texts[max + count] = text_of(money);
        }
        count++;
    }
    return relay_announce(answer->relay, &answer->tx, ids, texts, texts + max, count, error);
}

static enum status answer_steps(struct answer *answer, struct error *error)
{
    int64_t reply_id = 0;
    enum status status = subjects_read(answer, error);

    if (status == OK)
        status = early_refuse(answer, error);
    answer->names_customers = may_name_customers(answer);
    if (status == OK)
        status = reply_insert(answer, error, &reply_id);
    if (status != OK)
        return status;
    answer_apply(answer);
    status = outcomes_insert(answer, reply_id, error);
    if (status == OK)
        status = moves_store(answer, error);
    if (status == OK)
        status = returns_store(answer, reply_id, error);
    return status == OK ? moves_announce(answer, error) : status;
}

/* ---- one answer ---- */

static void answer_tell(const struct answer *answer, bool known)
{
    int64_t counts[STATUS_UNKNOWN + 1] = {0};
    int64_t returned = 0;
    int64_t charged = 0; /* less came back than was sent */

    for (size_t i = 0; i < answer->outcome_count; i++)
        counts[answer->outcomes[i].outcome]++;
    for (size_t i = 0; i < answer->subject_count; i++) {
        const struct subject *subject = &answer->subjects[i];

        returned += subject->returned != NULL;
        charged += subject->returned != NULL && subject->back.amount.minor < subject->sent.minor;
    }
    log_info("payment_reply_read", "read a bank's answer", LOG_TEXT("file", answer->name),
             LOG_BOOL("known", known), LOG_INT("applied", counts[STATUS_APPLIED]),
             LOG_INT("same", counts[STATUS_SAME]), LOG_INT("stale", counts[STATUS_STALE]),
             LOG_INT("contradicts", counts[STATUS_CONTRADICTS]),
             LOG_INT("unknown", counts[STATUS_UNKNOWN]), LOG_INT("returned", returned),
             LOG_INT("returned_less", charged));
}

/* bytes lie in relay->arena. DUPLICATE: read before. REJECT: no such answer. */
static enum status reply_store(struct relay *relay, const char *name, struct text bytes,
                               struct error *error)
{
    struct answer answer = {.relay = relay, .name = name, .bytes = bytes};
    enum status status = payment_reply_read(bytes, &relay->arena, error, &answer.reply);

    if (status == OK)
        status = business_begin(relay->session.db, "payment_reply", relay->session.worker,
                                clock_now_us(), error, &answer.tx);
    if (status != OK)
        return status;
    status = answer_steps(&answer, error);
    if (status == DUPLICATE)
        business_abandon(&answer.tx);
    else
        status = business_finish(&answer.tx, status, error);
    if (status == OK || status == DUPLICATE)
        answer_tell(&answer, status == DUPLICATE);
    result_free(answer.rows);
    return status;
}

static enum status reply_read_file(struct relay *relay, const char *path, const char *name,
                                   struct error *error)
{
    struct text bytes;
    enum status status;

    arena_reset(&relay->arena);
    status = file_read(path, XML_DOCUMENT_SIZE_MAX, &relay->arena, error, &bytes);
    return status == OK ? reply_store(relay, name, bytes, error) : status;
}

/* ---- the folder ---- */

/* Out of the way, under its name; one of the same name there is an older copy. */
static enum status file_aside(const struct relay *relay, const char *name, const char *folder,
                              struct error *error)
{
    char from[RELAY_PATH_SIZE];
    char to[RELAY_PATH_SIZE];
    int sizes[] = {snprintf(from, sizeof from, "%s/reply/%s", relay->folder, name),
                   snprintf(to, sizeof to, "%s/reply/%s/%s", relay->folder, folder, name)};

    if (sizes[0] >= RELAY_PATH_SIZE || sizes[1] >= RELAY_PATH_SIZE)
        return error_configuration(error, OPTION_RELAY_FOLDER " is too long");
    if (rename(from, to) == 0 || errno == ENOENT)
        return OK;
    error_set(error, RETRY, "could not move %s aside", from);
    return error_detail(error, "%s", strerror(errno));
}

static enum status folder_take(struct relay *relay, const char *name, struct error *error)
{
    char path[RELAY_PATH_SIZE];
    enum status status;

    if (snprintf(path, sizeof path, "%s/reply/%s", relay->folder, name) >= RELAY_PATH_SIZE)
        return error_configuration(error, OPTION_RELAY_FOLDER " is too long");
    status = reply_read_file(relay, path, name, error);
    if (status == FATAL && access(path, F_OK) != 0 && errno == ENOENT)
        return OK; /* another relay has read it, and put it aside */
    if (status == FATAL && error->exit_code == EXIT_CONFIGURATION)
        status = REJECT; /* too large, or no regular file: what lies here comes from outside */
    if (status == REJECT) {
        log_error_of("payment_reply_refused", error);
        return file_aside(relay, name, "refused", error);
    }
    return status == OK || status == DUPLICATE ? file_aside(relay, name, "done", error) : status;
}

static int is_reply(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);

    return entry->d_name[0] != '.' && size > 4 && strcmp(entry->d_name + size - 4, ".xml") == 0;
}

enum status relay_replies(struct relay *relay, struct error *error, int64_t *ret_files)
{
    char path[RELAY_PATH_SIZE];
    struct dirent **names = NULL;
    enum status status = OK;
    int64_t files = 0;
    int count;

    if (relay->folder[0] == '\0' ||
        snprintf(path, sizeof path, "%s/reply", relay->folder) >= RELAY_PATH_SIZE)
        return OK;
    count = scandir(path, &names, is_reply, alphasort);
    for (int i = 0; i < count; i++) {
        if (status == OK)
            status = folder_take(relay, names[i]->d_name, error);
        files += status == OK;
        free(names[i]);
    }
    free(names);
    if (status == OK)
        *ret_files = files;
    return status;
}

int reply_command(struct program_run *run, int argc, char **argv)
{
    struct relay relay;
    struct error error;
    int code = EXIT_OK;

    if (argc < 2)
        return program_usage(run, "which files?");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    for (int i = 1; i < argc && code == EXIT_OK; i++) {
        enum status status = reply_read_file(&relay, argv[i], argv[i], &error);

        if (status == OK || status == DUPLICATE)
            printf("%s: %s\n", argv[i], status == OK ? "read" : "known, nothing changed");
        else
            code = program_fail(&error);
    }
    relay_done(&relay);
    return code;
}
