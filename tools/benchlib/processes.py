"""Starts processes, measures their cost, and stops them."""
import contextlib
import os
import random
import re
import signal
import socket
import subprocess

TICK = os.sysconf("SC_CLK_TCK")


def children_of(pid):
    """The pids of a process and of all its descendants."""
    found, todo = [], [pid]
    while todo:
        current = todo.pop()
        found.append(current)
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{current}/task"):
                with open(f"/proc/{current}/task/{task}/children") as file:
                    todo += [int(child) for child in file.read().split()]
    return found


def processor_time(pids):
    """Seconds in the processes' own code and in the kernel."""
    own = kernel = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
            own, kernel = own + int(fields[11]), kernel + int(fields[12])
    return own / TICK, kernel / TICK


def resident_bytes(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as file:
            if match := re.search(r"VmRSS:\s+(\d+) kB", file.read()):
                total += int(match[1]) * 1024
    return total


def context_switches(pids):
    """Of all threads of the processes: those that waited, and those that were made to."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{pid}/task"):
                with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{task}/status") as file:
                    total += sum(int(count) for count in re.findall(r"voluntary_ctxt_switches:\s+(\d+)", file.read()))
    return total


class Cost:
    """The processor time and the context switches of a server's processes from now on."""

    def __init__(self, server):
        self.server = server
        self.before, self.switches = processor_time(server.pids()), context_switches(server.pids())

    def for_each(self, count):
        own, kernel = processor_time(self.server.pids())
        return {"own_us": (own - self.before[0]) * 1e6 / max(1, count),
                "kernel_us": (kernel - self.before[1]) * 1e6 / max(1, count),
                "switches": (context_switches(self.server.pids()) - self.switches) / max(1, count)}


def free_port():
    """A free port whose next port is free, too (the fabric needs two), below the kernel's ephemeral ports."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe, socket.socket() as neighbour, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            neighbour.bind(("127.0.0.1", port + 1))
            return port


class Processes:
    """The processes that we started. All of them are stopped, by pid, however the program ends."""

    def __init__(self, directory):
        self.directory, self.running, self.count = directory, [], 0

    def start(self, *command, **environment):
        self.count += 1
        log = os.path.join(self.directory, f"{self.count}-{os.path.basename(command[0])}.log")
        with open(log, "wb") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                       cwd=self.directory, env={**os.environ, **environment})
        process.log = log
        self.running.append(process)
        return process

    def stop(self, processes=None):
        processes = list(self.running if processes is None else processes)
        for process in processes:
            process.below = children_of(process.pid)
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                for pid in process.below:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                process.wait()
            self.running.remove(process)
