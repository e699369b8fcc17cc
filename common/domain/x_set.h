/*
 * x_set.h - texts for payment files: the characters every bank may hold.
 *
 * The SWIFT X set without line ends: a-z A-Z 0-9 / - ? : ( ) . , ' + and space. What people write
 * beyond it is folded to the letter beneath its accent, or to what stands nearest; what has no
 * such letter becomes a full stop, so a reader sees that something stood there.
 *
 *   Société & Frères  ->  Societe + Freres        Ọ̀ṣun_Bank  ->  Osun-Bank
 *
 * (1) Only characters of the set leave, at most as many as asked for, without blanks at the ends.
 * (2) The same text gives the same bytes.
 */
#ifndef SAWA_DOMAIN_X_SET_H
#define SAWA_DOMAIN_X_SET_H

#include "base/buffer.h"

/* True when text holds characters of the X set alone. */
bool x_set_holds(struct text text);

/* Appends text, which is UTF-8, folded and cut to size_max characters. */
void x_set_fold(struct text text, size_t size_max, struct buffer *out);

#endif
