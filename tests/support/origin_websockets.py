"""A WebSocket server by python3-websockets, in a thread of its own.

Owner: a test; Stack.closing ends it.   Thread: the test's; `seen` and `endings` are read once they are complete.
Not here: clients (websocket_frames.py, or the websockets package).

/close/CODE/REASON closes at once; /sink counts the bytes of each message; /big/SIZE sends a message of so many bytes;
/refuse/STATUS is answered by that status; all other paths send each message back. The server knows the subprotocols
chat.v2 and chat.v1. `endings`: (path, code, reason) of each WebSocket that has ended.
"""
import asyncio
import http
import threading

import websockets

import zeroway_e2e as z


class WebSocketOrigin:
    def __init__(self, deflate=False):
        self.heads, self.endings, self.pongs = [], [], 0
        self.deflate = 'deflate' if deflate else None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(self.serve(), self.loop).result(z.PATIENCE * z.SLOW)
        self.port = self.server.sockets[0].getsockname()[1]

    async def serve(self):
        return await websockets.serve(self.talk, '127.0.0.1', 0, ping_interval=None, max_size=None,
                                      subprotocols=['chat.v2', 'chat.v1'], process_request=self.look,
                                      compression=self.deflate)

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    async def look(self, path, headers):
        self.heads.append((path, list(headers.raw_items())))
        if path.startswith('/refuse/'):
            return http.HTTPStatus(int(path.rpartition('/')[2])), [('X-Why', 'not you')], b'refused\n'
        return None

    async def talk(self, socket):
        try:
            await self.answer(socket, socket.path.strip('/').split('/'))
        except websockets.ConnectionClosed:
            pass
        await socket.wait_closed()
        self.endings.append((socket.path, socket.close_code, socket.close_reason))

    async def answer(self, socket, words):
        if words[0] == 'close':
            return await socket.close(int(words[1]), words[2] if len(words) > 2 else '')
        if words[0] == 'big':
            await socket.send(bytes(int(words[1])))
        if words[0] == 'ping':
            await (await socket.ping(b'are you there'))
            self.pongs += 1
        async for message in socket:
            await socket.send(str(len(message)) if words[0] == 'sink' else message)
        return None

    def close(self):
        async def end():
            self.server.close()
            await self.server.wait_closed()
        try:
            asyncio.run_coroutine_threadsafe(end(), self.loop).result(z.PATIENCE)
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(z.PATIENCE)
