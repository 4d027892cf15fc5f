#!/usr/bin/env python3
"""Runs clang-tidy 14 over the sources of mote/ and apps/, as many at once as there are processors.

usage: tidy.py SOURCE_FOLDER BUILD_FOLDER [FOLDER...]

  FOLDER  checks only what lies in it, such as mote/io

Prints every file as it is done. A file that was clean is passed over until it, a header of it or
.clang-tidy changes: BUILD_FOLDER/tidy keeps the hashes. Exits 1 where there are findings, or 77
with the reason where it cannot check.
"""

import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys
import time

from check_style import CannotCheck, of_llvm_14

# clang-tidy 14 does not parse libtorch as C++20.
FOLDERS = ["mote", "apps"]
LEFT_OUT = ["mote/nn/", "mote/learned/"]


def preprocessor_command(entry):
    """The compiler's command for a file, made to print what it preprocesses to."""
    given = entry.get("arguments") or shlex.split(entry["command"])
    if os.path.basename(given[0]) == "ccache":
        given = given[1:]
    command = []
    with_value = {"-o", "-MT", "-MF"}
    skip = False
    for argument in given:
        if not skip and argument not in with_value | {"-c", "-MD"}:
            command.append(argument)
        skip = argument in with_value
    return [*command, "-E", "-C"]


class Tidy:
    def __init__(self, root, build, program):
        self.root = root
        self.build = build
        self.program = program
        self.kept = os.path.join(build, "tidy")
        os.makedirs(self.kept, exist_ok=True)
        self.config = subprocess.run([program, "--version"], capture_output=True, check=True).stdout
        with open(os.path.join(root, ".clang-tidy"), "rb") as file:
            self.config += file.read()

    def check(self, entry):
        """(path, seconds or None where nothing changed, findings)"""
        path = os.path.relpath(entry["file"], self.root)
        start = time.monotonic()
        text = subprocess.run(preprocessor_command(entry), cwd=entry["directory"],
                              capture_output=True, check=False)
        if text.returncode != 0:
            return path, 0, text.stderr.decode()
        name = hashlib.sha256(self.config + text.stdout).hexdigest()
        stamp = os.path.join(self.kept, path.replace("/", "_"))
        if os.path.exists(stamp):
            with open(stamp, encoding="utf-8") as file:
                if file.read() == name:
                    return path, None, ""
        done = subprocess.run([self.program, "--quiet", "-p", self.build, path], cwd=self.root,
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            with open(stamp, "w", encoding="utf-8") as file:
                file.write(name)
            return path, time.monotonic() - start, ""
        return path, time.monotonic() - start, done.stdout or done.stderr


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    root, build = (os.path.abspath(folder) for folder in arguments[:2])
    commands = os.path.join(build, "compile_commands.json")
    try:
        program = of_llvm_14("clang-tidy")
        if not os.path.exists(commands):
            raise CannotCheck("nothing is built")
    except CannotCheck as reason:
        print(f"skipped: {reason}")
        return 77
    with open(commands, encoding="utf-8") as file:
        entries = {os.path.relpath(entry["file"], root): entry for entry in json.load(file)}
    wanted = tuple(folder.rstrip("/") + "/" for folder in arguments[2:] or FOLDERS)
    paths = [path for path in sorted(entries)
             if path.startswith(wanted) and not path.startswith(tuple(LEFT_OUT))]
    tidy = Tidy(root, build, program)
    bad = 0
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    try:
        jobs = [pool.submit(tidy.check, entries[path]) for path in paths]
        for number, job in enumerate(concurrent.futures.as_completed(jobs), 1):
            path, seconds, findings = job.result()
            took = "unchanged" if seconds is None else f"{seconds:.1f} s"
            print(f"[{number}/{len(paths)}] {path}: {'FINDINGS, ' if findings else ''}{took}",
                  flush=True)
            if findings:
                print(findings, flush=True)
                bad += 1
    finally:  # Ctrl-C waits for the files that are being checked, not for all
        pool.shutdown(cancel_futures=True)
    print(f"{bad} of {len(paths)} files have findings")
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
