"""What a worker says to its log, and that its log can do it no harm."""
import os
import subprocess

import zeroway_e2e as z


def worker_with_stderr(stack, name, stderr):
    child = subprocess.Popen([z.program('hello-worker'), name, '--verbose', '--connect', stack.ipc()], stderr=stderr)

    class Ended:
        def close(self):
            child.kill()
            child.wait()
    stack.closing(Ended())
    return child


def fill(pipe):
    """Until nothing more fits; another opening of it, so that only this one does not block."""
    end = os.open(f'/proc/self/fd/{pipe}', os.O_WRONLY | os.O_NONBLOCK)
    try:
        for size in (4096, 1):
            try:
                while True:
                    os.write(end, b'x' * size)
            except BlockingIOError:
                pass
    finally:
        os.close(end)


def test_a_worker_outlives_whoever_reads_its_log(stack):
    reading, writing = os.pipe()
    child = worker_with_stderr(stack, 'piped', writing)
    os.close(writing)
    os.close(reading)  # what it says when it has connected finds nobody
    router = stack.router().wait_workers(1)
    assert router.get().text == 'Hello from piped\n'
    assert child.poll() is None


def test_a_worker_does_not_wait_for_whoever_reads_its_log(stack):
    reading, writing = os.pipe()
    fill(writing)
    child = worker_with_stderr(stack, 'clogged', writing)
    os.close(writing)
    router = stack.router().wait_workers(1)
    assert router.get().text == 'Hello from clogged\n'
    os.read(reading, 1 << 20)
    child.terminate()
    assert child.wait(z.PATIENCE) == 0
    said = b''
    while piece := os.read(reading, 65536):
        said += piece
    os.close(reading)
    assert b'lines were lost: nobody read the log' in said and b'clogged: leaving\n' in said


def test_a_router_that_does_not_come_is_missed_in_the_log(stack):
    worker = stack.worker('alone')
    worker.wait_log(r'warning alone: ipc://\S*/fabric: nobody listens there \(No such file or directory\)')
    router = stack.router().wait_workers(1)
    worker.wait_log(r'info    alone: joined router router#\S+ at ipc://\S*/fabric, serves everything')
    assert router.get().text == 'Hello from alone\n'
    assert worker.log().count('nobody listens') == 1
