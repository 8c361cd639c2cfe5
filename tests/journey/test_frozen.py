"""One record has one canonical form, whatever order its keys came in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.frozen import canonical, digest

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
RECORDS = st.dictionaries(st.text(max_size=8), VALUES, max_size=6)


@given(RECORDS)
def test_order_of_keys_changes_nothing(record: dict[str, object]) -> None:
    turned = dict(reversed(list(record.items())))
    assert canonical(record) == canonical(turned)
    assert json.loads(canonical(record)) == record


@given(RECORDS, RECORDS)
def test_different_records_have_different_names(one: dict[str, object], other: dict[str, object]) -> None:
    assert (digest(one) == digest(other)) == (canonical(one) == canonical(other))


@pytest.mark.parametrize("record", [{"a": 1.5}, {"a": [{"b": 0.1}]}, {"a": (1, 2.0)}])
def test_floats_are_refused_however_deep(record: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="float"):
        canonical(record)
