/*
 * show.c - payment files and what stands still, for people.
 */
#include "publish.h"
#include "relay.h"

#include "relay_sql.h"

#include <stdio.h>
#include <string.h>

enum { LIST_ROWS = 100 };

static void amount_of(const struct result *rows, int row, int amount, int code,
                      char text[AMOUNT_TEXT_SIZE])
{
    currency found = CURRENCY_NONE;

    if (currency_parse(result_text(rows, row, code), &found))
        amount_format((struct amount){result_int64(rows, row, amount), found}, text);
    else
        text_copy(TEXT("?"), text, AMOUNT_TEXT_SIZE);
}

/* ---- list ---- */

static void list_row(const struct result *rows, int row)
{
    char sum[AMOUNT_TEXT_SIZE];
    char date[DATE_TEXT_SIZE];

    amount_of(rows, row, 6, 4, sum);
    date_format(result_date(rows, row, 3), date);
    printf("%-32.*s %-20.*s %-15.*s %s %8lld %.*s %18s %-9.*s %lld of %lld\n",
           TEXT_ARG(result_text(rows, row, 0)), TEXT_ARG(result_text(rows, row, 1)),
           TEXT_ARG(result_text(rows, row, 2)), date, (long long)result_int64(rows, row, 5),
           TEXT_ARG(result_text(rows, row, 4)), sum, TEXT_ARG(result_text(rows, row, 7)),
           (long long)result_int64(rows, row, 9), (long long)result_int64(rows, row, 8));
}

int list_command(struct program_run *run, int argc, char **argv)
{
    bool has_state = argc == 3 && strcmp(argv[1], "--state") == 0;
    struct params params;
    struct result *rows = NULL;
    struct relay relay;
    struct error error;
    enum status status;

    if (argc != 1 && !has_state)
        return program_usage(run, "list takes --state STATE or nothing");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    params_init(&params, RELAY_PARAMS_MAX);
    params_string(&params, has_state ? argv[2] : NULL);
    params_int32(&params, LIST_ROWS);
    status = relay_sql(&relay, relay_sql_file_list, &params, &error, &rows);
    if (status == OK)
        printf("%-32s %-20s %-15s %-10s %8s %-3s %18s %-9s %s\n", "message_id", "account",
               "message", "date", "payments", "", "sum", "state", "signed");
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        list_row(rows, i);
    result_free(rows);
    relay_done(&relay);
    return status == OK ? EXIT_OK : program_fail(&error);
}

/* ---- one file ---- */

static void file_print(const struct result *file)
{
    struct digest digest = result_digest(file, 0, 7);
    char hex[2 * SHA256_SIZE + 1];
    char sum[AMOUNT_TEXT_SIZE];
    char date[DATE_TEXT_SIZE];
    char until[INSTANT_TEXT_SIZE];

    digest_format(&digest, hex);
    amount_of(file, 0, 6, 4, sum);
    date_format(result_date(file, 0, 3), date);
    instant_format(result_instant(file, 0, 11), until);
    printf("message_id   %.*s\naccount      %.*s\nmessage      %.*s%s\nsettlement   %s\n"
           "payments     %lld, %.*s %s\nstate        %.*s\nsignatures   %lld needed, until %s\n"
           "digest       %s\n",
           TEXT_ARG(result_text(file, 0, 1)), TEXT_ARG(result_text(file, 0, 2)),
           TEXT_ARG(result_text(file, 0, 12)),
           result_bool(file, 0, 13) ? ", valid by its schema" : ", schema check waived", date,
           (long long)result_int64(file, 0, 5), TEXT_ARG(result_text(file, 0, 4)), sum,
           TEXT_ARG(result_text(file, 0, 8)), (long long)result_int64(file, 0, 9), until, hex);
}

static enum status signatures_print(struct relay *relay, const struct uuid *file_id,
                                    struct error *error)
{
    struct result *rows = NULL;
    enum status status = relay_sql_file(relay, relay_sql_signatures, file_id, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        char at[INSTANT_TEXT_SIZE];

        instant_format(result_instant(rows, i, 3), at);
        printf("signed       %s by %.*s%s%.*s%s\n", at, TEXT_ARG(result_text(rows, i, 0)),
               result_text(rows, i, 1).size > 0 ? ", " : "", TEXT_ARG(result_text(rows, i, 1)),
               result_bool(rows, i, 2) ? " (checker)" : "");
    }
    result_free(rows);
    return status;
}

static enum status lines_print(struct relay *relay, const struct uuid *file_id, struct error *error)
{
    struct result *rows = NULL;
    enum status status = relay_sql_file(relay, relay_sql_file_lines, file_id, error, &rows);

    for (int i = 0; status == OK && i < result_rows(rows); i++) {
        char amount[AMOUNT_TEXT_SIZE];

        amount_of(rows, i, 3, 4, amount);
        printf("%5lld %.*s %-20.*s %18s %-9.*s %.*s\n", (long long)result_int64(rows, i, 0),
               TEXT_ARG(result_text(rows, i, 1)), TEXT_ARG(result_text(rows, i, 2)), amount,
               TEXT_ARG(result_text(rows, i, 5)), TEXT_ARG(result_text(rows, i, 6)));
    }
    result_free(rows);
    return status;
}

static enum status original_print(struct relay *relay, const struct uuid *file_id,
                                  struct error *error)
{
    struct result *rows = NULL;
    struct buffer opened;
    struct text bytes = {NULL, 0};
    enum status status = relay_sql_file(relay, relay_sql_content, file_id, error, &rows);

    buffer_init(&opened, RELAY_FILE_SIZE_MAX + SEAL_OVERHEAD);
    if (status == OK)
        bytes = result_text(rows, 0, 0);
    if (status == OK && result_bool(rows, 0, 1)) {
        struct digest digest = result_digest(rows, 0, 2);

        status = vault_give(relay, &digest, error, &opened);
        bytes = buffer_view(&opened);
    }
    if (status == OK)
        fwrite(bytes.data, 1, bytes.size, stdout);
    if (status == OK && fflush(stdout) != 0)
        status = error_set(error, FATAL, "the payment file could not be written out");
    buffer_done(&opened);
    result_free(rows);
    return status;
}

static enum status file_show(struct relay *relay, const struct result *file,
                             const struct uuid *file_id, struct error *error)
{
    enum status status;

    file_print(file);
    status = signatures_print(relay, file_id, error);
    return status == OK ? lines_print(relay, file_id, error) : status;
}

static int one_file(struct program_run *run, int argc, char **argv, bool original)
{
    struct result *file = NULL;
    struct relay relay;
    struct error error;
    struct uuid file_id;
    enum status status;

    if (argc != 2)
        return program_usage(run, "which payment file?");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    status = relay_file_find(&relay, argv[1], &error, &file);
    if (status == OK) {
        file_id = result_uuid(file, 0, 0);
        status = original ? original_print(&relay, &file_id, &error)
                          : file_show(&relay, file, &file_id, &error);
    }
    result_free(file);
    relay_done(&relay);
    return status == OK ? EXIT_OK : program_fail(&error);
}

int show_command(struct program_run *run, int argc, char **argv)
{
    return one_file(run, argc, argv, false);
}

int original_command(struct program_run *run, int argc, char **argv)
{
    return one_file(run, argc, argv, true);
}

/* ---- what stands still ---- */

int status_command(struct program_run *run, int argc, char **argv)
{
    static const char *const lines[] = {"prepared, to be signed or released",
                                        "of these too late to be released: cancel them",
                                        "released, on their way to the folder",
                                        "written",
                                        "instructions that banks rejected",
                                        "answers that contradict what was final",
                                        "answers about nothing of ours",
                                        "files that a bank has not answered in its time",
                                        "rejected instructions that the bank booked all the same",
                                        "instructions whose money came back",
                                        "of these less came back than was paid"};
    static const int alerts[] = {1, 5, 6, 7, 8};
    struct result *rows = NULL;
    struct relay relay;
    struct error error;
    enum status status;
    int64_t alarming = 0;

    (void)argv;
    if (argc != 1)
        return program_usage(run, "status takes no arguments");
    if (relay_start(run, &error, &relay) != OK)
        return program_fail(&error);
    status = relay_sql(&relay, relay_sql_status, NULL, &error, &rows);
    for (size_t i = 0; status == OK && i < COUNT_OF(lines); i++)
        printf("%8lld %s\n", (long long)result_int64(rows, 0, (int)i), lines[i]);
    for (size_t i = 0; status == OK && i < COUNT_OF(alerts); i++)
        alarming += result_int64(rows, 0, alerts[i]);
    result_free(rows);
    if (status == OK)
        status = publish_status(&relay, &error, &alarming);
    relay_done(&relay);
    if (status != OK)
        return program_fail(&error);
    return alarming == 0 ? EXIT_OK : EXIT_FAILED;
}
