/*
 * arguments.c - the options of all verbs in one table; a verb names the letters it knows.
 */
#include "ledger.h"

static const struct option known[] = {
    {"from", required_argument, NULL, 'f'},
    {"until", required_argument, NULL, 'u'},
    {"date", required_argument, NULL, 'd'},
    {"currency", required_argument, NULL, 'c'},
    {"format", required_argument, NULL, 'o'},
    {"digest", required_argument, NULL, 'g'},
    {"by", required_argument, NULL, 'y'},
    {"reason", required_argument, NULL, 'r'},
    {"hours", required_argument, NULL, 'h'},
    {"execute", no_argument, NULL, 'x'},
    {NULL, 0, NULL, 0},
};

bool place_parse(struct text text, struct place *ret_place)
{
    struct place place;
    struct text commit = text_take(&text, '/');
    int64_t line = 0;

    if (!text_to_int64(commit, &place.commit_id) || !text_to_int64(text, &line) ||
        place.commit_id <= 0 || line <= 0 || line > INT32_MAX)
        return false;
    place.line = (int32_t)line;
    *ret_place = place;
    return true;
}

/* --date D is --from D --until D. */
static bool date_take(struct arguments *arguments)
{
    if (!date_parse(text_of(optarg), &arguments->from))
        return false;
    arguments->until = arguments->from;
    return true;
}

static bool currency_take(struct arguments *arguments)
{
    currency parsed;

    arguments->currency = optarg;
    return currency_parse(text_of(optarg), &parsed);
}

static bool hours_take(struct arguments *arguments)
{
    return text_to_int64(text_of(optarg), &arguments->hours) && arguments->hours > 0 &&
           arguments->hours <= PERIOD_HOURS_MAX;
}

static bool option_take(void *context, int option)
{
    struct arguments *arguments = context;

    switch (option) {
    case 'f': return date_parse(text_of(optarg), &arguments->from);
    case 'u': return date_parse(text_of(optarg), &arguments->until);
    case 'd': return date_take(arguments);
    case 'c': return currency_take(arguments);
    case 'o': return sheet_format_parse(text_of(optarg), &arguments->format);
    case 'g': arguments->digest = optarg; return strlen(optarg) == 64;
    case 'y': arguments->by = optarg; return string_has_words(optarg);
    case 'r': arguments->reason = optarg; return string_has_words(optarg);
    case 'h': return hours_take(arguments);
    case 'x': arguments->execute = true; return true;
    default: return false;
    }
}

static bool options_read(int argc, char **argv, const struct verb *verb,
                         struct arguments *arguments)
{
    if (!program_options(argc, argv, known, verb->options, option_take, arguments))
        return false;
    return arguments->from == DATE_NONE || arguments->until == DATE_NONE ||
           arguments->from <= arguments->until;
}

int verb_run(struct program_run *run, int argc, char **argv, const struct verb *verb)
{
    struct arguments arguments = {.from = DATE_NONE,
                                  .until = DATE_NONE,
                                  .by = "",
                                  .reason = "",
                                  .hours = PERIOD_HOURS};

    if (!options_read(argc, argv, verb, &arguments))
        return program_usage(run, "an option is unknown, or its value is none: days are written "
                                  "2026-11-20, currencies KES, formats table, csv or json");
    arguments.word = optind < argc ? argv[optind] : NULL;
    if (verb->word == NULL && arguments.word != NULL)
        return program_usage(run, "%.80s is no option", arguments.word);
    if (verb->word != NULL && (arguments.word == NULL || optind + 1 < argc))
        return program_usage(run, "name one %s", verb->word);
    return verb->run(run, &arguments);
}

calendar_date until_of(const struct arguments *arguments)
{
    return arguments->until == DATE_NONE ? date_of(9999, 12, 31) : arguments->until;
}
