"""Firebase Hosting redirects: globs with braces, `**`, `:name`, `:name*` and `@(a|b)`; `regex` rules.

The second half works out by itself, from the documented meaning (minimatch for globs, path-to-regexp for sources with
`:name`), what a path must be sent to.
"""
import itertools
import re
import urllib.parse

from ruleset import add_query, capture_name, data_lines, pattern, template_text, text

PCHAR = "!$&'()*+,;=:@-._~/"


def rules_of(path):
    for row in data_lines(path):
        source, target, status, kind = row.split("\t")
        yield source, target, int(status), kind


# --- to sprx ---------------------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"\\(?P<escaped>.)|@\((?P<one_of>[^()]*)\)|:(?P<rest>\w+)\*|:(?P<name>\w+)|(?P<deep>(?<=/)\*\*/)"
    r"|(?P<tail>(?<=/)\*\*(?=\x02|$))|(?P<whole>(?<=/)\*(?=/|\x02|$))|(?P<run>\*+)|(?P<begin>\x01)|(?P<end>\x02)|(?P<text>.)")


def expand(glob):
    """Braces as several globs, but `{,x}` as one with an optional part between \\x01 and \\x02."""
    braces = re.search(r"\{([^{}]*)\}", glob)
    if not braces:
        return [glob]
    parts = braces[1].split(",")
    if len(parts) == 2 and not parts[0]:
        parts = ["\x01" + parts[1] + "\x02"]
    return [x for part in parts for x in expand(glob[:braces.start()] + part + glob[braces.end():])]


def template(glob):
    """A brace-free glob as a template; None where a rest stands before the end."""
    out = ""
    for token in TOKEN.finditer(glob):
        kind, value = token.lastgroup, token[token.lastgroup]
        if kind == "rest" and token.end() != len(glob):
            return None
        out += {"escaped": lambda: template_text(value), "one_of": lambda: "{_:" + value + "}",
                "rest": lambda: "{" + capture_name(value) + "...}", "name": lambda: "{" + capture_name(value) + "}",
                "deep": lambda: "[*/]", "tail": lambda: "{_...}", "whole": lambda: "{_}", "run": lambda: "[{_}]",
                "begin": lambda: "[", "end": lambda: "]", "text": lambda: template_text(value)}[kind]()
    # A source without a slash at its end is also met by a path with one.
    return out if out.endswith(("/", "...}", "...}]")) else out + "[/]"


def target(destination):
    return re.sub(r"(?<=[/#=&?]):(\w+)\*?", lambda m: "{" + capture_name(m[1]) + "}", destination)


def as_pattern_rule(source, destination, status, number):
    """A source with a rest before its end, as a rule with a pattern."""
    groups = re.sub(r":(\w+)\*", r"(?<\1>.+)", re.escape(source).replace(r"\*", "*"))
    groups = re.sub(r"(?<!\?):(\w+)", r"(?<\1>[^/]+)", groups)
    groups = re.sub(r"^/\(\?<(\w+)>", r"^(?<\1>/", groups)
    place = re.sub(r"^/:(\w+)\*", r"${\1}", destination)
    place = re.sub(r":(\w+)", r"${\1}", place)
    return f'rule rest_{number} {{ when path matches r"{groups}$"; redirect {status} "{place}" keep_query; }}'


def as_regex_rule(regex, destination, status, number, host):
    """`:1` becomes a capture. A target that begins with one is safe only if what it holds begins with a slash: said so."""
    if destination.startswith(":1") and regex.startswith("(.*)"):
        regex = "^(/.*)" + regex.removeprefix("(.*)")
    count = iter(range(1, 10))
    named = re.sub(r"(?<!\\)\((?!\?)", lambda _: f"(?<part{next(count)}>", regex)
    place = re.sub(r":(\d)", r"${part\1}", destination)
    where = f"host == {text(host)} and " if host else ""
    return f'rule regex_{number} {{ when {where}path matches {pattern(named)}; redirect {status} "{place}" keep_query; }}'


def translate(rows, config, host=None):
    """Rules in order, for one host or for all."""
    site = f"//{host}" if host else ""
    for number, (source, destination, status, kind) in enumerate(rows, 1):
        if kind == "regex":
            config.say(as_regex_rule(source, destination, status, number, host))
            continue
        rest = re.search(r"/:(\w+)\*$", source)
        if rest and f":{rest[1]}*" not in destination and f":{rest[1]}" in destination:
            source, rest = source[:-1], None  # the target takes one segment only
        if rest and f":{rest[1]}" in destination:
            bare = re.sub(rf"/?:{rest[1]}\*?", "", destination)
            config.redirect(site + template(source[:rest.start()]), target(bare) or "/", status, "keep_query")
        for glob in expand(source):
            line = template(glob)
            if line is None:
                config.say(as_pattern_rule(source, destination, status, number))
            else:
                config.redirect(site + line, target(destination), status, "keep_query")


# --- by the source's own meaning -------------------------------------------------------------------------------------

def all_braces(glob):
    braces = re.search(r"\{([^{}]*)\}", glob)
    if not braces:
        return [glob]
    return [x for part in braces[1].split(",") for x in all_braces(glob[:braces.start()] + part + glob[braces.end():])]


def segment_fits(wanted, have):
    if wanted == "*":
        return bool(have) and not have.startswith(".")
    regex = ""
    for piece in re.findall(r"\\.|\*+|[@+!]\([^()]*\)|.", wanted):
        if len(piece) > 1 and piece[0] in "@+!":
            inside = piece[2:-1].replace("*", "[^/]*").replace(".", r"\.")
            regex += {"@": f"(?:{inside})", "+": f"(?:{inside})+", "!": f"(?!(?:{inside})$)[^/]*"}[piece[0]]
        else:
            regex += "[^/]*" if piece[0] == "*" else re.escape(piece.removeprefix("\\"))
    return re.fullmatch(regex, have) is not None


def minimatch(have, wanted):
    if not wanted:
        return have in ([], [""])
    if wanted[0] == "**":
        if len(wanted) == 1:
            return bool(have) and not any(h.startswith(".") for h in have)
        return any(minimatch(have[i:], wanted[1:]) for i in range(len(have))
                   if not any(h.startswith(".") for h in have[:i]))
    return bool(have) and segment_fits(wanted[0], have[0]) and minimatch(have[1:], wanted[1:])


def captures(source, path):
    """The captures of a source with `:name` or a last `/:name*`, None where it does not match."""
    regex = re.escape(source).replace(r"\*", "*")
    regex = re.sub(r"/:(\w+)\*$", r"(?:/(?P<\1>.+?))?", regex)
    regex = re.sub(r"(?<!\?):(\w+)", r"(?P<\1>[^/]+)", regex)
    found = re.fullmatch(regex + "/?", path)
    return found.groupdict() if found else None


def fill(destination, values):
    """None where a capture of several segments stands where one is wanted, or a needed one is not there."""
    for name, slash, repeated in [(m[2], m[1], m[3]) for m in re.finditer(r"(/?):(\w+)(\*?)", destination)]:
        if name not in values:
            continue
        value = values[name]
        if not repeated and (not value or "/" in value):
            return None
        safe = PCHAR if "#" not in destination and "?" not in destination.split(f":{name}")[0] else "-._~/"
        said = slash + urllib.parse.quote(value, safe=safe) if value else ""
        destination = destination.replace(f"{slash}:{name}{repeated}", said, 1)
    return destination


def answer(rows, path):
    """(status, Location) or "forward" for a path as sent."""
    path, _, query = path.partition("?")
    if re.search(r"%(?![0-9A-Fa-f]{2})", path):
        return 400
    path = urllib.parse.unquote(path)
    for source, destination, status, kind in rows:
        if kind == "regex":
            found = re.search(source, path)
            if found:
                there = re.sub(r":(\d)", lambda m, f=found: urllib.parse.quote(f[int(m[1])], safe=PCHAR), destination)
                return status, add_query(there, query)
        elif ":" in source:
            values = captures(source, path)
            filled = fill(destination, values) if values is not None else None
            if filled is not None:
                return status, add_query(filled, query)
        elif any(minimatch(path.split("/"), glob.split("/")) for glob in all_braces(source)):
            return status, add_query(destination, query)
    return "forward"


def samples(source):
    """Paths that the source is about, and paths beside them."""
    for glob in all_braces(source):
        parts = re.split(r"(/\*\*/|\*\*$|\*+|/:\w+\*|:\w+)", glob)
        choices = []
        for part in parts:
            if part == "/**/":
                choices.append(["/", "/a/", "/a/b/"])
            elif part == "**":
                choices.append(["", "a", "a/b"])
            elif part.startswith("*"):
                choices.append(["", "x"])
            elif part.startswith("/:"):
                choices.append(["", "/one", "/one/two", "/caf%C3%A9"] if part.endswith("*") else ["/one"])
            elif part.startswith(":"):
                choices.append(["one", "caf%C3%A9"])
            else:
                choices.append([re.sub(r"\\(.)", r"\1", part)])
        for made in map("".join, itertools.product(*choices)):
            yield from (made, made + "/", made + "zz", made[:-1], made + "/x", made + "?q=1&r=2", made + ".html")


def kept_slash(case, got):
    """path-to-regexp leaves a trailing slash out of `:name*`; `{name...}` is the rest with all that is in it."""
    if isinstance(got, tuple) and case.request["url"].endswith("/") and got == (case.want[0], case.want[1] + "/"):
        return "`{name...}` at the end keeps the trailing slash that `:name*` leaves out"
    return None
