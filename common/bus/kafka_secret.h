/*
 * kafka_secret.h - passwords of the Kafka client that stand in files, and may change under it.
 *
 *   sasl.password      read at the start and each second after that: another content goes to the
 *                      client, which uses it the next time a broker asks who we are
 *   ssl.key.password   read at the start, as the key it opens: another key wants another start
 *
 * (1) A secret that cannot be read, is empty or too long changes nothing while we run: the last one
 *     stays. At the start it is an error.
 * (2) We keep a digest, never the password; the client keeps what it was given.
 *
 * Connections that are open stay so; the broker decides when it asks again. So the order of a
 * rotation is free: whoever is first, broker or file, the other is awaited by the client's own
 * attempts to connect.
 */
#ifndef SAWA_BUS_KAFKA_SECRET_H
#define SAWA_BUS_KAFKA_SECRET_H

#include "base/crypto.h"
#include "bus/kafka_source.h"

#include <librdkafka/rdkafka.h>

enum { KAFKA_SECRET_MAX = 4096 };

struct kafka_secret {
    kafka_secret_read *read; /* NULL: nothing is watched */
    const void *context;
    const char *username; /* of the settings */
    struct digest given;  /* of the password the clients have (2) */
    int64_t look_at_us;
};

/* Sets the properties whose secrets stand in files. FATAL, EXIT_CONFIGURATION: one cannot be read,
 * or is set as a value too, or a password has no sasl.username. */
must_use enum status kafka_secrets_set(const struct kafka_settings *settings, rd_kafka_conf_t *conf,
                                       struct error *error);

/* Begins to watch the password of these settings, whose strings must outlive it. */
void kafka_secret_watch(struct kafka_secret *secret, const struct kafka_settings *settings);

/* Looks whether the password is another one, each second at most, and gives it to all clients; the
 * first look always does. True: it was given. */
bool kafka_secret_look(struct kafka_secret *secret, int64_t now_us, rd_kafka_t *const *clients,
                       size_t client_count);

#endif
