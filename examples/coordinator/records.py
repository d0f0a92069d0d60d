"""What sessions mean for a router: circuits, as its coordinator tells them, and records, as its management API takes them.

    session s1 ── services files, echo ──▶ two circuits ──▶ two records: /s1/files/ and /s1/echo/
                                             │ each with a route (a backend) per replica that runs

Pure functions. A circuit has the form of the coordinator of Backend.AI's App Proxy.
"""
import uuid

# Of this program's circuits: the same session and service have the same id after a restart.
IDS = uuid.UUID("6f1f5f3e-9f0c-4a3e-8f0e-0c2f6f6d1a55")
OWNER = "coordinator"  # of all records that a coordinator keeps, pushed or fetched


def circuit_id(session, service):
    return str(uuid.uuid5(IDS, f"{session}/{service}"))


def route_of(session, replica):
    return {
        "route_id": str(uuid.uuid5(IDS, f"{session.id}/{replica.service}/{replica.number}")),
        "session_id": session.id,
        "session_name": session.id,
        "kernel_host": "127.0.0.1",
        "kernel_port": replica.port,
        "protocol": replica.protocol,
        "traffic_ratio": 1.0,
    }


def circuit_of(session, service, worker=None):
    """`worker` is the id of the router that is told."""
    replicas = [replica for replica in session.replicas if replica.service == service]
    return {
        "id": circuit_id(session.id, service),
        "app": service,
        "protocol": replicas[0].protocol,
        "worker": worker,
        "app_mode": "interactive",
        "frontend_mode": "port",
        "envs": {},
        "arguments": None,
        "open_to_public": session.open_to_public,
        "allowed_client_ips": ",".join(session.allowed_client_ips) or None,
        "port": None,
        "subdomain": None,
        "user_id": session.user,
        "endpoint_id": None,
        "route_info": [route_of(session, replica) for replica in replicas if replica.is_ready],
        "session_ids": [session.id],
        "created_at": session.created,
        "updated_at": session.created,
    }


def circuits_of(sessions, worker=None):
    """The circuits of all sessions that run, by id."""
    circuits = [circuit_of(session, service, worker)
                for session in sessions if session.state == "running" for service in session.services]
    return {circuit["id"]: circuit for circuit in circuits}


def record_of(circuit):
    """The same for PUT /api/v1/circuits/ID of a router's management API."""
    record = {
        "session": circuit["session_ids"][0],
        "service": circuit["app"],
        "protocol": circuit["protocol"],
        "backends": [{"host": route["kernel_host"], "port": route["kernel_port"], "weight": 1}
                     for route in circuit["route_info"]],
        "open_to_public": circuit["open_to_public"],
        "owner": OWNER,
    }
    if circuit["user_id"]:
        record["user"] = circuit["user_id"]
    if circuit["allowed_client_ips"]:
        record["allowed_client_ips"] = circuit["allowed_client_ips"].split(",")
    return record
