"""Client certificates: who may come, and what workers are told that nobody else can say."""
import json
import ssl
import subprocess

import pytest
import tls_e2e as tls
import zeroway_e2e as z

FIELD = 'X-Client-Cert-Subject'


def told(client, fields=()):
    return json.loads(client.request('GET', '/get', fields).text)['headers']


def stack_with(stack, *more):
    authority = tls.Authority(stack)
    pair = authority.make('localhost')
    router = tls.router_of(stack, *tls.options_of(pair), '--tls-client-ca', authority.ca, *more)
    stack.httpbin()
    return authority, router.wait_workers(1)


def test_a_client_without_certificate_is_refused(stack):
    authority, router = stack_with(stack)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        with tls.Client(router, authority) as client:
            client.request('GET', '/get')
    z.eventually(lambda: router.counters()['tls_failed'] == 1)


def test_the_subject_is_told_and_cannot_be_said(stack):
    authority, router = stack_with(stack, '--trusted-proxy', '127.0.0.1')
    ann = authority.make(client='ann')
    with tls.Client(router, authority, certificate=ann) as client:
        assert told(client)[FIELD] == 'CN=ann'
        assert told(client, ((FIELD, 'CN=root'), (FIELD.lower(), 'CN=admin')))[FIELD] == 'CN=ann'
    with router.connect() as plain:
        assert FIELD not in told(plain, ((FIELD, 'CN=root'),))


def test_a_stranger_is_refused_even_where_certificates_are_optional(stack):
    authority, router = stack_with(stack, '--tls-client-optional')
    with tls.Client(router, authority) as client:
        assert FIELD not in told(client, ((FIELD, 'CN=root'),))
    with tls.Client(router, authority, certificate=authority.make(client='ben')) as client:
        assert told(client)[FIELD] == 'CN=ben'
    stranger = tls.Authority(stack, 'another').make(client='eve')
    with pytest.raises((ssl.SSLError, ConnectionError)):
        with tls.Client(router, authority, certificate=stranger) as client:
            client.request('GET', '/get')


def test_a_resumed_session_has_its_clients_subject(stack):
    authority, router = stack_with(stack)
    context = ssl.create_default_context(cafile=authority.ca)
    context.load_cert_chain(*authority.make(client='ann'))
    with tls.Client(router, authority, context=context) as client:
        assert told(client)[FIELD] == 'CN=ann'
        session = client.socket.session
    with tls.Client(router, authority, context=context, session=session) as client:
        assert client.socket.session_reused
        assert told(client)[FIELD] == 'CN=ann'


def test_over_http2_too(stack):
    authority, router = stack_with(stack)
    certificate, key = authority.make(client='ann')
    done = subprocess.run(['curl', '-s', '--http2', '--cacert', authority.ca, '--cert', certificate, '--key', key, '-H',
                           f'{FIELD}: CN=root', f'https://localhost:{router.tls_port}/get'],
                          capture_output=True, text=True, timeout=20 * z.SLOW, check=True)
    assert json.loads(done.stdout)['headers'][FIELD] == 'CN=ann'
