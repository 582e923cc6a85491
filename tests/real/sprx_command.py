"""The sprx program, asked through its command line."""
import json
import re
import subprocess


def check(sprx, folder):
    """(exit status, the codes of all diagnostics, the text)."""
    done = subprocess.run([sprx, "check", str(folder), "--format", "short", "--max-errors", "1000"], capture_output=True,
                          check=False)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    return done.returncode, re.findall(r"\[([EL]\d{4})\]", said), said


def trace(sprx, folder, requests):
    """The answer to each request, in order."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run([sprx, "trace", str(folder), "--requests", "-"], input=lines.encode(), capture_output=True,
                          check=False)
    answers = [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines()]
    if len(answers) != len(requests):
        raise SystemExit(f"sprx trace: {len(answers)} answers to {len(requests)} requests, exit status {done.returncode}\n"
                         + done.stderr.decode("utf-8", "replace")[:2000])
    return answers
