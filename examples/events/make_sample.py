"""Write small files in the form of GDELT 1.0's daily event exports; the same seed, the same bytes."""
import random
from pathlib import Path

FOLDER = Path(__file__).parent / "sample" / "events"
DAYS = {"20151231": 90, "20160101": 140, "20160229": 160, "20160704": 150, "20161231": 130}
NATIONS = [
    ("BRA", "BRAZIL", "BR", -10, -55),
    ("FRA", "FRANCE", "FR", 46, 2),
    ("IND", "INDIA", "IN", 20, 77),
    ("JPN", "JAPAN", "JA", 36, 138),
    ("KEN", "KENYA", "KE", 1, 38),
    ("USA", "UNITED STATES", "US", 39.8, -98.6),
]
ROLES = [("", ""), ("", ""), ("GOV", "GOVERNMENT"), ("BUS", "COMPANY"), ("EDU", "SCHOOL"), ("MED", "MEDIA")]
# one value for each CAMEO root code, 01 to 20
GOLDSTEIN = [0, 3, 4, 1, 3.5, 6, 7, 5, -2, -5, -2, -4, -6, -6.5, -7.2, -4, -7, -9, -10, -10]


def actor(nation, role):
    return [nation[0] + role[0], role[1] or nation[1], nation[0], "", "", "", "", role[0], "", ""]


def place(nation):
    return ["1", nation[1].title(), nation[2], nation[2], str(nation[3]), str(nation[4]), nation[2]]


def event(dice, number, day):
    root = min(int(dice.expovariate(0.2)), 19)
    first, second = dice.choice(NATIONS), dice.choice(NATIONS)
    code = f"{root + 1:02d}"
    quad = 1 if root < 5 else 2 if root < 9 else 3 if root < 14 else 4
    articles = dice.randint(1, 20)
    fraction = round(int(day[:4]) + ((int(day[4:6]) - 1) * 30 + int(day[6:])) / 365, 4)
    return (
        [str(number), day, day[:6], day[:4], str(fraction)]
        + actor(first, dice.choice(ROLES))
        + actor(second, dice.choice(ROLES))
        + [str(dice.randint(0, 1)), f"{code}0", f"{code}0", code, str(quad), str(GOLDSTEIN[root])]
        + [str(articles), "1", str(articles), str(round(dice.uniform(-8, 8), 2))]
        + place(first) + place(second) + place(first)
        + [day, f"https://news.example/{day}/{number}"]
    )


FOLDER.mkdir(parents=True, exist_ok=True)
for day, rows in DAYS.items():
    dice = random.Random(int(day))
    events = [event(dice, int(day) * 1000 + row, day) for row in range(rows)]
    assert all(len(columns) == 58 for columns in events)
    (FOLDER / f"{day}.export.csv").write_text("".join("\t".join(columns) + "\n" for columns in events))
