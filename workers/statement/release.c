/*
 * release.c - sawa statement release and policy: propose, approve, reject; see release.h.
 *
 * Restart: a proposal is decided once. What is tried again after a COMMIT without reply is refused
 * as decided.
 */
#include "release.h"

#include "profiles.h"
#include "statement.h"

#include "store/refusal.h"

#include "statement_sql.h"

#include <stdio.h>
#include <string.h>

enum { PARAMS_SIZE_MAX = 64 * 1024, SHOWN_SIZE = 300, FINDINGS_SHOWN = 20 };

static enum status decision_explain(enum status status, struct error *error)
{
    static const struct refusal rows[] = {
        {"a_statement_takes_two_people",
         "maker and checker are the same person (a_statement_takes_two_people)",
         "another person, with a login of their own, decides"},
        {"statement_decision_needs_its_role",
         "this login may not decide about it (statement_decision_needs_its_role)",
         "sawa_checker approves; who proposed it may take it back: reject"},
        {"statement_decision_comes_in_time",
         "the time to approve it is over (statement_decision_comes_in_time)", "propose it again"},
        {"a_statement_proposal_is_decided_once",
         "it was decided before (a_statement_proposal_is_decided_once)",
         "sawa statement release list, or sawa statement policy history"},
        {"decided_is_what_is_held", "the statement is not held any more (decided_is_what_is_held)",
         "sawa statement list"},
        {"proposed_is_what_is_held", "the statement is not held (proposed_is_what_is_held)",
         "sawa statement list --state HELD"},
        {"a_replaced_statement_is_always_held",
         "a statement that replaces another one is always held "
         "(a_replaced_statement_is_always_held)",
         "release it by itself: sawa statement release propose STATEMENT"},
    };

    return refusal_explain(rows, COUNT_OF(rows), "the database refused it", status, error);
}

static enum status refuse(struct error *error, const char *detail, const char *hint)
{
    error_set(error, REJECT, "it was refused");
    error_detail(error, "%s", detail);
    error_hint(error, "%s", hint);
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

/* ---- arguments ---- */

struct request {
    const char *words[2]; /* STATEMENT, PROPOSAL, or FINDING and what it does */
    int word_count;
    int64_t number; /* of the first word, where it is one */
    const char *reason, *by, *account;
    bool refuse, execute;
    bool about_policy;
    struct profiles profiles;
    struct original_seal seal;
};

static bool option_take(void *context, int option)
{
    struct request *request = context;

    switch (option) {
    case 'r': request->reason = optarg; return true;
    case 'b': request->by = optarg; return true;
    case 'a': request->account = optarg; return true;
    case 'f': request->refuse = true; return true;
    case 'x': request->execute = true; return true;
    case 'p':
    case 'c': return profiles_take(&request->profiles, option, optarg) == EXIT_OK;
    default: return false;
    }
}

static bool request_read(int argc, char **argv, struct request *request)
{
    static const struct option known[] = {
        PROFILE_OPTIONS,
        {"reason", required_argument, NULL, 'r'},
        {"by", required_argument, NULL, 'b'},
        {"account", required_argument, NULL, 'a'},
        {"refuse", no_argument, NULL, 'f'},
        {"execute", no_argument, NULL, 'x'},
        {NULL, 0, NULL, 0},
    };

    if (!program_options(argc, argv, known, NULL, option_take, request))
        return false;
    for (; optind < argc; optind++) {
        if (request->word_count == (int)COUNT_OF(request->words))
            return false;
        request->words[request->word_count++] = argv[optind];
    }
    return request->word_count > 0 && string_has_words(request->reason);
}

/* ---- what is told before anything is done ---- */

/* The columns of held.sql. */
enum {
    FILE_ID,
    ORDINAL,
    DIGEST,
    STATE,
    REASON,
    ACCOUNT,
    CURRENCY,
    NUMBER,
    ENTRIES,
    CLOSING,
    CLOSING_DATE,
    SINCE,
    FILE_NAME
};

static void closing_print(const struct result *rows)
{
    char date[DATE_TEXT_SIZE] = "no date";
    char digits[STATEMENT_AMOUNT_TEXT_SIZE] = "none";
    struct statement_amount amount;
    currency which;

    if (!statement_currency_parse(text_trim(result_text(rows, 0, CURRENCY)), &which))
        which = CURRENCY_NONE;
    if (!result_is_null(rows, 0, CLOSING)) {
        amount = statement_amount_of(result_int64(rows, 0, CLOSING), which);
        statement_amount_format(&amount, digits);
    }
    if (!result_is_null(rows, 0, CLOSING_DATE))
        date_format(result_date(rows, 0, CLOSING_DATE), date);
    printf("  closes with %s %.*s, %s\n", digits, TEXT_ARG(result_text(rows, 0, CURRENCY)), date);
}

static void statement_print(int64_t statement_id, const struct result *rows)
{
    char since[INSTANT_TEXT_SIZE];
    char account[SHOWN_SIZE];
    char number[SHOWN_SIZE];
    char file[SHOWN_SIZE];

    instant_format(result_instant(rows, 0, SINCE), since);
    text_show(result_text(rows, 0, ACCOUNT), account, sizeof account);
    text_show(result_text(rows, 0, NUMBER), number, sizeof number);
    text_show(result_text(rows, 0, FILE_NAME), file, sizeof file);
    printf("statement %lld: account %s, number %s, %lld entries, of %s\n", (long long)statement_id,
           account, number, (long long)result_int64(rows, 0, ENTRIES), file);
    closing_print(rows);
    printf("  %.*s for %.*s since %s\n", TEXT_ARG(result_text(rows, 0, STATE)),
           TEXT_ARG(result_text(rows, 0, REASON)), since);
}

/* Tells a statement and what is wrong with it. The caller frees *ret_rows, of held.sql. */
static enum status statement_tell(struct db *db, int64_t statement_id, struct error *error,
                                  struct result **ret_rows)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, statement_id);
    status = db_run_once(db, statement_sql_held, &params, error, &rows);
    if (status == OK && result_rows(rows) == 0)
        status = refuse(error, "no statement has that number", "sawa statement list");
    if (status == OK) {
        statement_print(statement_id, rows);
        status = findings_tell(db, statement_id, "  ", FINDINGS_SHOWN, error);
    }
    if (status == OK)
        *ret_rows = rows;
    else
        result_free(rows);
    return status;
}

/* ---- propose ---- */

struct proposal {
    int64_t proposal_id;
    const char *action;
    int64_t statement_id; /* 0: about a finding */
    const char *code;
    const char *account; /* "": all */
    struct text maker, proposed_by;
    struct result *rows; /* the texts are theirs */
};

static enum status proposal_insert(struct business *tx, const struct request *request,
                                   struct proposal *proposal, struct error *error)
{
    struct params params;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_string(&params, proposal->action);
    if (proposal->statement_id == 0)
        params_null(&params);
    else
        params_int64(&params, proposal->statement_id);
    params_string(&params, proposal->code);
    params_string(&params, proposal->account);
    params_string(&params, request->reason);
    params_string(&params, request->by);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, statement_sql_proposal_insert, &params, error, &proposal->rows);
    if (status != OK)
        return status;
    proposal->proposal_id = result_int64(proposal->rows, 0, 0);
    effects_row(&tx->effects, "statement_proposal", 6);
    effects_int64(&tx->effects, proposal->proposal_id);
    effects_text(&tx->effects, text_of(proposal->action));
    effects_int64(&tx->effects, proposal->statement_id);
    effects_text(&tx->effects, text_of(proposal->code == NULL ? "" : proposal->code));
    effects_text(&tx->effects, text_of(proposal->account));
    effects_text(&tx->effects, result_text(proposal->rows, 0, 1));
    return OK;
}

static void proposed_print(const struct proposal *proposal, const struct request *request)
{
    char until[INSTANT_TEXT_SIZE];

    instant_format(result_instant(proposal->rows, 0, 2), until);
    printf("proposed as %lld, to be approved by another person until %s:\n"
           "  sawa statement %s approve %lld --reason TEXT\n",
           (long long)proposal->proposal_id, until, request->about_policy ? "policy" : "release",
           (long long)proposal->proposal_id);
}

static enum status proposal_store(struct session *session, const struct request *request,
                                  struct proposal *proposal, struct error *error)
{
    struct business tx;
    enum status status;

    if (!request->execute) {
        printf("nothing was written; add --execute to propose it\n");
        return OK;
    }
    status = business_begin(session->db, "statement_proposal", session->worker, clock_now_us(),
                            error, &tx);
    if (status != OK)
        return status;
    status = proposal_insert(&tx, request, proposal, error);
    status = decision_explain(business_finish(&tx, status, error), error);
    if (status == OK)
        proposed_print(proposal, request);
    result_free(proposal->rows);
    return status;
}

/* What a statement lacks nobody can release (release.h (5)); an account can come later. */
static bool is_held_for_good(struct text reason)
{
    return text_is(reason, "closing_balance_unusable") || text_is(reason, "closing_date_missing") ||
           text_is(reason, "entry_in_another_currency_or_scale");
}

static enum status release_propose(struct session *session, struct request *request,
                                   struct error *error)
{
    struct proposal proposal = {.action = request->refuse ? "REFUSE" : "RELEASE",
                                .statement_id = request->number,
                                .account = ""};
    struct result *rows = NULL;
    enum status status = statement_tell(session->db, request->number, error, &rows);

    if (status == OK && !text_is(result_text(rows, 0, STATE), "HELD"))
        status = refuse(error, "the statement is not held", "sawa statement list --state HELD");
    if (status == OK && !request->refuse && is_held_for_good(result_text(rows, 0, REASON)))
        status = refuse(error, "it lacks what no decision can give it",
                        "ask the bank for another one, and propose to --refuse this one");
    result_free(rows);
    if (status != OK)
        return status;
    printf(request->refuse ? "it would be refused: its content stays known and never counts\n"
                           : "it would be loaded as it is\n");
    return proposal_store(session, request, &proposal, error);
}

static const char *policy_action(const char *word)
{
    static const char *const names[][2] = {{"hold", "HOLD"},
                                           {"load", "LOAD"},
                                           {"default", "DEFAULT"}};

    for (size_t i = 0; word != NULL && i < COUNT_OF(names); i++)
        if (strcmp(word, names[i][0]) == 0)
            return names[i][1];
    return NULL;
}

static enum status account_check(struct db *db, const char *account, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    bool found = false;
    enum status status;

    if (account[0] == '\0')
        return OK;
    params_init(&params, PARAMS_SIZE_MAX);
    params_string(&params, account);
    status = db_run_once(db, statement_sql_account_exists, &params, error, &rows);
    if (status == OK)
        found = result_bool(rows, 0, 0);
    result_free(rows);
    return status != OK || found
               ? status
               : refuse(error, "no NOSTRO account has that code", "sawa ledger accounts");
}

static enum status policy_propose(struct session *session, struct request *request,
                                  struct error *error)
{
    struct proposal proposal = {.action = policy_action(request->words[1]),
                                .code = request->words[0],
                                .account = request->account};
    struct hold_policy policy;
    enum status status;

    hold_policy_init(&policy);
    if (!hold_policy_set(&policy, text_of(proposal.code), true))
        return refuse(error, "no finding about a statement has that name",
                      "sawa statement policy list");
    status = account_check(session->db, request->account, error);
    if (status != OK)
        return status;
    printf("statements of %s with %s: %s\n",
           request->account[0] == '\0' ? "all accounts" : request->account, proposal.code,
           request->words[1]);
    return proposal_store(session, request, &proposal, error);
}

/* ---- approve, reject ---- */

/* The columns of proposal_find.sql. */
enum { P_ACTION, P_STATEMENT, P_CODE, P_ACCOUNT, P_MAKER, P_BY, P_REASON, P_DECISION, P_CHECKER };

static void proposal_print(const struct request *request, const struct result *rows)
{
    char shown[SHOWN_SIZE];

    text_show(result_text(rows, 0, P_REASON), shown, sizeof shown);
    printf("proposal %lld by %.*s: %.*s", (long long)request->number,
           TEXT_ARG(result_text(rows, 0, P_MAKER)), TEXT_ARG(result_text(rows, 0, P_ACTION)));
    if (request->about_policy)
        printf(" %.*s", TEXT_ARG(result_text(rows, 0, P_CODE)));
    if (!result_is_null(rows, 0, P_ACCOUNT))
        printf(" of %.*s", TEXT_ARG(result_text(rows, 0, P_ACCOUNT)));
    printf(", because: %s\n", shown);
}

static enum status proposal_find(struct session *session, const struct request *request,
                                 struct error *error, struct result **ret_rows)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, request->number);
    status = db_run_once(session->db, statement_sql_proposal_find, &params, error, &rows);
    if (status == OK &&
        (result_rows(rows) == 0 || result_is_null(rows, 0, P_STATEMENT) != request->about_policy))
        status = refuse(error, "no such proposal",
                        request->about_policy ? "sawa statement policy history"
                                              : "sawa statement release list");
    if (status == OK && !result_is_null(rows, 0, P_DECISION))
        status = refuse(error, "it was decided before",
                        "sawa statement release list, or sawa statement policy history");
    if (status == OK) {
        proposal_print(request, rows);
        *ret_rows = rows;
    } else {
        result_free(rows);
    }
    return status;
}

static enum status decision_insert(struct business *tx, const struct request *request,
                                   const struct result *proposal, const char *decision,
                                   struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, request->number);
    params_string(&params, decision);
    params_text(&params, result_text(proposal, 0, P_MAKER));
    params_text(&params, result_text(proposal, 0, P_BY));
    params_string(&params, request->by);
    params_string(&params, request->reason);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, statement_sql_decision_insert, &params, error, &rows);
    if (status == OK) {
        effects_row(&tx->effects, "statement_decision", 4);
        effects_int64(&tx->effects, request->number);
        effects_text(&tx->effects, text_of(decision));
        effects_text(&tx->effects, result_text(rows, 0, 0));
        effects_text(&tx->effects, text_of(request->by));
    }
    result_free(rows);
    return status;
}

static enum status statement_load(struct session *session, const struct request *request,
                                  struct business *tx, int64_t statement_id,
                                  const struct result *held, struct error *error)
{
    const struct load_order order = {.profile = profiles_chosen(&request->profiles),
                                     .seal = &request->seal};
    struct load_release release = {.statement_id = statement_id,
                                   .digest = result_digest(held, 0, DIGEST)};
    const struct load_place place = {.file_id = result_int64(held, 0, FILE_ID),
                                     .ordinal = (int32_t)result_int64(held, 0, ORDINAL),
                                     .within = tx,
                                     .release = &release};
    struct load_answer answer = {0};
    enum status status;

    status = release_load(session, &order, &place, error, &answer);
    if (status == OK)
        printf("loaded: %lld entries, of these new: %lld\n", (long long)answer.entry_count,
               (long long)answer.new_count);
    return status;
}

static enum status statement_refuse_it(struct business *tx, int64_t statement_id,
                                       struct error *error)
{
    struct params params;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, statement_id);
    status = db_run_once(tx->db, statement_sql_refuse_update, &params, error, NULL);
    if (status == OK) {
        effects_row(&tx->effects, "statement", 2);
        effects_int64(&tx->effects, statement_id);
        effects_text(&tx->effects, TEXT("REFUSED"));
        printf("refused: it never counts\n");
    }
    return status;
}

/* What was proposed about a statement; a policy needs no more than its decision. */
static enum status carry_out(struct session *session, const struct request *request,
                             struct business *tx, const struct result *proposal,
                             struct error *error)
{
    int64_t statement_id;
    struct result *held = NULL;
    enum status status;

    if (request->about_policy)
        return OK;
    statement_id = result_int64(proposal, 0, P_STATEMENT);
    status = statement_tell(session->db, statement_id, error, &held);
    if (status != OK)
        return status;
    status = text_is(result_text(proposal, 0, P_ACTION), "RELEASE")
                 ? statement_load(session, request, tx, statement_id, held, error)
                 : statement_refuse_it(tx, statement_id, error);
    result_free(held);
    return status;
}

/* All of it; without --execute it is taken back (1). */
static enum status decide(struct session *session, const struct request *request,
                          const struct result *proposal, bool approves, struct error *error)
{
    struct business tx;
    enum status status = business_begin(session->db, "statement_decision", session->worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = decision_insert(&tx, request, proposal, approves ? "APPROVED" : "REJECTED", error);
    if (status == OK && approves)
        status = carry_out(session, request, &tx, proposal, error);
    if (status == OK && !request->execute)
        business_abandon(&tx);
    else
        status = business_finish(&tx, status, error);
    if (status == OK)
        printf(request->execute ? (approves ? "approved\n" : "rejected\n")
                                : "nothing was written; add --execute to do it\n");
    return decision_explain(status, error);
}

static enum status decision_make(struct session *session, struct request *request, bool approves,
                                 struct error *error)
{
    struct result *proposal = NULL;
    enum status status = proposal_find(session, request, error, &proposal);

    if (status == OK)
        status = decide(session, request, proposal, approves, error);
    result_free(proposal);
    return status;
}

static enum status approve(struct session *session, struct request *request, struct error *error)
{
    return decision_make(session, request, true, error);
}

static enum status reject(struct session *session, struct request *request, struct error *error)
{
    return decision_make(session, request, false, error);
}

/* ---- the commands ---- */

struct verb {
    const char *name;
    enum status (*run)(struct session *session, struct request *request, struct error *error);
    int word_count;
};

static int verb_run(struct program_run *run, const struct verb *verb, struct request *request)
{
    struct session session;
    struct error error;
    enum status status;

    if (original_seal_read(run->config, &error, &request->seal) != OK ||
        session_open(run, &error, &session) != OK)
        return program_fail(&error);
    status = verb->run(&session, request, &error);
    session_done(&session);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* Words as the verb wants them. */
static bool words_fit(const struct verb *verb, struct request *request)
{
    if (request->word_count != verb->word_count)
        return false;
    if (verb->word_count == 2)
        return policy_action(request->words[1]) != NULL;
    return text_to_int64(text_of(request->words[0]), &request->number) && request->number > 0;
}

static int verbs_run(struct program_run *run, int argc, char **argv, const struct verb *verbs,
                     size_t count, bool about_policy)
{
    static struct request request; /* the profiles are large */
    int code = EXIT_USAGE;
    size_t i = 0;

    while (i < count && strcmp(argv[1], verbs[i].name) != 0)
        i++;
    if (i == count)
        return program_usage(run, "what is to be done?");
    request = (struct request){.reason = "", .by = "", .account = "", .about_policy = about_policy};
    profiles_init(&request.profiles);
    code = request_read(argc - 1, argv + 1, &request) && words_fit(&verbs[i], &request)
               ? verb_run(run, &verbs[i], &request)
               : program_usage(run, "which one, and for what --reason?");
    profiles_done(&request.profiles);
    return code;
}

int release_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verbs[] = {{"propose", release_propose, 1},
                                        {"approve", approve, 1},
                                        {"reject", reject, 1}};

    if (argc < 2 || strcmp(argv[1], "list") == 0)
        return argc < 2 ? program_usage(run, "list, propose, approve or reject?")
                        : release_list(run, argc - 1, argv + 1);
    return verbs_run(run, argc, argv, verbs, COUNT_OF(verbs), false);
}

int policy_command(struct program_run *run, int argc, char **argv)
{
    static const struct verb verbs[] = {{"propose", policy_propose, 2},
                                        {"approve", approve, 1},
                                        {"reject", reject, 1}};

    if (argc < 2 || strcmp(argv[1], "list") == 0)
        return argc < 2 ? program_usage(run, "list, history, propose, approve or reject?")
                        : policy_list(run, argc - 1, argv + 1);
    if (strcmp(argv[1], "history") == 0)
        return policy_history(run, argc - 1, argv + 1);
    return verbs_run(run, argc, argv, verbs, COUNT_OF(verbs), true);
}
