/*
 * release.h - what becomes of a held statement, and which findings hold statements back: one person
 * proposes, another decides.
 *
 *   HELD ── propose, approve ──────────> LOADED     its entries are stored, from its original
 *     └──── propose --refuse, approve ─> REFUSED    its content stays known, it never counts
 *
 *   a finding ── propose hold | load | default, approve ──> hold_policy, of all accounts or of one
 *
 * (1) Nothing is written without --execute: until then a verb tells what it would do. An approval
 *     does it, tells it, and takes it back.
 * (2) Maker and checker are database logins; PostgreSQL refuses what may not be
 *     (schemas/postgres/deploy/statement_release.sql), whoever asks.
 * (3) An approval and what it approves are one transaction, with one audit leaf.
 * (4) What is loaded is what was held: the original is read again, and another digest is refused.
 * (5) A person may overrule a finding, a format or a replacement; not what a statement lacks: an
 *     account, a closing balance and its date, entries in the account's currency.
 */
#ifndef SAWA_STATEMENT_RELEASE_H
#define SAWA_STATEMENT_RELEASE_H

#include "load.h"

/* Loads the held statement place->release within tx, from the original of its file. REJECT: it
 * cannot be loaded, see error. */
must_use enum status release_load(struct session *session, const struct load_order *order,
                                  const struct load_place *place, struct error *error,
                                  struct load_answer *answer);

#endif
