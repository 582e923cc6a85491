"""The rules of the whole-proxy bench, before any proxy's language: what they are, and what they must answer.

A quarter each, numbered through: exact-path redirects, prefix + method denials, host + prefix header edits, user-agent
substrings; the same as `Rules::mixed` of workload.cc. They are written bots first, then uploads, redirects, edits, so that
the proxies whose look-up structures know no order between kinds mean the same.
"""
import dataclasses

HOSTS = 300
SECTIONS = 97
_SYLLABLES = ("zor gab mik tul vex pra sno qui lum dre fay kro bin hes wob cyd jam nux oti rag spi une").split()


def bot_name(n):
    """As in workload.cc: four syllables and an ending, what lists of crawlers look like."""
    rest = n * 2654435761 % 22 ** 4
    out = ""
    for _ in range(4):
        out += _SYLLABLES[rest % 22]
        rest //= 22
    return out + ("bot", "-crawler", "/fetch")[n % 3]


@dataclasses.dataclass(frozen=True)
class Request:
    method: str
    target: str
    host: str
    agent: str

    @property
    def path(self):
        return self.target.split("?", 1)[0]


class Mix:
    """`count` rules. Lists of (number of the rule, …) by kind."""

    def __init__(self, count):
        self.count = count
        numbers = range(count)
        self.redirects = [(n, f"/old/section-{n % SECTIONS}/page-{n}.html", f"/new/{n}") for n in numbers if n % 4 == 0]
        self.uploads = [(n, f"/upload/area-{n}") for n in numbers if n % 4 == 1]
        self.edits = [(n, f"h{n % HOSTS}.example.com", f"/section-{n}") for n in numbers if n % 4 == 2]
        self.bots = [(n, bot_name(n)) for n in numbers if n % 4 == 3]
        self._moved = {path: target for _, path, target in self.redirects}
        self._closed = {path for _, path in self.uploads}
        self._edited = {(host, prefix): str(n) for n, host, prefix in self.edits}

    def answer(self, request):
        """(status, location or "", X-Section as the origin must see it or "")."""
        if any(name in request.agent for _, name in self.bots):
            return 403, "", ""
        path = request.path
        if request.method == "POST" and "/".join(path.split("/")[:3]) in self._closed:
            return 403, "", ""
        if path in self._moved:
            return 301, self._moved[path], ""
        host = request.host.split(":", 1)[0].lower()
        return 200, "", self._edited.get((host, "/".join(path.split("/")[:2])), "")
