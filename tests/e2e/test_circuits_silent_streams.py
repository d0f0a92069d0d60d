"""A stream of events that says nothing for a long time stays open behind a circuit, from a server and from a worker, over
HTTP/1.1 and HTTP/2; its connections have probes of TCP, which find a peer that is gone."""
import select
import subprocess
import threading
import time

import pytest

import zeroway_e2e as z
from circuits_e2e import Circuits
from h2_peer import H2Client
from origins import Origin, chunked

SECONDS = 5
LONG = 600
# Every time of a client that has one, far shorter than the silence.
SHORT = [word for name in ('head', 'body', 'idle', 'send', 'half-close', 'reply')
         for word in (f'--{name}-timeout', '1s')]
FIRST, SECOND = b'data: one\n\n', b'data: two\n\n'


def a_server(stack, gate):
    """Sends an event, and another one at the end of the silence."""
    def script(request):
        request.connection.send(chunked(FIRST, is_whole=False, fields=[('Content-Type', 'text/event-stream')]))
        gate.wait()
        request.connection.send(z.chunk(SECOND) + z.LAST_CHUNK)
    return stack.closing(Origin(script))


class Http1Stream:
    def __init__(self, port, path):
        self.connection = z.Connection(port)
        self.socket = self.connection.socket
        self.connection.send_request('GET', path)
        assert self.connection.read_head().status == 200

    def wait_for(self, text):
        while text not in self.connection.buffer:
            assert self.connection.fill(), f'no {text}'

    def look(self):
        raise AssertionError(f'it said {self.connection.socket.recv(1_000)!r}')

    def close(self):
        self.connection.close()


class Http2Stream:
    def __init__(self, port, path):
        self.client = H2Client(port)
        self.socket = self.client.socket
        self.reply = self.client.streams[self.client.open(path)]

    def wait_for(self, text):
        self.client.wait_for(lambda: text in self.reply.body)

    def look(self):
        """The connection may say something of its own."""
        before = bytes(self.reply.body)
        self.client.read_some()
        assert not self.client.is_closed and not self.reply.is_over and self.reply.body == before

    def close(self):
        self.client.close()


def be_silent(streams, seconds):
    """Waits so long. No stream may say anything, and none may end."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select([stream.socket for stream in streams], [], [], left)
        for stream in streams:
            if stream.socket in ready:
                stream.look()


def probes_of(pid, ports):
    """Of each connection of the process at these ports, whether the kernel has a timer for probes."""
    wanted = ' or '.join(f'sport = :{port} or dport = :{port}' for port in ports)
    lines = subprocess.run(['ss', '-Htnop', 'state', 'established', f'( {wanted} )'], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    return ['timer:(keepalive' in line for line in lines if f'pid={pid},' in line]


@pytest.mark.parametrize('seconds, options', [
    pytest.param(SECONDS, SHORT, id='short times'),
    pytest.param(LONG, [], id='ten minutes', marks=pytest.mark.skipif(not z.LONG, reason='ten minutes; ZEROWAY_LONG=1'))])
def test_a_silent_stream_of_events_stays_open(stack, seconds, options):
    gate = threading.Event()
    server = a_server(stack, gate)
    stack.closing(gate).close = gate.set
    c = Circuits(stack, *options)
    c.put('server', 's1', 'server', [server])
    stack.httpbin('httpbin-1', '--app', 's1/worker')
    c.router.wait_workers(1)
    # A worker's EventStream is never silent; these are two bytes, one at each end of the silence.
    paths = {'/s1/server/': (FIRST, SECOND), f'/s1/worker/drip?numbytes=2&duration={2 * seconds + 4}': (b'*', b'**')}
    streams = {}
    for path, (first, second) in paths.items():
        for road in (Http1Stream, Http2Stream):
            stream = stack.closing(road(c.router.port, path))
            stream.wait_for(first)
            streams[stream] = second
    # Four clients, and two connections to the server. Meanwhile the kernel may have another timer, for bytes under way.
    z.eventually(lambda: probes_of(c.router.pid, [c.router.port, server.port]) == [True] * 6, what='probes of TCP')
    be_silent(streams, seconds)
    gate.set()
    for stream, second in streams.items():
        stream.wait_for(second)
    c.router.wait_idle()
