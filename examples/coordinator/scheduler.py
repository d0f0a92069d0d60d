"""Starts and ends kernels: local processes, each known by its pid and the time at which it began.

A kernel is signalled through a descriptor of its process, after that process was seen to be the right one. So no other
process that got the same pid can be ended. Kernels outlive a coordinator that is killed: the next one finds them again.
"""
import os
import select
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def began_at(pid):
    """When the process began, in the kernel's clock; 0 = there is none, or it has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()  # the name before may have spaces
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])


def is_running(replica):
    return replica.pid > 0 and replica.began != 0 and began_at(replica.pid) == replica.began


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
        return True
    except OSError:
        return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class Scheduler:
    is_running = staticmethod(is_running)
    listens = staticmethod(listens)

    def __init__(self, folder):
        self.folder = folder
        self.children = {}  # pid -> process, of those that this coordinator started: it has to collect their end

    def command(self, session, replica):
        if replica.service == "files":
            return [sys.executable, "-u", "-m", "http.server", str(replica.port), "--bind", "127.0.0.1",
                    "--directory", self.files_of(session, replica)]
        program = {"echo": "echo_websocket.py", "ssh": "echo_tcp.py"}[replica.service]
        return [sys.executable, os.path.join(HERE, "kernels", program), str(replica.port)]

    def files_of(self, session, replica):
        folder = os.path.join(self.folder, "files", session.id, str(replica.number))
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "whoami.txt"), "w", encoding="utf-8") as file:
            file.write(f"{session.id} {replica.number}\n")
        return folder

    def start(self, session, replica):
        """Starts the kernel at the port that it had, if that is free."""
        if replica.port == 0 or not is_free(replica.port):
            replica.port = free_port()
        log = os.path.join(self.folder, f"kernel-{session.id}-{replica.service}-{replica.number}.log")
        with open(log, "ab") as output:
            # Its own session: Ctrl-C in a terminal ends the coordinator, which then ends its kernels.
            child = subprocess.Popen(self.command(session, replica), stdin=subprocess.DEVNULL, stdout=output,
                                     stderr=subprocess.STDOUT, start_new_session=True)
        self.children[child.pid] = child
        replica.pid, replica.began, replica.is_ready = child.pid, began_at(child.pid), False

    def collect(self):
        """Lets children that have ended leave the table of processes."""
        for pid, child in list(self.children.items()):
            if child.poll() is not None:
                del self.children[pid]

    def end(self, replicas, patience):
        """Ends kernels, and returns when they have ended: those that ignore SIGTERM for `patience` seconds are killed."""
        waiting = [descriptor for descriptor in map(process_of, replicas) if descriptor is not None]
        for number in (signal.SIGTERM, signal.SIGKILL):
            for descriptor in waiting:
                send(descriptor, number)
            waiting = still_running(waiting, patience)
        for descriptor in waiting:
            os.close(descriptor)
        self.collect()


def process_of(replica):
    """A descriptor of the kernel's process; None when it has ended."""
    if not is_running(replica):
        return None
    try:
        descriptor = os.pidfd_open(replica.pid)
    except OSError:
        return None
    if is_running(replica):  # the process that is open now is the right one
        return descriptor
    os.close(descriptor)
    return None


def send(descriptor, number):
    try:
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        pass  # it has ended by itself


def still_running(descriptors, patience):
    """Waits for processes. Returns those that have not ended, and closes the others."""
    deadline = time.monotonic() + patience
    waiting = list(descriptors)
    while waiting and (left := deadline - time.monotonic()) > 0:
        for descriptor in select.select(waiting, [], [], left)[0]:
            os.close(descriptor)
            waiting.remove(descriptor)
    return waiting
