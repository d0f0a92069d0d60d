"""The times in which a realm of WAMP has no worker, as far as a soak can know.

Owner: soak_run.py.   Thread: the main one.
Not here: the events of workers (soak_events.py), what clients may see meanwhile (soak_judge.py).
"""
from soak_asks import REALMS
from soak_judge import ABSENT

RETURN = 2.0  # seconds in which a worker that hung is back


class RealmWatch:
    def __init__(self, fleet, windows):
        self.fleet, self.windows = fleet, windows
        self.known = set()  # the names of workers that all routers have welcomed
        self.absences = {}  # by realm, of those that have nobody now

    def look(self):
        for realm in REALMS:
            is_served = any(self.serves(worker) for worker in self.fleet.workers if worker.pool == realm)
            if not is_served and realm not in self.absences:
                self.absences[realm] = self.windows.open(ABSENT, realm)
            elif is_served and realm in self.absences:
                self.absences.pop(realm).close(RETURN)

    def serves(self, worker):
        if worker.name not in self.known and self.fleet.knows(worker):
            self.known.add(worker.name)
        return not worker.frozen and worker.name in self.known
