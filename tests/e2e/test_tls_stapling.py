"""OCSP stapling: what the certificate's responder says goes along with the handshake, and only while it is good."""
import http.server
import os
import subprocess
import threading

import pytest

import sites_e2e as s
import tls_e2e as tls
import zeroway_e2e as z


class Responder:
    """Answers OCSP by openssl for certificates of an authority. `verdict` is V (valid), R (revoked), or none: 503."""

    def __init__(self, stack, authority):
        self.authority, self.stack = authority, stack
        self.verdict, self.asked = 'V', 0
        responder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                responder.asked += 1
                body = self.rfile.read(int(self.headers['Content-Length']))
                answer = responder.answer(body) if responder.verdict else None
                self.send_response(200 if answer else 503)
                self.send_header('Content-Length', str(len(answer or b'')))
                self.end_headers()
                self.wfile.write(answer or b'')

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}/ocsp'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        stack.closing(self)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def know(self, certificate):
        serial = subprocess.run(['openssl', 'x509', '-in', certificate, '-noout', '-serial'], capture_output=True,
                                text=True, check=True).stdout.strip().split('=')[1]
        self.serial = serial

    def answer(self, question):
        revoked = '260101000000Z' if self.verdict == 'R' else ''
        index = s.write(self.stack, f'{self.verdict}\t400101000000Z\t{revoked}\t{self.serial}\tunknown\t/CN=x\n', 'index')
        asked, answer = self.stack.path('question'), self.stack.path('answer')
        with open(asked, 'wb') as file:
            file.write(question)
        ca = self.authority.ca
        subprocess.run(['openssl', 'ocsp', '-index', index, '-CA', ca, '-rsigner', ca, '-rkey',
                        os.path.join(self.authority.folder, 'ca.key'), '-reqin', asked, '-respout', answer, '-ndays', '2'],
                       capture_output=True, check=True)
        with open(answer, 'rb') as file:
            return file.read()


class Stapled:
    def __init__(self, stack, monkeypatch, verdict='V', in_ssl='', with_issuer=True, top=''):
        self.stack = stack
        self.authority = tls.Authority(stack)
        self.authority.make('first')
        self.responder = Responder(stack, self.authority)
        self.responder.verdict = verdict
        monkeypatch.setenv('OCSP', self.responder.url)
        certificate, key = self.authority.make('zeroway.test')
        self.responder.know(certificate)
        if with_issuer:
            with open(self.authority.ca) as issuer, open(certificate, 'a') as chain:
                chain.write(issuer.read())
        self.port = z.free_port()
        self.text = (top + '\n' + s.site(self.port, more='fabric = false')
                     + f'[sites.ssl]\nenabled = true\ncert_file = "{certificate}"\nkey_file = "{key}"\n{in_ssl}\n')
        self.serve()

    def serve(self):
        self.router = s.serve(self.stack, self.text, self.port)
        self.router.tls_port = self.port

    def staple(self, *words):
        """What the client gets: `good`, or None."""
        shown = tls.s_client(self.router, '-servername', 'zeroway.test', '-status', *words)
        assert tls.found(r'Cipher is (\S+)', shown) != '(NONE)'
        return tls.found(r'Cert Status: (\S+)', shown)


def test_a_good_answer_is_stapled_with_both_versions(stack, monkeypatch):
    stapled = Stapled(stack, monkeypatch)
    z.eventually(lambda: stapled.staple() == 'good', every=0.1, what='a staple')
    assert stapled.staple('-tls1_2') == 'good'
    assert stapled.responder.asked == 1
    # New terms with the same certificate keep its staple.
    stapled.router.signal(z.signal.SIGHUP)
    stapled.router.wait_log('new certificates are in use')
    assert stapled.staple() == 'good' and stapled.responder.asked == 1


def test_a_staple_outlives_a_restart_while_its_responder_is_down(stack, monkeypatch):
    os.mkdir(stack.path('state'))
    stapled = Stapled(stack, monkeypatch, top=f'state_dir = "{stack.path("state")}"')
    z.eventually(lambda: stapled.staple() == 'good', every=0.1, what='a staple')
    stapled.router.kill()  # at any moment
    stapled.responder.verdict = None
    stapled.serve()
    assert stapled.staple() == 'good'  # the first handshake
    assert stapled.responder.asked == 1


def test_a_staple_outlives_a_reload_that_changes_its_listener(stack, monkeypatch):
    stapled = Stapled(stack, monkeypatch)
    z.eventually(lambda: stapled.staple() == 'good', every=0.1, what='a staple')
    stapled.responder.verdict = None
    s.write(stack, stapled.text.replace('[sites.ssl]', '[sites.ssl]\nmin_version = "1.3"'))
    stapled.router.signal(z.signal.SIGHUP)
    stapled.router.wait_log('the configuration file is read again')
    z.eventually(lambda: 'NONE' in tls.s_client(stapled.router, '-tls1_2'), what='the new rules in use')
    assert stapled.staple() == 'good' and stapled.responder.asked == 1


def test_without_what_was_kept_the_responder_is_asked_at_the_start_and_not_by_a_handshake(stack, monkeypatch):
    stapled = Stapled(stack, monkeypatch)
    z.eventually(lambda: stapled.responder.asked == 1, what='the question')


@pytest.mark.parametrize('verdict', ['R', None])
def test_no_other_answer_is_stapled(stack, monkeypatch, verdict):
    stapled = Stapled(stack, monkeypatch, verdict)
    stapled.router.wait_log('no new staple: .*' + ('revoked' if verdict else 'status 503'))
    assert stapled.staple() is None
    assert stapled.router.log().count('no new staple') == 1


@pytest.mark.parametrize('more', [{'in_ssl': 'stapling = false'}, {'with_issuer': False}])
def test_no_responder_is_asked(stack, monkeypatch, more):
    stapled = Stapled(stack, monkeypatch, **more)
    assert stapled.staple() is None
    assert stapled.responder.asked == 0 and 'warning OCSP' not in stapled.router.log()
