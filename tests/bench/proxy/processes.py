"""Processes of the bench: started on given cores, ended by their own number however the bench ends, and what they cost."""
import ctypes
import dataclasses
import os
import pathlib
import resource
import signal
import socket
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def cores():
    """(cores of the proxy under test, cores of what loads it and of the origin): the proxy has one for itself."""
    there = sorted(os.sched_getaffinity(0))
    if len(there) < 2:
        raise SystemExit("the bench wants two cores: one for the proxy, one for its load and its origin")
    return {there[-1]}, set(there[:-1])


def more_descriptors(wanted=65_536):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), max(hard, wanted)))
    except (OSError, ValueError):  # not root: what there is
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(holds, seconds, what):
    """Polls; there is nothing to wait on from outside of another program."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Processes:
    """A context that ends what was started in it, newest first. SIGTERM of the bench itself ends it in order, too."""

    def __init__(self):
        self._started = []

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        return self

    def __exit__(self, *_):
        for process in reversed(self._started):
            self.end(process)

    def start(self, command, on=None, out=subprocess.DEVNULL, err=subprocess.DEVNULL):
        """`on`: cores; without, all that the bench may use. A session of its own: Ctrl-C reaches the bench alone, which ends it."""
        def prepare():
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)  # if the bench is killed, it goes too
            if on:
                os.sched_setaffinity(0, on)
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   start_new_session=True, preexec_fn=prepare)
        self._started.append(process)
        return process

    def end(self, process, grace=10):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(grace)
            except subprocess.TimeoutExpired:
                for pid in reversed(tree([process.pid])):
                    os.kill(pid, signal.SIGKILL)
                process.wait()
        if process in self._started:
            self._started.remove(process)


def tree(pids):
    """The processes and all that they started."""
    out = []
    for pid in pids:
        out.append(pid)
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                out += tree([int(child) for child in task.read_text().split()])
            except OSError:  # gone meanwhile
                pass
    return out


@dataclasses.dataclass
class Cpu:
    """Seconds. `run` is the scheduler's own count, to the nanosecond; how it is split is known by ticks."""
    user: float = 0
    system: float = 0
    run: float = 0

    @staticmethod
    def of(pids):
        out = Cpu()
        for pid in tree(pids):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            out.user += int(fields[11]) / TICK
            out.system += int(fields[12]) / TICK
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                try:
                    out.run += int((task / "schedstat").read_text().split()[0]) / 1e9
                except OSError:  # a thread that ended, or a kernel without it
                    pass
        return out

    def since(self, before):
        user, system, run = self.user - before.user, self.system - before.system, self.run - before.run
        ticks = user + system
        if ticks <= 0 or abs(run - ticks) > 0.05 * ticks + 0.05:  # threads came and went: ticks it is
            return Cpu(user, system, ticks)
        return Cpu(run * user / ticks, run * system / ticks, run)


def resident(pids):
    """Bytes."""
    total = 0
    for pid in tree(pids):
        pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
        total += pages * os.sysconf("SC_PAGE_SIZE")
    return total
