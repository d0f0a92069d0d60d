"""Which certificate a client gets, and what happens when the files are wrong or change."""
import os
import shutil
import signal
import subprocess
import threading

import pytest
import tls_e2e as tls
import zeroway_e2e as z


def run(*words):
    return subprocess.run([z.program('router'), '-p', '0', '--fabric', 'ipc:///tmp/never-' + str(os.getpid()), *words],
                          capture_output=True, text=True, timeout=20 * z.SLOW)


def test_the_clients_name_chooses(stack):
    authority = tls.Authority(stack)
    router = tls.router_of(stack, *tls.options_of(authority.make('first.test'), authority.make('second.test', kind='rsa'),
                                                  authority.make('*.wild.test', 'wild.test')))
    def subject(*words):
        return tls.found(r'^subject=CN = (\S+)', tls.s_client(router, *words))
    assert subject('-noservername') == 'first.test'
    assert subject('-servername', 'first.test') == 'first.test'
    assert subject('-servername', 'SECOND.test') == 'second.test'
    assert subject('-servername', 'wild.test') == '*.wild.test'
    assert subject('-servername', 'a.wild.test') == '*.wild.test'
    assert subject('-servername', 'a.b.wild.test') == 'first.test'
    assert subject('-servername', 'stranger.test') == 'first.test'


def test_one_name_with_an_ecdsa_and_an_rsa_certificate(stack):
    authority = tls.Authority(stack)
    pairs = []
    for kind in ('ecdsa', 'rsa'):
        pairs.append([shutil.copy(file, file + '.' + kind) for file in authority.make('both.test', kind=kind)])
    router = tls.router_of(stack, *tls.options_of(*pairs))
    for kind in ('ECDSA', 'RSA'):
        told = tls.s_client(router, '-servername', 'both.test', '-tls1_2', '-cipher', f'ECDHE-{kind}-AES128-GCM-SHA256')
        assert tls.found(r'Cipher is (\S+)', told) == f'ECDHE-{kind}-AES128-GCM-SHA256'


def test_a_directory_of_pairs(stack):
    authority = tls.Authority(stack)
    folder = stack.path('pairs')
    os.mkdir(folder)
    for name in ('a.test', 'b.test'):
        certificate, key = authority.make(name)
        shutil.copy(certificate, folder)
        shutil.copy(key, folder)
    certificate, key = authority.make('c.test')
    with open(os.path.join(folder, 'c.pem'), 'wb') as both:
        both.write(open(certificate, 'rb').read() + open(key, 'rb').read())
    router = tls.router_of(stack, '--tls-dir', folder)
    for name in ('a.test', 'b.test', 'c.test'):
        with tls.Client(router, authority, name) as client:
            assert client.names() == [name]
    for file in authority.make('d.test'):  # one more, while it runs
        shutil.copy(file, folder)
    router.wait_log('new certificates')
    with tls.Client(router, authority, 'd.test') as client:
        assert client.names() == ['d.test']


@pytest.mark.parametrize('words, code, named', [
    (['--tls-cert', '{cert}'], 2, '--tls-key'),
    (['--tls-port', '9443'], 2, '--tls-port'),
    (['--tls-client-ca', '{cert}'], 2, '--tls-client-ca'),
    (['--tls-cert', '{cert}', '--tls-key', '{key}', '--tls-client-optional'], 2, '--tls-client-ca'),
    (['--tls-cert', '{cert}', '--tls-key', '/nowhere/x.key'], 1, '/nowhere/x.key'),
    (['--tls-cert', '/nowhere/x.crt', '--tls-key', '{key}'], 1, '/nowhere/x.crt'),
    (['--tls-cert', '{cert}', '--tls-key', '{other}'], 1, 'other.test.key'),
    (['--tls-cert', '{key}', '--tls-key', '{key}'], 1, 'one.test.key'),
    (['--tls-cert', '{cert}', '--tls-key', '{cert}'], 1, 'one.test.crt'),
    (['--tls-cert', '{cert}', '--tls-key', '{key}', '--tls-client-ca', '/nowhere/ca'], 1, '/nowhere/ca'),
    (['--tls-dir', '/nowhere'], 1, '/nowhere'),
    (['--tls-dir', '{empty}'], 1, 'empty')])
def test_wrong_files_are_named_at_the_start(stack, words, code, named):
    authority = tls.Authority(stack)
    certificate, key = authority.make('one.test')
    _, other = authority.make('other.test')
    os.mkdir(stack.path('empty'))
    names = {'cert': certificate, 'key': key, 'other': other, 'empty': stack.path('empty')}
    done = run(*[word.format(**names) for word in words])
    assert done.returncode == code
    assert named in done.stderr


def test_a_taken_port_is_named(stack):
    pair = tls.options_of(tls.Authority(stack).make('localhost'))
    router = tls.router_of(stack, *pair)
    done = run('-a', '127.0.0.1', '--tls-port', str(router.tls_port), *pair)
    assert done.returncode == 1
    assert str(router.tls_port) in done.stdout + done.stderr


def test_new_files_are_used_and_open_connections_stay(stack):
    authority, router = tls.start(stack, kind='hello-worker')
    old = tls.Client(router, authority)
    serial = old.serial()
    with old:
        authority.make('localhost', '127.0.0.1')
        router.wait_log('new certificates', within=2)
        with tls.Client(router, authority) as new:
            assert new.serial() != serial
        assert old.request('GET', '/').status == 200


def test_broken_new_files_leave_the_old_ones(stack):
    authority, router = tls.start(stack, kind='hello-worker')
    certificate = os.path.join(authority.folder, 'localhost.crt')
    good = open(certificate, 'rb').read()
    with open(certificate, 'wb') as file:
        file.write(b'-----BEGIN CERTIFICATE-----\nbroken\n')
    router.wait_log(r'old certificates stay in use: \S*localhost\.crt: ')
    with tls.Client(router, authority) as client:
        assert client.request('GET', '/').status == 200
    looked = router.log_size()
    router.signal(signal.SIGHUP)
    router.wait_log('old certificates stay', since=looked)
    with open(certificate, 'wb') as file:
        file.write(good)
    router.wait_log('new certificates', since=looked)
    with tls.Client(router, authority) as client:
        assert client.request('GET', '/').status == 200


def swap_in(authority, kind):
    """A new certificate and its key in the place of localhost's, one right behind the other."""
    old = [os.path.join(authority.folder, f'localhost.{end}') for end in ('crt', 'key')]
    for new, path in zip(authority.make('next.test', 'localhost', '127.0.0.1', kind=kind), old):
        os.replace(new, path)


def test_swaps_under_load(stack):
    authority, router = tls.start(stack, loops=2, kind='hello-worker')
    failed, done, stopping = [], [], threading.Event()

    def ask():
        while not stopping.is_set():
            try:
                with tls.Client(router, authority) as client:
                    assert client.request('GET', '/').status == 200
                done.append(client)
            except Exception as error:  # noqa: every failure counts
                failed.append(error)
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for swap in range(50 if z.LONG else 20):
            looked = router.log_size()
            swap_in(authority, 'rsa' if swap % 5 == 0 else 'ecdsa')
            if swap % 3 == 0:
                router.signal(signal.SIGHUP)
            router.wait_log('new certificates', since=looked, within=2)
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert not failed, failed[:3]
    assert len(done) > 100
    assert 'old certificates' not in router.log()


def test_a_certificate_that_ends_soon_is_warned_about_at_the_start_and_when_it_is_new(stack, monkeypatch):
    authority = tls.Authority(stack)
    good = authority.make('long.test')
    monkeypatch.setenv('DAYS', '13')
    soon = authority.make('soon.test')
    router = tls.router_of(stack, *tls.options_of(good, soon))
    told = router.wait_log(r'soon\.test\.crt expires in 1[23] days, on \d{4}-\d\d-\d\d')
    assert told and 'long.test.crt' not in router.log()
    since = router.log_size()
    router.signal(signal.SIGHUP)
    router.wait_log(r'soon\.test\.crt expires in 1[23] days', since=since)
