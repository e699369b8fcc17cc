#!/usr/bin/python3
"""close - does closing a window cost more when it holds more payments?

200 participants, 2,000 active pairs, 12 source partitions. A small window holds 10,000 payments,
a large one 1,000,000, with the same pairs; both stand as ingest leaves them: one delta per commit,
a commit per 1,000 (small) or 20,000 (large) payments. The background fold has taken all deltas
but the last of each partition. Timed is `sawa-settle close` of one window, from the start of the
process to its end: gate, cuts, fold of the rest, obligations, nets, instructions, expected items,
journal, leaf, COMMIT. Small and large windows alternate; the median of the rounds counts.

Then the same with nothing folded before (settle was down all day): figures only.
The payments of the first round are stored too, and `sawa-settle verify` recomputes them.
--fx: the corridor settles at a rate, and each window has a lock that gains.
"""
import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "support"))
from scratch import Scratch  # pylint: disable=wrong-import-position

PARTICIPANTS, PAIRS, PARTITIONS = 200, 2_000, 12
SIZES = {"small": (10_000, 1_000), "large": (1_000_000, 20_000)}  # payments, payments a commit
DAYS = [f"2026-03-{day:02d}" for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]


def book(has_fx):
    """A corridor book: one corridor, all participants, a cut-off every quarter of an hour."""
    source = "UGX" if has_fx else "KES"
    cut_offs = ", ".join(f'"{minute // 60:02d}:{minute % 60:02d}"'
                         for minute in range(15, 24 * 60, 15))
    lines = ["holidays: holidays.csv", "participants:"]
    for number in range(1, PARTICIPANTS + 1):
        lines.append(f"  - {{participant_id: {number}, code: BENCH{number:03d}, country: KE,"
                     f' account: "{number:010d}", name: Bench {number}}}')
    lines += ["accounts:", "  - {code: BENCH-KES, servicer_bic: EXAMKENA, scheme: BBAN,"
              ' servicer_account: "0000000001", currency: KES, statement_format: camt.053}',
              "corridors:", "  - corridor_id: 1", "    code: KES-NGN", "    version: 1",
              "    effective_from: 2026-01-01", f"    source_currency: {source}",
              "    target_currency: NGN", "    settlement_currency: KES", "    source_country: KE",
              "    target_country: NG", "    model: MULTILATERAL", "    time_zone: Africa/Nairobi",
              f"    cut_offs: [{cut_offs}]", "    grace_seconds: 300", "    calendars: [KE]",
              "    nostro_account: BENCH-KES", "    limit_minor: 1000000000"]
    lines += ["    fx: {source: BENCH, side: MID, max_age_minutes: 43200, rounding: HALF_EVEN}"] \
        if has_fx else []
    lines += ["    participants:"]
    lines += [f"      - BENCH{number:03d}" for number in range(1, PARTICIPANTS + 1)]
    return "\n".join(lines) + "\n"


def quote(scratch):
    """One that holds all the while, and a lock above it for each window."""
    validity = "'2026-03-01Z', '2026-03-30Z'"
    scratch.sql("INSERT INTO fx_rate (event_id, batch_id, record_offset, rate_source,"
                " base_currency, quote_currency, rate_e10, valid_from, valid_until,"
                " content_digest) VALUES (gen_random_uuid(), 1, 0, 'BENCH', 'UGX', 'KES',"
                f" 340000000, {validity}, gen_random_uuid())")
    scratch.sql("INSERT INTO fx_lock (event_id, lock_id, batch_id, record_offset, corridor_id,"
                " base_currency, quote_currency, rate_e10, notional_minor, valid_from,"
                " valid_until, content_digest, business_date, window_sequence)"
                " SELECT gen_random_uuid(), gen_random_uuid(), 1, 0, 1, 'UGX', 'KES', 350000000,"
                f" 100000000, {validity}, gen_random_uuid(), business_date, sequence"
                "   FROM settlement_window")


def prepare(scratch, has_fx):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "book.yaml"), "w", encoding="utf-8") as file:
            file.write(book(has_fx))
        with open(os.path.join(folder, "holidays.csv"), "w", encoding="utf-8") as file:
            file.write("country,date,name\nKE,2025-12-25,C\nKE,2026-12-25,C\nKE,2027-12-25,C\n")
        scratch.must("corridor", "load", os.path.join(folder, "book.yaml"))
    scratch.must("settle", "open", "--from", DAYS[0], "--until", DAYS[-1])
    scratch.sql("INSERT INTO source (kind, cluster_id, topic, partitions)"
                " VALUES ('KAFKA', 'bench', 'payments', %s)", PARTITIONS)
    scratch.sql("INSERT INTO position (source_id, partition, next_offset)"
                " SELECT source_id, generate_series(0, %s), 1000000 FROM source", PARTITIONS - 1)
    if has_fx:
        quote(scratch)
    rng = random.Random(1)
    pairs = rng.sample([(a, b) for a in range(1, PARTICIPANTS + 1)
                        for b in range(1, PARTICIPANTS + 1) if a != b], PAIRS)
    scratch.sql("CREATE TABLE bench_pair AS SELECT * FROM unnest(%s::int[], %s::int[], %s::int[])"
                " AS one (number, debtor_id, creditor_id)", list(range(PAIRS)),
                [pair[0] for pair in pairs], [pair[1] for pair in pairs])
    scratch.sql("SELECT ensure_day('payment', '2026-03-02')")


# A payment for each number: every pair at least once, then small numbers more often than large.
PAYMENTS = """
CREATE TABLE bench_payment AS
SELECT i, i / %(size)s AS batch, debtor_id, creditor_id,
       (random() * 100000)::bigint + 1 AS minor
  FROM (SELECT i, CASE WHEN i < %(pairs)s THEN i ELSE (%(pairs)s * power(random(), 2))::int END
                  AS number FROM generate_series(0, %(count)s - 1) AS i) AS one
  JOIN bench_pair USING (number)"""

DELTAS = """
INSERT INTO window_delta (window_id, commit_id, payment_count, late_count, gross_minor,
                          volume_minor, debtor_ids, creditor_ids, counts, minors, lock_ids)
SELECT %(window)s, batch + 1, sum(payments), 0, sum(minor), sum(minor), array_agg(debtor_id),
       array_agg(creditor_id), array_agg(payments), array_agg(minor), '{}'
  FROM (SELECT batch, debtor_id, creditor_id, count(*)::int AS payments,
               sum(minor)::bigint AS minor
          FROM bench_payment GROUP BY 1, 2, 3) AS pair
 WHERE batch >= %(first)s AND batch < %(end)s
 GROUP BY batch"""

STORED = """
INSERT INTO payment (event_id, transfer_id, content_digest, acceptance_time, batch_id,
                     record_offset, window_id, instructed_minor, settlement_minor, event_day,
                     debtor_agent_id, creditor_agent_id, corridor_id, kind, channel, late,
                     instructed_currency, settlement_currency, transaction_id, end_to_end_id)
SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '2026-03-02 08:00Z', batch + 1, i,
       %s, minor, minor, '2026-03-02', debtor_id, creditor_id, 1, 1, 1, false, 'KES', 'KES',
       i::text, i::text
  FROM bench_payment"""


def fill(scratch, window, size, fold, keep):
    """A window as ingest and the background fold leave it."""
    count, per_commit = SIZES[size]
    batches = -(-count // per_commit)
    last = max(batches - PARTITIONS, 0) if fold else batches
    scratch.sql("DROP TABLE IF EXISTS bench_payment")
    scratch.sql(PAYMENTS, size=per_commit, pairs=PAIRS, count=count)
    scratch.sql(DELTAS, window=window, first=0, end=last)
    if fold:
        scratch.must("settle", "fold")
        scratch.sql(DELTAS, window=window, first=last, end=batches)
    if keep:
        scratch.sql(STORED, window)
    scratch.sql("VACUUM ANALYZE window_delta")


def close(scratch, window):
    begin = time.monotonic()
    scratch.must("settle", "close", "--window", window)
    return (time.monotonic() - begin) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--fx", action="store_true")
    args = parser.parse_args()
    raw = {f"{size}_{fold}": [] for size in SIZES for fold in ("folded", "unfolded")}
    with Scratch("bench_close") as scratch:
        prepare(scratch, args.fx)
        windows = iter([row[0] for row in scratch.sql(
            "SELECT window_id FROM settlement_window ORDER BY cut_off")])
        close(scratch, next(windows))  # warm: an empty window
        for number in range(args.rounds):
            for fold in ("folded", "unfolded") if number < 2 else ("folded",):
                for size in SIZES:
                    window = next(windows)
                    fill(scratch, window, size, fold == "folded",
                         number == 0 and fold == "folded")
                    took = close(scratch, window)
                    raw[f"{size}_{fold}"].append(round(took, 1))
                    print(f"round {number + 1}: {size:5} {fold:8} {took:8.1f} ms", flush=True)
        pairs = scratch.value("SELECT max(obligation_count) FROM net_proof")
        stored = scratch.sql("SELECT DISTINCT window_id FROM payment ORDER BY 1")
        verified = [scratch.must("settle", "verify", "--window", row[0]).strip() for row in stored]
    print(f"pairs {pairs}; verified from payments: {', '.join(verified)}")
    median = {name: statistics.median(times) for name, times in raw.items()}
    print(json.dumps({
        "name": "close",
        "ratios": {"growth": round(median["large_folded"] / median["small_folded"], 3)},
        "figures": {"small_ms": median["small_folded"], "large_ms": median["large_folded"],
                    "small_unfolded_ms": median["small_unfolded"],
                    "large_unfolded_ms": median["large_unfolded"],
                    "participants": PARTICIPANTS, "pairs": pairs, "partitions": PARTITIONS},
        "raw": raw}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
