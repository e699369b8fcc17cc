/*
 * payment_reply.c - see payment_reply.h.
 */
#include "codec/iso20022/payment_reply.h"

#include "codec/iso20022/xml_document.h"

enum { ID_MAX = 35, INFORMATION_MAX = 210 };

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

static struct text reason_at(struct reply_reader *reader, int32_t node)
{
    struct text code = text_at(reader, node, "StsRsnInf/Rsn/Cd", ID_MAX);

    return code.size > 0 ? code : text_at(reader, node, "StsRsnInf/Rsn/Prtry", ID_MAX);
}

/* What node says under the name of its status, with the ids that stand beside it. */
static void line_add(struct reply_reader *reader, int32_t node, enum reply_level level,
                     const char *status, struct text message_id)
{
    struct reply_line *line;

    if (node == XML_NONE || reader->failed || xml_text_at(reader->tree, node, status).size == 0)
        return; /* (2) */
    reader->group_count += level != REPLY_TRANSACTION;
    if (reader->count == REPLY_LINES_MAX || reader->group_count > REPLY_GROUPS_MAX) {
        reader->failed = true;
        return;
    }
    line = &reader->lines[reader->count];
    *line = (struct reply_line){
        .level = level,
        .original_message_id = message_id,
        .original_instruction_id = text_at(reader, node, "OrgnlInstrId", ID_MAX),
        .original_end_to_end_id = text_at(reader, node, "OrgnlEndToEndId", ID_MAX),
        .original_transaction_id = text_at(reader, node, "OrgnlTxId", ID_MAX),
        .original_uetr = text_at(reader, node, "OrgnlUETR", ID_MAX + 1),
        .status = text_at(reader, node, status, ID_MAX),
        .reason = reason_at(reader, node),
        .information = text_at(reader, node, "StsRsnInf/AddtlInf", INFORMATION_MAX),
    };
    reader->count++;
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

/* The element that says what this is, and its name; XML_NONE: neither of the two. */
static int32_t root_find(const struct xml_tree *tree, struct text *ret_message)
{
    static const struct {
        const char *root;
        const char *message;
    } roots[] = {{"FIToFIPmtStsRpt", "pacs.002"}, {"CstmrPmtStsRpt", "pain.002"}};

    for (int32_t node = 0; node < tree->node_count; node++) {
        for (size_t i = 0; i < COUNT_OF(roots); i++) {
            if (xml_is(tree, node, roots[i].root)) {
                *ret_message = text_of(roots[i].message);
                return node;
            }
        }
    }
    return XML_NONE;
}

static enum status no_reply(struct error *error)
{
    error_set(error, REJECT, "an answer of a bank was refused");
    error_detail(error, "it holds no pacs.002 and no pain.002");
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
    struct payment_reply reply = {0};
    int32_t root = root_find(tree, &reply.message);

    if (root == XML_NONE)
        return no_reply(error);
    reader.lines = arena_alloc(arena, REPLY_LINES_MAX * sizeof *reader.lines);
    if (reader.lines == NULL)
        return error_set(error, FATAL, "no memory for the lines of an answer");
    reply.message_id = text_at(&reader, root, "GrpHdr/MsgId", ID_MAX);
    lines_read(&reader, root);
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
