"""The house's HTML as passages of a handout: what is read on a screen is read on paper."""

from html.parser import HTMLParser

from certificates import Blanks, Block, Heading, Passage, Span

BULLET = "\u2022"
ENDS_A_TEXT = frozenset({"p", "li", "blockquote", "ul", "ol", "h2", "h3", "br"})


class _Reader(HTMLParser):
    """Reads the few tags that a cleaned text can have (`catalog.lessons.TAGS`)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Passage | Heading] = []
        self._spans: list[Span] = []
        self._bold = self._quoted = 0
        self._heading = ""
        self._basis = ""
        self._mark = ""
        self._numbers: list[int] = []  # of the lists that are open; 0 for one without numbers

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what the tag begins."""
        if tag in ENDS_A_TEXT:
            self.end_text()
        match tag:
            case "strong":
                self._bold += 1
            case "blockquote":
                self._quoted += 1
            case "ul" | "ol":
                self._numbers.append(1 if tag == "ol" else 0)
            case "li":
                number = self._numbers[-1] if self._numbers else 0
                self._mark = f"{number}." if number else BULLET
                if number:
                    self._numbers[-1] += 1
            case "h2" | "h3":
                self._heading = tag
            case "span":
                self._basis = dict(attrs).get("title") or ""

    def handle_endtag(self, tag: str) -> None:
        """End what the tag ends."""
        if tag in ENDS_A_TEXT:
            self.end_text()
        match tag:
            case "strong":
                self._bold -= 1
            case "blockquote":
                self._quoted -= 1
            case "ul" | "ol":
                self._numbers.pop()
            case "h2" | "h3":
                self._heading = ""
            case "span":
                self._basis = ""

    def handle_data(self, data: str) -> None:
        """Take letters; a basis tag names its citation."""
        if self._basis:
            told = data if data == self._basis else f"{data}: {self._basis}"
            self._spans.append(Span(f"[{told}]", quiet=True))
        else:
            self._spans.append(Span(data, bold=self._bold > 0))

    def end_text(self) -> None:
        """Put what was read so far among the blocks."""
        text = "".join(span.text for span in self._spans)
        if text.strip() and self._heading:
            self.blocks.append(Heading(" ".join(text.split()), 3))
        elif text.strip():
            self.blocks.append(Passage(tuple(self._spans), self._mark, self._quoted > 0))
            self._mark = ""
        self._spans = []


def passages(html: str) -> tuple[Passage | Heading, ...]:
    """Return the blocks of an HTML text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_text()
    return tuple(reader.blocks)


def plain(html: str) -> str:
    """Return the letters of a line, its marks left out."""
    spans = (span for one in passages(html) if isinstance(one, Passage) for span in one.spans)
    return " ".join("".join(span.text for span in spans).split())


def said(text: str, *, quiet: bool = False) -> Passage:
    """Return a sentence of ours as a passage."""
    return Passage((Span(text, quiet=quiet),))


def to_sign(statement: str) -> tuple[Block, ...]:
    """Return where somebody signs the policy by hand; to decline is as easy."""
    return (
        Heading("Sign the policy", 2),
        Passage((Span(statement, bold=True),), quoted=True),
        Blanks(
            ("Name in print", "Signature", "Date"),
            ("I have a question first.", "I decline to sign."),
        ),
        said(
            "Your training is complete with or without a signature. Sign, or tick one of the two "
            "boxes, and give these sheets back."
        ),
    )
