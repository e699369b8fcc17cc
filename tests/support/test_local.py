"""What deploy/local makes at random is what the servers take."""
import os
import subprocess
import unittest

from scratch import ROOT

DRAWS = 300


class ClusterId(unittest.TestCase):
    def test_cluster_id_is_no_option(self):
        """22 characters of base64url, canonical, and no dash in front: one in 64 had one."""
        script = f'. "$0"; for ((i = 0; i < {DRAWS}; i++)); do kafka_cluster_id; done'
        said = subprocess.run(
            ["bash", "-c", script, os.path.join(ROOT, "deploy", "local", "lib", "kafka.sh")],
            check=True, text=True, stdout=subprocess.PIPE).stdout.split()
        self.assertEqual(DRAWS, len(set(said)))
        for cluster_id in said:
            self.assertRegex(cluster_id, r"\A[A-Za-z0-9_][A-Za-z0-9_-]{20}[AQgw]\Z")


if __name__ == "__main__":
    unittest.main()
