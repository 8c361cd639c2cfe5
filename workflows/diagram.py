"""The state diagrams of the documentation, drawn from the tables of the journey so that they cannot tell something else."""

from workflows.journey import MOVES, Journey
from workflows.status import Track

_SHAPES = {Track.MAIN: ("[", "]"), Track.TECHNICAL: ("(", ")"), Track.SECURITY: ("([", "])")}


def of_steps(journey: Journey) -> str:
    """A Mermaid flowchart of a journey's steps: an arrow says which step has to be reached before the next opens."""
    lines = ["flowchart LR"]
    for step in journey.steps:
        left, right = _SHAPES[step.track]
        lines.append(f"    {step.id}{left}{step.id}{right}")
    for step in journey.steps:
        for before, reached in step.opens_after:
            label = "|or submitted|" if len(reached) > 1 else ""
            lines.append(f"    {before} -->{label} {step.id}")
    return "\n".join(lines)


def of_moves(step: str) -> str:
    """A Mermaid state diagram of one step: each arrow is a row of MOVES, with the action that may make it."""
    lines = ["stateDiagram-v2"]
    for row in MOVES:
        if row.step != step:
            continue
        who = row.who or "the portal"
        lines += [f"    {source} --> {row.target}: {row.name} ({who})" for source in sorted(row.sources)]
    return "\n".join(lines)


def page(journeys: dict[str, Journey]) -> str:
    """The whole page of diagrams in Markdown."""
    parts = [
        "# The journey",
        "Drawn from `workflows/journey.py` by `make docs`; a test compares. "
        "Square: main track. Rounded: technical. Stadium: security.",
    ]
    for journey in journeys.values():
        parts += [f"## {journey.id}, version {journey.version}", f"```mermaid\n{of_steps(journey)}\n```"]
    parts.append("# The moves of each step")
    steps = dict.fromkeys(step for journey in journeys.values() for step in journey.ids)
    for step in steps:
        parts += [f"## {step}", f"```mermaid\n{of_moves(step)}\n```"]
    return "\n\n".join(parts) + "\n"
