"""The simulated account, kept running on this machine: containers by the world's own entries.

One agent process (`python -m simulator.local FOLDER`) reads the world and keeps what it says:
tasks of ECS services (`tasks`, `services`), a MySQL server an Aurora cluster (`databases`), a
folder an EFS access point (`files`), a reverse proxy in place of the load balancer (`balancer`).
What runs is written back into the world, where the calls of `fleet` read it.
"""
