"""test_faults.py - the fault supervisor's plan holds what was asked for."""
import collections
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../faults"))
# pylint: disable=wrong-import-position
from lib.supervisor import Supervisor
from lib.table import FAULTS


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


if __name__ == "__main__":
    unittest.main()
