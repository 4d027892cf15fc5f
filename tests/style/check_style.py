#!/usr/bin/env python3
"""Checks of how mote is written that a compiler does not make.

usage: check_style.py {includes|headers|paths|format} ROOT

  includes  every `#include "mote/..."` keeps to the table of layers
  headers   every source file includes its own header first, which shows that it compiles alone
            (headers without a source file are compiled by the target mote_headers)
  paths     no tracked file names a folder of the machine that it was written on
  format    clang-format 14 would change nothing

Prints what breaks a rule and exits 1, or exits 77 with the reason where it cannot check.
"""

import os
import re
import shutil
import subprocess
import sys

# Which folders of mote/ a folder may include, besides itself.
LAYERS = {
    "core": [],
    "io": ["core"],
    "imaging": ["core"],
    "segment": ["core", "imaging"],
    "track": ["core", "imaging"],
    "measure": ["core", "imaging"],
    "eval": ["core", "imaging"],
    "data": ["core", "imaging"],
    "report": ["core", "imaging", "measure"],
    "simulate": ["core", "imaging"],
    "video": ["core", "io"],
    "hdf5": ["core", "io"],
    "nn": ["core"],
    "learned": ["core", "io", "imaging", "segment", "track", "measure", "eval", "data", "nn"],
    "pipeline": ["core", "io", "imaging", "segment", "track", "measure", "eval", "data", "report",
                 "simulate"],
}
APPS_MAY_INCLUDE = ["core", "pipeline"]

# Libraries that only these folders of mote/ may include: they are what a plug-in keeps out.
PLUGIN_LIBRARIES = {
    r"lib(av\w+|swscale|swresample)/": ["video"],
    r"(hdf5|H5\w+)\.h": ["hdf5"],
    r"(torch|ATen|c10)/": ["nn", "learned"],
}

SOURCE_FOLDERS = ["mote", "apps", "tests", "bench", "examples"]

# In brackets, so that this file does not find itself.
MACHINE_PATHS = re.compile(r"/[w]ork/(main|shared)|/[t]mp/wt\b|/[h]ome/\w+|/[r]oot/\w+")


class CannotCheck(Exception):
    """The reason why."""


def files_under(root, folders, endings):
    for folder in folders:
        for where, _, names in sorted(os.walk(os.path.join(root, folder))):
            for name in sorted(names):
                if name.endswith(endings):
                    yield os.path.relpath(os.path.join(where, name), root)


def includes_of(root, path):
    """(line number, what is between the quotes or brackets) of each #include."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if match:
                yield number, match.group(1)


def check_includes(root):
    for path in files_under(root, ["mote", "apps"], (".h", ".cpp")):
        parts = path.split("/")
        if parts[0] == "mote" and len(parts) > 2 and parts[1] not in LAYERS:
            yield f"{path}: mote/{parts[1]} is not in the table of layers"
            continue
        layer = parts[1] if parts[0] == "mote" else None
        may = [layer, *LAYERS[layer]] if layer else APPS_MAY_INCLUDE
        whose = f"mote/{layer}" if layer else "apps"
        for number, included in includes_of(root, path):
            match = re.match(r"mote/(\w+)/", included)
            if match and match.group(1) not in may:
                others = [name for name in may if name != layer]
                allowed = f"only {', '.join(others)}" if others else "no other folder"
                yield f"{path}:{number}: includes {included}, but {whose} may include {allowed}"
            for library, owners in PLUGIN_LIBRARIES.items():
                if re.match(library, included) and layer not in owners:
                    yield (f"{path}:{number}: includes {included}, which belongs to the plug-in "
                           f"in mote/{owners[0]}")


def check_headers(root):
    for path in files_under(root, ["mote", "apps"], (".cpp",)):
        header = path[: -len(".cpp")] + ".h"
        if os.path.exists(os.path.join(root, header)):
            first = next((included for _, included in includes_of(root, path)), "nothing")
            if first != header:
                yield f"{path}: the first include is {first}, expected {header}"
    for path in files_under(root, ["mote", "apps"], (".h",)):
        if path.endswith("-inl.h"):  # included once for each instruction set, by a guard of its own
            continue
        with open(os.path.join(root, path), encoding="utf-8") as file:
            if "#pragma once\n" not in file:
                yield f"{path}: lacks #pragma once"


def check_paths(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode != 0:
        raise CannotCheck("not a git checkout, so there are no tracked files")
    for path in filter(None, listed.stdout.decode().split("\0")):
        try:
            with open(os.path.join(root, path), encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    match = MACHINE_PATHS.search(line)
                    if match:
                        yield f"{path}:{number}: names a folder of some machine: {match.group(0)}"
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # binary, deleted but not yet committed, or a submodule


def of_llvm_14(name):
    """The path of clang-format or clang-tidy 14: later versions format and find otherwise."""
    for program in filter(None, map(shutil.which, (name + "-14", name))):
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        if re.search(r"version 14\.", told.stdout):
            return program
    raise CannotCheck(f"{name} 14 is not installed")


def check_format(root):
    program = of_llvm_14("clang-format")
    paths = list(files_under(root, SOURCE_FOLDERS, (".h", ".cpp")))
    for start in range(0, len(paths), 50):
        done = subprocess.run([program, "--dry-run", "--Werror", *paths[start:start + 50]],
                              cwd=root, capture_output=True, text=True, check=False)
        seen = set()
        for line in done.stderr.splitlines():
            match = re.match(r"([^:\s]+):(\d+):", line)
            if match and match.group(1) not in seen:
                seen.add(match.group(1))
                yield f"{match.group(1)}:{match.group(2)}: not formatted; run clang-format -i on it"


CHECKS = {"includes": check_includes, "headers": check_headers, "paths": check_paths,
          "format": check_format}


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in CHECKS:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        breaches = list(CHECKS[arguments[0]](arguments[1]))
    except CannotCheck as reason:
        print(f"skipped: {reason}")
        return 77
    for breach in breaches:
        print(breach)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
