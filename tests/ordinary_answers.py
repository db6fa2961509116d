"""Right answers in a person's ordinary wording, written by hand from the facts of real problems.

Each names the problem (`problems.generate(family, 1, split, seed, difficulty, start=index)`) and the text: with
headings and without, short and long, in words of its own. A reward that scores one low is at fault, not the text.
"""

from typing import NamedTuple


class Ordinary(NamedTuple):
    family: str
    split: str
    seed: int
    index: int
    difficulty: int
    text: str


ANSWERS = (
    # ---- the deadline to answer a complaint in federal court ----
    Ordinary(
        "answer_deadline", "test", 3, 0, 1,
        "Issue: When is Romano's answer to Clarke's complaint due?\n"
        "Rule: A defendant who has been served with process has 21 days from service to answer. We skip the day of "
        "service and count all days from there, weekends too; only if the final day is a weekend or a legal holiday "
        "do we roll forward to the next business day.\n"
        "Application: Romano received the summons and complaint on September 30, 2025. Day one is October 1, and day "
        "21 is October 21, 2025, an ordinary Tuesday. The date of filing, September 25, plays no part.\n"
        "Conclusion: Romano has until October 21, 2025 to serve the answer.\n"
        "Answer: October 21, 2025",
    ),
    Ordinary(
        "answer_deadline", "test", 3, 1, 2,
        "The question is how long Watts has to answer now that the motion to dismiss has failed. Under Rule 12(a)(4)(A), "
        "once the court denies a Rule 12 motion, the responsive pleading must be served within 14 days after notice of "
        "that ruling. Rule 6(a)(1) leaves out the triggering day, counts every following day, and moves a last day "
        "that falls on a weekend or legal holiday to the next ordinary day. The legal holidays in Rule 6(a)(6) are "
        "the national ones set by statute, such as Memorial Day or Christmas. Here, notice of the denial came on May "
        "11, 2026. Fourteen days later is Monday, May 25, which is Memorial Day, so Watts gets one day more. "
        "Settlement talks with Mahmoud change nothing. So Watts must serve the answer by Tuesday, May 26, 2026.\n"
        "Answer: 2026-05-26",
    ),
    Ordinary(
        "answer_deadline", "test", 3, 2, 3,
        "**Issue**\nBy when must Owen Cooper answer Malik Adler's complaint in the federal suit?\n\n"
        "**Rule**\nAn officer of the United States who is sued in a personal capacity for something done in the line of "
        "duty gets 60 days. The clock runs from service on the officer or service on the U.S. attorney, whichever "
        "happens later. Fed. R. Civ. P. 12(a)(3). In counting, the day of the event does not count, each later day "
        "does, and a period that would end on a Saturday, Sunday or legal holiday is carried over to the next day that "
        "is not one.\n\n"
        "**Analysis**\nCooper is a federal park ranger sued for an act on duty, so the longer period is his. He was "
        "served on October 16, 2026, the U.S. attorney three days afterwards, on October 19; the later date controls. "
        "Sixty days from October 19 brings us to December 18, 2026, a Friday, and nothing extends it.\n\n"
        "**Conclusion**\nCooper's answer is due on December 18, 2026.\n\nAnswer: December 18, 2026",
    ),
    Ordinary(
        "answer_deadline", "test", 3, 5, 3,
        "Issue: What is the last day on which the United States may serve its answer to Louis Nwosu's complaint?\n"
        "Rule: Under Rule 12(a)(2) the government has 60 days to answer, measured from service on the United States "
        "attorney. Rule 6(a)(1) excludes the first day and includes the last, unless the last is a Saturday, a Sunday "
        "or a legal holiday. Where a period follows an event, a State's own holiday counts as a legal holiday only if "
        "the district court sits in that State.\n"
        "Application: The U.S. attorney was served on June 16, 2025, and that date, not the June 6 delivery to the "
        "Attorney General, starts the time. Sixty days on is Friday, August 15, 2025. It is Statehood Day in Hawaii, "
        "but this court is in Ohio, where it is a working day like any other.\n"
        "Conclusion: The United States must serve its answer no later than August 15, 2025.\n"
        "Answer: 2025-08-15",
    ),
    # ---- diversity jurisdiction ----
    Ordinary(
        "diversity_jurisdiction", "test", 3, 0, 1,
        "The issue is whether Keller can sue Young in federal court on the ground of diversity. Under 28 U.S.C. § 1332(a), "
        "all plaintiffs must be citizens of different states from all defendants, and the amount in controversy must "
        "be greater than $75,000 without interest and costs. Here, Keller is from Oklahoma and Young from Virginia, so "
        "they are diverse. He asks for $3,992,000, far above the minimum. Therefore, the federal court has diversity "
        "jurisdiction over the suit.\nAnswer: Yes",
    ),
    Ordinary(
        "diversity_jurisdiction", "test", 3, 1, 2,
        "Issue: Does Vance's suit against Rhodes come within federal diversity jurisdiction?\n"
        "Rule: Two things are needed: citizens of different states on the two sides, and more than $75,000 in "
        "controversy, not counting interest and costs (28 U.S.C. § 1332(a)). A single plaintiff may aggregate all of "
        "her claims against a single defendant to get there, though several plaintiffs may not add theirs together.\n"
        "Application: Vance is domiciled in Alaska and Rhodes is an Oklahoman, so they are diverse. Vance's conversion, "
        "trespass and contract claims may be added together because they are all hers and all against Rhodes. But "
        "$25,569 + $12,265 + $24,531.33 makes only $62,365.33, which falls $12,634.67 short of the threshold.\n"
        "Conclusion: The court lacks jurisdiction because the amount is too small.\nAnswer: No",
    ),
    Ordinary(
        "diversity_jurisdiction", "test", 3, 2, 3,
        "Issue: Is Lars Jensen's suit against Copperhill Textiles LLC within the court's diversity jurisdiction?\n"
        "Rule: An executor takes the citizenship of the person who died, not his own. A limited liability company, "
        "being unincorporated, is a citizen of every State of which one of its members is a citizen. No plaintiff may "
        "share a State with any defendant. The claims of one plaintiff against one defendant are added together. The "
        "amount in controversy has to exceed $75,000, interest and costs aside.\n"
        "Application: Jensen sues as executor of Xavier Erickson, who was domiciled in Washington when he died, so "
        "Jensen is a Washington citizen here, whatever his own home in Missouri. Copperhill is a citizen of Wisconsin, "
        "Iowa and Pennsylvania through Ortega, Dorsey and Dawson; Oregon and Wyoming do not matter. There is no overlap. "
        "Together the trespass claim of $36,750 and the conversion claim of $38,250.01 come to $75,000.01, a cent over the "
        "line. That the jury later awarded only $9,500 is beside the point, as the demand counts.\n"
        "Conclusion: There is diversity jurisdiction, so Copperhill cannot return to state court on this ground.\n"
        "Answer: Yes",
    ),
    Ordinary(
        "diversity_jurisdiction", "test", 3, 4, 3,
        "Is there diversity jurisdiction over Nguyen's suit against Turner? Under § 1332(a) the parties must be citizens of "
        "different States, with nobody on one side sharing a State with anybody on the other, and more than $75,000, "
        "apart from interest and costs, must be in controversy. A person's State is the one where she is domiciled at the "
        "time of filing, and domicile changes when she moves to a new State with the intention to stay (Mas v. Perry). "
        "Here, Turner left Louisiana for Mississippi for good before Nguyen filed, so she is a Mississippi citizen, while "
        "Nguyen is a citizen of Iowa. The $2,600 of interest and $535 of costs are ignored, but the damages of $75,000.01 "
        "clear the threshold by one cent. A witness's move to Iowa is irrelevant. Accordingly, the federal court has "
        "jurisdiction.\nAnswer: Yes",
    ),
    # ---- firm offers ----
    Ordinary(
        "firm_offer", "test", 3, 0, 1,
        "Issue: Could Lopez still withdraw his offer to Burke on July 19?\n"
        "Rule: Under UCC 2-205 a merchant's promise to keep an offer for goods open binds without consideration only if "
        "it is made in a signed writing, and then for the period stated but at most three months. Any other offer can be "
        "revoked, and the revocation works once the offeree receives it.\n"
        "Application: Lopez deals in commercial vehicles and is a merchant, but he made his offer by word of mouth. "
        "There is no signed writing, and Burke paid nothing for the promise. His assurance about July 21, 2025 "
        "therefore did not bind him, and the withdrawal of July 19 was good when Burke heard of it.\n"
        "Conclusion: The offer could be revoked and was no longer open.\nAnswer: No",
    ),
    Ordinary(
        "firm_offer", "test", 3, 1, 1,
        "We must decide whether Duarte could revoke her offer to Padilla on October 26, 2024. The rule of UCC § 2-205 is "
        "that a merchant who offers in a signed writing to buy or sell goods, and gives assurance that the offer will be "
        "held open, cannot revoke it for lack of consideration during the time stated, up to three months. Otherwise an "
        "offer may be revoked, with effect when the offeree receives the revocation. In this case, Duarte sells solar "
        "equipment for a living, signed the letter, and promised to leave it open for 15 days. The 15 days from October "
        "19 ran until November 3, well under three months. The withdrawal reached Padilla eight days before that. "
        "Consequently, Duarte was still bound by the offer.\nAnswer: Yes",
    ),
    Ordinary(
        "firm_offer", "test", 3, 2, 2,
        "# Issue\nWas Carl Moss's offer to Yusuf Rao still irrevocable on March 26, 2025?\n"
        "# Rule\nA signed, written offer by a merchant to sell goods that promises to stay open is firm even though "
        "nothing is paid for it. It lasts for the time it states, but never more than three months. Offers that are not "
        "firm and not paid for as options can be revoked, effective on receipt by the offeree.\n"
        "# Application\nMoss is an engine dealer, so a merchant as to a diesel generator, and his letter of January 8, "
        "2025 was signed and promised four months. The law cuts this to three, that is, to April 8. Rao learned "
        "of the withdrawal on March 26, when there were still almost two weeks to go, so that it was too early to have "
        "any effect. It does not matter that Rao gave nothing for the promise.\n"
        "# Conclusion\nThe offer was still irrevocable when Moss tried to withdraw it.\nAnswer: Yes",
    ),
    Ordinary(
        "firm_offer", "test", 3, 3, 3,
        "Issue: Was Moreau still bound to hold the offer open for Alvarez when the withdrawal arrived?\n"
        "Rule: A merchant's signed written offer for goods that gives assurance of being held open may not be revoked during "
        "the time stated, and in no case for longer than three months, despite the lack of consideration. If the "
        "assurance stands on the offeree's form, the offeror must sign it separately. Once an offer is no longer firm, "
        "it may be revoked, and a revocation counts when the offeree receives it.\n"
        "Application: Moreau, a wholesaler of carpet, is a merchant. The form came from Alvarez, but Moreau signed next "
        "to the clause as well as at the foot, so the promise was good. It ran only to November 9, 2024, however. The "
        "withdrawal was mailed the day before that but was received on November 10, when the period was already over, "
        "and by then Moreau was free.\n"
        "Conclusion: On November 10 Moreau was no longer bound by the offer.\nAnswer: No",
    ),
    # ---- the statute of frauds for goods ----
    Ordinary(
        "statute_of_frauds", "test", 3, 0, 1,
        "Issue: For what part of the price can Ibarra enforce the telephone deal against Becker?\n"
        "Rule: Under U.C.C. § 2-201(1), a sale of goods for $500 or more is not enforceable unless there is a writing "
        "signed by the party to be charged, and never beyond the quantity that the writing shows.\n"
        "Application: The price of 16 mirrors at $124 is $1,984, so the statute applies. Becker, the one being sued, did "
        "sign a memo, but it mentions only 12 mirrors. Ibarra can thus claim for 12 × $124 = $1,488 and not for the "
        "remaining four.\n"
        "Conclusion: Ibarra may enforce the contract for goods priced at $1,488.\nAnswer: $1,488.00",
    ),
    Ordinary(
        "statute_of_frauds", "test", 3, 1, 2,
        "Issue: Can Bianchi hold Schmidt to all 75 microscopes?\n"
        "Rule: A contract to sell goods at $500 or more requires a writing signed by the person against whom it is "
        "enforced, and the quantity in the writing is the limit. Between merchants, a written confirmation that arrives "
        "in reasonable time and would bind the sender will do against the recipient too, unless the recipient objects "
        "in writing within 10 days after receiving it.\n"
        "Application: 75 microscopes at $231 cost $17,325. Schmidt signed nothing of his own. Both deal in microscopes, "
        "though, and Bianchi's letter arrived on November 22, 2024. Schmidt had until December 2 to object and did so on "
        "December 3, one day late. He is bound, but only for the 74 that the confirmation mentions.\n"
        "Conclusion: The contract is not enforceable against Schmidt for the whole quantity.\nAnswer: No",
    ),
    Ordinary(
        "statute_of_frauds", "test", 3, 2, 2,
        "The question is how much of the oral sale Vargas can enforce against Zamora. Under U.C.C. § 2-201(1), goods "
        "worth $500 or more need a writing signed by the party against whom enforcement is sought, and only the quantity "
        "shown there can be enforced. Between merchants a signed confirmation binds the recipient as well, but not if "
        "written objection is made within 10 days of receipt (§ 2-201(2)). On these facts, 43 drums at $85 come to $3,655, "
        "and Zamora signed no writing that admits a sale. Vargas's letter got to Zamora on April 9, 2024; the objection "
        "of April 13 came four days later and was in time, since the period lasted through April 19. So nothing takes the "
        "place of the missing signature, and Vargas can enforce nothing.\nAnswer: $0.00",
    ),
    Ordinary(
        "statute_of_frauds", "test", 3, 4, 3,
        "Issue: Is the oral sale of the oak chairs enforceable against Alvarez in full?\n"
        "Rule: Where goods cost $500 or more, there has to be a writing signed by the party to be charged, which sets the "
        "upper limit of the quantity. No writing is needed for goods that have been paid for, if the payment was accepted, "
        "or that have been received and accepted.\n"
        "Application: 35 chairs at $119 amount to $4,165, so a writing is needed. Navarro has one: Alvarez signed a memo, "
        "and it covers all 35. The cash does not help Navarro, who handed it straight back, so it was not an accepted "
        "payment. The memo is enough by itself.\n"
        "Conclusion: Navarro can enforce the contract against Alvarez for the whole 35 chairs.\nAnswer: Yes",
    ),
    # ---- hearsay ----
    Ordinary(
        "hearsay_definition", "test", 3, 0, 1,
        "Issue: Is the alarm system's printout a hearsay statement when Petrov offers it against Delgado?\n"
        "Rule: Hearsay requires a statement by a person. Rule 801(b) defines the declarant as the person who made the "
        "statement, so output that a machine produces on its own is not hearsay.\n"
        "Application: The alarm system printed that the alarm was off by itself; neither Goldberg nor Tanaka touched it. "
        "No person asserted anything, so there is no declarant whom Delgado would need to cross-examine.\n"
        "Conclusion: What Petrov offers is not hearsay.\nAnswer: No",
    ),
    Ordinary(
        "hearsay_definition", "test", 3, 1, 1,
        "The issue is whether what Owens wrote to Patel is hearsay in Young's suit against Fleming. Under Fed. R. Evid. "
        "801(c), hearsay is a statement that the declarant did not make while testifying at the current trial and that a "
        "party offers to prove that what it asserts is true. Here, Owens wrote the note to Patel outside the courtroom, and "
        "Young wants it in for the very thing it says: that the alarm was off. No exclusion fits, as Owens is neither a "
        "party nor a witness. Therefore, the note is a hearsay statement.\nAnswer: Yes",
    ),
    Ordinary(
        "hearsay_definition", "test", 3, 2, 2,
        "Issue: Is Medina's grand jury statement hearsay when Kowalski offers it against Pearce?\n"
        "Rule: An out-of-court statement offered for its truth is normally hearsay under Rule 801(c). But a prior statement "
        "of a witness who testifies and can be cross-examined about it is not hearsay if it is inconsistent with the "
        "testimony and was given under penalty of perjury at a trial, hearing, other proceeding or deposition.\n"
        "Application: Medina said before the grand jury, under oath, that the boiler was cracked, and Kowalski offers that to "
        "prove the crack. At trial Medina now says the opposite and is cross-examined by Pearce. A grand jury is a "
        "proceeding, and the oath exposes Medina to perjury. Every element is met, and whether Medina had a reason to lie "
        "goes to weight.\n"
        "Conclusion: The statement is not hearsay.\nAnswer: No",
    ),
    Ordinary(
        "hearsay_definition", "test", 3, 3, 3,
        "Issue: Does Griffin's remark about the wiring count as hearsay if Iyer offers it against Holt?\n"
        "Rule: A statement made outside the current trial and offered to prove the truth of what it asserts is hearsay. "
        "Statements by an opposing party's employee are excluded from the definition, but only if they concern a matter "
        "within the scope of the job and were made while the employment lasted.\n"
        "Application: Iyer says openly that the remark is meant to show that the wiring was frayed, and not merely that "
        "Holt had a warning. The wiring was Griffin's job, but Griffin had left it 3 days before speaking. Because the "
        "employment was over, the remark cannot be charged to Holt. Excitement would only matter for an exception.\n"
        "Conclusion: The remark of Griffin is hearsay.\nAnswer: Yes",
    ),
    # ---- Title VII ----
    Ordinary(
        "title_vii", "test", 3, 0, 1,
        "Issue: How much of the jury's award may Acosta keep?\n"
        "Rule: Section 1981a(b)(3) caps compensatory and punitive damages taken together, by the size of the employer. With "
        "15 to 100 employees in 20 or more weeks of the year, each complaining party may get no more than $50,000.\n"
        "Application: Silverleaf Steel had exactly 100 employees every week in 2024 and 2025, so it is in the lowest band. "
        "Acosta's $30,250 and $18,750 make $49,000 together, which is $1,000 below the cap.\n"
        "Conclusion: Acosta can recover the full $49,000 from Silverleaf Steel.\nAnswer: $49,000.00",
    ),
    Ordinary(
        "title_vii", "test", 3, 1, 1,
        "The question here is what the statutory cap leaves Dalton. Under 42 U.S.C. § 1981a(b)(3), the sum of punitive and "
        "compensatory damages for a complaining party must not exceed $50,000 if the employer had between 15 and 100 "
        "employees in twenty or more calendar weeks; higher limits apply to larger employers. Here, Redwood Bearings had 27 "
        "employees throughout 2022 and 2023, so the $50,000 limit governs. The jury gave Dalton $35,000 plus $17,000, or "
        "$52,000, which is over the limit by $2,000. Thus Dalton can recover no more than $50,000 of compensatory and "
        "punitive damages.\nAnswer: $50,000",
    ),
    Ordinary(
        "title_vii", "test", 3, 2, 2,
        "Issue: Was Larkspur Equipment too small to be an employer under Title VII when it refused to promote Diaz?\n"
        "Rule: Title VII covers a person who has at least fifteen employees on each working day in twenty or more weeks of "
        "the year in question or the year before.\n"
        "Application: In 2024 Larkspur Equipment reached 15 for only 7 weeks, which is too few. But the preceding year "
        "counts as well, and in 2023 it had 18 employees during 20 weeks. That is just enough. The missing written policy "
        "does not bear on coverage of Diaz's claim.\n"
        "Conclusion: Larkspur Equipment was an employer bound by Title VII, so the answer to the question as put is no.\n"
        "Answer: No",
    ),
    Ordinary(
        "title_vii", "test", 3, 4, 3,
        "Issue: What is the most Duarte can recover from Ridgeline City?\n"
        "Rule: Part-timers count on every day on which they are on the payroll, at work or not, from the day they arrive to "
        "the day they leave (Walters). Punitive damages cannot be had from a government or a political subdivision. What "
        "remains is capped by size: $50,000 for an employer with 15 to 100 employees in at least 20 calendar weeks.\n"
        "Application: Ridgeline City is a municipal government, so the $75,500 in punitive damages falls away entirely. That "
        "leaves $51,000 in compensatory damages. With 68 employees in every week, the 2 part-timers included, the city is "
        "in the bracket up to 100, and Duarte loses another $1,000.\n"
        "Conclusion: Duarte can recover $50,000 from Ridgeline City.\nAnswer: $50,000.00",
    ),
    # ---- notice of a data breach ----
    Ordinary(
        "breach_notice", "test", 3, 0, 1,
        "Issue: Did Oakhurst Builders notify the authority in time?\n"
        "Rule: Under GDPR art. 33(1), a controller must report a personal data breach to the supervisory authority within 72 "
        "hours after becoming aware of it, unless a risk to people is unlikely. It is aware as soon as it is reasonably "
        "certain that personal data have been compromised.\n"
        "Application: Oakhurst Builders was certain at 19:47 on June 7, 2026, so its 72 hours ended at 19:47 on June 10. The "
        "notice went out at 22:28 on June 9, nearly a day before. Unencrypted bank details of 8,700 customers plainly carry "
        "a risk, so it had to report.\n"
        "Conclusion: The notice to the authority was timely.\nAnswer: Yes",
    ),
    Ordinary(
        "breach_notice", "test", 3, 1, 1,
        "The question is whether Summit Bakeries has to report the stolen laptop. Under art. 33(1) GDPR the "
        "controller notifies the supervisory authority of a personal data breach within 72 hours of becoming "
        "aware, unless the breach is unlikely to create a risk for natural persons. According to the EDPB's "
        "guidelines, risk is unlikely if the data were well encrypted, the key is safe and a copy exists, but not "
        "if others can read them. Here, the laptop held passport scans of 6,390 guests in clear text, so the "
        "burglar can read them and pose as those guests. Having told the police is no substitute for telling the "
        "authority. Therefore, Summit Bakeries must notify the authority.\n"
        "Answer: Yes",
    ),
    Ordinary(
        "breach_notice", "test", 3, 2, 2,
        "Issue: Does Kestrel Dairy have to notify the supervisory authority of the stolen laptop?\n"
        "Rule: A controller must report a personal data breach within 72 hours of becoming aware of it under art. "
        "33(1) GDPR, unless it is unlikely to put natural persons at risk. That is so where the data were securely "
        "encrypted, nobody got at the key, and a copy is left.\n"
        "Application: The burglar got test results of 1,100 patients, but they were strongly encrypted, the key is "
        "safe, and Kestrel Dairy still has a full copy. Nobody can read what was taken, and nothing was lost. When "
        "Greenhaven Optics found out and told Kestrel Dairy does not matter, since there is no duty whose time "
        "could run.\n"
        "Conclusion: Kestrel Dairy owes the authority no notice.\n"
        "Answer: No",
    ),
    Ordinary(
        "breach_notice", "test", 3, 4, 3,
        "Issue: Was Silverleaf Tools's notice to the authority within the 72 hours?\n"
        "Rule: A controller must notify a personal data breach no later than 72 hours after it became aware of it, "
        "unless a risk to natural persons is unlikely. Encryption makes a risk unlikely only while the key has not "
        "been compromised and a copy remains. A controller that uses a processor becomes aware once the processor "
        "has informed it.\n"
        "Application: The patients' test results were encrypted, but the key was stolen with them, so the hacker "
        "can read all 6,290 and the risk is real. Cardinal Furniture, the processor, informed Silverleaf Tools at "
        "19:00 on March 19, 2026; that it had found out at 11:51 does not move the start forward. The time was up "
        "at 19:00 on March 22, and the notice followed only at 20:37, more than an hour and a half late.\n"
        "Conclusion: Silverleaf Tools was late in notifying the authority.\n"
        "Answer: No",
    ),
    # ---- comparative fault ----
    Ordinary(
        "comparative_fault", "test", 3, 0, 1,
        "Issue: What may Mahmoud recover from Nwosu?\n"
        "Rule: Rhode Island follows pure comparative fault: the plaintiff's own share of fault never bars recovery, however "
        "great, but the damages are reduced in proportion to it.\n"
        "Application: Mahmoud bears 90 percent of the blame for the fall on the staircase, yet he can still recover. Of the "
        "$377,500 in damages he keeps the 10 percent that is Nwosu's fault, which is $37,750. The earlier suit against Nwosu "
        "for $143,500 has nothing to do with this.\n"
        "Conclusion: Mahmoud may recover $37,750.\nAnswer: $37,750.00",
    ),
    Ordinary(
        "comparative_fault", "test", 3, 1, 1,
        "The issue is how much Lowe can get from Salazar for the bicycle collision. Under Virginia's rule in Litchford v. "
        "Hancock, contributory negligence on the plaintiff's part, even slight, completely bars recovery, but a plaintiff who "
        "was not negligent recovers all of her damages. Here, Lowe was found 0 percent at fault and Salazar 100 percent, so "
        "there is nothing to bar her claim or to deduct from her loss of $153,500. Therefore, Lowe may recover the whole "
        "$153,500.\nAnswer: $153,500.00",
    ),
    Ordinary(
        "comparative_fault", "test", 3, 2, 2,
        "Issue: How much may Banerjee recover from Rhodes and Quarry Machining Corporation together?\n"
        "Rule: In Illinois a plaintiff whose share of the fault is more than 50 percent gets nothing. A plaintiff at 50 percent "
        "or less recovers, but with the damages diminished by that share.\n"
        "Application: Banerjee lost $89,010 in medical expenses and $14,949 in wages, $103,959 in total. Banerjee's 45 percent "
        "is below the bar, so the claim survives. Taking 45 percent off leaves 55 percent, that is $57,177.45. Neither "
        "the rejected offer of $210,000 nor the value of the premises plays a role.\n"
        "Conclusion: Banerjee recovers $57,177.45 from the two defendants.\nAnswer: $57,177.45",
    ),
    Ordinary(
        "comparative_fault", "test", 3, 4, 3,
        "Issue: What does Esther Gordon owe Lucia Clarke?\n"
        "Rule: Alaska has pure comparative fault, so that a plaintiff's own fault does not bar recovery and only reduces the "
        "damages proportionately. Liability is several: no defendant pays more than the percentage of the damages that equals "
        "that defendant's own fault.\n"
        "Application: Clarke's pain and suffering ($22,500) and rehabilitation ($63,500) come to $86,000. Clarke's own 10 percent "
        "is no bar. Gordon was found 78 percent at fault and owes 78 percent of $86,000, or $67,080. The 3 percent of Holt, whom "
        "nobody sued, and Molina's 9 percent are not added to it.\n"
        "Conclusion: Clarke may recover $67,080 from Gordon.\nAnswer: $67,080.00",
    ),
    # ---- removal ----
    Ordinary(
        "removal", "test", 3, 0, 1,
        "Issue: Was Eaton's removal from the Ohio court proper, so that the case may stay in federal court?\n"
        "Rule: A defendant must file the notice of removal within 30 days after receiving the initial pleading by service, "
        "28 U.S.C. § 1446(b)(1).\n"
        "Application: Eaton was formally served on August 9, 2025, so the 30 days ended on September 8. The notice was filed on "
        "September 7, with a day to spare. Underwood is from South Carolina and Eaton from Maryland, $865,000 is demanded, and "
        "Eaton is not a citizen of Ohio, so diversity is a good ground. The trial date set by the state judge does not matter.\n"
        "Conclusion: The case can remain in federal court.\nAnswer: Yes",
    ),
    Ordinary(
        "removal", "test", 3, 1, 1,
        "The issue is whether Iyer could remove Endo's suit. Under 28 U.S.C. § 1441(b)(2), a case that is removable only because "
        "of diversity may not be removed if a properly joined and served defendant is a citizen of the State where the suit was "
        "brought. By § 1446(b)(1), the notice must also be filed within 30 days after service of the initial pleading. Here, Iyer "
        "removed on September 19, 2025, exactly 30 days after service on August 20, so timing is fine. But Iyer is an Ohio "
        "citizen, had been served, and was sued in Ohio. The forum-defendant rule stands in the way. Therefore, the removal "
        "was not proper.\nAnswer: No",
    ),
    Ordinary(
        "removal", "test", 3, 2, 2,
        "Issue: Did Espinoza remove Silva's case in time, so that it can stay in federal court?\n"
        "Rule: The 30 days for filing a notice of removal begin when the defendant is formally served with the initial pleading. "
        "A courtesy copy does not start the clock, because only formal service brings a party under the court's authority "
        "(Murphy Bros.).\n"
        "Application: Espinoza had an e-mailed copy on February 26, 2024, but formal service came on March 2. Thirty days from "
        "then is April 1, 2024, the very day on which the notice was filed. Silva's claim arises under the Fair Credit Reporting "
        "Act, so there is a federal question.\n"
        "Conclusion: Espinoza's removal was timely, and the case stays.\nAnswer: Yes",
    ),
    Ordinary(
        "removal", "test", 3, 3, 2,
        "Issue: Is Schmidt entitled to a remand of the suit against Griffin?\n"
        "Rule: Where the first pleading stated no removable case, the defendant has 30 days from receipt of an amended pleading, "
        "motion, order or other paper from which it can first be seen that the case is now removable. 28 U.S.C. § 1446(b)(3).\n"
        "Application: Schmidt's complaint rested on state law and asked for only $60,000, so Griffin could not remove it when served "
        "in March 2025. That changed with the amended complaint under the Stored Communications Act, which the defense received on "
        "September 22. Griffin filed on October 22, 2025, the thirtieth day. The removal was therefore still in time.\n"
        "Conclusion: Schmidt cannot have the case sent back to state court.\nAnswer: No",
    ),
    # ---- the mailbox rule ----
    Ordinary(
        "mailbox_rule", "test", 3, 0, 1,
        "Issue: On what day did Ochoa's acceptance form a contract with Reyes?\n"
        "Rule: The offeror is master of the offer and may require that the acceptance be received before it takes effect; then the "
        "mailbox rule gives way. The power of acceptance ends when the time stated in the offer is over, so the acceptance must be "
        "effective by then.\n"
        "Application: Reyes's offer said that the acceptance had to reach him by July 10. So mailing on July 5 was not enough; it "
        "is the arrival on July 9, 2024 that counts, one day before the offer would have ended.\n"
        "Conclusion: Ochoa and Reyes had a contract on July 9, 2024.\nAnswer: July 9, 2024",
    ),
    Ordinary(
        "mailbox_rule", "test", 3, 1, 1,
        "The question is when Yates accepted Park's offer. Under the mailbox rule of Restatement § 63(a), an acceptance sent by an "
        "invited medium such as mail takes effect as soon as it is out of the offeree's possession, whether or not the offeror "
        "ever gets it. It must be effective before the time fixed in the offer has run out. Here, Park made the offer by "
        "mail, so a mailed reply was invited. Yates posted it on August 21, 2026, one day before the offer was to lapse. It does "
        "not matter that Park did not have it until August 24. Therefore, the contract was formed on August 21, 2026.\n"
        "Answer: 2026-08-21",
    ),
    Ordinary(
        "mailbox_rule", "test", 3, 2, 2,
        "Issue: Was Underwood bound by Hughes's acceptance, or had the offer of the camper van been revoked?\n"
        "Rule: An acceptance by mail, where mail is invited, is effective when it leaves the offeree's hands, even if it never "
        "arrives. A revocation, by contrast, takes effect only when the offeree receives it, not on mailing. A letter is received "
        "once it is in the addressee's possession or left in a place authorized for it, such as the mailbox, even if unread.\n"
        "Application: Hughes posted the acceptance on September 27, 2024, and it counts from that day although Underwood saw it on "
        "October 1. Underwood's revocation was mailed on September 25 but came to the mailbox only on September 28. That is when "
        "Hughes received it, not October 2. It was a day too late.\n"
        "Conclusion: A contract was formed, and Underwood is bound.\nAnswer: Yes",
    ),
    Ordinary(
        "mailbox_rule", "test", 3, 3, 2,
        "Issue: Did Moreau accept Young's offer in time to form a contract?\n"
        "Rule: A mailed acceptance operates as soon as it leaves the possession of the offeree, whether it reaches the offeror or "
        "not. The power of acceptance ends when the time that the offer specifies is up; a later acceptance is ineffective.\n"
        "Application: Moreau signed the letter on March 9, 2024 but kept it, and a letter in one's own drawer accepts nothing. It "
        "left Moreau's hands on March 12. Young's offer lapsed after March 11, so the acceptance was one day late.\n"
        "Conclusion: There was no contract between Young and Moreau.\nAnswer: No",
    ),
    # ---- the battle of the forms ----
    Ordinary(
        "battle_of_forms", "test", 3, 0, 1,
        "Issue: Do Chan and Nolan have a contract for the laptops, and does Nolan's clause belong to it?\n"
        "Rule: Under UCC 2-207(1) a definite acceptance makes a contract even if it adds a term, but not if it is expressly made "
        "conditional on assent to that term. Where the writings fail to make a contract, conduct by both sides that recognizes one "
        "is enough; the terms are then those on which the writings agree, filled up by the Code.\n"
        "Application: Nolan accepted only on condition that Chan agree to the clause on defects, and Chan never did, so the "
        "papers alone made no contract. But Nolan delivered and Chan paid for thirty laptops. This conduct shows that there is a "
        "contract, without the clause, because it stands in Nolan's form alone.\n"
        "Conclusion: Chan and Nolan are bound by their conduct.\nAnswer: Contract by conduct",
    ),
    Ordinary(
        "battle_of_forms", "test", 3, 1, 1,
        "Issue: Is Keller's clause on late payments part of a contract with Cruz?\n"
        "Rule: A definite and timely acceptance forms a contract despite added terms unless it is made expressly conditional on "
        "assent to them. Between merchants the additional terms become part of the contract unless the offer limits acceptance, "
        "they materially alter it, or the other side objects in time. A clause for the usual interest does not alter a contract "
        "materially, since it involves no unreasonable surprise (comment 5).\n"
        "Application: Keller accepted Cruz's order for five hundred solar panels without any condition, so there is a contract by "
        "the writings even before delivery. Both deal in such goods and are merchants. Cruz did not object, and the order set no "
        "limit. Interest on late payments surprises nobody in the trade.\n"
        "Conclusion: Keller's clause became a term of the contract with Cruz.\nAnswer: Added term included",
    ),
    Ordinary(
        "battle_of_forms", "test", 3, 2, 2,
        "The issue is whether Torres and Mason made a contract for the grandfather clock. Under § 2-207(1), a definite acceptance "
        "with an additional clause still makes a contract, unless acceptance is expressly conditional on assent to that clause. "
        "If the writings make no contract, one can be established under § 2-207(3) by conduct of both parties that recognizes it. "
        "Here, Mason's form said that acceptance depended on assent to a short time for reporting defects, and Torres never "
        "answered, so the writings do not agree on anything binding. Nor is there conduct: the clock was never delivered and the "
        "$1,500 never paid. Therefore, Torres and Mason have no contract at all.\nAnswer: No contract",
    ),
    Ordinary(
        "battle_of_forms", "test", 3, 3, 2,
        "Issue: Do Mendez and Moss have a contract for the kayak, and is Moss's clause on strikes in it?\n"
        "Rule: A definite and seasonable acceptance makes a contract even though it adds a clause, unless it is expressly "
        "conditional on assent to it. The addition is merely a proposal; it becomes part of the contract without more only between "
        "merchants, and then only if it is not material, the offer leaves room for it and nobody objects.\n"
        "Application: Moss accepted on August 13, 2026, nine days before the order was to lapse, and set no condition, so a contract "
        "came about on Mendez's terms. Mendez resells secondhand goods, but Moss is an art teacher and no merchant. The strike "
        "clause therefore stayed a proposal, which Mendez, who said nothing, did not accept.\n"
        "Conclusion: Mendez and Moss have a contract without the added clause.\nAnswer: Original terms only",
    ),
)  # fmt: skip
