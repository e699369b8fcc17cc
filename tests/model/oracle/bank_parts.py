"""bank_parts.py - statements, matches, breaks and the proof, held against what the banks did.

The bank's folder holds what it really did: entries.ndjson (all it booked) and truth.ndjson (its
trouble and the breaks that must come of it). Nothing here is read from the statements.
"""
import json
import os
from collections import Counter, defaultdict


def read_bank(folder):
    """(entries, troubles)"""
    out = []
    for name in ("entries.ndjson", "truth.ndjson"):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            out.append([json.loads(line) for line in file])
    return out


def entries(context, part):
    """Every booking of the bank is an entry, once, as it was booked."""
    booked, _ = context.bank
    expected = Counter((e["account"], e["servicer_reference"], e["amount_minor"], e["currency"],
                        e["booking_date"], e["value_date"]) for e in booked)
    found = Counter(context.database.rows(
        """SELECT account.code, servicer_reference, amount_minor, entry.currency,
                  booking_date::text, value_date::text
             FROM statement_entry AS entry JOIN account USING (account_id)
            WHERE statement_id IS NOT NULL"""))
    part.equal_maps("entry", expected, found)


def statements(context, part):
    """Closing balance of the newest statement: opening plus all that was booked."""
    expected = defaultdict(int)
    for code, minor in context.database.rows(
            """SELECT code, bank_minor FROM account_opening
                 JOIN account_opening_approval USING (opening_id)
                 JOIN account ON account.account_id = account_opening.account_id"""):
        expected[code] += minor
    for entry in context.bank[0]:
        expected[entry["account"]] += entry["amount_minor"]
    found = dict(context.database.rows(
        """SELECT DISTINCT ON (account_id) account.code, closing_minor
             FROM statement JOIN account USING (account_id)
            WHERE state = 'LOADED' ORDER BY account_id, closing_date DESC, statement_id DESC"""))
    part.equal_maps("closing balance of", {code: minor for code, minor in expected.items()},
                    {code: minor for code, minor in found.items() if code in expected})


def _matched(database):
    """({item id: [servicer reference]}, {servicer reference: [item id]}) of live matches."""
    of_item, of_entry = defaultdict(list), defaultdict(list)
    for item, reference in database.rows(
            """SELECT item.expected_item_id::text, entry.servicer_reference
                 FROM match_member AS item
                 JOIN match_member AS other ON other.match_id = item.match_id AND other.is_live
                 JOIN statement_entry AS entry ON entry.entry_id = other.entry_id
                WHERE item.is_live AND item.expected_item_id IS NOT NULL"""):
        of_item[item].append(reference)
        of_entry[reference].append(item)
    return of_item, of_entry


def matches(context, part):
    """I13: what the bank booked for an item is matched with it, and nothing else is."""
    booked, troubles = context.bank
    of_item, of_entry = _matched(context.database)
    unmatched = {trouble["item"] for trouble in troubles
                 if trouble["item"] and not trouble["matched_by"]}
    by_item = defaultdict(list)
    for entry in booked:
        if entry["item"]:
            by_item[entry["item"]].append(entry["servicer_reference"])
    for item, references in by_item.items():
        part.looked_at += 1
        found = of_item.get(item, [])
        if item in unmatched and found:
            part.differ(f"item {item}: matched with {found}, the bank's trouble forbids it")
        elif item not in unmatched and (len(found) != 1 or found[0] not in references):
            part.differ(f"item {item}: matched with {found}, the bank booked {references}")
    for reference, items in of_entry.items():
        part.equal(f"entry {reference}: items matched with it", 1, len(items))
    part.equal("matches whose sums differ from their members", 0, context.database.value(
        """SELECT count(*)
             FROM match, LATERAL (
                      SELECT coalesce(sum(item.amount_minor), 0) AS expected,
                             coalesce(sum(entry.amount_minor), 0) AS booked
                        FROM match_member
                        LEFT JOIN expected_item AS item USING (expected_item_id)
                        LEFT JOIN statement_entry AS entry USING (entry_id)
                       WHERE match_member.match_id = match.match_id) AS sums
            WHERE state = 'CONFIRMED'
              AND (expected_minor <> sums.expected OR entry_minor <> sums.booked)"""))


def breaks(context, part):
    """Every trouble is the break it must be, and there is no break nobody caused."""
    found = {}
    for item, reference, type_ in context.database.rows(
            """SELECT expected_item_id::text, entry.servicer_reference, type
                 FROM break_item LEFT JOIN statement_entry AS entry USING (entry_id)
                WHERE closed_on IS NULL"""):
        found["item " + item if item else f"entry {reference}"] = type_
    newest = {code: str(day) for code, day in context.database.rows(
        "SELECT account.code, max(closing_date) FROM statement JOIN account USING (account_id)"
        " WHERE state = 'LOADED' GROUP BY account.code")}
    for trouble in context.bank[1]:
        for wanted in trouble["breaks"]:
            if wanted.get("after", "") >= newest.get(trouble["account"], "") > "" \
                    and "after" in wanted:
                continue                            # not yet due on the newest statement
            names = [f"item {wanted['item']}"] if wanted["on"] == "item" else [
                f"entry {reference}" for reference in
                wanted.get("servicer_references") or [wanted["servicer_reference"]]]
            what = f"{trouble['trouble']} on {trouble['account']}: {' or '.join(names)}"
            part.equal(what, [wanted["type"]], [found.pop(name) for name in names
                                                if name in found])
    for name, type_ in found.items():
        part.differ(f"{name}: {type_}, and nobody caused it")


def proofs(context, part):
    """I10: bank balance - book balance = open entries - open items, per account, exactly."""
    for code, currency, bank, book, open_entries, open_items in context.database.rows(PROOF):
        line = (f"{code} {currency} bank {bank} - book {book} = {bank - book};"
                f" open entries {open_entries} - open items {open_items}"
                f" = {open_entries - open_items}")
        context.lines.append(f"proof {line}")
        part.looked_at += 1
        if bank - book != open_entries - open_items:
            part.differ(line)


PROOF = """
SELECT account.code, account.currency,
       (SELECT closing_minor FROM statement
         WHERE statement.account_id = account.account_id AND state = 'LOADED'
         ORDER BY closing_date DESC, statement_id DESC LIMIT 1),
       (SELECT coalesce(sum(debit_minor - credit_minor), 0)::bigint FROM posting
         WHERE posting.account_id = account.account_id),
       (SELECT coalesce(sum(amount_minor), 0)::bigint FROM statement_entry AS entry
         WHERE entry.account_id = account.account_id
           AND NOT EXISTS (SELECT FROM match_member
                            WHERE match_member.entry_id = entry.entry_id AND is_live)),
       (SELECT coalesce(sum(amount_minor), 0)::bigint FROM expected_item AS item
         WHERE item.account_id = account.account_id
           AND NOT EXISTS (SELECT FROM match_member
                            WHERE match_member.expected_item_id = item.expected_item_id
                              AND is_live)
           AND NOT EXISTS (SELECT FROM withdrawal
                            WHERE withdrawal.expected_item_id = item.expected_item_id))
  FROM account
 WHERE kind = 'NOSTRO' AND EXISTS (SELECT FROM statement
                                    WHERE statement.account_id = account.account_id
                                      AND state = 'LOADED')
 ORDER BY account.code"""


PARTS = {
    "statement-entries": entries,
    "statements": statements,
    "matches": matches,
    "breaks": breaks,
    "proofs": proofs,
}
