"""The image as oci/kubernetes runs it: its arguments, user 101 without a capability, a read-only root, rules in a ConfigMap's volume."""
import pathlib, re, signal

from report import equal, until
from rows_life import listening
from rows_scripts import WRONG
from web import Client

MANIFEST = pathlib.Path(__file__).resolve().parents[2] / "oci/kubernetes/deployment.yaml"
RULES = 'table moved: path -> string from "moved.tsv";\nrule moved_pages { when path in moved; redirect 301 moved[path]; }\n'


class MapVolume:
    """As kubelet writes it: files lead through `..data`, which is replaced as a whole."""

    def __init__(self, folder):
        self.folder, self.version = folder, 0
        for file in folder.iterdir():
            file.unlink()

    def publish(self, **files):
        self.version += 1
        new = self.folder / f"..2026_{self.version}"
        new.mkdir()
        for name, text in files.items():
            (new / name.replace("_", ".")).write_text(text)
            link = self.folder / name.replace("_", ".")
            if not link.is_symlink():
                link.symlink_to(f"..data/{link.name}")
        (self.folder / "..data_tmp").symlink_to(new.name)
        (self.folder / "..data_tmp").rename(self.folder / "..data")
        old = self.folder / f"..2026_{self.version - 1}"
        if old.exists():
            for file in old.iterdir():
                file.unlink()
            old.rmdir()

    def clear(self):
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def kubernetes(place, report):
    text = MANIFEST.read_text()
    arguments = re.findall(r"^ +- (--\S+)$", text, re.M)
    with report.check("kube", "the image as the Deployment runs it: user 101, no capability, read-only root; two ports"):
        place.needs_image()
        place.clean()
        place.configure("")
        place.at("/etc/hosts").write_text(f"127.0.0.1 localhost\n{place.origin_address} origin\n")
        volume = MapVolume(place.config)
        volume.publish(main_sprx=RULES, moved_tsv="/old\t/first\n")
        proxy = place.start(*arguments, ready=False, way="kubernetes")
        proxy.says("metrics on port 9155\n")
        about = pathlib.Path(f"/proc/{proxy.pid()}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in about.splitlines() if ":\t" in line)
        equal((fields["Uid"].split(), fields["Gid"].split(), fields["Groups"].split()), (["101"] * 4, ["101"] * 4, ["101"]))
        equal((int(fields["CapEff"], 16), int(fields["CapPrm"], 16), fields["NoNewPrivs"]), (0, 0, "1"))
        equal(listening(place, proxy), {("tcp", 8080), ("tcp", 9155)})
        equal(proxy.err, "sprx: listening on port 8080\nsprx: metrics on port 9155\n")
        client = Client(place.address, 8080)
        equal((client.get("/old").location, client.get("/x").status), ("/first", 200))
        equal(Client(place.address, 9155).get("/healthz").status, 200)
        # The volume's owner is root in the cluster; what the program is told is done in the pod as its user.
        equal(place.inside(["/usr/bin/sprx", "ctl", "status"], proxy).status, 0)
        hook = re.search(r"preStop: \{exec: \{command: \[([^\]]*)\]", text).group(1).split(", ")
        equal((hook, place.inside([hook[0], "0"], proxy).status), (["/bin/sleep", '"5"'], 0))
    with report.check("kube", "a new version of the ConfigMap is in force by itself; a wrong one is refused and said on stderr"):
        place.needs_image()
        volume.publish(main_sprx=RULES, moved_tsv="/old\t/second\n")
        until(lambda: client.get("/old").location == "/second", "the new rules are in force")
        volume.publish(main_sprx=WRONG, moved_tsv="")
        until(lambda: "error: reload refused, the old configuration stays: " in proxy.err, "the refusal is said")
        equal((client.get("/old").location, place.metric(proxy, "sprx_last_reload_successful")), ("/second", 0))
        volume.publish(main_sprx=RULES, moved_tsv="/old\t/third\n")
        until(lambda: client.get("/old").location == "/third", "the corrected rules are in force")
        equal(place.script("update", proxy=proxy), (0, "", ""))
        client.close()
        equal(proxy.end(signal.SIGTERM), 0)
        paths = [re.search(r'"path":"([^"]*)"', line).group(1) for line in proxy.out.splitlines()]
        equal(paths[:2], ["/old", "/x"])
        volume.clear()
        place.next_hop(place.origin_address)
