"""Which failures the judge of tools/soak excuses: those that an event explains, and no others. No process is started."""
import time

import pytest

from soak_asks import BIN, ONCE, OPEN, REALMS, SERVERS, Failure
from soak_judge import ABSENT, LEAVE, LOSS, RAW, RETURNING, ROUTER, SHUTDOWN, UNCLAIMED, Judge, Window, Windows

ROUTE = 'far'
AWAY = 'the worker went away before it answered'.encode()


def excuse_of(*windows, pool=ROUTE, begun=1.0, how='status', code=502, method='POST', reason=''):
    """What excuses a request, a POST as a rule, that began `begun` seconds ago. Windows are (what, whom, from, to), in
    seconds ago."""
    now, kept = time.monotonic(), Windows()
    for what, whom, begin, end in windows:
        kept.add(Window(what, whom, now - begin, now - end))
    judge = Judge(kept, 30.0, [ROUTE])
    return judge.excuse(Failure('route', pool, method, f'{ONCE}-1', now - begun, how, '', code=code, body=AWAY, reason=reason))


HOLE = (LOSS, OPEN, 3, -4)  # it joined 3 s ago


def test_a_route_that_nobody_claims_suffers_from_a_loss_of_the_open_pool():
    assert excuse_of(HOLE, (UNCLAIMED, ROUTE, 2, -1)) == 'lost'
    assert excuse_of(HOLE, (UNCLAIMED, ROUTE, 2, 0.5)) == 'lost'  # it is claimed again, and the request was on its way
    assert excuse_of(HOLE, (ROUTER, None, 2, -1)) == 'lost'       # a router that has just started knows no routes
    assert excuse_of(HOLE, (UNCLAIMED, ROUTE, 2, -1), how='broken') == 'broken'


@pytest.mark.parametrize('windows', [
    (HOLE,),                                                    # a worker claims the route all the time
    (HOLE, (UNCLAIMED, ROUTE, 9, 2)),                           # it was claimed again before the request began
    (HOLE, (UNCLAIMED, 'deep', 2, -1)),                         # nobody claims another route
    ((UNCLAIMED, ROUTE, 2, -1),),                               # the open pool has lost nobody
    ((LOSS, OPEN, 9, 2), (UNCLAIMED, ROUTE, 2, -1)),            # … not since the request began
    ((LOSS, BIN, 3, -4), (UNCLAIMED, ROUTE, 2, -1)),            # another pool has lost a worker
], ids=range(6))
def test_no_other_loss_is_excused_by_it(windows):
    assert excuse_of(*windows) is None


def test_a_pool_that_is_no_route_does_not_suffer_from_the_open_one():
    assert excuse_of(HOLE, (ROUTER, None, 2, -1), pool=BIN) is None
    assert excuse_of((LOSS, BIN, 3, -4), pool=BIN) == 'lost'


def test_no_worker_has_a_path_only_while_workers_come_back():
    returning = (RETURNING, None, 3, -1)
    assert [excuse_of(returning, pool=pool, code=404) for pool in (OPEN, ROUTE)] == ['returning'] * 2
    assert excuse_of(returning, pool=SERVERS, code=404) is None
    assert excuse_of((RETURNING, None, 9, 2), (ROUTER, None, 9, -1), pool=OPEN, code=404) is None


REALM, OTHER = REALMS


def excuse_of_session(*windows, how='end', code=1001, reason=''):
    return excuse_of(*windows, pool=REALM, begun=0.1, how=how, code=code, method='WAMP', reason=reason)


def test_a_session_of_wamp_ends_without_goodbye_only_when_its_worker_is_lost():
    lost, leaves, router = (LOSS, REALM, 3, -1), (LEAVE, REALM, 3, -1), (ROUTER, None, 3, -1)
    assert excuse_of_session(lost) == 'lost'
    assert excuse_of_session(lost, code=RAW) == 'lost'
    assert excuse_of_session(lost, code=1006) is None  # a WebSocket without a Close
    assert excuse_of_session((LOSS, OTHER, 3, -1)) is None
    assert excuse_of_session(leaves) is None
    assert excuse_of_session(router) is None
    assert [excuse_of_session(one, reason=SHUTDOWN) for one in (leaves, router, lost)] == ['leaves', 'router', None]
    assert excuse_of_session(leaves, reason=SHUTDOWN, code=1006) is None
    assert excuse_of_session(leaves, reason='wamp.close.normal') is None


def test_sessions_hear_soon_that_their_worker_is_lost():
    assert excuse_of_session((LOSS, REALM, 3, -1), how='silent') == 'lost'
    assert excuse_of_session((LOSS, REALM, 9, 2), how='silent') is None


def test_a_realm_has_nobody_only_while_it_has_no_worker():
    absent, nobody = (ABSENT, REALM, 3, -1), {'how': 'abort', 'reason': 'wamp.error.no_such_realm'}
    assert excuse_of_session(absent, **nobody) == 'absent'
    assert excuse_of_session((ABSENT, REALM, 90, 30), **nobody) is None
    assert excuse_of_session((LOSS, REALM, 3, -1), **nobody) is None  # somebody is on standby
    waited = {'how': 'abort', 'reason': 'wamp.error.network_failure'}
    assert excuse_of_session(absent, **waited) is None  # clients wait longer
    assert excuse_of_session((ABSENT, REALM, 90, -1), **waited) == 'absent'


def test_others_answer_at_the_path_of_wamp_only_while_workers_come_back():
    for how in ({'how': 'stranger'}, {'how': 'status', 'code': 404}, {'how': 'connect'}):
        assert excuse_of_session((ROUTER, None, 3, -1), **how) == 'router'
        assert excuse_of_session((LOSS, REALM, 3, -1), (ABSENT, REALM, 3, -1), **how) is None
    assert excuse_of_session((ROUTER, None, 3, -1), how='status', code=503) is None


@pytest.mark.parametrize('how', ['late', 'wrong'])
def test_silence_and_other_bytes_of_wamp_are_never_excused(how):
    assert excuse_of_session((LOSS, REALM, 3, -1), (ROUTER, None, 3, -1), (ABSENT, REALM, 90, -1), how=how) is None
