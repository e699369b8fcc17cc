/*
 * program_line.c - see program_line.h.
 */
#include "runtime/program_line.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum { NEAREST_LIMIT = 3 };

/* ---- what was meant ----------------------------------------------------------------------- */

struct nearest {
    struct text word;
    const char *name; /* the best so far, or NULL */
    size_t distance;
};

static void nearest_offer(struct nearest *nearest, const char *name)
{
    size_t limit = nearest->name == NULL ? NEAREST_LIMIT : nearest->distance - 1;
    size_t distance = text_distance(nearest->word, text_of(name), limit);

    if (distance > limit || distance >= nearest->word.size)
        return;
    nearest->name = name;
    nearest->distance = distance;
}

static enum status usage_error(struct error *error, const char *what, const char *word,
                               const struct nearest *nearest)
{
    error_set(error, REJECT, "%s %.80s", what, word);
    error->exit_code = EXIT_USAGE;
    if (nearest != NULL && nearest->name != NULL)
        error_hint(error, "did you mean %s?", nearest->name);
    return REJECT;
}

/* ---- our own options ---------------------------------------------------------------------- */

static enum status take_config(struct program_line *line, char *value, struct error *error)
{
    (void)error;
    line->config_file = value;
    return OK;
}

static enum status take_set(struct program_line *line, char *value, struct error *error)
{
    if (strchr(value, '=') == NULL)
        return usage_error(error, "--set wants KEY=VALUE, not", value, NULL);
    line->settings[line->setting_count++] = value;
    return OK;
}

static enum status take_log_format(struct program_line *line, char *value, struct error *error)
{
    enum log_format format;

    if (!log_format_of(text_of(value), &format))
        return usage_error(error, "--log-format is json, text or auto, not", value, NULL);
    snprintf(line->log_setting, sizeof line->log_setting, "log.format=%s", value);
    line->settings[line->setting_count++] = line->log_setting;
    return OK;
}

static enum status take_print_config(struct program_line *line, char *value, struct error *error)
{
    (void)value, (void)error;
    line->print_config = true;
    return OK;
}

static enum status take_config_page(struct program_line *line, char *value, struct error *error)
{
    (void)value, (void)error;
    line->config_page = true;
    return OK;
}

static enum status take_help(struct program_line *line, char *value, struct error *error)
{
    (void)value, (void)error;
    line->help = true;
    return OK;
}

static enum status take_version(struct program_line *line, char *value, struct error *error)
{
    (void)value, (void)error;
    line->version = true;
    return OK;
}

static const struct flag {
    const char *name;
    const char *argument; /* NULL: takes none */
    const char *meaning;
    enum status (*take)(struct program_line *line, char *value, struct error *error);
} flags[] = {
    {"--config", "FILE", "read this YAML file (else SAWA_CONFIG names it)", take_config},
    {"--set", "KEY=VALUE", "set one key, may be repeated; wins over file and environment",
     take_set},
    {"--print-config", NULL, "print every key with its value, default, unit and meaning",
     take_print_config},
    {"--config-page", NULL, "print the tables of keys as a page of Markdown", take_config_page},
    {"--log-format", "FORMAT", "json, text or auto", take_log_format},
    {"--help", NULL, "print this page, or the page of the command", take_help},
    {"--version", NULL, "print the version", take_version},
};

/* The flag that argument is, alone or as --name=value. NULL: none of ours. */
static const struct flag *flag_find(const char *argument)
{
    size_t size = strcspn(argument, "=");

    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        if (text_equal((struct text){argument, size}, text_of(flags[i].name)))
            return &flags[i];
    }
    return NULL;
}

static enum status flag_unknown(const char *argument, struct error *error)
{
    struct nearest nearest = {.word = {argument, strcspn(argument, "=")}};

    for (size_t i = 0; i < COUNT_OF(flags); i++)
        nearest_offer(&nearest, flags[i].name);
    return usage_error(error, "unknown option", argument, &nearest);
}

/* Takes the flag at argv[*index], and the next argument where that is its value. */
static enum status flag_take(const struct flag *flag, char **argv, int *index,
                             struct program_line *line, struct error *error)
{
    char *value = strchr(argv[*index], '=');

    if (flag->argument == NULL && value != NULL)
        return usage_error(error, "no value belongs to", flag->name, NULL);
    if (flag->argument != NULL && value == NULL && argv[*index + 1] == NULL)
        return usage_error(error, "a value is missing after", flag->name, NULL);
    if (value != NULL)
        value++;
    else if (flag->argument != NULL)
        value = argv[++*index];
    return flag->take(line, value, error);
}

/* ---- the line ----------------------------------------------------------------------------- */

static enum status command_find(const struct program *program, struct program_line *line,
                                struct error *error)
{
    struct nearest nearest = {.word = text_of(line->words[0])};

    assert(line->words[0] != NULL);
    for (size_t i = 0; i < program->command_count; i++) {
        if (strcmp(program->commands[i].name, line->words[0]) == 0) {
            line->command = &program->commands[i];
            line->command_named = true;
            return OK;
        }
        nearest_offer(&nearest, program->commands[i].name);
    }
    return usage_error(error, "unknown command", line->words[0], &nearest);
}

/* An option that is none of ours opens the words of a default command that stands bare. */
static enum status option_take(char *argument, struct program_line *line, struct error *error)
{
    if (!line->command->bare)
        return flag_unknown(argument, error);
    line->words[line->word_count++] = (char *)line->command->name;
    line->words[line->word_count++] = argument;
    return OK;
}

/* Sorts the arguments into our flags and the words of the command. */
static enum status line_sort(int argc, char **argv, struct program_line *line, struct error *error)
{
    bool ours = true; /* until "--" */
    enum status status = OK;

    for (int i = 1; i < argc && status == OK; i++) {
        const struct flag *flag = ours ? flag_find(argv[i]) : NULL;

        if (flag != NULL)
            status = flag_take(flag, argv, &i, line, error);
        else if (ours && line->word_count == 0 && argv[i][0] == '-' && strcmp(argv[i], "--") != 0)
            status = option_take(argv[i], line, error);
        else if (ours && line->word_count == 0 && strcmp(argv[i], "--") == 0)
            ours = false;
        else
            line->words[line->word_count++] = argv[i];
        ours = ours && strcmp(argv[i], "--") != 0;
    }
    return status;
}

enum status line_parse(int argc, char **argv, const struct program *program, struct error *error,
                       struct program_line *line)
{
    enum status status;

    assert(program->command_count > 0);
    *line = (struct program_line){.command = &program->commands[0]};
    line->settings = calloc((size_t)argc + 1, sizeof *line->settings);
    line->words = calloc((size_t)argc + 2, sizeof *line->words);
    assert(line->settings != NULL);
    assert(line->words != NULL);
    status = line_sort(argc, argv, line, error);
    if (status != OK || line->word_count > 0)
        return status != OK ? status : command_find(program, line, error);
    line->words[line->word_count++] = (char *)program->commands[0].name;
    return OK;
}

void line_done(struct program_line *line)
{
    free(line->settings);
    free(line->words);
    *line = (struct program_line){0};
}

/* ---- help --------------------------------------------------------------------------------- */

static const struct exit_row {
    enum exit_code code;
    const char *meaning;
} exit_rows[] = {
    {EXIT_OK, "done"},
    {EXIT_FAILED, "the work was done and its answer is no"},
    {EXIT_USAGE, "wrong command line"},
    {EXIT_CONFIGURATION, "wrong configuration file, environment or secret file"},
    {EXIT_FINDINGS, "read, with findings of severity error"},
    {EXIT_REFUSED, "input or request refused whole"},
    {EXIT_DEPENDENCY, "a server stayed away past its deadline"},
    {EXIT_FATAL, "broken invariant or wrong schema version"},
};

static void help_options(struct buffer *out)
{
    buffer_string(out, "\noptions:\n");
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        char left[32];

        snprintf(left, sizeof left, "%s%s%s", flags[i].name, flags[i].argument == NULL ? "" : " ",
                 flags[i].argument == NULL ? "" : flags[i].argument);
        buffer_format(out, "  %-22s %s\n", left, flags[i].meaning);
    }
}

static void help_exit_codes(struct buffer *out)
{
    buffer_string(out, "\nexit codes:\n");
    for (size_t i = 0; i < COUNT_OF(exit_rows); i++)
        buffer_format(out, "  %d  %s\n", (int)exit_rows[i].code, exit_rows[i].meaning);
}

/* An example of several lines keeps them, each indented. */
static void help_example(struct buffer *out, const char *example)
{
    while (example[0] != '\0') {
        size_t size = strcspn(example, "\n");

        buffer_format(out, "  %.*s\n", (int)size, example);
        example += size + (example[size] == '\n');
    }
}

void help_usage(struct buffer *out, const struct program *program, const struct command *command)
{
    buffer_format(out, "usage: %s [OPTION]... %s%s%s\n", program->name, command->name,
                  command->arguments[0] == '\0' ? "" : " ", command->arguments);
}

void help_command(struct buffer *out, const struct program *program, const struct command *command)
{
    help_usage(out, program, command);
    buffer_format(out, "\n%s\n\nexamples:\n", command->summary);
    help_example(out, command->example);
    buffer_format(out, "\nOptions, exit codes and the other commands: %s --help\n", program->name);
}

void help_program(struct buffer *out, const struct program *program)
{
    buffer_format(out, "%s: %s\n\nusage: %s [OPTION]... [COMMAND [ARGUMENT]...]\n\ncommands:\n",
                  program->name, program->purpose, program->name);
    for (size_t i = 0; i < program->command_count; i++)
        buffer_format(out, "  %-12s %s%s\n", program->commands[i].name,
                      program->commands[i].summary, i == 0 ? " (default)" : "");
    help_options(out);
    buffer_string(out, "\nexamples:\n");
    for (size_t i = 0; i < program->command_count; i++)
        help_example(out, program->commands[i].example);
    help_exit_codes(out);
}
