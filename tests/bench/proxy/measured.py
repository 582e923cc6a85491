"""Questions to the results of one run of bench.py: medians, ratios round by round, budgets of the design."""
import dataclasses
import statistics


def user_us(run):
    return run["user_s"] / run["requests"] * 1e6


def system_us(run):
    return run["system_s"] / run["requests"] * 1e6


def all_us(run):
    return user_us(run) + system_us(run)


def rate(run):
    return run["requests"] / run["seconds"]


def busy(run):
    """Share of one core."""
    return (run["user_s"] + run["system_s"]) / run["seconds"]


def s_a_gb(run):
    return (run["user_s"] + run["system_s"]) / (run["bytes"] / 1e9)


@dataclasses.dataclass(frozen=True)
class Budget:
    what: str
    measured: float
    most: float

    @property
    def met(self):
        return self.measured <= self.most


class Measured:
    def __init__(self, result):
        self.result = result

    def rounds(self, case, key, value):
        """{round: value}."""
        return {run["round"]: value(run) for run in self.result["runs"] if run["case"] == case and run["contender"] == key}

    def median(self, case, key, value):
        found = self.rounds(case, key, value)
        return statistics.median(found.values()) if found else None

    def ratio(self, value, above, below):
        """above, below: (case, contender). Quotients of the same round, their median: a machine that drifts takes both along."""
        over, under = self.rounds(*above, value), self.rounds(*below, value)
        both = over.keys() & under.keys()
        return statistics.median(over[n] / under[n] for n in both) if both else None

    def better_peer(self, case, value):
        found = {key: self.median(case, key, value) for key in ("nginx/0", "haproxy/0")}
        found = {key: cost for key, cost in found.items() if cost is not None}
        return min(found, key=found.get) if found else None

    def tail(self, key, what):
        """{round: value} at 70 % of the better peer's top rate."""
        return {run["round"]: run[what] for run in self.result.get("tail", {}).get("runs", []) if run["contender"] == key}

    def budgets(self):
        """Those of the design that this run has figures for."""
        ours = ("plain", "sprx/0")
        peer, sender = self.better_peer("plain", all_us), self.better_peer("1 MiB", s_a_gb)
        found = [("user CPU a request, no rules / nginx's", self.ratio(user_us, ours, ("plain", "nginx/0")), 0.9),
                 ("user CPU a request with 10,000 rules / without rules",
                  self.ratio(user_us, ("rules", "sprx/10000"), ours), 1.3)]
        if peer:
            found.append((f"all CPU a request / that of {self.title(peer)}, the better peer",
                          self.ratio(all_us, ours, ("plain", peer)), 1.0))
        found.append(("all CPU a request / the bare relay's", self.ratio(all_us, ours, ("plain", "relay/0")), 1.25))
        found.append(("user CPU a request with two workers / with one",
                      self.ratio(user_us, ("workers", "sprx with 2 workers"), ("workers", "sprx with 1 workers")), 1.1))
        if self.result.get("tail"):
            better = self.result["tail"]["better_peer"]
            over, under = self.tail("sprx/0", "p99_us"), self.tail(better, "p99_us")
            found.append((f"p99 at 70 % of {self.title(better)}'s top rate / its p99",
                          statistics.median(over[n] / under[n] for n in over), 1.0))
        if sender:
            found.append((f"1 MiB bodies: CPU a GB / that of {self.title(sender)}, the better peer",
                          self.ratio(s_a_gb, ("1 MiB", "sprx/0"), ("1 MiB", sender)), 1.0))
        if self.result.get("reload"):
            reload = self.result["reload"]
            found += [("requests that failed while it reloaded at half load", reload["failed"], 0),
                      ("p99 of the second after a reload / of the others", reload["p99_with_us"] / reload["p99_without_us"], 2.0)]
        if self.result.get("idle", {}).get("sprx/0"):
            found.append(("KiB resident for an idle keep-alive connection", self.result["idle"]["sprx/0"] / 1024, 8))
        return [Budget(what, measured, most) for what, measured, most in found if measured is not None]

    def title(self, key):
        name, _, count = key.partition("/")
        title = self.result["titles"].get(key, name)
        return f"{title}, {int(count):,} rules" if count not in ("", "0") else title
