"""What a person types: `rightful …`, one file for each room behind it."""

from rightful.cli.running import main, run

__all__ = ["main", "run"]
