"""Looking for what pending creations may have led to."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from pulumi import automation

from fleet.operations.live.account import CONFIG, open_session, told_in_words
from fleet.operations.problem import OperationError
from fleet.operations.recovery.checkpoint import Row
from fleet.operations.recovery.creations import (
    Asked,
    ByTags,
    FromInputs,
    Listed,
    Repeated,
    Rule,
    rule_for,
)
from fleet.operations.recovery.lookup import Question, ask
from fleet.operations.target import Target
from fleet.settings.edge import EDGE_REGION

# Together they name one resource of one type. `Name` is the logical name.
_IDENTITY_TAGS = ("Name", "Project", "Environment", "Cell", "Site")
_BY_TAGS = "aws:resourcegroupstaggingapi/getResources:getResources"


def find(
    stack: automation.Stack,
    target: Target,
    pending: Sequence[Row],
    known: Set[tuple[str, str]],
) -> dict[str, list[str]]:
    """URN -> import ids, the likeliest first, without those in `known` (type, id).

    Raises OperationError for a type that there is no rule for, CommandError when the provider
    can't be had.
    """
    rules = [(row, _rule(row)) for row in pending]
    asked = [(row, rule, _question(row, rule)) for row, rule in rules]
    answers = iter(ask(stack, [question for _, _, question in asked if question]))
    found: dict[str, list[str]] = {}
    for row, rule, question in asked:
        if isinstance(rule, Listed):
            ids = _in_list(target, row, rule)
        else:
            ids = _import_ids(row, rule, next(answers).value if question else {})
        found[row["urn"]] = [id_ for id_ in ids if (row["type"], id_) not in known]
    return found


def _rule(row: Row) -> Rule:
    """Without a rule, or without the tags that it needs, a person has to look."""
    rule = rule_for(row["type"])
    untagged = isinstance(rule, ByTags) and "Name" not in (row["inputs"].get("tags") or {})
    if rule is None or untagged:
        raise OperationError(
            f"{row['type']} {row['urn'].rsplit('::', 1)[-1]}: its creation was interrupted, and "
            "how to look for it is not known; `pulumi refresh` in a terminal asks for its id"
        )
    return rule


def _question(row: Row, rule: Rule) -> Question | None:
    match rule:
        case ByTags():
            tags: Mapping[str, str] = row["inputs"].get("tags") or {}
            filters = [{"key": key, "values": [tags[key]]} for key in _IDENTITY_TAGS if key in tags]
            where = EDGE_REGION if rule.service == "cloudfront" else row["inputs"].get("region")
            region = {"region": where} if where else {}
            arguments = {"resourceTypeFilters": [rule.service], "tagFilters": filters, **region}
            return Question(_BY_TAGS, arguments)
        case Asked():
            return Question(rule.function, rule.arguments(row["inputs"]))
        case FromInputs() | Listed() | Repeated():
            return None


def _in_list(target: Target, row: Row, rule: Listed) -> list[str]:
    session: Any = open_session(target)
    client: Any = session.client(rule.service, config=CONFIG)
    with told_in_words(target):
        try:
            answer = getattr(client, rule.operation)(**rule.arguments(row["inputs"]))
        except client.exceptions.ResourceNotFoundException:
            return []
    return rule.import_ids(row["inputs"], answer)


def _import_ids(
    row: Row, rule: FromInputs | Asked | ByTags | Repeated, answer: Mapping[str, Any]
) -> list[str]:
    match rule:
        case FromInputs():
            return [rule.import_id(row["inputs"])]
        case Asked():
            return [rule.import_id(answer)] if answer else []
        case ByTags():
            return [rule.import_id(arn) for arn in _arns(answer, rule.kind)]
        case Repeated():
            return []


def _arns(answer: Mapping[str, Any], kind: str | tuple[str, ...]) -> list[str]:
    """The ARNs of one kind; later revisions of a task definition come first."""
    arns = [mapping["resourceArn"] for mapping in answer.get("resourceTagMappingLists") or []]
    # arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
    matching = [arn for arn in arns if arn.split(":", 5)[5].startswith(kind)]
    return sorted(matching, key=lambda arn: (len(arn), arn), reverse=True)
