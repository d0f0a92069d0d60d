#!/usr/bin/python3
"""Joins standard input and output to a WebSocket, bytes as binary messages: a ProxyCommand of ssh.

Usage: websocket_pipe.py URL
"""
import asyncio
import os
import sys

import websockets


async def main(url):
    loop = asyncio.get_running_loop()
    async with websockets.connect(url, max_size=None, compression=None, subprotocols=['binary']) as client:
        async def send():
            while piece := await loop.run_in_executor(None, os.read, 0, 65_536):
                await client.send(piece)
            await client.close()
        sending = asyncio.ensure_future(send())
        try:
            async for message in client:
                sys.stdout.buffer.write(message)
                sys.stdout.buffer.flush()
        except websockets.ConnectionClosed:
            pass
        sending.cancel()
    os._exit(0)  # a thread may still wait for the standard input


asyncio.run(main(sys.argv[1]))
