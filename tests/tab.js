// Doubles of browser tabs that run the page's own scripts, for tests/test_ui_conversations.py. Tabs share a Map as their
// storage; what one writes there, the others are told. `room` is the characters that fit in; null forbids storage.
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const STATIC = path.join(__dirname, "..", "ui", "static");
const tabs = [];

exports.tab = (kept = new Map(), room = Infinity) => {
  const own = {};
  const used = () => [...kept].reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  const tell = (key) => {
    for (const other of tabs) if (other !== own && other.kept === kept) other.heard({ key });
  };
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => {
      const before = kept.get(key);
      kept.delete(key);
      const fits = used() + key.length + text.length <= room;
      if (fits || before !== undefined) kept.set(key, fits ? text : before);
      if (!fits) throw new Error("QuotaExceededError");
      tell(key);
    },
    removeItem: (key) => {
      kept.delete(key);
      tell(key);
    },
  };
  const session = new Map();
  const window = { addEventListener: (_, listener) => (own.heard = listener), pullquote: {} };
  const context = {
    window,
    document: { querySelector: element, querySelectorAll: () => [], createElement: element, body: element() },
    sessionStorage: { getItem: (key) => session.get(key) ?? null, setItem: (key, text) => session.set(key, text) },
    Event: class {},
    crypto: { randomUUID: () => `id-${tabs.length}-${Math.random()}` },
  };
  Object.defineProperty(context, "localStorage", {
    get: () => {
      if (room === null) throw new Error("SecurityError");
      return storage;
    },
  });
  vm.createContext(context);
  for (const name of ["store.js", "ask.js"]) vm.runInContext(fs.readFileSync(path.join(STATIC, name), "utf8"), context);
  const page = window.pullquote;
  own.kept = kept;
  own.toasts = [];
  own.page = page;
  page.call = async () => ({ html: "" });
  page.toast = (words) => own.toasts.push(words);
  page.conversations = () => {};
  tabs.push(own);

  own.ask = (question) => page.prepare(question)[1];
  own.answer = (asked, text = "An answer.") => page.keep({ token: asked.token, answer: { question: asked.question, text } });
  own.say = (question, text) => own.answer({ ...own.ask(question), question }, text);
  own.edit = (number) => page.actions.edit(element(number));
  // What is listed: title → questions.
  own.shelf = () => Object.fromEntries(page.store.list().map((one) => [one.title, page.store.turns(one.id).map((turn) => turn.question)]));
  return own;
};

// An element of the page, of which nothing is asked but that it is there; or that of a turn of that number.
function element(number = undefined) {
  return new Proxy(() => {}, {
    get: (target, name) => {
      if (name === "dataset") return { turn: number };
      if (name === Symbol.iterator) return function* () {};
      if (name === Symbol.toPrimitive) return () => "";
      if (name === "children") return [];
      if (name === "querySelectorAll") return () => [];
      if (name === "querySelector") return () => element();
      if (name === "closest") return () => element(number);
      return (target[name] ??= element());
    },
    set: () => true,
    apply: () => undefined,
  });
}
