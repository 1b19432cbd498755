"""The page of the indexes of a project, and what is stored of one."""

from scanner.models import Index
from tests.cast import Cast

URL = "https://private.example/simple"
PAGE = "/projects/practice-api/indexes/"
ADD = {"address": URL, "role": "extra"}


def stored(cast: Cast) -> Index:
    return Index.objects.get(scope=f"project:{cast.project.pk}")


def forms_in(page: str) -> list[str]:
    return page.partition("<main")[2].partition("<footer")[0].split("<form")[1:]
