/*
 * xml_document.c - see xml_document.h.
 */
#include "codec/iso20022/xml_document.h"

#include <libxml/parser.h>

static void refuse(struct xml_document *document, const char *why)
{
    if (document->refusal == NULL)
        document->refusal = why;
    xmlStopParser(document->parser);
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int namespace_count, const xmlChar **namespaces, int attribute_count,
                     int defaulted_count, const xmlChar **attributes)
{
    struct xml_document *document = context;
    xmlParserCtxtPtr parser = document->parser;

    (void)prefix;
    (void)uri;
    (void)namespaces;
    (void)defaulted_count;
    if (document->refusal != NULL)
        return;
    if (++document->depth > XML_DOCUMENT_DEPTH_MAX)
        refuse(document, "elements are nested too deep");
    else if (attribute_count + namespace_count > XML_DOCUMENT_ATTRIBUTES_MAX)
        refuse(document, "an element has too many attributes");
    else
        xml_tree_open(&document->tree, (const char *)name,
                      parser->input == NULL ? 0 : parser->input->line,
                      xml_currency_attribute(attributes, attribute_count));
    if (document->tree.failed)
        refuse(document, "it has too many elements");
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml_document *document = context;

    (void)name;
    (void)prefix;
    (void)uri;
    if (document->refusal != NULL)
        return;
    document->depth--;
    (void)xml_tree_close(&document->tree);
}

static void on_text(void *context, const xmlChar *bytes, int size)
{
    struct xml_document *document = context;

    if (document->refusal != NULL)
        return;
    xml_tree_text(&document->tree, (struct text){(const char *)bytes, (size_t)size});
    if (document->tree.failed)
        refuse(document, "it has too much text");
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external_id,
                       const xmlChar *system_id)
{
    (void)name;
    (void)external_id;
    (void)system_id;
    refuse(context, "it has a DOCTYPE"); /* (1) */
}

static void on_error(void *context, xmlErrorPtr problem)
{
    (void)context;
    (void)problem; /* asked for after the call; the library itself stays silent */
}

static enum status refused(const char *why, int line, struct error *error)
{
    error_set(error, REJECT, "could not read an XML file");
    error_detail(error, "line %d: %.*s", line, (int)strcspn(why, "\n"), why);
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

static enum status verdict(struct xml_document *document, struct error *error)
{
    xmlParserCtxtPtr parser = document->parser;
    const xmlError *problem = xmlCtxtGetLastError(parser);
    int line = parser->input == NULL ? 0 : parser->input->line;

    if (document->refusal != NULL)
        return refused(document->refusal, line, error);
    if (!parser->wellFormed || document->tree.node_count == 0)
        return refused(problem == NULL || problem->message == NULL ? "it is not XML"
                                                                   : problem->message,
                       line, error);
    return OK;
}

enum status xml_document_read(struct text bytes, struct error *error,
                              struct xml_document *ret_document)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };

    *ret_document = (struct xml_document){0};
    xml_tree_init(&ret_document->tree, XML_DOCUMENT_NODES_MAX, XML_DOCUMENT_SIZE_MAX);
    if (bytes.size > XML_DOCUMENT_SIZE_MAX)
        return refused("it is larger than 16 MiB", 0, error);
    ret_document->parser = xmlCreatePushParserCtxt(&sax, ret_document, NULL, 0, NULL);
    if (ret_document->parser == NULL)
        abort();
    xmlCtxtUseOptions(ret_document->parser, XML_PARSE_NONET);
    xmlParseChunk(ret_document->parser, bytes.data, (int)bytes.size, 0);
    xmlParseChunk(ret_document->parser, NULL, 0, 1);
    return verdict(ret_document, error);
}

void xml_document_done(struct xml_document *document)
{
    xmlParserCtxtPtr parser = document->parser;

    if (parser != NULL && parser->myDoc != NULL)
        xmlFreeDoc(parser->myDoc);
    xmlFreeParserCtxt(parser);
    xml_tree_done(&document->tree);
}
