#!/usr/bin/env python3
"""Do all proxies answer the same? 200 questions whose answers the mix knows, put to each before it is measured.

answers.py SPRX: sprx, and nginx and HAProxy where they are installed, with 10 and 1 000 rules in front of a small origin.
"""
import sys

try:
    import http.client
    import http.server
    import tempfile
    import threading

    import contenders
    import traffic
    from mix import Mix
    from processes import Processes
except ImportError as missing:  # Debian's python3-minimal
    print(f"skipped: this python3 has not all of its library: {missing}")
    sys.exit(77)


def ask(port, questions):
    """(status, location, section that the origin saw) of each, over one connection while it is kept."""
    out = []
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for question in questions:
        wire.putrequest(question.method, question.target, skip_host=True, skip_accept_encoding=True)
        wire.putheader("Host", question.host)
        wire.putheader("User-Agent", question.agent)
        if question.method == "POST":
            wire.putheader("Content-Length", "0")
        wire.endheaders()
        answer = wire.getresponse()
        answer.read()
        out.append((answer.status, answer.getheader("Location", ""), answer.getheader("X-Saw-Section", "")))
    wire.close()
    return out


def differences(contender):
    """What it answers otherwise than the mix says, as lines."""
    mix = Mix(contender.count)
    questions = traffic.questions(mix)
    if isinstance(contender, contenders.Relay):
        questions = questions[:0]
    return [f"{contender.key}: {question}: answers {got}, not {mix.answer(question)}"
            for question, got in zip(questions, ask(contender.port, questions)) if got != mix.answer(question)]


class _Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        if self.headers["X-Section"]:
            self.send_header("X-Saw-Section", self.headers["X-Section"])
        self.end_headers()

    do_GET = do_POST = _answer

    def log_message(self, *_):  # one line a request on stderr otherwise
        pass


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    contenders.Sprx.path = sys.argv[1]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Origin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bad = 0
    with tempfile.TemporaryDirectory() as folder, Processes() as processes:
        for kind in (contenders.Sprx, contenders.Nginx, contenders.Haproxy, contenders.HaproxyLines):
            for count in (10, 1_000):
                if not kind.installed():
                    print(f"{kind.name} is not installed: not asked")
                    continue
                contender = kind(folder, server.server_port, count).start(processes)
                found = differences(contender)
                contender.stop(processes)
                print("\n".join(found) if found else f"{contender.key}: 200 questions, 200 answers as the rules say")
                bad += len(found)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
