"""How many resources a stack has for a fleet: the engine's time grows with their square.

What the program registers, components and what they make among it; the tests compare.
"""

from __future__ import annotations

from functools import cache

from fleet.settings.alarms import metric_alarms
from fleet.settings.certificates import (
    further_certificates,
    makes_certificates,
    makes_listener_certificate,
)
from fleet.settings.edge import at_edge
from fleet.settings.mail import mail_domain, sends_by_ses
from fleet.settings.model import Settings
from fleet.settings.vault import vault_regions
from fleet.settings.waf import address_lists
from fleet.settings.zones import zone_of
from fleet.site.cdn import has_own_function
from fleet.site.certificate import (
    listener_certificates,
    own_certificates,
    owners_certificates,
    validated_names,
)
from fleet.site.dns import record_types, zoned_hosts
from fleet.site.mail import way_of
from fleet.site.model import Site
from fleet.site.scaling import is_autoscaled
from fleet.site.scheduled import schedule_resources

# A first `up` of 1,179 resources took 129 s on two cores, with a state in a folder and an account
# that answers at once; twice as many would take four times as long (docs/scale.md).
RESOURCES_A_STACK = 1_200

# Component, log group, access point, three passwords and a secret with its version, two roles with
# their policies, target group, task definition.
_A_SITE = 14
# Bounds and the CPU policy.
_AUTOSCALING = 2

# Component, six of a bucket each for access logs and archives, load balancer, cluster with its
# capacity providers, three security groups, file system with backup and policy, two groups of the
# database, the group of schedules with its queue.
_A_BASE = 26
# awsx's component, VPC, its default security group, internet gateway, endpoint of S3.
_A_VPC = 5
# The flow log, its log group, role and policy.
_FLOW_LOGS = 4
# Subnet, route table, association.
_A_SUBNET = 3
# Address, gateway.
_A_NAT_GATEWAY = 2
# awsx's two components, repository with its lifecycle, image.
_AN_IMAGE = 5

# The certificate, and the wait for it; a record for each name besides.
_A_CERTIFICATE = 2
# VPC origin, function, two policies of response headers, destination of the logs.
_EDGE = 5
# Distribution, source and delivery of its logs.
_A_DISTRIBUTION = 3
# Configuration set, its events, their topic and its policy.
_MAIL = 4
# The rule that hears of failed tasks, and its target.
_A_RULE = 2
# Topic, policy and subscription of a mailbox.
_A_MAILBOX = 3
# Identity and MAIL FROM; in a zone of the program three records of DKIM, MX, SPF and DMARC.
_A_MAIL_DOMAIN, _ITS_RECORDS = 2, 6

# The ACL, its association, the log group and what says that the ACL writes there; the group of
# challenges, the machine that writes it, its role and the role's policy.
_WAF = 8

# Role and policy, plan and its selection; and in each region a vault, with or without a lock.
_VAULT = 4

_PLAIN = {"name": "plain", "domains": ["plain.example.com"]}


def site_resources(site: Site, rules: int, settings: Settings | None = None) -> int:
    """The resources of one site that has this many listener rules.

    Without settings, what it has in any environment.
    """
    count = _A_SITE + rules + schedule_resources(site)
    count += _names(site, settings) + mail_resources(site, settings) if settings else 0
    if site.database.placement == "dedicated":
        count += _cluster(site.database.readers)
        count += settings is not None and settings.vault is not None  # selected by its plan
    if site.state == "live":
        count += 1
        if is_autoscaled(site):
            scaling = site.scaling
            count += _AUTOSCALING + (scaling.requests is not None) + len(scaling.schedules)
    return count


@cache
def plain_site_resources() -> int:
    """The resources of a site by the defaults: one host rule, a database of its own."""
    return site_resources(Site.model_validate(_PLAIN), rules=1)


def base_resources(settings: Settings, *, backed_up: bool = False, drilled: bool = False) -> int:
    """The resources of a stack's base. `backed_up`, `drilled`: whether the clock does so with a
    site of it."""
    network, shared = settings.network, settings.shared_database
    listeners = 1 if settings.scheme == "http" or at_edge(settings) else 2
    return (
        _A_BASE
        + listeners
        + len(further_certificates(settings))
        + (_A_CERTIFICATE + 1 if makes_listener_certificate(settings) else 0)
        + (_edge(settings) if at_edge(settings) else 0)
        + (settings.kms_key_arn is not None)  # told to the bucket of archives
        + network.data_zones  # a mount target each
        + (_vpc(settings) if network.vpc_id is None else 0)
        + (network.endpoints + 1 if network.endpoints else 0)  # and their security group
        + (_AN_IMAGE if settings.image is None else 0)
        + (0 if shared is None else _cluster(shared.readers))
        + waf_resources(settings)
        + _alarms(settings, backed_up, drilled)
        + _vault(settings)
        + (_MAIL + _domain(mail_domain(settings), settings) if sends_by_ses(settings) else 0)
    )


def waf_resources(settings: Settings) -> int:
    """The web ACL, its place, its log and the lists of addresses; at the edge sites name it."""
    waf = settings.waf
    return 0 if waf is None else _WAF - at_edge(settings) + len(address_lists(waf))


def _alarms(settings: Settings, backed_up: bool, drilled: bool) -> int:
    if settings.alarms is None:
        return 0
    mailbox = _A_MAILBOX if settings.alarms.email else 0
    copies = _A_RULE * (settings.vault is not None and settings.vault.copy_to is not None)
    alarms = metric_alarms(settings, backed_up=backed_up, drilled=drilled)
    return alarms + _A_RULE + copies + mailbox


def _vault(settings: Settings) -> int:
    vault = settings.vault
    if vault is None:
        return 0
    return _VAULT + len(vault_regions(vault)) * (2 if vault.lock else 1)


def _names(site: Site, settings: Settings) -> int:
    """Records of the hosts, and what makes, proves and lists the site's certificates."""
    own = own_certificates(site, settings)
    proofs = sum(_A_CERTIFICATE + len(validated_names(hosts)) for hosts in own)
    aliases = len(zoned_hosts(site, settings)) * len(record_types(settings))
    served = len(owners_certificates(site, settings)) + listener_certificates(site, settings)
    if at_edge(settings):
        served += _A_DISTRIBUTION + has_own_function(site)
    return aliases + proofs + served


def _edge(settings: Settings) -> int:
    """With the certificate of all sites, where they are below one suffix."""
    shared = settings.domain_suffix is not None and makes_certificates(settings)
    return _EDGE + (_A_CERTIFICATE + 1 if shared else 0)


def mail_resources(site: Site, settings: Settings) -> int:
    """A tenant with its two or three associations, and the site's own domain without DMARC."""
    if way_of(site, settings) != "ses":
        return 0
    own = site.mail.own_domain
    if own is None:
        return 3
    return 4 + _domain(own, settings) - (zone_of(own, settings.zones) is not None)


def _domain(domain: str | None, settings: Settings) -> int:
    return _A_MAIL_DOMAIN + (_ITS_RECORDS if zone_of(domain or "", settings.zones) else 0)


def instances(site: Site) -> int:
    """Database instances of the site's own cluster; 0 where it shares one."""
    return 1 + site.database.readers if site.database.placement == "dedicated" else 0


def _cluster(readers: int) -> int:
    """Security group, groups of its two logs, cluster, the writer and its readers."""
    return 5 + readers


def _vpc(settings: Settings) -> int:
    """Tiers of subnets; all but the isolated ones have a route out."""
    network = settings.network
    tiers_with_route = 1 if network.public_tasks else 2
    subnets = (tiers_with_route + 1) * _A_SUBNET + tiers_with_route
    made = network.availability_zones * subnets + settings.new_gateways * _A_NAT_GATEWAY
    return _A_VPC + made + (_FLOW_LOGS if network.flow_logs else 0)
