"""The closed classes of English that `grpo_legal.rubric.sentences` reads by: grammar, negation, abbreviations, numbers."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Left out of the content words. "may", "must", "can", "only", "unless" and "except" stay: rules turn on them.
FUNCTION_WORDS = _set(
    "a an the of to in on at by for with from as into onto upon about under over between among through during within "
    "is are was were be been being am it its itself this that these those he she they them his her hers their theirs "
    "him himself herself themselves i me my we us our you your who whom whose which what there here and or but so then "
    "than thus if when where while because since although though also do does did doing done has have had having will "
    "would shall should could might such any some either all very just too more most "
    "however therefore hence accordingly whether how why s t ve re ll d ought per via yet else "
    "again further once herein thereof"
)
NEGATORS = _set("not no never neither nor none nothing nobody cannot can't hardly scarcely nowhere")
PRIVATIVES = _set("without lack lacks lacked lacking absence despite")
# "no later than", "not only", "no doubt" deny nothing.
NO_NEGATION = _set("only merely just later more less fewer")
NO_DOUBT = _set("doubt question matter")
AUXILIARIES = _set("is are was were am will would shall should does did has had")  # end what "without" reaches
SCOPE_ENDS = _set(
    "because if unless when but although though while whereas since so until which who where even however therefore "
    "and thus hence as before after whether except"
)
# After these, "to" carries a negation on: "need not to be signed" denies "signed", "no writing to be valid" not "valid".
CARRIES_TO = _set(
    "need require have has had able oblige allow permit entitle bind ought intend fail seek try right free duty "
    "obligation used want going bound apply reason power authority way liable"
)
ATTRIBUTION = _set(
    "argue argues argued arguing contend contends contended claims claimed assert asserts asserted alleges alleged "
    "insists insisted objects suggests argument contention"
)
DENIALS = _set("false untrue wrong incorrect mistaken myth mistake error nonsense")
MODALS = _set("may can must need")  # a "not" after them denies them too
LISTING = _set("and or , ;")
ABBREVIATIONS = _set(
    "v vs inc co corp ltd no nos art arts sec secs cl st ct cir fed evid civ crim proc rev stat const amend ann ed app "
    "restat mr mrs ms dr jr sr cal tex fla mass ill pa supp al cf pp para ch pub dist div bankr mod reg regs rul "
    "int'l nat'l ass'n dep't jan feb mar apr jun jul aug sep sept oct nov dec llc u.s us usc ucc cfr"
)
# A sentence has one of these or no verb that is worth looking for.
VERBS = _set(
    "is are was were be been being am has have had do does did will would shall should can could may might must cannot "
    "require apply need make mean bar govern allow permit hold forbid prohibit protect fail lose win owe take give get "
    "keep bind pay recover violate infringe commit satisfy create turn depend count follow show prove cover extend "
    "exclude admit let say state provide use act cause sell buy work stand belong pass vest arise become remain want "
    "come go put tell know treat call limit end begin start run matter stop trump defeat control excuse discharge "
    "knew said told came gave took ran wrote made paid sold bought held found went got had lost won kept left met saw "
    "drove sent brought meant built chose drew fell hit led sat spoke stole struck taught thought wore died lied stood "
    "sever rest become own last terminate revoke accept offer breach constitute qualify prevail succeed invalidate uphold supersede preempt"
)
NUMBERS = {
    word: str(n)
    for n, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]
    )
} | {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
# A sentence with one of these gives a reason or draws one.
REASONS = _set(
    "because since therefore thus hence so accordingly consequently as given here means mean meaning follows result "
    "if when unless whereas but however under applying although though where for which requires makes made"
)
CONDITIONS = _set("if unless provided")
