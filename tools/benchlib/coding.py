"""Replies that each server compresses itself: a text of 20 KiB from one origin behind all of them, with gzip at level 6;
the router also with br and zstd. Then requests for small replies alone, and beside one endless compressed download.

The client does not decode: what is compared is the servers' work. A check before the runs decodes gzip.
"""
import gzip
import subprocess
import threading
import urllib.request

from benchlib import http1
from benchlib.report import alternate
from benchlib.servers import MEBIBYTE

SERVERS = {"nginx": "nginx-light", "zeroway": ""}
PROGRAMS = ("router",)
LEVEL, SIZE, LARGE = 6, 20 * 1024, 256 * MEBIBYTE
CODINGS = ("gzip", "br", "zstd")
BESIDE_CONNECTIONS = 16
NGINX = f"gzip on; gzip_comp_level {LEVEL}; gzip_types text/plain; gzip_proxied any; gzip_min_length 256;"


def catalogue(size):
    """JSON whose values differ, as those of a shop do."""
    lines, total, number = [], 0, 0
    while total < size:
        number += 1
        mixed = number * 2654435761 % 2**32
        lines.append(f'{{"id":{number},"name":"thing {mixed % 9973}","price":{mixed % 100000 / 100},"uuid":"{mixed:08x}'
                     f'{mixed * 40503 % 2**32:08x}","tags":["a{mixed % 7}","b{mixed % 11}"],"active":true}},\n')
        total += len(lines[-1])
    return "".join(lines)[:size]


def coding_of(server):
    return server.name.split()[-1] if server.name.split()[-1] in CODINGS else "gzip"


def start(bench, chosen):
    started = [bench.start_nginx(more=NGINX)] if "nginx" in chosen else []
    if "zeroway" not in chosen:
        return started
    for build in bench.builds:
        for coding in CODINGS:
            name = build if coding == "gzip" else f"{build} {coding}"
            started.append(bench.start_zeroway_proxy(
                build, name, f'level = {LEVEL}\ncodings = ["{coding}"]\nmin_size = 256'))
    return started


def check(server, body):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/page", headers={"Accept-Encoding": coding_of(server)})
    with urllib.request.urlopen(request) as reply:
        got, coding = reply.read(), reply.headers["Content-Encoding"]
    if coding != coding_of(server) or (coding == "gzip" and gzip.decompress(got).decode() != body):
        raise SystemExit(f"bench: {server.name}: /page has the coding {coding}, or another body")
    print(f"bench: {server.name}: {len(body)} bytes become {len(got)} by {coding}", flush=True)


class Download:
    """Asks for the large body again and again, compressed, while it lives."""

    def __init__(self, server):
        url = f"http://127.0.0.1:{server.port}/large"
        self.argv = ["curl", "-sS", "-o", "/dev/null", "-H", f"Accept-Encoding: {coding_of(server)}", url]
        self.is_over, self.child = False, None

    def __enter__(self):
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        return self

    def _run(self):
        while not self.is_over:
            self.child = subprocess.Popen(self.argv)
            self.child.wait()

    def __exit__(self, *_):
        self.is_over = True
        self.child.kill()
        self.thread.join()


def measure(bench, options, chosen):
    body = catalogue(SIZE)
    bench.write("origin/page", body)
    bench.write("origin/large", catalogue(4 * MEBIBYTE) * (LARGE // (4 * MEBIBYTE)))
    connections = [int(count) for count in options.connections.split(",") if count]
    servers = start(bench, chosen)
    for server in servers:
        check(server.await_answer(), body)
        http1.run_wrk(server, 16, 1, "/page", coding_of(server))  # warm up

    def beside(server, shape):
        if shape == "alone":
            return http1.run_wrk(server, BESIDE_CONNECTIONS, options.seconds, "/small")
        with Download(server):
            return http1.run_wrk(server, BESIDE_CONNECTIONS, options.seconds, "/small")

    runs = {"page": alternate("coding, page", options.rounds, connections, servers, lambda server, count: http1.run_wrk(
                server, count, options.seconds, "/page", coding_of(server))),
            "beside": alternate("coding, small replies", options.rounds, ["alone", "beside a download"], servers, beside)}
    bench.stop(servers)
    return {"runs": runs, "once": {}}


def show(section):
    for count, servers in section["runs"]["page"].items():
        http1.print_speed(f"20 KiB compressed, {http1.in_words(count)}", servers)
    for shape, servers in section["runs"]["beside"].items():
        http1.print_speed(f"small replies {shape}, {http1.in_words(BESIDE_CONNECTIONS)}", servers)
