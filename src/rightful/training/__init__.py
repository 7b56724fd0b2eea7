"""How do weights come from a set of records? By a program, and by nothing else, bit for bit.

trainer.pretrain(program, model="base")                        # L_pre over its clearance
trainer.finetune(program, model="digits", parent="base")       # L_fine from those weights
"""

from rightful.training.checkpoints import Cadence, Checkpoint, Checkpoints
from rightful.training.evaluation import Evaluation, Evaluator, Prediction
from rightful.training.models import Model, Models
from rightful.training.program import Inputs, ModelSpec, Optimizer, Program
from rightful.training.runs import Loss, NewRun, Run, Runs
from rightful.training.trainer import Trainer

__all__ = [
    "Cadence",
    "Checkpoint",
    "Checkpoints",
    "Evaluation",
    "Evaluator",
    "Inputs",
    "Loss",
    "Model",
    "ModelSpec",
    "Models",
    "NewRun",
    "Optimizer",
    "Prediction",
    "Program",
    "Run",
    "Runs",
    "Trainer",
]
