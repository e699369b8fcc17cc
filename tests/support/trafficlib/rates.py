"""rates.py - real daily rates, so that the traffic's amounts look like the world's.

Source: daily indicative rates, units of the quote currency for one US dollar, from the public
currency API by fawazahmed0 (npm package @fawazahmed0/currency-api, CC0), on the dates named.
A traffic day takes the row of its ordinal modulo the number of rows.
"""
from .currencies import RATE_SCALE

CODES = ("KES", "NGN", "ZAR", "ZMW", "XOF", "GHS", "UGX", "EUR")
USD_DAILY = """
2026-09-01 129.51486363 1338.15261871 16.11424738 19.1602983 565.31710254
    11.25631219 3784.82646753 0.86182037
2026-09-02 129.43994696 1332.89920765 16.17532459 19.16036655 566.50671731
    11.27214077 3776.60087722 0.86363392
2026-09-03 129.42851844 1327.89060886 16.04428954 19.14983517 565.59650659
    11.29297284 3779.41426484 0.86224632
2026-09-04 129.43615902 1323.59347778 15.98608077 19.20068077 564.33569846
    11.36038272 3778.0259614 0.86032423
2026-09-07 129.42874377 1321.98699023 15.9847592 19.24956108 564.97592868
    11.3812112 3776.0365813 0.86130025
2026-09-08 129.43000136 1321.82129942 15.99283872 19.24964343 564.27419316
    11.40008129 3778.40182153 0.86023046
2026-09-09 129.42734829 1320.96878271 16.00042499 19.32045368 563.96556314
    11.40966889 3786.52380515 0.85975996
2026-09-10 129.43010032 1323.23500616 16.04053772 19.30077448 563.6324907
    11.43155941 3790.62995688 0.85925219
2026-09-11 129.41694488 1326.58674488 16.21881305 19.34989844 565.40966756
    11.45915577 3831.08717709 0.86196148
2026-09-14 129.44377617 1325.26902833 16.19389724 19.34990811 567.05761955
    11.45178943 3868.37582997 0.86447377
"""
COLUMNS = 1 + len(CODES)  # the date, then a figure per code; two lines a day


def _unscaled(text, scale):
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(scale, "0"))


def _table():
    words, days = USD_DAILY.split(), []
    for at in range(0, len(words), COLUMNS):
        figures = words[at + 1:at + COLUMNS]
        row = {code: _unscaled(text, RATE_SCALE) for code, text in zip(CODES, figures)}
        days.append(row | {"USD": 10 ** RATE_SCALE})
    return days


DAYS = _table()


def rate_e10(ordinal, base, quote):
    """quote per one base on a day (proleptic ordinal), at 10 fraction digits, half up."""
    row = DAYS[ordinal % len(DAYS)]
    scaled = row[quote] * 10 ** RATE_SCALE
    return (2 * scaled + row[base]) // (2 * row[base])
