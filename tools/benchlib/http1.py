"""HTTP/1.1: requests per second, latency, processor time and idle connections, with one hello server as backend."""
import functools
import re
import socket
import subprocess
import sys
import time

from benchlib.processes import Cost, resident_bytes
from benchlib.report import alternate, beside_whom, median_of, print_table, ratio, ratio_of_rounds, spoilt
from benchlib.servers import BODY

SERVERS = {"nginx": "nginx-light", "haproxy": "haproxy", "nghttpx": "nghttp2-proxy", "pushpin": "pushpin",
           "zeroway": ""}
PROGRAMS = ("router", "hello-worker")
MICROSECONDS = {"us": 1, "ms": 1e3, "s": 1e6, "m": 60e6}


def run_wrk(server, connections, seconds, path="/", accepted=None):
    """`accepted`: a content coding that the client takes."""
    cost = Cost(server)
    fields = ["-H", f"Accept-Encoding: {accepted}"] if accepted else []
    text = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s", *fields,
                           f"http://127.0.0.1:{server.port}{path}"], stdout=subprocess.PIPE, text=True, check=True).stdout
    requests = int(re.search(r"(\d+) requests in", text)[1])

    def percentile(which):
        match = re.search(rf"\s{which}%\s+([\d.]+)(us|ms|s|m)", text)
        return float(match[1]) * MICROSECONDS[match[2]]

    errors = sum(int(number) for number in re.findall(r"(?:connect|read|write|timeout) (\d+)", text))
    if match := re.search(r"Non-2xx or 3xx responses: (\d+)", text):
        errors += int(match[1])
    return {"per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), "p50_us": percentile(50),
            "p99_us": percentile(99), "errors": errors, "requests": requests, **cost.for_each(requests)}


def open_idle(server, number):
    """Keep-alive connections that each got one answer."""
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    opened = []
    for _ in range(number):
        client = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        client.sendall(request)
        data = b""
        while BODY.encode() not in data:
            piece = client.recv(4096)
            if not piece:
                raise SystemExit(f"bench: {server.name} closed a connection: {data!r}")
            data += piece
        opened.append(client)
    return opened


def bytes_for_each(bench, start, open_some, number):
    """How much the memory of a fresh process grows for each idle connection."""
    server = start()
    for client in open_some(server, 50):
        client.close()
    time.sleep(0.3)
    before = resident_bytes(server.pids())
    clients = open_some(server, number)
    time.sleep(0.5)
    grown = resident_bytes(server.pids()) - before
    for client in clients:
        client.close()
    bench.stop([server])
    return grown / number


def measure_workers(bench, options, engines, chosen):
    """One server after the other, each with so many workers, or nginx, behind it: a hundred that wait for the next round
    would not be idle."""
    starts = [functools.partial(bench.start_zeroway, transport, engines=pair) for pair in engines
              for transport in ("ipc", "tcp")]
    if "nginx" in chosen:
        starts += [functools.partial(bench.start_nginx_of_many, transport) for transport in ("ipc", "tcp")]
    found = {}
    for count in [int(count) for count in options.workers.split(",") if count]:
        runs = found[str(count)] = {}
        for number in range(options.rounds):
            for start in starts:
                server = start(count)
                run_wrk(server, 64, 1)
                runs.setdefault(server.name, []).append(run_wrk(server, 64, options.seconds))
                bench.stop([server])
            print(f"bench: {count} workers, round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    return found


def measure(bench, options, chosen):
    servers = [getattr(bench, f"start_{name}")() for name in chosen if name != "zeroway"]
    engines = options.engines.split(",") if options.engines else [None]
    if "zeroway" in chosen:
        servers += [bench.start_zeroway(transport, build=build, engines=pair) for build in bench.builds
                    for pair in engines for transport in ("ipc", "tcp")]
    for server in servers:
        run_wrk(server, 16, 1)  # warm up
    connections = [int(count) for count in options.connections.split(",") if count]
    direct = [] if options.servers else [bench.origin]
    runs = {"speed": alternate("http1", options.rounds, connections, direct + servers,
                               lambda server, count: run_wrk(server, count, options.seconds))}
    bench.stop(servers)
    memory = {}
    for name in ("nginx", "haproxy", "zeroway"):
        if options.idle and name in chosen:
            memory[name] = bytes_for_each(bench, getattr(bench, f"start_{name}"), open_idle, options.idle)
    if "zeroway" in chosen:
        runs["workers"] = measure_workers(bench, options, engines, chosen)
    return {"runs": runs, "once": {"memory": memory}}


def print_speed(title, servers):
    nginx = median_of(servers["nginx"]) if "nginx" in servers else {}
    beside, rows = beside_whom(servers), []
    for name, runs in servers.items():
        run = median_of(runs)
        rows.append([name + spoilt(run), f"{run['per_second']:.0f}",
                     *(ratio_of_rounds(runs, servers.get(other)) for other in beside),
                     f"{run['p50_us']:.0f}", ratio(run["p50_us"], nginx.get("p50_us")), f"{run['p99_us']:.0f}",
                     f"{run['own_us']:.1f}", f"{run['kernel_us']:.1f}", f"{run.get('switches', 0):.2f}"])
    print_table([title, "req/s", *(f"x {other}" for other in beside), "p50 us", "p50 x nginx", "p99 us", "own us/req",
                 "kernel us/req", "switches/req"], rows)


def in_words(connections):
    return f"{connections} connection{'s' if int(connections) > 1 else ''}"


def show(section):
    for count, servers in section["runs"]["speed"].items():
        print_speed(f"HTTP/1.1, {in_words(count)}", servers)
    if section["once"]["memory"]:
        print_table(["idle keep-alive connection", "bytes each"],
                    [[name, f"{size:.0f}"] for name, size in section["once"]["memory"].items()])
    if workers := section["runs"].get("workers"):
        rows, first, beside = [], {}, ("nginx ipc", "nginx tcp")
        for count, servers in workers.items():
            for name, runs in servers.items():
                run = median_of(runs)
                cost = run["own_us"] + run["kernel_us"]
                rows.append([f"{count} {name}" + spoilt(run), f"{cost:.1f}", ratio(cost, first.setdefault(name, cost)),
                             f"{run['per_second']:.0f}", *(ratio_of_rounds(runs, servers.get(other)) for other in beside)])
        print_table(["workers (64 connections)", "router us/req", "x the fewest", "req/s",
                     *(f"x {other}" for other in beside)], rows)
