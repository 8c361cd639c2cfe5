"""The rooms keep to themselves: what may be imported, written and connected to, read from the source itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "workflows", "checklists")
NETWORK = {
    "socket",
    "ssl",
    "http",
    "urllib",
    "httpx",
    "requests",
    "aiohttp",
    "dns",
    "smtplib",
    "ftplib",
    "asyncio",
    "socketserver",
}
# The last two ask only the portal's own address: is the port free, does the web server answer.
MAY_CONNECT = (
    *("portal/egress.py", "portal/mail.py", "portal/scanning.py", "portal/reference/"),
    *("portal/supervise.py", "portal/checkup.py"),
)
HARMLESS = {"urllib.parse", "http.HTTPStatus", "dns.name"}
# Options of connections that visitors open to us.
HARMLESS |= {"socket.SHUT_WR", "socket.SO_SNDBUF", "socket.SO_SNDTIMEO", "socket.SOL_SOCKET"}
VAGUE = {"utils", "helpers", "helper", "common", "misc", "manager", "managers", "base_utils"}
LONGEST = 300


def modules(*folders: str) -> Iterator[tuple[str, ast.Module, str]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            text = file.read_text("utf-8")
            yield str(file.relative_to(ROOT)), ast.parse(text), text


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_only_egress_opens_connections() -> None:
    found = [
        f"{path} imports {name}: connections to addresses that people name go through portal/egress.py"
        for path, tree, _ in modules(*PACKAGES)
        if not path.startswith(MAY_CONNECT)
        for name in imports(tree)
        if name.split(".")[0] in NETWORK
        and not any(name == ok or name.startswith(ok + ".") for ok in HARMLESS)
    ]
    assert not found, "\n".join(found)


def test_only_services_write() -> None:
    found = []
    for path, tree, _ in modules("portal"):
        if path.startswith(("portal/services/", "portal/demo/", "portal/store/database.py")):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.With):
                for item in node.items:
                    call = item.context_expr
                    if (
                        isinstance(call, ast.Call)
                        and isinstance(call.func, ast.Attribute)
                        and call.func.attr == "write"
                        and path.startswith(
                            ("portal/web/", "portal/jobs", "portal/verification/", "portal/reports/")
                        )
                    ):
                        found.append(
                            f"{path}:{node.lineno} opens a write transaction: that is a use case, put it in portal/services/"
                        )
    assert not found, "\n".join(found)


def test_pages_hold_no_queries() -> None:
    found = [
        f"{path} imports {name}: put the query in portal/store/"
        for path, tree, _ in modules("portal/web")
        for name in imports(tree)
        if name.startswith("sqlalchemy") and name != "sqlalchemy.orm.Session"
    ]
    assert not found, "\n".join(found)


def test_nobody_commits_by_hand() -> None:
    found = [
        f"{path} commits by hand: one unit of work is one commit"
        for path, _, text in modules("portal")
        if re.search(r"\bsession\.(commit|rollback)\(", text)
    ]
    assert not found, "\n".join(found)


def test_modules_stay_short_and_say_what_they_are_for() -> None:
    found = []
    for path, tree, text in modules(*PACKAGES):
        if len(text.splitlines()) > LONGEST:
            found.append(f"{path} has {len(text.splitlines())} lines: split it by journey")
        if tree.body and ast.get_docstring(tree) is None:
            found.append(f"{path} does not say what it is for")
        if Path(path).stem in VAGUE:
            found.append(f"{path}: name the module for what it does")
    assert not found, "\n".join(found)


def test_relations_are_never_loaded_behind_ones_back() -> None:
    for path, _, text in modules("portal/store"):
        for call in re.findall(r"relationship\([^)]*\)", text):
            assert 'lazy="raise"' in call, f'{path}: relationship without lazy="raise"'


def test_templates_hold_no_inline_style_or_handler() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {match}"
        for file in sorted((ROOT / "templates").rglob("*.html"))
        for match in re.findall(r"""\sstyle=|\son[a-z]+=["']|hx-on""", file.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


def test_no_source_leaves_work_for_later() -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        path
        for path, _, text in modules(*PACKAGES, "tests", "migrations")
        if mark.search(text) and "test_rooms" not in path
    ]
    assert not found, f"finish or file what these leave for later: {found}"
