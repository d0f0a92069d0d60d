"""Thousands of WebSocket clients in one thread: opens them, answers pings, and records how each ended.

Owner: a test.   Thread: the test's; the clients read only inside serve().
Not here: a client with all features (python3-websockets), checks (tests/e2e/test_websocket_many.py).
"""
import collections
import select
import socket
import struct
import time
import zlib

BINARY, CLOSE, PING, PONG = 2, 8, 9, 10
OPENING = ('GET {path} HTTP/1.1\r\nHost: zeroway.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
           'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n')
MASK = b'\0\0\0\0'  # this masking key is legal, and changes no byte of the payload


def frame(opcode, payload=b'', compressed=False):
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else struct.pack('>BQ', 0xff, len(payload))
    if 126 <= len(payload) < 65_536:
        size = struct.pack('>BH', 0xfe, len(payload))
    return bytes([0x80 | compressed << 6 | opcode]) + size + MASK + payload


def deflated(payload):
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


class Client:
    __slots__ = ('socket', 'buffer', 'is_open', 'messages', 'pings', 'code', 'closed_at', 'ended_at')

    def __init__(self, socket_):
        self.socket = socket_
        self.buffer = b''
        self.is_open = False
        self.messages = self.pings = 0
        self.code = None  # of the Close that came
        self.closed_at = self.ended_at = None


class ManyWebSockets:
    def __init__(self, port, deflate=False, path='/'):
        self.port = port
        more = 'Sec-WebSocket-Extensions: permessage-deflate\r\n' if deflate else ''
        self.opening = OPENING.format(path=path, more=more)
        self.deflate = deflate
        self.clients = []
        self.live = {}  # descriptor -> Client
        self.epoll = select.epoll()

    def open(self, count, within=60):
        """Opens `count` more WebSockets, 100 at a time. All are accepted when this returns."""
        goal = len(self.clients) + count
        while len(self.clients) < goal:
            for _ in range(min(100, goal - len(self.clients))):
                one = socket.create_connection(('127.0.0.1', self.port), within)
                one.sendall(self.opening.encode())
                one.setblocking(False)
                client = Client(one)
                self.clients.append(client)
                self.live[one.fileno()] = client
                self.epoll.register(one, select.EPOLLIN)
            self.serve(lambda: all(client.is_open for client in self.clients[-100:]), within)
        return self

    def send_to_all(self, payload):
        """Sends one message on each WebSocket, and waits until each message has come back."""
        message = frame(BINARY, deflated(payload) if self.deflate else payload, self.deflate)
        for client in list(self.live.values()):
            goal = client.messages + 1
            client.socket.setblocking(True)
            client.socket.sendall(message)
            client.socket.setblocking(False)
            assert self.serve(lambda: client.messages >= goal or client.ended_at, 60)

    def serve(self, until, within):
        """Reads, and answers pings and Closes, until `until()` is true or the time is over. Returns whether `until()`
        became true in time."""
        deadline = time.monotonic() + within
        while not until():
            if time.monotonic() > deadline:
                return False
            for descriptor, _ in self.epoll.poll(0.05):
                self.read(self.live[descriptor])
        return True

    def read(self, client):
        try:
            piece = client.socket.recv(65_536)
        except ConnectionResetError:
            piece = b''
        if not piece:
            client.ended_at = time.monotonic()
            del self.live[client.socket.fileno()]
            self.epoll.unregister(client.socket)
            client.socket.close()
            return
        client.buffer += piece
        if not client.is_open:
            head, end, rest = client.buffer.partition(b'\r\n\r\n')
            if not end:
                return
            assert head.startswith(b'HTTP/1.1 101 '), head
            assert (b'permessage-deflate' in head) == self.deflate, head
            client.is_open, client.buffer = True, rest
        while self.take_frame(client):
            pass

    def take_frame(self, client):
        buffer = client.buffer
        more = {126: 2, 127: 8}.get(buffer[1], 0) if len(buffer) >= 2 else 0
        if len(buffer) < 2 + more:
            return False
        begin = 2 + more
        end = begin + (int.from_bytes(buffer[2:begin], 'big') if more else buffer[1])
        if len(buffer) < end:
            return False
        is_last, opcode, payload = buffer[0] & 0x80, buffer[0] & 15, buffer[begin:end]
        client.buffer = buffer[end:]
        if opcode == PING:
            client.pings += 1
            client.socket.sendall(frame(PONG, payload))
        elif opcode == CLOSE:
            client.closed_at = time.monotonic()
            client.code = struct.unpack('>H', payload[:2])[0] if payload else 1005
            client.socket.sendall(frame(CLOSE, payload[:2]))
        elif is_last:
            client.messages += 1
        return True

    def codes(self):
        return collections.Counter(client.code for client in self.clients)

    def close(self):
        for client in self.live.values():
            client.socket.close()
        self.epoll.close()
