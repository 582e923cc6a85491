"""What explains a request that failed in the soak: the one fault there is, the origin killed and started again, and only where
the kind of the failure fits it at its time. The proxy's own log line of the request says when and why."""
import collections
import datetime

# Seconds by which two processes may read the clock apart.
GRAIN = 0.01

# The origin is told to die at `killed` and is gone at `dead`; somebody listens again at `back` at the latest. Wall clock.
Outage = collections.namedtuple("Outage", "killed dead back")

# What a client saw: `status` of a whole answer, or None; `began`: a head was there when it broke off.
Failure = collections.namedtuple("Failure", "kind id status began text")

REFUSED = "nobody listened: 502 `connect_failed`"
DIED = "the origin died before it answered: 502 `upstream_closed`"
HALF_A_HEAD = "the origin died within the head of its answer: 502 `upstream_bad_response`"
CUT = "the origin died within its answer: cut short, `upstream_truncated`"
TUNNEL = "the origin died behind a tunnel: both directions ended"
UNREAD = "one of these 502, which the client lost because it was still sending its body"
EXPLANATIONS = (REFUSED, DIED, HALF_A_HEAD, CUT, TUNNEL, UNREAD)


def span(line):
    """When a log line's request began and ended."""
    began = datetime.datetime.fromisoformat(line["time"].replace("Z", "+00:00")).timestamp()
    return began, began + line["duration_us"] / 1e6


def while_dying(line, outages):
    began, ended = span(line)
    return any(began <= one.dead + GRAIN and ended >= one.killed - GRAIN for one in outages)


def while_away(line, outages):
    began, ended = span(line)
    return any(began <= one.back + GRAIN and ended >= one.killed - GRAIN for one in outages)


def fault_of(line, outages):
    """What of the origin explains the line's error; None if nothing does."""
    error, status = line["error"], line["status"]
    if error == "connect_failed" and status == 502 and while_away(line, outages):
        return REFUSED
    if not while_dying(line, outages):
        return None
    if status == 502:
        return {"upstream_closed": DIED, "upstream_bad_response": HALF_A_HEAD}.get(error)
    if error == "upstream_truncated" and status == 200:
        return CUT
    return TUNNEL if status == 101 and error in (None, "upstream_closed") else None


def explain(failure, line, outages):
    """Which of EXPLANATIONS fits both what the client saw and what the proxy logged; None for none."""
    if line is None:
        return None
    fault = fault_of(line, outages)
    if fault in (REFUSED, DIED, HALF_A_HEAD):
        if failure.status == 502:
            return fault
        sending = failure.kind in ("upload", "chunked upload")
        return UNREAD if sending and failure.status is None and not failure.began else None
    if fault in (CUT, TUNNEL):
        return fault if failure.status is None and failure.began else None
    return None


def unexplained_lines(lines, outages, left):
    """Log lines with an error that neither the origin nor the client of the line explains. `left`: connections that their clients
    gave up, by the beginning of the request's id; a request that never got so far as to have one has no `method`."""
    for line in lines:
        if line["error"] is None or fault_of(line, outages):
            continue
        gone = line["error"] in ("client_closed", "client_write_timeout")
        if gone and (line["hostname"] is None or line["request_id"].rsplit("/", 1)[0] in left):
            continue
        yield f"{line['error']} {line['status']} of {line['request_id']} at {line['time']}"


def check_the_judge():
    """That it tells what fits from what nearly does."""
    outages = [Outage(100.0, 100.1, 101.2)]

    def line(began, seconds, status, error):
        at = datetime.datetime.fromtimestamp(began, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {"time": at, "duration_us": int(seconds * 1e6), "status": status, "error": error, "request_id": "a/1", "hostname": "soak"}

    def judged(kind, status, began, *of_line):
        return explain(Failure(kind, "a/1", status, began, ""), line(*of_line), outages)

    wanted = (
        (REFUSED, judged("rules", 502, True, 100.5, 0.001, 502, "connect_failed")),
        (None, judged("rules", 502, True, 101.5, 0.001, 502, "connect_failed")),
        (None, judged("rules", 502, True, 99.5, 0.1, 502, "connect_failed")),
        (None, judged("rules", 503, True, 100.5, 0.001, 502, "connect_failed")),
        (DIED, judged("upload", 502, True, 99.5, 0.6, 502, "upstream_closed")),
        (None, judged("upload", 502, True, 100.5, 0.1, 502, "upstream_closed")),
        (None, judged("upload", 502, True, 99.5, 0.6, 502, "upstream_response_timeout")),
        (UNREAD, judged("upload", None, False, 99.5, 0.6, 502, "upstream_closed")),
        (None, judged("keep-alive", None, False, 99.5, 0.6, 502, "upstream_closed")),
        (CUT, judged("slow", None, True, 99.5, 0.6, 200, "upstream_truncated")),
        (None, judged("slow", None, False, 99.5, 0.6, 200, "upstream_truncated")),
        (None, judged("slow", None, True, 99.5, 0.6, 200, "upstream_read_timeout")),
        (None, judged("slow", None, True, 99.5, 0.6, 200, None)),
        (TUNNEL, judged("upgrade", None, True, 99.0, 1.05, 101, None)),
        (TUNNEL, judged("upgrade", None, True, 99.0, 1.05, 101, "upstream_closed")),
        (None, judged("upgrade", None, True, 99.0, 1.05, 101, "client_closed")),
        (None, judged("upgrade", None, True, 100.6, 0.2, 101, "upstream_closed")),
        (None, judged("upgrade", None, True, 100.6, 0.2, 101, None)),
    )
    for number, (want, got) in enumerate(wanted):
        assert want == got, f"case {number}: {got} instead of {want}"
    lines = [line(100.5, 0.1, 0, "client_closed"), line(99.0, 0.1, 504, "upstream_response_timeout")]
    assert len(list(unexplained_lines(lines, outages, {"a"}))) == 1
    assert len(list(unexplained_lines(lines, outages, {"b"}))) == 2
