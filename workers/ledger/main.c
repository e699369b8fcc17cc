/*
 * workers/ledger/main.c
 *   The books: trial balance, accounts, entries, what they were made of; periods that close.
 *
 *   journal_entry, account, commit_log, payment, ... -> stdout                 (reads only)
 *   period propose-close, reopen (maker)  period_proposal, audit leaf           (one tx)
 *   period approve, reject (checker)      period_decision, accounting_period,
 *                                         audit leaf                            (one tx)
 *
 * Restart: nothing to restart; it asks once and ends. An approval that is tried again is refused:
 * its proposal was decided.
 */
#include "ledger.h"

static int balance_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {"fudco", NULL, balance_verb};

    return verb_run(run, argc, argv, &verb);
}

static int accounts_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {"co", NULL, accounts_verb};

    return verb_run(run, argc, argv, &verb);
}

static int account_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {"fudo", "CODE of an account", account_verb};

    return verb_run(run, argc, argv, &verb);
}

static int entry_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {"", "COMMIT/LINE", entry_verb};

    return verb_run(run, argc, argv, &verb);
}

static int drill_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {"o", "COMMIT/LINE", drill_verb};

    return verb_run(run, argc, argv, &verb);
}

static int suspense_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verb = {"uco", NULL, suspense_verb};

    return verb_run(run, argc, argv, &verb);
}

static int period_command(struct program_run *run, int argc, char **argv)
{
    static const struct {
        const char *name;
        struct verb verb;
    } verbs[] = {
        {"list", {"o", NULL, period_list}},
        {"verify", {"o", NULL, period_verify}},
        {"propose-close", {"uyrhx", NULL, period_propose_close}},
        {"reopen", {"uyrhx", NULL, period_reopen}},
        {"approve", {"ugyrx", NULL, period_approve}},
        {"reject", {"uyrx", NULL, period_reject}},
    };

    for (size_t i = 0; argc > 1 && i < COUNT_OF(verbs); i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verb_run(run, argc - 1, argv + 1, &verbs[i].verb);
    return program_usage(run, "list, verify, propose-close, approve, reject or reopen?");
}

static const struct command commands[] = {
    {.name = "trial-balance",
     .arguments = "[--date DATE | [--from DATE] [--until DATE]] [--currency CODE] "
                  "[--format table|csv|json]",
     .summary = "what every account stands at, debits and credits proved equal",
     .example = "sawa ledger trial-balance\n"
                "sawa ledger trial-balance --until 2026-10-31 --currency KES\n"
                "sawa ledger trial-balance --date 2026-11-20 --format csv",
     .run = balance_command,
     .answers = true,
     .bare = true},
    {.name = "accounts",
     .arguments = "[--currency CODE] [--format table|csv|json]",
     .summary = "the chart of accounts",
     .example = "sawa ledger accounts --currency KES",
     .run = accounts_command,
     .answers = true},
    {.name = "account",
     .arguments = "CODE [--date DATE | [--from DATE] [--until DATE]] [--format table|csv|json]",
     .summary = "the postings of an account with its running balance",
     .example = "sawa ledger account NOSTRO:NOSTRO-USD --from 2026-11-01 --until 2026-11-30",
     .run = account_command,
     .answers = true},
    {.name = "entry",
     .arguments = "COMMIT/LINE",
     .summary = "one journal entry: accounts, commit, window, place in the audit",
     .example = "sawa ledger entry 4711/1",
     .run = entry_command,
     .answers = true},
    {.name = "drill",
     .arguments = "COMMIT/LINE [--format table|csv|json]",
     .summary = "from an entry to its payments and their raw records, proved to its amount",
     .example = "sawa ledger drill 4711/1\n"
                "sawa ledger drill 4711/1 --format csv > payments.csv",
     .run = drill_command,
     .answers = true},
    {.name = "suspense",
     .arguments = "[--until DATE] [--currency CODE] [--format table|csv|json]",
     .summary = "what was settled outside and is not cleared, since when, proved by its account",
     .example = "sawa ledger suspense\n"
                "sawa ledger suspense --until 2026-10-31 --format csv",
     .run = suspense_command,
     .answers = true},
    {.name = "period",
     .arguments = "list [--format table|csv|json] "
                  "| verify [--format table|csv|json] "
                  "| propose-close --until DATE [--hours N] [--by NAME] [--execute] "
                  "| approve --until DATE [--digest HEX] [--by NAME] [--execute] "
                  "| reject --until DATE --reason TEXT [--by NAME] [--execute] "
                  "| reopen --until DATE --reason TEXT [--hours N] [--by NAME] [--execute]",
     .summary = "close the books up to a day: one person proposes, another approves",
     .example = "sawa ledger period list\n"
                "sawa ledger period verify\n"
                "sawa ledger period propose-close --until 2026-10-31\n"
                "sawa ledger period propose-close --until 2026-10-31 --by ann --execute\n"
                "sawa ledger period approve --until 2026-10-31 --digest 44f7... --by bob --execute",
     .run = period_command,
     .answers = true},
};

static const struct program ledger_program = {
    .name = "sawa-ledger",
    .purpose = "the books: trial balance, accounts, entries and what they were made of; periods",
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &ledger_program);
}
