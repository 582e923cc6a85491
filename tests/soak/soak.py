#!/usr/bin/env python3
"""Mixed traffic through the real proxy while everything around it changes: reloads, log rotations, messages, restarts of
the origin. Every byte of every answer is checked; a failure counts as explained only where faults.py says what explains it, and no
line of the proxy's log may tell of another one.

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
from faults import EXPLANATIONS, Failure, Outage, check_the_judge, explain, unexplained_lines
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


class Wrong(Exception):
    """An answer that should not be; `status`: of a whole one with another status than wanted."""

    def __init__(self, text, status=None):
        super().__init__(text)
        self.status = status


class Talk:
    """One connection of a client. Each request has an id that the proxy logs, and the oldest without an answer is known."""

    def __init__(self, reader, writer, name):
        self.reader, self.writer, self.name = reader, writer, name
        self.asked = 0
        self.waiting = collections.deque()
        self.began = False  # the head of the oldest one's answer is there

    def request(self, method, path, fields=b""):
        self.asked += 1
        self.waiting.append(f"{self.name}/{self.asked}")
        return b"%s %s HTTP/1.1\r\nHost: soak\r\nsection-io-id: %s\r\n%s\r\n" % (method, path.encode(), self.waiting[-1].encode(), fields)

    def ask(self, method, path, fields=b""):
        self.writer.write(self.request(method, path, fields))

    async def answer(self, want=200):
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.began = True
        status = int(head.split(b" ")[1])
        lower = head.lower()
        body = b""
        if b"transfer-encoding: chunked" in lower:
            while size := int((await self.reader.readuntil(b"\r\n")), 16):
                body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readexactly(2)
        elif b"content-length: " in lower:
            body = await self.reader.readexactly(int(lower.split(b"content-length: ")[1].split(b"\r\n")[0]))
        if status != want:
            raise Wrong(f"status {status}: {body[:60]!r}", status)
        if status != 101:  # which goes on as a tunnel
            self.done()
        return head, body

    def done(self):
        self.waiting.popleft()
        self.began = False

    async def body_of(self, path):
        """The answer to a request for `path`, which the origin makes as we would."""
        _, body = await self.answer()
        if body != body_of(path):
            raise Wrong("the body of " + path)


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
        self.failures = []
        self.left = set()  # connections that their clients gave up
        self.problems = []
        self.partial_heads = 0
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
            self.problems.append(f"ctl {' '.join(words)} failed")
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
        killed = time.time()
        self.origin.kill()
        self.origin.wait()
        dead = time.time()
        await asyncio.sleep(OUTAGE)
        await asyncio.to_thread(self.start_origin)
        self.outages.append(Outage(killed, dead, time.time()))
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
        for turn in range(10 ** 9):
            if time.monotonic() >= self.until:
                break
            talk = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
                talk = Talk(reader, writer, f"{kind.replace(' ', '-')}-{number}-{turn}")
                await asyncio.wait_for(play(talk), 30)
                self.done[kind] += talk.asked - len(talk.waiting)
            except (Wrong, ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
                self.failed(kind, talk, error)
                await asyncio.sleep(0.1)
            finally:
                if talk is not None:
                    talk.writer.close()

    def failed(self, kind, talk, error):
        text = f"{kind}: {type(error).__name__} {error}"
        if talk is None or not talk.waiting:
            self.problems.append(text)
            return
        self.done[kind] += talk.asked - len(talk.waiting)
        self.left.add(talk.name)
        broke_off = isinstance(error, (ConnectionError, asyncio.IncompleteReadError))
        status = None if broke_off else getattr(error, "status", None) or -1  # wrong bytes, or too late: nothing explains it
        self.failures.append(Failure(kind, talk.waiting[0], status, talk.began, text))

    async def play_keep_alive(self, talk):
        for _ in range(50):
            path = f"/{random.choice(['plain', 'chunked'])}/{random.choice([0, 1, 100, 5000, 200_000])}"
            talk.ask(b"GET", path)
            await talk.body_of(path)

    async def play_pipelined(self, talk):
        paths = [f"/plain/{n}" for n in random.sample(range(2000), 10)]
        talk.writer.write(b"".join(talk.request(b"GET", path) for path in paths))
        for path in paths:
            await talk.body_of(path)

    async def play_chunked_upload(self, talk):
        for _ in range(5):
            body = random.randbytes(random.randrange(150_000))
            talk.ask(b"POST", "/up", b"Transfer-Encoding: chunked\r\n")
            at = 0
            while at < len(body):
                piece = body[at:at + random.randrange(1, 30_000)]
                talk.writer.write(b"%x;e=1\r\n%s\r\n" % (len(piece), piece))
                await talk.writer.drain()
                at += len(piece)
            talk.writer.write(b"0\r\nX-Trailer: t\r\n\r\n")
            await self.check_digest(talk, body)

    async def play_upload(self, talk):
        for _ in range(5):
            body = random.randbytes(random.randrange(1, 150_000))
            expect = b"Expect: 100-continue\r\n" if random.random() < 0.2 else b""
            talk.ask(b"POST", "/up", b"Content-Length: %d\r\n%s" % (len(body), expect))
            if expect:
                await self.continues(talk)
            talk.writer.write(body)
            await talk.writer.drain()
            await self.check_digest(talk, body)

    async def continues(self, talk):
        head = await talk.reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 100 "):
            raise Wrong(f"instead of 100: {head[:40]!r}", int(head.split(b" ")[1]))

    async def check_digest(self, talk, body):
        _, answer = await talk.answer()
        if answer.decode() != hashlib.sha256(body).hexdigest():
            raise Wrong("the origin got another body")

    async def play_aborted(self, talk):
        what = random.randrange(4)
        self.left.add(talk.name)
        if what == 0:
            talk.writer.write(b"GET /plain/10 HTTP/1.1\r\nHo")
            self.partial_heads += 1
        elif what == 1:
            talk.writer.write(talk.request(b"POST", "/up", b"Content-Length: 100000\r\n") + b"x" * 5000)
        elif what == 2:
            talk.ask(b"GET", "/chunked/2000000")
            await talk.reader.read(1000)
        else:
            talk.ask(b"GET", "/slow/100000")
        await asyncio.sleep(random.random() * 0.1)
        if random.random() < 0.7:
            talk.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        talk.writer.transport.abort()
        talk.asked = max(talk.asked, 1)
        talk.waiting.clear()

    async def play_upgrade(self, talk):
        talk.ask(b"GET", "/echo", b"Connection: Upgrade\r\nUpgrade: echo\r\n")
        await talk.answer(101)
        for _ in range(20):
            sent = random.randbytes(random.randrange(1, 60_000))
            talk.writer.write(sent)
            if await talk.reader.readexactly(len(sent)) != sent:
                raise Wrong("the tunnel changed bytes")
        talk.writer.write_eof()
        if await talk.reader.read():
            raise Wrong("bytes after the end")
        talk.done()

    async def play_slow(self, talk):
        text = talk.request(b"GET", "/slow/3000")
        for at in range(0, len(text), 8):
            talk.writer.write(text[at:at + 8])
            await asyncio.sleep(0.02)
        await talk.body_of("/slow/3000")

    async def play_rules(self, talk):
        for _ in range(20):
            talk.ask(b"GET", "/flag/7")
            _, body = await talk.answer()
            if body not in (b"closed", body_of("/flag/7")):
                raise Wrong("neither the rule's nor the origin's answer")
            talk.ask(b"GET", "/old/x")
            head, _ = await talk.answer(301)
            if b"/new/x?g=" not in head:
                raise Wrong("the redirect's target")

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
        lines, torn = [], 0
        for path in self.log.glob("access.log*"):
            for raw in path.read_bytes().splitlines():
                try:
                    lines.append(json.loads(raw))
                except ValueError:
                    torn += 1
        return left, numbers, status, lines, torn

    def judge(self, lines):
        """What explains each failure, counted; the rest are problems. Every request has one line, and no line tells of a fault that
        nobody made."""
        by_id = {line["request_id"]: line for line in lines if line["hostname"] is not None}
        nameless = sum(1 for line in lines if line["hostname"] is None)
        if len(by_id) != len(lines) - nameless:
            self.problems.append(f"{len(lines) - nameless - len(by_id)} requests have a second line")
        explained, failed = collections.Counter(), collections.Counter()
        for failure in self.failures:
            failed[failure.kind] += 1
            line = by_id.get(failure.id)
            why = explain(failure, line, self.outages)
            if why:
                explained[why] += 1
            else:
                self.problems.append(f"{failure.text} (logged: {line and (line['status'], line['error'], line['time'])})")
        self.problems += [f"the log says {text}" for text in unexplained_lines(lines, self.outages, self.left)]
        if nameless > self.partial_heads:
            self.problems.append(f"{nameless} lines of heads that never ended, {self.partial_heads} were sent")
        return explained, failed

    def report(self):
        left, numbers, status, lines, torn = self.finish()
        explained, failed = self.judge(lines)
        problems = self.problems
        print("| traffic | clients | answered | failed |\n| --- | --- | --- | --- |")
        for kind, count in CLIENTS.items():
            print(f"| {kind} | {count} | {self.done[kind]} | {failed[kind]} |")
            if self.done[kind] == 0:
                problems.append(f"no {kind} request succeeded")
        print("\n| what explains a failure | requests |\n| --- | --- |")
        for why in EXPLANATIONS:
            print(f"| {why} | {explained[why]} |")
        print(f"| nothing | {len(self.failures) - sum(explained.values())} |")
        print(f"\n{sum(self.done.values())} requests answered as they should be, {len(self.failures)} failed")
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
        print(f"log: {len(lines)} lines, {torn} torn; requests counted {numbers['sprx_requests_total']:.0f}; "
              f"lines lost {numbers['sprx_log_lines_lost_total']:.0f}; exit status {status}")
        if late > early * 1.25 + 8192:
            problems.append("memory grows")
        if left - numbers["sprx_upstream_idle"] > self.samples[0][2] + 1:
            problems.append("descriptors are left")
        if len(lines) != numbers["sprx_requests_total"] or torn or status != 0 or numbers["sprx_log_lines_lost_total"]:
            problems.append("the log or the end of the process")
        for gauge in ("sprx_client_connections", "sprx_requests_in_flight", "sprx_tunnels"):
            if numbers[gauge] != 0:
                problems.append(f"{gauge} is {numbers[gauge]:.0f}")
        for problem, count in collections.Counter(problems).most_common(20):
            print(f"PROBLEM {count} times: {problem}")
        return 1 if problems else 0


def main():
    check_the_judge()
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
