"""The coordinator's requests and replies, over HTTP/1.1.

Owner: coordinator.py.   Thread: one for each connection.
Not here: what becomes of a session (keeper.py), of a router (routers.py).

Routers show the secret: `X-BackendAI-Token`, or `Authorization: Bearer`. Users of this machine need none; `Host` must be
an address or localhost, and a body must be JSON, so that no web page elsewhere can start a session in a user's name.
"""
import hmac
import http.server
import ipaddress
import json
import os
import re
import secrets
import socket
import time
import urllib.parse

import records
import sessions as s
import tokens

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_BODY = 1 << 20       # bytes; a beat tells of each circuit
PATIENCE = 10             # s, for the next bytes of a client
LONGEST_TOKEN = 30 * 24 * 3600
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; " \
              "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class Answer(Exception):
    """Ends a request with a status and, mostly, why."""

    def __init__(self, status, title, **more):
        super().__init__(title)
        self.status, self.content = status, {"title": title, "status": status, **more}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address, keeper, routers, secret, jwt_secret):
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.keeper, self.routers, self.secret, self.jwt_secret = keeper, routers, secret, jwt_secret
        self.instance = secrets.token_hex(8)
        super().__init__(address, Handler)

    def handle_error(self, request, client_address):
        pass  # the client is gone


def is_own_host(host):
    name = urllib.parse.urlsplit(f"//{host}").hostname or ""
    try:
        ipaddress.ip_address(name)
        return True
    except ValueError:
        return name == "localhost"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    server_version, sys_version = "zeroway-coordinator", ""

    def log_message(self, *_):
        pass

    # ---- one request

    def run(self):
        path = urllib.parse.urlsplit(self.path).path
        try:
            body = self.read_body()
            if not is_own_host(self.headers.get("Host", "")):
                raise Answer(403, "this host is not ours: ask by address, or as localhost")
            for method, pattern, for_routers, action in ROUTES:
                match = re.fullmatch(pattern, path)
                if match and method == self.command:
                    self.check_access(for_routers)
                    return self.reply(*action(self, body, *match.groups()))
            known = [method for method, pattern, _, _ in ROUTES if re.fullmatch(pattern, path)]
            raise Answer(405 if known else 404, "this path does not take the method" if known else "no such path")
        except Answer as answer:
            self.reply(answer.status, answer.content)
        except s.Refused as refused:
            self.reply(400, {"title": str(refused), "status": 400})

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = run

    def read_body(self):
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Answer(411, "wants a Content-Length")
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY:
            self.close_connection = True
            raise Answer(413, f"a body has at most {MOST_BODY} bytes")
        text = self.rfile.read(int(length))
        if not text:
            return None
        if self.headers.get_content_type() != "application/json":
            raise Answer(415, "wants application/json")
        try:
            return json.loads(text)
        except ValueError:
            raise Answer(400, "this is no JSON") from None

    def has_secret(self):
        shown = self.headers.get("X-BackendAI-Token") or self.headers.get("Authorization", "")
        for kind in ("Bearer ", "BackendAI "):
            shown = shown.removeprefix(kind)
        return hmac.compare_digest(shown.encode(), self.server.secret.encode())

    def check_access(self, for_routers):
        is_here = ipaddress.ip_address(self.client_address[0].partition("%")[0]).is_loopback
        if for_routers is None or self.has_secret() or (not for_routers and is_here):
            return
        raise Answer(401, "wants the secret: X-BackendAI-Token, or Authorization: Bearer")

    def reply(self, status, content, headers=()):
        is_page = isinstance(content, bytes)
        body = content if is_page else json.dumps(content).encode() if content is not None else b""
        self.send_response(status)
        if status != 304:
            self.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    # ---- for everybody

    def page(self, _):
        with open(os.path.join(HERE, "page.html"), "rb") as file:
            return 200, file.read(), [("Content-Security-Policy", PAGE_POLICY)]

    def health(self, _):
        return 200, {"status": "ok", "version": "1", "component": "coordinator"}

    def health_status(self, _):
        states = [session.state for session in self.server.keeper.list()]
        return 200, {"status": "ok", "sessions": {state: states.count(state) for state in sorted(set(states))},
                     "routers": self.server.routers.told()}

    # ---- for users

    def shown(self, session):
        return {"id": session.id, "state": session.state, "reason": session.reason, "user": session.user,
                "created": session.created, "open_to_public": session.open_to_public,
                "services": [self.shown_service(session, service) for service in session.services]}

    def shown_service(self, session, service):
        circuit = records.circuit_id(session.id, service)
        urls = []
        for router in self.server.routers.told():
            if router["url"]:
                url = f"{router['url'].rstrip('/')}/{session.id}/{service}/"
                is_tcp = s.SERVICES[service][0] == "tcp"  # its bytes are the binary messages of a WebSocket
                urls.append("ws" + url.removeprefix("http") if is_tcp else url)
        replicas = [replica for replica in session.replicas if replica.service == service]
        return {"name": service, "circuit": circuit, "protocol": s.SERVICES[service][0], "about": s.SERVICES[service][1],
                "urls": urls, "kernels": [{"pid": one.pid, "port": one.port, "is_ready": one.is_ready} for one in replicas]}

    def list_sessions(self, _):
        return 200, {"sessions": [self.shown(session) for session in self.server.keeper.list()]}

    def find(self, name):
        for session in self.server.keeper.list():
            if session.id == name:
                return session
        raise Answer(404, f"there is no session {name}")

    def get_session(self, _, name):
        return 200, self.shown(self.find(name))

    def start_session(self, body, name=None):
        session = s.read_session(body if body is not None else {}, name)
        try:
            is_new = self.server.keeper.start(session)
        except s.Refused as refused:
            raise Answer(409, str(refused)) from None
        return 201 if is_new else 200, self.shown(self.find(session.id))

    def stop_session(self, _, name):
        if not self.server.keeper.stop(name):
            raise Answer(404, f"there is no session {name}")  # a caller that asks twice has what it wanted
        return 202, {"id": name, "state": "stopping"}

    def mint_token(self, body):
        """POST /v2/conf: a token for a service that is not open to the public."""
        body = body if isinstance(body, dict) else {}
        wanted = body.get("session")
        name = wanted.get("id") if isinstance(wanted, dict) else wanted
        session = self.find(name)
        service = body.get("service", session.services[0])
        if service not in session.services:
            raise Answer(404, f"session {name} has no service {service}")
        seconds = body.get("seconds", 3600)
        if type(seconds) is not int or not 1 <= seconds <= LONGEST_TOKEN:
            raise s.Refused(f"seconds: wants a number from 1 to {LONGEST_TOKEN}")
        now = int(time.time())
        claims = {"id": records.circuit_id(session.id, service), "session": session.id, "service": service,
                  "iat": now, "exp": now + seconds}
        if session.user:
            claims["sub"] = session.user
        return 200, {"token": tokens.mint(claims, self.server.jwt_secret)}

    # ---- for routers

    def list_workers(self, _):
        return 200, {"workers": self.server.routers.list()}

    def register(self, body):
        return 200, self.server.routers.register(body)

    def get_worker(self, _, id):
        for worker in self.server.routers.list():
            if worker["id"] == id:
                return 200, worker
        raise Answer(404, "there is no such worker")

    def beat(self, body, id):
        worker = self.server.routers.beat(id, body)
        if worker is None:
            raise Answer(404, "there is no such worker")
        return 200, worker

    def leave(self, _, id):
        if not self.server.routers.leave(id):
            raise Answer(404, "there is no such worker")
        return 200, {"success": True}

    def worker_circuits(self, _, id):
        if not self.server.routers.is_known(id):
            raise Answer(404, "there is no such worker")
        version, circuits = self.server.keeper.table()
        etag = f'"{self.server.instance}-{version}"'  # a version is this process's own
        if self.headers.get("If-None-Match") == etag:
            return 304, None, [("ETag", etag)]
        return 200, {"circuits": [{**circuit, "worker": id} for circuit in circuits.values()]}, [("ETag", etag)]

    def session_of(self, circuit):
        for session in self.server.keeper.list():
            for service in session.services:
                if records.circuit_id(session.id, service) == circuit:
                    return session, service
        raise Answer(404, "there is no such circuit")

    def get_circuit(self, _, id):
        session, service = self.session_of(id)
        return 200, records.circuit_of(session, service)

    def circuit_statistics(self, _, id):
        self.session_of(id)
        return 200, self.server.routers.statistics(id)

    def delete_circuit(self, _, id):
        """Its session ends: no router serves the kernels any more."""
        session, _ = self.session_of(id)
        self.server.keeper.stop(session.id)
        return 200, {"success": True}


ID = r"([0-9a-f-]{36})"
NAME = r"([A-Za-z0-9_.-]{1,63})"
# Method, path, who may: None = everybody, False = users, True = routers.
ROUTES = [
    ("GET", "/", None, Handler.page),
    ("GET", "/health", None, Handler.health),
    ("GET", "/health/status", False, Handler.health_status),
    ("GET", "/api/sessions", False, Handler.list_sessions),
    ("POST", "/api/sessions", False, Handler.start_session),
    ("GET", f"/api/sessions/{NAME}", False, Handler.get_session),
    ("PUT", f"/api/sessions/{NAME}", False, Handler.start_session),
    ("DELETE", f"/api/sessions/{NAME}", False, Handler.stop_session),
    ("POST", "/v2/conf", False, Handler.mint_token),
    ("GET", "/api/worker", True, Handler.list_workers),
    ("PUT", "/api/worker", True, Handler.register),
    ("GET", f"/api/worker/{ID}", True, Handler.get_worker),
    ("PATCH", f"/api/worker/{ID}", True, Handler.beat),
    ("DELETE", f"/api/worker/{ID}", True, Handler.leave),
    ("GET", f"/api/worker/{ID}/circuits", True, Handler.worker_circuits),
    ("GET", f"/api/circuit/{ID}", True, Handler.get_circuit),
    ("GET", f"/api/circuit/{ID}/statistics", True, Handler.circuit_statistics),
    ("DELETE", f"/api/circuit/{ID}", True, Handler.delete_circuit),
]
