"""What the model is told. Everything an article says is data: it cannot end its own block or give an order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index import language
from index.types import Hit
from rag import orders
from rag.engine.port import Prompt

# What the model is to say when the passages hold no answer; recognised by :func:`is_refusal`.
REFUSAL = "NOT FOUND"

SYSTEM = (
    "You answer questions about news articles, using only the passages given. "
    "Answer briefly and to the point, in a full sentence, with the names, numbers and dates of the passages. "
    f"If the passages do not contain the answer, reply only: {REFUSAL}"
)

_NOT_IN_ARTICLES = {
    "da": "Det fremgår ikke af artiklerne.",
    "de": "Das steht nicht in den Artikeln.",
    "en": "The articles don't say.",
    "es": "Los artículos no lo dicen.",
    "fi": "Artikkelit eivät kerro sitä.",
    "fr": "Les articles ne le disent pas.",
    "it": "Gli articoli non lo dicono.",
    "nl": "De artikelen vermelden het niet.",
    "no": "Det står ikke i artiklene.",
    "pl": "Artykuły o tym nie mówią.",
    "pt": "Os artigos não o dizem.",
    "ru": "В статьях об этом не говорится.",
    "sv": "Det framgår inte av artiklarna.",
    "uk": "У статтях про це не йдеться.",
}
# How a question is put in its own language: what stands before it, and how the answer is asked for.
_NATIVELY = {
    "da": ("Spørgsmål", "Svar på dansk"),
    "de": ("Frage", "Antwort auf Deutsch"),
    "es": ("Pregunta", "Respuesta en español"),
    "fi": ("Kysymys", "Vastaus suomeksi"),
    "fr": ("Question", "Réponse en français"),
    "it": ("Domanda", "Risposta in italiano"),
    "nl": ("Vraag", "Antwoord in het Nederlands"),
    "no": ("Spørsmål", "Svar på norsk"),
    "pl": ("Pytanie", "Odpowiedź po polsku"),
    "pt": ("Pergunta", "Resposta em português"),
    "ru": ("Вопрос", "Ответ по-русски"),
    "sv": ("Fråga", "Svar på svenska"),
    "uk": ("Питання", "Відповідь українською"),
}
NO_ARTICLES = "There are no articles yet. Add some with: pullquote index FOLDER"

# Ways in which small models say that they do not know, in spite of being told the words to use. Some say so only where
# an answer begins, "The weapon was not found." is one, and where nobody is reported to say it: "I don't know," he said.
# In others it is the passages that are said not to tell; not the text of a treaty, its article 5, or a text message.
_REPORTED = (
    r"[^.]*[,\"”»]\W*(?:\w+ ){0,3}(?:said|says|told|replied|answered|admitted|sa|sade|säger|svarade|sier|svarte|siger|"
    r"sagde|svarede|sagte?|antwortete|teilte|erklärte|uppger|uppgav|meddelar|meddelade|opplyser|opplyste|melder|oplyser|"
    r"oplyste|dijo|respondió|informó|dit|répondu)\b"
)
_REFUSED_AT_ONCE = (
    r"not found(?! guilty)|(?:i )?(?:do not|don't) know|(?:there is|there's) no information",
    r"no information(?: (?:is|was|given|provided|available|found))*(?:\W*$| in (?:the|these|this)\b)",
    r"(?:jag )?vet inte|hittades inte|(?:jeg )?v[eé]t ikke|(?:jeg )?ved ikke|ikke f(?:unnet|undet)",
    r"de[tr] (?:finns|finnes|findes|er) ing(?:en|et|a) (?:information|informasjon|uppgift(?:er)?|upplysning(?:ar)?|"
    r"opplysning(?:er)?|oplysning(?:er)?|refer[ea]n[sc](?:er)?|referanser?|hänvisning(?:ar)?|henvisning(?:er)?)",
    r"es gibt (?:da(?:zu|rüber) )?keine (?:information(?:en)?|angaben?|hinweise(?! auf\b))",
    r"il n'y a (?:pas d'|aucune )informations?(?! judiciaire)|no hay (?:ninguna )?información",
    r"nicht gefunden|ich weiß (?:es )?nicht|no encontrado|no lo sé|non trouvé|je ne sais pas",
)
_SV = r"(?:artik(?:eln|larna)|texte(?:n|rna)|textavsnitte[tn]|passage(?:n|rna)|stycke(?:t|na))"
_NO_DA = (
    r"(?:artik(?:kelen|len|lene|lerne)|tekst(?:en|ene|erne)|passasjene?|passage(?:n|rne)|"
    r"(?:avsnitt|utdrag|uddrag)(?:et|ene|ne))"
)
_DE = r"(?:artikeln?|texte?n?|(?:text)?(?:passagen?|abschnitte?n?))(?! ?\d| (?:des|der|von)\b)"
_REFUSED = (
    r"(?<!of )(?:the|these|this|any|your) (?:(?:provided|given|above|available|news|two|three) )*"
    r"(?:passages?|articles?|text|context)(?: (?:provided|given|above))* (?:do|does|did)(?: not|n't) (?:\w+ )?"
    r"(?:contain|say|mention|state|provide|specify|include|give|answer|tell|indicate)",
    r"none of (?:the|these) (?:\w+ )?(?:passages|articles|texts)\b(?! of\b)",
    r"(?:answer|information)\b.{0,20} (?:is|was) not in (?:the|these) (?:\w+ )?(?:passages?|articles?|text|context)\b",
    r"not (?:found|mentioned|provided|specified|stated|given|included|available|contained) "
    r"(?:in|by) (?:the|any|these|this)\b.{0,20}\b(?:passages?|articles?|text|context)\b(?! ?\d| of\b| messages?\b)",
    rf"(?:framgår|nämns|står|hittas|finns|sägs)\b.{{0,10}}\binte\b(?: \w+)? (?:i|av) (?:\w+ ){{0,2}}{_SV}\b",
    rf"{_SV}(?: \w+)? (?:innehåller|nämner|säger|anger) (?:\w+ )?(?:inte|ingen|inget|inga)\b",
    r"(?:fr[ae]mgår|nevnes|nævnes|står|finnes)\b.{0,10}\bikke\b(?: \w+)? (?:i|av|af) "
    rf"(?:\w+ ){{0,2}}{_NO_DA}\b",
    rf"{_NO_DA}(?: \w+)? (?:inneholder|indeholder|nevner|nævner|sier|siger) (?:\w+ )?(?:ikke|ingen)",
    rf"(?:in|im|aus) (?:\w+ ){{0,2}}{_DE}\b(?: \w+)? (?:nicht|keine\w*)\b.{{0,30}}\b"
    r"(?:erwähn|enth[aä]lt|genannt|angegeben|gefunden)",
    rf"(?:der|die|diese[rn]?) (?:\w+ )?{_DE} (?:\w+ )?"
    r"(?:erwähnen|erwähnt|enthalten|enthält|sagen|sagt)\b[^,]{0,30}\b(?:nicht|keine)",
    r"no se (?:menciona|dice|indica|especifica|encuentra)\b.{0,40}\b(?:artículo|texto|pasaje|fragmento)",
    r"(?:artículos?|textos?|pasajes?|fragmentos?) no (?:\w+ )?(?:menciona|dice|contiene|indica)",
    r"pas (?:mentionné|indiqué|précisé|dit)e?s?\b.{0,30}\b(?:article|texte|passage|extrait)",
    r"(?:articles?|textes?|passages?|extraits?) ne (?:\w+ )?(?:mentionne|dit|disent|contien|précise)",
)
# All that is said, or it may be of what an article says: "The price was not mentioned in the deal."
_REFUSED_IN_ALL = (
    r"(?:(?:it|this|that|the (?:answer|information)) (?:is|was) )?not (?:\w+ly )?"
    r"(?:mentioned|stated|specified|provided|given|indicated|available)",
    r"(?:d(?:et|etta) )?(?:nämns|anges|framgår|sägs|står|är) (?:inte|ej)(?: (?:nämnt|angivet|specificerat))?",
    r"(?:inte|ej) (?:nämnt|angivet|angett|specificerat)",
    r"(?:d(?:et|ette) (?:er|blir|bliver) )?ikke (?:oppgitt|nevnt|omtalt|angitt|nævnt|oplyst|angivet|spesifisert)",
    r"(?:(?:das|es|dies) )?(?:(?:wird|ist|wurde) )?nicht (?:erwähnt|angegeben|genannt|spezifiziert)",
    r"no se (?:menciona|indica|dice|especifica)|no (?:mencionado|especificado|indicado)",
    r"(?:ce n'est |cela n'est |c'est )?(?:pas|non) (?:mentionné|indiqué|précisé|spécifié)",
    r"non (?:è )?(?:menzionato|indicato|specificato|trovato)|non (?:viene )?(?:menzionato|specificato)|non (?:lo )?so",
    r"niet (?:gevonden|vermeld|genoemd|gegeven)|ik weet het niet|não (?:é )?(?:encontrado|mencionado|especificado)"
    r"|não sei",
    r"nie (?:znaleziono|podano|wspomniano)|nie wiem|ei (?:löydy|löytynyt|mainita|kerrota)|en tiedä",
    r"не (?:найдено|указано|упоминается|упомянуто|сообщается|знаю)|не (?:знайдено|вказано|згадується|зазначено)",
)
_SAYS_NOTHING = re.compile(
    rf"\W*(?!{_REPORTED})(?:{'|'.join(_REFUSED_AT_ONCE)})(?!\w)|.*\b(?:{'|'.join(_REFUSED)})"
    rf"|\W*(?:{'|'.join(_REFUSED_IN_ALL)})\W*$",
    re.DOTALL,
)
_OURS = frozenset(sentence.casefold().strip(" .") for sentence in _NOT_IN_ARTICLES.values())


def build(question: str, hits: Sequence[Hit], answer_in: str, *, natively: bool = False) -> Prompt:
    """The prompt for a question: passages in order of relevance, the best one next to the question.

    Args:
        question: Standing on its own.
        hits: Best first.
        answer_in: ISO 639-1 code of the language in which the answer is wanted.
        natively: Ask for the answer in that language's own words, if it :func:`has_words`.
    """
    wanted = language.name(answer_in) if answer_in != language.UNKNOWN else "the language of the question"
    before, behind = "Question", f"Answer in {wanted}"
    if natively:
        before, behind = _NATIVELY.get(answer_in, (before, behind))
    return Prompt(
        system=SYSTEM,
        passages=tuple(_block(hit) for hit in reversed(hits)),
        question=f"{before}: {question}\n{behind}:",
    )


def has_words(code: str) -> bool:
    """Whether a question in a language can be put in that language's own words."""
    return code in _NATIVELY


def check(question: str, hits: Sequence[Hit]) -> Prompt:
    """The prompt that asks whether passages answer a question at all; the same passages: none is computed anew."""
    return Prompt(
        system=SYSTEM,
        passages=tuple(_block(hit) for hit in reversed(hits)),
        question=f"Question: {question}\nDo the passages above state the answer to this question? Yes or No:",
    )


def is_refusal(text: str) -> bool:
    """Whether the model said that it found no answer, in its words or in ours."""
    said = text.casefold().replace("’", "'")
    bare = said.strip(" .\n")
    return not bare or bare in _OURS or REFUSAL in text or _SAYS_NOTHING.match(said) is not None


def may_refuse(text: str) -> bool:
    """Whether what was said so far may still become :data:`REFUSAL`, so that nobody should see it yet."""
    start = text.strip()
    return REFUSAL.startswith(start[: len(REFUSAL)])


def not_in_articles(asked_in: str) -> str:
    """The honest sentence, in the question's language where we have it."""
    return _NOT_IN_ARTICLES.get(asked_in, _NOT_IN_ARTICLES["en"])


def _block(hit: Hit) -> str:
    """A passage as the model reads it: where it comes from, then its text on one line, without orders to the model."""
    article = hit.article
    text = orders.without(hit.passage.text, article.language)
    day = f" ({article.published.isoformat()})" if article.published else ""
    title = " ".join(orders.without(article.title, article.language).split())
    heading = f"{title}{day}\n" if title and not hit.passage.text.startswith(article.title) else ""
    return f"{heading}{' '.join(text.split())}\n\n"
