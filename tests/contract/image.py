"""The image: built with buildah from the staged tree, its tree laid out, run as a container engine would."""
import ctypes, json, os, pathlib, shlex, shutil, stat, subprocess, tempfile

from place import Place, Proxy, must, run

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_REC, MS_PRIVATE = 1 << 14, 1 << 18
libc = ctypes.CDLL(None, use_errno=True)


def system(call, *arguments):
    if getattr(libc, call)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{call}: {os.strerror(ctypes.get_errno())}")


def why_not():
    """What this machine lacks to build and run the image; nothing if it can."""
    if os.geteuid() != 0:
        return "not root"
    for program in ("buildah", "debootstrap", "ip", "unshare", "nsenter", "chroot"):
        if not shutil.which(program):
            return f"no {program} here"
    tried = run(["unshare", "--net", "--mount", "--pid", "--fork", "sh", "-c", "ip link set lo up && mount -t tmpfs none /mnt &&"
                 " ip link add outside type veth peer name inside"])
    if tried.status:
        return f"no name spaces here: {tried.err.strip()}"
    lines = run([REPOSITORY / "oci/build", "--mirrors"]).out.splitlines()
    mirror = next(line.split()[1].rstrip("/") for line in lines if line.endswith(" bookworm main"))
    with tempfile.TemporaryDirectory() as folder:
        tried = run(["/usr/lib/apt/apt-helper", "download-file", f"{mirror}/dists/bookworm/InRelease", f"{folder}/InRelease"])
    return f"{mirror} cannot be reached" if tried.status else None


def is_debian_12():
    release = pathlib.Path("/etc/os-release").read_text()
    return "ID=debian\n" in release and 'VERSION_ID="12"' in release


def private_mounts():
    """From now on what this process mounts is seen by it and its children alone, and goes when they end."""
    system("unshare", CLONE_NEWNS)
    system("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)


class Image:
    """The built image: `tree` is its file system, `about` its configuration, `layers` their digests, `pulled` the bytes that a
    registry would send, `whole` all that its configuration says, `again` that of a second build."""
    TAG = "localhost/sprx:contract"

    def __init__(self, staged, work):
        self.staged, self.work = staged, work
        environment = self.build("storage")
        self.whole = self.inspect(environment)
        self.about, self.layers = self.whole["config"], self.whole["rootfs"]["diff_ids"]
        must(["buildah", "push", "-q", self.TAG, f"dir:{work}/pushed"], env=environment)
        self.pulled = sum(path.stat().st_size for path in (work / "pushed").iterdir())
        container = must(["buildah", "from", self.TAG], env=environment).strip()
        mounted = must(["buildah", "mount", container], env=environment).strip()
        self.tree = work / "tree"
        must(["cp", "-a", mounted, self.tree])
        must(["buildah", "umount", container], env=environment)
        shutil.rmtree(work / "storage", ignore_errors=True)
        self.again = self.built_again()  # now, since a container has no network to fetch packages from

    def build(self, name):
        """Builds it with a storage of that name, which knows nothing of other builds. Returns what buildah needs to find it."""
        storage = self.work / f"{name}.conf"
        environment = {**os.environ, "CONTAINERS_STORAGE_CONF": str(storage)}
        for driver in ("overlay", "vfs"):
            storage.write_text(f'[storage]\ndriver = "{driver}"\ngraphroot = "{self.work}/{name}"\nrunroot = "{self.work}/{name}-run"\n')
            if run(["buildah", "from", "scratch"], env=environment).status == 0:
                break
            shutil.rmtree(self.work / name, ignore_errors=True)
        done = subprocess.run([REPOSITORY / "oci/build", "--engine", "buildah", "--base", "host" if is_debian_12() else "debootstrap",
                               "--staged", self.staged, "--tag", self.TAG], capture_output=True, text=True, env=environment, timeout=1200)
        if done.returncode != 0:
            raise RuntimeError("oci/build failed:\n" + (done.stdout + done.stderr)[-4000:])
        return environment

    def inspect(self, environment):
        """The image's configuration with the digests of its layers, but for the names that buildah makes up."""
        whole = json.loads(must(["buildah", "inspect", "--type", "image", self.TAG], env=environment))["Docker"]
        del whole["container"]
        for config in (whole["config"], whole["container_config"]):
            del config["Hostname"]
        return whole

    def built_again(self):
        """A second build, from nothing."""
        again = self.inspect(self.build("again"))
        shutil.rmtree(self.work / "again", ignore_errors=True)
        return again


class ImagePlace(Place):
    """Two network name spaces: this process's, where the next hop and the clients are, and the container's behind a veth
    pair. Nothing of the machine's is ever mounted into the tree."""
    address, origin_address, second_address, gone_address = "10.77.0.1", "10.77.0.2", "10.77.0.3", "10.77.0.4"
    address6, port, origin_port = "fd77::1", 80, 80

    def __init__(self, image, work):
        super().__init__(image.tree)
        self.about, self.image = image.about, image
        system("unshare", CLONE_NEWNET)
        self.holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo made; exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.net = f"/proc/{self.holder.pid}/ns/net"
        must(["ip", "link", "add", "outside", "type", "veth", "peer", "name", "eth0", "netns", str(self.holder.pid)])
        for address in (self.origin_address, self.second_address):
            must(["ip", "address", "add", f"{address}/24", "dev", "outside"])
        inner = ["nsenter", f"--net={self.net}"]
        must([*inner, "ip", "address", "add", f"{self.address}/24", "dev", "eth0"])
        for command in (["ip", "link", "set", "lo", "up"], ["ip", "link", "set", "outside", "up"],
                        [*inner, "ip", "link", "set", "lo", "up"], [*inner, "ip", "link", "set", "eth0", "up"]):
            must(command)
        six = [run(["ip", "-6", "address", "add", "fd77::2/64", "dev", "outside", "nodad"]),
               run([*inner, "ip", "-6", "address", "add", "fd77::1/64", "dev", "eth0", "nodad"])]
        self.has_ipv6 = all(done.status == 0 for done in six)
        self.config = work / "config"
        self.config.mkdir()
        for name, minor in (("null", 3), ("zero", 5), ("random", 8), ("urandom", 9)):
            os.mknod(self.at(f"/dev/{name}"), 0o666 | stat.S_IFCHR, os.makedev(1, minor))
            os.chmod(self.at(f"/dev/{name}"), 0o666)
        self.at("/etc/resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        self.next_hop(self.origin_address)
        self.mounted = False

    def close(self):
        self.holder.stdin.close()
        self.holder.wait()

    def needs_image(self):
        pass

    def next_hop(self, *addresses):
        """What the platform writes into /etc/hosts, in place, as a bind-mounted file is changed."""
        self.at("/etc/hosts").write_text("127.0.0.1 localhost\n" + "".join(f"{one} next-hop\n" for one in addresses))

    def configure(self, rules):
        """The read-only mount at /opt/proxy_config; None: nothing is there at all. Only while no container runs for None."""
        target = self.at("/opt/proxy_config")
        if rules is None:
            if self.mounted:
                must(["umount", target])
                self.mounted = False
            if target.exists():
                target.rmdir()
            return
        self.write_rules(self.config, rules)
        if not self.mounted:
            target.mkdir(exist_ok=True)
            must(["mount", "--bind", self.config, target])
            must(["mount", "-o", "remount,ro,bind", target])
            self.mounted = True

    def configure_nothing(self):
        """A directory without a file."""
        self.configure("")
        (self.config / "main.sprx").unlink()

    def control_arguments(self):
        return []

    def second_arguments(self):
        return []

    def inside(self, command, proxy=None, stdin=None):
        """As `docker exec` does; without a container, in one made for it."""
        if proxy is not None and proxy.process.poll() is None:
            enter = ["nsenter", "-t", str(proxy.pid()), "--mount", "--pid", "--net", "chroot", self.tree]
        else:
            enter = ["nsenter", f"--net={self.net}", "chroot", self.tree]
        return run([*enter, *command], stdin)

    VALIDATE = ('mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && if [ -d "$1" ]; then mount --bind "$1" "$0/opt/proxy_config" && '
                'mount -o remount,ro,bind "$0/opt/proxy_config"; fi && exec chroot --userspec=65534:65534 "$0" /opt/section/validate.sh')

    def validate(self):
        """Another user, no network, a root that cannot be written, no /proc."""
        return run(["unshare", "--net", "--mount", "sh", "-c", self.VALIDATE, self.tree, self.config if self.mounted else "-"])

    def hook_command(self):
        """The same in a shell, of the directory $config."""
        self.at("/opt/proxy_config").mkdir(exist_ok=True)
        return f'unshare --net --mount sh -c {shlex.quote(self.VALIDATE)} {shlex.quote(str(self.tree))} "$config"'

    CONTAINER = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
    RESTRICTED = ('mount --rbind "$0" "$0" && mount -o remount,ro,bind "$0" && '
                  'for each in var/log var/lib run; do mount -t tmpfs none "$0/$each" || exit; done && mount -t proc proc "$0/proc" && '
                  'exec setpriv --inh-caps=-all --bounding-set=-all,+net_bind_service,+setuid,+setgid,+chown,+sys_chroot chroot "$0" "$@"')

    KUBERNETES = ('mount --rbind "$0" "$0" && mount -o remount,ro,bind "$0" && '
                  'for each in var/lib/sprx run/sprx; do mount -t tmpfs -o gid=101,mode=2775 none "$0/$each" || exit; done && '
                  'mount -t proc proc "$0/proc" && exec setpriv --no-new-privs chroot --userspec=101:101 --groups=101 "$0" "$@"')
    WAYS = {"docker": CONTAINER, "restricted": RESTRICTED, "kubernetes": KUBERNETES}

    def start(self, *arguments, ready=True, way="docker"):
        if way == "kubernetes":
            for folder in ("/var/lib/sprx", "/run/sprx"):  # the runtime makes what is mounted over
                self.at(folder).mkdir(parents=True, exist_ok=True)
        proxy = Proxy(["nsenter", f"--net={self.net}", "unshare", "--pid", "--mount", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-c",
                       self.WAYS[way], self.tree, "/usr/bin/sprx", "run", *arguments], True)
        if ready:
            proxy.says("listening on port 80\n")
        return proxy

    def bare_mount(self, size):
        """An empty /var/log of its own, which root owns, of so many bytes."""
        must(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", self.at("/var/log")])

    def bare_unmount(self):
        must(["umount", self.at("/var/log")])
