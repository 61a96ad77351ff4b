"""Runs a program as `python SCRIPT ARGUMENTS` does, in a Python that has imported PySpark ahead.

    program.py SCRIPT ARGUMENTS...

The first line of its input is the port and the secret of the JVM, when that is there: both start at the
same time. Where a file of the program's own would have been imported in the place of one that is imported
here already, it starts again as a fresh Python.
"""

import os
import sys
import zipfile


def load_pyspark():
    import pyspark  # noqa: F401
    import pyspark.sql  # noqa: F401
    import pyspark.sql.functions  # noqa: F401
    import pyspark.sql.types  # noqa: F401
    import pyspark.sql.window  # noqa: F401


def hidden_by(folders, own=()):
    """A file that would have been imported in the place of a module that is imported here already."""
    loaded = {name.partition(".")[0] for name, module in sys.modules.items() if is_file(module)}
    loaded |= {"sitecustomize", "usercustomize"}
    for folder in folders:
        if any(folder == known or folder.startswith(known + os.sep) for known in own):
            continue
        for name in names_in(folder):
            if name in loaded:
                return f"{name} in {folder}"
    return None


def is_file(module):
    return getattr(module, "__file__", None) is not None


def names_in(folder):
    try:
        if zipfile.is_zipfile(folder):
            with zipfile.ZipFile(folder) as archive:
                names = {name.partition("/")[0] for name in archive.namelist()}
        else:
            names = set(os.listdir(folder))
    except OSError:
        return set()
    return {name.partition(".")[0] for name in names}


def execute(script):
    """As `python SCRIPT` does it, without a frame of ours in its tracebacks."""
    import builtins
    import importlib.machinery
    import types

    main = types.ModuleType("__main__")
    main.__dict__.update(
        __builtins__=builtins,
        __file__=script,
        __cached__=None,
        __loader__=importlib.machinery.SourceFileLoader("__main__", script),
        __annotations__={},
    )
    main.__doc__ = None
    sys.modules["__main__"] = main
    try:
        with open(script, "rb") as file:
            source = file.read()
        exec(compile(source, script, "exec", dont_inherit=True), main.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        trace = error.__traceback__
        error.__traceback__ = trace.tb_next if trace else None
        sys.excepthook(type(error), error, error.__traceback__)
        sys.exit(1)


def main():
    script, *args = sys.argv[1:]
    folders = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    del sys.path[0]  # our own folder, which a program's Python would not have
    load_pyspark()
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    port, _, secret = sys.stdin.readline().strip().partition(" ")
    if not port:
        sys.exit(1)  # there is no JVM: what its end means is told already
    os.environ["PYSPARK_GATEWAY_PORT"] = port
    os.environ["PYSPARK_GATEWAY_SECRET"] = secret
    if hidden_by([sys.path[0], *folders], [os.path.join(os.environ["SPARK_HOME"], "python")]):
        os.execv(sys.executable, [sys.executable, script, *args])
    sys.argv = [script, *args]
    return script


if __name__ == "__main__":
    execute(main())
