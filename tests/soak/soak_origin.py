#!/usr/bin/env python3
"""The origin of the soak: answers with what lets a client check every byte. usage: soak_origin.py PORT"""
import asyncio
import hashlib
import sys

BLOCK = bytes(range(256)) * 16


def body_of(path):
    """What a GET of `path` gets: the client knows it too."""
    size = int(path.rsplit("/", 1)[1])
    block = hashlib.sha256(path.encode()).digest() * 128
    return (block * (size // len(block) + 1))[:size]


async def read_body(reader, head):
    if b"transfer-encoding: chunked" in head.lower():
        body = b""
        while True:
            size = int((await reader.readline()).split(b";")[0], 16)
            body += (await reader.readexactly(size + 2))[:-2]
            if size == 0:
                return body
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return await reader.readexactly(int(line.split(b":")[1]))
    return b""


async def send_chunked(writer, body, pause):
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    step = max(1, len(body) // 8)
    for at in range(0, len(body), step):
        piece = body[at:at + step]
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()
        if pause:
            await asyncio.sleep(pause)
    writer.write(b"0\r\n\r\n")


async def echo(reader, writer):
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            if b"upgrade: echo" in head.lower():
                return await echo(reader, writer)
            body = await read_body(reader, head)
            if head.startswith(b"POST"):
                answer = hashlib.sha256(body).hexdigest().encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
            elif path.startswith("/chunked/") or path.startswith("/slow/"):
                await send_chunked(writer, body_of(path), 0.05 if path.startswith("/slow/") else 0)
            else:
                answer = body_of(path)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
