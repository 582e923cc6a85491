"""Where the proxy runs: the image's tree in a chroot with name spaces of its own, or, where the machine cannot do that, the
staged tree as it is, on a free port."""
import collections, gzip, json, os, pathlib, shlex, shutil, signal, subprocess, threading

from report import Skip, until

Done = collections.namedtuple("Done", "status out err")
WAIT = 60  # seconds that anything may take before it counts as stuck


def run(command, stdin=None, **more):
    done = subprocess.run([word if isinstance(word, bytes) else str(word) for word in command], input=stdin, capture_output=True, timeout=WAIT, **more)
    return Done(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def must(command, **more):
    done = run(command, **more)
    if done.status != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.status} {done.err or done.out}")
    return done.out


class Proxy:
    """A running `sprx run`, and what it said on its standard output and error."""
    started = []

    def __init__(self, command, inner):
        Proxy.end_all()  # one at a time; what a failed check left must not fail the next
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, start_new_session=True)
        self.out = self.err = ""
        self.readers = [threading.Thread(target=self.read, args=(name,), daemon=True) for name in ("out", "err")]
        for reader in self.readers:
            reader.start()
        self.inner = inner
        Proxy.started.append(self)

    @classmethod
    def end_all(cls):
        """What a failed check left running."""
        for proxy in cls.started:
            if proxy.process.poll() is None:
                proxy.process.kill()
                proxy.process.wait()

    def read(self, name):
        pipe = self.process.stdout if name == "out" else self.process.stderr
        while piece := os.read(pipe.fileno(), 65536):
            setattr(self, name, getattr(self, name) + piece.decode("utf-8", "replace"))

    def pid(self):
        """Of sprx itself, which stands behind the program that made its name spaces."""
        return until(lambda: child_of(self.process.pid), "the process") if self.inner else self.process.pid

    def says(self, text):
        until(lambda: text in self.err or self.process.poll() is not None, f"standard error says {text!r}")
        assert text in self.err, f"it ended with {self.process.returncode}: {self.err}"

    def send(self, number):
        os.kill(self.pid(), number)

    def wait(self):
        status = self.process.wait(WAIT)
        for reader in self.readers:
            reader.join(WAIT)
        return status

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.send(number)
        return self.wait()


def stat_of(pid):
    """Parent and state of a process, or nothing."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2:].split()
    return int(fields[1]), fields[0]


def children_of(pid):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            about = stat_of(entry)
            if about and about[0] == pid:
                found.append((int(entry), about[1]))
    return found


def child_of(pid):
    found = children_of(pid)
    return found[0][0] if found else None


class Place:
    """What both have: the platform's paths below `tree`, its scripts, its logs."""

    def __init__(self, tree):
        self.tree = pathlib.Path(tree)

    def at(self, path):
        return self.tree / path.lstrip("/")

    def write_rules(self, folder, rules):
        new = folder / "main.new"
        new.write_text(rules)
        new.rename(folder / "main.sprx")

    def script(self, name, *arguments, proxy=None):
        return self.inside([f"/opt/section/{name}.sh", *arguments], proxy)

    def logs(self):
        """All access-log lines of all files, rotated and compressed ones included; none may be torn."""
        lines = []
        for file in sorted(self.at("/var/log/sprx").glob("access.log*")):
            data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            assert not data or data.endswith(b"\n"), f"{file.name} ends inside a line"
            lines += [json.loads(line) for line in data.splitlines()]
        return lines

    def metric(self, proxy, name):
        text = self.inside(["/usr/bin/sprx", "ctl", *self.control_arguments(), "metrics"], proxy).out
        for line in text.splitlines():
            if line.startswith(name + " "):
                return int(line.split()[1])
        raise AssertionError(f"no metric {name}")

    def clean(self):
        """As a new container finds it: no logs, no state, no socket."""
        for path in ("/var/log", "/var/lib/sprx", "/run"):
            shutil.rmtree(self.at(path), ignore_errors=True)
        self.at("/var/log").mkdir(parents=True)
        self.at("/run").mkdir()


class StagedPlace(Place):
    """No root, no name spaces: the staged tree on a free port; the scripts find their tree by where they stand."""

    def __init__(self, staged, work):
        super().__init__(work / "tree")
        shutil.copytree(staged, self.tree, symlinks=True)
        self.address, self.port = "127.0.0.1", 0
        self.about = None
        self.origin_address, self.origin_port = "127.0.0.1", 0
        self.clean()

    def needs_image(self):
        raise Skip(self.why)

    def configure(self, rules):
        folder = self.at("/opt/proxy_config")
        if rules is None:
            shutil.rmtree(folder, ignore_errors=True)
            return
        folder.mkdir(exist_ok=True)
        self.write_rules(folder, rules)

    def configure_nothing(self):
        self.configure("")
        self.at("/opt/proxy_config/main.sprx").unlink()

    def inside(self, command, proxy=None, stdin=None):
        return run([self.at(command[0]), *command[1:]], stdin)

    def validate(self):
        return self.script("validate")

    def hook_command(self):
        """For a shell: validates the directory $config."""
        tree = shlex.quote(str(self.tree))
        return f'{{ rm -rf {tree}/opt/proxy_config && mv "$config" {tree}/opt/proxy_config && {tree}/opt/section/validate.sh; }}'

    def control_arguments(self):
        return ["--control", self.at("/run/sprx/control.sock")]

    def second_arguments(self):
        """Of a second proxy beside the one that runs."""
        return ["--config", self.at("/opt/proxy_config"), "--listen", "127.0.0.1:0", *self.control_arguments()]

    def start(self, *arguments, ready=True):
        proxy = Proxy([self.at("/usr/bin/sprx"), "run", "--config", self.at("/opt/proxy_config"), "--listen", "127.0.0.1:0",
                       "--next-hop", f"{self.origin_address}:{self.origin_port}", *self.control_arguments(),
                       "--log-dir", self.at("/var/log/sprx"), "--state", self.at("/var/lib/sprx"), *arguments], False)
        if ready:
            proxy.says("listening on port ")
            self.port = int(proxy.err.split("listening on port ")[1].split()[0])
        return proxy
