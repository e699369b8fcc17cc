/*
 * test_recent.c - the bounded set of ids seen lately: it may forget, it does not make things up.
 */
#include "recent.h"

#include "base/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SLOTS = 1 << 12, IDS = 100000 };

static struct uuid id_of(uint64_t number)
{
    static const unsigned char seed[SEAL_KEY_SIZE] = "ids of this test";
    struct uuid id;

    seed_blocks(seed, number, 1, id.bytes);
    return id;
}

/* Time-ordered ids as producers make them: the first half hardly differs. */
static struct uuid ordered_id_of(uint64_t number)
{
    struct uuid id = id_of(number);

    memset(id.bytes, 0x01, 6);
    id.bytes[6] = 0x70;
    return id;
}

static void remembers_what_it_was_told(void **state)
{
    struct recent *recent = recent_new(SLOTS);
    struct uuid id = id_of(1);

    (void)state;
    assert_false(recent_add(recent, uuid_hash(&id)));
    assert_true(recent_add(recent, uuid_hash(&id)));
    assert_true(recent_add(recent, uuid_hash(&id)));
    recent_free(recent);
    recent_free(NULL);
}

static void seldom_takes_a_stranger_for_known(void **state)
{
    struct recent *recent = recent_new(SLOTS);
    size_t wrong = 0;

    (void)state;
    for (uint64_t i = 0; i < IDS; i++) {
        struct uuid random = id_of(i);
        struct uuid ordered = ordered_id_of(i);

        wrong += recent_add(recent, uuid_hash(&random)) ? 1 : 0;
        wrong += recent_add(recent, uuid_hash(&ordered)) ? 1 : 0;
    }
    assert_true(wrong < 2 * IDS / 1000); /* expected: 1 in 2048 */
    recent_free(recent);
}

static void keeps_nearly_all_of_the_last_ids(void **state)
{
    struct recent *recent = recent_new(SLOTS);
    size_t known = 0;

    (void)state;
    for (uint64_t i = 0; i < IDS; i++) {
        struct uuid id = ordered_id_of(i);

        (void)recent_add(recent, uuid_hash(&id));
    }
    for (uint64_t i = IDS - SLOTS / 2; i < IDS; i++) {
        struct uuid id = ordered_id_of(i);

        known += recent_add(recent, uuid_hash(&id)) ? 1 : 0;
    }
    assert_true(known > SLOTS / 2 * 99 / 100);
    recent_free(recent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_what_it_was_told),
        cmocka_unit_test(seldom_takes_a_stranger_for_known),
        cmocka_unit_test(keeps_nearly_all_of_the_last_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
