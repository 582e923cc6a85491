#!/usr/bin/env python3
"""Mixed traffic through the real proxy while everything around it changes: reloads, log rotations, messages, restarts of
the origin. Every byte of every answer is checked; a failure counts as explained only while the origin was down.

usage: soak.py SPRX [MINUTES]
"""
import asyncio
import collections
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "real")]
from real_data import free_port, wait_port
from soak_origin import body_of

RULES = """
flag closed = off;
dynamic list banned: string { ttl 1h; max 1_000; }
limit often { key client.ip; rate 100000/s; burst 100000; }
rule flagged { when closed and path under "/flag"; respond 200 { body "closed"; } }
rule banned_word { when query["w"] in banned; deny 403; }
rule moved { when path like "/old/{rest...}"; redirect 301 "/new/${rest}?g=%d"; }
rule count { when path under "/chunked"; over often; deny 429; }
response rule mark { set response.header["X-Generation"] = "%d"; }
"""
CLIENTS = {"keep-alive": 8, "pipelined": 4, "chunked upload": 4, "upload": 3, "aborted": 4, "upgrade": 3, "slow": 6,
           "rules": 3}
OUTAGE = 1.0          # seconds that the origin stays away
OUTAGE_EVERY = 20.0
AFTER = 1.5           # what was in flight when it went, and connections that died with it


class Wrong(Exception):
    pass


class Soak:
    def __init__(self, sprx, minutes, root):
        # A copy, which a build beside this does not take away.
        sprx = shutil.copy(sprx, root / "sprx")
        self.sprx, self.root, self.until = sprx, root, time.monotonic() + minutes * 60
        self.config, self.log = root / "config", root / "log"
        self.config.mkdir()
        self.generation = 0
        self.write_rules()
        self.origin_port, self.port, self.control = free_port(), free_port(), root / "control.sock"
        self.outages = []
        self.start_origin()
        command = [sprx, "run", str(self.config), "--listen", f"127.0.0.1:{self.port}", "--next-hop",
                   f"127.0.0.1:{self.origin_port}", "--log-dir", str(self.log), "--control", str(self.control), "--state",
                   str(root / "state"), "--workers", "2"]
        self.proxy = subprocess.Popen(command + (["--user", "root"] if os.geteuid() == 0 else []))
        wait_port(self.port, self.proxy)
        self.done = collections.Counter()
        self.explained = collections.Counter()
        self.unexplained = []
        self.samples = []
        self.events = collections.Counter()
        self.rotated = 0

    # --- what changes around the proxy

    def write_rules(self):
        self.generation += 1
        (self.config / "main.new").write_text(RULES % (self.generation, self.generation))
        (self.config / "main.new").rename(self.config / "main.sprx")

    def start_origin(self):
        self.origin = subprocess.Popen([sys.executable, "-B", str(HERE / "soak_origin.py"), str(self.origin_port)])
        wait_port(self.origin_port, self.origin)

    async def ctl(self, *words):
        process = await asyncio.create_subprocess_exec(self.sprx, "ctl", "--control", str(self.control), *words,
                                                       stdout=asyncio.subprocess.DEVNULL)
        if await process.wait() != 0:
            self.unexplained.append(f"ctl {' '.join(words)} failed")
        self.events[words[0] if words[0] != "message" else f"message {words[1]}"] += 1

    async def every(self, seconds, action):
        while time.monotonic() + seconds < self.until:
            await asyncio.sleep(seconds)
            await action()

    async def reload(self):
        self.write_rules()
        await self.ctl("reload")

    async def rotate(self):
        self.rotated += 1
        (self.log / "access.log").rename(self.log / f"access.log.{self.rotated}")
        await self.ctl("reopen-logs")

    async def message(self):
        await self.ctl("message", "flag", f"closed={random.choice(['on', 'off'])}")
        await self.ctl("message", random.choice(["ban", "unban"]), "banned", f"word{random.randrange(50)}")

    async def restart_origin(self):
        began = time.monotonic()
        self.outages.append((began, began + 3600))
        self.origin.kill()
        self.origin.wait()
        await asyncio.sleep(OUTAGE)
        await asyncio.to_thread(self.start_origin)
        self.outages[-1] = (began, time.monotonic() + AFTER)
        self.events["origin restarts"] += 1

    async def sample(self):
        text = (pathlib.Path("/proc") / str(self.proxy.pid) / "status").read_text()
        rss = int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1])
        self.samples.append((time.monotonic(), rss, self.descriptors(), sum(self.done.values())))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.proxy.pid}/fd"))

    # --- clients

    async def run_client(self, kind, number):
        play = getattr(self, "play_" + kind.replace(" ", "_").replace("-", "_"))
        await asyncio.sleep(number * 0.01)
        while time.monotonic() < self.until:
            began = time.monotonic()
            writer = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
                await asyncio.wait_for(play(reader, writer, kind), 30)
            except (Wrong, ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
                ended = time.monotonic()
                if any(began < to and ended > since for since, to in self.outages):
                    self.explained[kind] += 1
                    await asyncio.sleep(0.1)
                else:
                    self.unexplained.append(f"{kind}: {type(error).__name__} {error}")
            finally:
                if writer is not None:
                    writer.close()

    async def answer(self, reader, want=200):
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ")[1])
        lower = head.lower()
        body = b""
        if b"transfer-encoding: chunked" in lower:
            while size := int((await reader.readuntil(b"\r\n")), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readexactly(2)
        elif b"content-length: " in lower:
            body = await reader.readexactly(int(lower.split(b"content-length: ")[1].split(b"\r\n")[0]))
        if status != want:
            raise Wrong(f"status {status}: {body[:60]!r}")
        return head, body

    def request(self, method, path, fields=b""):
        return b"%s %s HTTP/1.1\r\nHost: soak\r\n%s\r\n" % (method, path.encode(), fields)

    async def play_keep_alive(self, reader, writer, kind):
        for _ in range(50):
            path = f"/{random.choice(['plain', 'chunked'])}/{random.choice([0, 1, 100, 5000, 200_000])}"
            writer.write(self.request(b"GET", path))
            _, body = await self.answer(reader)
            if body != body_of(path):
                raise Wrong("the body of " + path)
            self.done[kind] += 1

    async def play_pipelined(self, reader, writer, kind):
        paths = [f"/plain/{n}" for n in random.sample(range(2000), 10)]
        writer.write(b"".join(self.request(b"GET", path) for path in paths))
        for path in paths:
            _, body = await self.answer(reader)
            if body != body_of(path):
                raise Wrong("the body of " + path)
            self.done[kind] += 1

    async def play_chunked_upload(self, reader, writer, kind):
        for _ in range(5):
            body = random.randbytes(random.randrange(150_000))
            writer.write(self.request(b"POST", "/up", b"Transfer-Encoding: chunked\r\n"))
            at = 0
            while at < len(body):
                piece = body[at:at + random.randrange(1, 30_000)]
                writer.write(b"%x;e=1\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
                at += len(piece)
            writer.write(b"0\r\nX-Trailer: t\r\n\r\n")
            await self.check_digest(reader, body, kind)

    async def play_upload(self, reader, writer, kind):
        for _ in range(5):
            body = random.randbytes(random.randrange(1, 150_000))
            expect = b"Expect: 100-continue\r\n" if random.random() < 0.2 else b""
            writer.write(self.request(b"POST", "/up", b"Content-Length: %d\r\n%s" % (len(body), expect)))
            if expect:
                await self.continues(reader)
            writer.write(body)
            await writer.drain()
            await self.check_digest(reader, body, kind)

    async def continues(self, reader):
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 100 "):
            raise Wrong(f"instead of 100: {head[:40]!r}")

    async def check_digest(self, reader, body, kind):
        _, answer = await self.answer(reader)
        if answer.decode() != hashlib.sha256(body).hexdigest():
            raise Wrong("the origin got another body")
        self.done[kind] += 1

    async def play_aborted(self, reader, writer, kind):
        what = random.randrange(4)
        if what == 0:
            writer.write(b"GET /plain/10 HTTP/1.1\r\nHo")
        elif what == 1:
            writer.write(self.request(b"POST", "/up", b"Content-Length: 100000\r\n") + b"x" * 5000)
        elif what == 2:
            writer.write(self.request(b"GET", "/chunked/2000000"))
            await reader.read(1000)
        else:
            writer.write(self.request(b"GET", "/slow/100000"))
        await asyncio.sleep(random.random() * 0.1)
        if random.random() < 0.7:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        self.done[kind] += 1

    async def play_upgrade(self, reader, writer, kind):
        writer.write(self.request(b"GET", "/echo", b"Connection: Upgrade\r\nUpgrade: echo\r\n"))
        await self.answer(reader, 101)
        for _ in range(20):
            sent = random.randbytes(random.randrange(1, 60_000))
            writer.write(sent)
            if await reader.readexactly(len(sent)) != sent:
                raise Wrong("the tunnel changed bytes")
            self.done[kind] += 1
        writer.write_eof()
        if await reader.read():
            raise Wrong("bytes after the end")

    async def play_slow(self, reader, writer, kind):
        text = self.request(b"GET", "/slow/3000")
        for at in range(0, len(text), 8):
            writer.write(text[at:at + 8])
            await asyncio.sleep(0.02)
        _, body = await self.answer(reader)
        if body != body_of("/slow/3000"):
            raise Wrong("the body of /slow")
        self.done[kind] += 1

    async def play_rules(self, reader, writer, kind):
        for _ in range(20):
            writer.write(self.request(b"GET", "/flag/7"))
            _, body = await self.answer(reader)
            if body not in (b"closed", body_of("/flag/7")):
                raise Wrong("neither the rule's nor the origin's answer")
            writer.write(self.request(b"GET", "/old/x"))
            head, _ = await self.answer(reader, 301)
            if b"/new/x?g=" not in head:
                raise Wrong("the redirect's target")
            self.done[kind] += 2

    # --- the whole

    async def run(self):
        await self.sample()
        tasks = [self.run_client(kind, n) for kind, count in CLIENTS.items() for n in range(count)]
        tasks += [self.every(2, self.reload), self.every(5, self.rotate), self.every(1, self.message),
                  self.every(OUTAGE_EVERY, self.restart_origin), self.every(2, self.sample)]
        await asyncio.gather(*tasks)

    def finish(self):
        """After the clients have gone: descriptors, the end of the process, the log."""
        time.sleep(5)
        left = self.descriptors()
        metrics = subprocess.run([self.sprx, "ctl", "--control", str(self.control), "metrics"], capture_output=True, text=True,
                                 check=True).stdout
        numbers = {line.split()[0]: float(line.split()[1]) for line in metrics.splitlines() if not line.startswith("#")}
        self.proxy.send_signal(signal.SIGTERM)
        status = self.proxy.wait(60)
        lines = torn = 0
        for path in self.log.glob("access.log*"):
            for raw in path.read_bytes().splitlines():
                lines += 1
                try:
                    json.loads(raw)
                except ValueError:
                    torn += 1
        return left, numbers, status, lines, torn

    def report(self):
        left, numbers, status, lines, torn = self.finish()
        problems = list(self.unexplained)
        print("| traffic | clients | requests | failed, the origin being down |\n| --- | --- | --- | --- |")
        for kind, count in CLIENTS.items():
            print(f"| {kind} | {count} | {self.done[kind]} | {self.explained[kind]} |")
            if self.done[kind] == 0:
                problems.append(f"no {kind} request succeeded")
        total = sum(self.done.values())
        print(f"\n{total} requests, {sum(self.explained.values())} failed while the origin was down, "
              f"{len(self.unexplained)} failed otherwise")
        print("meanwhile: " + ", ".join(f"{count} {name}" for name, count in sorted(self.events.items())))
        print("\n| after | memory | descriptors | requests |\n| --- | --- | --- | --- |")
        first = self.samples[0][0]
        for at, rss, descriptors, requests in self.samples[::max(1, len(self.samples) // 12)]:
            print(f"| {at - first:.0f} s | {rss / 1024:.1f} MiB | {descriptors} | {requests} |")
        memory = [rss for _, rss, _, _ in self.samples]
        half = len(memory) // 2
        early, late = max(memory[len(memory) // 4:half] or memory), max(memory[half:])
        print(f"\nmost memory in the second quarter {early / 1024:.1f} MiB, in the second half {late / 1024:.1f} MiB")
        print(f"descriptors at the start {self.samples[0][2]}, after all clients have gone {left} "
              f"({numbers['sprx_upstream_idle']:.0f} of them kept to the origin)")
        print(f"log: {lines} lines, {torn} torn; requests counted {numbers['sprx_requests_total']:.0f}; "
              f"lines lost {numbers['sprx_log_lines_lost_total']:.0f}; exit status {status}")
        if late > early * 1.25 + 8192:
            problems.append("memory grows")
        if left - numbers["sprx_upstream_idle"] > self.samples[0][2] + 1:
            problems.append("descriptors are left")
        if lines != numbers["sprx_requests_total"] or torn or status != 0 or numbers["sprx_log_lines_lost_total"]:
            problems.append("the log or the end of the process")
        for gauge in ("sprx_client_connections", "sprx_requests_in_flight", "sprx_tunnels"):
            if numbers[gauge] != 0:
                problems.append(f"{gauge} is {numbers[gauge]:.0f}")
        for problem, count in collections.Counter(problems).most_common(20):
            print(f"PROBLEM {count} times: {problem}")
        return 1 if problems else 0


def main():
    sprx, minutes = os.path.abspath(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as name:
        soak = Soak(sprx, minutes, pathlib.Path(name))
        try:
            asyncio.run(soak.run())
            return soak.report()
        finally:
            soak.origin.kill()
            if soak.proxy.poll() is None:
                soak.proxy.kill()


if __name__ == "__main__":
    sys.exit(main())
