"""Servers that the routers of a soak dial: they hang, die and come back while the routers read other files.

Owner: soak_run.py.   Thread: the main one.
Not here: the requests for these servers (soak_asks.py), which failures are allowed (soak_judge.py).
"""
import random
import signal

import origin_fleet as o
from origin_server import H2, HTTP1
from soak_absence import Absence
from soak_asks import FILES, SERVERS
from soak_circuits import Circuits
from soak_files import Files
from soak_guarded import GuardedSite
from soak_judge import LOSS, SETTLING
from soak_sticky import HOST as STICKY_HOST
import zeroway_e2e as z

COUNT = 3
READ = 2.0  # seconds of a server's silence


class Servers:
    """The servers, and the file of a router that serves them at the host servers.test, a folder at files.test, the
    servers behind logins and limits at guarded.test, by the certificate `guarded_pair`, circuits at circuits.test, and
    workers with cookies at sticky.test. Workers have all other hosts."""

    def __init__(self, stack, random_, ids, guarded_pair):
        self.stack = stack
        language = random_.choice([HTTP1, HTTP1, H2])
        self.origins = [o.Origin(stack, f'{SERVERS}-{number}', language=language, ids=ids) for number in range(COUNT)]
        self.members = list(self.origins)
        self.files = Files(stack)
        self.circuits = Circuits(stack, ids)
        self.guarded, self.guarded_pair = GuardedSite(stack), guarded_pair
        self.generation = 0

    def start(self):
        for origin in self.origins + self.circuits.origins:
            origin.start()

    def tree(self, port, tls_port, pair):
        ssl = {'enabled': True, 'cert_file': pair[0], 'key_file': pair[1]}
        return o.tree_of(*self.sites('plain', port), *self.sites('tls', tls_port, ssl=ssl))

    def sites(self, name, port, **more):
        times = {'connect': f'{READ * z.SLOW}s', 'read': f'{READ * z.SLOW}s', 'write': f'{READ * z.SLOW}s'}
        routes = [o.route('/', 'servers'), o.route(f'/generation/{self.generation}', 'servers')]
        servers = o.site(f'servers-{name}', port, o.pool('servers', *self.members), routes, timeout=times,
                         health={'fall': 1, 'back_off': '250ms'}, **more)
        servers.update(hostname='servers.test', default=False)
        folder = {'name': f'files-{name}', 'hostname': FILES + '.test', 'listen': servers['listen'], 'fabric': False,
                  'static_dir': self.files.folder, **more}
        keys = dict(more)
        if 'ssl' in more:
            keys['ssl'] = {**more['ssl'], 'cert_file': self.guarded_pair[0], 'key_file': self.guarded_pair[1]}
        guarded = self.guarded.tree(name, port, 'servers', o.pool('servers', *self.members), timeout=times,
                                    health=servers['proxy']['health_check'], **keys)
        sticky = o.site(f'sticky-{name}', port, routes=[o.route('/', 'fabric', websocket=True, sticky_sessions=True)], **more)
        sticky.update(hostname=STICKY_HOST, default=False)
        workers = o.site(f'workers-{name}', port, routes=[o.route('/', 'fabric', websocket=True), {'path': '/ws', 'wamp': True}],
                         rawsocket={'path': '/ws'}, **more)
        return [workers, servers,
                folder, guarded, sticky, self.circuits.site(name, servers['listen'], **more)]

    def start_router(self, words, name, port, tls_port, fabric, pair):
        words = [*words, *self.circuits.options_of(name)]
        router = o.router(self.stack, self.tree(port, tls_port, pair), port, *words, name=name, fabric=fabric)
        router.tls_port = tls_port
        return router


class ServerEvents:
    """At most one server hangs or is dead at any time."""

    def __init__(self, soak):
        self.soak, self.fleet, self.windows = soak, soak.fleet, soak.windows
        self.servers, self.random = soak.fleet.servers, random.Random(f'{soak.seed}-servers')
        self.is_one_away = False

    def weights(self):
        return [(self.kill, 3), (self.hang, 3), (self.reload, 3), (self.read_wrong_file, 1)] if self.servers else []

    def kill(self):
        if self.is_one_away:
            return
        origin, seconds = self.random.choice(self.servers.origins), self.random.choice([0, self.random.uniform(0, 4)])
        self.soak.say(f'{origin.name} is killed, and comes back {seconds:.2f} s later')
        self.windows.open(LOSS, SERVERS, SETTLING)
        absence = self.begin_absence()
        origin.kill()

        def come_back():
            origin.start()
            absence.end()
        self.soak.after(seconds, come_back)

    def begin_absence(self):
        def over():
            self.is_one_away = False
        self.is_one_away = True
        return Absence(self.soak, over)

    def hang(self):
        if self.is_one_away:
            return
        origin, seconds = self.random.choice(self.servers.origins), self.random.uniform(0.1, 3 * READ)
        self.soak.say(f'{origin.name} hangs for {seconds:.2f} s')
        window = self.windows.open(LOSS, SERVERS)
        absence = self.begin_absence()
        origin.freeze()

        def thaw():
            origin.thaw()
            window.close()
            absence.end()
        self.soak.after(seconds, thaw)

    def reload(self):
        self.servers.generation += 1
        self.servers.members = self.random.sample(self.servers.origins, self.random.choice([2, 3, 3]))
        self.soak.say('the file has the servers ' + ', '.join(origin.name for origin in self.servers.members))
        self.tell_all()

    def read_wrong_file(self):
        self.soak.say('the file is wrong')
        for router in self.fleet.routers:
            router.reload(self.random.choice(['', '[[sites]]\nname = "none"\n', 'no TOML']))
        self.soak.after(self.random.uniform(0.1, 2), self.tell_all)

    def tell_all(self):
        for router in self.fleet.routers:
            router.write(self.servers.tree(router.port, router.tls_port, self.fleet.certificates.pair))
            router.signal(signal.SIGHUP)
