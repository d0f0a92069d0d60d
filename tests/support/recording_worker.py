"""A worker that keeps every request as it came over the fabric, and gives the answer that the test has set.

Owner: a test; Stack.closing ends it.   Thread: its own; the test's thread reads `seen` once it has the reply.
Not here: the requests, and what must be the same in all of them (tests/e2e/test_same_in_all_languages.py).

A request names its case in the field x-case.
"""
import collections
import struct
import threading

import fabric_peer as f

WINDOW, FIRST_WINDOW, PIECE = 262_144, 65_536, 60_000

Answer = collections.namedtuple('Answer', 'status fields body trailers interim', defaults=(200, (), b'', (), ()))
Seen = collections.namedtuple('Seen', 'fields body trailers')


class Stream:
    def __init__(self, number, fields):
        self.number, self.fields = number, fields
        self.body, self.trailers = bytearray(), []
        self.may_send, self.owed = FIRST_WINDOW, 0
        self.waiting = collections.deque()  # the request's frames, and the bytes of its body
        self.has_ended = False


class RecordingWorker:
    """Serves requests in its own thread until close()."""

    def __init__(self, fabric, answers, name='recorder'):
        self.answers = answers
        self.seen = {}
        self.streams = {}
        self.peer = f.FabricPeer(fabric, name).join()
        self.is_over = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.is_over:
            if self.peer.socket.poll(20):
                via, *parts = self.peer.socket.recv_multipart()
                for part in parts:
                    for frame in f.frames_in(part, via.decode()):
                        self.take(frame)

    def take(self, frame):
        if frame.type == f.PING and not frame.flags & f.ACK:
            return self.peer.send(f.frame(f.PING, f.ACK, 0, frame.payload))
        stream = self.streams.get(frame.stream)
        if frame.type == f.HEADERS and stream is None:
            stream = self.streams[frame.stream] = Stream(frame.stream, f.decode(frame.payload))
            if not frame.flags & f.END_STREAM:
                self.credit(stream, WINDOW - FIRST_WINDOW)
        elif stream is None:
            return None
        elif frame.type == f.HEADERS:
            stream.trailers = f.decode(frame.payload)
        elif frame.type == f.DATA:
            stream.body += frame.payload
            stream.owed += len(frame.payload)
            if stream.owed >= WINDOW // 2:
                self.credit(stream, stream.owed)
                stream.owed = 0
        elif frame.type == f.WINDOW_UPDATE:
            stream.may_send += struct.unpack('>I', frame.payload)[0]
            return self.send(stream)
        elif frame.type == f.RST_STREAM:
            return self.streams.pop(frame.stream)
        if frame.type in (f.HEADERS, f.DATA) and frame.flags & f.END_STREAM:
            self.answer(stream)
        return None

    def credit(self, stream, size):
        self.peer.send(f.frame(f.WINDOW_UPDATE, 0, stream.number, struct.pack('>I', size)))

    def answer(self, stream):
        case = dict(stream.fields)['x-case']
        self.seen[case] = Seen(stream.fields, bytes(stream.body), stream.trailers)
        answer = self.answers[case]
        method = dict(stream.fields)[':method']
        body = b'' if method == 'HEAD' or answer.status in (204, 304) else answer.body
        for status, fields in answer.interim:
            self.put_head(stream, [(':status', str(status)), *fields], 0)
        self.put_head(stream, [(':status', str(answer.status)), *answer.fields],
                      0 if body or answer.trailers else f.END_STREAM)
        stream.waiting.extend(body[at:at + PIECE] for at in range(0, len(body), PIECE))
        if answer.trailers:
            self.put_head(stream, answer.trailers, f.END_STREAM)
        elif body:
            stream.waiting.append(('end', f.frame(f.DATA, f.END_STREAM, stream.number)))
        self.send(stream)

    @staticmethod
    def put_head(stream, fields, flags):
        stream.waiting.append(('head', f.frame(f.HEADERS, f.END_HEADERS | flags, stream.number, f.encode(fields))))

    def send(self, stream):
        while stream.waiting:
            first = stream.waiting[0]
            if isinstance(first, tuple):
                self.peer.send(first[1])
            else:
                part = first[:stream.may_send]
                if not part:
                    return
                stream.may_send -= len(part)
                self.peer.send(f.frame(f.DATA, 0, stream.number, part))
                if len(part) < len(first):
                    stream.waiting[0] = first[len(part):]
                    return
            stream.waiting.popleft()
        self.streams.pop(stream.number, None)

    def close(self):
        self.is_over = True
        self.thread.join(5)
        self.peer.close()
