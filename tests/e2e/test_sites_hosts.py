"""Which site of a port answers, by the request's host (list B 21)."""
import pytest

import sites_e2e as s
import zeroway_e2e as z
from h2_peer import H2Client
from origins import Origin


def three_sites(stack, more=''):
    port = z.free_port()
    text = ''
    for name, host, keys in (('a', 'a.test', 'hostnames = ["alias.test", "*.wild.test"]'),
                             ('b', 'b.test', f'default = true\n{more}'), ('c', '127.0.0.1', '')):
        origin = stack.closing(Origin(name=name))
        text += (s.site(port, host, name, keys) + '[sites.proxy]\nenabled = true\n' + s.pool(origin) + s.route())
    return s.serve(stack, text, port)


def ask(router, host):
    with router.connect() as connection:
        connection.send(connection.head_bytes('GET', '/', host=host))
        reply = connection.read_reply()
        return reply.text if reply.status == 200 else reply.status


@pytest.mark.parametrize('host, site', [
    ('a.test', 'a'), ('A.Test', 'a'), ('a.test:8080', 'a'), ('alias.test', 'a'), ('x.wild.test', 'a'),
    ('b.test', 'b'), ('127.0.0.1', 'c'), ('127.0.0.1:80', 'c'), ('unknown.test', 'b'), ('xa.test', 'b'),
    ('wild.test', 'b'), ('[::1]:80', 'b'), ('a.test.', 'a')])
def test_the_host_chooses_the_site_and_unknown_hosts_have_the_default_one(stack, host, site):
    assert ask(three_sites(stack), host) == site


def test_a_site_that_is_strict_answers_421_to_unknown_hosts(stack):
    router = three_sites(stack, 'strict_host = true')
    assert ask(router, 'unknown.test') == 421
    assert ask(router, 'b.test') == 'b'


def test_http2_chooses_by_authority(stack):
    router = three_sites(stack)
    with H2Client(router.port) as client:
        for host, site in (('a.test', b'a'), ('B.test', b'b'), ('unknown.test', b'b')):
            head = [(':method', 'GET'), (':scheme', 'http'), (':authority', host), (':path', '/')]
            assert bytes(client.wait(client.open(pseudo=head)).body) == site


def test_an_authority_and_another_host_are_400_and_the_same_host_goes_on_once(stack):
    router = three_sites(stack)
    head = [(':method', 'GET'), (':scheme', 'http'), (':authority', 'a.test'), (':path', '/')]
    with H2Client(router.port) as client:
        reply = client.wait(client.open(pseudo=head, fields=[('host', 'b.test')]))
        assert reply.status == 400 or reply.reset is not None
        assert client.wait(client.open(pseudo=head, fields=[('host', 'a.test')])).status == 200
    origin = next(closer for closer in stack.closers if closer.name == 'a')
    assert origin.last.all('host') == ['a.test']


@pytest.mark.parametrize('head', [
    b'GET / HTTP/1.1\r\n\r\n', b'GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n',
    b'GET / HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n', b'GET / HTTP/1.1\r\nHost: a.test/x\r\n\r\n',
    b'GET / HTTP/1.1\r\nHost: user@a.test\r\n\r\n'], ids=['none', 'two', 'list', 'path', 'user'])
def test_a_host_that_is_missing_or_wrong_is_400(stack, head):
    router = three_sites(stack)
    with router.connect() as connection:
        connection.send(head)
        assert connection.read_reply().status == 400


def test_sites_of_two_ports_do_not_see_each_other(stack):
    ports = [z.free_port(), z.free_port()]
    text = ''
    for name, port in zip('ab', ports):
        origin = stack.closing(Origin(name=name))
        text += s.site(port, 'same.test', name) + '[sites.proxy]\nenabled = true\n' + s.pool(origin) + s.route()
    router = s.serve(stack, text, ports[0])
    for name, port in zip('ab', ports):
        router.port = port
        assert ask(router.wait_bound(), 'same.test') == name
