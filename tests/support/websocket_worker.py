"""A worker for tests that serves WebSockets over the fabric (proto/README.md §8): echoes, refuses, closes, stalls.

Owner: a test; Stack.closing ends it.   Thread: its own; the test's thread reads what the worker has recorded.
Not here: the side of the HTTP clients (tests/e2e/test_websocket_*.py).

The path selects what the worker does: /echo; /refuse (403 with a body); /close/CODE (closes with CODE after the first
message); /download/BYTES (sends one binary message of that size); /sink (reads and counts); /stall (gives no credit);
/late (echoes when the client has ended); /endless (echoes, and never ends).
"""
import struct
import threading

import fabric_peer as f

MESSAGE = 0xE2
TEXT, END_MESSAGE = 1, 4
WINDOW, FIRST_WINDOW, PIECE = 262144, 65536, 65536


class Socket:
    def __init__(self, worker, stream, fields):
        self.worker, self.stream, self.fields = worker, stream, fields
        self.path = dict(fields)[':path']
        self.may_send, self.owed = FIRST_WINDOW, 0
        self.waiting = []        # [flags, payload] of pieces to be sent
        self.download = 0        # bytes of the download that do not exist yet
        self.received = 0
        self.has_ended = False

    def offered(self):
        lines = [value for name, value in self.fields if name == 'sec-websocket-protocol']
        return [one.strip() for line in lines for one in line.split(',')]

    def begin(self):
        if self.path == '/refuse':
            self.put(f.reply(self.stream, b'not today\n', 403, [('x-reason', 'mood')]))
            self.has_ended = True
            return
        if self.path == '/silent':  # takes the WebSocket, and does not answer
            return self.put(f.frame(f.WINDOW_UPDATE, 0, self.stream, struct.pack('>I', WINDOW - FIRST_WINDOW)))
        fields = [('sec-websocket-protocol', 'chat')] if 'chat' in self.offered() or self.path == '/odd' else []
        self.put(f.frame(f.HEADERS, f.END_HEADERS, self.stream, f.encode([(':status', '200'), *fields])))
        if self.path != '/stall':
            self.give(WINDOW - FIRST_WINDOW)
        if self.path.startswith('/download/'):
            self.download = int(self.path.rsplit('/', 1)[1])
            self.flush()

    def message(self, flags, payload):
        self.received += len(payload)
        if self.path == '/stall':
            return
        if self.path.startswith('/close/'):
            return self.end(int(self.path.rsplit('/', 1)[1]), 'as you wish')
        if self.path == '/reset':
            self.has_ended = True
            return self.put(f.frame(f.RST_STREAM, 0, self.stream, struct.pack('>I', 2)))
        if self.path == '/sink':
            if flags & END_MESSAGE:
                self.waiting.append([TEXT | END_MESSAGE, str(self.received).encode()])
                self.received = 0
            self.give(max(1, len(payload)))
        else:
            self.waiting.append([flags, payload])
        if self.path != '/late':
            self.flush()

    def flush(self):
        while self.download and self.may_send:
            size = min(self.download, PIECE, self.may_send)
            self.download -= size
            self.may_send -= size
            self.put(f.frame(MESSAGE, 0 if self.download else END_MESSAGE, self.stream, b'z' * size))
        while self.waiting and self.may_send:
            flags, payload = self.waiting[0]
            size = min(len(payload), self.may_send)
            whole = size == len(payload)
            self.put(f.frame(MESSAGE, flags if whole else flags & ~END_MESSAGE, self.stream, payload[:size]))
            self.may_send -= max(1, size)
            if whole:
                self.waiting.pop(0)
            else:
                self.waiting[0][1] = payload[size:]
            if self.path != '/sink':
                self.give(max(1, size))

    def give(self, size):
        self.owed += size
        if self.owed >= WINDOW // 2:
            self.put(f.frame(f.WINDOW_UPDATE, 0, self.stream, struct.pack('>I', self.owed)))
            self.owed = 0

    def end(self, code=None, reason=''):
        if self.has_ended:
            return
        self.has_ended = True
        if code is None:
            return self.put(f.frame(f.DATA, f.END_STREAM, self.stream))
        block = f.encode([('close-code', str(code)), ('close-reason', reason)])
        self.put(f.frame(f.HEADERS, f.END_HEADERS | f.END_STREAM, self.stream, block))

    def put(self, payload):
        self.worker.out.append(payload)


class WebSocketWorker:
    """Serves WebSockets in its own thread until close()."""

    def __init__(self, fabric, name='sockets'):
        self.peer = f.FabricPeer(fabric, name).join()
        self.sockets = {}
        self.openings = []   # the fields of each WebSocket's request
        self.closings = []   # of each WebSocket: (path, fields of the client's end, or 'reset CODE')
        self.out = []
        self.leave = False
        self.die = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.die:
            if self.peer.socket.poll(20):
                while self.peer.socket.poll(0):
                    via, *parts = self.peer.socket.recv_multipart()
                    for part in parts:
                        for frame in f.frames_in(part, via.decode()):
                            self.take(frame)
            if self.leave:
                self.leave = False
                for one in self.sockets.values():
                    one.end(1012, 'restart')
            if self.out:
                out, self.out = self.out, []
                for at in range(0, len(out), 16):
                    self.peer.send(b''.join(out[at:at + 16]))

    def take(self, frame):
        if frame.type == f.PING and not frame.flags & f.ACK:
            return self.out.append(f.frame(f.PING, f.ACK, 0, frame.payload))
        one = self.sockets.get(frame.stream)
        if frame.type == f.HEADERS and one is None:
            fields = f.decode(frame.payload)
            self.openings.append(fields)
            if dict(fields).get(':protocol') != 'websocket':
                return self.out.append(f.reply(frame.stream, b'plain\n'))
            self.sockets[frame.stream] = one = Socket(self, frame.stream, fields)
            one.begin()
        elif one is None:
            return None
        elif frame.type == f.HEADERS:
            self.closings.append((one.path, f.decode(frame.payload)))
            self.gone(one)
        elif frame.type == f.DATA and frame.flags & f.END_STREAM:
            self.closings.append((one.path, []))
            self.gone(one)
        elif frame.type == f.RST_STREAM:
            if not one.has_ended:
                self.closings.append((one.path, f'reset {struct.unpack(">I", frame.payload)[0]}'))
            del self.sockets[frame.stream]
        elif frame.type == f.WINDOW_UPDATE:
            one.may_send += struct.unpack('>I', frame.payload)[0]
            one.flush()
        elif frame.type == MESSAGE:
            one.message(frame.flags, frame.payload)
        return None

    def gone(self, one):
        if one.path == '/endless':
            return
        one.flush()
        one.end()
        del self.sockets[one.stream]

    def close(self):
        self.die = True
        self.thread.join(5)
        self.peer.close()
