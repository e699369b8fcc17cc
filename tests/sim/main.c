/*
 * main.c - runs histories, each in a process of its own, and counts.
 *
 * A process per history: a failed assert ends one history, not the run; what a crashed worker
 * leaves in memory goes with it; no history knows of the one before. A violation prints its seed,
 * and sim --seed S --trace tells that history again, step for step.
 */
#include "history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { JOBS_MAX = 8, WALL_S = 60, SHOWN_MAX = 20, VOID_FROM = 500, VOID_STATES_FROM = 5000 };

struct options {
    uint64_t from;
    uint64_t seeds;
    size_t jobs;
    bool one; /* --seed: one history, its verdict and hash */
    bool sweep;
    bool first; /* end at the first violation */
    struct history_options history;
};

/* Children and what they leave; slot i belongs to children[i]. */
static struct {
    pid_t children[JOBS_MAX];
    struct history_options histories[JOBS_MAX];
    struct tally *tallies; /* shared */
    struct tally sum;
    uint64_t ran;
    uint64_t violations;
} run;

static const char *const plant_names[] = {
#define PLANT_TEXT(name, text) text,
    PLANTS(PLANT_TEXT)
#undef PLANT_TEXT
};

static const char *const state_names[] = {
#define STATE_TEXT(name, text) text,
    STATES(STATE_TEXT)
#undef STATE_TEXT
};

/* ---- children ---- */

static void child_start(size_t slot, const struct history_options *history)
{
    memset(&run.tallies[slot], 0, sizeof run.tallies[slot]);
    run.histories[slot] = *history;
    fflush(stdout);
    run.children[slot] = fork();
    assert(run.children[slot] >= 0);
    if (run.children[slot] > 0)
        return;
    alarm(WALL_S);
    history_run(history, &run.tallies[slot]);
}

static void verdict_of(struct tally *tally, int code)
{
    if (WIFEXITED(code) && WEXITSTATUS(code) == EXIT_OK)
        return;
    if (tally->violation[0] == '\0')
        snprintf(tally->violation, sizeof tally->violation,
                 "the process ended by signal %d, an assert or a hang, or with code %d",
                 WIFSIGNALED(code) ? WTERMSIG(code) : 0, WIFEXITED(code) ? WEXITSTATUS(code) : 0);
}

static void tally_add(const struct tally *tally, const struct history_options *history)
{
    for (size_t i = 0; i < FAULT_COUNT; i++)
        run.sum.faults[i] += tally->faults[i];
    for (size_t i = 0; i < STATE_COUNT; i++)
        run.sum.states[i] += tally->states[i];
    run.ran++;
    if (tally->violation[0] == '\0')
        return;
    if (run.violations++ < SHOWN_MAX)
        printf("violation: seed %" PRIu64 " crash-at %lld: %s\n", history->seed,
               (long long)history->crash_at, tally->violation);
}

/* Waits for one child; its slot is free afterwards. */
static size_t child_reap(void)
{
    int code = 0;
    pid_t child = waitpid(-1, &code, 0);

    assert(child > 0);
    for (size_t slot = 0; slot < JOBS_MAX; slot++) {
        if (run.children[slot] != child)
            continue;
        run.children[slot] = 0;
        verdict_of(&run.tallies[slot], code);
        tally_add(&run.tallies[slot], &run.histories[slot]);
        return slot;
    }
    abort();
}

static size_t children_count(void)
{
    size_t count = 0;

    for (size_t slot = 0; slot < JOBS_MAX; slot++)
        count += run.children[slot] != 0 ? 1 : 0;
    return count;
}

static size_t slot_free(size_t jobs)
{
    for (size_t slot = 0; slot < jobs; slot++)
        if (run.children[slot] == 0)
            return slot;
    return child_reap();
}

/* ---- runs ---- */

static void seeds_run(const struct options *options)
{
    struct history_options history = options->history;

    for (uint64_t i = 0; i < options->seeds && !(options->first && run.violations > 0); i++) {
        history.seed = options->from + i;
        child_start(slot_free(options->jobs), &history);
    }
    while (children_count() > 0)
        child_reap();
}

/* One crash of worker 0 at step 0, 1, 2, ... until a history is over before it. */
static void sweep_run(const struct options *options)
{
    struct history_options history = options->history;
    bool over = false;

    for (history.crash_at = 0; !over; history.crash_at++) {
        size_t slot = slot_free(options->jobs);

        over = run.ran > 0 && run.sum.faults[FAULT_CRASH] < run.ran;
        child_start(slot, &history);
    }
    while (children_count() > 0)
        child_reap();
    printf("sweep of seed %" PRIu64 ": a crash at each of %" PRIu64 " steps\n", history.seed,
           run.sum.faults[FAULT_CRASH]);
}

/* ---- the report ---- */

static void sum_print(double seconds)
{
    printf("faults that struck:\n");
    for (size_t i = 0; i < FAULT_COUNT; i++)
        printf("%12" PRIu64 "  %s\n", run.sum.faults[i], fault_text((enum fault)i));
    printf("states reached:\n");
    for (size_t i = 0; i < STATE_COUNT; i++)
        printf("%12" PRIu64 "  %s\n", run.sum.states[i], state_names[i]);
    printf("%" PRIu64 " histories in %.1f s, %.0f a minute; %" PRIu64 " violations\n", run.ran,
           seconds, (double)run.ran * 60 / seconds, run.violations);
}

/* A run in which a planned fault never struck shows nothing; in a large one every state has to be
 * reached too. */
static bool run_is_void(const struct options *options)
{
    bool is_void = false;

    if (options->seeds < VOID_FROM || options->sweep || options->history.plant != PLANT_NONE ||
        options->history.storm != NULL || run.ran < options->seeds)
        return false;
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        if (run.sum.faults[i] > 0)
            continue;
        printf("void: never struck: %s\n", fault_text((enum fault)i));
        is_void = true;
    }
    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (options->seeds < VOID_STATES_FROM || run.sum.states[i] > 0)
            continue;
        printf("void: never reached: %s\n", state_names[i]);
        is_void = true;
    }
    return is_void;
}

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int many_run(const struct options *options)
{
    double began = seconds_now();

    printf("seeds %" PRIu64 " .. %" PRIu64 ", planted: %s\n", options->from,
           options->from + options->seeds - 1, plant_names[options->history.plant]);
    if (options->sweep)
        sweep_run(options);
    else
        seeds_run(options);
    sum_print(seconds_now() - began);
    return run_is_void(options) || run.violations > 0 ? EXIT_FAILED : EXIT_OK;
}

static int one_run(const struct options *options)
{
    child_start(0, &options->history);
    child_reap();
    printf("seed %" PRIu64 ": trace %016" PRIx64 ", %" PRIu64 " steps, %s\n", options->history.seed,
           run.tallies[0].trace_hash, run.tallies[0].states[STATE_STEPS],
           run.violations > 0 ? run.tallies[0].violation : "holds");
    return run.violations > 0 ? EXIT_FAILED : EXIT_OK;
}

/* ---- command line ---- */

static const char usage_text[] =
    "usage: sim [--seeds N] [--from S] [--jobs J] [--plant NAME] [--storm NAME]\n"
    "           [--first]\n"
    "       sim --seed S [--trace] [--plant NAME] [--storm NAME] [--crash-at K]\n"
    "       sim --sweep S [--jobs J]\n";

static int usage(void)
{
    fputs(usage_text, stderr);
    for (size_t i = 0; i < PLANT_COUNT; i++)
        fprintf(stderr, "%s%s", i == 0 ? "plants: " : ", ", plant_names[i]);
    fputs("\n", stderr);
    return EXIT_USAGE;
}

static bool plant_of(const char *name, enum plant *ret_plant)
{
    for (size_t i = 0; i < PLANT_COUNT; i++)
        if (strcmp(plant_names[i], name) == 0) {
            *ret_plant = (enum plant)i;
            return true;
        }
    return false;
}

static bool option_take(const char *name, const char *value, struct options *options)
{
    uint64_t number = strtoull(value, NULL, 10);

    if (strcmp(name, "--plant") == 0)
        return plant_of(value, &options->history.plant);
    if (strcmp(name, "--storm") == 0) {
        options->history.storm = value;
        return history_knows_storm(value);
    }
    if (strcmp(name, "--seeds") == 0)
        options->seeds = number;
    else if (strcmp(name, "--from") == 0)
        options->from = number;
    else if (strcmp(name, "--jobs") == 0)
        options->jobs = number < 1 ? 1 : number > JOBS_MAX ? JOBS_MAX : (size_t)number;
    else if (strcmp(name, "--crash-at") == 0)
        options->history.crash_at = (int64_t)number;
    else if (strcmp(name, "--seed") == 0 || strcmp(name, "--sweep") == 0)
        options->history.seed = number;
    else
        return false;
    options->one = options->one || strcmp(name, "--seed") == 0;
    options->sweep = options->sweep || strcmp(name, "--sweep") == 0;
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {.from = 1, .seeds = 1000, .jobs = 2, .history.crash_at = -1};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            options.history.trace = true;
        else if (strcmp(argv[i], "--first") == 0)
            options.first = true;
        else if (i + 1 == argc || !option_take(argv[i], argv[i + 1], &options))
            return usage();
        else
            i++;
    }
    run.tallies = mmap(NULL, JOBS_MAX * sizeof run.tallies[0], PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(run.tallies != MAP_FAILED);
    return options.one ? one_run(&options) : many_run(&options);
}
