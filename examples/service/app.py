"""A small service that adds sites to a fleet and streams how they come up.

    pip install -e '.[service]'
    FLEET_ENV=prod uvicorn --factory examples.service.app:create_app
    curl localhost:8000/sites --json '{"name": "news", "domains": ["news.example.com"]}'
    curl -N localhost:8000/sites/news/events

It has no users or passwords of its own: put it behind something that has. It works in the folder
FLEET_FOLDER, by default the current one, and leaves committing sites.yaml to you.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

from fleet.api import FleetError, add_site
from fleet.api.deploy import Run, Target, event_record, read_declared, result_record, up


class NewSite(BaseModel):
    """What a new site needs; sites.yaml has the defaults of everything else."""

    name: str
    domains: list[str]
    profile: str | None = None
    cell: str | None = None


class Additions:
    """The runs that add sites, one at a time: a stack takes no two."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._turn = Lock()
        self._runs: dict[str, Run] = {}

    def add(self, site: NewSite) -> None:
        """Begins. Raises FleetError for what is wrong with the site."""
        with self._turn:
            if any(not run.done for run in self._runs.values()):
                raise HTTPException(409, "another site is being added")
            file = self._target.folder / "sites.yaml"
            add_site(file, site.name, site.domains, profile=site.profile, cell=site.cell)
            self._runs[site.name] = up(read_declared(self._target), sites=[site.name])

    def run(self, name: str) -> Run:
        if name not in self._runs:
            raise HTTPException(404, f"{name} was not added here")
        return self._runs[name]

    def stop(self) -> None:
        """Ends what is under way in good order, and waits for that."""
        for run in self._runs.values():
            run.cancel()
            run.result()


def create_app() -> FastAPI:
    folder = Path(os.environ.get("FLEET_FOLDER", ".")).resolve()
    additions = Additions(Target(folder=folder, environment=os.environ["FLEET_ENV"]))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        additions.stop()

    app = FastAPI(title="Fleet", lifespan=lifespan)

    @app.exception_handler(FleetError)
    def refuse(_: Request, error: FleetError) -> JSONResponse:
        return JSONResponse({"errors": str(error).splitlines()}, status_code=422)

    # No `async`: FastAPI then calls these in threads, where waiting holds nobody up.
    @app.post("/sites", status_code=202)
    def add(site: NewSite) -> dict[str, str]:
        additions.add(site)
        return {"events": f"/sites/{site.name}/events"}

    @app.get("/sites/{name}/events")
    def events(name: str) -> StreamingResponse:
        return StreamingResponse(_stream(additions.run(name)), media_type="text/event-stream")

    return app


def _stream(run: Run) -> Iterator[str]:
    """Server-sent events: all of the run's from the first on, however late one asks."""
    for each in run:
        yield f"data: {json.dumps(event_record(each))}\n\n"
    yield f"data: {json.dumps(result_record(run.result()))}\n\n"
