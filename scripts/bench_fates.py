"""Fates of merges and crossings for mote-bench: events.csv, and the curves drawn from it."""

import math
import os

from bench_tables import read_rows, write_rows

COLUMNS = ["recording", "seed", "dose", "kind", "outcome", "truth_frame", "result_frame", "tracks",
           "size_ratio", "dwell_s", "false_merges"]
MERGES = {"merge_contact": "t_contact", "merge": "t_merged"}
# Bins hold what is above the first and up to the second of two edges.
SIZE_RATIOS = [0, 0.6, 0.7, 0.8, 0.9, 1]
DWELL_S = [0, 0.2, 0.8, 1.6, 3.2, 12]
# What each is asked of.
MERGING = ["sintering", "coalescence"]
CROSSING = ["overlap"]
# Panel of the figure: title, axis, and colours of its series.
PANELS = {
    "dose": ("share of true merges found", "dose over the preset's", ["#1b6ca8", "#d1495b"]),
    "size_ratio": ("share of true merges found, at the preset's dose",
                   "smaller over larger radius", ["#1b6ca8", "#d1495b"]),
    "dwell_s": ("share of crossings taken for a merge", "time that the two cross, s",
                ["#2e933c", "#8d5a97", "#e08e45"]),
}
Z95 = 1.959964  # of the normal distribution


def key(tracks):
    return tuple(sorted(tracks.split(";")))


def radii_by_track(instances):
    """By track: its radius in every frame, in order."""
    radii = {}
    for row in instances:
        radii.setdefault(row["track"], []).append((int(row["frame"]), float(row["radius_nm"])))
    return radii


def size_ratio(pair, frame, radii):
    """Smaller over larger radius of two tracks when they last stood alone up to `frame`."""
    last = [[radius for when, radius in radii.get(track, []) if when <= frame][-1:]
            for track in pair]
    if len(pair) != 2 or not all(last):
        return ""
    (a,), (b,) = last
    return f"{min(a, b) / max(a, b):.4f}"


def fates(per_event, truth, interval_s):
    """The rows of events.csv of one recording, but for recording, seed and dose.

    per_event: rows of `mote evaluate --per-event`; truth: the folder of the simulation's truth.
    """
    radii = radii_by_track(read_rows(os.path.join(truth, "instances.csv")))
    contacts = {key(row["tracks"]): int(row["contact_frame"])
                for row in read_rows(os.path.join(truth, "events.csv")) if row["contact_frame"]}
    rows = []
    for event in per_event:
        if event["kind"] not in (*MERGES, "crossing"):
            continue
        row = {name: event[name] for name in ("kind", "outcome", "truth_frame", "result_frame",
                                              "tracks", "false_merges")}
        pair = key(event["tracks"])
        touch = None
        if event["kind"] == "crossing":
            frames = int(event["last_frame"]) - int(event["first_frame"]) + 1
            row["dwell_s"] = f"{frames * interval_s:.6g}"
            touch = int(event["first_frame"])
        elif event["truth_frame"]:
            touch = contacts.get(pair)
        row["size_ratio"] = "" if touch is None else size_ratio(pair, touch, radii)
        rows.append(row)
    return rows


def wilson(hits, n):
    """95 % interval of a binomial share (Wilson, J. Am. Stat. Assoc. 22, 209, 1927)."""
    share = hits / n
    middle = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def point(panel, series, low, high, hits):
    """A row of fates.csv of the answers `hits`; none where there are none."""
    if not hits:
        return []
    share = sum(hits) / len(hits)
    bounds = wilson(sum(hits), len(hits))
    return [{"panel": panel, "series": series, "from": low, "to": high, "hits": sum(hits),
             "n": len(hits), "share": f"{share:.4f}", "low": f"{bounds[0]:.4f}",
             "high": f"{bounds[1]:.4f}"}]


def binned(panel, series, rows, column, edges, is_hit):
    points = []
    for low, high in zip(edges, edges[1:]):
        points += point(panel, series, low, high,
                        [is_hit(row) for row in rows
                         if row[column] and low < float(row[column]) <= high])
    return points


def curves(rows, doses):
    """The rows of fates.csv: shares with their 95 % intervals."""
    def is_found(row):
        return row["outcome"] == "right"

    def is_mistaken(row):
        return int(row["false_merges"]) > 0

    points = []
    for kind, date in MERGES.items():
        asked = [row for row in rows if row["kind"] == kind and row["truth_frame"]
                 and row["recording"] in MERGING]
        for dose in sorted(doses):
            points += point("dose", date, dose, dose,
                            [is_found(row) for row in asked if float(row["dose"]) == dose])
        points += binned("size_ratio", date, [row for row in asked if float(row["dose"]) == 1],
                         "size_ratio", SIZE_RATIOS, is_found)
    for dose in sorted((dose for dose in doses if dose <= 1), reverse=True):
        crossings = [row for row in rows
                     if row["kind"] == "crossing" and row["recording"] in CROSSING
                     and float(row["dose"]) == dose]
        points += binned("dwell_s", f"dose x {dose:g}", crossings, "dwell_s", DWELL_S, is_mistaken)
    return points


def label(low, high):
    return f"x {low:g}" if low == high else f"{low:g}-{high:g}"


def panel_svg(points, title, axis, colours, x):
    """One panel: a place for each dose or bin, the series side by side, their N below."""
    width, height = 330, 200
    places = sorted({(row["from"], row["to"]) for row in points})
    series = list(dict.fromkeys(row["series"] for row in points))
    highest = max(float(row["high"]) for row in points)
    top = next(top for top in (0.1, 0.2, 0.5, 1) if highest <= top)
    step = width / len(places)
    parts = [f"<g transform='translate({x},40)'><rect width='{width}' height='{height}' "
             f"fill='none' stroke='#888'/><text x='{width / 2}' y='-8' text-anchor='middle'>"
             f"{title}</text><text x='{width / 2}' y='{height + 32}' text-anchor='middle'>{axis}"
             "</text>"]
    for tick in (0, top / 2, top):
        y = height * (1 - tick / top)
        parts.append(f"<text x='-6' y='{y + 4:.1f}' text-anchor='end'>{tick:g}</text>"
                     f"<line x2='{width}' y1='{y:.1f}' y2='{y:.1f}' stroke='#ddd'/>")
    for place, (low, high) in enumerate(places):
        parts.append(f"<text x='{step * (place + 0.5):.1f}' y='{height + 15}' "
                     f"text-anchor='middle'>{label(low, high)}</text>")
    for number, (name, colour) in enumerate(zip(series, colours)):
        below = height + 50 + 16 * number
        parts.append(f"<text x='-6' y='{below}' text-anchor='end' fill='{colour}'>{name}: N</text>")
        line = []
        for row in (row for row in points if row["series"] == name):
            place = places.index((row["from"], row["to"]))
            at = step * (place + 0.5) + 8 * (number - (len(series) - 1) / 2)
            y, low, high = (height * (1 - float(row[value]) / top)
                            for value in ("share", "low", "high"))
            line.append(f"{at:.1f},{y:.1f}")
            parts.append(f"<line x1='{at:.1f}' x2='{at:.1f}' y1='{low:.1f}' y2='{high:.1f}' "
                         f"stroke='{colour}'/><circle cx='{at:.1f}' cy='{y:.1f}' r='3' "
                         f"fill='{colour}'/><text x='{step * (place + 0.5):.1f}' y='{below}' "
                         f"text-anchor='middle' fill='{colour}'>{row['n']}</text>")
        parts.append(f"<polyline points='{' '.join(line)}' fill='none' stroke='{colour}' "
                     "stroke-width='1.5'/>")
    return "\n".join(parts + ["</g>"])


def figure(points):
    parts = ["<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1350 336' "
             "font-family='sans-serif' font-size='11'>",
             "<rect width='1350' height='336' fill='#fff'/>"]
    for number, (name, (title, axis, colours)) in enumerate(PANELS.items()):
        own = [row for row in points if row["panel"] == name]
        if own:
            parts.append(panel_svg(own, title, axis, colours, 90 + 450 * number))
    return "\n".join(parts + ["</svg>\n"])


def draw(rows, doses, folder):
    """Writes fates.csv and fates.svg."""
    points = curves(rows, doses)
    write_rows(os.path.join(folder, "fates.csv"),
               ["panel", "series", "from", "to", "hits", "n", "share", "low", "high"], points)
    with open(os.path.join(folder, "fates.svg"), "w", encoding="utf-8") as file:
        file.write(figure(points))
