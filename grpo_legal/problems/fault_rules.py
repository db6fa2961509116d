"""Which State follows which regime of comparative fault, and how it divides the loss, as of November 2026.

Every rule here sets the plaintiff's fault against that of all others together. `RULES` serve where all defendants
are asked about; `SEVERAL` States hold each defendant to its own percentage and count the fault of persons not sued;
`JOINT` States hold each defendant to the whole recovery. `STATED` says what each authority stands for.

Kept out: States that compare the plaintiff with each defendant alone (Idaho, Minnesota, Wisconsin), rules that
changed or may be changing (Louisiana, Missouri, New York), and, from `SEVERAL`, those whose text does not say how
persons not sued count (Kansas, Kentucky, Tennessee).
"""

from __future__ import annotations

PURE, FIFTY, FIFTY_ONE, CONTRIBUTORY = REGIMES = ("pure", "50% bar", "51% bar", "contributory")
NAMES = {
    PURE: "pure comparative fault",
    FIFTY: "50% bar",
    FIFTY_ONE: "51% bar",
    CONTRIBUTORY: "contributory negligence",
}

LI = "Li v. Yellow Cab Co., 13 Cal. 3d 804 (1975)"
MCINTYRE = "McIntyre v. Balentine, 833 S.W.2d 52 (Tenn. 1992)"
COLEMAN = "Coleman v. Soccer Ass'n of Columbia, 432 Md. 679 (2013)"
LITCHFORD = "Litchford v. Hancock, 232 Va. 496 (1987)"
WILLIAMS = "Williams v. Delta International Machinery Corp., 619 So. 2d 1330 (Ala. 1993)"
INDIANA = ("Ind. Code § 34-51-2-6", "Ind. Code § 34-51-2-8")
TEXAS = ("Tex. Civ. Prac. & Rem. Code § 33.001", "Tex. Civ. Prac. & Rem. Code § 33.012")

Rule = tuple[str, ...]  # the citations, the one for the regime first
# Any number of defendants, all of them asked about.
RULES: dict[str, tuple[Rule, ...]] = {
    PURE: (
        (LI,),
        ("Wash. Rev. Code § 4.22.005",),
        ("Ariz. Rev. Stat. § 12-2505",),
        ("Alaska Stat. § 09.17.060",),
        ("Ky. Rev. Stat. § 411.182",),
        ("R.I. Gen. Laws § 9-20-4",),
    ),
    FIFTY: (
        ("Ga. Code Ann. § 51-12-33",),
        ("Neb. Rev. Stat. § 25-21,185.09",),
        ("Kan. Stat. Ann. § 60-258a",),
        ("N.D. Cent. Code § 32-03.2-02",),
        (MCINTYRE,),
    ),
    FIFTY_ONE: (
        TEXAS,
        ("Ohio Rev. Code § 2315.33",),
        ("735 Ill. Comp. Stat. 5/2-1116",),
        ("Mass. Gen. Laws ch. 231, § 85",),
        ("Iowa Code § 668.3",),
        ("Fla. Stat. § 768.81",),
    ),
    CONTRIBUTORY: ((COLEMAN,), (LITCHFORD,), (WILLIAMS,)),
}
# One defendant asked about, or a person at fault who was not sued.
SEVERAL: dict[str, tuple[Rule, ...]] = {
    PURE: (
        ("Ariz. Rev. Stat. § 12-2505", "Ariz. Rev. Stat. § 12-2506"),
        ("Alaska Stat. § 09.17.060", "Alaska Stat. § 09.17.080"),
    ),
    FIFTY: (("Ga. Code Ann. § 51-12-33",), ("N.D. Cent. Code § 32-03.2-02",)),
    FIFTY_ONE: (
        INDIANA,
        ("Fla. Stat. § 768.81",),
        ("Wyo. Stat. Ann. § 1-1-109",),
    ),
}
# One defendant asked about.
JOINT: dict[str, tuple[Rule, ...]] = {
    PURE: (("R.I. Gen. Laws § 9-20-4", "R.I. Gen. Laws § 10-6-2"),),
    FIFTY_ONE: (
        ("Mass. Gen. Laws ch. 231, § 85", "Mass. Gen. Laws ch. 231B, § 1"),
        ("Del. Code Ann. tit. 10, § 8132", "Del. Code Ann. tit. 10, § 6301"),
    ),
    CONTRIBUTORY: (
        (COLEMAN, "Md. Code Ann., Cts. & Jud. Proc. § 3-1401"),
        (LITCHFORD, "Va. Code Ann. § 8.01-443"),
    ),
}

# ---- what each authority stands for --------------------------------------------------------------------

_REGIME = {
    PURE: "a plaintiff's own fault, however large, does not bar recovery but reduces the damages in proportion",
    FIFTY: "a plaintiff who bears 50 percent of the fault or more recovers nothing, and a smaller share reduces the "
    "damages in proportion",
    FIFTY_ONE: "a plaintiff who bears more than 50 percent of the fault recovers nothing, and a smaller share reduces "
    "the damages in proportion",
    CONTRIBUTORY: "any contributory negligence of the plaintiff is a complete bar to recovery, and without it the "
    "damages are owed in full",
}
_OWN = "each defendant is liable for no more than that defendant's own percentage of the damages"
# The statutes on contribution define joint tortfeasors; that each owes the whole is the common law that they leave alone.
_WHOLE = "those who are liable in tort for the same harm each owe the whole recovery, as at common law"
_STATES = {
    "Alaska": "Alaska", "Ariz.": "Arizona", "Del.": "Delaware", "Fla.": "Florida", "Ga.": "Georgia",
    "735": "Illinois", "Ind.": "Indiana", "Iowa": "Iowa", "Kan.": "Kansas", "Ky.": "Kentucky", "Md.": "Maryland",
    "Mass.": "Massachusetts", "N.D.": "North Dakota", "Neb.": "Nebraska", "Ohio": "Ohio", "R.I.": "Rhode Island",
    "Tex.": "Texas", "Va.": "Virginia", "Wash.": "Washington", "Wyo.": "Wyoming", LI: "California",
    MCINTYRE: "Tennessee", COLEMAN: "Maryland", LITCHFORD: "Virginia", WILLIAMS: "Alabama",
}  # fmt: skip


def _stated() -> dict[str, str]:
    """Each authority's rule as a sentence. A statute that fixes regime and liability alike is told with both."""
    found: dict[str, str] = {}
    for regime, rules in RULES.items():
        found |= {rule[0]: _REGIME[regime] for rule in rules}
    for table, liability in ((SEVERAL, _OWN), (JOINT, _WHOLE)):
        for regime, rules in table.items():
            for rule in rules:
                found[rule[0]] = _REGIME[regime] if len(rule) > 1 else f"{_REGIME[regime]}; {liability}"
                found |= dict.fromkeys(rule[1:], liability)
    found |= dict.fromkeys(
        (TEXAS[0], INDIANA[0]), "a claimant who bears more than 50 percent of the fault recovers nothing"
    )
    found[TEXAS[1]] = "a claimant who is not barred has the damages reduced by the claimant's own percentage"
    return {
        citation: f"In {_STATES.get(citation) or _STATES[citation.split()[0]]}, {sentence}"
        for citation, sentence in found.items()
    }


STATED = _stated()
