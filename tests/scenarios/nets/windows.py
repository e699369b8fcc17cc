"""windows.py - random windows, and how the program is told them.

Two to six participants, up to eight payments and three fees, every model, what was carried to them
and who is held to what; amounts from one minor unit to the edge of 64 bits, rates from 10^-10 to
10^6. In one window of twenty all amounts are at the edge.
"""
from dataclasses import dataclass, field
from fractions import Fraction

import rates
from chance import CURRENCIES, INT64_MAX, ROUNDINGS, magnitude, usual, vast
from oracle import fees, limits
from oracle.fields import CHANNELS, KINDS

MODELS = ("GROSS", "BILATERAL", "MULTILATERAL")
PERCENT = 10 ** 10       # unit of percentages in C


@dataclass
class Payment:
    kind: str
    channel: str
    debtor: int
    creditor: int
    instructed: int
    settlement: int
    settlement_currency: str
    rate: int
    lock: int = -1       # which of the window's, or none
    accepted_us: int = rates.NOW

    @property
    def volume(self):
        return self.instructed if self.kind == "COMPLETED" else -self.instructed


@dataclass
class Window:
    model: str
    participants: int
    source: str
    settlement: str
    amount: object                                  # how large its amounts are
    rate_rounding: str = ""                         # how amounts must follow from their rates
    fees: tuple = ()
    exchange: rates.Rates = None                    # where it has a policy
    payments: list = field(default_factory=list)
    carried: list = field(default_factory=list)     # ((participant, counterparty), (collect, pay))
    terms: limits.Terms = field(default_factory=limits.Terms)

    @property
    def settlement_currency(self):
        return self.settlement


# -- chance ---------------------------------------------------------------------------------

def random_percent(rng):
    """Hundredths of the unit that C keeps: exact in both."""
    return Fraction(rng.choice((0, rng.randrange(1, 10 ** 12), rng.randrange(1, 500) * 10 ** 8,
                                10 ** 12)), PERCENT)


def random_fee(rng, number, source, settlement):
    count = rng.choice((1, 1, 2, 3, 5))
    tops = sorted({min(usual(rng), INT64_MAX - 1) for _ in range(count - 1)})
    weights = [rng.randrange(0, 5) for _ in range(3)]
    if sum(weights) == 0:
        weights[rng.randrange(3)] = 1
    minimum = rng.choice((0, 0, rng.randrange(0, 1000)))
    tax = random_percent(rng) if rng.random() < 0.5 else Fraction(0)
    return fees.Fee(
        number, rng.choice(("DEBTOR_AGENT", "CREDITOR_AGENT")), rng.choice((source, settlement)),
        rng.choice(("SLAB", "MARGINAL")),
        tuple((top, rng.choice((0, usual(rng))), random_percent(rng) / 100)
              for top in (*tops, None)),
        minimum, rng.choice((None, minimum + usual(rng))), rng.choice(ROUNDINGS), tuple(weights),
        tax / 100, "XX" if tax else "",
        frozenset(rng.sample(sorted(CHANNELS), rng.randrange(1, 6))),
        frozenset(rng.sample(("REVERSED", "REFUNDED"), rng.randrange(3))))


def follow_rate(rng, window, payment):
    """A usual rate, and what it makes of what was instructed; now and then beside that."""
    payment.rate = payment.rate and rates.usual_rate(rng)
    exact = fees.converted(payment.instructed, window.source, payment)
    minor = fees.rounded(exact, window.rate_rounding) + rng.choice((0,) * 18 + (1, -1))
    if 0 < minor <= INT64_MAX:
        payment.settlement = minor


def random_payment(rng, window):
    debtor, creditor = rng.sample(range(window.participants), 2)
    rate = 0 if rng.random() < 0.1 else magnitude(rng, 10 ** 16)
    settlement = window.amount(rng)
    instructed = settlement if window.source == window.settlement else window.amount(rng)
    payment = Payment(rng.choice(("COMPLETED", "COMPLETED", "COMPLETED", "REVERSED", "REFUNDED")),
                      rng.choice(sorted(CHANNELS)), debtor, creditor, instructed, settlement,
                      window.settlement, rate)
    if window.rate_rounding and window.source != window.settlement:
        follow_rate(rng, window, payment)
    if window.exchange:
        payment.accepted_us -= rng.randrange(0, 6)
        if window.exchange.locks and rng.random() < 0.5:
            payment.lock = rng.randrange(len(window.exchange.locks))
    return payment


def random_window(rng):
    source, settlement = rng.choice(CURRENCIES), rng.choice(CURRENCIES)
    window = Window(rng.choice(MODELS), rng.randrange(2, 7), source, settlement,
                    vast if rng.random() < 0.05 else usual)
    if window.amount is usual or rng.random() < 0.3:
        window.fees = tuple(random_fee(rng, number, source, settlement)
                            for number in range(1, rng.randrange(0, 4) + 1))
        window.rate_rounding = rng.choice(("", "", *ROUNDINGS))
    if source != settlement and rng.random() < 0.7:
        window.exchange = rates.random_rates(rng, source, settlement,
                                             window.amount is vast)
    window.payments = [random_payment(rng, window) for _ in range(
        rng.randrange(0, 9) if window.amount is usual else rng.randrange(1, 4))]
    if rng.random() < 0.6:
        random_limits(rng, window)
    return window


def random_carry(rng, window):
    """Of a pair or against the agent, whatever the model is: the version before may have had
    another."""
    who, other = rng.sample(range(window.participants), 2)
    amounts = (window.amount(rng), 0) if rng.random() < 0.5 else (0, window.amount(rng))
    return (who, rng.choice((other, limits.AGENT))), \
        (usual(rng), usual(rng)) if rng.random() < 0.2 else amounts


def random_groups(rng, window):
    heads = rng.sample(range(window.participants), rng.randrange(1, window.participants))
    return {member: rng.choice(heads) for member in range(window.participants)
            if member not in heads and rng.random() < 0.7}


def random_limits(rng, window):
    everybody = range(window.participants)
    window.carried = [random_carry(rng, window) for _ in range(rng.choice((0, 0, 1, 2, 5)))]
    window.terms = limits.Terms(
        minimum=rng.choice((0, 2, usual(rng), usual(rng))), has_next=rng.random() < 0.8,
        leavers=frozenset(who for who in everybody if rng.random() < 0.1),
        through=random_groups(rng, window)
        if window.model == "MULTILATERAL" and rng.random() < 0.4 else {},
        prefunded=frozenset(who for who in everybody if rng.random() < 0.15),
        caps={who: min(usual(rng), INT64_MAX - 1) for who in everybody if rng.random() < 0.15},
        balances={who: rng.choice((0, usual(rng), INT64_MAX)) for who in everybody})


# -- to the program ---------------------------------------------------------------------------

def bits(names, numbers):
    return sum(1 << numbers[name] for name in names)


def fee_line(fee):
    def percent(fraction):
        unscaled = fraction * 100 * PERCENT
        assert unscaled.denominator == 1
        return int(unscaled)
    tiers = " ".join(f"{INT64_MAX if top is None else top} {fixed} {percent(part)}"
                     for top, fixed, part in fee.tiers)
    return (f"F {fee.payer} {fee.currency} {fee.tiering} {fee.rounding} {fee.minimum}"
            f" {INT64_MAX if fee.maximum is None else fee.maximum}"
            f" {' '.join(map(str, fee.shares))} {percent(fee.tax)}"
            f" {bits(fee.channels, CHANNELS)} {bits(fee.returned_by, KINDS)}"
            f" {len(fee.tiers)} {tiers}\n")


def text(window):
    terms = window.terms
    lines = [f"W {window.model} {window.participants} {window.source} {window.settlement}"
             f" {window.rate_rounding or '-'} {len(window.fees)} {int(window.exchange is not None)}"
             f" {len(window.payments)} {len(window.carried)} {terms.minimum}"
             f" {int(terms.has_next)}\n"]
    lines += [fee_line(fee) for fee in window.fees]
    lines += rates.lines(window.exchange) if window.exchange else []
    lines += [f"P {KINDS[p.kind]} {CHANNELS[p.channel]} {p.debtor} {p.creditor} {p.instructed}"
              f" {p.settlement} {p.rate} {p.lock} {p.accepted_us}\n" for p in window.payments]
    lines += [f"C {who} {-1 if other == limits.AGENT else other} {collect} {pay}\n"
              for (who, other), (collect, pay) in window.carried]
    lines += [f"T {terms.through.get(who, who)} {int(who in terms.leavers)}"
              f" {int(who in terms.prefunded)} {terms.balances.get(who, 0)}"
              f" {terms.caps.get(who, INT64_MAX)}\n" for who in range(window.participants)]
    return "".join(lines)
