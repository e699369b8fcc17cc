"""books.py - a bank's own books: which day books what, balances, numbers, and the files.

state.json in the output folder remembers what was booked, so a later run goes on: it books what
is new, on days after the last one, and opens with the last closing balance.
"""
import hashlib
import json
import os
import random
from dataclasses import replace
from datetime import date, timedelta

from . import camt, mt940
from .trouble import BY_NAME, Entry, Trouble, choose

WRITERS = {"camt.053": (camt.statement, "xml"), "mt940": (mt940.statement, "sta")}
WEEKEND = (5, 6)


def next_business_day(day):
    day += timedelta(days=1)
    while day.weekday() in WEEKEND:
        day += timedelta(days=1)
    return day


def on_business_day(day):
    return day if day.weekday() not in WEEKEND else next_business_day(day)


def _short(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12].upper()


class Bank:
    """One run: items in, statements and truth out."""

    def __init__(self, folder, seed, openings):
        self.folder, self.seed = folder, seed
        self.path = os.path.join(folder, "state.json")
        self.state = {"seen": [], "accounts": {}}
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                self.state = json.load(file)
        self.openings = openings
        self.entries = []
        self.troubles = []

    # -- what is booked when ---------------------------------------------------------------

    def book(self, items, shares, first_day):
        """Decides the entries of all items not seen before."""
        seen = set(self.state["seen"])
        fresh = [item for item in items if item.item_id not in seen]
        self.state["seen"] += [item.item_id for item in fresh]
        taken = {(item.account.code, item.amount_minor) for item in items
                 if item.item_id in seen}
        chosen, receipts = choose(fresh, shares, f"{self.seed}/{len(seen)}", taken)
        amounts = {(item.account.code, item.amount_minor) for item in items}
        for item in fresh:
            kind = BY_NAME.get(chosen.get(item.item_id))
            day = self._earliest(item.account, item.value_date, first_day)
            if kind is None:
                self.entries.append(self._plain(item, day))
            else:
                self._trouble(kind, item, day, amounts)
        self._receipts(fresh, receipts, amounts, first_day)

    def _earliest(self, account, value_date, first_day):
        """The business day that books it: never one whose statement is written already."""
        known = self.state["accounts"].get(account.code)
        after = next_business_day(date.fromisoformat(known["day"])) if known else first_day
        return max(on_business_day(value_date), on_business_day(first_day), after)

    def _plain(self, item, day, copy=0):
        return Entry(item.account, item.amount_minor, day, max(item.value_date, day),
                     item.end_to_end_id, item.reference,
                     f"B{_short(f'{self.seed}/{item.item_id}/{copy}')}", item.participant,
                     "settlement", item.item_id)

    def _trouble(self, kind, item, day, amounts):
        entry = self._plain(item, day)
        rng = random.Random(f"{self.seed}/{item.item_id}")
        if kind.name == "late":
            later = next_business_day(next_business_day(day))
            entries = [replace(entry, booking_date=later, value_date=later)]
        elif kind.name == "missing":
            entries = []
        elif kind.name == "doubled":
            entries = [entry, self._plain(item, day, 1)]
        elif kind.name == "short_by_fee":
            fee = _fee(item.amount_minor, rng)
            while (item.account.code, item.amount_minor - fee) in amounts:
                fee += 1
            entries = [replace(entry, amount_minor=item.amount_minor - fee, charge_minor=fee)]
        elif kind.name == "wrong_reference":
            entries = [replace(entry, end_to_end_id=_short(item.item_id + "wrong") * 2,
                               reference="")]
        else:
            bare = replace(entry, end_to_end_id="", reference="", party="", text="")
            entries = [bare, replace(bare, servicer_reference=self._plain(item, day, 1)
                                     .servicer_reference)]
        self.entries += entries
        self.troubles.append(Trouble(kind, item.account, item, entries))

    def _receipts(self, fresh, count, amounts, first_day):
        accounts = sorted({item.account for item in fresh}, key=lambda account: account.code)
        rng = random.Random(f"{self.seed}/receipts/{len(self.state['seen'])}")
        for number in range(count):
            account = accounts[number % len(accounts)]
            own = [item for item in fresh if item.account == account]
            amount = abs(rng.choice(own).amount_minor) + rng.randrange(1, 1000)
            while (account.code, amount) in amounts:
                amount += 1
            amounts.add((account.code, amount))
            day = self._earliest(account, rng.choice(own).value_date, first_day)
            servicer_reference = f"B{_short(f'{self.seed}/{account.code}/receipt/{len(amounts)}')}"
            entry = Entry(account, amount, day, day, "", "", servicer_reference,
                          "SOMEBODY ELSE", "thank you", "")
            self.entries.append(entry)
            self.troubles.append(Trouble(BY_NAME["unknown_receipt"], account, None, [entry]))

    # -- statements ------------------------------------------------------------------------

    def write(self, accounts, first_day, last_day):
        """A statement per account and business day; entries beyond last_day wait in the state."""
        waiting = [_revive(row, accounts) for row in self.state.pop("waiting", [])]
        self.entries += waiting
        files = []
        for account in sorted(accounts.values(), key=lambda account: account.code):
            files += self._write_account(account, first_day, last_day)
        self.state["waiting"] = [_rest(entry) for entry in self.entries
                                 if entry.booking_date > last_day]
        self._append("truth.ndjson", (trouble.truth() for trouble in self.troubles))
        self._append("entries.ndjson", (_rest(entry) | {"currency": entry.account.currency}
                                        for entry in self.entries
                                        if first_day <= entry.booking_date <= last_day))
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self.state, file, indent=1)
        return files

    def _write_account(self, account, first_day, last_day):
        opening = self.openings.get(account.code, (0, None))
        known = self.state["accounts"].setdefault(account.code, {
            "balance": opening[0], "number": 0,
            "day": str(opening[1] or first_day - timedelta(days=1))})
        day = max(first_day, next_business_day(date.fromisoformat(known["day"])))
        files = []
        while day <= last_day:
            if day.weekday() not in WEEKEND:
                entries = [entry for entry in self.entries
                           if entry.account.code == account.code and entry.booking_date == day]
                files.append(self._write_day(account, known, day, entries))
            day += timedelta(days=1)
        return files

    def _write_day(self, account, known, day, entries):
        entries.sort(key=lambda entry: entry.servicer_reference)
        known["number"] += 1
        statement, suffix = WRITERS[account.format]
        text = statement(account, known["number"], day, date.fromisoformat(known["day"]),
                         known["balance"], entries)
        known["balance"] += sum(entry.amount_minor for entry in entries)
        known["day"] = str(day)
        name = f"{account.name}_{day}.{suffix}"
        path = os.path.join(self.folder, name)
        with open(path + ".part", "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(path + ".part", path)
        return path

    def _append(self, name, rows):
        with open(os.path.join(self.folder, name), "a", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(row) + "\n")


def _fee(amount_minor, rng):
    """Between 0.1 and 0.5 per cent, at least one minor unit."""
    return max(1, abs(amount_minor) * rng.randrange(10, 50) // 10_000)


def _rest(entry):
    return {**entry.__dict__, "account": entry.account.code,
            "booking_date": str(entry.booking_date), "value_date": str(entry.value_date)}


def _revive(row, accounts):
    return Entry(**{**row, "account": accounts[row["account"]],
                    "booking_date": date.fromisoformat(row["booking_date"]),
                    "value_date": date.fromisoformat(row["value_date"])})
