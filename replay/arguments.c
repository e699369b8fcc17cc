/*
 * arguments.c - the options of all verbs in one table; a verb names the letters it knows.
 */
#include "replay.h"

#include <stdio.h>
#include <stdlib.h>

static const struct option known[] = {
    {"source", required_argument, NULL, 's'}, {"partition", required_argument, NULL, 'p'},
    {"reason", required_argument, NULL, 'r'}, {"actor", required_argument, NULL, 'a'},
    {"from", required_argument, NULL, 'f'},   {"parked-as", required_argument, NULL, 'k'},
    {"since", required_argument, NULL, 't'},  {"limit", required_argument, NULL, 'l'},
    {"raw", required_argument, NULL, 'w'},    {"execute", no_argument, NULL, 'x'},
    {"json", no_argument, NULL, 'j'},         {"content", no_argument, NULL, 'c'},
    {"all", no_argument, NULL, 'A'},          {NULL, 0, NULL, 0},
};

static bool number_take(const char *text, int64_t max, int32_t *ret_number)
{
    int64_t number = 0;

    if (!text_to_int64(text_of(text), &number) || number < 0 || number > max)
        return false;
    *ret_number = (int32_t)number;
    return true;
}

static bool option_take(void *context, int option)
{
    struct arguments *arguments = context;

    switch (option) {
    case 's': arguments->source = optarg; return true;
    case 'p': return number_take(optarg, REPLAY_PARTITIONS_MAX - 1, &arguments->partition);
    case 'r': arguments->reason = optarg; return true;
    case 'a': arguments->actor = optarg; return true;
    case 'f': arguments->from = optarg; return true;
    case 'k': arguments->parked_as = optarg; return true;
    case 't': arguments->since = optarg; return true;
    case 'l': return number_take(optarg, PARKED_LIMIT_MAX, &arguments->limit);
    case 'w': arguments->raw = optarg; return true;
    case 'x': arguments->execute = true; return true;
    case 'j': arguments->json = true; return true;
    case 'c': arguments->content = true; return true;
    case 'A': arguments->all = true; return true;
    default: return false;
    }
}

static bool options_read(int argc, char **argv, const struct verb *verb,
                         struct arguments *arguments)
{
    if (!program_options(argc, argv, known, verb->options, option_take, arguments))
        return false;
    arguments->places = argv + optind;
    arguments->place_count = (size_t)(argc - optind);
    return true;
}

static bool places_fit(const struct verb *verb, const struct arguments *arguments)
{
    if (verb->places[0] == '1')
        return arguments->place_count == 1;
    return verb->places[0] == '*' || arguments->place_count == 0;
}

int verb_command(struct program_run *run, int argc, char **argv, const struct verb *verbs,
                 size_t verb_count)
{
    struct arguments arguments = {.partition = -1, .limit = PARKED_LIMIT};
    const struct verb *verb = NULL;

    for (size_t i = 0; argc > 1 && i < verb_count; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            verb = &verbs[i];
    if (verb == NULL)
        return program_usage(run, "which verb?");
    if (!options_read(argc - 1, argv + 1, verb, &arguments) || arguments.limit == 0)
        return program_usage(run, "%s does not take these arguments", verb->name);
    if (!places_fit(verb, &arguments))
        return program_usage(run, "%s wants %s", verb->name,
                             verb->places[0] == '1' ? "one PLACE" : "no further words");
    if (arguments.execute &&
        (!string_has_words(arguments.reason) || !string_has_words(arguments.actor)))
        return program_usage(run, "--execute wants --reason TEXT and --actor NAME");
    return verb->run(run, &arguments);
}

/* topic[:generation]/partition@offset: no topic has a '/' or '@' in its name. */
bool place_parse(const char *text, struct place *ret_place)
{
    const char *slash = strchr(text, '/');
    const char *at = slash == NULL ? NULL : strchr(slash, '@');
    struct place place;
    int64_t partition = 0;

    if (at == NULL ||
        !text_copy((struct text){text, (size_t)(slash - text)}, place.source,
                   sizeof place.source) ||
        place.source[0] == '\0' ||
        !text_to_int64((struct text){slash + 1, (size_t)(at - slash - 1)}, &partition) ||
        !text_to_int64(text_of(at + 1), &place.offset))
        return false;
    if (partition < 0 || partition >= REPLAY_PARTITIONS_MAX || place.offset < 0)
        return false;
    place.partition = (int32_t)partition;
    *ret_place = place;
    return true;
}

void dry_run_print(const struct arguments *arguments)
{
    if (!arguments->execute)
        printf("nothing was changed; add --execute --reason TEXT --actor NAME to do it\n");
}
