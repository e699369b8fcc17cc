/*
 * instants.c - which window holds an instant, asked of the corridor book by the million.
 *
 *   calendar_instants BOOK < questions
 *
 * A question is a line: a corridor's code, or microseconds since 1970 for the corridor named last.
 * Each instant is answered by a line: business date, sequence, opens, cut-off (microseconds) and
 * value date, or "-" where the calendars do not say.
 */
#include "base/zone_file.h"
#include "domain/corridor.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 1024 * 1024, MEMORY_MAX = 256 * 1024 * 1024 };

static void answer(const struct corridor *corridor, int64_t instant_us)
{
    struct schedule schedule = corridor_schedule(corridor);
    char date[DATE_TEXT_SIZE];
    char value[DATE_TEXT_SIZE] = "-";
    struct window window;
    calendar_date value_date;

    if (!schedule_window_at(&schedule, instant_us, &window)) {
        puts("-");
        return;
    }
    date_format(window.business_date, date);
    if (corridor_value_date(corridor, window.business_date, &value_date))
        date_format(value_date, value);
    printf("%s %d %lld %lld %s\n", date, window.sequence, (long long)window.opens_at_us,
           (long long)window.cut_off_us, value);
}

static int ask(const struct corridor_book *book)
{
    const struct corridor *corridor = NULL;
    char line[64];

    while (fgets(line, sizeof line, stdin) != NULL) {
        struct text text = text_trim(text_of(line));
        int64_t instant_us;

        if (corridor != NULL && text_to_int64(text, &instant_us))
            answer(corridor, instant_us);
        else
            corridor = corridor_find(book, text, date_of(9999, 1, 1));
        if (corridor == NULL) {
            fprintf(stderr, "no corridor %s", line);
            return EXIT_FAILED;
        }
    }
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    char folder[4096];
    const struct file_folder beside = {folder, FILE_MAX};
    const struct corridor_sources sources = {zone_file_source(), file_folder_source(&beside)};
    struct corridor_book book;
    struct arena arena;
    struct error error;
    struct text yaml;
    char text[1024];
    int code = EXIT_FAILED;

    if (argc != 2)
        return EXIT_USAGE;
    arena_init(&arena, FILE_MAX, MEMORY_MAX);
    file_folder_of(argv[1], folder, sizeof folder);
    if (file_read(argv[1], FILE_MAX, &arena, &error, &yaml) == OK &&
        corridor_book_read(yaml, argv[1], &sources, &arena, &error, &book) == OK)
        code = ask(&book);
    else
        fputs(error_text(&error, text, sizeof text), stderr);
    arena_done(&arena);
    return code;
}
