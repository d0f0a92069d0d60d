"""curl in every language that the router speaks: uploads with and without a length, Expect, early replies, keep-alive."""
import hashlib
import json
import os
import subprocess

import pytest
import tls_e2e as tls
import zeroway_e2e as z

# How curl is told, and the version that it says was spoken. --http2 without TLS asks to upgrade (RFC 7540 §3.2): RFC 9113
# has taken that back, so the answer is HTTP/1.1.
LANGUAGES = {'h1': (['--http1.1'], '1.1'), 'h2c': (['--http2-prior-knowledge'], '2'), 'upgrade': (['--http2'], '1.1'),
             'h1-tls': (['--http1.1'], '1.1'), 'h2-tls': (['--http2'], '2')}
BODY = os.urandom(3_000_000)
SAID = {'bytes': len(BODY), 'sha256': hashlib.sha256(BODY).hexdigest()}


class Curl:
    def __init__(self, stack, language):
        self.authority, self.router = tls.start(stack)
        self.words, self.version = LANGUAGES[language]
        if language.endswith('-tls'):
            self.base, self.words = f'https://localhost:{self.router.tls_port}', ['--cacert', self.authority.ca, *self.words]
        else:
            self.base = f'http://127.0.0.1:{self.router.port}'

    def __call__(self, path, *words, data=None):
        """(what it printed, what -v said)."""
        done = subprocess.run(['curl', '-sSv', '--expect100-timeout', '60', *self.words, *words, self.base + path], input=data, capture_output=True,
                              timeout=30 * z.SLOW)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout, done.stderr.decode('utf-8', 'replace')


@pytest.fixture(params=LANGUAGES)
def curl(stack, request):
    curl = Curl(stack, request.param)
    yield curl
    curl.router.wait_idle()


def test_the_version_is_the_expected(curl):
    for path in ('/get', '/status/204', '/stream/3'):
        assert curl(path, '-o', '/dev/null', '-w', '%{http_version}')[0].decode() == curl.version


def test_uploads_arrive_with_and_without_a_length(curl):
    for words in (['--data-binary', '@-'], ['-T', '-'], ['-T', '-', '-X', 'POST']):
        assert json.loads(curl('/upload', *words, data=BODY)[0]) == SAID
    said, heads = curl('/echo', '-T', '-', data=BODY)
    assert said == BODY
    assert ('Transfer-Encoding: chunked' in heads) == (curl.version == '1.1')


def test_expect_is_answered_by_100_once_the_worker_wants_the_body(curl):
    said, heads = curl('/upload', '--data-binary', '@-', '-H', 'Expect: 100-continue', data=BODY)
    assert json.loads(said) == SAID
    assert f'< HTTP/{curl.version} 100' in heads and f'< HTTP/{curl.version} 200' in heads


def test_an_early_refusal_spares_the_body(curl):
    """Nobody serves the path: the 404 comes instead of 100."""
    said, heads = curl('/nowhere', '--data-binary', '@-', '-H', 'Expect: 100-continue', '-o', '/dev/null', '-w',
                       '%{http_code} %{size_upload}', data=BODY)
    assert said == b'404 0'
    assert ' 100 ' not in heads


# Debian's curl 7.88 cannot use its own h2c connection again (error 16, with every server).
@pytest.mark.parametrize('curl', [language for language in LANGUAGES if language != 'h2c'], indirect=True)
def test_one_connection_serves_many(curl):
    said = subprocess.run(['curl', '-s', *curl.words, '-w', '%{num_connects} %{http_code}\n',
                           *(word for _ in range(5) for word in ('-o', '/dev/null', curl.base + '/bytes/1000'))],
                          capture_output=True, timeout=30 * z.SLOW, check=True).stdout.decode()
    assert said.splitlines() == ['1 200'] + ['0 200'] * 4


def test_head_trailers_and_early_hints(curl):
    said, _ = curl('/bytes/1000', '-I')
    assert 'content-length: 1000' in said.decode().lower()
    said, _ = curl('/trailers', '-i')
    assert b'x-trailer: the end' in said.rpartition(b'}')[2]  # behind the body
    said, heads = curl('/early-hints')
    assert f'< HTTP/{curl.version} 103' in heads and said.startswith(b'<!doctype html>')
