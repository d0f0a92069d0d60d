"""A separate network with a name server that a test scripts. Workers in that network ask only this name server.

Owner: a test; close() (or Stack.closing) ends it.   Thread: the test's, which is inside the network until close().
Not here: what a worker must do with the answers (tests/e2e/test_router_names.py).
"""
import ctypes
import os
import shutil
import socket
import struct
import subprocess
import threading

CLONE_NEWNET = 0x40000000
A, AAAA, SRV = 1, 28, 33
_count = 0


class Network:
    """A network namespace that has only loopback, with its own resolv.conf and hosts. Programs started as
    `inside(argv)` see these files. The test's own sockets and its other processes are in the network, too."""

    def __init__(self, name_servers):
        global _count
        _count += 1
        self.name = f'zeroway-{os.getpid()}-{_count}'
        self.folder = f'/etc/netns/{self.name}'
        self._ip('netns', 'add', self.name)
        self._ip('-n', self.name, 'link', 'set', 'lo', 'up')
        os.makedirs(self.folder)
        self.write('resolv.conf', ''.join(f'nameserver {address}\n' for address in name_servers))
        self.write('hosts', '127.0.0.1 localhost\n')
        self.before = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        with open(f'/run/netns/{self.name}') as file:
            self._enter(file.fileno())

    def write(self, file, text):
        """Writes a file. To be called before the program starts that is to see the file: a program sees the file of its
        start."""
        with open(f'{self.folder}/{file}', 'w') as out:
            out.write(text)

    def inside(self, argv):
        return ['ip', 'netns', 'exec', self.name, *argv]

    @staticmethod
    def _ip(*args):
        subprocess.run(['ip', *args], check=True)

    @staticmethod
    def _enter(descriptor):
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), 'setns')

    def close(self):
        self._enter(self.before)
        os.close(self.before)
        self._ip('netns', 'del', self.name)
        shutil.rmtree(self.folder)


class NameServer:
    """Answers A and AAAA by `names` (name → addresses) and SRV by `services` (name → (priority, weight, port, host)s),
    each after `delay` seconds; other names are NXDOMAIN. Does not answer while `is_dead`. All four members may be
    changed at any time."""

    def __init__(self, address='127.0.0.53', names=(), delay=0.0, is_dead=False, services=()):
        self.names = dict(names)
        self.services = dict(services)
        self.delay = delay
        self.is_dead = is_dead
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.socket.settimeout(0.1)
        self.is_over = False
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while not self.is_over:
            try:
                query, client = self.socket.recvfrom(4096)
            except socket.timeout:
                continue
            self.asked += 1
            if not self.is_dead:
                timer = threading.Timer(self.delay, self._answer, (query, client))
                timer.daemon = True
                timer.start()

    def _answer(self, query, client):
        try:
            self.socket.sendto(self._reply(query), client)
        except OSError:
            pass  # the test is over

    def _reply(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind = struct.unpack('>H', query[at + 1:at + 3])[0]
        question = query[12:at + 5]
        name = '.'.join(labels).lower()
        code = 0 if name in self.names or name in self.services else 3
        found = [self._service(*one) for one in self.services.get(name, ())] if kind == SRV else \
            [socket.inet_pton(socket.AF_INET6 if ':' in one else socket.AF_INET, one)
             for one in self.names.get(name, ()) if (':' in one) == (kind == AAAA)]
        records = b''.join(b'\xc0\x0c' + struct.pack('>HHIH', kind, 1, 0, len(data)) + data for data in found)
        return query[:2] + struct.pack('>HHHHH', 0x8180 | code, 1, len(found), 0, 0) + question + records

    @staticmethod
    def _service(priority, weight, port, host):
        labels = [label.encode() for label in host.split('.') if label]
        return struct.pack('>HHH', priority, weight, port) + b''.join(bytes([len(one)]) + one for one in labels) + b'\0'

    def close(self):
        self.is_over = True
        self.thread.join()
        self.socket.close()
