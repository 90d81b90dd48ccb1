"""`x[mask] = f(x[mask], y[mask])` as one `where` over whole arrays."""

from collections.abc import Callable
from typing import Any

import libcst as cst

from portstudy.drafts.source import code


def masked_assignment(
    target: cst.BaseExpression,
    value: cst.BaseExpression,
    is_mask: Callable[[cst.BaseExpression], bool],
) -> tuple[str, cst.BaseExpression, cst.BaseExpression] | None:
    """The variable, the mask, and the value without the mask; None where it is no such thing."""
    if not isinstance(target, cst.Subscript) or not isinstance(target.value, cst.Name):
        return None
    if len(target.slice) != 1 or not isinstance(target.slice[0].slice, cst.Index):
        return None
    mask = target.slice[0].slice.value
    if not is_mask(mask):
        return None
    text = code(mask)

    class Whole(cst.CSTTransformer):
        def leave_Subscript(  # noqa: N802
            self, original_node: cst.Subscript, updated_node: cst.Subscript
        ) -> cst.BaseExpression:
            index: Any = original_node.slice[0].slice
            same = len(original_node.slice) == 1 and isinstance(index, cst.Index)
            if same and code(index.value) == text:
                return updated_node.value
            return updated_node

    new = value.visit(Whole())
    assert isinstance(new, cst.BaseExpression)
    return target.value.value, mask, new
