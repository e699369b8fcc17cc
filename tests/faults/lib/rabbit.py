"""rabbit.py - a RabbitMQ node of one scenario."""
import os
import shlex
import shutil
import subprocess
import tempfile

from .servers import ROOT


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
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(url)
        return path

    @property
    def password(self):
        return self.url.split("@")[0].rsplit(":", 1)[1]

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1].split("/")[0])

    def kill(self):
        self._local("down", "--only", "rabbitmq", "--kill")
        self.kills += 1

    def remove(self):
        self._local("down", "--purge")
        shutil.rmtree(self.folder, ignore_errors=True)
