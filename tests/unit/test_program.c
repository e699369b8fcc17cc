/*
 * test_program.c - command line, configuration and exit codes, as a person meets them.
 */
#include "runtime/program.h"

#include "base/log.h"
#include "runtime/options.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { OUTPUT_SIZE = 64 * 1024, WORDS_SIZE = 512, ARGUMENT_MAX = 16 };

/* ---- a program --------------------------------------------------------------------------- */

static char seen_words[WORDS_SIZE]; /* what the command got: "close|--window|W-1" */
static char seen_size[32];          /* its batch.records_max */
static char seen_worker[WORKER_ID_SIZE];

static int see(struct program_run *run, int argc, char **argv)
{
    size_t used = 0;

    for (int i = 0; i < argc; i++)
        used += (size_t)snprintf(seen_words + used, sizeof seen_words - used, "%s%s",
                                 i == 0 ? "" : "|", argv[i]);
    assert_null(argv[argc]);
    snprintf(seen_size, sizeof seen_size, "%lld",
             (long long)config_int(run->config, "batch.records_max"));
    options_worker_id(run->config, seen_worker);
    log_info("seen", "the command ran");
    return EXIT_OK;
}

static int refuse(struct program_run *run, int argc, char **argv)
{
    (void)argc, (void)argv;
    return program_usage(run, "%s wants a window", run->command->name);
}

static int stay_away(struct program_run *run, int argc, char **argv)
{
    struct error error;

    (void)run, (void)argc, (void)argv;
    error_set(&error, RETRY, "the database stayed away");
    error_hint(&error, "see whether it runs");
    return program_fail(&error);
}

static int read_again(struct program_run *run, int argc, char **argv)
{
    struct config *config = NULL;
    struct error error;

    (void)argc, (void)argv;
    setenv("SAWA_BATCH_RECORDS_MAX", "9", 1);
    if (program_config_read(run, &error, &config) != OK)
        return program_fail(&error);
    assert_int_equal(config_int(run->config, "batch.records_max"), 500);
    assert_int_equal(config_int(config, "batch.records_max"), 9);
    config_free(config);
    return EXIT_OK;
}

static const struct option_spec own_options[] = {
    {.key = "batch.records_max",
     .type = OPTION_INT,
     .standard = "500",
     .min = 1,
     .max = 50000,
     .unit = "records",
     .meaning = "ceiling of one batch"},
};

static const struct command commands[] = {
    {"run", "", "work until SIGTERM", "sawa-test run --config sawa.yaml", see, false, false},
    {"close", "--window ID", "close one window",
     "sawa-test close --window KES-NGN/7\n"
     "sawa-test close --window KES-NGN/8",
     see, true, false},
    {"refuse", "ID", "always wrong", "sawa-test refuse", refuse, false, false},
    {"fail", "", "never works", "sawa-test fail", stay_away, false, false},
    {"again", "", "read twice", "sawa-test again", read_again, false, false},
};

static const struct command bare_commands[] = {
    {.name = "show",
     .arguments = "[--json]",
     .summary = "shows",
     .example = "sawa-test --json",
     .run = see,
     .answers = true,
     .bare = true},
    {.name = "refuse",
     .arguments = "ID",
     .summary = "always wrong",
     .example = "sawa-test refuse",
     .run = refuse},
};

static const struct program program = {
    .name = "sawa-test",
    .purpose = "shows what programs share",
    .options = own_options,
    .option_count = COUNT_OF(own_options),
    .commands = commands,
    .command_count = COUNT_OF(commands),
};

static const struct program bare_program = {
    .name = "sawa-test",
    .purpose = "answers without a command's name",
    .options = own_options,
    .option_count = COUNT_OF(own_options),
    .commands = bare_commands,
    .command_count = COUNT_OF(bare_commands),
};

static const struct program *running = &program;

/* ---- running it -------------------------------------------------------------------------- */

static char out[OUTPUT_SIZE];
static char err[OUTPUT_SIZE];

/* Sends a descriptor into a new file; returns the old one in *ret_kept. */
static int redirect(int fd, int *ret_kept)
{
    char path[] = "/tmp/sawa_program_XXXXXX";
    int file = mkstemp(path);

    assert_true(file >= 0);
    unlink(path);
    *ret_kept = dup(fd);
    assert_true(dup2(file, fd) == fd);
    return file;
}

static void restore(int fd, int kept, int file, char output[OUTPUT_SIZE])
{
    ssize_t size = pread(file, output, OUTPUT_SIZE - 1, 0);

    dup2(kept, fd);
    close(kept);
    close(file);
    output[size < 0 ? 0 : size] = '\0';
}

/* program_main with these arguments, NULL at the end; fills out and err. */
static int run(const char *first, ...)
{
    char *argv[ARGUMENT_MAX] = {(char *)"sawa-test"};
    int argc = 1;
    int kept_out, kept_err, code;
    int out_file = redirect(STDOUT_FILENO, &kept_out);
    int err_file = redirect(STDERR_FILENO, &kept_err);
    va_list arguments;

    va_start(arguments, first);
    for (const char *next = first; next != NULL; next = va_arg(arguments, const char *))
        argv[argc++] = (char *)next;
    va_end(arguments);
    seen_words[0] = '\0';
    code = program_main(argc, argv, running);
    fflush(stdout);
    restore(STDOUT_FILENO, kept_out, out_file, out);
    restore(STDERR_FILENO, kept_err, err_file, err);
    return code;
}

#define RUN(...) run(__VA_ARGS__, NULL)

static int begin(void **state)
{
    (void)state;
    unsetenv("SAWA_CONFIG");
    unsetenv("SAWA_BATCH_RECORDS_MAX");
    unsetenv("SAWA_WORKER_ID");
    return 0;
}

/* A configuration file with this content; the caller unlinks it. */
static void write_file(char path[], const char *content)
{
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    close(fd);
}

/* ---- the tests --------------------------------------------------------------------------- */

static void runs_the_first_command_by_default(void **state)
{
    (void)state;
    assert_int_equal(run(NULL), EXIT_OK);
    assert_string_equal(seen_words, "run");
    assert_string_equal(seen_size, "500");
    assert_non_null(strstr(out, "\"event.action\":\"seen\""));
    assert_non_null(strstr(out, "\"service.name\":\"sawa-test\""));
}

static void takes_its_options_on_both_sides(void **state)
{
    (void)state;
    assert_int_equal(RUN("--set", "batch.records_max=7", "close", "--window", "W-1",
                         "--set=worker.id=w9", "--dry-run"),
                     EXIT_OK);
    assert_string_equal(seen_words, "close|--window|W-1|--dry-run");
    assert_string_equal(seen_size, "7");
    assert_string_equal(seen_worker, "w9");
    assert_int_equal(RUN("close", "--", "--help", "--set"), EXIT_OK);
    assert_string_equal(seen_words, "close|--|--help|--set");
}

static void an_answer_on_stdout_is_not_mixed_with_the_log(void **state)
{
    (void)state;
    assert_int_equal(RUN("close"), EXIT_OK);
    assert_string_equal(out, "");
    assert_non_null(strstr(err, "\"event.action\":\"seen\""));
}

static void a_slip_names_the_nearest(void **state)
{
    (void)state;
    assert_int_equal(RUN("clsoe"), EXIT_USAGE);
    assert_non_null(strstr(err, "unknown command clsoe\nhint:   did you mean close?\n"));
    assert_int_equal(RUN("--confg", "x"), EXIT_USAGE);
    assert_non_null(strstr(err, "unknown option --confg\nhint:   did you mean --config?\n"));
    assert_int_equal(RUN("somewhere-else"), EXIT_USAGE);
    assert_null(strstr(err, "hint:"));
    assert_non_null(strstr(err, "sawa-test --help lists commands and options\n"));
    assert_string_equal(seen_words, "");
}

static void a_half_option_is_refused(void **state)
{
    (void)state;
    assert_int_equal(RUN("--set"), EXIT_USAGE);
    assert_int_equal(RUN("--set", "batch.records_max"), EXIT_USAGE);
    assert_int_equal(RUN("run", "--config"), EXIT_USAGE);
    assert_int_equal(RUN("--help=close"), EXIT_USAGE);
    assert_int_equal(RUN("--log-format", "xml"), EXIT_USAGE);
    assert_non_null(strstr(err, "--log-format is json, text or auto, not xml\n"));
}

static void the_log_is_plain_on_demand(void **state)
{
    (void)state;
    assert_int_equal(RUN("--log-format", "text"), EXIT_OK);
    assert_non_null(strstr(out, " info  seen: \"the command ran\"\n"));
    assert_int_equal(RUN("--set", "log.level=error"), EXIT_OK);
    assert_string_equal(out, "");
}

static void a_wrong_configuration_ends_with_its_code(void **state)
{
    (void)state;
    assert_int_equal(RUN("--set", "batch.records_mx=7"), EXIT_CONFIGURATION);
    assert_non_null(strstr(err, "batch.records_max"));
    assert_int_equal(RUN("--set", "batch.records_max=0"), EXIT_CONFIGURATION);
    assert_int_equal(RUN("--config", "/nonexistent/sawa.yaml"), EXIT_CONFIGURATION);
    assert_string_equal(seen_words, "");
}

/* One file serves every program of a deployment: their sections pass, our own slips do not. */
static void reads_the_file_of_a_deployment(void **state)
{
    char path[] = "/tmp/sawa_config_XXXXXX";

    (void)state;
    write_file(path, "batch:\n  records_max: 11\nsettle:\n  interval: 5s\nhttp:\n"
                     "  listen: \"127.0.0.1:0\"\n");
    assert_int_equal(RUN("--config", path), EXIT_OK);
    assert_string_equal(seen_size, "11");
    setenv("SAWA_CONFIG", path, 1);
    assert_int_equal(run(NULL), EXIT_OK);
    assert_string_equal(seen_size, "11");
    unlink(path);
    memcpy(strrchr(path, '_') + 1, "XXXXXX", 6);
    write_file(path, "batch:\n  records_mx: 11\n");
    assert_int_equal(RUN("--config", path), EXIT_CONFIGURATION);
    unlink(path);
}

static void reads_the_configuration_again(void **state)
{
    (void)state;
    assert_int_equal(RUN("again"), EXIT_OK);
}

static void prints_every_key(void **state)
{
    size_t count = options_common.count;

    (void)state;
    assert_int_equal(RUN("--print-config"), EXIT_OK);
    assert_string_equal(seen_words, "");
    assert_non_null(strstr(out, "records_max"));
    for (size_t i = 0; i < count; i++)
        assert_non_null(strstr(out, strchr(options_common.specs[i].key, '.') + 1));
}

static void help_shows_commands_examples_and_exit_codes(void **state)
{
    (void)state;
    assert_int_equal(RUN("--help"), EXIT_OK);
    assert_int_equal(strncmp(out, "sawa-test: shows what programs share\n\nusage: sawa-test ", 54),
                     0);
    assert_non_null(strstr(out, "\n  run          work until SIGTERM (default)\n"));
    assert_non_null(strstr(out, "\n  --config FILE "));
    assert_non_null(strstr(out, "\n  sawa-test close --window KES-NGN/8\n"));
    assert_non_null(strstr(out, "\nexit codes:\n  0  done\n"));
    assert_non_null(strstr(out, "\n  3  wrong configuration file"));
    assert_string_equal(seen_words, "");
}

static void help_of_one_command(void **state)
{
    (void)state;
    assert_int_equal(RUN("close", "--help"), EXIT_OK);
    assert_string_equal(out,
                        "usage: sawa-test [OPTION]... close --window ID\n\nclose one window\n\n"
                        "examples:\n  sawa-test close --window KES-NGN/7\n"
                        "  sawa-test close --window KES-NGN/8\n\n"
                        "Options, exit codes and the other commands: sawa-test --help\n");
    assert_int_equal(RUN("--version"), EXIT_OK);
    assert_string_equal(out, "sawa-test " SAWA_VERSION "\n");
}

static void a_command_ends_with_its_own_code(void **state)
{
    (void)state;
    assert_int_equal(RUN("fail"), EXIT_DEPENDENCY);
    assert_string_equal(err, "the database stayed away\nhint:   see whether it runs\n");
    assert_int_equal(RUN("refuse"), EXIT_USAGE);
    assert_string_equal(err, "sawa-test: refuse wants a window\n"
                             "usage: sawa-test [OPTION]... refuse ID\n");
}

static void a_worker_has_a_name(void **state)
{
    char own_pid[16];

    (void)state;
    snprintf(own_pid, sizeof own_pid, ":%d", (int)getpid());
    assert_int_equal(run(NULL), EXIT_OK);
    assert_non_null(strstr(seen_worker, own_pid));
    setenv("SAWA_WORKER_ID", "ingest-0", 1);
    assert_int_equal(run(NULL), EXIT_OK);
    assert_string_equal(seen_worker, "ingest-0");
}

static void options_may_stand_bare(void **state)
{
    (void)state;
    running = &bare_program;
    assert_int_equal(run("--json", "--set", "batch.records_max=7", "--limit", "3", NULL), EXIT_OK);
    assert_string_equal(seen_words, "show|--json|--limit|3");
    assert_string_equal(seen_size, "7");
    assert_int_equal(run("--set", "batch.records_max=8", NULL), EXIT_OK);
    assert_string_equal(seen_words, "show");
    assert_int_equal(run("refuse", "--json", NULL), EXIT_USAGE);
    assert_int_equal(run("--config-page", NULL), EXIT_OK);
    assert_non_null(strstr(out, "## every program\n"));
    assert_non_null(strstr(out, "## sawa-test\n\nanswers without a command's name\n"));
    assert_non_null(strstr(out, "| `batch.records_max` | integer | 500 | 1 to 50000 |"));
    running = &program;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(runs_the_first_command_by_default, begin),
        cmocka_unit_test_setup(takes_its_options_on_both_sides, begin),
        cmocka_unit_test_setup(an_answer_on_stdout_is_not_mixed_with_the_log, begin),
        cmocka_unit_test_setup(a_slip_names_the_nearest, begin),
        cmocka_unit_test_setup(a_half_option_is_refused, begin),
        cmocka_unit_test_setup(the_log_is_plain_on_demand, begin),
        cmocka_unit_test_setup(a_wrong_configuration_ends_with_its_code, begin),
        cmocka_unit_test_setup(reads_the_file_of_a_deployment, begin),
        cmocka_unit_test_setup(reads_the_configuration_again, begin),
        cmocka_unit_test_setup(prints_every_key, begin),
        cmocka_unit_test_setup(help_shows_commands_examples_and_exit_codes, begin),
        cmocka_unit_test_setup(help_of_one_command, begin),
        cmocka_unit_test_setup(a_command_ends_with_its_own_code, begin),
        cmocka_unit_test_setup(a_worker_has_a_name, begin),
        cmocka_unit_test(options_may_stand_bare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
