"""Row 4 as an author meets it: `git push` to a repository whose pre-receive hook runs validate.sh, as the platform does.
What the push prints is compared with the transcript in docs/platform.md."""
import os, pathlib, subprocess

from report import equal

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/platform.md"
WRONG = '''rule old_blog {
  when path like "/blog/{year}/{slug}";
  redirect 301 "/articles/${slgu}";
}

rule internal {
  when hots == "internal.example.com";
  deny;
}
'''
RIGHT = WRONG.replace("slgu", "slug").replace("hots", "host")
HOOK = '''#!/bin/sh
# Takes each pushed commit's directory of this proxy, and has the proxy's image validate it.
set -eu
while read -r _ commit _; do
  config=$(mktemp -d)
  git archive "$commit:sprx" | tar -x -C "$config"
  chmod 755 "$config"
  %s || exit 1
done
'''


def shown():
    """The lines of the page's transcript that the platform's side says."""
    return [line for line in PAGE.read_text().splitlines() if line.startswith(("remote:", " ! "))]


def transcript(place, report):
    work = place.tree.parent / "push"
    environment = {**os.environ, "HOME": str(work), "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_DATE": "2026-01-05T12:00:00Z",
                   "GIT_COMMITTER_DATE": "2026-01-05T12:00:00Z", "LC_ALL": "C"}
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "an author", f"GIT_{role}_EMAIL": "author@example.com"}

    def git(*arguments, folder):
        return subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)

    application, author = work / "application.git", work / "application"
    work.mkdir()
    git("init", "--bare", "-b", "main", str(application), folder=work)
    hook = application / "hooks/pre-receive"
    hook.write_text(HOOK % place.hook_command())
    hook.chmod(0o755)
    git("init", "-b", "main", str(author), folder=work)
    (author / "sprx").mkdir()

    def push(rules, message):
        (author / "sprx/main.sprx").write_text(rules)
        git("add", "-A", folder=author)
        equal(git("commit", "-m", message, folder=author).returncode, 0)
        done = git("push", "../application.git", "main", folder=author)
        return done.returncode, [line.rstrip() for line in done.stderr.splitlines() if line.startswith(("remote:", " ! "))]

    with report.check("4", "git push of wrong rules: refused, with the transcript of docs/platform.md"):
        status, lines = push(WRONG, "Move the blog")
        equal(status, 1)
        if os.environ.get("SPRX_UPDATE_GOLDENS"):
            print("\n".join(lines))
        equal("\n".join(lines), "\n".join(shown()))
        equal(git("rev-parse", "--verify", "-q", "main", folder=application).returncode, 1)
    with report.check("4", "git push of right rules: accepted, and nothing is said"):
        equal(push(RIGHT, "Spell it"), (0, []))
