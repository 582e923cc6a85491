#!/usr/bin/env python3
"""Serves public rule lists with the real proxy: nginx behind it, curl in front, and counts right, wrong and refused answers.

usage: real_data.py SPRX [DATA]      DATA: SPRX_RULE_DATA, else ../shared/data beside the checkout

What each answer must be is worked out here, by means that share no code with sprx. Exit 1 when one was wrong.
"""
import gzip, ipaddress, os, pathlib, random, re, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.parse

import translate_firebase
from ruleset import Config, data_folder, data_lines

URI_BYTES = "!#$%&'()*+,/:;=?@[]-._~"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_port(port, process, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"process ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


# --- the rules -------------------------------------------------------------------------------------------------------

def angular(config, data):
    """The Firebase redirects in a group of their own; the translator is `tools/dev rulesets`'s."""
    rules = Config()
    translate_firebase.translate(translate_firebase.rules_of(data / "angular-firebase/normalised.tsv"), rules)
    rules.write(config / "angular")
    return 'group angular when host == "angular.test" { include "angular/main.sprx"; }\n'


def write_config(config, data):
    mdn = [row.split("\t") for row in data_lines(data / "mdn-redirects/mdn-exact.tsv")]
    (config / "mdn.tsv").write_text("".join(f"{a}\t{b}\n" for a, b, _ in mdn))
    bad = data / "bad-bots"
    shutil.copy(bad / "bad-user-agents.list", config / "bots.txt")
    shutil.copy(bad / "bad-referrers.list", config / "referrers.txt")
    shutil.copy(bad / "bad-ip-addresses.list", config / "addresses.txt")
    shutil.copy(data / "referrer-spam/spammers.txt", config / "spammers.txt")
    with open(config / "country.csv", "wb") as out:
        for name in ("cidr-country-ipv4.csv.gz", "cidr-country-ipv6.csv.gz"):
            out.write(gzip.decompress((data / "ip-lists/country-ip-blocks" / name).read_bytes()))
    (config / "main.sprx").write_text('''
table moved: path -> string from "mdn.tsv" nocase;
table country: cidr -> string from "country.csv" { duplicates last; }
list bots: pattern from "bots.txt" nocase;
list referrers: domain from "referrers.txt";
list spammers: domain from "spammers.txt";
list addresses: ip from "addresses.txt";

rule bad_bot { when host == "bots.test" and header["User-Agent"] in bots; deny; }
rule bad_referrer { when host == "referrers.test" and url_host(header["Referer"]) in referrers; deny 410; }
rule spam { when host == "spam.test" and url_host(header["Referer"]) in spammers; deny 451; }
rule bad_address { when host == "addresses.test" and client.ip in addresses; deny 403; }
rule where { when host == "country.test"; set header["X-Country"] = country[client.ip] ?? "none"; }
rule moved_pages { when host == "mdn.test" and path in moved; redirect 301 moved[path]; }
''' + angular(config, data))
    return mdn


# --- the wire --------------------------------------------------------------------------------------------------------

class Line:
    def __init__(self, root, sprx, config):
        self.origin_port, self.port = free_port(), free_port()
        conf = root / "nginx.conf"
        conf.write_text(f'''
daemon off; master_process off; pid {root}/nginx.pid; error_log {root}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000; client_body_temp_path {root}/b; proxy_temp_path {root}/p;
  fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s; large_client_header_buffers 8 64k;
  server {{ listen 127.0.0.1:{self.origin_port}; location / {{ add_header X-Seen-Country "$http_x_country" always; return 200 "$request_uri\\n"; }} }}
}}''')
        self.nginx = subprocess.Popen(["nginx", "-c", str(conf), "-p", str(root)], stderr=subprocess.DEVNULL)
        wait_port(self.origin_port, self.nginx)
        begin = time.monotonic()
        self.sprx = subprocess.Popen([sprx, "run", str(config), "--listen", f"127.0.0.1:{self.port}", "--next-hop",
                                      f"127.0.0.1:{self.origin_port}", "--log-dir", str(root / "log"), "--control",
                                      str(root / "control.sock"), "--state", str(root / "state"), "--workers", "1"])
        wait_port(self.port, self.sprx, 60)
        self.started = time.monotonic() - begin

    def ask(self, root, requests, show="%{http_code}\\t%header{location}\\t%header{x-seen-country}\\n"):
        """requests: (host, path, [headers]) -> (status, location, country) each, all through one curl and its keep-alive."""
        urls = root / "curl.txt"
        with open(urls, "w", encoding="utf-8") as out:
            for i, (host, path, headers) in enumerate(requests):
                if i:
                    out.write("next\n")
                quoted = f"http://127.0.0.1:{self.port}{path}".replace("\\", "\\\\").replace('"', '\\"')
                out.write(f'url = "{quoted}"\nheader = "Host: {host}"\noutput = /dev/null\nsilent\ngloboff\npath-as-is\n')
                out.write(f'write-out = "{show}"\n')
                for h in headers:
                    escaped = h.replace("\\", "\\\\").replace('"', '\\"')
                    out.write(f'header = "{escaped}"\n')
        got = subprocess.run(["curl", "-K", str(urls)], capture_output=True, timeout=900).stdout.decode("utf-8", "replace")
        rows = [tuple(l.split("\t")) for l in got.splitlines()]
        if len(rows) != len(requests):
            raise SystemExit(f"curl gave {len(rows)} answers for {len(requests)} requests")
        return rows

    def stop(self):
        for process in (self.sprx, self.nginx):
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def tally(name, wanted, got, shown=5):
    right = wrong = refused = 0
    for want, (request, have) in zip(wanted, got):
        if have == want:
            right += 1
        elif have[0] in ("400", "414", "431", "500", "502", "503", "000"):
            refused += 1
        else:
            wrong += 1
        if have != want and shown:
            shown -= 1
            print(f"  {name}: {request}: want {want}, got {have}")
    print(f"{name}: {len(wanted)} asked, {right} right, {wrong} wrong, {refused} refused")
    return wrong + refused


def quote_target(target):
    return urllib.parse.quote(target, safe=URI_BYTES)


def check_mdn(line, root, mdn):
    requests = [("mdn.test", urllib.parse.quote(a, safe="!$&'()*+,/:;=@-._~<>|\"^"), []) for a, _, _ in mdn]
    got = [r[:2] for r in line.ask(root, requests)]
    bad = tally("mdn redirects", [("301", quote_target(b)) for _, b, _ in mdn], list(zip([r[1] for r in requests], got)))
    misses = [("mdn.test", r[1] + "-not-there", []) for r in requests[:500]]
    got = [r[:2] for r in line.ask(root, misses)]
    return bad + tally("mdn misses", [("200", "")] * len(misses), list(zip([r[1] for r in misses], got)))


def check_angular(line, root, data):
    golden = [r.split("\t") for r in data_lines(data / "golden/angular.tsv")]
    now, final = {p: p for p, _ in golden}, {p: "" for p, _ in golden}
    for _ in range(10):
        asked = [p for p in now if now[p] is not None]
        if not asked:
            break
        for p, row in zip(asked, line.ask(root, [("angular.test", now[p], []) for p in asked])):
            if row[0] in ("301", "302"):
                final[p] = row[1]
                now[p] = row[1].split("#")[0] if row[1].startswith("/") else None
            else:
                now[p] = None
    return tally("angular golden", [(b,) for _, b in golden], [(p, (final[p],)) for p, _ in golden])


def check_bots(line, root, data):
    patterns = [re.compile(p, re.I) for p in data_lines(data / "bad-bots/bad-user-agents.list")]
    agents = [re.sub(r"\\(.)", r"\1", p.pattern) for p in patterns]
    agents += [l for l in gzip.decompress((data / "user-agents-dev.txt.gz").read_bytes()).decode("utf-8").splitlines()
               if l.strip() and l.isascii() and l == l.strip() and l.isprintable()]
    requests = [("bots.test", "/", [f"User-Agent: {a}"]) for a in agents]
    wanted = [("403",) if any(p.search(a) for p in patterns) else ("200",) for a in agents]
    print(f"  agents: {len(agents)}, of them {wanted.count(('403',))} bad by Python's re")
    return tally("bad bots", wanted, list(zip(agents, [r[:1] for r in line.ask(root, requests)])))


def check_domains(line, root, name, host, status, domains):
    names = set(d.lower() for d in domains)

    def listed(h):
        parts = h.split(".")
        return any(".".join(parts[i:]) in names for i in range(len(parts)))

    hosts = []
    for d in domains:
        a = d.lower().encode("idna").decode() if not d.isascii() else d
        names.add(a.lower())
        hosts += [a, f"www.{a}", f"not{a}"]
    hosts += ["example.com", "www.google.com", "localhost"]
    requests = [(host, "/", [f"Referer: https://{h}/some/page?q=1"]) for h in hosts]
    wanted = [(status,) if listed(h.lower()) else ("200",) for h in hosts]
    return tally(name, wanted, list(zip(hosts, [r[:1] for r in line.ask(root, requests)])))


def check_addresses(line, root, data):
    bad = data_lines(data / "bad-bots/bad-ip-addresses.list")
    known = set(bad)
    other = [str(ipaddress.ip_address(int(ipaddress.ip_address(a)) + 1)) for a in bad[:2000]]
    asked = bad + other
    requests = [("addresses.test", "/", [f"X-Forwarded-For: 10.9.8.7, {a}"]) for a in asked]
    wanted = [("403",) if a in known else ("200",) for a in asked]
    return tally("bad addresses", wanted, list(zip(asked, [r[:1] for r in line.ask(root, requests)])))


def check_country(line, root, config):
    by_length = {4: {}, 6: {}}
    prefixes = []
    for row in (config / "country.csv").read_text().splitlines():
        net, code = row.split(",")
        net = ipaddress.ip_network(net)
        prefixes.append(net)
        by_length[net.version].setdefault(net.prefixlen, {})[int(net.network_address)] = code
    print(f"  country prefixes: {len(prefixes)}")

    def country(ip):
        width = 32 if ip.version == 4 else 128
        for length in sorted(by_length[ip.version], reverse=True):
            hit = by_length[ip.version][length].get(int(ip) >> (width - length) << (width - length) if length else 0)
            if hit:
                return hit
        return "none"

    rng = random.Random(20)
    asked = []
    for net in rng.sample(prefixes, 3000):
        asked += [net.network_address, net.broadcast_address]
        past = int(net.broadcast_address) + 1
        if past < 2 ** (32 if net.version == 4 else 128):
            asked.append(type(net.network_address)(past))
    asked += [ipaddress.IPv4Address(rng.getrandbits(32)) for _ in range(1000)]
    requests = [("country.test", "/", [f"X-Forwarded-For: {a}"]) for a in asked]
    wanted = [("200", country(a)) for a in asked]
    return tally("country of client", wanted, list(zip(map(str, asked), [(r[0], r[2]) for r in line.ask(root, requests)])))


def main():
    sprx = os.path.abspath(sys.argv[1])
    data = data_folder(sys.argv[2] if len(sys.argv) > 2 else None)
    if data is None:
        print("skipped: no rule data (set SPRX_RULE_DATA)")
        return 0
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        config = root / "config"
        config.mkdir()
        mdn = write_config(config, data)
        begin = time.monotonic()
        checked = subprocess.run([sprx, "check", "--contract", str(config)], stderr=subprocess.PIPE)
        print(f"sprx check: exit {checked.returncode}, {time.monotonic() - begin:.2f} s, {len(checked.stderr)} bytes of output")
        if checked.returncode:
            print(checked.stderr.decode("utf-8", "replace")[:4000])
            return 1
        line = Line(root, sprx, config)
        try:
            print(f"sprx run: serving after {line.started:.2f} s")
            bad = check_mdn(line, root, mdn)
            bad += check_angular(line, root, data)
            bad += check_bots(line, root, data)
            bad += check_domains(line, root, "bad referrers", "referrers.test", "410", data_lines(data / "bad-bots/bad-referrers.list"))
            bad += check_domains(line, root, "spam domains", "spam.test", "451", data_lines(data / "referrer-spam/spammers.txt"))
            bad += check_addresses(line, root, data)
            bad += check_country(line, root, config)
        finally:
            line.stop()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
