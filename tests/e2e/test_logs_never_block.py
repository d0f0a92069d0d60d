"""Who reads the logs, or where they lie, never makes a client wait."""
import fcntl
import os
import re
import struct
import subprocess
import termios
import time

import pytest
import zeroway_e2e as z

F_SETPIPE_SZ = 1031


class UnreadPipe:
    """A pipe as small as can be; nobody reads it until read() is called."""

    def __init__(self):
        self.reader, self.writer = os.pipe()
        fcntl.fcntl(self.writer, F_SETPIPE_SZ, 4096)
        os.set_blocking(self.reader, False)
        self.text = b''

    def read(self):
        try:
            while piece := os.read(self.reader, 1 << 20):
                self.text += piece
        except BlockingIOError:
            pass
        return self.text.decode()

    def fill(self):
        os.set_blocking(self.writer, False)
        try:
            while os.write(self.writer, b'x'):
                pass
        except BlockingIOError:
            os.set_blocking(self.writer, True)

    def size(self):
        """Bytes in it now."""
        return struct.unpack('i', fcntl.ioctl(self.reader, termios.FIONREAD, b'1234'))[0]

    def close(self):
        os.close(self.reader)
        os.close(self.writer)


class Router(z.RouterProcess):
    """A router whose standard output or error is a pipe of the test's."""

    def __init__(self, stack, *args, stdout=None, stderr=None):
        self.name = 'router'
        self.ends_by = z.signal.SIGKILL
        self.fabric = stack.ipc()
        self.port = z.free_port()
        self.argv = [z.program('router'), '-p', str(self.port), '-a', '127.0.0.1', '--fabric', self.fabric, *args]
        self.log_path = stack.path('router.log')
        with open(self.log_path, 'wb') as log:
            self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=stdout or log, stderr=stderr or log)
        stack.processes.append(self)

    def is_listening(self):
        try:
            self.connect().close()
            return True
        except OSError:
            return False


def ask(connection, count, path='/'):
    for _ in range(count):
        assert connection.request(path=path).status == 200


@pytest.fixture
def pipe(stack):
    return stack.closing(UnreadPipe())


def wait_for_worker(router):
    """Without the counters: they are in a log that perhaps nobody reads."""
    def look():
        try:
            return router.get().status == 200
        except OSError:
            return False
    z.eventually(look)


def test_an_access_log_that_nobody_reads(stack, pipe):
    router = Router(stack, '--access-log', '-', '-v', '--queue-timeout', '100ms', stdout=pipe.writer)
    stack.worker('worker-1')
    wait_for_worker(router)
    long = '/' + 1_900 * 'x'
    with router.connect() as connection:
        z.eventually(lambda: ask(connection, 500, long) or 'takes no lines' in router.log(), 60, every=0)
        ask(connection, 500, long)
    lost = router.counters()['access_lines_lost']
    assert lost > 0

    # The reader comes back: what waited comes, then what is asked now, and how many are missing is told.
    told = z.eventually(lambda: pipe.read() and re.search(r"access log '-' takes lines again; (\d+) were lost", router.log()))
    assert int(told[1]) >= lost
    assert router.get('/after').status == 200
    z.eventually(lambda: '"GET /after HTTP/1.1" 200 ' in pipe.read())
    lines = pipe.text.decode().splitlines()
    assert all(re.match(r'127\.0\.0\.1 - - \[.*" [25]\d\d ', line) for line in lines)
    assert router.counters()['access_lines_lost'] == int(told[1])


def test_a_log_that_nobody_reads(stack, pipe):
    also = stack.path('also')
    router = Router(stack, '-v', '-l', also, stderr=pipe.writer)
    stack.worker('worker-1')
    wait_for_worker(router)

    def report():
        router.signal(z.signal.SIGUSR1)  # 40 lines each
        assert router.get().status == 200
        return open(also).read().count('frames_bad ') >= 20  # signals that come at once count as one
    z.eventually(report)
    assert pipe.size() < os.path.getsize(also)  # it is full
    z.eventually(lambda: pipe.read() and pipe.text.decode().splitlines() == open(also).read().splitlines())


def test_the_router_ends_although_nobody_reads(stack, pipe):
    router = Router(stack, '--access-log', '-', '-sv', stdout=pipe.writer)
    stack.worker('worker-1')
    wait_for_worker(router)
    with router.connect() as connection:
        ask(connection, 200)
    for _ in range(20):
        router.signal(z.signal.SIGUSR1)
        assert router.get().status == 200
    router.terminate()
    assert router.wait() == 0  # although 30 s would be left to drain


def test_a_log_that_nobody_reads_does_not_delay_the_end(stack, pipe):
    """Each such file took a second. One of several is enough, the machine may be busy."""
    def seconds_to_end():
        router = Router(stack, '--access-log', '-', '-s', stdout=pipe.writer)
        z.eventually(router.is_listening)
        begun = time.monotonic()
        router.terminate()
        assert router.wait() == 0
        return time.monotonic() - begun
    pipe.fill()
    assert any(seconds_to_end() < 0.8 * z.SLOW for _ in range(10))


@pytest.mark.parametrize('option', ['--access-log', '-l'])
def test_a_full_disk(stack, option):
    router = stack.router(option, '/dev/full')
    stack.worker('worker-1')
    router.wait_workers(1)
    with router.connect() as connection:
        ask(connection, 100)
    router.wait_log(r"log '/dev/full': No space left on device")
    if option == '--access-log':
        z.eventually(lambda: router.counters()['access_lines_lost'] == 100)
    assert router.log().count('No space left') == 1


def test_a_reader_that_went_away(stack):
    pipe = UnreadPipe()
    router = Router(stack, '--access-log', '-', '-v', stdout=pipe.writer)
    stack.worker('worker-1')
    wait_for_worker(router)
    pipe.close()
    with router.connect() as connection:
        ask(connection, 100)
    router.wait_log(r"access log '-': Broken pipe")
    assert router.get().status == 200


def test_closed_standard_descriptors_are_nobodys(stack):
    port = z.free_port()
    argv = [z.program('router'), '--access-log', '-', '-p', str(port), '-a', '127.0.0.1', '--fabric', stack.ipc(),
            '--queue-timeout', '0']
    child = subprocess.Popen(['sh', '-c', 'exec "$@" <&- >&- 2>&-', 'sh', *argv])
    stack.closing(Ender(child))

    def look():
        try:
            with z.Connection(port) as connection:
                return connection.request().status == 503
        except OSError:
            return False
    z.eventually(look)
    assert [os.readlink(f'/proc/{child.pid}/fd/{number}') for number in range(3)] == 3 * ['/dev/null']


class Ender:
    def __init__(self, child):
        self.child = child

    def close(self):
        self.child.kill()
        self.child.wait()
