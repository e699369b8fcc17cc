"""supervisor.py - breaks one thing after the other under traffic, heals, and demands convergence.

    world: database, topic, proxy, workers, traffic      (world.py; a new one when traffic runs out)
      volley: wait until it moves -> inject -> heal -> calm                over and over
      calm:   what had been sent when it was healed is applied within 60 s (I8); after some faults
              each time, after those that come in thousands now and then (table.py)
      watch:  a REPEATABLE READ snapshot each second (I2, I4 to I7)        (invariants.py)
    end of a world: lag 0, workers end by SIGTERM, every row equals the oracle's (I1, I3)

The order of volleys comes from the seed, so faults of all families follow one another at random. A
fault counts when it was seen to happen; one that was planned and never happened makes the run void.
Nothing moving for 180 s while nothing is broken ends the run (I8).
"""
import collections
import json
import random
import time

from . import rabbit
from .machines import last_words
from .world import LAG_WAIT_S                   # first: it finds tests/support
from .table import DEMAND_MIN, DEMANDS, FAULTS, STAGES

STALL_MAX_S, BROKEN_MAX = 180, 3
RATE_MIN, RATE_MAX, EVENTS_MIN, EVENTS_MAX = 100, 1200, 4000, 90000
INVARIANTS = [f"I{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)]
SUMS = ("planned", "fired", "missed", "seconds", "states", "violations", "failed", "worlds",
        "snapshots", "unread", "records")
PART_SHOWS = {"positions": "I4", "coverage": "I4", "batches": "I5", "parked": "I5", "leaves": "I6",
              "epochs": "I7", "windows": "I3", "cuts": "I3", "window-deltas": "I3",
              "window-totals": "I3", "journal": "I2", "account-turnover": "I2"}


class Supervisor:
    def __init__(self, seed):
        self.seed, self.rng = seed, random.Random(seed)
        self.ends_at = None                # with a budget: when it is spent
        self.planned, self.fired, self.missed = (collections.Counter() for _ in range(3))
        self.seconds, self.slowest, self.states = (collections.Counter() for _ in range(3))
        self.violations = dict.fromkeys(INVARIANTS, 0)
        self.world, self.stage = None, None
        self.failed, self.worlds, self.snapshots, self.unread, self.records = 0, 0, 0, 0, 0
        self.passed_before = 0
        self.kept = {}

    # -- for injectors ---------------------------------------------------------------------

    def keep(self, name, make):
        """What an injector remembers from volley to volley."""
        return self.kept.setdefault(name, make())

    def reach(self, state, count=1):
        if count:
            self.states[state] += count

    def pick(self, count):
        """Workers that hold a partition, in random order."""
        ready = []

        def enough():
            ready[:] = [one for one in self.world.workers if one.is_running() and one.is_claimed()]
            return len(ready) >= min(count, len(self.world.workers))

        self.world.until(enough, 20)
        self.rng.shuffle(ready)
        return ready[:count]

    def violate(self, invariant, text):
        self.violations[invariant] += 1
        self.fail(f"{invariant}: {text}")

    def fail(self, text):
        """Wrong, though no invariant of the design names it."""
        print(f"not ok - {text}", flush=True)
        self.failed += 1

    # -- one volley ------------------------------------------------------------------------

    def _moves(self):
        world = self.world
        return not world.deserters() and world.passed() > self.passed_before

    def _moves_or_deserts(self):
        self._revive()
        return self._moves() or self.world.deserters()

    def _revive(self):
        """Workers that an earlier fault allowed to end, and that took their time; and those that
        their Kafka client aborted."""
        for worker in self.world.workers:
            if worker.may_end and not worker.is_running():
                self.reach("a worker ended late after its fault")
                worker.start()
        self.reach("the Kafka client aborted on an assertion of its own",
                   self.world.start_aborted())

    def _until(self, condition, seconds, pause=0.01):
        """As the world's; a producer that failed is told as that, not as a stall of ours."""
        came = self.world.until(condition, seconds, pause)
        if self.world.producer.error:
            self.world.producer.finish()    # raises
        return came

    def _await_progress(self):
        world = self.world
        if not self._until(self._moves_or_deserts, STALL_MAX_S):
            self.violate("I8", f"no progress for {STALL_MAX_S} s: {world.positions()},"
                               f" group {world.group()}")
            raise RuntimeError("no progress")
        self._revive()
        if world.deserters():
            raise RuntimeError(f"a worker ended by itself: {world.deserters()}")

    def _heal(self):
        for worker in self.world.workers:
            if not worker.is_running() and not worker.is_wanted:
                worker.start()
        self.passed_before = self.world.passed()

    def _calm(self, name):
        """(I8)"""
        world, begin, ends = self.world, time.monotonic(), list(self.world.producer.ends)

        def is_applied():
            self._revive()
            return world.has_applied(ends) or self._any_halted(world.positions())

        if not self._until(is_applied, LAG_WAIT_S, 0.05):
            self.violate("I8", f"what was sent before {name} was healed is not applied after"
                               f" {LAG_WAIT_S} s: {world.positions()}, {ends},"
                               f" group {world.group()}")
        self.slowest[name] = max(self.slowest[name], time.monotonic() - begin)

    @staticmethod
    def _any_halted(positions):
        """In a flood: an operator is waited for, and the next volley is one."""
        return any(row["halt_reason"] for row in positions.values())

    def _volley(self, name, count):
        """How many of count happened."""
        self._await_progress()
        begin = time.monotonic()
        hits = FAULTS[name].inject(self, count)
        self.world.proxy.disarm()
        self._heal()
        if self.rng.random() < FAULTS[name].calm:
            self._calm(name)
        self.fired[name] += hits
        self.missed[name] += count - hits
        self.seconds[name] += time.monotonic() - begin
        return hits

    # -- one world -------------------------------------------------------------------------

    def is_over(self):
        return self.ends_at is not None and time.monotonic() > self.ends_at

    def _left_s(self, plan):
        seconds = sum(FAULTS[name].volley_s for name, _ in plan)
        if self.ends_at:
            seconds = min(seconds, max(self.ends_at - time.monotonic(), 1))
        return seconds

    def _pace(self, plan):
        """Traffic lasts until the last fault, and not much longer."""
        producer = self.world.producer
        left = producer.total - producer.sent
        producer.rate = min(max(left / (self._left_s(plan) * 1.2 + 3), RATE_MIN), RATE_MAX)

    def _flows(self):
        """Enough traffic is left for another volley."""
        producer = self.world.producer
        return producer.total - producer.sent > 3 * RATE_MIN

    def _open(self, stage, plan):
        events = self._left_s(plan) * stage.rate * 1.3 + EVENTS_MIN
        self.worlds += 1
        return stage.world(f"faults-{stage.name}", self.seed + self.worlds - 1,
                           int(min(events, EVENTS_MAX)), settings=stage.settings,
                           traffic=stage.traffic, partitions=stage.partitions)

    def _run_world(self, stage, plan):
        with self._open(stage, plan) as world:
            self.world, self.passed_before = world, 0
            stage.prepare(self)
            for number in range(stage.workers):
                stage.worker(self, f"worker-{number}")
            world.produce(stage.rate)
            try:
                while plan and self._flows() and not self.is_over():
                    self._pace(plan)
                    self._next(plan)
                self._close(stage, world)
            finally:
                self._tally_watch(world)
                stage.close(self)

    def _next(self, plan):
        name, count = plan.pop()
        hits = self._volley(name, count)
        if hits < count and self.missed[name] <= self.planned[name] + 3:
            plan.insert(self.rng.randrange(len(plan) + 1), (name, count - hits))

    def _close(self, stage, world):
        stage.finish(self)
        self._revive()
        world.settle_down()
        world.compare()
        for part in world.differing:
            self.violations[PART_SHOWS.get(part, "I1")] += 1
        if world.lag():
            self.violations["I8"] += 1
        self.records += world.producer.total
        self.reach("records that Kafka's producer has twice on the topic",
                   world.producer.doubled)
        self.failed += world.scratch.failed

    def _tally_watch(self, world):
        world.watch.end()
        self.snapshots += world.watch.count
        self.unread += world.watch.unread
        for text in world.watch.found:
            self.violations[text.split()[0] if text[0] == "I" else "I1"] += 1

    # -- the whole -------------------------------------------------------------------------

    def plan(self, times):
        """{stage: volleys in random order, taken from the end}, each fault once before any comes
        again, so that a budget cuts evenly; times: {fault: how often}"""
        volleys = {}
        for name, count in times.items():
            fault = FAULTS[name]
            lack = STAGES[fault.stage].lacks()
            if lack:
                print(f"SKIP 1 {name}: {lack}", flush=True)
                continue
            self.planned[name] += count
            pieces = volleys.setdefault(fault.stage, [])
            pieces += [(name, min(fault.volley, count - begun))
                       for begun in range(0, count, fault.volley)]
        for pieces in volleys.values():
            self.rng.shuffle(pieces)
            firsts = {name: at for at, (name, _) in enumerate(pieces)}.values()
            pieces += [pieces.pop(at) for at in sorted(firsts, reverse=True)]
        return volleys

    def _fail(self, what, error):
        told = []
        while error and len(told) < 5:      # what came first is behind what came of it
            told.insert(0, f"# {type(error).__name__}: {error}")
            error = error.__context__
        print(f"not ok - {what}", *told, last_words(rabbit.states()), sep="\n", flush=True)
        self.failed += 1

    def _run_worlds(self, stage, plan):
        broken = 0
        while plan and broken < BROKEN_MAX and not self.is_over():
            try:
                self._run_world(stage, plan)
            except Exception as error:  # pylint: disable=broad-except
                broken += 1
                self._fail(f"a world of stage {stage.name} runs to its end", error)

    def run_stage(self, stage, plan, share_s=None):
        total_end = self.ends_at
        if share_s:
            self.ends_at = min(total_end, time.monotonic() + share_s)
        self.stage = stage
        try:
            with stage.servers():
                self._run_worlds(stage, plan)
        except Exception as error:  # pylint: disable=broad-except
            self._fail(f"the servers of stage {stage.name} start and end", error)
        self.ends_at = total_end
        if self.ends_at:                    # the budget cut what is left of the plan
            for name, count in plan:
                self.planned[name] -= count

    def run(self, times, budget_s=None):
        if budget_s:
            self.ends_at = time.monotonic() + budget_s
        volleys = self.plan(times)
        left = {name: sum(FAULTS[fault].volley_s for fault, _ in pieces)
                for name, pieces in volleys.items()}
        for name, pieces in volleys.items():
            share = None
            if self.ends_at:
                share = max(self.ends_at - time.monotonic(), 1) * left[name] / sum(left.values())
            self.run_stage(STAGES[name], pieces, share)
            del left[name]

    # -- two lanes -------------------------------------------------------------------------

    def report(self):
        """What another supervisor absorbs."""
        return {name: getattr(self, name) for name in (*SUMS, "slowest")}

    def absorb(self, report):
        for name in SUMS:
            mine = getattr(self, name)
            if isinstance(mine, int):
                setattr(self, name, mine + report[name])
            else:
                for key, value in report[name].items():
                    mine[key] += value
        for name, seconds in report["slowest"].items():
            self.slowest[name] = max(self.slowest[name], seconds)

    # -- what is said in the end -----------------------------------------------------------

    def void(self):
        return [name for name in self.planned
                if not self.fired[name] or self.fired[name] < self.planned[name]]

    def unmet(self):
        return [state for fault, state, share in DEMANDS if self.fired[fault] >= DEMAND_MIN
                and self.states[state] < share * self.fired[fault]]

    def close(self):
        """The table, the verdict, the JSON line; the exit code."""
        print(f"# {'fault':<28}{'planned':>8}{'fired':>7}{'missed':>7}{'per min':>9}"
              f"{'caught up after':>17}")
        for name in self.planned:
            minutes = self.seconds[name] / 60
            print(f"# {name:<28}{self.planned[name]:>8}{self.fired[name]:>7}{self.missed[name]:>7}"
                  f"{self.fired[name] / minutes if minutes else 0:>9.1f}"
                  f"{self.slowest[name]:>15.1f} s")
        for state, count in sorted(self.states.items()):
            print(f"# state: {state}: {count}")
        void = self.void() + self.unmet()
        broken = sum(self.violations.values())
        print(f"{'not ok' if void else 'ok'} - every planned fault fired: "
              f"{sum(self.fired.values())} faults in {self.worlds} worlds,"
              f" {self.records} records{'; void: ' + ', '.join(void) if void else ''}")
        print(f"{'not ok' if broken else 'ok'} - {broken} violations in {self.snapshots} snapshots"
              f" and {self.worlds} comparisons with the oracle ({self.unread} snapshots found the"
              " database away)")
        print(json.dumps({
            "name": "faults", "seed": self.seed,
            "faults": {name: {"planned": self.planned[name], "fired": self.fired[name]}
                       for name in self.planned},
            "states": dict(sorted(self.states.items())), "violations": self.violations}),
              flush=True)
        return 1 if void or broken or self.failed else 0
