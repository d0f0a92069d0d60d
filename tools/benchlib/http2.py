"""HTTP/2 on cleartext ports, with an HTTP/1.1 backend: ten connections with more and more streams."""
import re
import subprocess

from benchlib.http1 import MICROSECONDS
from benchlib.processes import Cost
from benchlib.report import alternate, beside_whom, median_of, print_table, ratio_of_rounds, spoilt

SERVERS = {"nginx": "nginx-light", "haproxy": "haproxy", "nghttpx": "nghttp2-proxy", "h2o": "h2o", "zeroway": ""}
PROGRAMS = ("router", "hello-worker")
CONNECTIONS = 10


def run_h2load(server, streams, seconds, path="/"):
    cost = Cost(server)
    text = subprocess.run(["h2load", "-t1", f"-c{CONNECTIONS}", f"-m{streams}", f"-D{seconds}", "--warm-up-time=0",
                           f"http://127.0.0.1:{server.port}{path}"], stdout=subprocess.PIPE, text=True, check=True).stdout
    good = int(re.search(r"status codes: (\d+) 2xx", text)[1])
    errors = sum(int(number) for number in re.findall(r"(\d+) (?:failed|errored|timeout|3xx|4xx|5xx)", text))
    if "Application protocol: h2c" not in text:
        raise SystemExit(f"bench: {server.name}: no HTTP/2:\n{text}")
    request = re.search(r"time for request:(?:\s+[\d.]+\w+){2}\s+([\d.]+)(us|ms|s|m)", text)
    return {"per_second": good / seconds, "mean_us": float(request[1]) * MICROSECONDS[request[2]], "errors": errors,
            "requests": good, **cost.for_each(good)}


def measure(bench, options, chosen):
    servers = []
    for name in chosen:
        if name == "zeroway":
            servers += [bench.start_zeroway("ipc", build=build) for build in bench.builds]
        else:
            servers.append(bench.start_nginx_http2() if name == "nginx" else getattr(bench, f"start_{name}")())
    for server in servers:
        run_h2load(server, 10, 1)  # warm up
    streams = [int(count) for count in options.streams.split(",")]
    runs = alternate("http2", options.rounds, streams, servers,
                     lambda server, count: run_h2load(server, count, options.seconds))
    bench.stop(servers)
    return {"runs": {"speed": runs}, "once": {}}


def print_speed(title, servers):
    beside, rows = beside_whom(servers), []
    for name, runs in servers.items():
        run = median_of(runs)
        rows.append([name + spoilt(run), f"{run['per_second']:.0f}",
                     *(ratio_of_rounds(runs, servers.get(other)) for other in beside),
                     f"{run['mean_us']:.0f}", f"{run['own_us']:.1f}", f"{run['kernel_us']:.1f}"])
    print_table([title, "req/s", *(f"x {other}" for other in beside), "mean us", "own us/req", "kernel us/req"], rows)


def show(section):
    for count, servers in section["runs"]["speed"].items():
        print_speed(f"HTTP/2, {CONNECTIONS} x {count} streams", servers)
