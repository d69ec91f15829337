// Asking, and the conversations beside it. The server streams a turn's HTML into #pq-now; once the next question is
// asked, that turn moves to #pq-past and stays as it is.
(() => {
  const pq = window.pullquote;
  const store = pq.store;
  const $ = (selector, within = document) => within.querySelector(selector);

  let id = null; // of the conversation shown
  let turns = []; // its answers
  let editing = null; // the number of the turn whose question is in the box, or null
  let replaced = new Set(); // tokens of answers whose questions were asked anew
  let pending = null; // {token, id, number, replaced, known}: the answer being written

  // --- asking

  // Called before the question is sent: what the server is told beside it.
  pq.prepare = (question) => {
    if (!question.trim()) return [question, null];
    settle();
    const number = editing ?? turns.length;
    for (const one of turns.slice(number)) replaced.add(one.token);
    truncate(number);
    finishEditing();
    near = true;
    const token = String(Date.now()) + Math.random().toString(36).slice(2, 8);
    pending = { token, id, number, replaced, known: store.list().some((one) => one.id === id) };
    $("#pq-welcome").hidden = true;
    const history = turns.slice(-12).map(({ question, text }) => ({ question, text }));
    return [question, { history, number, token: pending.token, wishes: pq.wishes?.() ?? {} }];
  };

  // Called when an answer is whole: keep it, beside what other tabs have added meanwhile, unless the conversation was
  // deleted. Stopped and failed ones come as null and are not kept.
  pq.keep = (done) => {
    const finished = pending;
    if (done?.token && done.token !== finished?.token) return;
    pending = null;
    if (!done?.answer || !finished) return;
    if (finished.known && !store.list().some((one) => one.id === finished.id)) return;
    const kept = store.turns(finished.id).filter((one) => !finished.replaced.has(one.token));
    kept.push({ ...done.answer, token: finished.token });
    const { dropped, full } = store.keep(finished.id, shorten(kept[0].question), kept);
    if (dropped) pq.toast("This browser's room is used up; the oldest conversations were deleted.");
    if (full) pq.toast("This conversation is too long for this browser to keep. Export it before you leave the page.");
    if (finished.id === id) {
      turns = kept;
      if (kept.length - 1 !== finished.number) pq.open(id);
    }
    pq.conversations();
  };

  // Another tab has changed a conversation. While an answer is written or a question edited, the next one shows it.
  pq.changed = (one) => {
    if (one === id && pending?.id !== id && editing === null) pq.open(id);
  };

  // Whether no answer is being written.
  pq.idle = () => pending === null;

  // Called for every piece of a streamed turn.
  pq.streamed = () => {
    const now = $("#pq-now [data-ask]");
    const shown = !now || (pending ? now.dataset.ask === pending.token && pending.id === id : !now.dataset.gone);
    $("#pq-now").toggleAttribute("data-away", !shown);
    const said = $("#pq-status");
    const words = now?.dataset.said ?? "";
    if (said && words && said.textContent !== words) said.textContent = words;
    follow();
  };

  function settle() {
    const now = $("#pq-now [data-ask]");
    if (now && !$("#pq-now").hasAttribute("data-away")) {
      for (const turn of [...now.children]) $("#pq-past").append(turn);
    }
    pq.now?.clear();
  }

  function truncate(number) {
    turns.length = Math.min(turns.length, number);
    for (const turn of document.querySelectorAll("#pq-past .pq-turn")) {
      if (Number(turn.dataset.turn) >= number) turn.remove();
    }
  }

  // Stay at the end while an answer grows, but never past its question, unless the reader has scrolled away.
  let near = true;
  function follow() {
    const scroll = $("#pq-scroll");
    if (!scroll || !near) return;
    const turn = [...scroll.querySelectorAll(".pq-turn")].pop();
    const above = turn ? turn.getBoundingClientRect().top - scroll.getBoundingClientRect().top : Infinity;
    scroll.scrollTop = Math.min(scroll.scrollHeight - scroll.clientHeight, scroll.scrollTop + above - 20);
  }
  pq.watchScroll = () => {
    const scroll = $("#pq-scroll");
    scroll.setAttribute("tabindex", "0");
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", "Conversation");
    for (const kind of ["wheel", "touchmove", "keydown"]) {
      scroll.addEventListener(kind, () => (near = false), { passive: true });
    }
  };

  // --- conversations

  pq.open = async (wanted) => {
    id = wanted;
    store.show(id);
    turns = store.turns(id);
    replaced = new Set();
    finishEditing();
    near = true;
    if (pending?.id !== id) pq.now?.clear();
    const got = turns.length ? await pq.call("conversation", { turns }) : { html: "" };
    if (id !== wanted) return;
    $("#pq-past").innerHTML = got.html ?? got.error ?? "";
    if (!turns.length) pq.greet();
    $("#pq-welcome").hidden = turns.length > 0 || pending?.id === id;
    pq.streamed();
    pq.conversations();
  };

  // What an empty conversation says; the library may have changed since the page was made.
  pq.greet = async () => {
    const got = await pq.call("welcome", {});
    const place = $("#pq-welcome .pq-welcome");
    if (got.html !== undefined && place) place.outerHTML = got.html;
  };

  pq.startNew = () => pq.open(crypto.randomUUID?.() ?? String(Date.now()) + Math.random());

  pq.restore = () => {
    const known = store.list();
    const wanted = known.find((one) => one.id === store.current()) ?? (store.current() ? null : known[0]);
    return wanted ? pq.open(wanted.id) : pq.startNew();
  };

  // Draw the list of conversations. Titles are set as text, never as markup.
  pq.conversations = () => {
    const list = $("#pq-conversations");
    if (!list) return;
    list.replaceChildren(
      ...store.list().map((one) => {
        const item = document.createElement("li");
        const link = button(one.title, "open", "pq-conversation");
        link.title = one.title;
        if (one.id === id) link.setAttribute("aria-current", "true");
        item.dataset.id = one.id;
        item.append(
          link,
          button("Rename", "rename", "pq-quiet pq-small", `Rename ${one.title}`),
          button("Delete", "delete", "pq-quiet pq-small", `Delete ${one.title}`),
        );
        return item;
      }),
    );
    $("#pq-export").hidden = !turns.length;
    $("#pq-no-conversations").hidden = list.children.length > 0;
  };

  function button(words, action, kind, label) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = kind;
    made.dataset.do = action;
    made.textContent = words;
    if (label) made.setAttribute("aria-label", label);
    return made;
  }

  function rename(item) {
    const field = document.createElement("input");
    const known = store.list().find((one) => one.id === item.dataset.id);
    field.value = known?.title ?? "";
    field.maxLength = 120;
    field.className = "pq-field";
    field.setAttribute("aria-label", "New name of the conversation");
    let done = false;
    const finish = (keep) => {
      if (done) return;
      done = true;
      if (keep && field.value.trim()) store.rename(item.dataset.id, field.value.trim());
      pq.conversations();
      $(`#pq-conversations [data-id="${CSS.escape(item.dataset.id)}"] .pq-conversation`)?.focus();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") finish(true);
      if (event.key === "Escape") finish(false);
    });
    field.addEventListener("blur", () => finish(true));
    item.replaceChildren(field);
    field.focus();
    field.select();
  }

  // Delete, with a way back as long as the notice stands.
  function remove(item) {
    const gone = item.dataset.id;
    const known = store.list().find((one) => one.id === gone);
    const kept = store.turns(gone);
    store.forget(gone);
    if (gone === id) pq.startNew();
    else pq.conversations();
    pq.toast(`Deleted “${known?.title ?? ""}”.`, "Undo", () => {
      store.keep(gone, known?.title ?? "", kept);
      pq.open(gone);
    });
  }

  async function save(kind) {
    const title = store.list().find((one) => one.id === id)?.title ?? "Conversation";
    const got = await pq.call("export", { kind, title, turns });
    if (got.text === undefined) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([got.text], { type: got.type }));
    link.download = got.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // --- a turn

  const numberOf = (element) => Number(element.closest(".pq-turn")?.dataset.turn ?? -1);
  pq.turnOf = (element) => turns[numberOf(element)];

  function edit(element) {
    editing = numberOf(element);
    const question = element.closest(".pq-turn").querySelector(".pq-question").textContent;
    pq.fill(question);
    $("#pq-editing").hidden = false;
    for (const turn of document.querySelectorAll(".pq-turn")) {
      turn.toggleAttribute("data-replaced", Number(turn.dataset.turn) >= editing);
    }
  }

  function finishEditing() {
    editing = null;
    $("#pq-editing").hidden = true;
    for (const turn of document.querySelectorAll("[data-replaced]")) turn.removeAttribute("data-replaced");
  }

  // Put a question into the box, as if it had been typed.
  pq.fill = (question, send = false) => {
    const box = $("#pq-ask textarea");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    if (send) requestAnimationFrame(() => requestAnimationFrame(() => $("#pq-send").click()));
  };

  function rate(element) {
    const group = element.closest(".pq-rating");
    const good = element.dataset.good === "true";
    for (const thumb of group.querySelectorAll(".pq-thumb")) {
      thumb.setAttribute("aria-pressed", String(thumb === element));
    }
    const answer = pq.turnOf(element);
    if (!answer) return;
    pq.call("rate", { good, word: "", answer });
    group.querySelector(".pq-word")?.remove();
    const form = document.createElement("form");
    form.className = "pq-word";
    const field = document.createElement("input");
    field.className = "pq-field";
    field.maxLength = 500;
    field.placeholder = good ? "What was good? (optional)" : "What was wrong? (optional)";
    field.setAttribute("aria-label", field.placeholder);
    const send = button("Save", "", "pq-quiet");
    send.type = "submit";
    form.append(field, send);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await pq.call("rate", { good, word: field.value, answer });
      form.replaceChildren("Thank you. It stays on this machine.");
    });
    group.append(form);
    field.focus();
  }

  pq.actions = {
    ...pq.actions,
    new: () => pq.startNew().then(() => $("#pq-ask textarea").focus()),
    open: (element) => pq.open(element.closest("li").dataset.id),
    rename: (element) => rename(element.closest("li")),
    delete: (element) => remove(element.closest("li")),
    "export-markdown": () => save("markdown"),
    "export-json": () => save("json"),
    example: (element) => pq.fill(element.textContent, true),
    edit,
    "stop-editing": () => {
      finishEditing();
      pq.fill("");
    },
    again: (element) => {
      edit(element);
      $("#pq-send").click();
    },
    rate,
    sidebar: (element) => {
      const open = document.body.toggleAttribute("data-sidebar");
      element.setAttribute("aria-expanded", String(open));
    },
  };

  const shorten = (words) => (words.length > 60 ? words.slice(0, 59).trimEnd() + "…" : words);
})();
