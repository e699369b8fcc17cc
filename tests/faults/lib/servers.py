"""servers.py - the PostgreSQL and Kafka of the environment, or a private pair for this run."""
import contextlib
import os
import shlex
import subprocess
import tempfile

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../.."))
NEEDED = ("SAWA_DATABASE_DSN", "SAWA_KAFKA_BROKERS", "SAWA_KEK_FILE")


def read_environment(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("export "):
                name, _, value = line[len("export "):].partition("=")
                os.environ[name] = shlex.split(value)[0]


@contextlib.contextmanager
def servers():
    """Afterwards the environment names servers; those started here are gone at the end."""
    if all(os.environ.get(name) for name in NEEDED):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="sawa-faults.") as folder:
        os.chmod(folder, 0o711)             # the servers' user passes through
        local = os.path.join(ROOT, "deploy", "local")
        state = os.path.join(folder, "state")
        try:
            subprocess.run([f"{local}/up", "--state", state, "--without", "rabbitmq"], check=True,
                           stdout=subprocess.DEVNULL)
            read_environment(os.path.join(state, "env"))
            yield
        finally:
            subprocess.run([f"{local}/down", "--state", state, "--purge"], check=False,
                           stdout=subprocess.DEVNULL)
