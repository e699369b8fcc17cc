/*
 * xml_document.h - a small XML file, whole, as an xml_tree.
 *
 * For answers of banks: bounded before they are read, and of a known size. Statements, which may
 * be of any size, are read part by part (camt_reader.c).
 *
 * (1) No DTD, no entity, no network; nesting, elements and text have ceilings.
 * (2) The tree lives as long as the document: names belong to the parser.
 */
#ifndef SAWA_CODEC_ISO20022_XML_DOCUMENT_H
#define SAWA_CODEC_ISO20022_XML_DOCUMENT_H

#include "base/error.h"
#include "codec/iso20022/xml_tree.h"

enum {
    XML_DOCUMENT_SIZE_MAX = 16 * 1024 * 1024,
    XML_DOCUMENT_NODES_MAX = 500000,
    XML_DOCUMENT_DEPTH_MAX = 64,
    XML_DOCUMENT_ATTRIBUTES_MAX = 16,
};

struct xml_document {
    struct xml_tree tree;
    void *parser;
    int32_t depth;
    const char *refusal; /* NULL: none */
};

/* bytes are UTF-8 or say what they are. REJECT with the reason in the detail. Call
 * xml_document_done in any case. */
must_use enum status xml_document_read(struct text bytes, struct error *error,
                                       struct xml_document *ret_document);
void xml_document_done(struct xml_document *document);

#endif
