/*
 * parse.c - sawa-statement parse [--profile P] [--csv-profile YAML].. [--format F] FILE..
 *
 * Statements of a file are staged (stage.h) and printed when the whole file was read: a file that
 * turns out to be cut short prints nothing. Files, and the members of a zip, are independent; the
 * exit code is the worst of them.
 */
#include "statement.h"

#include "entry_line.h"
#include "profiles.h"
#include "progress.h"
#include "stage.h"

#include "base/buffer.h"
#include "base/file.h"
#include "codec/members/members.h"
#include "codec/statement.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_SIZE = 256 * 1024, PATH_SIZE_MAX = 4096, HEAD_SIZE = 4096 };

struct parse {
    struct profiles profiles;
    enum stage_format format;
    struct stage stage; /* of the member at hand */
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
    struct progress progress;
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
    ssize_t size = file_read_up_to(file->descriptor, bytes, sizeof bytes);

    if (size < 0)
        return error_set(error, FATAL, "could not read: %s", strerror(errno));
    progress_add(&file->progress, (size_t)size);
    *ret_piece = (struct text){bytes, (size_t)size};
    return OK;
}

static enum status member_begin(void *context, struct text name, struct error *error)
{
    struct parse_file *file = context;

    snprintf(file->name, sizeof file->name, name.size > 0 ? "%s/%.*s" : "%s", file->path,
             TEXT_ARG(name));
    if (!stage_open(&file->parse->stage, file->parse->format))
        return error_set(error, FATAL, "could not create a temporary file: %s", strerror(errno));
    file->sink = stage_sink(&file->parse->stage);
    file->reader = statement_reader_new(&statement_limits_default,
                                        profiles_chosen(&file->parse->profiles), &file->sink);
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
    if (!stage_publish(&file->parse->stage, stdout))
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
    enum status status;

    progress_begin(&file.progress, path, file_size(descriptor), 1);
    status = members_read(&source, &members_limits_default, &taker, &error);
    progress_end(&file.progress);
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

static bool format_take(struct parse *parse, const char *name)
{
    static const char *const names[] =
        {[STAGE_JSON] = "json", [STAGE_PRETTY] = "", [STAGE_CSV] = "csv", [STAGE_TABLE] = "table"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(name, names[i]) != 0 || name[0] == '\0')
            continue;
        parse->format = (enum stage_format)i;
        return true;
    }
    return false;
}

static int option_take(struct program_run *run, struct parse *parse, int option)
{
    switch (option) {
    case 'p':
    case 'c': return profiles_take(&parse->profiles, option, optarg);
    case 'y': parse->format = STAGE_PRETTY; return EXIT_OK;
    case 'f':
        return format_take(parse, optarg) ? EXIT_OK
                                          : program_usage(run, "formats: json, csv, table");
    default: return program_usage(run, "no such option");
    }
}

static int options(struct program_run *run, int argc, char **argv, struct parse *parse)
{
    static const struct option known[] = {
        PROFILE_OPTIONS,
        {"format", required_argument, NULL, 'f'},
        {"pretty", no_argument, NULL, 'y'},
        {NULL, 0, NULL, 0},
    };
    int option;
    int exit_code = EXIT_OK;

    while (exit_code == EXIT_OK && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        exit_code = option_take(run, parse, option);
    return exit_code != EXIT_OK || optind < argc ? exit_code : program_usage(run, "which files?");
}

/* Once, in front of all files. */
static void print_head(const struct parse *parse)
{
    struct buffer head;

    if (parse->format != STAGE_CSV)
        return;
    buffer_init(&head, HEAD_SIZE);
    entry_csv_head(&head);
    (void)fwrite(head.data, 1, head.size, stdout);
    buffer_done(&head);
}

int parse_command(struct program_run *run, int argc, char **argv)
{
    static struct parse parse; /* the profiles are large */
    int exit_code;

    profiles_init(&parse.profiles);
    exit_code = options(run, argc, argv, &parse);
    if (exit_code == EXIT_OK) {
        print_head(&parse);
        for (int i = optind; i < argc; i++)
            exit_code = worse(exit_code, parse_file(&parse, argv[i]));
        exit_code = fflush(stdout) == 0 ? exit_code : EXIT_FAILED;
    }
    profiles_done(&parse.profiles);
    return exit_code;
}
