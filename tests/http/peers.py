#!/usr/bin/env python3
"""The byte-exact suite against nginx, HAProxy and Varnish, and what their differences from sprx are about.

usage: peers.py SUITE SPRX REPORTS [--page FILE] [--only-report]

Runs the suite against each, keeps what it says in REPORTS/NAME.txt, and writes the counts between the marks
`<!-- peers -->` and `<!-- end of peers -->` of the page. --only-report: takes reports that are there already. The exit
status is 1 if a difference belongs to no family below: then it is new, and wants an explanation.
"""
import collections
import fnmatch
import pathlib
import re
import subprocess
import sys

PEERS = ("nginx", "haproxy", "varnish")
KINDS = ("accepts-what-we-refuse", "stricter", "differs")

# (what it is about, globs of case names); the first that fits counts.
FAMILIES = (
    ("bare LF, or CR where none belongs, as a line end: they take it, as RFC 9112 2.2 lets a server; what the next hop "
     "makes of the same bytes is then the question that smuggling asks",
     ("*bare-lf*", "*bare-cr*", "*lf-lf*", "*lf-in*", "line-cr*", "chunk-size-cr*", "header-value-ends-with-cr")),
    ("chunk framing: blanks, extensions of any size, NUL, folded or malformed trailers, bytes after the last chunk. Varnish "
     "has sent its request before it reads the chunks, and pauses its answer instead of refusing; the others pass on what "
     "is well-formed once they have read it", ("chunk-*",)),
    ("Content-Length and Transfer-Encoding that two readers could understand differently: HAProxy repairs (Transfer-Encoding "
     "wins, equal lengths are one) and forwards one clear message; we refuse, since the sender is broken or hostile",
     ("te-*", "framing-content-length-*")),
    ("the same in responses: nginx passes on what it was given, which only its own client has to understand",
     ("upstream-length*", "upstream-two-lengths*", "upstream-te-*")),
    ("a response that is not quite HTTP/1.1 (status line, field lines, chunks): passed on, or taken for HTTP/0.9, where we "
     "answer 502", ("upstream-status*", "upstream-version*", "upstream-header*", "upstream-chunk*", "upstream-garbage",
                    "upstream-http*", "upstream-unasked-101", "upstream-101*")),
    ("Host is not looked into: what is no host, userinfo, a port that is none, none at all (HAProxy, Varnish), a Host that "
     "contradicts the target (nginx takes the target's)", ("host-*", "target-absolute-host*")),
    ("the request line: blanks, versions, methods, targets that no server of this kind can serve",
     ("line-*", "version-*", "target-*", "method-*", "http2-preface", "tls-client-hello*", "not-http*")),
    ("controls and separators in field lines, folding", ("header-*",)),
    ("hop-by-hop fields: nginx and HAProxy leave it to the configuration what of Connection, TE, Keep-Alive and the fields "
     "that Connection names goes on; Max-Forwards is not counted down; Varnish takes the request's fields away and not all "
     "of the response's", ("hop-*", "upgrade-h2c*", "upgrade-426")),
    ("1xx: nginx 1.22 takes one for the final response and what follows for its body; Varnish swallows it; both answer "
     "Expect themselves", ("interim-*", "expect-*", "client-1.0-100*")),
    ("connections of the origin that die or say too much: when a request is repeated, when they are dropped. HAProxy repeats "
     "only a failed connect unless `retry-on` says more, and closes the client's connection without the 502 that we send; "
     "nginx repeats every method but POST, LOCK and PATCH, also after a response began",
     ("retry-*", "timeout-origin-idle", "response-close-delimited*", "response-http-1.0-origin-close*", "upstream-extra*",
      "upstream-refuses*", "response-head-with-body*", "upstream-closes*")),
    ("HTTP/1.0 clients: chunked framing is sent to them, or Host is made up differently", ("client-1.0*",)),
    ("a client that has shut its sending side counts as gone (nginx) or as whole (Varnish)",
     ("pipelining-*", "client-half-closes*", "client-connects*")),
    ("upgrades: HAProxy 2.6 asks for a WebSocket key, Varnish's pipe gives up HTTP for good, nginx ends both directions with "
     "one", ("upgrade-*", "stream-tunnel*", "timeout-tunnel")),
    ("timeouts: Varnish's are parameters of the process that the suite leaves at their defaults, longer than a case waits; "
     "nginx and HAProxy count from other moments", ("timeout-*",)),
    ("an upload is taken whole before the origin is asked, or its answer is not looked at meanwhile",
     ("early-final*", "refused-while*", "stream-*", "smuggle-*", "framing-get-with-body", "head-request-with-body",
      "framing-chunk*", "framing-request-trailers*")),
    ("a response is fetched without regard to its reader: what was cut short is only seen at the end, what nobody waits for "
     "is fetched all the same", ("upstream-truncated*", "upstream-close-delimited*", "response-*", "abort-*")),
)


def run(suite, sprx, reports, name):
    words = [suite, "--target", name, "-k"] + (["--program", sprx] if name == "sprx" else [])
    done = subprocess.run(words, capture_output=True, check=False)
    (reports / f"{name}.txt").write_bytes(done.stdout)


def read(reports, name):
    text = (reports / f"{name}.txt").read_text(errors="replace")
    total = re.search(rf"^{name}: (\d+) cases, (\d+) same", text, re.M)
    if total is None:
        raise SystemExit(f"{reports}/{name}.txt says no result: is {name} installed?")
    found = {match[2]: match[1] for match in re.finditer(rf"^({'|'.join(KINDS)}) (\S+)  #", text, re.M)}
    return int(total[1]), int(total[2]), found


def family_of(case):
    for title, globs in FAMILIES:
        if any(fnmatch.fnmatch(case, glob) for glob in globs):
            return title
    return None


def page(results):
    ours = results["sprx"]
    lines = ["| | cases | as we do | stricter | accept what we refuse | differ |", "| --- | --- | --- | --- | --- | --- |",
             f"| sprx | {ours[0]} | {ours[1]} | | | |"]
    for name in PEERS:
        total, same, found = results[name]
        count = collections.Counter(found.values())
        lines.append(f"| {name} | {total} | {same} | {count['stricter']} | {count['accepts-what-we-refuse']} | "
                     f"{count['differs']} |")
    lines += ["", "| what the differences are about | nginx | HAProxy | Varnish |", "| --- | --- | --- | --- |"]
    for title, _ in FAMILIES:
        counts = [sum(family_of(case) == title for case in results[name][2]) for name in PEERS]
        lines.append(f"| {title} | {' | '.join(str(count or '') for count in counts)} |")
    return "\n".join(lines)


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    suite, sprx, reports = words[0], words[1], pathlib.Path(words[2])
    reports.mkdir(parents=True, exist_ok=True)
    if "--only-report" not in sys.argv:
        for name in ("sprx",) + PEERS:
            run(suite, sprx, reports, name)
    results = {name: read(reports, name) for name in ("sprx",) + PEERS}
    text = page(results)
    print(text)
    if "--page" in sys.argv:
        path = pathlib.Path(words[3])
        old = path.read_text()
        new = re.sub(r"(<!-- peers -->\n).*?(<!-- end of peers -->)", lambda m: f"{m[1]}{text}\n{m[2]}", old, flags=re.S)
        path.write_text(new)
    unknown = sorted({case for name in PEERS for case in results[name][2] if family_of(case) is None})
    for case in unknown:
        print(f"no family explains {case}", file=sys.stderr)
    return 1 if unknown or results["sprx"][0] != results["sprx"][1] else 0


if __name__ == "__main__":
    sys.exit(main())
