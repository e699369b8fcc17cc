"""settlement.py - faults of settle and relay, and of what they stand on, while money moves.

Killed: at random while there is work, when COMMIT is on its way there or its answer on its way
back, when a destination has its events and the row does not say so yet, and before a system call:
of the database's or a broker's, before a payment file is synced or moved into the bank's folder.

A kill counts when there was something to do.
"""
import signal
import subprocess

from . import processes, rabbit, syscalls
from .machines import Server
from .settlement_world import Relay, Settle

FIRE_WAIT_S, ATTACH_WAIT_S, WORK_WAIT_S = 8, 5, 20

# moment | share | passages that are let through first, at most | programs that pass it
MOMENTS = (("random", 30, 0, ("settle", "relay")), ("commit", 30, 3, ("settle", "relay")),
           ("committed", 30, 3, ("settle", "relay")), ("told", 20, 4, ("relay",)))

# call | the most before it | the program: send and recv are libpq's and the brokers'
CALLS = (("sendto", 60, "settle"), ("recvfrom", 60, "settle"), ("sendto", 80, "relay"),
         ("recvfrom", 80, "relay"), ("sendmsg", 10, "relay"), ("renameat2", 2, "relay"),
         ("fsync", 6, "relay"))


def worker(run, name):
    """Of a stage: one ingest, the others settle and relay in turn."""
    number = int(name.rpartition("-")[2])
    if number == 0:
        return run.world.worker(name)
    kind = Settle if number % 2 else Relay
    return run.world.program(kind, f"{kind.program}-{number}")


def _victims(run, program, count):
    """Programs of that name, or of any, that are up, in random order."""
    ready = []

    def enough():
        ready[:] = [one for one in run.world.programs(program)
                    if one.is_running() and one.is_claimed()]
        return len(ready) >= count

    run.world.until(enough, WORK_WAIT_S)
    run.rng.shuffle(ready)
    return ready[:count]


# -- at a moment ------------------------------------------------------------------------------

def _moment(run, program):
    rows = [row for row in MOMENTS if program in row[3]]
    return run.rng.choices(rows, [row[1] for row in rows])[0]


def _kills(run, program, count):
    armed, hits = {}, 0
    for victim in _victims(run, program, count):
        moment, _, most, _ = _moment(run, program)
        if moment == "random":
            hit = processes.kill_now(run, victim)
            run.reach(f"{program} killed at random", int(hit))
            hits += hit
        else:
            fired = processes.kill_at(run, victim, moment, run.rng.randint(0, most))
            armed[victim] = (fired, moment)
    return hits + processes.await_armed(run, armed, program)


def settle_kills(run, count):
    return _kills(run, "settle", count)


def relay_kills(run, count):
    return _kills(run, "relay", count)


# -- before a system call ---------------------------------------------------------------------

class Trace:
    """strace on all threads of a program that runs: it dies before the K-th of these calls."""

    def __init__(self, run, victim, call, number):
        self.run, self.victim = run, victim
        self.process = subprocess.Popen(
            ["strace", "-f", "-qq", "-p", str(victim.pid), "-o", "/dev/null", "-e",
             f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kills(self):
        """Whether it died."""
        return self.run.world.until(self._has_begun, ATTACH_WAIT_S) and \
            self.run.world.until(lambda: not self.victim.is_running(), FIRE_WAIT_S)

    def _has_begun(self):
        try:
            with open(f"/proc/{self.victim.pid}/status", encoding="utf-8") as file:
                return "TracerPid:\t0\n" not in file.read()
        except OSError:
            return True

    def end(self):
        syscalls.let_go(self.process)


def syscall_kills(run, _):
    call, most, program = run.rng.choice(CALLS)
    victims = _victims(run, program, 1)
    if not victims or not run.world.until(victims[0].is_working, WORK_WAIT_S):
        return 0
    trace = Trace(run, victims[0], call, run.rng.randint(1, most))
    try:
        hit = trace.kills()
    finally:
        trace.end()
        victims[0].kill()
    run.reach(f"{program} killed before {call}", int(hit))
    return int(hit)


# -- brokers ----------------------------------------------------------------------------------

def _without(run, kind, end, start):
    """A broker ends while events wait for it, is away, and comes back; half of the times a relay
    is killed meanwhile, too."""
    world = run.world
    world.until(lambda: world.waiting(kind) > 0, WORK_WAIT_S, 0.001)
    if not end():
        return 0
    waited = world.until(lambda: world.waiting(kind) > 0, 1 + run.rng.random() * 2, 0.05)
    run.reach(f"events waited while {kind} was away", int(waited))
    if run.rng.random() < 0.5:
        for victim in _victims(run, "relay", 1):
            victim.kill()
            victim.start()
            run.reach(f"relay killed while {kind} was away")
    start()
    return 1


def kafka_restarts(run, _):
    server, number = Server("kafka"), run.rng.choice((signal.SIGTERM, signal.SIGKILL))
    hit = _without(run, "kafka", lambda: server.end(number), server.start)
    run.reach(f"Kafka ended by {signal.Signals(number).name} and started", hit)
    return hit


def rabbit_restarts(run, _):
    broker, name = rabbit.on_rabbit.broker, run.rng.choice(sorted(rabbit.ENDS))

    def end():
        rabbit.ENDS[name](broker)
        return True
    hit = _without(run, "amqp", end, broker.start)
    run.reach(f"RabbitMQ was {name} and started", hit)
    return hit
