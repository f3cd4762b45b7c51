"""Counts what passed and what failed, and says so in one form for every suite."""
import shutil
import sys
import time


class Report:
    """A quiet report only counts: the self-tests look at what it found."""

    def __init__(self, quiet=False):
        self.passed, self.failures, self.quiet = 0, [], quiet

    def say(self, text):
        if not self.quiet:
            print(text, flush=True)

    def section(self, title):
        self.say(f"\n== {title}")

    def check(self, ok, name, detail=""):
        """One line for one check."""
        self.say(f"  {'ok  ' if ok else 'FAIL'} {name}{': ' if detail else ''}{detail}")
        if ok:
            self.passed += 1
        else:
            self.failures.append(name)
        return ok

    def tool(self, program, package):
        """Demands a program; a missing one is a failure that names its package."""
        return shutil.which(program) is not None or self.check(
            False,
            f"tool {program}",
            f"not found, install the Debian package {package} (`make deps` prints all)",
        )

    def finish(self):
        """Prints the summary; the last line is always `N passed, M failed`."""
        print()
        for name in self.failures:
            print(f"failed: {name}")
        print(f"{self.passed} passed, {len(self.failures)} failed")
        sys.exit(1 if self.failures or not self.passed else 0)


class Clock:
    def __init__(self):
        self.start = time.monotonic()

    def __str__(self):
        return f"{time.monotonic() - self.start:.1f} s"
