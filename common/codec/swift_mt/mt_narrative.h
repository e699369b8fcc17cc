/*
 * mt_narrative.h - :86: and the line after :61: in their dialects (20, 22).
 *
 *   166?00GUTSCHRIFT?20EREF+17?21SVWZ+Miete?30BANKDEFF?31123?32KARL    coded, any sign
 *   /EREF/17/CNTP/DE12/BANKDEFF/KARL/REMI/USTD//Miete/                 slash words
 *   anything else                                                      free text
 *
 * Coded dialects are unfolded first: banks break lines inside codes. Whatever a
 * dialect does not explain stays in the unstructured remittance. References that
 * :61: already gave are not overwritten, except where it only points here (KREF+).
 */
#ifndef SAWA_CODEC_SWIFT_MT_MT_NARRATIVE_H
#define SAWA_CODEC_SWIFT_MT_MT_NARRATIVE_H

#include "domain/statement.h"

/* Reads the joined :86: fields of one entry into its facts. */
void mt_narrative_apply(struct statement *statement, struct statement_entry *entry,
                        struct text narrative);

/* Reads what follows the first line of :61:. */
void mt_supplement_apply(struct statement *statement, struct statement_entry *entry,
                         struct text supplement);

#endif
