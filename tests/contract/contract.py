#!/usr/bin/env python3
"""The platform's contract, executed as the platform would: docs/platform.md has it in words.

usage: contract.py STAGED [--table FILE] [--page]
  STAGED        what `DESTDIR=STAGED cmake --install build --strip` made
  --table FILE  writes the contract's rows, the checks of each and their results there, as Markdown
  --page        writes the rows and their checks into docs/platform.md, which is otherwise compared with them

Builds the image from the staged tree (buildah, debootstrap), lays its tree out, and runs it with name spaces of its own.
Where the machine cannot do that, what can be checked is checked against the staged tree.
"""
import argparse, os, pathlib, sys, tempfile, traceback

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import image, push, rows_kubernetes as kube, rows_life as life, rows_live as live, rows_scripts as scripts
from place import Proxy, StagedPlace
from report import Report, ROWS, equal
from web import Origin


PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/platform.md"
BEGIN, END = "<!-- checks: written by tools/dev contract --page -->\n", "<!-- end of checks -->"


def page(place, report, write):
    """The last check: docs/platform.md has all that were made, each row of the contract has one."""
    name = "docs/platform.md lists every check of this list, and each row has one"
    with report.check("life", name):
        place.needs_image()
        report.results.append(("life", name, "ok"))  # the table holds this one too
        wanted = report.table(with_results=False)
        report.results.pop()
        equal([row for row in ROWS if not any(one == row for one, _, _ in report.results)], [])
        text = PAGE.read_text()
        before, rest = text.split(BEGIN)
        shown, after = rest.split(END)
        if write:
            PAGE.write_text(before + BEGIN + wanted + END + after)
        else:
            equal(shown.splitlines(), wanted.splitlines())


def checks(place, report):
    life.image(place, report)
    scripts.validate(place, report)
    push.transcript(place, report)
    place.clean()
    origin = Origin(place.origin_address, place.origin_port)
    place.origin_port = origin.port
    scripts.update_before_start(place, report)
    scripts.message_without_proxy(place, report)
    life.start_refused(place, report)
    place.clean()

    place.configure(scripts.FIRST)
    proxy = place.start()
    life.serving(place, report, proxy, origin)
    life.watched(place, report, proxy)
    moved = life.moves_silently(place, report, proxy, origin) if isinstance(place, image.ImagePlace) else None
    scripts.update_while_serving(place, report, proxy)
    scripts.strict_updates(place, report, proxy)
    scripts.updates_at_once(place, report, proxy)
    scripts.messages(place, report, proxy)
    if moved:
        moved()
    proxy.end()
    place.clean()
    live.live_state(place, report, place.start()).end()
    place.clean()
    place.configure(scripts.FIRST)
    proxy = place.start()
    scripts.logrotate(place, report, proxy)
    life.signals(place, report, proxy, origin)
    scripts.logrotate_without_proxy(place, report)
    life.kill_and_restart(place, report)
    life.next_hop(place, report, origin)
    life.later_contract(place, report)
    life.full_disk(place, report)
    life.full_disk_and_no_directory(place, report)
    kube.kubernetes(place, report)


def carry_out(options, work):
    report = Report()
    why = image.why_not()
    place = None
    try:
        if why:
            print(f"-- the staged tree, not the image: {why}", flush=True)
            place = StagedPlace(options.staged, work)
            place.why = why
        else:
            image.private_mounts()
            with report.check("11", "the image is built from the staged tree"):
                place = image.ImagePlace(image.Image(options.staged, work), work)
        if place:
            checks(place, report)
            page(place, report, options.page)
    finally:
        Proxy.end_all()
        if isinstance(place, image.ImagePlace):
            place.close()
    if options.table:
        options.table.write_text(report.table(with_results=True))
    return report.close()


def main():
    parser = argparse.ArgumentParser(usage=__doc__[__doc__.index("usage: ") + 7:].split("\n\n")[0])
    parser.add_argument("staged", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--table", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    # The files are removed by this process, which sees none of the mounts that the other makes among them.
    with tempfile.TemporaryDirectory(prefix="sprx-contract.", ignore_cleanup_errors=True) as work:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = carry_out(options, pathlib.Path(work))
            except BaseException:
                traceback.print_exc()
            sys.stdout.flush()
            os._exit(status)
        try:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        except KeyboardInterrupt:
            os.waitpid(child, 0)
            return 130


if __name__ == "__main__":
    sys.exit(main())
