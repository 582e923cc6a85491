"""A `vercel.json`: redirects with exact or path-to-regexp sources, headers, `trailingSlash`."""
import json
import re

from ruleset import Case, Config, RuleSet, add_query, capture_name, pattern, template_text, text, where

PERMANENT, TEMPORARY = 308, 307


# --- to sprx ---------------------------------------------------------------------------------------------------------

def template(source):
    """A path-to-regexp source as a template, None where it holds a pattern other than `(.*)`."""
    parts = re.split(r"(:\w+\*$|:\w+|\(\.\*\))", source)
    out = ""
    for part in parts:
        if part.startswith(":"):
            out += "{" + capture_name(part[1:].rstrip("*")) + ("...}" if part.endswith("*") else "}")
        elif part == "(.*)":
            out += "*"
        elif re.search(r"[()?+*\\]", part):
            return None
        else:
            out += template_text(part)
    return out


def translate(said, config, lacking):
    if said.get("trailingSlash") is False:
        config.say(f'rule no_trailing_slash {{ when path matches {pattern("^(?<page>/.+)/$")}; redirect {PERMANENT} "${{page}}" keep_query; }}')
    for rule in said["redirects"]:
        line = template(rule["source"])
        if line is None or "has" in rule or "missing" in rule:
            lacking.append((rule["source"], "a pattern within a path, or a condition"))
            continue
        target = re.sub(r"(?<=/):(\w+)\*?", lambda m: "{" + capture_name(m[1]) + "}", rule["destination"])
        config.redirect(line, target, PERMANENT if rule["permanent"] else TEMPORARY, "keep_query")
    for number, rule in enumerate(said["headers"], 1):
        edits = " ".join(f'set response.header[{text(h["key"])}] = {text(h["value"])};' for h in rule["headers"])
        config.say(f'response rule headers_{number} {{ when path like {text(template(rule["source"]))}; {edits} }}')


# --- by the source's own meaning -------------------------------------------------------------------------------------

def answer(said, path):
    path, _, query = path.partition("?")
    if said.get("trailingSlash") is False and path != "/" and path.endswith("/"):
        return PERMANENT, add_query(path.rstrip("/"), query)
    for rule in said["redirects"]:
        if rule["source"] == path:
            return PERMANENT if rule["permanent"] else TEMPORARY, add_query(rule["destination"], query)
    return "forward"


def response_header(name):
    return lambda got: got.get("headers", {}).get(name)


def react(data):
    said = json.loads((data / "react-vercel/vercel.json").read_text())
    config, lacking = Config(), []
    translate(said, config, lacking)
    asked = dict.fromkeys(p for rule in said["redirects"] for s in [rule["source"]]
                          for p in (s, s + "?q=1&r=2", s + "/", s + "x", s[:-1], s + "/x", s.upper()))
    cases = [Case({"url": "https://react.dev" + p}, answer(said, p), where) for p in asked]
    for rule in said["headers"]:
        regex = re.compile(re.escape(rule["source"]).replace(r"\(\.\*\)", "(.*)"))
        for path in ("/fonts/a.woff2", "/fonts/a/b.woff2", "/fonts/.woff2", "/fonts/a.woff", "/x/fonts/a.woff2", "/fonts/a.woff2x"):
            for header in rule["headers"]:
                want = header["value"] if regex.fullmatch(path) else None
                cases.append(Case({"url": "https://react.dev" + path}, want, response_header(header["key"])))
    count = len(said["redirects"]) + len(said["headers"]) + ("trailingSlash" in said)
    return RuleSet("react-vercel", count, config, cases, lacking)
