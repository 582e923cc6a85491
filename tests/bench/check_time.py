#!/usr/bin/env python3
"""CPU time of `sprx check` beside programs that read as much: haproxy -c on the same rules, sort on the same lines.

check_time.py SPRX [RUNS]: runs alternate; prints one JSON object of medians (seconds of user + system CPU) and ratios.
"""
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile


def cpu(command, env=None):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.decode(errors='replace')[:2000]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def agent(n):
    return f"bot{n * 2654435761 % 1000003:06d}x"


def ours(count):
    for n in range(count):
        if n % 4 == 0:
            yield f'rule r{n} {{ when path == "/old/section-{n % 97}/page-{n}.html"; redirect 301 "/new/{n}"; }}'
        elif n % 4 == 1:
            yield f'rule r{n} {{ when path under "/upload/area-{n}" and method == "POST"; deny; }}'
        elif n % 4 == 2:
            yield (f'rule r{n} {{ when host == "h{n % 300}.example.com" and path under "/section-{n}"; '
                   f'set header["X-Section"] = "{n}"; }}')
        else:
            yield f'rule r{n} {{ when header["User-Agent"] contains "{agent(n)}"; deny; }}'


def theirs(count):
    yield "defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s"
    yield "frontend edge\n  bind 127.0.0.1:18080\n  default_backend origin"
    for n in range(count):
        if n % 4 == 0:
            yield f"  http-request redirect location /new/{n} code 301 if {{ path /old/section-{n % 97}/page-{n}.html }}"
        elif n % 4 == 1:
            yield f"  http-request deny if METH_POST {{ path_dir /upload/area-{n} }}"
        elif n % 4 == 2:
            yield (f"  http-request set-header X-Section {n} if {{ hdr(host) -i h{n % 300}.example.com }} "
                   f"{{ path_dir /section-{n} }}")
        else:
            yield f"  http-request deny if {{ hdr_sub(user-agent) {agent(n)} }}"
    yield "backend origin\n  server next 127.0.0.1:18081"


def write(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as out:
        out.writelines(line + "\n" for line in lines)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sprx = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as scratch:
        top = pathlib.Path(scratch)
        for count in (10_000, 100_000):
            write(top / str(count) / "main.sprx", ours(count))
        rows = (f"/archive/{n % 1000}/some-article-about-{n * 7919 % 1000003}\t/articles/{n}" for n in range(1_000_000))
        write(top / "table/moved.tsv", rows)
        write(top / "table/main.sprx", ['table moved: path -> string from "moved.tsv";',
                                        'rule moved_pages { when path in moved; set header["X"] = moved[path]; }'])
        jobs = {f"check_{count}": [sprx, "check", top / str(count)] for count in (10_000, 100_000)}
        jobs["check_table"] = [sprx, "check", top / "table"]
        jobs["sort"] = ["sort", "--parallel=1", "-o", "/dev/null", top / "table/moved.tsv"]
        if shutil.which("haproxy"):
            write(top / "haproxy.cfg", theirs(10_000))
            jobs["haproxy"] = ["haproxy", "-c", "-f", top / "haproxy.cfg"]
        took = {name: [] for name in jobs}
        env = dict(os.environ, LC_ALL="C")
        for _ in range(runs):
            for name, command in jobs.items():
                took[name].append(cpu(command, env))
    result = {name: statistics.median(times) for name, times in took.items()}
    result["table_to_sort"] = result["check_table"] / result["sort"]
    result["growth"] = result["check_100000"] / result["check_10000"]
    if "haproxy" in result:
        result["to_haproxy"] = result["check_10000"] / result["haproxy"]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
