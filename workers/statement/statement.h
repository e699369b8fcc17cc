/*
 * statement.h - the subcommands of sawa-statement. Each gets its own name as argv[0]
 * and returns the exit code of the program.
 */
#ifndef SAWA_WORKERS_STATEMENT_STATEMENT_H
#define SAWA_WORKERS_STATEMENT_STATEMENT_H

#include "base/status.h"

/* parse FILE.. [--profile P] [--pretty]; "-" is stdin. EXIT_OK read, EXIT_FINDINGS read with
 * an error among the findings, EXIT_REFUSED at least one file refused. */
int statement_parse(int argc, char **argv);

#endif
