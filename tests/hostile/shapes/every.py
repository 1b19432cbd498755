"""Every shape, by what it is."""

from tests.hostile.shapes.json_and_yaml_files import JSON_AND_YAML
from tests.hostile.shapes.lock_files import LOCK
from tests.hostile.shapes.making import Shape
from tests.hostile.shapes.other_files import OTHER
from tests.hostile.shapes.requirements_files import REQUIREMENTS
from tests.hostile.shapes.toml_files import TOML
from tests.hostile.shapes.usual_files import USUAL

SHAPES: dict[str, Shape] = {**USUAL, **TOML, **LOCK, **REQUIREMENTS, **JSON_AND_YAML, **OTHER}
