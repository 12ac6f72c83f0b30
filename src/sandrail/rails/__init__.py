"""The outside that money moves on: banks, chains, and the messages between VASPs.

Each rail is a package of its own with its own public surface: ``sandrail.rails.bank``,
``sandrail.rails.chain``, ``sandrail.rails.travel_rule``.
"""

__all__: list[str] = []
