"""Hostile inputs by the thousand: addresses, redirects, names that move, pictures, result addresses and keys.

Each suite is a module with `run()`, its long form, and `short()`, what `make test` plays of it; both return an Outcome.
`make hostile` runs every long form in a process of its own and prints one table.
"""
