"""The wamp-worker's broker and dealer without a router (wamp-alone), which tools/bench measures beside both together."""
import json
import re
import signal
import subprocess
import sys

import pytest
from test_raw_socket import OFFERS, PING, PONG, Raw
from wamp_e2e import SUPPORT, check_client, run_client
import zeroway_e2e as z


def start(stack, place='0', *realms):
    """The program, and the place where it listens as it says it."""
    alone = stack.start([z.program('wamp-alone'), place, *(realms or ('realm1',))])
    return alone, alone.wait_log(r'listening at (?:127\.0\.0\.1:|unix:)(\S+)\n')[1]


@pytest.mark.parametrize('serializer', OFFERS)
@pytest.mark.parametrize('transport', ['tcp', 'unix'])
def test_sessions_call_and_publish(stack, transport, serializer):
    is_unix = transport == 'unix'
    alone, place = start(stack, f'unix:{stack.path("alone.sock")}' if is_unix else '0')
    dial = (lambda: Raw.at_socket(place)) if is_unix else (lambda: Raw.at(int(place)))
    with dial() as callee, dial() as caller:
        callee.join(serializer)
        caller.join('json')
        callee.say(64, 1, {}, 'com.example.echo')
        assert callee.heard()[0] == 65
        large = 'x' * 1_000_000
        caller.say(48, 1, {}, 'com.example.echo', ['é', large])
        invocation = callee.heard()
        assert invocation[0] == 68 and invocation[4] == ['é', large]
        callee.say(70, invocation[1], {}, invocation[4])
        assert caller.heard() == [50, 1, {}, ['é', large]]
        callee.say(32, 2, {}, 'com.example.topic')
        assert callee.heard()[:2] == [33, 2]
        caller.say(16, 2, {'acknowledge': True}, 'com.example.topic', [7])
        assert caller.heard()[:2] == [17, 2]
        assert callee.heard()[4] == [7]
        caller.frame(b'there?', PING)
        assert caller.hear() == (PONG, b'there?')
    alone.terminate()
    assert alone.wait() == 0


def test_autobahn_in_python(stack):
    _, port = start(stack)
    client = [sys.executable, f'{SUPPORT}/wamp_autobahn.py', f'tcp:127.0.0.1:{port}', 'realm1', 'cbor']
    check_client(run_client(client, stack), 'wamp_autobahn.py')


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_it_ends_by_a_signal_and_its_sessions_end_with_goodbye(stack, number):
    alone, port = start(stack)
    with Raw.at(int(port)) as joined, Raw.at(int(port)) as silent:
        joined.join()
        silent.send('7f')
        alone.signal(number)
        assert joined.heard() == [6, {}, 'wamp.close.system_shutdown']
        assert joined.rest() == '' and silent.rest() == ''
    assert alone.wait() == 0


def test_clients_that_break_rules_or_leave_are_gone_and_others_stay(stack):
    _, port = start(stack)
    with Raw.at(int(port)) as stays:
        stays.join()
        for offer, answer in (('7ff00000', '7f100000'), ('7ff10100', '7f300000'), ('474554', '')):
            with Raw.at(int(port)) as client:
                client.send(offer)
                assert client.rest() == answer
        with Raw.at(int(port)) as client:
            client.join()
            client.frame(b'[')
            assert json.loads(client.hear()[1])[2] == 'wamp.error.protocol_violation'
            assert client.rest() == ''
        with Raw.at(int(port)) as callee:
            callee.join()
            callee.say(64, 1, {}, 'com.example.echo')
            assert callee.heard()[0] == 65
        stays.say(48, 1, {}, 'com.example.echo')
        assert stays.heard()[:3] == [8, 48, 1]  # the callee is gone, before the call or behind it


def test_a_call_expires_while_nobody_speaks(stack):
    _, port = start(stack)
    with Raw.at(int(port)) as client:
        client.join()
        client.say(64, 1, {}, 'com.example.slow')
        assert client.heard()[0] == 65
        client.say(48, 2, {'timeout': 50}, 'com.example.slow')
        assert client.heard()[0] == 68
        heard = [client.heard(), client.heard()]
        assert sorted(message[0] for message in heard) == [8, 69], heard
        assert [message[4] for message in heard if message[0] == 8] == ['wamp.error.timeout']


@pytest.mark.parametrize('words, wrong', [
    ([], r'^usage: wamp-alone PORT\|unix:/SOCKET REALM'),
    (['0'], r'^usage: '),
    (['65536', 'realm1'], r'^wamp-alone: 65536: must be a port from 0 to 65535, or unix:/SOCKET$'),
    (['unix:here', 'realm1'], r'^wamp-alone: unix:here: must be a port '),
    (['0', 'realm 1'], r'^wamp-alone: realm realm 1: must be a name like realm1'),
])
def test_wrong_words_are_refused(words, wrong):
    done = subprocess.run([z.program('wamp-alone'), *words], capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)
    assert done.returncode == 2
    assert re.search(wrong, done.stderr), done.stderr
