"""A router with a wamp-worker, and WAMP clients by hand: python3-websockets, and JSON, cbor2 or msgpack.

Owner: a test.   Thread: the test's.
Not here: checks (tests/e2e/test_wamp_*.py), Autobahn (wamp_autobahn.py, wamp_autobahn.js).
"""
import asyncio
import functools
import itertools
import json
import os
import re
import socket
import subprocess

import cbor2
from many_web_sockets import OPENING, frame
import msgpack
import pytest
import sites_e2e as s
import websockets
from zeroway_e2e import PATIENCE, SLOW, free_port, program

SUPPORT = os.path.dirname(os.path.abspath(__file__))
PATIENT = ('--heartbeat-timeout', '30s')  # for routers of tests whose workers stay: on a busy machine one may be silent for long
ROLES = {'publisher': {}, 'subscriber': {}, 'caller': {},
         'callee': {'features': {'call_canceling': True, 'progressive_call_results': True}}}
CODECS = {'json': (json.dumps, json.loads), 'cbor': (cbor2.dumps, cbor2.loads), 'msgpack': (msgpack.dumps, msgpack.loads)}
OTHER = {'json': 'cbor', 'msgpack': 'json', 'cbor': 'msgpack'}  # of a backend whose messages the router translates


@functools.cache
def npm_folder(package):
    """Where npm has put this package."""
    root = subprocess.run(['npm', 'root', '--global'], capture_output=True, text=True, timeout=60).stdout.strip()
    if not os.path.exists(os.path.join(root, package)):
        pytest.skip(f'{package} is not installed: tools/deps test installs it with npm')
    return root


def start_worker(stack, *words):
    return stack.start([program('wamp-worker'), *words, '--connect', stack.ipc()], name='wamp')


def serve(stack, *words, options=()):
    """A router with these options; `wamp_url` is where the WAMP of its worker is, `wamp_worker` the worker."""
    router = stack.router(*options)
    words = words or ('realm1',)
    router.wamp_worker = start_worker(stack, *words)
    router.wamp_url = f'ws://127.0.0.1:{router.port}/ws'
    router.wait_workers(len(list(itertools.takewhile(lambda word: not word.startswith('-'), words))))
    return router


def backend_route(keys, serializer, realm='realm1'):
    """The route of /ws in a file, to a backend that the router dials. `keys`: its url, and its socket; no realm = all others."""
    named = f'realm = "{realm}"\n' if realm else ''
    return ('[[sites.proxy.routes]]\npath = "/ws"\n[[sites.proxy.routes.wamp.backends]]\n'
            f'{named}{keys}\nserializers = ["{serializer}"]\n')


def front(stack, keys, serializer, realm='realm1'):
    """A router whose one site has the route of backend_route()."""
    port = free_port()
    router = s.serve(stack, f'{s.site(port)}[sites.proxy]\nenabled = true\n{backend_route(keys, serializer, realm)}', port)
    router.wamp_url = f'ws://127.0.0.1:{port}/ws'
    return router


def things_of(source):
    """The names of all that a client tries, in the order of its source."""
    with open(os.path.join(SUPPORT, source)) as file:
        text = file.read()
    if source.endswith('.js'):
        return re.findall(r'(?m)^  async (\w+)\(', text)
    return re.findall(r'\w+', text.split('THINGS = [')[1].split(']')[0])


def run_client(argv, stack, env=None):
    """What the client printed."""
    log = stack.path('client.log')
    with open(log, 'wb') as file:
        subprocess.run(argv, stdout=file, stderr=subprocess.STDOUT, timeout=6 * PATIENCE * SLOW, env={**os.environ, **(env or {})})
    with open(log) as file:
        return file.read()


def check_client(told, source):
    """A client has done all that it tries, and nothing went wrong."""
    done = re.findall(r'(?m)^ok (\w+)$', told)
    assert done == things_of(source), told[-6_000:]


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 60 * SLOW))


class Peer:
    """One client; `async with Peer(router) as peer` has joined."""

    def __init__(self, router, serializer='json', realm='realm1', joins=True):
        self.router, self.serializer, self.realm, self.joins = router, serializer, realm, joins
        self.write, self.read = CODECS[serializer]
        self.numbers = itertools.count(1)

    async def __aenter__(self):
        self.socket = await websockets.connect(self.router.wamp_url, subprotocols=[f'wamp.2.{self.serializer}'], max_size=None)
        if self.joins:
            await self.say(1, self.realm, {'roles': ROLES})
            kind, self.id, self.welcome = await self.hear()
            assert kind == 2, (kind, self.id, self.welcome)
        return self

    async def __aexit__(self, *_):
        await self.socket.close()

    async def say(self, *message):
        await self.socket.send(self.write(list(message)))

    async def hear(self):
        return self.read(await self.socket.recv())

    async def end(self):
        """All that comes until the close, and the close code."""
        heard = []
        try:
            while True:
                heard.append(await self.hear())
        except websockets.ConnectionClosed:
            return heard, self.socket.close_code

    async def ask(self, kind, *rest):
        """The answer to a request whose type is `kind`."""
        number = next(self.numbers)
        await self.say(kind, number, *rest)
        return await self.hear()

    async def subscribe(self, topic, **options):
        kind, _, subscription = await self.ask(32, options, topic)
        assert kind == 33
        return subscription

    async def register(self, procedure, **options):
        kind, _, registration = await self.ask(64, options, procedure)
        assert kind == 65
        return registration


class Sleeper:
    """A client by hand that has subscribed to `topic`, and then reads nothing until `rest()`."""

    def __init__(self, router, topic):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        self.socket.settimeout(3 * PATIENCE * SLOW)
        self.socket.connect(('127.0.0.1', router.port))
        self.socket.sendall(OPENING.format(path='/ws', more='Sec-WebSocket-Protocol: wamp.2.json\r\n').encode())
        self.read_until(b'\r\n\r\n')
        for message in ([1, 'realm1', {'roles': ROLES}], [32, 1, {}, topic]):
            self.socket.sendall(frame(1, json.dumps(message).encode()))
        self.read_until(b'[33,1,')

    def read_until(self, end):
        data = b''
        while end not in data:
            piece = self.socket.recv(1)
            assert piece, data
            data += piece

    def rest(self):
        """All bytes that come until the connection ends."""
        pieces = []
        while piece := self.socket.recv(1 << 20):
            pieces.append(piece)
        return b''.join(pieces)

    def close(self):
        self.socket.close()
