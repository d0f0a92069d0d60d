"""Keeps one router's records as the sessions are, by the router's management API.

    version is new, or CHECK s are over ──▶ GET what the router has ──▶ POST what differs, all at once ──▶ confirmed
                        ▲                                    └── no answer: again after RETRY s ──┘
                        └──────────────────────────────────────────────────────────────────────────────────┘

Owner: Routers.   Thread: its own.
Only records whose owner is the coordinator are touched. So what a router has forgotten in a restart is told again, what
is left of sessions that are gone is removed, and what somebody else put there stays.
"""
import http.client
import json
import threading
import urllib.parse

import records

CHECK = 2.0               # s, between two looks at what the router has
RETRY = 0.5               # s, after a failure
TIMEOUT = 5.0             # s, for an answer
MOST_ANSWER = 16 << 20    # bytes


class NoAnswer(Exception):
    pass


class RouterLink:
    def __init__(self, keeper, url, token, public_url):
        self.keeper, self.url, self.token, self.public_url = keeper, url.rstrip("/"), token, public_url
        self.told_version = 0
        self.told = {}        # id -> the record as the router has taken it
        self.is_up = False
        self.reason = "not asked yet"
        self.is_over = False
        self.thread = threading.Thread(target=self.run, name=f"router {url}", daemon=True)

    def run(self):
        while not self.is_over:
            try:
                self.sync()
                pause = CHECK
            except NoAnswer as error:
                if self.is_up:
                    self.keeper.log(f"router {self.url} does not answer: {error}")
                self.is_up, self.reason, self.told, pause = False, str(error), {}, RETRY
                self.keeper.confirmed()  # nobody waits for it any more
            self.keeper.wait_change(self.told_version if self.is_up else None, pause)

    def sync(self):
        version, circuits = self.keeper.table()
        wanted = {id: records.record_of(circuit) for id, circuit in circuits.items()}
        there = self.listed()
        put = [{"id": id, **record} for id, record in wanted.items()
               if id not in there or self.told.get(id) != record]
        remove = sorted(there - set(wanted))
        if put or remove:
            self.ask("POST", "/api/v1/circuits", {"put": put, "remove": remove})
        if not self.is_up:
            self.keeper.log(f"router {self.url} has {len(wanted)} circuits")
        self.told, self.told_version, self.is_up, self.reason = wanted, version, True, ""
        self.keeper.confirmed()

    def listed(self):
        """The ids of our records that the router has."""
        told = self.ask("GET", f"/api/v1/circuits?owner={records.OWNER}").get("circuits", [])
        ours = [one["circuit"] for one in told if isinstance(one, dict) and isinstance(one.get("circuit"), dict)]
        return {one["id"] for one in ours if one.get("owner") == records.OWNER}

    def ask(self, method, path, body=None):
        parts = urllib.parse.urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if body is not None:
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read(MOST_ANSWER + 1)
            if len(text) > MOST_ANSWER:
                raise NoAnswer("its answer is too long")
            if not 200 <= answer.status < 300:
                raise NoAnswer(f"{method} {path} is answered with {answer.status}: {text[:300].decode(errors='replace')}")
            told = json.loads(text) if text else {}
            return told if isinstance(told, dict) else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(str(error) or type(error).__name__) from error
        finally:
            connection.close()
