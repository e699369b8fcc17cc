/*
 * parse.c - sawa-statement parse FILE.. [--profile P] [--csv-profile YAML].. [--pretty]
 *
 * Statements of a file are staged (stage.h) and printed when the whole file was read: a file that
 * turns out to be cut short prints nothing. Files, and the members of a zip, are independent; the
 * exit code is the worst of them.
 */
#include "statement.h"

#include "stage.h"

#include "base/config_tree.h"
#include "base/file.h"
#include "codec/csv/csv_profile.h"
#include "codec/members/members.h"
#include "codec/statement.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_SIZE = 256 * 1024, PATH_SIZE_MAX = 4096 };
enum { CSV_PROFILES_MAX = 32, CSV_MEMORY_MAX = 8 * 1024 * 1024 };

struct parse {
    const struct statement_profile *profile;
    struct statement_profile chosen; /* it, with those for CSV files */
    struct csv_profile csv[CSV_PROFILES_MAX];
    size_t csv_count;
    struct arena arena; /* the texts of csv */
    bool pretty;
    struct stage stage; /* of the file at hand */
};

static int worse(int left, int right)
{
    return left > right ? left : right;
}

static int cannot(const char *what, const char *path)
{
    fprintf(stderr, "sawa-statement: could not %s %s: %s\n", what, path, strerror(errno));
    return EXIT_FAILED;
}

/* One JSON object on stderr: a finding about the file, not about a statement. */
static void print_refusal(const char *path, const struct error *error)
{
    struct buffer line;

    buffer_init(&line, 64 * 1024);
    buffer_string(&line, "{\"file\":");
    buffer_json(&line, text_is_utf8(text_of(path)) ? text_of(path) : TEXT("?"));
    buffer_string(&line, ",\"code\":");
    buffer_json(&line, text_of(error->subject));
    buffer_string(&line, ",\"severity\":\"error\",\"line\":");
    if (error->line > 0)
        buffer_format(&line, "%lld", (long long)error->line);
    else
        buffer_string(&line, "null");
    buffer_string(&line, ",\"text\":");
    buffer_json(&line, text_of(error->detail));
    buffer_string(&line, "}\n");
    if (!buffer_failed(&line))
        (void)fwrite(line.data, 1, line.size, stderr);
    buffer_done(&line);
}

/* ---- one file, and the members it may have ---- */

struct parse_file {
    struct parse *parse;
    const char *path;
    int descriptor;
    char name[PATH_SIZE_MAX]; /* of the member at hand, for messages */
    struct statement_sink sink;
    struct statement_reader *reader;
    struct error refusal;
    bool refused;
    int exit_code; /* the worst of the members that ended */
};

static enum status read_piece(void *context, struct text *ret_piece, struct error *error)
{
    static char bytes[READ_SIZE];
    struct parse_file *file = context;
    ssize_t size;

    do
        size = read(file->descriptor, bytes, sizeof bytes);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return error_set(error, FATAL, "could not read: %s", strerror(errno));
    *ret_piece = (struct text){bytes, (size_t)size};
    return OK;
}

static enum status member_begin(void *context, struct text name, struct error *error)
{
    struct parse_file *file = context;

    snprintf(file->name, sizeof file->name, name.size > 0 ? "%s/%.*s" : "%s", file->path,
             TEXT_ARG(name));
    if (!stage_open(&file->parse->stage))
        return error_set(error, FATAL, "could not create a temporary file: %s", strerror(errno));
    file->sink = stage_sink(&file->parse->stage);
    file->reader =
        statement_reader_new(&statement_limits_default, &file->parse->chosen, &file->sink);
    file->refused = false;
    return OK;
}

/* A refusal ends the member, not the file. */
static enum status member_feed(struct parse_file *file, enum status status,
                               const struct error *refusal)
{
    if (status == REJECT) {
        file->refused = true;
        file->refusal = *refusal;
    }
    return status;
}

static enum status member_piece(void *context, struct text bytes, struct error *error)
{
    struct parse_file *file = context;

    return member_feed(file, statement_reader_feed(file->reader, bytes, error), error);
}

static int member_publish(struct parse_file *file)
{
    bool held = statement_reader_held_count(file->reader) > 0;

    if (file->refused) {
        print_refusal(file->name, &file->refusal);
        return EXIT_REFUSED;
    }
    if (!stage_publish(&file->parse->stage, file->parse->pretty, stdout))
        return cannot("print what was read of", file->name);
    return held ? EXIT_FINDINGS : EXIT_OK;
}

static void member_forget(struct parse_file *file)
{
    if (file->reader == NULL)
        return;
    statement_reader_free(file->reader);
    file->reader = NULL;
    stage_close(&file->parse->stage);
}

static enum status member_end(void *context, struct error *error)
{
    struct parse_file *file = context;
    enum status status = OK;

    if (!file->refused)
        status = member_feed(file, statement_reader_end(file->reader, error), error);
    if (status == OK || status == REJECT)
        file->exit_code = worse(file->exit_code, member_publish(file));
    member_forget(file);
    return status == REJECT ? OK : status;
}

static void member_passed_over(void *context, struct text name, const char *why)
{
    struct parse_file *file = context;

    fprintf(stderr, "sawa-statement: %s/%.*s is passed over: %s\n", file->path, TEXT_ARG(name),
            why);
}

static int parse_descriptor(struct parse *parse, const char *path, int descriptor)
{
    struct parse_file file = {.parse = parse, .path = path, .descriptor = descriptor};
    const struct members_source source = {.context = &file, .read = read_piece};
    const struct members_taker taker = {.context = &file,
                                        .begin = member_begin,
                                        .piece = member_piece,
                                        .end = member_end,
                                        .passed_over = member_passed_over};
    struct error error;
    enum status status = members_read(&source, &members_limits_default, &taker, &error);

    member_forget(&file);
    if (status == REJECT) {
        print_refusal(path, &error);
        return worse(file.exit_code, EXIT_REFUSED);
    }
    if (status != OK) {
        fprintf(stderr, "sawa-statement: %s: %s\n", path, error.primary);
        return EXIT_FAILED;
    }
    return file.exit_code;
}

static int parse_file(struct parse *parse, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int descriptor = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int exit_code;

    if (descriptor < 0)
        return cannot("open", path);
    exit_code = parse_descriptor(parse, path, descriptor);
    if (!is_stdin)
        close(descriptor);
    return exit_code;
}

static int usage(FILE *stream)
{
    fprintf(stream,
            "usage: sawa-statement parse [--profile P] [--csv-profile YAML].. [--pretty] FILE..\n"
            "  FILE - is stdin. Exit 0 read, 4 read with an error among the findings,\n"
            "  5 refused. YAML says what CSV files look like (schemas/statements). Profiles:\n");
    for (size_t i = 0; statement_profile_at(i) != NULL; i++)
        fprintf(stream, "  %-20s %s\n", statement_profile_at(i)->name,
                statement_profile_at(i)->meaning);
    return stream == stdout ? EXIT_OK : EXIT_USAGE;
}

static int csv_profile_take(struct parse *parse, const char *path)
{
    struct error error;
    struct text yaml;
    enum status status = OK;

    if (parse->csv_count == CSV_PROFILES_MAX) {
        fprintf(stderr, "sawa-statement: at most %d CSV profiles\n", CSV_PROFILES_MAX);
        return EXIT_USAGE;
    }
    status = file_read(path, CONFIG_SIZE_MAX, &parse->arena, &error, &yaml);
    if (status == OK)
        status = csv_profile_read(yaml, path, &parse->arena, &error, &parse->csv[parse->csv_count]);
    if (status == OK) {
        parse->csv_count++;
        return EXIT_OK;
    }
    fprintf(stderr, "sawa-statement: %s\ndetail: %s\n", error.primary, error.detail);
    if (error.hint[0] != '\0')
        fprintf(stderr, "hint:   %s\n", error.hint);
    return EXIT_CONFIGURATION;
}

/* EXIT_OK: go on; parse->profile NULL after an answer was given already. */
static int options(int argc, char **argv, struct parse *parse)
{
    static const struct option known[] = {
        {"profile", required_argument, NULL, 'p'},
        {"csv-profile", required_argument, NULL, 'c'},
        {"pretty", no_argument, NULL, 'y'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;
    int exit_code = EXIT_OK;

    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (option == 'c')
            exit_code = csv_profile_take(parse, optarg);
        else if (option == 'y')
            parse->pretty = true;
        else if (option == 'p')
            parse->profile = statement_profile_find(text_of(optarg));
        else
            parse->profile = NULL;
        if (exit_code != EXIT_OK)
            return exit_code;
        if (parse->profile == NULL)
            return usage(option == 'h' ? stdout : stderr);
    }
    return optind < argc ? EXIT_OK : usage(stderr);
}

int statement_parse(int argc, char **argv)
{
    static struct parse parse; /* the profiles are large */
    int exit_code;

    parse.profile = statement_profile_at(0);
    arena_init(&parse.arena, CONFIG_SIZE_MAX, CSV_MEMORY_MAX);
    exit_code = options(argc, argv, &parse);
    if (exit_code != EXIT_OK || parse.profile == NULL)
        return exit_code;
    parse.chosen = *parse.profile;
    parse.chosen.csv = parse.csv;
    parse.chosen.csv_count = parse.csv_count;
    for (int i = optind; i < argc; i++)
        exit_code = worse(exit_code, parse_file(&parse, argv[i]));
    arena_done(&parse.arena);
    return fflush(stdout) == 0 ? exit_code : EXIT_FAILED;
}
