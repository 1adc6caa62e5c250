"""Phrases that must be understood at once, and near misses that must not."""

from __future__ import annotations

import pytest

from agents.understanding.intents import Intent, find_intents

SAID: dict[Intent, tuple[str, ...]] = {
    Intent.OPT_OUT: (
        "I'm not interested. Please stop calling me.",
        "Take me off your list",
        "take my name off the list please",
        "don't call me again",
        "Do not ever call this number again.",
        "please don't call anymore",
        "Never call me again!",
        "remove my number",
        "unsubscribe me",
        "put me on your do not call list",
        "lose my number",
        "I don't want any more calls",
        "leave me alone",
        "Stop.",
        "stop it",
        "I don't want to be contacted",
        "stop contacting us",
        "Don't call me.",
        "Please do not call me, I said no",
        "No me llame más, por favor",
        "Deje de llamarme",
        "quíteme de su lista",
        "no vuelva a llamar",
        "Не звоните мне больше",
        "перестаньте мне звонить",
        "удалите мой номер",
        "Больше не звоните",
        "não me ligue mais",
        "pare de ligar",
        "tire meu número da lista",
        "אל תתקשרו אליי יותר",
        "תפסיקו להתקשר",
        "תורידו אותי מהרשימה",
        "quit calling me",
        "I want to opt out",
        "Can you take me off the call list?",
        "no more calls please",
        "Would you stop calling here?",
        "I never want to hear from you again",
        "Please delete my number.",
    ),
    Intent.WRONG_NUMBER: (
        "You have the wrong number",
        "Wrong number.",
        "There's nobody by that name here",
        "no one here with that name",
        "she doesn't live here anymore",
        "I think you've got the wrong person",
        "Número equivocado",
        "Вы ошиблись номером",
        "número errado",
        "טעות במספר",
        "There is no John here, wrong number",
        "nobody called Anna here",
        "se equivocó de número",
        "foi engano",
    ),
    Intent.HUMAN: (
        "Can I talk to a human?",
        "let me talk to a person",
        "I want to speak with someone real",
        "put me through to an agent",
        "Transfer me to a manager please",
        "can I speak to your supervisor",
        "I'd rather talk to a real person",
        "Operator.",
        "representative please",
        "I want a human",
        "quiero hablar con una persona",
        "соедините меня с оператором",
        "quero falar com um atendente",
        "אני רוצה לדבר עם בן אדם",
        "let me talk to a human being",
        "connect me with a representative",
        "Are you a robot? Let me speak to a real person.",
        "I don't talk to robots",
        "give me a person",
    ),
    Intent.ROBOT: (
        "Are you a robot?",
        "am I talking to a machine",
        "is this a recording?",
        "Are you a real person?",
        "are you human",
        "Is this an AI?",
        "you're a bot aren't you",
        "you sound like a robot",
        "Are you really a person?",
        "¿Eres un robot?",
        "Вы робот?",
        "Você é um robô?",
        "אתה רובוט?",
        "Is this a real person?",
        "wait are you a computer",
        "¿Estoy hablando con una máquina?",
        "это робот",
        "is this a robocall",
        "Are you AI?",
        "Is this automated?",
    ),
    Intent.BUSY: (
        "I'm busy right now, can you call me tomorrow at half past three?",
        "I'm a little busy",
        "I'm in a meeting",
        "not a good time",
        "I'm driving",
        "bad time",
    ),
    Intent.NOT_INTERESTED: (
        "I'm not interested",
        "no thanks",
        "we already bought a house",
        "not looking anymore",
        "I don't need anything",
    ),
    Intent.WHO: (
        "who is this?",
        "what is this about",
        "who's calling",
        "how did you get my number",
        "Where are you calling from?",
    ),
    Intent.AFFIRM: (
        "Yes, hello.",
        "Yeah, I have a minute.",
        "Sure, go ahead.",
        "Yeah, hi. Sure.",
        "okay",
        "That works for me",
        "Yes that's right",
        "I guess so",
        "Sounds good",
        "It is.",
        "you can book it",
        "Uh, yes please",
    ),
    Intent.DENY: (
        "no",
        "Not really",
        "no that doesn't work",
        "I can't make it",
        "That's wrong",
    ),
    Intent.UNSURE: (
        "I don't know yet",
        "not sure",
        "haven't decided",
        "it doesn't matter",
        "I'd rather not say",
        "anywhere is fine",
    ),
    Intent.REPEAT: (
        "Sorry, could you say that again?",
        "What?",
        "pardon",
        "I didn't catch that",
        "say that again",
    ),
    Intent.CALLBACK: (
        "call me later",
        "can you call me tomorrow",
        "maybe another time",
        "try me on Monday",
        "call back next week",
        "Not now.",
    ),
    Intent.PROCEED: (
        "Sure, go ahead.",
        "Make it quick",
        "Now is fine",
        "I have two minutes",
    ),
    Intent.GOODBYE: (
        "Bye.",
        "Goodbye then",
        "I have to go",
        "Have a nice day",
    ),
    Intent.CANCEL: ("I need to cancel",),
    Intent.RESCHEDULE: (
        "Can we reschedule?",
        "Do you have another time?",
        "change my appointment",
    ),
}

NOT_SAID: dict[Intent, tuple[str, ...]] = {
    Intent.OPT_OUT: (
        "I don't want to stop looking",
        "call me tomorrow at three",
        "don't call me before nine",
        "Don't call me today, call me tomorrow",
        "Two bedrooms would be perfect",
        "we stopped looking at condos",
        "Do not call me at work",
        "bus stop nearby",
        "I'd like to remove the garage requirement",
        "Somewhere in Riverside, ideally.",
        "Stop by on Tuesday?",
        "The bus stops here",
    ),
    Intent.HUMAN: (
        "Two people live here",
        "I'm working with an agent",
        "talk to you later",
        "I have to talk to my wife",
        "I already have an agent",
        "Are you a real person?",
        "A family of four people",
        "give me a minute",
        "we need space for three people",
    ),
    Intent.WRONG_NUMBER: (
        "the number is wrong? no",
        "I don't live here yet",
        "never mind",
    ),
    Intent.ROBOT: (
        "Are you open on Sunday?",
        "are you a local agency?",
        "is this a big house",
    ),
    Intent.BUSY: (
        "I'm not in a hurry",
        "in no rush",
        "not a busy street please",
        "no rush",
        "I'm working with an agent",
        "I'm out of the area",
    ),
    Intent.CALLBACK: (
        "I'll call my wife",
        "sounds good",
        "We'll try around Hillcrest",
    ),
    Intent.AFFIRM: (
        "I don't know",
        "No.",
    ),
    Intent.DENY: (
        "No problem",
        "no rush",
        "no worries",
        "nothing",
        "Yes, that's fine",
        "I know the area",
    ),
    Intent.NOT_INTERESTED: (
        "I'm interested",
        "I don't need a garage",
    ),
}


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in SAID.items() for text in texts])
def test_it_is_meant(intent: Intent, text: str) -> None:
    assert intent in find_intents(text)


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in NOT_SAID.items() for text in texts])
def test_it_is_not_meant(intent: Intent, text: str) -> None:
    assert intent not in find_intents(text)


def test_a_curly_apostrophe_is_an_apostrophe() -> None:
    assert Intent.OPT_OUT in find_intents("Don\u2019t call me again")


def test_the_words_that_show_it_come_along() -> None:
    assert find_intents("Well, please stop calling me.")[Intent.OPT_OUT] == "stop calling"


def test_asking_about_the_machine_and_for_a_person_are_told_apart() -> None:
    both = find_intents("Are you a robot? Let me speak to a real person.")
    assert {Intent.ROBOT, Intent.HUMAN} <= both.keys()
    assert Intent.HUMAN not in find_intents("Are you a real person?")
