"""Keeps sessions as users want them: starts their kernels, tells routers, starts again what died, ends what is over.

Owner: coordinator.py.   Thread: its own for the kernels; all other functions may be called from any thread.
Not here: talking to routers (router_link.py), requests (api.py).

What is stopped leaves the routers first. Its kernels end `grace` seconds after the last router has confirmed that, or
after CONFIRM_PATIENCE when a router is away; so requests in flight can finish.
"""
import datetime
import os
import threading
import time

import records
import sessions as s

TURN = 0.05               # s, while something begins or ends
REST = 0.5                # s, between two looks at kernels that run
START_PATIENCE = 20.0     # s, for a kernel to listen
CONFIRM_PATIENCE = 5.0    # s, for routers to take a circuit away
END_PATIENCE = 2.0        # s, between SIGTERM and SIGKILL
RESTARTS = 5              # of one kernel in a minute; then its session has failed
RESTART_PAUSE = 0.05      # s, before the first of them; twice as long before each further one


class Keeper:
    def __init__(self, path, scheduler, grace, log):
        self.path, self.scheduler, self.grace, self.log = path, scheduler, grace, log
        self.changed = threading.Condition()  # also the lock of all below
        self.sessions = {}
        self.version = 0      # of the circuits
        self.links = []
        self.over = False
        self.stopping = {}    # session -> (version that routers must have, when to end at the latest, when to end)
        self.started = {}     # (session, service, number) -> when it was started
        self.restarts = {}    # the same -> when
        self.thread = threading.Thread(target=self.run, name="keeper", daemon=True)

    # ---- the file

    def load(self):
        """Reads the state. Kernels that still run are used again, the others are started."""
        if not os.path.exists(self.path):
            return
        with open(self.path, encoding="utf-8") as file:
            found = s.from_json(file.read())
        for session in found:
            self.sessions[session.id] = session
            if session.state == "stopping":
                self.begin_stop(session)
                continue
            for replica in session.replicas:
                if not self.scheduler.is_running(replica):
                    replica.pid, replica.is_ready = 0, False
            if session.state == "running" and not all(replica.is_ready for replica in session.replicas):
                session.state = "starting"
        self.version += 1

    def save(self):
        s.write_whole(self.path, s.to_json(self.sessions.values()))

    # ---- for users

    def list(self):
        with self.changed:
            return list(self.sessions.values())

    def start(self, session):
        """Returns False when it is there already, which is fine when it is the same."""
        with self.changed:
            there = self.sessions.get(session.id)
            if there is not None:
                if there.state == "stopping":
                    raise s.Refused("it is being stopped")
                if wish_of(there) != wish_of(session):
                    raise s.Refused("there is another session of this id")
                return False
            session.created = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
            self.sessions[session.id] = session
            self.save()
            self.changed.notify_all()
            return True

    def stop(self, name):
        """Returns at once; False when there is no such session."""
        with self.changed:
            session = self.sessions.get(name)
            if session is None:
                return False
            if session.state != "stopping":
                self.begin_stop(session)
                self.save()
            return True

    def begin_stop(self, session):
        session.state = "stopping"
        self.version += 1
        self.stopping[session.id] = [self.version, time.monotonic() + CONFIRM_PATIENCE, None]
        self.changed.notify_all()

    # ---- for routers

    def table(self):
        """The version of the circuits, and the circuits by id."""
        with self.changed:
            return self.version, records.circuits_of(self.sessions.values())

    def wait_change(self, version, seconds):
        """Waits until the circuits have another version than this one."""
        with self.changed:
            self.changed.wait_for(lambda: self.over or self.version != version, seconds)

    def confirmed(self):
        """A router has taken a version of the circuits."""
        with self.changed:
            self.changed.notify_all()

    # ---- kernels

    def run(self):
        while True:
            with self.changed:
                if self.over:
                    return
                ending = self.turn()
                is_busy = ending or any(one.state in ("starting", "stopping") for one in self.sessions.values())
            # Kernels end outside of the lock: a request for the list must not wait for them.
            for session in ending:
                self.scheduler.end(session.replicas, END_PATIENCE)
                with self.changed:
                    del self.sessions[session.id], self.stopping[session.id]
                    self.save()
                    self.log(f"session {session.id} has ended")
            with self.changed:
                if not self.over:
                    self.changed.wait(TURN if is_busy else REST)

    def turn(self):
        """Does what is due. Returns the sessions whose kernels must end now."""
        self.scheduler.collect()
        before = [(session.id, session.state, replica.port, replica.pid, replica.is_ready)
                  for session in self.sessions.values() for replica in session.replicas]
        for session in self.sessions.values():
            if session.state in ("starting", "running"):
                self.tend(session)
        after = [(session.id, session.state, replica.port, replica.pid, replica.is_ready)
                 for session in self.sessions.values() for replica in session.replicas]
        if before != after:
            self.version += 1
            self.save()
            self.changed.notify_all()
        return [self.sessions[name] for name, terms in self.stopping.items() if self.may_end(terms)]

    def tend(self, session):
        for replica in session.replicas:
            key = (session.id, replica.service, replica.number)
            if not self.scheduler.is_running(replica):
                self.start_kernel(session, replica, key)
            elif not replica.is_ready:
                replica.is_ready = self.scheduler.listens(replica.port)
                if not replica.is_ready and time.monotonic() > self.started.get(key, 0) + START_PATIENCE:
                    self.fail(session, f"the kernel of {replica.service} does not listen")
        if session.state == "starting" and all(replica.is_ready for replica in session.replicas):
            session.state = "running"
            self.log(f"session {session.id} runs")

    def start_kernel(self, session, replica, key):
        now = time.monotonic()
        if replica.pid:
            recent = [when for when in self.restarts.get(key, []) if when > now - 60]
            if recent and now - recent[-1] < RESTART_PAUSE * 2 ** len(recent):
                return
            if len(recent) >= RESTARTS:
                self.fail(session, f"the kernel of {replica.service} ends again and again")
                return
            self.restarts[key] = recent + [now]
            self.log(f"session {session.id}: the kernel of {replica.service} has ended; it is started again")
        try:
            self.scheduler.start(session, replica)
        except OSError as error:
            self.fail(session, f"the kernel of {replica.service} cannot be started: {error}")
            return
        self.started[key] = now

    def fail(self, session, reason):
        session.state, session.reason = "failed", reason
        self.log(f"session {session.id} has failed: {reason}")

    def may_end(self, terms):
        version, latest, ends = terms
        now = time.monotonic()
        if ends is None and (now >= latest or all(link.told_version >= version for link in self.links if link.is_up)):
            terms[2] = ends = now + self.grace
        return ends is not None and now >= ends

    def finish(self, leave_kernels):
        """Ends the thread, and all kernels unless they are to be left for the next coordinator."""
        with self.changed:
            self.over = True
            self.changed.notify_all()
        self.thread.join()
        if leave_kernels:
            return
        self.scheduler.end([replica for session in self.sessions.values() for replica in session.replicas], END_PATIENCE)


def wish_of(session):
    return (session.services, session.replica_count, session.user, session.open_to_public, session.allowed_client_ips)
