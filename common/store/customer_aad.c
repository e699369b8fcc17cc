/*
 * customer_aad.c - see customer_aad.h.
 */
#include "store/customer_aad.h"

#include <stdio.h>

struct text customer_aad(const struct uuid *event_id, int32_t key_id, char text[CUSTOMER_AAD_SIZE])
{
    char hex[UUID_HEX_SIZE];

    uuid_format_hex(event_id, hex);
    snprintf(text, CUSTOMER_AAD_SIZE, "customer_payment/%s/%d", hex, key_id);
    return text_of(text);
}

struct text content_aad(const struct digest *digest, int32_t key_id, char text[CUSTOMER_AAD_SIZE])
{
    char hex[2 * SHA256_SIZE + 1];

    digest_format(digest, hex);
    snprintf(text, CUSTOMER_AAD_SIZE, "sealed_content/%s/%d", hex, key_id);
    return text_of(text);
}
