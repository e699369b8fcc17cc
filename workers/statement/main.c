/*
 * workers/statement/main.c
 *   Reads banks' statements: `sawa-statement parse` shows what a file says.
 *
 *   file -> pieces -> statement reader -> canonical JSON on stdout,
 *                                         refusals as JSON on stderr
 *
 * Subcommands are rows of one table; each parses its own options.
 */
#include "statement.h"

#include <stdio.h>
#include <string.h>

static const struct subcommand {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} subcommands[] = {
    {"parse", statement_parse, "print statements as JSON, one object per line"},
};

static int usage(FILE *stream)
{
    fprintf(stream, "usage: sawa-statement COMMAND [options]\n\n");
    for (size_t i = 0; i < COUNT_OF(subcommands); i++)
        fprintf(stream, "  %-8s %s\n", subcommands[i].name, subcommands[i].summary);
    return stream == stdout ? EXIT_OK : EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return usage(stdout);
    for (size_t i = 0; i < COUNT_OF(subcommands); i++)
        if (strcmp(argv[1], subcommands[i].name) == 0)
            return subcommands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "sawa-statement: unknown command %s\n", argv[1]);
    return usage(stderr);
}
