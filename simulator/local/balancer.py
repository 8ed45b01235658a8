"""The load balancer: nginx, told by the account's listener rules and the tasks that are healthy."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from signal import Signals
from typing import Any

import requests

from fleet.cli.views.mail_page import HOST
from simulator.local.engine import Engine
from simulator.local.mailbox import SOCKET
from simulator.world import World

LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
INSIDE = 8080  # the port in the container
CONFIGURATION = "nginx.conf"
# Of nobody's, by RFC 2606: which configuration is in use, in place of the mark in it.
OWN_HOST, VERSION = "balancer.invalid", "@version@"
# For a few milliseconds of work, on a machine that is busy.
RELOAD_SECONDS = 10.0
LOOK_SECONDS = 0.02
# nginx's old workers accept beside the new for 100 ms (ngx_master_process_cycle).
HANDOVER_SECONDS = 0.15

log = logging.getLogger("agent")

FRAME = """daemon off; pid /tmp/balancer.pid; error_log /dev/stderr warn; worker_processes 1;
events {{ worker_connections 8192; }}
http {{
    client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f;
    uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
    log_format balancer '$msec $action $status $request_time "$host" "$request"';
    access_log /balancer/log/access.log balancer;
    server_names_hash_bucket_size 128; map_hash_bucket_size 256;
    client_max_body_size 0; server_tokens off; default_type text/plain;
    geo $dollar {{ default "$"; }}
    map $host $action {{
        default none;
{hosts}
    }}
{upstreams}
{mails}
    server {{ listen {inside}; server_name {own}; access_log off; return 200 "{version}"; }}
    server {{
        listen {inside} default_server;
        keepalive_timeout {idle}s; client_header_timeout 60s; client_body_timeout 60s;
        ignore_invalid_headers on;
{answers}
        location / {{
            proxy_pass http://$action;
            proxy_http_version 1.1;
            proxy_request_buffering off; proxy_buffering off;
            proxy_read_timeout {idle}s; proxy_send_timeout {idle}s;
            proxy_next_upstream off;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto http;
            proxy_set_header X-Forwarded-Port {port};
            proxy_set_header X-Amzn-Trace-Id "Root=1-00000000-$request_id";
        }}
    }}
}}
"""
MAILS = f"""
    server {{
        listen {INSIDE}; server_name {HOST}; access_log off;
        location / {{
            proxy_pass http://unix:/balancer/{SOCKET}; proxy_set_header Host $http_host;
        }}
    }}
"""
UNAVAILABLE = (
    "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"
    "<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n"
)


def configuration(world: World, targets: Mapping[str, Sequence[str]], port: int) -> str:
    """The whole file. `targets`: target group's ARN -> HOST:PORT of each healthy target."""
    rules = sorted(world.resources(RULE), key=lambda rule: int(rule.props["priority"]))
    hosts, answers, upstreams = [], [], []
    # A site whose host that of the mails is has it for itself.
    taken = any(re.fullmatch(_pattern(host), HOST) for one in rules for host in _hosts(one.props))
    for rule in rules:
        (action, *_) = rule.props["actions"]
        group = action.get("targetGroupArn")
        name = group_name(group or rule.key)
        hosts += [f'        "~*^{_pattern(host)}$" {name};' for host in _hosts(rule.props)]
        if action["type"] == "fixed-response":
            answers.append(_answer(name, action["fixedResponse"]))
        elif not targets.get(group):
            fixed = {"statusCode": 503, "contentType": "text/html", "messageBody": UNAVAILABLE}
            answers.append(_answer(name, fixed))
        else:
            servers = "".join(f" server {target} max_fails=0;" for target in targets[group])
            upstreams.append(f"    upstream {name} {{ least_conn;{servers} keepalive 32; }}")
    answers.append(_answer("none", _default(world)))
    return FRAME.format(
        hosts="\n".join(hosts),
        upstreams="\n".join(dict.fromkeys(upstreams)),
        answers="\n".join(dict.fromkeys(answers)),
        mails="" if taken else MAILS,
        inside=INSIDE,
        own=OWN_HOST,
        version=VERSION,
        idle=_idle(world),
        port=port,
    )


def group_name(arn: str) -> str:
    """How a target group is called in the configuration and in the log."""
    return f"g_{arn.rsplit('/', 1)[-1]}"


def _hosts(props: dict[str, Any]) -> list[str]:
    return [
        value
        for condition in props["conditions"]
        for value in (condition.get("hostHeader") or {}).get("values", [])
    ]


def _pattern(host: str) -> str:
    """ALB's wildcards: * is any number of characters, ? one."""
    return re.escape(host).replace(r"\*", ".*").replace(r"\?", ".")


def _answer(name: str, fixed: dict[str, Any]) -> str:
    body = str(fixed.get("messageBody") or "")
    escaped = body.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${dollar}")
    kind = fixed.get("contentType") or "text/plain"
    return (
        f"        if ($action = {name}) {{ rewrite ^ /@{name} last; }}\n"
        f"        location = /@{name} {{ internal; default_type {kind}; "
        f'return {fixed["statusCode"]} "{escaped}"; }}'
    )


def _default(world: World) -> dict[str, Any]:
    """What a host that no rule knows is answered."""
    for listener in world.resources(LISTENER):
        for action in listener.props.get("defaultActions") or []:
            if action["type"] == "fixed-response":
                return action["fixedResponse"]
    return {"statusCode": 404, "contentType": "text/plain", "messageBody": ""}


def _idle(world: World) -> int:
    balancers = world.resources(LOAD_BALANCER)
    return int(balancers[0].props.get("idleTimeout") or 60) if balancers else 60


@dataclass
class Balancer:
    """The proxy's container. Its configuration changes without dropping a request."""

    engine: Engine
    world: World
    shown: str = ""
    """The version of the configuration in use."""

    @property
    def name(self) -> str:
        return f"{self.engine.place.name}-balancer"

    def keep(self, states: Mapping[str, str], image: str, targets: Mapping[str, list[str]]) -> None:
        """Starts it where the account has a load balancer, and tells it what changed.

        Returns once requests go by it.
        """
        if not self.world.resources(LOAD_BALANCER):
            if self.name in states:
                self.engine.remove(self.name)
            return
        wanted = configuration(self.world, targets, self.engine.place.port)
        version = hashlib.sha256(wanted.encode()).hexdigest()[:16]
        if version != self.shown:
            self._write(wanted.replace(VERSION, version))
        if states.get(self.name) != "running":
            self._run(image)
        elif version != self.shown:
            self.engine.signal(self.name, Signals.SIGHUP)
        else:
            return
        self._wait_for(version)
        self.shown = version

    def _wait_for(self, version: str) -> None:
        """Until new requests go by this configuration alone; one that doesn't load is told."""
        deadline = time.monotonic() + RELOAD_SECONDS
        while not self._goes_by(version):
            if time.monotonic() > deadline:
                log.error("nginx doesn't take its configuration; see the log of %s", self.name)
                return
            time.sleep(LOOK_SECONDS)
        time.sleep(HANDOVER_SECONDS)

    def _goes_by(self, version: str) -> bool:
        url, headers = f"http://127.0.0.1:{self.engine.place.port}", {"Host": OWN_HOST}
        try:
            return requests.get(url, headers=headers, timeout=1).text == version
        except requests.RequestException:
            return False

    def _write(self, text: str) -> None:
        folder = self.engine.place.room("balancer")
        log = folder / "log"
        log.mkdir(exist_ok=True)
        # nginx writes it as www-data, like the image's own.
        log.chmod(0o777)
        folder.chmod(0o755)
        new = folder / f"{CONFIGURATION}.new"
        new.write_text(text)
        new.replace(folder / CONFIGURATION)

    def _run(self, image: str) -> None:
        self.engine.remove(self.name)
        folder = self.engine.place.room("balancer")
        self.engine.run(
            self.name,
            image,
            command=["nginx", "-e", "/dev/stderr", "-c", f"/balancer/{CONFIGURATION}"],
            user="33:33",
            ports=[INSIDE],
            host={
                "binds": [f"{folder}:/balancer"],
                "port_bindings": {INSIDE: ("127.0.0.1", self.engine.place.port)},
            },
        )
