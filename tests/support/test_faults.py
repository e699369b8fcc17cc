"""test_faults.py - the fault supervisor's plan holds what was asked for."""
import collections
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../faults"))
# pylint: disable=wrong-import-position
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


if __name__ == "__main__":
    unittest.main()
