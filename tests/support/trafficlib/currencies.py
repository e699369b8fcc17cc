"""currencies.py - minor units of the currencies that traffic uses (ISO 4217)."""

SCALES = {
    "BIF": 0, "DJF": 0, "GNF": 0, "KMF": 0, "RWF": 0, "UGX": 0, "XAF": 0, "XOF": 0,
    "LYD": 3, "TND": 3,
    "AOA": 2, "BWP": 2, "CDF": 2, "CHF": 2, "EGP": 2, "ETB": 2, "EUR": 2, "GBP": 2, "GHS": 2,
    "KES": 2, "MAD": 2, "MGA": 2, "MUR": 2, "MWK": 2, "MZN": 2, "NAD": 2, "NGN": 2, "TZS": 2,
    "USD": 2, "ZAR": 2, "ZMW": 2,
}

AMOUNT_SCALE = 5  # of the Avro decimals that carry amounts
RATE_SCALE = 10


def e5(minor, currency):
    """Minor units as the unscaled number of an Avro decimal(18,5)."""
    return minor * 10 ** (AMOUNT_SCALE - SCALES[currency])


def convert(minor, source, rate_e10, target):
    """minor of source at rate_e10 (target per source), in minor units of target, half to even."""
    numerator = minor * rate_e10 * 10 ** SCALES[target]
    denominator = 10 ** (RATE_SCALE + SCALES[source])
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest > denominator or (2 * rest == denominator and quotient & 1):
        quotient += 1
    return quotient
