/*
 * schedule.c - tasks as coroutines, the virtual clock, and who runs next. See world.h.
 *
 * Which task goes on is drawn from the seed at every seam, half of the time it is the same one, so
 * that a task also makes long runs. Nothing is fair, nothing is starved: time that passes makes
 * every sleeper ready.
 */
#include "base/clock.h"
#include "workers.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

enum {
    STACK_SIZE = 512 * 1024,
    STEP_MOST_US = 60,
    PAUSE_SHORT_US = 900 * MS,
    PAUSE_MOST_US = 9000 * MS
};

struct task {
    int worker;
    bool dead;
    int64_t wake_us;
    void (*run)(void *);
    void *argument;
    ucontext_t context;
    void *stack;
};

static ucontext_t scheduler;
static struct task *tasks[TASKS_MAX];
static size_t task_count;
static struct task *running;

/* The sanitizer has to know on which stack we are. */
static void switch_begin(void **kept, const void *stack, size_t size)
{
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(kept, stack, size);
#else
    (void)kept;
    (void)stack;
    (void)size;
#endif
}

static void switch_end(void *kept, const void **stack, size_t *size)
{
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(kept, stack, size);
#else
    (void)kept;
    (void)stack;
    (void)size;
#endif
}

static const void *scheduler_stack;
static size_t scheduler_stack_size;

static void give_way(struct task *task)
{
    void *kept = NULL;

    switch_begin(&kept, scheduler_stack, scheduler_stack_size);
    swapcontext(&task->context, &scheduler);
    switch_end(kept, &scheduler_stack, &scheduler_stack_size);
}

static void task_main(void)
{
    struct task *task = running;

    switch_end(NULL, &scheduler_stack, &scheduler_stack_size);
    task->run(task->argument);
    task->dead = true;
    give_way(task);
    abort(); /* a dead task is not resumed */
}

/* A slot of a task that is dead; its stack serves again. */
static struct task *task_slot(void)
{
    struct task *task;

    for (size_t i = 0; i < task_count; i++)
        if (tasks[i]->dead && tasks[i] != running)
            return tasks[i];
    assert(task_count < TASKS_MAX);
    task = calloc(1, sizeof *task);
    assert(task != NULL);
    task->stack =
        mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(task->stack != MAP_FAILED);
    return tasks[task_count++] = task;
}

/* On its own: getcontext may return twice, as far as the compiler knows. */
static __attribute__((noinline)) void context_make(struct task *task)
{
    getcontext(&task->context);
    task->context.uc_stack.ss_sp = task->stack;
    task->context.uc_stack.ss_size = STACK_SIZE;
    task->context.uc_link = NULL;
    makecontext(&task->context, task_main, 0);
}

struct task *task_start(int worker, void (*run)(void *), void *argument)
{
    struct task *task = task_slot();

    task->worker = worker;
    task->dead = false;
    task->wake_us = 0;
    task->run = run;
    task->argument = argument;
    context_make(task);
    return task;
}

struct task *task_current(void)
{
    return running;
}

int task_worker(void)
{
    return running == NULL ? -1 : running->worker;
}

void task_sleep_us(int64_t wait_us)
{
    assert(running != NULL);
    running->wake_us = world.now_us + wait_us;
    give_way(running);
}

void task_wake(struct task *task)
{
    task->wake_us = 0;
}

void tasks_abandon(int worker)
{
    for (size_t i = 0; i < task_count; i++)
        if (tasks[i]->worker == worker)
            tasks[i]->dead = true;
    if (running != NULL && running->worker == worker)
        give_way(running); /* for good */
}

static bool crash_is_due(int worker)
{
    if (world.crash_at < 0)
        return fault_strikes(FAULT_CRASH);
    if (world.crash_done || worker != 0 ||
        (int64_t)world.tally->states[STATE_STEPS] < world.crash_at)
        return false;
    world.crash_done = true;
    fault_count(FAULT_CRASH);
    return true;
}

void seam(const char *name)
{
    int worker = task_worker();

    assert(worker >= 0);
    state_reached(STATE_STEPS, 1);
    world.now_us += 1 + (int64_t)chance(STEP_MOST_US);
    trace("%d %s", worker, name);
    if (crash_is_due(worker))
        worker_crash(worker); /* does not return */
    if (fault_strikes(FAULT_PAUSE))
        world.workers[worker].paused_until_us =
            world.now_us + chance_us(MS, chance(2) == 0 ? PAUSE_SHORT_US : PAUSE_MOST_US);
    if (chance(2) == 0 || world.workers[worker].paused_until_us > world.now_us)
        task_sleep_us(0);
}

/* ---- the scheduler ---- */

static bool task_is_ready(const struct task *task)
{
    return !task->dead && task->wake_us <= world.now_us &&
           world.workers[task->worker].paused_until_us <= world.now_us;
}

static int64_t task_ready_us(const struct task *task)
{
    int64_t paused_us = world.workers[task->worker].paused_until_us;

    return task->wake_us > paused_us ? task->wake_us : paused_us;
}

static void task_resume(struct task *task)
{
    void *kept = NULL;

    running = task;
    switch_begin(&kept, task->stack, STACK_SIZE);
    swapcontext(&scheduler, &task->context);
    switch_end(kept, NULL, NULL);
    running = NULL;
}

static struct task *task_choose(void)
{
    struct task *ready[TASKS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < task_count; i++)
        if (task_is_ready(tasks[i]))
            ready[count++] = tasks[i];
    return count == 0 ? NULL : ready[chance(count)];
}

static void clock_advance(int64_t limit_us)
{
    int64_t next_us = limit_us;

    for (size_t i = 0; i < task_count; i++)
        if (!tasks[i]->dead && task_ready_us(tasks[i]) < next_us)
            next_us = task_ready_us(tasks[i]);
    if (next_us > world.now_us) /* (3) */
        world.now_us = next_us;
}

void schedule_turn(int64_t limit_us)
{
    struct task *task = task_choose();

    if (task != NULL)
        task_resume(task);
    else
        clock_advance(limit_us);
}
