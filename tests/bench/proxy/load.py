"""What loads a proxy: wrk for as much as goes, h2load for a given rate, sockets that only stay open; and strace."""
import json
import pathlib
import re
import signal
import socket
import subprocess
import time

from processes import Cpu, resident, until

HERE = pathlib.Path(__file__).resolve().parent
CONNECTIONS = 64
SLOW_CONNECTIONS, SLOW_SECONDS = 8, 3


def wrk(contender, heads, seconds, connections=CONNECTIONS):
    """One run with the CPU that the contender took for it; the next may begin once the contender has come to rest."""
    if contender.slow:  # what stands in its queue at the end is work that nobody counts: let it be little
        seconds, connections = max(seconds, SLOW_SECONDS), SLOW_CONNECTIONS
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", HERE / "wrk.lua",
               f"http://127.0.0.1:{contender.port}/", "--", heads]
    before = Cpu.of(contender.pids)
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=seconds + 60)
    cpu = Cpu.of(contender.pids).since(before)
    found = re.search(r"^RESULT (.*)$", done.stdout, re.M)
    if done.returncode != 0 or found is None:
        raise SystemExit(f"wrk to {contender.key}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    out = json.loads(found[1])
    out.update(user_s=cpu.user, system_s=cpu.system)
    rest(contender)
    contender.forget_log()
    return out


def rest(contender):
    """Waits until it does (almost) nothing."""
    last = Cpu.of(contender.pids)

    def still():
        nonlocal last
        time.sleep(0.03)
        now, before = Cpu.of(contender.pids), last
        last = now
        return now.run - before.run < 0.002
    until(still, 20, f"{contender.key} comes to rest")


def at_rate(contender, headers, rate, seconds, folder, meanwhile=None):
    """h2load at `rate` requests a second in all: a list of (began, seconds since the epoch; latency, us; status)."""
    log = pathlib.Path(folder) / "h2load.log"
    log.unlink(missing_ok=True)
    command = ["h2load", "--h1", "-t1", f"-c{CONNECTIONS}", f"--rps={rate / CONNECTIONS:.3f}", f"-D{seconds}", f"--log-file={log}"]
    for line in headers:
        command += ["-H", line]
    load = subprocess.Popen(command + [f"http://127.0.0.1:{contender.port}/shop/category-1/article-2.html?page=3"],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        if meanwhile:
            meanwhile(load)
        said, _ = load.communicate(timeout=seconds + 60)
    except BaseException:
        load.kill()
        load.wait()
        raise
    contender.forget_log()
    rows = [tuple(map(int, row.split("\t")[:3])) for row in log.read_text().splitlines()] if log.exists() else []
    if load.returncode != 0 or not rows:
        raise SystemExit(f"h2load to {contender.key}: {said[-2000:]}")
    return [(began / 1e6, taken, status) for began, status, taken in rows]


def percentile(values, per_cent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * per_cent / 100))] if ordered else None


def idle(contender, head, count):
    """Bytes resident that `count` connections cost which were asked once and stay open; None if it took fewer."""
    open_ones = []
    try:
        before = None
        for number in range(count + CONNECTIONS):
            if number == CONNECTIONS:  # what the first few need is not each one's
                before = resident(contender.pids)
            opened = socket.create_connection(("127.0.0.1", contender.port), 10)
            open_ones.append(opened)
            opened.sendall(head)
            if not opened.recv(65536).startswith(b"HTTP/1.1 200"):
                return None
        return (resident(contender.pids) - before) / count
    finally:
        for opened in open_ones:
            opened.close()


def system_calls(contender, heads, folder):
    """{name: calls a request}, by strace for two seconds of load."""
    summary = pathlib.Path(folder) / "strace.txt"
    words = ["strace", "-c", "-f", "-q", "-o", str(summary)]
    for pid in contender.pids:
        words += ["-p", str(pid)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as tracer:
        try:
            time.sleep(0.5)  # until it has attached; it does not say so
            if tracer.poll() is not None:
                return {"error": tracer.stderr.read()[-300:]}
            requests = wrk(contender, heads, 2)["requests"]
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(20)
    out = {}
    for row in summary.read_text().splitlines():
        found = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", row)
        if found and found[2] != "total" and int(found[1]) > requests / 100:
            out[found[2]] = int(found[1]) / requests
    return out
