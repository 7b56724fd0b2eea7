"""The relational tables of a workspace (SQLAlchemy Core), on SQLite or PostgreSQL."""

from rightful.registry.changes import Changes
from rightful.registry.database import Registry

__all__ = ["Changes", "Registry"]
