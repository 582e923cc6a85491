"""A VCL device cascade (`if (req.http.User-Agent ~ "…" || …) { set req.http.X-UA-Device = "…"; } elsif …`) as one `choose`.

Needs devicedetect.vcl beside the control set. The second half runs the same cascade with Python's patterns.
"""
import gzip
import re

from ruleset import Case, Config, RuleSet, data_lines, forwarded, pattern, text, texts

TOKEN = re.compile(r'"((?:[^"])*)"|(&&|\|\||[(){};~!=]=?|[\w.-]+)')
FORCED = "X-UA-Device-force"


def tokens(vcl):
    vcl = re.sub(r"/\*.*?\*/", "", vcl, flags=re.S)
    vcl = re.sub(r"^\s*(//|#).*$", "", vcl, flags=re.M)
    return [("string", m[1]) if m[1] is not None else ("sign", m[2]) for m in TOKEN.finditer(vcl)]


class Cascade:
    """`branches` is [(condition, class)]; a condition is ("or"|"and", [conditions]) or ("match", header, pattern)."""

    def __init__(self, vcl):
        body = tokens(vcl)
        begin = next(i for i, t in enumerate(body) if t == ("sign", "else"))
        self.todo = body[begin + 2:]
        self.branches = []
        while self.todo and self.todo[0] in (("sign", "if"), ("sign", "elsif")):
            self.take()
            condition = self.either()
            self.take("{"), self.take("set"), self.take("req.http.X-UA-Device"), self.take("=")
            self.branches.append((condition, self.take()))
            self.take(";"), self.take("}")

    def take(self, wanted=None):
        kind, value = self.todo.pop(0)
        if wanted is not None and value != wanted:
            raise SystemExit(f"devicedetect.vcl: {value!r} where {wanted!r} is known")
        return value

    def several(self, sign, name, part):
        parts = [part()]
        while self.todo[0] == ("sign", sign):
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else (name, parts)

    def either(self):
        return self.several("||", "or", lambda: self.several("&&", "and", self.one))

    def one(self):
        if self.todo[0] == ("sign", "("):
            self.take()
            inside = self.either()
            self.take(")")
            return inside
        header = self.take().removeprefix("req.http.")
        self.take("~")
        return "match", header, self.take()


# --- to sprx ---------------------------------------------------------------------------------------------------------

def folded(regex):
    return regex.removeprefix("(?i)"), regex.startswith("(?i)")


def one_test(regexes):
    """Alternatives for one header: plain text with `contains` and `starts_with`, the rest with `matches`."""
    kinds = {}
    for regex in regexes:
        bare, fold = folded(regex)
        start = bare.startswith("^")
        if re.fullmatch(r"[\w /;=,-]+", bare[start:]):
            word = ("nocase " if fold else "") + ("starts_with" if start else "contains")
            kinds.setdefault(word, []).append(text(bare[start:]))
        else:
            kinds.setdefault("matches", []).append(pattern(bare, fold))
    return " or ".join(f"agent {word} " + (f"[{', '.join(v)}]" if len(v) > 1 else v[0]) for word, v in kinds.items())


def sprx_condition(condition):
    if condition[0] == "match":
        return one_test([condition[2]])
    if condition[0] == "and":
        return " and ".join("(" + sprx_condition(c) + ")" if c[0] == "or" else sprx_condition(c) for c in condition[1])
    plain = [c[2] for c in condition[1] if c[0] == "match"]
    rest = ["(" + sprx_condition(c) + ")" for c in condition[1] if c[0] != "match"]
    return " or ".join(([one_test(plain)] if plain else []) + rest)


def translate(cascade, config):
    branches = "".join(f"  {sprx_condition(c)} => {text(name)};\n" for c, name in cascade.branches)
    config.say(f'''let agent = header["User-Agent"];
let detected = choose {{
{branches}  else => "pc";
}};
let device = choose {{
  header["Cookie"] matches {pattern(f".*{FORCED}=(?<forced>[^;]+)", True)} => forced;
  else => detected;
}};
rule detect {{
  set header["X-UA-Device"] = device;
  unset cookie[{text(FORCED)}];
}}''')


# --- by the source's own meaning -------------------------------------------------------------------------------------

def holds(condition, agent):
    if condition[0] == "match":
        return re.search(condition[2], agent) is not None
    return (any if condition[0] == "or" else all)(holds(c, agent) for c in condition[1])


def device(cascade, agent):
    return next((name for condition, name in cascade.branches if holds(condition, agent)), "pc")


def agents(data):
    """Real user agents that can stand in a header."""
    lines = gzip.decompress((data / "user-agents-dev.txt.gz").read_bytes()).decode("utf-8").splitlines()
    return [l for l in dict.fromkeys(lines) if l == l.strip() and l and l.isascii() and l.isprintable()]


def devicedetect(data):
    folder = data / "varnish-devicedetect"
    cascade = Cascade((folder / "devicedetect.vcl").read_text())
    config = Config()
    translate(cascade, config)
    pick = forwarded("X-UA-Device")
    cases = [Case({"url": "http://a.test/", "headers": {"User-Agent": agent}}, want, pick)
             for want, agent in (line.split("\t", 1) for line in data_lines(data / "golden/varnish-devicedetect.tsv"))]
    cases += [Case({"url": "http://a.test/", "headers": {"User-Agent": a}}, device(cascade, a), pick) for a in agents(data)]
    cases.append(Case({"url": "http://a.test/"}, "pc", pick))
    forced = {"User-Agent": "Mozilla/5.0 (iPad; x)", "Cookie": f"a=1; {FORCED}=tablet-rim; b=2"}
    cases.append(Case({"url": "http://a.test/", "headers": forced}, "tablet-rim", pick))
    cases.append(Case({"url": "http://a.test/", "headers": forced}, "a=1; b=2", forwarded("Cookie")))
    other_case = {"User-Agent": "Mozilla/5.0 (iPad; x)", "Cookie": f"{FORCED.upper()}=pc"}
    cases.append(Case({"url": "http://a.test/", "headers": other_case}, "pc", pick))
    notes = [f"the cookie {FORCED} is removed by its exact name; the VCL takes it out in any case and within other names"]
    return RuleSet("varnish-devicedetect", len(cascade.branches) + 1, config, cases, otherwise=1, notes=notes)
