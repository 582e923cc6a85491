"""Requests of the whole-proxy bench: heads for wrk, and questions whose answers are known."""
import random

import mix as rules

HEAD_BYTES = 600  # as in workload.h
DISTINCT = 4_000
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.{}.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}.{} Safari/605",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0 (compatible; desktop; en-GB; fast build)",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/{}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Mobile Safari")


def browser(chance):
    return chance.choice(_BROWSERS).format(90 + chance.randrange(40), 1000 + chance.randrange(5000))


def bot_agent(name):
    return f"Mozilla/5.0 (compatible; {name} 1.0; +http://bots.example.org/about)"


def ordinary(chance, number):
    """A request that no rule answers."""
    return rules.Request("GET", f"/shop/category-{chance.randrange(40)}/article-{chance.randrange(5000)}.html?page={number}",
                         f"h{chance.randrange(rules.HOSTS)}.example.com", browser(chance))


def meets_rule(chance, number, mix, kind):
    """A request that a rule of that kind answers or edits."""
    plain = ordinary(chance, number)
    if kind == "redirect":
        return rules.Request("GET", f"{chance.choice(mix.redirects)[1]}?from={number}", plain.host, plain.agent)
    if kind == "upload":
        return rules.Request("POST", f"{chance.choice(mix.uploads)[1]}/file-{number}", plain.host, plain.agent)
    if kind == "edit":
        _, host, prefix = chance.choice(mix.edits)
        return rules.Request("GET", f"{prefix}/view-{number}", host, plain.agent)
    return rules.Request("GET", plain.target, plain.host, bot_agent(chance.choice(mix.bots)[1]))


def mixed(chance, number, mix):
    """20 % exact paths, 12 % prefix + POST, 20 % host + prefix, 5 % bots, the rest ordinary."""
    share = chance.randrange(100)
    for kind, below in (("redirect", 20), ("upload", 32), ("edit", 52), ("bot", 57)):
        if share < below:
            return meets_rule(chance, number, mix, kind)
    return ordinary(chance, number)


def requests(traffic, mix):
    chance = random.Random(7)
    return [mixed(chance, i, mix) if traffic == "mixed" else ordinary(chance, i) for i in range(DISTINCT)]


def head(request, chance, connection="keep-alive"):
    """What a browser sends, padded to HEAD_BYTES with a cookie."""
    lines = [f"{request.method} {request.target} HTTP/1.1", f"Host: {request.host}", f"User-Agent: {request.agent}",
             "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language: en-GB,en;q=0.5",
             "Accept-Encoding: gzip, deflate, br", f"Connection: {connection}",
             f"X-Forwarded-For: 203.0.113.{chance.randrange(250)}", "X-Forwarded-Proto: https"]
    if request.method == "POST":
        lines.append("Content-Length: 0")
    text = "\r\n".join(lines) + f"\r\nCookie: session={chance.getrandbits(64):016x}; seen="
    missing = max(0, HEAD_BYTES - len(text) - 4)
    return text + "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=missing)) + "\r\n\r\n"


def write_heads(path, wanted, connection="keep-alive"):
    chance = random.Random(11)
    path.write_text("".join(head(request, chance, connection) for request in wanted), newline="")
    return path


def browser_headers():
    """For h2load, which makes its own request line and Host."""
    text = head(ordinary(random.Random(3), 1), random.Random(3))
    return [line for line in text.split("\r\n")[2:] if line and not line.startswith("Connection:")]


def questions(mix, count=200):
    """Requests that meet rules, those that just miss them, and those that two rules want."""
    chance = random.Random(mix.count + 5)
    out = []
    for number in range(count):
        plain = ordinary(chance, number)
        kind = ("redirect", "upload", "edit", "bot")[number % 4]
        made = meets_rule(chance, number, mix, kind) if mix.count else plain
        out.append(_varied(made, plain, kind, number // 4 % 7))
    return out


def _varied(made, plain, kind, variant):
    """The request itself (0 to 2: often enough), or one beside it."""
    method, target, host, agent = made.method, made.target, made.host, made.agent
    if variant == 3:  # longer by a character in what is compared
        if kind == "bot":
            agent = agent.replace("; ", "; x", 1)
        else:
            parts = target.split("?")[0].split("/")
            parts[-1 if kind == "redirect" else 2 if kind == "upload" else 1] += "z"
            target = "/".join(parts)
    elif variant == 4:  # exactly the prefix, nothing below it
        depth = {"upload": 3, "edit": 2}.get(kind)
        target = "/".join(target.split("/")[:depth]) if depth else target
    elif variant == 5:  # what else is compared differs
        method = {"upload": "GET", "redirect": "POST"}.get(kind, method)
        host = "other.example.org" if kind == "edit" else host
        agent = plain.agent if kind == "bot" else agent
    elif variant == 6:  # spelt differently: a host does not mind, a user agent does
        host = host.upper() + ":8080"
        agent = agent.upper() if kind == "bot" else agent
    return rules.Request(method, target, host, agent)
