/*
 * forget.c - a destination that is given up for good is forgotten: sawa relay destination forget.
 *
 * Events are kept until all destinations have them, so one that nobody publishes to any more keeps
 * them for ever. Its row goes by a decision that stays (outbox_forgotten): who, when, why, how far
 * it was. Without --execute nothing changes.
 *
 * (1) The database refuses to forget one that a relay publishes to: that relay would stand by for
 *     ever, and nobody would be told.
 * (2) Configured again it begins with what the outbox still holds. A Kafka topic remembers how far
 *     it is; what was let go meanwhile is missed there and told (publish.h (3)).
 */
#include "publish.h"
#include "relay.h"

#include "relay_sql.h"
#include "store/refusal.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct forget_arguments {
    const char *destination;
    const char *reason;
    const char *by;
    bool execute;
};

static bool arguments_read(int argc, char **argv, struct forget_arguments *arguments)
{
    static const struct option known[] = {{"reason", required_argument, NULL, 'r'},
                                          {"by", required_argument, NULL, 'b'},
                                          {"execute", no_argument, NULL, 'x'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'r': arguments->reason = optarg; break;
        case 'b': arguments->by = optarg; break;
        case 'x': arguments->execute = true; break;
        default: return false;
        }
    }
    if (optind != argc - 1)
        return false;
    arguments->destination = argv[optind];
    return string_has_words(arguments->reason);
}

/* How much is kept for it, told; refused where it is not known. */
static enum status held_print(struct relay *relay, const struct forget_arguments *arguments,
                              struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, RELAY_PARAMS_MAX);
    params_string(&params, arguments->destination);
    status = relay_sql(relay, relay_sql_outbox_held, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0) {
        error_set(error, REJECT, "no destination %s is known", arguments->destination);
        error->exit_code = EXIT_REFUSED;
        status = error_hint(error, "list them with: sawa relay status");
    }
    if (status == OK)
        publish_held_print(rows, 0);
    result_free(rows);
    return status;
}

static enum status explain(enum status status, struct error *error)
{
    static const struct refusal rows[] = {
        {"forgotten_is_what_was_known", "somebody was quicker to forget it", NULL},
        {"a_live_destination_is_not_forgotten", "a relay publishes to it, or did ten minutes ago",
         "take it out of that relay's configuration, restart the relay, then forget it"},
    };

    return refusal_explain(rows, COUNT_OF(rows), "the destination is kept", status, error);
}

static enum status forget(struct relay *relay, const struct forget_arguments *arguments,
                          struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    struct business tx;
    enum status status = business_begin(relay->session.db, "outbox_forget", relay->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    effects_row(&tx.effects, "outbox_forgotten", 2);
    effects_text(&tx.effects, text_of(arguments->destination));
    effects_text(&tx.effects, text_of(arguments->reason));
    params_init(&params, RELAY_PARAMS_MAX);
    params_string(&params, arguments->destination);
    params_string(&params, arguments->reason);
    params_string(&params, arguments->by);
    params_int64(&params, tx.commit_id);
    status = relay_sql(relay, relay_sql_forgotten_insert, &params, error, &rows);
    status = explain(business_finish(&tx, status, error), error);
    if (status == OK)
        printf("%s is forgotten at number %lld; it held back %lld events\n", arguments->destination,
               (long long)result_int64(rows, 0, 0), (long long)result_int64(rows, 0, 1));
    result_free(rows);
    return status;
}

int destination_command(struct program_run *run, int argc, char **argv)
{
    struct forget_arguments arguments = {.reason = "", .by = ""};
    struct relay relay;
    struct error error;
    enum status status;

    if (argc < 2 || strcmp(argv[1], "forget") != 0)
        return program_usage(run, "forget is what can be done with a destination");
    if (!arguments_read(argc - 1, argv + 1, &arguments))
        return program_usage(run, "which destination, and why? NAME --reason TEXT");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    status = held_print(&relay, &arguments, &error);
    if (status == OK && arguments.execute)
        status = forget(&relay, &arguments, &error);
    relay_done(&relay);
    if (status != OK)
        return program_fail(&error);
    if (!arguments.execute)
        printf("dry run: nothing was changed; say --execute to forget it\n");
    return EXIT_OK;
}
