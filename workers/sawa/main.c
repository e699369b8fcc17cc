/*
 * workers/sawa/main.c
 *   One name for all programs: sawa settle close ... becomes sawa-settle close ...
 *
 *   sawa VERB ARGUMENT...  ->  exec sawa-VERB ARGUMENT...   beside this program, else in PATH
 *   sawa help              ->  the verbs whose program stands beside this one
 *   sawa help VERB         ->  exec sawa-VERB --help
 *
 * It reads no configuration and keeps no state: after exec it is gone, and signals and exit
 * codes are those of the program.
 */
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { VERB_SIZE_MAX = 32, NEAREST_LIMIT = 2 };

static const struct verb {
    const char *name;
    const char *summary;
} verbs[] = {
    {"status", "what stands still, since when, and why"},
    {"ingest", "payment events into payments and window totals"},
    {"fx", "FX events into rates and locks"},
    {"corridor", "the book of agreements: plan, propose, approve, history"},
    {"settle", "open, close and net settlement windows"},
    {"relay", "the outbox to the bus and to payment files"},
    {"statement", "read banks' statements"},
    {"account", "open accounts with their balance and outstanding items"},
    {"ledger", "trial balance, accounts, entries and their payments; periods that close"},
    {"reconcile", "match what is expected with what banks say"},
    {"report", "the proof of every account's balance"},
    {"archive", "raw records to files; let go what is old enough"},
    {"seal", "audit leaves into a signed tree; verify it offline"},
    {"console", "breaks and approvals in a browser"},
    {"replay", "let halted positions go on; decide on parked records"},
};

/* Lower-case letters, digits and '-' only: a verb is never a path. */
static bool is_verb(const char *word)
{
    size_t size = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return size > 0 && size < VERB_SIZE_MAX && word[size] == '\0' && word[0] != '-';
}

/* The program of the verb in the folder of this one. False: it is not there. */
static bool find_beside(const char *verb, char path[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - sizeof "sawa-" - VERB_SIZE_MAX);
    char *slash;

    assert(is_verb(verb));
    if (size <= 0)
        return false;
    path[size] = '\0';
    slash = strrchr(path, '/');
    assert(slash != NULL);
    snprintf(slash + 1, sizeof "sawa-" + VERB_SIZE_MAX, "sawa-%s", verb);
    return access(path, X_OK) == 0;
}

static int help(void)
{
    char path[PATH_MAX];

    printf("sawa: settlement and reconciliation, from event streams to proven balances\n\n"
           "usage: sawa VERB [ARGUMENT]...\n\nverbs:\n");
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        if (find_beside(verbs[i].name, path))
            printf("  %-12s %s\n", verbs[i].name, verbs[i].summary);
    }
    printf("\nexamples:\n  sawa help settle\n  sawa status\n"
           "  sawa statement parse camt053.xml\n\n"
           "Exit codes are those of the program; 2 for a verb that is none.\n");
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

/* The verb next to word, or NULL where none is near. */
static const char *nearest(const char *word)
{
    const char *best = NULL;
    size_t limit = NEAREST_LIMIT;

    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        size_t distance = text_distance(text_of(word), text_of(verbs[i].name), limit);

        if (distance > limit || (best != NULL && distance == limit))
            continue;
        best = verbs[i].name;
        limit = distance;
    }
    return best;
}

static int refuse(const char *word)
{
    const char *near = nearest(word);

    fprintf(stderr, "sawa: unknown verb %.80s\n", word);
    if (near != NULL && strcmp(near, word) == 0)
        fprintf(stderr, "hint:   sawa-%s stands neither beside sawa nor in PATH\n", word);
    else if (near != NULL)
        fprintf(stderr, "hint:   did you mean %s?\n", near);
    fprintf(stderr, "sawa help lists the verbs\n");
    return EXIT_USAGE;
}

/* Becomes the program of the verb; returns only where that is not possible. */
static int become(const char *verb, char **argv)
{
    char path[PATH_MAX];
    char name[sizeof "sawa-" + VERB_SIZE_MAX];

    if (!is_verb(verb))
        return refuse(verb);
    snprintf(name, sizeof name, "sawa-%s", verb);
    argv[0] = name;
    if (find_beside(verb, path))
        execv(path, argv);
    else
        execvp(name, argv);
    if (errno == ENOENT)
        return refuse(verb);
    fprintf(stderr, "sawa: could not start %s: %s\n", name, strerror(errno));
    return EXIT_FAILED;
}

int main(int argc, char **argv)
{
    char help_flag[] = "--help";

    if (argc < 2) {
        help();
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0)
        return printf("sawa %s\n", SAWA_VERSION) > 0 ? EXIT_OK : EXIT_FAILED;
    if (strcmp(argv[1], "help") != 0 && strcmp(argv[1], "--help") != 0)
        return become(argv[1], argv + 1);
    if (argc == 2)
        return help();
    return become(argv[2], (char *[]){NULL, help_flag, NULL});
}
