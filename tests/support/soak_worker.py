#!/usr/bin/python3
"""The example's worker in Python with the answers of test-worker: it writes the X-Request-Id of each request to a file.

Owner: tools/soak starts it.   Thread: it is a separate process.
Not here: the fabric's protocol (examples/hello-py), checks of the file (tools/soak).

soak_worker.py --ids FILE and the options of hello.py. It echoes the messages of WebSockets.
"""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'examples', 'hello-py'))

import hello  # noqa: E402


def take_option(name):
    at = sys.argv.index(name)
    value = sys.argv[at + 1]
    del sys.argv[at:at + 2]
    return value


class Noting(hello.Stream):
    notes = None
    size = 0

    def begin(self):
        line = f'{self.id_field()} {self.link.worker.name} {self.method}\n'
        os.write(self.notes, line.encode())
        super().begin()

    def id_field(self):
        return self.field('x-request-id') or '-'

    def data(self, payload, ended):
        self.size += len(payload)
        super().data(payload, ended)

    def say_hello(self):
        if self.path.startswith('/bytes/'):
            end = int(self.path.rsplit('/', 1)[1])
            body = b''.join(b'%015x\n' % at for at in range(0, end, 16))[:end]
        else:
            body = f'{self.id_field()} {self.size}\n'.encode()
        self.put_head(200, [('content-length', str(len(body)))])
        self.waiting += body
        self.put_end()


if __name__ == '__main__':
    Noting.notes = os.open(take_option('--ids'), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    hello.Stream = Noting
    sys.exit(hello.main())
