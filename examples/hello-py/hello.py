#!/usr/bin/python3
"""A worker for Zeroway in Python, written from proto/README.md alone.

Answers `Hello from NAME` on every path, but /echo streams the request's body back as it arrives. WebSockets are
accepted on every path; each message is sent back. Numbers in comments (§5) are sections of proto/README.md.
"""
import argparse
import json
import os
import random
import re
import secrets
import signal
import socket
import struct
import sys
import time

import hpack
import zmq
from zmq.utils.monitor import recv_monitor_message

DATA, HEADERS, RST_STREAM, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 6, 7, 8  # §2
HELLO, WELCOME, MESSAGE = 0xE0, 0xE1, 0xE2
END_STREAM, ACK, END_HEADERS = 0x1, 0x1, 0x4
TEXT, END_MESSAGE = 0x1, 0x4
NO_ERROR, PROTOCOL_ERROR, FLOW_CONTROL_ERROR, REFUSED_STREAM, COMPRESSION_ERROR, CONNECT_ERROR = 0, 1, 3, 7, 9, 0xA  # §9
STREAM_ERRORS = {PROTOCOL_ERROR: "frames out of order", FLOW_CONTROL_ERROR: "more than the credit",
                 COMPRESSION_ERROR: "a malformed header block"}

FRAME = 65536                # bytes: the longest payload
WINDOW = 262144              # bytes, each way (§5)
FIRST_WINDOW = 65536         # bytes, each way, before the first WINDOW_UPDATE
BATCH = 1 << 20              # bytes: a longer ZeroMQ message gets no more frames; the limit is 4 MiB
TURN = 200                   # at most so many messages are read before answers are sent
NEVER = 3_600_000            # ms: this worker reconnects, libzmq must not (§1)
REDIAL_PAUSE = 0.1           # s, after a connection broke
DIAL_PATIENCE = 2.0          # s, for a connection attempt without an event
HEARTBEAT = (250, 3000)      # ms: interval and timeout. Patient, until a router's WELCOME names its own (§4): a busy
                             # machine may stop the router for a second
HELLO_PAUSE = 0.1            # s, before HELLO is sent again (§4)
CONFIRM_PATIENCE = 2.0       # s, for the router's GOAWAY (§7)
DRAIN_TIME = 30.0            # s, for the streams in hand when the worker leaves; then they are dropped
CLOSES_A_SECOND = 10         # WebSockets, when the worker leaves: so their clients reconnect one by one


class Malformed(Exception):
    pass


class StreamError(Exception):
    def __init__(self, code):
        super().__init__(STREAM_ERRORS[code])
        self.code = code


# ---- bytes

def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def read_frames(message):
    at = 0
    while at < len(message):
        if len(message) - at < 9:
            raise Malformed("a frame header of under 9 bytes")
        length = int.from_bytes(message[at:at + 3], "big")
        kind, flags, stream = struct.unpack_from(">BBI", message, at + 3)
        if length > FRAME or at + 9 + length > len(message):
            raise Malformed(f"frame length {length}")
        yield kind, flags, stream & 0x7FFFFFFF, message[at + 9:at + 9 + length]
        at += 9 + length


def number(payload):
    if len(payload) != 4:
        raise Malformed(f"{len(payload)} bytes instead of a number of 4")
    return int.from_bytes(payload, "big")


def new_encoder():
    encoder = hpack.Encoder()
    encoder.header_table_size = 0  # the first block begins with a table size update to 0, which is legal
    return encoder


def read_block(block):
    decoder = hpack.Decoder(max_header_list_size=65536)
    decoder.header_table_size = 0
    decoder.max_allowed_table_size = 0
    try:
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in decoder.decode(block, raw=True)]
    except (hpack.HPACKError, ValueError, IndexError) as error:
        raise StreamError(COMPRESSION_ERROR) from error


# ---- endpoints (§1)

def resolve(endpoint):
    """The endpoint with a numeric host: the monitor names endpoints so, and must find this one."""
    if not endpoint.startswith("tcp://"):
        return endpoint
    host, _, port = endpoint[len("tcp://"):].rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        sys.exit(f"hello.py: --connect {endpoint}: {error}")
    found.sort(key=lambda one: one[0] != socket.AF_INET)
    address = found[0][4][0]
    return f"tcp://[{address}]:{port}" if ":" in address else f"tcp://{address}:{port}"


def steer_of(deal):
    if deal.startswith("ipc://"):
        return deal + ".steer"
    host, _, port = deal.rpartition(":")
    return f"{host}:{int(port) + 1}"


def with_host_of(endpoint, dialled):
    """Replaces the host '*' by the host of the endpoint `dialled`."""
    if not endpoint.startswith("tcp://*:"):
        return endpoint
    return dialled.rpartition(":")[0] + endpoint[len("tcp://*"):]


# ---- one stream (§3, §5)

class Stream:
    """A request and its reply: the windows, the bytes that wait for credit, and this worker's two answers."""

    def __init__(self, link, stream_id, head, ended):
        self.link, self.id = link, stream_id
        self.method = dict(head).get(":method", "")
        self.path = dict(head).get(":path", "").partition("?")[0]
        self.fields = [(name, value) for name, value in head if not name.startswith(":")]
        self.has_spoken = False      # a frame about this stream was sent: the stream is accepted
        self.request_ended = ended
        self.may_receive = FIRST_WINDOW
        self.owed = WINDOW - FIRST_WINDOW
        self.may_send = FIRST_WINDOW
        self.waiting = bytearray()   # bytes of the reply's body, without credit yet
        self.trailers = []
        self.reply_ends = self.is_over = False
        self.is_echo = self.path == "/echo"

    def field(self, name):
        return next((value for key, value in self.fields if key == name), "")

    # frames from the router

    def begin(self):
        asks_first = not self.request_ended and self.field("expect").lower() == "100-continue"
        if self.is_echo:
            if asks_first:
                self.give_credit()   # the router sends 100 Continue; a head alone would be the final response
            fields = [(name, self.field(name)) for name in ("content-type", "content-length") if self.field(name)]
            self.put_head(200, fields)
            if self.request_ended or self.method == "HEAD":
                self.put_end()
        # The greeting needs no body: a client with `expect: 100-continue` gets its answer instead of 100 Continue.
        elif self.request_ended or asks_first:
            self.say_hello()

    def data(self, payload, ended):
        if self.request_ended:
            raise StreamError(PROTOCOL_ERROR)
        if len(payload) > self.may_receive:
            raise StreamError(FLOW_CONTROL_ERROR)
        self.may_receive -= len(payload)
        if self.is_echo:
            self.waiting += payload
            self.flush()             # gives credit for the bytes that are sent
        else:
            self.consumed(len(payload))
        if ended:
            self.end([])

    def end(self, trailers):
        self.request_ended = True
        if self.is_echo:
            self.put_end(trailers)
        else:
            self.say_hello()

    def credit(self, increment):
        self.may_send += increment
        if self.may_send > 0x7FFFFFFF:
            raise StreamError(FLOW_CONTROL_ERROR)
        self.flush()

    def message(self, flags, payload):
        raise StreamError(PROTOCOL_ERROR)  # this stream is no WebSocket

    # frames to the router

    def speak(self, kind, flags, payload):
        self.has_spoken = True
        self.link.put(frame(kind, flags, self.id, payload))

    def say_hello(self):
        body = f"Hello from {self.link.worker.name}\n".encode()
        self.put_head(200, [("content-type", "text/plain"), ("content-length", str(len(body)))])
        if self.method != "HEAD":
            self.waiting += body
        self.put_end()

    def put_head(self, status, fields):
        fields = [(":status", str(status)), *fields, ("x-zmq", self.link.worker.name)]
        # "Sensitive" keeps literals out of tables (§3).
        block = self.link.worker.encoder.encode([(name, value, True) for name, value in fields])
        self.speak(HEADERS, END_HEADERS, block)

    def put_end(self, trailers=()):
        self.reply_ends, self.trailers = True, list(trailers)
        self.flush()

    def flush(self):
        """Sends as many bytes as there is credit for; the last frame carries END_STREAM."""
        while not self.is_over and self.waiting and self.may_send > 0:
            piece = bytes(self.waiting[:min(self.may_send, FRAME)])
            del self.waiting[:len(piece)]
            self.may_send -= len(piece)
            is_last = self.reply_ends and not self.waiting and not self.trailers
            self.speak(DATA, END_STREAM if is_last else 0, piece)
            self.is_over = is_last
            if self.is_echo:
                self.consumed(len(piece))
        if self.reply_ends and not self.waiting and not self.is_over:
            if self.trailers:
                block = self.link.worker.encoder.encode([(name, value, True) for name, value in self.trailers])
                self.speak(HEADERS, END_HEADERS | END_STREAM, block)
            else:
                self.speak(DATA, END_STREAM, b"")
            self.is_over = True

    def consumed(self, size):
        self.owed += size
        if self.owed >= WINDOW // 2:
            self.give_credit()

    def give_credit(self):
        if self.request_ended or self.is_over:
            return
        self.may_receive += self.owed
        self.speak(WINDOW_UPDATE, 0, struct.pack(">I", self.owed))
        self.owed = 0

    def turn_is_over(self):
        """Accepts the stream if this worker has sent no frame about it yet (§5)."""
        if not self.has_spoken and not self.is_over:
            if self.request_ended:
                self.speak(WINDOW_UPDATE, 0, struct.pack(">I", 0))
            else:
                self.give_credit()
        elif self.owed >= WINDOW // 2:
            self.give_credit()


# ---- one WebSocket (§8)

def message_credit(payload):
    return max(1, len(payload))      # an empty message needs credit too


class WebSocket(Stream):
    """A WebSocket, accepted on every path. Sends back each piece of a message as it comes, and the close."""

    def __init__(self, link, stream_id, head, ended):
        super().__init__(link, stream_id, head, ended)
        self.pieces = []             # [flags, bytes], waiting for credit
        self.close_at = 0.0          # the time to close it, when the worker leaves

    def begin(self):
        self.put_head(200, [])
        if self.request_ended:
            self.put_end()

    def message(self, flags, payload):
        if self.request_ended:
            raise StreamError(PROTOCOL_ERROR)
        if message_credit(payload) > self.may_receive:
            raise StreamError(FLOW_CONTROL_ERROR)
        self.may_receive -= message_credit(payload)
        self.pieces.append([flags & (TEXT | END_MESSAGE), payload])
        self.flush()

    def data(self, payload, ended):
        if payload or not ended:
            raise StreamError(PROTOCOL_ERROR)
        self.end([])

    def end(self, trailers):
        self.request_ended = True
        if ("close-code", "1006") in trailers:  # the client broke a rule, but still reads answers
            return self.put_end()
        self.pieces.clear()          # a client that has closed reads no more
        self.put_end([(name, value) for name, value in trailers if name == "close-code"])

    def close(self, code, reason):
        self.pieces.clear()
        self.put_end([("close-code", str(code)), ("close-reason", reason)])

    def flush(self):
        while self.pieces and self.may_send > 0:
            flags, payload = self.pieces[0]
            part = payload[:self.may_send]
            is_all = len(part) == len(payload)
            if is_all:
                self.pieces.pop(0)
            else:
                self.pieces[0][1] = payload[len(part):]
            self.may_send -= message_credit(part)
            self.speak(MESSAGE, flags if is_all else flags & ~END_MESSAGE, part)
            self.consumed(message_credit(part))
        if not self.pieces:          # the end is sent behind the pieces
            super().flush()


# ---- one router, or one loop of a router (§4, §7)

class Link:
    def __init__(self, worker, deal, steer, parent=None):
        self.worker, self.parent = worker, parent
        self.deal, self.steer = deal, steer
        self.steer_alias = self.deal_alias = None
        self.instance = None         # routing id of the connection to steer
        self.known_as = ""           # the instance in the last HELLO
        self.is_up = self.is_welcome = self.is_confirmed = False
        self.hello_at = None         # when to send HELLO again
        self.dial_at = None          # when to connect deal again
        self.steer_at = None         # when to connect steer again
        self.heartbeat = HEARTBEAT
        self.router = None
        self.streams, self.frames, self.acks = {}, [], []

    def put(self, data):
        self.frames.append(data)

    def dial_steer(self):
        """Connects steer with a new routing id and a new alias: neither is ever used again (§1)."""
        self.drop_steer()
        self.instance = self.worker.new_instance()
        self.steer_alias = self.worker.connect(self, "steer", self.steer)
        self.steer_at = time.monotonic() + DIAL_PATIENCE

    def drop_steer(self):
        if self.steer_alias is not None:
            self.worker.disconnect(self.steer)
            self.worker.aliases.pop(self.steer_alias)  # late messages of that connection are ignored
            self.steer_alias = None

    def came_up(self):
        self.is_up, self.steer_at = True, None
        self.say_hello()

    def went_down(self):
        self.is_up = False
        self.forget()
        self.steer_at = time.monotonic() + REDIAL_PAUSE
        if self.worker.is_leaving:
            self.is_confirmed = True  # the router is gone and cannot confirm

    def forget(self):
        """Drops the state of the connection before: the streams, the frames to send, and the connection to deal."""
        self.is_welcome, self.hello_at = False, None
        self.hang_up()
        self.streams.clear()
        self.frames.clear()
        self.acks.clear()

    def hang_up(self):
        self.dial_at = None
        if self.deal_alias is not None:
            self.worker.disconnect(self.deal)
            self.deal_alias = None

    def dial(self):
        """Connects deal, again if it was connected before. Only after WELCOME (§4)."""
        self.hang_up()
        if self.worker.group or self.worker.app or self.worker.is_standby:
            return  # such a worker gets its openings through steer alone
        self.deal_alias = self.worker.connect(self, "deal", self.deal)
        self.dial_at = time.monotonic() + DIAL_PATIENCE

    def deal_event(self, event):
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            self.dial_at = None
        elif self.deal_alias is not None:
            self.dial_at = time.monotonic() + REDIAL_PAUSE

    def say_hello(self):
        self.forget()
        before, self.known_as = self.known_as, self.instance
        self.put(frame(HELLO, 0, 0, self.worker.hello(self.instance, before if before != self.instance else "")))

    def say_goaway(self):
        if self.is_up:
            self.put(frame(GOAWAY, 0, 0, struct.pack(">II", 0, NO_ERROR)))
        else:
            self.is_confirmed = True

    def take_message(self, message):
        try:
            for kind, flags, stream_id, payload in read_frames(message):
                self.take_frame(kind, flags, stream_id, payload)
        except Malformed as error:
            self.worker.log(f"{self.steer}: {error}: the rest of the message is dropped")

    def take_frame(self, kind, flags, stream_id, payload):
        if kind == PING and not flags & ACK:
            if len(payload) != 8:
                raise Malformed(f"PING of {len(payload)} bytes")
            self.acks.append(frame(PING, ACK, 0, payload))
        elif kind == WELCOME:
            self.take_welcome(payload)
        elif kind == GOAWAY:
            self.take_goaway(payload)
        elif kind in (DATA, HEADERS, WINDOW_UPDATE, RST_STREAM, MESSAGE) and stream_id > 0:
            self.take_stream_frame(kind, flags, stream_id, payload)

    def take_welcome(self, payload):
        try:
            welcome = json.loads(payload)
            router, loop, pairs = welcome["router"], welcome.get("loop", 0), welcome["pairs"]
            self.heartbeat = (int(welcome.get("heartbeat_interval", HEARTBEAT[0])),
                              int(welcome.get("heartbeat_timeout", HEARTBEAT[1])))  # for later connections
            others = [(with_host_of(pair["deal"], self.deal), with_host_of(pair["steer"], self.steer))
                      for index, pair in enumerate(pairs) if index != loop]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Malformed(f"WELCOME: {error}") from error
        if router != self.router:
            self.worker.log(f"{self.steer}: welcomed by {router}")
        self.router, self.is_welcome = router, True
        self.worker.take_events()  # the WELCOME may be from a connection that has broken since
        if self.is_welcome and self.deal_alias is None and not self.worker.is_leaving:
            self.dial()
        if self.parent is None:
            self.worker.has_pairs(self, others)

    def take_goaway(self, payload):
        if len(payload) < 8:
            raise Malformed(f"GOAWAY of {len(payload)} bytes")
        code = number(payload[4:8])
        if code == NO_ERROR:
            if self.worker.is_leaving:
                self.is_confirmed = True
            else:
                self.worker.log(f"{self.steer}: the router is leaving")
            return
        if not self.is_welcome and code != CONNECT_ERROR:
            return  # this GOAWAY is about frames from before our HELLO (§4)
        self.worker.log(f"{self.steer}: GOAWAY {code:#x}: {payload[8:].decode('utf-8', 'replace')}")
        self.forget()
        if code != CONNECT_ERROR:
            self.hello_at = time.monotonic() + HELLO_PAUSE

    def take_stream_frame(self, kind, flags, stream_id, payload):
        stream = self.streams.get(stream_id)
        try:
            if stream is None:
                if kind == HEADERS:
                    self.open(stream_id, read_block(payload), bool(flags & END_STREAM))
            elif kind == DATA:
                stream.data(payload, bool(flags & END_STREAM))
            elif kind == HEADERS:
                if stream.request_ended or not flags & END_STREAM:
                    raise StreamError(PROTOCOL_ERROR)
                stream.end(read_block(payload))
            elif kind == WINDOW_UPDATE:
                stream.credit(number(payload) & 0x7FFFFFFF)
            elif kind == MESSAGE:
                stream.message(flags, payload)
            else:
                stream.is_over = True
        except StreamError as error:
            self.worker.log(f"{self.steer}: stream {stream_id}: {error}")
            self.put(frame(RST_STREAM, 0, stream_id, struct.pack(">I", error.code)))
            if stream is not None:
                stream.is_over = True
        if stream is not None and stream.is_over:
            self.streams.pop(stream_id, None)

    def open(self, stream_id, head, ended):
        if not any(name == ":method" for name, _ in head):
            return  # late trailers, of a stream that is over
        if self.worker.stream_count() >= self.worker.capacity:
            self.put(frame(RST_STREAM, 0, stream_id, struct.pack(">I", REFUSED_STREAM)))
            return
        if (":protocol", "tcp") in head:  # this worker serves no TCP service
            refusal = self.worker.encoder.encode([(":status", "404", True)])
            self.put(frame(HEADERS, END_STREAM | END_HEADERS, stream_id, refusal))
            return
        is_socket = (":protocol", "websocket") in head
        if is_socket and self.worker.is_leaving:  # another worker can hold the WebSocket longer
            self.put(frame(RST_STREAM, 0, stream_id, struct.pack(">I", REFUSED_STREAM)))
            return
        stream = (WebSocket if is_socket else Stream)(self, stream_id, head, ended)
        self.streams[stream_id] = stream
        self.worker.is_new.append(stream)
        stream.begin()
        if stream.is_over:
            del self.streams[stream_id]

    def sockets(self):
        return [stream for stream in self.streams.values() if isinstance(stream, WebSocket)]

    def close_sockets(self):
        for stream in self.sockets():
            if time.monotonic() >= stream.close_at:
                stream.close(1012, "the worker is leaving")
                del self.streams[stream.id]

    def send(self):
        """Sends all ready frames in as few messages as possible; answers to PINGs go behind all other frames."""
        if self.hello_at is not None and time.monotonic() >= self.hello_at:
            self.say_hello()
        if not self.is_up:
            self.frames.clear()
            self.acks.clear()
            return
        frames, self.frames, self.acks = self.frames + self.acks, [], []
        while frames:
            count = size = 0
            while count < len(frames) and size < BATCH:
                size += len(frames[count])
                count += 1
            self.worker.send(self, b"".join(frames[:count]))
            frames = frames[count:]


# ---- the worker

class Worker:
    def __init__(self, options):
        self.name, self.weight, self.capacity = options.name, options.weight, options.capacity
        self.group, self.app = options.group, options.app   # None and None = the open pool
        self.is_standby = options.standby
        self.encoder = new_encoder()
        self.aliases, self.alias_count = {}, 0
        self.times_told = 0          # how often a signal has told this worker to leave
        self.is_leaving = False
        self.is_new = []
        self.links = []

        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        for option, value in ((zmq.SNDHWM, 0), (zmq.RCVHWM, 0), (zmq.ROUTER_MANDATORY, 1), (zmq.LINGER, 1000),
                              (zmq.RECONNECT_IVL, NEVER)):
            self.socket.setsockopt(option, value)
        self.monitor = self.socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED
                                                      | zmq.EVENT_CONNECT_RETRIED)
        deals = [resolve(endpoint) for endpoint in options.connect]
        if any("[" in deal for deal in deals):
            self.socket.setsockopt(zmq.IPV6, 1)
        for deal in deals:
            self.add_link(deal, steer_of(deal))

    def log(self, line):
        try:
            print(f"{self.name}: {line}", file=sys.stderr, flush=True)
        except OSError:
            pass  # the reader of the log is gone, or its disk is full

    def hello(self, instance, replaces):
        role = {"role": "standby"} if self.is_standby else {}
        group = {"group": self.group} if self.group else {"app": self.app} if self.app else {}
        return json.dumps({"version": 1, "name": self.name, "instance": instance, "replaces": replaces,
                           "pid": os.getpid(), "weight": self.weight, "capacity": self.capacity,
                           "state": "draining" if self.is_leaving else "ready", "routes": [], **role, **group}).encode()

    def stream_count(self):
        return sum(len(link.streams) for link in self.links)

    # connections

    def new_alias(self, what):
        self.alias_count += 1  # an alias is used once in the life of the socket (§1)
        return f"{what} {self.alias_count}".encode()

    def new_instance(self):
        return f"{self.name}#{secrets.token_hex(8)}"

    def connect(self, link, what, endpoint):
        alias = self.new_alias(what)
        self.aliases[alias] = link
        self.socket.setsockopt(zmq.CONNECT_ROUTING_ID, alias)
        # No peer looks at the routing id of a connection to deal.
        self.socket.setsockopt(zmq.ROUTING_ID, (link.instance if what == "steer" else self.new_instance()).encode())
        self.socket.setsockopt(zmq.HEARTBEAT_IVL, link.heartbeat[0])
        self.socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, link.heartbeat[1])
        try:
            self.socket.connect(endpoint)
        except zmq.ZMQError as error:  # an endpoint that is never possible: for example a path of over 107 bytes
            sys.exit(f"{self.name}: {endpoint}: {error}")
        return alias

    def disconnect(self, endpoint):
        try:
            self.socket.disconnect(endpoint)
        except zmq.ZMQError as error:
            self.log(f"{endpoint}: {error}")

    def add_link(self, deal, steer, parent=None):
        link = Link(self, deal, steer, parent)
        self.links.append(link)
        link.dial_steer()

    def has_pairs(self, parent, pairs):
        """A router named all its loops: connects to the new ones, disconnects from those that are gone."""
        if self.is_leaving:
            return
        for link in [one for one in self.links if one.parent is parent and (one.deal, one.steer) not in pairs]:
            link.drop_steer()
            link.hang_up()
            self.links.remove(link)
        known = {link.steer for link in self.links}
        for deal, steer in pairs:
            if steer not in known:
                self.add_link(deal, steer, parent)

    def take_events(self):
        while self.monitor.poll(0):
            event = recv_monitor_message(self.monitor)
            endpoint = event["endpoint"].decode()  # spelled as in connect()
            for link in list(self.links):
                if link.deal == endpoint:
                    link.deal_event(event["event"])
                if link.steer != endpoint:
                    continue
                if event["event"] == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                    link.came_up()
                elif link.steer_alias is not None:  # the connection broke, or could not be made
                    link.went_down()

    # turns

    def send(self, link, message):
        try:
            self.socket.send_multipart([link.steer_alias, message], zmq.DONTWAIT)
        except zmq.ZMQError as error:
            self.log(f"{link.steer}: {error}")
            link.went_down()

    def take_messages(self):
        for _ in range(TURN):
            try:
                parts = self.socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return
            link = self.aliases.get(parts[0])
            if link in self.links and len(parts) == 2:
                link.take_message(parts[1])

    def turn(self):
        self.take_events()
        self.take_messages()
        for stream in self.is_new:
            if stream.link.streams.get(stream.id) is stream:
                stream.turn_is_over()
        self.is_new.clear()
        for link in self.links:
            if link.steer_at is not None and time.monotonic() >= link.steer_at and not self.is_leaving:
                link.dial_steer()
            if link.dial_at is not None and time.monotonic() >= link.dial_at:
                link.dial()
            if self.is_leaving:
                link.close_sockets()
            link.send()

    def run(self):
        wakeup, alarm = socket.socketpair()
        alarm.setblocking(False)
        signal.set_wakeup_fd(alarm.fileno())
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: self.be_told())
        poller = zmq.Poller()
        for source in (self.socket, self.monitor, wakeup):
            poller.register(source, zmq.POLLIN)
        while not self.may_exit():
            is_soon = self.is_leaving or any(link.hello_at or link.dial_at or link.steer_at for link in self.links)
            for source, _ in poller.poll(50 if is_soon else 1000):
                if source == wakeup.fileno():
                    wakeup.recv(100)
            if self.times_told and not self.is_leaving:
                self.leave()
            self.turn()
        self.turn()
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close()
        self.context.term()
        return 1 if self.stream_count() else 0

    # leaving (§7)

    def be_told(self):
        """Called by a signal, at any point of the program."""
        self.times_told += 1
        if self.times_told > 1:
            os._exit(1)

    def leave(self):
        self.is_leaving = True
        self.leaving_since = time.monotonic()
        self.log(f"leaving with {self.stream_count()} streams in hand")
        sockets = [stream for link in self.links for stream in link.sockets()]
        pause = min(1 / CLOSES_A_SECOND, 0.8 * DRAIN_TIME / max(1, len(sockets)))
        for index, stream in enumerate(sockets):
            stream.close_at = self.leaving_since + pause * (index + random.random())
        for link in self.links:
            link.say_goaway()

    def may_exit(self):
        if not self.is_leaving:
            return False
        is_late = time.monotonic() - self.leaving_since > CONFIRM_PATIENCE
        for link in self.links:
            if link.is_confirmed or is_late:
                link.hang_up()
        if time.monotonic() - self.leaving_since > DRAIN_TIME:
            return True
        return self.stream_count() == 0 and (is_late or all(link.is_confirmed for link in self.links))


def in_range(low, high):
    def read(text):
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number of {low} … {high}")
        return int(text)
    return read


def visible(text):
    if not 1 <= len(text) <= 128 or any(not 0x21 <= ord(character) <= 0x7E for character in text):
        raise argparse.ArgumentTypeError("not 1 … 128 visible ASCII characters")
    return text


def group(text):
    if not re.fullmatch("[A-Za-z0-9._-]{1,64}", text):
        raise argparse.ArgumentTypeError("not 1 … 64 of A-Z a-z 0-9 . _ -")
    return text


def app(text):
    session, _, service = text.partition("/")
    for part in (session, service):
        if not re.fullmatch("[A-Za-z0-9._~-]{1,64}", part) or part in (".", ".."):
            raise argparse.ArgumentTypeError("not SESSION/SERVICE, each 1 … 64 of A-Z a-z 0-9 . _ ~ -")
    return {"session": session, "service": service}


def endpoint(text):
    try:
        is_tcp = text.startswith("tcp://") and 1 <= int(text.rpartition(":")[2]) <= 65534
    except ValueError:
        is_tcp = False
    if not is_tcp and not (text.startswith("ipc://") and len(text) > len("ipc://")):
        raise argparse.ArgumentTypeError(f"{text} is neither tcp://HOST:PORT (1 … 65534) nor ipc://PATH")
    return text


def main():
    parser = argparse.ArgumentParser(description="A worker that answers `Hello from NAME`.")
    parser.add_argument("name", metavar="NAME", nargs="?", default="hello-py", type=visible)
    parser.add_argument("--connect", metavar="ENDPOINT", action="append", type=endpoint,
                        help="a router's fabric; may be given again (default: tcp://127.0.0.1:8000)")
    parser.add_argument("--weight", metavar="N", type=in_range(1, 1000), default=1, help="1 … 1000 (default: 1)")
    parser.add_argument("--capacity", metavar="N", type=in_range(1, 1000000), default=1024,
                        help="requests at once, 1 … 1000000 (default: 1024)")
    serves = parser.add_mutually_exclusive_group()
    serves.add_argument("--group", metavar="NAME", type=group,
                        help="serve the routers' routes to this group, and no others (default: the open pool)")
    serves.add_argument("--app", metavar="SESSION/SERVICE", type=app,
                        help="serve this service of a session, and nothing else")
    parser.add_argument("--standby", action="store_true", help="get requests only while no active worker is fit")
    options = parser.parse_args()
    options.connect = options.connect or ["tcp://127.0.0.1:8000"]
    return Worker(options).run()


if __name__ == "__main__":
    sys.exit(main())
