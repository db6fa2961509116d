"""Stolen data in words: the phrasings, and how moments and spans of time are written.

Slots: {C} the controller and what it is, {c} its name; {what} what was taken and how it was protected; {when} how and
when the controller learned of it; {told} the notice; {aside} facts that do not matter. All but the first two are
sentences.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from grpo_legal.problems import vocabulary as v
from grpo_legal.problems.family import AS_OF, Text

if TYPE_CHECKING:
    from grpo_legal.problems.breach_notice import Facts

PLACES = ("Dublin", "Lyon", "Milan", "Munich", "Vienna", "Ghent", "Porto", "Seville", "Utrecht", "Aarhus", "Turku")
KINDS = (
    ("bank details", "customers"),
    ("health records", "patients"),
    ("passport scans", "guests"),
    ("payroll files", "employees"),
    ("test results", "patients"),
    ("tax returns", "clients"),
    ("credit files", "borrowers"),
    ("court files", "clients"),
)
HAULS = (
    "A hacker copied",
    "A burglar took a laptop holding",
    "A thief stole a phone holding",
    "An intruder walked off with a drive holding",
    "Somebody stole a backup disk holding",
    "A stranger copied from the server",
)
ASIDES = (
    "The police have been told.",
    "The office is closed on weekends.",
    "No ransom was asked for.",
    "Nobody has complained so far.",
    "The insurer was informed as well.",
    "New locks have been ordered.",
)
PEOPLE = "the {data} of {n:,} {people}"
FIRMS = "list of {n:,} companies, with nothing in it about a person"
# The same words for both, as far as possible, so that only the key decides.
KEYS = {
    "key stolen": (
        "a full copy is safe, but the key was stolen too",
        "a full copy exists, but the key has been stolen as well",
        "a full copy is still in the vault, but the key was stolen together with the data",
    ),
    "encrypted": (
        "a full copy is safe, and so is the key",
        "a full copy exists, and the key never left the office",
        "a full copy is still in the vault, as is the key",
    ),
}
WHEN = {
    "direct": ("At {aware}, {c} knew this for certain.", "{c} knew this for certain at {aware}."),
    "suspicion": (
        "At {first}, an alarm made {c} suspect a theft; a prompt check made it certain at {aware}.",
        "{c} was certain of this at {aware}, after a prompt check of an alarm that had come at {first}.",
    ),
    "processor": (
        "{p}, the processor that stores these data for {c}, found out at {first} and informed {c} at {aware}.",
        "{c} was informed at {aware} by {p}, the processor that stores these data for it and had found out at {first}.",
    ),
    "evidence": (
        "At {aware}, a client gave the data protection office of {c} clear proof of this; its managing director heard "
        "at {later}.",
        "The managing director of {c} heard of this at {later}, after a client had given its data protection office "
        "clear proof at {aware}.",
    ),
}
TOLD = ("At {notice}, {c} notified the authority.", "{c} notified the authority at {notice}.")
REST = " That notice was incomplete, and the missing details followed at {completed}."
FRAMES = (
    ("chronicle", "{C} has lost data. {what} {when} {told} {aside}"),
    ("discovery first", "{C} has had a bad week. {when} This is what had happened. {what} {told} {aside}"),
    ("client", "Our client is {C}. {what} {when} {told} {aside}"),
    ("file note", "File note on {C}. {when} What had happened: {what} {aside} {told}"),
    ("letter", "Dear colleague: this concerns {C}. {what} {aside} {when} {told}"),
    ("aside first", "{aside} The rest, for {C}, is soon told. {what} {when} {told}"),
    ("exam", "Consider {C}. {what} {when} {aside} {told}"),
    ("report", "{C} reports as follows. {what} {told} {when} {aside}"),
    ("auditor", "An auditor looks at {C}. {aside} {what} {when} {told}"),
    ("you", "You advise {C}. {when} What this was about: {what} {told} {aside}"),
    ("officer", "A data protection officer writes for {C}. {what} {when} {told} {aside}"),
    ("press", "The press reports on {C}. {what} {aside} {told} {when}"),
    ("authority", "A supervisory authority looks into {C}. {aside} {when} The cause: {what} {told}"),
    ("suppose", "Suppose that {C} comes to you. {what} {when} {aside} {told}"),
)
LAW = f"Under GDPR art. 33(1) as of {AS_OF}, "
COUNTED = "counting 72 hours from minute to minute, "
QUESTIONS = {
    "latest": (
        LAW + COUNTED + "when does the time of {c} to notify the supervisory authority end?",
        LAW + COUNTED + "until when may {c} notify the supervisory authority?",
    ),
    "in time": (
        LAW + COUNTED + "did {c} notify the supervisory authority in time?",
        LAW + COUNTED + "was the notice of {c} to the supervisory authority in time?",
    ),
    "owed": (
        LAW + "must {c} notify the supervisory authority of this?",
        LAW + "is it for {c} to notify the supervisory authority of this?",
    ),
}


def moment(when: datetime) -> str:
    """The minute and the day: "14:30 on March 3, 2026"."""
    return f"{when.hour:02d}:{when.minute:02d} on {v.long_date(when.date())}"


def span(time: timedelta) -> str:
    """Hours and minutes: "2 hours and 5 minutes"."""
    hours, minutes = divmod(time.days * 1440 + time.seconds // 60, 60)
    parts = [f"{n} {unit}{'s' * (n != 1)}" for n, unit in ((hours, "hour"), (minutes, "minute")) if n]
    return v.both(parts)


def issue(facts: Facts) -> str:
    """The question, for the explanation."""
    who = facts.processor if facts.asked == "processor" else facts.controller
    if facts.asks == "latest":
        return f"at what minute the 72 hours are over in which {who} may notify the supervisory authority"
    if facts.asks == "in time":
        return f"whether {who} was in time, that is, notified the supervisory authority before 72 hours were over"
    return f"whether {who} owes the supervisory authority a notice of what was taken"


def holding(facts: Facts, answer: str) -> str:
    """The answer as a clause."""
    who = facts.processor if facts.asked == "processor" else facts.controller
    if facts.asks == "latest":
        return f"{who} could give notice to the supervisory authority no later than at {moment(datetime.fromisoformat(answer))}"
    if facts.asks == "in time":
        return f"the notice of {who} reached the supervisory authority {'within' if answer == 'Yes' else 'after'} the 72 hours"
    return f"{who} {'owes' if answer == 'Yes' else 'owes no'} notice of this to the supervisory authority"


def render(rng: Random, facts: Facts) -> Text:
    """The facts in one of the phrasings."""
    name, frame = rng.choice(FRAMES)
    c, (data, people) = facts.controller, facts.kind
    loot = PEOPLE.format(data=data, n=facts.number, people=people) if facts.personal else FIRMS.format(n=facts.number)
    if facts.protection == "none":
        loot = f"the unencrypted{loot[3:]}" if facts.personal else f"an unencrypted {loot}"
    else:
        loot = f"{'' if facts.personal else 'a '}{loot}, strongly encrypted; {rng.choice(KEYS[facts.protection])}"
    slots = {"c": c, "p": facts.processor, "aware": moment(facts.aware)}
    slots |= {
        key: moment(when) if when else ""
        for key, when in (
            ("first", facts.first),
            ("later", facts.later),
            ("notice", facts.notice),
            ("completed", facts.completed),
        )
    }
    told = ""
    if facts.notice:
        told = rng.choice(TOLD) + (REST if facts.completed else "")
    story = frame.format(
        C=f"{c} of {facts.place}",
        c=c,
        what=f"{HAULS[facts.haul]} {loot}.",
        when=rng.choice(WHEN[facts.route]).format_map(slots),
        told=told.format_map(slots),
        aside=" ".join(facts.asides),
    )
    who = facts.processor if facts.asked == "processor" else c
    return Text(name, v.tidy(v.sentence(story)), rng.choice(QUESTIONS[facts.asks]).format(c=who))
