"""WAMP: calls and events a second through the router and wamp-worker, by JSON and by CBOR.

The client (wamp_client.cpp, one thread) plays all sessions. The table has the client's own processor time for each call or
event, and that of the router; the worker's is beside it.
"""
import subprocess
import time

from benchlib.processes import Cost, free_port, processor_time
from benchlib.report import alternate, median_of, print_table
from benchlib.servers import Server

SERVERS = {"zeroway": ""}
PROGRAMS = ("router", "wamp-worker")
SESSIONS = (1, 10, 100)
SERIALIZERS = ("json", "cbor")
WORDS = {"calls": "WAMP calls, {} caller{}", "events": "WAMP events, {} subscriber{}"}


class System(Server):
    """A router with a wamp-worker; `serializer` is what the client speaks to it."""

    def __init__(self, bench, build, serializer):
        fabric = f"ipc://{bench.directory}/fabric-{free_port()}"
        port, router = bench.start_router(build, fabric)
        worker = bench.processes.start(bench.program(build, "wamp-worker"), "realm1", "--connect", fabric)
        super().__init__(f"{build} {serializer}", port, router, [worker])
        self.serializer = serializer


def run_client(client, system, what, sessions, seconds):
    cost, before = Cost(system), processor_time([system.others[0].pid])
    done = subprocess.run([client, str(system.port), system.serializer, what, str(sessions), str(seconds)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench: {system.name}: the WAMP client failed: {done.stderr}")
    worker = sum(processor_time([system.others[0].pid])) - sum(before)
    count, p50, p99, own = (float(word) for word in done.stdout.split())
    return {"per_second": count / seconds, "p50_us": p50, "p99_us": p99, "client_us": own * 1e6 / max(1, count),
            "worker_us": worker * 1e6 / max(1, count), "requests": int(count), **cost.for_each(count)}


def await_worker(client, system):
    deadline = time.monotonic() + 20
    while True:
        try:
            return run_client(client, system, "calls", 1, 1)
        except SystemExit:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def measure(bench, options, chosen):
    client = bench.compiled("wamp_client")
    systems = [System(bench, build, serializer) for build in bench.builds for serializer in SERIALIZERS]
    for system in systems:
        await_worker(client, system)
    runs = {what: alternate(f"wamp {what}", options.rounds, SESSIONS, systems,
                            lambda system, count: run_client(client, system, what, count, options.seconds))
            for what in WORDS}
    bench.stop(systems)
    return {"runs": runs, "once": {}}


def show(section):
    for what, shapes in section["runs"].items():
        for count, servers in shapes.items():
            rows = []
            for name, runs in servers.items():
                run = median_of(runs)
                rows.append([name, f"{run['per_second']:.0f}", f"{run['p50_us']:.0f}", f"{run['p99_us']:.0f}",
                             f"{run['own_us'] + run['kernel_us']:.1f}", f"{run['worker_us']:.1f}",
                             f"{run['client_us']:.1f}"])
            print_table([WORDS[what].format(count, "" if count == "1" else "s"), "per second", "p50 us", "p99 us",
                         "router us each", "worker us each", "client us each"], rows)
