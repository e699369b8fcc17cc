"""chance.py - numbers of all sizes: what random windows, rates and locks are made of."""
from math import log

from oracle.currency import INT64_MAX

CURRENCIES = ("UGX", "XOF", "KES", "NGN", "KWD", "TND") # of zero, two and three decimals
ROUNDINGS = ("HALF_EVEN", "HALF_UP", "DOWN", "UP")


def magnitude(rng, highest=INT64_MAX):
    """One to highest, all lengths alike; sometimes the very edge."""
    if rng.random() < 0.02:
        return rng.choice((1, highest, highest - 1))
    return min(int(2 ** rng.uniform(0, log(highest, 2))), highest)


def usual(rng):
    """An amount as payments have it, now and then any."""
    return magnitude(rng) if rng.random() < 0.03 else rng.randrange(1, 10 ** rng.randrange(1, 9))


def vast(rng):
    """An amount at the edge of 64 bits: what two of them come to may fit, or not."""
    return rng.choice((INT64_MAX, INT64_MAX - 1, INT64_MAX // 2, INT64_MAX // 2 + 1,
                       INT64_MAX - rng.randrange(10 ** 12), rng.randrange(1, INT64_MAX)))
