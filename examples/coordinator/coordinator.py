#!/usr/bin/python3
"""A small coordinator: starts and stops sessions for users, and tells routers where their services are.

    coordinator.py --secret-file FILE [--state DIR] [--router URL …]

It is an example: its kernels are toys, processes of this machine. The file README.md beside it is the manual.
"""
import argparse
import os
import signal
import sys
import threading

from api import Server
from keeper import Keeper
from routers import Routers
from scheduler import Scheduler

LEAST_SECRET = 16  # bytes


def log(text):
    print(f"coordinator: {text}", file=sys.stderr, flush=True)


def address(text):
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError("wants ADDRESS:PORT")
    return host.strip("[]"), int(port)


def router(text):
    management, _, public = text.partition(",")
    if not management.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError("wants http://HOST:PORT of the management API, or that,URL of its clients")
    return management.rstrip("/"), public or None


def seconds(text):
    value = float(text)
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError("wants 0 to 3600 seconds")
    return value


def read_secret(path):
    with open(path, encoding="utf-8") as file:
        secret = file.read().strip()
    if len(secret.encode()) < LEAST_SECRET:
        sys.exit(f"coordinator.py: {path}: a secret has at least {LEAST_SECRET} bytes")
    return secret


def command_line():
    parser = argparse.ArgumentParser(description="Starts and stops sessions, and tells routers where their services are.")
    parser.add_argument("--listen", metavar="ADDRESS:PORT", type=address, default=("127.0.0.1", 6030),
                        help="for users and routers (127.0.0.1:6030)")
    parser.add_argument("--secret-file", metavar="FILE", required=True,
                        help="what routers and coordinator show each other, at least 16 bytes")
    parser.add_argument("--jwt-secret-file", metavar="FILE", help="signs tokens of users; default: the secret")
    parser.add_argument("--state", metavar="DIR", default="coordinator-state",
                        help="folder for sessions, and for files and logs of kernels (coordinator-state)")
    parser.add_argument("--router", metavar="URL[,PUBLIC-URL]", type=router, action="append", default=[],
                        help="management API of a router that does not register by itself, and where its clients go; "
                        "repeatable")
    parser.add_argument("--grace", metavar="SECONDS", type=seconds, default=1.0,
                        help="from the end of a session's routes to the end of its kernels (1)")
    parser.add_argument("--leave-kernels", action="store_true",
                        help="kernels go on when the coordinator ends, and the next one finds them")
    return parser.parse_args()


def main():
    options = command_line()
    secret = read_secret(options.secret_file)
    os.makedirs(options.state, exist_ok=True)
    keeper = Keeper(os.path.join(options.state, "sessions.json"), Scheduler(options.state), options.grace, log)
    try:
        keeper.load()
    except (OSError, ValueError) as error:
        sys.exit(f"coordinator.py: {keeper.path}: {error}")
    routers = Routers(keeper, secret)
    jwt_secret = read_secret(options.jwt_secret_file) if options.jwt_secret_file else secret
    try:
        server = Server(options.listen, keeper, routers, secret, jwt_secret)
    except OSError as error:
        sys.exit(f"coordinator.py: --listen: {error}")
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    keeper.thread.start()
    for management, public in options.router:
        routers.add(management, public)
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    host, port = server.server_address[:2]
    log(f"serving http://{'[' + host + ']' if ':' in host else host}:{port}/")
    over.wait()
    log("ending" + ("; kernels go on" if options.leave_kernels else " with all kernels"))
    server.shutdown()
    keeper.finish(options.leave_kernels)


if __name__ == "__main__":
    main()
