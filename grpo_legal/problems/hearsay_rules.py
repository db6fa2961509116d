"""The parts of Fed. R. Evid. 801 that the engine cites, and the rule of each in one sentence, as of November 2026.

The text is that in force since December 1, 2024. From December 1, 2026, unless Congress acts, the amendment that the
Supreme Court adopted on April 8, 2026, drops the oath from 801(d)(1)(A), and `INCONSISTENT` is the law no more.
"""

from __future__ import annotations

STATEMENT, DECLARANT, HEARSAY = (f"Fed. R. Evid. 801({part})" for part in "abc")
OUT_OF_COURT, NOTICE = (f"{HEARSAY}({n})" for n in (1, 2))
INCONSISTENT, CONSISTENT, IDENTIFIED = (f"Fed. R. Evid. 801(d)(1)({part})" for part in "ABC")
ADMISSION, ADOPTED, AUTHORIZED, AGENT, PLOT = (f"Fed. R. Evid. 801(d)(2)({part})" for part in "ABCDE")
PROOF = "Bourjaily v. United States, 483 U.S. 171 (1987), and Fed. R. Evid. 801(d)(2)"
SUCCESSOR = "Fed. R. Evid. 801(d)(2), as amended in 2024"
TOME = f"{CONSISTENT}(i); Tome v. United States, 513 U.S. 150 (1995)"
OWENS = f"{IDENTIFIED}; United States v. Owens, 484 U.S. 554 (1988)"

RULES = {
    STATEMENT: "Only an assertion is a statement, whether oral, written or nonverbal, and conduct is one only if the "
    "person who made it intended to assert something",
    DECLARANT: "Only a person can make a hearsay statement, so what a machine produces by itself is not hearsay",
    HEARSAY: "Hearsay is a statement made other than while testifying at the current trial, which a party offers to "
    "prove the truth of what it asserts",
    OUT_OF_COURT: "A statement that the declarant makes while testifying at the current trial is not hearsay",
    NOTICE: "A statement is not hearsay if a party offers it for something other than the truth of what it asserts, "
    "such as the notice that it gave or the legal act that it was",
    INCONSISTENT: "A declarant's earlier statement is not hearsay if the declarant testifies at the trial, subject to "
    "cross-examination about it, and it is inconsistent with that testimony and was given under penalty of perjury in "
    "a proceeding or deposition",
    CONSISTENT: "A declarant's consistent statement is not hearsay if it answers an attack and the declarant testifies, "
    "subject to cross-examination about it",
    TOME: "A consistent statement of a declarant who testifies answers a charge of recent fabrication, and is then not "
    "hearsay, only if it was made before the motive to fabricate arose",
    IDENTIFIED: "A statement that identifies a person perceived earlier is not hearsay if the declarant testifies, "
    "subject to cross-examination about it",
    OWENS: "A witness who has forgotten why can still be cross-examined about a statement of identification, so it is "
    "not hearsay",
    ADMISSION: "A party's own statement is not hearsay when the opposing party offers it against that party",
    ADOPTED: "A statement is not hearsay when offered against a party who made clear a belief that it was true",
    AUTHORIZED: "A statement is not hearsay when offered against a party who authorized the declarant to make one on "
    "that subject",
    AGENT: "A statement by a party's employee is not hearsay against that party if it is on a matter within the scope "
    "of the job and was made while the job lasted",
    PLOT: "A statement is not hearsay when offered against a party whose co-conspirator made it during the conspiracy "
    "and to further it",
    PROOF: "A statement counts as a co-conspirator's only if the conspiracy is shown, and the statement alone does not "
    "show it",
    SUCCESSOR: "A statement that would not be hearsay against the declarant is not hearsay against a party whose claim "
    "derives directly from the declarant, provided that it was made before the claim passed",
}

NODDED = "{x} meant the nod as an answer and so asserted {fact}, which makes it a statement"
# Why what is offered is outside the definition, to the rule and the finding.
OUTSIDE = {
    "conduct": (STATEMENT, "{x} acted without meaning to tell anyone {fact}, so that act is no statement"),
    "device": (DECLARANT, "what {f} offers came from a machine, so no person made a statement {fact}"),
    "this trial": (OUT_OF_COURT, "{x} says {fact} while testifying at this trial, so it is no hearsay statement"),
    "act": (NOTICE, "{x}'s words to {a} were themselves the gift, so {f} offers an act, not its truth"),
    "notice": (NOTICE, "{f} offers the words to prove that {g} was warned, whether or not they were true"),
}
# How the statement compares with the testimony and what is missing, to the rule and the finding.
PRIORS = {
    ("inconsistent", ""): (
        INCONSISTENT,
        "{x} is cross-examined on this and testifies to the contrary of what {x} swore {oath}",
    ),
    ("inconsistent", "unsworn"): (
        INCONSISTENT,
        "{x} testifies to the contrary at this trial, but what {x} said earlier was not under oath",
    ),
    ("consistent", ""): (
        TOME,
        "{x} is cross-examined, charged with inventing the tale after a quarrel, yet said the same {days} before it",
    ),
    ("consistent", "after"): (
        TOME,
        "{x} is charged with inventing the tale after a quarrel, and said the same only {days} after that quarrel",
    ),
    ("identification", ""): (
        IDENTIFIED,
        "{x} is cross-examined at this trial about having picked out {b}, seen at the scene before",
    ),
    ("forgotten", ""): (
        OWENS,
        "{x} is cross-examined at this trial about having picked out {b}, and lost memory of the scene does not matter",
    ),
}
BY_PRIOR = {"inconsistent": INCONSISTENT, "consistent": CONSISTENT, "identification": IDENTIFIED}
ABSENT = "{x} is not called as a witness at this trial, so nobody can cross-examine {x} on what {x} said"
# The declarant's bond to a party and what is missing, to the rule and the finding.
TIES = {
    ("opponent", ""): (ADMISSION, "{x}, who said so, is the opposing party, and {f} offers it against {x}"),
    ("offeror", ""): (ADMISSION, "{x} offers {x}'s own statement, which is not offered against {x} but for {x}"),
    ("adopted", ""): (ADOPTED, "{g}, hearing {x}, replied that this was true and so adopted what {x} said"),
    ("adopted", "denied"): (ADOPTED, "{g}, hearing {x}, replied that this was false and so adopted nothing"),
    ("authorized", ""): (AUTHORIZED, "{g} had authorized {x} to speak on this subject, so it counts against {g}"),
    ("authorized", "none"): (AUTHORIZED, "{g} had not authorized {x} to speak on this subject for {g}"),
    ("employee", ""): (AGENT, "{x} spoke while {g}'s employee, and on the very thing that was {x}'s job"),
    ("employee", "scope"): (AGENT, "{x} was {g}'s employee, but what {x} spoke of was outside {x}'s job"),
    ("employee", "left"): (AGENT, "{x} spoke {days} after leaving the job, when no longer {g}'s employee"),
    ("plotter", ""): (PLOT, "{x} spoke to win {w} for the scheme while it ran, and other evidence proves {g} in it"),
    ("plotter", "aim"): (PLOT, "{x} spoke to {w} when the scheme was over, so neither during nor to further it"),
    ("plotter", "proof"): (PROOF, "nothing but {x}'s own words shows that {g} was in the scheme with {x}"),
    ("assignor", ""): (SUCCESSOR, "{g}'s claim came from {x}, who said this {days} before assigning it to {g}"),
    ("assignor", "after"): (SUCCESSOR, "{x} said this {days} after assigning the claim to {g}, so not as its owner"),
}
