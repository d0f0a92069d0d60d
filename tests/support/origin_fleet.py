"""Servers as processes, and routers with a configuration file that names them.

Owner: a test; everything started through its Stack ends with the Stack.   Thread: the test's.
Not here: how the servers speak (origin_server.py), what they answer (origin_program.py).

A file is a tree of dicts and lists, as TOML has it; `text_of(tree)` writes it.
"""
import collections
import json
import os
import time

import zeroway_e2e as z
from origin_server import H2, HTTP1

# The keys of a file whose words are other servers' ones.
POOL_OF_ROUTE, MEMBERS = 'upstream', 'upstreams'
PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'origin_program.py')


# --------------------------------------------------------------------------------------------------- servers


class Origin:
    """One server process. It keeps its port over all its lives."""

    def __init__(self, stack, name, language=HTTP1, certificate=None, ids=None, delay=0.0):
        self.stack, self.name, self.language, self.certificate = stack, name, language, certificate
        self.ids, self.delay = ids, delay
        self.port = z.free_port()
        self.process = None

    def start(self, inside=list):
        argv = ['/usr/bin/python3', PROGRAM, self.name, str(self.port), '--language', self.language,
                '--delay', str(self.delay)]
        argv += ['--certificate', *self.certificate] if self.certificate else []
        argv += ['--ids', self.ids] if self.ids else []
        self.process = self.stack.start(inside(argv), name=self.name)
        self.process.wait_log(r'port \d+')
        return self

    def kill(self):
        self.process.kill()

    def freeze(self):
        self.process.freeze()
        z.eventually(self.process.is_frozen, what=f'{self.name} frozen')

    def thaw(self):
        self.process.thaw()

    @property
    def url(self):
        if self.certificate:
            return f'https://127.0.0.1:{self.port}'
        return f'{"h2c" if self.language == H2 else "http"}://127.0.0.1:{self.port}'

    def faults(self):
        return [line for line in self.process.log().splitlines() if line.startswith('fault')]


def started(stack, count, **options):
    return [Origin(stack, f'origin-{number + 1}', **options).start() for number in range(count)]


# --------------------------------------------------------------------------------------------------- the file


def text_of(tree, path=''):
    """The tree in TOML. A list of dicts is a table for each of them."""
    lines, tables = [], []
    for key, value in tree.items():
        if isinstance(value, dict):
            tables.append((f'[{path}{key}]', value, key))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            tables += [(f'[[{path}{key}]]', one, key) for one in value]
        else:
            lines.append(f'{json.dumps(key)} = {json.dumps(value)}')
    for head, value, key in tables:
        lines += ['', head, text_of(value, f'{path}{key}.').strip('\n')]
    return '\n'.join(lines) + '\n'


def pool(name, *origins, **more):
    """Members of one pool: origins, or URLs."""
    return [{'name': name, 'url': getattr(one, 'url', one), **more} for one in origins]


def route(path, pool_name, **more):
    return {'path': path, POOL_OF_ROUTE: pool_name, **more}


def site(name, port, members=(), routes=(), timeout=None, health=None, balance=None, **more):
    """A site with a proxy section; it is the default of its port, on 127.0.0.1."""
    proxy = {'enabled': True, 'routes': list(routes)}
    if members:
        proxy[MEMBERS] = list(members)
    if timeout:
        proxy['timeout'] = timeout
    if health:
        proxy['health_check'] = health
    if balance:
        proxy['load_balancing'] = {'method': balance}
    return {'name': name, 'hostname': 'zeroway.test', 'listen': [f'127.0.0.1:{port}'], 'default': True, 'proxy': proxy,
            **more}


def member_of(tree):
    """The first member of the first site."""
    return tree['sites'][0]['proxy'][MEMBERS][0]


def route_of(tree):
    return tree['sites'][0]['proxy']['routes'][0]


def tree_of(*sites, **sections):
    return {**sections, 'sites': list(sites)}


def simple(port, *origins, path='/', websocket=False, **more):
    """A file with one site, one pool, and one route."""
    return tree_of(site('main', port, pool('pool', *origins), [route(path, 'pool', websocket=websocket)], **more))


class FileRouter(z.RouterProcess):
    """A router with a configuration file."""

    file = None

    def write(self, tree):
        """Replaces the file as a whole, so that nobody reads half of it."""
        text = tree if isinstance(tree, str) else text_of(tree)
        with open(self.file + '.new', 'w') as file:
            file.write(text)
        os.rename(self.file + '.new', self.file)

    def reload(self, tree=None):
        """Writes the file, and sends SIGHUP. Returns the log's size before, to look for words about the reload."""
        if tree is not None:
            self.write(tree)
        before = self.log_size()
        self.signal(1)
        return before

    def descriptors(self):
        return len(os.listdir(f'/proc/{self.pid}/fd'))


def router(stack, tree, port, *args, name='router', flags='-sv', wait=True, fabric=None, inside=list):
    """Starts a router with the file. `port`: where it listens, to wait for. `inside` changes the command line."""
    fabric = fabric or stack.ipc(name)
    path = stack.path(f'{len(stack.processes)}-{name}.toml')
    with open(path, 'w') as file:
        file.write(tree if isinstance(tree, str) else text_of(tree))
    argv = inside([z.program('router'), flags, '-c', path, '--fabric', fabric, *map(str, args)])
    process = FileRouter(name, argv, stack.path(f'{len(stack.processes)}-{name}.log'), fabric, port)
    process.file = path
    stack.processes.append(process)
    return process.wait_bound() if wait else process


def with_origins(stack, *origins, **more):
    """A router with one pool that answers all paths."""
    port = z.free_port()
    return router(stack, simple(port, *origins, **more), port)


class Patient:
    """A handler that tells how it is. `is_well`: what /health says; `status`: of all other paths."""

    def __init__(self):
        self.is_well, self.status = True, 200
        self.probes, self.requests = [], 0

    async def __call__(self, request, reply):
        await request.body()
        if request.path == '/health':
            self.probes.append((time.monotonic(), request.fields))
            status = 200 if self.is_well else 500
        else:
            self.requests += 1
            status = self.status
        await reply.whole(status, [], b'')


def counts(router, handlers, number=30):
    """How many of so many requests each server gets."""
    before = [handler.requests for handler in handlers]
    statuses = collections.Counter(router.get().status for _ in range(number))
    return statuses, [handler.requests - old for handler, old in zip(handlers, before)]
