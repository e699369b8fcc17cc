"""processes.py - faults of worker processes: killed, stopped, cut off at COMMIT, there twice.

Injectors: inject(run, count) -> how many happened. run is the supervisor; what they break they
leave broken where healing is starting a worker again, which the supervisor does.
"""
import signal
import threading
import time

from .worker import Worker

FIRE_WAIT_S, WAIT_S = 8, 40

# -- kills: SIGKILL at random moments, at each side of COMMIT, within COPY, while claiming -----

# moment | share | how many passages are let through first, at least and at most
MOMENTS = (("random", 40, 0, 0), ("commit", 24, 0, 5), ("committed", 24, 0, 5), ("copy", 8, 0, 3),
           ("claim", 4, 1, 1))  # it holds one partition when it is killed at the next


def kill_at(run, victim, moment, skip):
    """By the proxy, which holds what the worker just sent or is about to hear."""
    def kill(_):
        victim.kill()
        return "drop"

    if moment == "claim":             # it starts anew while traffic waits for it
        victim.kill()
        victim.start()
    return run.world.proxy.arm(victim.pid, moment, kill, skip)


def kill_now(run, victim):
    time.sleep(run.rng.random() * 0.15)
    hit = run.world.until(victim.is_working, FIRE_WAIT_S, 0.001)
    victim.kill()
    return hit


def await_armed(run, armed, program=""):
    """How many died at the moment they were armed for: {victim: (fired, moment)}. The others are
    killed where they are, and do not count."""
    hits, end = 0, time.monotonic() + FIRE_WAIT_S
    for victim, (fired, moment) in armed.items():
        if fired.wait(max(0, end - time.monotonic())):
            victim.process.wait(10)
            run.reach(f"{program} killed at {moment}".lstrip())
            hits += 1
        else:
            run.world.proxy.disarm(fired)
            victim.kill()
    return hits


def kills(run, count):
    """Only a kill of a process that was in a transaction, or had records waiting, counts."""
    victims = run.pick(count)
    moments = [run.rng.choices(MOMENTS, [row[1] for row in MOMENTS])[0] for _ in victims]
    armed = {}
    for victim, (moment, _, *skips) in zip(victims, moments):
        if moment != "random":
            armed[victim] = (kill_at(run, victim, moment, run.rng.randint(*skips)), moment)
    hits = 0
    for victim in (one for one in victims if one not in armed):
        if kill_now(run, victim):
            run.reach("killed at random")
            hits += 1
    return hits + await_armed(run, armed)


# -- zombies: stopped with a batch in hand until others have taken over ------------------------

POINTS = ("begin", "copy", "commit")
REFUSALS = {"epoch lost": "sawa_epoch_losses_total",
            "connection ended": "sawa_commit_retries_total",
            "unknown outcome": "sawa_unknown_outcomes_total"}


class Zombie:
    def __init__(self, run, worker, point):
        self.run, self.world, self.worker, self.point = run, run.world, worker, point
        self.before = self._metrics()
        self.go_on = threading.Event()
        self.connection, self.held, self.last = None, {}, {}
        self.stopped = self.world.proxy.arm(worker.pid, "lock" if point == "begin" else point,
                                            self._stop, run.rng.randint(0, 2))

    def _stop(self, connection):
        self.worker.signal(signal.SIGSTOP)
        self.connection = connection
        if self.point != "copy":
            self.go_on.wait(120)            # what was written has not arrived yet

    def _metrics(self):
        return {name: self.worker.metric(metric) for name, metric in REFUSALS.items()}

    def stand(self):
        """Whether it stands there, with a batch in hand."""
        if not self.stopped.wait(WAIT_S):
            self.world.proxy.disarm(self.stopped)
            return False
        self.world.until(lambda: self.connection, 5)
        self.held = {number: row["epoch"] for number, row in self.world.positions().items()
                     if row["owner_pid"] == self.connection.backend_pid}
        return bool(self.held)

    def is_replaced(self):
        now = self.world.positions()
        return all(now[number]["epoch"] > epoch for number, epoch in self.held.items())

    def _last_batches(self):
        return {number: self.world.scratch.value(
            "SELECT coalesce(max(batch_id), 0) FROM sawa.batch WHERE partition = %s AND epoch = %s",
            number, epoch) for number, epoch in self.held.items()}

    def wake(self):
        self.last = self._last_batches()
        self.worker.signal(signal.SIGCONT)
        self.go_on.set()

    def was_refused(self):
        """Seen from inside (it counts it) and outside (nothing is there under its epochs)."""
        def noticed():
            return sum(self._metrics().values()) > sum(self.before.values())

        if not self.world.until(lambda: noticed() or self.worker.was_aborted(), WAIT_S):
            self.run.violate("I7", f"the worker stopped at {self.point} did not notice")
            return False
        if self.worker.was_aborted():
            return False                    # nobody is left to count anything
        after = self._metrics()
        for name in REFUSALS:
            if after[name] > self.before[name]:
                self.run.reach(f"zombie refused: {name}")
        for number, last in self._last_batches().items():
            if last > self.last[number]:
                self.run.violate("I7", f"stopped at {self.point}, partition {number} epoch"
                                       f" {self.held[number]} committed batch {last} late")
        self.run.reach(f"zombie stopped at {self.point}")
        return True


def zombies(run, count):
    victims = run.pick(count)
    if len(run.pick(count + 1)) <= len(victims):
        return 0                            # nobody is left who could take over
    all_ = [Zombie(run, one, run.rng.choice(POINTS)) for one in victims]
    standing = [one for one in all_ if one.stand()]
    run.world.until(lambda: all(one.is_replaced() for one in standing), WAIT_S)
    hits = [one for one in standing if one.is_replaced()]
    for one in all_:
        if one.connection:
            one.wake()
    return sum(one.was_refused() for one in hits)


# -- lost replies: a COMMIT without an answer --------------------------------------------------

VARIANTS = {"answered": ("committed", "drop"), "delayed": ("commit", "cut"),
            "unsent": ("commit", "drop")}
DELAY_MAX_S = 0.2


class Loss:
    def __init__(self, run, worker, variant):
        self.run, self.worker, self.variant = run, worker, variant
        self.connection = None
        self.before = worker.metric("sawa_unknown_outcomes_total")
        point, self.action = VARIANTS[variant]
        self.fired = run.world.proxy.arm(worker.pid, point, self._lose, run.rng.randint(0, 2))

    def _lose(self, connection):
        self.connection = connection
        return self.action

    def happened(self):
        if not (self.fired.wait(FIRE_WAIT_S) and
                self.run.world.until(lambda: self.connection, 5)):
            self.run.world.proxy.disarm(self.fired)
            return False
        self.connection.ended.wait(WAIT_S)
        return True

    def was_counted(self):
        counted = self.run.world.until(
            lambda: self.worker.metric("sawa_unknown_outcomes_total") > self.before
            or self.worker.was_aborted(), WAIT_S)
        if not counted:
            self.run.violate("I1", f"an answer was lost ({self.variant}), but no unknown outcome"
                                   " was counted")
        self.run.reach(f"reply lost: {self.variant}")
        self.run.reach(f"reply lost: had {self.connection.outcome}")
        return True


def lost_replies(run, count):
    variants = list(VARIANTS)
    run.world.proxy.cut_delay = lambda: run.rng.random() * DELAY_MAX_S
    losses = [Loss(run, worker, run.rng.choice(variants)) for worker in run.pick(count)]
    happened = [loss for loss in losses if loss.happened()]
    hits = sum(loss.was_counted() for loss in happened)
    run.world.until(lambda: all(loss.worker.is_claimed() for loss in happened), WAIT_S)
    return hits


# -- twins: two workers with one identity, each sure that the topic is its own -----------------

def twins(run, _):
    """Another group with the same worker.id: both claim the same partitions."""
    world, victim = run.world, run.pick(1)[0]
    twin = Worker(world, "twin", **{**world.settings, "worker.id": victim.name,
                                    "ingest.group": f"{world.topic}-twin"})
    twin.environment = dict(victim.environment)
    before = sum(one.metric("sawa_epoch_losses_total") for one in world.workers)
    twin.start()
    try:
        def fought():
            return sum(one.metric("sawa_epoch_losses_total") for one in (*world.workers, twin)) \
                > before
        hit = world.until(fought, 20) and twin.is_running()
    finally:
        if run.rng.random() < 0.5:
            twin.kill()
        else:
            code, _ = twin.stop()
            if code != 0 and not twin.was_aborted():
                run.violate("I8", f"a twin ended with {code} after SIGTERM")
    if hit:
        run.reach("twin lost an epoch or took one")
    return int(hit)
