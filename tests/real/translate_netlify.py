"""Netlify `_redirects`: splats, placeholders, forced rules, host-qualified sources, rewrites with 200.

The second half works out by itself, from the documented meaning, what a URL must get: first rule wins, a trailing slash
makes no difference, `:x` is one segment, `*` is the rest, the query goes along.
"""
import re
import urllib.parse

from ruleset import Case, Config, RuleSet, add_query, capture_name, data_lines, template_text, text

SHADOWED = "not forced (`!`): Netlify serves a file that lies there first; a proxy has no files to look at"


def rules_of(path):
    for row in data_lines(path):
        source, target, *rest = row.split()
        status = rest[0] if rest else "301"
        yield source, target, int(status.rstrip("!")), status.endswith("!")


# --- to sprx ---------------------------------------------------------------------------------------------------------

def template(path):
    """A source path as a template that takes a trailing slash or not, as Netlify does."""
    rest = path.endswith("/*")
    bare = path.removesuffix("/*").rstrip("/")
    out = "".join("{" + capture_name(p[1:]) + "}" if p.startswith(":") else template_text(p)
                  for p in re.split(r"(:\w+)", bare))
    return (out + "[/{splat...}]" if rest else out + "[/]") if out else ("/{splat...}" if rest else "/")


def filled(target, form, rest):
    """`target` with its placeholders written as `form` says; a splat that the source does not have is nothing."""
    return re.sub(r":(\w+)", lambda m: form.format(capture_name(m[1])) if m[1] != "splat" or rest else "", target)


def rewrite(source, target, rest, number):
    """A 200 rule: what goes upstream instead; another site is a named origin of the platform."""
    place = urllib.parse.urlsplit(target)
    path = filled(place.path, "${{{}}}", rest)
    name = re.sub(r"\W+", "_", place.netloc)
    origin = f'origin {text(name)}; set host = {text(place.netloc)}; ' if place.netloc else ""
    return f'rule proxy_{number} {{ when path like {text(template(source))}; {origin}set path = "{path}"; forward; }}'


def translate(rows, config, notes):
    for number, (source, target, status, _) in enumerate(rows, 1):
        place = urllib.parse.urlsplit(source)
        rest = source.endswith("/*")
        if status == 200:
            config.say(rewrite(source, target, rest, number))
            if ":splat" in target and not rest:
                notes.append(f"`{source}` has no `*` for the `:splat` of its target: taken for nothing")
        elif place.scheme:
            config.say(f'rule host_{number} {{ when scheme == {text(place.scheme)} and host == {text(place.netloc)} and path like '
                       f'{text(template(place.path))}; redirect {status} "{filled(target, "${{{}}}", rest)}" keep_query; }}')
        else:
            config.redirect(template(source), filled(target, "{{{}}}", rest), status, "keep_query")


# --- by the source's own meaning -------------------------------------------------------------------------------------

def match(source, path):
    """Values of the placeholders, None where the path does not fit."""
    wanted, have = [s.strip("/").split("/") for s in (source, path)]
    values = {}
    if wanted[-1] == "*":
        wanted.pop()
        if have[:len(wanted)] == [""]:
            have = []
        values["splat"] = "/".join(have[len(wanted):])
        have = have[:len(wanted)]
    if len(wanted) != len(have):
        return None
    for want, got in zip(wanted, have):
        if want.startswith(":") and got:
            values[want[1:]] = got
        elif want != got:
            return None
    return values


def answer(rows, scheme, host, path):
    """(status, Location), (host, path) of what goes upstream, or "forward"."""
    path, _, query = path.partition("?")
    for source, target, status, _ in rows:
        place = urllib.parse.urlsplit(source)
        if place.scheme and (place.scheme, place.netloc) != (scheme, host):
            continue
        values = match(place.path if place.scheme else source, path)
        if values is None:
            continue
        there = re.sub(r":(\w+)", lambda m, v=values: v.get(m[1], ""), target)
        if status == 200:
            to = urllib.parse.urlsplit(there)
            return to.netloc or host, to.path
        return status, add_query(there, query)
    return "forward"


def seen(host, path):
    def pick(got):
        """A rewrite is seen in the host and path that go upstream."""
        if got.get("outcome") == "redirect":
            return got["status"], got["location"]
        sent = got.get("forward", {})
        same = sent.get("host") == host and sent.get("path") == path.partition("?")[0]
        return "forward" if same else (sent.get("host"), sent.get("path"))

    return pick


def samples(source):
    path = urllib.parse.urlsplit(source).path if "://" in source else source
    base = re.sub(r":(\w+)", r"a\1", path)
    for made in ([base[:-1], base[:-1] + "one", base[:-1] + "one/two", base[:-2]] if base.endswith("/*") else [base]):
        made = made or "/"
        yield from (made, made.rstrip("/") or "/", made + "?q=1", made + "zz", made.rstrip("/") + "/x/index.html")
        if not made.endswith("/") and not path.endswith("/*"):
            yield made + "/"


def site(name, host, path, options=""):
    rows = list(rules_of(path))
    config, notes = Config(), []
    config.options = options
    translate(rows, config, notes)
    asked = dict.fromkeys((s, h, p) for source, *_ in rows for p in samples(source) for s, h in
                          {("https", host), (urllib.parse.urlsplit(source).scheme or "https", urllib.parse.urlsplit(source).netloc or host),
                           ("http" if "://" in source else "https", urllib.parse.urlsplit(source).netloc or host)})
    cases = [Case({"url": f"{s}://{h}{p}"}, answer(rows, s, h, p), seen(h, p)) for s, h, p in asked]
    unforced = sum(not forced for *_, forced in rows)
    splats = len(notes)
    notes.append(f"{unforced} of {len(rows)} rules are {SHADOWED}; they are translated as if none lay there")
    return RuleSet(name, len(rows), config, cases, otherwise=max(unforced, splats), notes=notes)


def prometheus(data):
    return site("netlify-prometheus", "prometheus.io", data / "netlify-redirects/prometheus/_redirects")


def storybook(data):
    return site("netlify-storybook", "storybook.js.org", data / "netlify-redirects/storybook/_redirects",
                # /docs/addons/writing-addons/ is sent to itself; Netlify never comes to that line, since a file lies there.
                'allow E4006 "one line leads to itself, behind a file";')
