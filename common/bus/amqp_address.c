/*
 * amqp_address.c - see amqp_address.h.
 */
#include "bus/amqp_address.h"

#include "bus/amqp_library.h"

#include <string.h>

static enum status url_refused(struct error *error, const char *why)
{
    error_configuration(error, "the URL of the RabbitMQ broker cannot be used");
    error_detail(error, "%s", why);
    return error_hint(error, "it reads amqps://user:password@host:port/vhost, with / as %%2f");
}

/* What must be there before the library fills in what is not (1). */
static const char *url_lacks(const char *url)
{
    const char *scheme = strstr(url, "://");
    const char *authority = scheme == NULL ? NULL : scheme + strlen("://");
    const char *at = authority == NULL ? NULL : strchr(authority, '@'); /* not one before it */
    const char *colon;
    const char *path;

    if (at == NULL)
        return "it has no scheme or no user";
    colon = memchr(authority, ':', (size_t)(at - authority));
    path = strchr(at, '/');
    if (at == authority || colon == NULL || colon == authority || colon + 1 == at)
        return "it lacks a user or a password";
    if (path == NULL || path[1] == '\0')
        return "it names no virtual host";
    if (path == at + 1 || at[1] == ':')
        return "it names no host";
    return NULL;
}

enum status amqp_address_parse(char *url, struct error *error, struct amqp_address *ret_address)
{
    struct amqp_connection_info info;
    const char *lacks = url_lacks(url);

    if (lacks != NULL)
        return url_refused(error, lacks);
    if (amqp_parse_url(url, &info) != AMQP_STATUS_OK)
        return url_refused(error, "it is malformed");
    if (info.port < 1 || info.port > UINT16_MAX)
        return url_refused(error, "its port is not between 1 and 65535");
    *ret_address = (struct amqp_address){.host = info.host,
                                         .user = info.user,
                                         .password = info.password,
                                         .vhost = info.vhost,
                                         .port = info.port,
                                         .tls = info.ssl != 0};
    return OK;
}
