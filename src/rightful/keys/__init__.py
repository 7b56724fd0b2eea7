"""A key for each person, wrapped by the workspace key, destroyed when they must be forgotten."""

from rightful.keys.keyring import Holder, Keyring, random_parts
from rightful.keys.sealing import Sealer
from rightful.keys.workspace_key import WorkspaceKey

__all__ = ["Holder", "Keyring", "Sealer", "WorkspaceKey", "random_parts"]
