"""WebSocket over HTTP/2 (RFC 8441), spoken by python3-h2: frames inside DATA, closed by END_STREAM."""
import socket
import struct

import h2
import h2.config
import h2.connection
import h2.events
import pytest
from websocket_e2e import serve
from zeroway_e2e import MIB, PATIENCE, SANITIZED, SLOW, eventually, settled


class Client:
    """One HTTP/2 connection; bytes of each stream are collected."""

    def __init__(self, router):
        self.socket = socket.create_connection(('127.0.0.1', router.port), PATIENCE * SLOW)
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(validate_outbound_headers=False))
        self.connection.initiate_connection()
        self.connection.increment_flow_control_window(1 << 30)  # a stream's own window is what stops it
        self.flush()
        self.heads, self.bytes, self.ended, self.acks = {}, {}, set(), True

    def flush(self):
        self.socket.sendall(self.connection.data_to_send())

    def open(self, path, *fields):
        stream = self.connection.get_next_available_stream_id()
        self.connection.send_headers(stream, [
            (':method', 'CONNECT'), (':protocol', 'websocket'), (':scheme', 'http'), (':authority', 'zeroway.test'),
            (':path', path), ('sec-websocket-version', '13'), *fields])
        self.flush()
        return stream

    def send(self, stream, data):
        while data:
            size = min(len(data), self.connection.local_flow_control_window(stream),
                       self.connection.max_outbound_frame_size)
            if size == 0:
                self.step()
                continue
            self.connection.send_data(stream, data[:size])
            data = data[size:]
            self.flush()

    def step(self):
        received = self.socket.recv(65536)
        assert received, 'the connection was closed'
        for event in self.connection.receive_data(received):
            if isinstance(event, h2.events.ResponseReceived):
                self.heads[event.stream_id] = dict(event.headers)
            elif isinstance(event, h2.events.DataReceived):
                self.bytes[event.stream_id] = self.bytes.get(event.stream_id, b'') + event.data
                if self.acks and event.flow_controlled_length:
                    self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                self.ended.add(event.stream_id)
            elif isinstance(event, h2.events.StreamReset):
                self.ended.add(event.stream_id)
        self.flush()

    def until(self, question):
        while not (answer := question()):
            self.step()
        return answer

    def status(self, stream):
        return self.until(lambda: self.heads.get(stream))[b':status']

    def frame(self, stream):
        """The next frame: its first byte and payload."""
        def whole():
            data = self.bytes.get(stream, b'')
            if len(data) < 2:
                return None
            begin = {126: 4, 127: 10}.get(data[1], 2)
            size = data[1] if begin == 2 else int.from_bytes(data[2:begin], 'big')
            return (begin, size) if len(data) >= begin + size else None
        begin, size = self.until(whole)
        data = self.bytes[stream]
        self.bytes[stream] = data[begin + size:]
        return data[0], data[begin:begin + size]


def masked(first, payload):
    size = len(payload)
    head = bytes([first, 0x80 | size]) if size < 126 else bytes([first, 0xff]) + struct.pack('>Q', size)
    return head + b'\0\0\0\0' + payload


CLOSE = masked(0x88, b'\x03\xe8')


@pytest.fixture
def served(stack):
    return serve(stack, '--ws-origins', 'https://*.example.com')


def test_echo_and_close(served):
    router, worker = served
    client = Client(router)
    streams = [client.open('/echo', ('sec-websocket-protocol', 'chat')) for _ in range(3)]
    for stream in streams:
        assert client.status(stream) == b'200'
        assert client.heads[stream][b'sec-websocket-protocol'] == b'chat'
        client.send(stream, masked(0x81, b'hello') + masked(0x89, b'ping'))
        frames = {client.frame(stream), client.frame(stream)}
        assert frames == {(0x81, b'hello'), (0x8a, b'ping')}
    for stream in streams:
        client.send(stream, CLOSE)
        assert client.frame(stream) == (0x88, b'\x03\xe8')
        client.until(lambda: stream in client.ended)
    eventually(lambda: worker.closings == [('/echo', [('close-code', '1000')])] * 3)
    router.wait_idle()


def test_large_messages(served):
    router, _ = served
    client = Client(router)
    stream = client.open('/sink')
    message = b'z' * (3 * MIB)
    client.send(stream, masked(0x82, message))
    assert client.frame(stream) == (0x81, str(len(message)).encode())
    down = client.open(f'/download/{3 * MIB}')
    got = 0
    while True:
        first, payload = client.frame(down)
        got += len(payload)
        if first & 0x80:
            break
    assert got == 3 * MIB


def test_refusals(served):
    router, _ = served
    client = Client(router)
    assert client.status(refused := client.open('/refuse')) == b'403'
    client.until(lambda: refused in client.ended)
    assert client.bytes[refused] == b'not today\n'
    assert client.status(client.open('/echo', ('origin', 'https://example.org'))) == b'403'
    assert client.status(client.open('/echo', ('origin', 'https://www.example.com'))) == b'200'


def test_the_worker_closes(served):
    router, worker = served
    client = Client(router)
    for path, code in (('/close/4001', 4001), ('/reset', 1011)):
        stream = client.open(path)
        client.send(stream, masked(0x81, b'go'))
        first, payload = client.frame(stream)
        assert (first, struct.unpack('>H', payload[:2])[0]) == (0x88, code)
        client.send(stream, CLOSE)
        client.until(lambda: stream in client.ended)
    router.wait_idle()


def test_broken_rules_end_the_stream_only(served):
    router, worker = served
    client = Client(router)
    bad, good = client.open('/echo'), client.open('/echo')
    assert client.status(bad) == client.status(good) == b'200'
    client.send(bad, b'\x81\x02hi')
    first, payload = client.frame(bad)
    assert (first, payload[:2]) == (0x88, b'\x03\xea')
    client.until(lambda: bad in client.ended)
    client.send(good, masked(0x81, b'still here'))
    assert client.frame(good) == (0x81, b'still here')
    eventually(lambda: worker.closings == [('/echo', 'reset 8')])


def test_a_client_that_does_not_read_stops_its_worker_only(served):
    router, worker = served
    before = router.rss()
    client = Client(router)
    client.acks = False
    slow = client.open(f'/download/{256 * MIB}')
    client.status(slow)
    other = client.open('/sink')
    client.send(other, masked(0x81, b'abc'))
    assert client.frame(other) == (0x81, b'3')
    left = settled(lambda: [one.download for one in worker.sockets.values() if one.path.startswith('/download')][0])
    assert 0 < 256 * MIB - left < 2 * MIB
    assert SANITIZED or router.rss() - before < 16 * MIB


def test_lost_and_drained(served):
    router, worker = served
    client = Client(router)
    stream = client.open('/echo')
    assert client.status(stream) == b'200'
    client.connection.reset_stream(stream, 8)
    client.flush()
    eventually(lambda: worker.closings == [('/echo', 'reset 8')])
    stream = client.open('/echo')
    assert client.status(stream) == b'200'
    router.terminate()
    said = b''  # h2 hears nothing more after a GOAWAY
    while b'\x88\x02\x03\xe9' not in said:
        said += client.socket.recv(65536)
    client.socket.close()
    assert router.wait() == 0
