"""Words that sound like a wish about the call and are none, and the wishes next to them."""

from __future__ import annotations

import pytest

from agents.understanding.intents import Intent, find_intents

NO_OPT_OUT = (
    "Don't call me before five",
    "You can stop asking, book it",
    "Please don't stop",
    "Don't stop calling me",
    "My number is wrong on the list",
    "I don't want to call the bank",
    "I don't want to bother my wife with it",
    "Get me out of my lease",
    "I don't want calls before nine",
    "No more calls today please",
    "You can't call me at the moment, call tomorrow",
    "You can't call me before nine",
    "There is a bus stop at the corner",
    "Can we stop at two bedrooms?",
    "Remove the garage from the list",
    "I'd like to get off the phone soon",
    "Put me on the list for viewings",
    "We stopped looking in Oakwood",
    "Don't call it a mansion",
    "I'll call you",
    "Never mind",
    "My wife never calls back",
)
OPT_OUT = (
    "Please stop calling",
    "I said stop calling me!",
    "Don't call me any more",
    "don't ever call me again",
    "I don't want you to call me",
    "I don't want you people calling me",
    "I don't want to hear from you again",
    "I don't want to get called",
    "Take me out of your system",
    "Remove us from your database",
    "Get my number off your list",
    "You can't call me",
    "Yes, book it, and never call me again",
    "I'm busy, stop calling me",
    "Are you a robot? Take me off the list.",
)
NEVER = {
    Intent.WRONG_NUMBER: (
        "There's no house with a garage, is there?",
        "There's no one with me right now",
        "That's the wrong number of bedrooms",
        "I never asked for three bedrooms",
        "I don't live here yet",
    ),
    Intent.HUMAN: (
        "We have to put people in the second room",
        "You sound like a human",
        "I give it some thought",
        "I have to talk to my agent",
    ),
    Intent.ROBOT: ("Are you a real estate agency?",),
    Intent.CALLBACK: (
        "You can call me Sam",
        "Please call me Anna",
        "Who told you to call me?",
        "Why did you call me?",
        "I got your call on Monday",
    ),
    Intent.BUSY: (
        "I'm working on my credit score",
        "We're in a hurry to move",
        "The street is too busy for me",
        "Is this a bad time to buy?",
        "There is no time limit",
    ),
    Intent.NOT_INTERESTED: (
        "I'm not interested in Riverside",
        "I found your site and I like it, something small",
        "I don't need that many bedrooms",
        "We just found out about it",
    ),
    Intent.GOODBYE: ("I have to go to the bank for the mortgage",),
    Intent.AFFIRM: ("Right now I'm renting", "I have a dog", "I have some questions"),
    Intent.WAIT: ("I can't wait to see it", "I have a minute"),
    Intent.PRESENCE: ("Yes, hello.", "Hi, this is Sam"),
}
ALWAYS = {
    Intent.CALLBACK: ("You can call me Monday", "Don't call me at work", "I'd like you to call me"),
    Intent.BUSY: ("I'm working right now", "We're pretty busy", "Bad time.", "I'm out shopping"),
    Intent.NOT_INTERESTED: ("I'm not interested in that", "We found something else", "I don't need one, thanks"),
    Intent.WHO: ("Who told you to call me?", "Why did you call me?"),
    Intent.WAIT: ("Hold on", "Just a second, please", "Sorry, one moment", "Hang on, my kid is crying"),
    Intent.PRESENCE: ("Hello?", "Hello, are you there?", "Can you hear me?"),
    Intent.HUMAN: ("I want to talk to someone", "Put me through to your team", "Pass me over to a person"),
    Intent.ROBOT: ("You sound like a human", "Are you real?"),
    Intent.GOODBYE: ("I have to go.", "Gotta run, bye"),
    Intent.EARLIER: ("Can we do earlier?", "Something sooner?"),
    Intent.LATER: ("A bit later", "Can it be later?"),
}


@pytest.mark.parametrize("text", NO_OPT_OUT)
def test_nobody_is_taken_off_the_list_by_mistake(text: str) -> None:
    assert Intent.OPT_OUT not in find_intents(text)


@pytest.mark.parametrize("text", OPT_OUT)
def test_an_opt_out_wins_in_any_sentence(text: str) -> None:
    assert Intent.OPT_OUT in find_intents(text)


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in NEVER.items() for text in texts])
def test_it_is_not_meant(intent: Intent, text: str) -> None:
    assert intent not in find_intents(text)


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in ALWAYS.items() for text in texts])
def test_it_is_meant(intent: Intent, text: str) -> None:
    assert intent in find_intents(text)
