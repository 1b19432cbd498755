"""JSON and YAML files that are made to cost much."""

from tests.hostile.shapes.making import Shape, nested, numbered, numbered_json, repeated, repeated_json

JSON_AND_YAML: dict[str, Shape] = {
    "json: nested": nested("x.json", "[", "]", before='{"bomFormat": "CycloneDX", "components": ', after="}"),
    "json: empty lists": repeated_json("x.json", "components", [], bomFormat="CycloneDX"),
    "json: numbers": repeated("x.json", "1", before='{"bomFormat": "CycloneDX", "x": ', after="}"),
    "json: float": repeated("x.json", "1", before='{"bomFormat": "CycloneDX", "x": 1.', after="}"),
    "json: escapes": repeated("x.json", "\\u0041", before='{"bomFormat": "CycloneDX", "x": "', after='"}'),
    "cyclonedx: a dense graph": numbered_json(
        "bom.json",
        lambda n: {"type": "library", "name": f"p{n}", "version": "1", "purl": f"pkg:pypi/p{n}@1", "bom-ref": "r"},
        lambda entries: {
            "bomFormat": "CycloneDX",
            "components": entries,
            "dependencies": [{"ref": "r", "dependsOn": ["r"] * len(entries)}],
        },
    ),
    "cyclonedx: components of one reference": numbered_json(
        "bom.json",
        lambda n: {"type": "library", "name": "p", "version": "1", "purl": "pkg:pypi/p@1", "bom-ref": f"r{n % 2}"},
        lambda entries: {
            "bomFormat": "CycloneDX",
            "components": entries,
            "dependencies": [{"ref": "r0", "dependsOn": ["r1"]}] * 1000,
        },
    ),
    "yaml: aliases": repeated(
        "environment.yml", ",*a", before="dependencies:\n  - pip: &a [b,c,d,e,f,g]\nx: [*a", after="]\n"
    ),
    "yaml: aliases of the pip list": repeated(
        "environment.yml", "  - *a\n", before="dependencies:\n  - &a\n    pip: [" + "b==1," * 500 + "c]\n"
    ),
    "yaml: aliases in many pip lists": repeated(
        "environment.yml", "  - pip: *a\n", before="x: &a [" + "b==1," * 200 + "c]\ndependencies:\n"
    ),
    "yaml: aliases of a matrix": repeated(
        ".github/workflows/ci.yml", "  - {python: *a}\n", before="x: &a [" + "'3.1'," * 500 + "'3.2']\njobs:\n"
    ),
    "yaml: nested": nested("environment.yml", "[", "]", before="dependencies: "),
    "yaml: nested blocks": lambda size: {
        "environment.yml": "".join(" " * n + "a:\n" for n in range(int((2 * size) ** 0.5))).encode()
    },
    "yaml: keys": numbered("environment.yml", "k{}: 1\n"),
    "yaml: anchors": numbered("environment.yml", "- &a{} b\n", before="dependencies:\n"),
    "yaml: digits": repeated("environment.yml", "1", before="dependencies: "),
    "yaml: question marks": repeated("environment.yml", "? "),
    "yaml: dashes": repeated("environment.yml", "- "),
    "yaml: quoted text": repeated("environment.yml", "a\n\n", before='dependencies: "', after='"'),
    "yaml: a long text": repeated("environment.yml", "  a\n", before="dependencies: |\n"),
}
