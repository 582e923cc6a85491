#!/usr/bin/env python3
"""How long it takes to judge a configuration: validate.sh on testdata/site against `haproxy -c -f site.cfg`, the same policy.

compare.py SPRX [RUNS]: SPRX is the built program. Runs alternate; the medians of wall clock and their ratio are printed.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[2]


def seconds(command, folder):
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    took = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stdout.decode(errors='replace')}")
    return took


def stage(sprx, root):
    """The platform's tree: scripts find their root from $0."""
    for folder in ("usr/bin", "opt/section"):
        os.makedirs(root / folder)
    shutil.copy(sprx, root / "usr/bin/sprx")
    shutil.copy(TOP / "section-scripts/validate.sh", root / "opt/section/validate.sh")
    shutil.copytree(TOP / "testdata/site", root / "opt/proxy_config")
    return [str(root / "opt/section/validate.sh")]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 41
    with tempfile.TemporaryDirectory() as scratch:
        ours = stage(sys.argv[1], pathlib.Path(scratch))
        theirs = ["haproxy", "-c", "-f", str(HERE / "site.cfg")]
        took = {"validate.sh": [], "haproxy -c": []}
        for _ in range(runs):
            took["validate.sh"].append(seconds(ours, HERE))
            took["haproxy -c"].append(seconds(theirs, HERE))
    for name, times in took.items():
        print(f"{name:12} median {statistics.median(times) * 1e3:6.1f} ms, least {min(times) * 1e3:6.1f} ms, {runs} runs")
    print(f"ratio {statistics.median(took['validate.sh']) / statistics.median(took['haproxy -c']):.2f}")


if __name__ == "__main__":
    main()
