"""Full TLS handshakes per second of the router and of nginx, with the same certificates and the same settings.

Clients are `openssl s_time -new`, several at once: no request and no resumption. The clients use more processor time
than the servers, so the server's processor time per handshake says more than the handshakes per second.
"""
import os
import re
import subprocess
import time

from benchlib.processes import Cost, free_port
from benchlib.report import alternate, median_of, print_table, ratio, ratio_of_rounds
from benchlib.servers import HERE, Server

SERVERS = {"nginx": "nginx-light", "zeroway": ""}
PROGRAMS = ("router",)
CLIENTS = 3
VERSIONS = ("tls1_3", "tls1_2")
KINDS = ("ecdsa", "rsa")


def make_certificate(directory, kind):
    done = subprocess.run([os.path.join(os.path.dirname(HERE), "dev-cert"), os.path.join(directory, kind), "localhost"],
                          env={**os.environ, "KIND": kind}, capture_output=True, text=True, check=True)
    return done.stdout.split()


def start_nginx(bench, certificate, key):
    server = bench.nginx("nginx", f"""
        ssl_certificate {certificate}; ssl_certificate_key {key};
        ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve X25519:P-256:P-384; ssl_prefer_server_ciphers on;
        ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256;
        ssl_session_cache none; ssl_session_tickets on;
        return 200 "hello\\n";""", listen="ssl http2")
    return server.await_answer(server.ask_tls)


def start_zeroway(bench, certificate, key, build):
    port = free_port()
    _, router = bench.start_router(build, f"ipc://{bench.directory}/fabric-{port}", "--tls-port", str(port),
                                   "--tls-cert", certificate, "--tls-key", key)
    server = Server(build, port, router)
    return server.await_answer(server.ask_tls)


def run_clients(server, version, seconds):
    cost, began = Cost(server), time.monotonic()
    running = [subprocess.Popen(["openssl", "s_time", "-connect", f"localhost:{server.port}", "-new", f"-{version}",
                                 "-time", str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
               for _ in range(CLIENTS)]
    count = sum(int(re.search(r"(\d+) connections in \d+ real", one.communicate()[0])[1]) for one in running)
    # The clients end at a whole second of the clock, up to one second later than asked.
    return {"per_second": count / (time.monotonic() - began), "requests": count, **cost.for_each(count)}


def measure(bench, options, chosen):
    runs = {}
    for kind in KINDS:
        pair = make_certificate(bench.directory, kind)
        servers = [start_nginx(bench, *pair)] if "nginx" in chosen else []
        if "zeroway" in chosen:
            servers += [start_zeroway(bench, *pair, build) for build in bench.builds]
        measured = alternate(f"tls {kind}", options.rounds, VERSIONS, servers,
                             lambda server, version: run_clients(server, version, options.seconds))
        runs.update({f"{kind} {version}": servers for version, servers in measured.items()})
        bench.stop(servers)
    return {"runs": {"handshakes": runs}, "once": {}}


def show(section):
    rows = []
    for shape, servers in section["runs"]["handshakes"].items():
        nginx = median_of(servers["nginx"]) if "nginx" in servers else {}
        for name, runs in servers.items():
            run = median_of(runs)
            cost = run["own_us"] + run["kernel_us"]
            rows.append([f"{shape} {name}", f"{run['per_second']:.0f}",
                         ratio_of_rounds(runs, servers.get("nginx")), f"{cost:.0f}",
                         ratio(cost, nginx and nginx["own_us"] + nginx["kernel_us"])])
    print_table(["full TLS handshakes", "per second", "x nginx", "us each", "us x nginx"], rows)
