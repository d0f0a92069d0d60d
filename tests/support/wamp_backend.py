"""A backend of a realm, as far as joining goes: remembers each HELLO, welcomes everybody, echoes calls and messages of
types that WAMP does not have.

Owner: a test (`stack.closing(Backend())`).   Thread: one of its own.
Not here: a whole router of WAMP (examples/wamp-worker).
"""
import asyncio
import threading

import websockets
from wamp_e2e import CODECS

HELLO, WELCOME, GOODBYE, CALL, RESULT, EXTENSION = 1, 2, 6, 48, 50, 256


class Backend:
    def __init__(self, serializer='json', answer=None):
        """`answer`: what it says to HELLO, in the place of WELCOME."""
        self.serializer, self.answer = serializer, answer
        self.hellos = []
        self.heard = []  # the bytes, or the text, of every message
        self.write, self.read = CODECS[serializer]
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self.thread.start()
        assert started.wait(30)

    @property
    def url(self):
        return f'ws://127.0.0.1:{self.port}/'

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(30)

    def _run(self, started):
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            websockets.serve(self._serve, '127.0.0.1', 0, subprotocols=[f'wamp.2.{self.serializer}'], max_size=None))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()
        server.close()
        self.loop.run_until_complete(server.wait_closed())

    async def _serve(self, socket):
        async for text in socket:
            self.heard.append(text)
            message = self.read(text)
            if message[0] == HELLO:
                self.hellos.append(message)
                welcome = [WELCOME, 4711, {'roles': {'dealer': {}, 'broker': {}}, 'authid': 'the-router', 'authrole': 'proxy'}]
                await socket.send(self.write(self.answer or welcome))
            elif message[0] == CALL:
                await socket.send(self.write([RESULT, message[1], {}, *message[4:]]))
            elif message[0] >= EXTENSION:
                await socket.send(text)
            elif message[0] == GOODBYE:
                await self._answer_goodbye(socket)

    async def _answer_goodbye(self, socket):
        try:
            await socket.send(self.write([GOODBYE, {}, 'wamp.close.goodbye_and_out']))
        except websockets.ConnectionClosed:
            pass  # the client is gone: nobody waits for it
