#!/usr/bin/env python3
"""wrk through the real proxy to a real nginx: a quiet run, one with a reload every second, one with the origin killed and
started again. Prints what wrk, the access log and the metrics say.

usage: under_load.py SPRX [SECONDS] [CONNECTIONS]
"""
import collections, json, os, pathlib, re, signal, subprocess, sys, tempfile, threading, time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from real_data import free_port, wait_port

RULES = '''
rule old { when path like "/old/{rest...}"; redirect 301 "/new/${rest}"; }
rule tag { when path under "/api"; set header["X-Api"] = "1"; }
response rule hardening { unset response.header["Server"]; set response.header["X-Generation"] = "%d"; }
'''


class Origin:
    def __init__(self, root):
        self.root, self.port = root, free_port()
        (root / "nginx.conf").write_text(f'''
daemon off; master_process off; pid {root}/nginx.pid; error_log {root}/nginx.log;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {root}/b; proxy_temp_path {root}/p;
  fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
  server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 "hello from the origin\\n"; }} }} }}''')
        self.start()

    def start(self):
        self.process = subprocess.Popen(["nginx", "-c", str(self.root / "nginx.conf"), "-p", str(self.root)], stderr=subprocess.DEVNULL)
        wait_port(self.port, self.process)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def wrk(port, seconds, connections):
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}/api/x?y=1"],
                          capture_output=True, text=True, timeout=seconds + 60)
    return done.stdout


def summary(out):
    keep = [l.strip() for l in out.splitlines() if re.search(r"requests in|Socket errors|Non-2xx|Requests/sec|99%|50%", l)]
    return "; ".join(keep)


def read_log(log, offset):
    count, times = collections.Counter(), collections.defaultdict(list)
    with open(log, "rb") as f:
        f.seek(offset)
        for raw in f:
            row = json.loads(raw)
            key = (row["status"], row.get("error") or "-")
            count[key] += 1
            times[key].append(row["time"])
        return count, times, f.tell()


def main():
    sprx, seconds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 30
    connections = int(sys.argv[3]) if len(sys.argv) > 3 else 64
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        config = root / "config"
        config.mkdir()
        (config / "main.sprx").write_text(RULES % 0)
        origin, port, control = Origin(root), free_port(), root / "control.sock"
        proxy = subprocess.Popen([sprx, "run", str(config), "--listen", f"127.0.0.1:{port}", "--next-hop", f"127.0.0.1:{origin.port}",
                                  "--log-dir", str(root / "log"), "--control", str(control), "--state", str(root / "state")])
        log, at = root / "log/access.log", 0
        try:
            wait_port(port, proxy)
            print("quiet:", summary(wrk(port, seconds, connections)))
            subprocess.run([sprx, "ctl", "--control", str(control), "reopen-logs"], check=True)
            count, _, at = read_log(log, at)
            print("  log:", dict(count))
            bad += sum(n for (status, _), n in count.items() if status != 200)

            stop, reloads = threading.Event(), [0, 0]

            def reload_often():
                generation = 0
                while not stop.wait(1.0):
                    generation += 1
                    (config / "main.new").write_text(RULES % generation)
                    (config / "main.new").rename(config / "main.sprx")
                    done = subprocess.run([sprx, "ctl", "--control", str(control), "reload"])
                    reloads[1 if done.returncode else 0] += 1

            thread = threading.Thread(target=reload_often)
            thread.start()
            print("reload every second:", summary(wrk(port, seconds, connections)))
            stop.set()
            thread.join()
            subprocess.run([sprx, "ctl", "--control", str(control), "reopen-logs"], check=True)
            count, _, at = read_log(log, at)
            print(f"  reloads: {reloads[0]} done, {reloads[1]} failed; log:", dict(count))
            bad += reloads[1] + sum(n for (status, _), n in count.items() if status != 200)

            def outage():
                time.sleep(seconds / 3)
                origin.kill()
                outage.began = time.time()
                time.sleep(3)
                outage.ended = time.time()
                origin.start()

            thread = threading.Thread(target=outage)
            thread.start()
            print("origin killed for 3 s:", summary(wrk(port, seconds, connections)))
            thread.join()
            subprocess.run([sprx, "ctl", "--control", str(control), "reopen-logs"], check=True)
            count, times, at = read_log(log, at)
            print("  log:", dict(count))
            stamp = lambda t: time.strftime("%H:%M:%S", time.gmtime(t))
            print(f"  origin down {stamp(outage.began)} to {stamp(outage.ended)}")
            for (status, error), when in sorted(times.items()):
                print(f"    {status} {error}: {len(when)}, first {min(when)[11:23]}, last {max(when)[11:23]}")
            bad += sum(n for (status, _), n in count.items() if status not in (200, 502))
            late = [t for (status, _), when in times.items() if status == 502 for t in when if t[11:19] > stamp(outage.ended + 1)]
            print(f"  502 later than a second after the origin was back: {len(late)}")
            bad += len(late)
            print(subprocess.run([sprx, "ctl", "--control", str(control), "status"], capture_output=True, text=True).stdout.rstrip())
        finally:
            proxy.send_signal(signal.SIGTERM)
            print("sprx ended with", proxy.wait(60))
            origin.kill()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
