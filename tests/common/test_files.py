"""Files are written whole, or not at all."""

import pytest
from portstudy.files import unwritable, write_whole


def test_files_are_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.json"
    write_whole(path, lambda file: file.write(b"old"))

    def fail(file):
        file.write(b"ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, fail)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert unwritable(path) == ""
    assert path.read_bytes() == b"old"
