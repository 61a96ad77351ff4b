import sys

assert "pyspark" not in sys.modules
print(sys.argv[1:])
