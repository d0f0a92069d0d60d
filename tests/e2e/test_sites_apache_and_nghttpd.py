"""Apache and nghttpd behind the router: HTTP/1.1, HTTP/2 in cleartext and over TLS, PROXY headers, bodies, trailers."""
import os
import shutil
import signal

import pytest

from h2_peer import H2Client
import sites_e2e as s
import tls_e2e as tls
import zeroway_e2e as z
from test_sites_real_servers import files, must_serve_a_file

APACHE, NGHTTPD = '/usr/sbin/apache2', shutil.which('nghttpd')
MODULES = ('mpm_event', 'authz_core', 'mime', 'dir', 'headers', 'deflate', 'filter', 'alias', 'http2', 'ssl', 'remoteip')
APACHE_FILE = '''
ServerRoot {folder}
ServerName inside.test
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
Mutex pthread
StartServers 1
MaxKeepAliveRequests {requests}
TypesConfig /dev/null
AddType text/plain .txt
{modules}
Listen 127.0.0.1:{port}
{inside}
DocumentRoot {folder}/files
<Directory {folder}/files>
  Require all granted
  AddOutputFilterByType DEFLATE text/plain
</Directory>
Redirect /moved /elsewhere
Header always set X-Client "expr=%{{REMOTE_ADDR}}"
<Location /small>
  LimitRequestBody 10
</Location>
'''


@pytest.fixture(autouse=True)
def both_are_there():
    if not os.path.exists(APACHE) or NGHTTPD is None:
        pytest.skip('apache2-bin and nghttp2-server are not installed')


def apache(stack, inside='', requests=1000):
    """The port of an Apache that serves the files of files(); /folder is a folder."""
    os.makedirs(files(stack) + '/folder')
    os.chmod(stack.folder, 0o755)  # its children run as another user
    port = z.free_port()
    modules = '\n'.join(f'LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so' for name in MODULES)
    with open(stack.path('apache.conf'), 'w') as file:
        file.write(APACHE_FILE.format(folder=stack.folder, port=port, requests=requests, modules=modules, inside=inside))
    stack.start([APACHE, '-DFOREGROUND', '-f', stack.path('apache.conf')], name='apache', ends_by=signal.SIGTERM)
    z.eventually(lambda: not z._is_free(port), what='Apache')
    return port


def nghttpd(stack, *options, pair=None):
    port = z.free_port()
    end = [pair[1], pair[0]] if pair else ['--no-tls']
    stack.start([NGHTTPD, '-a', '127.0.0.1', '-d', files(stack), *options, str(port), *end], name='nghttpd')
    z.eventually(lambda: not z._is_free(port), what='nghttpd')
    return port


def must_serve_files(router):
    with router.connect() as connection:
        must_serve_a_file(connection)
        assert connection.request('POST', '/small/x', body=b'x' * 100).status in (404, 413)
        assert connection.request(path='/text.txt').status == 200


@pytest.mark.parametrize('scheme, inside', [('http', ''), ('h2c', 'Protocols h2c http/1.1\n')])
def test_apache_serves_whole_files_parts_and_not_modified(stack, scheme, inside):
    must_serve_files(s.front(stack, f'{scheme}://127.0.0.1:{apache(stack, inside)}'))


def test_apache_over_tls_speaks_http2_with_a_verified_name(stack):
    authority = tls.Authority(stack)
    certificate, key = authority.make('localhost')
    port = apache(stack, f'Protocols h2 http/1.1\nSSLEngine on\nSSLCertificateFile {certificate}\n'
                         f'SSLCertificateKeyFile {key}\nSSLSessionCache none\n')
    must_serve_files(s.front(stack, (f'https://localhost:{port}', f'ca_file = "{authority.ca}"')))


@pytest.mark.parametrize('version', ['v1', 'v2'])
def test_apache_believes_the_proxy_header(stack, version):
    port = apache(stack, 'RemoteIPProxyProtocol On\n')
    router = s.front(stack, (f'http://127.0.0.1:{port}', f'proxy_protocol = "{version}"'),
                     in_site='proxy_protocol = true\ntrusted_proxies = ["127.0.0.0/8"]')
    with router.connect() as connection:
        connection.send(b'PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n')
        assert connection.request(path='/text.txt').get('x-client') == '192.0.2.7'


def test_redirects_of_apache_lead_below_the_prefix(stack):
    router = s.front(stack, f'http://127.0.0.1:{apache(stack)}', path='/docs/', in_route='strip_prefix = true')
    assert router.get('/docs/folder').get('location') == 'http://zeroway.test/docs/folder/'
    assert router.get('/docs/moved').get('location') == 'http://zeroway.test/docs/elsewhere'


def test_apache_that_closes_after_a_few_requests_is_never_seen(stack):
    router = s.front(stack, f'http://127.0.0.1:{apache(stack, requests=3)}')
    with z.Load(router.port, 4, limit=50, make=lambda id: ('GET', '/text.txt', (), None)) as load:
        load.join()
    assert load.failed == []


@pytest.mark.parametrize('is_tls', [False, True])
def test_nghttpd_serves_files_echoes_bodies_and_sends_trailers(stack, is_tls):
    authority = tls.Authority(stack) if is_tls else None
    port = nghttpd(stack, '--echo-upload', '--trailer', 'x-sum: 7', pair=authority.make('localhost') if is_tls else None)
    member = (f'https://localhost:{port}', f'ca_file = "{authority.ca}"') if is_tls else f'h2c://127.0.0.1:{port}'
    router = s.front(stack, member)
    with H2Client(router.port) as client:
        reply = client.request('/text.txt')
        assert (reply.status, len(reply.body), reply.trailers) == (200, 10_000, [('x-sum', '7')])
    with router.connect() as connection:
        body = os.urandom(1_000_000)
        assert connection.request('POST', '/', body=body).body == body
        assert connection.request(path='/none').status == 404


def test_more_requests_than_nghttpd_takes_at_once_wait_their_turn(stack):
    router = s.front(stack, f'h2c://127.0.0.1:{nghttpd(stack, "--max-concurrent-streams=3")}')
    with z.Load(router.port, 16, limit=10, make=lambda id: ('GET', '/text.txt', (), None)) as load:
        load.join()
    assert load.failed == []
