"""worker.py - one process of a worker program, its log and its metrics."""
import json
import os
import re
import signal
import subprocess
import time
import urllib.request

from .servers import ROOT

SETTINGS = {
    "kafka.session.timeout.ms": 1000, "kafka.heartbeat.interval.ms": 300,
    "schema.directory": os.path.join(ROOT, "schemas", "avro"), "batch.linger": "50ms",
}
# Up to 2.15 librdkafka asserts what rebalances close upon one another break (its issue 5573). An
# orchestrator starts the process again; what it had committed is judged all the same.
CLIENT_ASSERTED = re.compile(r"rdkafka_\w+\.c:\d+: \w+: Assertion")


class Worker:
    program = "ingest"                      # and the role it logs in as

    def __init__(self, world, name, **settings):
        self.world, self.name = world, name
        self.settings = {**self.usual(world), "worker.id": name, **settings}
        self.path = os.path.join(world.folder, f"{name}.log")
        self.starts = 0
        self.environment = {}               # beside the usual one: preloaded shims, passwords
        self.may_end = False                # a fault was such that it may, until it starts again
        self.is_wanted = False              # it was started, and not ended by us
        self.process = None
        self._read_at = 0
        self._events = []

    @staticmethod
    def usual(world):
        return {**SETTINGS, "ingest.topic": world.topic, "ingest.group": world.topic}

    # -- life ------------------------------------------------------------------------------

    def start(self):
        program = os.path.join(self.world.scratch.bin, f"sawa-{self.program}")
        chosen = [word for key, value in self.settings.items()
                  for word in ("--set", f"{key}={value}")]
        environment = {**os.environ, "SAWA_DATABASE_DSN": self.world.worker_dsn(self.program),
                       "SAWA_BATCH_KEY_FILE": os.environ["SAWA_KEK_FILE"], **self.environment}
        with open(self.path, "ab") as log:
            self._read_at, self._events = log.tell(), []
            self.process = subprocess.Popen([program, "run", "--log-format", "json", *chosen],
                                            env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)
        self.starts += 1
        self.may_end = False
        self.is_wanted = True
        return self

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        os.kill(self.pid, number)

    def has_deserted(self):
        return self.is_wanted and not self.may_end and not self.is_running()

    def was_aborted(self):
        """By its Kafka client."""
        return not self.is_running() and bool(CLIENT_ASSERTED.search(str(self.events()[-2:])))

    def kill(self):
        self.is_wanted = False
        if self.is_running():
            self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=30):
        """SIGTERM; (exit code, seconds it took)."""
        begin = time.monotonic()
        self.is_wanted = False
        if self.is_running():
            self.signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            code = None
        return code, time.monotonic() - begin

    # -- what it says ----------------------------------------------------------------------

    def events(self, action=None):
        """Of this process: the lines of its log, by action."""
        with open(self.path, "rb") as log:
            log.seek(self._read_at)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read_at += len(line)
                try:
                    self._events.append(json.loads(line))
                except ValueError:
                    self._events.append({"event.action": "", "message": line.decode()})
        return [event for event in self._events
                if action is None or event.get("event.action") == action]

    def metric(self, name):
        """The sum of a metric over its labels; 0 where it is not there."""
        listening = self.events("health_listening")
        if not listening:
            return 0
        url = f"http://127.0.0.1:{listening[-1]['sawa.port']}/metrics"
        try:
            with urllib.request.urlopen(url, timeout=5) as page:
                lines = page.read().decode().splitlines()
        except OSError:
            return 0                        # it is being killed
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines
                   if line.startswith((name + " ", name + "{")))

    # -- what it does ----------------------------------------------------------------------

    def is_claimed(self):
        """It holds at least one partition, as the database sees it."""
        backends = self.world.proxy.backends(self.pid)
        return bool(backends) and any(row["owner_pid"] in backends
                                      for row in self.world.positions().values())

    def is_working(self):
        """It is in a transaction, or records wait behind a position it holds."""
        if not self.is_running():
            return False
        if self.world.proxy.is_in_tx(self.pid):
            return True
        backends = self.world.proxy.backends(self.pid)
        return any(row["owner_pid"] in backends
                   and self.world.producer.ends[number] > row["next_offset"]
                   for number, row in self.world.positions().items())
