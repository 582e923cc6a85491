"""The part of docs/performance.md about the whole proxy, from the results of bench.py."""
from measured import Measured, all_us, busy, rate, s_a_gb, system_us, user_us


def table(head, rows):
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)] + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def number(value, digits=1):
    return "" if value is None else f"{value:,.{digits}f}"


def name(measured, key):
    title = measured.result["titles"].get(key, key)
    return f"**{title}**" if key.startswith("sprx") else title


def keys(measured, case):
    return list(dict.fromkeys(run["contender"] for run in measured.result["runs"] if run["case"] == case and run["round"] == 0)) or []


def ordered(measured, case):
    """Contenders of a case as they are listed in `titles`: rounds begin with another one each."""
    there = set(keys(measured, case))
    return [key for key in measured.result["titles"] if key in there]


def setting(measured):
    result = measured.result
    plan, versions = result["plan"], result["versions"]
    quick = " **A quick run: too short for its figures to be compared with others.**" if result["quick"] else ""
    return [f"- {result['date'][:10]}, commit {result.get('commit', 'unknown')}, {result.get('cpu', '')}, {result['kernel']}; "
            f"load before it began: {result['load_before']:.1f}.{quick}",
            "- " + "; ".join(dict.fromkeys(versions.values())),
            f"- The proxy under test has core {result['cores']['proxy'][0]} for itself; the origin (nginx) and wrk have core "
            f"{', '.join(map(str, result['cores']['load']))}. One worker each, {64} kept connections, heads of 600 bytes as a browser "
            "sends them (4,000 different ones), an answer of a kilobyte, access log on: nginx's is `combined` with a buffer of 64 KiB, "
            "HAProxy's `httplog` into a file, Varnish's `varnishncsa`, sprx's the one that it always writes.",
            f"- CPU is the kernel's count of the proxy's processes divided by the requests that wrk counted: median of {plan['rounds']} "
            "rounds in which all take turns. Ratios are taken within a round.",
            "- Before anything is measured, 200 questions are put to every contender, and each must answer as the rules say.", ""]


def budgets(measured):
    found = measured.budgets()
    digits = lambda value: f"{value:.0f}" if value == int(value) else f"{value:.2f}"
    return ["### Budgets", ""] + table(("what", "measured", "at most", ""), (
        (made.what, digits(made.measured), f"{made.most:g}", "met" if made.met else "**not met**") for made in found))


def plain(measured):
    rows = []
    for key in ordered(measured, "plain"):
        of = lambda value, key=key: measured.median("plain", key, value)
        to_nginx = measured.ratio(all_us, ("plain", key), ("plain", "nginx/0"))
        rows.append((name(measured, key), number(of(rate), 0), number(of(user_us), 2), number(of(system_us), 2), number(of(all_us), 2),
                     number(to_nginx, 2), *(number(of(lambda run, p=p: run[p]) / 1000, 2) for p in ("p50_us", "p99_us", "p999_us")),
                     number(100 * of(busy), 0)))
    return ["### Without rules", "",
            "As many requests as go. CPU a request, microseconds; latencies, milliseconds, are those of a full queue.", ""] + table(
        ("", "requests/s", "user", "system", "all", "all / nginx's", "p50", "p99", "p99.9", "% of its core"), rows)


def rules(measured):
    counts = measured.result["plan"]["counts"]
    there = set(keys(measured, "rules"))
    kinds = list(dict.fromkeys(key.split("/")[0] for key in measured.result["titles"] if key in there))
    rows = []
    for kind in kinds:
        title = next(title for key, title in measured.result["titles"].items() if key.startswith(kind + "/"))
        base = measured.median("plain", f"{kind.removesuffix('-lines')}/0", user_us)
        cells = [number(base, 2)]
        for count in counts:
            user = measured.median("rules", f"{kind}/{count}", user_us)
            cells.append("–" if user is None else number(user, 2) if user < 100 else number(user, 0))
        rows.append((f"**{title}**" if kind == "sprx" else title, *cells))
    out = ["### With rules", "",
           "User CPU a request that no rule answers, microseconds. The rules are a quarter each exact-path redirects, prefix + method "
           "denials, host + prefix header edits and user-agent substrings, written for each as somebody who knows it would: nginx with "
           "hash maps, prefix locations and PCRE-JIT patterns whose common beginnings are factored out; HAProxy with maps (trees) and the "
           "same patterns, and as a line a rule; Varnish with conditions nested under what they share "
           "([dialects.py](../tests/bench/proxy/dialects.py)).", ""]
    out += table(("", "none", *(f"{count:,}" for count in counts)), rows)
    out += [f"- Left out: {line}." for line in measured.result["left_out"]]
    mixed = [(name(measured, key), number(measured.median("mixed", key, rate), 0), number(measured.median("mixed", key, user_us), 2),
              number(measured.median("mixed", key, all_us), 2)) for key in ordered(measured, "mixed")]
    if mixed:
        out += ["", "10,000 rules, 57 % of the requests meet one (37 % are answered by it, 20 % edited):", ""]
        out += table(("", "requests/s", "user", "all"), mixed)
    return out


def bodies(measured):
    if not keys(measured, "1 MiB"):
        return []
    rows = []
    for key in ordered(measured, "1 MiB"):
        cells = []
        for case in ("1 MiB", "10 MiB"):
            cells += [number(measured.median(case, key, s_a_gb), 3),
                      number(measured.median(case, key, lambda run: run["bytes"] / run["seconds"] / 1e9), 2)]
        rows.append((name(measured, key), *cells))
    return ["### Large bodies", "", "CPU seconds a GB passed on, and GB a second, 16 connections.", ""] + table(
        ("", "1 MiB: s/GB", "GB/s", "10 MiB: s/GB", "GB/s"), rows)


def connections(measured):
    rows, idle = [], measured.result.get("idle", {})
    for key in ordered(measured, "short") or [key for key in idle if key in measured.result["titles"]]:
        kept = idle.get(key)
        rows.append((name(measured, key), number(measured.median("short", key, rate), 0), number(measured.median("short", key, all_us), 1),
                     number(kept / 1024, 1) if kept else "–"))
    if not rows:
        return []
    return ["### Connections", "", "A connection for each request; and memory that becomes resident for each of "
            f"{idle.get('connections', 0):,} connections that were asked once and stay open.", ""] + table(
        ("", "requests/s", "CPU a request, us", "KiB an idle connection"), rows)


def latencies(measured):
    tail, out = measured.result.get("tail"), []
    if tail:
        rows = []
        for key in dict.fromkeys(run["contender"] for run in tail["runs"]):
            of = lambda what, key=key: sorted(measured.tail(key, what).values())[len(measured.tail(key, what)) // 2]
            rows.append((name(measured, key), number(of("rate"), 0), *(number(of(p) / 1000, 2) for p in ("p50_us", "p99_us", "p99.9_us"))))
        out += ["### Latency below the limit", "", f"{tail['rate']:,.0f} requests a second for each (h2load), 70 % of what "
                f"{measured.title(tail['better_peer'])} can; milliseconds.", ""] + table(("", "requests/s", "p50", "p99", "p99.9"), rows)
    reload = measured.result.get("reload")
    if reload:
        out += [f"{reload['reloads']} reloads of {reload['rules']:,} rules at {reload['rate']:,.0f} requests a second, all on the one core: each took "
                f"{reload['took_ms']:.0f} ms, {reload['failed']} requests failed, p99 was {reload['p99_with_us'] / 1000:.2f} ms in the second "
                f"after one and {reload['p99_without_us'] / 1000:.2f} ms in the others.", ""]
    return out


def calls(measured):
    found = {key: made for key, made in measured.result.get("calls", {}).items() if "error" not in made}
    if not found:
        return []
    rows = [(name(measured, key), f"{sum(made.values()):.1f}",
             ", ".join(f"{call} {count:.2f}" for call, count in sorted(made.items(), key=lambda pair: -pair[1]))) for key, made in found.items()]
    return ["### System calls a request", "", "Counted by strace, which slows everybody down, so that more events are met at once than otherwise.",
            ""] + table(("", "all", "which"), rows)


def section(result, picture=""):
    measured = Measured(result)
    out = ["## The whole proxy", ""] + setting(measured)
    if picture:
        out += [f"![CPU a request, and how it grows with rules]({picture})", ""]
    out += budgets(measured)
    if keys(measured, "plain"):
        out += plain(measured) + rules(measured)
    return out + bodies(measured) + connections(measured) + latencies(measured) + calls(measured)
