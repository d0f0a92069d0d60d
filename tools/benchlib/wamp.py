"""WAMP: calls and events a second by the router and wamp-worker, in JSON and CBOR.

A call is four messages that the router passes, an event for N subscribers N + 2 (with PUBLISH and the acknowledge), an
echo two. Beside the system stand echoes of the same message by echo-websocket-worker, without WAMP, and two proxies in
front of a WAMP system: the router, which dials it as a backend, and nginx. By RawSocket the system stands beside the
worker's broker and dealer alone (wamp-alone), with no router in front. The client (wamp_client.cpp, one thread) plays
all sessions; its own processor time for each call or event has a column, and so has the worker's.
"""
import subprocess
import time

from benchlib.processes import Cost, free_port, processor_time
from benchlib.report import alternate, median_of, print_table, ratio_of_rounds
from benchlib.servers import Server

SERVERS = {"nginx": "nginx-light", "alone": "", "zeroway": ""}
PROGRAMS = ("router", "wamp-worker", "echo-websocket-worker", "wamp-alone")
SESSIONS = (1, 10, 100)
SERIALIZERS = ("json", "cbor")
WORDS = {"calls": "WAMP calls, {} caller{}", "events": "WAMP events, {} subscriber{}"}


class System(Server):
    """A router with a worker; `serializer` is what the client speaks to it, over WebSocket."""

    wire = "web"

    def __init__(self, bench, build, serializer, worker=("wamp-worker", "realm1"), name="{build} {serializer}", options=()):
        fabric = f"ipc://{bench.directory}/fabric-{free_port()}"
        port, router = bench.start_router(build, fabric, *options)
        program, *words = worker
        self.worker = bench.processes.start(bench.program(build, program), *words, "--connect", fabric)
        super().__init__(name.format(build=build, serializer=serializer), port, router, [self.worker])
        self.serializer = serializer

    def measured(self, what):
        """What the client does in the place of `what`."""
        return what


class Echoes(System):
    def __init__(self, bench, build, serializer):
        super().__init__(bench, build, serializer, ("echo-websocket-worker",), "{build} echoes {serializer}")

    def measured(self, what):
        return "echoes"


class ByRawSocket(System):
    """The same; its clients speak RawSocket."""

    wire = "raw"

    def __init__(self, bench, build, serializer):
        port = free_port()
        super().__init__(bench, build, serializer, name="{build} raw {serializer}",
                         options=("--rawsocket", f"127.0.0.1:{port}=/ws"))
        self.port = port


class Alone(Server):
    """The worker's broker and dealer, which speak RawSocket to the client themselves."""

    wire = "raw"

    def __init__(self, bench, serializer):
        port = free_port()
        self.worker = bench.processes.start(bench.program("zeroway", "wamp-alone"), str(port), "realm1")
        super().__init__(f"alone raw {serializer}", port, self.worker)
        self.serializer = serializer

    def measured(self, what):
        return what


class Proxied(Server):
    """A proxy in front of a System, which is no other's."""

    def __init__(self, name, proxy, system):
        super().__init__(f"{name} {system.serializer}", proxy.port, proxy.proxy, [system.worker, system.proxy])
        self.worker, self.serializer = system.worker, system.serializer
        self.measured, self.wire = system.measured, system.wire


def nginx_in_front(bench, serializer):
    system = System(bench, "zeroway", serializer)
    return Proxied("nginx in front", bench.nginx("nginx", f"""
        location / {{
          proxy_pass http://127.0.0.1:{system.port}; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection upgrade; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_read_timeout 300s; proxy_send_timeout 300s;
        }}"""), system)


def router_in_front(bench, build, serializer):
    system = System(bench, "zeroway", serializer)
    return Proxied(f"{build} in front", bench.router_of_site(build, f"""
[sites.proxy]
enabled = true
[[sites.proxy.routes]]
path = "/ws"
[[sites.proxy.routes.wamp.backends]]
realm = "realm1"
url = "ws://127.0.0.1:{system.port}/ws"
serializers = ["{serializer}"]
"""), system)


def messages_of(what, sessions, count):
    """How many messages the router has passed for so many calls, events or echoes."""
    return count * {"calls": 4, "events": (sessions + 2) / sessions, "echoes": 2, "passed": 2}[what]


def run_client(client, system, what, sessions, seconds, size=None):
    """`size`: of a message, in bytes; None = about 60."""
    what = system.measured(what)
    cost, before = Cost(system), processor_time([system.worker.pid])
    words = [system.port, system.wire, system.serializer, what, sessions, seconds, *([size] if size else [])]
    done = subprocess.run([client, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench: {system.name}: the WAMP client failed: {done.stderr}")
    worker = sum(processor_time([system.worker.pid])) - sum(before)
    count, p50, p99, own = (float(word) for word in done.stdout.split())
    each = cost.for_each(count)
    worker_us = worker * 1e6 / max(1, count)
    server_us = 0 if system.worker is system.proxy else each["own_us"] + each["kernel_us"]
    return {"per_second": count / seconds, "messages_per_second": messages_of(what, sessions, count) / seconds,
            "p50_us": p50, "p99_us": p99, "client_us": own * 1e6 / max(1, count),
            "worker_us": worker_us, "server_us": server_us, "both_us": server_us + worker_us, "requests": int(count), **each}


def await_worker(client, system, what="calls"):
    deadline = time.monotonic() + 20
    while True:
        try:
            return run_client(client, system, what, 1, 1)
        except SystemExit:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def start(bench, chosen, serializer):
    if "zeroway" not in chosen:
        raise SystemExit("bench: wamp: nothing to measure without zeroway: it is what nginx is in front of")
    systems = [kind(bench, build, serializer) for build in bench.builds for kind in (System, Echoes, ByRawSocket)]
    systems += [Alone(bench, serializer)] if "alone" in chosen else []
    systems += [router_in_front(bench, build, serializer) for build in bench.builds]
    return systems + ([nginx_in_front(bench, serializer)] if "nginx" in chosen else [])


def measure(bench, options, chosen):
    client = bench.compiled("wamp_client")
    runs = {}
    for serializer in SERIALIZERS:
        systems = start(bench, chosen, serializer)
        for system in systems:
            await_worker(client, system)
        for what in WORDS:
            runs[f"{what} {serializer}"] = alternate(
                f"wamp {what} {serializer}", options.rounds, SESSIONS, systems,
                lambda system, count, what=what: run_client(client, system, what, count, options.seconds))
        bench.stop(systems)
    return {"runs": runs, "once": {}}


def show(section):
    for table, shapes in section["runs"].items():
        what, serializer = table.split()
        for count, servers in shapes.items():
            beside = {column: servers.get(f"{name} {serializer}") for column, name in
                      {"echoes": "zeroway echoes", "nginx": "nginx in front", "alone": "alone raw"}.items()}
            rows = []
            for name, runs in servers.items():
                run = median_of(runs)
                by_raw_socket = beside["alone"] if " raw " in name else None
                rows.append([name, f"{run['per_second']:.0f}",
                             ratio_of_rounds(runs, beside["echoes"], "messages_per_second"),
                             ratio_of_rounds(runs, beside["nginx"]) if "in front" in name else "-",
                             ratio_of_rounds(runs, by_raw_socket), ratio_of_rounds(runs, by_raw_socket, "both_us"),
                             f"{run['p50_us']:.0f}", f"{run['p99_us']:.0f}",
                             f"{run['server_us']:.1f}", f"{run['worker_us']:.1f}", f"{run['client_us']:.1f}"])
            print_table([WORDS[what].format(count, "" if count == "1" else "s"), "per second", "messages, x echoes",
                         "x nginx in front", "x alone", "time, x alone", "p50 us", "p99 us", "server us each",
                         "worker us each", "client us each"], rows)
