"""Reading catalogues: YAML in, frozen models out, and errors that say file, line and what to write instead."""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from checklists import conditions, declarations
from checklists.schema import (
    KINDS,
    AnyCatalogue,
    DeclarationCatalogue,
    FormCatalogue,
    ReasonCatalogue,
    RiskCatalogue,
    Suite,
    TaskListCatalogue,
)


class CatalogueError(ValueError):
    """A catalogue file cannot be used; the message says where and what to write."""


LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 20
Judge = Callable[[AnyCatalogue], list[tuple[conditions.Place, str]]]


def parse(text: str, name: str, judge: Judge | None = None) -> AnyCatalogue:
    """The catalogue in a YAML text; `name` is the file that errors speak of.

    `judge` tells what else is wrong where the file is to be used: the place in it, and what to write instead.
    """
    try:
        _plain(text, name)
        body = yaml.load(text, Loader=LOADER)  # noqa: S506 -- both are safe loaders
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise CatalogueError(
            f"{name}:{line}: this is not YAML: {getattr(error, 'problem', error)}"
        ) from error
    except CatalogueError:
        raise
    except ValueError as error:
        # PyYAML makes dates and numbers of what looks like them, and some are none.
        raise CatalogueError(f"{name}:1: this is not YAML: {error}; write quotes around it") from error
    if not isinstance(body, dict) or body.get("kind") not in tuple(KINDS):
        raise CatalogueError(f"{name}:1: write kind: as one of {', '.join(sorted(KINDS))}")
    try:
        catalogue = KINDS[body["kind"]].model_validate(body)
    except ValidationError as error:
        problems = [(problem["loc"], problem["msg"]) for problem in error.errors()]
        raise CatalogueError(_explained(problems, text, name)) from error
    faults = judge(catalogue) if judge else []
    if isinstance(catalogue, DeclarationCatalogue):
        faults += declarations.faults(catalogue, _known_checks())
        faults += conditions.faults(catalogue, _newest_order())
    if faults:
        raise CatalogueError(_explained(faults, text, name))
    return catalogue


def _plain(text: str, name: str) -> None:
    """Refuse what lets a small file grow large when it is read: references, and lists within lists."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise CatalogueError(f"{name}:{line}: *{event.anchor} stands for another text: write it out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise CatalogueError(f"{name}:{line}: lists lie too deep: write as in the shipped file")


def _explained(problems: list[tuple[conditions.Place, str]], text: str, name: str) -> str:
    root = yaml.compose(text, Loader=LOADER)
    lines = []
    for place, said in problems:
        line, path = _line(root, place)
        lines.append(f"{name}:{line}: {path}: {said}")
    return "\n".join(lines)


@cache
def _newest_order() -> FormCatalogue:
    """The order form, read without the other catalogues, because a declaration is checked against it."""
    forms = [FormCatalogue.model_validate(body) for body in _bodies("order-")]
    return max(forms, key=lambda form: order(form.version))


@cache
def _known_checks() -> frozenset[str]:
    """The numbers of every check of the shipped suites, for the same reason."""
    suites = [Suite.model_validate(body) for body in _bodies("suite-sdk-")]
    return frozenset(check.number for suite in suites for check in suite.checks)


def _bodies(beginning: str) -> list[Any]:
    folder = resources.files(__package__) / "catalogues"
    texts = [file.read_text("utf-8") for file in folder.iterdir() if file.name.startswith(beginning)]
    return [yaml.load(text, Loader=LOADER) for text in texts]  # noqa: S506 -- both are safe loaders


def _line(node: Any, place: tuple[int | str, ...]) -> tuple[int, str]:
    """The line of the innermost node that the place leads to, and the place in words."""
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
        else:
            found = None
        if found is None:
            break
        node = found
    return node.start_mark.line + 1, ".".join(str(part) for part in place)


def load(path: Path) -> AnyCatalogue:
    """The catalogue in a file."""
    try:
        return parse(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}:1: the file cannot be read: {error}") from error


@cache
def shipped() -> dict[tuple[str, str], AnyCatalogue]:
    """Every catalogue of the package by id and version."""
    found: dict[tuple[str, str], AnyCatalogue] = {}
    folder = resources.files(__package__) / "catalogues"
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".yaml"):
            catalogue = parse(file.read_text("utf-8"), file.name)
            found[catalogue.id, catalogue.version] = catalogue
    return found


def get(catalogue_id: str, version: str) -> AnyCatalogue:
    """The shipped catalogue of that id and version; KeyError when there is none."""
    return shipped()[catalogue_id, version]


def latest(catalogue_id: str) -> AnyCatalogue:
    """The newest shipped version of a catalogue; KeyError for an unknown id."""
    versions = [version for found, version in shipped() if found == catalogue_id]
    if not versions:
        raise KeyError(catalogue_id)
    return shipped()[catalogue_id, max(versions, key=order)]


def order(version: str) -> tuple[int, ...]:
    """What versions sort by: 1.10 comes after 1.9."""
    return tuple(int(part) for part in version.split("."))


def _typed(catalogue_id: str, version: str | None, kind: type[Any]) -> Any:
    found = latest(catalogue_id) if version is None else get(catalogue_id, version)
    if not isinstance(found, kind):
        raise KeyError(f"{catalogue_id} is not a {kind.__name__}")
    return found


def declaration(version: str | None = None) -> DeclarationCatalogue:
    found: DeclarationCatalogue = _typed("declaration-sdk", version, DeclarationCatalogue)
    return found


def form(catalogue_id: str, version: str | None = None) -> FormCatalogue:
    found: FormCatalogue = _typed(catalogue_id, version, FormCatalogue)
    return found


def tasks(catalogue_id: str, version: str | None = None) -> TaskListCatalogue:
    found: TaskListCatalogue = _typed(catalogue_id, version, TaskListCatalogue)
    return found


def risk(version: str | None = None) -> RiskCatalogue:
    found: RiskCatalogue = _typed("risk-sdk", version, RiskCatalogue)
    return found


def reasons(version: str | None = None) -> ReasonCatalogue:
    found: ReasonCatalogue = _typed("reasons", version, ReasonCatalogue)
    return found


def suite(version: str | None = None) -> Suite:
    found: Suite = _typed("suite-sdk", version, Suite)
    return found


def canonical(catalogue: AnyCatalogue) -> str:
    """The catalogue as canonical JSON: sorted keys, no spaces."""
    return json.dumps(
        catalogue.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )


def to_yaml(catalogue: AnyCatalogue) -> str:
    """The catalogue as a YAML text that `parse` reads as the same one: what a new version is begun from."""
    body = catalogue.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=110)


def sha256(catalogue: AnyCatalogue) -> str:
    return hashlib.sha256(canonical(catalogue).encode()).hexdigest()


def from_body(body: str) -> AnyCatalogue:
    """The catalogue that `canonical` was made of."""
    raw = json.loads(body)
    return KINDS[raw["kind"]].model_validate(raw)
