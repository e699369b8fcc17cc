/*
 * amqp_library.h - librabbitmq's headers, under the names this system has for them.
 *
 * Up to 0.11 they are <amqp.h> and its neighbours; from 0.12 on they stand in rabbitmq-c/, and the
 * old names still work, with a warning.
 */
#ifndef SAWA_BUS_AMQP_LIBRARY_H
#define SAWA_BUS_AMQP_LIBRARY_H

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

#endif
