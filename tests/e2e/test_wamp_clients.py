"""A router and a wamp-worker are a WAMP system for the clients that people use: Autobahn in Python and in JavaScript."""
import sys

import pytest
from wamp_e2e import SUPPORT, check_client, npm_folder, run_client, serve

SERIALIZERS = ['json', 'msgpack', 'cbor']


@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_autobahn_in_python(stack, serializer):
    router = serve(stack)
    check_client(run_client([sys.executable, f'{SUPPORT}/wamp_autobahn.py', router.wamp_url, 'realm1', serializer], stack), 'wamp_autobahn.py')
    router.wait_idle()


@pytest.mark.parametrize('serializer', SERIALIZERS)
def test_autobahn_in_javascript(stack, serializer):
    folder = npm_folder('autobahn')
    router = serve(stack)
    check_client(run_client(['node', f'{SUPPORT}/wamp_autobahn.js', router.wamp_url, 'realm1', serializer], stack, {'NODE_PATH': folder}),
                 'wamp_things.js')
    router.wait_idle()
