/*
 * refusal.h - what a constraint refused, in words: it says it better than its SQLSTATE.
 *
 *   static const struct refusal rows[] = {
 *       {"maker_is_not_checker", "maker and checker are the same person", NULL},
 *   };
 *   return refusal_explain(rows, COUNT_OF(rows), "the opening was refused", status, error);
 */
#ifndef SAWA_STORE_REFUSAL_H
#define SAWA_STORE_REFUSAL_H

#include "base/error.h"

struct refusal {
    const char *constraint; /* error->subject, as the database names it */
    const char *detail;
    const char *hint; /* NULL: none */
};

/* An error of one of these constraints becomes REJECT with EXIT_REFUSED, what as its first line.
 * OK and any other error stay as they are. */
enum status refusal_explain(const struct refusal *rows, size_t count, const char *what,
                            enum status status, struct error *error);

#endif
