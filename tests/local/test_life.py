"""What befalls a fleet that really runs; each test leaves it as it found it."""

from contextlib import suppress

from docker.errors import APIError

from tests.local.checkout import LocalCheckout, on_spot


def test_a_change_and_an_interruption_lose_no_request(spot: LocalCheckout) -> None:
    before = spot.serving("blog")
    assert len(before) == 2
    spot.write_sites({"blog": on_spot(env={"WP_MEMORY_LIMIT": "200M"})})
    with spot.visited("blog") as wrong:
        spot.well("up", "--skip-preview")
        after = spot.serving("blog")
        assert len(after) == 2
        assert not after & before
        said = spot.well("interrupt", "blog")
        (taken,) = [one for one in after if one in said]
        spot.until(
            lambda: len(spot.serving("blog") - {taken}) == 2,
            "another task takes the place of the interrupted one",
        )
    assert wrong == []
    assert "SpotInterruption" in spot.well("status")


def test_a_version_that_does_not_start_is_rolled_back(spot: LocalCheckout) -> None:
    before = spot.serving("blog")
    # Which has no program of the fleet's.
    spot.write_sites({"blog": on_spot(image="docker.io/library/mysql:8.4")})
    with spot.visited("blog") as wrong:
        done = spot.fleet("up", "--skip-preview")
    assert done.returncode == 1
    # The line is folded where the screen ends.
    assert "circuit breaker" in " ".join((done.stdout + done.stderr).split())
    assert wrong == []
    assert spot.serving("blog") == before
    spot.write_sites({"blog": on_spot()})
    spot.well("up", "--skip-preview")


def test_what_was_killed_is_mended_by_up(spot: LocalCheckout) -> None:
    """The agent by SIGKILL, then all containers at once, as a reboot does."""
    spot.kill_agent()
    assert spot.get("blog").status_code == 200
    # Not the agent's own service for podman, which ended with it.
    engine = spot.engine()
    try:
        for one in engine.containers():
            # Some end by themselves once what they need is gone.
            with suppress(APIError):
                engine.client.api.kill(one["Id"])
    finally:
        engine.close()
    assert "Nothing to change" in spot.well("up")
    assert "<title>blog" in spot.get("blog").text
