#!/usr/bin/env python3
"""What other programs measure of a simulated recording, beside mote and the truth.

usage: compare_tools.py MOTE SIMULATION [--every N] [--sigma PX] [--bright]

MOTE is the program, SIMULATION a folder that `mote simulate` wrote. Every Nth frame (20) is
segmented by scikit-image (Gaussian, Otsu, label, regionprops) and by ImageJ (Gaussian Blur, the
threshold "Default", Watershed, Analyze Particles), and the whole recording by `mote track` at its
defaults. Particles are matched to those of the truth that lie whole in the field, apart from all
others and in contrast: the nearest centre within the true radius. --bright: particles are brighter
than the background. Needs the Debian packages
python3-skimage, imagej and openjdk-17-jdk-headless.
"""

import argparse
import csv
import math
import os
import statistics
import subprocess
import sys
import tempfile

import numpy as np
from skimage import filters, io, measure

APART_PX = 3
IMAGEJ = "/usr/share/java/ij.jar"


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def truth_of(folder, frames):
    """Per frame the particles (y, x, diameter) that can be judged, and all of them."""
    all_of = {frame: [] for frame in frames}
    for row in read_csv(os.path.join(folder, "truth", "instances.csv")):
        frame = int(row["frame"])
        if frame in all_of:
            all_of[frame].append({
                "y": float(row["y_px"]), "x": float(row["x_px"]), "r": float(row["radius_px"]),
                "d": 2 * math.sqrt(float(row["area_px2"]) / math.pi),
                "whole": row["border"] == "0" and row["dark"] == "0" and
                         float(row["neck_ratio"]) == 0})
    for particles in all_of.values():
        for a in particles:
            a["alone"] = a["whole"] and all(
                b is a or math.hypot(a["y"] - b["y"], a["x"] - b["x"]) >
                a["r"] + b["r"] + APART_PX for b in particles)
    return all_of


def by_skimage(stack, frames, sigma, bright):
    found = {}
    for frame in frames:
        image = stack[frame].astype(float)
        if sigma > 0:
            image = filters.gaussian(image, sigma, preserve_range=True)
        level = filters.threshold_otsu(image)
        labels = measure.label(image > level if bright else image < level)
        height, width = image.shape
        found[frame] = [(*p.centroid, p.equivalent_diameter_area)
                        for p in measure.regionprops(labels)
                        if p.area >= 7 and p.bbox[0] > 0 and p.bbox[1] > 0 and
                        p.bbox[2] < height and p.bbox[3] < width]
    return found


def by_imagej(recording, frames, sigma, watershed, bright):
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ImageJParticles.java")
    table = subprocess.run(
        ["java", "-Djava.awt.headless=true", "-cp", IMAGEJ, source, recording, str(sigma),
         "Default dark" if bright else "Default", str(int(watershed)), *map(str, frames)],
        check=True, capture_output=True, text=True).stdout
    found = {frame: [] for frame in frames}
    for row in csv.DictReader(table.splitlines()):
        found[int(row["frame"])].append((float(row["y_px"]), float(row["x_px"]),
                                         2 * math.sqrt(float(row["area_px2"]) / math.pi)))
    return found


def by_mote(program, recording, frames):
    with tempfile.TemporaryDirectory() as folder:
        run = os.path.join(folder, "run")
        subprocess.run([program, "track", recording, "-o", run, "--no-overlay", "--no-report"],
                       check=True, capture_output=True)
        found = {frame: [] for frame in frames}
        for row in read_csv(os.path.join(run, "particles.csv")):
            if int(row["frame"]) in found and row["border"] == "0":
                found[int(row["frame"])].append(
                    (float(row["y_px"]), float(row["x_px"]), float(row["ecd_px"])))
        return found


def compared(truth, found):
    errors, asked, extra, count = [], 0, 0, 0
    for frame, particles in truth.items():
        here = np.array([p[:3] for p in found[frame]]).reshape(-1, 3)
        count += len(here)
        for particle in particles:
            if not particle["alone"]:
                continue
            asked += 1
            if len(here) == 0:
                continue
            away = np.hypot(here[:, 0] - particle["y"], here[:, 1] - particle["x"])
            nearest = int(np.argmin(away))
            if away[nearest] < particle["r"]:
                errors.append(here[nearest, 2] / particle["d"] - 1)
        for y, x, _ in here:
            extra += all(math.hypot(y - p["y"], x - p["x"]) > p["r"] for p in particles)
    quartiles = statistics.quantiles(errors, n=4)
    return (len(errors) / asked, 100 * statistics.median(errors), 100 * quartiles[0],
            100 * quartiles[2], extra / len(truth), count / len(truth))


def main():
    parser = argparse.ArgumentParser(description="Compares programs on a simulated recording.")
    parser.add_argument("mote")
    parser.add_argument("simulation")
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--sigma", type=float, default=2)
    parser.add_argument("--bright", action="store_true")
    arguments = parser.parse_args()
    recording = os.path.join(arguments.simulation, "recording.tif")
    stack = io.imread(recording)
    frames = list(range(0, len(stack), arguments.every))
    truth = truth_of(arguments.simulation, frames)
    rows = [
        ("scikit-image, Otsu", by_skimage(stack, frames, 0, arguments.bright)),
        (f"scikit-image, sigma {arguments.sigma:g} px",
         by_skimage(stack, frames, arguments.sigma, arguments.bright)),
        ("ImageJ, no blur", by_imagej(recording, frames, 0, False, arguments.bright)),
        (f"ImageJ, sigma {arguments.sigma:g} px",
         by_imagej(recording, frames, arguments.sigma, False, arguments.bright)),
        (f"ImageJ, sigma {arguments.sigma:g} px, watershed",
         by_imagej(recording, frames, arguments.sigma, True, arguments.bright)),
        ("mote, defaults", by_mote(arguments.mote, recording, frames)),
    ]
    alone = sum(p["alone"] for particles in truth.values() for p in particles)
    print(f"{len(frames)} frames, {alone} particles asked for")
    print("| program | found | ECD bias | quartiles | false a frame | whole a frame |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, found in rows:
        share, bias, low, high, extra, count = compared(truth, found)
        print(f"| {name} | {100 * share:.1f} % | {bias:+.1f} % | {low:+.1f} to {high:+.1f} % | "
              f"{extra:.1f} | {count:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
