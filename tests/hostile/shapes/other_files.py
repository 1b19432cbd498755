"""Files of setuptools, scripts, Dockerfiles and files of no known format that are made to cost much."""

from tests.hostile.shapes.making import Shape, nested, numbered, repeated

OTHER: dict[str, Shape] = {
    "setup.cfg: interpolation": numbered("setup.cfg", "a{} = %(a1)s%(a1)s\n", before="[options]\na1 = aaaa\n"),
    "setup.cfg: interpolation of one option": repeated(
        "setup.cfg", "%(a)s", before="[options]\na = b\ninstall_requires = "
    ),
    "setup.cfg: extras": numbered("setup.cfg", "e{} = a\n", before="[options.extras_require]\n"),
    "setup.cfg: files": repeated("setup.cfg", "    file: r.txt\n", before="[options]\ninstall_requires =\n"),
    "setup.cfg: one line": repeated("setup.cfg", "a;", before="[options]\ninstall_requires = "),
    "setup.cfg: equals": repeated("setup.cfg", "[a", after="\n"),
    "setup.py: calls": repeated("setup.py", "setup(name='a')\n"),
    "setup.py: names": numbered("setup.py", "a{} = ['b']\n", after="setup(install_requires=a1+a2)\n"),
    "setup.py: sums": repeated("setup.py", "+a", before="a=['b']\nsetup(install_requires=a", after=")\n"),
    "setup.py: parentheses": nested("setup.py", "(", ")", before="setup(install_requires=", after=")\n"),
    "setup.py: attributes": repeated("setup.py", ".a", before="a", after="[0]=1\n"),
    "setup.py: unary": repeated("setup.py", "-", after="1\n"),
    "setup.py: doubled names": lambda size: {
        "setup.py": (
            "a0=['b']\n"
            + "".join(f"a{n + 1}=[*a{n},*a{n}]\n" for n in range(size // 20))
            + f"setup(install_requires=a{min(size // 20, 40)})\n"
        ).encode()
    },
    "script: starts": repeated("tool.py", "# /// script\n"),
    "script: starts and ends": repeated("tool.py", "# /// script\n# ///\n\n"),
    "Dockerfile: arguments": numbered("Dockerfile", "ARG a{}=$a1\n", after="FROM $a1\n"),
    "Dockerfile: stages": numbered("Dockerfile", "FROM a AS s{}\n"),
    "unknown: letters": repeated("unknown", "a"),
    "unknown: lines": repeated("unknown", "a b\n"),
    "unknown: bytes": lambda size: {"requirements.txt": b"\xe9" * size},
    "utf-16": lambda size: {"requirements.txt": ("a==1\n" * (size // 10)).encode("utf-16")},
}
