"""Content codings for tests: decoders that are not ours, and an origin's script that sends pieces when it is told.

Owner: a test.   Thread: the test's; a script runs in its origin's thread.
Not here: the router and its file (sites_e2e.py), checks.
"""
import queue
import zlib

import brotli
import origins as o
import zeroway_e2e as z
import zstandard

CODINGS = ['gzip', 'br', 'zstd']


def reader_of(coding):
    """A function that decodes a body piece by piece."""
    if coding == 'gzip':
        return zlib.decompressobj(31).decompress
    return brotli.Decompressor().process if coding == 'br' else zstandard.ZstdDecompressor().decompressobj().decompress


class Events:
    """A script: sends what say() says, each piece when it is said; None ends the reply."""

    def __init__(self, kind='text/event-stream'):
        self.kind, self.pieces = kind, queue.Queue()

    def __call__(self, request):
        request.connection.send(o.head(200, [('Content-Type', self.kind), ('Transfer-Encoding', 'chunked')]))
        while piece := self.pieces.get(timeout=z.PATIENCE * z.SLOW):
            request.connection.send(z.chunk(piece))
        request.connection.send(z.LAST_CHUNK)

    def say(self, piece):
        self.pieces.put(piece)
