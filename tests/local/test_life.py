"""What befalls a fleet that really runs: changes, failures, pauses, its end.

The last test ends it; those before leave it as they found it.
"""

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
    assert "circuit breaker" in done.stdout + done.stderr
    assert wrong == []
    assert spot.serving("blog") == before
    spot.write_sites({"blog": on_spot()})
    spot.well("up", "--skip-preview")


def test_what_was_killed_is_mended_by_up(spot: LocalCheckout) -> None:
    """The agent by SIGKILL, then all containers at once, as a reboot does."""
    engine = spot.engine()
    try:
        spot.kill_agent()
        assert spot.get("blog").status_code == 200
        for one in engine.containers():
            if one["State"] == "running":
                engine.client.api.kill(one["Id"])
    finally:
        engine.close()
    assert "Nothing to change" in spot.well("up")
    assert "<title>blog" in spot.get("blog").text


def test_a_command_runs_in_a_task_of_its_own(spot: LocalCheckout) -> None:
    done = spot.fleet("run", "blog", "--", "sh", "-c", "echo from a task of its own; exit 5")
    assert "from a task of its own" in done.stdout
    assert done.returncode == 5
    assert "echo from a task of its own" in spot.well("runs", "blog")


def test_paused_stopped_and_destroyed(spot: LocalCheckout) -> None:
    spot.write_sites({"blog": on_spot(state="paused")})
    spot.well("up", "--skip-preview")
    answer = spot.get("blog")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    assert "Be right back" in answer.text
    assert spot.well("stop") == "Stopped; fleet up starts it again.\n"
    assert all("-db-" in one for one in spot.leftovers())
    spot.write_sites({"blog": on_spot()})
    spot.well("up", "--skip-preview")
    assert "<title>blog" in spot.get("blog").text
    # Found, and not made anew.
    assert "installing" not in spot.well("logs", "blog")
    spot.well("destroy", "--yes")
    assert spot.leftovers() == []
