"""What recovery does to a state, as plain data."""

from typing import Any

from fleet.operations.recovery.checkpoint import (
    known_ids,
    pending_creations,
    unread,
    with_adopted,
    with_inputs,
)

BUCKET = "urn:pulumi:dev::p::aws:s3/bucket:Bucket::logs"
POLICY = "urn:pulumi:dev::p::aws:s3/bucketPolicy:BucketPolicy::logs"


def row(urn: str, **fields: Any) -> dict[str, Any]:
    return {"urn": urn, "type": urn.split("::")[2], "custom": True, **fields}


def state(*rows: dict[str, Any], pending: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    operations = [{"type": "creating", "resource": each} for each in pending]
    return {"resources": list(rows), "pending_operations": operations}


def urns(deployment: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(each["urn"], bool(each.get("delete"))) for each in deployment["resources"]]


def test_only_creations_of_real_resources_are_pending() -> None:
    deployment = state(pending=(row(BUCKET), row(POLICY, custom=False)))
    deployment["pending_operations"].append({"type": "updating", "resource": row(POLICY)})
    assert pending_creations(deployment) == [row(BUCKET)]


def test_adopted_resource_gets_its_id_and_stands_behind_what_it_needs() -> None:
    policy = row(POLICY, dependencies=[BUCKET])
    deployment = with_adopted(state(policy), [row(BUCKET)], {BUCKET: "logs-1"})
    assert urns(deployment) == [(BUCKET, False), (POLICY, False)]
    assert deployment["resources"][0]["id"] == "logs-1"
    assert deployment["pending_operations"] == []


def test_interrupted_replacement_leaves_the_old_resource_to_be_deleted() -> None:
    old = row(BUCKET, id="logs-1", outputs={"arn": "a"})
    deployment = with_adopted(state(old), [row(BUCKET)], {BUCKET: "logs-2"})
    assert urns(deployment) == [(BUCKET, False), (BUCKET, True)]
    assert deployment["resources"][0]["id"] == "logs-2"


def test_resource_deleted_before_its_replacement_leaves_the_state() -> None:
    old = row(BUCKET, id="logs-1", pendingReplacement=True)
    deployment = with_adopted(state(old), [row(BUCKET)], {BUCKET: "logs-2"})
    assert [each["id"] for each in deployment["resources"]] == ["logs-2"]


def test_pending_creation_that_is_not_found_stays_out() -> None:
    deployment = with_adopted(state(row(POLICY, id="p")), [row(BUCKET)], {})
    assert urns(deployment) == [(POLICY, False)]


def test_inputs_become_again_what_the_program_asked_for() -> None:
    asked = {"bucket": "logs-1", "forceDestroy": True, "__defaults": ["bucket"]}
    read = row(BUCKET, id="logs-1", inputs={"bucket": "logs-1"}, outputs={"arn": "a"})
    old = row(BUCKET, id="logs-0", inputs={"bucket": "logs-0"}, delete=True)
    deployment = with_inputs(state(read, old), [row(BUCKET, inputs=asked)])
    assert [each["inputs"] for each in deployment["resources"]] == [asked, {"bucket": "logs-0"}]


def test_resource_without_outputs_is_one_that_no_refresh_completed() -> None:
    adopted = row(BUCKET, id="logs-1")
    assert unread(state(adopted, row(POLICY, id="p", outputs={"id": "p"}))) == [adopted]


def test_types_that_share_an_id_are_told_apart() -> None:
    deployment = state(row(POLICY, id="logs-1", outputs={"bucket": "logs-1"}))
    assert known_ids(deployment) == {("aws:s3/bucketPolicy:BucketPolicy", "logs-1")}
