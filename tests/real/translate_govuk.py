"""GOV.UK's transition sites: host routing, retired sites, and the query parameters that tell pages apart.

The second half follows bouncer, the program that serves these files; its look-up of single pages is in a database that is
not part of the data, so that requests which come to it go upstream here.
"""
import re
import tarfile
import urllib.parse

from ruleset import Case, Config, RuleSet, text, texts, where

PAGES = ("/404", "/410")


def parse(said):
    """The flat YAML of a site: strings, and lists of strings."""
    site, key = {}, None
    for line in said.splitlines():
        line = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        item, pair = re.match(r"\s*-\s+(.*)$", line), re.match(r"\s*(\w+):\s*(.*)$", line)
        if item and key:
            site[key] = (site[key] if isinstance(site[key], list) else []) + [item[1].strip("'\"")]
        elif pair:
            key = pair[1]
            site[key] = pair[2].strip("'\"")
    return site


class Site:
    def __init__(self, said):
        self.hosts = list(dict.fromkeys(h.lower() for h in [said["host"], *(said.get("aliases") or [])]))
        self.homepage = said["homepage"]
        rule = said.get("global", "")
        self.gone = rule == "=410"
        self.moved_to = rule.removeprefix("=301").strip() if rule.startswith("=301") else None
        self.append = said.get("global_redirect_append_path") == "true"
        keys = re.search(r"--query-string\s+(\S+)", str(said.get("options", "")))
        self.keys = keys[1].split(":") if keys else []


def sites_of(path):
    with tarfile.open(path) as archive:
        for member in sorted(archive, key=lambda m: m.name):
            if member.name.endswith(".yml"):
                said = parse(archive.extractfile(member).read().decode("utf-8"))
                if "host" in said:
                    yield Site(said)


# --- to sprx ---------------------------------------------------------------------------------------------------------

def translate(sites, config):
    tables = {"homepage": [], "moved": [], "moved_with_path": []}
    gone, hosts, kept = [], [], {}
    for site in sites:
        hosts += site.hosts
        if site.gone:
            gone += site.hosts
            continue
        name = "homepage" if site.moved_to is None else "moved_with_path" if site.append else "moved"
        to = site.homepage if site.moved_to is None else site.moved_to.rstrip("/") if site.append else site.moved_to
        tables[name] += [f"{h}\t{to}" for h in site.hosts]
        if site.keys and name == "homepage":
            kept.setdefault(tuple(site.keys), []).extend(site.hosts)
    config.file("hosts.txt", hosts)
    config.file("gone.txt", gone)
    for name, rows in tables.items():
        config.file(f"{name}.tsv", rows)
        config.say(f'table {name}: host -> string from "{name}.tsv";')
    config.say('''list hosts: host from "hosts.txt";
list gone: host from "gone.txt";

rule alive { when path == "/healthcheck/live"; respond 200 { body "OK"; } }
rule not_ours { when host not in hosts; respond 404 { body "This host is not configured here"; } }
rule page_404 { when path == "/404"; respond 404 { body "Page not found"; } }
rule page_410 { when path == "/410"; respond 410 { body "Page archived"; } }
rule robots { when path == "/robots.txt"; respond 200 { body "User-agent: *\\nDisallow:\\nSitemap: http://${host}/sitemap.xml\\n"; } }
rule sitemap { when path == "/sitemap.xml"; forward; }
rule site_gone { when host in gone; respond 410 { body "Site archived"; } }
rule site_moved { when host in moved; redirect 301 moved[host]; }
rule site_moved_with_path { when host in moved_with_path; redirect 301 "${moved_with_path[host]}${uri}"; }
rule home { when path == "/" and host in homepage; redirect 301 homepage[host]; }''')
    for number, (keys, names) in enumerate(kept.items(), 1):
        config.say(f'rule keys_{number} {{ when host in {texts(sorted(set(names)))}; keep query[{", ".join(map(text, keys))}]; sort query; }}')


# --- by the source's own meaning -------------------------------------------------------------------------------------

def answer(site, path, query):
    uri = path + ("?" + query if query else "")
    if path == "/healthcheck/live":
        return 200
    if site is None:
        return 404
    if path in PAGES:
        return int(path[1:])
    if path == "/robots.txt":
        return 200
    if path == "/sitemap.xml":
        return "forward"
    if site.gone:
        return 410
    if site.moved_to is not None:
        return 301, site.moved_to.rstrip("/") + uri if site.append else site.moved_to
    return (301, site.homepage) if path == "/" else "forward"


def kept_query(site, query):
    """The parameters that count, in the order of their names (optic14n)."""
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    return urllib.parse.urlencode(sorted(p for p in pairs if p[0] in site.keys)) if site.keys else query


def forwarded_query(got):
    return got.get("forward", {}).get("query", where(got))


def govuk(data):
    sites = list(sites_of(data / "govuk-transition-config/transition-sites.tar.gz"))
    config, cases = Config(), []
    translate(sites, config)
    owner = {h: s for s in sites for h in s.hosts}
    for host in [*owner, "www.example.org", "not-" + next(iter(owner))]:
        site = owner.get(host)
        for path, query in (("/", ""), ("/a/Page.aspx", ""), ("/a/b", "id=7&utm_source=x"), ("/404", ""), ("/410", ""),
                            ("/robots.txt", ""), ("/sitemap.xml", ""), ("/healthcheck/live", "")):
            url = f"http://{host}{path}" + ("?" + query if query else "")
            cases.append(Case({"url": url}, answer(site, path, query)))
        if site and site.keys and answer(site, "/a", "") == "forward":
            query = "&".join(f"{k}={i}" for i, k in enumerate(["zz", *reversed(site.keys), "utm_source"]))
            cases.append(Case({"url": f"http://{host}/a?{query}"}, kept_query(site, query), forwarded_query))
    with_keys = sum(bool(s.keys) for s in sites)
    notes = [f"{sum(len(s.hosts) for s in sites)} host names; {with_keys} sites name query keys, which bouncer folds to lower case "
             "with the whole URL: `keep query` knows exact names only, and no function folds a query"]
    rules = len(sites) + with_keys
    return RuleSet("govuk-transition-config", rules, config, cases, otherwise=with_keys, notes=notes,
                   lints={"L0030": "the sites that took over pages then were reached by http"})
