"""The model on logs small enough to work out by hand.

The corridor KES-NGN settles in NGN, cut-off 17:00 Nairobi (14:00 UTC), participants ALPHA, BETA,
GAMMA. Monday is 2026-11-16: its window is 1 << 32 | 9816 << 8 | 1, Tuesday's is 256 more.
"""
import unittest
from datetime import date, datetime, timezone

from oracle.book import Corridor, Country, us_of
from oracle.fields import EPOCH_DAY, event_day, event_id_of
from oracle.model import Model, Undetermined, net_positions
from oracle import fx, settle_parts
from oracle.limits import Settled

CORRIDOR = Corridor(1, "KES-NGN", "KES", "NGN", "NGN", "MULTILATERAL", 10 ** 12,
                    frozenset(("ALPHA", "BETA", "GAMMA")), "Africa/Nairobi", (1020,),
                    (Country(),))
MONDAY = 1 << 32 | 9816 << 8 | 1
TUESDAY = MONDAY + 256
DAYS = date(2026, 11, 1), date(2026, 11, 30)


def at(clock, day=16):
    hour, minute = map(int, clock.split(":"))
    return us_of(datetime(2026, 11, day, hour, minute, tzinfo=timezone.utc))


class Log:
    """Lines as the generator writes them; each record is given by what matters in it."""

    def __init__(self):
        self.lines, self.next = [], {}

    def add(self, event, minor, clock, *, partition=0, debtor="ALPHA", creditor="BETA",
            kind="COMPLETED", transfer=None, intent="payment", day=16, **other):
        offset = self.next.get(partition, 0)
        self.next[partition] = offset + 1
        row = {"event_id": f"00000000-0000-4000-8000-{event:012d}", "corridor": "KES-NGN",
               "uetr": "", "channel": "WALLET", "instructed": 100000, "instructed_ccy": "KES",
               "settlement": minor * 1000, "settlement_ccy": "NGN", "rate": "100000000000",
               "lock": "", "fee": "", "fee_ccy": "", "acceptance": at(clock, day), "return": "",
               "timestamp": at(clock, day) // 1000} | other
        self.lines.append("\t".join(map(str, (
            partition, offset, intent, row["event_id"], kind, row["corridor"], debtor, creditor,
            f"T{event if transfer is None else transfer}", "E2E", row["uetr"], row["channel"],
            row["instructed"], row["instructed_ccy"], row["settlement"], row["settlement_ccy"],
            row["rate"], row["lock"], row["fee"], row["fee_ccy"], row["acceptance"],
            row["return"], row["timestamp"]))) + "\n")
        return self

    def run(self, cuts=None, limits=None):
        return Model({"KES-NGN": CORRIDOR}, DAYS, cuts).run(self.lines, limits)


class Totals(unittest.TestCase):
    def test_a_day(self):
        """model: two payments one way, a refund back; totals, obligations, nets, accounts"""
        # ALPHA owes BETA 100.00 and 50.00; BETA pays 30.00 back; BETA owes GAMMA 5.00.
        model = (Log().add(1, 10000, "08:00").add(2, 5000, "09:00")
                 .add(3, 3000, "10:00", kind="REFUNDED", transfer=1)
                 .add(4, 500, "11:00", debtor="BETA", creditor="GAMMA").run())
        self.assertEqual(model.window_totals(), {MONDAY: [4, 0, 18500]})
        self.assertEqual(model.obligations(), {(MONDAY, "ALPHA", "BETA"): [2, 15000],
                                               (MONDAY, "BETA", "ALPHA"): [1, 3000],
                                               (MONDAY, "BETA", "GAMMA"): [1, 500]})
        gross = {pair[1:]: minor for pair, (_, minor) in model.obligations().items()}
        self.assertEqual(net_positions(gross, "MULTILATERAL"),
                         {"ALPHA": -12000, "BETA": 11500, "GAMMA": 500})
        self.assertEqual(net_positions(gross, "BILATERAL"),
                         {("ALPHA", "BETA"): 12000, ("BETA", "GAMMA"): 500})
        self.assertEqual(model.account_turnover(), {
            "OBLIGATION:ALPHA:NGN": [15000, 3000], "OBLIGATION:BETA:NGN": [3500, 15000],
            "OBLIGATION:GAMMA:NGN": [0, 500]})

    def test_instructions(self):
        """model: what is collected and paid under each netting model"""
        gross = {("A", "B"): 100, ("B", "A"): 30, ("B", "C"): 5}
        many = settle_parts.nets(gross, "MULTILATERAL")
        self.assertEqual(many, {("A", ""): (100, 30), ("B", ""): (35, 100), ("C", ""): (0, 5)})
        self.assertEqual(settle_parts.instructions(many, "MULTILATERAL"),
                         {("A", "", "COLLECT"): 70, ("B", "", "PAY"): 65, ("C", "", "PAY"): 5})
        pairs = settle_parts.nets(gross, "GROSS")
        self.assertEqual(pairs[("A", "B")], (100, 30))
        self.assertEqual(settle_parts.instructions(pairs, "GROSS"), {
            ("A", "B", "COLLECT"): 100, ("A", "B", "PAY"): 30, ("B", "A", "COLLECT"): 30,
            ("B", "A", "PAY"): 100, ("B", "C", "COLLECT"): 5, ("C", "B", "PAY"): 5})
        self.assertEqual(settle_parts.instructions(pairs, "BILATERAL"), {
            ("A", "B", "COLLECT"): 70, ("B", "A", "PAY"): 70, ("B", "C", "COLLECT"): 5,
            ("C", "B", "PAY"): 5})


class Books(unittest.TestCase):
    """ALPHA owes 90 and has placed it, BETA is owed 60 and settles for GAMMA, who is owed 30; what
    DELTA owes, 7, waits for the next window; a fee of 7 stays with us, a lock cost us 5."""

    SETTLED = {("ALPHA", ""): Settled(funded=90), ("BETA", ""): Settled(joined=30,
                                                                        instructed=(0, 90)),
               ("GAMMA", ""): Settled(joined=-30), ("DELTA", ""): Settled(carried_out=(7, 0))}

    def test_entries(self):
        """model: what a close books"""
        self.assertEqual(settle_parts.booked(self.SETTLED, {"GAMMA": "BETA"}, "NGN", -5), {
            ("OBLIGATION:BETA:NGN", "NOSTRO:NGN"): 90,
            ("OBLIGATION:GAMMA:NGN", "OBLIGATION:BETA:NGN"): 30,
            ("PREFUNDING:ALPHA:NGN", "OBLIGATION:ALPHA:NGN"): 90,
            ("FX_GAIN_LOSS:NGN", "FX_POSITION:NGN"): 5})

    def test_balances(self):
        """model: what a window leaves on each account; zero in all"""
        left = settle_parts.balances(self.SETTLED, {"FEE_INCOME:NGN": 7}, "NGN", -5)
        self.assertEqual(left, {
            "OBLIGATION:DELTA:NGN": 7, "FEE_INCOME:NGN": -7, "PREFUNDING:ALPHA:NGN": 90,
            "NOSTRO:NGN": -90, "FX_POSITION:NGN": -5, "FX_GAIN_LOSS:NGN": 5})
        with self.assertRaises(AssertionError):
            settle_parts.balances(self.SETTLED, {"FEE_INCOME:NGN": 8}, "NGN")

    def test_use_of_a_lock(self):
        """model: a lock of a window is used at its last instant, one of payments when they came"""
        volumes = {}
        fx.add_volume(volumes, "L", 100, 20)
        fx.add_volume(volumes, "L", -30, 10)
        self.assertEqual(fx.use(volumes, "L", False, 50), (70, 10, 20))
        self.assertEqual(fx.use(volumes, "L", True, 50), (70, 10, 50))
        self.assertEqual(fx.use(volumes, "M", True, 50), (0, 50, 50))


class Identity(unittest.TestCase):
    def outcome(self, log):
        partition = log.run().partitions[0]
        return sorted(partition.accepted), sorted(partition.duplicates), \
            {offset: reason for offset, (reason, _) in partition.parked.items()}

    def test_same_content(self):
        """model: the same event again is a duplicate without effect"""
        log = Log().add(1, 100, "08:00").add(1, 100, "08:00")
        self.assertEqual(self.outcome(log), ([0], [1], {}))

    def test_other_content(self):
        """model: the same id with another amount is parked"""
        log = Log().add(1, 100, "08:00").add(1, 900, "08:00").add(1, 100, "08:00")
        self.assertEqual(self.outcome(log), ([0], [2], {1: "same_id_different_content"}))

    def test_transfer_twice(self):
        """model: the same transfer under another id is parked; its reversal is not"""
        log = (Log().add(1, 100, "08:00", transfer=1).add(2, 100, "08:00", transfer=1)
               .add(3, 100, "08:01", transfer=1, kind="REVERSED"))
        self.assertEqual(self.outcome(log), ([0, 2], [], {1: "transfer_already_recorded"}))

    def test_reversal_first(self):
        """model: a reversal that comes before its payment counts, and so does the payment"""
        log = (Log().add(1, 100, "08:00", transfer=1, kind="REVERSED")
               .add(2, 100, "08:01", transfer=1))
        self.assertEqual(self.outcome(log), ([0, 1], [], {}))
        self.assertEqual(log.run().obligations(), {(MONDAY, "ALPHA", "BETA"): [1, 100],
                                                   (MONDAY, "BETA", "ALPHA"): [1, 100]})

    def test_refunds(self):
        """model: refunds in part, one a day; a second one of a day is parked, whatever it is"""
        log = (Log().add(1, 100, "08:00", transfer=1)
               .add(2, 30, "08:01", transfer=1, kind="REFUNDED")
               .add(3, 20, "08:02", transfer=1, kind="REFUNDED")
               .add(4, 20, "08:00", transfer=1, kind="REFUNDED", day=17))
        self.assertEqual(self.outcome(log), ([0, 1, 3], [], {2: "transfer_already_recorded"}))

    def test_reversal_after_the_close(self):
        """model: what comes back later is of the window that is open then, never of the closed"""
        log = (Log().add(1, 100, "08:00", transfer=1).add(2, 50, "15:00")
               .add(3, 100, "15:01", transfer=1, kind="REVERSED"))
        self.assertEqual(log.run().obligations(), {
            (MONDAY, "ALPHA", "BETA"): [1, 100], (TUESDAY, "ALPHA", "BETA"): [1, 50],
            (TUESDAY, "BETA", "ALPHA"): [1, 100]})

    def test_parked_is_not_held(self):
        """model: what was parked is not held against what comes later"""
        log = Log().add(1, 100, "08:00", creditor="NOBODY").add(1, 200, "08:00")
        self.assertEqual(self.outcome(log), ([1], [], {0: "participant_unknown"}))

    def test_undetermined(self):
        """model: one id on two partitions is refused, no order decides it"""
        with self.assertRaises(Undetermined):
            Log().add(1, 100, "08:00").add(1, 100, "08:00", partition=1).run()

    def test_ids(self):
        """model: day of a UUIDv7 from the id, of others from the acceptance; texts become v5"""
        # 0x018bcfe56800 ms = 1,700,000,000,000 ms = 2023-11-14 22:13:20 UTC, day 19675 of 1970.
        self.assertEqual(event_day("018bcfe56800" + "7" + "0" * 19, 0), 19675)
        self.assertEqual(event_day("018bcfe56800" + "4" + "0" * 19, 86_400_000_000 * 5 + 1), 5)
        self.assertEqual(event_id_of("018BCFE5-6800-7000-8000-000000000000"),
                         "018bcfe568007000" + "8000000000000000")
        self.assertEqual(event_id_of("invoice 7")[12], "5")
        self.assertEqual(date.fromordinal(19675 + EPOCH_DAY), date(2023, 11, 14))


class Refunds(unittest.TestCase):
    def test_parts(self):
        """model: refunds of one transfer and day are told apart by their own ids, and by nothing"""
        log = Log().add(1, 100, "08:00")
        for number, own in enumerate(("R1", "R2", "R1", "", "")):
            log.add(2 + number, 30, "09:00", kind="REFUNDED", transfer=1, **{"return": own})
        partition = log.run().partitions[0]
        self.assertEqual([entry.payment.return_id for entry in partition.accepted.values()],
                         ["", "R1", "R2", ""])
        self.assertEqual({offset: parked[0] for offset, parked in partition.parked.items()},
                         {3: "transfer_already_recorded", 5: "transfer_already_recorded"})


class Reasons(unittest.TestCase):
    def reason(self, intent="payment", minor=100, **other):
        return Log().add(1, minor, "08:00", intent=intent, **other).run() \
            .partitions[0].parked[0][0]

    def test_fields(self):
        """model: one bad field, one reason"""
        cases = {
            "value_missing": {"intent": "malformed:tombstone"},
            "avro_malformed": {"intent": "malformed:truncated"},
            "text_invalid": {"debtor": ""},
            "event_id_invalid": {"event_id": ""},
            "uetr_invalid": {"uetr": "not-a-uuid"},
            "return_id_unexpected": {"return": "R1"},
            "currency_unknown": {"settlement_ccy": "XQQ"},
            "amount_unreadable": {"settlement": 100100},      # NGN 1.001
            "amount_not_positive": {"minor": -1},
            "rate_invalid": {"rate": 0},
            "time_out_of_range": {"acceptance": at("09:01")},   # an hour and more ahead
            "event_day_out_of_range": {"event_id": "018bcfe5-6800-7000-8000-000000000000"},
            "corridor_unknown": {"corridor": "AAA-BBB"},
            "participant_unknown": {"creditor": "NOBODY"},
            "currency_not_of_corridor": {"settlement_ccy": "USD"},
            "participants_equal": {"creditor": "ALPHA"},
            "above_limit": {"minor": 10 ** 12 + 1},
        }
        for reason, case in cases.items():
            self.assertEqual(self.reason(**case), reason)

    def test_decimals(self):
        """model: 25000 francs are 25000 minor units, a tenth of one is unreadable"""
        from oracle.currency import minor_of_e5, text_of_minor
        self.assertEqual(minor_of_e5(2_500_000_000, "XOF"), 25000)
        self.assertEqual(minor_of_e5(2_500_010_000, "XOF"), None)
        self.assertEqual(minor_of_e5(1_234_000, "KES"), 1234)
        self.assertEqual(minor_of_e5(1_234_500, "TND"), 12345)
        self.assertEqual([text_of_minor(5, code) for code in ("UGX", "KES", "TND")],
                         ["5", "0.05", "0.005"])


class Windows(unittest.TestCase):
    def windows(self, model, partition=0):
        return [(entry.window_id, entry.late)
                for entry in model.partitions[partition].accepted.values()]

    def test_watermark(self):
        """model: the first event past the cut-off cuts; an older one behind it is late"""
        # 13:59 is before the cut-off, 14:00 is on it, 13:30 behind it is late.
        model = Log().add(1, 1, "13:59").add(2, 1, "14:00").add(3, 1, "13:30").run()
        self.assertEqual(self.windows(model),
                         [(MONDAY, False), (TUESDAY, False), (TUESDAY, True)])
        self.assertEqual(model.watermark_cuts[MONDAY, 0], 1)
        self.assertNotIn((TUESDAY, 0), model.watermark_cuts)

    def test_partitions_by_themselves(self):
        """model: each partition has its own watermark"""
        model = Log().add(1, 1, "14:30").add(2, 1, "13:30", partition=1).run()
        self.assertEqual(self.windows(model), [(TUESDAY, False)])
        self.assertEqual(self.windows(model, 1), [(MONDAY, False)])

    def test_parked_moves_the_watermark(self):
        """model: a parked record with sound fields moves the watermark, a damaged one does not"""
        model = (Log().add(1, 1, "15:00", intent="malformed:truncated")
                 .add(2, -1, "15:00").add(3, 1, "13:00")
                 .add(4, 1, "15:00", creditor="NOBODY").add(5, 1, "13:00").run())
        self.assertEqual(self.windows(model), [(MONDAY, False), (TUESDAY, True)])

    def test_cut_by_hand(self):
        """model: a cut of a close is a fact: what stands behind it belongs to the next window"""
        log = Log().add(1, 1, "10:00").add(2, 1, "10:01").add(3, 1, "10:02")
        self.assertEqual(self.windows(log.run({(MONDAY, 0): 1})),
                         [(MONDAY, False), (TUESDAY, True), (TUESDAY, True)])
        self.assertEqual(self.windows(log.run({(MONDAY, 0): 3})), [(MONDAY, False)] * 3)
        both = {(MONDAY, 0): 1, (TUESDAY, 0): 2}
        self.assertEqual([w for w, _ in self.windows(log.run(both))],
                         [MONDAY, TUESDAY, TUESDAY + 256])

    def test_limits(self):
        """model: told to, it stops where the positions stand"""
        log = Log().add(1, 1, "10:00").add(2, 1, "10:01").add(3, 1, "10:02", partition=1)
        model = log.run(limits={0: 1})
        self.assertEqual(model.counts()["accepted"], 1)


if __name__ == "__main__":
    unittest.main()
