"""The common part of tests with python3-websockets: a router with one scripted worker, and clients of that router.

Owner: a test.   Thread: the test's.
Not here: the worker (websocket_worker.py).
"""
import asyncio
import socket

from many_web_sockets import OPENING
import pytest
import websockets
from websocket_worker import WebSocketWorker
from zeroway_e2e import PATIENCE, SLOW


def serve(stack, *words):
    """A router with these options, and the worker."""
    router = stack.router(*words)
    worker = stack.closing(WebSocketWorker(router.fabric))
    router.wait_workers(1)
    return router, worker


@pytest.fixture
def served(stack):
    return serve(stack)


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 60 * SLOW))


def connect(router, path='/echo', **options):
    return websockets.connect(f'ws://127.0.0.1:{router.port}{path}', max_size=None, **options)


def open_by_hand(router, path='/echo', seconds=PATIENCE):
    """A socket that has sent a WebSocket handshake, and the head of the answer."""
    client = socket.create_connection(('127.0.0.1', router.port), seconds * SLOW)
    client.sendall(OPENING.format(path=path, more='').encode())
    head = b''
    while not head.endswith(b'\r\n\r\n'):
        piece = client.recv(1)
        assert piece, head
        head += piece
    return client, head
