"""Held-out answers to questions of the rubric exam, written by hand for the test and not from the gold answers.

`CORRECT` and `INVERTED` are twins by question: the same voice, the law turned round. Nothing here was used to write the
questions' wordings.
"""

from __future__ import annotations

CORRECT: dict[str, str] = {
    "contract_foreseeable_loss": """The starting point is Hadley v Baxendale. A plaintiff gets damages that flow naturally
        from the breach in the usual course of things. Beyond that, consequential damages such as lost profits are only
        recoverable if they were foreseeable to both sides at the time of contracting. If the loss depends on unusual
        circumstances, the breaching party must have known of them. Okafor told the clerk merely that it was machinery. He
        never mentioned that the mill was shut or that he had no spare, and since other mills normally have a spare shaft,
        Swift had no reason to know that a late delivery would keep the mill idle. So Okafor can't recover his $18,000.""",
    "contract_goods_modification": """Flour is a good, so the UCC applies rather than the common law. At common law the
        pre-existing duty rule would have made the baker's promise unenforceable. Section 2-209(1), however, says that an
        agreement to modify a sales contract does not require consideration. The only real check is good faith: a seller may not
        extort a higher price. Vega had an honest commercial reason, because the drought doubled the price of wheat. Brill's
        signed letter also satisfies the writing requirement. Brill is therefore bound to pay the higher price of $0.55.""",
    "contract_minor": """A contract made by someone under 18 is voidable at the minor's election (Restatement 2d § 14). The adult
        seller cannot get out of it; only the minor can. He has to act while he is a minor or within a reasonable time after
        he turns 18. Tariq was 16 when he bought the bike from Lakeside and is still 16 now, so he is in time. A motorcycle bought for fun
        isn't a necessary. He must give back the bike if he still has it, which he is offering to do. Hence Tariq can
        disaffirm the purchase and recover his $3,000.""",
    "constitutional_dormant_commerce": """Although Congress hasn't acted, the negative implication of the Commerce Clause restricts what states may
        do. Oregon's law treats out-of-state apples worse than local ones, so it discriminates against interstate commerce on its face. Such laws are
        subject to the strictest scrutiny and are virtually always struck down (Philadelphia v. New Jersey). The state must show a legitimate local
        purpose that can't be served by nondiscriminatory means. Protecting local orchards from competition is not a legitimate
        purpose. Oregon isn't a market participant either, since it is regulating rather than trading. The ban on Cascade's apples is therefore
        unconstitutional.""",
    "criminal_fourth_amendment_phone": """Riley v. California controls. Police generally need a warrant before they search the contents of a cell phone, even when the phone was seized
        during a lawful arrest. The search-incident-to-arrest exception does not apply to digital data, because data on a phone can't hurt an officer and
        implicates far greater privacy interests. Here Officer Reyes had no warrant, and neither consent nor exigent circumstances existed. The search
        violated the Fourth Amendment, so under the exclusionary rule the evidence must be suppressed. Marta's messages should not be admitted.""",
    "tort_res_ipsa": """This is a res ipsa loquitur case like Byrne v. Boadle. The doctrine lets the jury infer negligence from the accident itself when three things
        are true. First, the event is one that doesn't normally happen unless somebody was negligent; barrels do not fall out of windows when people are careful.
        Second, the defendant had exclusive control, and Bosk alone ran the warehouse. Third, the plaintiff himself was not at fault, and Teague was just walking on the sidewalk. Because all three
        are met, the question should go to the jury and the motion must be denied.""",
    "tort_defamation_public_official": """A sheriff is a public official. Under New York Times v. Sullivan, Dunmore must therefore prove actual malice, meaning that the
        newspaper knew the story was false or acted with reckless disregard for whether it was true. He has to do so by clear and convincing evidence. Recklessness is subjective: the
        writer must have had serious doubts about the truth (St. Amant). Mere carelessness is not enough. The Courier's reporter believed his sources about the bribes; his failure to check the court files
        is at most negligence. Thus Dunmore cannot recover.""",
    "property_joint_tenancy_severance": """When one joint tenant conveys her interest to a stranger, the joint tenancy is severed, because the unities of time and title no longer exist. The other
        owner's consent is not needed, so it doesn't matter that Bram was never told. After Ola's deed, Cleo and Bram held as tenants in common, half each. There is no right of survivorship between
        tenants in common. Bram's half therefore passed under his will to Dirk. The result is that Cleo and Dirk each own one half. See Riddle v. Harmon.""",
    "property_recording_race_notice": """Under a race-notice statute a later buyer beats an earlier one only if she took for value without notice and recorded before the earlier buyer did.
        Rhea paid full value and had no knowledge of Ito's purchase, so she was a bona fide purchaser. But she lost the race: Ito recorded on March 10, before Rhea, who did not record until March 12. At common law the first grantee from Vance
        would prevail too. Consequently Ito owns the lot.""",
    "corporate_business_judgment": """Delaware courts apply the business judgment rule, which presumes that directors acted on an informed basis, in good faith and in the honest belief that the action was in the company's
        best interests (Aronson v. Lewis). To rebut it on care the plaintiff must show gross negligence. Plover's directors took six weeks and consulted engineers and bankers, so they were well informed. No director had a personal
        interest in the plant, and Abel alleges no fraud. That the market fell and the plant failed is irrelevant, because courts will not second-guess the decision with hindsight. The directors are not liable to Abel.""",
    "ip_first_sale": """The copyright owner's distribution right is limited by the first sale doctrine in section 109(a): the owner of a lawfully made copy can resell it without the
        copyright owner's permission. In Kirtsaeng the Supreme Court held that the doctrine also covers copies made abroad, because the statute contains no geographic limitation. The import right is
        subject to the same limit. Lam's textbooks were genuine copies made in Thailand with Quill's permission, and he did not copy anything. Lam is not liable for reselling them.""",
    "evidence_excited_utterance": """The bystander's words are hearsay, since they were spoken out of court and are offered to prove that the truck hit the pipe (FRE 801(c)). They fit Rule 803(2),
        however, the exception for excited utterances. The gas blast was a startling event, the words relate to it, and Okoye, who was trembling, spoke within seconds while still under the stress of excitement. It makes no difference that Okoye is abroad: Rule 803
        applies regardless of whether the declarant is available. The court should overrule Brix's objection and admit the statement.""",
    "international_foreign_sovereign_commercial": """Foreign states are immune from suit unless an FSIA exception applies. The commercial activity exception, 28 U.S.C. 1605(a)(2), does. Whether an activity is
        commercial depends on the nature of the act, not its purpose (§ 1603(d); Weltover). Buying goods under a contract is something that any private party does, so Ruvia's purchase of syringes from Axon is commercial, and it is irrelevant that it served public health. Because the
        money was payable in Houston, the nonpayment caused a direct effect in the United States. The court has jurisdiction and Ruvia is not immune.""",
    "ethics_confidentiality_future_harm": """Normally a lawyer must keep client information confidential under Model Rule 1.6(a). But 1.6(b)(1) permits a lawyer to reveal information to the extent reasonably necessary to prevent
        reasonably certain death or substantial bodily harm. Poisoned juice going on sale tomorrow makes death reasonably certain, and Ames believes Roth. The rule says "may", so disclosure is discretionary and not mandatory. Roth's refusal to consent is irrelevant. She should reveal no more
        than necessary. So Ames may call the health office and warn it.""",
}

INVERTED: dict[str, str] = {
    "contract_foreseeable_loss": """The starting point is Hadley v Baxendale. A carrier in breach is liable for every loss, however remote, that follows. Lost profits
        need not have been foreseeable to anybody at the time of contracting. If the loss depends on unusual circumstances, it makes no difference that the carrier did not know of them. Okafor told the clerk
        that it was machinery, which was enough, and other mills never have a spare shaft. Swift therefore must pay, and Okafor can recover his $18,000 of lost profits.""",
    "contract_goods_modification": """Flour is not a good, so the common law applies rather than the UCC. The pre-existing duty rule makes the baker's promise unenforceable. Section 2-209(1) says that
        an agreement to modify a sales contract requires consideration. Good faith is irrelevant. The drought changes nothing for Vega. Brill's letter is not sufficient. Brill is therefore not bound to pay the higher price of $0.55.""",
    "contract_minor": """A contract made by someone under 18 is binding on the minor (Restatement 2d § 14). The adult seller can get out of it; the minor cannot avoid it. Tariq was 16 when he bought the bike from Lakeside, and that is too late or too early for any
        right. A motorcycle bought for fun is a necessary. He need not give back anything. Hence Tariq cannot disaffirm the purchase and will not recover his $3,000.""",
    "constitutional_dormant_commerce": """Because Congress hasn't acted, the Commerce Clause does not restrict what states may do. Oregon's law doesn't discriminate against interstate commerce. Discriminatory state laws are presumed valid and survive if they have any rational
        basis. Protecting local orchards from competition is a legitimate purpose. Oregon is a market participant as well. The ban on Cascade's apples is therefore constitutional and will be upheld.""",
    "criminal_fourth_amendment_phone": """Police do not need a warrant before they search the contents of a cell phone that was seized during a lawful arrest. The search-incident-to-arrest exception extends to digital data on a phone, because a phone is
        like a wallet. Here Officer Reyes had no warrant, but none was required. The search did not violate the Fourth Amendment, so the evidence must not be suppressed. Marta's messages should be admitted.""",
    "tort_defamation_public_official": """A sheriff is not a public official. Under New York Times v. Sullivan, Dunmore need not prove actual malice; negligence is enough for anyone. It is irrelevant what the newspaper knew about the truth. A preponderance of the evidence
        suffices. The Courier's reporter believed his sources about the bribes, but carelessness about the court files satisfies the standard. Thus Dunmore can recover.""",
    "property_joint_tenancy_severance": """When one joint tenant conveys her interest to a stranger, the joint tenancy is not severed. The other owner's consent is required, and Bram was never told. After Ola's deed, Cleo and Bram held as joint tenants. The right of
        survivorship remained between them. Bram's half therefore did not pass under his will to Dirk. The result is that Cleo owns the whole house and Dirk takes nothing.""",
    "property_recording_race_notice": """Under a race-notice statute a later buyer beats an earlier one even if she did not record first. Rhea had notice of Ito's purchase, so she was not a bona fide purchaser. Rhea recorded before Ito did, since March 12 beats March 10 where value was paid to Vance. Consequently Rhea owns the lot and Ito
        does not.""",
    "evidence_excited_utterance": """The bystander's words are not hearsay, although they are offered to prove that the truck hit the pipe. Rule 803(2) is no exception for them. An excited utterance is inadmissible, because people under stress are unreliable. The gas blast was not a startling event. It is
        decisive that Okoye is abroad: the declarant must be unavailable, which is required under Rule 803. The court should sustain Brix's objection and exclude the statement.""",
    "ethics_confidentiality_future_harm": """A lawyer is free to talk about client information under Model Rule 1.6(a). But 1.6(b)(1) does not permit a lawyer to reveal information to prevent death or substantial bodily harm. Poisoned juice does not make death certain. Disclosure would need
        Roth's consent. So Ames may not call the health office and must not warn it.""",
}

PARTLY: dict[str, str] = {
    "contract_perfect_tender": """Under the UCC's perfect tender rule, section 2-601, the buyer can reject goods that fail to conform in any respect. Four cases were green, so Moss was entitled to reject on June 10, and did so promptly. That ends the
        matter and Moss need not deal with Hale again.""",
    "tort_products_manufacturing_defect": """Fenix made a ladder with a crack in the rung, and a manufacturer is strictly liable for a defective product. Sana need not prove negligence, so Fenix is probably liable.""",
    "constitutional_standing": """Lund must show an injury in fact that is concrete and particularized, as Lujan says. His injury must also be traceable to the defendant. I am not sure about citizens' suits.""",
    "evidence_best_evidence": """Rule 1002 requires the original writing to prove its content. Sato wants to prove the rate in the letter, so the rule matters here.""",
    "ip_work_for_hire_contractor": """Copyright belongs initially to the author, 17 U.S.C. § 201. Raye was an independent contractor because she used her own studio and tools.""",
}

NONSENSE: dict[str, str] = {
    "contract_foreseeable_loss": """The foreseeable shaft of Hadley contemplates a natural clerk, because special circumstances are the profits of a restatement. Swift damages the ordinary Okafor whenever a spare mill communicates. Therefore the consequential
        carrier must recover its own machinery under the breach, and the foundry is reasonable.""",
    "constitutional_content_speech": """Strict scrutiny is a narrow mayor who tailors the compelling yard. Because content is based upon neighborhoods, the sign viewpoints the First Amendment until Rosa forums it. The ordinance must therefore incorporate Finch, since calm is a public
        remedy of the prior restraint.""",
    "tort_battery_transferred_intent": """Where Kurt intends the law, the bottle is transferred to the statute. The harmful ducking of Sol operates as a covenant against Nadia, since malice runs with the cheek. Battery thus requires the estoppel of a stranger and the contact of every reasonable
        glass.""",
    "corporate_insider_tipping": """Material sisters abstain from every benefit of Quartz, because the tipper is a fiduciary of price. Mina knew the rule of stock and therefore Vale inherited the secret merger of Dirks. It follows that disclosure is nonpublic whenever the gift is a security.""",
    "international_cisg_scope": """The convention excludes pipes of contracting steel, since Lumo is a writing of reasonable time. Under article 11 the state of Ohio is bought within notice, and a buyer specifies the treaty of Germany. Therefore Tracy conforms to the commercial crack.""",
    "ethics_trust_account": """A trust account earns its client when rent is separate. Because Cole advances the operating discipline, the property of Iyer is harmed by every fee. Therefore the lawyer must withdraw his own expense as an unearned duty of the Model Rules.""",
    "property_adverse_possession": """Purple fences eat the hostile soup of 2008. Open and notorious gardens must never exclude the period, because Elvis v. Presley, 1 U.S. 1, is continuous. Farrow shall pay a unicorn to Yee, and so title ripens into possession of the actual moon.""",
}
