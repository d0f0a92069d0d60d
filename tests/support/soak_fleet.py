"""The routers and workers of a soak, with the certificates and keys that they share.

Owner: soak_run.py.   Thread: the main one; for a Road and its context any.
Not here: events that happen to them (soak_events.py, soak_routes.py).
"""
import os
import random
import ssl
import subprocess
import time

import zmq

from soak_asks import BIN, OPEN, REALMS, STICKY, TCP, WS
from soak_guarded import HOST
from soak_servers import Servers
from soak_tcp import SERVICES
import tls_e2e as tls
import zeroway_e2e as z

POOLS = {OPEN: 3, BIN: 2, WS: 2, STICKY: 2, TCP: 2, **dict(zip(REALMS, (2, 1)))}  # realms: with one on standby
RAW = 'rawsocket'
ENGINES = [('loop', 'loop'), ('libzmq', 'loop'), ('loop', 'libzmq'), ('libzmq', 'libzmq')]  # of routers and workers
QUEUE_TIMEOUT = 15.0 if z.SLOW > 1 else 5.0  # seconds, of the routers
SHORT_DRAIN = 2.0                            # seconds: too short a drain time to finish all requests


def engines_of(options):
    """Those of `options.engines`, those of the environment, or a pair that the seed chooses."""
    router, worker = options.engines.split(':') if options.engines else ENGINES[options.seed // 2 % len(ENGINES)]
    return z.ROUTER_ENGINE or router, os.environ.get('ZEROWAY_ENGINE') or worker


class Certificates:
    """Certificates of a name, signed by one authority."""

    def __init__(self, stack, name='localhost'):
        self.authority, self.name = tls.Authority(stack), name
        self.renew()
        self.contexts = {protocol: self.make_context(protocol) for protocol in ('http/1.1', 'h2')}
        self.sessions = {}

    def renew(self):
        self.pair = self.authority.make(self.name)
        self.is_spoiled, self.changed = False, time.monotonic()

    def spoil(self):
        """Replaces the key by an invalid one: routers have to go on with the old pair."""
        with open(self.pair[1], 'w') as file:
            file.write('no key\n')
        self.is_spoiled, self.changed = True, time.monotonic()

    def make_context(self, protocol):
        context = ssl.create_default_context(cafile=self.authority.ca)
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # an end without close_notify is an error
        context.set_alpn_protocols([protocol])
        return context

    def in_use(self):
        """The serial number of the certificate in the file, as getpeercert() gives it."""
        told = subprocess.run(['openssl', 'x509', '-noout', '-serial', '-in', self.pair[0]], capture_output=True, text=True)
        return told.stdout.strip().partition('=')[2]

    def wrap(self, socket, protocol):
        """Makes a TLS socket. Every other one resumes the TLS session that was kept last."""
        session = self.sessions.get(protocol) if random.random() < 0.5 else None
        wrapped = self.contexts[protocol].wrap_socket(socket, server_hostname=self.name, session=session,
                                                      suppress_ragged_eofs=False)
        if wrapped.selected_alpn_protocol() != protocol:
            raise AssertionError(f'{wrapped.selected_alpn_protocol()} instead of {protocol}')
        return wrapped


class Road:
    """How a client connects to the router of the name: in cleartext when there are no certificates."""

    def __init__(self, port, certificates=None, name=''):
        self.port, self.certificates, self.name = port, certificates, name

    def wrap(self, socket, protocol):
        return self.certificates.wrap(socket, protocol) if self.certificates else socket

    def context(self, protocol):
        return self.certificates.contexts[protocol]

    def keep_session(self, socket):
        """To be called before the socket is closed, and not earlier: tickets come after the handshake."""
        if self.certificates and (session := socket.session):
            self.certificates.sessions[socket.selected_alpn_protocol()] = session


class Keys:
    """CURVE keys: one pair for all routers, one for all workers. Routers accept no other key."""

    def __init__(self, stack):
        self.router, router_key = self.make(stack, 'router')
        worker, worker_key = self.make(stack, 'worker')
        with open(stack.path('allowed'), 'w') as file:
            file.write(worker + '\n')
        self.of_routers = ['--fabric-key', router_key, '--fabric-allow', stack.path('allowed')]
        self.of_workers = ['--key', worker_key, '--router-key', self.router]

    @staticmethod
    def make(stack, name):
        public, secret = (key.decode() for key in zmq.curve_keypair())
        with open(stack.path(name + '.key'), 'w') as file:
            file.write(secret + '\n')
        return public, file.name


class Worker:
    """One place in a pool, and the process that has the place now."""

    def __init__(self, pool, process, is_python=False, is_hasty=False):
        self.pool, self.process, self.is_python, self.is_hasty = pool, process, is_python, is_hasty
        self.frozen = None  # the Window of the time in which it hangs
        self.since = time.monotonic()

    @property
    def name(self):
        return self.process.name


class Fleet:
    def __init__(self, stack, random_, options):
        self.stack, self.random = stack, random_
        self.ids = stack.path('ids')
        self.serial = 0
        self.count = options.routers or random_.choice([1, 1, 2])
        self.threads = options.threads or (1 if options.seed % 2 else 2)
        is_tcp = random_.random() < 0.5
        has_keys = random_.random() < 0.4
        self.is_tcp = is_tcp
        self.keys = Keys(stack) if has_keys and is_tcp else None
        self.balance = random_.choice(['round_robin', 'round_robin', 'weighted', 'least_connections'])
        self.is_hasty = random_.random() < 0.5  # the routers' drain time is short
        self.certificates = Certificates(stack)
        self.guarded = Certificates(stack, HOST)
        self.routers, self.workers = [], []
        self.ports = {}  # by a router's name and by what listens there
        self.engines = engines_of(options)
        self.sticky_key = stack.path('sticky.key')
        self.servers = Servers(stack, random_, self.ids, self.guarded.pair) if random_.random() < 0.6 else None
        self.is_sticky = self.servers is not None or random_.random() < 0.5

    def __str__(self):
        return (f'{self.count} routers of {self.threads} threads, over {"tcp" if self.is_tcp else "ipc"}'
                f'{" with keys" if self.keys else ""}, {self.balance}{", in haste" if self.is_hasty else ""}{", with servers" if self.servers else ""}'
                f'{", sticky" if self.is_sticky else ""}, engines {":".join(self.engines)}')

    def start(self):
        with open(self.sticky_key, 'w') as file:
            file.write('a secret of more than thirty-two bytes\n')
        if self.servers:
            self.servers.start()
        for number in range(self.count):
            fabric = self.stack.ipc(f'fabric-{number}')
            if self.is_tcp:
                fabric = f'tcp://127.0.0.1:{z.free_port(2 * self.threads)}'
            self.routers.append(self.start_router(f'router-{number}', z.free_port(), z.free_port(), fabric))
        for pool, places in POOLS.items():
            for number in range(places):
                self.workers.append(self.start_worker(pool, is_python=pool == OPEN and number == 0 and not self.keys))

    def start_router(self, name, port, tls_port, fabric):
        words = ['--threads', self.threads, '--balance', self.balance, '--queue-timeout', f'{QUEUE_TIMEOUT:g}s']
        if z.SLOW > 1:
            words += ['--heartbeat-timeout', f'{z.SLOW:g}s', '--heartbeat', f'{250 * z.SLOW:g}ms']
        if self.is_hasty:
            words += ['--drain-timeout', f'{SHORT_DRAIN:g}s']
        if self.keys:
            words += self.keys.of_routers
        ports = self.ports.setdefault(name, {what: z.free_port() for what in ('manage', RAW, *SERVICES)})
        words += ['--manage', f'127.0.0.1:{ports["manage"]}', '--sticky-key-file', self.sticky_key]
        words += [word for path in SERVICES for word in ('--tcp', f'127.0.0.1:{ports[path]}={path}')]
        words += ['--fabric-engine', self.engines[0]]
        if self.servers:
            router = self.servers.start_router(words, name, port, tls_port, fabric, self.certificates.pair)
        else:
            words += ['--sticky', 'cookie'] if self.is_sticky else []
            words += ['--rawsocket', f'127.0.0.1:{ports[RAW]}=/ws']
            words += ['--tls-port', tls_port, *tls.options_of(self.certificates.pair)]
            router = self.stack.router(*words, port=port, fabric=fabric, name=name)
        router.tls_port, router.manage, router.ports = tls_port, ports['manage'], ports
        router.since = time.monotonic()
        return router

    def start_again(self, old):
        index = self.routers.index(old)
        self.routers[index] = self.start_router(old.name, old.port, old.tls_port, old.fabric)
        return self.routers[index]

    def road(self, random_, is_tls, certificates=None):
        return self.road_to(random_.choice(self.routers), is_tls, certificates)

    def road_to(self, router, is_tls, certificates=None):
        if is_tls:
            return Road(router.tls_port, certificates or self.certificates, router.name)
        return Road(router.port, name=router.name)

    def raw_road(self, random_, is_tls):
        """Of RawSocket: a file has it at the ports of HTTP, too."""
        router = random_.choice(self.routers)
        return self.road_to(router, is_tls) if self.servers else Road(router.ports[RAW], name=router.name)

    def all_certificates(self):
        """Those that the routers serve."""
        return [self.certificates, self.guarded] if self.servers else [self.certificates]

    def start_worker(self, pool, *words, is_python=False):
        self.serial += 1
        name = f'{pool}-{self.serial}'
        fabrics = [router.fabric for router in self.routers]
        is_hasty = not is_python and self.random.random() < 0.4
        if is_hasty:
            words = (*words, '--drain-timeout', f'{SHORT_DRAIN:g}s')
        if self.keys:
            words = (*words, *self.keys.of_workers)
        if not is_python:
            words = (*words, '--engine', self.engines[1])
        if pool == BIN:
            process = self.stack.httpbin(name, '--route', 'bin.test/', *words, connect=fabrics)
        elif pool == WS:
            process = self.stack.worker(name, '--route', 'ws.test/', *words, kind='echo-websocket-worker', connect=fabrics)
        elif pool in REALMS:
            connect = [word for fabric in fabrics for word in ('--connect', fabric)]
            argv = [z.program('wamp-worker'), pool, '--name', name, '--verbose', *connect, *map(str, words)]
            process = self.stack.start(argv, name=name)
        elif pool == TCP:
            routes = [word for path in SERVICES for word in ('--route', path)]
            process = self.stack.worker(name, *routes, *words, kind='echo-tcp-worker', connect=fabrics)
        elif pool == STICKY:
            process = self.stack.test_worker(name, '--ids', self.ids, '--route', 'sticky.test/', *words, connect=fabrics)
        elif is_python:
            connect = [word for fabric in fabrics for word in ('--connect', fabric)]
            script = os.path.join(z.ROOT, 'tests', 'support', 'soak_worker.py')
            process = self.stack.start(['/usr/bin/python3', script, name, '--ids', self.ids, *connect, *words], name=name)
        else:
            process = self.stack.test_worker(name, '--ids', self.ids, *words, connect=fabrics)
        return Worker(pool, process, is_python, is_hasty)

    def replace(self, worker):
        """Starts another worker in the same place of the pool."""
        successor = self.start_worker(worker.pool, is_python=worker.is_python)
        self.workers[self.workers.index(worker)] = successor
        return successor.name

    def knows(self, worker):
        """Whether every loop of every router has welcomed a worker that was started with --verbose."""
        return worker.process.log().count(' is router ') >= self.count * self.threads
