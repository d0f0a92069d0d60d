"""Circuits that change all the time under load: nobody else notices, and nothing is lost where somebody could answer."""
import json
import os
import random
import re
import statistics
import subprocess
import threading
import time

import pytest

import management_e2e as m
import zeroway_e2e as z
from circuits_e2e import Circuits, backend
from origins import Origin

LONG = os.environ.get('ZEROWAY_LONG') == '1'


class Churn:
    """Changes circuits by the management API, `rate` times a second, until stop()."""

    def __init__(self, circuits, change, rate):
        self.circuits, self.change, self.rate = circuits, change, rate
        self.is_over, self.count, self.errors = False, 0, []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        began = time.monotonic()
        try:
            while not self.is_over:
                while self.count < (time.monotonic() - began) * self.rate and not self.is_over:
                    self.change(self.count)
                    self.count += 1
                time.sleep(0.005)
        except Exception as error:  # noqa: stop() reports it
            self.errors.append(repr(error))

    def stop(self):
        self.is_over = True
        self.thread.join()
        assert not self.errors, self.errors


def test_changes_of_a_circuit_lose_no_request_of_it(stack):
    """Its servers change their weights, states and places; one that lives is always active."""
    servers = [stack.closing(Origin(name=name)) for name in 'abcd']
    c = Circuits(stack, '--threads', '2')
    dice = random.Random(7)

    def change(number):
        some = dice.sample(servers, dice.randint(1, 4))
        backends = [{**backend(one), 'weight': dice.randint(1, 5), 'state': dice.choice(['active', 'standby', 'draining'])}
                    for one in some]
        backends[0]['state'] = 'active'
        c.put('x', 's1', 'a', backends, sticky=dice.choice([True, False]), drain_timeout='1s',
              strip_prefix=dice.choice([True, False]))
        if number % 5 == 0:
            c.put(f'other-{number % 20}', f'o{number % 7}', 'b', [dice.choice(servers)])
        if number % 7 == 0:
            c.bulk(remove=[f'other-{dice.randrange(20)}'])

    change(0)
    churn = Churn(c, change, 40)
    with z.Load(c.router.port, 8, make=lambda id: ('GET', '/s1/a/', (), None), named_by='server') as load:
        time.sleep(60 if LONG else 6)
    churn.stop()
    assert load.failed == [] and churn.count > 60
    c.router.wait_idle()


def test_the_router_is_killed_and_all_circuits_work_again(stack):
    servers = [stack.closing(Origin(name=name)) for name in 'ab']
    c = Circuits(stack)
    put = [{'id': f'c{number}', 'session': f's{number}', 'service': 'a', 'backends': [backend(servers[number % 2])]}
           for number in range(500)]
    c.bulk(put=put)
    for _ in range(3):
        c.router.kill()
        c.router.wait()
        c = Circuits(stack)
        began = time.monotonic()
        for number in (0, 1, 250, 499):
            assert c.get(f'/s{number}/a/').body == servers[number % 2].name.encode()
        assert time.monotonic() - began < 2 * z.SLOW


def wrk(port, path, seconds=3):
    out = subprocess.run(['wrk', '-t1', '-c64', f'-d{seconds}', '--latency', f'http://127.0.0.1:{port}{path}'],
                         capture_output=True, text=True, timeout=60 * z.SLOW).stdout
    rate, p99 = float(re.search(r'Requests/sec:\s+([\d.]+)', out)[1]), re.search(r'99%\s+([\d.]+)(us|ms|s)', out)
    failed = re.search(r'Non-2xx.*: (\d+)|Socket errors: (.*)', out)
    return rate, float(p99[1]) * {'us': 0.001, 'ms': 1, 's': 1000}[p99[2]], failed[0] if failed else ''


@pytest.mark.skipif(not LONG, reason='takes minutes; ZEROWAY_LONG=1')
def test_ten_thousand_circuits_that_change_cost_others_little(stack):
    """Two routers alike, one with 10 000 circuits of which 100 a second change; one after the other under load."""
    worker_names = ('quiet', 'busy')
    routers = {name: Circuits(stack, more='') for name in worker_names[:1]}
    routers['busy'] = Circuits(stack)
    for name, circuits in routers.items():
        stack.worker(name, '--app', 'live/api', connect=[circuits.router.fabric])
        circuits.router.wait_workers(1)
    busy = routers['busy']
    target = backend(1)
    for part in range(10):
        busy.bulk(put=[{'id': f'c{number}', 'session': f's{number}', 'service': 'a', 'backends': [target]}
                       for number in range(part * 1_000, part * 1_000 + 1_000)])

    def change(number):
        id = f'c{(number * 7919) % 10_000}'
        if number % 3 == 0:
            busy.bulk(remove=[id])
        else:
            busy.put(id, f's{id[1:]}', 'a', [{**target, 'weight': number % 9 + 1}])

    churn = Churn(busy, change, 100)
    rows = []
    for _ in range(7):
        rows.append([wrk(routers[name].router.port, '/live/api/') for name in worker_names])
    churn.stop()
    rate = statistics.median(b[0] / q[0] for q, b in rows)
    p99 = statistics.median(b[1] / q[1] for q, b in rows)
    print(f'throughput {rate:.3f} x, p99 {p99:.2f} x, {churn.count} changes; {rows}')
    assert all(not one[2] for row in rows for one in row), rows
    assert rate > 0.8
