#!/usr/bin/env python3
"""The platform's contract, executed as the platform would: docs/platform.md has it in words.

usage: contract.py STAGED     STAGED: what `DESTDIR=STAGED cmake --install build --strip` made

Builds the image from the staged tree (buildah, debootstrap), lays its tree out, and runs it with name spaces of its own.
Where the machine cannot do that, what can be checked is checked against the staged tree.
"""
import os, pathlib, sys, tempfile, traceback

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import image, push, rows_kubernetes as kube, rows_life as life, rows_live as live, rows_scripts as scripts
from place import Proxy, StagedPlace
from report import Report
from web import Origin


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
    moved = life.moves_silently(place, report, proxy, origin) if isinstance(place, image.ImagePlace) else None
    scripts.update_while_serving(place, report, proxy)
    scripts.strict_updates(place, report, proxy)
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
    life.full_disk(place, report)
    kube.kubernetes(place, report)


def carry_out(staged, work):
    report = Report()
    why = image.why_not()
    place = None
    try:
        if why:
            print(f"-- the staged tree, not the image: {why}", flush=True)
            place = StagedPlace(staged, work)
            place.why = why
        else:
            image.private_mounts()
            with report.check("11", "the image is built from the staged tree"):
                place = image.ImagePlace(image.Image(staged, work), work)
        if place:
            checks(place, report)
    finally:
        Proxy.end_all()
        if isinstance(place, image.ImagePlace):
            place.close()
    return report.close()


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    staged = pathlib.Path(sys.argv[1]).resolve()
    # The files are removed by this process, which sees none of the mounts that the other makes among them.
    with tempfile.TemporaryDirectory(prefix="sprx-contract.", ignore_cleanup_errors=True) as work:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = carry_out(staged, pathlib.Path(work))
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
