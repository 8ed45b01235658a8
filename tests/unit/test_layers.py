"""The merge gives the last layer's word for each leaf, and where that word is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.sites_file.layers import Layer, merge, origin
from fleet.yaml.compose import read_document

Tree = dict[str, Any]

# Few keys, so that layers overlap; numbers, so that the text of a leaf is easily compared.
leaves = st.integers(0, 9_999) | st.lists(st.integers(0, 9_999), max_size=3)
trees = st.recursive(
    leaves, lambda children: st.dictionaries(st.sampled_from("abc"), children, max_size=3)
)
layers = st.lists(st.dictionaries(st.sampled_from("abc"), trees, max_size=3), max_size=5)


def leaves_of(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves_of(value, (*path, key))
    else:
        yield path, tree


def last_words(trees: list[Tree]) -> dict[tuple[str, ...], tuple[Any, int]]:
    """Leaf -> its value and the layer that says it, told leaf by leaf instead of map by map.

    A leaf hides all that weaker layers have below its path, and a map hides a weaker leaf there.
    """
    words: dict[tuple[str, ...], tuple[Any, int]] = {}
    for rank, tree in enumerate(trees):
        for path in paths_of(tree):
            words.pop(path, None)
        for path, value in leaves_of(tree):
            hidden = [other for other in words if other[: len(path)] == path]
            for other in hidden:
                del words[other]
            words[path] = (value, rank)
    return words


def paths_of(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all maps inside the tree."""
    if isinstance(tree, dict):
        yield path
        for key, value in tree.items():
            yield from paths_of(value, (*path, key))


@given(layers)
def test_the_last_word_counts(trees: list[Tree]) -> None:
    merged = merge([Layer((f"layer{n}",), tree) for n, tree in enumerate(trees)])
    assert dict(leaves_of(merged)) == {path: word for path, (word, _) in last_words(trees).items()}


@given(layers)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_leaf_knows_where_it_is_written(tmp_path: Path, trees: list[Tree]) -> None:
    file = tmp_path / "layers.yaml"
    whole = {f"layer{n}": tree for n, tree in enumerate(trees)}
    file.write_text(yaml.safe_dump(whole or {"none": 0}, default_flow_style=None))
    document = read_document(file)
    lines = file.read_text().splitlines()
    read = [Layer((name,), document.root[name]) for name in whole]

    for path, (word, rank) in last_words(trees).items():
        found = origin(read, path)
        assert found is not None
        assert (found.rank, found.path) == (rank, (f"layer{rank}", *path))
        position = document.position(found.path)
        written = lines[position.line - 1][position.column - 1 :]
        assert written.startswith(str(word)), (path, position, written)


@given(layers)
def test_the_layers_stay_as_they_are(trees: list[Tree]) -> None:
    copies = yaml.safe_load(yaml.safe_dump(trees))
    merge([Layer((), tree) for tree in trees])
    merge([Layer((), tree) for tree in reversed(trees)])
    assert trees == copies


def test_nobody_wrote_it() -> None:
    assert origin([Layer(("defaults",), {"scaling": {"min": 1}})], ("scaling", "max")) is None
    assert origin([], ("port",)) is None


def test_a_scalar_hides_what_weaker_layers_say_below_it() -> None:
    weak, strong = Layer(("weak",), {"scaling": {"min": 1}}), Layer(("strong",), {"scaling": 5})
    assert origin([weak, strong], ("scaling", "min")) is None


def test_elements_belong_to_the_list_that_replaced_the_others() -> None:
    weak = Layer(("weak",), {"domains": ["a.example.com", "b.example.com"]})
    strong = Layer(("strong",), {"domains": ["c.example.com"]})
    found = origin([weak, strong], ("domains", 0))
    assert found is not None
    assert found.path == ("strong", "domains", 0)
    assert origin([weak, strong], ("domains", 1)) is None
