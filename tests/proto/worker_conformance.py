#!/usr/bin/python3
"""A scripted router that checks a worker against proto/README.md, rule by rule.

Usage: tests/proto/worker_conformance.py [COMMAND…]     default: examples/hello-py/hello.py

The worker must answer `Hello from NAME` on every path, echo bodies on /echo, send WebSockets' messages back, and take
`NAME --connect ENDPOINT --capacity N --group NAME --app SESSION/SERVICE --standby`. Exit status 1 with the broken rule's
sentence.
"""
import json
import os
import signal
import struct
import subprocess
import sys
import time

import hpack
import zmq

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA, HEADERS, RST_STREAM, PING, GOAWAY, WINDOW_UPDATE, HELLO, WELCOME, MESSAGE = 0, 1, 3, 6, 7, 8, 0xE0, 0xE1, 0xE2
PATIENCE = 5000  # ms
# Only one of the two loops is looked at at a time: the other one is silent meanwhile.
HEARTBEATS = {"heartbeat_interval": 10000, "heartbeat_timeout": 60000}


def rule(holds, sentence, *seen):
    if not holds:
        raise AssertionError(f"{sentence}: {seen}")


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def frames_of(message):
    while message:
        length = int.from_bytes(message[:3], "big")
        yield message[3], message[4], int.from_bytes(message[5:9], "big"), message[9:9 + length]
        message = message[9 + length:]


def u32(value):
    return struct.pack(">I", value)


def block(fields):
    encoder = hpack.Encoder()
    encoder.header_table_size = 0
    return encoder.encode([(name, value, True) for name, value in fields])


def fields_of(payload):
    decoder = hpack.Decoder()
    decoder.header_table_size = decoder.max_allowed_table_size = 0
    return decoder.decode(payload)


def request(stream, path="/", method="GET", ended=True, more=()):
    head = [(":method", method), (":scheme", "http"), (":authority", "a.example"), (":path", path), *more]
    return frame(HEADERS, 0x4 | ended, stream, block(head))


class Loop:
    """One pair of a router's sockets, at a port of the system's choice or at one it had before."""

    def __init__(self, context, port=None):
        self.deal, self.steer = context.socket(zmq.DEALER), context.socket(zmq.ROUTER)
        for one in (self.deal, self.steer):
            one.setsockopt(zmq.LINGER, 0)
        self.steer.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self.steer.setsockopt(zmq.ROUTER_HANDOVER, 1)
        self.instance = None
        self.port = port
        deadline = time.monotonic() + PATIENCE / 1000
        while not self.is_bound(port):
            rule(time.monotonic() < deadline, "the ports are free again")
            time.sleep(0.02)  # a closed socket of this process keeps its port for a moment

    def is_bound(self, port):
        try:
            if port:
                self.deal.bind(f"tcp://127.0.0.1:{port}")
            else:
                self.port = self.deal.bind_to_random_port("tcp://127.0.0.1")
        except zmq.ZMQError:
            return False
        try:
            self.steer.bind(f"tcp://127.0.0.1:{self.port + 1}")
        except zmq.ZMQError:
            self.deal.unbind(self.deal.getsockopt(zmq.LAST_ENDPOINT))
            return False
        return True

    def close(self):
        self.deal.close(0)
        self.steer.close(0)

    def pair(self):
        return {"deal": f"tcp://*:{self.port}", "steer": f"tcp://*:{self.port + 1}"}

    def send(self, message):
        self.steer.send_multipart([self.instance, message])

    def receive(self, until, timeout=PATIENCE):
        """All frames that come until `until` says that it has seen enough."""
        seen = []
        while not until(seen):
            rule(self.steer.poll(timeout), "the worker answers", seen)
            parts = self.steer.recv_multipart()
            rule(len(parts) == 2, "a message is one part behind the routing id", parts)
            self.instance = parts[0]
            seen += [one for one in frames_of(parts[1]) if not self.is_answered(one)]
        return seen

    def is_answered(self, one):
        """A worker may ask for a sign of life. That is no part of what a rule looks at."""
        if one[0] != PING or one[1] & 1:
            return False
        self.send(frame(PING, 1, 0, one[3]))
        return True

    def count(self, count):
        return self.receive(lambda seen: len(seen) >= count)

    def of(self, stream):
        """All frames until this stream has ended."""
        return self.receive(lambda seen: any(
            one[2] == stream and (one[0] == RST_STREAM or one[0] in (DATA, HEADERS) and one[1] & 1) for one in seen))

    def is_left(self, sentence):
        deadline = time.monotonic() + PATIENCE / 1000
        while self.deal.poll(0, zmq.POLLOUT):
            rule(time.monotonic() < deadline, sentence)
            time.sleep(0.02)

    def meets(self, router, index, pairs, said_before=b"", is_dealt_to=True):
        seen = self.count(1)
        rule(seen[0][0] == HELLO, "HELLO is the first frame", seen)
        hello = json.loads(seen[0][3])
        rule(hello["instance"].encode() == self.instance, "the instance is the routing id", hello)
        self.is_left("a worker that said HELLO anew has left deal")
        rule(not self.deal.poll(300, zmq.POLLOUT), "nobody is on deal before WELCOME")
        welcome = json.dumps({"router": router, "loop": index, "pairs": pairs, **HEARTBEATS}).encode()
        self.send(said_before + frame(WELCOME, 0, 0, welcome))
        if is_dealt_to:
            rule(self.deal.poll(PATIENCE, zmq.POLLOUT), "a welcome worker connects to deal")
        return hello


def credit_in(seen, stream):
    return sum(int.from_bytes(one[3], "big") for one in seen if one[0] == WINDOW_UPDATE and one[2] == stream)


def body_of(seen, stream):
    return b"".join(one[3] for one in seen if one[0] == DATA and one[2] == stream)


def check_hello(loop):
    loop.deal.send(request(1))
    seen = loop.of(1)
    head = next(one for one in seen if one[0] == HEADERS)
    rule((":status", "200") in fields_of(head[3]), "a GET is answered", seen)
    rule(body_of(seen, 1) == b"Hello from conforming\n", "with a hello", seen)
    loop.deal.send(request(3, method="HEAD"))
    rule(body_of(loop.of(3), 3) == b"", "a reply to HEAD has no body")
    loop.send(request(5))
    rule(body_of(loop.of(5), 5) != b"", "openings come through steer too")


def check_acceptance(loop):
    loop.deal.send(request(7, method="POST", ended=False) + frame(DATA, 0, 7, b"x" * 1000))
    loop.deal.send(frame(PING, 0, 0, b"12345678"))
    seen = loop.receive(lambda all_seen: any(one[0] == PING for one in all_seen))
    about = [index for index, one in enumerate(seen) if one[2] == 7]
    rule(about, "a stream is accepted before a later ping is answered", seen)
    rule((PING, 1, 0, b"12345678") in seen, "a ping's bytes come back", seen)
    rule(credit_in(seen, 7) >= 196608, "acceptance opens the rest of the window", seen)
    loop.send(frame(DATA, 1, 7, b"y"))
    loop.of(7)


def check_expect(loop):
    loop.deal.send(request(9, "/echo", "POST", False, [("expect", "100-continue")]))
    seen = loop.receive(lambda all_seen: credit_in(all_seen, 9) > 0)
    heads = [index for index, one in enumerate(seen) if one[0] == HEADERS]
    grants = [index for index, one in enumerate(seen) if one[0] == WINDOW_UPDATE and one[3] != u32(0)]
    rule(not heads or grants[0] < heads[0], "who wants the body grants credit before its head", seen)
    loop.send(frame(DATA, 1, 9, b"abc"))
    loop.of(9)


def check_echo(loop, size=2 << 20):
    """Never more than the credit in either direction; trailers come through."""
    loop.deal.send(request(11, "/echo", "POST", False))
    credit, sent, owed, left, echoed, ended = 65536, 0, 0, 65536, 0, False
    extra = 196608  # granted besides what was read
    while not ended:
        while credit and sent < size:
            piece = min(credit, 65536, size - sent)
            loop.send(frame(DATA, 0, 11, b"z" * piece))
            sent, credit = sent + piece, credit - piece
            if sent == size:
                loop.send(frame(HEADERS, 0x5, 11, block([("digest", "q")])))
        seen = loop.count(1)
        credit += credit_in(seen, 11)
        got = len(body_of(seen, 11))
        echoed, left, owed = echoed + got, left - got, owed + got
        rule(left >= 0, "a worker waits for credit", left)
        if owed >= 65536:
            owed, extra = owed + extra, 0
            loop.send(frame(WINDOW_UPDATE, 0, 11, u32(owed)))
            left, owed = left + owed, 0
        ended = any(one[1] & 1 for one in seen if one[0] in (DATA, HEADERS))
    rule(echoed == size, "all of the body comes back", echoed)


def check_websocket(loop):
    """Accepted by a head without an end; text stays text; pieces keep to the credit; the close is answered (§8)."""
    head = [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":authority", "a.example"),
            (":path", "/socket")]
    loop.deal.send(frame(HEADERS, 0x4, 15, block(head)))
    seen = loop.receive(lambda frames: any(one[0] == HEADERS for one in frames))
    accepted = next(one for one in seen if one[0] == HEADERS)
    rule(accepted[1] == 0x4 and (":status", "200") in fields_of(accepted[3]), "a WebSocket is accepted by 200", seen)
    for flags, payload in ((0x5, b"hi"), (0x4, b"\x00\xff"), (0x5, b"")):
        loop.send(frame(MESSAGE, flags, 15, payload))
        echo = loop.receive(lambda frames: any(one[0] == MESSAGE for one in frames))
        rule((MESSAGE, flags, 15, payload) in echo, "a message comes back as it was", echo)
        seen += echo
    rule(credit_in(seen, 15) >= 196608, "the window opens when the application reads, at the latest", seen)
    loop.send(frame(WINDOW_UPDATE, 0, 15, u32(196608)))
    for _ in range(3):
        loop.send(frame(MESSAGE, 0x0, 15, b"z" * 65536))
    loop.send(frame(MESSAGE, 0x0, 15, b"z" * 65531))  # all that is left of both windows: the empty one took 1
    seen = loop.receive(lambda frames: sum(len(one[3]) for one in frames if one[0] == MESSAGE) >= 262139)
    rule(credit_in(seen, 15) >= 2, "a worker gives credit for messages", seen[-1])
    loop.send(frame(MESSAGE, 0x4, 15, b"zz") + frame(PING, 0, 0, b"12345678"))
    seen = loop.receive(lambda frames: any(one[0] == PING for one in frames))
    rule(not any(one[0] == MESSAGE for one in seen), "a worker waits for credit with messages too", seen)
    loop.send(frame(WINDOW_UPDATE, 0, 15, u32(100)))
    rest = loop.receive(lambda frames: any(one[0] == MESSAGE and one[1] & 0x4 for one in frames))
    rule(b"".join(one[3] for one in rest if one[0] == MESSAGE) == b"zz", "the rest follows its credit", rest)
    loop.send(frame(HEADERS, 0x5, 15, block([("close-code", "4001")])))
    end = loop.of(15)[-1]
    rule(end[0] == HEADERS and fields_of(end[3]) == [("close-code", "4001")], "a close is answered", end)


def check_tcp(loop):
    """A connection of a TCP service is refused, or its bytes come back; each direction has an end of its own (§8)."""
    head = [(":method", "CONNECT"), (":protocol", "tcp"), (":scheme", "http"), (":authority", "a.example:22"),
            (":path", "/bytes")]
    loop.deal.send(frame(HEADERS, 0x4, 51, block(head)) + frame(DATA, 0, 51, b"early"))
    seen = loop.receive(lambda frames: any(one[0] == HEADERS and one[2] == 51 for one in frames))
    reply = next(one for one in seen if one[0] == HEADERS and one[2] == 51)
    if (":status", "200") not in fields_of(reply[3]):
        loop.send(frame(RST_STREAM, 0, 51, u32(0)))
        return  # it serves none
    rule(reply[1] == 0x4, "a connection is accepted by 200 without an end", reply)
    if not any(one[0] == DATA and one[2] == 51 for one in seen):
        seen += loop.receive(lambda frames: any(one[0] == DATA and one[2] == 51 for one in frames))
    loop.send(frame(DATA, 0x1, 51, b" and late"))
    seen += loop.receive(lambda frames: any(one[0] == DATA and one[2] == 51 and one[1] & 1 for one in frames))
    echoed = b"".join(one[3] for one in seen if one[0] == DATA and one[2] == 51)
    rule(echoed == b"early and late", "all bytes come back, also those behind which the client has ended", echoed)


def check_stall(loop):
    """Without credit for the reply neither more of it comes, nor is more of the request asked for than the windows."""
    loop.deal.send(request(13, "/echo", "POST", False))
    credit, sent, echoed = 65536, 0, 0
    while credit or loop.steer.poll(300):
        while credit:
            piece = min(credit, 65536)
            loop.send(frame(DATA, 0, 13, b"z" * piece))
            sent, credit = sent + piece, credit - piece
        if loop.steer.poll(300):
            seen = loop.count(1)
            credit += credit_in(seen, 13)
            echoed += len(body_of(seen, 13))
    rule(echoed == 65536, "the whole first window is used and no more", echoed)
    rule(sent <= 262144 * 3, "a stalled reply stalls the request", sent)
    loop.send(frame(DATA, 0, 13, b"!" * 65536) * 5)
    rule(loop.of(13)[-1][3] == u32(3), "more than the credit is FLOW_CONTROL_ERROR")


def check_capacity(loop):
    for stream in (21, 23, 25, 27):
        loop.deal.send(request(stream, "/echo", "POST", False))
    seen = loop.of(27)
    rule((RST_STREAM, 0, 27, u32(7)) in seen, "a full worker refuses", seen)
    for stream in (21, 23, 25):
        loop.send(frame(RST_STREAM, 0, stream, u32(8)))
    for stream in range(101, 201, 2):  # a handler may take a moment to see that its stream is over
        loop.send(request(stream))
        seen = loop.of(stream)
        if body_of(seen, stream):
            break
        rule((RST_STREAM, 0, stream, u32(7)) in seen, "a worker that is still full refuses", seen)
        time.sleep(0.02)
    rule(body_of(seen, stream), "cancelled streams make room", seen)


def check_garbage(loop):
    loop.send(frame(0x77, 0xFF, 0, b"later") + frame(HEADERS, 0x5, 31, b"\xbe"))
    rule(loop.of(31)[-1][0] == RST_STREAM, "a malformed block costs its stream")
    loop.send(b"\xff" * 500)
    loop.send(frame(DATA, 1, 33, b"of nobody") + frame(RST_STREAM, 0, 35, u32(8)))
    loop.deal.send(frame(PING, 0, 0, b"stillup!"))
    rule((PING, 1, 0, b"stillup!") in loop.count(1), "a malformed message costs itself")


SAY_HELLO = frame(GOAWAY, 0, 0, u32(0) + u32(1) + b"say HELLO first")


def check_again(loop, pairs):
    loop.send(SAY_HELLO)
    loop.meets("router#1", 0, pairs)


def check_crossing(loop, pairs):
    """Frames of the connection before came ahead of this HELLO: what the router said to them crossed it."""
    loop.meets("router#2", 0, pairs, SAY_HELLO)
    loop.deal.send(request(37, "/echo", "POST", False))
    loop.receive(lambda seen: credit_in(seen, 37) > 0)
    rule(not loop.steer.poll(500), "a GOAWAY from before WELCOME costs no stream, and asks for no other HELLO")
    loop.send(frame(DATA, 1, 37, b"kept"))
    rule(body_of(loop.of(37), 37) == b"kept", "the stream goes on")


def check_leaving(loop, others, worker):
    loop.deal.send(request(41, "/echo", "POST", False))
    loop.receive(lambda seen: credit_in(seen, 41) > 0)
    worker.send_signal(signal.SIGTERM)
    for one in (loop, *others):
        rule(one.count(1)[0][0] == GOAWAY, "a leaving worker says GOAWAY to every router")
    loop.deal.send(request(43))
    rule(loop.of(43), "what was dealt before is still answered")
    for one in (loop, *others):
        one.send(frame(GOAWAY, 0, 0, u32(0) + u32(0)))
    loop.is_left("a confirmed leaver disconnects deal")
    rule(worker.poll() is None, "it stays for what it holds")
    loop.send(frame(DATA, 1, 41, b"last"))
    rule(body_of(loop.of(41), 41) == b"last", "and finishes it")
    rule(worker.wait(PATIENCE / 1000) == 0, "then it exits with 0")


def check_steered(context, command, words, named, what):
    """A worker whose HELLO has the members `named`, and that is never dealt to."""
    loop = Loop(context)
    worker = subprocess.Popen([*command, "steered", "--connect", f"tcp://127.0.0.1:{loop.port}", *words],
                              stderr=subprocess.DEVNULL)
    try:
        hello = loop.meets("router#2", 0, [loop.pair()], is_dealt_to=False)
        told = {member: hello[member] for member in ("group", "app", "role") if member in hello}
        told.get("app", {}).pop("protocol", None)  # "http" is the default
        rule(told == named, f"HELLO names the {what}", hello)
        loop.send(request(1))
        rule(body_of(loop.of(1), 1) == b"Hello from steered\n", f"a worker of a {what} takes openings from steer")
        rule(not loop.deal.poll(300, zmq.POLLOUT), f"a worker of a {what} does not connect to deal")
    finally:
        worker.kill()
        worker.wait()
        loop.close()


def main():
    command = sys.argv[1:] or [os.path.join(ROOT, "examples/hello-py/hello.py")]
    context = zmq.Context()
    first, second = Loop(context), Loop(context)
    pairs = [first.pair(), second.pair()]
    worker = subprocess.Popen([*command, "conforming", "--connect", f"tcp://127.0.0.1:{first.port}", "--capacity", "3"],
                              stderr=subprocess.DEVNULL)
    try:
        hello = first.meets("router#1", 0, pairs)
        rule(hello["capacity"] == 3 and hello["name"] == "conforming", "HELLO says what the worker was told", hello)
        second.meets("router#1", 1, pairs)
        check_hello(first)
        check_hello(second)
        check_acceptance(first)
        check_expect(first)
        check_echo(second)
        check_websocket(second)
        check_tcp(second)
        check_stall(second)
        check_capacity(first)
        check_garbage(first)
        check_again(first, pairs)
        first.close()
        first = Loop(context, first.port)
        check_crossing(first, pairs)
        check_hello(first)
        check_leaving(first, [second], worker)
        check_steered(context, command, ["--group", "batch-2"], {"group": "batch-2"}, "group")
        check_steered(context, command, ["--app", "s1/jupyter"], {"app": {"session": "s1", "service": "jupyter"}}, "service")
        check_steered(context, command, ["--standby"], {"role": "standby"}, "role")
    except AssertionError as broken:
        print(f"broken: {broken}")
        return 1
    finally:
        if worker.poll() is None:
            worker.kill()
    print("the worker conforms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
