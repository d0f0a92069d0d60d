"""HTTP/2 in cleartext by python3-h2: a client that does what a test tells it, also what no client should do.

Owner: a test.   Thread: the test's.
Not here: frames that the h2 library refuses to send; use write(bytes).
"""
import collections
import socket
import time

import h2.config
import h2.connection
import h2.events
import h2.settings
import hyperframe.frame

from zeroway_e2e import PATIENCE, SLOW, Closing


class H2Client(Closing):
    """One connection. It keeps the events of each stream in that stream's H2Reply."""

    def __init__(self, port, timeout=PATIENCE * SLOW, window=None, receive_buffer=None, socket_=None):
        self.timeout = timeout
        if socket_ is None:
            self.socket = socket.socket()
            if receive_buffer:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            self.socket.settimeout(timeout)
            self.socket.connect(('127.0.0.1', port))
        else:
            self.socket = socket_
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=True, header_encoding='utf-8', validate_outbound_headers=False,
            normalize_outbound_headers=False))
        # A server that drains sends GOAWAY twice and finishes the open streams. The library treats each GOAWAY as the
        # end of the connection.
        self.h2._frame_dispatch_table[hyperframe.frame.GoAwayFrame] = self._goaway
        self.h2.initiate_connection()
        if window is not None:
            self.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window})
        self.flush()
        self.streams = collections.defaultdict(H2Reply)
        self.goaway = None
        self.goaways = 0
        self.pongs = 0
        self.is_closed = False
        self.reads_bodies = True

    def close(self):
        self.socket.close()

    def flush(self):
        if data := self.h2.data_to_send():
            self.socket.sendall(data)

    def write(self, data):
        self.socket.sendall(data)

    def open(self, path='/', method='GET', fields=(), end=True, pseudo=()):
        stream = self.h2.get_next_available_stream_id()
        head = list(pseudo) or [(':method', method), (':scheme', 'http'), (':authority', 'zeroway.test'),
                                (':path', path)]
        self.h2.send_headers(stream, head + list(fields), end_stream=end)
        self.flush()
        return stream

    def send(self, stream, data, end=False, trailers=None):
        """Sends all of `data`, as the windows allow."""
        data = memoryview(bytes(data))
        while len(data):
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if room <= 0:
                self.read_some()
                if self.streams[stream].is_over:
                    return
                continue
            self.h2.send_data(stream, bytes(data[:room]))
            data = data[room:]
            self.flush()
        if trailers is not None:
            self.h2.send_headers(stream, trailers, end_stream=True)
        elif end:
            self.h2.end_stream(stream)
        self.flush()

    def request(self, path='/', method='GET', fields=(), body=None, trailers=None):
        stream = self.open(path, method, fields, end=body is None and trailers is None)
        if body is not None or trailers is not None:
            self.send(stream, body or b'', end=True, trailers=trailers)
        return self.wait(stream)

    def wait(self, stream, what=None):
        """Waits until the stream is over, or `what(reply)` is true."""
        reply = self.streams[stream]
        self.wait_for(lambda: reply.is_over or (what is not None and what(reply)))
        return reply

    def wait_for(self, question):
        deadline = time.monotonic() + self.timeout
        while not question():
            assert not self.is_closed, f'the connection was closed, goaway {self.goaway}'
            assert time.monotonic() < deadline, 'not in time'
            self.read_some()

    def wait_closed(self):
        deadline = time.monotonic() + self.timeout
        while not self.is_closed:
            assert time.monotonic() < deadline, 'not closed in time'
            self.read_some()
        return self.goaway

    def read_some(self):
        try:
            data = self.socket.recv(262_144)
        except ConnectionResetError:
            data = b''
        if not data:
            self.is_closed = True
            return
        for event in self.h2.receive_data(data):
            self._event(event)
        self.flush()

    @staticmethod
    def _goaway(frame):
        event = h2.events.ConnectionTerminated()
        event.error_code, event.last_stream_id = frame.error_code, frame.last_stream_id
        event.additional_data = frame.additional_data
        return [], [event]

    def _event(self, event):
        if isinstance(event, h2.events.ConnectionTerminated):
            self.goaway, self.goaways = event, self.goaways + 1
        elif isinstance(event, h2.events.PingAckReceived):
            self.pongs += 1
        elif getattr(event, 'stream_id', None):
            reply = self.streams[event.stream_id]
            if isinstance(event, h2.events.InformationalResponseReceived):
                reply.interim.append(dict(event.headers))
            elif isinstance(event, h2.events.ResponseReceived):
                reply.fields = list(event.headers)
            elif isinstance(event, h2.events.TrailersReceived):
                reply.trailers = list(event.headers)
            elif isinstance(event, h2.events.DataReceived):
                reply.body += event.data
                if reply.is_read and self.reads_bodies:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif event.flow_controlled_length:
                    self.h2.increment_flow_control_window(event.flow_controlled_length)
            elif isinstance(event, h2.events.StreamEnded):
                reply.has_ended = True
            elif isinstance(event, h2.events.StreamReset):
                reply.reset = event.error_code


class H2Reply:
    def __init__(self):
        self.interim = []
        self.fields = []
        self.trailers = []
        self.body = bytearray()
        self.has_ended = False
        self.reset = None
        self.is_read = True  # False: the stream's window is never opened again

    @property
    def is_over(self):
        return self.has_ended or self.reset is not None

    @property
    def status(self):
        return int(dict(self.fields).get(':status', 0))

    def field(self, name):
        return dict(self.fields).get(name)
