"""Run by Alembic with the connection that `Registry` hands it."""

from alembic import context

from rightful.registry.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
context.run_migrations()
