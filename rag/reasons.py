"""Whether a question that asks why got a reason, or only its own words back.

"Russia closes its office in Brussels", to the question why it does: that stands on a quote, and is no answer. It is not
dropped, since the words that give a reason are not all known; it is only believed half as much, so that the next round
is read and an answer with a reason is preferred.
"""

from __future__ import annotations

import re

from rag.facts.claims import Terms

# How a question asks why, and what a sentence that gives a reason has, by language.
_WHY = {
    "da": r"hvorfor",
    "de": r"warum|weshalb|wieso",
    "en": r"why|for what reason",
    "es": r"por qué",
    "fi": r"miksi",
    "fr": r"pourquoi",
    "it": r"perché",
    "nl": r"waarom",
    "no": r"hvorfor",
    "pt": r"por que|porquê",
    "sv": r"varför|av vilken anledning",
}
_REASON = {
    "da": r"fordi|for at|på grund af|grundet|efter|eftersom|som svar|årsag\w*|skyldes|da|siden|derfor|protest|reaktion"
    r"|mistænkt",
    "de": r"weil|da|wegen|aufgrund|auf grund|nach|nachdem|um|damit|denn|reaktion|grund|gründe\w*|infolge|deshalb"
    r"|protest|antwort|vergeltung",
    "en": r"because|since|due to|as|after|following|response|retaliation|protest|for|so|over|amid|owing to|reasons?"
    r"|caused?|causes|reaction|reprisals?|citing|grounds|suspicion|charges|accus\w+|blam\w+|prompted|triggered"
    r"|thanks to|under pressure|when (?:an?|the|it|he|she|they)"
    r"|(?-i:to (?!(?:the|an?|its|their|his|her|this|that)\b)[a-z]\w+)",  # no "to NATO"
    "es": r"porque|por|debido|para|tras|causa|ya que|pues|motivos?|razón|razones|respuesta|después|represalias?"
    r"|a raíz|protesta",
    "fi": r"koska|takia|vuoksi|jälkeen|siksi|syystä",
    "fr": r"parce|car|pour|raisons?|cause|suite|après|afin|puisque|réponse|face à|représailles",
    "it": r"perché|poiché|causa|per|dopo|dato che|risposta|ritorsione",
    "nl": r"omdat|want|vanwege|wegens|door|na|nadat|om|reactie|reden",
    "no": r"fordi|for å|for at|på grunn av|grunnet|etter|ettersom|som svar|årsak\w*|skyldes|da|siden|derfor|protest"
    r"|reaksjon|mistenkt",
    "pt": r"porque|devido|por|para|após|pois|causa|motivos?|resposta",
    "sv": r"eftersom|därför|för att|på grund av|till följd av|efter|sedan|som svar|anledning\w*|orsak\w*|beror|skäl\w*"
    r"|då|protest|reaktion|hämnd|misstänkt|för (?:mord|brott)",
}
_ITS_OWN_WORDS = 0.5  # share of the question's names and words, from which on an answer says them again


def evades(text: str, question: str, code: str) -> bool:
    """Whether an answer to a question that asks why says the question again, and no reason.

    Args:
        text: The answer.
        question: What was asked.
        code: ISO 639-1 code of both; in a language that is not known here nothing evades.
    """
    why, reason = _WHY.get(code), _REASON.get(code)
    if why is None or reason is None or not re.search(rf"\b(?:{why})\b", question.casefold()):
        return False
    if re.search(rf"\b(?i:{reason})\b", text):
        return False
    asked, said = Terms.of(question, code), Terms.of(text, code)
    return len(asked.matter & said.matter) >= _ITS_OWN_WORDS * len(asked.matter) > 0
