/*
 * finding.c - see finding.h: one row per code. Names are stored: they never change.
 */
#include "domain/finding.h"

struct finding_entry {
    const char *name;
    enum severity severity;
};

static const struct finding_entry findings[FINDING_COUNT] = {
    [FINDING_NONE] = {"none", SEVERITY_INFO},
    [FINDING_ENTRY_UNREADABLE] = {"entry_unreadable", SEVERITY_ERROR},
    [FINDING_AMOUNT_UNREADABLE] = {"amount_unreadable", SEVERITY_ERROR},
    [FINDING_DATE_IMPOSSIBLE] = {"date_impossible", SEVERITY_ERROR},
    [FINDING_CLOSING_MISSING] = {"closing_missing", SEVERITY_ERROR},
    [FINDING_PAGE_MISSING] = {"page_missing", SEVERITY_ERROR},
    [FINDING_STATEMENT_REPLACED] = {"statement_replaced", SEVERITY_ERROR},
    [FINDING_BALANCE_MISMATCH] = {"balance_mismatch", SEVERITY_WARNING},
    [FINDING_CONTINUITY_BROKEN] = {"continuity_broken", SEVERITY_WARNING},
    [FINDING_CONTROL_TOTAL_WRONG] = {"control_total_wrong", SEVERITY_WARNING},
    [FINDING_DETAIL_SUM_DIFFERS] = {"detail_sum_differs", SEVERITY_WARNING},
    [FINDING_NUMBER_GAP] = {"number_gap", SEVERITY_WARNING},
    [FINDING_OVERLAP] = {"overlap", SEVERITY_WARNING},
    [FINDING_OPENING_COMPUTED] = {"opening_computed", SEVERITY_WARNING},
    [FINDING_DATE_ADJUSTED] = {"date_adjusted", SEVERITY_WARNING},
    [FINDING_AMOUNT_SCALE] = {"amount_scale", SEVERITY_WARNING},
    [FINDING_CURRENCY_DIFFERS] = {"currency_differs", SEVERITY_WARNING},
    [FINDING_ENCODING_GUESSED] = {"encoding_guessed", SEVERITY_WARNING},
    [FINDING_TAG_MISPLACED] = {"tag_misplaced", SEVERITY_WARNING},
    [FINDING_TYPE_CODE_UNKNOWN] = {"type_code_unknown", SEVERITY_WARNING},
    [FINDING_VERSION_UNKNOWN] = {"version_unknown", SEVERITY_WARNING},
    [FINDING_DUPLICATE_STATEMENT] = {"duplicate_statement", SEVERITY_INFO},
    [FINDING_FORWARD_VALUED] = {"forward_valued", SEVERITY_INFO},
    [FINDING_SCHEMA_INVALID] = {"schema_invalid", SEVERITY_INFO},
    [FINDING_TAG_UNKNOWN] = {"tag_unknown", SEVERITY_INFO},
    [REFUSED_FORMAT_UNKNOWN] = {"format_unknown", SEVERITY_ERROR},
    [REFUSED_DOCTYPE] = {"doctype", SEVERITY_ERROR},
    [REFUSED_LIMIT_EXCEEDED] = {"limit_exceeded", SEVERITY_ERROR},
    [REFUSED_UNDECODABLE] = {"undecodable", SEVERITY_ERROR},
    [REFUSED_CUT_SHORT] = {"cut_short", SEVERITY_ERROR},
};

const char *finding_name(enum finding_code code)
{
    assert(code >= 0 && code < FINDING_COUNT);
    return findings[code].name;
}

enum severity finding_severity(enum finding_code code)
{
    assert(code > FINDING_NONE && code < FINDING_COUNT);
    return findings[code].severity;
}

bool finding_is_refusal(enum finding_code code)
{
    return code >= REFUSED_FORMAT_UNKNOWN && code <= REFUSED_CUT_SHORT;
}

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {"info", "warning", "error"};

    assert((size_t)severity < COUNT_OF(names));
    return names[severity];
}

enum finding_code finding_of_name(struct text name)
{
    for (int code = FINDING_NONE + 1; code < FINDING_COUNT; code++) {
        if (text_is(name, findings[code].name))
            return (enum finding_code)code;
    }
    return FINDING_NONE;
}

void hold_policy_init(struct hold_policy *policy)
{
    policy->holds[FINDING_NONE] = false;
    for (int code = FINDING_NONE + 1; code < FINDING_COUNT; code++)
        policy->holds[code] = findings[code].severity == SEVERITY_ERROR;
}

bool hold_policy_set(struct hold_policy *policy, struct text name, bool holds)
{
    enum finding_code code = finding_of_name(name);

    if (code == FINDING_NONE || finding_is_refusal(code))
        return false;
    policy->holds[code] = holds || code == FINDING_STATEMENT_REPLACED;
    return true;
}

enum finding_code hold_policy_ask(const struct hold_policy *policy, const struct finding *first)
{
    for (const struct finding *one = first; one != NULL; one = one->next) {
        if (policy->holds[one->code])
            return one->code;
    }
    return FINDING_NONE;
}
