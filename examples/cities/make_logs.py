"""Write the two log files of an invented music service; the same seed, the same bytes."""
import csv
import json
import random
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
PAGES = ["NextSong"] * 14 + ["Home"] * 3 + ["Thumbs Up", "Add to Playlist", "Settings", "Logout"]
START = 1_514_764_800_000  # 2018-01-01 in UTC, in milliseconds
FILES = {"sparkify_log_small.json": (2018, 600), "sparkify_log_small_2.json": (2019, 900)}

with open(FOLDER / "cities.csv", newline="") as file:
    cities = list(csv.DictReader(file))

for name, (seed, events) in FILES.items():
    dice = random.Random(seed)
    homes = {user: dice.choice(cities) for user in range(seed % 10 * 100, seed % 10 * 100 + 60)}
    time = START
    lines = []
    for number in range(events):
        time += dice.randrange(1_000, 240_000)
        user, page = dice.choice(list(homes)), dice.choice(PAGES)
        event = {
            "ts": time,
            "userId": str(user),
            "level": "paid" if user % 3 == 0 else "free",
            "page": page,
            "city": homes[user]["name"],
            "state": homes[user]["state"],
        }
        if page == "NextSong":
            event["song"] = f"song-{min(int(dice.expovariate(0.02)), 299):03d}"
            event["length"] = round(dice.uniform(90, 420), 2)
        lines.append(json.dumps(event))
    (FOLDER / "logs").mkdir(exist_ok=True)
    (FOLDER / "logs" / name).write_text("\n".join(lines) + "\n")
