/*
 * camt_parts.h - parts of a camt.052, .053 or .054 message, put into a statement.
 *
 * Every part is read by local names, and each name is accepted in every place any
 * version or national variant has put it (43): BIC and BICFI, Dbtr/Nm and
 * Dbtr/Pty/Nm, Sts and Sts/Cd. Nothing is validated against a schema.
 *
 *   GrpHdr                         camt_header, kept for all statements of the message
 *   Stmt, Rpt, Ntfctn              their children one by one: camt_part
 *     Ntry                         camt_entry_begin at its first TxDtls or its end
 *       TxDtls                     camt_detail, then its nodes are cut
 *     ... end of Ntry              camt_entry_end
 *   end                            camt_finish
 */
#ifndef SAWA_CODEC_ISO20022_CAMT_PARTS_H
#define SAWA_CODEC_ISO20022_CAMT_PARTS_H

#include "codec/iso20022/xml_tree.h"
#include "codec/statement_parser.h"

enum { CAMT_TEXT_SIZE = 256 };

/* What GrpHdr says for all statements below it. */
struct camt_header {
    char message_id[CAMT_TEXT_SIZE];
    char created[CAMT_TEXT_SIZE];
    int32_t page;
    enum answer last_page;
};

struct camt {
    struct statement_context *context;
    struct xml_tree tree;
    struct camt_header header;
    struct statement_entry *entry; /* of the open Ntry, once it was begun */
    bool credit;                   /* its direction */
    const char *format_version;    /* "camt.053.001.08", "" where the namespace tells none */
    bool version_known;
    enum statement_format format;
};

/* False: a text is too long to be one. */
must_use bool camt_header(struct camt *camt, int32_t node);

/* A child of Stmt, Rpt or Ntfctn that is no Ntry; names of no interest are passed over. */
void camt_part(struct camt *camt, int32_t node);

void camt_entry_begin(struct camt *camt, int32_t node);
void camt_detail(struct camt *camt, int32_t node);
void camt_entry_end(struct camt *camt, int32_t node);

/* Chooses opening and closing, and what the header gives where the statement is silent. */
void camt_finish(struct camt *camt);

#endif
