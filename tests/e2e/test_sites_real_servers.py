"""Servers that others wrote, behind the router: python3's http.server, nginx, Node (list B 16, 17, 20, 28)."""
import json
import os
import shutil
import signal

import pytest

import sites_e2e as s
import zeroway_e2e as z
from test_sites_websocket import node

NGINX = shutil.which('nginx') or '/usr/sbin/nginx'
NGINX_FILE = '''
daemon off;
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests {requests};
  client_max_body_size 100k;
  gzip on; gzip_min_length 1; gzip_types text/plain;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
    location /upload {{ return 200 "taken"; }}
    location /small {{ client_max_body_size 10; proxy_pass http://127.0.0.1:{port}/upload; }}
    location /moved {{ return 301 /elsewhere; }}
  }}
}}
'''


def files(stack):
    folder = stack.path('files')
    os.makedirs(folder, exist_ok=True)
    with open(folder + '/text.txt', 'w') as file:
        file.write('0123456789' * 1000)
    return folder


def nginx(stack, requests=1000):
    if not os.path.exists(NGINX):
        pytest.skip('no nginx here')
    files(stack)
    port = z.free_port()
    with open(stack.path('nginx.conf'), 'w') as file:
        file.write(NGINX_FILE.format(folder=stack.folder, port=port, requests=requests))
    stack.start([NGINX, '-p', stack.folder, '-c', stack.path('nginx.conf')], name='nginx', ends_by=signal.SIGTERM)
    z.eventually(lambda: not z._is_free(port), what='nginx')
    return f'http://127.0.0.1:{port}'


def must_serve_a_file(connection):
    """Whole, in part, not modified, its head only, compressed; and none."""
    whole = connection.request(path='/text.txt')
    assert (whole.status, len(whole.body)) == (200, 10_000)
    part = connection.request(path='/text.txt', headers=[('Range', 'bytes=5-14')])
    assert (part.status, part.body, part.get('content-range')) == (206, b'5678901234', 'bytes 5-14/10000')
    same = connection.request(path='/text.txt', headers=[('If-None-Match', whole.get('etag'))])
    assert (same.status, same.body) == (304, b'')
    head = connection.request('HEAD', '/text.txt')
    assert (head.get('content-length'), head.body) == ('10000', b'')
    packed = connection.request(path='/text.txt', headers=[('Accept-Encoding', 'gzip')])
    assert packed.get('content-encoding') == 'gzip' and len(packed.body) < 1000
    assert connection.request(path='/none').status == 404


def test_nginx_serves_whole_files_parts_and_not_modified_through_the_router(stack):
    router = s.front(stack, nginx(stack))
    with router.connect() as connection:
        must_serve_a_file(connection)
        assert connection.request(path='/moved').get('location').endswith('/elsewhere')


def test_nginx_refuses_an_upload_that_is_too_large_and_the_client_hears_it(stack):
    router = s.front(stack, nginx(stack))
    with router.connect() as connection:
        assert connection.request('POST', '/small', body=b'x' * 100).status == 413
    answer = router.request('POST', '/upload', body=b'x' * 5_000_000)
    assert answer.status in (200, 413)


def test_nginx_that_closes_after_a_few_requests_is_never_seen(stack):
    router = s.front(stack, nginx(stack, requests=3))
    with z.Load(router.port, 4, limit=100, make=lambda id: ('GET', '/text.txt', (), None)) as load:
        load.join()
    assert load.failed == []


def test_python_serves_a_folder_through_the_router(stack):
    port = z.free_port()
    stack.start(['/usr/bin/python3', '-m', 'http.server', str(port), '--bind', '127.0.0.1', '-d', files(stack)])
    z.eventually(lambda: not z._is_free(port), what='the server')
    router = s.front(stack, f'http://127.0.0.1:{port}')
    with router.connect() as connection:
        for _ in range(5):  # it speaks HTTP/1.0 and closes
            assert len(connection.request(path='/text.txt').body) == 10_000
        assert b'text.txt' in connection.request(path='/').body
        assert connection.request('POST', '/', body=b'x').status == 501
        assert connection.request('HEAD', '/text.txt').get('content-length') == '10000'


def test_node_gets_what_clients_sent_and_answers_with_both_cookies(stack):
    router = s.front(stack, node(stack))
    with router.connect() as connection:
        answer = connection.request('PUT', '/a%20b?c=d', [('X-Mine', '1'), ('X-Mine', '2')], b'\x00\xffbody')
        assert answer.all('set-cookie') == ['a=1', 'b=2']
        said = json.loads(answer.text)
        assert (said['method'], said['url'], said['body']) == ('PUT', '/a%20b?c=d', '\x00\xffbody')
        fields = list(zip([name.lower() for name in said['headers'][::2]], said['headers'][1::2]))
        assert [value for name, value in fields if name == 'x-mine'] == ['1', '2']
        connection.send(connection.head_bytes('POST', '/', [('Transfer-Encoding', 'chunked'), ('Trailer', 'X-Sum')])
                        + z.chunk(b'abc') + b'0\r\nX-Sum: 3\r\n\r\n')
        said = json.loads(connection.read_reply('POST').text)
        assert said['body'] == 'abc' and [word.lower() for word in said['trailers']] == ['x-sum', '3']


def test_a_folder_is_served_without_a_file(stack):
    port = z.free_port()
    argv = [z.program('router'), files(stack), '-a', '127.0.0.1', '-p', str(port), '--fabric', stack.ipc()]
    router = z.RouterProcess('router', argv, stack.path('router.log'), stack.ipc(), port)
    stack.processes.append(router)
    router.wait_bound()
    assert len(router.get('/text.txt').body) == 10_000
    assert router.get('/../etc/passwd').status in (400, 404)
    assert router.get('/%2e%2e/etc/passwd').status in (400, 404)
    assert router.get('/none').status == 404
