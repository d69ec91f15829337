// The page's frame: the bridge to the server, which view is shown, notices, and clicks told apart by data-do.
(() => {
  const pq = window.pullquote;
  const $ = (selector, within = document) => within.querySelector(selector);
  const VIEWS = ["ask", "library", "settings"];

  // Ask the server something. An error comes back as {error}, and is shown.
  pq.call = async (name, data) => {
    try {
      const got = await pq.server[`call_${name}`](data);
      if (got?.error) pq.toast(got.error);
      return got ?? {};
    } catch {
      pq.toast("Pullquote does not answer. Is it still running?");
      return { error: "no connection" };
    }
  };

  // A notice that stays until it is closed or replaced, with at most one thing to do about it.
  pq.toast = (words, action = "", todo = null) => {
    const toast = $("#pq-toast");
    $("#pq-toast-words").textContent = words;
    const button = $("#pq-toast-action");
    button.hidden = !action;
    button.textContent = action;
    button.onclick = () => {
      toast.hidden = true;
      todo?.();
    };
    toast.hidden = false;
  };

  function view() {
    const wanted = location.hash.slice(1);
    const shown = VIEWS.includes(wanted) ? wanted : "ask";
    document.body.dataset.view = shown;
    for (const link of document.querySelectorAll("#pq-nav a")) {
      if (link.hash === `#${shown}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    pq.shown?.[shown]?.();
  }

  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("[data-do]");
    if (element && pq.actions[element.dataset.do]) pq.actions[element.dataset.do](element);
  });

  pq.actions = { ...pq.actions, "close-toast": () => ($("#pq-toast").hidden = true) };

  // Called once by the bridge, when the server can be asked.
  pq.attach = ({ server, upload }) => {
    pq.server = server;
    pq.upload = upload;
    const ready = () => {
      if (!["#pq-scroll", "#pq-past", "#pq-conversations", "#pq-ask textarea", "#pq-reader", "#pq-wishes", "#pq-wished"].every((one) => $(one))) {
        requestAnimationFrame(ready);
        return;
      }
      pq.watchScroll();
      window.addEventListener("hashchange", view);
      view();
      Promise.all([pq.settings(), pq.restore()]).then(() => document.body.setAttribute("data-ready", ""));
    };
    ready();
  };
})();
