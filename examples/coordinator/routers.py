"""The routers that a coordinator knows: those of its command line, and those that have registered.

    registered ── PATCH, every few seconds ──▶ alive ── none for LOST_AFTER s, or DELETE ──▶ forgotten
                                                 ▲──────────── PUT again ───────────────────────┘

Owner: coordinator.py.   Thread: any; the keeper's lock is the lock of all.
Routers of one authority are one worker with several nodes, as in Backend.AI's App Proxy.
"""
import dataclasses
import datetime
import time
import uuid

import records
import sessions as s
from router_link import RouterLink

LOST_AFTER = 30.0   # s
MOST_WORKERS = 100


@dataclasses.dataclass
class Node:
    link: RouterLink
    worker: str          # the id; "" of the command line's
    seen: float = 0.0


def parts_of(report, key):
    found = report.get(key) if isinstance(report, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def number_of(part, key):
    value = part.get(key)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0


def now_text():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


class Routers:
    def __init__(self, keeper, token):
        self.keeper, self.token = keeper, token
        self.nodes = {}      # URL of the management API -> Node
        self.workers = {}    # id -> what was registered
        self.reports = {}    # id -> what beats told: {"circuits": {circuit: …}, "backends": {(circuit, backend): …}}

    def add(self, url, public_url, worker=""):
        """The keeper's lock is held, or no thread runs yet."""
        there = self.nodes.get(url)
        if there is not None:
            there.seen, there.worker = time.monotonic(), worker or there.worker
            there.link.public_url = public_url or there.link.public_url
            return
        link = RouterLink(self.keeper, url, self.token, public_url)
        self.nodes[url] = Node(link, worker, time.monotonic())
        self.keeper.links.append(link)
        link.thread.start()

    def register(self, wish):
        """PUT /api/worker. Returns the worker. Raises Refused."""
        if not isinstance(wish, dict) or not isinstance(wish.get("authority"), str) or not wish["authority"]:
            raise s.Refused("authority: wants a text")
        host, port = wish.get("hostname"), wish.get("api_port")
        if not isinstance(host, str) or not host:
            raise s.Refused("hostname: wants a text")
        if type(port) is not int or not 0 <= port <= 65535:
            raise s.Refused("api_port: wants a number from 0 to 65535")
        id = str(uuid.uuid5(records.IDS, wish["authority"]))
        with self.keeper.changed:
            self.forget_lost()
            if id not in self.workers and len(self.workers) >= MOST_WORKERS:
                raise s.Refused("too many workers")
            created = self.workers.get(id, {}).get("created_at", now_text())
            known = ("authority", "frontend_mode", "protocol", "hostname", "tls_listen", "tls_advertised", "api_port",
                     "port_range", "wildcard_domain", "wildcard_traffic_port", "accepted_traffics", "url")
            self.workers[id] = {"id": id, **{key: wish.get(key) for key in known}, "created_at": created,
                                "updated_at": now_text(), "seen": time.monotonic()}
            if port:  # else nobody can tell the router anything, and it asks
                self.add(f"http://{'[' + host + ']' if ':' in host else host}:{port}", wish.get("url"), id)
            self.keeper.log(f"worker {wish['authority']} has joined")
            return self.shown(id)

    def beat(self, id, report):
        """PATCH /api/worker/ID. None: nobody of that id is registered."""
        with self.keeper.changed:
            self.forget_lost()
            if id not in self.workers:
                return None
            self.workers[id]["updated_at"], self.workers[id]["seen"] = now_text(), time.monotonic()
            self.note(self.reports.setdefault(id, {"circuits": {}, "backends": {}}), report)
            return self.shown(id)

    def note(self, known, report):
        """A beat tells what is new. Circuits that are gone are forgotten."""
        there = records.circuits_of(self.keeper.sessions.values())
        for circuit in parts_of(report, "circuits"):
            known["circuits"][str(circuit.get("id"))] = circuit
        for backend in parts_of(report, "backends"):
            known["backends"][str(backend.get("circuit")), str(backend.get("backend"))] = backend.get("healthy") is not False
        known["circuits"] = {id: one for id, one in known["circuits"].items() if id in there}
        known["backends"] = {key: one for key, one in known["backends"].items() if key[0] in there}

    def statistics(self, circuit):
        """What all routers together have told of a circuit."""
        with self.keeper.changed:
            told = [report["circuits"][circuit] for report in self.reports.values() if circuit in report["circuits"]]
            out = {backend for report in self.reports.values()
                   for (of, backend), is_healthy in report["backends"].items() if of == circuit and not is_healthy}
            return {"requests": sum(number_of(one, "requests") for one in told),
                    "open": sum(number_of(one, "open") for one in told),
                    "last_access": max((number_of(one, "last_access") for one in told), default=0) or None,
                    "ttl": None, "unhealthy": sorted(map(str, out))}

    def leave(self, id):
        with self.keeper.changed:
            worker = self.workers.pop(id, None)
            self.reports.pop(id, None)
            for url in [url for url, node in self.nodes.items() if node.worker == id]:
                self.drop(url)
            if worker is not None:
                self.keeper.log(f"worker {worker['authority']} has left")
            return worker is not None

    def forget_lost(self):
        for id, worker in list(self.workers.items()):
            if time.monotonic() - worker["seen"] > LOST_AFTER:
                self.keeper.log(f"worker {worker['authority']} is lost")
                self.leave(id)

    def drop(self, url):
        node = self.nodes.pop(url)
        node.link.is_over = True
        self.keeper.links.remove(node.link)
        self.keeper.changed.notify_all()

    def shown(self, id):
        worker = {key: value for key, value in self.workers[id].items() if key != "seen"}
        nodes = sum(node.worker == id for node in self.nodes.values())
        return {**worker, "available_slots": -1, "occupied_slots": len(records.circuits_of(self.keeper.sessions.values())),
                "nodes": max(nodes, 1), "slots": []}

    def list(self):
        with self.keeper.changed:
            self.forget_lost()
            return [self.shown(id) for id in self.workers]

    def is_known(self, id):
        with self.keeper.changed:
            return id in self.workers

    def told(self):
        """For users: each router, whether it answers, and where its clients go."""
        with self.keeper.changed:
            return [{"management": url, "url": node.link.public_url, "is_up": node.link.is_up, "reason": node.link.reason,
                     "worker": node.worker} for url, node in self.nodes.items()]
