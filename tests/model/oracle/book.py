"""book.py - corridors from the YAML file that `sawa corridor load` reads, and their windows.

A window is [previous cut-off, cut-off). Cut-offs stand in the corridor's time zone, on the days
that are business days at both ends; what happens on another day belongs to the next one.

    window_id = corridor_id << 32 | days since 2000-01-01 << 8 | sequence (1, 2, ... in a day)
"""
import bisect
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import yaml

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
    cut_offs: tuple          # of datetime.time, ascending
    holidays: frozenset      # of both countries
    weekend: tuple = (5, 6)  # Monday is 0
    nostro: str = ""

    def is_business_day(self, day):
        return day.weekday() not in self.weekend and day not in self.holidays

    def cut_off_us(self, day, at):
        return us_of(datetime.combine(day, at, ZoneInfo(self.time_zone)))

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
                window_id = self.corridor_id << 32 | (day - DAY_ZERO).days << 8 | sequence
                out.append(Window(window_id, self.code, day, sequence, opens, cut_off))
                opens = cut_off
            day += timedelta(days=1)
        return out


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


def _time(value):
    if isinstance(value, int):                     # YAML 1.1 reads 17:00 as 1020 minutes
        return time(value // 60, value % 60)
    hour, minute = str(value).split(":")
    return time(int(hour), int(minute))


def _dates(values):
    return {value if isinstance(value, date) else date.fromisoformat(str(value))
            for value in values or ()}


def read(document):
    """{code: Corridor} of a parsed document."""
    calendars = {name: _dates(days) for name, days in (document.get("holidays") or {}).items()}
    corridors = {}
    for entry in document["corridors"]:
        holidays = set().union(*(calendars.get(name, set()) for name in entry["calendars"]))
        corridors[entry["code"]] = Corridor(
            entry["id"], entry["code"], entry["source_currency"], entry["target_currency"],
            entry["settlement_currency"], entry.get("model", "GROSS"), entry["limit_minor"],
            frozenset(entry["participants"]), entry["time_zone"],
            tuple(sorted(_time(at) for at in entry["cut_offs"])), frozenset(holidays),
            nostro=entry.get("nostro", ""))
    return corridors


def load(path):
    with open(path, encoding="utf-8") as file:
        return read(yaml.safe_load(file))
