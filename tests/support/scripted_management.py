"""A management listener whose answers a test has written: what a router of another version, or none at all, says.

Owner: a test.   Thread: its own, one for each connection.
Not here: a real router (zeroway_e2e.py).
"""
import http.server
import json
import threading


class ScriptedManagement:
    """`answers`: path without its query → an object for JSON, a (status, object) pair, bytes of an event stream, or a
    function that gets a function which sends bytes of one.
    Other paths get 404 as a router says it. `requests` are (method, path, body) as they came."""

    def __init__(self, answers=None, port=0):
        self.answers = {'/api/v1/workers': {'workers': []}, '/api/v1/servers': {'servers': []}, **(answers or {})}
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def answer(self):
                size = int(self.headers.get('Content-Length') or 0)
                outer.requests.append((self.command, self.path, self.rfile.read(size)))
                path = self.path.split('?')[0]
                missing = {'status': 404, 'detail': f'there is no {path}: GET / names the paths'}
                found = outer.answers.get(path, (404, missing))
                if callable(found):
                    return self.stream(found)
                if isinstance(found, bytes):
                    return self.say(200, 'text/event-stream', found)
                status, told = found if isinstance(found, tuple) else (200, found)
                self.say(status, 'application/json', json.dumps(told).encode())

            def say(self, status, kind, body):
                self.send_response(status)
                self.send_header('Content-Type', kind)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def stream(self, script):
                self.send_response(200)
                self.send_header('Content-Type', 'text/event-stream')
                self.send_header('Connection', 'close')
                self.end_headers()
                script(self.wfile.write)
                self.close_connection = True

            do_GET = do_PATCH = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def numbers(requests=1_000, errors=0, **more):
    """GET /api/v1/numbers."""
    return {'at': 1_780_000_000.5, 'uptime_seconds': 3_725, 'draining': False, 'ready': True,
            'requests': requests, 'open': 3, 'failures': errors,
            'replies': {'none': 0, '1xx': 0, '2xx': requests, '3xx': 0, '4xx': 0, '5xx': errors},
            'bytes_in': 1, 'bytes_out': 2, 'retries': 0, 'web_sockets': 0, 'web_sockets_open': 0, 'connections_open': 5,
            'workers': 2, 'servers': 1, 'duration': {'bounds': [0.001, 0.01], 'counts': [requests, 0, 0]}, **more}


def worker(name, **more):
    return {'name': name, 'instance': 'i-1', 'group': '', 'address': '127.0.0.1:40000', 'state': 'ready', 'fit': True,
            'weight': 1, 'capacity': 0, 'open': 0, 'requests': 0, 'failures': 0, 'here_for_seconds': 61, 'serves': [],
            **more}
