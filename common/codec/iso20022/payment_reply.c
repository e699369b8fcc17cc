/*
 * payment_reply.c - see payment_reply.h.
 */
#include "codec/iso20022/payment_reply.h"

#include "codec/iso20022/xml_document.h"

enum { ID_MAX = 35, INFORMATION_MAX = 210, DAY_SIZE = sizeof "2026-03-01" - 1 };

struct reply_reader {
    const struct xml_tree *tree;
    struct arena *arena;
    struct reply_line *lines;
    size_t count, group_count;
    bool failed; /* the arena is full, or there are too many lines (3) */
};

static const char *const level_names[] = {
    [REPLY_GROUP] = "GROUP",
    [REPLY_PAYMENT_INFORMATION] = "PAYMENT_INFORMATION",
    [REPLY_TRANSACTION] = "TRANSACTION",
};

const char *reply_level_name(enum reply_level level)
{
    return level_names[level];
}

static struct text text_at(struct reply_reader *reader, int32_t node, const char *path, size_t max)
{
    struct text text = text_cut(xml_text_at(reader->tree, node, path), max);
    struct text kept = arena_text(reader->arena, text);

    reader->failed = reader->failed || (text.size > 0 && kept.data == NULL);
    return kept;
}

/* Where the reason for a status stands, and that for a return. */
struct reason_paths {
    const char *code, *proprietary, *information;
};

static const struct reason_paths status_reason = {"StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry",
                                                  "StsRsnInf/AddtlInf"};
static const struct reason_paths return_reason = {"RtrRsnInf/Rsn/Cd", "RtrRsnInf/Rsn/Prtry",
                                                  "RtrRsnInf/AddtlInf"};

static void reason_read(struct reply_reader *reader, int32_t node, const struct reason_paths *paths,
                        struct reply_line *line)
{
    line->reason = text_at(reader, node, paths->code, ID_MAX);
    if (line->reason.size == 0)
        line->reason = text_at(reader, node, paths->proprietary, ID_MAX);
    line->information = text_at(reader, node, paths->information, INFORMATION_MAX);
}

/* The next line, with the ids that stand at node. NULL: there are too many (3). */
static struct reply_line *line_begin(struct reply_reader *reader, int32_t node,
                                     enum reply_level level, struct text message_id)
{
    struct reply_line *line = &reader->lines[reader->count];

    reader->group_count += level != REPLY_TRANSACTION;
    if (reader->count == REPLY_LINES_MAX || reader->group_count > REPLY_GROUPS_MAX) {
        reader->failed = true;
        return NULL;
    }
    *line = (struct reply_line){
        .level = level,
        .original_message_id = message_id,
        .original_instruction_id = text_at(reader, node, "OrgnlInstrId", ID_MAX),
        .original_end_to_end_id = text_at(reader, node, "OrgnlEndToEndId", ID_MAX),
        .original_transaction_id = text_at(reader, node, "OrgnlTxId", ID_MAX),
        .original_uetr = text_at(reader, node, "OrgnlUETR", ID_MAX + 1),
        .returned_amount.currency = CURRENCY_NONE,
        .returned_on = DATE_NONE,
    };
    reader->count++;
    return line;
}

/* What node says under the name of its status, with the ids that stand beside it. */
static void line_add(struct reply_reader *reader, int32_t node, enum reply_level level,
                     const char *status, struct text message_id)
{
    struct reply_line *line;

    if (node == XML_NONE || reader->failed || xml_text_at(reader->tree, node, status).size == 0)
        return; /* (2) */
    line = line_begin(reader, node, level, message_id);
    if (line == NULL)
        return;
    line->status = text_at(reader, node, status, ID_MAX);
    reason_read(reader, node, &status_reason, line);
}

/* The transactions below node; each may name the message it belongs to itself (pacs.002). */
static void transactions_add(struct reply_reader *reader, int32_t node, struct text message_id)
{
    for (int32_t one = xml_find(reader->tree, node, "TxInfAndSts"); one != XML_NONE;
         one = xml_next(reader->tree, one)) {
        struct text own = text_at(reader, one, "OrgnlGrpInf/OrgnlMsgId", ID_MAX);

        line_add(reader, one, REPLY_TRANSACTION, "TxSts", own.size > 0 ? own : message_id);
    }
}

static void lines_read(struct reply_reader *reader, int32_t root)
{
    int32_t group = xml_find(reader->tree, root, "OrgnlGrpInfAndSts");
    struct text message_id = text_at(reader, group, "OrgnlMsgId", ID_MAX);

    line_add(reader, group, REPLY_GROUP, "GrpSts", message_id);
    transactions_add(reader, root, message_id);
    for (int32_t one = xml_find(reader->tree, root, "OrgnlPmtInfAndSts"); one != XML_NONE;
         one = xml_next(reader->tree, one)) {
        line_add(reader, one, REPLY_PAYMENT_INFORMATION, "PmtInfSts", message_id);
        transactions_add(reader, one, message_id);
    }
}

/* ---- pacs.004 ---- */

static struct amount amount_at(struct reply_reader *reader, int32_t node, const char *path)
{
    int32_t found = xml_find(reader->tree, node, path);
    struct amount amount = {.currency = CURRENCY_NONE};
    currency code;
    bool excess;

    if (found == XML_NONE || !currency_parse(xml_currency(reader->tree, found), &code) ||
        !amount_parse(xml_text(reader->tree, found), '.', false, code, &amount, &excess))
        return (struct amount){.currency = CURRENCY_NONE};
    return amount;
}

static calendar_date date_at(struct reply_reader *reader, int32_t node, const char *path)
{
    struct text text = text_cut(xml_text_at(reader->tree, node, path), DAY_SIZE);
    calendar_date date;

    return date_parse(text, &date) ? date : DATE_NONE; /* a zone behind it says nothing here */
}

/* One payment that comes back; the original's message and the day may stand with the group. */
static void return_add(struct reply_reader *reader, int32_t node, int32_t header,
                       struct text message_id)
{
    struct text own = text_at(reader, node, "OrgnlGrpInf/OrgnlMsgId", ID_MAX);
    struct reply_line *line =
        line_begin(reader, node, REPLY_TRANSACTION, own.size > 0 ? own : message_id);

    if (line == NULL)
        return;
    line->status = TEXT(REPLY_RETURNED);
    line->return_id = text_at(reader, node, "RtrId", ID_MAX);
    line->returned_amount = amount_at(reader, node, "RtrdIntrBkSttlmAmt");
    line->returned_on = date_at(reader, node, "IntrBkSttlmDt");
    if (line->returned_on == DATE_NONE)
        line->returned_on = date_at(reader, header, "IntrBkSttlmDt");
    reason_read(reader, node, &return_reason, line);
}

static void group_return_add(struct reply_reader *reader, int32_t header, int32_t group,
                             struct text message_id)
{
    struct text whole = xml_text_at(reader->tree, header, "GrpRtr");
    struct reply_line *line;

    if (!text_is(whole, "true") && !text_is(whole, "1"))
        return;
    line = line_begin(reader, group, REPLY_GROUP, message_id);
    if (line == NULL)
        return;
    line->status = TEXT(REPLY_RETURNED);
    reason_read(reader, group, &return_reason, line);
}

static void returns_read(struct reply_reader *reader, int32_t root)
{
    int32_t header = xml_find(reader->tree, root, "GrpHdr");
    int32_t group = xml_find(reader->tree, root, "OrgnlGrpInf");
    struct text message_id = text_at(reader, group, "OrgnlMsgId", ID_MAX);
    int32_t one = xml_find(reader->tree, root, "TxInf");

    if (one == XML_NONE)
        group_return_add(reader, header, group, message_id); /* (2) */
    for (; one != XML_NONE && !reader->failed; one = xml_next(reader->tree, one))
        return_add(reader, one, header, message_id);
}

/* ---- which message ---- */

struct reply_root {
    const char *element;
    const char *message;
    void (*read)(struct reply_reader *reader, int32_t root);
};

static const struct reply_root roots[] = {
    {"FIToFIPmtStsRpt", "pacs.002", lines_read},
    {"CstmrPmtStsRpt", "pain.002", lines_read},
    {"PmtRtr", "pacs.004", returns_read},
};

/* The element that says what this is, and its row; XML_NONE: none of them. */
static int32_t root_find(const struct xml_tree *tree, const struct reply_root **ret_root)
{
    for (int32_t node = 0; node < tree->node_count; node++) {
        for (size_t i = 0; i < COUNT_OF(roots); i++) {
            if (xml_is(tree, node, roots[i].element)) {
                *ret_root = &roots[i];
                return node;
            }
        }
    }
    return XML_NONE;
}

static enum status no_reply(struct error *error)
{
    error_set(error, REJECT, "an answer of a bank was refused");
    error_detail(error, "it holds no pacs.002, no pain.002 and no pacs.004");
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

static enum status too_large(struct error *error)
{
    error_set(error, REJECT, "an answer of a bank was refused");
    error_detail(error, "it has more than %d lines, or %d about many payments at once",
                 REPLY_LINES_MAX, REPLY_GROUPS_MAX);
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

static enum status reply_read(const struct xml_tree *tree, struct arena *arena, struct error *error,
                              struct payment_reply *ret_reply)
{
    struct reply_reader reader = {.tree = tree, .arena = arena};
    const struct reply_root *found = NULL;
    struct payment_reply reply = {0};
    int32_t root = root_find(tree, &found);

    if (root == XML_NONE)
        return no_reply(error);
    reader.lines = arena_alloc(arena, REPLY_LINES_MAX * sizeof *reader.lines);
    if (reader.lines == NULL)
        return error_set(error, FATAL, "no memory for the lines of an answer");
    reply.message = text_of(found->message);
    reply.message_id = text_at(&reader, root, "GrpHdr/MsgId", ID_MAX);
    found->read(&reader, root);
    if (reader.failed)
        return too_large(error);
    reply.lines = reader.lines;
    reply.line_count = reader.count;
    *ret_reply = reply;
    return OK;
}

enum status payment_reply_read(struct text bytes, struct arena *arena, struct error *error,
                               struct payment_reply *ret_reply)
{
    struct xml_document document;
    enum status status = xml_document_read(bytes, error, &document);

    if (status == OK)
        status = reply_read(&document.tree, arena, error, ret_reply);
    xml_document_done(&document);
    return status;
}
