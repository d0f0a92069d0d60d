"""Downloads of large bodies, as the sections `servers` and `files` measure them: bytes per second.

HTTP/1.1: the client (download_client.cpp, one thread) is the same for all servers. Complete and incomplete downloads
count with the bytes that came; costs are for each MiB. HTTP/2: h2load counts in the same way.
"""
import re
import subprocess

from benchlib.http2 import CONNECTIONS
from benchlib.processes import Cost
from benchlib.report import beside_whom, median_of, print_table, ratio_of_rounds, spoilt
from benchlib.servers import MEBIBYTE


def run_client(client, server, path, connections, seconds):
    cost = Cost(server)
    done = subprocess.run([client, str(server.port), path, str(connections), str(seconds)], capture_output=True,
                          text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench: {server.name}: {path}: the client of downloads failed: {done.stderr}")
    downloads, read, measured, p50, own = (float(word) for word in done.stdout.split())
    return {"per_second": read / measured, "requests": int(downloads), "p50_us": p50,
            "client_us": own * 1e6 / max(1, read / MEBIBYTE), **cost.for_each(read / MEBIBYTE)}


def run_h2load(server, path, streams, seconds):
    cost = Cost(server)
    done = subprocess.run(["h2load", "-t1", f"-c{CONNECTIONS}", f"-m{streams}", f"-D{seconds}", "--warm-up-time=0",
                           f"http://127.0.0.1:{server.port}{path}"], stdout=subprocess.PIPE, text=True, check=True)
    text = done.stdout
    if "Application protocol: h2c" not in text:
        raise SystemExit(f"bench: {server.name}: no HTTP/2:\n{text}")
    good = int(re.search(r"status codes: (\d+) 2xx", text)[1])
    errors = sum(int(number) for number in re.findall(r"(\d+) (?:failed|errored|timeout|3xx|4xx|5xx)", text))
    read = int(re.search(r"\((\d+)\) data", text)[1])
    return {"per_second": read / seconds, "requests": good, "errors": errors, **cost.for_each(read / MEBIBYTE)}


def print_speed(title, servers):
    beside, rows = beside_whom(servers), []
    for name, runs in servers.items():
        run = median_of(runs)
        has_client = "p50_us" in run
        rows.append([name + spoilt(run), f"{run['per_second'] / MEBIBYTE:.0f}",
                     *(ratio_of_rounds(runs, servers.get(other)) for other in beside),
                     f"{run['p50_us'] / 1000:.2f}" if has_client else "-", f"{run['own_us']:.0f}",
                     f"{run['kernel_us']:.0f}", f"{run['client_us']:.0f}" if has_client else "-"])
    print_table([title, "MiB/s", *(f"x {other}" for other in beside), "p50 ms", "own us/MiB", "kernel us/MiB",
                 "client us/MiB"], rows)
