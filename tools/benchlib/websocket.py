"""WebSocket: echoes of 20 bytes in a closed loop, and the memory of an idle connection.

The client (websocket_client.cpp, one thread) is the same for all servers. The table has the client's own processor time
per echo.
"""
import os
import socket
import subprocess

from benchlib.http1 import bytes_for_each
from benchlib.processes import Cost, free_port
from benchlib.report import alternate, median_of, print_table, ratio_of_rounds
from benchlib.servers import BODY, HERE, Server

SERVERS = {"node": "node-ws", "nginx": "nginx-light", "zeroway": ""}
PROGRAMS = ("router", "echo-websocket-worker")
CONNECTIONS = (1, 100)
OPENING = ("GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()
QUESTION = b"\x81\x82\0\0\0\0hi"  # a masking key of zeros changes no byte


def open_sockets(server, number):
    """Open WebSockets that each got one message back."""
    opened = []
    for _ in range(number):
        client = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        client.sendall(OPENING)
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            piece = client.recv(4096)
            data += piece
            if not piece or not data.startswith(b"HTTP/1.1 101"[:len(data)]):
                raise OSError(f"{server.name}: no WebSocket: {data!r}")
        client.sendall(QUESTION)
        if (answer := client.recv(4096)) != b"\x81\x02hi":
            raise OSError(f"{server.name}: no echo: {answer!r}")
        opened.append(client)
    return opened


def await_echo(server):
    def ask():
        for client in open_sockets(server, 1):
            client.close()
        return 200, BODY
    return server.await_answer(ask)


def start_node(bench):
    port = free_port()
    path = os.pathsep.join(filter(None, [os.environ.get("NODE_PATH"), "/usr/share/nodejs"]))
    node = bench.processes.start("node", os.path.join(HERE, "websocket_echo.js"), str(port), NODE_PATH=path)
    return await_echo(Server("node", port, node))


def start_nginx(bench):
    node = start_node(bench)
    server = bench.nginx("nginx", f"""
        location / {{
          proxy_pass http://127.0.0.1:{node.port}; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection upgrade; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_read_timeout 300s; proxy_send_timeout 300s;
        }}""")
    server.name, server.others = "nginx + node", [node.proxy]
    return await_echo(server)


def start_zeroway(bench, build="zeroway"):
    fabric = f"ipc://{bench.directory}/fabric-{free_port()}"
    port, router = bench.start_router(build, fabric)
    worker = bench.processes.start(bench.program(build, "echo-websocket-worker"), "--connect", fabric)
    return await_echo(Server(build, port, router, [worker]))


def run_client(client, server, connections, seconds):
    cost = Cost(server)
    done = subprocess.run([client, str(server.port), str(connections), str(seconds)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench: {server.name}: the WebSocket client failed")
    echoes, p50, p99, own = (float(word) for word in done.stdout.split())
    return {"per_second": echoes / seconds, "p50_us": p50, "p99_us": p99, "client_us": own * 1e6 / max(1, echoes),
            "requests": int(echoes), **cost.for_each(echoes)}


def measure(bench, options, chosen):
    client = bench.compiled("websocket_client")
    starters = {"node": start_node, "nginx": start_nginx}
    servers = [starters[name](bench) for name in chosen if name != "zeroway"]
    if "zeroway" in chosen:
        servers += [start_zeroway(bench, build) for build in bench.builds]
    for server in servers:
        run_client(client, server, 10, 1)  # warm up
    runs = alternate("websocket", options.rounds, CONNECTIONS, servers,
                     lambda server, count: run_client(client, server, count, options.seconds))
    bench.stop(servers)
    starters["zeroway"] = start_zeroway
    memory = {name: bytes_for_each(bench, lambda: starters[name](bench), open_sockets, options.idle_sockets)
              for name in chosen if options.idle_sockets}
    return {"runs": {"echoes": runs}, "once": {"memory": memory, "held": options.idle_sockets}}


def show(section):
    for count, servers in section["runs"]["echoes"].items():
        rows = []
        for name, runs in servers.items():
            run = median_of(runs)
            rows.append([name, f"{run['per_second']:.0f}", ratio_of_rounds(runs, servers.get("nginx + node")),
                         ratio_of_rounds(runs, servers.get("node")), f"{run['p50_us']:.0f}", f"{run['p99_us']:.0f}",
                         f"{run['own_us']:.1f}", f"{run['kernel_us']:.1f}", f"{run['client_us']:.1f}"])
        print_table([f"WebSocket echoes, {count} connection{'s' if int(count) > 1 else ''}", "per second",
                     "x nginx + node", "x node", "p50 us", "p99 us", "own us each", "kernel us each", "client us"], rows)
    if section["once"]["memory"]:
        print_table([f"idle WebSocket, {section['once']['held']} held", "bytes each"],
                    [[name, f"{size:.0f}"] for name, size in section["once"]["memory"].items()])
