/*
 * kafka_secret.c - see kafka_secret.h. The numbers in brackets are its invariants.
 */
#include "bus/kafka_secret.h"

enum { LOOK_US = 1000 * 1000, SAID_SIZE = 256 };

static const char *const file_properties[] = {"sasl.password", "ssl.key.password"};

static const char *value_of(const struct kafka_settings *settings, const char *property)
{
    for (size_t i = 0; i < settings->property_count; i++)
        if (strcmp(settings->properties[i].name, property) == 0)
            return settings->properties[i].value;
    return NULL;
}

/* Room for a terminated secret that is gone again when wiped. */
static void secret_init(struct buffer *secret)
{
    buffer_init(secret, KAFKA_SECRET_MAX);
    (void)buffer_reserve(secret, KAFKA_SECRET_MAX); /* it never moves, so no copy stays behind */
}

static void secret_done(struct buffer *secret)
{
    if (secret->data != NULL)
        explicit_bzero(secret->data, secret->capacity);
    buffer_done(secret);
}

/* Terminated, for the library. NULL: it does not fit, or has a NUL within. */
static const char *secret_string(struct buffer *secret)
{
    size_t size = secret->size;

    buffer_byte(secret, '\0');
    if (buffer_failed(secret) || strlen(secret->data) != size)
        return NULL;
    return secret->data;
}

/* ---- at the start ---- */

static enum status refuse(const char *property, const char *what, struct error *error)
{
    error_configuration(error, "could not use kafka.%s_file", property);
    return error_detail(error, "%s", what);
}

static enum status property_set(const struct kafka_settings *settings, const char *property,
                                struct buffer *secret, rd_kafka_conf_t *conf, struct error *error)
{
    char said[SAID_SIZE];
    const char *value;

    if (value_of(settings, property) != NULL)
        return refuse(property, "its value is set too: one of the two", error);
    if (strcmp(property, "sasl.password") == 0 && value_of(settings, "sasl.username") == NULL)
        return refuse(property, "kafka.sasl.username is not set", error);
    value = secret_string(secret);
    if (value == NULL)
        return refuse(property, "it holds a byte 0, or is longer than 4 KiB", error);
    if (rd_kafka_conf_set(conf, property, value, said, sizeof said) != RD_KAFKA_CONF_OK)
        return refuse(property, "the Kafka client does not take it", error); /* said quotes it */
    return OK;
}

enum status kafka_secrets_set(const struct kafka_settings *settings, rd_kafka_conf_t *conf,
                              struct error *error)
{
    enum status status = OK;

    if (settings->read_secret == NULL)
        return OK;
    for (size_t i = 0; i < COUNT_OF(file_properties) && status == OK; i++) {
        struct buffer secret;

        secret_init(&secret);
        status = settings->read_secret(settings->context, file_properties[i], &secret, error);
        if (status == OK && secret.size > 0)
            status = property_set(settings, file_properties[i], &secret, conf, error);
        secret_done(&secret);
    }
    return status;
}

/* ---- while we run ---- */

void kafka_secret_watch(struct kafka_secret *secret, const struct kafka_settings *settings)
{
    *secret = (struct kafka_secret){.read = settings->read_secret,
                                    .context = settings->context,
                                    .username = value_of(settings, "sasl.username")};
    if (secret->username == NULL)
        secret->read = NULL; /* nobody logs in */
}

static void give(const struct kafka_secret *secret, const char *password,
                 rd_kafka_t *const *clients, size_t client_count)
{
    for (size_t i = 0; i < client_count; i++) {
        rd_kafka_error_t *refusal =
            rd_kafka_sasl_set_credentials(clients[i], secret->username, password);

        if (refusal != NULL)
            rd_kafka_error_destroy(refusal); /* a mechanism without passwords */
    }
}

/* (1): whatever is wrong with what was read, it is not given. */
static bool take(struct kafka_secret *secret, struct buffer *read, rd_kafka_t *const *clients,
                 size_t client_count)
{
    struct digest digest = sha256(buffer_view(read));
    const char *password;

    if (read->size == 0 || digest_equal(&digest, &secret->given))
        return false;
    password = secret_string(read);
    if (password == NULL)
        return false;
    give(secret, password, clients, client_count);
    secret->given = digest; /* (2) */
    return true;
}

bool kafka_secret_look(struct kafka_secret *secret, int64_t now_us, rd_kafka_t *const *clients,
                       size_t client_count)
{
    struct buffer read;
    struct error ignored;
    bool given = false;

    if (secret->read == NULL || now_us < secret->look_at_us)
        return false;
    secret->look_at_us = now_us + LOOK_US;
    secret_init(&read);
    if (secret->read(secret->context, file_properties[0], &read, &ignored) == OK)
        given = take(secret, &read, clients, client_count);
    secret_done(&read);
    return given;
}
