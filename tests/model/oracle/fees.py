"""fees.py - what a payment costs, with exact fractions.

A fee is a sum of tiers over the amount in its own currency (what was instructed in the source
currency, else what is settled): SLAB takes the one tier that the amount falls into, over all of
the amount; MARGINAL every tier that it reaches, over what lies within. The sum is rounded to minor
units, held between minimum and maximum, converted at the payment's rate and rounded again. Tax is
a percentage of that. Shares are by weight: each gets the whole part of its fraction, what is left
goes to the largest fractions, then to the earlier party.

Ourselves are "" here, participant 0 in the tables. The tax on fee n has number -n.
"""
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from .currency import INT64_MAX, SCALES

OURSELVES = ""
CHANNELS = frozenset(("WALLET", "MOBILE_MONEY", "CARD", "BANK", "USSD"))


class Parked(Exception):
    """The reason not to take the payment."""


@dataclass(frozen=True)
class Fee:
    number: int
    payer: str
    currency: str
    tiering: str
    tiers: tuple        # (up to and including or None, fixed, percentage as a fraction of one)
    minimum: int
    maximum: int        # None: none
    rounding: str
    shares: tuple       # weights of ourselves, debtor agent, creditor agent
    tax: Fraction
    tax_country: str
    channels: frozenset
    returned_by: frozenset


def _percent(value):
    return Fraction(str(value)) / 100


def read(entry):
    """The fees of a corridor's entry in the book."""
    return tuple(_read_fee(number, fee) for number, fee in enumerate(entry.get("fees", ()), 1))


def _read_fee(number, fee):
    shares = fee.get("shares", {"own": 1})
    tax = fee.get("tax", {"percent": 0, "country": ""})
    return Fee(
        number, fee["payer"], fee["currency"], fee.get("tiering", "SLAB"),
        tuple((tier.get("up_to_minor"), int(tier.get("fixed_minor", 0)),
               _percent(tier.get("percent", 0))) for tier in fee["tiers"]),
        int(fee.get("minimum_minor", 0)), fee.get("maximum_minor"), fee["rounding"],
        tuple(shares.get(party, 0) for party in ("own", "debtor_agent", "creditor_agent")),
        _percent(tax["percent"]), tax["country"],
        frozenset(fee.get("channels", CHANNELS)), frozenset(fee.get("returned_by", ())))


def rounded(value, rounding):
    """A fraction of at least zero as a whole number."""
    if rounding == "HALF_EVEN":
        return round(value)
    if rounding == "HALF_UP":
        return floor(value + Fraction(1, 2))
    return floor(value) if rounding == "DOWN" else ceil(value)


def _tiers_sum(fee, amount):
    total, below = Fraction(0), 0
    for up_to, fixed, percent in fee.tiers:
        top = amount if up_to is None else min(amount, up_to)
        if fee.tiering == "SLAB":
            if top == amount:
                return fixed + amount * percent
        elif amount > below:
            total += fixed + (top - below) * percent
        below = up_to
    return total


def fee_of(fee, amount):
    minor = max(rounded(_tiers_sum(fee, amount), fee.rounding), fee.minimum)
    minor = minor if fee.maximum is None else min(minor, fee.maximum)
    if minor > INT64_MAX:
        raise Parked("fee_out_of_range")
    return minor


def split(total, weights):
    parts = [total * weight // sum(weights) for weight in weights]
    fractions = sorted(range(len(weights)),
                       key=lambda i: (-(total * weights[i] % sum(weights)), i))
    for i in fractions[:total - sum(parts)]:
        parts[i] += 1
    return parts


def converted(minor, currency, payment):
    """Minor units of a currency at the payment's rate, exactly, in those of what is settled."""
    return Fraction(minor * payment.rate, 10 ** 10) \
        * Fraction(10) ** (SCALES[payment.settlement_currency] - SCALES[currency])


def _settled(fee, payment):
    """The whole fee in the settlement currency."""
    if fee.currency == payment.settlement_currency:
        return fee_of(fee, payment.settlement)
    if not payment.rate:
        raise Parked("rate_missing")
    minor = rounded(converted(fee_of(fee, payment.instructed), fee.currency, payment),
                    fee.rounding)
    if minor > INT64_MAX:
        raise Parked("fee_out_of_range")
    return minor


def _is_charged(fee, payment):
    return payment.channel in fee.channels and (
        payment.kind == "COMPLETED" or payment.kind in fee.returned_by)


def charges(fees, payment):
    """[(number, who owes, who is owed, minor)] of a payment; raises Parked."""
    out = []
    for fee in fees:
        if not _is_charged(fee, payment):
            continue
        minor = _settled(fee, payment)
        parties = (OURSELVES, payment.debtor, payment.creditor)
        payer = payment.debtor if fee.payer == "DEBTOR_AGENT" else payment.creditor
        flows = [(fee.number, party, part)
                 for party, part in zip(parties, split(minor, fee.shares)) if party != payer]
        flows.append((-fee.number, OURSELVES, rounded(minor * fee.tax, fee.rounding)))
        out += [(number, payer, party, part) if payment.kind == "COMPLETED"
                else (number, party, payer, part) for number, party, part in flows if part]
    return out


def account(corridor, number, participant):
    """The account that keeps what a party of a charge owes or is owed."""
    currency = corridor.settlement_currency
    if participant != OURSELVES:
        return f"OBLIGATION:{participant}:{currency}"
    if number > 0:
        return f"FEE_INCOME:{currency}"
    return f"TAX_PAYABLE:{corridor.fees[-number - 1].tax_country}:{currency}"
