/*
 * progress.c - see progress.h.
 */
#include "progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

static const int64_t small_size = INT64_C(32) << 20;
static const int64_t tell_every_us = US_PER_SECOND / 4;

void progress_begin(struct progress *progress, const char *name, int64_t size, int passes)
{
    *progress = (struct progress){.total = size * passes, .begin_us = clock_monotonic_us()};
    progress->told_us = progress->begin_us;
    if (size > small_size && isatty(STDERR_FILENO) == 1)
        progress->name = name;
}

/* The end of a long path tells more than its beginning. */
static const char *short_name(const char *name)
{
    size_t size = strlen(name);

    return size <= 60 ? name : name + (size - 60);
}

void progress_line(const struct progress *progress, int64_t now_us, char line[PROGRESS_LINE_SIZE])
{
    int64_t took_us = now_us - progress->begin_us;
    int64_t left = progress->total > progress->done ? progress->total - progress->done : 0;
    __int128 left_us;
    int size = snprintf(line, PROGRESS_LINE_SIZE, "%s  %lld %%", short_name(progress->name),
                        (long long)(progress->done * 100 / progress->total));

    if (took_us <= 0 || progress->done == 0)
        return;
    left_us = (__int128)left * took_us / progress->done;
    snprintf(line + size, PROGRESS_LINE_SIZE - (size_t)size, "  %lld MB/s  %lld s left",
             (long long)(progress->done / took_us), (long long)(left_us / US_PER_SECOND));
}

void progress_add(struct progress *progress, size_t bytes)
{
    char line[PROGRESS_LINE_SIZE];
    int64_t now_us;

    progress->done += (int64_t)bytes;
    if (progress->name == NULL)
        return;
    now_us = clock_monotonic_us();
    if (now_us - progress->told_us < tell_every_us)
        return;
    progress->told_us = now_us;
    progress_line(progress, now_us, line);
    fprintf(stderr, "\r\033[K%s", line);
}

void progress_end(struct progress *progress)
{
    if (progress->name != NULL && progress->told_us > progress->begin_us)
        fprintf(stderr, "\r\033[K");
    progress->name = NULL;
}
