"""book.py - corridors from the YAML file that `sawa corridor load` reads, and their windows.

A window is [previous cut-off, cut-off). Cut-offs stand in the corridor's time zone, on the days
that are business days at both ends; what happens on another day belongs to the next one.

    window_id = corridor_id << 32 | days since 2000-01-01 << 8 | sequence (1, 2, ... in a day)

A country rests on its weekend and its holidays, unless the book has an override for the day: a
holiday announced late, a day worked through, a day that ends early (cut-offs behind its end do not
exist). A version of a corridor knows the weekends and overrides that were announced by the day it
takes effect.

The money of a window moves on its value date: so many business days of the settlement calendar on,
then rolled to a day on which all calendars work, and never before the business date.

A local time means the first instant at which the clock shows it or a later time: the jump itself
where the clocks skip it, the first of the two where they show it twice. Two cut-offs that so fall
on one instant close one window, the first.
"""
import bisect
import csv
import os
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import yaml

from . import fees, fx, limits

DAY_ZERO = date(2000, 1, 1)
DAY = timedelta(days=1)
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
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


@dataclass(frozen=True)
class Country:
    """When one country rests, and what it says of single days."""
    weekend: frozenset = frozenset((5, 6))     # Monday is 0
    holidays: frozenset = frozenset()
    overrides: dict = field(default_factory=dict)   # {day: ("HOLIDAY" or "BUSINESS" or "HALF",
                                                    #        instant a half day ends in us)}

    def works(self, day):
        if day in self.overrides:
            return self.overrides[day][0] != "HOLIDAY"
        return day.weekday() not in self.weekend and day not in self.holidays

    def ends_us(self, day):
        kind, end = self.overrides.get(day, (None, None))
        return end if kind == "HALF" else None


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
    countries: tuple         # of both ends
    nostro: str = ""
    rate_rounding: str = ""  # empty: rates are not checked
    fx: object = None        # fx.Policy; None: its windows know no rates
    fees: tuple = ()         # of fees.Fee
    settlement_countries: tuple = ()    # of the settlement currency's system; none: as countries
    lag: int = 0
    roll: str = "FOLLOWING"
    minimum: int = 0         # below it a net is carried over
    through: dict = field(default_factory=dict)     # {member: who settles for it}
    prefunded: frozenset = frozenset()
    customers: bool = False  # its payments are instructed one by one

    def terms(self, **known):
        return limits.Terms(minimum=self.minimum, through=self.through, prefunded=self.prefunded,
                            **known)

    def is_business_day(self, day):
        return all(country.works(day) for country in self.countries)

    def cut_offs_us(self, day):
        """(sequence, instant) of a business day; fewer on one that ends early."""
        ends = [end for end in (country.ends_us(day) for country in self.countries)
                if end is not None]
        points = [(number, self.cut_off_us(day, at))
                  for number, at in enumerate(self.cut_offs, 1)]
        return [point for point in points if all(point[1] <= end for end in ends)]

    def value_date(self, business_date):
        """None of this knows where the holidays end: the program refuses there."""
        system = self.settlement_countries or self.countries
        good = {True: lambda day: all(country.works(day) for country in system + self.countries),
                False: lambda day: all(country.works(day) for country in system)}
        day = business_date
        for _ in range(self.lag):
            day = _walk(day + DAY, DAY, good[False])
        forward, back = _walk(day, DAY, good[True]), _walk(day, -DAY, good[True])
        rolled = {"FOLLOWING": forward, "PRECEDING": back,
                  "MODIFIED_FOLLOWING": forward if (forward.year, forward.month)
                  == (day.year, day.month) else back}[self.roll]
        return rolled if rolled >= business_date else _walk(business_date, DAY, good[True])

    def cut_off_us(self, day, minute):
        return instant_of_local(ZoneInfo(self.time_zone), datetime.combine(day, time())
                                + timedelta(minutes=minute))

    def windows(self, first, last):
        """The windows whose business date lies in [first, last], in order."""
        day, opens = first, None
        while opens is None:                       # the cut-off before the first
            day -= DAY
            if self.is_business_day(day) and self.cut_offs_us(day):
                opens = self.cut_offs_us(day)[-1][1]
        out, day = [], first
        while day <= last:
            for sequence, cut_off in self.cut_offs_us(day) if self.is_business_day(day) else ():
                if cut_off == opens:
                    continue
                window_id = self.corridor_id << 32 | (day - DAY_ZERO).days << 8 | sequence
                out.append(Window(window_id, self.code, day, sequence, opens, cut_off))
                opens = cut_off
            day += DAY
        return out


def _walk(day, step, is_good):
    while not is_good(day):
        day += step
    return day


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


def _country(document, holidays, name, known_on):
    """A country as it is known on that day."""
    weekends = [entry for entry in document.get("weekends", ()) if entry["country"] == name
                and entry.get("effective_from", date.min) <= known_on]
    overrides = {
        entry["date"]: (entry["day"], entry["day"] == "HALF" and instant_of_local(
            ZoneInfo(entry["time_zone"]), datetime.combine(entry["date"], time())
            + timedelta(minutes=_minutes(entry["until"]))))
        for entry in document.get("overrides", ())
        if entry["country"] == name and entry["announced"] <= known_on}
    if not weekends:
        return Country(holidays=frozenset(holidays[name]), overrides=overrides)
    newest = max(weekends, key=lambda entry: entry.get("effective_from", date.min))
    return Country(frozenset(WEEKDAYS.index(day) for day in newest["days"]),
                   frozenset(holidays[name]), overrides)


# What a preset says where the corridor says nothing.
PRESETS = {"DAILY_MULTILATERAL_PREFUNDED": {
    "model": "MULTILATERAL", "prefunded": True, "time_zone": "Etc/UTC", "cut_offs": ["11:00"],
    "settlement_lag": 1}}


def _members(entry):
    """{participant: what the corridor says of it}"""
    return {one["code"]: one if len(one) > 1 else {} for one in
            (one if isinstance(one, dict) else {"code": one} for one in entry["participants"])}


def _through(entry):
    return {code: one["settles_through"] for code, one in _members(entry).items()
            if "settles_through" in one}


def _prefunded(entry):
    return frozenset(code for code, one in _members(entry).items()
                     if one.get("prefunded", entry.get("prefunded", False))
                     and "settles_through" not in one)


def load(path):
    """{code: Corridor}, each in its last version."""
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    document["corridors"] = [PRESETS.get(entry.get("preset"), {}) | entry
                             for entry in document["corridors"]]
    holidays = _holidays(os.path.join(os.path.dirname(path), document["holidays"]))

    def countries(entry, key):
        return tuple(_country(document, holidays, name, entry["effective_from"])
                     for name in entry.get(key, ()))

    return {code: Corridor(
        entry["corridor_id"], code, entry["source_currency"], entry["target_currency"],
        entry["settlement_currency"], entry["model"], int(entry["limit_minor"]),
        frozenset(_members(entry)), entry["time_zone"],
        tuple(_minutes(at) for at in entry["cut_offs"]), countries(entry, "calendars"),
        entry["nostro_account"], entry.get("rate_rounding", ""), fx.read(entry), fees.read(entry),
        countries(entry, "settlement_calendars"), entry.get("settlement_lag", 0),
        entry.get("roll_convention", "FOLLOWING"), entry.get("minimum_minor", 0),
        _through(entry), _prefunded(entry), entry.get("customer_payments", False))
        for code, entry in _newest(document["corridors"]).items()}
