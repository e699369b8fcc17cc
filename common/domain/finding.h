/*
 * finding.h - what is wrong with a statement, or worth a look.
 *
 * A finding never changes a value. error: something is missing or unreadable, the
 * statement waits whole for a person. warning: contradictory, or a rule of ours
 * may be wrong; it loads. info: nothing is lost. A refusal is about a whole file:
 * nothing of it counts.
 */
#ifndef SAWA_DOMAIN_FINDING_H
#define SAWA_DOMAIN_FINDING_H

#include "base/text.h"

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

enum finding_code {
    FINDING_NONE = 0,
    /* error */
    FINDING_ENTRY_UNREADABLE,
    FINDING_AMOUNT_UNREADABLE,
    FINDING_DATE_IMPOSSIBLE,
    FINDING_CLOSING_MISSING,
    FINDING_PAGE_MISSING,
    FINDING_STATEMENT_REPLACED,
    /* warning */
    FINDING_BALANCE_MISMATCH,
    FINDING_CONTINUITY_BROKEN,
    FINDING_CONTROL_TOTAL_WRONG,
    FINDING_DETAIL_SUM_DIFFERS,
    FINDING_NUMBER_GAP,
    FINDING_OVERLAP,
    FINDING_OPENING_COMPUTED,
    FINDING_DATE_ADJUSTED,
    FINDING_AMOUNT_SCALE,
    FINDING_CURRENCY_DIFFERS,
    FINDING_ENCODING_GUESSED,
    FINDING_TAG_MISPLACED,
    FINDING_TYPE_CODE_UNKNOWN,
    FINDING_VERSION_UNKNOWN,
    /* info */
    FINDING_DUPLICATE_STATEMENT,
    FINDING_FORWARD_VALUED,
    FINDING_SCHEMA_INVALID,
    FINDING_TAG_UNKNOWN,
    /* refused as a file */
    REFUSED_FORMAT_UNKNOWN,
    REFUSED_DOCTYPE,
    REFUSED_LIMIT_EXCEEDED,
    REFUSED_UNDECODABLE,
    REFUSED_CUT_SHORT,
    FINDING_COUNT,
};

struct finding {
    enum finding_code code;
    int32_t entry; /* position of the entry, 0: none */
    int64_t line;  /* 1 is the first of the file, 0: unknown */
    struct text text;
    struct finding *next;
};

/* As stored, printed and matched by policies: "balance_mismatch". */
const char *finding_name(enum finding_code code);
enum severity finding_severity(enum finding_code code);
bool finding_is_refusal(enum finding_code code);
const char *severity_name(enum severity severity);

/* The code of that name; FINDING_NONE where there is none. */
enum finding_code finding_of_name(struct text name);

/* Which findings hold a statement back for a person. What we ship: those of severity error. */
struct hold_policy {
    bool holds[FINDING_COUNT];
};

void hold_policy_init(struct hold_policy *policy);

/* False: no finding about a statement has that name. That a statement replaces another one always
 * holds it: then holds is not looked at. */
must_use bool hold_policy_set(struct hold_policy *policy, struct text name, bool holds);

/* The first of findings that holds; FINDING_NONE: the statement loads. */
enum finding_code hold_policy_ask(const struct hold_policy *policy, const struct finding *first);

#endif
