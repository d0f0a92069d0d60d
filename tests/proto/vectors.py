#!/usr/bin/python3
"""Runs every vector of tests/cases/proto with a reader that is not ours, and looks at the specification's examples.

Usage: tests/proto/vectors.py        prints what differs; exit status 1 when something does.

The reader below is written from proto/README.md with Debian's python3-hpack. Each block of hex in the specification
is headed by the name of a vector and must hold that vector's bytes.
"""
import glob
import json
import os
import re
import struct
import sys

import hpack

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TYPES = {0x0: "DATA", 0x1: "HEADERS", 0x3: "RST_STREAM", 0x6: "PING", 0x7: "GOAWAY", 0x8: "WINDOW_UPDATE",
         0xE0: "HELLO", 0xE1: "WELCOME", 0xE2: "MESSAGE"}
FLAGS = {"DATA": {1: "END_STREAM"}, "HEADERS": {1: "END_STREAM", 4: "END_HEADERS"}, "PING": {1: "ACK"},
         "MESSAGE": {1: "TEXT", 4: "END_MESSAGE"}}
DEFAULTS = {"version": 1, "replaces": "", "pid": 0, "weight": 1, "capacity": 1024, "state": "ready", "routes": [],
            "group": "", "role": "active"}


class Malformed(Exception):
    pass


def check(fine, where):
    if not fine:
        raise Malformed(where)


def read_fields(block):
    decoder = hpack.Decoder(max_header_list_size=65536)
    decoder.header_table_size = 0
    decoder.max_allowed_table_size = 0
    try:
        return [list(field) for field in decoder.decode(block)]
    except Exception as error:  # python3-hpack lets several kinds out
        raise Malformed("block") from error


def depth(text):
    """Levels of JSON, brackets within strings left out."""
    level = deepest = 0
    for bracket in re.sub(r'"(\\.|[^"\\])*"', "", text):
        level += (bracket in "[{") - (bracket in "]}")
        deepest = max(deepest, level)
    return deepest


def read_object(payload):
    try:
        text = payload.decode()
        check(depth(text) <= 16, "payload")
        value = json.loads(text)
    except ValueError as error:
        raise Malformed("payload") from error
    check(isinstance(value, dict), "payload")
    return value


def number(value, low, high):
    check(isinstance(value, int) and low <= value <= high, "payload")


def visible(value, most):
    check(isinstance(value, str) and re.fullmatch(r"[!-~]{1,%d}" % most, value), "payload")


def read_hello(payload):
    value = read_object(payload)
    hello = {key: value.get(key, DEFAULTS.get(key)) for key in ("name", "instance", *DEFAULTS)}
    visible(hello["name"], 128)
    visible(hello["instance"], 145)
    check(re.fullmatch(re.escape(hello["name"]) + "#[0-9a-f]{16}", hello["instance"]), "payload")
    check(hello["replaces"] == "" or visible(hello["replaces"], 145) is None, "payload")
    number(hello["version"], 1, 2**32 - 1)
    number(hello["pid"], 0, 2**64 - 1)
    number(hello["weight"], 1, 1000)
    number(hello["capacity"], 1, 1000000)
    check(hello["state"] in ("ready", "draining"), "payload")
    check(hello["role"] in ("active", "standby"), "payload")
    check(isinstance(hello["group"], str) and re.fullmatch(r"[A-Za-z0-9._-]{0,64}", hello["group"]), "payload")
    check(isinstance(hello["routes"], list) and len(hello["routes"]) <= 1000, "payload")
    hello["routes"] = [plain_route(route) for route in hello["routes"]]
    if "wamp" in value:
        check(hello["group"] == "" and "app" not in value, "payload")
        hello["wamp"] = read_realm(value["wamp"])
    return hello


def read_realm(value):
    check(isinstance(value, dict), "payload")
    realm, serializers = value.get("realm", ""), value.get("serializers", ["json", "msgpack", "cbor"])
    check(isinstance(realm, str) and re.fullmatch(r"([!-~]{1,255})?", realm) and "#" not in realm, "payload")
    check(realm == "" or all(realm.split(".")), "payload")
    check(isinstance(serializers, list) and isinstance(value.get("shared", False), bool), "payload")
    known = [name for name in ("json", "msgpack", "cbor") if name in serializers]
    check(known, "payload")
    number(value.get("since", 0), 0, 2**53)
    return {"realm": realm, "serializers": known, "shared": value.get("shared", False), "since": value.get("since", 0)}


def plain_route(route):
    host, path, match = route.get("host", ""), route.get("path", ""), route.get("match", "prefix")
    check(path.startswith("/") and match in ("prefix", "exact", "below"), "payload")
    if match == "prefix" and path.endswith("/*"):
        path = path[:-2] or "/"
    return {"host": "" if host == "*" else host, "path": path, "match": match}


def read_welcome(payload):
    value = read_object(payload)
    welcome = {"version": value.get("version", 1), "router": value.get("router"), "loop": value.get("loop", 0)}
    visible(welcome["router"], 145)
    pairs = value.get("pairs")
    check(isinstance(pairs, list) and 1 <= len(pairs) <= 1000, "payload")
    number(welcome["loop"], 0, len(pairs) - 1)
    welcome["pairs"] = [{"deal": pair.get("deal"), "steer": pair.get("steer")} for pair in pairs]
    for name, default in (("heartbeat_interval", 250), ("heartbeat_timeout", 1000)):
        welcome[name] = value.get(name, default)
        number(welcome[name], 1, 86400000)
    return welcome


def read_payload(kind, stream, payload):
    on_connection = kind in ("PING", "GOAWAY")
    if kind in ("WINDOW_UPDATE", "RST_STREAM", "PING", "GOAWAY"):
        check((stream == 0) == on_connection, "payload")
        check(len(payload) == {"PING": 8, "GOAWAY": max(8, len(payload))}.get(kind, 4), "payload")
    if kind == "HEADERS":
        return {"fields": read_fields(payload)}
    if kind in ("DATA", "MESSAGE"):
        return {"text": payload.decode()}
    if kind == "RST_STREAM":
        return {"code": int.from_bytes(payload, "big")}
    if kind == "WINDOW_UPDATE":
        return {"increment": int.from_bytes(payload, "big") & 0x7FFFFFFF}
    if kind == "PING":
        return {"opaque": payload.hex()}
    if kind == "GOAWAY":
        last, code = struct.unpack(">II", payload[:8])
        return {"last_stream": last & 0x7FFFFFFF, "code": code, "reason": payload[8:].decode()}
    return {"json": read_hello(payload) if kind == "HELLO" else read_welcome(payload)}


def read_message(message):
    frames = []
    while message:
        check(len(message) >= 9, "message")
        length, kind_number, flags = int.from_bytes(message[:3], "big"), message[3], message[4]
        stream = int.from_bytes(message[5:9], "big") & 0x7FFFFFFF
        check(length <= 65536 and 9 + length <= len(message), "message")
        payload, message = message[9:9 + length], message[9 + length:]
        kind = TYPES.get(kind_number, "UNKNOWN")
        frame = {"type": kind, "stream": stream,
                 "flags": sorted(name for bit, name in FLAGS.get(kind, {}).items() if flags & bit)}
        frame.update({"number": kind_number} if kind == "UNKNOWN" else read_payload(kind, stream, payload))
        frames.append(frame)
    return frames


def read(vector):
    try:
        return {"frames": read_message(bytes.fromhex(vector["hex"]))}
    except Malformed as malformed:
        return {"error": str(malformed)}


def expected(vector):
    if "error" in vector:
        return {"error": vector["error"]}
    return {"frames": [dict(frame, flags=sorted(frame["flags"])) for frame in vector["frames"]]}


def main():
    vectors, wrong = {}, 0
    for path in sorted(glob.glob(os.path.join(ROOT, "tests/cases/proto/*.json"))):
        with open(path, encoding="utf-8") as file:
            for vector in json.load(file)["cases"]:
                assert vector["name"] not in vectors, vector["name"]
                vectors[vector["name"]] = vector
                if read(vector) != expected(vector):
                    wrong += 1
                    print(f"{vector['name']}:\n  found    {read(vector)}\n  expected {expected(vector)}")

    with open(os.path.join(ROOT, "proto/README.md"), encoding="utf-8") as file:
        examples = re.findall(r"^```hex ([\w-]+)\n(.*?)^```", file.read(), re.M | re.S)
    for name, text in examples:
        found = "".join(re.sub(r"  +[^ ].*|#.*", "", line) for line in text.splitlines())
        found = found.replace(" ", "")
        if name not in vectors or found != vectors[name]["hex"]:
            wrong += 1
            print(f"proto/README.md: {name} is {found}, its vector {vectors.get(name, {}).get('hex')}")
    print(f"{len(vectors)} vectors and {len(examples)} examples, {wrong} wrong")
    return 1 if wrong or not vectors or not examples else 0


if __name__ == "__main__":
    sys.exit(main())
