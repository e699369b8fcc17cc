/*
 * corridor.c - see corridor.h; the YAML is read in corridor_read.c.
 */
#include "domain/corridor.h"

const struct corridor *corridor_find(const struct corridor_book *book, struct text code,
                                     calendar_date date)
{
    const struct corridor *found = NULL;

    for (size_t i = 0; i < book->corridor_count; i++) {
        const struct corridor *corridor = &book->corridors[i];

        if (text_equal(corridor->code, code) && corridor->effective_from <= date)
            found = corridor; /* (4): a later version takes effect later */
    }
    return found;
}

size_t corridor_participant(const struct corridor *corridor, struct text code)
{
    size_t low = 0;
    size_t high = corridor->participant_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = text_compare(corridor->participants[middle]->code, code);

        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return PARTICIPANT_NONE;
}

const struct settlement_account *corridor_account(const struct corridor_book *book,
                                                  struct text code)
{
    for (size_t i = 0; i < book->account_count; i++)
        if (text_equal(book->accounts[i].code, code))
            return &book->accounts[i];
    return NULL;
}

struct schedule corridor_schedule(const struct corridor *corridor)
{
    return (struct schedule){
        .corridor_id = corridor->corridor_id,
        .zone = corridor->zone,
        .calendar = &corridor->calendar,
        .cut_offs = corridor->cut_offs,
        .cut_off_count = corridor->cut_off_count,
    };
}

static struct value_rule value_rule_of(const struct corridor *corridor)
{
    return (struct value_rule){
        .lag = corridor->settlement_lag,
        .roll = corridor->roll,
        .counted = &corridor->settlement_calendar,
        .joined = &corridor->calendar,
    };
}

bool corridor_value_date(const struct corridor *corridor, calendar_date business_date,
                         calendar_date *ret_date)
{
    const struct value_rule rule = value_rule_of(corridor);

    return value_date_of(&rule, business_date, ret_date);
}

bool corridor_payment_date(const struct corridor *corridor, calendar_date date,
                           calendar_date *ret_date)
{
    struct value_rule rule = value_rule_of(corridor);

    rule.roll = ROLL_FOLLOWING;
    return value_date_roll(&rule, date, ret_date);
}

static void assert_corridor(const struct corridor *corridor)
{
    struct schedule schedule = corridor_schedule(corridor);

    assert_schedule_state(&schedule);
    assert(corridor->nostro != NULL);                                    /* (1) */
    assert(corridor->nostro->currency == corridor->settlement_currency); /* (2) */
    assert(corridor->limit_minor > 0);
    assert(corridor->settlement_lag >= 0 && corridor->settlement_lag <= SETTLEMENT_LAG_MAX);
    for (size_t i = 0; i < corridor->override_count; i++)
        assert(corridor->overrides[i]->announced <= corridor->effective_from); /* (5) */
    assert(corridor->participant_count >= 2);
    for (size_t i = 1; i < corridor->participant_count; i++)
        assert(text_compare(corridor->participants[i - 1]->code, corridor->participants[i]->code) <
               0); /* (3) */
}

void assert_corridor_book_state(const struct corridor_book *book)
{
    for (size_t i = 1; i < book->participant_count; i++)
        assert(text_compare(book->participants[i - 1].code, book->participants[i].code) < 0);
    for (size_t i = 0; i < book->corridor_count; i++) {
        const struct corridor *corridor = &book->corridors[i];
        const struct corridor *before = i == 0 ? NULL : corridor - 1;

        assert_corridor(corridor);
        if (before == NULL || !text_equal(before->code, corridor->code))
            continue;
        assert(before->corridor_id == corridor->corridor_id);                 /* (4) */
        assert(before->version < corridor->version);                          /* (4) */
        assert(before->effective_from < corridor->effective_from);            /* (4) */
        assert(before->settlement_currency == corridor->settlement_currency); /* (4) */
    }
}
