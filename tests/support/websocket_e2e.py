"""What tests with python3-websockets have in common: a router with one scripted worker, and clients of it.

Owner: a test.   Thread: the test's.
Not here: what the worker does (websocket_worker.py).
"""
import asyncio

import pytest
import websockets
from websocket_worker import WebSocketWorker
from zeroway_e2e import SLOW


@pytest.fixture
def served(stack):
    router = stack.router()
    worker = stack.closing(WebSocketWorker(router.fabric))
    router.wait_workers(1)
    return router, worker


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 30 * SLOW))


def connect(router, path='/echo', **options):
    return websockets.connect(f'ws://127.0.0.1:{router.port}{path}', max_size=None, **options)
