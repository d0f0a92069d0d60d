"""What one WAMP message costs when it goes from one serializer to another: the router's own readers and writers, and
nlohmann's, which make a tree of values. No sockets: one thread calls the function that the router calls."""
import os
import subprocess
from types import SimpleNamespace

from benchlib.report import alternate, median_of, print_table, ratio_of_rounds
from benchlib.servers import HERE

SERVERS = {"nlohmann": "nlohmann-json3-dev", "zeroway": ""}
PROGRAMS = ("router",)
SIZES = (100, 1024, 10 * 1024, 1024 * 1024)
PAIRS = ("json cbor", "json msgpack", "msgpack json", "cbor json", "cbor msgpack", "msgpack cbor", "json json")


def start(bench, chosen):
    root = os.path.dirname(os.path.dirname(HERE))
    started = []
    for name, build in bench.builds.items():
        libraries = [os.path.join(build, "router/libzeroway_router.a"), os.path.join(build, "proto/libzeroway_proto.a")]
        program = bench.compiled("translate_messages", "-I", root, *libraries)
        if name == "zeroway" and "nlohmann" in chosen:
            started.append(SimpleNamespace(name="nlohmann", way="nlohmann", program=program))
        if "zeroway" in chosen:
            started.append(SimpleNamespace(name=name, way="zeroway", program=program))
    return started


def translate(server, shape, seconds):
    done = subprocess.run([server.program, server.way, *shape.split(), str(seconds)], capture_output=True, text=True,
                          check=True)
    bytes_each, us = done.stdout.split()
    return {"bytes": int(bytes_each), "us": float(us)}


def measure(bench, options, chosen):
    shapes = [f"{pair} {size}" for pair in PAIRS for size in SIZES]
    runs = alternate("translation", options.rounds, shapes, start(bench, chosen),
                     lambda server, shape: translate(server, shape, options.seconds / 10))
    return {"runs": {"messages": runs}, "once": {}}


def show(section):
    rows = []
    for shape, servers in section["runs"]["messages"].items():
        source, target, size = shape.split()
        us = [f"{median_of(runs)['us']:.2f}" for runs in servers.values()]
        rows.append([f"{source} to {target}, {size} bytes", *us,
                     ratio_of_rounds(servers.get("zeroway"), servers.get("nlohmann"), "us")])
    print_table(["us for each message", *servers, "of nlohmann's time"], rows)
