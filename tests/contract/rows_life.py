"""Rows 1 to 3, 8, 9, 11 and the graceful life: the proxy itself, in the image."""
import ctypes, json, os, pathlib, re, signal, stat, threading, time

from place import children_of, run, stat_of
from report import Skip, equal, until
from rows_scripts import FIRST, SECOND, WRONG, refused, silent
from web import Client, Load, Origin, exchange


# Of an access-log line, in this order.
KEYS = ("time client_ip hostname method path query protocol status bytes body_bytes request_bytes duration_us upstream_connect_us upstream_head_us "
        "upstream_us upstream_addr reused request_id user_agent referer rules would source error table").split()


def image(place, report):
    with report.check("11", "the image: labels, command, port, stop signal, health check"):
        place.needs_image()
        about = place.about
        equal(about["Cmd"], ["/usr/bin/sprx", "run"])
        equal(about["ExposedPorts"], {"80": {}} if "80" in about["ExposedPorts"] else {"80/tcp": {}})
        equal(about["StopSignal"], "SIGTERM")
        equal(about["Healthcheck"]["Test"], ["CMD", "/usr/bin/sprx", "ctl", "health"])
        equal(about.get("User", ""), "")  # root, to bind the port; it drops to sprx itself
        labels = about["Labels"]
        for name in ("title", "description", "licenses", "version", "revision"):
            assert labels[f"org.opencontainers.image.{name}"] not in ("", "unknown"), name
    with report.check("11", "the image holds what is needed, in one layer under 25 MB, and nothing of its making"):
        place.needs_image()
        for path in ("/etc/apt", "/var/lib/apt", "/var/cache", "/usr/share/man", "/usr/share/locale", "/image", "/oci", "/stage", "/src", "/build"):
            assert not place.at(path).exists(), path
        entries = [p for p in place.tree.rglob("*") if "dev" not in p.relative_to(place.tree).parts[:1]]
        made_with = re.compile(r"((cc|gcc|g\+\+|c\+\+|clang|cpp|ld|as|ar|make|cmake|ninja|apt|apt-get|dpkg|dpkg-deb|perl|python|git)(-?[0-9.]+)?|"
                               r".*\.(h|hh|hpp|a|o|la|pc|deb|list|cc))")
        equal([str(p) for p in entries if made_with.fullmatch(p.name) and not p.is_dir()], [])
        modes = [(p, p.lstat().st_mode) for p in entries if not p.is_symlink()]
        equal([str(p) for p, mode in modes if mode & (stat.S_ISUID | stat.S_ISGID)], [])
        equal(sorted(str(p.relative_to(place.tree)) for p, mode in modes if mode & stat.S_IWOTH), ["tmp", "var/tmp"])
        size = sum(p.lstat().st_size for p in entries if p.is_file() and not p.is_symlink())
        assert size < 25_000_000, size
        equal(len(place.image.layers), 1)
        print(f"       {size / 1e6:.1f} MB in {len(entries)} files and directories, one layer, {place.image.pulled / 1e6:.1f} MB to pull", flush=True)
        packages = re.findall(r"^Package: (.*)$", place.at("/var/lib/dpkg/status").read_text(), re.M)
        assert "libc6" in packages and "logrotate" in packages, packages
        for script in ("validate", "update", "logrotate", "messagehandler"):
            assert os.access(place.at(f"/opt/section/{script}.sh"), os.X_OK)
    with report.check("11", "built a second time from nothing: the same layer, bit for bit, and the same configuration"):
        place.needs_image()
        equal(place.image.again, place.image.whole)
    with report.check("life", "the health check of the image: not well while nothing runs"):
        place.needs_image()
        done = place.inside(place.about["Healthcheck"]["Test"][1:])
        equal((done.status, done.out), (3, ""))
        assert done.err.startswith("sprx: no proxy is running: ") and done.err.count("\n") == 1, done


def start_refused(place, report):
    with report.check("6", "a start with a wrong configuration is refused with the diagnostics"):
        place.configure(WRONG)
        proxy = place.start(ready=False)
        equal(proxy.wait(), 1)
        assert "error[E1003]: unknown request field `pth`" in proxy.err, proxy.err
        assert proxy.err.endswith("sprx: the configuration is wrong; not starting\n"), proxy.err
    for name, make in (("without a configuration directory", lambda: place.configure(None)), ("with an empty one", place.configure_nothing)):
        with report.check("7", f"{name} everything passes, and validate.sh and update.sh are silent"):
            make()
            silent(place.validate())
            silent(place.script("update"))
            proxy = place.start()
            silent(place.script("update", proxy=proxy))
            passes(place, "/old")
            equal(proxy.end(), 0)


def passes(place, path, headers=None):
    """One request on a connection of its own, which goes through to the next hop; what that says of it."""
    client = Client(place.address, place.port)
    answer = client.get(path, headers)
    client.close()
    equal(answer.status, 200)
    return answer.json()


def leads_to(place, target):
    """Where /old is redirected to, asked on a connection of its own."""
    client = Client(place.address, place.port)
    equal(client.get("/old").location, target)
    client.close()


def listening(place, proxy):
    found = set()
    for name, state in (("tcp", "0A"), ("tcp6", "0A"), ("udp", None), ("udp6", None)):
        file = pathlib.Path(f"/proc/{proxy.pid()}/net/{name}")
        for line in file.read_text().splitlines()[1:] if file.exists() else ():
            fields = line.split()
            if state is None or fields[3] == state:
                found.add((name[:3], int(fields[1].rsplit(":", 1)[1], 16)))
    return found


def serving(place, report, proxy, origin):
    with report.check("1", "the only listening port is TCP 80"):
        place.needs_image()
        equal(listening(place, proxy), {("tcp", 80)})
    with report.check("1", "IPv4 and IPv6 clients are served"):
        place.needs_image()
        addresses = [place.address] + ([place.address6] if place.has_ipv6 else [])
        for address in addresses:
            equal(Client(address, place.port).get("/x").status, 200)
        if not place.has_ipv6:
            raise Skip("no IPv6 here; IPv4 is served")
    with report.check("1", "an HTTP/1.0 client is served"):
        out = exchange(place.address, place.port, b"GET /ten HTTP/1.0\r\nHost: a.example\r\n\r\n")
        assert out.startswith(b"HTTP/1.1 200 ") and b'"path": "/ten"' in out, out
    for name, data in (("an HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                       ("a TLS hello", bytes.fromhex("16030100a5010000a10303") + b"\x00" * 156)):
        with report.check("1", f"{name} is turned away and the connection closed"):
            out = exchange(place.address, place.port, data)
            assert out == b"" or re.match(rb"HTTP/1\.1 (400|505) ", out), out
            passes(place, "/x")
    with report.check("2", "the next hop gets it in plain HTTP/1.1, Host unchanged"):
        said = passes(place, "/hop?a=b")
        equal((said["origin"], said["path"]), (origin.server.server_address[0], "/hop?a=b"))
        equal(dict(said["headers"])["Host"], "www.example.com")
    with report.check("8", "X-Forwarded-For and -Proto pass unchanged, and are added where absent"):
        headers = passes(place, "/x", {"X-Forwarded-For": "203.0.113.7, 198.51.100.1", "X-Forwarded-Proto": "https"})["headers"]
        equal([v for k, v in headers if k.lower() == "x-forwarded-for"], ["203.0.113.7, 198.51.100.1"])
        equal([v for k, v in headers if k.lower() == "x-forwarded-proto"], ["https"])
        headers = passes(place, "/x")["headers"]
        equal([v for k, v in headers if k.lower() == "x-forwarded-proto"], ["http"])
        equal([v for k, v in headers if k.lower() == "x-forwarded-for"], [place.origin_address])
    with report.check("8", "the platform's request id goes on and is logged; the client of the log line is that of the rules"):
        headers = passes(place, "/id", {"section-io-id": "id-of-the-edge", "X-Forwarded-For": "192.0.2.9, 203.0.113.7"})["headers"]
        equal([v for k, v in headers if k.lower() == "section-io-id"], ["id-of-the-edge"])
        line = until(lambda: [one for one in place.logs() if one["request_id"] == "id-of-the-edge"], "it is logged")[0]
        equal((line["client_ip"], line["path"]), ("203.0.113.7", "/id"))
    with report.check("8", "rules see the scheme and the client of the headers"):
        place.configure('rule plain { when scheme == "http"; redirect 301 "https://${host}${path}"; }\n'
                        'rule office { when client.ip in "203.0.113.0/24"; respond 204; }\n')
        equal(place.script("update", proxy=proxy).status, 0)
        client = Client(place.address, place.port)
        equal(client.get("/x").location, "https://www.example.com/x")
        equal(client.get("/x", {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}).status, 204)
        equal(client.get("/x", {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}).status, 200)
        client.close()
        place.configure(FIRST)
        silent(place.script("update", proxy=proxy))
    with report.check("9", "keep-alive on both sides: 50 requests, one connection here, at most one a worker there"):
        client = Client(place.address, place.port)
        client.get("/x")
        before, socket = origin.connections, client.http.sock
        for _ in range(50):
            equal(client.get("/x").status, 200)
        assert client.http.sock is socket, "the client's connection was closed"
        equal(origin.connections, before)
        client.close()
    with report.check("3", "the logs: made at start, owned by sprx, a JSON object a line, what the platform reads"):
        place.needs_image()
        for path in ("/var/log/sprx", "/var/log/sprx/access.log", "/var/log/sprx/error.log", "/var/lib/sprx"):
            equal((place.at(path).stat().st_uid, place.at(path).stat().st_gid), (101, 101))
        line = until(lambda: place.logs(), "lines are written")[0]
        assert line["hostname"] == "www.example.com" and line["status"] == 200 and line["bytes"] > 0, line
    with report.check("3", "it runs as sprx, with no capability and no group of root"):
        place.needs_image()
        about = pathlib.Path(f"/proc/{proxy.pid()}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in about.splitlines() if ":\t" in line)
        equal(fields["Uid"].split(), ["101"] * 4)
        equal(fields["Gid"].split(), ["101"] * 4)
        equal(fields["Groups"].split(), ["101"])
        equal(int(fields["CapEff"], 16), 0)
        equal(int(fields["CapPrm"], 16), 0)
    with report.check("10", "the control socket is of root and the group sprx, and closed to others"):
        place.needs_image()
        about = place.at("/run/sprx/control.sock").stat()
        equal((about.st_uid, about.st_gid, about.st_mode & 0o777), (0, 101, 0o660))
    with report.check("1", "a second sprx in the same container is refused, the first one serves on"):
        done = place.inside(["/usr/bin/sprx", "run", *place.second_arguments()], proxy)
        equal((done.status, done.out), (1, ""))
        assert "another sprx is running" in done.err and done.err.count("\n") == 1, done
        passes(place, "/x")


PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT, WALL = 17, 0x4206, 0x4207, 0x40000000


class HeldThread:
    """A thread of another process that does not go on until let_go()."""

    def __init__(self, thread):
        self.thread = thread
        self.trace(PTRACE_SEIZE)
        self.trace(PTRACE_INTERRUPT)
        os.waitpid(thread, WALL)

    def trace(self, request):
        if ctypes.CDLL(None, use_errno=True).ptrace(request, self.thread, None, None) != 0:
            raise Skip(f"no ptrace here: {os.strerror(ctypes.get_errno())}")

    def let_go(self):
        self.trace(PTRACE_DETACH)


def watched(place, report, proxy):
    """What looks at it as a container: orphans are its to reap, the health check tells how it is."""
    with report.check("life", "PID 1 adopts and reaps what others leave behind"):
        place.needs_image()
        equal(pathlib.Path(f"/proc/{proxy.pid()}/status").read_text().split("NSpid:\t")[1].split("\n")[0].split()[-1], "1")
        for _ in range(20):
            equal(place.inside(["/bin/sh", "-c", "sleep 60 >/dev/null 2>&1 & exit 0"], proxy).status, 0)
        orphans = until(lambda: (found := children_of(proxy.pid())) and len(found) == 20 and found, "all are adopted")
        for orphan, _ in orphans:
            os.kill(orphan, signal.SIGKILL)
        until(lambda: not children_of(proxy.pid()), "no zombie is left")
        equal([orphan for orphan, _ in orphans if (about := stat_of(orphan)) and about[0] == proxy.pid()], [])
    health = place.about["Healthcheck"]["Test"][1:] if place.about else []
    with report.check("life", "the health check of the image: well while it runs"):
        place.needs_image()
        equal(place.inside(health, proxy), (0, "ok\n", ""))
    with report.check("life", "the health check of the image: not well while a worker hangs, well again when it goes on"):
        place.needs_image()
        threads = pathlib.Path(f"/proc/{proxy.pid()}/task")
        worker = next(int(one.name) for one in threads.iterdir() if (one / "comm").read_text() == "worker 0\n")
        held = HeldThread(worker)
        try:
            done = until(lambda: (done := place.inside(health, proxy)).status != 0 and done, "it is noticed")
            equal((done.status, done.out), (1, ""))
            assert re.fullmatch(r"worker 0 has been stuck for 1\d s\n", done.err), done
        finally:
            held.let_go()
        until(lambda: place.inside(health, proxy) == (0, "ok\n", ""), "it is well again")


def signals(place, report, proxy, origin):
    with report.check("life", "SIGHUP: the rules are read again; wrong ones change nothing"):
        client = Client(place.address, place.port)
        place.configure(SECOND)
        proxy.send(signal.SIGHUP)
        until(lambda: client.get("/old").location == "/second", "the new rules are in force")
        place.configure(WRONG)
        failed = place.metric(proxy, "sprx_reloads_failed_total")
        proxy.send(signal.SIGHUP)
        until(lambda: place.metric(proxy, "sprx_reloads_failed_total") == failed + 1, "the reload was refused")
        equal(client.get("/old").location, "/second")
        error = until(lambda: "unknown request field" in place.at("/var/log/sprx/error.log").read_text(), "the reason is logged")
        assert error
        place.configure(SECOND)
        client.close()
    with report.check("life", "SIGUSR1: the logs are opened again"):
        log = place.at("/var/log/sprx/access.log")
        log.rename(log.with_name("access.log.moved"))
        proxy.send(signal.SIGUSR1)
        until(log.exists, "a new file is there")
    with report.check("life", "SIGTERM: what is in flight is finished, nothing new is taken, exit 0, the log complete"):
        held = []
        asking = threading.Thread(target=lambda: held.append(Client(place.address, place.port).get("/hold?drained")))
        asking.start()
        assert origin.held.acquire(timeout=30)
        proxy.send(signal.SIGTERM)

        def refused():
            try:
                Client(place.address, place.port, timeout=5).http.connect()
            except OSError:
                return True
            return False

        until(refused, "new connections are refused")
        equal((held, proxy.process.poll()), ([], None))
        origin.release()
        asking.join(30)
        equal(held[0].status, 200)
        equal(proxy.wait(), 0)
        assert any(line["query"] == "drained" for line in place.logs())


def kill_and_restart(place, report):
    with report.check("life", "SIGKILL and a restart with the socket and lock left behind"):
        place.configure(FIRST)
        proxy = place.start()
        assert proxy.end(signal.SIGKILL) != 0
        proxy = place.start()
        silent(place.script("update", proxy=proxy))
        leads_to(place, "/first")
        equal(proxy.end(), 0)
    with report.check("life", "SIGINT ends it as SIGTERM does"):
        proxy = place.start()
        leads_to(place, "/first")
        equal(proxy.end(signal.SIGINT), 0)
    with report.check("life", "four capabilities, a read-only root and three empty directories are enough"):
        place.needs_image()
        place.clean()
        proxy = place.start(way="restricted")
        leads_to(place, "/first")
        place.configure(SECOND)
        for script in ("update", "logrotate", "validate"):
            silent(place.script(script, proxy=proxy))
        leads_to(place, "/second")
        equal(proxy.end(), 0)
        place.configure(FIRST)


def later_contract(place, report):
    readers = {"json": json.loads, "ltsv": lambda line: dict(field.split(":", 1) for field in line.split("\t"))}
    for form, read in readers.items():
        with report.check("later", f"--log stdout --log-format {form}: lines on stdout, the rest on stderr, no log files; the scripts as before"):
            place.clean()
            place.configure(FIRST)
            proxy = place.start("--log", "stdout", "--log-format", form)
            passes(place, "/out?a=b", {"User-Agent": "a\tb:c\\d"})
            place.configure(WRONG)
            refused(place.script("update", proxy=proxy))
            proxy.send(signal.SIGHUP)
            until(lambda: "error: reload refused, the old configuration stays: " in proxy.err, "the refusal is on standard error")
            place.configure(FIRST)
            silent(place.script("update", proxy=proxy))
            silent(place.script("logrotate", proxy=proxy))
            leads_to(place, "/first")
            equal(proxy.end(), 0)
            lines = [read(line) for line in proxy.out.splitlines()]
            # Two connections may be two workers', whose lines are in no order.
            equal(sorted((line["hostname"], str(line["status"]), line["path"]) for line in lines),
                  [("www.example.com", "200", "/out"), ("www.example.com", "301", "/old")])
            out = next(line for line in lines if line["path"] == "/out")
            equal(list(out)[:len(KEYS)] if form == "json" else [key for key in out if key in KEYS], KEYS)
            assert int(out["bytes"]) > 0
            equal(out["user_agent"], "a\tb:c\\d" if form == "json" else "a\\tb:c\\\\d")
            assert not list(place.at("/var/log").glob("**/*.log*"))


def next_hop(place, report, origin):
    with report.check("2", "a name that does not resolve: it starts, answers 502, and serves when the name is there"):
        place.needs_image()
        place.configure(FIRST)
        place.next_hop()
        proxy = place.start()
        client = Client(place.address, place.port)
        equal((client.get("/x").status, client.get("/old").location), (502, "/first"))
        place.next_hop(place.origin_address)
        until(lambda: client.get("/x").status == 200, "the name is found")
        client.close()
        equal(proxy.end(), 0)
    with report.check("2", "several addresses: one that is dead is passed over"):
        place.needs_image()
        place.next_hop(place.gone_address, place.origin_address)
        place.at("/etc/gai.conf").write_text("")
        proxy = place.start()
        answers = {Client(place.address, place.port).get("/x").status for _ in range(10)}
        equal(answers, {200})
        equal(proxy.end(), 0)
        place.at("/etc/gai.conf").unlink()
    with report.check("2", "the next hop moves and the old address goes away: served from the new one"):
        place.needs_image()
        place.next_hop(place.second_address)
        second = Origin(place.second_address)
        proxy = place.start()
        client = Client(place.address, place.port)
        equal(client.get("/x").json()["origin"], place.second_address)
        place.next_hop(place.origin_address)
        second.close()
        until(lambda: client.get("/x").status == 200, "the new address is found")
        equal(client.get("/x").json()["origin"], place.origin_address)
        client.close()
        equal(proxy.end(), 0)


def moves_silently(place, report, proxy, origin):
    """The name changes while the old address goes on: found within 30 s and one look-up. Returns the second half."""
    second = Origin(place.second_address)
    place.next_hop(place.second_address)

    def finish():
        with report.check("2", "the next hop moves while the old address still serves: found by itself within 32 s"):
            # Connections that are never idle must move too.
            load = Load(place.address, place.port, "/busy", 4, time.monotonic)
            client = Client(place.address, place.port)
            until(lambda: client.get("/x").json()["origin"] == place.second_address, "the new address is used", 32)
            load.wait(100)
            before = origin.answered
            load.wait(200)
            equal(origin.answered, before)
            client.close()
            equal({status for _, status, _ in load.stop()}, {200})
        place.next_hop(place.origin_address)
        second.close()

    return finish


def fill(path):
    """Takes what room there is on the file system of `path`."""
    with open(path, "ab", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass


def full_disk(place, report):
    with report.check("3", "the log's disk is full: traffic goes on, what is lost is counted, no line is torn"):
        place.needs_image()
        place.configure(None)
        place.configure(FIRST)
        place.bare_mount("64k")
        try:
            proxy = place.start()
            client = Client(place.address, place.port)
            count = 0

            def ask():
                nonlocal count
                count += 1
                equal(client.get(f"/fill?n={count}").status, 200)

            for _ in range(400):
                ask()
            lost = until(lambda: place.metric(proxy, "sprx_log_lines_lost_total"), "lines are lost")
            for _ in range(50):
                ask()
            until(lambda: len(place.logs()) + place.metric(proxy, "sprx_log_lines_lost_total") == count, "every line is written or counted")
            assert place.metric(proxy, "sprx_log_lines_lost_total") > lost
            assert "the access log cannot be written" in proxy.err + place.at("/var/log/sprx/error.log").read_text(), "it is not said anywhere"
            equal((proxy.err + place.at("/var/log/sprx/error.log").read_text()).count("the access log cannot be written"), 1)
            # A rotation that frees the room: lines are written again.
            for old in place.at("/var/log/sprx").glob("access.log*"):
                old.unlink()
            place.inside(["/usr/bin/sprx", "ctl", "reopen-logs"], proxy)
            ask()
            until(lambda: any(line["query"] == f"n={count}" for line in place.logs()), "lines are written again")
            client.close()
            equal(proxy.end(), 0)
        finally:
            place.bare_unmount()
    with report.check("5", "logrotate.sh on a full disk: one reason on stderr, no line lost, none torn; in order again with room"):
        place.needs_image()
        place.configure(None)
        place.configure(FIRST)
        place.bare_mount("256k")
        try:
            proxy = place.start()
            client = Client(place.address, place.port)
            asked = 0

            def ask(more):
                nonlocal asked
                for _ in range(more):
                    asked += 1
                    equal(client.get(f"/kept?n={asked}").status, 200)
                until(lambda: sorted(line["query"] for line in place.logs()) == sorted(f"n={n}" for n in range(1, asked + 1)), "every line once")

            ask(100)
            silent(place.script("logrotate", proxy=proxy))
            ask(1)
            filler = place.at("/var/log/filler")
            fill(filler)
            for _ in range(2):
                done = place.script("logrotate", proxy=proxy)
                assert done.status != 0 and "No space left on device" in done.err, done
            ask(0)
            filler.unlink()
            ask(1)
            for _ in range(3):
                silent(place.script("logrotate", proxy=proxy))
                ask(1)
            client.close()
            equal(proxy.end(), 0)
        finally:
            place.bare_unmount()


def full_disk_and_no_directory(place, report):
    with report.check("3", "the disk is full and the log directory removed, both under load: no request fails, every line is written or counted; "
                           "the next rotation with room brings the log back"):
        place.needs_image()
        place.configure(None)
        place.configure(FIRST)
        place.bare_mount("512k")
        try:
            proxy = place.start()
            log, filler = place.at("/var/log/sprx/access.log"), place.at("/var/log/filler")
            load = Load(place.address, place.port, "/on", 8, time.monotonic)
            load.wait(200)
            fill(filler)
            load.wait(200)
            until(lambda: place.metric(proxy, "sprx_log_lines_lost_total"), "lines are lost")
            with open(log, "rb") as removed:  # what was written before it was removed, whenever that is
                equal(run(["rm", "-rf", log.parent]).status, 0)
                load.wait(200)
                silent(place.script("logrotate", proxy=proxy))  # a directory and empty files need no room
                load.wait(200)
                fill(filler)
                load.wait(200)
                filler.unlink()
                silent(place.script("logrotate", proxy=proxy))
                load.wait(200)
                until(lambda: log.stat().st_size > 0, "lines are written again")
                answers = load.stop()
                equal({status for _, status, _ in answers}, {200})
                kept = removed.read()
                assert kept.endswith(b"\n"), "the removed file ends inside a line"
                before = [json.loads(line) for line in kept.splitlines()]
                until(lambda: len(before) + len(place.logs()) + place.metric(proxy, "sprx_log_lines_lost_total") == len(answers),
                      "every line is written or counted")
            lost = place.metric(proxy, "sprx_log_lines_lost_total")
            print(f"       {len(answers)} requests: {len(before)} lines in the removed log, {lost} counted as lost, {len(place.logs())} after it", flush=True)
            equal(len({line["request_id"] for line in before + place.logs()}), len(answers) - lost)
            passes(place, "/after")
            equal(proxy.end(), 0)
        finally:
            place.bare_unmount()
