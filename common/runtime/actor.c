/*
 * actor.c - see actor.h.
 */
#include "runtime/actor.h"

#include "runtime/stream.h"

enum status actor_hash(const struct config *config, const char *actor, struct error *error,
                       char ret_text[ACTOR_TEXT_SIZE])
{
    unsigned char key_file[SEAL_KEY_SIZE];
    struct digest key;
    struct digest hash;
    enum status status = stream_key_file(config, error, key_file);

    if (status != OK)
        return status;
    key = hmac_sha256((struct text){(const char *)key_file, sizeof key_file}, TEXT("sawa.actor.1"));
    hash = hmac_sha256((struct text){(const char *)key.bytes, SHA256_SIZE}, text_of(actor));
    digest_format(&hash, ret_text);
    explicit_bzero(key_file, sizeof key_file);
    explicit_bzero(&key, sizeof key);
    return OK;
}
