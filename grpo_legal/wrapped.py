"""A method of a model called through the forward of what it is wrapped in.

Where several processes train together, the wrapper (torch's DistributedDataParallel, DeepSpeed's engine) prepares in its
own forward the exchange of gradients that happens in the backward pass. Whatever is to be differentiated must therefore
be computed inside that forward, also where it is not the model's own (TRL's `_ForwardRedirection` does the same).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn


def inside(wrapper: nn.Module, inner: nn.Module, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`method(inner, *args, **kwargs)`, called from inside the forward of `wrapper`, which calls `inner` once.

    With nothing wrapped, `wrapper` being `inner`, it is called at once.
    """
    if wrapper is inner:
        return method(inner, *args, **kwargs)
    own = inner.__dict__.get("forward")

    def give_back() -> None:
        if own is None:
            inner.__dict__.pop("forward", None)
        else:
            inner.__dict__["forward"] = own

    def instead(*args: Any, **kwargs: Any) -> Any:
        give_back()  # the method may need the model's own forward
        return method(inner, *args, **kwargs)

    inner.__dict__["forward"] = instead
    try:
        return wrapper(*args, **kwargs)
    finally:
        give_back()
