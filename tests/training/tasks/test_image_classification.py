"""Pictures and labels become a batch, a loss and a score; what is none is told."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from rightful.errors import InvalidInput
from rightful.training import Inputs, ModelSpec, Program
from rightful.training.tasks import Batch, ImageClassification, of
from rightful.training.tasks.image_classification import images


def program(**changes: Any) -> Program:
    return Program(ModelSpec("a:B"), epochs=1, bins=1, seed=0, **changes)


TASK = ImageClassification(program())


def picture(value: int, *shape: int) -> Any:
    return np.full(shape or (4, 5), value, np.uint8)


class Constant(nn.Module):
    """Gives the same logits for every image."""

    def __init__(self, *logits: float) -> None:
        super().__init__()
        self.logits = torch.tensor(logits)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.logits.expand(len(inputs), -1)


def test_a_program_names_the_task() -> None:
    assert isinstance(of(program()), ImageClassification)


def test_contents_become_uint8_images_and_labels_in_their_order() -> None:
    batch = TASK.collate([{"image": picture(n), "label": 9 - n} for n in range(3)])
    assert (batch.inputs.shape, batch.inputs.dtype) == ((3, 1, 4, 5), torch.uint8)
    assert batch.inputs[:, 0, 0, 0].tolist() == [0, 1, 2]
    assert (batch.targets.tolist(), batch.targets.dtype) == ([9, 8, 7], torch.int64)
    assert len(batch) == 3


def test_channels_come_before_height_and_width() -> None:
    coloured = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    found = images([coloured])
    assert found.shape == (1, 3, 4, 5)
    assert found[0, 2].tolist() == coloured[:, :, 2].tolist()


@pytest.mark.parametrize("content", [{"text": "hello"}, {"text": "hello", "label": 3}])
def test_records_of_another_kind_are_told(content: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="needs records with image and label"):
        TASK.collate([{"image": picture(1), "label": 1}, content])


@pytest.mark.parametrize("other", [picture(1, 5, 4), picture(1, 4, 5, 3)])
def test_pictures_of_different_sizes_are_told(other: Any) -> None:
    with pytest.raises(InvalidInput, match="pictures of different sizes"):
        TASK.collate([{"image": picture(1), "label": 1}, {"image": other, "label": 1}])


def test_pixels_go_from_0_to_1_and_then_by_mean_and_deviation() -> None:
    batch = Batch(torch.tensor([[[[0, 255]]]], dtype=torch.uint8), torch.tensor([0]))
    assert TASK.prepared(batch).inputs.flatten().tolist() == [0.0, 1.0]
    scaled = ImageClassification(program(inputs=Inputs((0.5,), (0.25,))))
    assert scaled.prepared(batch).inputs.flatten().tolist() == [-2.0, 2.0]
    assert batch.inputs.dtype == torch.uint8, "the batch itself is left as it was"


def test_each_channel_may_have_constants_of_its_own() -> None:
    batch = Batch(torch.full((1, 2, 1, 1), 255, dtype=torch.uint8), torch.tensor([0]))
    task = ImageClassification(program(inputs=Inputs((0.0, 1.0), (0.5, 1.0))))
    assert task.prepared(batch).inputs.flatten().tolist() == [2.0, 0.0]


def test_the_loss_is_the_sum_over_the_records_and_not_the_mean() -> None:
    batch = Batch(torch.zeros(6, 1, 2, 2), torch.zeros(6, dtype=torch.long))
    assert float(TASK.loss(Constant(0.0, 0.0), batch)) == pytest.approx(6 * math.log(2))


def test_a_label_beyond_the_classes_is_told_in_training_and_in_scoring() -> None:
    batch = Batch(torch.zeros(1, 1, 2, 2, dtype=torch.uint8), torch.tensor([2]))
    for act in (
        lambda: TASK.loss(Constant(0.0, 0.0), TASK.prepared(batch)),
        lambda: TASK.evaluate(Constant(0.0, 0.0), [batch]),
    ):
        with pytest.raises(InvalidInput, match="the model has 2 classes and a label is beyond"):
            act()


def test_a_network_that_does_not_take_the_images_is_told_by_their_size() -> None:
    batch = Batch(torch.zeros(1, 1, 2, 3), torch.tensor([0]))
    with pytest.raises(InvalidInput, match="does not take images of 1 x 2 x 3"):
        TASK.loss(nn.Linear(7, 2), batch)


def test_the_score_counts_all_batches() -> None:
    blank = torch.zeros(3, 1, 2, 2, dtype=torch.uint8)
    batches = [Batch(blank, torch.tensor([1, 1, 0])), Batch(blank[:1], torch.tensor([2]))]
    found = TASK.evaluate(Constant(0.0, 5.0, 0.0), batches)
    assert found["records"] == 4
    assert found["accuracy"] == 0.5
    assert found["confusion"] == [[0, 1, 0], [0, 2, 0], [0, 1, 0]]
    each = math.log(math.exp(5) + 2)
    assert found["loss"] == pytest.approx(each - 5 * 2 / 4, rel=1e-5)


def test_answers_that_are_no_numbers_have_no_score() -> None:
    batch = Batch(torch.zeros(1, 1, 2, 2, dtype=torch.uint8), torch.tensor([0]))
    with pytest.raises(InvalidInput, match="the model's answers are no finite numbers"):
        TASK.evaluate(Constant(float("nan"), 0.0), [batch])


def test_predictions_are_probabilities() -> None:
    found = TASK.predict(Constant(0.0, 0.0), [picture(1), picture(2)])
    assert found.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_a_batch_gives_the_records_at_some_places() -> None:
    batch = Batch(torch.arange(4).view(4, 1), torch.arange(4) * 10)
    some = batch.take([3, 1])
    assert (some.inputs.flatten().tolist(), some.targets.tolist()) == ([3, 1], [30, 10])
