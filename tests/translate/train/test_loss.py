"""The chunked loss is the loss of torch."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("positions", [1, 255, 256, 600])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_and_gradients_are_those_of_torch(positions: int, smoothing: float) -> None:
    from egiz.translate.train.step import cross_entropy

    torch.manual_seed(positions)
    labels = torch.randint(0, 40, (positions,))
    ours = [torch.randn(positions, 16, requires_grad=True), torch.randn(40, 16, requires_grad=True)]
    theirs = [item.detach().clone().requires_grad_() for item in ours]
    found = cross_entropy(ours[0], ours[1], labels, smoothing)
    wanted = torch.nn.functional.cross_entropy(theirs[0] @ theirs[1].T, labels, label_smoothing=smoothing)
    torch.testing.assert_close(found, wanted)
    (found * 3).backward()
    (wanted * 3).backward()
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-6)
