"""A master that a program sets in its own code is the one that `--master yarn` means here: this machine.

Loaded when Python starts; it does nothing before pyspark is imported.
"""
import importlib.util
import sys


class Loader:
    # One of its own: that of a zip file loads all the modules in it.
    def __init__(self, loader):
        self.loader = loader

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def exec_module(self, module):
        self.loader.exec_module(module)
        plain = module.SparkConf.set

        def set(self, key, value):
            # yarn-client and yarn-cluster are what scripts for Spark 1 and 2 say.
            here = key == "spark.master" and str(value).startswith("yarn")
            return plain(self, key, "local[*]" if here else value)

        module.SparkConf.set = set


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name != "pyspark.conf":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec:
            spec.loader = Loader(spec.loader)
        return spec


sys.meta_path.insert(0, Finder())
