"""router --check says what a file means, or everything that is wrong with it (list B 3, 5, 21, 27)."""
import json
import re
import socket
import subprocess

import pytest

import sites_e2e as s
import tls_e2e as tls
import zeroway_e2e as z

URL = 'http://127.0.0.1:3001'


def method(word):
    return f'[sites.proxy.load_balancing]\nmethod = "{word}"\n'


WRONG = {
    'an unknown method of balance': (s.proxied(8080, URL, tables=method('fastest')), ['fastest', 'round_robin']),
    'all weights are 0': (s.proxied(8080, (URL, 'weight = 0'), ('http://127.0.0.1:3002', 'weight = 0')), ['weight']),
    'a route to an unknown pool': (s.proxied(8080, URL) + s.route('/x', 'bakend'), ['bakend', 'backend']),
    'a proxy without servers': (s.site(8080) + '[sites.proxy]\nenabled = true\n', ['upstream']),
    'a URL of another scheme': (s.proxied(8080, 'ftp://127.0.0.1:21'), ['ftp://127.0.0.1:21']),
    'a missing certificate': (s.site(8443) + '[sites.ssl]\nenabled = true\ncert_file = "no.crt"\nkey_file = "no.key"\n',
                              ['no.crt', 'no.key']),
    'two sites of one host and port': (s.site(8080) + s.site(8080, name='other'), ['zeroway.test']),
    'HTTP and HTTPS on one port': (s.site(8080) + s.site(8080, 'b.test', 'b', '') + '[sites.ssl]\nenabled = true\n',
                                   ['8080', 'HTTPS']),
    'an unknown key': (s.site(8080, more='hostnmaes = ["a.test"]'), ['hostnmaes', 'hostnames']),
    'two routes of one path': (s.proxied(8080, URL) + s.route('/'), ['taken']),
    'no port': ('[[sites]]\nname = "main"\nhostname = "a.test"\n', ['port']),
    'a port that is none': (s.site(8080).replace(':8080"', ':99999"'), ['99999']),
    'a field value with a line break': (
        s.proxied(8080, URL, tables='[sites.proxy.headers.add]\n"X-A" = "a\\r\\nb: c"\n'), ['add']),
    'a variable that nobody knows': (
        s.proxied(8080, URL, tables='[sites.proxy.headers.add]\n"X-A" = "$remote_adr"\n'), ['remote_adr']),
    'no TOML at all': ('[[sites]\n', [':1:']),
}


@pytest.mark.parametrize('case', WRONG, ids=lambda case: case.replace(' ', '-'))
def test_a_wrong_file_is_refused_and_the_error_names_place_and_value(stack, case):
    text, words = WRONG[case]
    done = s.check(stack, text)
    assert done.returncode == 1, done
    for word in (*words, 'router.toml:'):
        assert word in done.stdout + done.stderr, word


def test_all_errors_are_told_at_once(stack):
    tables = method('fastest') + '[sites.proxy.timeout]\nread = "soon"\n'
    done = s.check(stack, s.proxied(8080, (URL, 'wieght = 1'), tables=tables))
    assert done.returncode == 1
    assert all(word in done.stdout + done.stderr for word in ('wieght', 'fastest', 'soon'))


def test_a_wrong_file_does_not_start_a_router(stack):
    path = s.write(stack, s.proxied(z.free_port(), URL, tables=method('fastest')))
    done = subprocess.run([z.program('router'), '-c', path, '--fabric', stack.ipc()], capture_output=True, text=True,
                          timeout=z.PATIENCE * z.SLOW)
    assert done.returncode != 0
    assert 'fastest' in done.stdout + done.stderr


def test_a_port_that_another_program_has_is_named(stack):
    with socket.socket() as other:
        other.bind(('127.0.0.1', 0))
        other.listen()
        port = other.getsockname()[1]
        path = s.write(stack, s.proxied(port, URL))
        done = subprocess.run([z.program('router'), '-c', path, '--fabric', stack.ipc()],
                              capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)
    assert done.returncode != 0
    assert str(port) in done.stdout + done.stderr


@pytest.mark.parametrize('word', ['round_robin', 'weighted', 'least_connections', 'least_conn', 'random_two', 'ip_hash',
                                  'hash:x-user', 'first'])
def test_every_method_of_balance_is_accepted(stack, word):
    assert s.check(stack, s.proxied(8080, URL, tables=method(word))).returncode == 0


@pytest.mark.parametrize('option', ['--check', '--dry-run'])
def test_a_good_file_is_told_in_a_few_lines(stack, option):
    done = subprocess.run([z.program('router'), option, '-c', s.write(stack, s.proxied(8080, URL, path='/api/'))],
                          capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)
    assert done.returncode == 0, done.stderr
    for word in ('127.0.0.1:8080', 'zeroway.test', '/api/', 'backend'):
        assert word in done.stdout
    assert len(done.stdout.splitlines()) < 20


def test_the_days_that_certificates_are_good_are_told_and_an_end_that_is_near_is_a_warning(stack):
    certificate, key = tls.Authority(stack).make('zeroway.test')
    ssl = f'[sites.ssl]\nenabled = true\ncert_file = "{certificate}"\nkey_file = "{key}"\n'
    done = s.check(stack, s.site(8443) + ssl)
    assert done.returncode == 0, done
    assert re.search(rf'certificate {certificate}: good for \d+ days, until \d{{4}}-', done.stdout)
    subprocess.run(['openssl', 'x509', '-in', certificate, '-key', key, '-days', '3', '-out', certificate], check=True,
                   capture_output=True)
    done = s.check(stack, s.site(8443) + ssl)
    assert done.returncode == 0, done
    assert ': good for 2 days, until' in done.stdout or 'hours, until' in done.stdout
    assert re.search(r'expires in .*\(warning\)', done.stderr)


def test_several_sites_without_a_default_are_a_warning_and_the_first_one_answers(stack):
    port = z.free_port()
    text = (s.site(port, 'a.test', 'a', 'fabric = false\nheaders = { "X-Site" = "a" }')
            + s.site(port, 'b.test', 'b', 'fabric = false\nheaders = { "X-Site" = "b" }'))
    done = s.check(stack, text)
    assert done.returncode == 0 and 'default' in done.stdout + done.stderr
    router = s.serve(stack, text, port)
    with router.connect() as connection:
        connection.send(connection.head_bytes('GET', '/', host='c.test'))
        assert connection.read_reply().get('x-site') == 'a'


def test_json_says_the_same_as_toml(stack):
    port = z.free_port()
    file = {'sites': [{'name': 'main', 'hostname': 'zeroway.test', 'listen': [f'127.0.0.1:{port}'], 'fabric': False,
                       'headers': {'X-Site': 'json'}}]}
    assert s.check(stack, json.dumps(file), name='router.json').returncode == 0
    router = s.serve(stack, json.dumps(file), port, name='router.json')
    reply = router.get('/')
    assert (reply.status, reply.get('x-site')) == (404, 'json')
