/*
 * amqp_address.h - where a broker is and who we are there, from one URL.
 *
 *   amqp[s]://USER:PASSWORD@HOST[:PORT]/VHOST          escapes as %2f; amqps is TLS
 *
 * (1) Nothing is guessed: without user, password, host or virtual host the URL is refused. (The
 *     client library would fill in guest, guest, localhost and /.)
 * (2) No error quotes any of the URL: it holds a password (I12).
 */
#ifndef SAWA_BUS_AMQP_ADDRESS_H
#define SAWA_BUS_AMQP_ADDRESS_H

#include "base/error.h"

/* Texts point into the URL it was read from. */
struct amqp_address {
    const char *host;
    const char *user;
    const char *password;
    const char *vhost;
    int port;
    bool tls;
};

/* Reads url in place: it is changed, and holds the texts of *ret_address afterwards. FATAL,
 * EXIT_CONFIGURATION: it is not such a URL (1). */
must_use enum status amqp_address_parse(char *url, struct error *error,
                                        struct amqp_address *ret_address);

#endif
