"""docs/performance.svg: bars of CPU a request without rules, lines of user CPU over the number of rules (both logarithmic)."""
import math
from xml.sax.saxutils import escape

from measured import Measured, system_us, user_us

WIDTH, HEIGHT = 980, 380
COLOURS = {"sprx": "#0b7a5b", "nginx": "#c2410c", "nginx-json": "#e0885f", "haproxy": "#1d4ed8", "haproxy-lines": "#7aa2f7",
           "varnish": "#7c3aed", "relay": "#777777"}
FONT = 'font-family="DejaVu Sans, Verdana, sans-serif"'


def words(x, y, text, size=12, anchor="start", colour="#222", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" {FONT} font-size="{size}" text-anchor="{anchor}" fill="{colour}" '
            f'font-weight="{weight}">{escape(text)}</text>')


def line(x1, y1, x2, y2, colour="#ccc", width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def bars(measured, left, width):
    """CPU a request without rules: user full, system pale."""
    shown = []
    for key, title in measured.result["titles"].items():
        user = measured.median("plain", key, user_us)
        if user is not None:
            shown.append((key.split("/")[0], title, user, measured.median("plain", key, system_us)))
    out = [words(left, 30, "CPU a request without rules, µs (full: user, pale: system)", 13, weight="bold")]
    if not shown:
        return out
    shown.sort(key=lambda bar: bar[2] + bar[3])
    most = max(user + system for *_, user, system in shown)
    step = min(44, 290 / len(shown))
    label = 170
    for number, (kind, title, user, system) in enumerate(shown):
        y, scale = 55 + number * step, (width - label - 50) / most
        colour, weight = COLOURS.get(kind, "#555"), "bold" if kind == "sprx" else "normal"
        out += [words(left + label - 8, y + step * 0.5, title, 12, "end", weight=weight),
                f'<rect x="{left + label}" y="{y:.1f}" width="{user * scale:.1f}" height="{step * 0.65:.1f}" fill="{colour}"/>',
                f'<rect x="{left + label + user * scale:.1f}" y="{y:.1f}" width="{system * scale:.1f}" height="{step * 0.65:.1f}" '
                f'fill="{colour}" fill-opacity="0.35"/>',
                words(left + label + (user + system) * scale + 6, y + step * 0.5, f"{user + system:.1f}", 12, weight=weight)]
    return out


def lines(measured, left, width):
    """User CPU of a request that no rule answers, over the number of rules."""
    counts = measured.result["plan"]["counts"]
    found = {}
    for key in measured.result["titles"]:
        kind, count = key.split("/")
        user = measured.median("rules", key, user_us)
        if user is not None:
            found.setdefault(kind, []).append((int(count), user))
    out = [words(left, 30, "User CPU a request over the number of rules, µs (none answers)", 13, weight="bold")]
    if not found:
        return out
    top, bottom, right = 50, HEIGHT - 45, left + width - 120
    everything = [user for points in found.values() for _, user in points]
    low, high = math.floor(math.log10(min(everything))), math.ceil(math.log10(max(everything)))
    first, last = math.log10(counts[0]), math.log10(counts[-1])
    x = lambda count: left + 50 + (right - left - 50) * (math.log10(count) - first) / max(last - first, 1)
    y = lambda user: bottom - (bottom - top) * (math.log10(user) - low) / max(high - low, 1)
    for power in range(low, high + 1):
        out += [line(left + 50, y(10 ** power), right, y(10 ** power)), words(left + 44, y(10 ** power) + 4, f"{10 ** power:,}", 11, "end")]
    for count in counts:
        out += [line(x(count), top, x(count), bottom, "#eee"), words(x(count), bottom + 18, f"{count:,}", 11, "middle")]
    taken = []
    for kind, points in sorted(found.items(), key=lambda item: item[1][-1][1]):
        points.sort()
        colour, width_of = COLOURS.get(kind, "#555"), 3 if kind == "sprx" else 1.8
        path = " ".join(f"{x(count):.1f},{y(user):.1f}" for count, user in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width_of}"/>')
        out += [f'<circle cx="{x(count):.1f}" cy="{y(user):.1f}" r="3" fill="{colour}"/>' for count, user in points]
        at_x, at_y = x(points[-1][0]) + 8, y(points[-1][1]) + 4
        while any(abs(at_y - other) < 14 for other in taken):  # names beside the ends of lines, none over another
            at_y -= 2
        taken.append(at_y)
        title = next(title for key, title in measured.result["titles"].items() if key.startswith(kind + "/"))
        out.append(words(at_x, at_y, title, 11, colour=colour, weight="bold" if kind == "sprx" else "normal"))
    return out


def svg(result):
    measured = Measured(result)
    body = bars(measured, 15, 450) + lines(measured, 500, 470)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
            'aria-label="CPU a request of proxies, without rules and with">\n'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n")
