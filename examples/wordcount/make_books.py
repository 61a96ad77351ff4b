"""Write two small books of generated sentences; the same seed, the same bytes."""
import random
import textwrap
from pathlib import Path

FOLDER = Path(__file__).parent / "books"
SENTENCE = (
    "the mayfly,the river,a trout,the reed,an old willow,the evening light,the swarm,a heron,the rain",
    "follows,crosses,remembers,leaves,carries,circles,forgets,touches,outlives,answers",
    "the water,the far bank,its own shadow,the last warm hour,the wind,the bridge,a quiet pool,the moon",
    "before dark,without a sound,as every summer,until morning,and then it rests,once,again and again",
)
BOOKS = {"one-day.txt": (1, 700), "the-river.txt": (2, 900)}


def sentence(dice):
    parts = [dice.choice(words.split(",")) for words in SENTENCE]
    return " ".join(parts).capitalize() + dice.choice([".", ".", ".", "!", "?"])


for name, (seed, sentences) in BOOKS.items():
    dice = random.Random(seed)
    paragraphs = [
        textwrap.fill(" ".join(sentence(dice) for _ in range(min(7, sentences - start))), width=80)
        for start in range(0, sentences, 7)
    ]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_text("\n\n".join(paragraphs) + "\n")
