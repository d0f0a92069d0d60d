"""Alternating rounds, medians, and tables."""
import datetime
import os
import platform
import re
import statistics
import subprocess
import sys

ADD_UP = ("errors", "requests")


def machine():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*:\s*(.*)", file.read())
    with open("/proc/meminfo") as file:
        memory = int(re.search(r"MemTotal:\s+(\d+)", file.read())[1]) / 1024 / 1024
    return {"date": datetime.date.today().isoformat(), "processor": model[1] if model else platform.machine(),
            "cores": os.cpu_count(), "memory_gib": round(memory), "kernel": platform.release(),
            "load_before": os.getloadavg()[0]}


def is_installed(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    return done.stdout == "installed"


def version(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], stdout=subprocess.PIPE, text=True)
    return re.split("[-+]", done.stdout)[0] or "?"


def alternate(what, rounds, shapes, servers, run):
    """{shape: {server's name: [a run for each round]}}. Each round begins with another server, so that no server always
    follows the same one."""
    runs = {str(shape): {server.name: [] for server in servers} for shape in shapes}
    for number in range(rounds):
        first = number % len(servers)
        for shape in shapes:
            for server in servers[first:] + servers[:first]:
                runs[str(shape)][server.name].append(run(server, shape))
        print(f"bench: {what}, round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return runs


def median_of(runs):
    """Medians of all values except errors and requests, which are summed."""
    return {key: (sum if key in ADD_UP else statistics.median)([run[key] for run in runs]) for key in runs[0]}


def ratio(value, to):
    return f"{value / to:.2f}" if to else "-"


def ratio_of_rounds(runs, to, key="per_second"):
    """The median of the ratios of each round: a slowdown that affects both servers of a round cancels out."""
    if not runs or not to:
        return "-"
    return f"{statistics.median(ours[key] / theirs[key] for ours, theirs in zip(runs, to) if theirs[key]):.2f}"


def beside_whom(servers):
    """The servers whose ratios have a column."""
    return [name for name in servers if not name.startswith(("zeroway", "direct"))]


def spoilt(run):
    return f" ({run['errors']} errors)" if run.get("errors") else ""


def print_table(head, rows):
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for number, row in enumerate([head, *rows]):
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        print("| " + " | ".join(cells) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) if column == 0 else "-" * (width + 1) + ":"
                                 for column, width in enumerate(widths)) + "|")
    print()


def rounds_of(section):
    return max(len(runs) for shapes in section["runs"].values() for servers in shapes.values()
               for runs in servers.values())


def merge(reports):
    """Joins the rounds of the same section. Of values that are measured once per run, the last one counts."""
    merged = {**reports[0], "sections": {}}
    for report in reports:
        for name, section in report["sections"].items():
            if name not in merged["sections"]:
                merged["sections"][name] = section
                continue
            known = merged["sections"][name]
            if known["seconds"] != section["seconds"]:
                raise SystemExit(f"bench: {name}: rounds of {known['seconds']} s and of {section['seconds']} s differ")
            known["versions"].update(section["versions"])
            for table, shapes in section["runs"].items():
                for shape, servers in shapes.items():
                    for server, runs in servers.items():
                        known["runs"].setdefault(table, {}).setdefault(shape, {}).setdefault(server, []).extend(runs)
            known["once"].update(section["once"])
    return merged
