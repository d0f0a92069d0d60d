"""A coordinator whose every answer a test writes.

Owner: a test; Stack.closing ends it.   Thread: one of its own for each connection.
Not here: the example's coordinator (coordinator_e2e.py).
"""
import http.server
import json
import threading

SECRET = 'a-secret-of-36-bytes-01234567890123'


def circuit(id='c1', session='s1', service='web', port=1, **more):
    """A circuit with a kernel at this port, as a coordinator of App Proxy tells it."""
    return {'id': id, 'app': service, 'protocol': 'http', 'worker': 'w1', 'app_mode': 'interactive', 'frontend_mode': 'port',
            'envs': {}, 'arguments': None, 'open_to_public': True, 'allowed_client_ips': None, 'port': None, 'subdomain': None,
            'user_id': None, 'endpoint_id': None, 'session_ids': [session],
            'route_info': [{'session_id': session, 'kernel_host': '127.0.0.1', 'kernel_port': port, 'protocol': 'http',
                            'traffic_ratio': 1.0}], **more}


class FakeCoordinator:
    def __init__(self, port):
        self.port = port
        self.circuits = []
        self.asked = []        # (method, path, JSON of the body)
        self.answers = {}      # method -> (status, bytes) in the place of the right answer
        self.hold = threading.Event()
        self.hold.set()        # cleared: nothing is answered
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', port), self.handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    def methods(self):
        return [method for method, _, _ in list(self.asked)]

    def beats(self):
        return [body for method, _, body in list(self.asked) if method == 'PATCH']

    def right_answer(self, method, path, secret):
        if secret != SECRET:
            return 401, json.dumps({'title': 'Unauthorized access'}).encode()
        if method == 'PUT':
            return 200, json.dumps({'id': 'w1', 'slots': []}).encode()
        if method == 'GET':
            return 200, json.dumps({'circuits': self.circuits}).encode()
        return 200, b'{"success": true}'

    def handler(fake):  # noqa: N805
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def run(self):
                text = self.rfile.read(int(self.headers.get('Content-Length', 0)))
                fake.asked.append((self.command, self.path, json.loads(text) if text else None))
                fake.hold.wait()
                status, body = fake.answers.get(self.command) or fake.right_answer(
                    self.command, self.path, self.headers.get('X-BackendAI-Token'))
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            do_GET = do_PUT = do_PATCH = do_DELETE = run
        return Handler

    def close(self):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()
