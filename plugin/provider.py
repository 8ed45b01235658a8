"""`SharedBase` and `WordPressSite` as a Pulumi plugin, for programs in any language."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.output import Unknown
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError
from pulumi.resource import DependencyResource
from pulumi.runtime.rpc import ResourceModule, register_resource_module
from pulumi.runtime.sync_await import _sync_await

from components.aurora import DatabaseAccess
from components.base.for_sites import BaseForSites
from components.base.shared_base import SharedBase
from components.site.wordpress_site import WordPressSite
from fleet.fields.doc import doc_at
from fleet.names import PROJECT
from fleet.problems import FleetError
from fleet.settings.load import parse_settings
from fleet.settings.model import Settings
from fleet.site.model import Site
from fleet.yaml.document import dotted
from program.sdk_tuning import be_economical


class StandingBase(DependencyResource):
    """A `SharedBase` that the program hands to a site, by its URN."""

    def __init__(self, urn: str) -> None:
        super().__init__(urn)
        self._urn = urn

    @property
    def for_sites(self) -> BaseForSites:
        """What the base registered.

        As one output it would be wholly unknown in the preview of a base with a new image, say,
        and each site would seem to be replaced: here each fact is known or not by itself.
        """
        answer = pulumi.runtime.invoke("pulumi:pulumi:getResource", {"urn": self._urn})
        facts: dict[str, Any] = dict(answer.value["state"]["for_sites"])
        words, shared = facts.pop("settings"), facts.pop("shared_database")
        return BaseForSites(
            settings=parse_settings(words, environment=pulumi.get_stack(), source=None),
            shared_database=shared and DatabaseAccess(**self._outputs(shared)),
            **self._outputs(facts),
        )

    def _outputs(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self._output(fact) for key, fact in facts.items()}

    def _output(self, fact: Any) -> pulumi.Output[Any]:
        """The fact, from the base: its resources go after those of the sites."""
        return pulumi.Output.all(fact, self.urn).apply(lambda both: both[0])


class References(ResourceModule):
    """Makes resources of the references to them that a program sends."""

    def version(self) -> None:
        return None

    def construct(self, name: str, typ: str, urn: str) -> pulumi.Resource:
        return StandingBase(urn)


class FleetProvider(ComponentProvider):
    """Takes words as a program gives them, and says in lines what is wrong with them."""

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        given = Given()
        args = {key: given.plain(value, (key,)) for key, value in inputs.items()}
        if not isinstance(args.get("base"), StandingBase | None):
            raise refusal(["base: found no SharedBase; allowed is one that this program makes"])
        waiting = pulumi.ResourceOptions(depends_on=list(given.sources))
        options = pulumi.ResourceOptions.merge(options, waiting)
        above = "" if "site" in args else "settings."
        try:
            return super().construct(name, resource_type, args, options)
        except ComponentInitError as error:
            if not isinstance(error.inner, FleetError):
                raise
            problems = error.inner.problems
            raise refusal(f"{above}{each.path}: {each.message}" for each in problems) from None


class Given:
    """Reads what a program gives, which may come from its other resources (`sources`)."""

    def __init__(self) -> None:
        self.sources: set[pulumi.Resource] = set()

    def plain(self, value: Any, path: tuple[str | int, ...]) -> Any:
        """The value without outputs, and with integers for whole numbers, which come as floats.

        Sizes and counts decide which resources there are, so nothing of this can wait. What a
        preview doesn't know yet is taken for the example that the field has in its errors.
        """
        if isinstance(value, pulumi.Output):
            self.sources |= _sync_await(value.resources())
            if _sync_await(value.is_secret()):
                raise refusal(
                    [
                        f"{dotted(path)}: found a secret, which would be in plain text; "
                        "allowed is the ARN of one in AWS, under `secrets`"
                    ]
                )
            known = _sync_await(value.is_known())
            value = _sync_await(value.future(with_unknowns=True))
            # Some languages mark the value inside, some the output alone.
            if value is None and not known:
                return example(path)
        if isinstance(value, Unknown):
            return example(path)
        if isinstance(value, dict):
            return {key: self.plain(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.plain(inner, (*path, index)) for index, inner in enumerate(value)]
        return int(value) if isinstance(value, float) and value.is_integer() else value


def example(path: tuple[str | int, ...]) -> Any:
    """A valid value for a field of `settings` or `site`."""
    try:
        *above, last = path[1:]
        model = {"settings": Settings, "site": Site}[str(path[0])]
        if isinstance(last, int):
            examples = doc_at(model, above).doc.example
            return examples[last % len(examples)]
        return doc_at(model, path[1:]).doc.example
    except (KeyError, ValueError):
        raise refusal([f"{dotted(path)}: found a value that is not known before the run"]) from None


def refusal(lines: Iterable[str]) -> InputPropertiesError:
    """Without names of properties: the engine would print their values, confidential or not."""
    return InputPropertiesError("\n".join(["", *lines]), [])


def provider() -> FleetProvider:
    return FleetProvider([SharedBase, WordPressSite], PROJECT, version=version(PROJECT))


def serve(arguments: list[str]) -> None:
    """Answers the engine until it is done."""
    be_economical()
    register_resource_module(PROJECT, "index", References())
    main(provider(), arguments)
