/*
 * camt_reader.c - camt.052, .053 and .054 in all versions: bytes to elements to parts.
 *
 *   Document (or any wrapper)
 *     BkToCstmrStmt                    the known root: read by local name (43, 45)
 *       GrpHdr                         a part
 *       Stmt                           a statement
 *         Acct, Bal, TxsSummry, ..     parts
 *         Ntry                         a part; its TxDtls are cut off one by one
 *
 * (1) The parser is a push parser that sees well-formed UTF-8 only. It loads no DTD, asks no
 *     network, replaces no entity, and is stopped at the first DOCTYPE (54).
 * (2) Depth, attributes, elements and text of one part have ceilings.
 * (3) Outside of parts nothing is kept.
 *
 * libxml2 is used in this folder only.
 */
#include "codec/iso20022/camt_parts.h"

#include <libxml/parser.h>
#include <stdlib.h>

enum { VERSION_SIZE = 16 };

struct camt_reader {
    struct camt camt;
    xmlParserCtxtPtr parser;
    int32_t depth;           /* open elements */
    int32_t root_depth;      /* depth inside the known root, 0: not in it */
    int32_t statement_depth; /* depth inside a statement, 0: not in one */
    int32_t skip_depth;      /* depth of the element that is passed over, 0: none */
    bool in_part;
    bool root_seen;
    char version[VERSION_SIZE];
    char root_name[64]; /* the first two elements, for messages */
    char inner_name[64];
    struct error *error; /* of the call that is running */
    enum status status;
};

static int64_t line_of(const struct camt_reader *reader)
{
    return reader->parser->input == NULL ? 0 : reader->parser->input->line;
}

/* Stops the parser; the first answer stays. */
static void stop(struct camt_reader *reader, enum status status)
{
    if (reader->status == OK)
        reader->status = status;
    xmlStopParser(reader->parser);
}

static void refuse(struct camt_reader *reader, enum finding_code code, const char *text)
{
    if (reader->status == OK)
        stop(reader, statement_refuse(reader->camt.context, code, line_of(reader), reader->error,
                                      "%s", text));
}

static enum statement_format root_format(const char *name)
{
    static const struct {
        const char *name;
        enum statement_format format;
    } roots[] = {
        {"BkToCstmrStmt", FORMAT_CAMT_053},
        {"BkToCstmrAcctRpt", FORMAT_CAMT_052},
        {"BkToCstmrDbtCdtNtfctn", FORMAT_CAMT_054},
    };

    for (size_t i = 0; i < COUNT_OF(roots); i++) {
        size_t size = strlen(roots[i].name);

        /* Version 1 names its root BkToCstmrStmtV01. */
        if (strncmp(name, roots[i].name, size) == 0 && (name[size] == '\0' || name[size] == 'V'))
            return roots[i].format;
    }
    return FORMAT_UNKNOWN;
}

/* "camt.053.001.08" out of the namespace; national additions and misspellings are noted. */
static void read_version(struct camt_reader *reader, const char *uri)
{
    static const char prefix[] = "urn:iso:std:iso:20022:tech:xsd:";
    const char *name = uri == NULL ? NULL : strstr(uri, "camt.05");
    size_t size = sizeof "camt.053.001.08" - 1;
    int64_t number = 0;

    reader->version[0] = '\0';
    reader->camt.version_known = false;
    if (name == NULL || strlen(name) < size ||
        !text_to_int64((struct text){name + size - 2, 2}, &number))
        return;
    text_copy((struct text){name, size}, reader->version, sizeof reader->version);
    reader->camt.version_known = strncmp(uri, prefix, sizeof prefix - 1) == 0 &&
                                 name == uri + sizeof prefix - 1 && name[size] == '\0' &&
                                 number >= 1 && number <= 13;
}

static bool is_statement(const char *name)
{
    return strcmp(name, "Stmt") == 0 || strcmp(name, "Rpt") == 0 || strcmp(name, "Ntfctn") == 0;
}

static void enter_root(struct camt_reader *reader, enum statement_format format, const char *uri)
{
    reader->root_seen = true;
    reader->root_depth = reader->depth;
    reader->camt.format = format;
    memset(&reader->camt.header, 0, sizeof reader->camt.header);
    read_version(reader, uri);
    reader->camt.format_version = reader->version;
}

static void open_in_part(struct camt_reader *reader, const char *name, struct text code)
{
    struct camt *camt = &reader->camt;

    if (name[0] == 'S' && strcmp(name, "SplmtryData") == 0) {
        reader->skip_depth = reader->depth;
        return;
    }
    if (name[0] == 'T' && strcmp(name, "TxDtls") == 0 && camt->entry == NULL &&
        reader->statement_depth != 0 && camt->tree.node_count > 0 && xml_is(&camt->tree, 0, "Ntry"))
        camt_entry_begin(camt, 0);
    xml_tree_open(&camt->tree, name, line_of(reader), code);
}

static void open_part(struct camt_reader *reader, const char *name, struct text code)
{
    reader->in_part = true;
    xml_tree_clear(&reader->camt.tree);
    xml_tree_open(&reader->camt.tree, name, line_of(reader), code);
}

static void open_element(struct camt_reader *reader, const char *name, const char *uri,
                         struct text code)
{
    enum statement_format format;

    if (reader->skip_depth != 0)
        return;
    if (reader->in_part) {
        open_in_part(reader, name, code);
    } else if (reader->root_depth == 0) {
        format = root_format(name);
        if (format != FORMAT_UNKNOWN)
            enter_root(reader, format, uri);
    } else if (reader->statement_depth == 0 && is_statement(name)) {
        reader->statement_depth = reader->depth;
    } else {
        open_part(reader, name, code);
    }
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes)
{
    struct camt_reader *reader = context;
    const struct statement_limits *limits = reader->camt.context->limits;

    (void)prefix;
    (void)namespaces;
    (void)defaulted_count;
    if (reader->status != OK)
        return;
    if (++reader->depth > limits->depth_max) {
        refuse(reader, REFUSED_LIMIT_EXCEEDED, "elements are nested too deep");
        return;
    }
    if (attribute_count + namespace_count > limits->attributes_max) {
        refuse(reader, REFUSED_LIMIT_EXCEEDED, "an element has too many attributes");
        return;
    }
    if (reader->depth == 1)
        text_copy(text_of((const char *)name), reader->root_name, sizeof reader->root_name);
    if (reader->depth == 2 && reader->inner_name[0] == '\0')
        text_copy(text_of((const char *)name), reader->inner_name, sizeof reader->inner_name);
    open_element(reader, (const char *)name, (const char *)uri,
                 xml_currency_attribute(attributes, attribute_count));
    if (reader->camt.tree.failed)
        refuse(reader, REFUSED_LIMIT_EXCEEDED, "one entry or part has too many elements");
}

static void on_text(void *context, const xmlChar *bytes, int size)
{
    struct camt_reader *reader = context;

    if (reader->status != OK || !reader->in_part || reader->skip_depth != 0)
        return;
    xml_tree_text(&reader->camt.tree, (struct text){(const char *)bytes, (size_t)size});
    if (reader->camt.tree.failed)
        refuse(reader, REFUSED_LIMIT_EXCEEDED, "one entry or part has too much text");
}

static enum status close_entry(struct camt_reader *reader, int32_t node)
{
    struct camt *camt = &reader->camt;

    if (camt->entry == NULL)
        camt_entry_begin(camt, node);
    camt_entry_end(camt, node);
    return statement_entry_done(camt->context, line_of(reader), reader->error);
}

/* A part is complete: what it is depends on where it stands. */
static enum status close_part(struct camt_reader *reader, int32_t node)
{
    struct camt *camt = &reader->camt;
    enum status status = OK;

    if (reader->statement_depth != 0 && xml_is(&camt->tree, node, "Ntry")) {
        status = close_entry(reader, node);
    } else if (reader->statement_depth != 0) {
        camt_part(camt, node);
        status = statement_fits(camt->context, line_of(reader), reader->error);
    } else if (xml_is(&camt->tree, node, "GrpHdr") && !camt_header(camt, node))
        status = statement_refuse(camt->context, REFUSED_LIMIT_EXCEEDED, line_of(reader),
                                  reader->error, "MsgId or CreDtTm is too long");
    xml_tree_clear(&camt->tree);
    reader->in_part = false;
    return status;
}

static enum status close_in_part(struct camt_reader *reader)
{
    struct camt *camt = &reader->camt;
    int32_t node = xml_tree_close(&camt->tree);

    if (node == 0)
        return close_part(reader, node);
    if (camt->entry != NULL && xml_is(&camt->tree, node, "TxDtls")) {
        camt_detail(camt, node);
        xml_tree_cut(&camt->tree, node);
        return statement_fits(camt->context, line_of(reader), reader->error);
    }
    return OK;
}

static enum status close_statement(struct camt_reader *reader)
{
    reader->statement_depth = 0;
    statement_note_encoding(reader->camt.context, line_of(reader));
    camt_finish(&reader->camt);
    return statement_deliver(reader->camt.context, line_of(reader), reader->error);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct camt_reader *reader = context;
    enum status status = OK;

    (void)name;
    (void)prefix;
    (void)uri;
    if (reader->status != OK)
        return;
    assert(reader->depth > 0);
    if (reader->skip_depth != 0)
        reader->skip_depth = reader->skip_depth == reader->depth ? 0 : reader->skip_depth;
    else if (reader->in_part)
        status = close_in_part(reader);
    else if (reader->depth == reader->statement_depth)
        status = close_statement(reader);
    else if (reader->depth == reader->root_depth)
        reader->root_depth = 0;
    reader->depth--;
    if (status != OK)
        stop(reader, status);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external_id,
                       const xmlChar *system_id)
{
    (void)name;
    (void)external_id;
    (void)system_id;
    refuse(context, REFUSED_DOCTYPE, "a statement has no DOCTYPE"); /* (1) */
}

static void on_error(void *context, xmlErrorPtr problem)
{
    (void)context;
    (void)problem; /* asked for after the call; the library itself stays silent */
}

static xmlSAXHandler handler(void)
{
    return (xmlSAXHandler){
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };
}

/* Not well-formed: cut short where the file just ended, damaged where it went on. */
static enum status parser_verdict(struct camt_reader *reader, bool at_end)
{
    const xmlError *problem = xmlCtxtGetLastError(reader->parser);
    const char *message = problem == NULL || problem->message == NULL ? "" : problem->message;

    if (reader->status != OK)
        return reader->status;
    if (reader->parser->wellFormed)
        return OK;
    reader->status =
        statement_refuse(reader->camt.context, at_end ? REFUSED_CUT_SHORT : REFUSED_UNDECODABLE,
                         line_of(reader), reader->error, "XML: %.*s", (int)strcspn(message, "\n"),
                         message);
    return reader->status;
}

static enum status camt_feed(void *context, struct text bytes, struct error *error)
{
    struct camt_reader *reader = context;

    assert(bytes.size <= INT32_MAX);
    reader->error = error;
    if (reader->status == OK && bytes.size > 0)
        xmlParseChunk(reader->parser, bytes.data, (int)bytes.size, 0);
    return parser_verdict(reader, false);
}

static enum status camt_end(void *context, struct error *error)
{
    struct camt_reader *reader = context;
    enum status status;

    reader->error = error;
    xmlParseChunk(reader->parser, NULL, 0, 1);
    status = parser_verdict(reader, true);
    if (status == OK && !reader->root_seen)
        return statement_refuse(reader->camt.context, REFUSED_FORMAT_UNKNOWN, 0, error,
                                "XML %s/%s holds no camt.052, .053 or .054", reader->root_name,
                                reader->inner_name); /* (45) */
    return status;
}

static void *camt_open(struct statement_context *context)
{
    struct camt_reader *reader = calloc(1, sizeof *reader);
    xmlSAXHandler sax = handler();

    if (reader == NULL)
        abort();
    reader->camt.context = context;
    xml_tree_init(&reader->camt.tree, context->limits->elements_max,
                  context->limits->element_size_max);
    reader->parser = xmlCreatePushParserCtxt(&sax, reader, NULL, 0, NULL);
    if (reader->parser == NULL)
        abort();
    xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    return reader;
}

static void camt_close(void *context)
{
    struct camt_reader *reader = context;

    if (reader == NULL)
        return;
    if (reader->parser != NULL && reader->parser->myDoc != NULL)
        xmlFreeDoc(reader->parser->myDoc);
    xmlFreeParserCtxt(reader->parser);
    xml_tree_done(&reader->camt.tree);
    free(reader);
}

static bool camt_recognise(struct statement_context *context, struct text head)
{
    (void)context;
    head = text_trim(head);
    return head.size > 0 && head.data[0] == '<';
}

const struct statement_parser camt_parser = {
    .name = "a camt message",
    .recognise = camt_recognise,
    .open = camt_open,
    .feed = camt_feed,
    .end = camt_end,
    .close = camt_close,
};
