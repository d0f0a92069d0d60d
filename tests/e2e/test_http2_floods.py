"""Attacks on one HTTP/2 connection: it is cut, the log says why once, and others are served meanwhile."""
import re
import socket

import floods
import pytest
import zeroway_e2e as z
from h2_peer import H2Client

GOAWAY, ENHANCE_YOUR_CALM = 7, 0xb


def frames_in(data):
    at = 0
    while len(data) - at >= 9:
        size = int.from_bytes(data[at:at + 3], 'big')
        yield data[at + 3], data[at + 9:at + 9 + size]
        at += 9 + size


def attack(router, name):
    """All that the router said until it closed."""
    said = b''
    with socket.create_connection(('127.0.0.1', router.port), 20 * z.SLOW) as bad:
        try:
            bad.sendall(floods.bytes_of(name))
        except OSError:
            pass  # it is cut
        try:
            while piece := bad.recv(262_144):
                said += piece
        except ConnectionResetError:
            pass  # what it sent was never read to its end
    return said


@pytest.mark.parametrize('name', floods.FLOODS)
def test_the_attacker_is_cut(stack, name):
    router = stack.router('--send-timeout', '1s', '--body-timeout', '1s')
    stack.httpbin()
    router.wait_workers(1)
    with H2Client(router.port) as good:
        good.request('/get')
        goaways = [payload for type_, payload in frames_in(attack(router, name)) if type_ == GOAWAY]
        assert len(goaways) == 1 and int.from_bytes(goaways[0][4:8], 'big') == ENHANCE_YOUR_CALM
        assert good.request('/get').status == 200
    line = router.wait_log(r'client 127\.0\.0\.1: connection closed: [^\n]*').group()
    assert re.search(floods.FLOODS[name].why, line)
    assert router.log().count('connection closed:') == 1
    router.wait_idle()
