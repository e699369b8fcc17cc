"""test_faults.py - the fault supervisor's plan holds what was asked for."""
import collections
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../faults"))
# pylint: disable=wrong-import-position
from lib import shims
from lib.supervisor import Supervisor
from lib.table import DEMANDS, FAULTS, STAGES


def planned(plan):
    found = collections.Counter()
    for name, count in plan:
        found[name] += count
    return found


class Plans(unittest.TestCase):
    def test_a_plan_holds_what_was_asked_for(self):
        """faults: every injection asked for is in the plan of its stage, in volleys"""
        asked = {"kills": 61, "zombies": 20, "poison": 2}
        stages = Supervisor(7).plan(asked)
        self.assertEqual({name: planned(stages[FAULTS[name].stage])[name] for name in asked}, asked)
        for name, count in stages["steady"]:
            self.assertLessEqual(count, FAULTS[name].volley)

    def test_faults_and_demands_are_of_what_there_is(self):
        """faults: each fault has its stage, each demand its fault"""
        self.assertLessEqual({fault.stage for fault in FAULTS.values()}, set(STAGES))
        self.assertLessEqual({demand[0] for demand in DEMANDS}, set(FAULTS))

    def test_two_lanes_are_told_as_one(self):
        """faults: what a lane reports is added to the other's; of the slowest the slowest counts"""
        one, other = Supervisor(7), Supervisor(7)
        one.planned["kills"], one.fired["kills"], one.slowest["kills"] = 3, 3, 2.5
        one.violations["I4"], one.records, one.failed = 1, 100, 1
        other.planned["stream-kills"], other.slowest["kills"] = 5, 4.5
        other.violations["I4"], other.records, other.failed = 2, 11, 1
        one.absorb(json.loads(json.dumps(other.report())))
        self.assertEqual(dict(one.planned), {"kills": 3, "stream-kills": 5})
        self.assertEqual((one.violations["I4"], one.records, one.failed), (3, 111, 2))
        self.assertEqual(one.slowest["kills"], 4.5)
        self.assertEqual(one.void(), ["stream-kills"])


# Writes where there is nothing, by way of libc, once malloc fails; and without that not.
CRASHES = "#include <stdlib.h>\n#include <string.h>\n" \
          "int main(void) { char *volatile p = malloc(9); memset(p, 1, 9); return 0; }\n"


class Crashes(unittest.TestCase):
    def test_a_crash_is_told_by_whose_it_is(self):
        """faults: who crashes where an allocation fails is told by name, libc passed over, once"""
        with tempfile.TemporaryDirectory() as folder:
            path = lambda name: os.path.join(folder, name)
            with open(path("crashes.c"), "w", encoding="utf-8") as file:
                file.write(CRASHES)
            subprocess.run(["cc", "-O0", "-o", path("sawa-ingest"), path("crashes.c")], check=True)
            subprocess.run(["cc", "-shared", "-fPIC", "-o", path("shim.so"),
                            os.path.join(os.path.dirname(shims.__file__), "shim.c"), "-ldl"],
                           check=True)
            control = shims.Control(path("control"))
            self.addCleanup(control.file.close)
            self.addCleanup(control.map.close)
            begin = lambda: subprocess.run(
                [path("sawa-ingest")], check=False, env={
                    **os.environ, "LD_PRELOAD": path("shim.so"),
                    "SAWA_FAULT_FILE": path("control")}).returncode
            self.assertEqual((begin(), control.crashed()), (0, None))
            control["fail_at"], control["calls"] = control["calls"], 0
            self.assertEqual((begin(), control.crashed()), (-signal.SIGSEGV, shims.OURS))
            self.assertIsNone(control.crashed())


if __name__ == "__main__":
    unittest.main()
