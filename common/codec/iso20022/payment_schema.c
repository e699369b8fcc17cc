/*
 * payment_schema.c - payment_xml_check: a document against its XSD, by libxml2.
 *
 * The schemas are ISO's, in a folder that the configuration names; they come from an operator, not
 * from outside. Nothing is loaded over the network.
 */
#include "codec/iso20022/payment_xml.h"

#include <libxml/xmlschemas.h>
#include <stdio.h>

enum { PATH_MAX_SIZE = 4096, PROBLEM_SIZE = 256 };

struct problem {
    int line;
    char text[PROBLEM_SIZE]; /* the first one */
};

static void on_problem(void *context, xmlErrorPtr found)
{
    struct problem *problem = context;

    if (problem->text[0] != '\0' || found->message == NULL)
        return;
    problem->line = found->line;
    snprintf(problem->text, sizeof problem->text, "%.*s", (int)strcspn(found->message, "\n"),
             found->message);
}

static enum status schema_read(const char *folder, enum payment_message message,
                               struct error *error, xmlSchemaPtr *ret_schema)
{
    char path[PATH_MAX_SIZE];
    struct problem problem = {0};
    xmlSchemaParserCtxtPtr parser;
    int size = snprintf(path, sizeof path, "%s/%s.xsd", folder, payment_message_name(message));

    if (size < 0 || (size_t)size >= sizeof path)
        return error_configuration(error, "the path of the schema folder is too long");
    parser = xmlSchemaNewParserCtxt(path);
    if (parser == NULL)
        abort();
    xmlSchemaSetParserStructuredErrors(parser, on_problem, &problem);
    *ret_schema = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    if (*ret_schema != NULL)
        return OK;
    (void)error_configuration(error, "could not read the schema %s", path);
    error_detail(error, "%s", problem.text);
    return error_hint(error, "relay.schema_folder must hold the XSDs of ISO 20022, or the bank's "
                             "profile says schema_check: waived");
}

/* What the library says quotes the value it does not like, and that may be a customer's name (I12):
 * of a customer's payment only the element is told. */
static void problem_tell(const struct problem *problem, enum payment_message message,
                         struct error *error)
{
    const char *end = message == MESSAGE_PACS_008_08 ? strchr(problem->text, '\'') : NULL;

    if (end != NULL)
        end = strchr(end + 1, '\'');
    if (message != MESSAGE_PACS_008_08)
        error_detail(error, "line %d: %s", problem->line, problem->text);
    else if (end != NULL && strncmp(problem->text, "Element '", sizeof "Element '" - 1) == 0)
        error_detail(error, "line %d: %.*s", problem->line, (int)(end + 1 - problem->text),
                     problem->text);
    else
        error_detail(error, "line %d", problem->line);
}

static enum status refused(const struct problem *problem, enum payment_message message,
                           struct error *error)
{
    error_set(error, REJECT, "a payment file is not valid %s", payment_message_name(message));
    problem_tell(problem, message, error);
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

static enum status document_check(xmlSchemaPtr schema, struct text bytes,
                                  enum payment_message message, struct error *error)
{
    struct problem problem = {0};
    xmlSchemaValidCtxtPtr valid = xmlSchemaNewValidCtxt(schema);
    xmlDocPtr document = xmlReadMemory(bytes.data, (int)bytes.size, "payment file", NULL,
                                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    int answer = -1;

    if (valid == NULL)
        abort();
    xmlSchemaSetValidStructuredErrors(valid, on_problem, &problem);
    if (document != NULL)
        answer = xmlSchemaValidateDoc(valid, document);
    xmlFreeDoc(document);
    xmlSchemaFreeValidCtxt(valid);
    return answer == 0 ? OK : refused(&problem, message, error);
}

enum status payment_xml_check(struct text bytes, enum payment_message message, const char *folder,
                              struct error *error)
{
    xmlSchemaPtr schema = NULL;
    enum status status;

    assert(bytes.size <= INT32_MAX);
    status = schema_read(folder, message, error, &schema);
    if (status == OK)
        status = document_check(schema, bytes, message, error);
    xmlSchemaFree(schema);
    return status;
}
