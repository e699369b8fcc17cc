/*
 * program.h - what every Sawa program does before and around its own work.
 *
 *   int main(int argc, char **argv)
 *   {
 *       return program_main(argc, argv, &ingest_program);
 *   }
 *
 *   sawa-ingest [--config FILE] [--set KEY=VALUE]... [COMMAND [ARGUMENT]...]
 *
 * program_main reads the command line, then the configuration (defaults, file,
 * environment, --set: the later wins), installs the signal flags, starts the log and
 * runs one command. Its own options may stand before or after the command, up to
 * "--"; what it does not know after the command is the command's. Core files are off:
 * memory holds payments and keys (I12).
 *
 * A file without --config is the one SAWA_CONFIG names, if any.
 *
 *   --config FILE  --set KEY=VALUE  --print-config  --config-page  --log-format json|text
 *   --help  --version       ("COMMAND --help" shows one command)
 *
 * Ends with an exit code of base/status.h: usage 2 (naming the nearest command or
 * option), configuration 3, else what the command answers.
 */
#ifndef SAWA_RUNTIME_PROGRAM_H
#define SAWA_RUNTIME_PROGRAM_H

#include "runtime/options.h"

#include <getopt.h>

enum { PROGRAM_TABLE_COUNT = 3 };

struct program_run;

struct command {
    const char *name;
    const char *arguments; /* "FILE...", as the usage line shows them; "" for none        */
    const char *summary;   /* one line, lower case, no full stop                          */
    const char *example;   /* complete lines a person can paste; may hold several         */

    /* argv[0] is the command's name and argv[argc] is NULL, as for main: getopt_long works. */
    int (*run)(struct program_run *run, int argc, char **argv);

    bool answers; /* its answer goes to stdout, so its log goes to stderr */
    bool bare;    /* the default command: its options may stand without its name */
};

struct program {
    const char *name;                  /* "sawa-ingest" */
    const char *purpose;               /* one line, lower case, no full stop */
    const struct option_spec *options; /* beside the common ones of runtime/options.h */
    size_t option_count;
    const struct command *commands; /* the first is the default */
    size_t command_count;
};

struct program_run {
    const struct program *program;
    const struct command *command;
    struct config *config; /* what the program started with; program_main frees it */

    /* for reading it again */
    struct config_sources sources; /* but the environment, which is read as it is then */
    struct option_table tables[PROGRAM_TABLE_COUNT]; /* common, own, other programs' sections */
    struct option_spec foreign[OPTIONS_FOREIGN_MAX];
};

/* The whole of main. */
must_use int program_main(int argc, char **argv, const struct program *program);

/* Prints the error's parts on stderr; returns its exit code: `return program_fail(&error)`. */
must_use int program_fail(const struct error *error);

/* Writes an answer to stdout, wipes and frees it; code, or EXIT_FATAL where it cannot be written: a
 * reader that went away, a full disk. */
must_use int program_answer(struct buffer *out, int code);

/* Reads the configuration from the same places once more, for SIGHUP: on an error the program goes
 * on with what it has. The caller owns *ret_config. */
must_use enum status program_config_read(const struct program_run *run, struct error *error,
                                         struct config **ret_config);

/* Every option of a verb's words, in order, by take, which sees its letter and reads optarg; words
 * that are no options stay behind optind. letters: of known, those that this verb has; NULL: all.
 * False: an option that is not among them, or one that take refuses. */
must_use bool program_options(int argc, char **argv, const struct option *known,
                              const char *letters, bool (*take)(void *context, int option),
                              void *context);

/* Prints "sawa-x: what" and the command's usage line on stderr; returns EXIT_USAGE. */
must_use int program_usage(const struct program_run *run, const char *format, ...)
    printf_like(2, 3);

#endif
