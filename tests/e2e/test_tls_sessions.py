"""Session tickets: resumed on every loop, across rotations of their keys, and not for ever."""
import os
import ssl

import pytest
import tls_e2e as tls
import zeroway_e2e as z


def session_of(router, authority, context):
    with tls.Client(router, authority, context=context) as client:
        assert client.request('GET', '/').status == 200
        return client.socket.session


def is_reused(router, authority, context, session):
    with tls.Client(router, authority, context=context, session=session) as client:
        assert client.request('GET', '/').status == 200
        return client.socket.session_reused


def context_of(authority, version):
    context = ssl.create_default_context(cafile=authority.ca)
    context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize('version', [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_ticket_is_good_on_every_loop(stack, version):
    authority, router = tls.start(stack, loops=4, kind='hello-worker')
    context = context_of(authority, version)
    session = session_of(router, authority, context)
    assert all(is_reused(router, authority, context, session) for _ in range(20))
    assert router.counters()['tls_resumed'] == 20


def test_keys_are_rotated_and_old_tickets_end(stack):
    authority, router = tls.start(stack, '--tls-ticket-rotation', '1s', kind='hello-worker')
    context = context_of(authority, ssl.TLSVersion.TLSv1_2)
    # A ticket is good for a second at least, which is short for a machine that is busy: one of several is used in time.
    session = z.eventually(lambda: (one := session_of(router, authority, context))
                           and is_reused(router, authority, context, one) and one, what='a ticket that is good')
    z.eventually(lambda: not is_reused(router, authority, context, session), every=0.2, what='the end of the ticket')


def test_tickets_outlive_new_certificates(stack):
    authority, router = tls.start(stack, kind='hello-worker')
    context = context_of(authority, ssl.TLSVersion.TLSv1_3)
    session = session_of(router, authority, context)
    authority.make('localhost', '127.0.0.1')
    router.wait_log('new certificates')
    assert is_reused(router, authority, context, session)


def test_no_early_data(stack):
    _, router = tls.start(stack, kind='hello-worker')
    file = stack.path('session')
    ask = b'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
    told = tls.s_client(router, '-tls1_3', '-sess_out', file, '-ign_eof', say=ask)
    assert os.path.exists(file)
    assert 'Max Early Data: 0' in told
