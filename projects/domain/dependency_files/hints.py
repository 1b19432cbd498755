"""Signs of the Python and platform that a project uses now: images, version files, workflow matrices."""

from __future__ import annotations

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.python_places.spelled import base_images, matrix_versions, tool_versions, version_lines
from projects.domain.yaml_nodes import UnreadableYaml, compose


def read_hints(builder: ParsedFilesBuilder, text: str, path: str) -> None:
    """Read a Dockerfile, version file or workflow; what is not understood is ignored."""
    name = path.lower().replace("\\", "/").rpartition("/")[2]
    if name.endswith((".yml", ".yaml")):
        try:
            root = compose(text)
        except UnreadableYaml:
            return
        for line, version in matrix_versions(root):
            builder.add_hint("python", version, path, line)
    elif name in {".python-version", ".tool-versions", "runtime.txt"}:
        for one in tool_versions(text) if name == ".tool-versions" else version_lines(text):
            builder.add_hint("python", one.version, path, one.line)
    else:
        for image in base_images(text):
            builder.add_hint("image", f"{image.reference} {image.platform}".strip(), path, image.line)
