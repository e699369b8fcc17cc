/*
 * workers/account/main.c
 *   How our accounts at banks begin.
 *
 *   propose (maker)    account_opening, opening_item, audit leaf            (one tx)
 *   approve (checker)  account_opening_approval, journal_entry,
 *                      expected_item, statement_entry, audit leaf           (one tx)
 *
 * A proposal that nobody approves does nothing. An approval that is tried again is refused: the
 * account is open.
 */
#include "account.h"

#include <getopt.h>
#include <string.h>

static bool option_take(int option, struct open_arguments *arguments)
{
    switch (option) {
    case 'a': arguments->account = optarg; return true;
    case 'd': return date_parse(text_of(optarg), &arguments->date);
    case 'b': arguments->balance = optarg; return true;
    case 'k': arguments->book = optarg; return true;
    case 'i': arguments->items = optarg; return true;
    case 'y': arguments->by = optarg; return true;
    case 'g': arguments->digest = optarg; return true;
    default: return false;
    }
}

static bool options_read(int argc, char **argv, struct open_arguments *arguments)
{
    static const struct option known[] = {
        {"account", required_argument, NULL, 'a'}, {"date", required_argument, NULL, 'd'},
        {"balance", required_argument, NULL, 'b'}, {"book", required_argument, NULL, 'k'},
        {"items", required_argument, NULL, 'i'},   {"by", required_argument, NULL, 'y'},
        {"digest", required_argument, NULL, 'g'},  {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (!option_take(option, arguments))
            return false;
    }
    return optind == argc;
}

enum verb { VERB_PROPOSE, VERB_APPROVE, VERB_SHOW, VERB_COUNT };
static const char *const verbs[] = {"propose", "approve", "show"};

static enum verb verb_find(const char *name)
{
    enum verb verb = VERB_PROPOSE;

    while (verb < VERB_COUNT && strcmp(verbs[verb], name) != 0)
        verb++;
    return verb;
}

static bool is_complete(enum verb verb, const struct open_arguments *arguments)
{
    if (verb == VERB_PROPOSE)
        return arguments->account != NULL && arguments->date != DATE_NONE &&
               arguments->balance != NULL;
    return verb == VERB_SHOW || arguments->account != NULL;
}

static int verb_run(enum verb verb, struct session *session, const struct open_arguments *arguments)
{
    switch (verb) {
    case VERB_PROPOSE: return open_propose(session, arguments);
    case VERB_APPROVE: return open_approve(session, arguments);
    default: return open_show(session);
    }
}

static int open_command(struct program_run *run, int argc, char **argv)
{
    enum verb verb = argc < 2 ? VERB_COUNT : verb_find(argv[1]);
    struct open_arguments arguments = {.date = DATE_NONE, .by = ""};
    struct session session;
    struct error error;
    int code;

    if (verb == VERB_COUNT)
        return program_usage(run, "propose, approve or show?");
    if (!options_read(argc - 1, argv + 1, &arguments) || !is_complete(verb, &arguments))
        return program_usage(run, "propose wants --account, --date and --balance; approve wants "
                                  "--account");
    if (session_open(run, &error, &session) != OK)
        return program_fail(&error);
    code = verb_run(verb, &session, &arguments);
    session_done(&session);
    return code;
}

static const struct command commands[] = {
    {.name = "open",
     .arguments = "propose --account CODE --date DATE --balance AMOUNT [--book AMOUNT] "
                  "[--items FILE] [--by NAME] | approve --account CODE [--digest HEX] "
                  "[--by NAME] | show",
     .summary = "begin an account: one person proposes, another approves",
     .example =
         "sawa-account open propose --account NOSTRO:NOSTRO-USD --date 2026-11-13 --balance 0\n"
         "sawa-account open approve --account NOSTRO:NOSTRO-USD",
     .run = open_command,
     .answers = true},
};

static const struct program account_program = {
    .name = "sawa-account",
    .purpose = "opening balances and outstanding items of our accounts at banks",
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

int main(int argc, char **argv)
{
    return program_main(argc, argv, &account_program);
}
