"""Named checks: each prints one line, `ok`, `FAILED` or `skipped: why`, and never stops the others."""
import contextlib, sys, time, traceback


class Skip(Exception):
    pass


class Report:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    @contextlib.contextmanager
    def check(self, row, name):
        began = time.monotonic()
        try:
            yield
        except Skip as why:
            self.skipped += 1
            self.say(row, name, f"skipped: {why}")
        except Exception as error:  # a check that cannot be carried out has not passed
            self.failed += 1
            self.say(row, name, "FAILED")
            if isinstance(error, AssertionError):
                frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
                frame = frames[-1]
                text = str(error) or frame.line
                print(f"       {frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}: {text[:2000]}", flush=True)
            else:
                traceback.print_exc(file=sys.stdout)
        else:
            self.passed += 1
            self.say(row, name, f"ok ({time.monotonic() - began:.1f} s)")

    def say(self, row, name, result):
        print(f"{row:>4} {name}: {result}", flush=True)

    def close(self):
        more = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{more}", flush=True)
        return 0 if self.failed == 0 and self.passed > 0 else 1


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
