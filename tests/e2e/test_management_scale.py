"""The management listener with a thousand workers and a thousand routes: a scrape is quick, and holds no loop up."""
import json
import os
import statistics
import threading
import time

import sites_e2e as s
import zeroway_e2e as z
from fabric_peer import HELLO, WELCOME, frame, steer_of
from management_e2e import ask, told
from origins import Origin, reply
from raw_worker import RawPeer

MANY = 1_000


class Crowd:
    """Workers that have joined and say nothing more."""

    def __init__(self, fabric, count):
        self.peers = [self.join(fabric, number) for number in range(count)]

    @staticmethod
    def join(fabric, number):
        instance = f'crowd-{number}#{os.urandom(8).hex()}'
        peer = RawPeer(steer_of(fabric), instance.encode())
        hello = {'name': f'crowd-{number}', 'instance': instance, 'pid': number + 1, 'capacity': 10, 'group': 'crowd'}
        peer.say(frame(HELLO, 0, 0, json.dumps(hello).encode()))
        peer.next(WELCOME)
        return peer

    def close(self):
        for peer in self.peers:
            peer.close()


def start(stack):
    origin = stack.closing(Origin(lambda request: reply(b'x')))
    port, manage = z.free_port(), z.free_port()
    text = (s.site(port) + '[sites.proxy]\nenabled = true\n' + s.pool(origin)
            + ''.join(s.route(f'/route-{number}') for number in range(MANY)))
    router = s.serve(stack, text, port, '--manage', f'127.0.0.1:{manage}', '--heartbeat', '60s', '--heartbeat-timeout', '300s')
    crowd = stack.closing(Crowd(router.fabric, MANY))
    assert len(told(manage, '/api/v1/workers')['workers']) == MANY
    assert len(crowd.peers) == MANY
    return router, manage


def seconds_of(what, count):
    times = []
    for _ in range(count):
        begun = time.monotonic()
        what()
        times.append(time.monotonic() - begun)
    return times


def test_a_scrape_of_a_large_router_is_quick_and_holds_no_request_up(stack):
    router, manage = start(stack)

    def request():
        assert connection.request('GET', '/route-7/x').status == 200

    def scrape():
        answer = ask(manage, '/metrics')
        assert answer.status == 200 and answer.body.count(b'zeroway_member_up{') == MANY + 1  # the others as one

    with router.connect(60 * z.SLOW) as connection:
        request()
        quiet = seconds_of(request, 500)
        stop = threading.Event()

        def scrape_on():
            while not stop.is_set():
                scrapes.extend(seconds_of(scrape, 1))
                time.sleep(0.25)  # more often than the router counts anew

        scrapes = []
        scraper = threading.Thread(target=scrape_on)
        scraper.start()
        begun = time.monotonic()
        busy = []
        while time.monotonic() - begun < 5 or len(scrapes) < 3:
            busy += seconds_of(request, 50)
        stop.set()
        scraper.join()
    print(f'scrape: median {statistics.median(scrapes) * 1e3:.1f} ms of {len(scrapes)}; request: quiet p50 '
          f'{statistics.median(quiet) * 1e3:.2f}, p99 {statistics.quantiles(quiet, n=100)[98] * 1e3:.2f} ms; beside scrapes p50 '
          f'{statistics.median(busy) * 1e3:.2f}, p99 {statistics.quantiles(busy, n=100)[98] * 1e3:.2f} ms')
    assert statistics.median(scrapes) < 5 * z.SLOW
    assert max(busy) < 5 * z.SLOW


def test_every_list_has_all_of_them(stack):
    router, manage = start(stack)
    assert len([route for route in told(manage, '/api/v1/routes')['routes'] if route['path'].startswith('/route-')]) == MANY
    workers = told(manage, '/api/v1/workers')['workers']
    assert {worker['name'] for worker in workers} == {f'crowd-{number}' for number in range(MANY)}
    assert told(manage, '/api/v1/numbers')['workers'] == MANY
    assert json.loads(ask(manage, f'/api/v1/explain?url=http://zeroway.test:{router.port}/route-999').body)['route']['path'] == '/route-999'
    assert len(ask(manage, '/health/status').body) > 0
