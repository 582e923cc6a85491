"""Mobile-Detect's rules (MobileDetect.json): header tests, then four families of patterns, as lists and lets."""
import json
import re

from ruleset import Case, Config, RuleSet, data_lines, forwarded, pattern, text, texts

FAMILIES = ("phones", "tablets", "browsers", "os")
AGENT_BYTES = 500  # of the joined user agents the library looks at

# RE2 has no look-ahead. Each alternative that needs one, as (what must match, what must not); the same for every text that
# holds the words once.
LOOK_AHEADS = {
    r"^(?!.*\bx11\b).*xiaomi.*$": ("xiaomi", r"\bx11\b"),
    r"GOA(?!nna)": ("GOA", "GOAnna"),
    r"Android.*Silk/[0-9.]+ like Chrome/[0-9.]+ (?!Mobile)": (r"Android.*Silk/[0-9.]+ like Chrome/[0-9.]+ ", "Chrome/[0-9.]+ Mobile"),
    r"^.*PadFone((?!Mobile).)*$": ("PadFone", "PadFone.*Mobile"),
    r"Tablet(?!.*PC)": ("Tablet", "Tablet.*PC"),
    r"Version((?!\bEdgiOS\b).)*Mobile.*Safari": ("Version.*Mobile.*Safari", r"\bEdgiOS\b"),
}


def header_name(php):
    return php.removeprefix("HTTP_").title().replace("_", "-")


def rows(family):
    """The patterns of a family, one a name; the library joins those of several lines with `|`."""
    return {name: "|".join(p) if isinstance(p, list) else p for name, p in family.items()}


# --- to sprx ---------------------------------------------------------------------------------------------------------

def split_top(regex):
    """The alternatives of a pattern, not those within its groups."""
    parts, depth = [""], 0
    for piece in re.findall(r"\\.|\[[^\]]*\]|.", regex):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def is_family(family, patterns, config, lacking):
    """`let is_FAMILY`: one list of patterns, and a pair of conditions for each look-ahead."""
    lines, tests = [], [f"agent in {family}"]
    for name, regex in patterns.items():
        kept = []
        for part in split_top(regex):
            if "(?!" not in part:
                kept.append(part)
            elif part in LOOK_AHEADS:
                wanted, unwanted = LOOK_AHEADS[part]
                tests.append(f"(agent matches {pattern(wanted, True)} and agent not matches {pattern(unwanted, True)})")
            else:
                lacking.append((f"{name}: {part}", "a look-ahead"))
        if kept:
            lines.append("|".join(kept))
    config.file(f"{family}.txt", [re.sub(r"^#", r"\\#", line) for line in lines])
    config.say(f'list {family}: pattern from "{family}.txt" nocase;\nlet is_{family} = {" or ".join(tests)};')


def translate(said, config, lacking):
    agents = [header_name(h) for h in said["uaHttpHeaders"]]
    joined = " ".join("${header[" + text(a) + "]}" for a in agents)
    tests = []
    for php, match in said["headerMatch"].items():
        field = f"header[{text(header_name(php))}]"
        tests.append(f"{field} contains {texts(match['matches'])}" if match else f"exists {field}")
    for family in FAMILIES:
        is_family(family, rows(said["uaMatch"][family]), config, lacking)
    mobile, tablet, _ = (header_name(h) for h in said["cloudFrontHttpHeaders"])
    config.say(f'''let agent = substring(trim("{joined}"), 0, {AGENT_BYTES});
let by_header = {" or ".join(tests)};
let by_agent = is_phones or is_tablets or is_browsers or is_os;
let is_mobile = choose {{
  agent == "Amazon CloudFront" => (header[{text(mobile)}] == "true");
  else => (by_header or by_agent);
}};
let is_tablet = choose {{
  agent == "Amazon CloudFront" => (header[{text(tablet)}] == "true");
  else => is_tablets;
}};
let mobile = choose {{ is_mobile => "yes"; else => "no"; }};
let tablet = choose {{ is_tablet => "yes"; else => "no"; }};
rule detect {{
  set header["X-Mobile"] = mobile;
  set header["X-Tablet"] = tablet;
}}''')


# --- by the source's own meaning -------------------------------------------------------------------------------------

def kinds(said):
    compiled = {f: [re.compile(p, re.I | re.S) for p in rows(said["uaMatch"][f]).values()] for f in FAMILIES}

    def decide(headers):
        sent = {k.lower(): v for k, v in headers.items()}
        agent = " ".join(sent[header_name(h).lower()] for h in said["uaHttpHeaders"] if header_name(h).lower() in sent).strip()
        by_header = any(header_name(h).lower() in sent and
                        (m is None or any(t in sent[header_name(h).lower()] for t in m["matches"]))
                        for h, m in said["headerMatch"].items())
        found = {f: any(p.search(agent[:AGENT_BYTES]) for p in compiled[f]) for f in FAMILIES}
        return by_header or any(found.values()), found["tablets"]

    return decide


def mobile_detect(data):
    said = json.loads((data / "mobile-detect/MobileDetect.json").read_text())
    config, lacking = Config(), []
    translate(said, config, lacking)
    cases = []

    def expect(headers, mobile, tablet):
        request = {"url": "http://a.test/", "headers": headers}
        for name, want in (("X-Mobile", mobile), ("X-Tablet", tablet)):
            cases.append(Case(request, "yes" if want else "no", forwarded(name)))

    for line in data_lines(data / "golden/mobile-detect.tsv"):
        mobile, tablet, agent = line.split("\t", 2)
        expect({"User-Agent": agent}, mobile == "True", tablet == "True")
    decide = kinds(said)
    desk = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
    for php, match in said["headerMatch"].items():
        for value in (match["matches"] if match else ["1"]) + ["something else"]:
            headers = {"User-Agent": desk, header_name(php): value}
            expect(headers, *decide(headers))
    for php in said["uaHttpHeaders"][1:]:
        headers = {"User-Agent": desk, header_name(php): "Mozilla/5.0 (iPad; CPU OS 8_0 like Mac OS X) Mobile"}
        expect(headers, *decide(headers))
    for viewer, want in (("Mobile", (True, False)), ("Tablet", (False, True)), ("Desktop", (False, False))):
        expect({"User-Agent": "Amazon CloudFront", f"CloudFront-Is-{viewer}-Viewer": "true"}, *want)
    count = sum(len(said["uaMatch"][f]) for f in FAMILIES) + len(said["headerMatch"]) + len(said["uaHttpHeaders"]) + 3
    notes = [f"`{part}`: a look-ahead, two conditions instead" for part in LOOK_AHEADS]
    return RuleSet("mobile-detect", count, config, cases, lacking, len(LOOK_AHEADS), notes)
