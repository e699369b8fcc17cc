/*
 * statement.h - the commands of sawa-statement: rows of main.c. Each gets its own name as argv[0]
 * and returns the exit code of the program.
 */
#ifndef SAWA_WORKERS_STATEMENT_STATEMENT_H
#define SAWA_WORKERS_STATEMENT_STATEMENT_H

#include "runtime/program.h"

/* parse.c: EXIT_OK read, EXIT_FINDINGS read with an error among the findings, EXIT_REFUSED at least
 * one file refused. "-" is stdin. */
int parse_command(struct program_run *run, int argc, char **argv);
/* run.c, load_command.c, watch.c */
int run_command(struct program_run *run, int argc, char **argv);
int load_command(struct program_run *run, int argc, char **argv);
int check_command(struct program_run *run, int argc, char **argv);
int watch_command(struct program_run *run, int argc, char **argv);
/* history.c: what is stored already. */
int list_command(struct program_run *run, int argc, char **argv);
int show_command(struct program_run *run, int argc, char **argv);
int findings_command(struct program_run *run, int argc, char **argv);
int original_command(struct program_run *run, int argc, char **argv);
int release_list(struct program_run *run, int argc, char **argv);
int policy_list(struct program_run *run, int argc, char **argv);
int policy_history(struct program_run *run, int argc, char **argv);
/* release.c: what two people decide. */
int release_command(struct program_run *run, int argc, char **argv);
int policy_command(struct program_run *run, int argc, char **argv);
int profiles_command(struct program_run *run, int argc, char **argv);

#endif
