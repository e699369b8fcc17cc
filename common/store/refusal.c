/*
 * refusal.c - see refusal.h.
 */
#include "store/refusal.h"

#include <string.h>

enum status refusal_explain(const struct refusal *rows, size_t count, const char *what,
                            enum status status, struct error *error)
{
    for (size_t i = 0; status != OK && i < count; i++) {
        if (strcmp(error->subject, rows[i].constraint) != 0)
            continue;
        error_set(error, REJECT, "%s", what);
        error_detail(error, "%s", rows[i].detail);
        if (rows[i].hint != NULL)
            error_hint(error, "%s", rows[i].hint);
        error->exit_code = EXIT_REFUSED;
        return REJECT;
    }
    return status;
}
