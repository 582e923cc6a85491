"""Rows 1 to 3, 8, 9, 11 and the graceful life: the proxy itself, in the image."""
import json, os, pathlib, re, signal, threading, time

from place import children_of
from report import Skip, equal, until
from rows_scripts import FIRST, SECOND, WRONG, silent
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
        equal(about["Healthcheck"]["Test"], ["CMD", "/usr/bin/sprx", "ctl", "status"])
        labels = about["Labels"]
        for name in ("title", "description", "licenses", "version", "revision"):
            assert labels[f"org.opencontainers.image.{name}"] not in ("", "unknown"), name
    with report.check("11", "the image holds what is needed, nothing of its making, under 25 MB"):
        place.needs_image()
        for path in ("/etc/apt", "/usr/bin/apt", "/usr/bin/dpkg", "/var/lib/apt", "/usr/share/man", "/usr/share/locale", "/image", "/oci", "/stage"):
            assert not place.at(path).exists(), path
        size = sum(p.lstat().st_size for p in place.tree.rglob("*") if p.is_file() and not p.is_symlink() and "dev" not in p.parts)
        assert size < 25_000_000, size
        print(f"       {size / 1e6:.1f} MB in {sum(1 for _ in place.tree.rglob('*'))} files and directories", flush=True)
        packages = re.findall(r"^Package: (.*)$", place.at("/var/lib/dpkg/status").read_text(), re.M)
        assert "libc6" in packages and "logrotate" in packages, packages
        for script in ("validate", "update", "logrotate", "messagehandler"):
            assert os.access(place.at(f"/opt/section/{script}.sh"), os.X_OK)


def start_refused(place, report):
    with report.check("6", "a start with a wrong configuration is refused with the diagnostics"):
        place.configure(WRONG)
        proxy = place.start(ready=False)
        equal(proxy.wait(), 1)
        assert "error[E1003]: unknown request field `pth`" in proxy.err, proxy.err
        assert proxy.err.endswith("sprx: the configuration is wrong; not starting\n"), proxy.err
    with report.check("7", "without a configuration directory everything passes"):
        place.configure(None)
        proxy = place.start()
        client = Client(place.address, place.port)
        equal(client.get("/old").status, 200)
        client.close()
        equal(proxy.end(), 0)


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
            client = Client(address, place.port)
            equal(client.get("/x").status, 200)
            client.close()
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
            equal(Client(place.address, place.port).get("/x").status, 200)
    with report.check("2", "the next hop gets it in plain HTTP/1.1, Host unchanged"):
        said = Client(place.address, place.port).get("/hop?a=b").json()
        equal((said["origin"], said["path"]), (origin.server.server_address[0], "/hop?a=b"))
        equal(dict(said["headers"])["Host"], "www.example.com")
    with report.check("8", "X-Forwarded-For and -Proto pass unchanged, and are added where absent"):
        client = Client(place.address, place.port)
        headers = client.get("/x", {"X-Forwarded-For": "203.0.113.7, 198.51.100.1", "X-Forwarded-Proto": "https"}).json()["headers"]
        equal([v for k, v in headers if k.lower() == "x-forwarded-for"], ["203.0.113.7, 198.51.100.1"])
        equal([v for k, v in headers if k.lower() == "x-forwarded-proto"], ["https"])
        headers = client.get("/x").json()["headers"]
        equal([v for k, v in headers if k.lower() == "x-forwarded-proto"], ["http"])
        equal([v for k, v in headers if k.lower() == "x-forwarded-for"], [place.origin_address])
        client.close()
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
        equal(place.script("update", proxy=proxy).status, 0)
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
    with report.check("life", "PID 1 reaps what others leave behind"):
        place.needs_image()
        equal(pathlib.Path(f"/proc/{proxy.pid()}/status").read_text().split("NSpid:\t")[1].split("\n")[0].split()[-1], "1")
        for _ in range(20):
            equal(place.inside(["/bin/sh", "-c", "sleep 0 & sleep 0 & exit 0"], proxy).status, 0)
        until(lambda: not children_of(proxy.pid()), "no zombie is left")
    with report.check("life", "the health check of the image: well while it runs"):
        place.needs_image()
        done = place.inside(place.about["Healthcheck"]["Test"][1:], proxy)
        equal((done.status, done.err), (0, ""))


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
        equal(place.script("update", proxy=proxy).status, 0)
        equal(Client(place.address, place.port).get("/old").location, "/first")
        equal(proxy.end(), 0)
    with report.check("life", "four capabilities, a read-only root and three empty directories are enough"):
        place.needs_image()
        place.clean()
        proxy = place.start(way="restricted")
        client = Client(place.address, place.port)
        equal(client.get("/old").location, "/first")
        place.configure(SECOND)
        for script in ("update", "logrotate", "validate"):
            equal(place.script(script, proxy=proxy), (0, "", ""))
        equal(client.get("/old").location, "/second")
        client.close()
        equal(proxy.end(), 0)
        place.configure(FIRST)
    readers = {"json": json.loads, "ltsv": lambda line: dict(field.split(":", 1) for field in line.split("\t"))}
    for form, read in readers.items():
        with report.check("life", f"--log stdout --log-format {form}: the later contract: lines on stdout, the rest on stderr, no log files"):
            place.clean()
            place.configure(FIRST)
            proxy = place.start("--log", "stdout", "--log-format", form)
            equal(Client(place.address, place.port).get("/out?a=b").status, 200)
            place.configure(WRONG)
            proxy.send(signal.SIGHUP)
            until(lambda: "error: reload refused, the old configuration stays: " in proxy.err, "the refusal is on standard error")
            place.configure(FIRST)
            equal(place.script("update", proxy=proxy), (0, "", ""))
            equal(place.script("logrotate", proxy=proxy), (0, "", ""))
            equal(Client(place.address, place.port).get("/old").location, "/first")
            equal(proxy.end(), 0)
            lines = [read(line) for line in proxy.out.splitlines()]
            # Two connections may be two workers', whose lines are in no order.
            equal(sorted((line["hostname"], str(line["status"]), line["path"]) for line in lines),
                  [("www.example.com", "200", "/out"), ("www.example.com", "301", "/old")])
            equal(list(lines[0])[:len(KEYS)] if form == "json" else [key for key in lines[0] if key in KEYS], KEYS)
            assert int(lines[0]["bytes"]) > 0
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
            with open(filler, "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"x" * 4096)
                except OSError:
                    pass
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
