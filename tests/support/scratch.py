"""scratch.py - a database of its own for a test, the programs run on it, and TAP lines.

    with Scratch("settle") as scratch:
        scratch.program("corridor", "load", path)
        scratch.sql("SELECT count(*) FROM settlement_window")      -> rows
        scratch.check("a window opens once", condition, "what was found instead")
    sys.exit(scratch.exit_code)

Where the server is: SAWA_DATABASE_DSN or the PG* variables, as a superuser. Programs: SAWA_BIN.
"""
import os
import subprocess
import sys

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


class Scratch:
    def __init__(self, name):
        given = parse_dsn(os.environ.get("SAWA_DATABASE_DSN", ""))
        given.pop("dbname", None)
        self.server = given
        self.name = f"sawa_{name}_{os.getpid()}"
        self.bin = os.environ.get("SAWA_BIN") or os.path.join(ROOT, "build", "release", "bin")
        self.failed = 0
        self.connection = None

    # -- the database ----------------------------------------------------------------------

    def _admin(self, statement):
        connection = psycopg2.connect(make_dsn(**self.server, dbname="postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def __enter__(self):
        self._admin(f'CREATE DATABASE "{self.name}"')
        try:
            self._deploy()
            self.connection = psycopg2.connect(self.dsn())
            self.connection.autocommit = True
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused):
        if self.connection:
            self.connection.close()
        self._admin(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _deploy(self):
        """The changes in the order of the plan; deploy/schema itself has tests of its own."""
        folder = os.path.join(ROOT, "schemas", "postgres")
        with open(os.path.join(folder, "sqitch.plan"), encoding="utf-8") as plan:
            changes = [line.split()[0] for line in plan if line[0].islower()]
        files = [part for change in changes for part in ("-f", f"deploy/{change}.sql")]
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(), *files],
                       cwd=folder, check=True, stderr=subprocess.DEVNULL)

    def dsn(self, role=None):
        """Of the superuser, or of one of our roles."""
        settings = {**self.server, "dbname": self.name}
        if role:
            settings["user"] = f"sawa_{role}"
        return make_dsn(**settings)

    def sql(self, statement, *values, **named):
        """Rows; values for %s, or named ones for %(name)s."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, named or values or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement, *values, **named):
        return self.sql(statement, *values, **named)[0][0]

    def approved(self, statement):
        """A statement that writes rows of the corridor book, with an approval of its own."""
        with open(os.path.join(ROOT, "tests", "support", "approve.sql"),
                  encoding="utf-8") as file:
            self.sql(f"{file.read()}{statement}")

    # -- programs --------------------------------------------------------------------------

    def start(self, name, *arguments, role=None, **popen):
        environment = {**os.environ, "SAWA_DATABASE_DSN": self.dsn(role or name)}
        return subprocess.Popen([os.path.join(self.bin, f"sawa-{name}"), *map(str, arguments)],
                                env=environment, text=True, **popen)

    def program(self, name, *arguments, role=None):
        """(exit code, stdout, stderr)"""
        process = self.start(name, *arguments, role=role, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    def must(self, name, *arguments, role=None):
        """stdout of a program that ends with 0."""
        code, out, err = self.program(name, *arguments, role=role)
        if code != 0:
            raise RuntimeError(f"sawa-{name} {' '.join(map(str, arguments))}: {code}\n{out}{err}")
        return out

    def change_book(self, path):
        """A change of the corridor book, by two people; what the second one is told."""
        out = self.must("corridor", "propose", path, role="maker")
        change = out.split("proposed as change ")[1].split(",")[0]
        return self.must("corridor", "approve", change, role="checker")

    # -- TAP -------------------------------------------------------------------------------

    def check(self, name, condition, found=None):
        print(f"{'ok' if condition else 'not ok'} - {name}", flush=True)
        if not condition:
            self.failed += 1
            if found is not None:
                print(f"# found: {found}")
        return condition

    def equal(self, name, expected, found):
        return self.check(name, expected == found, f"{found!r}, expected {expected!r}")

    @property
    def exit_code(self):
        return 1 if self.failed else 0


def main(function):
    """Runs a scenario; an exception is a failed check, not silence."""
    try:
        sys.exit(function())
    except Exception as error:  # pylint: disable=broad-except
        print(f"not ok - the scenario runs to its end\n# {type(error).__name__}: {error}")
        sys.exit(1)
