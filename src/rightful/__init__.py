"""Train on what you may. Forget what you must. Prove both.

workspace = rightful.open("my-workspace")
"""

from importlib.metadata import version

from rightful.errors import RightfulError
from rightful.making import init
from rightful.workspace import Workspace, open  # noqa: A004 - `rightful.open` reads well

__all__ = ["RightfulError", "Workspace", "init", "open"]

__version__ = version("rightful")
