"""Named checks: each prints one line, `ok`, `FAILED` or `skipped: why`, and never stops the others."""
import contextlib, sys, time, traceback

# What the platform says, row by row; the checks name the row that they hold.
ROWS = {
    "1": "listen on TCP :80, HTTP/1.1, never HTTPS, never another port",
    "2": "connect upstream to `next-hop:80`, plain HTTP",
    "3": "all logs under `/var/log/`; sub-directories made at start-up",
    "4": "`validate.sh`: exit 0 and no output at all when valid; otherwise non-zero and the reason on stderr",
    "5": "`logrotate.sh` hourly: rotate, and have descriptors re-opened",
    "6": "`update.sh`: the configuration may have changed: re-parse, re-apply; non-zero fails the deployment, stderr is the reason; "
         "may be run before the container is ready",
    "7": "`/opt/proxy_config/` read-only, may be absent",
    "8": "X-Forwarded-Proto is `https` for HTTPS, else assume http; X-Forwarded-For is present",
    "9": "keep-alive on both sides",
    "10": "`messagehandler.sh NAME ARGS`: stdout ignored, non-zero fails with stderr as reason",
    "11": "the image must be publicly accessible",
    "later": "a later contract: access logs as JSON or LTSV on stdout, the rest on stderr, no log files",
    "life": "(ours) starts, ends and is watched as a container should be",
    "kube": "(ours) the same image on Kubernetes",
}


class Skip(Exception):
    pass


class Report:
    def __init__(self):
        self.results = []  # (row, name, result, its reason)

    @contextlib.contextmanager
    def check(self, row, name):
        began = time.monotonic()
        assert row in ROWS, row
        try:
            yield
        except Skip as why:
            self.say(row, name, "skipped", f"skipped: {why}")
        except Exception as error:  # a check that cannot be carried out has not passed
            self.say(row, name, "FAILED", "FAILED")
            if isinstance(error, AssertionError):
                frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
                frame = frames[-1]
                text = str(error) or frame.line
                print(f"       {frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}: {text[:2000]}", flush=True)
            else:
                traceback.print_exc(file=sys.stdout)
        else:
            self.say(row, name, "ok", f"ok ({time.monotonic() - began:.1f} s)")

    def say(self, row, name, result, told):
        self.results.append((row, name, result))
        print(f"{row:>5} {name}: {told}", flush=True)

    def count(self, result):
        return sum(1 for _, _, one in self.results if one == result)

    def table(self, with_results):
        """Markdown: each row of the contract with its checks, and what came of them."""
        lines = ["| # | the platform says | check | |" if with_results else "| # | the platform says | checks |",
                 "| --- | --- | --- | --- |" if with_results else "| --- | --- | --- |"]
        for row, text in ROWS.items():
            checks = [(name.replace("|", "\\|"), result) for one, name, result in self.results if one == row]
            if with_results:
                for i, (name, result) in enumerate(checks):
                    lines.append(f"| {row if i == 0 else ''} | {text if i == 0 else ''} | {name} | {result} |")
            else:
                lines.append(f"| {row} | {text} | {'<br>'.join(name for name, _ in checks)} |")
        return "\n".join(lines) + "\n"

    def close(self):
        skipped = self.count("skipped")
        print(f"{self.count('ok')} passed, {self.count('FAILED')} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
        return 0 if self.count("FAILED") == 0 and self.count("ok") > 0 else 1


def equal(seen, wanted):
    assert seen == wanted, f"{seen!r} is not {wanted!r}"


def until(condition, what, seconds=30):
    """Waits for a condition, which is looked at again and again, and returns what it gave."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.01)  # between two looks; nothing depends on its length
