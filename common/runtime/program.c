/*
 * program.c - see program.h. The command line itself is program_line.c.
 */
#include "runtime/program.h"

#include "base/buffer.h"
#include "base/log.h"
#include "runtime/metric_table.h"
#include "runtime/options.h"
#include "runtime/program_line.h"
#include "runtime/stop.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PAGE_SIZE_MAX = 1024 * 1024, ERROR_TEXT_SIZE = 1024 };

int program_fail(const struct error *error)
{
    char text[ERROR_TEXT_SIZE];

    assert(error->status != OK);
    fprintf(stderr, "%s\n", error_text(error, text, sizeof text));
    return (int)error->exit_code;
}

bool program_options(int argc, char **argv, const struct option *known, const char *letters,
                     bool (*take)(void *context, int option), void *context)
{
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        if (option == '?' || (letters != NULL && strchr(letters, option) == NULL) ||
            !take(context, option))
            return false;
    return true;
}

int program_usage(const struct program_run *run, const char *format, ...)
{
    char what[ERROR_TEXT_SIZE];
    struct buffer usage;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    buffer_init(&usage, PAGE_SIZE_MAX);
    help_usage(&usage, run->program, run->command);
    fprintf(stderr, "%s: %s\n%.*s", run->program->name, what, TEXT_ARG(usage));
    buffer_done(&usage);
    return EXIT_USAGE;
}

int program_answer(struct buffer *out, int code)
{
    const char *bytes = out->data == NULL ? "" : out->data;
    bool written = !buffer_failed(out) && fwrite(bytes, 1, out->size, stdout) == out->size &&
                   fflush(stdout) == 0;

    if (out->data != NULL)
        explicit_bzero(out->data, out->capacity);
    buffer_done(out);
    return written ? code : EXIT_FATAL;
}

/* A page that cannot be written is a plain failure: nothing of the program's work is in doubt. */
static int print_page(struct buffer *page)
{
    return program_answer(page, EXIT_OK) == EXIT_OK ? EXIT_OK : EXIT_FAILED;
}

static int print_help(const struct program *program, const struct program_line *line)
{
    struct buffer page;

    buffer_init(&page, PAGE_SIZE_MAX);
    if (line->command_named)
        help_command(&page, program, line->command);
    else
        help_program(&page, program);
    return print_page(&page);
}

static int print_version(const struct program *program)
{
    struct buffer page;

    buffer_init(&page, PAGE_SIZE_MAX);
    buffer_format(&page, "%s %s\n", program->name, SAWA_VERSION);
    return print_page(&page);
}

static int print_config_page(const struct program *program)
{
    const struct option_table own = {program->options, program->option_count};
    struct buffer page;

    buffer_init(&page, PAGE_SIZE_MAX);
    buffer_string(&page, "## every program\n\n");
    config_page(&options_common, 1, &page);
    buffer_format(&page, "\n## %s\n\n%s\n\n", program->name, program->purpose);
    config_page(&own, 1, &page);
    return print_page(&page);
}

static int print_config(const struct program_run *run)
{
    struct buffer page;

    buffer_init(&page, PAGE_SIZE_MAX);
    config_print(run->config, &page);
    return print_page(&page);
}

/* Core files off: memory holds payments and keys (I12). Refused only by a stricter limit. */
static void process_prepare(void)
{
    const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) != 0)
        fprintf(stderr, "could not switch core files off\n");
    stop_install();
}

static void log_prepare(const struct program_run *run)
{
    log_init(run->program->name, run->command->answers ? STDERR_FILENO : STDOUT_FILENO,
             (enum log_format)config_enum(run->config, OPTION_LOG_FORMAT));
    log_level_set((enum log_level)config_enum(run->config, OPTION_LOG_LEVEL));
    metric_set(metric_of(METRIC_BUILD_INFO, METRIC_LABEL("program", run->program->name),
                         METRIC_LABEL("version", SAWA_VERSION)),
               1);
}

static void run_prepare(struct program_run *run, const struct program *program,
                        const struct program_line *line)
{
    const struct option_table own = {program->options, program->option_count};

    *run = (struct program_run){
        .program = program,
        .command = line->command,
        .sources = {.file = line->config_file != NULL ? line->config_file : getenv("SAWA_CONFIG"),
                    .settings = line->settings,
                    .setting_count = line->setting_count},
    };
    run->tables[0] = options_common;
    run->tables[1] = own;
    run->tables[2] = (struct option_table){run->foreign, options_foreign(&own, run->foreign)};
}

enum status program_config_read(const struct program_run *run, struct error *error,
                                struct config **ret_config)
{
    struct config_sources sources = run->sources;

    sources.environment =
        (const char *const *)environ; /* moves whenever a library sets a variable */
    return config_load(run->tables, PROGRAM_TABLE_COUNT, &sources, error, ret_config);
}

static int run_command(struct program_run *run, const struct program_line *line)
{
    log_prepare(run);
    return run->command->run(run, line->word_count, line->words);
}

/* What the line asks for, with the configuration read. */
static int run_line(const struct program *program, const struct program_line *line)
{
    struct program_run run;
    struct error error;
    int code;

    run_prepare(&run, program, line);
    if (program_config_read(&run, &error, &run.config) != OK)
        return program_fail(&error);
    code = line->print_config ? print_config(&run) : run_command(&run, line);
    config_free(run.config);
    return code;
}

static int line_fail(const struct program *program, const struct error *error)
{
    int code = program_fail(error);

    fprintf(stderr, "%s --help lists commands and options\n", program->name);
    return code;
}

int program_main(int argc, char **argv, const struct program *program)
{
    struct program_line line;
    struct error error;
    int code;

    process_prepare();
    if (line_parse(argc, argv, program, &error, &line) != OK)
        code = line_fail(program, &error);
    else if (line.help)
        code = print_help(program, &line);
    else if (line.version)
        code = print_version(program);
    else if (line.config_page)
        code = print_config_page(program);
    else
        code = run_line(program, &line);
    line_done(&line);
    metrics_done();
    return code;
}
