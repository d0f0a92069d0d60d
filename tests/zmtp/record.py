#!/usr/bin/python3
"""Records conversations with libzmq, which tests/zmtp/vectors_test.cpp plays again to our sessions.

Usage: tests/zmtp/record.py [NAME…]     writes tests/cases/zmtp/NAME.json; without a name, all of them.

This program speaks for our side, as the session is to speak, written from RFC 23, 26 and 37 with libsodium alone. libzmq
must take every byte of it. The keys are fixed and protect nothing. `random` in a file is what our side drew, in order:
with the same random bytes the session must say the same bytes.
"""
import contextlib
import ctypes
import ctypes.util
import hashlib
import json
import os
import re
import socket
import struct
import sys
import tempfile

import zmq
import zmq.auth.thread

CASES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cases", "zmtp")
MORE, LONG, COMMAND = 1, 2, 4
PATIENCE = 10  # seconds

sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
sodium.sodium_init()


def public_key(secret):
    out = ctypes.create_string_buffer(32)
    sodium.crypto_scalarmult_base(out, secret)
    return out.raw


def box(plain, nonce, public, secret):
    out = ctypes.create_string_buffer(len(plain) + 16)
    if sodium.crypto_box_easy(out, plain, ctypes.c_ulonglong(len(plain)), nonce, public, secret) != 0:
        raise ValueError("no key")
    return out.raw


def unbox(closed, nonce, public, secret):
    out = ctypes.create_string_buffer(max(1, len(closed) - 16))
    if sodium.crypto_box_open_easy(out, closed, ctypes.c_ulonglong(len(closed)), nonce, public, secret) != 0:
        raise ValueError("a box that does not open")
    return out.raw[:len(closed) - 16]


def frame(flags, body):
    if len(body) > 255:
        return bytes([flags | LONG]) + struct.pack(">Q", len(body)) + body
    return bytes([flags, len(body)]) + body


def command(name, data=b""):
    return bytes([len(name)]) + name + data


def properties(socket_type, identity):
    return b"".join(command(name, struct.pack(">I", len(value)) + value)
                    for name, value in ((b"Socket-Type", socket_type), (b"Identity", identity)))


def random_bytes(purpose, size):
    """Bytes that are the same in every run."""
    out = b""
    while len(out) < size:
        out += hashlib.sha256(purpose.encode() + bytes([len(out) // 32])).digest()
    return out[:size]


SERVER_SECRET, CLIENT_SECRET = b"\x01" * 32, b"\x02" * 32
SERVER, CLIENT = public_key(SERVER_SECRET), public_key(CLIENT_SECRET)


class Recording:
    """The steps of a conversation, and the connection that they went over."""

    def __init__(self, connection):
        self.connection, self.steps, self.random = connection, [], b""
        connection.settimeout(PATIENCE)

    def draw(self, purpose, size):
        drawn = random_bytes(purpose, size)
        self.random += drawn
        return drawn

    def add(self, who, data):
        if self.steps and who in self.steps[-1]:
            data = bytes.fromhex(self.steps.pop()[who]) + data
        self.steps.append({who: data.hex()})

    def say(self, data):
        self.add("ours", data)
        self.connection.sendall(data)

    def read(self, size):
        data = b""
        while len(data) < size:
            piece = self.connection.recv(size - len(data))
            if not piece:
                raise EOFError("libzmq closed the connection")
            data += piece
        self.add("libzmq", data)
        return data

    def read_frame(self):
        flags = self.read(1)[0]
        size = struct.unpack(">Q", self.read(8))[0] if flags & LONG else self.read(1)[0]
        return flags, self.read(size)


class Null:
    name = b"NULL"

    def __init__(self, recording, role, own):
        self.recording, self.own = recording, own

    def shake_hands(self):
        self.recording.say(frame(COMMAND, command(b"READY", self.own)))
        _, body = self.recording.read_frame()
        assert body.startswith(command(b"READY")), body

    def seal(self, flags, body):
        return frame(flags, body)

    def open(self, flags, body):
        return flags & (MORE | COMMAND), body


class Curve:
    name = b"CURVE"

    def __init__(self, recording, role, own):
        self.recording, self.role, self.own, self.sent = recording, role, own, 0

    def next_counter(self):
        self.sent += 1
        return struct.pack(">Q", self.sent)

    def shake_hands(self):
        if self.role == "client":
            self.be_client()
        else:
            self.be_server()

    def be_client(self):
        self.secret = self.recording.draw("client's transient key", 32)
        own = public_key(self.secret)
        counter = self.next_counter()
        hello = box(bytes(64), b"CurveZMQHELLO---" + counter, SERVER, self.secret)
        self.recording.say(frame(COMMAND, command(b"HELLO", b"\1\0" + bytes(72) + own + counter + hello)))
        _, body = self.recording.read_frame()
        assert body.startswith(command(b"WELCOME")), body
        plain = unbox(body[24:], b"WELCOME-" + body[8:24], SERVER, self.secret)
        self.peer, cookie = plain[:32], plain[32:]
        nonce = self.recording.draw("vouch", 16)
        vouch = nonce + box(own + SERVER, b"VOUCH---" + nonce, self.peer, CLIENT_SECRET)
        counter = self.next_counter()
        initiate = box(CLIENT + vouch + self.own, b"CurveZMQINITIATE" + counter, self.peer, self.secret)
        self.recording.say(frame(COMMAND, command(b"INITIATE", cookie + counter + initiate)))
        _, body = self.recording.read_frame()
        if body.startswith(command(b"ERROR")):
            return
        assert body.startswith(command(b"READY")), body
        unbox(body[14:], b"CurveZMQREADY---" + body[6:14], self.peer, self.secret)

    def be_server(self):
        _, body = self.recording.read_frame()
        assert body.startswith(command(b"HELLO")), body
        self.peer = body[80:112]
        unbox(body[120:], b"CurveZMQHELLO---" + body[112:120], self.peer, SERVER_SECRET)
        self.secret = self.recording.draw("server's transient key", 32)
        cookie = self.recording.draw("cookie", 96)
        nonce = self.recording.draw("welcome", 16)
        welcome = box(public_key(self.secret) + cookie, b"WELCOME-" + nonce, self.peer, SERVER_SECRET)
        self.recording.say(frame(COMMAND, command(b"WELCOME", nonce + welcome)))
        _, body = self.recording.read_frame()
        assert body.startswith(command(b"INITIATE", cookie)), body
        plain = unbox(body[113:], b"CurveZMQINITIATE" + body[105:113], self.peer, self.secret)
        assert plain[:32] == CLIENT
        counter = self.next_counter()
        self.recording.say(frame(COMMAND, command(b"READY", counter + box(
            self.own, b"CurveZMQREADY---" + counter, self.peer, self.secret))))

    def seal(self, flags, body):
        prefix = b"CurveZMQMESSAGE" + (b"C" if self.role == "client" else b"S")
        counter = self.next_counter()
        plain = bytes([(flags & MORE) | (flags & COMMAND) >> 1]) + body
        return frame(0, command(b"MESSAGE", counter + box(plain, prefix + counter, self.peer, self.secret)))

    def open(self, flags, body):
        assert flags & ~LONG == 0 and body.startswith(command(b"MESSAGE")), (flags, body)
        prefix = b"CurveZMQMESSAGE" + (b"S" if self.role == "client" else b"C")
        plain = unbox(body[16:], prefix + body[8:16], self.peer, self.secret)
        return (plain[0] & MORE) | (plain[0] & 2) << 1, plain[1:]


class Talk:
    """Our side, after the greeting."""

    def __init__(self, connection, mechanism, role, identity=b""):
        self.recording = Recording(connection)
        self.mechanism = mechanism(self.recording, role, properties(b"ROUTER", identity))
        self.terms = {"mechanism": mechanism.name.decode(), "role": role, "identity": identity.decode()}
        greeting = b"\xff" + bytes(7) + b"\x01\x7f\x03\x01" + mechanism.name.ljust(20, b"\0") + bytes(32)
        self.recording.say(greeting[:12])
        self.recording.read(64)
        self.recording.say(greeting[12:])
        self.mechanism.shake_hands()

    def act(self, verb, value):
        self.recording.steps.append({"do": verb, "value": value})

    def send(self, payload):
        self.act("send", payload.decode())
        self.recording.say(self.mechanism.seal(0, payload))

    def ping(self, ttl):
        self.act("ping", ttl)
        self.recording.say(self.mechanism.seal(COMMAND, command(b"PING", struct.pack(">H", ttl))))

    def read(self):
        """The next frame of libzmq. A PING is answered, as the session does by itself."""
        flags, body = self.mechanism.open(*self.recording.read_frame())
        if flags & COMMAND and body.startswith(command(b"PING")):
            self.recording.say(self.mechanism.seal(COMMAND, command(b"PONG", body[7:23])))
        return flags, body

    def read_message(self):
        """The parts of the next message, and how often a command came between them."""
        parts, commands = [], 0
        while True:
            flags, body = self.read()
            if flags & COMMAND:
                commands += 1 if parts else 0
                continue
            parts.append(body)
            if not flags & MORE:
                return parts, commands

    def case(self, told):
        return {"ours": self.terms, "random": self.recording.random.hex(), "steps": self.recording.steps, "told": told}


@contextlib.contextmanager
def libzmq_socket(kind, mechanism, role_of_ours):
    """A socket of libzmq with the keys for its role."""
    context = zmq.Context()
    peer = context.socket(kind)
    peer.linger, peer.rcvtimeo, peer.sndtimeo = 0, PATIENCE * 1000, PATIENCE * 1000
    if mechanism is Curve and role_of_ours == "client":
        peer.curve_server, peer.curve_secretkey = True, SERVER_SECRET
    elif mechanism is Curve:
        peer.curve_publickey, peer.curve_secretkey, peer.curve_serverkey = CLIENT, CLIENT_SECRET, SERVER
    try:
        yield peer
    finally:
        peer.close()
        context.term()


@contextlib.contextmanager
def dialled(peer, receive_buffer=None):
    """Our side dials libzmq."""
    port = peer.bind_to_random_port("tcp://127.0.0.1")
    with socket.socket() as connection:
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect(("127.0.0.1", port))
        yield connection


@contextlib.contextmanager
def accepted(peer):
    """libzmq dials our side."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(PATIENCE)
        peer.connect("tcp://127.0.0.1:%d" % listener.getsockname()[1])
        connection, _ = listener.accept()
        with connection:
            yield connection


def client(mechanism):
    """We dial a ROUTER: messages both ways, short, long and of three parts, and our PING."""
    with libzmq_socket(zmq.ROUTER, mechanism, "client") as router, dialled(router) as connection:
        talk = Talk(connection, mechanism, "client", b"worker#1")
        talk.send(b"hello")
        assert router.recv_multipart() == [b"worker#1", b"hello"]
        talk.send(b"x" * 300)
        assert router.recv_multipart() == [b"worker#1", b"x" * 300]
        talk.ping(50)
        flags, body = talk.read()
        assert (flags, body) == (COMMAND, command(b"PONG"))
        router.send_multipart([b"worker#1", b"first", b"", b"third"])
        router.send_multipart([b"worker#1", b"y" * 300])
        router.send_multipart([b"worker#1", b""])
        assert talk.read_message() == ([b"first", b"", b"third"], 0)
        assert talk.read_message() == ([b"y" * 300], 0)
        assert talk.read_message() == ([b""], 0)
        return talk.case("hands ROUTER '' · message 5 of 3 · message 300 of 1 · message 0 of 1 · ")


def server(mechanism):
    """A DEALER dials us: messages both ways, and our PING."""
    with libzmq_socket(zmq.DEALER, mechanism, "server") as dealer:
        dealer.routing_id = b"dealer#2"
        with accepted(dealer) as connection:
            talk = Talk(connection, mechanism, "server")
            dealer.send_multipart([b"a", b"bc"])
            dealer.send(b"z" * 300)
            assert talk.read_message() == ([b"a", b"bc"], 0)
            assert talk.read_message() == ([b"z" * 300], 0)
            talk.send(b"")
            talk.send(b"back")
            assert dealer.recv() == b"" and dealer.recv() == b"back"
            talk.ping(655)
            assert talk.read() == (COMMAND, command(b"PONG"))
            return talk.case("hands DEALER 'dealer#2' · message 1 of 2 · message 300 of 1 · ")


def heartbeats(mechanism):
    """A DEALER dials us and sends PING by itself; its time to live is 1.5 s."""
    with libzmq_socket(zmq.DEALER, mechanism, "server") as dealer:
        dealer.heartbeat_ivl, dealer.heartbeat_ttl, dealer.heartbeat_timeout = 30, 1_500, 5_000
        with accepted(dealer) as connection:
            talk = Talk(connection, mechanism, "server")
            assert talk.read() == (COMMAND, command(b"PING", b"\0\x0f"))
            assert talk.read() == (COMMAND, command(b"PING", b"\0\x0f"))
            return dict(talk.case("hands DEALER '' · "), ttl=15)


def pong_in_message(mechanism):
    """libzmq answers our PING between two parts of a message: we read nothing until it can send no more."""
    with libzmq_socket(zmq.ROUTER, mechanism, "client") as router:
        router.sndbuf = 4_096
        with dialled(router, receive_buffer=2_048) as connection:
            talk = Talk(connection, mechanism, "client", b"worker#1")
            talk.send(b"hello")
            router.recv_multipart()
            parts = [b"%d" % number * 9_000 for number in range(3)]
            router.send_multipart([b"worker#1", *parts])
            talk.ping(0)
            came, commands = talk.read_message()
            if commands == 0:  # a matter of time: PING came before the message was begun, or after it
                return None
            assert came == parts
            return talk.case("hands ROUTER '' · message 9000 of 3 · ")


def refused(mechanism):
    """A CURVE server whose authenticator knows no key sends ERROR."""
    with libzmq_socket(zmq.ROUTER, mechanism, "client") as router, tempfile.TemporaryDirectory() as no_keys:
        authenticator = zmq.auth.thread.ThreadAuthenticator(router.context)
        authenticator.start()
        try:
            authenticator.configure_curve(domain="*", location=no_keys)
            router.zap_domain = b"global"
            with dialled(router) as connection:
                talk = Talk(connection, mechanism, "client", b"worker#1")
                return dict(talk.case(""), failure="it refuses us: '400'")
        finally:
            authenticator.stop()


def request(mechanism):
    """A REQ dials us: its message begins with an empty part."""
    with libzmq_socket(zmq.REQ, mechanism, "server") as peer, accepted(peer) as connection:
        talk = Talk(connection, mechanism, "server")
        peer.send(b"question")
        assert talk.read_message() == ([b"", b"question"], 0)
        return talk.case("hands REQ '' · message 0 of 2 · ")


def probe(mechanism):
    """A DEALER with PROBE_ROUTER begins with an empty message."""
    with libzmq_socket(zmq.DEALER, mechanism, "server") as peer:
        peer.probe_router = 1
        with accepted(peer) as connection:
            talk = Talk(connection, mechanism, "server")
            assert talk.read_message() == ([b""], 0)
            return talk.case("hands DEALER '' · message 0 of 1 · ")


CONVERSATIONS = {
    "null-client": (client, Null), "null-server": (server, Null), "null-heartbeats": (heartbeats, Null),
    "null-pong-in-message": (pong_in_message, Null), "null-request": (request, Null), "null-probe": (probe, Null),
    "curve-client": (client, Curve), "curve-server": (server, Curve), "curve-heartbeats": (heartbeats, Curve),
    "curve-pong-in-message": (pong_in_message, Curve), "curve-refused": (refused, Curve),
}


def record(name):
    conversation, mechanism = CONVERSATIONS[name]
    for _ in range(50):
        case = conversation(mechanism)
        if case:
            break
    else:
        sys.exit(f"{name}: did not come about in 50 tries")
    about = {"about": re.sub(r"\s+", " ", conversation.__doc__), "libzmq": zmq.zmq_version()}
    with open(os.path.join(CASES, name + ".json"), "w", encoding="utf-8") as file:
        json.dump({**about, **case}, file, ensure_ascii=False, indent=1)
        file.write("\n")


def main():
    os.makedirs(CASES, exist_ok=True)
    for name in sys.argv[1:] or CONVERSATIONS:
        record(name)


if __name__ == "__main__":
    main()
