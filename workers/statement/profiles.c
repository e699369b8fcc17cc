/*
 * profiles.c - see profiles.h.
 */
#include "profiles.h"

#include "base/config_tree.h"
#include "base/file.h"

enum { CSV_MEMORY_MAX = 8 * 1024 * 1024 };

void profiles_init(struct profiles *profiles)
{
    profiles->chosen = *statement_profile_at(0);
    profiles->csv_count = 0;
    arena_init(&profiles->arena, CONFIG_SIZE_MAX, CSV_MEMORY_MAX);
}

void profiles_done(struct profiles *profiles)
{
    arena_done(&profiles->arena);
}

void profiles_print(FILE *stream)
{
    for (size_t i = 0; statement_profile_at(i) != NULL; i++)
        fprintf(stream, "  %-20s %s\n", statement_profile_at(i)->name,
                statement_profile_at(i)->meaning);
}

static int take_name(struct profiles *profiles, const char *name)
{
    const struct statement_profile *found = statement_profile_find(text_of(name));

    if (found != NULL) {
        profiles->chosen = *found;
        return EXIT_OK;
    }
    fprintf(stderr, "sawa-statement: no profile '%s'; there are\n", name);
    profiles_print(stderr);
    return EXIT_USAGE;
}

static int take_csv(struct profiles *profiles, const char *path)
{
    struct error error;
    struct text yaml;
    enum status status;

    if (profiles->csv_count == CSV_PROFILES_MAX) {
        fprintf(stderr, "sawa-statement: at most %d CSV profiles\n", CSV_PROFILES_MAX);
        return EXIT_USAGE;
    }
    status = file_read(path, CONFIG_SIZE_MAX, &profiles->arena, &error, &yaml);
    if (status == OK)
        status = csv_profile_read(yaml, path, &profiles->arena, &error,
                                  &profiles->csv[profiles->csv_count]);
    if (status == OK) {
        profiles->csv_count++;
        return EXIT_OK;
    }
    fprintf(stderr, "sawa-statement: %s\ndetail: %s\n", error.primary, error.detail);
    if (error.hint[0] != '\0')
        fprintf(stderr, "hint:   %s\n", error.hint);
    return EXIT_CONFIGURATION;
}

int profiles_take(struct profiles *profiles, int option, const char *argument)
{
    int code = option == 'p' ? take_name(profiles, argument) : take_csv(profiles, argument);

    profiles->chosen.csv = profiles->csv;
    profiles->chosen.csv_count = profiles->csv_count;
    return code;
}

int profiles_read(struct program_run *run, int argc, char **argv, struct profiles *profiles)
{
    static const struct option known[] = {PROFILE_OPTIONS, {NULL, 0, NULL, 0}};
    int code = EXIT_OK;
    int option;

    profiles_init(profiles);
    while (code == EXIT_OK && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        code = option == '?' ? program_usage(run, "no such option")
                             : profiles_take(profiles, option, optarg);
    return code;
}

const struct statement_profile *profiles_chosen(const struct profiles *profiles)
{
    return &profiles->chosen;
}
