"""The mix in the language of each proxy, written as somebody who knows that proxy would."""


def sprx(mix):
    for n, name in mix.bots:
        yield f'rule r{n} {{ when header["User-Agent"] contains "{name}"; deny; }}'
    for n, path in mix.uploads:
        yield f'rule r{n} {{ when path under "{path}" and method == "POST"; deny; }}'
    for n, path, target in mix.redirects:
        yield f'rule r{n} {{ when path == "{path}"; redirect 301 "{target}"; }}'
    for n, host, prefix in mix.edits:
        yield f'rule r{n} {{ when host == "{host}" and path under "{prefix}"; set header["X-Section"] = "{n}"; }}'


def alternation(words):
    """One pattern that finds any of the words (letters, `-`, `/`); beginnings that several share stand in it once."""
    tree = {}
    for word in words:
        at = tree
        for letter in word:
            at = at.setdefault(letter, {})
        at[""] = {}

    def text(at):
        if "" in at:  # a word ends here: what goes on from it is found with it
            return ""
        parts = [letter + text(below) for letter, below in sorted(at.items())]
        return parts[0] if len(parts) == 1 else "(?:" + "|".join(parts) + ")"
    return text(tree)


def alternations(words, longest):
    """As few patterns as bounds of a proxy allow, each at most `longest` characters."""
    words = sorted(words)
    pattern = alternation(words)
    if len(pattern) <= longest:
        return [pattern]
    middle = len(words) // 2
    return alternations(words[:middle], longest) + alternations(words[middle:], longest)


# A word of nginx.conf has at most 4 096 bytes, a line of a HAProxy pattern file 16 384 (tune.bufsize); VCL has no bound here.
NGINX_PATTERN = 3_900
HAPROXY_PATTERN = 16_000
VCL_PATTERN = 16_000


def nginx(mix):
    """(lines of `http`, lines of `server`, lines of `server` after `location /`).

    Hash maps for redirects and for host + first segment, one map of PCRE-JIT patterns for user agents, prefix locations for the
    denials. A map takes its keys in any case of letters, so redirects of nginx answer /OLD/… too; nothing here asks for that.
    """
    if not mix.count:
        return [], [], []
    http = ["map_hash_bucket_size 256; map_hash_max_size 1048576;", "map $http_user_agent $bot { default 0;"]
    http += [f'  "~{pattern}" 1;' for pattern in alternations([name for _, name in mix.bots], NGINX_PATTERN)]
    http += ["}", 'map $uri $moved { default "";'] + [f"  {path} {target};" for _, path, target in mix.redirects]
    http += ["}", 'map $uri $first { default ""; "~^(/[^/]+)" $1; }', 'map "$host$first" $section { default "";']
    http += [f"  {host}{prefix} {n};" for n, host, prefix in mix.edits] + ["}"]
    server = ["if ($bot) { return 403; }", "if ($moved) { return 301 $moved; }", "proxy_set_header X-Section $section;"]
    closed = "{ if ($request_method = POST) { return 403; } proxy_pass http://origin; }"
    locations = [f"location {how} {closed}" for _, path in mix.uploads for how in (f"= {path}", f"{path}/")]
    return http, server, locations


def haproxy_lines(mix):
    """One line a rule, as most configurations are written."""
    for _, name in mix.bots:
        yield f"http-request deny if {{ hdr_sub(user-agent) {name} }}"
    for _, path in mix.uploads:
        yield f"http-request deny if METH_POST {{ path {path} }} or METH_POST {{ path_beg {path}/ }}"
    for _, path, target in mix.redirects:
        yield f"http-request redirect location {target} code 301 if {{ path {path} }}"
    for n, host, prefix in mix.edits:
        of_host = f"{{ hdr(host),host_only -i {host} }}"
        yield f"http-request set-header X-Section {n} if {of_host} {{ path {prefix} }} or {of_host} {{ path_beg {prefix}/ }}"


def haproxy_maps(mix, folder):
    """(lines, files by name): trees for paths and prefixes, PCRE2-JIT patterns for user agents."""
    if not mix.count:
        return [], {}
    files = {"bots.lst": alternations([name for _, name in mix.bots], HAPROXY_PATTERN),
             "uploads.lst": [f"{path}/" for _, path in mix.uploads],
             "moved.map": [f"{path} {target}" for _, path, target in mix.redirects],
             "sections.map": [f"{host}{prefix}/ {n}" for n, host, prefix in mix.edits]}
    lines = [f"http-request deny if {{ req.hdr(user-agent) -m reg -f {folder}/bots.lst }}",
             f"http-request deny if METH_POST {{ path,concat(/) -m beg -f {folder}/uploads.lst }}",
             "http-request set-var(txn.path) path",
             f"http-request redirect location %[path,map_str({folder}/moved.map)] code 301 if "
             f"{{ path,map_str({folder}/moved.map) -m found }}",
             f"http-request set-var(txn.section) hdr(host),host_only,lower,concat(,txn.path,/),map_beg({folder}/sections.map)",
             "http-request set-header X-Section %[var(txn.section)] if { var(txn.section) -m found }"]
    return lines, files


def varnish(mix):
    """(lines of vcl_recv, lines of vcl_synth): nested under what the rules of a kind have in common."""
    if not mix.count:
        return [], []
    recv = ['set req.http.X-Path = regsub(req.url, "\\?.*$", "");',
            'set req.http.X-Host = std.tolower(regsub(req.http.Host, ":.*$", ""));']
    recv += [f'if (req.http.User-Agent ~ "{pattern}") {{ return (synth(403)); }}'
             for pattern in alternations([name for _, name in mix.bots], VCL_PATTERN)]
    recv.append('if (req.method == "POST" && req.http.X-Path ~ "^/upload/") {')
    recv += [f'  if (req.http.X-Path == "{path}" || req.http.X-Path ~ "^{path}/") {{ return (synth(403)); }}'
             for _, path in mix.uploads]
    recv += ["}", 'if (req.http.X-Path ~ "^/old/") {']
    recv += [f'  if (req.http.X-Path == "{path}") {{ set req.http.X-Moved = "{target}"; return (synth(301)); }}'
             for _, path, target in mix.redirects]
    recv += ["}", 'if (req.http.X-Path ~ "^/section-") {']
    recv += [f'  if (req.http.X-Host == "{host}" && (req.http.X-Path == "{prefix}" || req.http.X-Path ~ "^{prefix}/")) '
             f'{{ set req.http.X-Section = "{n}"; }}' for n, host, prefix in mix.edits]
    recv += ["}", "unset req.http.X-Path;", "unset req.http.X-Host;"]
    return recv, ["if (req.http.X-Moved) { set resp.http.Location = req.http.X-Moved; }"]
