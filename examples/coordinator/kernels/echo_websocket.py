#!/usr/bin/python3
"""A toy kernel: sends back every WebSocket message. Usage: echo_websocket.py PORT"""
import asyncio
import signal
import sys

import websockets


async def echo(client):
    async for message in client:
        await client.send(message)


async def main():
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with websockets.serve(echo, "127.0.0.1", int(sys.argv[1]), max_size=64 << 20):
        await ended.wait()


asyncio.run(main())
