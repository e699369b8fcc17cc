/*
 * words.c - what the words of the database mean, and what an operator can do about them.
 *
 * Reasons to park have their words in domain/reason.c; these are the others.
 */
#include "domain/reason.h"
#include "status.h"

static const struct words halts[] = {
    {"records_expired_before_they_were_read", "the broker has deleted records that were never read",
     "raise the topic's retention; have the producer send what is lost, then accept the position"},
    {"topic_shorter_than_position", "the topic ends before the position: it is another topic",
     "find out who made it anew, and from which offset on it is to be read"},
    {"offset_out_of_range", "the broker does not have the offset of the position",
     "compare the topic's first and last offset with the position"},
    {"topic_made_anew", "the broker has given the topic another id: it is another topic",
     "find out who made the topic anew; then: sawa replay position accept --source TOPIC"},
    {"anchor_differs", "the last record delivered is not the one that stands there now",
     "find out who made the topic anew; what was read from the old one stays recorded"},
    {"partition_count_shrank", "the topic has fewer partitions than it had: it is another topic",
     "find out who made the topic anew; then: sawa replay position accept --source TOPIC"},
    {"record_above_ceiling", "a record is larger than can be kept, so it cannot be parked",
     "find its producer; take it away from a queue, or pass it: sawa replay position accept"},
    {"parked_rate_exceeded", "too large a share of the last minute's records was parked",
     "look at what was parked: sawa replay parked list; once the cause is mended, accept"},
    {"halted_by_operator", "an operator halted it",
     "sawa replay position show tells who and why; sawa replay position accept goes on"},
};

static const struct words corridors[] = {
    {"no_window_takes_payments",
     "the next payment of the corridor waits, and its partition with it",
     "sawa-settle opens windows ahead: see that it runs, or: sawa settle open --until DATE"},
};

static const struct words windows[] = {
    {"held", "an FX lock that its payments name, or the rate it settles at, is not there",
     "see that sawa-fx runs and that the lock, or a quote that held at the cut-off, was sent; the "
     "window then closes by itself"},
    {"held by hand", "somebody keeps it from closing",
     "another person lets it close: sawa settle release --window ID --reason TEXT"},
    {"over a cap", "a net debit is beyond its participant's cap; nothing was cut or paid",
     "two people let it pass: sawa settle exceed propose; or approve a corridor with a new cap"},
    {"underfunded", "a participant has placed less than it is to pay",
     "once it has placed more: sawa settle prefund propose; the window then closes by itself"},
    {"failed", "a bank rejected instructions of it, or sent them back; they are owed again",
     "mend the cause, then: sawa settle reopen show --window ID; or settle it outside: sawa settle "
     "abandon show --window ID"},
    {"overdue", "its grace has ended, or every partition has passed it",
     "see that sawa-settle runs; by hand: sawa settle close --window ID"},
};

static const struct words payment_files[] = {
    {"to be signed", "signatures are missing, as its sum and its bank's profile ask for",
     "look at it, then sign it: sawa relay show ID, sawa relay sign ID"},
    {"too late", "nobody released it in its time",
     "sawa relay cancel ID --reason TEXT; its instructions go into another file"},
    {"on its way", "it is released and not where the bank fetches it",
     "see that sawa-relay runs, and that relay.folder can be written"},
    {"unanswered", "its bank has not said a word about it in the time its profile names",
     "ask the bank whether it has the file, by its message id; never send it a second time"},
    {"rejected", "the bank will not make these payments",
     "sawa relay show ID tells its reasons; their window fails: sawa settle reopen"},
    {"returned", "the bank sends the money of these payments back",
     "sawa relay show ID tells its reasons; their window fails: sawa settle reopen"},
    {"contradicted", "the bank said the opposite of what was final",
     "ask the bank which is right, then: sawa settle rule propose; the first word stands so long"},
};

static const struct words approvals[] = {
    {"corridor book", "participants, accounts or corridors change once it is approved",
     "sawa corridor plan --change ID shows it, then: sawa corridor approve ID"},
    {"period", "the books of these days close, or open again, once it is approved",
     "sawa ledger period approve --until DATE, first without --execute"},
    {"reinstruction", "what a bank rejected is instructed again once it is approved",
     "sawa settle reopen show --window ID, then sawa settle reopen approve --window ID"},
    {"abandonment", "what came back is settled outside, and never paid again, once it is approved",
     "sawa settle abandon show --window ID, then sawa settle abandon approve"},
    {"cap exception", "one window may pass its participant's cap once it is approved",
     "sawa settle exceed show, then sawa settle exceed approve NUMBER"},
    {"prefunding", "what a participant placed counts once somebody answers for it",
     "compare it with the bank, then: sawa settle prefund approve NUMBER"},
    {"ruling", "what a bank did that contradicts itself counts as said once it is approved",
     "ask the bank, sawa settle rule show, then: sawa settle rule approve NUMBER"},
    {"suspense", "what was settled outside is cleared once somebody answers for how",
     "sawa settle suspense show, then: sawa settle suspense approve NUMBER"},
    {"held statement", "a held statement is loaded, or refused for good, once it is approved",
     "sawa statement release list shows it, then: sawa statement release approve PROPOSAL"},
    {"hold policy", "which findings hold statements changes once it is approved",
     "sawa statement policy list shows it, then: sawa statement policy approve PROPOSAL"},
    {"account opening", "the account is not proven before somebody approves what it begins with",
     "compare it with the bank's statement, then: sawa account open approve --account CODE"},
};

static const struct words statements[] = {
    {"findings", "a finding about it waits for a person: sawa statement findings STATEMENT",
     "ask the bank for it again, or release it: sawa statement release propose STATEMENT"},
    {"account_unknown", "no account of ours has this number and currency",
     "add the account to the corridor book, then sawa statement release propose STATEMENT"},
    {"not_an_end_of_day_statement", "it speaks of a part of a day: it proves no balance",
     "have the bank send end-of-day statements; nothing is lost meanwhile"},
    {"closing_balance_unusable", "the closing balance has another currency or scale",
     "ask the bank for the statement again"},
    {"closing_date_missing", "the closing balance has no date", "ask the bank for it again"},
    {"entry_in_another_currency_or_scale", "an entry is not in the statement's currency",
     "ask the bank for the statement again"},
    {"statement_replaced", "the same statement was loaded before with other content",
     "ask the bank which one is right; then sawa statement release propose STATEMENT [--refuse]"},
};

static const struct words *words_find(const struct words *table, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(name, table[i].name))
            return &table[i];
    return NULL;
}

const struct words *halt_words(struct text name)
{
    return words_find(halts, COUNT_OF(halts), name);
}

const struct words *corridor_words(struct text name)
{
    return words_find(corridors, COUNT_OF(corridors), name);
}

const struct words *window_words(struct text name)
{
    return words_find(windows, COUNT_OF(windows), name);
}

const struct words *payment_file_words(struct text name)
{
    return words_find(payment_files, COUNT_OF(payment_files), name);
}

const struct words *approval_words(struct text name)
{
    return words_find(approvals, COUNT_OF(approvals), name);
}

const struct words *statement_words(struct text name)
{
    return words_find(statements, COUNT_OF(statements), name);
}

const struct words *parked_words(struct text name)
{
    static struct words found;

    for (int reason = REASON_NONE + 1; reason < REASON_COUNT; reason++) {
        const struct reason_entry *entry = reason_entry((enum reason)reason);

        if (!text_is(name, entry->name))
            continue;
        found = (struct words){entry->name, entry->meaning, entry->remedy};
        return &found;
    }
    return NULL;
}

/* Whatever its currency. */
const struct words *suspense_words(struct text name)
{
    static const struct words suspense =
        {"suspense", "nobody has said yet what became of payments that were settled outside",
         "sawa settle suspense show, then: sawa settle suspense propose"};

    (void)name;
    return &suspense;
}

const struct words *row_words(const struct section *section, const struct result *answer, int row)
{
    int column = ANSWER_COLUMNS + (int)section->words_at;

    if (section->words == NULL || result_is_null(answer, row, column))
        return NULL;
    return section->words(result_text(answer, row, column));
}

void reasons_page(struct buffer *out)
{
    buffer_string(out, "| reason | meaning | what an operator can do |\n|---|---|---|\n");
    for (int reason = REASON_NONE + 1; reason < REASON_COUNT; reason++) {
        const struct reason_entry *entry = reason_entry((enum reason)reason);

        buffer_format(out, "| `%s` | %s | %s |\n", entry->name, entry->meaning, entry->remedy);
    }
}
