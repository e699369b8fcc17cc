/*
 * customer_aad.h - what binds sealed personal data of payments to its place: moved elsewhere, it
 * does not open.
 *
 * Pure: who seals (ingest, the relay) and who opens (the relay) make the same bytes.
 */
#ifndef SAWA_STORE_CUSTOMER_AAD_H
#define SAWA_STORE_CUSTOMER_AAD_H

#include "base/crypto.h"
#include "base/uuid.h"

enum { CUSTOMER_AAD_SIZE = 128 };

/* Of a row of customer_payment: the payment's id. Terminated; returns a view of text. */
struct text customer_aad(const struct uuid *event_id, int32_t key_id, char text[CUSTOMER_AAD_SIZE]);

/* Of a row of sealed_content: the digest of the bytes in clear. */
struct text content_aad(const struct digest *digest, int32_t key_id, char text[CUSTOMER_AAD_SIZE]);

#endif
