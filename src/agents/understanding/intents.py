"""What a person wants of the call itself, by rule; no word of any business."""

from __future__ import annotations

import re
from enum import StrEnum


class Intent(StrEnum):
    """Wishes that hold for any call."""

    OPT_OUT = "opt_out"
    WRONG_NUMBER = "wrong_number"
    HUMAN = "human"
    ROBOT = "robot"
    WHO = "who"
    CALLBACK = "callback"
    BUSY = "busy"
    NOT_INTERESTED = "not_interested"
    REPEAT = "repeat"
    GOODBYE = "goodbye"
    AFFIRM = "affirm"
    DENY = "deny"
    QUESTION = "question"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    UNSURE = "unsure"


_RULES: dict[Intent, tuple[str, ...]] = {
    Intent.OPT_OUT: (
        r"\b(?:stop|quit|cease) (?:calling|phoning|ringing|contacting|bothering|harassing)",
        r"\b(?:don'?t|do not|never) (?:ever )?(?:call|phone|ring|contact|bother)(?: (?:me|us|here|this number|my number))?"
        r"(?: (?:again|any ?more|back|ever))?\b(?! (?:before|until|after|at|on|in the|tomorrow|today))",
        r"\b(?:take|get|remove|delete|strike) (?:me|my (?:name|number|phone number)|us|this number|our number) (?:off|from|out)\b",
        r"\bremove (?:me|my (?:name|number)|this number|us)\b",
        r"\bdo[- ]not[- ]call\b(?! before)",
        r"\bunsubscribe\b",
        r"\bopt(?:ing)?[- ](?:me )?out\b",
        r"\blose (?:my|this) number\b",
        r"\b(?:no more|want no) calls\b",
        r"\bleave (?:me|us) alone\b",
    ),
    Intent.WRONG_NUMBER: (
        r"\bwrong (?:number|person)\b",
        r"\b(?:no|nobody|no one|there'?s no|there is no)[\w\s']{0,12}(?:by|of|with) that name\b",
        r"\b(?:doesn'?t|does not|don'?t) live here\b",
        r"\byou (?:have|'ve got|got|dialed|dialled|reached) the wrong\b",
        r"\bnever (?:asked|signed up|inquired|enquired|contacted you)\b",
    ),
    Intent.HUMAN: (
        r"\b(?:talk|speak|speaking|talking|connect me|put me through|transfer me|get me)\b[\w\s]{0,12}\b(?:to|with)?\s?(?:an? |the |your )?"
        r"(?:real |actual |live )?(?:human(?: being)?|person|someone (?:real|else)|agent|manager|supervisor|representative|"
        r"operator|colleague|somebody real)\b",
        r"\breal (?:person|human)(?: please)?\b(?<!are you a real person)",
        r"^\W*(?:human|operator|representative|agent)(?: please)?\W*$",
    ),
    Intent.ROBOT: (
        r"\b(?:are|r) (?:you|u|we) (?:an? |really an? |some kind of |just a |talking to a )?(?:real |actual |live )?(?:robot|bot|machine|"
        r"computer|a\.?i\.?|human(?: being)?|person|recording|automated)\b",
        r"\b(?:am i|i'?m i) (?:talking|speaking) (?:to|with) (?:an? )?(?:real )?(?:robot|bot|machine|computer|a\.?i\.?|person|human|recording)\b",
        r"\bis (?:this|that|it) (?:an? )?(?:real |actual )?(?:robot|bot|machine|computer|a\.?i\.?|recording|automated|person|human)\b",
        r"\byou(?:'re| are) (?:an? )?(?:robot|bot|machine|computer|recording)\b",
    ),
    Intent.WHO: (
        r"\bwho(?:'s| is| are) (?:this|that|calling|you|speaking|it)\b",
        r"\bwhat(?:'s| is) (?:this|it) (?:about|regarding|for|in regards? to)\b",
        r"\bwhere (?:are|do) you call(?:ing)? from\b",
        r"\bwho do you (?:work for|represent)\b",
        r"\bwhat(?: company|'s your (?:name|company))\b",
        r"\bhow did you get (?:my|this) number\b",
    ),
    Intent.CALLBACK: (
        r"\b(?:call|ring|phone|try|reach) (?:me|us)? ?(?:back|again|later|tomorrow|next|on|at|in|after|this)\b",
        r"\b(?:call|ring|phone) me\b(?!.*\bnever)",
        r"\b(?:another|a better|some other) time\b",
        r"\bcan (?:we|you) (?:do|talk|speak) (?:this )?(?:later|tomorrow)\b",
        r"\bmaybe later\b",
    ),
    Intent.BUSY: (
        r"\b(?:i'?m|i am|we'?re|am|bit|pretty|kind of|kinda|very|really|too|super|so) (?:\w+ ){0,2}busy\b",
        r"\b(?:in|into|going into|about to go into) a meeting\b",
        r"\b(?:i'?m|i am) (?:\w+ )?(?:driving|at work|working|cooking|eating|out|in the middle of)\b",
        r"\b(?:not|isn'?t) (?:a|the) (?:good|great|best|right) (?:time|moment)\b",
        r"\bbad time\b",
        r"\b(?:don'?t|do not|haven'?t) (?:have |got )?(?:the |any |much )?time (?:right )?(?:now|for this|today)\b",
        r"\bcan'?t (?:talk|speak)\b",
    ),
    Intent.NOT_INTERESTED: (
        r"\bnot (?:really |at all |very )?interested\b",
        r"\b(?:no|don'?t have any|don'?t have an) interest\b",
        r"\b(?:don'?t|do not) (?:want|need) (?:it|this|that|any|anything|one)\b",
        r"\bno longer (?:looking|interested|need)\b",
        r"\b(?:not|no longer|stopped) looking (?:any ?more|for anything)?\b(?! for)",
        r"\b(?:already|just) (?:bought|found|rented|got|have|purchased|signed)\b.{0,25}\b(?:one|place|it|something)\b",
    ),
    Intent.REPEAT: (
        r"\b(?:say|repeat|run) (?:that|it|this)?\s?(?:by me )?(?:again|once more)\b",
        r"\bcould you repeat\b",
        r"\b(?:pardon|come again|excuse me)\b\W*$",
        r"^\W*(?:what|sorry|huh)\W*(?:what)?\W*$",
        r"\b(?:didn'?t|did not|couldn'?t|can'?t) (?:catch|hear|get|understand) (?:that|you|it|what)\b",
        r"\bwhat did you say\b",
    ),
    Intent.GOODBYE: (r"\b(?:good ?bye|bye(?:[- ]bye)?|see you|talk (?:to you )?(?:later|soon|then)|i have to go|gotta go|have a (?:good|nice|great) (?:day|one))\b",),
    Intent.AFFIRM: (
        r"^\W*(?:(?:uh|um|oh|well|ah|hi|hello|hey|and|so)\W+)*(?:yes|yeah|yep|yup|ya|sure|of course|certainly|definitely|absolutely|okay|ok|alright|all right|"
        r"right|correct|exactly|perfect|great|fine|please do|go ahead|go for it|sounds good|sounds great|that works|works for me|why not|"
        r"i do|i am|we are|we do|i would|i'd love to|i can|let'?s do (?:it|that)|that'?s (?:right|correct|fine|perfect|good|great|it))\b",
        r"\b(?:sounds? (?:good|great|perfect)|that(?:'s| is| would be) (?:right|correct|fine|perfect|great|good)|works (?:for me|great|fine|well)|book (?:it|that)|"
        r"go ahead|please do|yes please|i have (?:a|one|two|some) (?:minute|moment|time)|i'?d love to|i would love to|you can book)\b",
    ),
    Intent.DENY: (
        r"^\W*(?:(?:uh|um|oh|well|ah|and|so|sorry)\W+)*(?:no|nope|nah|not really|not yet|never|no way|negative|i don'?t|i'?m not|not that|wait no|none|neither)\b",
        r"\b(?:that'?s|that is|this is) (?:not|wrong|incorrect)\b",
        r"\b(?:doesn'?t|does not|won'?t|don'?t|can'?t) (?:work|suit|make it|do (?:that|it))\b",
        r"\brather not\b",
    ),
    Intent.UNSURE: (
        r"\b(?:i )?(?:don'?t|do not) (?:really )?know\b(?! (?:who|what (?:this|you)))",
        r"\bnot (?:really |quite |too )?sure\b",
        r"\bno idea\b",
        r"\bhaven'?t (?:decided|thought)\b",
        r"\b(?:doesn'?t|does not) matter\b",
    ),
    Intent.CANCEL: (r"\bcancel\b", r"\bcall (?:it|that) off\b"),
    Intent.RESCHEDULE: (r"\b(?:resched\w+|move (?:it|the|my)|change (?:the|my) (?:time|appointment|day)|different (?:time|day)|another (?:time|day|slot))\b",),
    Intent.QUESTION: (
        r"\?\s*$",
        r"^\W*(?:(?:and|so|but|well|okay|ok|um|uh)\W+)*(?:what|how|when|where|which|why|who|is there|are there|do you|does|can you|could you|would it|is it|are they)\b",
    ),
}

_COMPILED = {intent: tuple(re.compile(rule, re.IGNORECASE) for rule in rules) for intent, rules in _RULES.items()}


def find_intents(text: str) -> dict[Intent, str]:
    """Return the intents in `text` with the words that show each."""
    plain = text.replace("\u2019", "'")
    found: dict[Intent, str] = {}
    for intent, rules in _COMPILED.items():
        for rule in rules:
            match = rule.search(plain)
            if match:
                found[intent] = match.group().strip()
                break
    return found
