"""The random events of a soak: what happens to the routers and workers, and which hostile peers connect to them.

Owner: soak_run.py.   Thread: the main one; hostile peers run on other threads.
Not here: routes that come and go (soak_routes.py), which failures are allowed meanwhile (soak_judge.py).

Each class has weights(): its events, and how often each event is to happen.
"""
import os
import random
import signal
import socket
import sys
import time

import zeroway_e2e as z

sys.path.insert(0, os.path.join(z.ROOT, 'tests', 'e2e'))

import fabric_peer as f  # noqa: E402
import soak_asks as a  # noqa: E402
import soak_clients as c  # noqa: E402
import test_hostile_peers as hostile  # noqa: E402
from soak_asks import REALMS, STICKY  # noqa: E402
from soak_fleet import POOLS, SHORT_DRAIN  # noqa: E402
from soak_judge import AWAY, CUT, LOSS, RETURNING, ROUTER, SETTLING  # noqa: E402

FREEZE_SEEN = 0.6   # seconds that a worker may hang before routers count it as lost
WORKERS_RETURN = 2.0  # seconds for all workers to be back at a router that was started again
ROUTER_ENDS = 40.0  # seconds for a router or worker to finish its open requests


class WorkerEvents:
    def __init__(self, soak):
        self.soak, self.fleet, self.windows, self.random = soak, soak.fleet, soak.windows, soak.random

    def weights(self):
        return [(self.leave, 5), (self.kill, 4), (self.freeze, 4), (self.join, 2)]

    def victim(self):
        """A worker that runs, or None."""
        able = [worker for worker in self.fleet.workers if not worker.frozen and time.monotonic() - worker.since > 1]
        return self.random.choice(able) if able else None

    def leave(self):
        if worker := self.victim():
            if self.random.random() < 0.3:
                self.soak.say(f'{worker.name} leaves')
                self.fleet.workers.remove(worker)
                self.soak.tell_to_leave(worker)
                self.soak.after(self.random.uniform(0, 0.5), lambda: self.fleet.workers.append(
                    self.fleet.start_worker(worker.pool, is_python=worker.is_python)))
            else:
                self.soak.say(f'{worker.name} leaves, {self.fleet.replace(worker)} comes')
                self.soak.tell_to_leave(worker)

    def kill(self):
        if worker := self.victim():
            self.soak.say(f'{worker.name} is killed, {self.fleet.replace(worker)} comes')
            self.windows.open(LOSS, worker.pool, SETTLING)
            self.windows.open(AWAY, worker.name)
            worker.process.kill()

    def freeze(self):
        worker = self.victim()
        if not worker or any(one.frozen and one.pool == worker.pool for one in self.fleet.workers):
            return
        seconds = self.random.choice([self.random.uniform(0.1, FREEZE_SEEN * 0.8), self.random.uniform(0.8, 1.6),
                                      self.random.uniform(1.6, 5)])
        self.soak.say(f'{worker.name} hangs for {seconds:.2f} s')
        is_seen = seconds > FREEZE_SEEN
        worker.frozen = self.windows.open(LOSS if is_seen else 'short', worker.pool)
        away = self.windows.open(AWAY, worker.name)
        worker.process.freeze()

        def thaw():
            worker.process.thaw()
            worker.frozen.close()
            away.close()
            worker.frozen = None
            worker.since = time.monotonic()
        self.soak.after(seconds, thaw)

    def join(self):
        weight, capacity = self.random.choice([1, 1, 3, 10]), self.random.choice([1, 3, 50, 2000])
        pool = self.random.choice(list(POOLS))
        if pool in (STICKY, *REALMS):
            capacity = 2000  # a worker that refuses loses its clients, and one that is full keeps its realm
        worker = self.fleet.start_worker(pool, '--weight', weight, '--capacity', capacity)
        stays = self.random.uniform(3, 10)
        self.soak.say(f'{worker.name} comes for {stays:.1f} s, weight {weight}, capacity {capacity}')
        self.soak.after(stays, lambda: (self.soak.say(f'{worker.name} leaves'), self.soak.tell_to_leave(worker)))


class RouterEvents:
    def __init__(self, soak):
        self.soak, self.fleet, self.windows, self.random = soak, soak.fleet, soak.windows, soak.random

    def weights(self):
        return [(self.restart, 0.6), (self.renew_certificates, 1), (self.spoil_certificates, 0.5)]

    def restart(self):
        old = self.random.choice(self.fleet.routers)
        self.soak.say(f'{old.name} restarts')
        windows, returning = [self.windows.open(ROUTER, None)], self.windows.open(RETURNING, None)
        if self.fleet.is_hasty:
            windows.append(self.windows.open(CUT, None, after=SHORT_DRAIN - 0.1))
        old.terminate()
        deadline = time.monotonic() + ROUTER_ENDS * z.SLOW
        while old.is_running():
            if time.monotonic() > deadline:
                self.soak.give_up(f'{old.name} does not end')
            self.soak.look_at_timers()
            time.sleep(0.02)
        if old.child.returncode != 0:
            self.soak.violate(f'{old.name} ended with {old.child.returncode}')
        self.soak.look_at_log(old)
        self.repair_certificates()
        self.fleet.start_again(old)
        for window in windows:
            window.close()
        returning.close(WORKERS_RETURN)
        self.soak.say(f'{old.name} is back')

    def renew_certificates(self):
        """Routers load the new certificates by a signal, or by looking at the files: both within seconds."""
        renewed = self.random.choice(self.fleet.all_certificates())
        renewed.renew()
        is_told = self.random.random() < 0.5
        self.soak.say(f'a new certificate for {renewed.name}{", and a signal" if is_told else ""}')
        if is_told:
            for router in self.fleet.routers:
                router.signal(signal.SIGHUP)
        certificate = renewed.in_use()
        self.soak.after(4 * z.SLOW, lambda: self.expect_certificate(renewed, certificate))

    def expect_certificate(self, of, certificate):
        """All certificates of a listener are loaded together, or none of them."""
        soon = time.monotonic() - 3.5 * z.SLOW
        if any(one.is_spoiled or one.changed > soon for one in self.fleet.all_certificates()):
            return  # a certificate has changed since
        for router in self.fleet.routers:
            if router.is_running() and not self.windows.count(ROUTER, None, time.monotonic()):
                got = self.certificate_of(router, of)
                if got != certificate:
                    self.soak.violate(f'{router.name} shows the certificate {got} instead of {certificate}')

    def certificate_of(self, router, of):
        context = of.make_context('http/1.1')
        plain = socket.create_connection(('127.0.0.1', router.tls_port), z.PATIENCE * z.SLOW)
        with context.wrap_socket(plain, server_hostname=of.name) as wrapped:
            return wrapped.getpeercert()['serialNumber']

    def spoil_certificates(self):
        spoiled = self.random.choice(self.fleet.all_certificates())
        self.soak.say(f'the certificate for {spoiled.name} has a key that is none, for a while')
        spoiled.spoil()
        self.soak.after(self.random.uniform(0.5, 4), self.repair_certificates)

    def repair_certificates(self):
        for certificates in self.fleet.all_certificates():
            if certificates.is_spoiled:
                certificates.renew()


class PeerEvents:
    """Clients that close their connections early, and hostile peers at the fabric."""

    def __init__(self, soak):
        self.soak, self.fleet, self.windows, self.random = soak, soak.fleet, soak.windows, soak.random
        self.asks = a.Asks('burst', soak, random.Random(soak.seed), soak.digests, soak.routes)

    def weights(self):
        return [(self.abort_burst, 2), (self.hostile_bytes, 2), (self.hostile_talker, 1),
                (self.hole, 0 if self.fleet.keys else 1)]

    def some_fabric(self):
        return self.random.choice(self.fleet.routers).fabric

    def abort_burst(self):
        count = self.random.randint(5, 40)
        self.soak.say(f'{count} clients go away')
        seeds = [self.random.random() for _ in range(count)]

        def burst():
            for seed in seeds:
                c.abort_once(self.soak, random.Random(seed), self.asks)
        self.soak.in_background(burst)

    def hostile_bytes(self):
        name, data = self.random.choice(list(hostile.ATTACKS.items()))
        fabric = self.some_fabric()
        end = self.random.choice([fabric, f.steer_of(fabric)])
        count, stays = self.random.randint(1, 5), self.random.uniform(0.1, 4)
        self.soak.say(f'{count} peers say {name} at {end.rsplit("/", 1)[1]}, and stay for {stays:.1f} s')
        noise = self.random.randbytes(5_000)

        def attack():
            peers = []
            for _ in range(count):
                try:
                    peers.append(dial(end))
                    peers[-1].sendall(noise if data is None else data)
                except OSError:
                    pass  # the router dropped the connection while we were sending
            time.sleep(stays)
            for peer in peers:
                peer.close()
        self.soak.in_background(attack)

    def hostile_talker(self):
        fabric = self.some_fabric()
        says_hello, noise = self.random.random() < 0.7, self.random.randbytes(64)
        self.soak.say('a peer talks garbage' + (' after its hello' if says_hello else ''))

        def attack():
            peer = f.FabricPeer(fabric, name='hostile', deal=False)
            if says_hello:
                peer.hello(routes=[{'host': 'nobody.test', 'path': '/'}])
            for number in range(50):
                peer.send(f.reply(number * 1_000_003 % 0x7fffffff, b'evil') if number % 2 else noise)
                time.sleep(0.02)
            peer.close()
        self.soak.in_background(attack)

    def hole(self):
        fabric, stays = self.some_fabric(), self.random.uniform(0.1, 2)
        answers = self.random.random() < 0.5
        self.soak.say(f'a worker joins that takes all and says nothing{" but pongs" if answers else ""}, for {stays:.1f} s')
        window = self.windows.open(LOSS, a.OPEN)

        def attack():
            peer = f.FabricPeer(fabric, name='hole').hello()
            if answers:
                peer.serve(stays, lambda opening: None)
            else:
                time.sleep(stays)
            peer.close()
            window.close()
        self.soak.in_background(attack)


def dial(endpoint):
    if endpoint.startswith('ipc://'):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(5)
        peer.connect(endpoint[len('ipc://'):])
        return peer
    host, port = endpoint[len('tcp://'):].rsplit(':', 1)
    return socket.create_connection((host, int(port)), 5)
