"""What is measured: each case takes the Bench, runs its contenders in turn, round after round, and returns plain data."""
import dataclasses
import statistics
import sys
import time

import load
import traffic
from contenders import Haproxy, HaproxyLines, Nginx, NginxJson, Relay, Sprx, Varnish
from mix import Mix
from processes import more_descriptors

PEERS = (Nginx, Haproxy)
LOAD_SHARE = 0.7  # of the better peer's top rate, for latencies
RELOAD_RULES = 10_000


@dataclasses.dataclass(frozen=True)
class Plan:
    rounds: int
    few_rounds: int  # of the cases that are slow or only a side note
    seconds: int  # a run of wrk
    tail_seconds: int
    counts: tuple  # of rules
    idle_connections: int = 10_000
    reloads: int = 20


FULL = Plan(5, 3, 2, 6, (10, 1_000, 10_000, 100_000))
QUICK = Plan(2, 2, 1, 3, (10, 10_000), reloads=5)


class Bench:
    """Contenders that run, made when first asked for; what waits costs nothing."""

    def __init__(self, plan, folder, origin_port, processes, proxy_cores, all_cores):
        self.plan, self.folder, self.origin, self.processes = plan, folder, origin_port, processes
        self.proxy_cores, self.all_cores = proxy_cores, all_cores
        self.running = {}
        self.left_out = []
        self.runs = []
        self.ordinary = traffic.write_heads(folder / "ordinary.heads", traffic.requests("ordinary", Mix(0)))

    def get(self, kind, count=0):
        """The contender, or None where it cannot: why is said once."""
        key = f"{kind.name}/{count}"
        if key not in self.running:
            self.running[key] = None
            if not kind.installed():
                self.left_out.append(f"{kind.title}: {kind.program} is not installed")
            elif kind.most_rules and count > kind.most_rules[0]:
                self.left_out.append(f"{kind.title} with {count:,} rules: {kind.most_rules[1]}")
            else:
                say(f"starting {key}")
                self.running[key] = kind(self.folder, self.origin, count, self.proxy_cores).start(self.processes)
        return self.running[key]

    def all(self, kinds, count=0):
        return [made for made in (self.get(kind, count) for kind in kinds) if made]

    def interleave(self, rounds, runs, connections=load.CONNECTIONS):
        """runs: (case, contender, heads, whether every answer must be a 200). Each round begins with another of them."""
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}: {', '.join(sorted({case for case, *_ in runs}))}")
            shift = number * len(runs) // rounds
            for case, contender, heads, must_pass in runs[shift:] + runs[:shift]:
                made = load.wrk(contender, heads, self.plan.seconds, connections)
                if made["socket_errors"] or (must_pass and made["status_errors"]) or not made["requests"]:
                    raise SystemExit(f"{case}, {contender.key}: not all was answered: {made}")
                self.runs.append(dict(made, case=case, contender=contender.key, round=number))

    def median(self, case, key, value):
        found = [value(run) for run in self.runs if run["case"] == case and run["contender"] == key]
        return statistics.median(found) if found else None

    def top_rate(self, case, key):
        return self.median(case, key, lambda run: run["requests"] / run["seconds"])


def say(what):
    print(f"-- {what}", file=sys.stderr, flush=True)


def throughput(bench):
    """Requests that no rule answers, as many as go: without rules, and with each number of them; at 10 000 also mixed ones."""
    runs = [("plain", made, bench.ordinary, True)
            for made in bench.all((Relay, Nginx, NginxJson, Haproxy, Varnish, Sprx))]
    for count in bench.plan.counts:
        runs += [("rules", made, bench.ordinary, True)
                 for made in bench.all((Nginx, Haproxy, HaproxyLines, Varnish, Sprx), count)]
    mixed = traffic.write_heads(bench.folder / "mixed.heads", traffic.requests("mixed", Mix(RELOAD_RULES)))
    runs += [("mixed", made, mixed, False) for made in bench.all((Nginx, Haproxy, Sprx), RELOAD_RULES)]
    for _, made, heads, _ in runs:  # code and data are loaded, connections to the origin made
        load.wrk(made, heads, 1)
    bench.interleave(bench.plan.rounds, runs)


def bodies(bench):
    runs = []
    for mebibytes in (1, 10):
        wanted = [dataclasses.replace(traffic.requests("ordinary", Mix(0))[0], target=f"/big/{mebibytes}")]
        heads = traffic.write_heads(bench.folder / f"{mebibytes}.heads", wanted)
        runs += [(f"{mebibytes} MiB", made, heads, True) for made in bench.all((Relay, Nginx, Haproxy, Varnish, Sprx))]
    bench.interleave(bench.plan.few_rounds, runs, 16)


def short(bench):
    """A connection for each request."""
    heads = traffic.write_heads(bench.folder / "close.heads", traffic.requests("ordinary", Mix(0)), "close")
    runs = [("short", made, heads, True) for made in bench.all((Nginx, Haproxy, Varnish, Sprx))]
    bench.interleave(bench.plan.few_rounds, runs)


def workers(bench):
    """One worker and two, both on all cores beside their load: a machine of two cores has no others."""
    made = []
    for count in (1, 2):
        proxy = Sprx(bench.folder, bench.origin, 0, bench.all_cores, count)
        proxy.key = f"sprx with {count} workers"
        made.append(proxy.start(bench.processes))
    bench.interleave(bench.plan.rounds, [("workers", proxy, bench.ordinary, True) for proxy in made])
    for proxy in made:
        proxy.stop(bench.processes)


def idle(bench):
    count = min(bench.plan.idle_connections, more_descriptors() - 1_000)  # of the bench itself, too
    head = bench.ordinary.read_bytes().split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
    out = {}
    for contender in bench.all((Nginx, Haproxy, Varnish, Sprx)):
        say(f"{count} idle connections: {contender.key}")
        out[contender.key] = load.idle(contender, head, count)
    return dict(out, connections=count)


def tail(bench):
    """Latencies at a share of what the better peer can: the same rate for all."""
    peers = bench.all(PEERS)
    rates = {peer.key: bench.top_rate("plain", peer.key) for peer in peers}
    if not peers or None in rates.values():
        raise SystemExit("tail needs the peers' top rates: run throughput too")
    better = max(rates, key=rates.get)
    rate = LOAD_SHARE * rates[better]
    out = {"better_peer": better, "rate": rate, "runs": []}
    for number in range(bench.plan.rounds):
        say(f"latencies at {rate:.0f} requests/s, round {number + 1} of {bench.plan.rounds}")
        for contender in peers + [bench.get(Sprx)]:
            rows = load.at_rate(contender, traffic.browser_headers(), rate, bench.plan.tail_seconds, bench.folder)
            began = min(row[0] for row in rows) + 1  # the first second connects and warms up
            taken = [row[1] for row in rows if row[0] >= began]
            out["runs"].append({"contender": contender.key, "round": number, "failed": sum(row[2] != 200 for row in rows),
                                "rate": len(taken) / (max(row[0] for row in rows) - began),
                                **{f"p{p}_us": load.percentile(taken, p) for p in (50, 99, 99.9)}})
    return out


def reload(bench):
    """At half of what it can with 10 000 rules: seconds that begin with a reload beside the seconds between."""
    proxy = bench.get(Sprx, RELOAD_RULES)
    top = bench.top_rate("rules", proxy.key)
    if top is None:
        raise SystemExit("reload needs the top rate: run throughput too")
    rules = proxy.folder / "config/main.sprx"
    text, began, took = rules.read_text(), [], []

    def keep_reloading(process):
        time.sleep(1.5)
        for number in range(bench.plan.reloads):
            rules.with_name("new").write_text(text + f'rule generation {{ set header["X-Generation"] = "{number}"; }}\n')
            rules.with_name("new").rename(rules)
            began.append(time.time())
            if not proxy.reload():
                raise SystemExit("a reload failed")
            took.append(time.time() - began[-1])
            if process.poll() is not None:
                raise SystemExit("h2load ended too early")
            time.sleep(max(0.0, began[-1] + 2 - time.time()))

    say(f"{bench.plan.reloads} reloads at {top / 2:.0f} requests/s")
    rows = load.at_rate(proxy, traffic.browser_headers(), top / 2, 2 * bench.plan.reloads + 2, bench.folder, keep_reloading)
    rules.write_text(text)

    def p99(start):
        return load.percentile([taken for at, taken, _ in rows if start <= at < start + 1], 99)
    return {"rules": RELOAD_RULES, "rate": len(rows) / (2 * bench.plan.reloads + 2), "reloads": len(began),
            "failed": sum(status != 200 for _, _, status in rows), "took_ms": statistics.median(took) * 1e3,
            "p99_with_us": statistics.median(p99(start) for start in began),
            "p99_without_us": statistics.median(p99(start + 1) for start in began)}


def calls(bench):
    return {made.key: load.system_calls(made, bench.ordinary, bench.folder)
            for made in bench.all((Relay, Nginx, Haproxy, Sprx))}


ALL = (throughput, bodies, short, workers, idle, tail, reload, calls)
