/*
 * change.c - plan, propose, approve, reject and load: who decided what, and its transaction.
 *
 *   propose    corridor_change, audit leaf                                      (one tx)
 *   approve    corridor_decision, the rows of the book, audit leaf              (one tx)
 *   reject     corridor_decision, audit leaf                                    (one tx)
 *   load       corridor_change, corridor_decision, the rows, audit leaf         (one tx, once)
 *
 * Restart: a change is decided once and a version is stored once. What is tried again after a
 * COMMIT without reply is refused as decided, or has nothing to do.
 */
#include "corridor.h"

#include "base/clock.h"
#include "corridor_sql.h"
#include "store/refusal.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static int64_t expires_us(const struct work *work)
{
    return work->now_us + work->approval_hours * INT64_C(3600) * US_PER_SECOND;
}

/* A constraint that refused says it better than its SQLSTATE. */
static enum status change_explain(enum status status, struct error *error)
{
    static const struct refusal rows[] = {
        {"maker_is_not_checker", "maker and checker are the same person",
         "another person approves, under a login of their own"},
        {"decision_needs_its_role", "this login may not decide about it",
         "sawa_checker approves; who proposed it may take it back: sawa corridor reject"},
        {"change_is_approved_in_time", "the time to approve it is over",
         "propose it again: sawa corridor propose FILE"},
        {"a_change_is_decided_once", "it was decided before", "sawa corridor history"},
        {"decided_is_what_was_proposed", "it is about something else than was proposed",
         "look at it again: sawa corridor plan --change CHANGE"},
        {"first_load_finds_an_empty_book",
         "the corridor book is not empty: it changes by two people",
         "sawa corridor propose FILE, then another person: sawa corridor approve CHANGE"},
        {"the_book_changes_by_approval", "nothing is stored without an approval", NULL},
        {"stored_is_what_was_approved", "a row does not stand in the approved document", NULL},
        {"corridor_versions_ascend", "a version does not begin behind those that are stored", NULL},
        {"corridor_keeps_its_code_and_currencies", "a version has another code or currency", NULL},
        {"bank_profile_versions_ascend", "a bank profile does not begin behind its last one", NULL},
        {"participant_accounts_ascend", "an account begins before one that is stored", NULL},
    };

    return refusal_explain(rows, COUNT_OF(rows), "the change of the corridor book was refused",
                           status, error);
}

static enum status refuse(struct error *error, const char *detail, const char *hint)
{
    error_set(error, REJECT, "the change of the corridor book was refused");
    error_detail(error, "%s", detail);
    error_hint(error, "%s", hint);
    error->exit_code = EXIT_REFUSED;
    return REJECT;
}

/* ---- the rows about a change ---- */

/* A change that is stored. Texts belong to rows. */
struct change {
    int64_t change_id;
    struct book_document document;
    struct digest digest;
    struct text maker, proposed_by;
    struct result *rows;
};

static struct text digest_bytes(const struct change *change)
{
    return (struct text){(const char *)change->digest.bytes, SHA256_SIZE};
}

/* Who wants what, and until when. */
static void change_effect(struct business *tx, const struct change *change, int64_t until_us)
{
    effects_row(&tx->effects, "corridor_change", 5);
    effects_int64(&tx->effects, change->change_id);
    effects_text(&tx->effects, digest_bytes(change));
    effects_text(&tx->effects, change->maker);
    effects_text(&tx->effects, change->proposed_by);
    effects_int64(&tx->effects, until_us);
}

/* Who decided what about whose change. */
static void decision_effect(struct business *tx, const struct change *change, const char *decision,
                            struct text checker, const char *by)
{
    effects_row(&tx->effects, "corridor_decision", 7);
    effects_int64(&tx->effects, change->change_id);
    effects_text(&tx->effects, text_of(decision));
    effects_text(&tx->effects, digest_bytes(change));
    effects_text(&tx->effects, change->maker);
    effects_text(&tx->effects, change->proposed_by);
    effects_text(&tx->effects, checker);
    effects_text(&tx->effects, text_of(by));
}

/* ret_change->rows keeps its maker. */
static enum status change_insert(struct work *work, struct business *tx, const struct draft *draft,
                                 const char *reason, const char *by, struct error *error,
                                 struct change *ret_change)
{
    struct change change = {.document = draft->document, .digest = draft->digest};
    struct params params;
    enum status status;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_text(&params, draft->document.yaml);
    params_text(&params, draft->document.holidays);
    params_bytes(&params, draft->digest.bytes, SHA256_SIZE);
    params_string(&params, reason);
    params_string(&params, by);
    params_instant(&params, expires_us(work));
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, corridor_sql_change_insert, &params, error, &change.rows);
    if (status != OK)
        return status;
    change.change_id = result_int64(change.rows, 0, 0);
    change.maker = result_text(change.rows, 0, 1);
    change.proposed_by = text_of(by);
    change_effect(tx, &change, expires_us(work));
    *ret_change = change;
    return OK;
}

static enum status decision_insert(struct business *tx, const struct change *change,
                                   const char *decision, const char *by, const char *reason,
                                   struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int64(&params, change->change_id);
    params_string(&params, decision);
    params_bytes(&params, change->digest.bytes, SHA256_SIZE);
    params_text(&params, change->maker);
    params_text(&params, change->proposed_by);
    params_string(&params, by);
    params_string(&params, reason);
    params_int64(&params, tx->commit_id);
    status = db_run_once(tx->db, corridor_sql_decision_insert, &params, error, &rows);
    if (status == OK)
        decision_effect(tx, change, decision, result_text(rows, 0, 0), by);
    result_free(rows);
    return status;
}

static enum status change_find(struct work *work, const char *name, struct error *error,
                               struct change *ret_change)
{
    struct change change = {0};
    struct params params;
    enum status status;

    if (!text_to_int64(text_of(name), &change.change_id))
        return refuse(error, "a change is named by its number", "sawa corridor history");
    params_init(&params, CORRIDOR_PARAMS_MAX);
    params_int64(&params, change.change_id);
    status = db_run_once(work->session.db, corridor_sql_change_find, &params, error, &change.rows);
    if (status == OK && result_rows(change.rows) == 0) {
        result_free(change.rows);
        return refuse(error, "there is no such change", "sawa corridor history");
    }
    if (status != OK)
        return status;
    change.document =
        (struct book_document){result_text(change.rows, 0, 0), result_text(change.rows, 0, 1)};
    change.digest = result_digest(change.rows, 0, 2);
    change.maker = result_text(change.rows, 0, 3);
    change.proposed_by = result_text(change.rows, 0, 4);
    *ret_change = change;
    return OK;
}

static enum status change_draft(struct work *work, const struct change *change, struct error *error,
                                struct draft *ret_draft)
{
    char *name = arena_alloc(&work->arena, 64);

    assert(name != NULL);
    snprintf(name, 64, "change %lld", (long long)change->change_id);
    return draft_read_stored(work, &change->document, name, error, ret_draft);
}

/* ---- arguments ---- */

struct arguments {
    const char *what; /* a file or a change; NULL: none */
    const char *by;
    const char *reason;
    const char *digest; /* NULL: as stored */
    const char *change; /* NULL: a file */
    bool dry_run;
};

static bool option_take(int option, struct arguments *arguments)
{
    switch (option) {
    case 'b': arguments->by = optarg; return true;
    case 'r': arguments->reason = optarg; return true;
    case 'g': arguments->digest = optarg; return true;
    case 'c': arguments->change = optarg; return true;
    case 'n': arguments->dry_run = true; return true;
    default: return false;
    }
}

/* letters: the options this command knows. */
static bool arguments_read(int argc, char **argv, const char *letters, struct arguments *ret)
{
    static const struct option known[] = {
        {"by", required_argument, NULL, 'b'},     {"reason", required_argument, NULL, 'r'},
        {"digest", required_argument, NULL, 'g'}, {"change", required_argument, NULL, 'c'},
        {"dry-run", no_argument, NULL, 'n'},      {NULL, 0, NULL, 0},
    };
    struct arguments arguments = {.by = "", .reason = ""};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (strchr(letters, option) == NULL || !option_take(option, &arguments))
            return false;
    }
    if (optind < argc)
        arguments.what = argv[optind++];
    *ret = arguments;
    return optind == argc && (arguments.what == NULL) == (arguments.change != NULL);
}

/* ---- plan ---- */

static void told_print(const struct plan *plan, const char *then)
{
    char hex[2 * SHA256_SIZE + 1];

    digest_format(&plan->draft->digest, hex);
    printf("%.*s", TEXT_ARG(buffer_view(&plan->told)));
    if (plan->count == 0)
        printf("everything is stored as it is\n");
    printf("digest %s\n%s\n", hex, then);
}

static enum status plan_draft(struct work *work, const struct draft *draft, bool is_first,
                              struct error *error)
{
    struct plan plan;
    enum status status;

    plan_init(&plan, work, draft);
    plan.is_first = is_first;
    status = plan_make(&plan, error);
    if (status == OK)
        told_print(&plan, "nothing was stored");
    plan_done(&plan);
    return status;
}

static enum status plan_change(struct work *work, const char *name, struct error *error)
{
    struct change change = {0};
    struct draft draft;
    enum status status = change_find(work, name, error, &change);

    if (status == OK)
        status = change_draft(work, &change, error, &draft);
    if (status == OK)
        status = plan_draft(work, &draft, false, error);
    result_free(change.rows);
    return status;
}

int plan_command(struct program_run *run, int argc, char **argv)
{
    struct arguments arguments;
    struct draft draft;
    struct work work;
    struct error error;
    enum status status;

    if (!arguments_read(argc, argv, "c", &arguments))
        return program_usage(run, "which file, or which change?");
    if (work_start(run, &error, &work) != OK)
        return program_fail(&error);
    if (arguments.change != NULL) {
        status = plan_change(&work, arguments.change, &error);
    } else {
        status = draft_read_file(&work, arguments.what, &error, &draft);
        if (status == OK)
            status = plan_draft(&work, &draft, false, &error);
    }
    work_done(&work);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* ---- propose ---- */

static enum status propose_store(struct work *work, const struct draft *draft,
                                 const struct arguments *arguments, struct error *error,
                                 int64_t *ret_change_id)
{
    struct change change = {0};
    struct business tx;
    enum status status = business_begin(work->session.db, "corridor_proposal", work->session.worker,
                                        work->now_us, error, &tx);

    if (status != OK)
        return status;
    status = change_insert(work, &tx, draft, arguments->reason, arguments->by, error, &change);
    if (status == OK)
        *ret_change_id = change.change_id;
    result_free(change.rows);
    return change_explain(business_finish(&tx, status, error), error);
}

static enum status propose(struct work *work, const struct draft *draft,
                           const struct arguments *arguments, struct error *error)
{
    char then[256];
    char until[INSTANT_TEXT_SIZE];
    int64_t change_id = 0;
    struct plan plan;
    enum status status;

    plan_init(&plan, work, draft);
    status = plan_make(&plan, error);
    if (status == OK && plan.count == 0)
        status = refuse(error, "everything in it is stored as it is: there is nothing to propose",
                        "sawa corridor show");
    if (status == OK)
        status = propose_store(work, draft, arguments, error, &change_id);
    if (status == OK) {
        instant_format(expires_us(work), until);
        snprintf(then, sizeof then,
                 "proposed as change %lld, to be approved by another person until %s:\n"
                 "  sawa corridor approve %lld",
                 (long long)change_id, until, (long long)change_id);
        told_print(&plan, then);
    }
    plan_done(&plan);
    return status;
}

int propose_command(struct program_run *run, int argc, char **argv)
{
    struct arguments arguments;
    struct draft draft;
    struct work work;
    struct error error;
    enum status status;

    if (!arguments_read(argc, argv, "br", &arguments))
        return program_usage(run, "which file?");
    if (work_start(run, &error, &work) != OK)
        return program_fail(&error);
    status = draft_read_file(&work, arguments.what, &error, &draft);
    if (status == OK)
        status = propose(&work, &draft, &arguments, &error);
    work_done(&work);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* ---- approve, load ---- */

/* The decision and the rows, in one transaction (4): the plan is made anew behind the lock that
 * the decision took. */
static enum status decide_and_apply(struct plan *plan, struct business *tx,
                                    const struct change *change, const char *decision,
                                    const struct arguments *arguments, struct error *error)
{
    enum status status =
        decision_insert(tx, change, decision, arguments->by, arguments->reason, error);

    if (status == OK)
        status = plan_make(plan, error);
    if (status == OK && plan->count == 0)
        status = refuse(error, "everything in it is stored already", "sawa corridor history");
    if (status == OK)
        status = apply_book(plan, tx, error);
    return status;
}

static enum status approve(struct work *work, const struct change *change,
                           const struct arguments *arguments, struct error *error)
{
    struct business tx;
    struct draft draft;
    struct plan plan;
    enum status status = change_draft(work, change, error, &draft);

    if (status != OK)
        return status;
    status = business_begin(work->session.db, "corridor_approval", work->session.worker,
                            work->now_us, error, &tx);
    if (status != OK)
        return status;
    plan_init(&plan, work, &draft);
    status = decide_and_apply(&plan, &tx, change, "APPROVED", arguments, error);
    status = change_explain(business_finish(&tx, status, error), error);
    if (status == OK)
        told_print(&plan, "approved and stored");
    plan_done(&plan);
    return status;
}

static enum status digest_agrees(const struct change *change, const char *given,
                                 struct error *error)
{
    char hex[2 * SHA256_SIZE + 1];

    digest_format(&change->digest, hex);
    if (given == NULL || strcmp(given, hex) == 0)
        return OK;
    return refuse(error, "the change has another digest",
                  "look at it again: sawa corridor plan --change CHANGE");
}

int approve_command(struct program_run *run, int argc, char **argv)
{
    struct arguments arguments;
    struct change change = {0};
    struct work work;
    struct error error;
    enum status status;

    if (!arguments_read(argc, argv, "brg", &arguments))
        return program_usage(run, "which change?");
    if (work_start(run, &error, &work) != OK)
        return program_fail(&error);
    status = change_find(&work, arguments.what, &error, &change);
    if (status == OK)
        status = digest_agrees(&change, arguments.digest, &error);
    if (status == OK)
        status = approve(&work, &change, &arguments, &error);
    result_free(change.rows);
    work_done(&work);
    return status == OK ? EXIT_OK : program_fail(&error);
}

static enum status load_store(struct plan *plan, struct error *error)
{
    static const struct arguments nobody = {.by = "", .reason = "first load"};
    struct work *work = plan->work;
    struct change change = {0};
    struct business tx;
    enum status status = business_begin(work->session.db, "corridor", work->session.worker,
                                        work->now_us, error, &tx);

    if (status != OK)
        return status;
    status = change_insert(work, &tx, plan->draft, nobody.reason, nobody.by, error, &change);
    if (status == OK)
        status = decision_insert(&tx, &change, "BOOTSTRAP", nobody.by, nobody.reason, error);
    if (status == OK)
        status = apply_book(plan, &tx, error);
    result_free(change.rows);
    return change_explain(business_finish(&tx, status, error), error);
}

/* An empty book has nothing to compare with: what the plan found is what the lock will find, or
 * the decision is refused. */
static enum status load(struct work *work, const struct draft *draft, struct error *error)
{
    struct plan plan;
    enum status status;

    plan_init(&plan, work, draft);
    plan.is_first = true;
    status = plan_make(&plan, error);
    if (status == OK && plan.count > 0)
        status = load_store(&plan, error);
    if (status == OK)
        told_print(&plan, plan.count > 0 ? "corridor book loaded" : "nothing was stored");
    plan_done(&plan);
    return status;
}

int load_command(struct program_run *run, int argc, char **argv)
{
    struct arguments arguments;
    struct draft draft;
    struct work work;
    struct error error;
    enum status status;

    if (!arguments_read(argc, argv, "n", &arguments))
        return program_usage(run, "which file?");
    if (work_start(run, &error, &work) != OK)
        return program_fail(&error);
    status = draft_read_file(&work, arguments.what, &error, &draft);
    if (status == OK)
        status = arguments.dry_run ? plan_draft(&work, &draft, true, &error)
                                   : load(&work, &draft, &error);
    work_done(&work);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* ---- reject ---- */

static enum status reject(struct work *work, const struct change *change,
                          const struct arguments *arguments, struct error *error)
{
    struct business tx;
    enum status status = business_begin(work->session.db, "corridor_rejection",
                                        work->session.worker, work->now_us, error, &tx);

    if (status != OK)
        return status;
    status = decision_insert(&tx, change, "REJECTED", arguments->by, arguments->reason, error);
    return change_explain(business_finish(&tx, status, error), error);
}

int reject_command(struct program_run *run, int argc, char **argv)
{
    struct arguments arguments;
    struct change change = {0};
    struct work work;
    struct error error;
    enum status status;

    if (!arguments_read(argc, argv, "br", &arguments) || !string_has_words(arguments.reason))
        return program_usage(run, "which change, and why?");
    if (work_start(run, &error, &work) != OK)
        return program_fail(&error);
    status = change_find(&work, arguments.what, &error, &change);
    if (status == OK)
        status = reject(&work, &change, &arguments, &error);
    if (status == OK)
        printf("rejected change %lld\n", (long long)change.change_id);
    result_free(change.rows);
    work_done(&work);
    return status == OK ? EXIT_OK : program_fail(&error);
}
