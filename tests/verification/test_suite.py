"""Every check of the suite exists, every finding that a check can write has its texts, and no text is left over."""

import ast
import re
from pathlib import Path

from checklists import load
from portal.verification import checks as package
from portal.verification import registry

SUITE = load.suite("0.1")
FOLDER = Path(package.__file__).parent


def _strings(node: ast.AST | None) -> set[str]:
    if isinstance(node, ast.JoinedStr):
        return set()
    if isinstance(node, ast.Constant):
        return {node.value}
    return set().union(*map(_strings, ast.iter_child_nodes(node))) if node else set()


def _named(ids: ast.expr, cases: ast.expr | None) -> set[tuple[str, str]]:
    wanted = _strings(cases) if cases is not None else {""}
    return {
        (one, case)
        for one in _strings(ids)
        for case in wanted
        if re.fullmatch(r"[A-Z]{3}-\d\d", str(one)) and isinstance(case, str)
    }


def written() -> set[tuple[str, str]]:
    """Every (id, case) that the code of the checks names, where both are literals."""
    found: set[tuple[str, str]] = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                if node.func.attr in ("failed", "warning", "undefined"):
                    found |= _named(node.args[0], node.args[1] if len(node.args) > 1 else None)
            elif isinstance(node, ast.Tuple) and len(node.elts) == 5:
                found |= _named(node.elts[0], node.elts[1])
    return found


def test_every_check_has_a_function_and_every_function_a_check() -> None:
    assert set(registry.checks()) == {check.number for check in SUITE.checks}


def test_the_suite_is_what_is_settled() -> None:
    assert f"{SUITE.id.removeprefix('suite-')}-{SUITE.version}" == "sdk-0.1"
    assert [check.number for check in SUITE.checks] == [
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
        "08",
        "10",
        "11",
        "12",
    ]
    assert all(check.severity == "mandatory" for check in SUITE.checks)
    numbers = [check.number for check in SUITE.checks]
    for place, check in enumerate(SUITE.checks):
        assert set(check.needs) <= set(numbers[:place])


def test_every_fault_that_is_written_has_its_texts() -> None:
    known = {(found.id, found.case) for check in SUITE.checks for found in check.findings}
    lacking = written() - known
    assert len(written()) > 80
    assert not lacking, f"write these in checklists/catalogues/suite-sdk-0.1.yaml: {sorted(lacking)}"


def test_texts_are_unique_and_belong_to_an_assertion() -> None:
    for check in SUITE.checks:
        pairs = [(found.id, found.case) for found in check.findings]
        assert len(pairs) == len(set(pairs))
        assert {found.id for found in check.findings} <= {found.id for found in check.assertions}


def test_both_languages_speak_of_the_same_values() -> None:
    for check in SUITE.checks:
        texts = [assertion.title for assertion in check.assertions]
        for found in check.findings:
            texts += [found.what, found.why, found.remedy, *filter(None, (found.expected, found.actual))]
        for one in texts:
            assert set(re.findall(r"\{(\w+)\}", one.sv)) == set(re.findall(r"\{(\w+)\}", one.en)), one.sv
            assert one.sv != one.en
            assert "!" not in one.sv.replace("!.*!adress!", "")
