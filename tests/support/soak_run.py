"""One soak: starts the fleet and its clients, causes events, and checks that nothing is left open in each rest.

Owner: tools/soak.   Thread: events happen on the main thread only; the functions for clients are thread-safe.
Not here: events (soak_events.py, soak_routes.py, …), clients (soak_clients.py, soak_websockets.py, …), which failures
are allowed (soak_judge.py).
"""
import collections
import hashlib
import random
import re
import subprocess
import threading
import time
import traceback

import zeroway_e2e as z
import soak_asks as a
import soak_clients as c
from soak_circuit_clients import CircuitClient, Http2CircuitClient
from soak_circuits import CircuitChanger, CircuitEvents
from soak_events import ROUTER_ENDS, PeerEvents, RouterEvents, WorkerEvents
from soak_fleet import POOLS, QUEUE_TIMEOUT, SHORT_DRAIN, Fleet, Road
from soak_files import FileEvents
from soak_guarded import GuardedClient
from soak_judge import AWAY, LEAVE, LOSS, ROUTER, Judge, Stalls, Windows
from soak_operator import Operator
from soak_realms import RealmWatch
from soak_routes import RouteEvents, make_routes
from soak_servers import ServerEvents
from soak_sticky import StickyClient
from soak_tcp import TcpClient
from soak_wamp import WampClients
from soak_websockets import Http2WebSockets, WebSocketClients

REST_EVERY = 40.0          # seconds of load between two rests
MOST_GROWTH = 24 * z.MIB   # of a router's memory, from the first rest behind REST_EVERY to any other
SIZES = (10, 3_000, 70_000, 400_000, 1_200_000)
KINDS = [(c.Http1Client, 5), (c.TlsHttp1Client, 2), (c.PipeliningClient, 1), (c.SlowReader, 3), (c.TlsSlowReader, 1),
         (c.RouteClient, 4), (c.Aborter, 1), (c.Http2Client, 3), (c.TlsHttp2Client, 2), (WebSocketClients, 1),
         (Http2WebSockets, 2), (TcpClient, 3), (WampClients, 2)]
WITH_SERVERS = [(GuardedClient, 2), (CircuitClient, 3), (Http2CircuitClient, 1), (CircuitChanger, 1)]


class Violation(Exception):
    """A violation after which the soak cannot go on."""


class Soak:
    """The whole soak. `options`: seed, seconds, threads, routers, engines, few, keep_going, keep_logs."""

    def __init__(self, options):
        self.seed, self.options = options.seed, options
        self.random = random.Random(options.seed)
        self.began = time.monotonic()
        self.stack = z.Stack()
        self.windows = Windows()
        self.stalls = Stalls(self.windows)
        self.routes = make_routes()
        self.judge = Judge(self.windows, QUEUE_TIMEOUT, [route.name for route in self.routes])
        self.lock = threading.Lock()
        self.busy = set()
        self.stopping = self.resting = False
        self.violations = []
        self.excused = collections.Counter()
        self.asked = collections.Counter()
        self.longest = collections.Counter()
        self.heard = set()
        self.leavers, self.timers, self.threads = [], [], []
        self.memory, self.digests = {}, {}
        self.clients = []
        self.fleet = Fleet(self.stack, self.random, options)
        self.route_events = RouteEvents(self, self.routes)
        self.realm_watch = RealmWatch(self.fleet, self.windows)

    # --- for clients

    def road(self, random_, is_tls):
        return self.fleet.road(random_, is_tls)

    def raw_road(self, random_, is_tls):
        return self.fleet.raw_road(random_, is_tls)

    def guarded_road(self, random_, is_tls):
        return self.fleet.road(random_, is_tls, self.fleet.guarded)

    def road_to(self, router, is_tls):
        return self.fleet.road_to(router, is_tls)

    def some_router(self, random_):
        return random_.choice(self.fleet.routers)

    def tcp_port(self, random_, service):
        return self.some_router(random_).ports[service]

    def circuits(self):
        return self.fleet.servers.circuits

    def knows_routes(self):
        return self.windows.count(ROUTER, None, time.monotonic()) == 0

    def has_servers(self):
        return self.fleet.servers is not None

    def files(self):
        return self.fleet.servers.files

    def is_stopping(self):
        return self.stopping

    def is_resting(self):
        return self.resting

    def works(self, name):
        """False during a rest: no client may send a request then."""
        with self.lock:
            if not self.resting:
                self.busy.add(name)
            return not self.resting

    def rests(self, name):
        with self.lock:
            self.busy.discard(name)

    def may_go_on(self, client):
        """False once the client is to end. Waits until a rest is over."""
        self.rests(client.name)
        while not self.stopping and not self.works(client.name):
            client.leave()
            time.sleep(0.05)
        if self.stopping:
            client.leave()
            self.rests(client.name)
        return not self.stopping

    def answered(self, id):
        with self.lock:
            self.heard.add(id)

    def took(self, kind, seconds):
        with self.lock:
            self.asked[kind] += 1
            self.longest[kind] = max(self.longest[kind], seconds)

    def failed(self, failure):
        with self.lock:
            excuse = self.judge.excuse(failure)
            if excuse:
                self.excused[f'{failure.kind} {failure.how} ({excuse})'] += 1
                return
        self.violate(f'{failure.kind}: {failure.method} to {failure.pool}, id {failure.id}, begun at '
                     f'{failure.begin - self.began:.2f}: {failure.how}: {failure.detail}')

    def client_died(self, client, error):
        self.violate(f'{client.name} died of {"".join(traceback.format_exception(error))}')

    # --- output

    def say(self, text):
        print(f'{time.monotonic() - self.began:8.2f} {text}', flush=True)

    def violate(self, text):
        self.violations.append(text)
        logs = '' if len(self.violations) > 5 else '\n'.join(
            f'    {router.name}| {line}' for router in self.fleet.routers for line in last_words(router))
        self.say(f'VIOLATION (seed {self.seed}, {time.strftime("%T")}): {text}\n{logs}')

    def give_up(self, text):
        self.violate(text)
        raise Violation

    # --- starting

    def start(self):
        self.say(f'seed {self.seed}: {self.fleet}')
        self.fleet.start()
        self.route_events.start()
        self.wait_workers()
        self.make_digests()
        self.events = [event for some in (WorkerEvents(self), RouterEvents(self), PeerEvents(self), self.route_events,
                                     ServerEvents(self), FileEvents(self), CircuitEvents(self))
                       for event in some.weights()]
        for kind, count in self.kinds():
            for index in range(1 if self.options.few else count):
                self.clients.append(kind(self, index, self.seed, self.digests, self.routes))
        self.operator = Operator(self, self.seed)
        self.operator.start()
        self.stalls.start()
        for client in self.clients:
            client.start()

    def kinds(self):
        return (KINDS + (WITH_SERVERS if self.fleet.servers else [])
                + ([(StickyClient, 4)] if self.fleet.is_sticky else []))

    def wait_workers(self):
        z.eventually(lambda: self.route_events.look() or self.route_events.are_settled(), what='all routes served')
        count = len(self.fleet.workers) + len(self.route_events.workers())
        for router in self.fleet.routers:
            router.wait_workers(count * self.fleet.threads)

    def make_digests(self):
        for size in SIZES:
            ask = a.Ask(a.BIN, 'GET', f'/bytes/{size}?seed={size}', 'digest')
            with c.Heard(Road(self.fleet.routers[0].port), z.PATIENCE * z.SLOW) as connection:
                connection.ask(ask)
                body = connection.read_reply().body
            assert len(body) == size
            self.digests[size, size] = hashlib.sha256(body).hexdigest()

    # --- events

    def run(self):
        self.start()
        end = time.monotonic() + self.options.seconds
        events, weights = zip(*self.events)
        next_event, next_rest = time.monotonic() + 2, time.monotonic() + REST_EVERY
        while time.monotonic() < end and not self.is_enough():
            self.look_around()
            now = time.monotonic()
            if now >= next_rest:
                self.rest()
                next_rest = time.monotonic() + REST_EVERY
            elif now >= next_event:
                self.random.choices(events, weights)[0]()
                next_event = time.monotonic() + self.random.uniform(0.5, 2)
            time.sleep(0.02)
        if not self.is_enough():
            self.rest()
        self.end()

    def is_enough(self):
        return bool(self.violations) and not self.options.keep_going

    def workers(self):
        return self.fleet.workers + self.route_events.workers()

    def look_around(self):
        self.look_at_timers()
        self.route_events.look()
        self.realm_watch.look()
        for process in [worker.process for worker in self.workers()] + self.fleet.routers:
            if not process.is_running():
                self.give_up(f'{process.name} ended by itself ({process.child.returncode}):\n{process.log()[-3_000:]}')
        for leaver in list(self.leavers):
            self.look_at_leaver(*leaver)

    def after(self, seconds, what):
        self.timers.append((time.monotonic() + seconds, what))

    def look_at_timers(self):
        for timer in [one for one in self.timers if one[0] <= time.monotonic()]:
            self.timers.remove(timer)
            timer[1]()

    def in_background(self, what):
        thread = threading.Thread(target=what, daemon=True)
        self.threads.append(thread)
        thread.start()

    def tell_to_leave(self, worker):
        worker.process.wait_catches(15)
        self.windows.open(AWAY, worker.name)
        worker.process.terminate()
        windows = [self.windows.open(LEAVE, worker.pool)]
        if worker.is_hasty:  # requests that it cannot finish in its drain time are lost
            windows.append(self.windows.open(LOSS, worker.pool, after=SHORT_DRAIN - 0.1))
        self.leavers.append((worker, windows, time.monotonic() + ROUTER_ENDS * z.SLOW))

    def look_at_leaver(self, worker, windows, deadline):
        process = worker.process
        if process.is_running() and time.monotonic() < deadline:
            return
        self.leavers.remove((worker, windows, deadline))
        for window in windows:
            window.close()
        if process.is_running():
            self.violate(f'{process.name} does not leave\n{process.log()[-3_000:]}')
        elif process.child.returncode not in self.codes_of(worker):
            self.violate(f'{process.name} left with {process.child.returncode}\n{process.log()[-3_000:]}')

    @staticmethod
    def codes_of(worker):
        return (0, 1) if worker.is_hasty and 'were not finished in time' in worker.process.log() else (0,)

    # --- rests

    def rest(self):
        """Stops all clients, then checks that no router and no worker has anything open."""
        with self.lock:
            self.resting = True
        deadline = time.monotonic() + (a.SLOW_BOUND + 10) * z.SLOW
        while self.busy or self.threads:
            self.look_around()
            self.threads = [thread for thread in self.threads if thread.is_alive()]
            if time.monotonic() > deadline:
                self.give_up(f'hangs: {sorted(self.busy)}')
            time.sleep(0.05)
        while self.timers or self.leavers or not self.route_events.are_settled():
            self.look_around()
            time.sleep(0.05)
        for router in self.fleet.routers:
            self.look_at_router(router)
        self.look_at_ids()
        self.resting = False

    def look_at_router(self, router):
        gauges = ('exchanges_open', 'streams_open', 'connections_open')

        def open_now():
            return {name: value for name, value in router.counters().items() if name in gauges and value}
        try:
            z.eventually(lambda: not open_now(), every=0.1)
            router.wait_workers(len(self.workers()) * self.fleet.threads)
        except AssertionError as error:
            self.violate(f'{router.name} at rest: {error}, open {open_now()}, {sockets_at(router)}, '
                         f'{dict(router.counters())}')
        self.operator.look_at(router, self.workers())
        self.look_at_log(router)
        memory = router.rss()
        first = self.memory.get(router.pid, memory)
        if time.monotonic() - router.since > REST_EVERY:  # one that has just started has not met everything
            self.memory[router.pid] = first
        self.say(f'rest: {router.name} has {memory / z.MIB:.1f} MiB, {first / z.MIB:.1f} at first; '
                 f'asked {sum(self.asked.values())}')
        if memory > first + MOST_GROWTH and not z.SANITIZED:
            self.violate(f'{router.name} grew from {first} to {memory} bytes')

    def look_at_log(self, router):
        ours = '|'.join([*POOLS, *(route.name for route in self.routes)])
        for line in re.findall(rf'.*worker (?:{ours})-\d+#\w+ is dropped.*|.*HELLO from (?:{ours})-.*refused.*'
                               r'|.*backend_protocol.*|.*frame_error.*|.*internal.*', router.log()):
            self.violate(f'{router.name} says: {line}')

    def look_at_ids(self):
        with open(self.fleet.ids) as file:
            seen = collections.Counter(line.split()[0] for line in file if line.startswith(a.ONCE))
        for id in [id for id, times in seen.items() if times > 1]:
            self.violate(f'done twice: {id}')
        for id in self.judge.unheard & set(seen):
            self.violate(f'done, and its client was sent away by a router that was leaving: {id}')
        for id in [id for id in self.heard if id.startswith(a.ONCE) and id not in seen]:
            self.violate(f'answered, and nobody has seen it: {id}')

    # --- the end

    def end(self):
        self.stopping = True
        self.operator.join(3 * z.PATIENCE * z.SLOW)
        for client in self.clients:
            client.join(3 * a.BOUND * z.SLOW)
            if not self.asked[client.kind] and not isinstance(client, c.Aborter) and not self.violations:
                self.violate(f'{client.name} was never answered')
        for worker in self.workers():
            worker.process.terminate()
            worker.process.thaw()  # after a violation it may hang
        for worker in self.workers():
            self.must_end(worker.process)
        for router in self.fleet.routers:
            router.terminate()
        for router in self.fleet.routers:
            self.must_end(router)
        for report in self.stack.sanitizer_reports():
            self.violate(report)

    def must_end(self, process):
        try:
            code = process.wait()
        except AssertionError as error:
            code = str(error)
        if code != 0:
            self.violate(f'{process.name} at the end: {code}\n{process.log()[-2_000:]}')

    def close(self):
        self.stopping = True
        if not self.violations and not self.options.keep_logs:
            return self.stack.close()
        for process in self.stack.processes:
            process.end()
        return self.say(f'logs are in {self.stack.folder}')

    def summary(self):
        self.say('asked: ' + ', '.join(f'{kind} {count} (longest {self.longest[kind]:.1f} s)'
                                       for kind, count in sorted(self.asked.items())))
        self.say(f'the operator was answered {self.operator.answered} times')
        self.say('excused: ' + ', '.join(f'{what} {count}' for what, count in sorted(self.excused.items())))
        self.say(f'the machine stood still {self.stalls.count} times')
        self.say(f'seed {self.seed}: {len(self.violations)} violations')


def last_words(router):
    """The end of the router's log, without counters."""
    return [line for line in router.log()[-30_000:].splitlines() if not re.search(r' [a-z0-9_]+ \d+$', line)][-20:]


def sockets_at(router):
    """Both ends of the connections to the router: ss -H prints state, queues, local and remote address."""
    ports = f'( sport = :{router.port} or dport = :{router.port} or sport = :{router.tls_port} or dport = :{router.tls_port} )'
    return subprocess.run(['ss', '-Htnp', ports], capture_output=True, text=True).stdout
