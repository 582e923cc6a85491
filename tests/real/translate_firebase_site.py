"""The two Firebase sites: their redirects, and the `headers` and `rewrites` of a firebase.json, whose globs have extended
parts: `@(a|b)`, `+([0-9a-f])`, `!(*.*)`."""
import json
import re

import translate_firebase
from ruleset import Case, Config, RuleSet, data_lines, pattern, text
from translate_firebase import minimatch

KEPT_SLASH = ["`:name*` to `:name*`: `{name...}` keeps a slash at the end of the path"]
UNANCHORED = {"L0004": "the source's pattern is not anchored either"}
BLOG = "blog.dart.dev"  # where the second file is served is not said in it

EXTENSIONS = re.compile(r"\*\*/\*\.@\(([\w|]+)\)")


def read(path):
    """A firebase.json, which may have comments."""
    return json.loads(re.sub(r"(^|\s)//[^\n]*", r"\1", path.read_text("utf-8")))["hosting"]


# --- to sprx ---------------------------------------------------------------------------------------------------------

def regex(glob):
    """A glob without `!(…)` as a pattern for the whole path."""
    out = ""
    for piece in re.findall(r"\*\*/|\*\*|\*|[@+]\([^()]*\)|.", glob.removeprefix("/")):
        if piece[0] in "@+" and len(piece) > 1:
            out += f"(?:{piece[2:-1]})" + ("+" if piece[0] == "+" else "")
        else:
            out += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}.get(piece) or re.escape(piece)
    return f"^/{out}$"


def condition(glob):
    """None where the glob has no form; "" where every path is meant."""
    extensions = EXTENSIONS.fullmatch(glob)
    if glob == "**":
        return ""
    if glob == "**/!(*.*)":
        return 'path.file not contains "."'
    if extensions:
        return f"path.file matches {pattern(f'[.]({extensions[1]})$')}"
    return None if "!(" in glob else f"path matches {pattern(regex(glob))}"


def translate(hosting, config, lacking):
    for number, rule in enumerate(hosting.get("rewrites", []), 1):
        tested = condition(rule["source"])
        if tested is None or "destination" not in rule:
            lacking.append((rule["source"], "a rewrite to a function, or a negated part within a glob"))
            continue
        when = f"when {tested}; " if tested else ""
        config.say(f'rule rewrite_{number} {{ {when}set path = {text(rule["destination"])}; }}')
    for number, rule in enumerate(hosting.get("headers", []), 1):
        tested = condition(rule["source"])
        if tested is None:
            lacking.append((rule["source"], "a negated part within a glob"))
            continue
        when = f"when {tested}; " if tested else ""
        edits = " ".join(f'set response.header[{text(h["key"])}] = {text(h["value"])};' for h in rule["headers"])
        config.say(f"response rule headers_{number} {{ {when}{edits} }}")


# --- by the source's own meaning -------------------------------------------------------------------------------------

def matches(glob, path):
    return minimatch(path.split("/")[1:], glob.removeprefix("/").split("/"))


def cases(hosting, host, taken):
    """What headers a path gets and where it goes; not for paths that a redirect takes."""
    names = sorted({h["key"].lower() for rule in hosting.get("headers", []) for h in rule["headers"]})

    def pick(got):
        sent = {k.lower(): v for k, v in got.get("headers", {}).items()}
        return got.get("forward", {}).get("path"), {n: sent[n] for n in names if n in sent}

    for path in ("/", "/a", "/a/", "/a/b", "/a.css", "/x/a.1f0.css", "/x/a.xyz.css", "/a.txt", "/a.TXT", "/assets/img/a.png",
                 "/assets/img/x/a.png", "/assets/img/a.gif", "/a.css.map", "/a/b.c/d", "/a.woff2", "/a.1f.js", "/a.1f.svg"):
        if taken(path):
            continue
        want = {h["key"].lower(): h["value"] for rule in hosting.get("headers", []) if matches(rule["source"], path)
                for h in rule["headers"]}
        there = next((r["destination"] for r in hosting.get("rewrites", []) if matches(r["source"], path)), path)
        yield Case({"url": f"https://{host}{path}"}, (there, want), pick)


# --- the two sites ---------------------------------------------------------------------------------------------------

def dart(data):
    folder = data / "dart-firebase"
    rows = list(translate_firebase.rules_of(folder / "normalised.tsv"))
    hosting, blog = read(folder / "firebase.json"), read(folder / "blog_redirects/firebase.json")
    blog_rows = [(r.get("source") or r["regex"], r["destination"], r["type"], "glob" if "source" in r else "regex")
                 for r in blog["redirects"]]
    config, lacking = Config(), []
    translate_firebase.translate(blog_rows, config, BLOG)
    config.flush()
    translate_firebase.translate(rows, config)
    translate(hosting, config, lacking)
    asked = dict.fromkeys(p for source, _, _, kind in rows if kind == "glob" for p in translate_firebase.samples(source))
    asked.update(dict.fromkeys(["/a.html", "/a/b.html?x=1", "/a/b.", "/.html", "/a.htm", "/a.htmlx"]))
    own = [Case({"url": "https://dart.dev" + p}, translate_firebase.answer(rows, p))
           for p in asked if p.startswith("/") and "//" not in p]
    own += [Case({"url": f"https://{BLOG}{p}"}, translate_firebase.answer(blog_rows, p))
            for source, _, _, kind in blog_rows if kind == "glob"
            for p in (source, source + "/", source + "x", source + "?q=1", "/feed" + source)]
    own += cases(hosting, "dart.dev", lambda p: translate_firebase.answer(rows, p) != "forward")
    count = len(rows) + len(blog_rows) + len(hosting["headers"])
    rests = sum(re.search(r"/:(\w+)\*$", s) is not None and d.endswith("*") for s, d, *_ in rows)
    return RuleSet("dart-firebase", count, config, own, lacking, rests, KEPT_SLASH, UNANCHORED, translate_firebase.kept_slash)


def angular(data):
    folder = data / "angular-firebase"
    rows = list(translate_firebase.rules_of(folder / "normalised.tsv"))
    hosting = read(folder / "aio/firebase.json")
    config, lacking = Config(), []
    translate_firebase.translate(rows, config)
    translate(hosting, config, lacking)
    golden = [line.split("\t") for line in data_lines(data / "golden/angular.tsv")]
    own = [Case({"url": "https://angular.io" + path}, last, follow=True) for path, last in golden]
    own += cases(hosting, "angular.io", lambda p: False)
    count = len(rows) + len(hosting["headers"]) + len(hosting["rewrites"])
    return RuleSet("angular-firebase", count, config, own, lacking)
