#!/usr/bin/env python3
"""Translates public rule sets to sprx and compares what sprx decides with what their own rules say.

usage: rulesets.py SPRX [DATA] [--keep FOLDER] [--only NAME]     DATA: SPRX_RULE_DATA, else ../shared/data beside the checkout

Prints a Markdown table. Exit 1 when a configuration was refused, a lint has no reason, or an answer differs without one.
"""
import argparse
import collections
import os
import pathlib
import re
import sys
import tempfile
import time
import urllib.parse

import attack_paths
import sprx_command
import translate_agents
import translate_firebase_site
import translate_govuk
import translate_mobile_detect
import translate_netlify
import translate_vcl
import translate_vercel
from ruleset import data_folder

MAX_CHAIN = 10
SHOWN = 12

SETS = [translate_firebase_site.dart, translate_firebase_site.angular, translate_vercel.react, translate_netlify.prometheus,
        translate_netlify.storybook, translate_vcl.devicedetect, translate_mobile_detect.mobile_detect, translate_govuk.govuk,
        translate_agents.ai_robots, translate_agents.crawlers, translate_agents.scanners, attack_paths.attacks,
        attack_paths.url_hosts]


def follow(sprx, folder, cases):
    """The last Location of each chain; an absolute one to another host ends it."""
    now, last = {i: c.request["url"] for i, c in enumerate(cases)}, {i: "" for i in range(len(cases))}
    for _ in range(MAX_CHAIN):
        if not now:
            break
        asked = list(now.items())
        now = {}
        for (i, url), got in zip(asked, sprx_command.trace(sprx, folder, [{"url": url} for _, url in asked])):
            if got.get("outcome") == "redirect":
                last[i] = got["location"]
                if got["location"].startswith("/"):
                    now[i] = urllib.parse.urljoin(url, got["location"])
    return [last[i] for i in range(len(cases))]


def evaluate(sprx, folder, rules):
    """(cases that were met, [(case, got, reason or None)])."""
    got = {}
    single = [c for c in rules.cases if not c.follow]
    for case, answer in zip(single, sprx_command.trace(sprx, folder, [c.request for c in single]) if single else []):
        got[id(case)] = case.pick(answer)
    chained = [c for c in rules.cases if c.follow]
    for case, location in zip(chained, follow(sprx, folder, chained)):
        got[id(case)] = location
    differing = [(c, got[id(c)], rules.explain(c, got[id(c)])) for c in rules.cases if got[id(c)] != c.want]
    return len(rules.cases) - len(differing), differing


def tell(title, rows):
    """A short list of what a reader should look at."""
    if rows:
        print(f"\n{title}:")
    for row in rows[:SHOWN]:
        print(f"- {row}")
    if len(rows) > SHOWN:
        print(f"- … {len(rows) - SHOWN} more")


def run(sprx, make, data, root):
    """One set: its row of the table, what to tell of it, and whether all of it is as it should be."""
    rules = make(data)
    folder = root / rules.name
    rules.config.write(folder)
    begin = time.monotonic()
    status, codes, said = sprx_command.check(sprx, folder)
    seconds = time.monotonic() - begin
    unreasoned = [c for c in codes if c not in rules.lints]
    if status:
        return rules, [rules.name, rules.rules, "refused", "", "", len(rules.cases), "", "", ""], [], unreasoned, said
    met, differing = evaluate(sprx, folder, rules)
    counts = ["", "", ""] if rules.rules is None else [rules.rules - len(rules.lacking), rules.otherwise, len(rules.lacking)]
    row = [rules.name, rules.rules or "", *counts, len(rules.cases), met, len(differing), f"{seconds:.2f} s"]
    return rules, row, differing, unreasoned, said


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("sprx")
    args.add_argument("data", nargs="?")
    args.add_argument("--keep", metavar="FOLDER", help="leave the configurations here")
    args.add_argument("--only", metavar="NAME", help="only the sets whose name holds this")
    args = args.parse_args()
    data = data_folder(args.data)
    if data is None:
        print("skipped: no rule data (set SPRX_RULE_DATA)")
        return 0
    sprx, bad, table, details = os.path.abspath(args.sprx), 0, [], []
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(args.keep or name)
        for make in SETS:
            if args.only and args.only not in make.__name__:
                continue
            try:
                rules, row, differing, unreasoned, said = run(sprx, make, data, root)
            except FileNotFoundError as missing:
                table.append([make.__name__, f"skipped: no {missing.filename}"])
                continue
            table.append(row)
            details.append((rules, differing, unreasoned, said))
            bad += bool(unreasoned) + (row[2] == "refused") + any(reason is None for _, _, reason in differing)
    print("| set | rules | expressible | with a difference | not | expectations | met | differing | check |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: | --: |")
    for row in table:
        print("| " + " | ".join(map(str, row)) + " |")
    for rules, differing, unreasoned, said in details:
        tell(f"{rules.name}, not expressible", [f"`{rule}`: {why}" for rule, why in rules.lacking])
        tell(f"{rules.name}, differences", rules.notes)
        tell(f"{rules.name}, lints that are no mistake", [f"{n} × {c}: {rules.lints[c]}" for c, n in
                                                          collections.Counter(re.findall(r"\[(L\d{4})\]", said)).items() if c in rules.lints])
        tell(f"{rules.name}, differing and why",
             [f"{n} times: {why}" for why, n in collections.Counter(r for _, _, r in differing if r).items()])
        tell(f"{rules.name}, differing without a reason", [f"{c.label()}: want {c.want}, got {got}" for c, got, r in differing if r is None])
        if unreasoned:
            tell(f"{rules.name}, diagnostics", said.splitlines())
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
