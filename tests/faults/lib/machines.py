"""machines.py - the servers of a run as processes: found by their pid files, ended, started again.

Only what deploy/local/up wrote down is touched: PID and START must both match. Starting again is
`up` itself, which answers when the server does.
"""
import glob
import os
import signal
import subprocess
import time

from .servers import ROOT

LOCAL = os.path.join(ROOT, "deploy", "local")
GONE_WAIT_S = 40


def _start_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    is_gone = fields[0] == "Z" and int(fields[17]) <= 1   # else its threads still hold its ports
    return None if is_gone else fields[19]


class Server:
    def __init__(self, name, state=None):
        self.name, self.state = name, state or os.environ["SAWA_STATE"]
        with open(os.path.join(self.state, "home"), encoding="utf-8") as file:
            self.run = file.read().strip()
        self.pid, self.start_time = 0, ""
        self.find()

    def find(self):
        with open(os.path.join(self.run, f"{self.name}.pid"), encoding="utf-8") as file:
            self.pid, self.start_time = file.read().split()
        self.pid = int(self.pid)

    def is_running(self):
        return _start_of(self.pid) == self.start_time

    def signal(self, number):
        if self.is_running():
            os.kill(self.pid, number)

    def end(self, number):
        """Whether the signal ended it."""
        self.signal(number)
        end = time.monotonic() + GONE_WAIT_S
        while self.is_running() and time.monotonic() < end:
            time.sleep(0.01)
        return not self.is_running()

    def start(self):
        """Seconds until it answers. What its last life left behind may keep it back at first."""
        begin = time.monotonic()
        for turn in range(10):
            answer = subprocess.run(
                [os.path.join(LOCAL, "up"), "--state", self.state, "--with", self.name],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, check=False)
            if answer.returncode == 0:
                self.find()
                return time.monotonic() - begin
            time.sleep(0.2 * (turn + 1))
        raise RuntimeError(f"{self.name} does not start again: {answer.stdout[-500:]}")

    def children(self):
        with open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="utf-8") as file:
            return [int(pid) for pid in file.read().split()]


def living_in(folder):
    """Processes that work in it: those of a PostgreSQL, also when their postmaster is gone."""
    found = []
    for pid in os.listdir("/proc"):
        try:
            if pid.isdigit() and os.readlink(f"/proc/{pid}/cwd") == folder and _start_of(pid):
                found.append(int(pid))
        except OSError:
            pass                            # it ended, or is not ours to look at
    return found


def last_words(states, lines=40):
    """What the servers of these state folders wrote last: for a world that did not end well."""
    out = []
    for home in filter(None, map(_home_of, states)):
        for path in ("postgres.log", "kafka.log", "rabbitmq/log/*@localhost.log"):
            for found in sorted(glob.glob(os.path.join(home, path))):
                with open(found, encoding="utf-8", errors="replace") as file:
                    tail = file.read()[-20000:].splitlines()[-lines:]
                out += [f"# {os.path.basename(found)} ends with:"]
                out += [f"#   {line}" for line in tail]
    return "\n".join(out)


def _home_of(state):
    try:
        with open(os.path.join(state, "home"), encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return None


def stopped_for(server, seconds):
    """SIGSTOP, a while, SIGCONT; whether it stood there in between."""
    server.signal(signal.SIGSTOP)
    time.sleep(seconds)
    with open(f"/proc/{server.pid}/stat", encoding="utf-8") as file:
        stood = file.read().rpartition(")")[2].split()[0] == "T"
    server.signal(signal.SIGCONT)
    return stood
