#!/usr/bin/env python3
"""The whole proxy beside nginx, HAProxy, Varnish and a bare relay, in front of one origin, each on one core.

bench.py --sprx PROGRAM --relay PROGRAM --out RESULTS.json [--quick] [--only CASE,CASE...]
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

import answers
import cases
import contenders
from processes import Processes, cores, more_descriptors


def arguments():
    names = [case.__name__ for case in cases.ALL]
    out = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    out.add_argument("--sprx", required=True, type=os.path.abspath)
    out.add_argument("--relay", required=True, type=os.path.abspath)
    out.add_argument("--out", required=True, type=pathlib.Path)
    out.add_argument("--quick", action="store_true", help="fewer rounds, shorter runs: about four minutes")
    out.add_argument("--only", default=",".join(names), help="of " + ",".join(names))
    given = out.parse_args()
    wanted = given.only.split(",")
    if unknown := set(wanted) - set(names):
        out.error(f"no case called {', '.join(sorted(unknown))}: there are {', '.join(names)}")
    given.only = [case for case in cases.ALL if case.__name__ in wanted]
    return given


def version(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode(errors="replace").splitlines()[0]


def agree(bench):
    """Every contender that will be measured is asked first; one wrong answer and nothing is measured."""
    wrong = []
    for contender in bench.running.values():
        if contender:
            wrong += answers.differences(contender)
    if wrong:
        raise SystemExit("\n".join(wrong[:20] + [f"{len(wrong)} answers differ from the rules: nothing is measured"]))
    cases.say(f"{len([c for c in bench.running.values() if c])} contenders answer 200 questions each as the rules say")


def start_all(bench):
    for kind in contenders.ALL:
        bench.get(kind)
    for count in bench.plan.counts:
        for kind in (contenders.Nginx, contenders.Haproxy, contenders.HaproxyLines, contenders.Varnish, contenders.Sprx):
            bench.get(kind, count)


def main():
    given = arguments()
    contenders.Sprx.path, contenders.Relay.path = given.sprx, given.relay
    proxy_cores, load_cores = cores()
    every_core = proxy_cores | load_cores
    more_descriptors()
    plan = cases.QUICK if given.quick else cases.FULL
    started = time.monotonic()
    result = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="minutes"), "quick": given.quick,
              "cores": {"proxy": sorted(proxy_cores), "load": sorted(load_cores)},
              "kernel": f"{platform.system()} {platform.release()}", "load_before": os.getloadavg()[0],
              "plan": vars(plan), "versions": {kind.name: version(kind.version) for kind in contenders.ALL
                                               if kind.version and kind.installed()}}
    with tempfile.TemporaryDirectory(prefix="sprx-bench.") as name, Processes() as processes:
        os.chmod(name, 0o755)  # varnishncsa and workers may have become someone else
        folder = pathlib.Path(name)
        os.sched_setaffinity(0, load_cores)
        origin = contenders.Origin(folder, 0, on=load_cores).start(processes)
        bench = cases.Bench(plan, folder, origin.port, processes, proxy_cores, every_core)
        start_all(bench)
        agree(bench)
        for case in given.only:
            result[case.__name__] = case(bench)
        result.update(runs=bench.runs, left_out=bench.left_out, seconds=time.monotonic() - started,
                      titles={made.key: made.title for made in bench.running.values() if made})
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=1) + "\n")
    cases.say(f"results: {given.out} ({result['seconds']:.0f} s)")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; every process that was started has been ended")
