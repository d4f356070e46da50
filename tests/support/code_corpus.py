"""The corpus of SMS that finding a code is judged by, and the judging.

``python -m tests.support.code_corpus`` prints how many are right; ``--misses`` prints each that is not,
with the reasons.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "data" / "codes"


class Verdict(StrEnum):
    """What an answer is worth to a buyer.

    INVENTED is the worst: a code where there is none. OTHER is a wrong one of a text that has
    one. MISSED costs a look at the text, which is shown in any case.
    """

    RIGHT = "right"
    MISSED = "missed"
    OTHER = "other"
    INVENTED = "invented"


@dataclass(frozen=True, slots=True)
class Sample:
    """One SMS as a service might write it; ``code`` is None where there is none to be shown."""

    text: str
    code: str | None
    language: str
    shape: str

    def judge(self, found: str | None) -> Verdict:
        """What it is worth to have found ``found``."""
        if found == self.code:
            return Verdict.RIGHT
        if found is None:
            return Verdict.MISSED
        return Verdict.INVENTED if self.code is None else Verdict.OTHER


def read_part(name: str) -> list[Sample]:
    """The samples of one file, in its order."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").split("\n")
    return [Sample(**json.loads(line)) for line in lines if line]


def part_names() -> list[str]:
    """The files of the corpus."""
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def count(samples: Iterable[Sample], find: Callable[[str], str | None]) -> Counter[Verdict]:
    """How many answers there are of each worth."""
    return Counter(sample.judge(find(sample.text)) for sample in samples)


def main() -> None:
    """Print the accuracy on each part, and the misses if they are asked for."""
    from jiema_app.domain.orders.codes import explain, find_code  # noqa: PLC0415 - see tests/data

    for name in part_names():
        samples = read_part(name)
        counts = count(samples, find_code)
        share = counts[Verdict.RIGHT] / len(samples)
        languages = len({sample.language for sample in samples})
        worth = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict)
        print(f"{name:12} {len(samples):4} SMS, {languages:2} languages: {share:7.2%}  ({worth})")
        if "--misses" in sys.argv:
            for sample in samples:
                verdict = sample.judge(find_code(sample.text))
                if verdict is not Verdict.RIGHT:
                    print(f"\n{verdict}: {sample.language} {sample.shape}, wanted {sample.code}")
                    print(f"  {sample.text!r}")
                    for line in explain(sample.text):
                        print(f"  {line}")


if __name__ == "__main__":
    main()
