"""Numbered SQL files that make a PostgreSQL schema hold a journal. Never edit one: add the next."""
