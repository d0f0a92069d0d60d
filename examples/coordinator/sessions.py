"""Sessions and their replicas: plain values, and the file that keeps them.

    starting ── all kernels listen ──▶ running ── told to stop ──▶ stopping ── kernels have ended ──▶ forgotten
        └──────── a kernel does not start ──▶ failed ───────────────┘

Not here: processes (scheduler.py), what a router is told (records.py).
"""
import dataclasses
import ipaddress
import json
import os
import re

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
MOST_REPLICAS = 8

# Service -> the protocol of its kernels, and what a user reads of it.
SERVICES = {
    "files": ("http", "a folder's files over HTTP"),
    "echo": ("http", "sends WebSocket messages back"),
    "ssh": ("tcp", "sends bytes back over TCP, like a server of SSH that speaks first"),
}


class Refused(Exception):
    """What was asked for is wrong; the text is for the user."""


@dataclasses.dataclass
class Replica:
    """One kernel: a process that serves one service of one session."""
    service: str
    number: int
    port: int = 0
    pid: int = 0
    began: int = 0          # of the process, in the kernel's clock: a pid may be given to another process later
    is_ready: bool = False  # it listens

    @property
    def protocol(self):
        return SERVICES[self.service][0]


@dataclasses.dataclass
class Session:
    id: str
    services: list
    replica_count: int = 1
    user: str | None = None
    open_to_public: bool = True
    allowed_client_ips: list = dataclasses.field(default_factory=list)
    created: str = ""
    state: str = "starting"
    reason: str = ""        # of a failure
    replicas: list = dataclasses.field(default_factory=list)


def read_session(wish, name=None):
    """A session as a user asked for it in JSON. Raises Refused."""
    if not isinstance(wish, dict):
        raise Refused("a session is a JSON object")
    known = {"id", "services", "replicas", "user", "open_to_public", "allowed_client_ips"}
    if unknown := sorted(set(wish) - known):
        raise Refused(f"unknown: {', '.join(unknown)}")
    name = name or wish.get("id")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Refused("id: wants 1 to 63 of A-Z a-z 0-9 _ . - and begins with a letter or a digit")
    services = wish.get("services", ["files"])
    if not isinstance(services, list) or not services or not all(one in list(SERVICES) for one in services):
        raise Refused(f"services: wants some of {', '.join(SERVICES)}")
    count = wish.get("replicas", 1)
    if type(count) is not int or not 1 <= count <= MOST_REPLICAS:
        raise Refused(f"replicas: wants a number from 1 to {MOST_REPLICAS}")
    services = list(dict.fromkeys(services))
    session = Session(name, services, count, read_text(wish, "user"), wish.get("open_to_public", True) is not False,
                      read_networks(wish.get("allowed_client_ips", [])))
    session.replicas = [Replica(service, number) for service in services for number in range(count)]
    return session


def read_text(wish, key):
    text = wish.get(key)
    if text is not None and (not isinstance(text, str) or len(text) > 200):
        raise Refused(f"{key}: wants a text of at most 200 characters")
    return text or None


def read_networks(texts):
    try:
        return [str(ipaddress.ip_network(text, strict=False)) for text in texts]
    except (TypeError, ValueError) as error:
        raise Refused("allowed_client_ips: wants a list of networks, as 10.0.0.0/8") from error


# ---- the file

def to_json(sessions):
    return json.dumps({"sessions": [dataclasses.asdict(one) for one in sessions]}, indent=1)


def from_json(text):
    """The sessions. Raises ValueError when it is not such a file."""
    try:
        state = json.loads(text)
        sessions = []
        for fields in state["sessions"]:
            replicas = [Replica(**one) for one in fields.pop("replicas")]
            sessions.append(Session(**fields, replicas=replicas))
            if any(replica.service not in SERVICES for replica in replicas):
                raise ValueError("an unknown service")
        return sessions
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no state of a coordinator: {error}") from error


def write_whole(path, text):
    """The file has the text before or the text now, also when the machine stops here."""
    draft = f"{path}.new"
    with open(draft, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
