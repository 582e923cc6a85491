"""Attack paths against the Core Rule Set's lists of files, and URLs of the URL standard's tests.

Paths are made canonical here by what docs/language.md says of them, step by step and without sprx.
"""
import json
import re

from ruleset import TWICE, Case, Config, RuleSet, data_lines, where

DENIED = 403
REFUSED = 400


def keep_or_decode(run):
    """A run of escapes: decoded where that is UTF-8 and neither `/`, `%` nor a control; else kept, in upper case."""
    raw = bytes.fromhex(run.replace("%", ""))
    out, i = "", 0
    while i < len(raw):
        for size in (1, 2, 3, 4):
            try:
                char = raw[i:i + size].decode("utf-8")
            except UnicodeDecodeError:
                continue
            if len(char) == 1 and len(raw[i:i + size]) == size:
                plain = char not in "/%" and ord(char) >= 32 and ord(char) != 127
                out += char if plain else "".join(f"%{b:02X}" for b in raw[i:i + size])
                i += size
                break
        else:
            out += f"%{raw[i]:02X}"
            i += 1
    return out


def canonical(raw):
    """The canonical path, None for what is refused."""
    if re.search(r"[^\x21-\x7e]", raw):
        return None
    path = raw.partition("?")[0]
    if re.search(r"%(?![0-9A-Fa-f]{2})|%00", path):
        return None
    path = re.sub(r"(?:%[0-9A-Fa-f]{2})+", lambda m: keep_or_decode(m[0]), path)
    parts = re.sub(r"/+", "/", path).split("/")[1:]
    out = []
    for part in parts:
        if part == "..":
            out = out[:-1]
        elif part != ".":
            out.append(part)
    if parts[-1] in (".", "..") or (parts[-1] == "" and (not out or out[-1])):
        out.append("") if not out or out[-1] else None
    return "/" + "/".join(out)


def attacks(data):
    names = ("lfi-os-files", "restricted-files", "restricted-upload")
    config, phrases = Config(), []
    for name in names:
        lines = data_lines(data / f"coreruleset/{name}.data")
        phrases += lines
        said = name.replace("-", "_")
        config.file(f"{said}.txt", [re.sub(r"^#", r"\\#", l) for l in lines])
        config.say(f'list {said}: string from "{said}.txt" nocase;')
    tests = [f"{part} contains {n.replace('-', '_')}" for n in names for part in ("path", "query.values")]
    config.say(f"rule attack {{ when {' or '.join(tests)}; deny; }}")
    low = [p.strip().lower() for p in phrases]
    cases = []
    for line in data_lines(data / "fuzz-paths/fuzz.txt") + ["a b", "a%0ab", "%2f%2E%2e%2Fetc", "x?f=%2Fetc%2fpasswd", "%"]:
        raw = line if line.startswith("/") else "/" + line
        raw = raw.partition("#")[0]
        path = canonical(raw)
        if path is None:
            want = REFUSED
        else:
            query = raw.partition("?")[2]
            values = [re.sub(r"%([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), v.partition("=")[2].replace("+", " "))
                      for v in query.split("&")]
            want = DENIED if any(p in t.lower() for p in low for t in [path, *values]) else "forward"
        cases.append(Case({"url": "http://a.test" + raw}, want, where))
    count = {w: sum(c.want == w for c in cases) for w in (REFUSED, DENIED, "forward")}
    notes = [f"of {len(cases)} paths {count[REFUSED]} must be refused with 400, {count[DENIED]} denied by a list, {count['forward']} pass"]
    return RuleSet("coreruleset files and fuzz-paths", len(phrases), config, cases, notes=notes, lints=TWICE)


# --- url_host --------------------------------------------------------------------------------------------------------

SPECIAL = ("http:", "https:", "ws:", "wss:", "ftp:")


def can_be_sent(value):
    """Whether a value comes out of a header as it went in."""
    return value == value.strip(" \t") and not re.search(r"[\x00-\x1f\x7f]", value) and not re.search("[\ud800-\udfff]", value)


def why_other(case, got):
    """Why `url_host` answers otherwise than a browser's URL parser, which repairs what is no URL by RFC 3986."""
    url = case.request["headers"]["Referer"]
    said = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?([^/?#\\]*@)?(\[[^\]]*\]|[^/?#\\:]*)(:[^/?#\\]*)?", url)
    scheme, slashes, _, host, port = said.groups()
    reasons = [
        ("a browser takes `\\` for `/`", "\\" in url),
        ("a browser finds a host without `//` after the scheme, or after more slashes", not slashes or not host),
        ("a scheme other than http, https, ws, wss, ftp: a browser reads its host otherwise", scheme.lower() + ":" not in SPECIAL),
        ("a browser decodes `%XX` in a host", "%" in host),
        ("port 0, or a port of more than five digits", port is not None and re.fullmatch(r":(0|\d{6,})", port)),
        ("a browser reads a last label that is a number as an IPv4 address", re.search(r"(^|\.)(\d+|0[xX][0-9a-fA-F]*)\.?$", host)),
        ("a host with an empty label", host.endswith("..") or host.startswith(".") or ".." in host),
        ("a host with characters that no host name has", re.search(r"[^A-Za-z0-9._\[\]:-]", host)),
    ]
    return next((reason for reason, holds in reasons if holds), None)


def url_hosts(data):
    config = Config()
    config.say('rule tell { set header["X-Host"] = url_host(header["Referer"]) ?? "none"; }')
    cases, left_out = [], 0
    for said in json.loads((data / "url-testdata/urltestdata.json").read_text("utf-8")):
        if isinstance(said, str):
            continue
        absolute = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", said["input"])
        if said.get("base") and not absolute or not can_be_sent(said["input"]):
            left_out += 1
            continue
        want = said.get("hostname") or None

        def pick(answer):
            name = answer.get("forward", {}).get("headers", {}).get("X-Host")
            return None if name == "none" else name if "forward" in answer else where(answer)

        cases.append(Case({"url": "http://a.test/", "headers": {"Referer": said["input"]}}, want, pick))
    notes = [f"{left_out} cases are relative to a base, or hold bytes that no header can"]
    return RuleSet("url-testdata", None, config, cases, notes=notes, explain=why_other)
