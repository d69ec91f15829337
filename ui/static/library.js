// The library's table, adding and removing articles, the settings, and the models.
(() => {
  const pq = window.pullquote;
  const store = pq.store;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  // --- the table

  const asked = { search: "", sort: "published", descending: true, page: 0 };
  let latest = 0; // of several searches on the way, only the last one asked is shown

  async function list() {
    const turn = ++latest;
    const got = await pq.call("articles", asked);
    if (turn !== latest || got.html === undefined) return;
    const focused = document.activeElement?.closest("#pq-table [data-do]");
    const again = focused && `[data-do="${focused.dataset.do}"][data-key="${focused.dataset.key ?? ""}"]`;
    $("#pq-table").innerHTML = got.html;
    $("#pq-statistics").innerHTML = got.statistics;
    if (again) $(`#pq-table ${again}`)?.focus();
  }

  let waiting = 0;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "pq-search") return;
    asked.search = event.target.value;
    asked.page = 0;
    clearTimeout(waiting);
    waiting = setTimeout(list, 150);
  });

  function sort(element) {
    const key = element.dataset.key;
    asked.descending = asked.sort === key ? !asked.descending : key === "published" || key === "passages";
    asked.sort = key;
    asked.page = 0;
    list();
  }

  async function remove(element) {
    const row = element.closest("[data-article]");
    const got = await pq.call("remove", { id: row.dataset.article });
    if (got.undo === undefined) return;
    await list();
    const undo = async () => {
      const back = await pq.call("undo", { undo: got.undo });
      if (back.error) pq.toast(back.error, "Undo", undo);
      else pq.toast(`“${got.title}” is back.`);
      list();
    };
    pq.toast(`Removed “${got.title}”.`, "Undo", undo);
    $("#pq-toast-action").focus();
  }

  // --- adding

  async function add(files) {
    const chosen = [...files];
    if (!chosen.length) return;
    const limits = $("#pq-drop").dataset;
    const large = chosen.filter((file) => file.size > Number(limits.bytes));
    if (chosen.length > Number(limits.files)) {
      report(`<p class="pq-head">Too many files at once: ${chosen.length}; ${Number(limits.files)} is the most.</p>`);
      return;
    }
    const paths = [];
    const refused = large.map((file) => ({ name: file.name, reason: "is too large" }));
    for (const [done, file] of chosen.entries()) {
      if (large.includes(file)) continue;
      progress(`Sending ${done + 1} of ${chosen.length}`, done / chosen.length);
      try {
        paths.push((await pq.upload(file)).path);
      } catch {
        refused.push({ name: file.name, reason: "could not be sent" });
      }
    }
    await follow(await pq.call("add", { paths, refused }));
  }

  async function paste(form) {
    const values = Object.fromEntries(new FormData(form));
    const got = await follow(await pq.call("paste", values));
    if (got && !got.error && !got.refused) form.reset(); // what was refused can be mended, and sent again
  }

  const report = (html) => ($("#pq-report").innerHTML = html);

  function progress(words, share) {
    const bar = document.createElement("progress");
    if (share !== null) bar.value = share;
    bar.setAttribute("aria-label", words);
    const said = document.createElement("p");
    said.textContent = `${words}…`;
    $("#pq-report").replaceChildren(said, bar);
  }

  // Follow a job of the server's to its end; its last word is shown.
  async function follow(started, show = { progress, report }) {
    if (started.job === undefined) {
      show.report(started.html ?? "");
      return started;
    }
    for (;;) {
      const state = await pq.call("job", { job: started.job });
      if (state.error || state.html !== undefined) {
        show.report(state.html ?? "");
        if (document.body.dataset.view === "library") list().then(warmth);
        return state;
      }
      show.progress(state.words, state.share);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // a file dropped beside the place for it must not replace the page
      const drop = $("#pq-drop");
      drop?.toggleAttribute("data-over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop" && document.body.dataset.view === "library") add(event.dataTransfer.files);
    });
  }
  document.addEventListener("change", (event) => {
    if (event.target.id === "pq-files") {
      add(event.target.files);
      event.target.value = "";
    }
    if (event.target.form?.id === "pq-wishes") keepWishes();
  });
  document.addEventListener("input", (event) => {
    if (event.target.form?.id === "pq-wishes") keepWishes();
  });
  document.addEventListener("reset", (event) => {
    if (event.target.id === "pq-wishes") setTimeout(keepWishes); // the fields change after this event
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id === "pq-paste") {
      event.preventDefault();
      paste(event.target);
    }
  });

  // --- settings: kept in this browser, sent along with each question; what is as the server has it is left to the server

  pq.wishes = () => {
    const form = $("#pq-wishes");
    if (!form) return {};
    const values = new FormData(form);
    const changed = (name) => [...form.elements].some((one) => one.name === name
      && (one.type === "radio" ? one.checked !== one.defaultChecked : one.value !== one.defaultValue));
    return {
      strict: changed("strict") ? values.get("strict") === "yes" : null,
      sources: changed("sources") ? Number(values.get("sources")) : null,
      languages: values.getAll("languages"),
      since: values.get("since") || null,
      until: values.get("until") || null,
    };
  };

  function keepWishes() {
    store.set("wishes", pq.wishes());
    tellWishes();
  }

  // What was changed stands beside the question box too: whoever has forgotten it would wonder at the answers.
  function tellWishes() {
    const range = $("#pq-wishes [name=sources]");
    if (range) $("#pq-sources-shown").textContent = range.value;
    const { strict, sources, since, until } = pq.wishes();
    const languages = $$("#pq-wishes [name=languages]:checked").map((one) => one.closest("label").textContent.trim());
    const days = [since && `from ${since}`, until && `to ${until}`].filter(Boolean).join(" ");
    const parts = [
      languages.length && `only ${languages.join(", ")}`,
      days && `preferably ${days}`,
      sources && `${sources} ${sources === 1 ? "passage" : "passages"}`,
      strict === false && "sentences without proof too",
      strict === true && "only what is proved",
    ].filter(Boolean);
    $("#pq-wished").hidden = !parts.length;
    $("#pq-wished span").textContent = `${parts.join(" · ")}.`;
  }

  // The form as it fits the chatbot and the library now, with what this browser keeps.
  pq.settings = async () => {
    const form = $("#pq-wishes");
    const got = await pq.call("wishes", {});
    if (got.html !== undefined) form.innerHTML = got.html;
    const kept = store.get("wishes", {}) ?? {};
    for (const field of form.elements) {
      if (field.name === "strict" && typeof kept.strict === "boolean") field.checked = (field.value === "yes") === kept.strict;
      if (field.name === "sources" && kept.sources) field.value = kept.sources;
      if (field.name === "languages") field.checked = (kept.languages ?? []).includes(field.value);
      if (field.name === "since" || field.name === "until") field.value = kept[field.name] ?? "";
    }
    tellWishes();
  };

  // --- models

  async function models() {
    const got = await pq.call("models", {});
    if (got.html === undefined) return;
    $("#pq-models").innerHTML = got.html;
    const missing = $("#pq-missing");
    missing.innerHTML = got.missing;
    missing.hidden = !got.missing;
    if (got.job !== undefined) follow({ job: got.job }, modelReport);
  }

  const modelReport = {
    progress: (words, share) => {
      for (const place of $$(".pq-fetching")) {
        const bar = place.querySelector("progress") ?? place.appendChild(document.createElement("progress"));
        bar.setAttribute("aria-label", words);
        if (share !== null) bar.value = share;
        const said = place.querySelector("span") ?? place.appendChild(document.createElement("span"));
        said.textContent = `${words}…`;
      }
    },
    report: (html) => {
      if (html) $("#pq-model-report").innerHTML = html;
      models();
    },
  };

  async function fetchModel(element) {
    const got = await pq.call("fetch", { name: element.dataset.name });
    if (got.job === undefined) return;
    for (const place of $$(".pq-fetching")) place.hidden = false;
    for (const one of $$("[data-do=fetch]")) one.disabled = true;
    follow(got, modelReport);
  }

  async function useModel(element) {
    const got = await pq.call("use", { name: element.dataset.name });
    if (!got.error) pq.toast(got.words);
    models();
  }

  // --- how much is computed already

  let soon = 0;
  async function warmth() {
    clearTimeout(soon);
    const cells = $$("#pq-table tr[data-article] .pq-col-ready");
    const row = (cell) => cell.closest("tr").dataset.article;
    const got = await pq.call("warmth", { ids: cells.map(row) });
    if (got.words === undefined) return;
    $("#pq-warmth").hidden = !got.words;
    $("#pq-warmth strong").textContent = got.words;
    if (got.words && !cells.length && $("#pq-table tr[data-article]")) await list();
    for (const cell of cells) {
      const [done, all] = [got.ready?.[row(cell)], Number(cell.dataset.passages)];
      if (done !== undefined) cell.textContent = done >= all ? "all" : `${done.toLocaleString("en")} of ${all.toLocaleString("en")}`;
    }
    if (got.going) soon = setTimeout(look, 2000);
  }
  // Only while somebody looks at it.
  function look() {
    if (document.body.dataset.view !== "library") return;
    if (document.hidden) soon = setTimeout(look, 2000);
    else warmth();
  }

  pq.shown = {
    ask: () => {
      models();
      if (!$("#pq-welcome").hidden) pq.greet();
    },
    library: () => list().then(warmth),
    settings: () => {
      models();
      pq.settings();
    },
  };
  pq.actions = {
    ...pq.actions,
    sort,
    remove,
    "next-page": () => ((asked.page += 1), list()),
    "previous-page": () => ((asked.page -= 1), list()),
    "choose-files": () => $("#pq-files").click(),
    fetch: fetchModel,
    use: useModel,
  };
})();
