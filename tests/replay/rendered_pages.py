"""Pages of packages, rendered once in a process for all indexes that serve them as recorded."""

import zlib

from tests.replay.packages import ReplayPackage
from tests.replay.rendering import Style, project_page

# Compressed, with an address in place of that of the index: most tests ask for the same pages.
_rendered: dict[tuple[object, ...], bytes] = {}
_ANYWHERE = "http://anywhere.invalid"


def rendered_page(
    package: ReplayPackage, as_of: str | None, form: str, style: Style, base_url: str, *, whole: bool
) -> bytes:
    """Render a page, or take it from those that any index of this process rendered, which differ in address."""
    if not package.is_as_recorded:
        return project_page(package, as_of, form, style, base_url)
    key = (package.name, form, package.count(as_of), repr(style), whole)
    if key not in _rendered:
        _rendered[key] = zlib.compress(project_page(package, as_of, form, style, _ANYWHERE), 1)
    return zlib.decompress(_rendered[key]).replace(_ANYWHERE.encode(), base_url.encode())
