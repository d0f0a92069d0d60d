"""Certificates of the router's own authority, and what the router says of certificates that it gets itself."""
import os
import re
import subprocess

import acme_e2e as a
import sites_e2e as s
import zeroway_e2e as z


def internal(stack, port, *hosts):
    return f'state_dir = "{stack.path("state")}"\n' + a.secure_site(port, *hosts, auto='"internal"')


def run(*words, env=None):
    return subprocess.run([z.program('router'), *words], capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW,
                          env={**os.environ, **(env or {})})


def test_the_routers_own_authority_serves_names_and_addresses_and_says_how_to_trust_it(stack):
    port = z.free_port()
    text = internal(stack, port, 'a.test', 'localhost')
    assert run('--trust', '-c', s.write(stack, text)).returncode == 1
    router = s.serve(stack, text, port)
    root = stack.path('state/internal/root.crt')
    with open(root) as file:
        roots = file.read()
    marks = [a.mark_of(a.certificate_of(port, name, roots)) for name in ('a.test', 'localhost')]
    done = subprocess.run(['curl', '-sS', '--cacert', root, '-o', '/dev/null', '-w', '%{http_code}',
                           f'https://localhost:{port}/api/health/live'], capture_output=True, text=True)
    assert (done.stderr, done.stdout) == ('', '200')
    told = run('--trust', '-c', s.write(stack, text))
    assert told.returncode == 0
    for word in (root, 'update-ca-certificates', 'update-ca-trust', 'add-trusted-cert', 'certutil -addstore', 'Firefox'):
        assert word in told.stdout
    checked = s.check(stack, text)
    assert re.search(r'certificate a\.test: .*/internal/a\.test\.pem is good until .* renewed after', checked.stdout)
    router.kill()
    s.serve(stack, text, port)
    assert [a.mark_of(a.certificate_of(port, name, roots)) for name in ('a.test', 'localhost')] == marks


def test_a_reload_brings_a_site_whose_certificate_the_router_gets(stack):
    port = z.free_port()
    router = s.serve(stack, internal(stack, port, 'a.test'), port)
    s.write(stack, internal(stack, port, 'a.test', 'b.test'))
    with open(stack.path('state/internal/root.crt')) as file:
        roots = file.read()
    router.signal(1)
    z.eventually(lambda: a.certificate_of(port, 'b.test', roots), what='a certificate for the new host')


def test_check_says_what_would_be_ordered_and_makes_nothing(stack):
    text = f'state_dir = "{stack.path("state")}"\n[acme]\nemail = "a@b.test"\n' + a.secure_site(8443, 'a.test', 'b.test')
    checked = s.check(stack, text)
    assert checked.returncode == 0, checked.stderr
    assert 'a.test, b.test ordered from https://acme-v02.api.letsencrypt.org/directory' in checked.stdout
    assert 'certificate b.test: none is stored, would be ordered from https://acme-v02' in checked.stdout
    assert not os.path.exists(stack.path('state'))


def test_without_the_client_the_start_fails_and_names_its_package(stack):
    text = f'state_dir = "{stack.path("state")}"\n[acme]\nemail = "a@b.test"\n' + a.secure_site(z.free_port(), 'a.test')
    done = run('-c', s.write(stack, text), '--fabric', stack.ipc(), env={'PATH': '/nowhere'})
    assert done.returncode == 1
    assert 'apt-get install lego' in done.stderr


def test_a_state_directory_that_cannot_be_written_is_named(stack):
    with open(stack.path('state'), 'w'):
        pass
    port = z.free_port()
    done = run('-c', s.write(stack, internal(stack, port, 'a.test')), '--fabric', stack.ipc())
    assert done.returncode == 1
    assert stack.path('state') in done.stderr


def test_answers_of_another_acme_client_are_served_before_every_rule(stack):
    port = z.free_port()
    os.mkdir(stack.path('answers'))
    with open(stack.path('answers/token-1'), 'w') as file:
        file.write('token-1.thumbprint')
    with open(stack.path('secret'), 'w') as file:
        file.write('secret')
    redirect = '[sites.proxy]\nenabled = true\n[[sites.proxy.routes]]\npath = "/"\n' \
               '[sites.proxy.routes.redirect]\nto = "/elsewhere"\n'
    text = s.site(port, 'a.test', more=f'[sites.ssl.acme]\nchallenge_dir = "{stack.path("answers")}"') + redirect
    s.serve(stack, text, port)
    reply = a.get(port, 'a.test', '/.well-known/acme-challenge/token-1')
    assert (reply.status, reply.body) == (200, b'token-1.thumbprint')
    assert a.get(port, 'a.test', '/.well-known/acme-challenge/token-1', 'HEAD').status == 200
    for path in ('token-2', '../secret', '..%2Fsecret', 'token-1/', 'token-1?x', ''):
        assert a.get(port, 'a.test', f'/.well-known/acme-challenge/{path}').status == 301, path
    assert a.get(port, 'a.test', '/.well-known/acme-challenge/token-1', 'POST').status in (301, 308)


def test_a_challenge_that_comes_before_the_listeners_turn_is_answered(stack):
    """The authority may come in the first moment in which the address is bound, when no loop runs yet."""
    port = z.free_port()
    os.mkdir(stack.path('answers'))
    with open(stack.path('answers/token-1'), 'w') as file:
        file.write('token-1.thumbprint')
    text = s.site(port, 'a.test', more=f'redirect_to_https = true\nhttps_port = 443\n[sites.ssl.acme]\n'
                                       f'challenge_dir = "{stack.path("answers")}"')
    for round_ in range(20):
        router = s.serve(stack, text, port, '--threads', 2, name=f'{round_}.toml', wait=False)
        first = first_connection(router, port)
        with first:
            first.send(first.head_bytes('GET', '/.well-known/acme-challenge/token-1', host='a.test'))
            reply = first.read_reply()
        assert (reply.status, reply.body) == (200, b'token-1.thumbprint')
        router.kill()


def first_connection(router, port):
    """The connection that the kernel takes as soon as the router has bound its address: nobody waits for a log line."""
    while router.is_running():
        try:
            return z.Connection(port)
        except ConnectionRefusedError:
            pass
    raise AssertionError(router.log())


class SmallDisk:
    """A disk of 256 KiB at the path, which can become read-only."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'none', path], check=True)

    def make_read_only(self):
        subprocess.run(['mount', '-o', 'remount,ro', self.path], check=True)

    def fill(self):
        with open(os.path.join(self.path, 'ballast'), 'wb', buffering=0) as file:
            try:
                while file.write(b'x' * 4096):
                    pass
            except OSError:
                pass

    def close(self):
        subprocess.run(['umount', '-l', self.path], check=True)


def test_a_full_and_then_a_read_only_state_directory_is_told_and_what_is_in_it_is_served(stack):
    port = z.free_port()
    disk = stack.closing(SmallDisk(stack.path('state')))
    router = s.serve(stack, internal(stack, port, 'a.test'), port)
    with open(stack.path('state/internal/root.crt')) as file:
        roots = file.read()
    mark = a.mark_of(a.certificate_of(port, 'a.test', roots))
    disk.fill()
    s.write(stack, internal(stack, port, 'a.test', 'b.test'))
    router.signal(1)
    router.wait_log('No space left on device')
    router.wait_log('the configuration file is not used: the router goes on as before')
    assert a.mark_of(a.certificate_of(port, 'a.test', roots)) == mark
    router.kill()
    os.remove(stack.path('state/ballast'))
    disk.make_read_only()
    again = s.serve(stack, internal(stack, port, 'a.test'), port)
    again.wait_log('takes no new certificates, those in it are served: .*Read-only file system')
    assert a.mark_of(a.certificate_of(port, 'a.test', roots)) == mark
