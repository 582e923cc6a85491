"""The proxies of the bench: for each the configuration that somebody who knows it would write, and how it is started."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import dialects
from mix import Mix
from processes import free_port, listens, until

START_SECONDS = 120  # Varnish compiles its rules with a C compiler


class Contender:
    """One proxy with `count` rules in front of the origin. `key` names it in the results."""
    name = ""
    title = ""
    program = None  # what has to be installed
    version = None  # how it says which one it is
    most_rules = None  # (how many, why not more)
    slow_from = None  # from how many rules on a request takes milliseconds

    def __init__(self, folder, origin_port, count=0, on=None, workers=1):
        self.key = f"{self.name}/{count}"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{self.name}.{count}.", dir=folder))
        self.origin, self.count, self.on, self.workers = origin_port, count, on, workers
        self.port = free_port()
        self.log = self.folder / "access.log"
        self.started = []

    @property
    def slow(self):
        return self.slow_from is not None and self.count >= self.slow_from

    @classmethod
    def installed(cls):
        return cls.program is None or shutil.which(cls.program, path=os.environ["PATH"] + ":/usr/sbin") is not None

    @property
    def pids(self):
        return [process.pid for process in self.started]

    def write(self, mix):
        """Writes the configuration."""

    def start(self, processes):
        self.write(Mix(self.count))
        errors = self.folder / "stderr"
        for command, out in self.commands():
            with open(errors, "ab") as err, open(out or os.devnull, "ab") as output:
                process = processes.start(command, self.on, output, err)
            self.started.append(process)

            def ready(process=process):
                if process.poll() is not None:
                    raise SystemExit(f"{self.key} ended with {process.returncode}: {errors.read_text()[-2000:]}")
                return listens(self.port)
            until(ready, START_SECONDS, f"{self.key} listens")
        return self

    def stop(self, processes):
        for process in reversed(self.started):
            processes.end(process)
        self.started = []

    def forget_log(self):
        """Everyone appends, so what is emptied stays so; gigabytes would otherwise be written back while others are measured."""
        if self.log.exists():
            os.truncate(self.log, 0)

    def commands(self):
        raise NotImplementedError


class Relay(Contender):
    name, title = "relay", "bare relay (no HTTP)"
    path = None

    def commands(self):
        return [([self.path, self.port, self.origin], None)]


class Sprx(Contender):
    name, title = "sprx", "sprx"
    path = None
    rules = staticmethod(dialects.sprx)

    def write(self, mix):
        self.log = self.folder / "log/access.log"
        settings = "settings { client { max_requests 1_000_000_000; idle_timeout 300s; } upstream { idle_timeout 300s; } }\n"
        (self.folder / "config").mkdir(exist_ok=True)
        (self.folder / "config/main.sprx").write_text(settings + "".join(line + "\n" for line in self.rules(mix)))

    def commands(self):
        return [([self.path, "run", self.folder / "config", "--listen", f"127.0.0.1:{self.port}", "--next-hop",
                  f"127.0.0.1:{self.origin}", "--log-dir", self.folder / "log", "--control", self.control, "--state",
                  self.folder / "state", "--workers", self.workers], None)]

    @property
    def control(self):
        return self.folder / "control.sock"

    def reload(self):
        done = subprocess.run([self.path, "ctl", "--control", str(self.control), "reload"], capture_output=True, check=False)
        return done.returncode == 0


class Nginx(Contender):
    name, title, program = "nginx", "nginx", "nginx"
    version = ["nginx", "-v"]
    log_format = ""
    format_name = "combined"

    def write(self, mix):
        http, server, locations = dialects.nginx(mix)
        text = f"""daemon off; master_process off; worker_processes 1; pcre_jit on; worker_rlimit_nofile 65536;
pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;
events {{ worker_connections 30000; }}
http {{
  {self.log_format}
  access_log {self.log} {self.format_name} buffer=64k flush=1s;
  keepalive_requests 1000000000; keepalive_timeout 300s;
  {temporary(self.folder)}
  upstream origin {{ server 127.0.0.1:{self.origin}; keepalive 256; keepalive_requests 1000000000; keepalive_timeout 300s; }}
  {lines(http, 2)}
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
    absolute_redirect off;
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
    proxy_buffers 8 64k; proxy_busy_buffers_size 128k; proxy_max_temp_file_size 0;
    {lines(server, 4)}
    location / {{ proxy_pass http://origin; }}
    {lines(locations, 4)}
  }}
}}
"""
        (self.folder / "nginx.conf").write_text(text)

    def commands(self):
        return [(["nginx", "-c", self.folder / "nginx.conf", "-p", self.folder], None)]


class NginxJson(Nginx):
    """What sprx writes into a line of its access log, as far as nginx knows it."""
    name, title = "nginx-json", "nginx, log lines as sprx's"
    format_name = "json"
    _keys = ("time:time_iso8601 client_ip:http_x_forwarded_for hostname:host method:request_method path:uri query:args "
             "protocol:server_protocol status:status bytes:bytes_sent body_bytes:body_bytes_sent request_bytes:content_length "
             "duration:request_time upstream_connect:upstream_connect_time upstream_head:upstream_header_time "
             "upstream:upstream_response_time upstream_addr:upstream_addr request_id:request_id "
             "user_agent:http_user_agent referer:http_referer")
    log_format = ("log_format json escape=json '{" +
                  ",".join('"{}":"${}"'.format(*pair.split(":")) for pair in _keys.split()) + "}';")


class Haproxy(Contender):
    """Trees for paths and one pattern for user agents: what an expert makes of long lists."""
    name, title, program = "haproxy", "HAProxy", "haproxy"
    version = ["haproxy", "-v"]

    def rules(self, mix):
        rules, files = dialects.haproxy_maps(mix, self.folder)
        for file, rows in files.items():
            (self.folder / file).write_text("".join(row + "\n" for row in rows))
        return rules

    def write(self, mix):
        (self.folder / "haproxy.cfg").write_text(f"""global
  maxconn 12000
  no strict-limits
  nbthread 1
  log stdout format raw local0 info
defaults
  mode http
  log global
  option httplog
  option http-keep-alive
  option splice-auto
  http-reuse always
  timeout connect 5s
  timeout client 300s
  timeout server 300s
  timeout http-keep-alive 300s
frontend edge
  bind 127.0.0.1:{self.port} backlog 4096
  {lines(self.rules(mix), 2)}
  default_backend origin
backend origin
  server next 127.0.0.1:{self.origin} pool-max-conn -1
""")

    def commands(self):
        return [(["haproxy", "-db", "-f", self.folder / "haproxy.cfg"], self.log)]


class HaproxyLines(Haproxy):
    name, title = "haproxy-lines", "HAProxy, a line a rule"
    slow_from = 10_000
    most_rules = (10_000, "a request walks all lines: 11 ms at 10 000, so 100 000 would serve ten requests a second")

    def rules(self, mix):
        return dialects.haproxy_lines(mix)


class Varnish(Contender):
    name, title, program = "varnish", "Varnish", "varnishd"
    version = ["varnishd", "-V"]
    most_rules = (1_000, "VCL is compiled by a C compiler: 1 000 rules take seconds, 10 000 minutes")

    def write(self, mix):
        recv, synth = dialects.varnish(mix)
        (self.folder / "main.vcl").write_text(f"""vcl 4.1;
import std;
backend default {{ .host = "127.0.0.1"; .port = "{self.origin}"; }}
sub vcl_recv {{
  {lines(recv, 2)}
  return (pass);
}}
sub vcl_synth {{
  {lines(synth, 2)}
}}
""")

    def commands(self):
        return [(["varnishd", "-F", "-j", "none", "-n", self.folder / "work", "-a", f"127.0.0.1:{self.port}", "-f",
                  self.folder / "main.vcl", "-s", "malloc,64m", "-T", "none", "-p", "thread_pools=1", "-p", "thread_pool_min=200",
                  "-p", "timeout_idle=300"], None),
                (["varnishncsa", "-n", self.folder / "work", "-a", "-w", self.log], None)]


class Origin(Nginx):
    """What stands behind them all: a page of a kilobyte, files of 1 and 10 MiB, and in the answer the X-Section that it saw."""
    name, title = "origin", "origin"

    def write(self, mix):
        for mebibytes in (1, 10):
            path = self.folder / f"files/big/{mebibytes}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bytes(range(256)) * (mebibytes << 12))
        page = "0123456789abcdef" * 64
        (self.folder / "nginx.conf").write_text(f"""daemon off; master_process off; worker_processes 1;
worker_rlimit_nofile 65536; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;
events {{ worker_connections 30000; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; sendfile on; tcp_nopush on; default_type text/html;
  open_file_cache max=16;
  {temporary(self.folder)}
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
    location / {{ add_header X-Saw-Section $http_x_section; return 200 "{page}"; }}
    location /big/ {{ root {self.folder}/files; }}
  }}
}}
""")


def lines(rules, indent):
    return ("\n" + " " * indent).join(rules)


def temporary(folder):
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/tmp.{kind};" for kind in kinds)


ALL = (Relay, Nginx, NginxJson, Haproxy, HaproxyLines, Varnish, Sprx)
