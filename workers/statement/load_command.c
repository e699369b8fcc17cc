/*
 * load_command.c - sawa-statement load and check [--profile P] [--csv-profile YAML].. FILE...
 *
 * check is load in a transaction that is rolled back, told statement by statement.
 */
#include "load.h"
#include "profiles.h"
#include "statement.h"

#include "statement_sql.h"

#include <stdio.h>

enum { PARAMS_SIZE_MAX = 4096, TEXT_SIZE = 300 };

static int answer_code(const struct load_answer *answer)
{
    if (answer->refused)
        return EXIT_REFUSED;
    return answer->held_count > 0 ? EXIT_FINDINGS : EXIT_OK;
}

/* The lines of a person; context is the worst exit code. */
static void answer_print(void *context, const char *name, const struct load_answer *answer,
                         const struct error *refusal)
{
    int *worst = context;
    int code = answer_code(answer);

    if (answer->known)
        printf("%s: known already%s\n", name, answer->refused ? ", and refused" : "");
    else if (answer->refused)
        printf("%s: refused: %s (line %lld) %s\n", name, refusal->subject, (long long)refusal->line,
               refusal->detail);
    else
        printf("%s: statements loaded=%lld held=%lld known=%lld entries=%lld new=%lld\n", name,
               (long long)answer->loaded_count, (long long)answer->held_count,
               (long long)answer->duplicate_count, (long long)answer->entry_count,
               (long long)answer->new_count);
    *worst = code > *worst ? code : *worst;
}

static const char *verdict_word(const struct load_verdict *verdict)
{
    if (verdict->statement_id == 0)
        return "known";
    return verdict->hold_reason == NULL ? "loads" : "held for ";
}

enum status findings_tell(struct db *db, int64_t statement_id, const char *indent, int32_t most,
                          struct error *error)
{
    char shown[TEXT_SIZE];
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, PARAMS_SIZE_MAX);
    params_int64(&params, statement_id);
    params_string(&params, "");
    params_int32(&params, most);
    status = db_run_once(db, statement_sql_findings, &params, error, &rows);
    for (int row = 0; status == OK && row < result_rows(rows); row++) {
        text_show(result_text(rows, row, 6), shown, sizeof shown);
        printf("%s%.*s %.*s: %s\n", indent, TEXT_ARG(result_text(rows, row, 2)),
               TEXT_ARG(result_text(rows, row, 3)), shown);
    }
    result_free(rows);
    return status;
}

/* What a trial found of a statement. */
static enum status verdict_print(void *context, struct session *session,
                                 const struct load_verdict *verdict, struct error *error)
{
    const struct statement *statement = verdict->statement;
    char account[TEXT_SIZE];
    char number[TEXT_SIZE];
    bool is_held = verdict->statement_id != 0 && verdict->hold_reason != NULL;

    (void)context;
    text_show(statement->account.id, account, sizeof account);
    text_show(statement->sequence_number, number, sizeof number);
    printf("  %s %s number %s: %s%s, %d entries, %lld new\n",
           statement_format_name(statement->format), account, number, verdict_word(verdict),
           is_held ? verdict->hold_reason : "", statement->entry_count,
           (long long)verdict->new_count);
    if (verdict->statement_id == 0)
        return OK;
    return findings_tell(session->db, verdict->statement_id, "    ",
                         statement_limits_default.findings_max, error);
}

static int load_all(struct program_run *run, const struct statement_profile *profile, bool trial,
                    char **paths)
{
    int worst = EXIT_OK;
    struct original_seal seal = {.present = false};
    const struct load_order order = {.profile = profile,
                                     .seal = &seal,
                                     .trial = trial,
                                     .context = &worst,
                                     .tell = answer_print,
                                     .tell_statement = trial ? verdict_print : NULL};
    struct session session;
    struct error error;
    enum status status = OK;

    if (original_seal_read(run->config, &error, &seal) != OK ||
        session_open(run, &error, &session) != OK)
        return program_fail(&error);
    for (; *paths != NULL && status == OK; paths++)
        status = load_file(&session, &order, *paths, &error);
    session_done(&session);
    return status == OK ? worst : program_fail(&error);
}

static int files_command(struct program_run *run, int argc, char **argv, bool trial)
{
    static struct profiles profiles; /* large */
    int code = profiles_read(run, argc, argv, &profiles);

    if (code == EXIT_OK)
        code = optind == argc ? program_usage(run, "which files?")
                              : load_all(run, profiles_chosen(&profiles), trial, argv + optind);
    profiles_done(&profiles);
    return code;
}

int load_command(struct program_run *run, int argc, char **argv)
{
    return files_command(run, argc, argv, false);
}

int check_command(struct program_run *run, int argc, char **argv)
{
    return files_command(run, argc, argv, true);
}
