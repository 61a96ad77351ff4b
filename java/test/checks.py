"""How the checks of filesystem.py speak: comes with --py-files, so it is read from s3:// too."""

import os


def ok(name, condition):
    if not condition:
        raise AssertionError(name)
    print("ok", name, flush=True)


def refused(name, action, *words):
    """The action fails, with all the words in its message."""
    try:
        action()
    except Exception as error:
        text = str(getattr(error, "java_exception", error))
        missing = [word for word in words if word not in text]
        if missing:
            raise AssertionError(f"{name}: no {missing} in: {text}") from error
        ok(name, True)
    else:
        raise AssertionError(f"{name}: was not refused")


def text(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


def write(content, *parts):
    os.makedirs(os.path.dirname(os.path.join(*parts)), exist_ok=True)
    with open(os.path.join(*parts), "w", encoding="utf-8") as file:
        file.write(content)
