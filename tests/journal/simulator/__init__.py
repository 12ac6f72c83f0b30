"""A journal on a disk that fails on purpose; one seed decides everything that happens.

``python -m tests.journal.simulator --seeds 1000000`` runs many worlds and prints the failing seeds.
"""
