"""A router and a wamp-worker are a WAMP system for the clients that people use: Autobahn in Python and in JavaScript."""
import os
import re
import subprocess
import sys

import pytest
from wamp_e2e import npm_folder, serve
from zeroway_e2e import PATIENCE, SLOW

SUPPORT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'support')
SERIALIZERS = ['json', 'msgpack', 'cbor']


def things_of(source):
    """The names of all that a client tries, in the order of its source."""
    with open(os.path.join(SUPPORT, source)) as file:
        text = file.read()
    if source.endswith('.js'):
        return re.findall(r'(?m)^  async (\w+)\(', text)
    return re.findall(r'\w+', text.split('THINGS = [')[1].split(']')[0])


def run_client(argv, stack, env=None):
    log = stack.path('client.log')
    with open(log, 'wb') as file:
        subprocess.run(argv, stdout=file, stderr=subprocess.STDOUT, timeout=6 * PATIENCE * SLOW, env={**os.environ, **(env or {})})
    with open(log) as file:
        return file.read()


def check(told, source):
    done = re.findall(r'(?m)^ok (\w+)$', told)
    assert done == things_of(source), told[-6_000:]


@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_autobahn_in_python(stack, serializer):
    router = serve(stack)
    check(run_client([sys.executable, f'{SUPPORT}/wamp_autobahn.py', router.wamp_url, 'realm1', serializer], stack), 'wamp_autobahn.py')
    router.wait_idle()


@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_autobahn_in_javascript(stack, serializer):
    folder = npm_folder('autobahn')
    router = serve(stack)
    check(run_client(['node', f'{SUPPORT}/wamp_autobahn.js', router.wamp_url, 'realm1', serializer], stack, {'NODE_PATH': folder}),
          'wamp_autobahn.js')
    router.wait_idle()
