"""events.py - makes the records of one shard: bytes for the broker, lines for the log.

The ordinary payment has a path of its own, unrolled for speed (`_ordinary`); everything odd is
rare and goes through `Event`, which says the same thing field by field.

What may repeat an earlier record takes it from a ring of recent ones on the same partition, so
that "earlier" means the same to every reader. The ring begins with the first records of an
earlier shard, made anew: the first PLAIN records of a shard are plain payments for that reason.
"""
import random
from array import array
from dataclasses import dataclass, replace

from . import currencies, wire
from .plan import CHANNELS, FEE_BASIS_POINTS, KINDS, LOCKS_A_DAY, MALFORMED, SHARD

PLAIN = 128
RING = 64
LOG_COLUMNS = ("partition", "offset", "intent", "event_id", "kind", "corridor", "debtor_agent",
               "creditor_agent", "transaction_id", "end_to_end_id", "uetr", "channel",
               "instructed_e5", "instructed_currency", "settlement_e5", "settlement_currency",
               "rate_e10", "lock_id", "fee_e5", "fee_currency", "acceptance_us", "return_id",
               "timestamp_ms")
DAY_US = 86_400_000_000
OLD_DAY_MS = 1_546_300_800_000   # 2019-01-01
FAR_US = 5_680_281_600_000_000   # 2150-01-01


@dataclass
class Event:
    event_id: str
    kind: str
    corridor: str
    debtor_agent: str
    creditor_agent: str
    transaction_id: str
    end_to_end_id: str
    uetr: str
    channel: str
    instructed_e5: int
    instructed_currency: str
    settlement_e5: int
    settlement_currency: str
    rate_e10: int          # 0: none
    lock_id: str           # "": none, as for the other texts
    fee_e5: int
    fee_currency: str
    acceptance_us: int
    debtor_account: str
    creditor_account: str
    debtor_name: str = ""
    debtor_country: str = ""
    debtor_town: str = ""
    creditor_name: str = ""
    creditor_country: str = ""
    creditor_town: str = ""
    purpose: str = ""
    return_id: str = ""

    def parties(self):
        """What the second version of the event says beyond the first."""
        return (self.debtor_name, self.debtor_country, self.debtor_town, self.creditor_name,
                self.creditor_country, self.creditor_town, self.purpose)

    def value(self, kind_index=None, end_to_end=None):
        def optional_text(value):
            return wire.optional(wire.text(value) if value else None)
        kind = KINDS.index(self.kind) if kind_index is None else kind_index
        named = any(self.parties())
        schema = 5 if self.return_id else 4 if named else 1
        return b"".join((
            wire.FRAME[schema], wire.text(self.event_id), wire.varint(kind),
            wire.text(self.corridor), wire.text(self.debtor_agent), wire.text(self.creditor_agent),
            wire.text(self.transaction_id), wire.text(end_to_end or self.end_to_end_id),
            optional_text(self.uetr), wire.varint(CHANNELS.index(self.channel)),
            wire.decimal(self.instructed_e5), wire.text(self.instructed_currency),
            wire.decimal(self.settlement_e5), wire.text(self.settlement_currency),
            wire.optional(None if self.rate_e10 == 0 else wire.decimal(self.rate_e10)),
            optional_text(self.lock_id),
            wire.optional(None if self.fee_e5 == 0 else wire.decimal(self.fee_e5)),
            optional_text(self.fee_currency), wire.varint(self.acceptance_us),
            optional_text(self.debtor_account), optional_text(self.creditor_account),
            *(map(optional_text, self.parties()) if named or self.return_id else ()),
            optional_text(self.return_id) if self.return_id else b""))

    def log(self):
        return "\t".join((
            self.event_id, self.kind, self.corridor, self.debtor_agent, self.creditor_agent,
            self.transaction_id, self.end_to_end_id, self.uetr, self.channel,
            str(self.instructed_e5), self.instructed_currency, str(self.settlement_e5),
            self.settlement_currency, str(self.rate_e10 or ""), self.lock_id,
            str(self.fee_e5 or ""), self.fee_currency, str(self.acceptance_us), self.return_id))


TOWNS = {"KE": "Nairobi", "NG": "Lagos", "UG": "Kampala", "ZA": "Durban"}


def names_of(debtor_agent, creditor_agent, number):
    """Who pays whom, by the countries of their agents' codes: invented, some of it left out."""
    found = {"debtor_name": f"Debtor {number & 0xFFFFF}", "debtor_country": debtor_agent[4:6],
             "creditor_name": f"Crédit & Söhne {number >> 20 & 0xFFFFF}",
             "creditor_country": creditor_agent[4:6]}
    for side in ("debtor", "creditor"):
        if number >> 40 & 3:
            found[f"{side}_town"] = TOWNS.get(found[f"{side}_country"], "Town")
    if number & 1:
        found["purpose"] = ("SALA", "GDDS", "FAMI", "SUPP")[number >> 1 & 3]
    return found


class Shard:
    """Records [low, high) of a run. Use: data, log = Shard(plan, number).make()."""

    def __init__(self, plan, number, low=None, high=None):
        self.plan, self.options, self.number = plan, plan.options, number
        self.low = number * SHARD if low is None else low
        self.high = min(plan.options.events, (number + 1) * SHARD) if high is None else high
        self.rng = random.Random(f"{plan.options.seed}/shard/{number}")
        self.plain = min(max(PLAIN, 16 * plan.options.partitions), (self.high - self.low) // 4)
        self.rings = [[] for _ in range(plan.options.partitions)]
        self.counts = {}

    # -- the schedule of oddities ----------------------------------------------------------

    def _schedule(self):
        """{index: intent}; as many of each as the rates say, at random places."""
        options, size = self.options, self.high - self.low
        rng = random.Random(f"{options.seed}/schedule/{self.number}")
        rates = (("duplicate", options.duplicates), ("other_content", options.other_content),
                 ("transfer_twice", options.transfer_twice), ("reversal", options.reversals),
                 ("late", options.late), ("malformed", options.malformed))
        intents = []
        for intent, rate in rates:
            exact = rate * size
            intents += [intent] * (int(exact) + (rng.random() < exact - int(exact)))
        intents = intents[:size - self.plain]
        places = rng.sample(range(self.low + self.plain, self.high), len(intents))
        return {place: self._intent(intent, number)
                for number, (place, intent) in enumerate(zip(places, intents))}

    def _intent(self, intent, number):
        if intent != "malformed":
            return intent
        kind = MALFORMED[(number + self.number) % len(MALFORMED)]
        if kind == "oversized":      # a mebibyte each: one a shard is enough
            if self.number in self.counts:
                return "malformed:truncated"
            self.counts[self.number] = True
        return f"malformed:{kind}"

    def _seed_rings(self):
        """The first records of the shard before, and of one some shards before that."""
        for back in (5, 1):
            if self.number >= back:
                earlier = Shard(self.plan, self.number - back)
                low = earlier.low
                earlier.rings = self.rings
                earlier._ordinary(low, low + earlier.plain, {}, [], [])

    # -- the run of the mill ---------------------------------------------------------------

    def make(self):
        """(record bytes as a list of chunks, log lines as a list)"""
        self._seed_rings()
        data, log = [], []
        self._ordinary(self.low, self.high, self._schedule(), data, log)
        return data, log

    def _ids_mask(self):
        """Of eight records, which have a time-ordered id."""
        return {"v7": 0xFF, "v4": 0, "mixed": 0b11101101}[self.options.ids]

    def _ordinary(self, low, high, schedule, data, log):
        plan, rng, rings = self.plan, self.rng, self.rings
        size = self.high - self.low
        words = array("Q")
        words.frombytes(rng.randbytes(24 * size))
        hexes = rng.randbytes(32 * size).hex()
        pairs, pair_mask, per_table = plan.pairs, len(plan.pairs) - 1, plan.per_table
        table, ranks, amounts, plain = plan.table, plan.ranks, plan.amounts, self.plain
        length, middle, last = wire.LENGTH, wire.MIDDLE, wire.LAST
        pack, rest = wire.RECORD.pack, wire.RECORD_REST
        named = self.options.names
        mask, lock_limit = self._ids_mask(), int(self.options.locks * 65536)
        scales = [(currencies.e5(1, c.source_currency), currencies.e5(1, c.settlement_currency))
                  for c in plan.corridors]
        money = [(wire.text(c.source_currency), wire.text(c.settlement_currency),
                  c.source_currency, c.settlement_currency) for c in plan.corridors]
        convert = currencies.convert
        for first, after, now, step, ordinal in plan.segments(low, high):
            rates = [self._rates_of(number, ordinal) for number in range(len(plan.corridors))]
            now -= step
            for index in range(first, after):
                now += step
                at = index - self.low
                who, what, extra = words[3 * at], words[3 * at + 1], words[3 * at + 2]
                pair = pairs[who & pair_mask]
                corridor = pair.corridor
                base = amounts[corridor][who >> 14 & 511]
                minor = base + (what & 0xFFFF) * base // 1_000_000
                acceptance = now - (what >> 16 & 0x3FFFFF)
                one = hexes[64 * at:64 * at + 64]
                if mask >> (index & 7) & 1:
                    ms = f"{now // 1000:012x}"
                    event_id = f"{ms[:8]}-{ms[8:]}-7{one[:3]}-a{one[3:6]}-{one[6:18]}"
                else:
                    event_id = f"{one[:8]}-{one[8:12]}-4{one[12:15]}-9{one[15:18]}-{one[18:30]}"
                uetr = f"{one[30:38]}-{one[38:42]}-4{one[42:45]}-8{one[45:48]}-{one[48:60]}"
                transaction_id = f"{pair.prefix}{index:010d}"
                end_to_end_id = f"E{who >> 40:08d}{one[60:]}"
                source_bytes, settled_bytes, source, settled = money[corridor]
                rate, rate_bytes, locks = rates[corridor]
                lock_id, lock_bytes = "", b"\0"
                if who >> 24 & 0xFFFF < lock_limit:
                    lock_id, rate, lock_bytes, rate_bytes = locks[who >> 22 & 3]
                if rate == 0:
                    settlement, rate_text = minor, ""
                else:
                    settlement, rate_text = convert(minor, source, rate, settled) or 1, str(rate)
                fee = minor * FEE_BASIS_POINTS[pair.channel] // 10_000
                source_unit, settled_unit = scales[corridor]
                instructed_e5, settlement_e5 = minor * source_unit, settlement * settled_unit
                fee_e5 = fee * source_unit
                debtor_account = f"2547{extra & 0x3FFFFFF:08d}"
                creditor_account = f"{extra >> 26 & 0x3FFFFFFFF:012d}"
                partition = table[index & 4095]
                offset = (index >> 12) * per_table[partition] + ranks[index & 4095]
                odd = schedule.get(index)
                if odd is not None or not at & 3 or at < plain or named:
                    event = Event(event_id, "COMPLETED", plan.corridors[corridor].code,
                                  pair.debtor, pair.creditor, transaction_id, end_to_end_id, uetr,
                                  CHANNELS[pair.channel], instructed_e5, source, settlement_e5,
                                  settled, rate, lock_id, fee_e5, source if fee else "",
                                  acceptance, debtor_account, creditor_account,
                                  **(names_of(pair.debtor, pair.creditor, extra) if named else {}))
                    if odd is not None:
                        self._odd(odd, event, index, now, partition, offset, data, log)
                        continue
                    if not at & 3 or at < plain:
                        ring = rings[partition]
                        ring.append(event)
                        if len(ring) > RING:
                            del ring[0]
                size_i = (instructed_e5.bit_length() + 8) >> 3
                size_s = (settlement_e5.bit_length() + 8) >> 3
                if fee:
                    size_f = (fee_e5.bit_length() + 8) >> 3
                    fee_bytes = b"\2" + length[size_f] + fee_e5.to_bytes(size_f, "big") \
                        + b"\2" + source_bytes
                    fee_text, fee_currency = str(fee_e5), source
                else:
                    fee_bytes, fee_text, fee_currency = b"\0\0", "", ""
                zigzag = acceptance << 1
                value = b"".join((
                    b"\0\0\0\0\1\x48", event_id.encode(), b"\0", pair.parties,
                    length[len(transaction_id)], transaction_id.encode(),
                    length[len(end_to_end_id)], end_to_end_id.encode(),
                    b"\2\x48", uetr.encode(), pair.channel_bytes,
                    length[size_i], instructed_e5.to_bytes(size_i, "big"), source_bytes,
                    length[size_s], settlement_e5.to_bytes(size_s, "big"), settled_bytes,
                    rate_bytes, lock_bytes, fee_bytes,
                    middle[zigzag & 16383], middle[zigzag >> 14 & 16383],
                    middle[zigzag >> 28 & 16383], last[zigzag >> 42],
                    b"\2", length[len(debtor_account)], debtor_account.encode(),
                    b"\2", length[len(creditor_account)], creditor_account.encode()))
                if named:
                    value = event.value()
                key = transaction_id.encode()
                data.append(pack(rest + len(key) + len(value), partition, len(key), len(value),
                                 now // 1000))
                data.append(key)
                data.append(value)
                log.append(
                    f"{partition}\t{offset}\tpayment\t{event_id}\tCOMPLETED\t{pair.log}"
                    f"\t{transaction_id}\t{end_to_end_id}\t{uetr}\t{CHANNELS[pair.channel]}"
                    f"\t{instructed_e5}\t{source}\t{settlement_e5}\t{settled}\t{rate_text}"
                    f"\t{lock_id}\t{fee_text}\t{fee_currency}\t{acceptance}\t\t{now // 1000}\n")

    def _rates_of(self, number, ordinal):
        """(rate, its bytes, [(lock id, rate, lock bytes, rate bytes)]) of a corridor's day. A lock
        is about source and target: it gives the payment's rate where it settles in the target."""
        corridor, rate = self.plan.corridors[number], self.plan.rate(number, ordinal)

        def encoded(value):
            return wire.optional(wire.decimal(value) if value else None)
        locks = []
        for which in range(LOCKS_A_DAY):
            lock_id, locked = self.plan.lock(number, ordinal, which)
            used = locked if corridor.settlement_currency == corridor.target_currency else rate
            locks.append((lock_id, used, wire.optional(wire.text(lock_id)), encoded(used)))
        return rate, encoded(rate), locks

    # -- the odd ones ----------------------------------------------------------------------

    def _odd(self, intent, event, index, now, partition, offset, data, log):
        ring = self.rings[partition]
        value = None
        if intent == "duplicate" and ring:
            event = ring[index % len(ring)]
        elif intent == "other_content" and ring:
            event = self._other_content(ring[index % len(ring)], index)
        elif intent == "transfer_twice" and ring:
            event = replace(ring[index % len(ring)], event_id=event.event_id)
        elif intent == "reversal" and ring:
            event = self._reversal(ring[index % len(ring)], event, index)
        elif intent == "late":
            event = replace(event, acceptance_us=now - 7_200_000_000 - index % 24 * 3_600_000_000)
        elif intent.startswith("malformed:"):
            event, value = self._malformed(intent[10:], event, index)
        else:                        # nothing yet to repeat
            intent = "payment"
        if value is None:
            value = event.value()
        if intent == "malformed:tombstone":
            value = None
        data.append(wire.record(partition, now // 1000, event.transaction_id.encode(), value))
        log.append(f"{partition}\t{offset}\t{intent}\t{event.log()}\t{now // 1000}\n")

    def _other_content(self, earlier, index):
        """The same id with one field changed: amount, time, channel, or creditor's reference."""
        return (replace(earlier, instructed_e5=9 * earlier.instructed_e5,
                        settlement_e5=9 * earlier.settlement_e5),
                replace(earlier, acceptance_us=earlier.acceptance_us + 1),
                replace(earlier, channel="CARD" if earlier.channel != "CARD" else "BANK"),
                replace(earlier, end_to_end_id="CHANGED"))[index % 4]

    def _reversal(self, earlier, event, index):
        """A reversal of the whole, or a refund; of a part where the amount can be halved."""
        kind = KINDS[1 + index % 2]
        back = replace(earlier, event_id=event.event_id, kind=kind, fee_e5=0, fee_currency="",
                       acceptance_us=event.acceptance_us)
        unit_i = currencies.e5(1, back.instructed_currency)
        unit_s = currencies.e5(1, back.settlement_currency)
        if kind == "REFUNDED" and back.instructed_e5 // unit_i > 1 < back.settlement_e5 // unit_s:
            back = replace(back, instructed_e5=back.instructed_e5 // unit_i // 2 * unit_i,
                           settlement_e5=back.settlement_e5 // unit_s // 2 * unit_s)
        return replace(back, return_id=self._return_id(earlier, index) if kind == KINDS[2] else "")

    @staticmethod
    def _return_id(earlier, index):
        """Of half of the refunds: one that is its own, or one that all of the transfer share."""
        if index & 2:
            return f"R{index:010d}" if index & 4 else f"R-{earlier.transaction_id}"[:35]
        return ""

    def _malformed(self, kind, event, index):
        """(event as the log tells it, bytes or None where the event's own bytes do)"""
        value = event.value()
        if kind == "truncated":
            return event, value[:6 + index % (len(value) - 6)]
        if kind == "wrong_magic":
            return event, b'{"event_id":"' + event.event_id.encode() + b'"}'
        if kind == "unknown_schema":
            return event, b"\0\0\0\3\xe7" + value[5:]
        if kind == "oversized":
            return event, value + b"\0" * (self.options.oversized_bytes - len(value))
        if kind == "bad_utf8":
            return event, event.value(end_to_end=b"E2E\xc3\x28\xff")
        if kind == "bad_enum":
            return event, event.value(kind_index=9)
        return self._bad_field(kind, event), None

    def _bad_field(self, kind, event):
        unit = currencies.e5(1, event.settlement_currency)
        own = next(c for c in self.plan.corridors if c.code == event.corridor)
        foreign = next(code for code in ("CHF", "USD", "EUR", "ZAR") if code not in (
            own.source_currency, own.target_currency, own.settlement_currency))
        old_id = f"{OLD_DAY_MS:012x}"
        changes = {
            "tombstone": {},
            "negative_amount": {"settlement_e5": -event.settlement_e5},
            "zero_amount": {"settlement_e5": 0},
            "too_many_decimals": {"settlement_e5": event.settlement_e5 + unit // 10},
            "unknown_currency": {"instructed_currency": "XQQ"},
            "bad_rate": {"rate_e10": -1},
            "uetr_invalid": {"uetr": "not-a-uuid"},
            "return_id_unexpected": {"return_id": "R1"},
            "event_id_empty": {"event_id": ""},
            "time_far": {"acceptance_us": FAR_US},
            "time_ahead": {"acceptance_us": event.acceptance_us + DAY_US},
            "day_old": {"acceptance_us": event.acceptance_us - 3650 * DAY_US,
                        "event_id": old_id[:8] + "-" + old_id[8:] + event.event_id[13:]},
            "unknown_corridor": {"corridor": "AAA-BBB"},
            "participant_unknown": {"creditor_agent": "NOSUCHBANK"},
            "currency_not_of_corridor": {"settlement_currency": foreign, "settlement_e5": 10 ** 7},
            "participants_equal": {"creditor_agent": event.debtor_agent},
            "above_limit": {"settlement_e5": (own.limit_minor + 1) * unit},
        }
        return replace(event, **changes[kind])
