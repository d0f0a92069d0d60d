"""What a message of WAMP costs the router that passes it on unchanged, beside a message of a plain WebSocket.

Client and worker speak the same serializer. The worker (test-worker) sends back what it gets, once as the realm of a
session of WAMP and once as a WebSocket of any path: the same bytes take the same way. Each echo is two messages. The
figure is the router's processor time, its own and the kernel's; those of the client and of the worker do not count.
"""
from benchlib.report import alternate, median_of, print_table, ratio_of_rounds
from benchlib.wamp import System, await_worker, run_client

SERVERS = {"zeroway": ""}
PROGRAMS = ("router", "test-worker")
SERIALIZERS = ("json", "cbor")
SESSIONS = (10, 100)
SIZES = (100, 1024, 10 * 1024)
MOST = 1.3  # times the time of a plain message: what is asked of the router


class Plain(System):
    def __init__(self, bench, build, serializer):
        super().__init__(bench, build, serializer, ("test-worker", "plain"), "{build} plain {serializer}")

    def measured(self, what):
        return "echoes"


class Realm(System):
    def __init__(self, bench, build, serializer):
        worker = ("test-worker", "realm", "--realm", "realm1", "--serializer", serializer)
        super().__init__(bench, build, serializer, worker, "{build} realm {serializer}")


def run(client, system, shape, seconds):
    sessions, size = (int(word) for word in shape.split())
    measured = run_client(client, system, "passed", sessions, seconds, size)
    return {**measured, "message_us": measured["server_us"] / 2}


def measure(bench, options, chosen):
    client = bench.compiled("wamp_client")
    shapes = [f"{sessions} {size}" for sessions in SESSIONS for size in SIZES]
    runs = {}
    for serializer in SERIALIZERS:
        systems = [kind(bench, build, serializer) for build in bench.builds for kind in (Plain, Realm)]
        for system in systems:
            await_worker(client, system, "passed")
        runs[serializer] = alternate(f"wamp-forwarding {serializer}", options.rounds, shapes, systems,
                                     lambda system, shape: run(client, system, shape, options.seconds))
        bench.stop(systems)
    return {"runs": runs, "once": {}}


def show(section):
    for serializer, shapes in section["runs"].items():
        rows = []
        for shape, servers in shapes.items():
            sessions, size = shape.split()
            for build in [name.split()[0] for name in servers if " plain " in name]:
                plain, realm = servers[f"{build} plain {serializer}"], servers[f"{build} realm {serializer}"]
                rows.append([f"{build}, {sessions} sessions, {size} bytes",
                             f"{median_of(plain)['message_us']:.2f}", f"{median_of(realm)['message_us']:.2f}",
                             ratio_of_rounds(realm, plain, "message_us")])
        print_table([f"router's us for each message, {serializer}", "plain WebSocket", "realm",
                     f"realm / plain (wanted: under {MOST})"], rows)
