"""What a translator makes of a public rule set: a configuration, and what each request must get by the source's own rules."""
import dataclasses
import os
import pathlib
import re
import typing

# A capture cannot be called like a field or a reserved word of the language.
TAKEN = set("""method scheme host port path uri raw_path raw_query query header cookie client geo request_id now
http_version response and or not exists nocase in like under matches contains starts_with ends_with choose score else
when from true false""".split())

TWICE = {"L0003": "the public list has rows twice"}


def data_folder(argument=None):
    """The folder of public lists, or None where there is none."""
    beside = pathlib.Path(__file__).resolve().parents[2] / "../shared/data"
    folder = pathlib.Path(argument or os.environ.get("SPRX_RULE_DATA", beside))
    return folder if folder.is_dir() else None


def data_lines(path):
    """The lines that say something: not blank, no comment."""
    return [l for l in path.read_text("utf-8").splitlines() if l.strip() and not l.startswith("#")]


def text(value):
    """A string literal."""
    return '"' + re.sub(r'(["\\]|\$(?=\{))', r"\\\1", value) + '"'


def texts(values):
    return "[" + ", ".join(text(v) for v in values) + "]"


def pattern(value, fold=False):
    """A pattern literal."""
    return 'r"' + value.replace('"', r"\x22") + '"' + ("i" if fold else "")


def template_text(value):
    """Plain text as a part of a path template."""
    return re.sub(r"([{\[*])", r"\\\1", value)


def capture_name(name):
    return name + "_" if name in TAKEN else name


def add_query(url, query):
    """`url` with the query of a request joined to it, before any fragment."""
    base, hash_sign, fragment = url.partition("#")
    return base + ("&" if "?" in base else "?") + query + hash_sign + fragment if query else url


class Config:
    """A configuration directory whose rules stay in the order in which they are said."""

    def __init__(self):
        self.files = {}
        self.main = []
        self.rows = []
        self.parts = 0
        self.options = ""  # of the redirects files

    def redirect(self, source, target, status, option=None):
        """A line of a redirects file."""
        self.rows.append("\t".join([source, target, str(status)] + ([option] if option else [])))

    def say(self, block):
        """Declarations as they stand; the redirects said so far come before them."""
        self.flush()
        self.main.append(block)

    def file(self, name, lines):
        self.files[name] = "".join(line + "\n" for line in lines)

    def flush(self):
        if self.rows:
            self.parts += 1
            self.file(f"redirects{self.parts}.tsv", self.rows)
            block = f" {{ {self.options} }}" if self.options else ";"
            self.main.append(f'redirects part{self.parts} from "redirects{self.parts}.tsv"{block}')
            self.rows = []

    def write(self, folder):
        self.flush()
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in {**self.files, "main.sprx": "\n".join(self.main) + "\n"}.items():
            (folder / name).write_text(content, "utf-8", newline="\n")


def where(answer):
    """What a client is sent, in short: (status, Location) of a redirect, the status of another answer, or "forward"."""
    if answer.get("outcome") == "redirect":
        return answer["status"], answer.get("location")
    return "forward" if answer.get("outcome") == "forward" else answer.get("status", answer.get("error"))


def forwarded(header):
    """Picks a header of the request that goes upstream."""

    def pick(answer):
        headers = answer.get("forward", {}).get("headers", {})
        return headers.get(header) if "forward" in answer else where(answer)

    return pick


@dataclasses.dataclass
class Case:
    request: dict  # as `sprx trace --requests` takes it
    want: object
    pick: typing.Callable = where
    follow: bool = False  # `want` is the last Location of the chain of redirects that begins here

    def label(self):
        headers = self.request.get("headers")
        return self.request["url"] + (f" {headers}" if headers else "")


@dataclasses.dataclass
class RuleSet:
    name: str
    rules: typing.Optional[int]  # None where a set has no rules of its own
    config: Config
    cases: list
    lacking: list = dataclasses.field(default_factory=list)  # (rule, why it cannot be said)
    otherwise: int = 0  # rules whose translation can differ from the source in a case that `notes` names
    notes: list = dataclasses.field(default_factory=list)
    lints: dict = dataclasses.field(default_factory=dict)  # lint code -> why it is no mistake here
    explain: typing.Callable = lambda case, got: None  # a reason where sprx differs on purpose
