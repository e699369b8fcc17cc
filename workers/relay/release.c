/*
 * release.c - people sign payment files; what has its signatures is released.
 *
 *   sawa relay sign ID        a maker or a checker, under their own login, once each
 *   sawa relay run, deliver   releases what has as many signatures as its sum and profile ask for
 *   sawa relay cancel ID      what nobody released: its instructions are prepared again
 *
 * The database counts (relay.h (3)); this file asks and explains.
 */
#include "relay.h"

#include "relay_sql.h"
#include "store/refusal.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* The columns of file_find.sql. */
enum column { FILE_ID, MESSAGE_ID, ACCOUNT, DATE, CURRENCY, COUNT, SUM, DIGEST, STATE, NEEDED };

/* A constraint that refused says it better than its SQLSTATE. */
static enum status file_explain(enum status status, struct error *error)
{
    static const struct refusal rows[] = {
        {"maker_is_not_checker", "this login has signed it: another person must", NULL},
        {"one_person_signs_once", "this person has signed it: another one must", NULL},
        {"signed_is_what_was_prepared", "it is not waiting for signatures any more", NULL},
        {"release_needs_its_signatures", "signatures are missing, or none is a checker's", NULL},
        {"payment_file_is_released_in_time", "the time to release it is over: cancel it", NULL},
        {"payment_file_moves_along_its_arrows", "its state does not allow that", NULL},
        {"i3_contradicted_is_not_paid_again",
         "the bank says that it made a payment in it before: ask it, and cancel the file", NULL},
    };

    return refusal_explain(rows, COUNT_OF(rows), "the payment file was refused", status, error);
}

/* ---- release ---- */

/* DUPLICATE: another relay released it, or somebody gave it up. */
static enum status release_one(struct relay *relay, const struct uuid *file_id, struct error *error)
{
    struct business tx;
    enum status status = business_begin(relay->session.db, "payment_release", relay->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    status = relay_file_move(relay, &tx, file_id, FILE_PREPARED, FILE_RELEASED, 0, error);
    if (status == DUPLICATE) {
        business_abandon(&tx);
        return DUPLICATE;
    }
    return file_explain(business_finish(&tx, status, error), error);
}

enum status relay_release(struct relay *relay, struct error *error, int64_t *ret_files)
{
    struct result *rows = NULL;
    int64_t files = 0;
    enum status status = relay_sql(relay, relay_sql_releasable, NULL, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        struct uuid file_id = result_uuid(rows, i, 0);

        status = release_one(relay, &file_id, error);
        if (status == OK)
            log_info("payment_file_released", "released a payment file",
                     LOG_TEXT("message_id", result_text(rows, i, 1)));
        files += status == OK;
        if (status == DUPLICATE)
            status = OK;
    }
    result_free(rows);
    if (status == OK)
        *ret_files = files;
    return status;
}

/* ---- sign ---- */

struct sign_arguments {
    const char *file;
    const char *by;
    const char *digest; /* NULL: as stored */
};

static bool sign_arguments_read(int argc, char **argv, struct sign_arguments *arguments)
{
    static const struct option known[] = {{"by", required_argument, NULL, 'b'},
                                          {"digest", required_argument, NULL, 'd'},
                                          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'b': arguments->by = optarg; break;
        case 'd': arguments->digest = optarg; break;
        default: return false;
        }
    }
    if (optind + 1 != argc)
        return false;
    arguments->file = argv[optind];
    return true;
}

static enum status digest_differs(struct error *error)
{
    error_set(error, REJECT, "the payment file has another digest");
    error->exit_code = EXIT_REFUSED;
    return error_hint(error, "look at it again: sawa relay show");
}

static enum status sign(struct relay *relay, const struct result *file,
                        const struct sign_arguments *arguments, struct error *error)
{
    struct uuid file_id = result_uuid(file, 0, FILE_ID);
    struct text stored = result_text(file, 0, DIGEST);
    char hex[2 * SHA256_SIZE + 1];
    struct digest digest = result_digest(file, 0, DIGEST);
    struct params params;
    struct business tx;
    enum status status;

    digest_format(&digest, hex);
    if (arguments->digest != NULL && strcmp(arguments->digest, hex) != 0)
        return digest_differs(error);
    status = business_begin(relay->session.db, "payment_signature", relay->session.worker,
                            clock_now_us(), error, &tx);
    if (status != OK)
        return status;
    params_init(&params, RELAY_PARAMS_MAX);
    params_uuid(&params, &file_id);
    params_string(&params, arguments->by);
    params_bytes(&params, digest.bytes, SHA256_SIZE);
    params_int64(&params, tx.commit_id);
    status = relay_sql(relay, relay_sql_sign, &params, error, NULL);
    effects_row(&tx.effects, "payment_file_signature", 2);
    effects_text(&tx.effects, (struct text){(const char *)file_id.bytes, 16});
    effects_text(&tx.effects, stored);
    return file_explain(business_finish(&tx, status, error), error);
}

int sign_command(struct program_run *run, int argc, char **argv)
{
    struct sign_arguments arguments = {.by = ""};
    struct result *file = NULL;
    struct relay relay;
    struct error error;
    enum status status;

    if (!sign_arguments_read(argc, argv, &arguments))
        return program_usage(run, "which payment file?");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    status = relay_file_find(&relay, arguments.file, &error, &file);
    if (status == OK)
        status = sign(&relay, file, &arguments, &error);
    if (status == OK)
        printf("signed %.*s: %lld payments, it needs %lld signatures\n",
               TEXT_ARG(result_text(file, 0, MESSAGE_ID)), (long long)result_int64(file, 0, COUNT),
               (long long)result_int64(file, 0, NEEDED));
    result_free(file);
    relay_done(&relay);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* ---- cancel ---- */

static enum status cancel(struct relay *relay, const struct uuid *file_id, const char *reason,
                          struct error *error)
{
    struct business tx;
    enum status status = business_begin(relay->session.db, "payment_cancel", relay->session.worker,
                                        clock_now_us(), error, &tx);

    if (status != OK)
        return status;
    effects_row(&tx.effects, "payment_cancel", 1);
    effects_text(&tx.effects, text_of(reason));
    status = relay_file_move(relay, &tx, file_id, FILE_PREPARED, FILE_CANCELLED, 0, error);
    if (status == DUPLICATE) {
        error_set(error, REJECT, "the payment file was refused");
        error->exit_code = EXIT_REFUSED;
        status = error_detail(error, "its state does not allow that");
    }
    return file_explain(business_finish(&tx, status, error), error);
}

int cancel_command(struct program_run *run, int argc, char **argv)
{
    struct result *file = NULL;
    struct relay relay;
    struct error error;
    struct uuid file_id;
    enum status status;

    if (argc != 4 || strcmp(argv[2], "--reason") != 0 || !string_has_words(argv[3]))
        return program_usage(run, "which payment file, and why?");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    status = relay_file_find(&relay, argv[1], &error, &file);
    if (status == OK) {
        file_id = result_uuid(file, 0, FILE_ID);
        status = cancel(&relay, &file_id, argv[3], &error);
    }
    if (status == OK)
        printf("cancelled %.*s: its instructions go into another file\n",
               TEXT_ARG(result_text(file, 0, MESSAGE_ID)));
    result_free(file);
    relay_done(&relay);
    return status == OK ? EXIT_OK : program_fail(&error);
}
