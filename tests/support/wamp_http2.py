"""WAMP clients over HTTP/2 (RFC 8441) in TLS, by python3-h2: each one is a stream of one connection.

Owner: a test.   Thread: the test's; every read is bounded.
Not here: HTTP/2 itself (h2_peer.py), frames of WebSocket (websocket_frames.py), checks (tests/e2e/test_wamp_http2.py).
"""
import collections
import itertools
import socket
import ssl

from h2_peer import H2Client
from wamp_e2e import CODECS, ROLES
import websocket_frames as frames
import zeroway_e2e as z

Answer = collections.namedtuple('Answer', 'status fields')


def connect(router, ca):
    """An HTTP/2 connection that ALPN has chosen."""
    context = ssl.create_default_context(cafile=ca)
    context.set_alpn_protocols(['h2', 'http/1.1'])
    plain = socket.create_connection(('127.0.0.1', router.port), z.PATIENCE * z.SLOW)
    secure = context.wrap_socket(plain, server_hostname='localhost')
    assert secure.selected_alpn_protocol() == 'h2'
    return H2Client(router.port, socket_=secure)


class Road:
    """A WebSocket's stream, as websocket_frames.ByHand wants it."""

    def __init__(self, connection, path, protocol):
        self.connection = connection
        self.stream = connection.open(end=False, pseudo=[
            (':method', 'CONNECT'), (':protocol', 'websocket'), (':scheme', 'https'), (':authority', 'localhost'),
            (':path', path)], fields=[('sec-websocket-version', '13'), ('sec-websocket-protocol', protocol)])
        self.reply = connection.wait(self.stream, lambda reply: reply.fields)
        self.answer = Answer(self.reply.status, dict(self.reply.fields))

    def push(self, data):
        self.connection.send(self.stream, data)
        return len(data)

    def pull(self):
        if self.reply.body:
            data = bytes(self.reply.body)
            self.reply.body.clear()
            return data
        return b'' if self.reply.is_over else None

    def wait(self, is_pushing):
        self.connection.read_some()

    def close(self):
        if not self.reply.is_over:
            self.connection.h2.reset_stream(self.stream, 8)
            self.connection.flush()


class Peer(z.Closing):
    """One client that has joined."""

    def __init__(self, connection, serializer, realm='realm1', path='/ws'):
        self.write, self.read = CODECS[serializer]
        self.opcode = frames.TEXT if serializer == 'json' else frames.BINARY
        self.numbers = itertools.count(1)
        protocol = f'wamp.2.{serializer}'
        self.road = Road(connection, path, protocol)
        assert self.road.answer.fields['sec-websocket-protocol'] == protocol
        self.socket = frames.ByHand(self.road)
        self.say(1, realm, {'roles': ROLES})
        kind, self.id, self.welcome = self.hear()
        assert kind == 2, (kind, self.id, self.welcome)

    def close(self):
        self.socket.close()

    def say(self, *message):
        data = self.write(list(message))
        self.socket.send(frames.frame(self.opcode, data.encode() if isinstance(data, str) else data))

    def hear(self):
        kind, *rest = self.socket.receive()
        assert kind == frames.NAMES[self.opcode], (kind, rest)
        return self.read(rest[0])

    def ask(self, kind, *rest):
        """The answer to a request whose type is `kind`."""
        self.say(kind, next(self.numbers), *rest)
        return self.hear()

    def leave(self):
        """GOODBYE, then the WebSocket's close, then the stream's end."""
        self.say(6, {}, 'wamp.close.close_realm')
        assert self.hear() == [6, {}, 'wamp.close.goodbye_and_out']
        self.socket.send(frames.close_frame(1000))
        assert self.socket.events() == [('close', 1000, b''), ('end',)]
        self.road.connection.h2.end_stream(self.road.stream)
        self.road.connection.flush()
