/*
 * registry_http.c - see registry_http.h. Upholds (1) of registry.h.
 *
 * Each request has a handle of its own: libcurl 7.88 (Debian 12) keeps in a handle where the last
 * header of the answer before stood, and an answer that begins with a folded line reads there after
 * it was freed. Requests are rare, an id is asked once, so the connection is no loss.
 */
#include "bus/registry_http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

struct http_client {
    struct curl_slist *headers;
    char *ca_file; /* NULL: the system's */
    int64_t timeout_ms;
};

static void library_begin(void)
{
    /* Anything but 0 is a broken installation. */
    assert(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

static size_t take_bytes(char *bytes, size_t size, size_t count, void *user)
{
    struct buffer *answer = user;

    buffer_append(answer, bytes, size * count);
    return buffer_failed(answer) ? 0 : size * count; /* 0 ends the transfer */
}

/* (1): every way a server could lead us elsewhere or keep us is closed here. */
static void set_limits(CURL *curl, int64_t timeout_ms)
{
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, NULL);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

static void set_trust(CURL *curl, const char *ca_file)
{
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (ca_file != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
}

struct http_client *http_client_new(const char *ca_file, int64_t timeout_ms)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct http_client *client = calloc(1, sizeof *client);

    assert(client != NULL);
    assert(timeout_ms > 0);
    pthread_once(&once, library_begin);
    client->timeout_ms = timeout_ms;
    client->ca_file = ca_file == NULL ? NULL : strdup(ca_file);
    assert(ca_file == NULL || client->ca_file != NULL);
    client->headers = curl_slist_append(NULL, "Accept: application/vnd.schemaregistry.v1+json");
    assert(client->headers != NULL);
    return client;
}

void http_client_free(struct http_client *client)
{
    if (client == NULL)
        return;
    curl_slist_free_all(client->headers);
    free(client->ca_file);
    free(client);
}

static bool part_is(CURLU *url, CURLUPart part, const char *expected)
{
    char *value = NULL;
    bool same = curl_url_get(url, part, &value, 0) == CURLUE_OK && strcmp(value, expected) == 0;

    curl_free(value);
    return same;
}

static bool part_is_absent(CURLU *url, CURLUPart part)
{
    char *value = NULL;
    bool absent = curl_url_get(url, part, &value, 0) != CURLUE_OK;

    curl_free(value);
    return absent;
}

bool http_url_is_plain(const char *url)
{
    CURLU *parsed = curl_url();
    bool plain;

    assert(parsed != NULL);
    plain =
        curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
        (part_is(parsed, CURLUPART_SCHEME, "http") || part_is(parsed, CURLUPART_SCHEME, "https")) &&
        part_is_absent(parsed, CURLUPART_USER) && part_is_absent(parsed, CURLUPART_PASSWORD) &&
        part_is_absent(parsed, CURLUPART_QUERY) && part_is_absent(parsed, CURLUPART_FRAGMENT);
    curl_url_cleanup(parsed);
    return plain;
}

enum status http_get(struct http_client *client, const char *url, struct buffer *answer,
                     struct error *error, long *ret_code, bool *ret_is_oversized)
{
    CURL *curl = curl_easy_init();
    CURLcode code;
    long http_code = 0;

    if (curl == NULL)
        return error_set(error, RETRY, "out of memory to ask the schema registry");
    set_limits(curl, client->timeout_ms);
    set_trust(curl, client->ca_file);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, client->headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http_code);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && buffer_failed(answer))) {
        error_set(error, RETRY, "could not ask the schema registry");
        return error_detail(error, "%s", curl_easy_strerror(code));
    }
    *ret_is_oversized = code != CURLE_OK;
    *ret_code = http_code;
    return OK;
}
