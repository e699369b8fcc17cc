"""settle_parts.py - what closed windows became, held against the model: I2, I3.

Closed is what has a net_proof. Its expected obligations come from the log alone; nets follow
from the obligations by the corridor's model, instructions from the nets, expected items and the
journal of the close from the instructions:

    owes more than it is owed    COLLECT  debit NOSTRO, credit OBLIGATION   money in
    is owed more                 PAY      debit OBLIGATION, credit NOSTRO   money out

    GROSS         each obligation by itself: COLLECT from who owes, PAY to who is owed
    BILATERAL     per pair, the difference
    MULTILATERAL  per participant against the settlement agent (counterparty 0)

Fees and taxes are settled per participant against the agent in every model: in a multilateral
corridor they join the participant's position, in others they are one more. What they leave with
us (fees earned, tax to hand on) is nobody's instruction.

What a corridor's minimum, its groups and what participants placed beforehand make of that is
limits.py's; which window takes in what another carried over, and in which order they were closed,
are facts taken from the database.

A bank may reject an instruction: its item is withdrawn and its booking reversed. It may be
instructed again, as the next attempt of the same amount; what was rejected is a fact taken from
the database.
"""
from collections import defaultdict

from . import limits
from .fees import OURSELVES

AGENT = ""   # the settlement agent: counterparty_id 0


def nets(obligations, netting):
    """{(participant, counterparty): (owes, is owed)} of one window's obligations."""
    out = defaultdict(lambda: [0, 0])
    for (debtor, creditor), minor in obligations.items():
        many = netting == "MULTILATERAL"
        out[debtor, AGENT if many else creditor][0] += minor
        out[creditor, AGENT if many else debtor][1] += minor
    return {key: tuple(value) for key, value in out.items()}


def with_charges(net_positions, charges):
    """The positions and what {(fee number, who owes, who is owed): minor} adds to them."""
    out = {key: list(value) for key, value in net_positions.items()}
    for (_, debtor, creditor), minor in charges.items():
        for side, party in enumerate((debtor, creditor)):
            if party != OURSELVES:
                out.setdefault((party, AGENT), [0, 0])[side] += minor
    return {key: tuple(value) for key, value in out.items()}


def kept(charges, is_tax):
    """What fees, or the taxes on them, leave with us."""
    return sum(minor * ((creditor == OURSELVES) - (debtor == OURSELVES))
               for (number, debtor, creditor), minor in charges.items()
               if (number < 0) == is_tax)


def instructions(net_positions, netting):
    """{(participant, counterparty, direction): minor}"""
    out = {}
    for key, (owes, is_owed) in net_positions.items():
        if netting != "GROSS" or key[1] == AGENT:
            owes, is_owed = max(owes - is_owed, 0), max(is_owed - owes, 0)
        if owes:
            out[(*key, "COLLECT")] = owes
        if is_owed:
            out[(*key, "PAY")] = is_owed
    return out


def booked_beside(settled, through, currency):
    """{(debit, credit): minor} of what a close books and is no instruction: groups, and what is
    taken from balances. through: {member: who settles for it}."""
    out = defaultdict(int)
    for (participant, _), one in settled.items():
        own = f"OBLIGATION:{participant}:{currency}"
        if one.funded:
            out[f"PREFUNDING:{participant}:{currency}", own] += one.funded
        if participant in through and one.joined:
            head = f"OBLIGATION:{through[participant]}:{currency}"
            out[(head, own) if one.joined > 0 else (own, head)] += abs(one.joined)
    return out


def booked(settled, through, currency, result=0):
    """The same of everything that a close books; result: what the locks of the window brought."""
    out, nostro = booked_beside(settled, through, currency), f"NOSTRO:{currency}"
    for (participant, _), one in settled.items():
        own = f"OBLIGATION:{participant}:{currency}"
        for pair, minor in zip(((nostro, own), (own, nostro)), one.instructed):
            if minor:
                out[pair] += minor
    if result:
        pair = (f"FX_POSITION:{currency}", f"FX_GAIN_LOSS:{currency}")
        out[pair if result > 0 else pair[::-1]] += abs(result)
    return out


def balances(settled, earned, currency, result=0):
    """{account: debits less credits} of all that a window booked, from its first payment to its
    close. Seen from what must be left of it, not from its entries: participants owe what is carried
    over less what came in, we have what was collected less what was paid, and what is earned
    ({account of ours: minor}) is kept."""
    out = defaultdict(int)
    for (participant, _), one in settled.items():
        collect, pay = (gone - came for gone, came in zip(one.carried_out, one.carried_in))
        out[f"OBLIGATION:{participant}:{currency}"] += collect - pay
        out[f"NOSTRO:{currency}"] += one.instructed[0] - one.instructed[1]
        out[f"PREFUNDING:{participant}:{currency}"] += one.funded
    for account, minor in earned.items():
        out[account] -= minor
    out[f"FX_POSITION:{currency}"] += result
    out[f"FX_GAIN_LOSS:{currency}"] -= result
    assert sum(out.values()) == 0, out
    return {account: minor for account, minor in out.items() if minor}


def _closed(context):
    """{window id: corridor} of what has been closed."""
    corridors = {c.corridor_id: c for c in context.model.corridors.values()}
    return {window_id: corridors[window_id >> 32] for (window_id,) in context.database.rows(
        "SELECT window_id FROM net_proof")}


def _by_window(context):
    """{window id: {(who owes, who is owed): [payments, minor]}} of the model."""
    out = defaultdict(dict)
    for (window_id, debtor, creditor), amounts in context.model.obligations().items():
        out[window_id][debtor, creditor] = amounts
    return out


def _charges(context):
    """{window id: {(fee number, who owes, who is owed): [payments, minor]}} of the model."""
    out = defaultdict(dict)
    for (window_id, *key), amounts in context.model.charges().items():
        out[window_id][tuple(key)] = amounts
    return out


def _minors(amounts):
    return {key: minor for key, (_, minor) in amounts.items()}


def _carried_to(context):
    """{window id: the window it carried over to}, where it did."""
    return dict(context.database.rows(
        "SELECT DISTINCT from_window_id, to_window_id FROM net_carry"))


def _in_order(context):
    return [window_id for (window_id,) in context.database.rows(
        "SELECT window_id FROM net_proof ORDER BY commit_id")]


def _of_groups(corridor, positions):
    """Its groups, as far as their members have a position."""
    active = {who for who, _ in positions}
    return {member: head for member, head in corridor.through.items() if member in active}


def _outcomes(context):
    """(window id, corridor, nets, {position: limits.Settled}) of every closed window, as they were
    closed."""
    by_window, charges = _by_window(context), _charges(context)
    closed, target, carried = _closed(context), _carried_to(context), defaultdict(list)
    for window_id in _in_order(context):
        corridor = closed[window_id]
        positions = with_charges(nets(_minors(by_window[window_id]), corridor.model),
                                 _minors(charges[window_id]))
        came = carried.pop(window_id, [])
        terms = corridor.terms(has_next=window_id in target)
        terms.through = _of_groups(corridor, [*positions, *(key for key, _ in came)])
        settled = limits.settle(positions, came, corridor.model, terms)
        carried[target.get(window_id)] += [
            (key, one.carried_out) for key, one in settled.items() if any(one.carried_out)]
        yield window_id, corridor, limits.positions(positions, came, corridor.model, terms), settled


def _settled(context):
    """(window id, corridor, nets, instructions) of every closed window."""
    for window_id, corridor, positions, settled in _outcomes(context):
        yield window_id, corridor, positions, {
            (*key, direction): minor for key, one in settled.items()
            for direction, minor in zip(("COLLECT", "PAY"), one.instructed) if minor}


def _customers(context):
    """{(window id, who is owed, who owes): {event id: minor}}: transfers that customers made, of
    corridors whose bank takes them one by one. Every payment of the log is taken to name both."""
    corridors, out = context.model.corridors, defaultdict(dict)
    for _, _, entry in context.model.accepted():
        payment = entry.payment
        if payment.kind == "COMPLETED" and corridors[payment.corridor].customers:
            out[entry.window_id, payment.creditor, payment.debtor][
                str(payment.event_id)] = payment.settlement
    return out


def _instructed(context):
    """(window id, corridor, {(participant, counterparty, direction, event id): minor}); without an
    event id: what a position is paid beside its customers' payments."""
    customers = _customers(context)
    for window_id, corridor, _, wanted in _settled(context):
        out = {}
        for key, minor in wanted.items():
            own = customers.get((window_id, *key[:2]), {}) if key[2] == "PAY" else {}
            out |= {(*key, event_id): amount for event_id, amount in own.items()}
            if minor != sum(own.values()):
                out[(*key, "")] = minor - sum(own.values())
        yield window_id, corridor, out


# Of which payment an instruction is.
OF_PAYMENT = ("CASE WHEN instruction.event_day IS NULL THEN ''"
              " ELSE replace(instruction.event_id::text, '-', '') END"
              " AS of_payment")


def _codes(context):
    return {0: AGENT} | dict(context.database.rows("SELECT participant_id, code FROM participant"))


def obligations(context, part):
    codes, by_window = _codes(context), _by_window(context)
    expected = {(window_id, *pair): (*amounts, corridor.settlement_currency)
                for window_id, corridor in _closed(context).items()
                for pair, amounts in by_window[window_id].items()}
    found = {(row[0], codes[row[1]], codes[row[2]]): row[3:] for row in context.database.rows(
        "SELECT window_id, debtor_id, creditor_id, payment_count, amount_minor, currency"
        " FROM obligation")}
    part.equal_maps("obligation (window, debtor, creditor)", expected, found)


def fee_obligations(context, part):
    codes, charges = _codes(context), _charges(context)
    expected = {(window_id, *key): (*amounts, corridor.settlement_currency)
                for window_id, corridor in _closed(context).items()
                for key, amounts in charges[window_id].items()}
    found = {(row[0], row[1], codes[row[2]], codes[row[3]]): row[4:]
             for row in context.database.rows(
        "SELECT window_id, fee_number, debtor_id, creditor_id, payment_count, amount_minor,"
        " currency FROM fee_obligation")}
    part.equal_maps("charge (window, fee, debtor, creditor)", expected, found)


def net_positions(context, part):
    codes = _codes(context)
    expected = {(window_id, *key): (owes, is_owed, is_owed - owes, corridor.settlement_currency)
                for window_id, corridor, positions, _ in _settled(context)
                for key, (owes, is_owed) in positions.items()}
    found = {(row[0], codes[row[1]], codes[row[2]]): row[3:] for row in context.database.rows(
        "SELECT window_id, participant_id, counterparty_id, owes_minor, is_owed_minor, net_minor,"
        " currency FROM net_position")}
    part.equal_maps("net position (window, participant, counterparty)", expected, found)
    sums, charges = defaultdict(int), _charges(context)
    for (window_id, _, _), row in found.items():
        sums[window_id] += row[2]
    for window_id, total in sums.items():
        minors = _minors(charges[window_id])
        part.equal(f"window {window_id}: sum of the nets and what stays with us", 0,
                   total + kept(minors, False) + kept(minors, True))


def net_proofs(context, part):
    totals, by_window = context.model.window_totals(), _by_window(context)
    charges = _charges(context)
    expected = {window_id: (corridor.model, corridor.settlement_currency,
                            *totals.get(window_id, (0, 0, 0)), len(by_window[window_id]),
                            sum(minor for _, minor in by_window[window_id].values()),
                            len(positions), kept(_minors(charges[window_id]), False),
                            kept(_minors(charges[window_id]), True))
                for window_id, corridor, positions, _ in _settled(context)}
    found = {row[0]: row[1:] for row in context.database.rows(
        "SELECT window_id, model, currency, payment_count, late_count, gross_minor,"
        " obligation_count, obligation_minor, position_count, fee_income_minor, fee_tax_minor"
        " FROM net_proof")}
    part.equal_maps("proof of window", expected, found)


def carries(context, part):
    """What is carried over, handed over in groups, taken from balances."""
    codes, wanted = _codes(context), {}
    for window_id, corridor, _, settled in _outcomes(context):
        for key, one in settled.items():
            for direction, minor in zip(("COLLECT", "PAY"), one.carried_out):
                wanted["carried", window_id, *key, direction] = minor
            wanted["taken", window_id, *key, ""] = one.funded
            if key[0] in corridor.through:
                wanted["handed over", window_id, *key, ""] = -one.joined
    found = {("carried", row[0], codes[row[1]], codes[row[2]], row[3]): row[4]
             for row in context.database.rows(
        "SELECT from_window_id, participant_id, counterparty_id, direction, amount_minor"
        " FROM net_carry")}
    found |= {("taken", row[0], codes[row[1]], codes[row[2]], ""): row[3]
              for row in context.database.rows(
        "SELECT window_id, participant_id, counterparty_id, amount_minor FROM prefunding_use")}
    found |= {("handed over", row[0], codes[row[1]], AGENT, ""): row[2]
              for row in context.database.rows(
        "SELECT window_id, participant_id, net_minor FROM group_net")}
    part.equal_maps("carried, taken, handed over (window, participant, counterparty, direction)",
                    {key: minor for key, minor in wanted.items() if minor}, found)
    part.equal("windows that took in something before it was carried", 0, context.database.value(
        "SELECT count(*) FROM net_carry JOIN net_proof ON window_id = to_window_id"
        " WHERE net_proof.commit_id <= net_carry.commit_id"))


def closes(context, part):
    """I3: a closed window has a cut on every partition, says so in its state, and nothing of it
    is missing from what the close read."""
    closed = _closed(context)
    found = {row[0]: row[1] for row in context.database.rows(
        "SELECT window_id, state FROM settlement_window")}
    for window_id in closed:
        part.looked_at += 1
        if found.get(window_id) not in ("CLOSED", "INSTRUCTED", "SETTLED", "FAILED"):
            part.differ(f"window {window_id} has a net proof and is {found.get(window_id)}")
    for window_id, state in found.items():
        part.looked_at += 1
        if state in ("CLOSED", "INSTRUCTED", "SETTLED") and window_id not in closed:
            part.differ(f"window {window_id} is {state} and has no net proof")
    cuts = defaultdict(set)
    for window_id, partition in context.database.rows(
            "SELECT window_id, partition FROM window_cut WHERE source_id = %s",
            context.source_id):
        cuts[window_id].add(partition)
    for window_id in closed:
        missing = context.positions.keys() - cuts[window_id]
        part.equal(f"window {window_id}: partitions without a cut", set(), missing)
    part.equal("deltas of closed windows that no fold took", 0, context.database.value(
        "SELECT count(*) FROM window_delta JOIN net_proof USING (window_id)"
        " WHERE window_delta.fold_id IS NULL"))


def instruction_rows(context, part):
    codes = _codes(context)
    expected = {(window_id, *key): (minor, corridor.settlement_currency)
                for window_id, corridor, wanted in _instructed(context)
                for key, minor in wanted.items()}
    attempts = defaultdict(list)
    for window_id, participant, counterparty, direction, of_payment, *row in context.database.rows(
            f"""SELECT instruction.window_id, instruction.participant_id, counterparty_id,
                      direction, {OF_PAYMENT},
                      instruction.amount_minor, instruction.currency, status,
                      CASE WHEN withdrawal.instruction_id IS NOT NULL THEN 'REJECTED'
                           WHEN item.return_id IS NOT NULL THEN 'RETURNED' ELSE '' END, attempt,
                      outside.instruction_id IS NOT NULL
                 FROM instruction
                 LEFT JOIN withdrawal USING (instruction_id, window_id)
                 LEFT JOIN payment_return AS back USING (instruction_id)
                 LEFT JOIN abandoned_instruction AS outside USING (instruction_id)
                 LEFT JOIN expected_item AS item ON item.return_id = back.return_id
                ORDER BY attempt"""):
        attempts[window_id, codes[participant], codes[counterparty], direction,
                 of_payment].append(row)
    part.equal_maps("instruction (window, participant, counterparty, direction, payment)", expected,
                    {key: tuple(rows[0][:2]) for key, rows in attempts.items()})
    for key, rows in attempts.items():
        _attempts(part, key, rows)


def _attempts(part, key, rows):
    """One after the other, the same money each time; the next only when the bank has said no, or
    has sent it back, and nobody has settled it outside."""
    part.equal(f"attempts of {key}", list(range(1, len(rows) + 1)), [row[4] for row in rows])
    for before, after in zip(rows, rows[1:]):
        part.equal(f"{key}, instructed again", (before[0], before[1], before[2], True, False),
                   (after[0], after[1], before[3], before[2] in ("REJECTED", "RETURNED"),
                    before[5]))
    for minor, _, status, undone, attempt, outside in rows:
        if undone and status != undone:
            part.differ(f"{key}, attempt {attempt} of {minor}: undone as {undone}, and {status}")
        if outside and not undone:
            part.differ(f"{key}, attempt {attempt} of {minor}: settled outside while {status}")


def expected_items(context, part):
    """One per instruction, on its account, signed as our bank will see it, on the day its window's
    money moves."""
    rows = context.database.rows(
        """SELECT instruction.instruction_id::text, instruction.direction,
                  instruction.amount_minor, instruction.currency, instruction.account_id,
                  instruction.end_to_end_id, instruction.settlement_date, instruction.window_id,
                  instruction.participant_id, item.amount_minor, item.currency, item.account_id,
                  item.end_to_end_id, item.value_date, item.window_id, item.participant_id
             FROM instruction LEFT JOIN expected_item AS item USING (instruction_id)""")
    for (name, direction, minor, *same) in rows:
        wanted = (minor if direction == "COLLECT" else -minor, *same[:6])
        part.equal(f"expected item of instruction {name}", wanted, tuple(same[6:]))
    dates = {window.window_id: context.model.corridors[window.corridor].value_date(
        window.business_date) for timetable in context.model.timetables.values()
        for window in timetable.windows}
    for window_id, *found in context.database.rows(
            "SELECT DISTINCT instruction.window_id, settlement_date, item.value_date"
            " FROM instruction JOIN expected_item AS item USING (instruction_id)"
            " WHERE attempt = 1"):
        part.equal(f"settlement and value date of window {window_id}", [dates.get(window_id)] * 2,
                   found)
    part.equal("items that are open, or not, against their match or withdrawal", 0,
               context.database.value("""SELECT count(*)
                 FROM expected_item LEFT JOIN withdrawal USING (expected_item_id)
                WHERE is_open <> (withdrawal.expected_item_id IS NULL
                                  AND NOT EXISTS (SELECT FROM match_member AS member
                                       WHERE member.expected_item_id
                                                 = expected_item.expected_item_id AND is_live))"""))
    part.equal("expected items of nothing that is known", 0, context.database.value(
        "SELECT count(*) FROM expected_item WHERE instruction_id IS NULL AND opening_id IS NULL"
        " AND return_id IS NULL AND prefunding_id IS NULL"))
    part.equal("what is expected back, against what was said to come back", 0,
               context.database.value("""SELECT count(*)
                 FROM expected_item AS item JOIN payment_return AS back USING (return_id)
                 JOIN instruction ON instruction.instruction_id = back.instruction_id
                WHERE item.amount_minor <> back.amount_minor OR item.amount_minor <= 0
                   OR item.amount_minor > instruction.amount_minor
                   OR instruction.direction <> 'PAY' OR item.window_id <> instruction.window_id
                   OR item.account_id <> instruction.account_id"""))
    nostros = {corridor.corridor_id: corridor.nostro for corridor
               in context.model.corridors.values()}
    for window_id, code in context.database.rows(
            "SELECT DISTINCT window_id, account.code FROM instruction"
            " JOIN account USING (account_id)"):
        if nostros.get(window_id >> 32):
            part.equal(f"nostro of window {window_id}", f"NOSTRO:{nostros[window_id >> 32]}", code)


def close_journal(context, part):
    """I2: per close and account pair the sum of its instructions; afterwards nobody owes anything
    of the window but what it carries over. What was withdrawn is booked once more the other way
    round, each new attempt once more as the first. What came back is owed again: what came in, and
    what a bank kept of it. What is settled outside is owed no more."""
    expected = defaultdict(int)
    codes, times = _codes(context), {}
    for window_id, participant, other, direction, of_payment, *numbers in context.database.rows(
            f"""SELECT instruction.window_id, instruction.participant_id, counterparty_id,
                      direction, {OF_PAYMENT}, count(*), count(withdrawal.instruction_id),
                      coalesce(sum(item.amount_minor), 0)::bigint,
                      coalesce(sum(instruction.amount_minor - item.amount_minor), 0)::bigint,
                      count(outside.instruction_id)
                 FROM instruction LEFT JOIN withdrawal USING (instruction_id)
                 LEFT JOIN payment_return AS back USING (instruction_id)
                 LEFT JOIN abandoned_instruction AS outside USING (instruction_id)
                 LEFT JOIN expected_item AS item ON item.return_id = back.return_id
                GROUP BY 1, 2, 3, 4, 5"""):
        times[window_id, codes[participant], codes[other], direction, of_payment] = numbers
    nostro = dict(context.database.rows(
        "SELECT DISTINCT window_id, account.code FROM instruction JOIN account USING (account_id)"))
    for window_id, corridor, _, settled in _outcomes(context):
        for pair, minor in booked_beside(settled, corridor.through,
                                         corridor.settlement_currency).items():
            expected[(window_id, *pair)] += minor
    for window_id, corridor, wanted in _instructed(context):
        for (participant, other, direction, of_payment), minor in wanted.items():
            own = f"OBLIGATION:{participant}:{corridor.settlement_currency}"
            pair = (nostro.get(window_id), own) if direction == "COLLECT" else \
                (own, nostro.get(window_id))
            attempts, withdrawn, back, kept, outside = times.get(
                (window_id, participant, other, direction, of_payment), (1, 0, 0, 0, 0))
            suspense = f"SUSPENSE:{corridor.settlement_currency}"
            charges = f"BANK_CHARGES:{corridor.settlement_currency}"
            for debit, credit, amount in (
                    (*pair, minor * attempts), (*pair[::-1], minor * withdrawn),
                    (*pair[::-1], back), (charges, own, kept),
                    (*((suspense, own) if direction == "COLLECT" else (own, suspense)),
                     minor * outside)):
                if amount:
                    expected[window_id, debit, credit] += amount
    found = defaultdict(int)
    for window_id, debit, credit, minor in context.database.rows(
            """SELECT window_id, debit.code, credit.code, amount_minor
                 FROM journal_entry
                 JOIN account AS debit ON debit.account_id = debit_account_id
                 JOIN account AS credit ON credit.account_id = credit_account_id
                WHERE window_id IS NOT NULL AND debit.kind NOT IN ('FX_POSITION', 'FX_GAIN_LOSS')
               """): # those: fx_parts
        found[window_id, debit, credit] += minor
    part.equal_maps("entry (window, debit, credit)", dict(expected), dict(found))


PARTS = {
    "closes": closes,
    "obligations": obligations,
    "fee-obligations": fee_obligations,
    "net-positions": net_positions,
    "net-proofs": net_proofs,
    "carries": carries,
    "instructions": instruction_rows,
    "expected-items": expected_items,
    "close-journal": close_journal,
}
