"""A link that loses packets now and then: a new network namespace, connected to this one by two TUN devices.

Owner: a test; close() ends it.   Thread: the test's; a second process carries the packets.
Needs root. Not every machine has tc's netem, so the packets pass through a program that drops some of them.
"""
import fcntl
import os
import random
import select
import signal
import struct
import subprocess
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 0x0001, 0x1000
QUEUE = 200                     # most packets that are carried from one end before the other's turn
EPISODE, BETWEEN = (4.0, 10.0), (2.0, 5.0)  # seconds
LOSS = (0.5, 0.8)               # share of the packets lost in an episode, one way or both. With one way, one end gets
                                # the other's packets while its own packets are lost


def run(*words):
    subprocess.run([str(word) for word in words], check=True)


def open_tun(name):
    fd = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack('16sH', name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def can_be_made():
    try:
        os.close(open_tun('zwprobe'))
    except OSError:
        return False
    return subprocess.run(['ip', 'netns', 'list'], capture_output=True).returncode == 0


class LossyLink:
    """`near` and `far` are the addresses of the link's ends. A process with `prefix` before its command line runs at
    the far end."""

    def __init__(self):
        number = os.getpid()
        self.namespace = f'zw{number}'
        net = f'10.231.{number % 256}'
        self.near, self.far = f'{net}.1', f'{net}.2'
        self.prefix = ['ip', 'netns', 'exec', self.namespace]
        ends = [(f'zwn{number}', self.near), (f'zwf{number}', self.far)]
        fds = [open_tun(name) for name, _ in ends]
        run('ip', 'netns', 'add', self.namespace)
        run('ip', 'link', 'set', ends[1][0], 'netns', self.namespace)
        for (name, address), prefix in zip(ends, ([], self.prefix)):
            run(*prefix, 'ip', 'address', 'add', f'{address}/30', 'dev', name)
            run(*prefix, 'ip', 'link', 'set', name, 'up')
        run(*self.prefix, 'ip', 'link', 'set', 'lo', 'up')
        self.control, told = os.pipe()[::-1]
        os.set_blocking(told, False)
        self.child = os.fork()
        if self.child == 0:
            try:
                carry(fds, told)
            finally:
                os._exit(0)
        for fd in fds + [told]:
            os.close(fd)

    def be_good(self):
        """From now on the link loses no packet."""
        os.write(self.control, b'.')

    def close(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.control)
        run('ip', 'netns', 'delete', self.namespace)


def carry(fds, told):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    other = {fds[0]: fds[1], fds[1]: fds[0]}
    loss, until, is_good = {}, time.monotonic() + 5, False
    while True:
        readable, _, _ = select.select(fds + [told], [], [], 0.1)
        if told in readable:
            is_good, loss = True, {}
            readable.remove(told)
            os.read(told, 100)
        if not is_good and time.monotonic() >= until:
            lossy = random.choice(([fds[0]], [fds[0]], [fds[1]], fds)) if not loss else ()
            loss = {fd: random.uniform(*LOSS) for fd in lossy}
            until = time.monotonic() + random.uniform(*(EPISODE if loss else BETWEEN))
        for fd in readable:
            for _ in range(QUEUE):
                try:
                    packet = os.read(fd, 65_536)
                    if random.random() >= loss.get(fd, 0.0):
                        os.write(other[fd], packet)
                except BlockingIOError:
                    break
