/*
 * amqp_settings.h - what a program says about RabbitMQ. Nothing here is the library's.
 */
#ifndef SAWA_BUS_AMQP_SETTINGS_H
#define SAWA_BUS_AMQP_SETTINGS_H

#include "base/buffer.h"
#include "base/error.h"

enum { AMQP_URL_MAX = 2048 };

struct amqp_settings {
    /* Appends the URL (amqp_address.h) as it is now: it is asked for each connection, so a
     * password may change while the worker runs. */
    enum status (*read_url)(const void *context, struct buffer *url, struct error *error);
    const void *context;
    const char *client_id; /* the connection's name in the broker's lists */
    const char *ca_file;   /* amqps: who may sign the broker's certificate      */
    const char *cert_file; /* amqps: our certificate and its key; NULL: none    */
    const char *key_file;
    int heartbeat_s;
};

/* Of one source, made of streams or of queues. */
struct amqp_reader_settings {
    struct amqp_settings link;
    const char *topic; /* what they are together: the name of the source             */
    const char *names; /* by commas, in the order of their partitions                */
    int prefetch;      /* records on their way: of each stream; of all queues together,
                          without an ack: two batches                                */
};

struct amqp_queue_settings {
    struct amqp_reader_settings reader;
    int delivery_limit; /* delivered more often, a record is parked unless it is known */
    bool ids_needed;    /* a message without message_id is parked                      */
};

#endif
