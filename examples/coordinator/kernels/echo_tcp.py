#!/usr/bin/python3
"""A toy kernel like SSH: the server speaks first, then sends back every byte. Usage: echo_tcp.py PORT"""
import asyncio
import sys

BANNER = b"SSH-2.0-toy\r\n"


async def echo(reader, writer):
    try:
        writer.write(BANNER)
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()  # the client's end is answered by ours, behind the last byte
    except OSError:
        pass  # the client is gone
    finally:
        writer.close()


async def main():
    async with await asyncio.start_server(echo, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()


asyncio.run(main())
