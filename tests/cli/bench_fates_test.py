#!/usr/bin/env python3
"""The fates that mote-bench draws: whom they ask, sizes at contact, intervals and bins."""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import bench_fates  # noqa: E402  pylint: disable=wrong-import-position


def event(**cells):
    names = ["kind", "outcome", "truth_frame", "result_frame", "tracks", "children", "first_frame",
             "last_frame", "false_merges", "false_deaths", "false_dissolutions"]
    return dict.fromkeys(names, "") | cells


def row(**cells):
    return dict.fromkeys(bench_fates.COLUMNS, "") | {"dose": "1"} | cells


class Fates(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mote-fates-")
        self.addCleanup(folder.cleanup)
        self.truth = folder.name
        self.write("instances.csv", "frame,track,radius_nm\n0,1,4\n0,2,3\n5,1,4\n5,2,2\n6,2,1\n")
        self.write("events.csv", "type,tracks,contact_frame\ncoalescence,1;2,5\nparted,1;3,\n")

    def write(self, name, text):
        with open(os.path.join(self.truth, name), "w", encoding="utf-8") as file:
            file.write(text)

    def test_a_merge_has_the_size_ratio_of_its_first_contact(self):
        merge = event(kind="merge", outcome="missed", truth_frame="9", tracks="2;1")

        (fate,) = bench_fates.fates([merge], self.truth, 0.1)

        self.assertEqual(fate["size_ratio"], "0.5000")
        self.assertEqual(fate["outcome"], "missed")

    def test_a_wrong_merge_has_no_size_ratio(self):
        merge = event(kind="merge", outcome="wrong", result_frame="9", tracks="1;2")

        (fate,) = bench_fates.fates([merge], self.truth, 0.1)

        self.assertEqual(fate["size_ratio"], "")

    def test_a_crossing_dwells_from_its_first_to_its_last_frame(self):
        crossing = event(kind="crossing", tracks="1;2", first_frame="0", last_frame="4",
                         false_merges="1")

        (fate,) = bench_fates.fates([crossing], self.truth, 0.1)

        self.assertEqual(fate["dwell_s"], "0.5")
        self.assertEqual(fate["size_ratio"], "0.7500")

    def test_other_kinds_are_left_out(self):
        self.assertEqual(bench_fates.fates([event(kind="birth", truth_frame="3")], self.truth, 1),
                         [])


class Curves(unittest.TestCase):
    # Worked example of Newcombe, Statistics in Medicine 17, 857, 1998: 81 of 263.
    def test_wilson_agrees_with_a_published_interval(self):
        low, high = bench_fates.wilson(81, 263)

        self.assertAlmostEqual(low, 0.2553, 4)
        self.assertAlmostEqual(high, 0.3662, 4)

    def test_only_merges_that_were_asked_for_count(self):
        merges = [row(kind="merge", recording="sintering", outcome=outcome, truth_frame=frame,
                      size_ratio="0.5")
                  for outcome, frame in (("right", "5"), ("missed", "6"), ("wrong", ""))]
        merges.append(row(kind="merge", recording="flicker", outcome="missed", truth_frame="7",
                          size_ratio="0.5"))

        points = bench_fates.curves(merges, [1])

        self.assertEqual([(point["panel"], point["from"], point["to"], point["hits"], point["n"])
                          for point in points], [("dose", 1, 1, 1, 2), ("size_ratio", 0, 0.6, 1, 2)])

    def test_a_bin_holds_its_upper_edge_and_a_crossing_counts_once(self):
        crossings = [row(kind="crossing", recording="overlap", dwell_s=dwell, false_merges=merges)
                     for dwell, merges in (("0.2", "0"), ("0.3", "2"), ("0.8", "0"))]

        points = bench_fates.curves(crossings, [1])

        self.assertEqual([(point["from"], point["to"], point["hits"], point["n"])
                          for point in points], [(0, 0.2, 0, 1), (0.2, 0.8, 1, 2)])


if __name__ == "__main__":
    unittest.main()
