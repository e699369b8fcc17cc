/*
 * workers/settle/main.c
 *   Closes settlement windows and says who pays whom.
 *
 *   window_delta -> window_fold                      (in the background)
 *   window_fold  -> obligation, net_position, net_proof, instruction,
 *                   expected_item, journal_entry, window_cut,
 *                   settlement_window, audit leaf                      (one tx per window)
 *   instruction REJECTED -> withdrawal, journal_entry, state FAILED      (one tx per window)
 *   payment_return -> expected_item, journal_entry, state FAILED         (one tx per window)
 *   reinstruction_approval -> the next attempt, INSTRUCTED again         (one tx per window)
 *   abandonment_approval -> abandoned_instruction, journal_entry         (one tx per window)
 *   ruling_approval -> break_item, instruction, expected_item, journal_entry  (one tx, the same)
 *   suspense_clearing_approval -> expected_item, journal_entry           (one tx, a checker's)
 *
 * Restart: every step looks at what is there. A window that was closed before the answer came
 * is found closed. Several settle workers may run: they meet at the window's gate and row.
 */
#include "settle.h"

#include "follow/follow.h"
#include "runtime/ticker.h"

#include <stdio.h>
#include <string.h>

enum { OPEN_INTERVAL_US = 60 * 1000000 };

static const struct option_spec options[] = {
    {.key = OPTION_SETTLE_TOPICS,
     .type = OPTION_STRING,
     .standard = "payments",
     .meaning = "topics whose partitions must all pass a cut-off before a window closes, by comma"},
    {.key = OPTION_SETTLE_INTERVAL,
     .type = OPTION_DURATION_MS,
     .standard = "1s",
     .min = 10,
     .max = 60000,
     .unit = "ms",
     .meaning = "how often deltas are folded and due windows closed"},
    {.key = OPTION_SETTLE_AHEAD,
     .type = OPTION_INT,
     .standard = "7",
     .min = 1,
     .max = 90,
     .unit = "days",
     .meaning = "how far ahead windows are opened"},
};

struct turns {
    struct settle *settle;
    int64_t opened_us; /* when windows were opened last; 0: never */
};

/* One turn: open, fold, close, what banks rejected or sent back, what people decided, confirm. */
static enum status tick(void *context, struct error *error)
{
    struct turns *turns = context;
    struct settle *settle = turns->settle;
    int64_t now_us = clock_now_us();
    int64_t count = 0;
    enum status status = OK;

    if (clock_monotonic_us() - turns->opened_us >= OPEN_INTERVAL_US || turns->opened_us == 0) {
        status = settle_open(settle, now_us, error, &count);
        turns->opened_us = clock_monotonic_us();
    }
    if (status == OK)
        status = settle_fold(settle, error, &count);
    if (status == OK)
        status = settle_close_due(settle, now_us, error, &count);
    if (status == OK)
        status = settle_follow(settle, now_us, error, &count);
    if (status == OK)
        status = settle_confirm(settle, now_us, error, &count);
    return status;
}

int run_command(struct program_run *run, int argc, char **argv)
{
    struct turns turns = {0};
    struct settle settle;
    struct error error;
    int code;

    (void)argv;
    if (argc != 1)
        return program_usage(run, "run takes no arguments");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    turns.settle = &settle;
    code = ticker_run(run, &(struct ticker){
                               .ends = "settle_ends",
                               .tick = tick,
                               .context = &turns,
                               .session = &settle.session,
                               .interval_ms = settle.interval_ms,
                           });
    settle_done(&settle);
    return code;
}

static const char *outcome_text(enum close_outcome outcome)
{
    static const char *const texts[] = {
        [CLOSE_DONE] = "closed",
        [CLOSE_HELD] = "held: sawa settle show says by whom, or for what",
        [CLOSE_NOTHING] = "nothing to do: closed before, or held as before",
    };

    return texts[outcome];
}

static int close_one(struct settle *settle, int64_t window_id)
{
    enum close_outcome outcome;
    struct error error;

    if (settle_close_window(settle, window_id, CUT_COMMAND, clock_now_us(), &error, &outcome) != OK)
        return program_fail(&error);
    printf("window %lld %s\n", (long long)window_id, outcome_text(outcome));
    return outcome == CLOSE_HELD ? EXIT_FAILED : EXIT_OK;
}

static int close_due(struct settle *settle)
{
    struct error error;
    int64_t closed = 0;

    if (settle_close_due(settle, clock_now_us(), &error, &closed) != OK)
        return program_fail(&error);
    printf("windows closed: %lld\n", (long long)closed);
    return EXIT_OK;
}

int close_command(struct program_run *run, int argc, char **argv)
{
    bool all_due = argc == 2 && strcmp(argv[1], "--due") == 0;
    int64_t window_id = 0;
    struct settle settle;
    struct error error;
    int code;

    if (!all_due && (argc != 3 || strcmp(argv[1], "--window") != 0 ||
                     !text_to_int64(text_of(argv[2]), &window_id)))
        return program_usage(run, "which window? --window ID, or --due");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    code = all_due ? close_due(&settle) : close_one(&settle, window_id);
    settle_done(&settle);
    return code;
}

static int fold_command(struct program_run *run, int argc, char **argv)
{
    struct settle settle;
    struct error error;
    int64_t folded = 0;
    enum status status;

    (void)argv;
    if (argc != 1)
        return program_usage(run, "fold takes no arguments");
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = settle_fold(&settle, &error, &folded);
    settle_done(&settle);
    if (status != OK)
        return program_fail(&error);
    printf("windows folded: %lld\n", (long long)folded);
    return EXIT_OK;
}

static const struct command commands[] = {
    {.name = "run",
     .arguments = "",
     .summary = "open windows ahead, fold, close what is due, until stopped",
     .example = "sawa-settle --config sawa.yaml run",
     .run = run_command},
    {.name = "open",
     .arguments = "[--from DATE] [--until DATE]",
     .summary = "open the windows of a span of days; the last day is not part of it",
     .example = "sawa-settle open --from 2026-03-02 --until 2026-03-06",
     .run = open_command,
     .answers = true},
    {.name = "close",
     .arguments = "--window ID | --due",
     .summary = "close one window now, wherever its partitions stand, or all that are due",
     .example = "sawa-settle close --window 4297418241",
     .run = close_command,
     .answers = true},
    {.name = "simulate",
     .arguments = "[--json] --window ID",
     .summary = "what would be netted if the window closed now; writes nothing",
     .example = "sawa-settle simulate --window 4297418241",
     .run = simulate_command,
     .answers = true},
    {.name = "fold",
     .arguments = "",
     .summary = "take pending deltas into the running totals once, as run does all the time",
     .example = "sawa-settle fold",
     .run = fold_command,
     .answers = true},
    {.name = "hold",
     .arguments = "--window ID --reason TEXT [--by NAME]",
     .summary = "keep a window from closing, under your own login; it takes payments until its "
                "cut-off",
     .example = "sawa-settle hold --window 4297418241 --reason 'a participant asked' --by 'A. M.'",
     .run = hold_command,
     .answers = true},
    {.name = "release",
     .arguments = "--window ID --reason TEXT [--by NAME]",
     .summary = "let a held window close; never by the login that holds it",
     .example = "sawa-settle release --window 4297418241 --reason 'cleared'",
     .run = release_command,
     .answers = true},
    {.name = "exceed",
     .arguments = "show [--window ID] | propose --window ID --participant CODE --amount AMOUNT "
                  "--reason TEXT [--by NAME] | approve NUMBER [--by NAME]",
     .summary = "let a net debit pass its cap in one window: one person proposes, another approves",
     .example = "sawa-settle exceed propose --window 4297418241 --participant EXAMKE02 "
                "--amount 12500.00 --reason 'holiday peak'\n"
                "sawa-settle exceed approve 7",
     .run = exceed_command,
     .answers = true},
    {.name = "prefund",
     .arguments = "show [--participant CODE] | propose --participant CODE --account CODE "
                  "--amount AMOUNT --date DATE --reference TEXT --reason TEXT [--give-back] "
                  "[--by NAME] | approve NUMBER [--by NAME]",
     .summary = "money a participant places beforehand: one person proposes, another approves",
     .example = "sawa-settle prefund propose --participant EXAMGH01 --account NOSTRO-USD "
                "--amount 50000.00 --date 2026-03-02 --reference PF-2026-03 --reason 'agreed'\n"
                "sawa-settle prefund approve 3",
     .run = prefund_command,
     .answers = true},
    {.name = "reopen",
     .arguments = "show --window ID | propose --window ID --reason TEXT [--date DATE] [--by NAME] "
                  "| approve --window ID [--digest HEX] [--by NAME]",
     .summary = "instruct again what a bank rejected: one person proposes, another approves",
     .example = "sawa-settle reopen show --window 4297418241\n"
                "sawa-settle reopen propose --window 4297418241 --reason 'account corrected'\n"
                "sawa-settle reopen approve --window 4297418241",
     .run = reopen_command,
     .answers = true},
    {.name = "abandon",
     .arguments = "show --window ID | propose --instruction ID --reason TEXT [--by NAME] "
                  "| approve --instruction ID [--digest HEX] [--by NAME]",
     .summary = "settle outside what was rejected or came back: one person proposes, another "
                "approves",
     .example = "sawa-settle abandon show --window 4297418241\n"
                "sawa-settle abandon propose --instruction 4b42fb91-9dcd-5c46-8a2c-2f4c6a1f5a0e "
                "--reason 'paid from our account at EXAMUS33'\n"
                "sawa-settle abandon approve --instruction 4b42fb91-9dcd-5c46-8a2c-2f4c6a1f5a0e",
     .run = abandon_command,
     .answers = true},
    {.name = "rule",
     .arguments = "show [--instruction ID] | propose --instruction ID --outcome PAID|NOT_PAID "
                  "--evidence TEXT [--by NAME] | approve NUMBER [--digest HEX] [--by NAME]",
     .summary = "say what a bank did that contradicts itself: one person proposes, another "
                "approves",
     .example = "sawa-settle rule show\n"
                "sawa-settle rule propose --instruction 4b42fb91-9dcd-5c46-8a2c-2f4c6a1f5a0e "
                "--outcome PAID --evidence 'letter of the bank, 24 November, file 7'\n"
                "sawa-settle rule approve 3",
     .run = rule_command,
     .answers = true},
    {.name = "suspense",
     .arguments = "show [--instruction ID] | propose --instruction ID --amount AMOUNT --purpose "
                  "NOSTRO|OBLIGATION|BANK_CHARGES|GAIN_LOSS [--account CODE --date DATE "
                  "--reference TEXT] --reason TEXT [--by NAME] | approve NUMBER [--digest HEX] "
                  "[--by NAME]",
     .summary = "clear what was settled outside from the suspense account: one person proposes, "
                "another approves",
     .example = "sawa-settle suspense show\n"
                "sawa-settle suspense propose --instruction 4b42fb91-9dcd-5c46-8a2c-2f4c6a1f5a0e "
                "--amount 4.80 --purpose NOSTRO --account NOSTRO-KES --date 2026-03-04 "
                "--reference OUT-7 --reason 'paid by hand'\n"
                "sawa-settle suspense propose --instruction 4b42fb91-9dcd-5c46-8a2c-2f4c6a1f5a0e "
                "--amount 0.20 --purpose BANK_CHARGES --reason 'the participant bears the charge'\n"
                "sawa-settle suspense approve 3",
     .run = suspense_command,
     .answers = true},
    {.name = "follow",
     .arguments = "",
     .summary = "book rejections and returns, do what was approved, settle what is matched, once, "
                "as run does",
     .example = "sawa-settle follow",
     .run = follow_command,
     .answers = true},
    {.name = "show",
     .arguments = "[--json] [--state STATE] [--window ID] [--limit N]",
     .summary = "windows, and the net positions of one",
     .example = "sawa-settle show --state HELD",
     .run = show_command,
     .answers = true},
    {.name = "calendar",
     .arguments = "--corridor CODE [--from DATE] [--until DATE] [--book FILE] "
                  "[--format table|csv]",
     .summary = "business dates, cut-offs and value dates of a corridor; writes nothing",
     .example = "sawa-settle calendar --corridor KES-NGN --from 2026-12-21 --until 2027-01-08\n"
                "sawa-settle calendar --corridor KES-NGN --book deploy/corridors.example.yaml",
     .run = calendar_command,
     .answers = true},
    {.name = "verify",
     .arguments = "[--window ID] [--since DATE]",
     .summary = "compute closed windows again from their payments and compare",
     .example = "sawa-settle verify --since 2026-03-01",
     .run = verify_command,
     .answers = true},
};

static const struct program settle_program = {
    .name = "sawa-settle",
    .purpose = "closes settlement windows and says who pays whom",
    .options = options,
    .option_count = COUNT_OF(options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &settle_program);
}
