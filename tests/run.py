"""Runs everything CI runs, in order, and says at the end what failed: the README's test command."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
MEMORY = Path(f"/dev/shm/anslut-tests-{os.getpid()}")
ROOM = 3 * 1024**3
DEBIAN = {"chromium": "chromium", "pdftotext": "poppler-utils", "qpdf": "qpdf"}


def main() -> int:
    """Install what is missing where that can be done, run the stages, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="only what takes less than a minute")
    parser.add_argument("--lint", action="store_true", help="only style, types and contracts")
    chosen = parser.parse_args()
    os.chdir(ROOT)
    if not chosen.lint and not chosen.fast:
        install_programs()
    stages = lint_stages()
    if chosen.fast:
        stages.append(
            ("Rules and rooms", [*pytest(), "tests/architecture", "tests/journey", "tests/verification"])
        )
    elif not chosen.lint:
        stages.append(("Tests and features", [*pytest(), "-n", "auto", "--dist", "loadgroup"]))
    failed = [name for name, command in stages if not run(name, command)]
    shutil.rmtree(MEMORY, ignore_errors=True)
    print("\nFailed: " + ", ".join(failed) if failed else "\nEverything passed.")
    return 1 if failed else 0


def pytest() -> list[str]:
    """The test command; its files lie in memory where that can be, for every commit waits for the disk."""
    parent = MEMORY.parent
    roomy = parent.is_dir() and os.access(parent, os.W_OK) and shutil.disk_usage(parent).free > ROOM
    return [str(BIN / "pytest"), "-q", *([f"--basetemp={MEMORY}"] if roomy else [])]


def lint_stages() -> list[tuple[str, list[str]]]:
    """Style, types, import contracts and templates."""
    sources = ["portal", "workflows", "checklists", "tests", "features", "migrations"]
    return [
        ("Style", [str(BIN / "ruff"), "check", *sources]),
        ("Format", [str(BIN / "ruff"), "format", "--check", *sources]),
        ("Types", [str(BIN / "mypy"), "portal", "workflows", "checklists"]),
        ("Import contracts", [str(BIN / "lint-imports")]),
        ("Templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]),
    ]


def run(name: str, command: list[str]) -> bool:
    """Run one stage and say how long it took."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    passed = subprocess.run(command, check=False).returncode == 0
    print(f"== {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return passed


def install_programs() -> None:
    """Chromium, PostgreSQL and the PDF tools from Debian, when they are missing and this user may install."""
    wanted = [package for program, package in DEBIAN.items() if shutil.which(program) is None]
    if not shutil.which("initdb") and not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        wanted.append("postgresql")
    if not wanted:
        return
    apt = shutil.which("apt-get")
    if apt is None:
        print(f"Missing: {', '.join(wanted)}. Install them to run every test; the others run without.")
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    print(f"Installing {', '.join(wanted)} …", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run([*sudo, apt, "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
    done = subprocess.run([*sudo, apt, "install", "-y", "-qq", *wanted], check=False, **quiet)  # type: ignore[call-overload]
    if done.returncode != 0:
        print(f"Could not install {', '.join(wanted)}: install them as an administrator to run every test.")


if __name__ == "__main__":
    sys.exit(main())
