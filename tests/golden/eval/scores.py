#!/usr/bin/env python3
"""Scores of small drawn scenes, by a second program: plain Python, slow, written from the papers.

Run: python3 tests/golden/eval/scores.py (Python 3.9 or later, no packages). It draws the scenes and
writes boxes.csv, parents.csv and expected.csv beside itself; the same files each time.

This is not pycocotools, py-ctcmetrics or TrackEval, and no number here comes from them: it is an
independent second reading of the definitions, to catch slips in mote's. It differs from mote in
method: every assignment is found by trying all of them, and areas, IoUs and thresholds are exact
fractions. Where the papers leave a choice it is made as mote's: a detection of COCO that fits two
truths equally takes the later, and recalls are compared as float64 (0.7 < 70 * 0.01), both as in
COCO's program; HOTA weighs pairs by the agreement of their tracks, as in its authors' program; a
pair of CLEAR MOT is kept over gaps. Scenes whose score hangs on a tie are left out.

Sources: COCO AP arXiv:1405.0312; CTC SEG 10.1093/bioinformatics/btu080, DET and TRA
10.1371/journal.pone.0144959, LNK 10.1038/s41592-023-01879-y; HOTA arXiv:2009.07736, sec. 5;
CLEAR MOT 10.1155/2008/246309, sec. 2; IDF1 arXiv:1609.01775, sec. 2.3.
"""

import csv
import math
import random
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

HEIGHT, WIDTH, FRAMES, SCENES = 24, 32, 8, 20
HALF = Fraction(1, 2)


# Scenes: {frame: {id: (y, x, height, width, score)}} and {track: [parents]}


def drawn_box(rng, y, x):
    return (y, x, rng.randint(4, 8), rng.randint(4, 8), 1)


def moved(rng, box, most):
    y, x, height, width, score = box
    y = min(max(y + rng.randint(-most, most), 0), HEIGHT - height)
    x = min(max(x + rng.randint(-most, most), 0), WIDTH - width)
    return (y, x, height, width, score)


def around(a, b):
    y, x = min(a[0], b[0]), min(a[1], b[1])
    return (y, x, max(a[0] + a[2], b[0] + b[2]) - y, max(a[1] + a[3], b[1] + b[3]) - x, 1)


def drawn_truth(rng):
    """Particles that wander and touch; one splits, two merge, one is out of sight for a frame."""
    alive = {i: drawn_box(rng, rng.randint(0, 16), rng.randint(0, 24)) for i in range(1, 6)}
    frames, parents = {}, {}
    split_at, merge_at = rng.randint(2, 6), rng.randint(2, 6)
    for frame in range(FRAMES):
        alive = {i: moved(rng, box, 2) for i, box in alive.items()}
        if frame == split_at:
            box = alive.pop(1)
            for child in (6, 7):
                alive[child], parents[child] = moved(rng, box, 5), [1]
        if frame == merge_at:
            alive[8], parents[8] = around(alive.pop(2), alive.pop(3)), [2, 3]
        frames[frame] = dict(alive)
    frames[rng.randint(1, 6)].pop(4)
    return frames, parents


def drawn_result(rng, truth, truth_parents):
    """The truth with misses, false ones, switches, two taken as one, parents forgotten, a child
    that keeps its parent's name, and a track broken in two."""
    names = {i: i + 10 for i in range(1, 9)}
    frames, claimed = {}, dict(truth_parents)
    keeps_name, broken_at = rng.random() < 0.5, rng.randint(2, 6)
    for frame, boxes in truth.items():
        if keeps_name and 6 in boxes and 1 in names:
            names[6] = names.pop(1)
        if frame == broken_at:
            broken, names[5] = names[5], 25
            claimed[15] = [broken - 10]
        if rng.random() < 0.3:
            a, b = rng.sample(sorted(names), 2)
            names[a], names[b] = names[b], names[a]
        seen = {names[i]: moved(rng, box, 1) for i, box in boxes.items() if rng.random() < 0.88}
        if len(seen) > 2 and rng.random() < 0.3:
            a, b = rng.sample(sorted(seen), 2)
            seen[a] = around(seen[a], seen.pop(b))
        if rng.random() < 0.4:
            seen[20 + rng.randint(0, 2)] = drawn_box(rng, rng.randint(0, 16), rng.randint(0, 24))
        frames[frame] = {i: b[:4] + (Fraction(rng.randint(1, 9), 10),) for i, b in seen.items()}
    first, last = life(frames)
    parents = {}
    for child, olds in claimed.items():
        found = [
            old + 10
            for old in olds
            if child + 10 in first
            and old + 10 in last
            and last[old + 10] < first[child + 10]
            and rng.random() < 0.8
        ]
        if found:
            parents[child + 10] = found
    return frames, parents


def life(frames):
    """First and last frame of each id."""
    first, last = {}, {}
    for frame in sorted(frames):
        for i in frames[frame]:
            first.setdefault(i, frame)
            last[i] = frame
    return first, last


# Overlap


def pixels(box):
    return {(box[0] + y, box[1] + x) for y in range(box[2]) for x in range(box[3])}


def labels(boxes):
    """Pixels of each object as drawn into a label image: later ids lie on top."""
    image = {}
    for i in sorted(boxes):
        for pixel in pixels(boxes[i]):
            image[pixel] = i
    objects = defaultdict(set)
    for pixel, i in image.items():
        objects[i].add(pixel)
    return dict(objects)


def iou(a, b):
    return Fraction(len(a & b), len(a | b))


def ious(truth, result):
    """{frame: {(truth, result): IoU > 0}} of whole boxes."""
    out = {}
    for frame in truth:
        every = {
            (t, r): iou(pixels(a), pixels(b))
            for t, a in truth[frame].items()
            for r, b in result[frame].items()
        }
        out[frame] = {pair: value for pair, value in every.items() if value > 0}
    return out


def pairings(pairs):
    """All ways to pair one to one, as tuples of pairs, the empty one too."""
    if not pairs:
        yield ()
        return
    head, rest = pairs[0], pairs[1:]
    yield from pairings(rest)
    for others in pairings([p for p in rest if p[0] != head[0] and p[1] != head[1]]):
        yield (head,) + others


def best_pairing(pairs, worth):
    """The pairing of largest worth; refuses a scene in which two are as good."""
    ranked = sorted(((worth(p), p) for p in pairings(sorted(pairs))), reverse=True)
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        raise Tie
    return ranked[0][1]


class Tie(Exception):
    """A scene whose score depends on which of two equally good pairings is taken."""


# Scores


def coco(truth, result, overlap, most):
    """AP, AP50, AP75 of boxes, `most` detections a frame."""
    asked = sum(len(boxes) for boxes in truth.values())
    at = [precision(truth, result, overlap, most, Fraction(k, 20), asked) for k in range(10, 20)]
    return sum(at) / 10, at[0], at[5]


def precision(truth, result, overlap, most, threshold, asked):
    detections = []
    for frame in sorted(truth):
        free = set(truth[frame])
        ordered = sorted(sorted(result[frame]), key=lambda r: -result[frame][r][4])[:most]
        for r in ordered:
            fits = [
                (overlap[frame][t, r], t)
                for t in free
                if overlap[frame].get((t, r), 0) >= threshold
            ]
            if fits:
                free.remove(max(fits)[1])
            detections.append((result[frame][r][4], bool(fits)))
    detections.sort(key=lambda d: -d[0])
    points, right = [], 0
    for count, (_, is_right) in enumerate(detections, 1):
        right += is_right
        points.append((right / asked, Fraction(right, count)))
    best = [max((p for recall, p in points if recall >= 0.01 * k), default=0) for k in range(101)]
    return float(Fraction(sum(best), 101))


def graph(objects, parents):
    """Edges between (frame, id): True between two of a track, False from a parent."""
    edges, where = {}, defaultdict(list)
    for frame in sorted(objects):
        for i in objects[frame]:
            where[i].append(frame)
    for i, frames in where.items():
        for a, b in zip(frames, frames[1:]):
            edges[(a, i), (b, i)] = True
    for child, olds in parents.items():
        for old in olds:
            if child in where and old in where:
                edges[(where[old][-1], old), (where[child][0], child)] = False
    return edges


def ctc(truth, truth_parents, result, result_parents):
    drawn = {f: labels(boxes) for f, boxes in truth.items()}
    found = {f: labels(boxes) for f, boxes in result.items()}
    mate, seg = {}, []
    for f in drawn:
        for t, a in drawn[f].items():
            covering = [r for r, b in found[f].items() if 2 * len(a & b) > len(a)]
            seg.append(iou(a, found[f][covering[0]]) if covering else 0)
            if covering:
                mate[f, t] = (f, covering[0])
    taken = defaultdict(list)
    for t, r in mate.items():
        taken[r].append(t)
    only = {r: ts[0] for r, ts in taken.items() if len(ts) == 1}
    splits = sum(len(ts) - 1 for ts in taken.values())
    missed = len(seg) - len(mate)
    wrong = sum(len(objects) for objects in found.values()) - len(taken)

    edges = graph(drawn, truth_parents)
    claimed = {
        (only[a], only[b]): kind
        for (a, b), kind in graph(found, result_parents).items()
        if a in only and b in only
    }
    wrong_links = len(set(claimed) - set(edges))
    missed_links = len(set(edges) - set(claimed))
    mistaken = sum(edges[e] != kind for e, kind in claimed.items() if e in edges)

    detecting = 5 * splits + 10 * missed + wrong
    linking = wrong_links + 3 * HALF * missed_links + mistaken
    nodes, links = 10 * len(seg), 3 * HALF * len(edges)
    return {
        "ctc_seg": float(Fraction(sum(seg), len(seg))),
        "ctc_det": float(1 - min(Fraction(detecting), nodes) / nodes),
        "ctc_tra": float(1 - min(detecting + linking, nodes + links) / (nodes + links)),
        "ctc_lnk": float(1 - min(linking, links) / links),
        "splits": splits,
        "missed": missed,
        "wrong": wrong,
        "wrong_links": wrong_links,
        "missed_links": missed_links,
        "mistaken_links": mistaken,
    }


def hota(truth, result, overlap):
    seen, given, shared = defaultdict(int), defaultdict(int), defaultdict(Fraction)
    for f in truth:
        for t in truth[f]:
            seen[t] += 1
        for r in result[f]:
            given[r] += 1
        rows, columns = defaultdict(Fraction), defaultdict(Fraction)
        for (t, r), value in overlap[f].items():
            rows[t] += value
            columns[r] += value
        for (t, r), value in overlap[f].items():
            shared[t, r] += value / (rows[t] + columns[r] - value)

    def worth(f, pairs):
        return sum(
            overlap[f][t, r] * shared[t, r] / (seen[t] + given[r] - shared[t, r]) for t, r in pairs
        )

    chosen = {f: best_pairing(overlap[f], lambda pairs, f=f: worth(f, pairs)) for f in truth}
    hotas, dets, asss, locs = [], [], [], []
    for k in range(1, 20):
        right = [(f, p) for f in truth for p in chosen[f] if overlap[f][p] >= Fraction(k, 20)]
        together = defaultdict(int)
        for _, pair in right:
            together[pair] += 1
        tp = len(right)
        det = Fraction(tp, sum(seen.values()) + sum(given.values()) - tp)
        agree = sum(Fraction(n * n, seen[t] + given[r] - n) for (t, r), n in together.items())
        ass = Fraction(agree, tp) if tp else Fraction(0)
        dets.append(float(det))
        asss.append(float(ass))
        locs.append(float(sum(overlap[f][p] for f, p in right) / tp) if tp else 1.0)
        hotas.append(math.sqrt(det * ass))
    names = ("hota", "hota_deta", "hota_assa", "hota_loca")
    return {name: sum(v) / 19 for name, v in zip(names, (hotas, dets, asss, locs))}


def clear_mot(truth, result, overlap):
    last, switches, matched, total = {}, 0, 0, Fraction(0)
    for f in sorted(truth):
        allowed = {pair: value for pair, value in overlap[f].items() if value >= HALF}
        kept = [(t, last[t]) for t in sorted(truth[f]) if (t, last.get(t)) in allowed]
        if len({r for _, r in kept}) < len(kept):
            raise Tie  # two truths had this result last: the paper does not say who keeps it
        ts, rs = {t for t, _ in kept}, {r for _, r in kept}
        rest = [p for p in allowed if p[0] not in ts and p[1] not in rs]
        new = best_pairing(rest, lambda pairs: (len(pairs), sum(allowed[p] for p in pairs)))
        for t, r in kept + list(new):
            switches += last.get(t, r) != r
            last[t] = r
            matched += 1
            total += allowed[t, r]
    truths, results = (sum(len(b) for b in side.values()) for side in (truth, result))
    mistakes = truths - matched + results - matched + switches
    return {
        "id_switches": switches,
        "mota": float(1 - Fraction(mistakes, truths)),
        "motp": float(total / matched),
    }


def identity(truth, result, overlap):
    frames = defaultdict(int)
    for pairs in overlap.values():
        for pair, value in pairs.items():
            frames[pair] += value >= HALF
    useful = sorted(pair for pair, n in frames.items() if n)
    right = max(sum(frames[p] for p in pairs) for pairs in pairings(useful))
    truths, results = (sum(len(b) for b in side.values()) for side in (truth, result))
    return {
        "idf1": 2 * right / (truths + results),
        "idp": right / results,
        "idr": right / truths,
    }


def scores(truth, truth_parents, result, result_parents):
    overlap = ious(truth, result)
    out = dict(zip(("ap", "ap50", "ap75"), coco(truth, result, overlap, 100)))
    out.update(zip(("ap_of_2", "ap50_of_2", "ap75_of_2"), coco(truth, result, overlap, 2)))
    out.update(ctc(truth, truth_parents, result, result_parents))
    out.update(hota(truth, result, overlap))
    out.update(clear_mot(truth, result, overlap))
    out.update(identity(truth, result, overlap))
    return out


# Files


def write(name, header, rows):
    with open(Path(__file__).parent / name, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header] + rows)


def main():
    boxes, parents, expected = [], [], []
    seed = scene = 0
    while scene < SCENES:
        seed += 1
        rng = random.Random(seed)
        truth, truth_parents = drawn_truth(rng)
        result, result_parents = drawn_result(rng, truth, truth_parents)
        try:
            found = scores(truth, truth_parents, result, result_parents)
        except Tie:
            continue
        sides = (("truth", truth, truth_parents), ("result", result, result_parents))
        for side, frames, olds in sides:
            for frame, objects in frames.items():
                for i in sorted(objects):
                    place = objects[i][:4]
                    boxes.append([scene, side, frame, i, *place, float(objects[i][4])])
            parents += [[scene, side, i, old] for i in sorted(olds) for old in olds[i]]
        expected += [[scene, name, repr(value)] for name, value in found.items()]
        scene += 1
    write("boxes.csv", ["scene", "side", "frame", "id", "y", "x", "height", "width", "score"], boxes)
    write("parents.csv", ["scene", "side", "track", "parent"], parents)
    write("expected.csv", ["scene", "score", "value"], expected)
    print(f"{scene} scenes of {seed} drawn")


if __name__ == "__main__":
    main()
