/*
 * fuzz_config.c - anything at all as configuration: values within their types, or a refusal that
 * says where.
 *
 * The first byte chooses: 0 a YAML file, 1 lines of --set KEY=VALUE, 2 lines of an environment,
 * 3 the YAML of an account's outstanding items. The options are those every program has and those
 * of a streaming worker.
 *
 * Must hold: a refusal is a matter of configuration and has a message; what --print-config says is
 * itself a file that is accepted, and says the same again.
 */
#include "account.h"
#include "base/config_tree.h"
#include "fuzz.h"
#include "runtime/options.h"
#include "runtime/stream.h"

enum { LINES_MAX = 64, PRINT_MAX = 4 * 1024 * 1024, ARENA_BLOCK = 64 * 1024 };

/* clang-format off */
static const struct option_spec own[] = {
    STREAM_OPTIONS_OF(false),
    STREAM_SOURCE_OPTIONS("ingest"),
    {.key = "ingest.strict", .type = OPTION_BOOL, .standard = "false", .meaning = "a switch"},
    {.key = "settle.*", .type = OPTION_FOREIGN},
};
/* clang-format on */

static enum status load(const struct config_sources *sources, struct error *error,
                        struct config **ret_config)
{
    const struct option_table tables[] = {options_common, {own, COUNT_OF(own)}};
    enum status status = config_load(tables, COUNT_OF(tables), sources, error, ret_config);

    assert(status == OK || (status == FATAL && error->exit_code == EXIT_CONFIGURATION));
    assert(status == OK || error->primary[0] != '\0');
    return status;
}

static struct text print(const struct config *config, struct buffer *out)
{
    buffer_init(out, PRINT_MAX);
    config_print(config, out);
    assert(!buffer_failed(out));
    return buffer_view(out);
}

/* Whether the first time told of this line's key only that it is set: then the file lacks it, and
 * the second time it may have a default. */
static bool was_hidden(struct text first, struct text line)
{
    static const char hidden[] = ": set, not shown  # ";
    struct text key = fuzz_until(&line, ':');

    while (first.size > 0) {
        struct text told = fuzz_until(&first, '\n');

        if (told.size > key.size + 2 + strlen(hidden) && memcmp(told.data, "# ", 2) == 0 &&
            memcmp(told.data + 2, key.data, key.size) == 0 &&
            memcmp(told.data + 2 + key.size, hidden, strlen(hidden)) == 0)
            return true;
    }
    return false;
}

/* The values without their origins, which differ: the second time all come from the file. */
static void values_only(struct text printed, struct text first, struct buffer *out)
{
    buffer_init(out, PRINT_MAX);
    while (printed.size > 0) {
        struct text line = fuzz_until(&printed, '\n');
        const char *end = memmem(line.data, line.size, "\"  # ", 5);

        if (line.size > 0 && line.data[0] != '#' && end != NULL && !was_hidden(first, line))
            buffer_append(out, line.data, (size_t)(end - line.data) + 1);
    }
}

/* What was printed is read as a file, and prints the same values. */
static void check_printed(const struct config *config)
{
    char path[FUZZ_PATH_SIZE];
    struct config_sources sources = {.file = path};
    struct config *again;
    struct buffer first;
    struct buffer second;
    struct buffer values[2];
    struct error error;
    int fd = fuzz_file(print(config, &first), path);

    assert(load(&sources, &error, &again) == OK);
    (void)print(again, &second);
    values_only(buffer_view(&first), buffer_view(&first), &values[0]);
    values_only(buffer_view(&second), buffer_view(&first), &values[1]);
    assert(text_equal(buffer_view(&values[0]), buffer_view(&values[1])));
    buffer_done(&values[0]);
    buffer_done(&values[1]);
    buffer_done(&first);
    buffer_done(&second);
    config_free(again);
    close(fd);
}

static void run_sources(const struct config_sources *sources)
{
    struct config *config;
    struct error error;

    if (load(sources, &error, &config) != OK)
        return;
    check_printed(config);
    config_free(config);
}

static void run_file(struct text bytes)
{
    char path[FUZZ_PATH_SIZE];
    int fd = fuzz_file(bytes, path);

    run_sources(&(struct config_sources){.file = path});
    close(fd);
}

/* Each line is one setting, or one variable. */
static void run_lines(struct text bytes, bool is_environment)
{
    char *lines[LINES_MAX + 1] = {NULL};
    const char *const *words = (const char *const *)lines;
    size_t count = 0;

    while (bytes.size > 0 && count < LINES_MAX)
        lines[count++] = fuzz_string(fuzz_until(&bytes, '\n'));
    if (is_environment)
        run_sources(&(struct config_sources){.environment = words});
    else
        run_sources(&(struct config_sources){.settings = words, .setting_count = count});
    for (size_t i = 0; i < count; i++)
        free(lines[i]);
}

static void run_items(struct text bytes)
{
    char path[FUZZ_PATH_SIZE];
    struct opening opening = {.currency = CURRENCY('K', 'E', 'S')};
    struct arena arena;
    struct error error;
    int fd = fuzz_file(bytes, path);
    enum status status;

    arena_init(&arena, ARENA_BLOCK, PRINT_MAX);
    status = opening_items_read(path, &arena, &opening, &error);
    assert(status == OK || (status == FATAL && error.exit_code == EXIT_CONFIGURATION));
    for (size_t i = 0; status == OK && i < opening.item_count; i++)
        assert(opening.items[i].amount_minor != 0 && opening.items[i].value_date != DATE_NONE);
    arena_done(&arena);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text rest = {(const char *)data, size};

    switch (fuzz_byte(&rest) % 4) {
    case 0: run_file(rest); break;
    case 1: run_lines(rest, false); break;
    case 2: run_lines(rest, true); break;
    case 3: run_items(rest); break;
    }
    return 0;
}
