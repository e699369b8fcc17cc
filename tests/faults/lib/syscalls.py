"""syscalls.py - a worker dies before the K-th system call of a batch, or is told it failed.

    the proxy holds BEGIN -> strace attaches to the lane that waits for its answer -> BEGIN passes
    -> the K-th call of that thread is the one

K is swept: first a whole cycle, from BEGIN to the next BEGIN, is traced to learn how many calls it
has; then each of them once in random order, and round again. strace kills before the call is made.
"""
import os
import re
import signal
import struct
import subprocess
import threading
import time

FIRE_WAIT_S, ATTACH_WAIT_S = 8, 5
POLL = "7"
RESET_KINDS = "sendto,recvfrom,poll"


def _unix_inodes():
    with open("/proc/net/unix", encoding="utf-8") as file:
        return {line.split()[6] for line in file.readlines()[1:]}


def _waits_for_database(pid, tid):
    """It is in poll() on a unix socket: in a worker only libpq does that."""
    try:
        with open(f"/proc/{pid}/task/{tid}/syscall", encoding="utf-8") as file:
            words = file.read().split()
        if words[0] != POLL or int(words[2], 16) != 1:
            return False
        with open(f"/proc/{pid}/mem", "rb") as file:
            file.seek(int(words[1], 16))
            number = struct.unpack("i", file.read(4))[0]
        link = os.readlink(f"/proc/{pid}/fd/{number}")
    except (OSError, IndexError, ValueError, struct.error):
        return False
    return link.startswith("socket:[") and link[8:-1] in _unix_inodes()


def _lane_of(pid):
    """The thread that waits now and a moment later: its BEGIN is held."""
    def waiting():
        try:
            return {int(tid) for tid in os.listdir(f"/proc/{pid}/task")
                    if int(tid) != pid and _waits_for_database(pid, tid)}
        except OSError:
            return set()

    end = time.monotonic() + 2
    while time.monotonic() < end:
        first = waiting()
        time.sleep(0.05)
        both = first & waiting()
        if len(both) == 1:
            return both.pop()
    return None


def let_go(process):
    """Ends a strace; what it traced goes on."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Trace:
    """strace on the lane of a worker from its next BEGIN on."""

    def __init__(self, run, worker, *options):
        self.run, self.worker, self.options = run, worker, options
        self.path = os.path.join(run.world.folder, f"strace-{worker.name}-{time.monotonic_ns()}")
        self.process, self.go_on = None, threading.Event()
        self.held = run.world.proxy.arm(worker.pid, "begin", lambda _: self.go_on.wait(20))

    def attach(self):
        """Whether it is attached; BEGIN then passes."""
        try:
            return self.held.wait(FIRE_WAIT_S) and self._attach()
        finally:
            self.run.world.proxy.disarm(self.held)
            self.go_on.set()

    def _attach(self):
        tid = _lane_of(self.worker.pid)
        if tid is None:
            return False
        self.process = subprocess.Popen(
            ["strace", "-qq", "-p", str(tid), "-o", self.path, *self.options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def is_traced():
            try:
                with open(f"/proc/{self.worker.pid}/task/{tid}/status", encoding="utf-8") as file:
                    return "TracerPid:\t0\n" not in file.read()
            except OSError:                 # the first call was the one
                return True
        return self.run.world.until(is_traced, ATTACH_WAIT_S)

    def lines(self):
        try:
            with open(self.path, encoding="utf-8", errors="replace") as file:
                return file.readlines()
        except OSError:
            return []

    def end(self):
        """strace lets go; a worker that lives goes on."""
        if self.process is not None:
            let_go(self.process)


def _learn(run):
    """The number of calls from one BEGIN to the next."""
    worker, over = run.pick(1)[0], threading.Event()
    trace = Trace(run, worker)
    if not trace.attach():
        trace.end()
        return 0

    def is_over():
        sent = [at for at, line in enumerate(trace.lines())
                if line.startswith("sendto(") and "BEGIN" in line]
        return sent and over.set() is None
    run.world.until(is_over, FIRE_WAIT_S)
    trace.end()
    for at, line in enumerate(trace.lines()):
        if line.startswith("sendto(") and "BEGIN" in line:
            return at
    return 0


class Sweep:
    """Which calls have been the one; kept by the supervisor from world to world."""

    def __init__(self):
        self.length, self.left, self.done = 0, [], set()

    def next(self, rng):
        if not self.left:
            self.left = list(range(1, self.length + 1))
            rng.shuffle(self.left)
        return self.left.pop()


def _call_of(line):
    found = re.match(r"(\w+)\(", line)
    return found[1] if found else "?"


def kills(run, count):
    sweep = run.keep("sweep", Sweep)
    sweep.length = sweep.length or _learn(run)
    if not sweep.length:
        return 0
    traces = []
    for worker in run.pick(count):
        number = sweep.next(run.rng)
        kill = f"inject=all:signal=SIGKILL:when={number}"
        traces.append((number, Trace(run, worker, "-e", kill)))
    hits = 0
    for number, trace in traces:
        worker = trace.worker
        attached = trace.attach()
        if attached and run.world.until(lambda: not worker.is_running(), FIRE_WAIT_S):
            worker.is_wanted = False
            sweep.done.add(number)
            calls = [line for line in trace.lines() if not line.startswith("+++")]
            run.reach(f"killed before {_call_of(calls[-1]) if calls else '?'}")
            hits += 1
        else:
            sweep.left.insert(0, number)    # again
            worker.kill()
        trace.end()
    run.states["system calls of a batch cycle"] = sweep.length
    run.states["system calls of it killed at"] = len(sweep.done & set(range(1, sweep.length + 1)))
    return hits


def errors(run, count):
    """ECONNRESET from sendto, recvfrom or poll: the connection is as good as gone."""
    hits = 0
    for worker in run.pick(count):
        number = run.rng.randint(1, 25)
        kind = run.rng.choice(RESET_KINDS.split(","))
        error = "ENOMEM" if kind == "poll" else "ECONNRESET"
        trace = Trace(run, worker, "-e", f"inject={kind}:error={error}:when={number}")
        fired = trace.attach() and run.world.until(
            lambda: any("(INJECTED)" in line for line in trace.lines()[-400:]), FIRE_WAIT_S)
        trace.end()
        run.reach(f"{error} from {kind}", int(fired))
        hits += int(fired)
    return hits
