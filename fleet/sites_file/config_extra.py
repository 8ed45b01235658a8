"""The PHP in WORDPRESS_CONFIG_EXTRA: that it is some, and what the fleet's image can't take in it.

The image asks PHP itself when it starts (container/root/usr/local/share/fleet/config-extra.php);
here the same is said before anything is deployed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import tree_sitter_php
from tree_sitter import Language, Node, Parser

from fleet.problems import Breach
from fleet.site.group import Case
from fleet.sites_file.image_settings import runs_the_fleets_image
from fleet.wording import quoted

NAME = "WORDPRESS_CONFIG_EXTRA"
# As the image puts it before the code.
OPENING = "<?php "
# A network's sites have addresses that the image's nginx has no rules for.
NETWORK = ("WP_ALLOW_MULTISITE", "MULTISITE", "SUBDOMAIN_INSTALL")
# What an error shows of the code.
SHOWN = 40


def config_extra_breaches(case: Case) -> Iterator[Breach]:
    """What WordPress could not load, with any image; and networks of sites with the fleet's."""
    code = case.site.env.get(NAME, "")
    root = _parser().parse(f"{OPENING}{code}".encode()).root_node
    wrong = next((node for node in _nodes(root) if node.is_error or node.is_missing), None)
    if wrong is not None:
        yield Breach(
            (("env", NAME),),
            f"found what is no PHP in its line {_line(wrong)}, at {_shown(wrong)}",
            "PHP without an opening tag",
            f"{NAME}: \"define( 'WP_POST_REVISIONS', 7 );\"",
        )
    elif runs_the_fleets_image(case):
        yield from _in_code(root)
        for name in NETWORK:
            if case.site.env.get(name):
                yield _network(name, f"found {name}")


def _in_code(root: Node) -> Iterator[Breach]:
    for node in _nodes(root):
        text = _text(node)
        if node.type == "variable_name" and text == "$table_prefix":
            yield Breach(
                (("env", NAME),),
                f"found {text} in its line {_line(node)}, which not all of the image would hear of",
                "the field `table_prefix`",
                "table_prefix: wpx_",
            )
        elif (name := text.strip("'\"")) in NETWORK and _is_defined(node):
            yield _network(NAME, f"found {name} in its line {_line(node)}")


def _is_defined(node: Node) -> bool:
    """Whether it is the name in `const NAME = …` or the first argument of `define()`."""
    parent = node.parent
    if parent is None or parent.type == "const_element":
        return parent is not None and parent.children[0] == node
    arguments = parent.parent if parent.type == "argument" else None
    if arguments is None or arguments.named_children[0] != parent or arguments.parent is None:
        return False
    called = arguments.parent.child_by_field_name("function")
    return called is not None and _text(called).lstrip("\\").lower() == "define"


def _network(name: str, found: str) -> Breach:
    return Breach(
        (("env", name),),
        f"{found}: networks of sites do not work with the fleet's image",
        "each site of a network as a site of its own",
        "sites: {two: {domains: [two.example.com]}}",
    )


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_php.language_php()))


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _text(node: Node) -> str:
    return (node.text or b"").decode(errors="replace")


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _shown(node: Node) -> str:
    """The beginning of what is wrong; what stands before it where something is missing."""
    text = _text(node) or _text(node.parent or node)
    return quoted(text.splitlines()[0][:SHOWN] if text else "its end")
