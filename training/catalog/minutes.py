"""How long a part takes: read words at 200 a minute, and a quarter of a minute a decision."""

from training.catalog.lessons import word_count
from training.catalog.parts import Node, Playthrough, Scenario
from training.catalog.scenario import begin, moves_of, replay

WORDS_A_MINUTE = 200  # slower than most adults read; many here read in a second language
MINUTES_A_CHOICE = 0.25
MINUTES_AN_ENTRY = 0.05  # a look at each thing of a picture, each phrase, each step
MINUTES_A_QUESTION = 0.5


def reading_minutes(markdown: str) -> float:
    """Return the minutes that reading a text takes."""
    return word_count(markdown) / WORDS_A_MINUTE


def scenario_minutes(scenario: Scenario) -> float:
    """Return the minutes of a situation: the mean over the paths that its file plays."""
    paths = [_path_minutes(scenario, playthrough) for playthrough in scenario.playthroughs]
    return reading_minutes(scenario.setting) + sum(paths) / len(paths)


def first_scene_minutes(scenario: Scenario) -> float:
    """Return the minutes of the first scene alone: with its setting, its choice, what is told."""
    node = scenario.node(scenario.start)
    if node is None:
        return 0.0
    told = [f"{c.why} {c.happens} {c.rule}" for choice in node.choices for c in choice.cases]
    feedback = sum(reading_minutes(words) for words in told) / len(told)
    return reading_minutes(scenario.setting) + _node_minutes(node) + feedback


def _path_minutes(scenario: Scenario, playthrough: Playthrough) -> float:
    minutes, state = 0.0, begin(scenario)
    for move, step in zip(
        moves := moves_of(scenario, playthrough), replay(scenario, moves), strict=True
    ):
        node = scenario.node(state.node)
        if node is not None:
            chosen = next(choice for choice in node.choices if choice.id == move.choice)
            case = max(chosen.cases, key=lambda case: case.next == step.state.node)
            told = f"{case.why} {case.happens} {case.rule}"
            minutes += _node_minutes(node) + reading_minutes(told)
        state = step.state
    ending = scenario.ending(state.node)
    return minutes + (reading_minutes(ending.text) if ending else 0.0)


def _node_minutes(node: Node) -> float:
    words = [node.text, *(choice.text for choice in node.choices)]
    if node.feed:
        words += [post.text for post in node.feed.posts]
        words += [comment.text for post in node.feed.posts for comment in post.comments]
        words += [event.text for event in node.feed.events]
        words += [node.feed.compose.draft] if node.feed.compose else []
    words += node.exercise.words if node.exercise else ()
    entries = node.exercise.entries if node.exercise else ()
    looks = sum(MINUTES_AN_ENTRY + reading_minutes(entry.feedback) for entry in entries)
    return MINUTES_A_CHOICE + reading_minutes(" ".join(words)) + looks
