"""Lock files that are made to cost much, alone or beside a file of another format."""

from tests.hostile.shapes.making import Shape, numbered, repeated, two

UV = '[[package]]\nname = "p{}"\nversion = "1.0"\nsource = { registry = "https://i.example/simple" }\n'
UV_OWN = '[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "p0" }]\n'

LOCK: dict[str, Shape] = {
    "poetry.lock: packages of one name": repeated(
        "poetry.lock", '[[package]]\nname = "a"\nversion = "1.0"\n', after="[metadata]\n"
    ),
    "poetry.lock: one name beside its manifest": two(
        repeated("poetry.lock", '[[package]]\nname = "a"\nversion = "1.0"\n', after="[metadata]\n"),
        repeated(
            "pyproject.toml",
            "\"a>=1 ; python_version > '3'\",\n",
            before="[project]\nname='x'\ndependencies=[",
            after="]\n",
        ),
    ),
    "poetry.lock: markers beside its manifest": two(
        repeated("poetry.lock", '[[package]]\nname = "a"\nversion = "1.0"\n', after="[metadata]\n"),
        numbered(
            "pyproject.toml",
            "\"a>=1 ; python_version > '{}'\",\n",
            before="[project]\nname='x'\ndependencies=[",
            after="]\n",
        ),
    ),
    "uv.lock: versions of one name": numbered(
        "uv.lock",
        '[[package]]\nname = "a"\nversion = "1.{}"\nsource = { registry = "" }\ndependencies = [{ name = "a" }]\n',
        before=UV_OWN,
    ),
    "uv.lock: a closure that is dense": numbered(
        "uv.lock",
        '[[package]]\nname = "a{}"\nversion = "1"\nsource = { registry = "" }\ndependencies = ['
        + "".join(f'{{ name = "a{n}" }},' for n in range(50))
        + "]\n",
        before=UV_OWN,
    ),
    "uv.lock: extras of the project": numbered(
        "uv.lock",
        'e{} = [{ name = "p1" }]\n',
        before=UV.replace("{}", "1") + UV_OWN + "[package.optional-dependencies]\n",
    ),
    "uv.lock: extras over a closure": lambda size: {
        "uv.lock": (
            "".join(
                UV.replace("{}", str(n)) + f'dependencies = [{{ name = "p{n + 1}" }}]\n' for n in range(size // 600)
            )
            + UV_OWN
            + "[package.optional-dependencies]\n"
            + "".join(f'e{n} = [{{ name = "p0" }}]\n' for n in range(450))
        ).encode()
    },
    "poetry.lock: extras over a closure": lambda size: {
        "poetry.lock": (
            "".join(
                f'[[package]]\nname = "p{n}"\nversion = "1"\noptional = true\n[package.dependencies]\np{n + 1} = "*"\n'
                for n in range(size // 90)
            )
            + "[extras]\n"
            + "".join(f'e{n} = ["p0"]\n' for n in range(450))
            + '[metadata]\nlock-version = "2.0"\n'
        ).encode()
    },
    "pylock: dependencies": numbered(
        "pylock.toml",
        '[[packages]]\nname = "p{}"\nversion = "1.0"\ndependencies = [{name="p1"},{name="p2"}]\n',
        before='lock-version = "1.0"\n',
    ),
}
