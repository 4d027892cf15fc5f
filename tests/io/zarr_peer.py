#!/usr/bin/env python3
"""Reads and writes Zarr with zarr-python, for zarr_python_test.cpp to compare mote with.

    zarr_peer.py write FOLDER     a sub-folder for each way of packing; element i is i * 7 % 120
    zarr_peer.py image FOLDER     checks an OME-Zarr that mote wrote: element i is i * 3 % 251
    zarr_peer.py texts FOLDER     checks the texts of a GEFF graph that mote wrote

Ends with 77 where there is no zarr-python.
"""
import sys

try:
    import numcodecs
    import numpy as np
    import zarr
except ImportError as error:
    print(error)
    sys.exit(77)

SHAPE = (3, 20, 30)
CHUNKS = (2, 7, 16)


def compressors():
    yield "none", None
    for name in ("blosclz", "lz4", "lz4hc", "zlib", "zstd"):
        for shuffle in (0, 1, 2):
            yield f"blosc-{name}-{shuffle}", numcodecs.Blosc(name, 5, shuffle)
    yield "zstd", numcodecs.Zstd(3)
    yield "zlib", numcodecs.Zlib(6)
    yield "gzip", numcodecs.GZip(6)


def drawn(dtype):
    return (np.arange(np.prod(SHAPE)) * 7 % 120).reshape(SHAPE).astype(dtype)


def create(path, dtype, **options):
    """An array of version 2 of the format, by zarr-python 2 or 3."""
    options |= {"shape": SHAPE, "chunks": CHUNKS, "dtype": dtype}
    if zarr.__version__.startswith("2."):
        return zarr.open_array(path, mode="w", **options)
    if "compressor" in options:
        options["compressors"] = options.pop("compressor")
    names = {"name": "v2", "separator": options.pop("dimension_separator", ".")}
    return zarr.create_array(path, zarr_format=2, chunk_key_encoding=names, **options)


def save(path, dtype="<u2", **options):
    create(path, dtype, **options)[:] = drawn(dtype)


def write(folder):
    for name, compressor in compressors():
        save(f"{folder}/{name}", compressor=compressor)
    for dtype in ("|b1", "|u1", "|i1", "<u2", ">i2", ">u4", "<i4", "<i8", ">u8", "<f2", ">f4", "<f8"):
        name = dtype.replace("<", "little-").replace(">", "big-").replace("|", "one-")
        save(f"{folder}/type-{name}", dtype)
    save(f"{folder}/order-F", order="F")
    save(f"{folder}/nested", dimension_separator="/")
    create(f"{folder}/sparse", "<f4", fill_value=-1.5)[2] = 1


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found}, expected {expected}")


def image(folder):
    group = zarr.open_group(folder, mode="r")
    multiscale = group.attrs["multiscales"][0]
    check("version", multiscale["version"], "0.4")
    check("axes", [a["name"] for a in multiscale["axes"]], ["t", "y", "x"])
    array = group[multiscale["datasets"][0]["path"]]
    values = np.arange(array.size).reshape(array.shape) * 3 % 251
    check("values", (array[:] == values.astype(array.dtype)).all(), True)
    labels = group["labels"]
    check("labels", labels.attrs["labels"], ["particles"])
    check("label type", labels["particles/0"].dtype, np.dtype("int32"))
    check("label", labels["particles/0"][1, 2, 3], 70000)
    check("background", int((labels["particles/0"][:] != 0).sum()), 1)


def texts(folder):
    found = zarr.open_group(folder, mode="r")["nodes/props/note/values"][:]
    check("texts", list(found), ["a", "µ\U0001F600", "", ""])


if __name__ == "__main__":
    {"write": write, "image": image, "texts": texts}[sys.argv[1]](sys.argv[2])
