"""proxy.py - stands between workers and PostgreSQL and knows where in a transaction they are.

    worker --unix socket--> Proxy --unix socket--> PostgreSQL

It reads the frontend/backend protocol as far as needed and calls a hook at these points, on the
connection's own thread, before anything of that moment is passed on:

    claim       the statement that takes a partition is about to reach the server
    refresh     the first statement that reads the corridor book again is
    told        the statement that says how far a destination has its events is
    begin       BEGIN is about to reach the server
    lock        the statement that locks the positions of a batch is
    copy        COPY payment is
    data        the first rows of a COPY are
    commit      COMMIT is
    committed   the server's answer to COMMIT is about to reach the worker

The hook may kill or stop the worker, wait, or answer an action: PASS (None), DROP (both sides are
closed, nothing is passed on) or CUT (the worker's side is closed, the server gets the message and
its answer is read here).
"""
import os
import select
import socket
import struct
import threading
import time

PASS, DROP, CUT = None, "drop", "cut"
STATEMENTS = ((b"epoch = epoch + 1", "claim"), (b"FOR UPDATE OF position", "lock"),
              (b"FROM participant ORDER BY", "refresh"), (b"SET next_number", "told"))
QUERIES = ((b"BEGIN", "begin"), (b"COPY payment", "copy"), (b"COMMIT", "commit"))


def _messages(buffer, at):
    """(type, start, body, end) of every whole message from at on."""
    while len(buffer) - at >= 5:
        size = struct.unpack_from("!I", buffer, at + 1)[0]
        end = at + 1 + size
        if end > len(buffer):
            return
        yield buffer[at:at + 1], at, at + 5, end
        at = end


class Connection:
    def __init__(self, proxy, client):
        self.proxy, self.client = proxy, client
        credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        self.pid = struct.unpack("3i", credentials)[0]
        self.backend_pid = None
        self.in_tx = False
        self.cut = False
        self.outcome = None               # of a COMMIT after CUT: committed, or rolled back
        self.ended = threading.Event()
        self._prepared = {}               # statement name -> point
        is_path = isinstance(proxy.upstream, str)     # else host and port
        self.server = socket.socket(socket.AF_UNIX if is_path else socket.AF_INET)
        self.server.connect(proxy.upstream)
        self.threads = [threading.Thread(target=self._run, args=(side,), daemon=True)
                        for side in (self._from_client, self._from_server)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def _run(self, side):
        try:
            side()
        except OSError:
            pass
        finally:
            if side == self._from_server:
                self.outcome = self.outcome or "rolled back"
                self.ended.set()
            if not self.cut or side == self._from_server:
                self.close()

    def close(self):
        for end in (self.client, self.server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.in_tx = False
        self.proxy.forget(self)

    def _close_client(self):
        self.cut = True
        try:
            self.client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    # -- from the worker -------------------------------------------------------------------

    def _from_client(self):
        size = struct.unpack("!I", self._exactly(4))[0]
        self.server.sendall(struct.pack("!I", size) + self._exactly(size - 4))
        buffer = bytearray()
        while True:
            chunk = self.client.recv(1 << 18)
            if not chunk:
                return
            buffer += chunk
            sent = done = 0
            for kind, start, body, end in _messages(buffer, 0):
                done = end
                point = self._point(kind, buffer, body, end) if kind in b"QPBd" else None
                if point is None:
                    continue
                self.proxy.send(self.server, memoryview(buffer)[sent:start], "upstream")
                sent = start
                if point == "begin":
                    self.in_tx = True
                action = self.proxy.call(self, point)
                if action == DROP:
                    return
                if action == CUT:
                    self._close_client()
                    time.sleep(self.proxy.cut_delay())
                    self.server.sendall(memoryview(buffer)[start:end])
                    self.ended.wait(30)
                    return
            if done > sent:
                self.proxy.send(self.server, memoryview(buffer)[sent:done], "upstream")
            del buffer[:done]

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            chunk = self.client.recv(size - len(data))
            if not chunk:
                raise OSError("closed")
            data += chunk
        return data

    def _point(self, kind, buffer, body, end):
        if kind == b"d":
            return "data"
        if kind == b"Q":
            text = bytes(buffer[body:min(end, body + 64)])
            return next((point for word, point in QUERIES if text.startswith(word)), None)
        text = bytes(buffer[body:min(end, body + 8192)])
        if kind == b"P":
            name, _, sql = text.partition(b"\0")
            self._prepared[name] = next((p for word, p in STATEMENTS if word in sql), None)
            return None
        return self._prepared.get(text.split(b"\0", 2)[1])

    # -- from the server -------------------------------------------------------------------

    def _from_server(self):
        buffer = bytearray()
        while True:
            chunk = self.server.recv(1 << 18)
            if not chunk:
                return
            buffer += chunk
            done = 0
            for kind, start, body, end in _messages(buffer, 0):
                if kind == b"K":
                    self.backend_pid = struct.unpack_from("!I", buffer, body)[0]
                elif kind == b"Z":
                    self.in_tx = buffer[body] != ord("I")
                elif kind == b"C" and buffer[body:end] == b"COMMIT\0":
                    if self.cut:
                        self.outcome = "committed"
                        return
                    self._pass_on(memoryview(buffer)[done:start])
                    done = start
                    if self.proxy.call(self, "committed") == DROP:
                        self.outcome = "committed"
                        return
                self._pass_on(memoryview(buffer)[done:end])
                done = end
            del buffer[:done]

    def _pass_on(self, data):
        if not self.cut and data:
            self.proxy.send(self.client, data, "downstream")


class Proxy:
    """hook(connection, point) -> action; set it while the proxy runs, or use arm(): any number of
    those stand side by side."""

    def __init__(self, upstream, folder):
        self.upstream = upstream
        self.hook = None
        self.armed = {}                   # event -> hook, until it has fired
        self.toxic = None                 # ("delay", s, stream), ("slice", bytes, ..), ("mute", ..)
        self.cut_delay = lambda: 0
        self.lock = threading.Lock()
        self.connections = set()
        self.folder = folder
        self.port = 5432
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(folder, f".s.PGSQL.{self.port}"))
        self.listener.listen(64)
        self._ended = False
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def _accept(self):
        while not self._ended:
            if not select.select([self.listener], [], [], 0.2)[0]:
                continue
            client, _ = self.listener.accept()
            try:
                connection = Connection(self, client)
            except OSError:
                client.close()
                continue
            with self.lock:
                self.connections.add(connection)
            connection.start()

    def send(self, end, data, stream):
        """All of it, as the toxic has it."""
        kind, value, of = self.toxic or (None, None, None)
        if of != stream:
            kind = None
        if kind == "delay":
            time.sleep(value)
        while kind == "mute" and self.toxic:
            time.sleep(0.02)
        step = value if kind == "slice" else max(len(data), 1)
        for begin in range(0, len(data), step):
            end.sendall(data[begin:begin + step])
            if kind == "slice" and self.toxic:
                time.sleep(0.0002)

    def close(self):
        self._ended = True
        self.disarm()
        self.acceptor.join()
        for connection in self.of(None):
            connection.close()
        self.listener.close()

    def forget(self, connection):
        with self.lock:
            self.connections.discard(connection)

    def of(self, pid):
        """Connections of a process; of all where pid is None."""
        with self.lock:
            return [one for one in self.connections if pid is None or one.pid == pid]

    def call(self, connection, point):
        for hook in (self.hook, *list(self.armed.values())):
            action = hook(connection, point) if hook else PASS
            if action is not PASS:
                return action
        return PASS

    def is_in_tx(self, pid):
        return any(one.in_tx for one in self.of(pid))

    def backends(self, pid):
        return [one.backend_pid for one in self.of(pid) if one.backend_pid]

    def arm(self, pid, point, act, skip=0):
        """The next time (after skip times) the process passes the point, act(connection) decides.
        Answers an event that is set when that has happened."""
        fired = threading.Event()
        left = [skip]

        def hook(connection, now):
            if fired.is_set() or connection.pid != pid or now != point:
                return PASS
            with self.lock:
                if fired.is_set():
                    return PASS
                left[0] -= 1
                if left[0] >= 0:
                    return PASS
                fired.set()
                self.armed.pop(fired, None)
            return act(connection)

        self.armed[fired] = hook
        return fired

    def disarm(self, *fired):
        """These, or all and the hook too: what has not happened yet will not."""
        if not fired:
            self.hook = None
        for event in fired or list(self.armed):
            self.armed.pop(event, None)
