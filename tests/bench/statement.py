#!/usr/bin/python3
"""statement - how fast are statements read, printed and loaded, and in how much memory?

MT940, one core: a message of --entries entries of four lines into a sink that adds up amounts and
hashes references (statement_read.c); sums and hash must be those of the writer. Then the same file
as JSON (`sawa-statement parse`). camt.053: our reader and libxml2 alone over the same file,
alternately. Memory: one MT940 message of --large-gib GiB from a pipe through parse. Load: the
statement into an empty database, against COPY of the rows it left into a table made the same way,
alternately; asks for a database server (SAWA_DATABASE_DSN).

Readers that users have today run on the same MT940 and camt.053 files where --others names the
folder they are installed in (tests/bench/README.md); each in its own program, its start included.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from benchlib import statements

BIN = os.environ.get("SAWA_BIN") or os.path.join(
    os.path.dirname(os.path.realpath(__file__)), "../../build/release/bin")
FEW = 50_000   # entries, for readers that are slow or hold all in memory
ONE_CORE = ["taskset", "-c", "0"] if shutil.which("taskset") else []


def read(mode, path):
    out = subprocess.run([*ONE_CORE, os.path.join(BIN, "statement_read"), mode, path], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out)


def same(found, file):
    """What was read is what was written."""
    assert found["entries"] == file.entries, (found, file)
    assert found["sum_minor"] == file.sum_minor, (found, file)
    assert found["references"] == f"{file.references:016x}", (found, file)


def timed(command, **options):
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)
    return time.monotonic() - begin


def mt940(file, rounds, raw):
    for _ in range(rounds):
        found = read("ours", file.path)
        same(found, file)
        raw["mt940_s"].append(found["wall_s"])
        raw["mt940_json_s"].append(timed([*ONE_CORE, os.path.join(BIN, "sawa-statement"), "parse",
                                          file.path]))
        print(f"mt940: {file.lines / raw['mt940_s'][-1]:,.0f} lines/s,"
              f" as JSON {file.lines / raw['mt940_json_s'][-1]:,.0f}", flush=True)


def camt(file, rounds, raw):
    for _ in range(rounds):
        for mode in ("ours", "xml"):
            found = read(mode, file.path)
            raw[f"camt_{mode}_s"].append(found["wall_s"])
            if mode == "ours":
                same(found, file)
        print(f"camt: {file.size / raw['camt_ours_s'][-1] / 1e6:.1f} MB/s, the library alone"
              f" {file.size / raw['camt_xml_s'][-1] / 1e6:.1f}", flush=True)


def highest_rss_kib(pid):
    """VmHWM; 0 once it is gone. What wait4 tells holds the size of this process, too."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def large(gib, raw):
    """One statement from a pipe; the writer never holds more than a block."""
    with subprocess.Popen([os.path.join(BIN, "sawa-statement"), "parse", "-"],
                          stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        begin = time.monotonic()
        file = statements.write_mt940(process.stdin, size=int(gib * 2**30))
        process.stdin.close()
        rss_kib = 0
        while process.poll() is None:
            rss_kib = max(rss_kib, highest_rss_kib(process.pid))
            time.sleep(0.02)
    assert process.returncode == 0, process.returncode
    raw["large"] = {"bytes": file.size, "entries": file.entries, "rss_kib": rss_kib,
                    "wall_s": round(time.monotonic() - begin, 1)}
    print(f"large: {file.size / 2**30:.2f} GiB, {file.entries:,} entries,"
          f" {rss_kib / 1024:.1f} MiB at most, {raw['large']['wall_s']} s", flush=True)
    return rss_kib / 1024


def others(folder, files, raw):
    for name, command, kind in statements.others(folder):
        file = files[kind]
        try:
            raw[name] = [timed([*ONE_CORE, *command, file.path], stderr=subprocess.DEVNULL)
                         for _ in range(3)]
            print(f"{name}: {file.lines / min(raw[name]):,.0f} lines/s,"
                  f" {file.size / min(raw[name]) / 1e6:.1f} MB/s", flush=True)
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"# {name} did not read the file: {error}", flush=True)


def made(folder, name, write, entries):
    path = os.path.join(folder, name)
    with open(path, "wb") as out:
        file = write(out, entries=entries)
    file.path = path
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the MT940 message")
    parser.add_argument("--camt-entries", type=int, default=200_000)
    parser.add_argument("--load-entries", type=int, default=200_000)
    parser.add_argument("--large-gib", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--others", metavar="FOLDER")
    parser.add_argument("--without-load", action="store_true")
    args = parser.parse_args()
    raw = {name: [] for name in ("mt940_s", "mt940_json_s", "camt_ours_s", "camt_xml_s",
                                 "load_s", "copy_s")}
    with tempfile.TemporaryDirectory(prefix="sawa-bench.") as folder:
        files = {"mt940": made(folder, "many.sta", statements.write_mt940, args.entries),
                 "camt": made(folder, "many.xml", statements.write_camt, args.camt_entries)}
        mt940(files["mt940"], args.rounds, raw)
        camt(files["camt"], args.rounds, raw)
        if args.others:
            others(args.others, {"mt940": made(folder, "few.sta", statements.write_mt940, FEW),
                                 "camt": made(folder, "few.xml", statements.write_camt, FEW)}, raw)
        rss = large(args.large_gib, raw)
        if not args.without_load:
            statements.load(folder, args.load_entries, args.rounds, raw)
    median = {name: statistics.median(times) for name, times in raw.items()
              if isinstance(times, list) and times}
    ratios = {"xml_loop": round(median["camt_xml_s"] / median["camt_ours_s"], 3)}
    if "load_s" in median:
        ratios["load_copy"] = round(median["copy_s"] / median["load_s"], 3)
    print(json.dumps({
        "name": "statement", "ratios": ratios,
        "figures": {"mt940_lines_per_s": round(files["mt940"].lines / median["mt940_s"]),
                    "mt940_json_lines_per_s": round(files["mt940"].lines
                                                    / median["mt940_json_s"]),
                    "camt_mb_per_s": round(files["camt"].size / median["camt_ours_s"] / 1e6, 1),
                    "peak_rss_mib": round(rss, 1)},
        "raw": raw}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
