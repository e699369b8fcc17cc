/*
 * actor.h - how an audit leaf names the person who decided.
 *
 * As HMAC-SHA-256(HMAC-SHA-256(key file, "sawa.actor.1"), name): who holds the key file can show
 * that a person acted, and who only reads the audit learns no name.
 */
#ifndef SAWA_RUNTIME_ACTOR_H
#define SAWA_RUNTIME_ACTOR_H

#include "base/config.h"
#include "base/crypto.h"

enum { ACTOR_TEXT_SIZE = 2 * SHA256_SIZE + 1 };

/* The hash as hex, terminated; the key is that of batch.key_file. FATAL as stream_key_file. */
must_use enum status actor_hash(const struct config *config, const char *actor, struct error *error,
                                char ret_text[ACTOR_TEXT_SIZE]);

#endif
