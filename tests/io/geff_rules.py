"""Judges a GEFF graph by the schema of its metadata and the rules of its specification 1.1.

    geff_rules.py FOLDER

Reads it with zarr-python. Prints a line a fault and ends with 1 where there is one; ends with 77
where zarr-python or jsonschema is missing.
"""
import collections
import json
import pathlib
import sys

try:
    import jsonschema
    import numpy as np
    import zarr
except ImportError as error:
    print(error)
    sys.exit(77)

# Units of OME-NGFF 0.5, and those in which positions and times are counted.
METRES = "angstrom foot inch meter mile parsec yard pixel".split()
SECONDS = "day hour minute second frame".split()
PREFIXES = ("atto centi deci exa femto giga hecto kilo mega micro milli nano peta pico tera yocto "
            "yotta zepto zetta").split()
UNITS = {"space": METRES + [prefix + "meter" for prefix in PREFIXES],
         "time": SECONDS + [prefix + "second" for prefix in PREFIXES]}

faults = []


def expect(fulfilled, fault):
    if not fulfilled:
        faults.append(fault)


def check_schema(attributes):
    schema = json.loads(pathlib.Path(__file__).with_name("geff_schema.json").read_text())
    for error in jsonschema.Draft202012Validator(schema).iter_errors(attributes):
        faults.append(f"{'/'.join(str(part) for part in error.absolute_path)}: {error.message}")


def check_ids(nodes, edges):
    expect(nodes.ndim == 1 and nodes.dtype.kind in "iu", "node ids are no list of whole numbers")
    expect(edges.ndim == 2 and edges.shape[1] == 2, f"edges are of shape {edges.shape}")
    expect(nodes.dtype == edges.dtype, f"node ids are {nodes.dtype}, edges {edges.dtype}")
    expect(len(set(nodes)) == len(nodes), "a node id is there twice")
    expect(np.isin(edges, nodes).all(), "an edge has no node")
    expect((edges[:, 0] != edges[:, 1]).all(), "an edge from a node to itself")
    expect(len({tuple(edge) for edge in edges}) == len(edges), "an edge is there twice")


def check_properties(kind, group, listed, rows):
    there = sorted(group["props"].group_keys()) if "props" in group else []
    expect(there == sorted(listed), f"{kind} properties {there}, listed are {sorted(listed)}")
    for name in set(there) & set(listed):
        about, prop = listed[name], group["props"][name]
        values = prop["values"]
        expect(about["identifier"] == name, f"{name} calls itself {about['identifier']}")
        expect(np.issubdtype(values.dtype, np.dtype(about["dtype"])),
               f"{name} is {values.dtype}, listed as {about['dtype']}")
        expect(values.shape[0] == rows, f"{name} has {values.shape[0]} values for {rows} ids")
        if "missing" in prop:
            missing = prop["missing"]
            expect(missing.dtype == bool and missing.shape == (rows,),
                   f"what is missing of {name} is {missing.dtype}, {missing.shape}")


def check_axis(axis, nodes):
    name = axis["name"]
    if name not in nodes["props"]:
        faults.append(f"axis {name} has no property")
        return
    values = nodes["props"][name]["values"][:]
    expect("missing" not in nodes["props"][name], f"values of axis {name} may be missing")
    expect(values.ndim == 1 and np.isfinite(values).all(), f"axis {name} has no plain numbers")
    if len(values):
        expect((axis["min"], axis["max"]) == (values.min(), values.max()),
               f"axis {name} goes from {values.min()} to {values.max()}, not {axis['min']} to "
               f"{axis['max']}")
    for key in ("unit", "scaled_unit"):
        unit = axis.get(key)
        expect(unit is None or unit in UNITS.get(axis.get("type"), [unit]), f"{key} {unit}")
    expect("scaled_unit" not in axis or "scale" in axis, f"axis {name} has a scaled unit alone")


def check_axes(about, nodes):
    names = [axis["name"] for axis in about.get("axes", [])]
    expect(len(set(names)) == len(names), f"axes {names}")
    for axis in about.get("axes", []):
        check_axis(axis, nodes)
    for name in about.get("display_hints", {}).values():
        expect(name in names, f"display hint {name} is no axis")


def tracklets_of(nodes, edges):
    """Longest paths along edges that are the only one out of a node and into the next."""
    out, into = collections.Counter(edges[:, 0]), collections.Counter(edges[:, 1])
    return groups_of(nodes, [e for e in edges if out[e[0]] == 1 and into[e[1]] == 1])


def groups_of(nodes, edges):
    """The nodes of each connected part."""
    part = {node: {node} for node in nodes}
    for source, target in edges:
        if part[source] is not part[target]:
            joined = part[source] | part[target]
            for node in joined:
                part[node] = joined
    return {frozenset(group) for group in part.values()}


def check_tracks(about, group, nodes, edges):
    for kind, expected in (("tracklet", tracklets_of(nodes, edges)),
                           ("lineage", groups_of(nodes, edges))):
        name = about.get("track_node_props", {}).get(kind)
        if name is None:
            continue
        found = collections.defaultdict(set)
        for node, number in zip(nodes, group["nodes/props"][name]["values"][:]):
            found[number].add(node)
        expect({frozenset(of) for of in found.values()} == expected,
               f"{name} tells {len(found)} groups of nodes, the edges {len(expected)} ({kind})")


def main(folder):
    group = zarr.open_group(folder, mode="r")
    check_schema(group.attrs.asdict())
    if not faults:
        about = group.attrs["geff"]
        nodes, edges = group["nodes/ids"][:], group["edges/ids"][:]
        check_ids(nodes, edges)
        check_properties("node", group["nodes"], about["node_props_metadata"], len(nodes))
        check_properties("edge", group["edges"], about["edge_props_metadata"], len(edges))
        check_axes(about, group["nodes"])
        check_tracks(about, group, nodes, edges)
    print(*faults, sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(sys.argv[1])
