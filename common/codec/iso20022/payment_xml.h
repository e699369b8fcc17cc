/*
 * payment_xml.h - a payment file as the bytes a bank reads.
 *
 * Each message is two tables of rows "path, value", in the order of its schema: what stands once,
 * and what stands for each payment. The writer opens and closes elements where one path leaves the
 * other; a row whose value is empty is left out, and its elements with it.
 *
 *   GrpHdr/MsgId            message id            <GrpHdr><MsgId>..</MsgId>
 *   GrpHdr/NbOfTxs          number of payments      <NbOfTxs>2</NbOfTxs></GrpHdr>
 *   CdtTrfTxInf/PmtId/..    once per payment      <CdtTrfTxInf>...
 *
 * (1) The same file gives the same bytes; ids are stable over retries (65).
 * (2) Texts hold the X set alone (66), amounts exactly the currency's decimals, and count and sum
 *     are those of the payments that stand in the file, in every group that has them (67).
 * (3) Version and optional elements are the profile's (68).
 */
#ifndef SAWA_CODEC_ISO20022_PAYMENT_XML_H
#define SAWA_CODEC_ISO20022_PAYMENT_XML_H

#include "base/error.h"
#include "domain/payment_file.h"

/* Appends the whole document. file has its sum (payment_file_sum). Ask buffer_failed(out). */
void payment_xml_write(const struct payment_file *file, struct buffer *out);

/* Checks bytes against <folder>/<message>.xsd. OK: valid. REJECT: it is not, and the detail says
 * where. FATAL with EXIT_CONFIGURATION: the schema cannot be read. */
must_use enum status payment_xml_check(struct text bytes, enum payment_message message,
                                       const char *folder, struct error *error);

#endif
