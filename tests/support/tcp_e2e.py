"""TCP services for the end-to-end tests: files of [[tcp]], servers that are scripts, clients.

Owner: a test.   Thread: the test's; each connection of a server has its own.
Not here: processes (zeroway_e2e.py), checks (tests/e2e/test_tcp_*.py).
"""
import contextlib
import socket
import threading

import sites_e2e as s
import zeroway_e2e as z

RESET = b'\1\0\0\0\0\0\0\0'


def service(port, servers, name='echo', more=''):
    """`servers`: "fabric:/PATH", or what knows its address."""
    listed = servers if isinstance(servers, str) else [getattr(one, 'address', one) for one in servers]
    text = f'"{listed}"' if isinstance(listed, str) else '[' + ', '.join(
        one if one.startswith('{') else f'"{one}"' for one in listed) + ']'
    return f'[[tcp]]\nname = "{name}"\nlisten = ["127.0.0.1:{port}"]\nservers = {text}\n{more}\n'


def serve(stack, text, port, *options):
    """A router with the file `text`. No connection was made to it: a server would see it."""
    router = s.serve(stack, text, port, *options, wait=False)
    router.wait_log('serving ')
    return router


def front(stack, servers, more='', options=(), top=''):
    """A router with one service, whose port is the router's."""
    port = z.free_port()
    return serve(stack, top + service(port, servers, more=more), port, *options)


class Server:
    """Accepts connections, and runs `script(connection)` for each on a thread of its own. `accepted` keeps them."""

    def __init__(self, script, port=0, path=None):
        """`path`: of a unix socket, in the place of a port."""
        if path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(path)
            self.listener.listen(128)
            self.address = f'unix:{path}'
        else:
            self.listener = socket.create_server(('127.0.0.1', port), backlog=128)
            self.port = self.listener.getsockname()[1]
            self.address = f'127.0.0.1:{self.port}'
        self.script = script
        self.accepted = []
        self.failures = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.accepted.append(connection)
            threading.Thread(target=self._run, args=[connection], daemon=True).start()

    def _run(self, connection):
        try:
            self.script(connection)
        except OSError as error:
            self.failures.append(error)

    def stop(self):
        """Refuses connections from now on; those that are open stay."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def close(self):
        self.stop()
        for connection in self.accepted:
            connection.close()


def read_all(connection):
    data = b''
    while piece := connection.recv(262_144):
        data += piece
    return data


def echo(connection):
    while piece := connection.recv(262_144):
        connection.sendall(piece)
    connection.shutdown(socket.SHUT_WR)


def greet(connection):
    connection.sendall(b'hello\n')
    echo(connection)


def name_and_echo(name):
    def script(connection):
        connection.sendall(name.encode() + b'\n')
        echo(connection)
    return script


def hold(connection):
    """Says and reads nothing."""
    threading.Event().wait(600)


def is_reset(connection, within=z.PATIENCE):
    """Whether the peer resets the connection within the time; a FIN is no reset."""
    connection.socket.settimeout(within * z.SLOW)
    try:
        while connection.socket.recv(65_536):
            pass
        return False
    except ConnectionResetError:
        return True


def is_refused(port):
    """Whether a new connection is reset at once, even before connect() has returned."""
    try:
        with z.Connection(port) as client:
            return is_reset(client)
    except ConnectionResetError:
        return True
