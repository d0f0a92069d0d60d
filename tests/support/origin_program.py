#!/usr/bin/python3
"""A server as a process of its own, which a test may stop and kill.

    origin_program.py NAME PORT [--language http/1.1|h2] [--certificate FILE KEY] [--ids FILE] [--delay SECONDS]

Appends "ID NAME METHOD" of each request (field x-request-id) to the file of ids before it answers. `/bytes/N` and
`/stream-bytes/N` send N bytes of LINES, with and without a length (`?rate=`: bytes a second); `/echo` sends the body
back as it comes; `/upload` counts it (`?rate=`); `/delay/S` answers late; `/events` sends an event each 100 ms for
ever. All else: "ID SIZE\\n" after --delay. Every reply has the field x-origin: NAME.
"""
import argparse
import asyncio
import hashlib
import json
import os
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from origin_server import HTTP1, OriginServer  # noqa: E402

BLOCK = 65_536
LINES = b''.join(b'%015x\n' % at for at in range(0, 2 << 20, 16))


class Pace:
    """Waits so that no more than `rate` bytes a second pass; 0 = any number."""

    def __init__(self, rate):
        self.rate, self.count, self.begin = rate, 0, time.monotonic()

    async def passed(self, size):
        self.count += size
        if self.rate:
            ahead = self.count / self.rate - (time.monotonic() - self.begin)
            if ahead > 0:
                await asyncio.sleep(ahead)


class Standard:
    """The handler of the program. `ended`: the paths of requests that are over, each with whether it was cancelled."""

    def __init__(self, name, ids=None, delay=0.0):
        self.name, self.delay = name, delay
        self.ids = os.open(ids, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if ids else None
        self.ended = []

    async def __call__(self, request, reply):
        self.note(request)
        path, _, query = request.path.partition('?')
        options = dict(urllib.parse.parse_qsl(query))
        word = path.strip('/').rpartition('/')[0] or path.strip('/')
        answer = getattr(self, 'answer_' + word.replace('-', '_').replace('/', '_'), self.answer_other)
        was_cancelled = True
        try:
            await answer(request, reply, path.rpartition('/')[2], options)
            was_cancelled = False
        finally:
            self.ended.append((request.path, was_cancelled))

    def note(self, request):
        if self.ids is not None:
            os.write(self.ids, f'{request.get("x-request-id", "-")} {self.name} {request.method}\n'.encode())

    def fields(self, *more):
        return [('x-origin', self.name), ('content-type', 'text/plain'), *more]

    async def answer_bytes(self, request, reply, size, options):
        await reply.head(200, self.fields(('content-length', size)))
        await self.send_lines(reply, int(size), options)

    async def answer_stream_bytes(self, request, reply, size, options):
        await reply.head(200, self.fields())
        await self.send_lines(reply, int(size), options)

    @staticmethod
    async def send_lines(reply, size, options):
        pace = Pace(int(options.get('rate', 0)))
        for at in range(0, size, BLOCK):
            piece = LINES[at % len(LINES):][:min(BLOCK, size - at)]
            await reply.write(piece)
            await pace.passed(len(piece))
        await reply.end()

    async def answer_echo(self, request, reply, _, options):
        await reply.head(200, self.fields())
        while piece := await request.read():
            await reply.write(piece)
        await reply.end(request.trailers)

    async def answer_upload(self, request, reply, _, options):
        pace, digest, count = Pace(int(options.get('rate', 0))), hashlib.sha256(), 0
        while piece := await request.read():
            digest.update(piece)
            count += len(piece)
            await pace.passed(len(piece))
        await self.say(reply, json.dumps({'bytes': count, 'sha256': digest.hexdigest()}).encode())

    async def answer_delay(self, request, reply, seconds, options):
        await request.body()
        await asyncio.sleep(float(seconds))
        await self.say(reply, b'late\n')

    async def answer_events(self, request, reply, _, options):
        await reply.head(200, [('x-origin', self.name), ('content-type', 'text/event-stream')])
        number = 0
        while not request.gone():
            await reply.write(b'data: %d\n\n' % number)
            number += 1
            await asyncio.sleep(0.1)
        raise ConnectionError

    async def answer_other(self, request, reply, _, options):
        size = len(await request.body())
        if self.delay:
            await asyncio.sleep(self.delay)
        await self.say(reply, f'{request.get("x-request-id", "-")} {size}\n'.encode())

    async def say(self, reply, body):
        await reply.whole(200, self.fields(), body)


async def serve(options):
    server = OriginServer(Standard(options.name, options.ids, options.delay), options.language, options.certificate)
    print('port', await server.start(options.port), flush=True)
    while True:
        await asyncio.sleep(1)
        while server.faults:
            print('fault', server.faults.pop(0), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('name')
    parser.add_argument('port', type=int)
    parser.add_argument('--language', default=HTTP1)
    parser.add_argument('--certificate', nargs=2)
    parser.add_argument('--ids')
    parser.add_argument('--delay', type=float, default=0.0)
    asyncio.run(serve(parser.parse_args()))


if __name__ == '__main__':
    main()
