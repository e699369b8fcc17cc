/*
 * sqlstate.c - see sqlstate.h. Codes: PostgreSQL manual, appendix A.
 */
#include "store/sqlstate.h"

#include <string.h>

struct rule {
    const char *prefix; /* longest first within a class */
    enum status status;
};

static const struct rule rules[] = {
    {"23505", DUPLICATE}, /* unique_violation: every row is looked up, then again   */
    {"55P03", RETRY},     /* lock_not_available                                     */
    {"57014", RETRY},     /* query_canceled: statement_timeout                      */
    {"25006", RETRY},     /* read_only_sql_transaction: not the primary (any more)  */
    {"25P03", RETRY},     /* idle_in_transaction time-out: we were stopped          */
    {"57P", RETRY},       /* shutdown, crash, cannot connect now                    */
    {"08", RETRY},        /* connection                                             */
    {"40", RETRY},        /* serialization failure, deadlock                        */
    {"53", RETRY},        /* out of disk, memory, connections                       */
    {"58", RETRY},        /* system error, I/O error                                */
    {"22", REJECT},       /* data exception                                         */
    {"23", REJECT},       /* integrity constraint                                   */
};

enum status sqlstate_status(const char *sqlstate, const char *constraint)
{
    /* No partition for the row: 23514 without a constraint; it is made, then tried again. */
    if (strcmp(sqlstate, "23514") == 0 && constraint[0] == '\0')
        return RETRY;
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (strncmp(sqlstate, rules[i].prefix, strlen(rules[i].prefix)) == 0)
            return rules[i].status;
    return FATAL;
}
