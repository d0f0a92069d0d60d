"""Replies to many connections leave by few calls where the kernel has io_uring for us; with --no-io-uring never."""
import ctypes
import errno
import re
import subprocess

import pytest
import zeroway_e2e as z

CONNECTIONS = 64
IO_URING_SETUP = 425  # of every architecture


def has_io_uring():
    """Where it is allowed the call fails at its null argument only."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(IO_URING_SETUP, 1, None)
    return ctypes.get_errno() == errno.EFAULT


def is_traced(router):
    with open(f'/proc/{router.pid}/status') as status:
        return re.search(r'TracerPid:\t[1-9]', status.read()) is not None


def calls_of(stack, router, during):
    """The names of the calls that the router made while `during()` ran."""
    tracer = subprocess.Popen(['strace', '-f', '-c', '-p', str(router.pid)], stderr=subprocess.PIPE, text=True)
    try:
        z.eventually(lambda: is_traced(router), 10, what='the tracer')
        during()
    finally:
        tracer.terminate()
        said = tracer.communicate(timeout=30 * z.SLOW)[1]
    return {line.split()[-1] for line in said.splitlines() if re.match(r'\s+[\d.]+ ', line)}


@pytest.mark.parametrize('options', [(), ('--no-io-uring',)])
def test_replies_that_leave_together_arrive(stack, options):
    router = stack.router(*options)
    stack.worker('worker-1')
    router.wait_workers(1)
    connections = [stack.closing(router.connect()) for _ in range(CONNECTIONS)]

    def ask():
        for _ in range(20):
            for connection in connections:
                connection.send(b'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
            for connection in connections:
                assert connection.read_reply().body == b'Hello from worker-1\n'

    calls = calls_of(stack, router, ask)
    assert ('io_uring_enter' in calls) == (not options and has_io_uring())
