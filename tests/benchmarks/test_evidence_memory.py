"""How much memory and time evidence takes: printed to be read, with a bound on memory alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evidence import making

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
MEASURE = """
import io, sys, time
from pathlib import Path
from portal import file_kinds
from portal.files import FileStore

def peak():
    # Of this program alone; what getrusage tells begins with the peak of the program that started it.
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
"""
TAKE_IN = """
class Long(io.RawIOBase):
    left, first = int(sys.argv[2]), True
    def read(self, most=-1):
        part = (b"%PDF-1.7 ".ljust(most, b"a") if self.first else b"a" * most)[: self.left]
        self.first, self.left = False, self.left - len(part)
        return part

before, began = peak(), time.perf_counter()
files = FileStore(Path(sys.argv[1]))
with files.receive(Long(), int(sys.argv[2])) as received:
    file_kinds.inspect(received.path, "stor.pdf")
    with files.keep(received):
        pass
print(peak() - before, round((time.perf_counter() - began) * 1000))
"""
REFUSE = """
before, began = peak(), time.perf_counter()
try:
    file_kinds.inspect(Path(sys.argv[1]), "bomb.docx")
except file_kinds.Refused:
    print(peak() - before, round((time.perf_counter() - began) * 1000))
"""


def measured(program: str, *arguments: object) -> tuple[float, int]:
    """Megabytes of memory beyond the start of a fresh process, and milliseconds."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE + program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    kilobytes, milliseconds = done.stdout.split()
    return int(kilobytes) / 1024, int(milliseconds)


def test_taking_in_a_large_file_needs_little_memory(tmp_path: Path) -> None:
    for megabytes in (1, 25, 200):
        memory, milliseconds = measured(TAKE_IN, tmp_path / str(megabytes), megabytes * MEGABYTE)
        print(f"\n{megabytes} MB taken in: {memory:.1f} MB more memory, {milliseconds} ms")
        assert memory < 16


def test_looking_into_a_bomb_needs_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    path.write_bytes(making.bomb(250))
    memory, milliseconds = measured(REFUSE, path)
    print(f"\nA bomb of 250 MB refused: {memory:.1f} MB more memory, {milliseconds} ms")
    assert memory < 32
