/*
 * program_line.h - a command line taken apart; inner part of program.h.
 *
 * Pure: no file, no environment, no output. Texts point into argv.
 */
#ifndef SAWA_RUNTIME_PROGRAM_LINE_H
#define SAWA_RUNTIME_PROGRAM_LINE_H

#include "runtime/program.h"

enum { LINE_SETTING_SIZE = 32 };

struct program_line {
    const char *config_file; /* NULL: none */
    bool print_config;
    bool config_page;
    bool help;
    bool version;
    const char **settings; /* --set in order; --log-format is log.format=... */
    size_t setting_count;
    char log_setting[LINE_SETTING_SIZE];
    const struct command *command; /* the default where none is named */
    bool command_named;
    char **words; /* command name and its arguments, NULL at the end */
    int word_count;
};

/* EXIT_USAGE in error for what is no option or no command, with the nearest as hint. To be ended
 * with line_done, whatever the answer. */
must_use enum status line_parse(int argc, char **argv, const struct program *program,
                                struct error *error, struct program_line *line);
void line_done(struct program_line *line);

/* The help page of the program, or of one command. */
void help_program(struct buffer *out, const struct program *program);
void help_command(struct buffer *out, const struct program *program, const struct command *command);

/* "usage: sawa-settle close --window ID" and a line end. */
void help_usage(struct buffer *out, const struct program *program, const struct command *command);

#endif
