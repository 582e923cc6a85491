"""Row 10 again: messages that turn flags and fill dynamic lists, and what of them outlives a restart."""
import pathlib, re, signal

from report import equal, until
from rows_life import listening
from rows_scripts import silent
from web import Client

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/monitoring.md"
RULES = '''flag maintenance = off;
dynamic list banned: ip { ttl 1h; }
limit api { key client.ip; rate 1000/s; }
rule down { when maintenance; respond 503; }
rule listed { when client.ip in banned; deny 403; }
rule api { when path under "/api"; over api; deny 429; }
rule trial { when path == "/trial"; dry_run; deny; }
'''


def live_state(place, report, proxy):
    def message(*words):
        return place.script("messagehandler", *words, proxy=proxy)

    def statuses(client="192.0.2.1"):
        """Of requests on connections of their own, which spread over the workers."""
        found = set()
        for _ in range(20):
            one = Client(place.address, place.port)
            found.add(one.get("/x", {"X-Forwarded-For": client}).status)
            one.close()
        return found

    with report.check("6", "update.sh with flags, dynamic lists and limits"):
        place.configure(RULES)
        silent(place.script("update", proxy=proxy))
    with report.check("10", "messagehandler.sh flag: every worker goes by it when it returns"):
        for value, status in (("on", 503), ("off", 200)) * 3:
            equal(message("flag", f"maintenance={value}")._replace(out=""), (0, "", ""))
            equal(statuses(), {status})
    with report.check("10", "messagehandler.sh ban and unban: one client, and nobody else"):
        equal(message("ban", "banned 203.0.113.9 30m").status, 0)
        equal((statuses("203.0.113.9"), statuses("203.0.113.10")), ({403}, {200}))
        equal(message("unban", "banned 203.0.113.9").status, 0)
        equal(statuses("203.0.113.9"), {200})
    for words in (("flag", "maintenance=maybe"), ("flag", "maintenance"), ("flag", "nothing=on"), ("flag", "maintenance=on\n"), ("flag", ""),
                  ("ban", "banned not-an-address 1m"), ("ban", "nothing 203.0.113.9"), ("ban", "banned"), ("ban", "banned 203.0.113.9 30 years"),
                  ("unban", "banned"), ("ban", "banned $(reboot)")):
        with report.check("10", f"messagehandler.sh {' '.join(words)!r}: refused with one reason, nothing changes"):
            done = message(*words)
            equal(done.status, 1)
            assert done.err.strip() and done.err.count("\n") == 1, done
            equal(statuses("203.0.113.9"), {200})
    with report.check("life", "every metric is explained in docs/monitoring.md, and none that is not there"):
        text = place.inside(["/usr/bin/sprx", "ctl", *place.control_arguments(), "metrics"], proxy).out
        equal(sorted(re.findall(r"^\| `((?:sprx|process)_\w+)` \|", PAGE.read_text(), re.M)), sorted(re.findall(r"^# TYPE (\w+)", text, re.M)))
    with report.check("1", "sprx run --metrics: one more port, which answers /metrics and /healthz and nothing else"):
        proxy.end()
        proxy = place.start("--metrics", f"{place.address}:{9155 if place.port == 80 else 0}")
        port = int(until(lambda: re.findall(r"metrics on port (\d+)\n", proxy.err), "the port is told")[0])
        client = Client(place.address, port)
        answer = client.get("/metrics")
        equal((answer.status, answer.headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        assert b"\nsprx_build_info{version=" in answer.body
        equal(sorted(re.findall(r"^# TYPE (\w+)", answer.body.decode(), re.M)), sorted(re.findall(r"^# TYPE (\w+)", text, re.M)))
        equal([Client(place.address, port).get(path).status for path in ("/healthz", "/", "/status", "/reload")], [200, 404, 404, 404])
        equal(Client(place.address, port).get("/metrics", method="POST", body=b"x").status, 405)
        if place.port == 80:
            equal(listening(place, proxy), {("tcp", 80), ("tcp", 9155)})
    with report.check("10", "a flag and a ban outlive SIGKILL and a restart"):
        equal(message("flag", "maintenance=on").status, 0)
        equal(message("ban", "banned 203.0.113.9 30m").status, 0)
        proxy.end(signal.SIGKILL)
        proxy = place.start()
        equal(statuses(), {503})
        equal(message("flag", "maintenance=off").status, 0)
        equal((statuses("203.0.113.9"), statuses()), ({403}, {200}))
    return proxy
