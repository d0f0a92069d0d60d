"""Sites of a file that share an HTTPS port: each has its certificate, its rules for clients, and its redirect."""
import re
import subprocess

import pytest

import sites_e2e as s
import tls_e2e as tls
import zeroway_e2e as z


def secure_site(port, authority, host, *names, in_site='', in_ssl='', more=''):
    certificate, key = authority.make(host, *names)
    return (s.site(port, host, host, f'fabric = false\nheaders = {{ "X-Site" = "{host}" }}\n{in_site}')
            + f'[sites.ssl]\nenabled = true\ncert_file = "{certificate}"\nkey_file = "{key}"\n{in_ssl}\n{more}')


class Sites:
    """open.test, b.open.test, closed.test (certificate required) and maybe.test (optional; /admin wants one) at one HTTPS
    port; plain.test at a port without TLS redirects to open.test's."""

    def __init__(self, stack):
        self.authority = tls.Authority(stack)
        self.clients = tls.Authority(stack, 'clients')
        self.ann = self.clients.make(client='ann')
        self.port, self.plain = z.free_port(), z.free_port()
        ask = f'client_ca = "{self.clients.ca}"'
        admin = ('[sites.proxy]\nenabled = true\n[[sites.proxy.routes]]\npath = "/admin"\nclient_certificate = true\n'
                 '[sites.proxy.routes.redirect]\nto = "/welcome"\n')
        text = (secure_site(self.port, self.authority, 'open.test', '*.open.test', in_site='default = true',
                            in_ssl='hsts = { max_age = "365d", include_subdomains = true }')
                + secure_site(self.port, self.authority, 'b.open.test', in_ssl='min_version = "1.3"')
                + secure_site(self.port, self.authority, 'closed.test', in_ssl=ask)
                + secure_site(self.port, self.authority, 'maybe.test', in_ssl=f'{ask}\nclient_auth = "optional"',
                              more=admin)
                + s.site(self.plain, 'open.test', 'plain',
                         'fabric = false\nredirect_to_https = true\ntrusted_proxies = ["127.0.0.2"]'))
        self.router = s.serve(stack, text, self.plain)
        self.router.tls_port = self.port

    def curl(self, host, path='/api/health', *words, port=None):
        """The status and the head that curl gets; status 0 without a reply."""
        port = port or self.port
        done = subprocess.run(
            ['curl', '-sS', '-i', '--max-time', str(z.PATIENCE * z.SLOW), '--cacert', self.authority.ca, '--connect-to',
             f'::127.0.0.1:{port}', *words, f'http{"s" if port == self.port else ""}://{host}:{port}{path}'],
            capture_output=True, text=True, timeout=2 * z.PATIENCE * z.SLOW)
        status = re.match(r'HTTP/\S+ (\d+)', done.stdout)
        return int(status.group(1)) if status else 0, done.stdout.lower()

    def as_ann(self):
        return '--cert', self.ann[0], '--key', self.ann[1]


@pytest.fixture
def sites(stack):
    return Sites(stack)


def test_the_name_of_the_handshake_chooses_certificate_and_site(sites):
    for host, served in (('open.test', 'open.test'), ('b.open.test', 'b.open.test'), ('c.open.test', 'open.test')):
        status, head = sites.curl(host)  # curl checks the certificate's name
        assert status == 200 and f'x-site: {served}\n' in head.replace('\r', '')
    shown = tls.s_client(sites.router, '-noservername')
    assert tls.found(r'subject=CN = (\S+)', shown) == 'open.test'  # the default site's
    assert tls.found(r'Cipher is (\S+)', tls.s_client(sites.router, '-servername', 'b.open.test', '-tls1_2')) == '(NONE)'
    assert tls.found(r'Cipher is (\S+)', tls.s_client(sites.router, '-servername', 'open.test', '-tls1_2')) != '(NONE)'


def test_http2_chooses_the_site_for_each_request(sites):
    status, head = sites.curl('c.open.test', '/api/health', '--http2', '-H', 'Host: b.open.test')
    assert status == 200 and head.startswith('http/2') and 'x-site: b.open.test' in head


def test_a_site_asks_for_certificates_of_its_authority(sites):
    assert sites.curl('closed.test')[0] == 0
    assert sites.curl('closed.test', '/api/health', *sites.as_ann())[0] == 200
    assert sites.curl('maybe.test')[0] == 200
    assert sites.curl('open.test')[0] == 200
    stranger = tls.Authority.make(sites.authority, client='stranger')
    assert sites.curl('closed.test', '/api/health', '--cert', stranger[0], '--key', stranger[1])[0] == 0


def test_a_route_asks_for_a_certificate(sites):
    status, page = sites.curl('maybe.test', '/admin')
    assert status == 403 and 'you may not use this address' in page
    assert sites.curl('maybe.test', '/x/%2e%2e/admin')[0] == 403
    assert sites.curl('maybe.test', '/admin', *sites.as_ann())[0] == 301


def test_a_host_of_a_stricter_site_is_misdirected(sites):
    for version in ('--http1.1', '--http2'):
        assert sites.curl('open.test', '/api/health', version, '-H', 'Host: closed.test')[0] == 421
        assert sites.curl('maybe.test', '/api/health', version, '-H', 'Host: closed.test', *sites.as_ann())[0] == 200
        assert sites.curl('maybe.test', '/api/health', version, '-H', 'Host: closed.test')[0] == 421
        assert sites.curl('maybe.test', '/api/health', version, '-H', 'Host: open.test')[0] == 200


@pytest.mark.parametrize('version', ['-tls1_2', '-tls1_3'])
def test_a_session_of_one_site_is_none_of_another(sites, stack, version):
    session = stack.path('session')

    def is_reused(name, *words):
        said = tls.s_client(sites.router, version, '-servername', name, '-ign_eof', *words,
                            say=f'GET /api/health HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n'.encode())
        assert 'HTTP/1.1 200' in said
        return tls.found(r'^(New|Reused), TLS', said) == 'Reused'

    is_reused('open.test', '-sess_out', session)
    assert is_reused('open.test', '-sess_in', session)
    assert not is_reused('maybe.test', '-sess_in', session)
    assert not is_reused('c.open.test', '-sess_in', session)
    certificate = ('-cert', sites.ann[0], '-key', sites.ann[1])
    is_reused('maybe.test', '-sess_out', session, *certificate)
    assert not is_reused('closed.test', '-sess_in', session, *certificate)
    assert is_reused('maybe.test', '-sess_in', session)


def test_the_redirect_goes_to_the_port_of_https_and_never_in_a_circle(sites):
    status, head = sites.curl('open.test', '/a?b', port=sites.plain)
    assert status == 301 and f'location: https://open.test:{sites.port}/a?b\r\n' in head.replace('\n', '\r\n')
    assert sites.curl('open.test', '/a', '-X', 'POST', '-d', 'x', port=sites.plain)[0] == 308
    assert 'strict-transport-security' not in head
    assert sites.curl('open.test', '/a', '-L', port=sites.plain)[1].count('http/1.1 301') == 1
    status, head = sites.curl('open.test')
    assert 'strict-transport-security: max-age=31536000; includesubdomains\n' in head.replace('\r', '')
    forwarded = ('-H', 'X-Forwarded-Proto: https')
    assert sites.curl('open.test', '/api/health', *forwarded, port=sites.plain)[0] == 301
    assert sites.curl('open.test', '/api/health', *forwarded, '--interface', '127.0.0.2', port=sites.plain)[0] == 200


def test_no_challenge_of_acme_is_open(sites):
    refused = tls.s_client(sites.router, '-servername', 'open.test', '-alpn', 'acme-tls/1')
    assert tls.found(r'Cipher is (\S+)', refused) == '(NONE)'


@pytest.mark.parametrize('broken', ['client_ca = "none.crt"', 'client_ca = "empty.crt"', 'ciphers = ["RC4-SHA"]'])
def test_wrong_rules_are_refused_at_the_start(stack, broken):
    authority = tls.Authority(stack)
    s.write(stack, '', 'empty.crt')
    done = s.check(stack, secure_site(z.free_port(), authority, 'a.test', in_ssl=broken))
    assert done.returncode == 1
    assert broken.split('"')[1] in done.stderr


def test_new_certificates_and_rules_of_a_site_are_for_new_connections(sites, stack):
    def serial():
        with tls.Client(sites.router, sites.authority, 'b.open.test') as client:
            return client.serial()

    before = serial()
    with tls.Client(sites.router, sites.authority, 'open.test') as old:
        sites.authority.make('b.open.test')
        sites.router.wait_log('new certificates are in use')
        assert serial() != before
        file = stack.path('router.toml')
        with open(file) as text:
            changed = text.read().replace('hsts =', f'client_ca = "{sites.clients.ca}"\nhsts =')
        with open(file, 'w') as text:
            text.write(changed)
        sites.router.signal(z.signal.SIGHUP)
        sites.router.wait_log('the configuration file is read again')
        assert sites.curl('open.test')[0] == 0
        assert sites.curl('open.test', '/api/health', *sites.as_ann())[0] == 200
        old.send(old.head_bytes('GET', '/api/health', host='open.test'))
        assert old.read_reply().status == 421  # it has never shown a certificate
