"""Exports as JSON, and the schemas that they keep to."""

import json
from typing import Any

from portal.exports.model import ActionPlan, Declaration, Record, RiskAnalysis

SCHEMAS: dict[str, type[Record]] = {
    "declaration-1": Declaration,
    "risk-1": RiskAnalysis,
    "actions-1": ActionPlan,
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def written(body: Any) -> bytes:
    """JSON for people and programs: sorted keys, indented, UTF-8, a line break at the end."""
    return (json.dumps(body, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def record(found: Record) -> bytes:
    """The record as JSON."""
    return written(found.model_dump(mode="json"))


def schema(name: str, address: str) -> bytes:
    """The published schema of that name for an installation at `address`; KeyError for an unknown name."""
    body = SCHEMAS[name].model_json_schema(mode="serialization")
    return written({"$schema": DIALECT, "$id": f"{address.rstrip('/')}/schemas/{name}.json", **body})
