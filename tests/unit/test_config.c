/*
 * test_config.c - the tree within bounds, the option table, and the words of every refusal.
 */
#include "base/config.h"
#include "base/config_tree.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const struct option_spec common_options[] = {
    {.key = "database.dsn", .type = OPTION_STRING, .standard = "", .meaning = "where it is"},
    {.key = "database.password_file", .type = OPTION_SECRET_FILE, .meaning = "its password"},
    {.key = "log.format",
     .type = OPTION_ENUM,
     .standard = "auto",
     .values = "auto|json|text",
     .meaning = "how lines look"},
};

static const struct option_spec own_options[] = {
    {.key = "batch.records_max",
     .type = OPTION_INT,
     .standard = "50000",
     .min = 1,
     .max = 1000000,
     .unit = "records",
     .meaning = "ceiling of one batch"},
    {.key = "batch.size_max",
     .type = OPTION_SIZE_BYTES,
     .standard = "64MiB",
     .unit = "bytes",
     .meaning = "ceiling in bytes"},
    {.key = "batch.linger",
     .type = OPTION_DURATION_MS,
     .standard = "100ms",
     .unit = "ms",
     .min = 1,
     .max = 60000,
     .meaning = "how long to wait"},
    {.key = "ingest.strict", .type = OPTION_BOOL, .standard = "false", .meaning = "strict"},
    {.key = "ingest.folder", .type = OPTION_PATH, .meaning = "where files arrive"},
    {.key = "kafka.*", .type = OPTION_SECTION, .meaning = "passed to the client"},
    {.key = "settle.*", .type = OPTION_FOREIGN},
};

static const struct option_table tables[] = {
    {common_options, COUNT_OF(common_options)},
    {own_options, COUNT_OF(own_options)},
};

static char path[64];
static char message[1024];

static void write_file(const char *content)
{
    int file;

    snprintf(path, sizeof path, "/tmp/sawa-test-config-XXXXXX");
    file = mkstemp(path);
    assert_true(file >= 0);
    assert_true(write(file, content, strlen(content)) == (ssize_t)strlen(content));
    close(file);
}

/* Loads content (NULL: no file); the error's text is in message where it fails. */
static struct config *load(const char *content, const char *const *environment,
                           const char *const *settings, size_t setting_count)
{
    struct config_sources sources = {NULL, environment, settings, setting_count};
    struct config *config = NULL;
    struct error error = {0};

    if (content != NULL) {
        write_file(content);
        sources.file = path;
    }
    if (config_load(tables, COUNT_OF(tables), &sources, &error, &config) != OK) {
        assert_null(config);
        assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
        error_text(&error, message, sizeof message);
    }
    if (content != NULL)
        unlink(path);
    return config;
}

/* expected is the message behind "could not use <file>". */
static void refused(const char *content, const char *expected)
{
    char whole[1200];

    assert_null(load(content, NULL, NULL, 0));
    snprintf(whole, sizeof whole, "could not use %s%s", path, expected);
    assert_string_equal(message, whole);
}

static void defaults_stand_where_nothing_is_set(void **state)
{
    struct config *config = load(NULL, NULL, NULL, 0);

    (void)state;
    assert_non_null(config);
    assert_string_equal(config_string(config, "database.dsn"), "");
    assert_null(config_string(config, "ingest.folder"));
    assert_false(config_is_set(config, "ingest.folder"));
    assert_int_equal(config_int(config, "batch.records_max"), 50000);
    assert_int_equal(config_int(config, "batch.size_max"), 64 * 1024 * 1024);
    assert_int_equal(config_int(config, "batch.linger"), 100);
    assert_false(config_bool(config, "ingest.strict"));
    assert_int_equal(config_enum(config, "log.format"), 0);
    config_free(config);
}

static void later_places_win(void **state)
{
    const char *environment[] = {"SAWA_BATCH_RECORDS_MAX=200", "HOME=/", "SAWA_UNKNOWN=1",
                                 "SAWA_DATABASE_DSN=host=b", NULL};
    const char *settings[] = {"batch.records_max=300"};
    struct config *config = load("batch:\n  records_max: 100\n  size_max: 1KiB\n"
                                 "database.dsn: host=a\nsettle: {grace: [1, 2], x: {y: z}}\n",
                                 environment, settings, 1);

    (void)state;
    assert_non_null(config);
    assert_int_equal(config_int(config, "batch.records_max"), 300);
    assert_int_equal(config_int(config, "batch.size_max"), 1024);
    assert_string_equal(config_string(config, "database.dsn"), "host=b");
    config_free(config);
}

static void sections_pass_through(void **state)
{
    const char *environment[] = {"SAWA_KAFKA_BOOTSTRAP_SERVERS=b:1", NULL};
    const char *settings[] = {"kafka.client.id=x"};
    struct config *config = load("kafka:\n  bootstrap.servers: a:1\n  sasl:\n    password: hush\n",
                                 environment, settings, 1);
    const struct config_pair *pairs;
    size_t count;

    (void)state;
    assert_non_null(config);
    pairs = config_section(config, "kafka", &count);
    assert_int_equal(count, 3);
    assert_string_equal(pairs[0].name, "bootstrap.servers");
    assert_string_equal(pairs[0].value, "b:1");
    assert_string_equal(pairs[1].name, "client.id");
    assert_string_equal(pairs[2].name, "sasl.password");
    assert_string_equal(pairs[2].value, "hush");
    (void)config_section(config, "amqp", &count);
    assert_int_equal(count, 0);
    config_free(config);
}

static void wrong_keys_and_values_are_named(void **state)
{
    (void)state;
    refused("log:\n  format: text\n\ndatabse:\n  dsn: x\n",
            "\ndetail: line 5, key databse.dsn: unknown\n"
            "hint:   the nearest valid key is database.dsn");
    refused("zzzzzzzzzz: 1\n", "\ndetail: line 1, key zzzzzzzzzz: unknown\n"
                               "hint:   no valid key is near; --print-config lists them");
    refused("batch.records_max: 50k\n",
            "\ndetail: line 1, key batch.records_max: 50k is not a number this key "
            "takes\nhint:   write decimal digits only, no unit and no separators");
    refused("batch.records_max: 0\n", "\ndetail: line 1, key batch.records_max: 0 "
                                      "is outside 1 to 1000000 records");
    refused("batch.size_max: 10MB\n",
            "\ndetail: line 1, key batch.size_max: 10MB is not a number this key "
            "takes\nhint:   write digits, or digits and KiB, MiB or GiB: 64MiB");
    refused("batch.linger: 100\n",
            "\ndetail: line 1, key batch.linger: 100 is not a number this key "
            "takes\nhint:   write digits and ms, s, m or h: 500ms, 30s");
    refused("ingest.strict: yes\n", "\ndetail: line 1, key ingest.strict: neither "
                                    "true nor false\nhint:   write true or false");
    refused("log.format: xml\n", "\ndetail: line 1, key log.format: xml is not one "
                                 "of its values\nhint:   one of auto|json|text");
    refused("database.dsn: [a, b]\n", "\ndetail: line 1, key database.dsn: a list "
                                      "where one value goes");
    refused("database:\n  dsn: a\ndatabase.dsn: b\n",
            "\ndetail: line 3, key database.dsn: occurs twice");
    refused("batch.size_max: 9223372036854775807GiB\n",
            "\ndetail: line 1, key batch.size_max: 9223372036854775807GiB is not a "
            "number this key takes\nhint:   write digits, or digits and KiB, MiB or GiB: 64MiB");
}

/* Else SAWA_KAFKA_brokers would be a property beside the option of that key. */
static void a_variable_in_small_letters_is_refused(void **state)
{
    const char *environment[] = {"SAWA_KAFKA_client_id=a", NULL};

    (void)state;
    assert_null(load(NULL, environment, NULL, 0));
    assert_string_equal(message, "could not use SAWA_KAFKA_client_id\ndetail: key kafka.*: the "
                                 "name of a variable has capital letters only");
}

static void environment_and_settings_are_named_too(void **state)
{
    const char *environment[] = {"SAWA_BATCH_LINGER=fast", NULL};
    const char *unknown[] = {"batch.record_max=1"};
    const char *bare[] = {"batch.records_max"};

    (void)state;
    assert_null(load(NULL, environment, NULL, 0));
    assert_string_equal(message, "could not use SAWA_BATCH_LINGER\ndetail: key batch.linger: fast "
                                 "is not a number this key takes\n"
                                 "hint:   write digits and ms, s, m or h: 500ms, 30s");
    assert_null(load(NULL, NULL, unknown, 1));
    assert_string_equal(message, "could not use --set\ndetail: key batch.record_max: unknown\n"
                                 "hint:   the nearest valid key is batch.records_max");
    assert_null(load(NULL, NULL, bare, 1));
    assert_string_equal(message, "could not use --set\ndetail: key batch.records_max: no value\n"
                                 "hint:   write --set KEY=VALUE");
}

/* What --print-config writes is itself a file: nothing gets in that could not stand in one. */
static void what_no_file_could_hold_is_refused(void **state)
{
    static const char *const settings[] = {
        "database.dsn=0a0, r\xa8"
        "eferens",
        "database.dsn=a\x7f",
        "ingest.folder=\xc2\x85",
        "ingest.folder=\xef\xbb\xbfx",
        "ingest.folder=a\x1b[2J",
        "kafka.client.id=\xed\xa0\x80",
    };
    static const char *const environment[] = {"SAWA_KAFKA_CLIENT_ID=a\xa0", NULL};
    static const char *const names[] = {"kafka.a b=1", "kafka.a: [=1", "kafka.#=1"};
    char setting[256];
    const char *long_name = setting;
    static const char *const fine[] = {"kafka.ssl.key.pem=a\n\tb", "ingest.folder=\xc3\xa9"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        assert_null(load(NULL, NULL, &settings[i], 1));
        assert_non_null(strstr(message, "not UTF-8, or control characters in it"));
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_null(load(NULL, NULL, &names[i], 1));
        assert_non_null(strstr(message, "a property's name has letters"));
    }
    assert_null(load(NULL, environment, NULL, 0));
    snprintf(setting, sizeof setting, "kafka.%0122d=1", 7); /* a key of a file has 127 bytes */
    assert_null(load(NULL, NULL, &long_name, 1));
    assert_non_null(strstr(message, "a property's name is too long"));
    config_free(load(NULL, NULL, fine, COUNT_OF(fine)));
}

static void a_required_key_must_be_set(void **state)
{
    static const struct option_spec specs[] = {
        {.key = "a.b", .type = OPTION_STRING, .required = true, .meaning = "what it is for"}};
    static const struct option_table table = {specs, 1};
    struct config_sources sources = {0};
    struct config *config = NULL;
    struct error error = {0};

    (void)state;
    assert_int_equal(config_load(&table, 1, &sources, &error, &config), FATAL);
    assert_string_equal(error_text(&error, message, sizeof message),
                        "could not use the configuration\ndetail: key a.b: required, and set "
                        "nowhere\nhint:   what it is for");
}

static void printing_hides_secrets_and_reads_back(void **state)
{
    struct config *config = load("kafka:\n  sasl.password: hush\n  client.id: \"a\\\"b\"\n"
                                 "database.dsn: host=x password=hush\nbatch.linger: 2s\n",
                                 NULL, NULL, 0);
    struct buffer out;
    char *text;

    (void)state;
    assert_non_null(config);
    buffer_init(&out, 64 * 1024);
    config_print(config, &out);
    buffer_byte(&out, '\0');
    assert_false(buffer_failed(&out));
    assert_null(strstr(out.data, "hush"));
    assert_non_null(strstr(out.data, "# database.dsn: set, not shown"));
    assert_non_null(strstr(out.data, "# kafka.sasl.password: set, not shown"));
    assert_non_null(strstr(out.data, "# integer, records, 1 to 1000000, default 50000\n"
                                     "batch.records_max: \"50000\"  # default\n"));
    config_free(config);
    text = strdup(out.data);
    config = load(text, NULL, NULL, 0);
    assert_non_null(config);
    assert_int_equal(config_int(config, "batch.linger"), 2000);
    config_free(config);
    free(text);
    buffer_clear(&out);
    config_page(tables, COUNT_OF(tables), &out);
    buffer_byte(&out, '\0');
    assert_non_null(strstr(out.data, "| `batch.records_max` | integer | 50000 | 1 to 1000000 | "
                                     "records | ceiling of one batch |\n"));
    assert_null(strstr(out.data, "settle"));
    buffer_done(&out);
}

static void secrets_are_read_anew(void **state)
{
    char setting[96];
    const char *settings[] = {setting};
    struct config *config;
    struct buffer secret;
    struct error error;

    (void)state;
    write_file("hush\r\n");
    snprintf(setting, sizeof setting, "database.password_file=%s", path);
    config = load(NULL, NULL, settings, 1);
    assert_non_null(config);
    buffer_init(&secret, 1024);
    assert_int_equal(config_secret(config, "database.password_file", &secret, &error), OK);
    assert_true(text_is(buffer_view(&secret), "hush"));
    unlink(path);
    assert_int_equal(config_secret(config, "database.password_file", &secret, &error), FATAL);
    assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
    buffer_done(&secret);
    config_free(config);
}

/* ---- the tree ---- */

static struct arena arena;

static const struct config_node *parse(const char *content, size_t size)
{
    const struct config_node *root = NULL;
    struct error error = {0};

    arena_done(&arena);
    arena_init(&arena, 64 * 1024, 16 * 1024 * 1024);
    if (config_tree_parse((struct text){content, size}, "a.yaml", &arena, &error, &root) != OK) {
        assert_null(root);
        assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
        assert_true(error.line > 0);
        error_text(&error, message, sizeof message);
    }
    return root;
}

static void tree_refuses(const char *content, const char *expected)
{
    assert_null(parse(content, strlen(content)));
    assert_string_equal(message, expected);
}

static void trees_know_kind_key_value_and_line(void **state)
{
    static const char content[] = "a: 1\nb:\n  - x\n  - c: \"d e\"\n    f:\n";
    const struct config_node *root = parse(content, strlen(content));
    const struct config_node *list;

    (void)state;
    assert_non_null(root);
    assert_int_equal(root->count, 2);
    assert_string_equal(config_tree_child(root, "a")->value, "1");
    list = config_tree_child(root, "b");
    assert_int_equal(list->kind, CONFIG_LIST);
    assert_int_equal(list->count, 2);
    assert_string_equal(list->first->value, "x");
    assert_null(list->first->key);
    assert_string_equal(config_tree_child(list->first->next, "c")->value, "d e");
    assert_int_equal(config_tree_child(list->first->next, "c")->line, 4);
    assert_string_equal(config_tree_child(list->first->next, "f")->value, "");
    assert_null(config_tree_child(root, "z"));
    assert_int_equal(parse("", 0)->count, 0);
    assert_int_equal(parse("# x\n", 4)->count, 0);
}

static void trees_refuse_what_is_not_plain(void **state)
{
    (void)state;
    tree_refuses("a: 1\na: 2\n", "could not read a.yaml\ndetail: line 2, key a: occurs twice");
    tree_refuses("a: &x 1\nb: *x\n",
                 "could not read a.yaml\ndetail: line 1: anchors and tags are not supported");
    tree_refuses("b: *x\n", "could not read a.yaml\ndetail: line 1: aliases are not supported");
    tree_refuses("a: !!int 1\n",
                 "could not read a.yaml\ndetail: line 1: anchors and tags are not supported");
    tree_refuses("a: !x {b: c}\n",
                 "could not read a.yaml\ndetail: line 1: anchors and tags are not supported");
    tree_refuses("<<: {a: b}\n",
                 "could not read a.yaml\ndetail: line 1: merge keys are not supported");
    tree_refuses("[a]: b\n", "could not read a.yaml\ndetail: line 1: a key must be a text");
    tree_refuses("- a\n", "could not read a.yaml\ndetail: line 1: expected keys with values");
    tree_refuses("a: 1\n---\nb: 2\n",
                 "could not read a.yaml\ndetail: line 2: more than one document");
    tree_refuses("a: \"x\\0y\"\n",
                 "could not read a.yaml\ndetail: line 1: a value holds a NUL byte");
    tree_refuses("a: [1, 2\n", "could not read a.yaml\ndetail: line 2: did not find expected ',' "
                               "or ']'");
    tree_refuses("a: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]\n",
                 "could not read a.yaml\ndetail: line 1: nested deeper than 16 levels");
}

static void trees_keep_their_ceilings(void **state)
{
    size_t size = CONFIG_SIZE_MAX + 1;
    char *content = malloc(size);

    (void)state;
    assert_non_null(content);
    memset(content, '\n', size);
    assert_null(parse(content, size));
    assert_string_equal(message, "could not read a.yaml\ndetail: line 1: larger than 1 MiB");
    memcpy(content, "a: [", 4);
    for (size_t i = 4; i < 100000; i += 2)
        memcpy(content + i, "1,", 2);
    memcpy(content + 100000, "]\n", 2);
    assert_null(parse(content, 100002));
    assert_string_equal(message, "could not read a.yaml\ndetail: line 1: more than 20000 values");
    free(content);
    arena_done(&arena);
}

/* Cutting or changing any byte never crashes. */
static void trees_survive_damage(void **state)
{
    static const char content[] = "a: 1\nb:\n  - x\n  - c: \"d e\"\n    f: {g: [h, i]}\n";
    char copy[sizeof content];

    (void)state;
    for (size_t i = 0; i < sizeof content - 1; i++) {
        (void)parse(content, i);
        for (int byte = 0; byte < 256; byte += 3) {
            memcpy(copy, content, sizeof content);
            copy[i] = (char)byte;
            (void)parse(copy, sizeof content - 1);
        }
    }
    arena_done(&arena);
}

static void names_stay_below_their_folder(void **state)
{
    static const char *const safe[] = {"Africa/Nairobi", "UTC", "Etc/GMT+1", "a.csv",
                                       "America/Port-au-Prince"};
    static const char *const unsafe[] = {"",   "/etc/passwd", "../x", "a/../b", "a//b", "a/",
                                         ".x", "a/.b",        "a b",  "a\\b",   "a:b",  "~"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(safe); i++)
        assert_true(file_name_is_safe(text_of(safe[i])));
    for (size_t i = 0; i < COUNT_OF(unsafe); i++)
        assert_false(file_name_is_safe(text_of(unsafe[i])));
    assert_false(file_name_is_safe((struct text){"a\0b", 3}));
}

static void folders_are_split_from_paths(void **state)
{
    char folder[32];

    (void)state;
    file_folder_of("deploy/a.yaml", folder, sizeof folder);
    assert_string_equal(folder, "deploy");
    file_folder_of("a.yaml", folder, sizeof folder);
    assert_string_equal(folder, ".");
    file_folder_of("/a.yaml", folder, sizeof folder);
    assert_string_equal(folder, "/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_stand_where_nothing_is_set),
        cmocka_unit_test(later_places_win),
        cmocka_unit_test(sections_pass_through),
        cmocka_unit_test(wrong_keys_and_values_are_named),
        cmocka_unit_test(environment_and_settings_are_named_too),
        cmocka_unit_test(a_variable_in_small_letters_is_refused),
        cmocka_unit_test(what_no_file_could_hold_is_refused),
        cmocka_unit_test(a_required_key_must_be_set),
        cmocka_unit_test(printing_hides_secrets_and_reads_back),
        cmocka_unit_test(secrets_are_read_anew),
        cmocka_unit_test(trees_know_kind_key_value_and_line),
        cmocka_unit_test(trees_refuse_what_is_not_plain),
        cmocka_unit_test(trees_keep_their_ceilings),
        cmocka_unit_test(trees_survive_damage),
        cmocka_unit_test(names_stay_below_their_folder),
        cmocka_unit_test(folders_are_split_from_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
