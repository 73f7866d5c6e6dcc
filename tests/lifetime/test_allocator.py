"""What a step frees is there for the next: the allocator asks the system for no pages anew."""

import platform
import subprocess
import sys

import pytest

STEPS = """
import resource
import mutagrad

def step():
    layers = [mutagrad.ones(1_000_000) for _ in range(4)]

step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators have limits of their own")
def test_a_second_step_takes_no_new_pages():
    """Five steps of 16 MB fault in next to none of the 20,000 pages that they write."""
    ran = subprocess.run([sys.executable, "-c", STEPS], check=True, capture_output=True, text=True)

    assert int(ran.stdout) < 100
