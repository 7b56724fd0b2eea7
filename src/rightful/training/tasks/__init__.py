"""What differs between tasks: how records become a batch, the loss of a batch, how well it went."""

from rightful.training.program import Program
from rightful.training.tasks.image_classification import ImageClassification
from rightful.training.tasks.task import Batch, Task

__all__ = ["Batch", "ImageClassification", "Task", "of"]

_TASKS: dict[str, type[Task]] = {ImageClassification.name: ImageClassification}


def of(program: Program) -> Task:
    """The task that a program names."""
    return _TASKS[program.task](program)
