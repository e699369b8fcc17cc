/*
 * said.c - see said.h.
 */
#include "said.h"

#include "domain/amount.h"

#include <stdio.h>
#include <string.h>

static const struct option known[] = {
    {"window", required_argument, NULL, 'w'},
    {"instruction", required_argument, NULL, 'i'},
    {"participant", required_argument, NULL, 'p'},
    {"account", required_argument, NULL, 'k'},
    {"amount", required_argument, NULL, 'a'},
    {"date", required_argument, NULL, 'd'},
    {"reference", required_argument, NULL, 'f'},
    {"reason", required_argument, NULL, 'r'},
    {"by", required_argument, NULL, 'b'},
    {"digest", required_argument, NULL, 'g'},
    {"give-back", no_argument, NULL, 'v'},
    {"purpose", required_argument, NULL, 'o'},
    {"outcome", required_argument, NULL, 'u'},
    {"evidence", required_argument, NULL, 'e'},
    {NULL, 0, NULL, 0},
};

static bool option_take(void *context, int option)
{
    struct said *said = context;

    switch (option) {
    case 'w': return text_to_int64(text_of(optarg), &said->window_id);
    case 'i':
        said->has_instruction = true;
        return uuid_parse(text_of(optarg), &said->instruction_id);
    case 'p': said->participant = optarg; return true;
    case 'k': said->account = optarg; return true;
    case 'a': said->amount = optarg; return true;
    case 'd': return date_parse(text_of(optarg), &said->date);
    case 'f': said->reference = optarg; return true;
    case 'r': said->reason = optarg; return true;
    case 'b': said->by = optarg; return true;
    case 'g': said->digest = optarg; return true;
    case 'o': said->purpose = optarg; return true;
    case 'u': said->outcome = optarg; return true;
    case 'e': said->evidence = optarg; return true;
    case 'v': said->give_back = true; return true;
    default: return false;
    }
}

bool said_read(int argc, char **argv, const char *letters, struct said *ret_said)
{
    struct said said = {.reference = "", .reason = "", .by = "", .date = DATE_NONE};

    if (!program_options(argc, argv, known, letters, option_take, &said))
        return false;
    if (optind < argc && strchr(letters, '#') != NULL &&
        !text_to_int64(text_of(argv[optind++]), &said.number))
        return false;
    *ret_said = said;
    return optind == argc;
}

enum status said_amount(const struct said *said, struct text code, struct error *error,
                        int64_t *ret_minor)
{
    struct amount amount;
    currency in_currency;
    bool excess = false;

    if (currency_parse(code, &in_currency) &&
        amount_parse(text_of(said->amount), '.', false, in_currency, &amount, &excess) &&
        amount.minor > 0) {
        *ret_minor = amount.minor;
        return OK;
    }
    error_set(error, REJECT, "%.40s is not an amount of %.*s", said->amount, TEXT_ARG(code));
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "write it in units, with the decimals of the currency: 1200.50");
}

enum status said_digest(const struct said *said, const struct digest *digest, const char *look,
                        struct error *error)
{
    char hex[2 * SHA256_SIZE + 1];

    digest_format(digest, hex);
    if (said->digest == NULL || strcmp(said->digest, hex) == 0)
        return OK;
    error_set(error, REJECT, "the newest proposal has another digest");
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "look at it again: %s", look);
}

void said_person(const char *did, const struct result *rows, int row, int login_column)
{
    struct text person = result_text(rows, row, login_column + 1);

    printf("%s%.*s%s%.*s", did, TEXT_ARG(result_text(rows, row, login_column)),
           person.size > 0 ? ", " : "", TEXT_ARG(person));
}

enum status said_commit(struct settle *settle, const char *action, said_step *step,
                        struct said *said, struct error *error)
{
    struct business tx;
    enum status status = business_begin(settle->session.db, action, settle->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = step(&tx, said, error);
    return settle_explain(business_finish(&tx, status, error), error);
}

enum status said_rows(struct db *db, const char *sql, const struct said *said, struct error *error,
                      struct result **ret_rows)
{
    struct params params;

    params_init(&params, SETTLE_PARAMS_MAX);
    if (said->has_instruction)
        params_uuid(&params, &said->instruction_id);
    else
        params_null(&params);
    if (said->number > 0)
        params_int64(&params, said->number);
    else
        params_null(&params);
    return db_run_once(db, sql, &params, error, ret_rows);
}

/* ---- approvals by number ---- */

void said_effect(struct business *tx, const char *table, int64_t number, struct text digest)
{
    effects_row(&tx->effects, table, 2);
    effects_int64(&tx->effects, number);
    effects_text(&tx->effects, digest);
}

static enum status no_proposal(const struct said *said, const struct said_approval *approval,
                               struct error *error)
{
    error_set(error, REJECT, "there is no %s %lld", approval->what, (long long)said->number);
    error->exit_code = EXIT_USAGE;
    return error_hint(error, "what waits: %s", approval->look);
}

static enum status approval_insert(struct business *tx, const struct said *said,
                                   const struct said_approval *approval, const struct result *asked,
                                   struct error *error)
{
    struct text digest = result_text(asked, 0, 0);
    struct params params;
    struct result *rows = NULL;
    enum status status;

    said_effect(tx, approval->table, said->number, digest);
    params_init(&params, SETTLE_PARAMS_MAX);
    params_int64(&params, said->number);
    params_bytes(&params, digest.data, digest.size);
    params_text(&params, result_text(asked, 0, 1));
    params_text(&params, result_text(asked, 0, 2));
    params_string(&params, said->by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, approval->approve, &params, error, &rows);
    if (status == OK && approval->effect != NULL) {
        effects_row(&tx->effects, approval->effect, 1);
        effects_text(&tx->effects, result_text(rows, 0, 0));
    }
    result_free(rows);
    return status;
}

static enum status approval_book(struct business *tx, const struct said *said,
                                 const struct said_approval *approval, struct error *error)
{
    struct result *rows = NULL;
    enum status status = settle_on_id(tx->db, approval->journal, said->number, error, &rows);

    if (status == OK && result_rows(rows) > 0) {
        effects_row(&tx->effects, "journal_entry", 3);
        for (int i = 0; i < 3; i++)
            effects_int64(&tx->effects, result_int64(rows, 0, i));
    }
    result_free(rows);
    return status == OK ? settle_on_id(tx->db, approval->expect, said->number, error, NULL)
                        : status;
}

enum status said_approve(struct business *tx, const struct said *said,
                         const struct said_approval *approval, struct error *error)
{
    struct result *asked = NULL;
    struct digest digest;
    enum status status = settle_on_id(tx->db, approval->find, said->number, error, &asked);

    if (status == OK && result_rows(asked) == 0)
        status = no_proposal(said, approval, error);
    if (status == OK) {
        digest = result_digest(asked, 0, 0);
        status = said_digest(said, &digest, approval->look, error);
    }
    if (status == OK)
        status = approval_insert(tx, said, approval, asked, error);
    if (status == OK)
        status = approval_book(tx, said, approval, error);
    result_free(asked);
    return status;
}

/* ---- the command of two people ---- */

enum desk_verb { SHOW, PROPOSE, APPROVE, VERB_COUNT };

static enum desk_verb verb_find(const char *name)
{
    static const char *const names[] = {"show", "propose", "approve"};
    enum desk_verb verb = SHOW;

    while (verb < VERB_COUNT && strcmp(names[verb], name) != 0)
        verb++;
    return verb;
}

static bool is_complete(const struct said_desk *desk, enum desk_verb verb, const struct said *said)
{
    if (verb == PROPOSE)
        return said->number == 0 && desk->is_proposal(said);
    return verb == SHOW || said->number > 0;
}

static enum status verb_run(struct settle *settle, const struct said_desk *desk,
                            enum desk_verb verb, struct said *said, struct error *error)
{
    bool approves = verb == APPROVE;
    enum status status = OK;

    if (verb != SHOW)
        status = said_commit(settle, desk->actions[approves],
                             approves ? desk->approve : desk->propose, said, error);
    if (status == OK && verb != SHOW && desk->done != NULL)
        desk->done(said, approves);
    return status == OK ? desk->show(settle, said, error) : status;
}

int said_command(struct program_run *run, int argc, char **argv, const struct said_desk *desk)
{
    enum desk_verb verb = argc < 2 ? VERB_COUNT : verb_find(argv[1]);
    struct said said;
    struct settle settle;
    struct error error;
    enum status status;

    if (verb == VERB_COUNT)
        return program_usage(run, "show, propose or approve?");
    if (!said_read(argc - 1, argv + 1, desk->letters, &said) || !is_complete(desk, verb, &said))
        return program_usage(run, "%s", desk->wants);
    if (settle_start(run, &error, &settle) != OK)
        return program_fail(&error);
    status = verb_run(&settle, desk, verb, &said, &error);
    settle_done(&settle);
    return status == OK ? EXIT_OK : program_fail(&error);
}
