"""Attackers that come back again and again cost the others little, and their connections are cut and named.

The long form measures: wrk asks over 64 connections as fast as it can, by itself and beside an attacker, in turns. A
single turn says little: beside a harmless attacker half as much or more than alone has been seen on a busy machine.
"""
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time

import pytest
import zeroway_e2e as z
from floods import FLOODS, bytes_of

ATTACKER = os.path.join(z.ROOT, 'tests', 'support', 'floods.py')
SECONDS = 2
OTHERS = 4  # connections of the load in the short form
ROUNDS = 5
RATE = int(os.environ.get('ZEROWAY_FLOOD_RATE', '1000'))  # of the attacker's connections in a second
TIMES = ('--send-timeout', '1s', '--body-timeout', '1s')


class Attack:
    """An attacker's process. Niced where speed is measured: what it takes from the others is the router's time."""

    def __init__(self, stack, name, router, connections, rate, address='127.0.0.1'):
        self.child = subprocess.Popen(['nice', '-n', '19' if z.LONG else '0', '/usr/bin/python3', ATTACKER, name,
                                       str(router.port), str(connections), str(rate), address],
                                      stdout=subprocess.PIPE, stderr=sys.stderr)
        stack.closing(self)
        assert self.child.stdout.readline() == b'attacking\n'

    def end(self):
        self.child.send_signal(signal.SIGTERM)
        said, _ = self.child.communicate(timeout=30 * z.SLOW)
        return json.loads(said)

    def close(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()


def load(router, seconds=SECONDS):
    """wrk's requests per second, and the router's processor time for each in microseconds."""
    before = router.processor_seconds()
    out = subprocess.run(['wrk', '-t1', '-c64', f'-d{seconds}s', f'http://127.0.0.1:{router.port}/'],
                         capture_output=True, text=True, timeout=60).stdout
    assert 'Socket errors' not in out and 'Non-2xx' not in out, out
    count = int(re.search(r'(\d+) requests in', out)[1])
    rate = float(re.search(r'Requests/sec:\s+([\d.]+)', out)[1])
    return rate, (router.processor_seconds() - before) / count * 1e6


def served_by_one(stack):
    """A router that soon gives up who stands still, and its worker."""
    router = stack.router(*TIMES)
    stack.worker('worker-1')
    router.wait_workers(1)
    return router


def connections_of(name):
    """How many an attacker has: more of those that are held for a while before they are cut."""
    return 8 if name in FLOODS and FLOODS[name].slow else 4


def attack_of(stack, router, name, during, connections=4, rate=RATE):
    """(what `during()` found out meanwhile, what the attacker reports). The log says why connections were cut, a few times
    in a second, and how many lines like it were left out."""
    old = router.log_size()
    attack = Attack(stack, name, router, connections, rate)
    found = during()
    if name in FLOODS:
        router.wait_log('connection closed: ', since=old)
    report = attack.end()
    # What the attacker sent may still have to be read; its lines shall not be taken for those of the next one.
    z.eventually(lambda: router.counters()['connections_open'] <= OTHERS, what='the attacker gone')
    if name in FLOODS:
        lines = re.findall('connection closed: [^\n]*', router.log(old))
        assert report['cut'] > 0
        assert 0 < len(lines) <= report['begun']
        assert all(re.search(FLOODS[name].why, line) for line in lines)
    return found, report


def test_nobody_else_fails(stack):
    router = served_by_one(stack)
    with z.Load(router.port, OTHERS, z.get_hello) as others:
        for name, flood in FLOODS.items():
            def during():
                time.sleep(3 if flood.slow else 0.5)  # the attack goes on for a while
                others.wait_more(20)
            attack_of(stack, router, name, during)
    assert others.failed == []
    assert others.slowest.seconds < 3 * z.SLOW
    router.wait_idle()


def median_row(loads):
    """Of (requests per second, microseconds) pairs, each by itself."""
    return tuple(statistics.median(column) for column in zip(*loads))


class Rounds:
    """Turns of wrk alone, beside a harmless attacker and beside the real one, so close that a machine whose speed
    changes is as fast for one as for its neighbours."""

    def __init__(self, stack, router, name):
        self.stack, self.router, self.name = stack, router, name
        self.seen = {'alone': [load(router)], 'harmless': [], 'attacked': []}
        self.report = {}

    def run(self, number):
        """Harmless first in every other round: what drifts is then on no side."""
        for state in ('harmless', 'attacked')[::-1 if number % 2 else 1]:
            name = self.name if state == 'attacked' else f'harmless {len(bytes_of(self.name))}'
            found, self.report[state] = attack_of(self.stack, self.router, name, lambda: load(self.router),
                                                  connections_of(name))
            self.seen[state].append(found)
        self.seen['alone'].append(load(self.router))

    def kept(self, state):
        """Of each round: the rate, as a part of what there was alone before and after it."""
        alone = [rate for rate, _ in self.seen['alone']]
        return [rate / ((before + after) / 2)
                for (rate, _), before, after in zip(self.seen[state], alone, alone[1:])]

    def show(self):
        def all_of(state):
            kept = self.kept(state)
            return f'{statistics.median(kept):4.2f} ({" ".join(f"{one:.2f}" for one in sorted(kept))})'
        times = {state: median_row(loads)[1] for state, loads in self.seen.items()}
        last = self.report['attacked']
        return (f'{self.name:16} alone {median_row(self.seen["alone"])[0]:6.0f}/s {times["alone"]:4.1f} µs  '
                f'harmless {all_of("harmless")} {times["harmless"]:4.1f} µs  '
                f'attacked {all_of("attacked")} {times["attacked"]:4.1f} µs  '
                f'(last: {last["begun"]} connections, {last["cut"]} cut, {last["sent"] >> 20} MiB)')


@pytest.mark.skipif(not z.LONG, reason='takes ten minutes and a quiet machine: ZEROWAY_LONG=1')
@pytest.mark.parametrize('name', FLOODS)
def test_the_others_keep_four_fifths(stack, name):
    """Beside an attacker that does its worst; shown too: beside one that brings as many bytes in harmless requests."""
    router = served_by_one(stack)
    load(router)
    rounds = Rounds(stack, router, name)
    for number in range(ROUNDS):
        rounds.run(number)
    print('\n' + rounds.show(), flush=True)
    assert statistics.median(rounds.kept('attacked')) >= 0.8


def paced_load(router, rate):
    """h2load's replies per second when it asks `rate` times in one, over 64 connections, whether answered or not."""
    out = subprocess.run(['h2load', '--h1', '-t1', '-c64', f'-D{SECONDS}', f'--rps={rate / 64:.1f}',
                          f'http://127.0.0.1:{router.port}/'], capture_output=True, text=True, timeout=60).stdout
    counts = {what: int(count) for count, what in re.findall(r'(\d+) (succeeded|failed|errored|timeout)', out)}
    assert counts['failed'] == counts['errored'] == counts['timeout'] == 0, out
    return counts['succeeded'] / SECONDS


@pytest.mark.skipif(not z.LONG, reason='takes four minutes and a quiet machine: ZEROWAY_LONG=1')
@pytest.mark.parametrize('name', FLOODS)
def test_half_of_what_the_router_can_do_is_served_as_before(stack, name):
    """Where the case above leaves it nothing to spare, this is a load as it is on a usual day."""
    router = served_by_one(stack)
    load(router)
    rate = load(router)[0] / 2
    alone, attacked, report = [], [], {}
    for _ in range(3):
        alone.append(paced_load(router, rate))
        found, report = attack_of(stack, router, name, lambda: paced_load(router, rate),
                                  connections_of(name))
        attacked.append(found)
    kept = [one / other for one, other in zip(attacked, alone)]
    print(f'\n{name:16} asked {rate:6.0f}/s, alone {statistics.median(alone):6.0f}/s, kept '
          f'{statistics.median(kept):4.2f} ({" ".join(f"{one:.2f}" for one in sorted(kept))}) '
          f'(last: {report["begun"]} connections, {report["cut"]} cut)', flush=True)
    assert statistics.median(alone) >= 0.9 * rate
    assert statistics.median(kept) >= 0.8


STRANGER = '127.0.0.2'  # who asks comes from 127.0.0.1


def test_who_connects_too_often_is_closed_at_the_door_and_others_are_not(stack):
    rate = 100 if z.SLOW == 1 else 20  # fewer than the attacker can make with a slow router
    router = stack.router('--connection-rate-per-address', rate)
    stack.worker('worker-1')
    router.wait_workers(1)
    with z.Load(router.port, 4, z.get_hello) as others:
        attack = Attack(stack, 'rapid reset', router, 4, 1_000_000, STRANGER)
        z.eventually(lambda: router.counters()['connections_too_fast'] > 300, what='refusals')
        others.wait_more(20)
        report = attack.end()
    assert others.failed == []
    assert report['cut'] > 200  # it may not have seen the last few
    said = re.findall(r'client (\S+): more than %d new connections in a second' % rate, router.log())
    assert said == [STRANGER]
    router.wait_idle()
