"""report.py - collects the differences of one part after the other and prints TAP-like lines."""
import sys

SHOWN = 20


class Part:
    """One thing compared. Count what was looked at, and say what differs."""

    def __init__(self, name):
        self.name, self.looked_at, self.differences, self.samples = name, 0, 0, []

    def differ(self, text):
        self.differences += 1
        if len(self.samples) < SHOWN:
            self.samples.append(text)

    def equal(self, what, expected, found):
        self.looked_at += 1
        if expected != found:
            self.differ(f"{what}: expected {expected!r}, found {found!r}")

    def equal_maps(self, what, expected, found):
        """Both ways: missing, unexpected, different."""
        for key, value in expected.items():
            self.looked_at += 1
            if key not in found:
                self.differ(f"{what} {key}: missing, expected {value!r}")
            elif found[key] != value:
                self.differ(f"{what} {key}: expected {value!r}, found {found[key]!r}")
        for key in found.keys() - expected.keys():
            self.looked_at += 1
            self.differ(f"{what} {key}: unexpected, found {found[key]!r}")

    def print(self, out=sys.stdout):
        if self.differences == 0:
            out.write(f"ok - {self.name} ({self.looked_at} compared)\n")
            return
        out.write(f"not ok - {self.name}: {self.differences} differences"
                  f" ({self.looked_at} compared)\n")
        for sample in self.samples:
            out.write(f"#   {sample}\n")
        if self.differences > len(self.samples):
            out.write(f"#   and {self.differences - len(self.samples)} more\n")
        out.flush()
