/*
 * test_kafka_secret.c - passwords of the Kafka client from files: what is refused at the start, and
 * what a file that changes, empties or goes away does while we run.
 *
 * No broker is asked; that the client logs in with what it was given is shown by
 * tests/scenarios/metrics.
 */
#include "bus/kafka_secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* What the file of each property holds. NULL: it cannot be read. */
struct files {
    const char *password;
    const char *key_password;
    int reads;
};

static enum status read_file(const void *context, const char *property, struct buffer *secret,
                             struct error *error)
{
    struct files *files = (struct files *)(uintptr_t)context;
    const char *content =
        strcmp(property, "sasl.password") == 0 ? files->password : files->key_password;

    files->reads++;
    if (content == NULL)
        return error_configuration(error, "could not read it");
    buffer_string(secret, content);
    return OK;
}

static const struct kafka_property login[] = {{"sasl.username", "sawa"}};

static struct kafka_settings settings_of(struct files *files)
{
    return (struct kafka_settings){.brokers = "127.0.0.1:1",
                                   .topic = "payments",
                                   .client_id = "test",
                                   .properties = login,
                                   .property_count = COUNT_OF(login),
                                   .read_secret = read_file,
                                   .context = files};
}

/* The value the client has for a property; "" where none was set. */
static const char *value_in(const rd_kafka_conf_t *conf, const char *property)
{
    static char value[KAFKA_SECRET_MAX + 1];
    size_t size = sizeof value;

    value[0] = '\0';
    if (rd_kafka_conf_get(conf, property, value, &size) != RD_KAFKA_CONF_OK)
        value[0] = '\0';
    return value;
}

static enum status set_only(const struct kafka_settings *settings, char message[1024])
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    struct error error = {0};
    enum status status = kafka_secrets_set(settings, conf, &error);

    assert_int_equal(status == OK, error.exit_code != EXIT_CONFIGURATION);
    error_text(&error, message, 1024);
    rd_kafka_conf_destroy(conf);
    return status;
}

static void secrets_reach_the_client(void **state)
{
    struct files files = {"one", "", 0};
    struct kafka_settings settings = settings_of(&files);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    struct error error;

    (void)state;
    assert_int_equal(kafka_secrets_set(&settings, conf, &error), OK);
    assert_string_equal(value_in(conf, "sasl.password"), "one");
    assert_string_equal(value_in(conf, "ssl.key.password"), "");
    files = (struct files){"", "of the key", 0};
    assert_int_equal(kafka_secrets_set(&settings, conf, &error), OK);
    assert_string_equal(value_in(conf, "sasl.password"), "one");
    assert_string_equal(value_in(conf, "ssl.key.password"), "of the key");
    settings.read_secret = NULL;
    assert_int_equal(kafka_secrets_set(&settings, conf, &error), OK);
    rd_kafka_conf_destroy(conf);
}

static void what_cannot_be_used_is_refused(void **state)
{
    static const struct kafka_property both[] = {{"sasl.username", "sawa"},
                                                 {"sasl.password", "hush"}};
    static const struct kafka_property key[] = {{"ssl.key.password", "hush"}};
    static char oversized[KAFKA_SECRET_MAX + 1];
    struct files files = {NULL, "", 0};
    struct kafka_settings settings = settings_of(&files);
    char message[1024];

    (void)state;
    assert_int_equal(set_only(&settings, message), FATAL);
    files.password = "hush";
    settings.properties = both;
    settings.property_count = COUNT_OF(both);
    assert_int_equal(set_only(&settings, message), FATAL);
    assert_string_equal(message, "could not use kafka.sasl.password_file\n"
                                 "detail: its value is set too: one of the two");
    settings.properties = key;
    settings.property_count = COUNT_OF(key);
    assert_int_equal(set_only(&settings, message), FATAL);
    assert_string_equal(message, "could not use kafka.sasl.password_file\n"
                                 "detail: kafka.sasl.username is not set");
    files = (struct files){"", "hush", 0};
    assert_int_equal(set_only(&settings, message), FATAL);
    assert_string_equal(message, "could not use kafka.ssl.key.password_file\n"
                                 "detail: its value is set too: one of the two");
    settings = settings_of(&files);
    memset(oversized, 'x', sizeof oversized - 1);
    files = (struct files){oversized, "", 0};
    assert_int_equal(set_only(&settings, message), FATAL);
    assert_null(strstr(message, "xxx"));
}

/* A source refuses to open for it, and says which key. */
static void a_source_is_not_opened_without_its_secret(void **state)
{
    struct files files = {NULL, "", 0};
    struct kafka_settings settings = settings_of(&files);
    struct source *source = NULL;
    struct error error = {0};

    (void)state;
    assert_int_equal(kafka_source_open(&settings, &error, &source), FATAL);
    assert_int_equal(error.exit_code, EXIT_CONFIGURATION);
    assert_null(source);
    files.password = "one";
    assert_int_equal(kafka_source_open(&settings, &error, &source), OK);
    source_close(source);
}

static rd_kafka_t *client_new(void)
{
    static const struct kafka_property properties[] = {{"security.protocol", "sasl_plaintext"},
                                                       {"sasl.mechanisms", "PLAIN"},
                                                       {"sasl.username", "sawa"},
                                                       {"sasl.password", "one"}};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_t *client;
    char said[256];

    for (size_t i = 0; i < COUNT_OF(properties); i++)
        assert_int_equal(rd_kafka_conf_set(conf, properties[i].name, properties[i].value, said,
                                           sizeof said),
                         RD_KAFKA_CONF_OK);
    client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, said, sizeof said);
    assert_non_null(client);
    return client;
}

static void a_change_is_given_once(void **state)
{
    struct files files = {"one", "", 0};
    struct kafka_settings settings = settings_of(&files);
    struct kafka_secret secret;
    rd_kafka_t *client = client_new();
    int64_t now_us = 1;

    (void)state;
    kafka_secret_watch(&secret, &settings);
    assert_true(kafka_secret_look(&secret, now_us, &client, 1)); /* the first always */
    files.password = "two";
    assert_false(kafka_secret_look(&secret, now_us + 999999, &client, 1)); /* not yet */
    assert_int_equal(files.reads, 1);
    now_us += 1000000;
    assert_true(kafka_secret_look(&secret, now_us, &client, 1));
    now_us += 1000000;
    assert_false(kafka_secret_look(&secret, now_us, &client, 1)); /* the same */
    assert_int_equal(files.reads, 3);
    rd_kafka_destroy(client);
}

/* (1): the last one stays, and the next good one is taken. */
static void nothing_is_given_for_a_bad_file(void **state)
{
    static char oversized[KAFKA_SECRET_MAX + 1];
    struct files files = {"one", "", 0};
    struct kafka_settings settings = settings_of(&files);
    struct kafka_secret secret;
    rd_kafka_t *client = client_new();
    int64_t now_us = 1;

    (void)state;
    kafka_secret_watch(&secret, &settings);
    assert_true(kafka_secret_look(&secret, now_us, &client, 1));
    memset(oversized, 'x', sizeof oversized - 1);
    for (size_t i = 0; i < 3; i++) {
        files.password = (const char *[]){NULL, "", oversized}[i];
        now_us += 1000000;
        assert_false(kafka_secret_look(&secret, now_us, &client, 1));
    }
    files.password = "one";
    now_us += 1000000;
    assert_false(kafka_secret_look(&secret, now_us, &client, 1));
    files.password = "two";
    now_us += 1000000;
    assert_true(kafka_secret_look(&secret, now_us, &client, 1));
    rd_kafka_destroy(client);
}

static void without_a_login_nothing_is_read(void **state)
{
    struct files files = {"one", "", 0};
    struct kafka_settings settings = settings_of(&files);
    struct kafka_secret secret;

    (void)state;
    settings.property_count = 0;
    kafka_secret_watch(&secret, &settings);
    assert_false(kafka_secret_look(&secret, 1, NULL, 0));
    assert_int_equal(files.reads, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_reach_the_client),
        cmocka_unit_test(what_cannot_be_used_is_refused),
        cmocka_unit_test(a_source_is_not_opened_without_its_secret),
        cmocka_unit_test(a_change_is_given_once),
        cmocka_unit_test(nothing_is_given_for_a_bad_file),
        cmocka_unit_test(without_a_login_nothing_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
