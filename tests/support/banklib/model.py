"""model.py - a statement as a bank knows it, for every writer; and random ones by seed."""
import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

CURRENCIES = ("KES", "NGN", "ZAR", "XOF", "UGX", "TND", "GHS", "USD")
X_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
WORDS = ("invoice", "SCHOOL FEES", "rent March", "order 17", "Nairobi", "loyer", "refund", "batch",
         "salaire 02", "goods", "kodi", "matatu", "PO 4711", "a.b.c", "net (10)", "x+y", "1,5 kg")
NAMES = ("ACHIENG TRADING LTD", "Okafor and Sons", "Mwangi", "Societe Diallo", "Banda Retail",
         "KABILA ET FILS")


@dataclass(frozen=True)
class Entry:
    amount_minor: int              # positive: money in, also where it reverses something
    value_date: date
    booking_date: date
    reversal: bool = False
    reference: str = ""            # the customer's
    servicer_reference: str = ""
    end_to_end_id: str = ""
    text: str = ""
    party: str = ""


@dataclass(frozen=True)
class Statement:
    seed: int                      # of what a writer chooses
    number: int
    account: str
    bic: str
    currency: str
    opening_minor: int
    opening_date: date
    closing_date: date
    entries: tuple = field(default_factory=tuple)

    @property
    def closing_minor(self):
        return self.opening_minor + sum(entry.amount_minor for entry in self.entries)

    def without(self, place):
        """One entry less, to find the smallest statement that is read wrong."""
        return replace(self, entries=self.entries[:place] + self.entries[place + 1:])


def _word(rng, size):
    return "".join(rng.choice(X_LETTERS) for _ in range(size))


def _amount(rng):
    """Small, round, large and zero ones."""
    size = rng.choice((1, 3, 5, 7, 9, 12))
    minor = rng.randrange(10 ** size) * rng.choice((1, 1, 1, 100))
    return minor * rng.choice((1, -1))


def _entry(rng, closing):
    booked = closing - timedelta(days=rng.choice((0, 0, 0, 1, 3)))
    return Entry(
        amount_minor=_amount(rng), booking_date=booked,
        value_date=booked + timedelta(days=rng.choice((0, 0, 0, -1, -2, 1))),
        reversal=rng.random() < 0.1,
        reference=_word(rng, rng.randrange(3, 17)) if rng.random() < 0.8 else "",
        servicer_reference="B" + _word(rng, rng.randrange(2, 15)) if rng.random() < 0.7 else "",
        end_to_end_id=_word(rng, rng.randrange(4, 33)) if rng.random() < 0.6 else "",
        text=" ".join(rng.sample(WORDS, rng.randrange(1, 6))) if rng.random() < 0.8 else "",
        party=rng.choice(NAMES) if rng.random() < 0.6 else "")


def random_statement(seed):
    rng = random.Random(f"statement {seed}")
    closing = date(2026, 1, 1) + timedelta(days=rng.randrange(0, 364))
    entries = tuple(_entry(rng, closing) for _ in range(rng.choice((0, 1, 1, 2, 3, 5, 9))))
    if len(entries) > 1 and rng.random() < 0.2:   # two that are equal are two
        entries += (entries[0],)
    return Statement(
        seed=seed, number=rng.choice((1, 7, 99, 365, 12345)), entries=entries,
        account="0" + str(rng.randrange(10 ** 9, 10 ** 10)),
        bic=rng.choice(("EXAMKENA", "EXAMNGLA")),
        currency=rng.choice(CURRENCIES), opening_minor=_amount(rng),
        opening_date=closing - timedelta(days=1), closing_date=closing)
