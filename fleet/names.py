"""Physical names that people type or that AWS limits. Everything else is named automatically."""

import hashlib
import re

# The name in Pulumi.yaml, which stands before each key in Pulumi.ENV.yaml.
PROJECT = "wordpress-fleet"
# How the physical names of clusters and log groups begin.
NAME_PREFIX = "wordpress"
# The file of sites where neither the settings nor the command line name another.
USUAL_FILE = "sites.yaml"
# Set in the environment of the program: this run deploys all tasks on demand, none on Spot.
ON_DEMAND_VARIABLE = "FLEET_ON_DEMAND"
# Of what the image counts in CloudWatch (container/root/usr/local/share/fleet/data/metrics.php).
METRICS_NAMESPACE = "WordPressFleet"
# Names the stack of the sites without a cell, where a cell's name is asked for or shown.
NO_CELL = "-"


def stack_label(environment: str, cell: str | None) -> str:
    """`ENV` or `ENV-CELL`: the stack, and the part of physical names that tells stacks apart."""
    return environment if cell is None else f"{environment}-{cell}"


def environment_type(environment: str) -> str:
    """WordPress knows four types; what it doesn't know it takes for production, as we do."""
    short = {"dev": "development", "stage": "staging"}.get(environment, environment)
    return short if short in ("local", "development", "staging") else "production"


def in_order(name: str | None) -> tuple[tuple[int, str], ...]:
    """Sorts names as people count them: `c2` before `c10`, and no name first."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name or "")
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def cell_of_stack(stack: str, environment: str) -> str | None:
    """The cell that a stack of the environment holds, by the stack's name."""
    cell = stack.removeprefix(f"{environment}-")
    return cell if cell != stack and cell else None


def cluster_name(environment: str, cell: str | None) -> str:
    """The ECS cluster of one stack."""
    return f"{NAME_PREFIX}-{stack_label(environment, cell)}"


def cluster_identifier(environment: str, cell: str | None, name: str) -> str:
    """The Aurora cluster of this logical name: AWS allows 63 characters, no two hyphens together.

    A label would be ambiguous, `a-b` being an environment or a cell of one; its hash is not.
    """
    return f"{name}-{cluster_hash(environment, cell)}"


def cluster_hash(environment: str, cell: str | None) -> str:
    """How the identifiers of all Aurora clusters of one stack end."""
    label = f"{environment}/{cell or ''}"
    return hashlib.sha256(label.encode()).hexdigest()[:8]


def edge_name(environment: str, cell: str | None, site: str | None = None) -> str:
    """What CloudFront's side is called, of a site or of all of a stack; at most 60 characters."""
    return "-".join(part for part in (NAME_PREFIX, stack_label(environment, cell), site) if part)


def task_family(environment: str, cell: str | None, site: str) -> str:
    """The family of a site's task definitions; without a revision AWS takes the latest."""
    return f"{stack_label(environment, cell)}-{site}"


def defence_name(environment: str, cell: str | None) -> str:
    """The state machine of one stack's challenges."""
    return f"{NAME_PREFIX}-{stack_label(environment, cell)}-defence"


def web_acl_log_group(environment: str, cell: str | None) -> str:
    """The log of one stack's web ACL, whose name AWS wants to begin so."""
    return f"aws-waf-logs-{NAME_PREFIX}-{stack_label(environment, cell)}"


def log_group_name(environment: str, cell: str | None, site: str) -> str:
    """The CloudWatch log group that both containers of a site write to."""
    return f"/{NAME_PREFIX}/{stack_label(environment, cell)}/{site}"


def archive_bucket_name(environment: str, cell: str | None, account: str, region: str) -> str:
    """The bucket of a stack's dumps and archives, with at most 61 of S3's 63 characters.

    Buckets of all accounts share their names; the hash keeps those of other accounts apart.
    """
    whose = f"{environment}/{cell or ''}/{account}/{region}"
    end = hashlib.sha256(whose.encode()).hexdigest()[:8]
    return f"{NAME_PREFIX}-{stack_label(environment, cell)}-archive-{end}"


def flow_log_group_name(environment: str, cell: str | None) -> str:
    """The CloudWatch log group of the packets that a stack's VPC rejects; no site has a _."""
    return f"/{NAME_PREFIX}/{stack_label(environment, cell)}/_rejected"


def schema_name(site: str) -> str:
    """The site's MySQL schema, which is also its user's name.

    A site name has at most 24 characters and no underscore, so the name fits MySQL's
    32 characters for a user, and no two sites meet in a shared cluster.
    """
    return "wp_" + site.replace("-", "_")
