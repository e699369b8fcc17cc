"""trouble.py - what a bank may do wrong, and which break each must become.

The table is the fact; README.md prints it. `on` names what the break is about: the expected
item, one of the bank's entries by its number in the trouble's own list, or one of them all:
of two equal bookings either may be the one that matches.

Every trouble is put where passes 1 (reference), 2 (end-to-end id) and 5 (unique amount and date)
can have one answer only: amounts that pass 5 must find, or must not find, are alone on their
account.
"""
import random
from dataclasses import dataclass, field
from datetime import date

ITEM, ONE_OF = "item", "one of"


@dataclass(frozen=True)
class Kind:
    name: str
    does: str
    becomes: tuple            # of (on, break type), in the end
    until_booked: str = ""    # break type of the item between its due date and the booking
    matched_by: str = ""      # what matches it in spite of all


KINDS = (
    Kind("late", "books two business days later only", (), "missing_at_bank", "reference"),
    Kind("missing", "never books", ((ITEM, "missing_at_bank"),)),
    Kind("doubled", "books twice, with the same references", ((ONE_OF, "duplicate_at_bank"),), "",
         "reference"),
    Kind("short_by_fee", "takes a fee out of the amount and says so",
         ((ITEM, "fee_variance"), (0, "fee_variance"))),
    Kind("wrong_reference", "books amount and day right under references nobody knows", (), "",
         "amount and date"),
    Kind("unknown_receipt", "books money nobody expects",
         ((0, "unidentified_receipt"),)),
    Kind("equal_candidates", "books the amount twice on one day, without references",
         ((ITEM, "ambiguous"), (0, "ambiguous"), (1, "ambiguous"))),
)
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass
class Entry:
    """One booking on a statement."""
    account: object
    amount_minor: int
    booking_date: date
    value_date: date
    end_to_end_id: str
    reference: str            # what the customer gave: goes into :61: or the remittance text
    servicer_reference: str
    party: str
    text: str
    item: str                 # id of the item it is for, "": of none
    charge_minor: int = 0     # taken out of the amount


@dataclass
class Trouble:
    kind: Kind
    account: object
    item: object              # None for unknown_receipt
    entries: list = field(default_factory=list)

    def truth(self):
        """What a test may rely on, as one JSON object."""
        def about(where):
            if where == ITEM:
                after = {"after": str(self.item.due_date)} if not self.entries else {}
                return {"on": "item", "item": self.item.item_id, **after}
            if where == ONE_OF:
                return {"on": "one of", "servicer_references":
                        [entry.servicer_reference for entry in self.entries]}
            return {"on": "entry", "servicer_reference": self.entries[where].servicer_reference}
        out = {"trouble": self.kind.name, "account": self.account.code,
               "currency": self.account.currency,
               "item": self.item.item_id if self.item else None,
               "end_to_end_id": self.item.end_to_end_id if self.item else None,
               "amount_minor": (self.item or self.entries[0]).amount_minor,
               "value_date": str((self.item or self.entries[0]).value_date),
               "entries": [{"servicer_reference": entry.servicer_reference,
                            "amount_minor": entry.amount_minor,
                            "booking_date": str(entry.booking_date)} for entry in self.entries],
               "breaks": [about(where) | {"type": type_} for where, type_ in self.kind.becomes],
               "matched_by": self.kind.matched_by or None}
        if self.kind.until_booked and self.item.due_date < self.entries[0].booking_date:
            out["until_booked"] = {"on": "item", "type": self.kind.until_booked,
                                   "after": str(self.item.due_date),
                                   "before": str(self.entries[0].booking_date)}
        return out


def choose(items, shares, seed, taken_amounts):
    """{item id: kind name}, and how many receipts nobody expects. shares: {kind name: share or
    whole number}. Each kind with a share above zero happens at least once while items last."""
    rng = random.Random(f"{seed}/trouble")
    count = {}
    for item in items:
        key = item.account.code, item.amount_minor
        count[key] = count.get(key, 0) + 1
    alone = {item.item_id for item in items
             if count[item.account.code, item.amount_minor] == 1
             and (item.account.code, item.amount_minor) not in taken_amounts}
    left = sorted(items, key=lambda item: item.item_id)
    rng.shuffle(left)
    chosen, receipts = {}, 0
    for kind in KINDS:
        share = shares.get(kind.name, 0)
        wanted = int(share) if share >= 1 else max(1, int(share * len(items))) if share else 0
        if kind.name == "unknown_receipt":
            receipts = wanted if items else 0
            continue
        needs_alone = kind.name in ("missing", "wrong_reference", "equal_candidates",
                                    "short_by_fee")
        for item in list(left):
            if wanted == 0:
                break
            if not needs_alone or item.item_id in alone:
                chosen[item.item_id] = kind.name
                left.remove(item)
                wanted -= 1
    return chosen, receipts
