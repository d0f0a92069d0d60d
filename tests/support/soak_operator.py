"""An operator who watches the routers of a soak: reads the management API all the time, and compares it in each rest.

Owner: soak_run.py.   Thread: one of its own; look_at() is for the main one, in a rest.
Not here: what clients see (soak_clients.py), the token: an operator here changes nothing.
"""
import json
import random
import threading
import time
import urllib.parse

from management_e2e import metric
import zeroway_e2e as z

PAGES = ('/health', '/health/readyz', '/api/v1/circuits', '/metrics', '/api/v1/numbers', '/api/v1/workers', '/api/v1/servers',
         '/api/v1/routes', '/api/v1/upstreams', '/api/v1/streams', '/api/v1/requests?failed=1000&slow=100',
         '/api/v1/certificates', '/api/v1/config', '/api/v1/openapi.json')
EVERY = 0.2  # seconds between two questions
OPEN = ('open', 'web_sockets_open')  # numbers that are 0 in a rest


def ask(port, path):
    with z.Connection(port, z.PATIENCE * z.SLOW) as connection:
        connection.send(connection.head_bytes('GET', path, [('Host', 'localhost')], host=None))
        return connection.read_reply()


class Operator(threading.Thread):
    def __init__(self, soak, seed):
        super().__init__(daemon=True)
        self.soak, self.random = soak, random.Random(seed)
        self.answered = 0

    def run(self):
        while not self.soak.is_stopping():
            time.sleep(EVERY)
            router = self.random.choice(self.soak.fleet.routers)
            path = self.random.choice(PAGES + (self.explain(router),))
            try:
                answer = ask(router.manage, path)
            except (OSError, z.Broken) as error:
                self.missed(router, path, error)
                continue
            self.judge(router, path, answer)

    def explain(self, router):
        url = f'http://{self.random.choice(["bin.test", "ws.test", "localhost"])}:{router.port}/{self.random.randrange(99)}'
        return '/api/v1/explain?' + urllib.parse.urlencode({'url': url})

    def missed(self, router, path, error):
        """Nobody answers while a router is started again."""
        if router in self.soak.fleet.routers and self.soak.knows_routes() and router.is_running():
            time.sleep(1)  # the event may have begun just now
            if router in self.soak.fleet.routers and self.soak.knows_routes() and router.is_running():
                self.soak.violate(f'{router.name} does not answer {path}: {error!r}')

    def judge(self, router, path, answer):
        self.answered += 1
        if answer.status != 200 and not (answer.status == 503 and path == '/health/readyz'):
            self.soak.violate(f'{router.name} answers {path} with {answer}')
        elif path != '/metrics':
            json.loads(answer.body)

    @staticmethod
    def numbers_at_rest(router):
        """Numbers are taken once for all who ask within a moment: the first ones may be of the moment before the rest."""
        deadline = time.monotonic() + 2
        while True:
            numbers = json.loads(ask(router.manage, '/api/v1/numbers').body)
            if not any(numbers[name] for name in OPEN) or time.monotonic() > deadline:
                return numbers
            time.sleep(0.1)

    @staticmethod
    def workers_at_rest(router, there):
        """As above: a worker may have joined, or left, in the moment before."""
        deadline = time.monotonic() + 2
        while True:
            told = sorted(worker['name'] for worker in json.loads(ask(router.manage, '/api/v1/workers').body)['workers'])
            if told == there or time.monotonic() > deadline:
                return told
            time.sleep(0.1)

    def look_at(self, router, workers):
        """In a rest: nothing is open, and those who are there are those who are told."""
        numbers = self.numbers_at_rest(router)
        for name in OPEN:
            if numbers[name]:
                self.soak.violate(f'{router.name} at rest tells {name} = {numbers[name]}')
        if sum(numbers['replies'].values()) != numbers['requests']:
            self.soak.violate(f'{router.name} tells {numbers}')
        if (transports := metric(router.manage, 'zeroway_wamp_transports_open')) != 0:
            self.soak.violate(f'{router.name} at rest tells of {transports} clients of WAMP')
        if json.loads(ask(router.manage, '/api/v1/streams').body)['streams']:
            self.soak.violate(f'{router.name} at rest tells of streams: {ask(router.manage, "/api/v1/streams").body}')
        there = sorted(worker.process.name for worker in workers)
        told = self.workers_at_rest(router, there)
        if told != there:
            self.soak.violate(f'{router.name} at rest tells of the workers {told}, there are {there}')
        if self.soak.has_servers():
            self.look_at_circuits(router)

    def look_at_circuits(self, router):
        circuits = json.loads(ask(router.manage, '/api/v1/circuits').body)['circuits']
        told = {one['circuit']['id']: sorted(member['name'] for member in one['members']) for one in circuits}
        if not self.soak.circuits().may_be(router.name, told):
            self.soak.violate(f'{router.name} at rest tells of other circuits: {told}')
