#!/usr/bin/env python3
"""Writes docs/performance.md from the results of one run, a part at a time: what was not measured now stays as it is there.

report.py DECIDE.json... -- BUILD.json CHECK.json: the parts about decisions and checking; each DECIDE.json is one process of
    sprx_bench_decide, of which medians are taken
report.py --proxy PROXY.json: the part about the whole proxy, and docs/performance.svg
"""
import datetime
import json
import pathlib
import platform
import re
import statistics
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/bench/proxy"))
import page
import picture

PAGE, PICTURE = TOP / "docs/performance.md", TOP / "docs/performance.svg"
PARTS = ("proxy", "engine")  # in the order of the page
UNMET = TOP / "tests/bench/unmet.md"  # written by people: the profiles behind what is not met
# Rules, and the most that a decision may cost in parses of the same head: nothing matches, mixed.
BUDGET = {10: (0.50, 0.50), 1_000: (0.70, 0.80), 10_000: (0.80, 1.15), 100_000: (1.0, 1.5)}
# What a prototype of such an engine reached, by the same measure. A miss that stays within SLACK of it is accepted where attacks
# on it, with their profiles, are on record (UNMET).
PROTOTYPE = {10: (0.64, 0.62), 1_000: (0.85, 0.93), 10_000: (0.92, 1.33), 100_000: (1.08, 1.74)}
# A budget counts as met within this much of its figure: ratios move by about 10 % from run to run.
SLACK = 1.15
WORST = {"one_host": "all rules on one host", "one_regex_each": "a pattern of its own in each rule",
         "all_match": "every rule matches, none ends", "deep_groups": "eight groups around each rule",
         "hundred_conditions": "a hundred conditions a rule"}


def first_line(command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.stdout.decode(errors="replace").splitlines()[0]
    except (OSError, IndexError):
        return "none"


def cpu_name():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def commit():
    done = subprocess.run(["git", "-C", TOP, "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE, check=False)
    return done.stdout.decode().strip() or "unknown"


def load(paths):
    """Benchmarks by name without the decorations that google-benchmark adds; counters are medians over the files."""
    runs = {}
    for path in paths:
        for made in json.loads(pathlib.Path(path).read_text())["benchmarks"]:
            if made.get("run_type") == "aggregate":
                continue
            name = made["name"].split("/iterations")[0]
            runs.setdefault(name, []).append(made)
    return {name: {key: statistics.median(run[key] for run in found) for key, value in found[0].items()
                   if isinstance(value, (int, float))} for name, found in runs.items()}


def verdict(ratio, budget, prototype=0.0):
    if ratio <= budget * SLACK:
        return "met"
    return f"missed; accepted, for a prototype reached {prototype}" if ratio <= prototype * SLACK else "**not met**"


def decisions(found):
    out = ["| rules | traffic | parse ns | decision ns | ratio | budget | | p99 / p50 | allocations |",
           "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for count, budgets in BUDGET.items():
        for traffic, budget, prototype in zip(("nothing", "mixed"), budgets, PROTOTYPE[count]):
            made = found.get(f"mixed_rules/{traffic}/{count}")
            if made:
                out.append(f"| {count:,} | {traffic} | {made['parse_ns']:.0f} | {made['decide_ns']:.0f} | "
                           f"{made['ratio']:.2f} | {budget:.2f} | {verdict(made['ratio'], budget, prototype)} | "
                           f"{made['p99_p50']:.1f} | {made['allocations']:.0f} |")
    out.append("")
    for traffic, most, per in (("nothing", 2, 1.4), ("mixed", 3, 1.5)):
        at = {n: found.get(f"mixed_rules/{traffic}/{n}") for n in BUDGET}
        if all(at.values()):
            a = at[10_000]["decide_ns"] / at[10]["decide_ns"]
            b = at[100_000]["decide_ns"] / at[10_000]["decide_ns"]
            out.append(f"- growth, {traffic}: 10,000 / 10 rules = {a:.2f} (budget {most}, {verdict(a, most)}); "
                       f"100,000 / 10,000 = {b:.2f} (budget {per}, {verdict(b, per)})")
    for count in (1_000, 10_000):
        made = found.get(f"hostile_header/{count}")
        if made:
            out.append(f"- a header of 8,000 bytes made of pieces of what {count:,} rules look for: {made['ratio']:.1f} times its "
                       f"parsing (budget 20, {verdict(made['ratio'], 20)})")
    return out


def worst_cases(found):
    out = ["| case | rules | decision ns | ratio | p99 / p50 | allocations |", "| --- | --- | --- | --- | --- | --- |"]
    for name, made in found.items():
        if name.startswith("worst_case/"):
            _, case, count = name.split("/")
            out.append(f"| {WORST[case]} | {int(count):,} | {made['decide_ns']:.0f} | {made['ratio']:.2f} | "
                       f"{made['p99_p50']:.1f} | {made['allocations']:.0f} |")
    return out


def compiling(built, check):
    out = ["| what | measured | budget | |", "| --- | --- | --- | --- |"]
    row = lambda what, value, budget: out.append(f"| {what} | {value:.2f} | {budget:g} | {verdict(value, budget)} |")
    if "to_haproxy" in check:
        row("`sprx check`, 10,000 rules / `haproxy -c` of the same rules", check["to_haproxy"], 4)
    row("100,000 rules / 10,000 rules", check["growth"], 12)
    row("a table of 1,000,000 lines / `LC_ALL=C sort --parallel=1` of them", check["table_to_sort"], 3)
    for count in (10_000, 100_000):
        made = built.get(f"build_rules/{count}")
        if made:
            row(f"bytes a rule, {count:,} rules", made["bytes_a_rule"], 300)
    made = built.get("build_table_of_paths/1000000")
    if made:
        row("table: bytes a row / (1.5 x data + 24)", made["bytes_a_row"] / (1.5 * made["file_bytes_a_row"] + 24), 1)
    out.append("")
    out.append(f"CPU seconds: 10,000 rules {check['check_10000']:.2f}, 100,000 rules {check['check_100000']:.2f}, "
               f"the table {check['check_table']:.2f}.")
    return out


def engine(decide_paths, build_path, check_path):
    found, check = load(decide_paths), json.loads(pathlib.Path(check_path).read_text())
    lines = ["## One decision", "",
             f"- {datetime.date.today().isoformat()}, commit {commit()}, {cpu_name()}, {platform.system()} {platform.release()}",
             f"- {first_line(['g++', '--version'])}; {first_line(['haproxy', '-v'])}",
             "- load while it ran: " + pathlib.Path("/proc/loadavg").read_text().split(" ", 1)[0] +
             " (a busy neighbour raises the times of parsing and deciding alike, and the tail of both)", "",
             "Facts, fields, index and verification, as a multiple of what Beast takes to split the same head into views: 4,000 distinct heads of",
             f"600 ± 20 bytes, each copied into one buffer (the copy is subtracted), CPU time of the thread, median of {len(decide_paths)} processes x 15",
             "alternating passes. Rules are a quarter each exact-path redirects, prefix + method denials, host + prefix edits and user-agent",
             f"substrings. In mixed traffic some 57 % of requests meet a rule. A budget counts as met within {SLACK} times its figure.", ""]
    lines += decisions(found) + ["", "## Worst cases", ""] + worst_cases(found)
    lines += ["", "## Checking and memory", ""] + compiling(load([build_path]), check)
    return lines


def proxy(path):
    result = json.loads(pathlib.Path(path).read_text())
    result.update(commit=commit(), cpu=cpu_name())
    PICTURE.write_text(picture.svg(result))
    return page.section(result, PICTURE.name)


def write_page(name, lines):
    """Puts the part between its marks; the other parts stay."""
    old = PAGE.read_text() if PAGE.exists() else ""
    parts = {part: match[1] if (match := re.search(rf"<!-- {part} -->\n(.*?)<!-- end of {part} -->", old, re.S)) else ""
             for part in PARTS}
    parts[name] = "\n".join(lines).rstrip("\n") + "\n"
    text = ["# Performance", "",
            "Written by `./tools/dev bench`; nothing here is edited by hand but the last part, which is "
            "[tests/bench/unmet.md](../tests/bench/unmet.md). Absolute times",
            "differ from machine to machine, so every budget is a ratio to something measured beside it.", ""]
    for part in PARTS:
        if parts[part]:
            text += [f"<!-- {part} -->", parts[part] + f"<!-- end of {part} -->", ""]
    text += [UNMET.read_text(), "`sprx dump --stage cost` says which rules and lists of a configuration cost what "
             "([operating](operating.md#what-rules-cost))."]
    PAGE.write_text("\n".join(text) + "\n")


def main():
    words = sys.argv[1:]
    if len(words) == 2 and words[0] == "--proxy":
        write_page("proxy", proxy(words[1]))
    elif "--" in words and len(words) - words.index("--") == 3:
        split = words.index("--")
        write_page("engine", engine(words[:split], *words[split + 1:]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
