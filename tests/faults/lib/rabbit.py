"""rabbit.py - a RabbitMQ node of one scenario or stage, and its restarts as a fault."""
import contextlib
import os
import shlex
import shutil
import subprocess
import tempfile

from .servers import ROOT

WAIT_S = 20


class Broker:
    """A RabbitMQ node of this run, that may be killed."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="sawa-stream.")
        os.chmod(self.folder, 0o711)     # the server's user passes through
        self.state = os.path.join(self.folder, "state")
        self.kills = 0

    def _local(self, program, *arguments):
        subprocess.run([os.path.join(ROOT, "deploy", "local", program), "--state", self.state,
                        *arguments], check=True, stdout=subprocess.DEVNULL)

    def start(self):
        self._local("up", "--with", "rabbitmq")
        with open(os.path.join(self.state, "env"), encoding="utf-8") as file:
            named = dict(line[len("export "):].rstrip("\n").split("=", 1) for line in file)
        self.url = shlex.split(named["SAWA_AMQP_URL"])[0]
        self.url_file = self.secret("url", self.url)

    def secret(self, name, url):
        """Its path. A worker that connects reads it at any moment, so it is never half written."""
        path = os.path.join(self.folder, name)
        with open(path + ".new", "w", encoding="utf-8",
                  opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(url)
        os.replace(path + ".new", path)
        return path

    @property
    def password(self):
        return self.url.split("@")[0].rsplit(":", 1)[1]

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1].split("/")[0])

    def stop(self):
        self._local("down", "--only", "rabbitmq")

    def kill(self):
        self._local("down", "--only", "rabbitmq", "--kill")
        self.kills += 1

    def remove(self):
        self._local("down", "--purge")
        shutil.rmtree(self.folder, ignore_errors=True)


# -- of the fault programme ----------------------------------------------------------------------

@contextlib.contextmanager
def on_rabbit():
    """A node beside the usual servers, for the worlds of a stage."""
    broker = Broker()
    try:
        broker.start()
        on_rabbit.broker = broker
        yield
    finally:
        broker.remove()


def states():
    """The state folders of the servers that are up."""
    own = getattr(on_rabbit, "broker", None)
    return [os.environ.get("SAWA_STATE", "")] + ([own.state] if own else [])


ENDS = {"stopped": Broker.stop, "killed": Broker.kill}


def restarts(run, _):
    """While the worker has work. It counts when the worker has seen it."""
    workers, broker = run.pick(1), on_rabbit.broker
    if not workers:
        return 0
    before = len(workers[0].events("server_away"))
    working = run.world.until(workers[0].is_working, WAIT_S, 0.001)
    end = run.rng.choice(sorted(ENDS))
    ENDS[end](broker)
    broker.start()
    seen = run.world.until(lambda: len(workers[0].events("server_away")) > before, WAIT_S)
    run.reach(f"RabbitMQ was {end} and started", int(working and seen))
    return int(working and seen)
