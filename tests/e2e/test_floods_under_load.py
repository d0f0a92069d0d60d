"""Attackers that come back again and again cost the others little, and each of their connections is cut and named.

The long form measures: wrk asks over 64 connections as fast as it can, by itself and beside an attacker.
"""
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import zeroway_e2e as z
from floods import FLOODS, bytes_of

ATTACKER = os.path.join(z.ROOT, 'tests', 'support', 'floods.py')
SECONDS = 2
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


def cpu_of(process):
    with open(f'/proc/{process.pid}/stat') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def load(router, seconds=SECONDS):
    """wrk's requests per second, and the router's processor time for each in microseconds."""
    before = cpu_of(router)
    out = subprocess.run(['wrk', '-t1', '-c64', f'-d{seconds}s', f'http://127.0.0.1:{router.port}/'],
                         capture_output=True, text=True, timeout=60).stdout
    assert 'Socket errors' not in out and 'Non-2xx' not in out, out
    count = int(re.search(r'(\d+) requests in', out)[1])
    rate = float(re.search(r'Requests/sec:\s+([\d.]+)', out)[1])
    return rate, (cpu_of(router) - before) / count * 1e6


def attack_of(stack, router, name, during, connections=4, rate=RATE):
    """(what `during()` found out meanwhile, what the attacker reports). Each cut connection is in the log, once."""
    old = router.log_size()
    attack = Attack(stack, name, router, connections, rate)
    found = during()
    if name in FLOODS:
        router.wait_log('connection closed: ', since=old)
    report = attack.end()
    if name in FLOODS:
        lines = z.eventually(lambda: (lines := re.findall('connection closed: [^\n]*', router.log(old)))
                             and len(lines) >= report['cut'] and lines, what='a line for each connection')
        assert report['cut'] > 0
        assert report['cut'] <= len(lines) <= report['begun']
        assert all(re.search(FLOODS[name].why, line) for line in lines)
    return found, report


def test_nobody_else_fails(stack):
    router = stack.router(*TIMES)
    stack.worker('worker-1')
    router.wait_workers(1)
    with z.Load(router.port, 4, z.get_hello) as others:
        for name, flood in FLOODS.items():
            def during():
                time.sleep(3 if flood.slow else 0.5)  # the attack goes on for a while
                others.wait_more(20)
            attack_of(stack, router, name, during)
    assert others.failed == []
    assert others.slowest.seconds < 3 * z.SLOW
    router.wait_idle()


@pytest.mark.skipif(not z.LONG, reason='takes three minutes and a quiet machine: ZEROWAY_LONG=1')
def test_the_others_keep_four_fifths(stack):
    """Beside an attacker that does its worst, and beside one that brings as many bytes in harmless requests."""
    router = stack.router(*TIMES)
    stack.worker('worker-1')
    router.wait_workers(1)
    load(router)
    kept = {}
    for name, flood in FLOODS.items():
        alone = load(router)
        harmless, calm = attack_of(stack, router, f'harmless {len(bytes_of(name))}', lambda: load(router))
        attacked, report = attack_of(stack, router, name, lambda: load(router), 8 if flood.slow else 4)
        again = load(router)
        base = (alone[0] + again[0]) / 2
        kept[name] = attacked[0] / base
        print(f'{name:16} alone {base:6.0f}/s {alone[1]:4.1f} µs  harmless {harmless[0] / base:4.2f} ({calm["begun"]} '
              f'connections, {calm["sent"] >> 20} MiB)  attacked {kept[name]:4.2f} {attacked[1]:4.1f} µs '
              f'({report["begun"]} connections, {report["cut"]} cut, {report["sent"] >> 20} MiB)', flush=True)
    assert min(kept.values()) >= 0.8, kept


STRANGER = '127.0.0.2'  # who asks comes from 127.0.0.1


def test_who_connects_too_often_is_closed_at_the_door_and_others_are_not(stack):
    router = stack.router('--connection-rate-per-address', '100')
    stack.worker('worker-1')
    router.wait_workers(1)
    with z.Load(router.port, 4, z.get_hello) as others:
        attack = Attack(stack, 'rapid reset', router, 4, 1_000_000, STRANGER)
        z.eventually(lambda: router.counters()['connections_too_fast'] > 300, what='refusals')
        others.wait_more(20)
        report = attack.end()
    assert others.failed == []
    assert report['cut'] > 200  # it may not have seen the last few
    said = re.findall(r'client (\S+): more than 100 new connections in a second', router.log())
    assert said == [STRANGER]
    router.wait_idle()
