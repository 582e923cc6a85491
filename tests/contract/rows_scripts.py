"""Rows 4 to 7 and 10: what the platform's scripts do, with and without a running proxy."""
import os, shutil, signal, threading, time

from place import run
from report import Skip, equal, until
from web import Client, Load

FIRST = 'rule old { when path == "/old"; redirect 301 "/first"; }\n'
SECOND = 'rule old { when path == "/old"; redirect 301 "/second"; }\n'
WRONG = 'rule old { when pth == "/old"; redirect 301 "/third"; }\n'
LINT = 'list unused: string = ["a"];\n' + FIRST


def silent(done):
    equal((done.status, done.out, done.err), (0, "", ""))


def refused(done):
    equal((done.status, done.out), (1, ""))
    assert "error[E1003]: unknown request field `pth`" in done.err and "main.sprx:1:17" in done.err, done.err
    assert "\x1b" not in done.err


def at_once(count, action):
    """Carries `action(i)` out in so many threads; what each returned."""
    results = [None] * count

    def one(i):
        results[i] = action(i)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def snapshot(tree):
    out = {}
    for folder, folders, files in os.walk(tree):
        if folder.endswith(("/dev", "/proc")):
            folders.clear()
            continue
        for name in folders + files:
            about = os.lstat(os.path.join(folder, name))
            out[os.path.join(folder, name)] = (about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_mode)
    return out


def validate(place, report):
    before = None
    for name, rules, check in (("a valid configuration: exit 0 and not a byte", FIRST, silent),
                               ("lints are silent", LINT, silent),
                               ("a wrong one: exit 1, the reason on stderr, no colour", WRONG, refused),
                               ("an empty file is valid", "", silent)):
        with report.check("4", f"validate.sh: {name}"):
            place.configure(rules)
            before = snapshot(place.tree)
            check(place.validate())
            equal(snapshot(place.tree), before)
    with report.check("4", "validate.sh: 10 000 rules are valid like few"):
        place.configure("".join(f'rule r{n} {{ when path == "/p/{n}" and host == "h{n % 100}.example"; redirect 301 "/q/{n}"; }}\n' for n in range(10_000)))
        began = time.monotonic()
        silent(place.validate())
        print(f"       {time.monotonic() - began:.2f} s", flush=True)
    with report.check("4", "validate.sh: a test in the language that fails is the reason"):
        place.configure(FIRST + 'test gone { get "/old"; expect redirect 301 "/second"; }\n')
        done = place.validate()
        equal((done.status, done.out), (1, ""))
        assert "error[E7" in done.err and "main.sprx:2:" in done.err, done
    with report.check("4", "the scripts are POSIX sh, and shellcheck finds nothing in them"):
        if not shutil.which("shellcheck"):
            raise Skip("no shellcheck here")
        scripts = sorted(place.at("/opt/section").glob("*.sh"))
        equal(sorted(one.name for one in scripts), ["logrotate.sh", "messagehandler.sh", "update.sh", "validate.sh"])
        equal([one.read_text().splitlines()[0] for one in scripts], ["#!/bin/sh"] * 4)
        equal(run(["shellcheck", "--shell=sh", *scripts]), (0, "", ""))
    with report.check("4", "validate.sh: an absent directory is valid"):
        place.configure(None)
        silent(place.validate())
    with report.check("4", "validate.sh: an include that leads out of the directory is refused"):
        place.configure('include "../../etc/passwd";\n')
        done = place.validate()
        equal((done.status, done.out), (1, ""))
        assert "[E1018]" in done.err, done.err


def update_before_start(place, report):
    for name, rules, check in (("a valid", FIRST, silent), ("a wrong", WRONG, refused), ("an absent", None, silent)):
        with report.check("6", f"update.sh before the proxy runs: {name} configuration"):
            place.configure(rules)
            check(place.script("update"))
    with report.check("6", "update.sh with the socket of a proxy that was killed"):
        place.configure(FIRST)
        place.start().end(signal.SIGKILL)
        assert place.at("/run/sprx/control.sock").is_socket()
        silent(place.script("update"))
    with report.check("6", "update.sh while the proxy starts: the new rules are in force in the end"):
        place.configure(FIRST)
        proxy = place.start(ready=False)
        place.configure(SECOND)
        silent(place.script("update", proxy=proxy))
        proxy.says("listening on port ")
        place.port = int(proxy.err.split("listening on port ")[1].split()[0])
        client = Client(place.address, place.port)
        equal(client.get("/old").location, "/second")
        client.close()
        equal(proxy.end(), 0)


def update_while_serving(place, report, proxy):
    with report.check("6", "update.sh with a wrong configuration: exit 1, the reason, the old rules stay"):
        place.configure(FIRST)
        silent(place.script("update", proxy=proxy))
        place.configure(WRONG)
        refused(place.script("update", proxy=proxy))
        client = Client(place.address, place.port)
        equal(client.get("/old").location, "/first")
        client.close()
        equal(place.metric(proxy, "sprx_reloads_failed_total"), 0)  # refused by the check already
    with report.check("6", "update.sh under load, 20 times: no answer is lost, none after it by the old rules"):
        place.configure(FIRST)
        silent(place.script("update", proxy=proxy))
        load = Load(place.address, place.port, "/old", 8, time.monotonic)
        changes = [(time.monotonic(), "/first")]
        for turn in range(20):
            rules, target = ((SECOND, "/second"), (FIRST, "/first"))[turn % 2]
            place.configure(rules)
            silent(place.script("update", proxy=proxy))
            changes.append((time.monotonic(), target))
            load.wait(20)
        answers = load.stop()
        for sent, status, location in answers:
            equal(status, 301)
            # Sent after a change had been confirmed and before the next one was asked for: no doubt about the rules.
            last = max(i for i, (at, _) in enumerate(changes) if i == 0 or at <= sent)
            wanted = {changes[last][1]} | ({changes[last + 1][1]} if last + 1 < len(changes) else set())
            assert location in wanted, f"{location} at {sent}, confirmed {changes[last]}"
        # The strict half: after the last change only the last rules are seen.
        client = Client(place.address, place.port)
        for _ in range(50):
            equal(client.get("/old").location, changes[-1][1])
        client.close()
        assert len(answers) >= 400


def strict_updates(place, report, proxy):
    with report.check("6", "update.sh with rules that count up: no request sent after it sees a lower count"):
        rules = 'rule old {{ when path == "/old"; redirect 301 "/{}"; }}\n'
        place.configure(rules.format(0))
        silent(place.script("update", proxy=proxy))
        load = Load(place.address, place.port, "/old", 8, time.monotonic)
        confirmed = []
        for count in range(1, 16):
            place.configure(rules.format(count))
            silent(place.script("update", proxy=proxy))
            confirmed.append((time.monotonic(), count))
            load.wait(20)
        for sent, _, location in load.stop():
            least = max([count for at, count in confirmed if at <= sent], default=0)
            assert int(location[1:]) >= least, f"{location} although {least} was confirmed"


def updates_at_once(place, report, proxy):
    with report.check("6", "update.sh four times at once under load: all succeed, the rules that were there are in force"):
        load = Load(place.address, place.port, "/old", 8, time.monotonic)
        for rules, target in ((FIRST, "/first"), (SECOND, "/second")) * 3:
            place.configure(rules)
            for done in at_once(4, lambda _: place.script("update", proxy=proxy)):
                silent(done)
            client = Client(place.address, place.port)
            equal(client.get("/old").location, target)
            client.close()
        equal({status for _, status, _ in load.stop()}, {301})


def messages(place, report, proxy):
    with report.check("10", "messagehandler.sh: a good message is carried out"):
        place.configure(SECOND)
        equal(place.script("messagehandler", "reload", "", proxy=proxy).status, 0)
        client = Client(place.address, place.port)
        equal(client.get("/old").location, "/second")
        client.close()
        equal(place.script("messagehandler", "reopen-logs", proxy=proxy).status, 0)
    with report.check("10", "messagehandler.sh: a message that cannot be carried out fails with the reason"):
        place.configure(WRONG)
        done = place.script("messagehandler", "reload", "", proxy=proxy)
        refused(done._replace(out=""))
        place.configure(SECOND)
    for name, arguments in (("an unknown name", ["no-such", "a b"]), ("no name", []), ("an empty name", ["", ""]),
                            ("an option as a name", ["--help", "x"]), ("shell metacharacters", ["x; touch /tmp/owned", "$(touch /tmp/owned) `touch /tmp/owned`"]),
                            ("newlines", ["reload\nreopen-logs", "a\nb"]), ("a target that splits the request", ["reload HTTP/1.1\r\nX: y", ""]),
                            ("quotes and a glob", ["'\"*", "*' \"$PATH\" ?"]), ("bytes that are no text", [b"\xff\xfe", b"\x80\xc3"]),
                            ("arguments where there are none", ["reload", "now"]), ("100 KB of arguments", ["no-such", "x" * 100_000]),
                            ("1 MiB of arguments", ["no-such", *["y" * 104_858] * 10])):
        with report.check("10", f"messagehandler.sh: {name} is refused with one reason on stderr"):
            done = place.script("messagehandler", *arguments, proxy=proxy)
            assert done.status not in (0, 126, 127), done
            # A wrong use adds where its help is.
            assert done.err.strip() and done.err.count("\n") == (2 if done.status == 2 else 1) and len(done.err) < 300, done
            assert not place.at("/tmp/owned").exists()
    with report.check("10", "messagehandler.sh eight times at once: each is carried out"):
        for done in at_once(8, lambda i: place.script("messagehandler", "reload" if i % 2 else "reopen-logs", "", proxy=proxy)):
            silent(done)
    with report.check("10", "messagehandler.sh: the proxy serves as before"):
        client = Client(place.address, place.port)
        equal(client.get("/old").location, "/second")
        client.close()


def message_without_proxy(place, report):
    with report.check("10", "messagehandler.sh without a proxy fails and says so"):
        done = place.script("messagehandler", "reload", "")
        equal(done.status, 3)
        assert "no proxy is running" in done.err


def logrotate(place, report, proxy):
    client = Client(place.address, place.port)
    sent = 0

    def ask(count):
        nonlocal sent
        for _ in range(count):
            sent += 1
            equal(client.get(f"/counted?n={sent}").status, 200)

    with report.check("5", "logrotate.sh with the proxy up: old lines in a file that the next one compresses, new ones in a new file"):
        ask(5)
        until(lambda: len(place.logs()) >= 5, "the lines are written")
        silent(place.script("logrotate", proxy=proxy))
        assert place.at("/var/log/sprx/access.log.1").exists()
        equal(place.at("/var/log/sprx/access.log").stat().st_size, 0)
        ask(5)
        until(lambda: place.at("/var/log/sprx/access.log").stat().st_size > 0, "the new file is written")

    def rotated_under_load(rounds, at_a_time):
        """Every request has its line once, in whatever file it stands; together fewer rotations than files are kept (24)."""
        nonlocal sent
        until(lambda: len(place.logs()) == sent, "all lines are there")
        load = Load(place.address, place.port, "/loaded", 8, time.monotonic)
        for _ in range(rounds):
            load.wait(100)
            for done in at_once(at_a_time, lambda _: place.script("logrotate", proxy=proxy)):
                silent(done)
        load.wait(100)
        sent += len(load.stop())
        until(lambda: len(place.logs()) >= sent, "all lines are there")
        lines = place.logs()
        equal(len(lines), sent)
        equal(len({line["request_id"] for line in lines}), len(lines))
        equal(place.metric(proxy, "sprx_log_lines_lost_total"), 0)
        files = len(list(place.at("/var/log/sprx").glob("access.log*")))
        print(f"       {len(lines)} requests, {len(lines)} lines in {files} files", flush=True)

    with report.check("5", "logrotate.sh twice at once, four times under load: every line once, none torn"):
        rotated_under_load(4, 2)
    with report.check("5", "logrotate.sh 10 times under load: every line once, none torn"):
        rotated_under_load(10, 1)
    with report.check("5", "logrotate.sh after the log was removed: it comes back"):
        place.at("/var/log/sprx/access.log").unlink()
        silent(place.script("logrotate", proxy=proxy))
        ask(1)
        until(lambda: place.at("/var/log/sprx/access.log").stat().st_size > 0, "the file is written")
    with report.check("3", "the log directory removed: traffic goes on, and the next rotation brings it back"):
        run(["rm", "-rf", place.at("/var/log/sprx")])
        ask(3)
        silent(place.script("logrotate", proxy=proxy))
        ask(1)
        until(lambda: place.at("/var/log/sprx/access.log").exists() and place.at("/var/log/sprx/access.log").stat().st_size > 0,
              "the file is written")
    client.close()


def logrotate_without_proxy(place, report):
    with report.check("5", "logrotate.sh without a proxy rotates what is there"):
        log = place.at("/var/log/sprx/access.log")
        assert log.exists()
        log.write_bytes(b'{"left":"over"}\n')
        silent(place.script("logrotate"))
        equal(log.stat().st_size, 0)
    with report.check("5", "logrotate.sh before the first start finds nothing to do"):
        place.clean()
        silent(place.script("logrotate"))
        assert not place.at("/var/log/sprx").exists()
