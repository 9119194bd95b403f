"""Whether the buffers of Arrow data from a file hold what its schema promises."""

from __future__ import annotations

from typing import Any


def check_buffers(table: Any) -> None:
    """Look at each offset, size and index of a table or record batch that was read from an Arrow file or stream.

    Arrow takes buffers as they stand in a file: in a damaged one an offset may point anywhere. Text that is not UTF-8
    is no damage, as the core counts it and takes it for null. Raises pyarrow.ArrowInvalid with the column's name.
    """
    import pyarrow

    for name, column in zip(table.schema.names, table.columns, strict=True):
        for chunk in column.chunks if isinstance(column, pyarrow.ChunkedArray) else [column]:
            try:
                chunk.validate()
                _without_texts(chunk).validate(full=True)
            except pyarrow.ArrowInvalid as error:
                raise pyarrow.ArrowInvalid(f"column '{name}': {error}") from None


def _without_texts(array: Any) -> Any:
    """Return the same buffers with bytes in place of texts, of which Arrow would look at each character."""
    import pyarrow

    if isinstance(array, pyarrow.ExtensionArray):
        return _without_texts(array.storage)
    return array.view(_bytes_for_texts(array.type))


def _bytes_for_texts(given: Any) -> Any:
    import pyarrow as arrow
    from pyarrow import types

    def part(field: Any) -> Any:
        return field.with_type(_bytes_for_texts(field.type))

    if types.is_string(given):
        return arrow.binary()
    if types.is_large_string(given):
        return arrow.large_binary()
    if types.is_string_view(given):
        return arrow.binary_view()
    if types.is_list(given):
        return arrow.list_(part(given.value_field))
    if types.is_large_list(given):
        return arrow.large_list(part(given.value_field))
    if types.is_fixed_size_list(given):
        return arrow.list_(part(given.value_field), given.list_size)
    if types.is_map(given):
        return arrow.map_(part(given.key_field), part(given.item_field), given.keys_sorted)
    if types.is_struct(given):
        return arrow.struct([part(given.field(number)) for number in range(given.num_fields)])
    if types.is_dictionary(given):
        return arrow.dictionary(given.index_type, _bytes_for_texts(given.value_type), given.ordered)
    return given
