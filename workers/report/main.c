/*
 * workers/report/main.c
 *   Proves an account's balance at the end of a business date, or shows what is missing.
 *
 *   statement, statement_entry, expected_item, match, break_item, posting
 *       -> HTML, CSV, JSON, one line per account; report row, audit leaf
 *
 * Reads one snapshot per account and writes only that a report was made.
 */
#include "report.h"

#include "report_sql.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BLOCK_SIZE = 1024 * 1024, PATH_SIZE = 4096 };

static const size_t arena_size_max = (size_t)2 << 30;

/* What was asked for. */
struct request {
    const char *account; /* NULL: all */
    bool all;
    calendar_date date; /* DATE_NONE: the newest of each account */
    bool has_format;
    enum report_format format;
    const char *folder; /* NULL: stdout */
};

struct reporter {
    struct session session;
    struct arena arena;
    const struct request *request;
    int64_t account_count;
    int64_t proven_count;
};

static const struct {
    const char *name;
    const char *suffix;
    void (*write)(const struct report *report, struct buffer *out);
} formats[] = {
    [REPORT_LINE] = {"line", NULL, report_line},
    [REPORT_JSON] = {"json", "json", NULL},
    [REPORT_CSV] = {"csv", "csv", report_csv},
    [REPORT_HTML] = {"html", "html", report_html},
};

/* ---- one line ---- */

const char *report_money(const struct report *report, int64_t minor, char text[AMOUNT_TEXT_SIZE])
{
    amount_format((struct amount){minor, report->currency}, text);
    return text;
}

static void line_figures(const struct report *report, struct buffer *out)
{
    char text[AMOUNT_TEXT_SIZE];

    buffer_format(out, "bank %s", report_money(report, report->proof.bank_minor, text));
    buffer_format(out, " - open at bank %s (%lld)",
                  report_money(report, report->proof.bank.minor, text),
                  (long long)report->proof.bank.count);
    buffer_format(out, " + open in books %s (%lld)",
                  report_money(report, report->proof.book.minor, text),
                  (long long)report->proof.book.count);
    buffer_format(out, " = book %s", report_money(report, report->proof.book_minor, text));
    buffer_format(out, ", unexplained %s",
                  report_money(report, report->proof.unexplained_minor, text));
}

void report_line(const struct report *report, struct buffer *out)
{
    char code[CURRENCY_CODE_SIZE];
    char date[DATE_TEXT_SIZE];

    currency_code(report->currency, code);
    date_format(report->business_date, date);
    buffer_format(out, "%s %.*s %s %s: ", report_is_proven(report) ? "proven" : "NOT PROVEN",
                  TEXT_ARG(report->account), code, date);
    if (report->has_bank)
        line_figures(report, out);
    else
        buffer_string(out, "no statement up to this date");
    buffer_byte(out, '\n');
}

/* ---- writing ---- */

static void report_write(const struct report *report, enum report_format format, struct buffer *out)
{
    if (format != REPORT_JSON) {
        formats[format].write(report, out);
        return;
    }
    report_json(report, out);
    report_json_done(report, out);
}

static enum status file_failed(const char *path, struct error *error)
{
    error_set(error, FATAL, "could not write %s", path);
    error->exit_code = EXIT_FAILED;
    return error_detail(error, "%s", strerror(errno));
}

/* The whole text under a name of its own, then the right name: no reader sees half a report. */
static enum status file_write(const char *path, struct text text, struct error *error)
{
    char part[PATH_SIZE + 8];
    FILE *file;
    bool written;

    snprintf(part, sizeof part, "%s.part", path);
    file = fopen(part, "we");
    if (file == NULL)
        return file_failed(part, error);
    written = fwrite(text.data, 1, text.size, file) == text.size && fflush(file) == 0 &&
              fsync(fileno(file)) == 0;
    if (fclose(file) != 0 || !written || rename(part, path) != 0)
        return file_failed(path, error);
    return OK;
}

/* NOSTRO:NOSTRO-USD on 2026-11-17 -> FOLDER/NOSTRO-NOSTRO-USD_2026-11-17.html */
static void path_of(const struct report *report, const char *folder, const char *suffix,
                    char path[PATH_SIZE])
{
    char date[DATE_TEXT_SIZE];
    int prefix = snprintf(path, PATH_SIZE, "%s/", folder);

    date_format(report->business_date, date);
    snprintf(path + prefix, (size_t)(PATH_SIZE - prefix), "%.*s_%s.%s", TEXT_ARG(report->account),
             date, suffix);
    for (char *at = path + prefix; *at != '\0'; at++) {
        if (*at == ':' || *at == '/')
            *at = '-';
    }
}

static enum status report_file(const struct report *report, const char *folder,
                               enum report_format format, struct error *error)
{
    char path[PATH_SIZE];
    struct buffer out;
    enum status status;

    buffer_init(&out, REPORT_SIZE_MAX);
    report_write(report, format, &out);
    path_of(report, folder, formats[format].suffix, path);
    status = buffer_failed(&out) ? error_set(error, FATAL, "%s would pass its ceiling", path)
                                 : file_write(path, buffer_view(&out), error);
    buffer_done(&out);
    return status;
}

static enum status report_files(const struct report *report, const struct request *request,
                                struct error *error)
{
    enum status status = OK;

    for (enum report_format format = REPORT_JSON; status == OK && format <= REPORT_HTML; format++) {
        if (!request->has_format || request->format == format)
            status = report_file(report, request->folder, format, error);
    }
    return status;
}

static void report_print(const struct report *report, enum report_format format)
{
    struct buffer out;

    buffer_init(&out, REPORT_SIZE_MAX);
    report_write(report, format, &out);
    fwrite(out.data, 1, out.size, stdout);
    buffer_done(&out);
}

static enum status report_deliver(const struct report *report, const struct request *request,
                                  struct error *error)
{
    if (request->folder == NULL) {
        report_print(report, request->has_format ? request->format : REPORT_LINE);
        return OK;
    }
    report_print(report, REPORT_LINE);
    return report_files(report, request, error);
}

/* ---- one account ---- */

static enum status newest_date(struct reporter *reporter, struct report *report,
                               struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, REPORT_PARAMS_MAX);
    params_int32(&params, report->account_id);
    status = db_run_once(reporter->session.db, report_sql_newest, &params, error, &rows);
    if (status == OK && !result_is_null(rows, 0, 0))
        report->business_date = result_date(rows, 0, 0);
    result_free(rows);
    return status;
}

static void report_digest(struct report *report)
{
    struct buffer out;

    buffer_init(&out, REPORT_SIZE_MAX);
    report_json(report, &out);
    assert(!buffer_failed(&out));
    report->digest = sha256(buffer_view(&out));
    buffer_done(&out);
}

static enum status report_insert(const struct report *report, struct business *tx,
                                 struct error *error)
{
    struct params params;

    effects_row(&tx->effects, "report", 3);
    effects_int64(&tx->effects, report->account_id);
    effects_int64(&tx->effects, report->business_date);
    effects_text(&tx->effects, (struct text){(const char *)report->digest.bytes, SHA256_SIZE});
    params_init(&params, REPORT_PARAMS_MAX);
    params_int32(&params, report->account_id);
    params_date(&params, report->business_date);
    if (report->has_bank)
        params_int64(&params, report->proof.bank_minor);
    else
        params_null(&params);
    params_int64(&params, report->proof.book_minor);
    if (report->has_bank)
        params_int64(&params, report->proof.unexplained_minor);
    else
        params_null(&params);
    params_bytes(&params, report->digest.bytes, SHA256_SIZE);
    params_instant(&params, tx->leaf.instant_us);
    params_int64(&params, tx->commit_id);
    return db_run_once(tx->db, report_sql_report_insert, &params, error, NULL);
}

/* One snapshot: everything is read, then what was read is noted. */
static enum status report_make(struct reporter *reporter, struct report *report,
                               struct error *error)
{
    struct db *db = reporter->session.db;
    struct business tx;
    enum status status = tx_begin(db, error);

    if (status != OK)
        return status;
    status = db_script(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", error);
    if (status == OK && reporter->request->date == DATE_NONE)
        status = newest_date(reporter, report, error);
    if (status == OK)
        status = report_gather(db, &reporter->arena, report, error);
    if (status == OK)
        report_digest(report);
    if (status == OK)
        status = business_enter(db, "report", reporter->session.worker, clock_now_us(), error, &tx);
    if (status == OK)
        return business_finish(&tx, report_insert(report, &tx, error), error);
    tx_rollback(db);
    return status;
}

static enum status account_report(struct reporter *reporter, const struct result *rows, int row,
                                  struct error *error)
{
    struct report report = {.account_id = (int32_t)result_int64(rows, row, 0),
                            .account = result_text(rows, row, 1),
                            .servicer_bic = result_text(rows, row, 3),
                            .servicer_account = result_text(rows, row, 4),
                            .business_date = reporter->request->date};
    enum status status;

    arena_reset(&reporter->arena);
    if (!currency_parse(result_text(rows, row, 2), &report.currency))
        return error_set(error, FATAL, "an account keeps a currency unknown to this version");
    if (report.business_date == DATE_NONE)
        report.business_date = (calendar_date)(clock_now_us() / US_PER_DAY);
    status = report_make(reporter, &report, error);
    if (status != OK)
        return status;
    reporter->account_count++;
    reporter->proven_count += report_is_proven(&report);
    return report_deliver(&report, reporter->request, error);
}

static enum status accounts_report(struct reporter *reporter, struct error *error)
{
    struct params params;
    struct result *rows = NULL;
    enum status status;

    params_init(&params, REPORT_PARAMS_MAX);
    params_string(&params, reporter->request->account);
    status = db_run_once(reporter->session.db, report_sql_accounts, &params, error, &rows);
    for (int i = 0; status == OK && i < result_rows(rows); i++)
        status = account_report(reporter, rows, i, error);
    result_free(rows);
    return status;
}

/* ---- the command ---- */

static bool format_find(const char *name, struct request *request)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        if (strcmp(formats[i].name, name) == 0) {
            request->format = (enum report_format)i;
            request->has_format = true;
            return true;
        }
    }
    return false;
}

static bool option_take(int option, struct request *request)
{
    switch (option) {
    case 'a': request->account = optarg; return true;
    case 'A': request->all = true; return true;
    case 'd': return date_parse(text_of(optarg), &request->date);
    case 'f': return format_find(optarg, request);
    case 'o': request->folder = optarg; return true;
    default: return false;
    }
}

static bool options_read(int argc, char **argv, struct request *request)
{
    static const struct option known[] = {
        {"account", required_argument, NULL, 'a'}, {"all", no_argument, NULL, 'A'},
        {"date", required_argument, NULL, 'd'},    {"format", required_argument, NULL, 'f'},
        {"out", required_argument, NULL, 'o'},     {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (!option_take(option, request))
            return false;
    }
    if (request->folder != NULL && request->has_format && request->format == REPORT_LINE)
        return false;
    return optind == argc && (request->account != NULL) != request->all;
}

/* Every folder of the path that is not there yet. */
static enum status folder_make(const char *folder, struct error *error)
{
    char path[PATH_SIZE];
    size_t size = strlen(folder);

    if (size >= sizeof path)
        return error_configuration(error, "the name of the folder is too long");
    memcpy(path, folder, size + 1);
    for (size_t i = 1; i <= size; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        if (mkdir(path, 0750) != 0 && errno != EEXIST)
            return file_failed(path, error);
        path[i] = i < size ? '/' : '\0';
    }
    return OK;
}

static int report_answer(const struct reporter *reporter)
{
    const struct request *request = reporter->request;

    if (reporter->account_count == 0) {
        fprintf(stderr, "there is no such account; accounts are shown by: sawa-report --all\n");
        return EXIT_USAGE;
    }
    if (request->all &&
        (request->folder != NULL || !request->has_format || request->format == REPORT_LINE))
        printf("accounts=%lld proofs=%lld\n", (long long)reporter->account_count,
               (long long)reporter->proven_count);
    return reporter->proven_count == reporter->account_count ? EXIT_OK : EXIT_FAILED;
}

static int make_command(struct program_run *run, int argc, char **argv)
{
    struct request request = {.date = DATE_NONE};
    struct reporter reporter = {.request = &request};
    struct error error;
    enum status status = OK;

    if (!options_read(argc, argv, &request))
        return program_usage(run, "--account CODE or --all; a date is YYYY-MM-DD; a format is one "
                                  "of line, json, csv, html");
    if (request.folder != NULL)
        status = folder_make(request.folder, &error);
    if (status == OK)
        status = session_open(run, &error, &reporter.session);
    if (status != OK)
        return program_fail(&error);
    arena_init(&reporter.arena, ARENA_BLOCK_SIZE, arena_size_max);
    status = accounts_report(&reporter, &error);
    arena_done(&reporter.arena);
    session_done(&reporter.session);
    return status == OK ? report_answer(&reporter) : program_fail(&error);
}

static const struct command commands[] = {
    {.name = "make",
     .arguments = "--account CODE | --all [--date DATE] [--format line|json|csv|html] [--out DIR]",
     .summary = "prove balances: a line, or files in DIR (all formats unless one is named)",
     .example = "sawa-report --account NOSTRO:NOSTRO-USD --date 2026-11-17 --format html\n"
                "sawa-report --all --out reports",
     .run = make_command,
     .answers = true},
};

static const struct program report_program = {
    .name = "sawa-report",
    .purpose = "proves an account's balance, or shows what is missing",
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

/* There is one command, so nobody needs to say it: `sawa-report --all`. */
static bool says_what(int argc, char **argv)
{
    static const char *const words[] = {"make", "--help", "-h", "--version", "--print-config"};

    for (int i = 1; i < argc; i++) {
        for (size_t j = 0; j < COUNT_OF(words); j++) {
            if (strcmp(argv[i], words[j]) == 0)
                return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    char **words = calloc((size_t)argc + 2, sizeof *words);
    char make[] = "make";
    int code;

    assert(words != NULL && argc > 0);
    words[0] = argv[0];
    words[1] = make;
    memcpy(words + 2, argv + 1, (size_t)(argc - 1) * sizeof *words);
    code = says_what(argc, argv) ? program_main(argc, argv, &report_program)
                                 : program_main(argc + 1, words, &report_program);
    free(words);
    return code;
}
