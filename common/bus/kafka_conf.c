/*
 * kafka_conf.c - see kafka_conf.h.
 */
#include "bus/kafka_conf.h"

static enum status property_set(rd_kafka_conf_t *conf, const struct kafka_property *property,
                                struct error *error)
{
    char said[KAFKA_ERROR_SIZE];

    if (rd_kafka_conf_set(conf, property->name, property->value, said, sizeof said) ==
        RD_KAFKA_CONF_OK)
        return OK;
    error_configuration(error, "could not set kafka.%s", property->name);
    error_detail(error, "%s", said);
    return error_hint(error, "the names and values are those of librdkafka's CONFIGURATION page");
}

enum status kafka_properties_set(rd_kafka_conf_t *conf, const struct kafka_property *properties,
                                 size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        enum status status = property_set(conf, &properties[i], error);

        if (status != OK)
            return status;
    }
    return OK;
}

bool kafka_property_is_given(const struct kafka_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->property_count; i++)
        if (strcmp(settings->properties[i].name, name) == 0)
            return true;
    return false;
}

enum status kafka_fixed_refuse(const struct kafka_settings *settings,
                               const struct kafka_property *fixed, size_t count,
                               struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (kafka_property_is_given(settings, fixed[i].name)) {
            error_configuration(error, "kafka.%s may not be set", fixed[i].name);
            return error_hint(error, "exactly-once depends on it being %s", fixed[i].value);
        }
    return OK;
}

static void on_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
    (void)client;
    (void)level;
    (void)facility;
    (void)text;
}

void kafka_log_silence(rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_log_cb(conf, on_log);
}
