"""Whole processes under test: starts routers and workers, sends them requests over real sockets, stops all of them.

Owner: a test holds one Stack (fixture `stack`); the processes started through a Stack end with it.
Thread: any; a Connection or a Load belongs to one test.
Not here: checks (tests/e2e/test_*.py), the fabric's protocol by hand (fabric_peer.py).

Every wait is bounded, and polls the condition that it waits for. A bound that says nothing about the product is
PATIENCE. No machine needs that long, so only a failing test waits for all of it. Ports are free ports of 127.0.0.1. The
fabric is ipc in a directory of the Stack, unless a test wants tcp.
"""
import collections
import fcntl
import glob
import mmap
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get('ZEROWAY_BIN', os.path.join(ROOT, 'build', 'bin'))
LONG = os.environ.get('ZEROWAY_LONG') == '1'
MIB = 1 << 20


def program(name):
    return os.path.join(BIN, name)


# The fabric's engines of both sides: ZEROWAY_FABRIC_ENGINE is for routers, ZEROWAY_ENGINE is read by workers themselves.
ROUTER_ENGINE = os.environ.get('ZEROWAY_FABRIC_ENGINE', '')
# Whether openings are dealt to equal workers. An engine that knows its connections steers each opening.
DEALS = (ROUTER_ENGINE or 'loop') == 'libzmq'


def with_engine(argv):
    """The command line, with the engine that the environment chooses if this is a router that serves."""
    is_chosen = ROUTER_ENGINE and argv[0] == program('router') and '--fabric-engine' not in argv
    return [argv[0], '--fabric-engine', ROUTER_ENGINE, *argv[1:]] if is_chosen else argv


def _is_sanitized():
    try:
        with open(program('router'), 'rb') as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            return text.find(b'__asan_init') >= 0 or text.find(b'__tsan_init') >= 0
    except FileNotFoundError:
        return False


SANITIZED = _is_sanitized()  # a sanitizer's memory hides that of the program
# Sanitizers and busy machines make programs slower, never wrong: all bounds of time are multiplied by this.
SLOW = float(os.environ.get('ZEROWAY_SLOW', '4' if SANITIZED else '1'))
PATIENCE = 20.0  # seconds; less than the 30 of the timeouts of drains, bodies and sends, so that these hide no fault


def raise_file_limit():
    """Allows as many descriptors as the machine does. Child processes inherit the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def eventually(question, within=PATIENCE, every=0.02, what=None):
    """The first true answer of `question()`. Fails when no answer is true in time."""
    deadline = time.monotonic() + within * SLOW
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f'not within {within * SLOW:g} s: {what or question}')
        time.sleep(every)


def lines_of(path, count):
    """The lines of the file, once there are `count`."""
    def look():
        try:
            with open(path) as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return None
        return lines if len(lines) >= count else None
    return eventually(look, what=f'{count} lines in {path}')


def settled(question, still=1.0, what=None):
    """The answer of `question()`, once it has stayed the same for `still` seconds."""
    answer, since = question(), time.monotonic()

    def look():
        nonlocal answer, since
        if (now := question()) != answer:
            answer, since = now, time.monotonic()
        return time.monotonic() - since >= still
    eventually(look, 3 * PATIENCE, what=what or 'an end of changes')
    return answer


_given_ports = set()
_port_claims = None  # the descriptor of a file whose byte N is locked by the process that has given away port N


def free_port(count=1):
    """The first of `count` consecutive free ports. They are below the ephemeral range, so that no client takes them.
    No other process of these tests gets them as long as this process runs: a router that is started again finds its
    port free."""
    start = 10_000 + (os.getpid() * 37) % 20_000
    for offset in range(0, 20_000, 1):
        first = 10_000 + (start - 10_000 + offset) % 20_000
        ports = range(first, first + count)
        if any(port in _given_ports for port in ports):
            continue
        if all(_is_free(port) and _claim(port) for port in ports):
            _given_ports.update(ports)
            return first
    raise AssertionError('no free port')


def _claim(port):
    """False when another process has the port. The kernel takes our claims back when this process ends."""
    global _port_claims
    if _port_claims is None:
        path = os.path.join(tempfile.gettempdir(), f'zeroway-ports-{os.getuid()}')
        _port_claims = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.lockf(_port_claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        return True
    except OSError:
        return False


def _is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except OSError:
            return False
    return True


# ---------------------------------------------------------------------------------------------- processes


def family_of(pid):
    """The processes below this one, as descriptors: an id may be another process's soon."""
    family = []
    for path in glob.glob(f'/proc/{pid}/task/*/children'):
        try:
            with open(path) as file:
                children = [int(child) for child in file.read().split()]
            for child in children:
                family += [os.pidfd_open(child), *family_of(child)]
        except (FileNotFoundError, ProcessLookupError):
            pass  # it has ended
    return family


class Process:
    """One program that we started. Its output goes to a file. `ends_by`: the signal at the end of the test; a master of
    other processes ends these first, if it may."""

    def __init__(self, name, argv, log_path, env=None, ends_by=signal.SIGKILL):
        self.name = name
        self.ends_by = ends_by
        self.argv = with_engine(argv)
        self.log_path = log_path
        log_file = open(log_path, 'wb')
        self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log_file, stderr=subprocess.STDOUT,
                                      env={**os.environ, **(env or {})})
        log_file.close()

    @property
    def pid(self):
        return self.child.pid

    def is_running(self):
        return self.child.poll() is None

    def log(self, since=0):
        """The program's output, from the byte `since` on."""
        with open(self.log_path, 'rb') as file:
            file.seek(since)
            return file.read().decode('utf-8', 'replace')

    def log_size(self):
        return os.path.getsize(self.log_path)

    def wait_log(self, pattern, within=PATIENCE, since=0):
        """Waits for a match of `pattern` in the log. Fails when the process ends or the time is over first."""
        def look():
            running = self.is_running()  # asked first: what it writes at its end is in the log then
            match = re.search(pattern, self.log(since))
            assert match or running, f'{self.name} ended ({self.child.returncode}) without {pattern!r} in its log'
            return match
        return eventually(look, within, what=f'{pattern!r} in the log of {self.name}')

    def signal(self, number):
        self.child.send_signal(number)

    def wait_catches(self, number):
        """Waits until the process has installed its handler of the signal: before, the signal would kill it."""
        eventually(lambda: int(self._status_of('SigCgt'), 16) >> (number - 1) & 1, what=f'{self.name} catching {number}')

    def terminate(self):
        self.signal(signal.SIGTERM)

    def kill(self):
        """Sends SIGKILL. The process has ended when this returns."""
        self.signal(signal.SIGKILL)
        self.child.wait(PATIENCE)

    def freeze(self):
        self.signal(signal.SIGSTOP)

    def is_frozen(self):
        return self._status_of('State') == 'T'

    def thaw(self):
        self.signal(signal.SIGCONT)

    def wait(self, within=PATIENCE):
        """The exit code. Fails when the process does not end in time."""
        try:
            return self.child.wait(within * SLOW)
        except subprocess.TimeoutExpired:
            raise AssertionError(f'{self.name} did not end within {within * SLOW:g} s') from None

    def rss(self):
        """Bytes of memory resident now."""
        return self._kilobytes('VmRSS')

    def peak_rss(self):
        return self._kilobytes('VmHWM')

    def descriptors(self):
        """How many it has open."""
        return len(os.listdir(f'/proc/{self.pid}/fd'))

    def forget_peak(self):
        with open(f'/proc/{self.pid}/clear_refs', 'w') as file:
            file.write('5')

    def processor_seconds(self):
        """Processor time of the process so far, in its own code and in the kernel."""
        with open(f'/proc/{self.pid}/stat') as file:
            fields = file.read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def _kilobytes(self, field):
        return int(self._status_of(field)) * 1024

    def _status_of(self, field):
        with open(f'/proc/{self.pid}/status') as file:
            for line in file:
                if line.startswith(field + ':'):
                    return line.split()[1]
        raise AssertionError(f'no {field} of {self.name}')

    def end(self):
        """Ends it, and then what it has left of its children."""
        if not self.is_running():
            return
        family = family_of(self.pid)
        self.thaw()
        self.signal(self.ends_by)
        try:
            self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
        for one in family:
            try:
                signal.pidfd_send_signal(one, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.close(one)


def without_management(argv):
    """The management listener has one address by default, which many routers at once cannot have."""
    return [] if '--manage' in argv else ['--manage', 'off']


class RouterProcess(Process):
    """A router, its address, and the fabric that it binds."""

    def __init__(self, name, argv, log_path, fabric, port):
        super().__init__(name, [*argv, *without_management(argv)], log_path)
        self.fabric = fabric
        self.port = port

    def counters(self):
        """The counters now, as name → value. Counters of each loop are summed."""
        old = self.log_size()
        self.signal(signal.SIGUSR1)

        def look():
            lines = re.findall(r'(?m)(?:^|\s)([a-z][a-z0-9_]+) (\d+)$', self.log(old))
            names = [name for name, _ in lines]
            assert self.is_running(), f'{self.name} ended ({self.child.returncode}):\n{self.log()[-2_000:]}'
            return lines if 'frames_bad' in names else None
        lines = eventually(look, what=f'counters in the log of {self.name}')
        values = collections.Counter()
        for name, value in lines:
            values[name] += int(value)
        return values

    def undisturbed(self, measure):
        """The result of a `measure()` during which no worker was late with a ping: a router rightly avoids late ones."""
        for _ in range(20):
            before = self.counters()
            found = measure()
            if self.counters()['pings_late'] == before['pings_late']:
                return found
            rounds = self.counters()['ping_rounds']  # a worker that answers the next ping is no longer late
            eventually(lambda: self.counters()['ping_rounds'] >= rounds + 2, every=0.1, what='two rounds of pings')
        raise AssertionError('each time a worker was late')

    def connect(self, timeout=PATIENCE, **options):
        return Connection(self.port, timeout * SLOW, **options)

    def request(self, method='GET', path='/', headers=(), body=None, timeout=PATIENCE):
        """Sends one request on a new connection."""
        with self.connect(timeout) as connection:
            return connection.request(method, path, headers, body)

    def get(self, path='/', **options):
        return self.request('GET', path, **options)

    def wait_bound(self):
        if self.port == 0:
            self.port = int(self.wait_log(r'(?i)http[^\n]*?:(\d+)\b', 3 * PATIENCE).group(1))

        def ask(port):
            assert self.is_running(), f'{self.name} ended ({self.child.returncode}) before it listened'
            try:
                socket.create_connection(('127.0.0.1', port), 1).close()
                return True
            except OSError:
                return False
        for port in [self.port, *self.management_ports()]:
            eventually(lambda: ask(port), 3 * PATIENCE, what=f'{self.name} listening on {port}')
        return self

    def management_ports(self):
        """Where operators ask, which is bound a moment after the rest; none when that is a file or is off."""
        if '--manage' not in self.argv:
            return []
        port = self.argv[self.argv.index('--manage') + 1].rpartition(':')[2]
        return [int(port)] if port.isdigit() else []

    def wait_workers(self, count):
        """Waits until the router has exactly `count` workers."""
        eventually(lambda: self.counters()['workers'] == count, 3 * PATIENCE, every=0.05,
                   what=f'{count} workers at {self.name}')
        return self

    def wait_idle(self):
        """Waits until no exchange and no stream is open: none has leaked."""
        def look():
            counters = self.counters()
            return counters['exchanges_open'] == 0 and counters['streams_open'] == 0
        eventually(look, every=0.05, what=f'{self.name} without open streams')


class Stack:
    """All processes that one test started."""

    def __init__(self):
        raise_file_limit()
        self.folder = tempfile.mkdtemp(prefix='zw-', dir='/tmp')
        self.processes = []
        self.closers = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def ipc(self, name='fabric'):
        return 'ipc://' + self.path(name)

    def tcp(self, loops=1):
        """Free ports as a fabric endpoint: a pair for each loop of the router."""
        return f'tcp://127.0.0.1:{free_port(2 * loops)}'

    def start(self, argv, name=None, env=None, ends_by=signal.SIGKILL):
        name = name or os.path.basename(argv[0])
        log_path = self.path(f'{len(self.processes)}-{name}.log')
        process = Process(name, argv, log_path, env, ends_by)
        self.processes.append(process)
        return process

    def router(self, *args, port=0, fabric=None, name='router', flags='-sv', wait=True):
        """Starts a router. With `wait`, it is listening when this returns."""
        fabric = fabric or self.ipc()
        argv = [program('router'), flags, '-p', str(port), '-a', '127.0.0.1', '--fabric', fabric, *map(str, args)]
        log_path = self.path(f'{len(self.processes)}-{name}.log')
        router = RouterProcess(name, argv, log_path, fabric, port)
        self.processes.append(router)
        return router.wait_bound() if wait else router

    def worker(self, name, *args, kind='hello-worker', connect=None):
        """Starts a worker. Does not wait for it (RouterProcess.wait_workers does)."""
        endpoints = connect or [self.ipc()]
        argv = [program(kind), name]
        for endpoint in endpoints if isinstance(endpoints, (list, tuple)) else [endpoints]:
            argv += ['--connect', endpoint]
        return self.start(argv + [str(arg) for arg in args], name=name)

    def httpbin(self, name='bin-1', *args, **options):
        return self.worker(name, *args, kind='httpbin-worker', **options)

    def test_worker(self, name='test-1', *args, **options):
        return self.worker(name, *args, kind='test-worker', **options)

    def closing(self, thing):
        """Calls `thing.close()` at the end of the test."""
        self.closers.append(thing)
        return thing

    def close(self):
        for thing in reversed(self.closers):
            thing.close()
        for process in reversed(self.processes):
            process.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def end_politely(self):
        """Sends SIGTERM until all our programs have ended by themselves: only then LeakSanitizer looks for leaks."""
        ours = [process for process in self.processes if process.argv[0].startswith(BIN)]
        again = 0

        def look():
            nonlocal again
            running = [process for process in ours if process.is_running()]
            if time.monotonic() > again:
                # A second SIGTERM aborts an orderly end (threads are then not joined): wait a second before it.
                again = time.monotonic() + 1
                for process in running:
                    # Only if frozen: SIGCONT would undo the stop by which LeakSanitizer inspects a program that ends.
                    if process.is_frozen():
                        process.thaw()
                    process.terminate()
            return not running
        eventually(look, every=0.05, what='the end of all routers and workers')

    def sanitizer_reports(self):
        """The reports of sanitizers in all logs. If there are any, the test has failed."""
        marks = ('ERROR: AddressSanitizer', 'ERROR: LeakSanitizer', 'WARNING: ThreadSanitizer', ': runtime error: ')
        return [f'{process.name}: {line}' for process in self.processes for line in process.log().splitlines()
                if any(mark in line for mark in marks)]

    def logs(self, most=4_000):
        """The end of every log, for the report of a failure."""
        parts = []
        for process in self.processes:
            text = process.log()
            code = process.child.poll()
            state = 'running' if code is None else f'exit {code}'
            parts.append(f'--- {process.name} (pid {process.pid}, {state}): {" ".join(process.argv)}\n'
                         + (f'… {len(text) - most} characters before\n' if len(text) > most else '') + text[-most:])
        return '\n'.join(parts)


# ------------------------------------------------------------------------------------------------- HTTP/1.1


class Reply:
    """One reply as it came: fields in their order, names in lower case."""

    __slots__ = ('version', 'status', 'reason', 'fields', 'body', 'trailers', 'interim', 'chunks', 'head_time', 'end_time',
                 'raw_head')

    def __init__(self):
        self.body = b''
        self.trailers = []
        self.interim = []
        self.chunks = []  # (time since the request, size) of each piece as it was read
        self.head_time = self.end_time = 0.0

    def get(self, name, default=None):
        for field, value in self.fields:
            if field == name:
                return value
        return default

    def all(self, name):
        return [value for field, value in self.fields if field == name]

    @property
    def text(self):
        return self.body.decode()

    @property
    def worker(self):
        return self.get('x-worker')

    def __repr__(self):
        return f'<{self.status} {self.fields} {self.body[:200]!r}>'


class Broken(Exception):
    """The connection ended, or the bytes that came are not HTTP."""


def fields_of(lines):
    fields = []
    for line in lines:
        name, colon, value = line.partition(b':')
        if not colon or not name or name != name.strip():
            raise Broken(f'not a field: {line!r}')
        fields.append((name.decode('latin-1').lower(), value.strip().decode('latin-1')))
    return fields


class Closing:
    """An object that a `with` statement closes."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Connection(Closing):
    """A client's connection for scripted bytes and for whole requests. It accepts only strictly valid replies."""

    def __init__(self, port, timeout=PATIENCE * SLOW, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect(('127.0.0.1', port))
        self.buffer = bytearray()
        self.is_open = True

    def close(self):
        self.is_open = False
        self.socket.close()

    def abort(self):
        """Closes with a TCP reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
        self.close()

    def half_close(self):
        """Closes the sending side; reading goes on."""
        self.socket.shutdown(socket.SHUT_WR)

    def send(self, data):
        self.socket.sendall(data)

    def fill(self):
        """Reads once more; false at the end of the stream."""
        piece = self.socket.recv(262_144)
        self.buffer += piece
        return bool(piece)

    def take(self, size):
        while len(self.buffer) < size:
            if not self.fill():
                raise Broken(f'end of stream with {len(self.buffer)} of {size} bytes')
        piece = bytes(self.buffer[:size])
        del self.buffer[:size]
        return piece

    def take_until(self, mark):
        start = 0
        while True:
            at = self.buffer.find(mark, start)
            if at >= 0:
                piece = bytes(self.buffer[:at])
                del self.buffer[:at + len(mark)]
                return piece
            start = max(0, len(self.buffer) - len(mark))
            if not self.fill():
                raise Broken(f'end of stream before {mark!r}: {bytes(self.buffer[:200])!r}')

    def is_closed_by_peer(self, within=PATIENCE):
        """True when the router closes (end of stream or reset) within the time, without sending another byte."""
        self.socket.settimeout(within * SLOW)
        try:
            return not self.buffer and self.socket.recv(1) == b''
        except (ConnectionError, BrokenPipeError):
            return True
        except socket.timeout:
            return False

    @staticmethod
    def head_bytes(method, path, headers=(), host='zeroway.test'):
        lines = [f'{method} {path} HTTP/1.1']
        if host is not None:
            lines.append(f'Host: {host}')
        lines += [f'{name}: {value}' for name, value in headers]
        return ('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1')

    def send_request(self, method='GET', path='/', headers=(), body=None):
        headers = list(headers)
        if body is not None and not any(name.lower() in ('content-length', 'transfer-encoding') for name, _ in headers):
            headers.append(('Content-Length', str(len(body))))
        self.send(self.head_bytes(method, path, headers) + (body or b''))

    def request(self, method='GET', path='/', headers=(), body=None):
        self.send_request(method, path, headers, body)
        return self.read_reply(method)

    def read_head(self):
        lines = self.take_until(b'\r\n\r\n').split(b'\r\n')
        reply = Reply()
        reply.raw_head = b'\r\n'.join(lines)
        match = re.fullmatch(rb'(HTTP/1\.[01]) (\d{3}) ?([^\r\n]*)', lines[0])
        if not match:
            raise Broken(f'not a status line: {lines[0]!r}')
        reply.version = match[1].decode()
        reply.status = int(match[2])
        reply.reason = match[3].decode('latin-1')
        reply.fields = fields_of(lines[1:])
        return reply

    def read_reply(self, method='GET', on_data=None):
        """The next complete final reply. With `on_data`, the body is passed to `on_data(bytes)` and not kept."""
        start = time.monotonic()
        interim = []
        reply = self.read_head()
        while 100 <= reply.status < 200:
            interim.append(reply)
            reply = self.read_head()
        reply.interim = interim
        reply.head_time = time.monotonic() - start
        pieces = []

        def take(piece):
            if piece:
                reply.chunks.append((time.monotonic() - start, len(piece)))
                (on_data or pieces.append)(piece)

        length = reply.get('content-length')
        coding = (reply.get('transfer-encoding') or '').lower()
        has_body = not (method == 'HEAD' or reply.status in (204, 304))
        close = 'close' in (reply.get('connection') or '').lower() or reply.version == 'HTTP/1.0'
        if not has_body:
            pass
        elif coding:
            if coding != 'chunked' or length is not None:
                raise Broken(f'framing: transfer-encoding {coding!r}, content-length {length!r}')
            self._read_chunks(take, reply)
        elif length is not None:
            self._read_exactly(int(length), take)
        else:
            close = True
            self._read_to_end(take)
        reply.body = b''.join(pieces)
        reply.end_time = time.monotonic() - start
        if close:
            self.close()
        return reply

    def _read_exactly(self, left, take):
        while left:
            if not self.buffer and not self.fill():
                raise Broken(f'end of stream {left} bytes before the end of the body')
            piece = bytes(self.buffer[:left])
            del self.buffer[:left]
            left -= len(piece)
            take(piece)

    def _read_chunks(self, take, reply):
        while True:
            size = int(self.take_until(b'\r\n').split(b';')[0], 16)
            if size == 0:
                break
            self._read_exactly(size, take)
            if self.take(2) != b'\r\n':
                raise Broken('a chunk without its end')
        lines = []
        while line := self.take_until(b'\r\n'):
            lines.append(line)
        reply.trailers = fields_of(lines)

    def _read_to_end(self, take):
        take(bytes(self.buffer))
        self.buffer.clear()
        while self.fill():
            take(bytes(self.buffer))
            self.buffer.clear()


def chunk(data):
    return b'%x\r\n%s\r\n' % (len(data), data)


LAST_CHUNK = b'0\r\n\r\n'

# --------------------------------------------------------------------------------------------------- load


class Outcome:
    """How one request of a load ended: with a status, or with an `error`."""

    __slots__ = ('id', 'status', 'worker', 'error', 'start', 'seconds', 'retry_after')

    def __init__(self, id):
        self.id = id
        self.status = self.worker = self.error = self.retry_after = None
        self.start = time.monotonic()
        self.seconds = 0.0

    def __repr__(self):
        return f'<{self.id} {self.status or self.error} by {self.worker} after {self.seconds:.3f} s>'


class Load:
    """A fixed number of connections that each send one request after another until stop(). Keeps every outcome.

        with Load(router.port, 32, make=post_with_id) as load: …
        load.failed → outcomes without a 2xx

    `named_by`: the field of replies that says who answered.
    """

    _serial = 0

    def __init__(self, port, connections, make=None, timeout=PATIENCE, limit=None, pace=0.0, named_by='x-worker'):
        Load._serial += 1
        self.port = port
        self.prefix = f'{os.getpid()}-{Load._serial}'
        self.make = make or (lambda id: ('GET', '/', (), None))
        self.timeout = timeout * SLOW
        self.limit = limit  # requests of each connection
        self.pace = pace    # seconds between two requests of a connection
        self.named_by = named_by
        self.lists = [[] for _ in range(connections)]
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=(index,), daemon=True) for index in range(connections)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        self.join()

    def join(self):
        for thread in self.threads:
            thread.join(self.timeout + 5)
            assert not thread.is_alive(), 'a client of the load hangs'

    def _ask(self, index):
        connection = None
        number = 0
        while not self.stopping.is_set() and (self.limit is None or number < self.limit):
            number += 1
            outcome = Outcome(f'{self.prefix}-{index}-{number}')
            method, path, headers, body = self.make(outcome.id)
            try:
                if connection is None or not connection.is_open:
                    connection = Connection(self.port, self.timeout)
                reply = connection.request(method, path, headers, body)
                outcome.status = reply.status
                outcome.worker = reply.get(self.named_by)
                outcome.retry_after = reply.get('retry-after')
            except Exception as error:  # noqa: every failure is an outcome
                outcome.error = f'{type(error).__name__}: {error}'
                if connection is not None:
                    connection.close()
                connection = None
            outcome.seconds = time.monotonic() - outcome.start
            self.lists[index].append(outcome)
            if self.pace or outcome.error:
                self.stopping.wait(self.pace or 0.05)
        if connection is not None:
            connection.close()

    @property
    def outcomes(self):
        return [outcome for outcomes in self.lists for outcome in list(outcomes)]

    @property
    def failed(self):
        return [outcome for outcome in self.outcomes if outcome.status is None or not 200 <= outcome.status < 300]

    @property
    def slowest(self):
        return max(self.outcomes, key=lambda outcome: outcome.seconds)

    def done(self):
        return sum(len(outcomes) for outcomes in self.lists)

    def wait_more(self, count):
        """Waits until `count` more requests have ended."""
        goal = self.done() + count
        eventually(lambda: self.done() >= goal, 3 * PATIENCE, what=f'{count} more requests of the load')

    def wait_worker(self, name):
        """Waits until the latest answer on a connection is the worker's: it serves, even if another one leaves."""
        eventually(lambda: any(outcomes and outcomes[-1].worker == name for outcomes in self.lists),
                   3 * PATIENCE, what=f'an answer by {name}')

    def by_worker(self, since=0.0):
        return collections.Counter(outcome.worker for outcome in self.outcomes if outcome.start >= since)


def get_hello(id):
    return ('GET', '/', (('X-Request-Id', id),), None)


def post_with_id(id):
    return ('POST', '/count', (('X-Request-Id', id),), b'id=' + id.encode())
