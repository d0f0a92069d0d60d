"""A folder of files, served by each server itself: 1 KiB, 100 KiB and 100 MiB over HTTP/1.1.

All servers read the same folder, whose files are in the kernel's page cache. nginx is measured as it comes (sendfile
on) and as `nginx cached`, which keeps the descriptors of files open for a second, as h2o and the router do in their own
ways.
"""
from benchlib import downloads, http1
from benchlib.report import alternate
from benchlib.servers import BODY, MEBIBYTE

SERVERS = {"nginx": "nginx-light", "nginx cached": "nginx-light", "h2o": "h2o", "caddy": "caddy", "zeroway": ""}
PROGRAMS = ("router",)
SIZES = {"1k": 1024, "100k": 100 * 1024, "100m": 100 * MEBIBYTE}
IN_WORDS = {"1k": "1 KiB", "100k": "100 KiB", "100m": "100 MiB"}
SMALL_CONNECTIONS = (1, 64)  # of those that ask for 1 KiB
LARGE_CONNECTIONS = {"100k": 16, "100m": 4}


def write_files(bench):
    """The folder's path, and the bodies of all its files."""
    bodies = {"/": BODY}
    bench.write("files/index.html", BODY)
    for name, size in SIZES.items():
        bodies[f"/{name}.txt"] = (BODY * (size // len(BODY) + 1))[:size]
        folder = bench.write(f"files/{name}.txt", bodies[f"/{name}.txt"])
    return folder.rpartition("/")[0], bodies


def start_nginx(bench, name, folder):
    cache = "open_file_cache max=1000; open_file_cache_valid 1s;" if name == "nginx cached" else ""
    return bench.nginx(name, f"root {folder}; sendfile on; tcp_nopush on; {cache}")


def start_h2o(bench, name, folder):
    return bench.h2o(name, f"        file.dir: {folder}")


def start_caddy(bench, name, folder):
    return bench.caddy(name, f"    root * {folder}\n    file_server")


def start_zeroway(bench, name, folder):
    return bench.router_of_site(name, f'static_dir = "{folder}"')


STARTERS = {"nginx": start_nginx, "nginx cached": start_nginx, "h2o": start_h2o, "caddy": start_caddy}


def measure(bench, options, chosen):
    folder, bodies = write_files(bench)
    client = bench.compiled("download_client")
    servers = [STARTERS[name](bench, name, folder) for name in chosen if name != "zeroway"]
    if "zeroway" in chosen:
        servers += [start_zeroway(bench, build, folder) for build in bench.builds]
    for server in servers:
        server.await_answer().check(bodies)
        http1.run_wrk(server, 16, 1, "/1k.txt")  # warm up

    def run_large(server, name):
        return downloads.run_client(client, server, f"/{name}.txt", LARGE_CONNECTIONS[name], options.seconds)

    runs = {"small": alternate("files, small", options.rounds, SMALL_CONNECTIONS, servers,
                               lambda server, count: http1.run_wrk(server, count, options.seconds, "/1k.txt")),
            "large": alternate("files, large", options.rounds, LARGE_CONNECTIONS, servers, run_large)}
    bench.stop(servers)
    return {"runs": runs, "once": {}}


def show(section):
    for count, servers in section["runs"]["small"].items():
        http1.print_speed(f"file of 1 KiB, {http1.in_words(count)}", servers)
    for name, servers in section["runs"]["large"].items():
        downloads.print_speed(f"file of {IN_WORDS[name]}, {http1.in_words(LARGE_CONNECTIONS[name])}", servers)
