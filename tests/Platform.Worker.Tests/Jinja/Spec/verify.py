"""Runs the cases through Jinja2 for Python and compares (or, with --write, replaces) the expected files. A tool for authors; no test needs it.

pip install jinja2==3.1.6; python3 verify.py [--write] [area ...]
"""
import decimal
import json
import pathlib
import re
import sys
import traceback

import jinja2

FOLDER = pathlib.Path(__file__).parent
UNDEFINED = {
    "default": jinja2.Undefined,
    "strict": jinja2.StrictUndefined,
    "chainable": jinja2.ChainableUndefined,
    "debug": jinja2.DebugUndefined,
}
KINDS = {
    jinja2.TemplateAssertionError: "SyntaxError",
    jinja2.TemplateSyntaxError: "SyntaxError",
    jinja2.UndefinedError: "UndefinedError",
    jinja2.TemplatesNotFound: "TemplateNotFound",
    jinja2.TemplateNotFound: "TemplateNotFound",
    jinja2.exceptions.FilterArgumentError: "FilterArgumentError",
    jinja2.TemplateRuntimeError: "RuntimeError",
}


def special(pairs):
    value = dict(pairs)
    if len(value) == 1:
        if "$decimal" in value:
            return decimal.Decimal(value["$decimal"])
        if "$tuple" in value:
            return tuple(value["$tuple"])
        if "$set" in value:
            return set(value["$set"])
    return value


def cases(path):
    parts = re.split(r"^=== (.*)\n", path.read_text(), flags=re.M)[1:]
    for head, body in zip(parts[::2], parts[1::2]):
        name, _, data = head.partition(" {")
        yield name, ("{" + data if data else "{}"), body.removesuffix("\n")


def run(data, body):
    context = json.loads(data, object_pairs_hook=special)
    options = context.pop("$options", {})
    parts = re.split(r"^--- (\S+)\n", body, flags=re.M)
    templates = {"main": parts[0].removesuffix("\n") if len(parts) > 1 else parts[0]}
    for index in range(1, len(parts), 2):
        last = index == len(parts) - 2
        templates[parts[index]] = parts[index + 1] if last else parts[index + 1].removesuffix("\n")
    undefined = UNDEFINED[options.pop("undefined", "default")]
    environment = jinja2.Environment(
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        loader=jinja2.DictLoader(templates),
        undefined=undefined,
        **options,
    )
    environment.globals.update(set=set, zip=lambda *lists: list(zip(*lists)))
    try:
        return environment.get_template("main").render(context)
    except Exception as error:
        kind = KINDS.get(type(error), type(error).__name__)
        kind = {"AssertionError": "ValueError", "DivisionByZero": "ZeroDivisionError", "InvalidOperation": "ZeroDivisionError"}.get(kind, kind)
        if isinstance(error, jinja2.TemplateSyntaxError):
            line = error.lineno
        else:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in ("<template>", *templates)]
            line = frames[-1].lineno if frames else 0
        return f"!! {kind} {line}: {error.message if isinstance(error, jinja2.TemplateError) else error}"


def main():
    write = "--write" in sys.argv
    areas = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    count = wrong = 0
    for path in sorted(FOLDER.glob("*.jinja")):
        if areas and path.stem not in areas:
            continue
        expected = path.with_suffix(".out")
        actual = "".join(f"=== {name}\n{run(data, body)}\n" for name, data, body in cases(path))
        count += sum(1 for _ in cases(path))
        if write:
            expected.write_text(actual)
        elif not expected.exists() or expected.read_text() != actual:
            wrong += 1
            print(f"{path.stem}: the expected file differs from what Jinja2 {jinja2.__version__} gives")
    print(f"{count} cases")
    sys.exit(wrong > 0)


main()
