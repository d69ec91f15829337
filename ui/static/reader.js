// A mark opens its quote beside it; a quote opens the whole article, scrolled to it, with all its quotes marked.
(() => {
  const pq = window.pullquote;
  const $ = (selector, within = document) => within.querySelector(selector);
  let opener = null; // what had the focus before the article was opened
  let chosen = 0; // which of the marked places is shown, from 0

  // --- the quote of a mark

  function openQuote(mark) {
    const source = mark.closest(".pq-turn").querySelector(`.pq-quote[data-quote="${mark.dataset.quote}"]`);
    const card = $("#pq-card");
    if (!source || !card) return;
    const copy = source.cloneNode(true);
    const shown = document.createElement("div");
    shown.className = "pq-quote";
    for (const name of ["article", "start", "end", "quote"]) shown.dataset[name] = source.dataset[name];
    shown.append(...copy.childNodes);
    card.replaceChildren(shown);
    card.setAttribute("aria-label", `Quote ${mark.dataset.quote}`);
    card.origin = mark;
    card.showPopover();
    place(card, mark);
    $("[data-do=read]", card).focus();
  }

  function place(card, mark) {
    const at = mark.getBoundingClientRect();
    const margin = 12;
    const width = card.offsetWidth;
    const height = card.offsetHeight;
    const left = Math.min(Math.max(margin, at.left - 40), window.innerWidth - width - margin);
    const below = at.bottom + 10;
    const top = below + height + margin < window.innerHeight ? below : Math.max(margin, at.top - height - 10);
    card.style.left = `${Math.max(margin, left)}px`;
    card.style.top = `${top}px`;
  }

  // --- the article

  // The quoted places of the article that a card stands for: all those of the same answer.
  function placesOf(card) {
    const origin = card.closest("#pq-card")?.origin ?? card;
    const answer = pq.turnOf(origin);
    const article = card.dataset.article;
    if (card.dataset.quote && answer) {
      return answer.quotes
        .map((quote, place) => ({ number: place + 1, start: quote.start, end: quote.end, text: quote.text, quote }))
        .filter(({ quote }) => quote.article_id === article)
        .map(({ quote, ...place }) => place);
    }
    const start = Number(card.dataset.start);
    const source = answer?.sources.find((one) => one.article_id === article && one.start === start);
    return [{ number: 1, start, end: Number(card.dataset.end), text: source?.text ?? "" }];
  }

  async function read(element) {
    const card = element.closest("[data-article]");
    const origin = card.closest("#pq-card")?.origin ?? element;
    const places = card.dataset.start === undefined ? [] : placesOf(card);
    $("#pq-card")?.hidePopover();
    const got = await pq.call("article", { id: card.dataset.article, places });
    if (got.html === undefined) return;
    opener = origin;
    const reader = $("#pq-reader");
    reader.hidden = false;
    document.body.toggleAttribute("data-reading", true);
    $("#pq-article").innerHTML = got.html;
    const wanted = places.findIndex((one) => String(one.number) === card.dataset.quote);
    show(Math.max(0, wanted), places.length > 0);
    $("#pq-reader .pq-headline").focus({ preventScroll: true });
  }

  const marked = () => {
    const numbers = new Map(); // number → its first mark, in the order of the article
    for (const mark of document.querySelectorAll("#pq-article mark")) {
      for (const number of mark.dataset.quotes.split(" ")) if (!numbers.has(number)) numbers.set(number, mark);
    }
    return numbers;
  };

  // Go to one of the marked places.
  function show(which, scroll = true) {
    const places = [...marked().entries()];
    const several = $("#pq-several");
    several.hidden = places.length < 2;
    if (!places.length) {
      $("#pq-article").scrollTop = 0;
      return;
    }
    chosen = (which + places.length) % places.length;
    const [number, first] = places[chosen];
    for (const mark of document.querySelectorAll("#pq-article mark")) {
      mark.toggleAttribute("data-chosen", mark.dataset.quotes.split(" ").includes(number));
    }
    $("#pq-which").textContent = `Quote ${chosen + 1} of ${places.length}`;
    if (scroll) first.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  }

  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function close() {
    const reader = $("#pq-reader");
    if (!reader || reader.hidden) return;
    reader.hidden = true;
    document.body.removeAttribute("data-reading");
    if (opener?.isConnected) opener.focus();
  }

  document.addEventListener("keydown", (event) => {
    const card = $("#pq-card");
    if (event.key === "Escape" && !card?.matches(":popover-open")) close();
  });
  document.addEventListener(
    "toggle",
    (event) => {
      const card = event.target;
      if (card.id !== "pq-card" || event.newState !== "closed") return;
      if (card.contains(document.activeElement) || document.activeElement === document.body) card.origin?.focus();
    },
    true,
  );

  pq.actions = {
    ...pq.actions,
    quote: openQuote,
    read,
    "close-article": close,
    "next-quote": () => show(chosen + 1),
    "previous-quote": () => show(chosen - 1),
  };
})();
