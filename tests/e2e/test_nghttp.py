"""nghttp and h2load over TLS: many streams at once, uploads with trailers, nothing lost."""
import json
import re
import subprocess

import pytest
import tls_e2e as tls
import zeroway_e2e as z


@pytest.fixture
def router(stack):
    # As fast as they can, these clients leave a busy machine's processor to nobody for seconds.
    _, router = tls.start(stack, '--heartbeat-timeout', '60s')
    yield router
    router.wait_idle()


def run(*argv):
    done = subprocess.run(argv, capture_output=True, timeout=60 * z.SLOW)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_nghttp_downloads_many_at_once(router):
    urls = [f'https://localhost:{router.tls_port}/bytes/300000?seed={seed}' for seed in range(20)]
    table = run('nghttp', '--null-out', '--stat', '--no-verify-peer', *urls)
    assert len(re.findall(r' 200 +292K /bytes/', table)) == 20, table


def test_nghttp_uploads_with_padding_and_trailers(stack, router):
    with open(stack.path('up'), 'wb') as file:
        file.write(b'a' * 500_000)
    said = json.loads(run('nghttp', '--no-verify-peer', '--padding=255', '--trailer=x-sum: 42', f'--data={stack.path("up")}',
                          f'https://localhost:{router.tls_port}/trailers'))
    assert said['trailers'] == {'x-sum': '42'}
    said = json.loads(run('nghttp', '--no-verify-peer', '--padding=255', f'--data={stack.path("up")}',
                          f'https://localhost:{router.tls_port}/upload'))
    assert said['bytes'] == 500_000


@pytest.mark.parametrize('words', [[], ['--h1']], ids=['h2', 'h1'])
def test_h2load_loses_nothing(router, words):
    said = run('h2load', '-n', '10000', '-c', '10', *(words or ['-m', '50']), f'https://localhost:{router.tls_port}/get')
    assert '10000 succeeded, 0 failed, 0 errored, 0 timeout' in said, said
    assert f'Application protocol: {"http/1.1" if words else "h2"}' in said


@pytest.mark.parametrize('words', [[], ['-d']], ids=['get', 'post'])
def test_h2load_with_many_connections_in_cleartext(stack, router, words):
    if words:
        with open(stack.path('up'), 'wb') as file:
            file.write(b'b' * 100_000)
        words = ['-d', stack.path('up')]
    said = run('h2load', '-n', '2000', '-c', '50', '-m', '10', *words, f'http://127.0.0.1:{router.port}/echo')
    assert '2000 succeeded, 0 failed, 0 errored, 0 timeout' in said, said
