"""database.py - one snapshot of a Sawa database: every part sees the same moment."""
import psycopg2


class _Lines:
    """A file that hands every line written to it to a function, without its end."""

    def __init__(self, take):
        self.take, self.rest = take, ""

    def write(self, data):
        text = self.rest + (data if isinstance(data, str) else data.decode())
        lines = text.split("\n")
        self.rest = lines.pop()
        for line in lines:
            self.take(line)


class Database:
    def __init__(self, dsn):
        self.connection = psycopg2.connect(dsn)
        self.connection.set_client_encoding("UTF8")
        self.connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        self.cursor = self.connection.cursor()
        self.cursor.execute("SET search_path = sawa; SET max_parallel_workers_per_gather = 0")

    def rows(self, sql, *parameters):
        self.cursor.execute(sql, parameters)
        return self.cursor.fetchall()

    def value(self, sql, *parameters):
        return self.rows(sql, *parameters)[0][0]

    def stream(self, sql, take, *parameters):
        """COPY OUT, text: take(line) per row. Columns are separated by tabs, null is \\N."""
        query = self.cursor.mogrify(sql, parameters).decode()
        self.cursor.copy_expert(f"COPY ({query}) TO STDOUT", _Lines(take), 1 << 18)

    def has_table(self, name):
        return self.value("SELECT to_regclass(%s) IS NOT NULL", f"sawa.{name}")

    def close(self):
        self.connection.rollback()
        self.connection.close()
