/*
 * metrics_process.c - the process about itself, under the names every dashboard knows
 * (process_*, Prometheus client libraries). Asked when the page is, so nobody has to remember.
 */
#include "runtime/metric_table.h"

#include "base/clock.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static int64_t cpu_us(void)
{
    struct rusage usage;
    int answer = getrusage(RUSAGE_SELF, &usage);

    assert(answer == 0);
    return ((int64_t)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * US_PER_SECOND +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

/* The second number of /proc/self/statm, in pages; 0 where there is no /proc. */
static int64_t resident_size(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long pages = 0;

    if (file == NULL)
        return 0;
    if (fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    fclose(file);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

/* Without ".", ".." and the descriptor that reads the folder. */
static int64_t open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int64_t count = -3;

    if (folder == NULL)
        return 0;
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

void metrics_process(void)
{
    struct metric *cpu = metric_of(METRIC_PROCESS_CPU);
    int64_t more_us = cpu_us() - metric_value(cpu);

    if (more_us > 0)
        metric_add(cpu, more_us);
    metric_set(metric_of(METRIC_PROCESS_MEMORY), resident_size());
    metric_set(metric_of(METRIC_PROCESS_FDS), open_files());
}
