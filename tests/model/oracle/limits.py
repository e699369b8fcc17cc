"""limits.py - what of a window's nets is paid now, what waits, and what keeps the window waiting.

A position is (participant, counterparty), AGENT where the settlement agent stands between. What was
left over for it before comes in, as two sums: to collect from the participant, to pay to it. A
member of a group hands its position, with what came in, to the participant that settles for it.
What is then due is one amount, or in gross pairs one each way. A due below the minimum waits for
the next window, where there is one and neither side has left; what is to be collected of who is
prefunded is taken from what it has placed; all else is instructed.

    net + came in + joined = pay - collect - funded + goes on        per position, exactly
"""
from collections import defaultdict
from dataclasses import dataclass, field

from .currency import INT64_MAX

AGENT = ""


class Beyond(Exception):
    """A sum that does not fit 64 bits."""


@dataclass
class Terms:
    minimum: int = 0
    has_next: bool = False
    leavers: frozenset = frozenset()
    through: dict = field(default_factory=dict)     # {member: who settles for it}
    prefunded: frozenset = frozenset()
    caps: dict = field(default_factory=dict)        # {participant: minor}
    balances: dict = field(default_factory=dict)    # {participant: minor}


@dataclass
class Settled:
    carried_in: tuple = (0, 0)      # to collect, to pay
    joined: int = 0
    carried_out: tuple = (0, 0)
    instructed: tuple = (0, 0)
    funded: int = 0


def _fits(minor):
    if abs(minor) > INT64_MAX:
        raise Beyond
    return minor


def _came_in(carried, netting):
    came = defaultdict(lambda: [0, 0])
    for (who, other), (collect, pay) in carried:
        sums = came[who, AGENT if netting == "MULTILATERAL" else other]
        sums[0], sums[1] = _fits(sums[0] + collect), _fits(sums[1] + pay)
    return {key: tuple(value) for key, value in came.items()}


def positions(nets, carried, netting, terms):
    """Every position of the window: (owes, is owed), zero where it only joins."""
    wanted = set(nets) | set(_came_in(carried, netting)) \
        | {(head, AGENT) for head in terms.through.values()}
    return {key: nets.get(key, (0, 0)) for key in
            sorted(wanted, key=lambda key: (key[0], key[1] != AGENT, str(key[1])))}


def _join(all_nets, settled, terms):
    for (who, other), (owes, is_owed) in all_nets.items():
        if who not in terms.through:
            continue
        came = settled[who, other].carried_in
        due = _fits(is_owed - owes + came[1] - came[0])
        head = settled[terms.through[who], AGENT]
        head.joined = _fits(head.joined + due)
        settled[who, other].joined = -due


def _dues(key, nets, one, netting):
    if netting == "GROSS" and key[1] != AGENT:
        return [_fits(nets[side] + one.carried_in[side]) for side in (0, 1)]
    due = _fits(nets[1] - nets[0] + one.carried_in[1] - one.carried_in[0] + one.joined)
    return [max(-due, 0), max(due, 0)]


def settle(nets, carried, netting, terms):
    """{position: Settled}; carried: pairs of a position and what was left over, in any order."""
    came = _came_in(carried, netting)
    all_nets = positions(nets, carried, netting, terms)
    settled = {key: Settled(carried_in=came.get(key, (0, 0))) for key in all_nets}
    _join(all_nets, settled, terms)
    for key, one in settled.items():
        dues = _dues(key, all_nets[key], one, netting)
        waits = terms.has_next and not terms.leavers & set(key)
        out = [due if waits and due < terms.minimum else 0 for due in dues]
        one.carried_out = tuple(out)
        one.instructed = tuple(due - gone for due, gone in zip(dues, out))
        if key[0] in terms.prefunded:
            one.funded, one.instructed = one.instructed[0], (0, one.instructed[1])
    _prove(all_nets, settled)
    return settled


def _prove(all_nets, settled):
    for key, one in settled.items():
        before = all_nets[key][1] - all_nets[key][0] + one.carried_in[1] - one.carried_in[0]
        after = one.instructed[1] - one.instructed[0] - one.funded \
            + one.carried_out[1] - one.carried_out[0]
        assert before + one.joined == after, (key, one)
    assert sum(one.joined for one in settled.values()) == 0
    for side in (0, 1):
        for name in ("carried_in", "carried_out", "instructed"):
            _fits(sum(getattr(one, name)[side] for one in settled.values()))
    _fits(sum(one.funded for one in settled.values()))


def breach(settled, terms):
    """(kind, participant, debit, limit) of the first who is beyond a limit, or None."""
    for who in sorted({key[0] for key in settled}):
        own = [one for key, one in settled.items() if key[0] == who]
        funded = sum(one.funded for one in own)
        debit = funded + sum(pair[0] - pair[1] for one in own
                             for pair in (one.instructed, one.carried_out))
        if who in terms.caps and debit > terms.caps[who]:
            return "net_debit_cap", who, min(debit, INT64_MAX), terms.caps[who]
        if who in terms.prefunded and funded > terms.balances.get(who, 0):
            return "prefunding_short", who, min(funded, INT64_MAX), terms.balances.get(who, 0)
    return None
