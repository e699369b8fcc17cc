/*
 * proof.c - see proof.h.
 */
#include "domain/proof.h"

static const struct {
    int32_t up_to; /* days, included */
    const char *name;
} buckets[AGE_BUCKETS] = {
    {1, "0-1 days"},
    {3, "2-3 days"},
    {7, "4-7 days"},
    {30, "8-30 days"},
    {INT32_MAX, "over 30 days"},
};

static bool sum_add(int64_t *sum, int64_t value)
{
    return !__builtin_add_overflow(*sum, value, sum);
}

bool outstanding_add(struct outstanding *outstanding, int64_t amount_minor, int32_t age)
{
    int bucket = age_bucket(age);

    if (!sum_add(&outstanding->minor, amount_minor) ||
        !sum_add(&outstanding->bucket_minors[bucket], amount_minor))
        return false;
    outstanding->count++;
    outstanding->bucket_counts[bucket]++;
    return true;
}

bool proof_close(struct proof *proof)
{
    __int128 unexplained = (__int128)proof->bank_minor - proof->book_minor -
                           ((__int128)proof->bank.minor - proof->book.minor) -
                           proof->difference_minor;

    if (unexplained > INT64_MAX || unexplained < INT64_MIN)
        return false;
    proof->unexplained_minor = (int64_t)unexplained;
    return true;
}

int32_t age_of(calendar_date date, calendar_date as_of)
{
    return as_of > date ? as_of - date : 0;
}

int age_bucket(int32_t age)
{
    int bucket = 0;

    assert(age >= 0);
    while (age > buckets[bucket].up_to)
        bucket++;
    assert(bucket < AGE_BUCKETS);
    return bucket;
}

const char *age_bucket_name(int bucket)
{
    assert(bucket >= 0 && bucket < AGE_BUCKETS);
    return buckets[bucket].name;
}
