/*
 * registry_http.h - one bounded GET. For registry.c alone: curl's header stays in this pair.
 */
#ifndef SAWA_BUS_REGISTRY_HTTP_H
#define SAWA_BUS_REGISTRY_HTTP_H

#include "base/buffer.h"
#include "base/error.h"

struct http_client;

/* ca_file NULL: the system's certificates. Never NULL. */
struct http_client *http_client_new(const char *ca_file, int64_t timeout_ms);
void http_client_free(struct http_client *client); /* NULL is fine */

/* http:// or https://, a host, no user, no query, no fragment. */
must_use bool http_url_is_plain(const char *url);

/* OK: there is an answer, whatever its status code; answer holds at most its max, and
 * *ret_is_oversized tells that there was more. RETRY: no answer; error says why. */
must_use enum status http_get(struct http_client *client, const char *url, struct buffer *answer,
                              struct error *error, long *ret_code, bool *ret_is_oversized);

#endif
