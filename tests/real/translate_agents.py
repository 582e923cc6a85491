"""Lists of crawlers by user agent: names (ai-robots-txt), patterns (crawler-user-agents), scanners' phrases (Core Rule Set)."""
import json
import re

from ruleset import TWICE, Case, Config, RuleSet, data_lines, where
from translate_vcl import agents

DENIED = 403


def asked(agent, bad):
    return Case({"url": "http://a.test/", "headers": {"User-Agent": agent}}, DENIED if bad else "forward", where)


def deny_rule(condition):
    return f'rule no_robots {{ when header["User-Agent"] {condition}; deny; }}'


def names_set(name, names, data):
    """Each name anywhere in the user agent, in any case."""
    config = Config()
    config.file("names.txt", [re.sub(r"^#", r"\\#", n) for n in names])
    config.say('list robots: string from "names.txt" nocase;')
    config.say(deny_rule("contains robots"))
    low = [n.lower() for n in names]
    tried = [f"Mozilla/5.0 (compatible; {n}/1.0)" for n in names] + [n.upper() for n in names] + [n[:-1] for n in names] + agents(data)
    return RuleSet(name, len(names), config, [asked(a, any(n in a.lower() for n in low)) for a in tried], lints=TWICE)


def ai_robots(data):
    names = list(json.loads((data / "ai-robots-txt/robots.json").read_text("utf-8")))
    return names_set("ai-robots-txt", names, data)


def scanners(data):
    return names_set("coreruleset scanners", data_lines(data / "coreruleset/scanners-user-agents.data"), data)


def crawlers(data):
    said = json.loads((data / "crawler-user-agents/crawler-user-agents.json").read_text("utf-8"))
    patterns = [entry["pattern"] for entry in said]
    config = Config()
    config.file("crawlers.txt", [re.sub(r"^#", r"\\#", p) for p in patterns])
    config.say('list crawlers: pattern from "crawlers.txt";')
    config.say(deny_rule("in crawlers"))
    cases = [asked(a, True) for entry in said for a in entry["instances"]]
    any_of = re.compile("|".join(f"(?:{p})" for p in patterns))
    cases += [asked(a, any_of.search(a) is not None) for a in agents(data)]
    return RuleSet("crawler-user-agents", len(patterns), config, cases)
