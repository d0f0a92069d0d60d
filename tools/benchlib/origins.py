"""One nginx as origin behind each server: small replies and bodies of 1 MiB, HTTP/1.1 and HTTP/2 in front.

The origin answers /small from memory with a body of 160 bytes, and /mebibyte from a file. All servers ask the same
origin, over HTTP/1.1 and over connections that they keep open. Here the router has the origin as its backend
(`router -c FILE`): no worker and no ZeroMQ takes part. nginx reads large bodies into buffers of 4 KiB, as it comes;
`nginx 64k` has larger ones and takes part with large bodies only.
"""
from benchlib import downloads, http1, http2
from benchlib.report import alternate
from benchlib.servers import BODY, MEBIBYTE, SMALL

SERVERS = {"nginx": "nginx-light", "nginx 64k": "nginx-light", "haproxy": "haproxy", "nghttpx": "nghttp2-proxy",
           "h2o": "h2o", "caddy": "caddy", "zeroway": ""}
PROGRAMS = ("router",)
STREAMS = 50  # on each of the ten HTTP/2 connections that ask for small replies
LARGE_STREAMS = 5  # the same of those that ask for 1 MiB: further ones only wait
BODIES = {"/": BODY, "/small": SMALL, "/mebibyte": (BODY * (MEBIBYTE // len(BODY) + 1))[:MEBIBYTE]}


def start(bench, chosen):
    """{"http1": servers, "http2": servers}: the ports of each protocol. Only nginx needs two."""
    both = [getattr(bench, f"start_{name}")() for name in chosen if not name.startswith(("nginx", "zeroway"))]
    if "zeroway" in chosen:
        both += [bench.start_zeroway_proxy(build) for build in bench.builds]
    ports = {"http1": list(both), "http2": list(both)}
    starters = {"nginx 64k": bench.start_nginx_64k, "nginx": bench.start_nginx}
    for name in [name for name in starters if name in chosen]:
        ports["http1"].insert(0, starters[name]())
        ports["http2"].insert(0, starters[name]("http2"))
    return ports


def without_large(servers):
    return [server for server in servers if server.name != "nginx 64k"]


def measure(bench, options, chosen):
    bench.write("origin/mebibyte", BODIES["/mebibyte"])
    client, ports = bench.compiled("download_client"), start(bench, chosen)
    connections = [int(count) for count in options.connections.split(",") if count]
    direct = [] if options.servers else [bench.origin]
    for server in ports["http1"]:
        server.check(BODIES)
        http1.run_wrk(server, 16, 1, "/small")  # warm up
    for server in ports["http2"]:
        http2.run_h2load(server, 10, 1, "/small")

    def run(what, shapes, servers, one):
        return alternate(f"servers, {what}", options.rounds, shapes, servers, one) if servers else {}

    runs = {
        "small": run("small replies", connections, direct + without_large(ports["http1"]),
                     lambda server, count: http1.run_wrk(server, count, options.seconds, "/small")),
        "small http2": run("small replies over HTTP/2", [STREAMS], without_large(ports["http2"]),
                           lambda server, count: http2.run_h2load(server, count, options.seconds, "/small")),
        "large": run("1 MiB", connections, direct + ports["http1"],
                     lambda server, count: downloads.run_client(client, server, "/mebibyte", count, options.seconds)),
        "large http2": run("1 MiB over HTTP/2", [LARGE_STREAMS], ports["http2"],
                           lambda server, count: downloads.run_h2load(server, "/mebibyte", count, options.seconds)),
    }
    bench.stop(list(dict.fromkeys(ports["http1"] + ports["http2"])))
    return {"runs": runs, "once": {}}


def show(section):
    runs = section["runs"]
    for count, servers in runs["small"].items():
        http1.print_speed(f"origin, small, HTTP/1.1, {http1.in_words(count)}", servers)
    for count, servers in runs["small http2"].items():
        http2.print_speed(f"origin, small, HTTP/2, {http2.CONNECTIONS} x {count} streams", servers)
    for count, servers in runs["large"].items():
        downloads.print_speed(f"origin, 1 MiB, HTTP/1.1, {http1.in_words(count)}", servers)
    for count, servers in runs["large http2"].items():
        downloads.print_speed(f"origin, 1 MiB, HTTP/2, {http2.CONNECTIONS} x {count} streams", servers)
