"""The servers that are compared, each configured alike: one worker, loop or thread, open connections to the backend, no
log of requests, X-Forwarded-For added."""
import http.client
import os
import ssl
import socket
import subprocess
import sys
import time

from benchlib.processes import Processes, children_of, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
BODY = "Hello from worker-1\n"
SMALL = "A small reply of the origin has a body of this size. ".ljust(159, ".") + "\n"
MEBIBYTE = 1 << 20
HELLO = f'location = / {{ default_type text/plain; return 200 "{BODY[:-1]}\\n"; }}'


def await_listening(address, seconds=20):
    """`address`: the path of a socket, or host and port."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as probe:
            if probe.connect_ex(address) == 0:
                return
        time.sleep(0.02)
    raise SystemExit(f"bench: nobody listens at {address}")


class Server:
    """One server and its backends. `proxy` is the process that is measured; `others` are the backends' processes."""

    def __init__(self, name, port, proxy, others=()):
        self.name, self.port, self.proxy, self.others = name, port, proxy, list(others)

    def pids(self):
        return children_of(self.proxy.pid)

    def ask(self, path="/"):
        """Status and body of a GET over HTTP/1.1."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        finally:
            connection.close()

    def ask_http2(self):
        done = subprocess.run(["curl", "-sS", "--http2-prior-knowledge", "-w", "%{http_code}",
                               f"http://127.0.0.1:{self.port}/"], capture_output=True, text=True)
        return int(done.stdout[-3:] or 0), done.stdout[:-3] or done.stderr

    def check(self, bodies):
        """Stops the bench unless the server gives these bodies, {path: text}."""
        for path, body in bodies.items():
            status, got = self.ask(path)
            if (status, got) != (200, body):
                raise SystemExit(f"bench: {self.name}: {path}: status {status}, {len(got)} bytes, which are not the "
                                 f"{len(body)} of the body")

    def ask_tls(self):
        """Sends no request: a handshake is enough."""
        context = ssl._create_unverified_context()
        with socket.create_connection(("127.0.0.1", self.port), 1) as plain, context.wrap_socket(plain):
            return 200, BODY

    def await_answer(self, ask=None, seconds=20):
        deadline, last = time.monotonic() + seconds, None
        while time.monotonic() < deadline:
            for process in [self.proxy, *self.others]:
                if process.poll() is not None:
                    raise SystemExit(f"bench: {self.name}: a process ended with {process.returncode}:\n"
                                     + open(process.log, errors="replace").read()[-2000:])
            try:
                last = (ask or self.ask)()
                if last == (200, BODY):
                    return self
            except (OSError, http.client.HTTPException) as error:
                last = error
            time.sleep(0.05)
        raise SystemExit(f"bench: {self.name} does not answer: {last}\n"
                         + open(self.proxy.log, errors="replace").read()[-2000:])


class Bench:
    """Starts servers. `builds` maps the names in the tables to the folders of Zeroway's builds."""

    def __init__(self, directory, builds):
        self.directory, self.processes, self.builds = directory, Processes(directory), builds
        self.origin_port = None

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path

    def stop(self, servers):
        self.processes.stop([process for server in servers for process in (*server.others, server.proxy)])

    def compiled(self, name, *libraries):
        """The program of NAME.cpp beside this file, compiled once."""
        program = os.path.join(self.directory, name)
        if not os.path.exists(program):
            subprocess.run(["g++", "-std=c++20", "-O2", os.path.join(HERE, f"{name}.cpp"), "-o", program, *libraries],
                           check=True)
        return program

    def nginx(self, name, server_block, http_block="", listen="", at=None):
        """Listens at a free port, or `at` the path of a socket."""
        port = free_port()
        place = f"unix:{at}" if at else f"127.0.0.1:{port}"
        user = "user root;" if os.getuid() == 0 else ""
        folder = os.path.join(self.directory, f"nginx-{port}")
        config = self.write(f"nginx-{port}/nginx.conf", f"""
            {user} daemon off; worker_processes 1;
            pid {folder}/pid; error_log {folder}/error.log warn;
            events {{ worker_connections 16384; }}
            http {{
              access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; tcp_nodelay on;
              client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
              uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
              {http_block}
              server {{ listen {place} backlog=4096 {listen}; {server_block} }}
            }}""")
        return Server(name, port, self.processes.start("/usr/sbin/nginx", "-p", folder, "-c", config, "-e",
                                                       f"{folder}/error.log"))

    def start_origin(self):
        """Answers / and /small from memory, and every other name from the files that a section wrote to origin/."""
        server = self.nginx("direct nginx", HELLO + f"""
            location = /small {{ default_type text/plain; return 200 "{SMALL[:-1]}\\n"; }}
            location / {{ default_type text/plain; root {self.directory}/origin; sendfile on; tcp_nopush on; }}""")
        self.origin_port = server.port
        return server.await_answer()

    def start_nginx(self, listen="", name="nginx", more="", origins=None):
        """`origins`: addresses as nginx writes them; by default the bench's origin."""
        places = origins or [f"127.0.0.1:{self.origin_port}"]
        server = self.nginx(name, f"""
            location / {{
              proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
              proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_max_temp_file_size 0; {more}
            }}""", f"""
            upstream origin {{
              {" ".join(f"server {place} max_fails=0;" for place in places)}
              keepalive {max(1024, 64 * len(places))}; keepalive_requests 1000000000; keepalive_timeout 300s;
            }}""", listen)
        return server.await_answer(server.ask_http2 if "http2" in listen else None)

    def start_nginx_of_many(self, transport, count):
        """nginx in front of `count` nginx, each with a worker process of its own, over tcp or unix sockets (ipc)."""
        sockets = [f"{self.directory}/origin-{free_port()}-{number}" if transport == "ipc" else None
                   for number in range(count)]
        origins = [self.nginx("origin", HELLO, at=at) for at in sockets]
        places = [f"unix:{at}" if at else f"127.0.0.1:{origin.port}" for at, origin in zip(sockets, origins)]
        for at, origin in zip(sockets, origins):
            await_listening(at or ("127.0.0.1", origin.port))
        server = self.start_nginx(name=f"nginx {transport}", origins=places)
        server.others = [origin.proxy for origin in origins]
        return server

    def start_nginx_http2(self):
        """A cleartext port of nginx 1.22 speaks either HTTP/1.1 or HTTP/2."""
        return self.start_nginx("http2")

    def start_nginx_64k(self, listen=""):
        """Buffers of 64 KiB for large bodies, in the place of 4."""
        return self.start_nginx(listen, "nginx 64k", "proxy_buffers 16 64k; proxy_busy_buffers_size 128k;")

    def start_haproxy(self):
        port = free_port()
        config = self.write("haproxy.cfg", f"""
global
    nbthread 1
    maxconn 4000
defaults
    mode http
    timeout connect 5s
    timeout client 300s
    timeout server 300s
    timeout http-keep-alive 300s
    option forwardfor
    http-reuse always
frontend hello
    bind 127.0.0.1:{port} backlog 4096
    default_backend origin
backend origin
    server origin 127.0.0.1:{self.origin_port} pool-max-conn -1 pool-purge-delay 300s
""")
        return Server("haproxy", port, self.processes.start("/usr/sbin/haproxy", "-db", "-f", config)).await_answer()

    def start_nghttpx(self):
        port = free_port()
        return Server("nghttpx", port, self.processes.start(
            "/usr/sbin/nghttpx", "--conf=/dev/null", "--workers=1", f"--frontend=127.0.0.1,{port};no-tls",
            f"--backend=127.0.0.1,{self.origin_port}", "--add-x-forwarded-for",
            "--backlog=4096", f"--errorlog-file={self.directory}/nghttpx.log", "--no-ocsp",
            "--backend-keep-alive-timeout=300s")).await_answer()

    def h2o(self, name, path_block):
        port = free_port()
        user = "user: root" if os.getuid() == 0 else ""
        config = self.write(f"h2o-{port}.conf", f"""
{user}
num-threads: 1
max-connections: 4000
listen: {{ host: 127.0.0.1, port: {port} }}
error-log: {self.directory}/h2o-{port}.log
hosts:
  default:
    paths:
      /:
{path_block}
""")
        return Server(name, port, self.processes.start("/usr/bin/h2o", "-m", "worker", "-c", config))

    def start_h2o(self):
        return self.h2o("h2o", f"""
        proxy.reverse.url: http://127.0.0.1:{self.origin_port}/
        proxy.preserve-host: ON
        proxy.timeout.keepalive: 300000""").await_answer()

    def caddy(self, name, site_block):
        """One thread runs Go code; the threads that Go's runtime keeps for itself are left to it."""
        port = free_port()
        config = self.write(f"caddy-{port}/Caddyfile", f"""
{{
    admin off
    auto_https off
    servers {{
        protocols h1 h2c
        timeouts {{
            idle 300s
        }}
    }}
}}
http://:{port} {{
    bind 127.0.0.1
{site_block}
}}
""")
        folder = os.path.dirname(config)
        return Server(name, port, self.processes.start("/usr/bin/caddy", "run", "--config", config, HOME=folder,
                                                       XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder, GOMAXPROCS="1"))

    def start_caddy(self):
        """Caddy adds X-Forwarded-For, -Proto and -Host; it has no switch for the last two."""
        return self.caddy("caddy", f"""
    reverse_proxy 127.0.0.1:{self.origin_port} {{
        transport http {{
            compression off
            keepalive 300s
            keepalive_idle_conns 4096
            keepalive_idle_conns_per_host 4096
        }}
    }}""").await_answer()

    def start_pushpin(self):
        port, folder = free_port(), os.path.join(self.directory, "pushpin")
        endpoint = f"ipc://{folder}/hello"
        self.write("pushpin/routes", f"* zhttpreq/{endpoint}\n")
        config = self.write("pushpin/pushpin.conf", f"""
[global]
include=/usr/lib/pushpin/internal.conf
rundir={folder}
ipc_prefix=bench-
port_offset=0
[runner]
services=condure,pushpin-proxy,pushpin-handler
http_port=127.0.0.1:{port}
logdir={folder}
log_level=1
client_buffer_size=8192
client_maxconn=4000
condure_bin=condure
[proxy]
routesfile={folder}/routes
debug=false
x_forwarded_for=append
updates_check=off
sig_key=unused
[handler]
push_in_spec=ipc://{folder}/push
push_in_sub_specs=ipc://{folder}/sub
push_in_sub_connect=false
push_in_http_addr=127.0.0.1
push_in_http_port={free_port()}
push_in_http_max_headers_size=10000
push_in_http_max_body_size=1000000
stats_spec=ipc://{folder}/stats
command_spec=ipc://{folder}/command
message_rate=2500
message_hwm=25000
message_wait=5000
id_cache_ttl=60
connection_subscription_max=20
subscription_linger=60
stats_connection_ttl=120
stats_subscription_ttl=60
stats_report_interval=10
stats_format=tnetstring
""")
        proxy = self.processes.start("/usr/bin/pushpin", f"--config={config}")
        worker = self.processes.start(self.compiled("pushpin_worker", "-lzmq"), endpoint, BODY)
        return Server("pushpin", port, proxy, [worker]).await_answer()

    def start_router(self, build, fabric, *options):
        port = free_port()
        return port, self.processes.start(self.program(build, "router"), "-a", "127.0.0.1", "-p", str(port),
                                          "--fabric", fabric, *options)

    def start_zeroway(self, transport="ipc", workers=1, build="zeroway", engines=None):
        """The router with hello-workers. `engines`: the fabric engines of both, as "loop:libzmq"; None is the default."""
        port = free_port()
        fabric = f"ipc://{self.directory}/fabric-{port}" if transport == "ipc" else f"tcp://127.0.0.1:{port}"
        of_router, _, of_worker = (engines or "").partition(":")
        http_port, router = self.start_router(build, fabric, *(["--fabric-engine", of_router] if of_router else []))
        engine = ["--engine", of_worker] if of_worker else []
        started = [self.processes.start(self.program(build, "hello-worker"), f"worker-{number + 1}", "--connect", fabric,
                                        *engine) for number in range(workers)]
        name = " ".join(filter(None, (build, transport, engines)))
        server = Server(name, http_port, router, started).await_answer()
        deadline, seen = time.monotonic() + 20, set()
        while len(seen) < workers:  # workers answer in turn, so this ends soon after the last HELLO
            seen.add(server.ask()[1])
            if time.monotonic() > deadline:
                raise SystemExit(f"bench: only {len(seen)} of {workers} workers answer")
        return server

    def router_of_site(self, build, site, name=None, compression="enabled = false"):
        """The router with a configuration file of one site. It adds no fields to replies that others do not add."""
        port = free_port()
        config = self.write(f"zeroway-{port}.toml", f"""
[logging]
log_requests = false
[security]
security_headers = {{}}
[requests]
worker_header = false
[fabric]
endpoint = "ipc://{self.directory}/fabric-{port}"
[[sites]]
name = "bench"
hostname = "localhost"
listen = ["127.0.0.1:{port}"]
fabric = false
{site}
[sites.compression]
{compression}
""")
        return Server(name or build, port, self.processes.start(self.program(build, "router"), "-c", config))

    def start_zeroway_proxy(self, build="zeroway", name=None, compression="enabled = false"):
        """The router in front of the origin. It adds X-Forwarded-For, -Proto, -Host and -Port."""
        return self.router_of_site(build, f"""
[sites.proxy]
enabled = true
[sites.proxy.headers]
add_forwarded = false
[[sites.proxy.upstreams]]
name = "origin"
url = "http://127.0.0.1:{self.origin_port}"
[[sites.proxy.routes]]
path = "/"
upstream = "origin"
""", name, compression).await_answer()

    def program(self, build, name):
        return os.path.join(self.builds[build], "bin", name)

    def has(self, *programs):
        missing = [name for name in programs if not os.path.exists(self.program("zeroway", name))]
        if missing:
            print(f"bench: Zeroway is left off: no {' and no '.join(missing)} (tools/dev build {' '.join(missing)})",
                  file=sys.stderr)
        return not missing
