"""fx_parts.py - rates and locks, held against fx.tsv: both ways, every column; and what closed
windows were worth at their rates and locks (fx.py), from the log and fx.tsv alone."""
from collections import defaultdict
from datetime import datetime, timezone

from . import fx
from .currency import minor_of_e5


def _instant(us):
    return datetime.fromtimestamp(int(us) // 1_000_000, timezone.utc)


def _read(path):
    with open(path, encoding="utf-8") as file:
        names = next(file).rstrip("\n").split("\t")
        return [dict(zip(names, line.rstrip("\n").split("\t"))) for line in file]


def rates(context, part):
    expected = {row["event_id"]: (int(row["offset"]), row["source"], row["base_currency"],
                                  row["quote_currency"], int(row["rate_e10"]),
                                  _instant(row["valid_from_us"]), _instant(row["valid_until_us"]))
                for row in _read(context.fx_log) if row["kind"] == "RATE"}
    found = {row[0]: row[1:] for row in context.database.rows(
        "SELECT event_id::text, record_offset, rate_source, base_currency, quote_currency,"
        " rate_e10, valid_from, valid_until FROM fx_rate")}
    part.equal_maps("rate", expected, found)


def locks(context, part):
    ids = {code: corridor.corridor_id for code, corridor in context.model.corridors.items()}
    expected = {row["event_id"]: (int(row["offset"]), row["lock_id"], ids.get(row["corridor"]),
                                  row["base_currency"], row["quote_currency"],
                                  int(row["rate_e10"]),
                                  minor_of_e5(int(row["notional_e5"]), row["base_currency"]),
                                  _instant(row["valid_from_us"]), _instant(row["valid_until_us"]),
                                  row["settlement_window"])
                for row in _read(context.fx_log) if row["kind"] == "LOCK"}
    found = {row[0]: row[1:] for row in context.database.rows(
        "SELECT event_id::text, record_offset, lock_id::text, corridor_id, base_currency,"
        " quote_currency, rate_e10, notional_minor, valid_from, valid_until,"
        " coalesce(business_date || '/' || window_sequence, '') FROM fx_lock")}
    part.equal_maps("lock", expected, found)


# ---- closed windows ----------------------------------------------------------------------------

def _quotes(rows):
    return [fx.Quote(row["event_id"], row["source"], row["base_currency"], row["quote_currency"],
                     {"BID": 0, "MID": int(row["rate_e10"]), "ASK": 0},
                     int(row["valid_from_us"]), int(row["valid_until_us"]))
            for row in rows if row["kind"] == "RATE"]


def _volumes(context):
    """{window id: {lock id or "": [source minor, first acceptance, last]}} of the model."""
    out = defaultdict(dict)
    for _, _, entry in context.model.accepted():
        paid = entry.payment
        fx.add_volume(out[entry.window_id], paid.lock_id,
                      paid.instructed if paid.kind == "COMPLETED" else -paid.instructed,
                      paid.acceptance_us)
    return out


def _locks_of(window, volumes, rows, drawn):
    """[(lock id, fx.Lock)] in the order in which they are drawn on."""
    out, as_of = [], window.cut_off_us - 1
    name = f"{window.business_date}/{window.sequence}"
    for row in rows:
        lock_id, ours = row["lock_id"].replace("-", ""), row["settlement_window"] == name
        if row["corridor"] != window.corridor or not (ours or lock_id in volumes):
            continue
        out.append((lock_id, fx.Lock(
            ours, row["base_currency"], row["quote_currency"], int(row["rate_e10"]),
            minor_of_e5(int(row["notional_e5"]), row["base_currency"]),
            int(row["valid_from_us"]), int(row["valid_until_us"]), drawn[lock_id],
            *fx.use(volumes, lock_id, ours, as_of))))
    return sorted(out, key=lambda one: (one[1].is_of_window, one[1].valid_from_us, one[0]))


def _expected_windows(context, closed):
    """window id: ((rate, volume, worth, covered, result, quotes), {lock id: what it did})"""
    rows = _read(context.fx_log)
    quotes, volumes, drawn = _quotes(rows), _volumes(context), defaultdict(int)
    locks = [row for row in rows if row["kind"] == "LOCK"]
    for code, corridor in context.model.corridors.items():
        for window in context.model.timetables[code].windows if corridor.fx else ():
            paid = volumes.get(window.window_id)
            if window.window_id not in closed or not paid:
                continue
            given, wanted = corridor.source_currency, corridor.settlement_currency
            rate, legs = fx.choose(corridor.fx, given, wanted, window.cut_off_us - 1, quotes)
            used = _locks_of(window, paid, locks, drawn)
            volume = sum(one[0] for one in paid.values())
            worth, covered, result, told = fx.gain(volume, rate, given, wanted,
                                                   corridor.fx.rounding, [one[1] for one in used])
            for (lock_id, _), one in zip(used, told):
                drawn[lock_id] += one[1]
            yield window.window_id, (rate, volume, worth, covered, result,
                                     *[leg[0] for leg in legs]), \
                {lock_id: (lock.claimed, *one) for (lock_id, lock), one in zip(used, told)}


def windows(context, part):
    closed = {row[0] for row in context.database.rows("SELECT window_id FROM net_proof")}
    expected, covers = {}, {}
    for window_id, row, locks_told in _expected_windows(context, closed):
        expected[window_id] = row
        covers |= {(window_id, lock_id): one for lock_id, one in locks_told.items()}
    found = {row[0]: tuple(value for value in row[1:] if value is not None)
             for row in context.database.rows(
                 "SELECT window_id, rate_e10, volume_minor, worth_minor, locked_minor,"
                 " result_minor, quote_id::text, pivot_quote_id::text FROM window_fx")}
    part.looked_at += len(closed - expected.keys()) # of these there is nothing
    part.equal_maps("rate of window", expected, found)
    part.equal_maps("cover (window, lock)", covers, {
        row[:2]: row[2:] for row in context.database.rows(
            "SELECT window_id, replace(lock_id::text, '-', ''), claimed_minor, cover,"
            " covered_minor, lock_worth_minor, rate_worth_minor FROM window_fx_lock")})
    part.equal_maps("entry of a result (window)", {
        window_id: row[4] for window_id, row in expected.items() if row[4]},
        dict(context.database.rows(
            "SELECT window_id, sum(credit_minor - debit_minor)::bigint"
            "  FROM posting JOIN account USING (account_id)"
            " WHERE kind = 'FX_GAIN_LOSS' GROUP BY window_id")))


PARTS = {"fx-rates": rates, "fx-locks": locks, "fx-windows": windows}
