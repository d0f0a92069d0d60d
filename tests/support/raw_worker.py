"""ZMTP 3.0 by hand: a peer of the fabric made of bytes on a socket, and a worker that reads only when it is told to.

Owner: a test; close() or Stack.closing ends it.   Thread: the test's; a second thread of a worker sends its heartbeats.
Not here: a worker that reads (fabric_peer.py), frames (fabric_peer.py).
"""
import json
import os
import socket
import struct
import threading

import zeroway_e2e as z
from fabric_peer import ACK, HELLO, PING, WELCOME, frame, frames_in, steer_of

GREETING = b'\xff' + bytes(8) + b'\x7f' + b'\x03\x00' + b'NULL' + bytes(16) + b'\x00' + bytes(31)
ZMTP_PING = b'\x04\x07\x04PING\x00\x00'  # a command; ZeroMQ's own thread answers it
LAST_WORD = frame(PING, ACK, 0, bytes(8))  # a heartbeat: means nothing else, and may be sent at any time


class RawPeer:
    """Sends and reads only when the test says so."""

    def __init__(self, endpoint, identity=b'', kind=b'ROUTER'):
        if endpoint.startswith('ipc://'):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(endpoint.removeprefix('ipc://'))
        else:
            host, port = endpoint.removeprefix('tcp://').rsplit(':', 1)
            self.socket = socket.create_connection((host.strip('[]'), int(port)))
        self.socket.settimeout(10 * z.SLOW)
        self.lock = threading.Lock()
        ready = (b'\x05READY\x0bSocket-Type' + struct.pack('>I', len(kind)) + kind
                 + b'\x08Identity' + struct.pack('>I', len(identity)) + identity)
        self.write(GREETING + b'\x04' + bytes([len(ready)]) + ready)
        self.read(64)
        self.read_part()

    def write(self, data):
        with self.lock:
            self.socket.sendall(data)

    def say(self, payload):
        self.write(b'\x02' + struct.pack('>Q', len(payload)) + payload)

    def read(self, size):
        data = b''
        while len(data) < size:
            data += (piece := self.socket.recv(size - len(data)))
            assert piece, 'the router has closed'
        return data

    def read_part(self):
        """Reads one ZMTP frame: (whether it is a command, its bytes)."""
        flags, size = self.read(2)
        if flags & 2:
            size = int.from_bytes(bytes([size]) + self.read(7), 'big')
        return bool(flags & 4), self.read(size)

    def next(self, type):
        while True:
            is_command, payload = self.read_part()
            for frame_ in [] if is_command else frames_in(payload):
                if frame_.type == type:
                    return frame_

    def is_cut(self):
        """Reads until the router ends the connection, and returns True. Times out when it does not end."""
        try:
            while self.socket.recv(z.MIB):
                pass
        except ConnectionError:
            pass
        return True

    def abort(self):
        """Closes with RST, as the kernel does for a killed process that has not read all bytes."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()


class RawWorker(RawPeer):
    """A worker that sends heartbeats, whether it reads or not."""

    def __init__(self, fabric):
        self.instance = f'raw#{os.urandom(8).hex()}'
        super().__init__(steer_of(fabric), self.instance.encode())
        self.is_over = threading.Event()
        self.heart = threading.Thread(target=self.beat)
        self.heart.start()

    def join(self, host=''):
        """Sends HELLO with a route for all paths of `host`, and waits for the WELCOME."""
        hello = {'name': 'raw', 'instance': self.instance, 'routes': [{'host': host, 'path': '/'}]}
        self.say(frame(HELLO, 0, 0, json.dumps(hello).encode()))
        self.next(WELCOME)
        return self

    def beat(self):
        while not self.is_over.wait(0.1):
            try:
                self.say(LAST_WORD)
            except OSError:
                return

    def close(self):
        self.is_over.set()
        self.heart.join()
        super().close()
