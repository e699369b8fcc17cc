"""Windows of a corridor, against figures by hand and against zone data."""
import unittest
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from oracle.book import Corridor, Country, Timetable, instant_of_local, us_of


def corridor(zone, cut_offs, holidays=(), corridor_id=7):
    return Corridor(corridor_id, "A-B", "KES", "NGN", "NGN", "GROSS", 10 ** 9,
                    frozenset(("AAAA", "BBBB")), zone, cut_offs,
                    (Country(holidays=frozenset(holidays)),))


def utc(text):
    return us_of(datetime.fromisoformat(text).replace(tzinfo=timezone.utc))


class Windows(unittest.TestCase):
    def test_id(self):
        """book: the window id is corridor, days since 2000-01-01, sequence"""
        # 2026-11-16 is day 9816 of 2000-01-01: 26 years of 365 and 7 leap days are 9497, then
        # 304 days to 1 November and 15 more. 7 << 32 | 9816 << 8 | 2.
        windows = corridor("Africa/Nairobi", (720, 1020)).windows(
            date(2026, 11, 16), date(2026, 11, 16))
        self.assertEqual([w.sequence for w in windows], [1, 2])
        self.assertEqual(windows[1].window_id, 7 * 4294967296 + 9816 * 256 + 2)

    def test_weekend(self):
        """book: Friday evening and the weekend belong to Monday"""
        windows = corridor("Africa/Nairobi", (1020,)).windows(
            date(2026, 11, 20), date(2026, 11, 23))
        self.assertEqual([w.business_date for w in windows],
                         [date(2026, 11, 20), date(2026, 11, 23)])
        self.assertEqual(windows[1].opens_us, utc("2026-11-20T14:00"))   # Nairobi is UTC+3
        self.assertEqual(windows[1].cut_off_us, utc("2026-11-23T14:00"))

    def test_holiday(self):
        """book: a holiday at either end falls into the next business day"""
        windows = corridor("Africa/Lagos", (960,), [date(2026, 11, 17)]).windows(
            date(2026, 11, 16), date(2026, 11, 18))
        self.assertEqual([w.business_date.day for w in windows], [16, 18])
        self.assertEqual(windows[1].opens_us, utc("2026-11-16T15:00"))

    def test_first_window_opens_at_the_cut_off_before(self):
        """book: the first window of a table opens where the day before it ended"""
        windows = corridor("Africa/Lagos", (960,)).windows(
            date(2026, 11, 16), date(2026, 11, 16))
        self.assertEqual(windows[0].opens_us, utc("2026-11-13T15:00"))   # the Friday before

    def test_half_open(self):
        """book: an instant on the cut-off belongs to the next window"""
        table = Timetable(corridor("Africa/Lagos", (960,)), date(2026, 11, 16),
                          date(2026, 11, 20))
        at = utc("2026-11-16T15:00")
        self.assertEqual(table.windows[table.index_after(at - 1)].business_date.day, 16)
        self.assertEqual(table.windows[table.index_after(at)].business_date.day, 17)

    def test_daylight_saving(self):
        """book: a week with a change of clocks, by hand (Paris) and by zone data (Cairo)"""
        # Paris leaves summer time on Sunday 2026-10-25: 17:00 is 15:00 UTC on the Friday before,
        # 16:00 UTC on the Monday after.
        friday, monday = corridor("Europe/Paris", (1020,)).windows(
            date(2026, 10, 23), date(2026, 10, 26))
        self.assertEqual(friday.cut_off_us, utc("2026-10-23T15:00"))
        self.assertEqual((monday.opens_us, monday.cut_off_us),
                         (utc("2026-10-23T15:00"), utc("2026-10-26T16:00")))
        for first in (date(2026, 4, 20), date(2026, 10, 26)):
            self.against_zone_data("Africa/Cairo", first)

    def test_skipped_and_repeated_times(self):
        """book: a skipped local time is the jump, a repeated one its first showing"""
        # Cairo skips 00:00 to 01:00 on Friday 2026-04-24: the jump is Thursday 22:00 UTC. It
        # shows 23:00 to 24:00 twice on Thursday 2026-10-29: the first 23:30 is 20:30 UTC.
        cairo = ZoneInfo("Africa/Cairo")
        for minute in (0, 30, 59):
            self.assertEqual(instant_of_local(cairo, datetime(2026, 4, 24, 0, minute)),
                             utc("2026-04-23T22:00"))
        self.assertEqual(instant_of_local(cairo, datetime(2026, 4, 24, 1, 1)),
                         utc("2026-04-23T22:01"))
        self.assertEqual(instant_of_local(cairo, datetime(2026, 10, 29, 23, 30)),
                         utc("2026-10-29T20:30"))
        # Two cut-offs inside the skipped hour are one instant: one window, the first.
        friday = corridor("Africa/Cairo", (15, 45, 720)).windows(
            date(2026, 4, 24), date(2026, 4, 24))
        self.assertEqual([w.sequence for w in friday], [1, 3])

    def test_weekends_and_overrides(self):
        """book: each country rests its own way, and is believed where it says otherwise"""
        # 2026-11-20 is a Friday. Egypt rests on Friday and Saturday, Kenya on Saturday and Sunday.
        egypt = Country(frozenset((4, 5)), overrides={date(2026, 11, 20): ("BUSINESS", False)})
        kenya = Country(overrides={date(2026, 11, 18): ("HALF", utc("2026-11-18T11:00")),
                                   date(2026, 11, 23): ("HOLIDAY", False)})
        both = corridor("Africa/Nairobi", (600, 840, 1020))
        both.countries = egypt, kenya
        windows = both.windows(date(2026, 11, 17), date(2026, 11, 28))
        self.assertEqual([(w.business_date.day, w.sequence) for w in windows], [
            (17, 1), (17, 2), (17, 3), (18, 1), (18, 2), (19, 1), (19, 2), (19, 3), (20, 1),
            (20, 2), (20, 3), (24, 1), (24, 2), (24, 3), (25, 1), (25, 2), (25, 3), (26, 1),
            (26, 2), (26, 3)])
        self.assertEqual(windows[5].opens_us, utc("2026-11-18T11:00"))   # 14:00 in Nairobi: kept

    def test_value_dates(self):
        """book: n days of the settlement system, then a day on which all work, never before"""
        # 2026-11-20 is a Friday, 2026-11-30 a Monday and the last of its month.
        one = corridor("Africa/Nairobi", (600,))
        one.lag = 2
        self.assertEqual(one.value_date(date(2026, 11, 19)), date(2026, 11, 23))
        one.settlement_countries = (Country(frozenset((6,)), frozenset((date(2026, 11, 23),))),)
        self.assertEqual(one.value_date(date(2026, 11, 19)), date(2026, 11, 24))   # Fri, Sat, roll
        one.roll = "PRECEDING"
        self.assertEqual(one.value_date(date(2026, 11, 19)), date(2026, 11, 20))
        one.lag, one.roll = 1, "MODIFIED_FOLLOWING"
        one.countries = (Country(holidays=frozenset((date(2026, 11, 30),))),)
        self.assertEqual(one.value_date(date(2026, 11, 27)), date(2026, 11, 27))   # Sat, back
        one.lag = 0
        self.assertEqual(one.value_date(date(2026, 11, 30)), date(2026, 12, 1))

    def against_zone_data(self, zone, first):
        """Walks the hours of two weeks in UTC and asks the zone for the local clock."""
        windows = corridor(zone, (1020,)).windows(first, first + timedelta(days=14))
        cut_offs, instant = [], datetime(first.year, first.month, first.day, tzinfo=timezone.utc)
        while len(cut_offs) < len(windows):
            local = instant.astimezone(ZoneInfo(zone))
            if local.hour == 17 and local.weekday() < 5:
                cut_offs.append(us_of(instant))
            instant += timedelta(hours=1)
        self.assertEqual(cut_offs, [window.cut_off_us for window in windows])
        self.assertEqual(2, len({cut_off // 3_600_000_000 % 24 for cut_off in cut_offs}))


if __name__ == "__main__":
    unittest.main()
