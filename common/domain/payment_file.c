/*
 * payment_file.c - see payment_file.h.
 */
#include "domain/payment_file.h"

#include "base/crypto.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- names ---- */

static const char *const message_names[] = {
    [MESSAGE_PACS_009_08] = "pacs.009.001.08",
    [MESSAGE_PAIN_001_09] = "pain.001.001.09",
    [MESSAGE_PAIN_001_03] = "pain.001.001.03",
    [MESSAGE_PACS_008_08] = "pacs.008.001.08",
};

static const char *const file_names[] = {
    [FILE_PREPARED] = "PREPARED", [FILE_RELEASED] = "RELEASED",   [FILE_WRITING] = "WRITING",
    [FILE_WRITTEN] = "WRITTEN",   [FILE_CANCELLED] = "CANCELLED",
};

static const char *const instruction_names[] = {
    [INSTRUCTION_PENDING] = "PENDING",   [INSTRUCTION_SENT] = "SENT",
    [INSTRUCTION_ACCEPTED] = "ACCEPTED", [INSTRUCTION_SETTLED] = "SETTLED",
    [INSTRUCTION_REJECTED] = "REJECTED", [INSTRUCTION_RETURNED] = "RETURNED",
};

static const char *const outcome_names[] = {
    [STATUS_APPLIED] = "APPLIED",         [STATUS_SAME] = "SAME",       [STATUS_STALE] = "STALE",
    [STATUS_CONTRADICTS] = "CONTRADICTS", [STATUS_UNKNOWN] = "UNKNOWN",
};

/* The index of name from first on; count where it is not among them. */
static size_t name_index(struct text name, const char *const *names, size_t first, size_t count)
{
    while (first < count && !text_is(name, names[first]))
        first++;
    return first;
}

const char *payment_message_name(enum payment_message message)
{
    return message_names[message];
}

bool payment_message_parse(struct text name, enum payment_message *ret_message)
{
    size_t index = name_index(name, message_names, 1, COUNT_OF(message_names));

    if (index == COUNT_OF(message_names))
        return false;
    *ret_message = (enum payment_message)index;
    return true;
}

enum payment_message payment_message_of(enum payment_message wanted, bool is_customers)
{
    assert(!is_customers || wanted == MESSAGE_PACS_008_08);
    return wanted == MESSAGE_PACS_008_08 && !is_customers ? MESSAGE_PACS_009_08 : wanted;
}

const char *file_state_name(enum file_state state)
{
    return file_names[state];
}

const char *instruction_status_name(enum instruction_status status)
{
    return instruction_names[status];
}

bool instruction_status_parse(struct text name, enum instruction_status *ret_status)
{
    size_t index = name_index(name, instruction_names, 0, COUNT_OF(instruction_names));

    if (index == COUNT_OF(instruction_names))
        return false;
    *ret_status = (enum instruction_status)index;
    return true;
}

const char *status_outcome_name(enum status_outcome outcome)
{
    return outcome_names[outcome];
}

/* ---- one file ---- */

static const struct file_transition transitions[] = {
    {FILE_PREPARED, FILE_RELEASED, "relay_release"},
    {FILE_RELEASED, FILE_WRITING, "relay_stage"},
    {FILE_WRITING, FILE_WRITTEN, "relay_deliver"},
    {FILE_PREPARED, FILE_CANCELLED, "relay_cancel"},
};

const struct file_transition *file_transitions(size_t *ret_count)
{
    *ret_count = COUNT_OF(transitions);
    return transitions;
}

int32_t bank_signatures(const struct bank_profile *profile, int64_t sum_minor)
{
    if (sum_minor > profile->release_threshold_minor)
        return 2;
    return profile->release_automatic ? 0 : 1;
}

bool payment_file_sum(struct payment_file *file)
{
    int64_t sum = 0;

    for (size_t i = 0; i < file->order_count; i++) {
        assert(file->orders[i].amount_minor > 0);
        if (__builtin_add_overflow(sum, file->orders[i].amount_minor, &sum))
            return false;
    }
    file->sum_minor = sum;
    return sum > 0;
}

static int compare_ids(const void *left, const void *right)
{
    return uuid_compare(left, right);
}

struct uuid payment_file_id(const struct payment_order *orders, size_t count, int64_t cancelled)
{
    struct uuid *ids = malloc((count + 1) * sizeof *ids);
    char name[64 + 2 * SHA256_SIZE];
    char hex[2 * SHA256_SIZE + 1];
    struct digest digest;

    if (ids == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        ids[i] = orders[i].instruction_id;
    qsort(ids, count, sizeof *ids, compare_ids);
    digest = sha256((struct text){(const char *)ids, count * sizeof *ids});
    free(ids);
    digest_format(&digest, hex);
    snprintf(name, sizeof name, "payment_file/%s/%lld", hex, (long long)cancelled);
    return uuid_of_name(text_of(name));
}

struct uuid payment_uetr(const struct uuid *instruction_id)
{
    char name[sizeof "uetr/" + UUID_HEX_SIZE] = "uetr/";
    struct digest digest;
    struct uuid uetr;

    uuid_format_hex(instruction_id, name + sizeof "uetr/" - 1);
    digest = sha256(text_of(name));
    memcpy(uetr.bytes, digest.bytes, sizeof uetr.bytes);
    uetr.bytes[6] = (unsigned char)((uetr.bytes[6] & 0x0F) | 0x40); /* RFC 9562 section 5.4 */
    uetr.bytes[8] = (unsigned char)((uetr.bytes[8] & 0x3F) | 0x80);
    return uetr;
}

struct uuid payment_uetr_kept(const struct uuid *instruction_id, const struct uuid *given)
{
    if (given != NULL && uuid_version(given) == 4 && (given->bytes[8] & 0xC0) == 0x80)
        return *given;
    return payment_uetr(instruction_id);
}

/* ---- what the bank answers ---- */

bool payment_status_read(struct text code, enum instruction_status *ret_status)
{
    /* ISO 20022 ExternalPaymentTransactionStatus1Code, ExternalPaymentGroupStatus1Code. */
    static const struct {
        const char *code;
        enum instruction_status status;
    } rows[] = {
        {"RCVD", INSTRUCTION_SENT},     {"PDNG", INSTRUCTION_SENT},
        {"ACTC", INSTRUCTION_ACCEPTED}, {"ACCP", INSTRUCTION_ACCEPTED},
        {"ACFC", INSTRUCTION_ACCEPTED}, {"ACWC", INSTRUCTION_ACCEPTED},
        {"ACWP", INSTRUCTION_ACCEPTED}, {"ACSP", INSTRUCTION_ACCEPTED},
        {"ACSC", INSTRUCTION_SETTLED},  {"ACCC", INSTRUCTION_SETTLED},
        {"RJCT", INSTRUCTION_REJECTED}, {"CANC", INSTRUCTION_REJECTED},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (text_is(code, rows[i].code)) {
            *ret_status = rows[i].status;
            return true;
        }
    }
    return false;
}

/* The table in payment_file.h, row by row; a test compares the two. */
enum { U = STATUS_UNKNOWN, A = STATUS_APPLIED, S = STATUS_SAME };
enum { O = STATUS_STALE, C = STATUS_CONTRADICTS };
static const unsigned char moves[][INSTRUCTION_RETURNED + 1] = {
    [INSTRUCTION_PENDING] = {U, U, U, U, U, U},  [INSTRUCTION_SENT] = {U, S, A, A, A, A},
    [INSTRUCTION_ACCEPTED] = {U, O, S, A, A, A}, [INSTRUCTION_SETTLED] = {U, O, O, S, C, A},
    [INSTRUCTION_REJECTED] = {U, O, O, C, S, C}, [INSTRUCTION_RETURNED] = {U, O, O, O, C, S},
};

enum status_outcome instruction_move(enum instruction_status known, enum instruction_status said)
{
    assert(said != INSTRUCTION_PENDING); /* no bank says that */
    assert(known < COUNT_OF(moves));
    assert(said < COUNT_OF(moves));
    return moves[known][said];
}

enum status_outcome payment_return_move(enum instruction_status known, struct amount sent,
                                        const struct payment_return *before,
                                        const struct payment_return *said)
{
    enum status_outcome outcome = instruction_move(known, INSTRUCTION_RETURNED);

    if (outcome == STATUS_UNKNOWN)
        return outcome;
    if (said->amount.currency != sent.currency || said->amount.minor <= 0 ||
        said->amount.minor > sent.minor)
        return STATUS_CONTRADICTS; /* (3) */
    if (outcome != STATUS_SAME)
        return outcome;
    assert(before != NULL);
    assert(before->amount.currency == sent.currency);
    if (said->amount.minor != before->amount.minor ||
        !text_equal(said->reference, before->reference))
        return STATUS_CONTRADICTS;
    return STATUS_SAME;
}
