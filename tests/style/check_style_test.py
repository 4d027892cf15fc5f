#!/usr/bin/env python3
"""Shows that each check of check_style.py fails on what it forbids, and that it passes otherwise."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

CHECKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check_style.py")


class CheckStyle(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="mote-style-")
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, path, text):
        whole = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(text)

    def check(self, what, **environment):
        done = subprocess.run([sys.executable, CHECKER, what, self.root], capture_output=True,
                              text=True, check=False, env={**os.environ, **environment})
        return done.returncode, done.stdout

    def test_a_layer_includes_what_the_table_allows(self):
        self.write("mote/track/a.cpp", '#include "mote/core/image.h"\n#include "mote/track/b.h"\n')
        self.write("apps/cli/main.cpp", '#include "mote/pipeline/track_job.h"\n')
        self.write("mote/video/a.cpp", "#include <libavcodec/avcodec.h>\n")
        self.assertEqual(self.check("includes"), (0, ""))

    def test_a_layer_that_includes_past_the_table_is_named(self):
        self.write("mote/track/a.cpp", '#include <vector>\n#include "mote/io/open.h"\n')
        code, output = self.check("includes")
        self.assertEqual(code, 1)
        self.assertIn("mote/track/a.cpp:2: includes mote/io/open.h, but mote/track may include "
                      "only core, imaging", output)

    def test_core_includes_no_other_folder(self):
        self.write("mote/core/a.h", '#include "mote/io/open.h"\n')
        self.assertIn("may include no other folder", self.check("includes")[1])

    def test_apps_include_only_core_and_pipeline(self):
        self.write("apps/cli/main.cpp", '#include "mote/io/open.h"\n')
        self.assertEqual(self.check("includes")[0], 1)

    def test_a_folder_without_a_row_is_named(self):
        self.write("mote/extras/a.h", "#pragma once\n")
        self.assertIn("mote/extras is not in the table", self.check("includes")[1])

    def test_libav_and_libtorch_stay_in_their_plugins(self):
        self.write("mote/io/a.cpp", "#include <libavformat/avformat.h>\n")
        self.write("mote/pipeline/a.cpp", "#include <torch/types.h>\n")
        code, output = self.check("includes")
        self.assertEqual(code, 1)
        self.assertIn("mote/io/a.cpp:1", output)
        self.assertIn("mote/pipeline/a.cpp:1", output)

    def test_a_source_file_includes_its_header_first(self):
        self.write("mote/core/a.h", "#pragma once\n")
        self.write("mote/core/a.cpp", '#include "mote/core/a.h"\n#include <vector>\n')
        self.assertEqual(self.check("headers"), (0, ""))
        self.write("mote/core/a.cpp", '#include <vector>\n#include "mote/core/a.h"\n')
        self.assertIn("the first include is vector, expected mote/core/a.h",
                      self.check("headers")[1])

    def test_a_header_without_pragma_once_is_named(self):
        self.write("mote/core/a.h", "int a();\n")
        self.assertIn("mote/core/a.h: lacks #pragma once", self.check("headers")[1])

    def test_a_tracked_file_that_names_a_machines_folder_is_named(self):
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write("docs/a.md", "fine\nsee /" + "home/somebody/data\n")
        self.assertEqual(self.check("paths")[0], 0)  # not tracked yet
        subprocess.run(["git", "-C", self.root, "add", "."], check=True)
        code, output = self.check("paths")
        self.assertEqual(code, 1)
        self.assertIn("docs/a.md:2", output)

    def test_paths_are_not_checked_outside_a_checkout(self):
        self.assertEqual(self.check("paths")[0], 77)

    def test_an_unformatted_file_is_named(self):
        self.write(".clang-format", "BasedOnStyle: Google\n")
        self.write("tests/a.cpp", "int a() { return 1; }\n")
        code, output = self.check("format")
        if code == 77:
            self.skipTest(output)
        self.assertEqual((code, output), (0, ""))
        self.write("tests/a.cpp", "int   a( ) {return 1;}\n")
        code, output = self.check("format")
        self.assertEqual(code, 1)
        self.assertIn("tests/a.cpp:1: not formatted", output)

    def test_another_version_of_clang_format_does_not_judge(self):
        self.write("bin/clang-format", "#!/bin/sh\necho clang-format version 19.1.7\n")
        os.chmod(os.path.join(self.root, "bin/clang-format"), 0o755)
        self.write("tests/a.cpp", "int   a( ) {return 1;}\n")
        self.assertEqual(self.check("format", PATH=os.path.join(self.root, "bin")),
                         (77, "skipped: clang-format 14 is not installed\n"))


if __name__ == "__main__":
    unittest.main()
