/*
 * corridor_lines.h - what a corridor book says as lines "key: value", and what differs.
 *
 * (1) The lines of a corridor are everything that decides about its windows and payments, in a
 *     fixed order: two corridors are the same when their lines are, and their digest is a
 *     version's for ever. A key that few books have gets no line where it is not there, so that
 *     versions from before it keep their digest.
 * (2) Keys are those of the file; a key that stands on several lines is a list.
 */
#ifndef SAWA_DOMAIN_CORRIDOR_LINES_H
#define SAWA_DOMAIN_CORRIDOR_LINES_H

#include "base/buffer.h"
#include "base/crypto.h"
#include "domain/corridor.h"

void corridor_lines(const struct corridor *corridor, struct buffer *out); /* (1) */
void participant_lines(const struct participant *participant, struct buffer *out);
void account_lines(const struct settlement_account *account, struct buffer *out);
void profile_lines(const struct bank_profile *profile, struct buffer *out);

/* Of the corridor's lines. scratch is cleared, and holds the lines afterwards. */
struct digest corridor_digest(const struct corridor *corridor, struct buffer *scratch);

/* What is not the same in both, key by key, each line of it behind two blanks:
 *
 *   ~ limit_minor: 10000000 -> 20000000     one value before, one after
 *   - participant: EXAMKE06                 only before
 *   + participant: EXAMKE07                 only after                                       */
void lines_difference(struct text before, struct text after, struct buffer *out);

#endif
