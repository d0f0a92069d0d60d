"""Circuits that come, change and go by the management API of a soak's routers, and who changes them.

Owner: soak_servers.py has the circuits, soak_run.py who changes them, a thread.   Thread: any; Circuits locks itself.
Not here: who uses them (soak_circuit_clients.py), which failures are allowed (soak_judge.py).

Each router is told by itself. What it was told is kept with its time, so that each answer can be compared with what may
hold for its request: the last change that the router accepted before the request began, and those that came meanwhile.
A router that is started again knows its circuits from its folder.
"""
import collections
import json
import os
import random
import threading
import time

import management_e2e as m
import origin_fleet as o
from soak_absence import Absence
from soak_asks import CIRCUITS
from soak_clients import Client
from soak_judge import LOSS
import zeroway_e2e as z

HOST = CIRCUITS + '.test'
COUNT = 4          # servers; two of each circuit are active, and at most one server is away
IDS = [f'c{number}' for number in range(6)]
DRAINS = 20        # seconds that bound clients may stay with a server that drains
STAYS = 10         # seconds of them in which they have to
ON_ITS_WAY = 3.0   # seconds from a request's first byte until its router has surely chosen a server
EVERY = '/api/v1/circuits'


def path_of(id):
    return f'/s{id}/app'


class Told:
    """What a router was told of a circuit. `members`: {name of a server: state}; None = the circuit was removed."""

    def __init__(self, members, is_sticky=False):
        self.members, self.is_sticky = members, is_sticky
        self.since, self.until = time.monotonic(), None

    def allows(self, server, bound, is_troubled):
        """Whether the server may answer a client that is bound to `bound`."""
        state = (self.members or {}).get(server)
        is_bound = self.is_sticky and server == bound
        return state == 'active' or state == 'standby' and (is_troubled or is_bound) or state == 'draining' and is_bound

    def keeps(self, bound, drains_since):
        """Whether the client stays with its server."""
        state = (self.members or {}).get(bound)
        is_draining_still = state == 'draining' and time.monotonic() < drains_since + STAYS
        return self.is_sticky and (state in ('active', 'standby') or is_draining_still)


class Circuits:
    """The servers, and what each router was told. `ids`: the file to which servers write the ids of requests."""

    def __init__(self, stack, ids):
        self.stack = stack
        self.origins = [o.Origin(stack, f'{CIRCUITS}-{number}', ids=ids) for number in range(COUNT)]
        self.lock = threading.Lock()
        self.told = collections.defaultdict(lambda: [Told(None)])  # by router's name and id

    def options_of(self, name):
        """Of the router with this name."""
        folder = self.stack.path(f'state-{name}')
        os.makedirs(folder, exist_ok=True)
        return ['--state-dir', folder, '--manage-token-file', m.token_file(self.stack)]

    @staticmethod
    def site(name, listen, **more):
        return {'name': f'{CIRCUITS}-{name}', 'hostname': HOST, 'listen': listen, 'fabric': False,
                'sessions': {'enabled': True}, **more}

    def body_of(self, id, told):
        ports = {origin.name: origin.port for origin in self.origins}
        return {'id': id, 'session': 's' + id, 'service': 'app', 'sticky': told.is_sticky, 'drain_timeout': f'{DRAINS}s',
                'backends': [{'host': '127.0.0.1', 'port': ports[name], 'state': state}
                             for name, state in told.members.items()]}

    def change(self, router, changes, accept):
        """Notes {id: Told}. The new ones may hold before accept() is called, the old ones until it has returned true."""
        with self.lock:
            for id, told in changes.items():
                self.told[router.name, id].append(told)
        if not accept():
            return  # nobody knows what holds
        now = time.monotonic()
        with self.lock:
            for id, told in changes.items():
                known = self.told[router.name, id]
                for old in known[:known.index(told)]:
                    old.until = old.until or now

    def possible(self, router_name, id, begin):
        """What may hold for a request that began then."""
        latest = begin + ON_ITS_WAY * z.SLOW
        with self.lock:
            return [told for told in self.told[router_name, id]
                    if (told.until is None or told.until >= begin) and told.since <= latest]

    def may_be(self, router_name, circuits):
        """Whether the router may have these circuits now: {id: names of members, as the router calls them}."""
        ports = {origin.name: f'127.0.0.1:{origin.port}' for origin in self.origins}

        def members_of(told):
            return None if told.members is None else sorted(ports[name] for name in told.members)
        return all(any(members_of(told) == circuits.get(id) for told in self.possible(router_name, id, time.monotonic()))
                   for id in IDS)

    def drains_since(self, router_name, id, server):
        """When the server began to drain: the first of the changes without a break."""
        since = 0.0
        with self.lock:
            for told in self.told[router_name, id]:
                is_draining = (told.members or {}).get(server) == 'draining'
                since = (since or told.since) if is_draining else 0.0
        return since


class CircuitEvents:
    """At most one server is dead or hangs at any time."""

    def __init__(self, soak):
        self.soak, self.windows = soak, soak.windows
        self.circuits = soak.fleet.servers.circuits if soak.fleet.servers else None
        self.random = random.Random(f'{soak.seed}-circuits')
        self.is_one_away = False

    def weights(self):
        return [(self.kill, 2), (self.hang, 1)] if self.circuits else []

    def kill(self):
        self.away('is killed, and comes back', self.random.choice([0, self.random.uniform(0, 3)]),
                  lambda origin: origin.kill(), lambda origin: origin.start())

    def hang(self):
        self.away('hangs', self.random.uniform(0.1, 4), lambda origin: origin.freeze(), lambda origin: origin.thaw())

    def away(self, what, seconds, go, come):
        if self.is_one_away:
            return
        origin, window = self.random.choice(self.circuits.origins), self.windows.open(LOSS, CIRCUITS)
        self.soak.say(f'{origin.name} {what}, {seconds:.2f} s')

        def over():
            window.close()
            self.is_one_away = False
        self.is_one_away = True
        absence = Absence(self.soak, over)
        go(origin)

        def come_back():
            come(origin)
            absence.end()
        self.soak.after(seconds, come_back)


class CircuitChanger(Client):
    """The one who puts and removes circuits."""
    kind = 'changer'

    def step(self):
        circuits = self.soak.circuits()
        router, begin = self.random.choice(self.soak.fleet.routers), time.monotonic()
        changes = {id: self.some_change() for id in self.random.sample(IDS, self.random.choice([1, 1, 1, 3]))}
        circuits.change(router, changes, lambda: self.tell(router, circuits, changes))
        self.soak.took(self.kind, time.monotonic() - begin)
        time.sleep(self.random.choice([0, 0.05, 0.3, 1]))

    def some_change(self):
        if self.random.random() < 0.15:
            return Told(None)
        names = [origin.name for origin in self.random.sample(self.soak.circuits().origins, self.random.randint(2, COUNT))]
        states = ['active', 'active'] + [self.random.choice(['active', 'draining', 'standby']) for _ in names[2:]]
        return Told(dict(zip(names, states)), self.random.random() < 0.5)

    def tell(self, router, circuits, changes):
        """Whether the router has accepted all of them."""
        bodies = [circuits.body_of(id, told) for id, told in changes.items() if told.members is not None]
        removed = [id for id, told in changes.items() if told.members is None]
        if len(changes) > 1:
            return self.ask(router, EVERY, 'POST', {'put': bodies, 'remove': removed})
        if removed:
            return self.ask(router, f'{EVERY}/{removed[0]}', 'DELETE', None, (200, 404))
        return self.ask(router, f'{EVERY}/{bodies[0]["id"]}', 'PUT', bodies[0])

    def ask(self, router, path, method, body, right=(200,)):
        text = None if body is None else json.dumps(body).encode()
        try:
            answer = m.ask(router.manage, path, method, token=m.TOKEN, body=text)
        except (OSError, z.Broken) as error:
            self.soak.operator.missed(router, path, error)
            return False
        if answer.status not in right:
            self.soak.violate(f'{router.name} answers {method} {path} of {body} with {answer}')
        return answer.status in right
