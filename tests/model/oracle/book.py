"""book.py - corridors from the YAML file that `sawa corridor load` reads, and their windows.

A window is [previous cut-off, cut-off). Cut-offs stand in the corridor's time zone, on the days
that are business days at both ends; what happens on another day belongs to the next one.

    window_id = corridor_id << 32 | days since 2000-01-01 << 8 | sequence (1, 2, ... in a day)

A local time means the first instant at which the clock shows it or a later time: the jump itself
where the clocks skip it, the first of the two where they show it twice. Two cut-offs that so fall
on one instant close one window, the first.
"""
import bisect
import csv
import os
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import yaml

from . import fees

DAY_ZERO = date(2000, 1, 1)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def us_of(instant):
    return (instant - EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True)
class Window:
    window_id: int
    corridor: str
    business_date: date
    sequence: int
    opens_us: int
    cut_off_us: int


@dataclass
class Corridor:
    corridor_id: int
    code: str
    source_currency: str
    target_currency: str
    settlement_currency: str
    model: str
    limit_minor: int
    participants: frozenset
    time_zone: str
    cut_offs: tuple          # minutes of the local day, 1 to 1440, ascending
    holidays: frozenset      # of both countries
    weekend: tuple = (5, 6)  # Monday is 0
    nostro: str = ""
    rate_rounding: str = ""  # empty: rates are not checked
    fees: tuple = ()         # of fees.Fee

    def is_business_day(self, day):
        return day.weekday() not in self.weekend and day not in self.holidays

    def cut_off_us(self, day, minute):
        return instant_of_local(ZoneInfo(self.time_zone), datetime.combine(day, time())
                                + timedelta(minutes=minute))

    def windows(self, first, last):
        """The windows whose business date lies in [first, last], in order."""
        day, opens = first, None
        while opens is None:                       # the cut-off before the first
            day -= timedelta(days=1)
            if self.is_business_day(day):
                opens = self.cut_off_us(day, self.cut_offs[-1])
        out, day = [], first
        while day <= last:
            for sequence, at in enumerate(self.cut_offs if self.is_business_day(day) else (), 1):
                cut_off = self.cut_off_us(day, at)
                if cut_off == opens:
                    continue
                window_id = self.corridor_id << 32 | (day - DAY_ZERO).days << 8 | sequence
                out.append(Window(window_id, self.code, day, sequence, opens, cut_off))
                opens = cut_off
            day += timedelta(days=1)
        return out


def instant_of_local(zone, naive):
    """Microseconds since 1970 of a local time, by the rule above."""
    early = naive.replace(tzinfo=zone, fold=0)
    if early.astimezone(timezone.utc).astimezone(zone).replace(tzinfo=None) == naive:
        return us_of(early.astimezone(timezone.utc))
    low, high = us_of(early) - 86_400_000_000, us_of(early)     # the jump lies between
    before = _offset(zone, low)
    while high - low > 1_000_000:
        middle = (low + high) // 2_000_000 * 1_000_000
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone, us):
    return (EPOCH + timedelta(microseconds=us)).astimezone(zone).utcoffset()


class Timetable:
    """The windows of one corridor, found by instant."""

    def __init__(self, corridor, first, last):
        self.windows = corridor.windows(first, last)
        self.cut_offs = [window.cut_off_us for window in self.windows]

    def index_after(self, instant_us):
        """Of the first window whose cut-off lies after the instant."""
        index = bisect.bisect_right(self.cut_offs, instant_us)
        assert index < len(self.windows), "the timetable ends before the traffic"
        return index


def _minutes(text):
    hour, minute = str(text).split(":")
    return int(hour) * 60 + int(minute)


def _holidays(path):
    """{country: its days}"""
    days = {}
    with open(path, encoding="utf-8") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        next(rows)
        for country, day, *_ in rows:
            days.setdefault(country, set()).add(date.fromisoformat(day))
    return days


def _newest(entries):
    newest = {}
    for entry in sorted(entries, key=lambda entry: entry["version"]):
        newest[entry["code"]] = entry
    return newest


def load(path):
    """{code: Corridor}, each in its last version."""
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    holidays = _holidays(os.path.join(os.path.dirname(path), document["holidays"]))
    return {code: Corridor(
        entry["corridor_id"], code, entry["source_currency"], entry["target_currency"],
        entry["settlement_currency"], entry["model"], int(entry["limit_minor"]),
        frozenset(entry["participants"]), entry["time_zone"],
        tuple(_minutes(at) for at in entry["cut_offs"]),
        frozenset().union(*(holidays[name] for name in entry["calendars"])),
        nostro=entry["nostro_account"], fees=fees.read(entry),
        rate_rounding=entry.get("rate_rounding", ""))
        for code, entry in _newest(document["corridors"]).items()}
