// What this browser keeps: conversations, one key each, and the reader's settings. Nothing here leaves the machine
// but by a question asked. All state of the page that outlives a reload is in this file.
window.pullquote = window.pullquote || {};

(() => {
  const PREFIX = "pullquote.";
  const memory = new Map(); // what the browser does not keep lives as long as its page
  const allowed = (() => {
    try {
      localStorage.getItem(PREFIX);
      return true;
    } catch {
      return false;
    }
  })();

  const read = (key) => memory.get(key) ?? (allowed ? localStorage.getItem(PREFIX + key) : null);
  const erase = (key) => {
    memory.delete(key);
    if (allowed) localStorage.removeItem(PREFIX + key);
  };
  // Whether the browser keeps it.
  const write = (key, text) => {
    try {
      localStorage.setItem(PREFIX + key, text);
      memory.delete(key);
      return true;
    } catch {
      memory.set(key, text);
      return false;
    }
  };
  const parse = (text, otherwise) => {
    try {
      return text === null ? otherwise : JSON.parse(text);
    } catch {
      return otherwise;
    }
  };

  const store = {
    // [{id, title, updated}], latest first; only those whose answers are there
    list() {
      const listed = parse(read("conversations"), []);
      const there = (one) => one && typeof one.id === "string" && read("conversation." + one.id) !== null;
      return Array.isArray(listed) ? listed.filter(there) : [];
    },
    // The answers, each with a token of its own; those of earlier versions are called after their place.
    turns(id) {
      const turns = parse(read("conversation." + id), []);
      return Array.isArray(turns) ? turns.map((one, place) => ({ token: String(place), ...one })) : [];
    },
    // Keep a conversation; where the browser's room is used up, the oldest ones make way, unless that does not help.
    // Returns how many did, and whether there is no room even so: then it lives as long as the page.
    keep(id, title, turns) {
      const others = store.list().filter((one) => one.id !== id);
      const known = store.list().find((one) => one.id === id);
      const entry = { id, title: known?.title || title, updated: Date.now() };
      const text = JSON.stringify(turns);
      const list = (rest) => write("conversations", JSON.stringify([entry, ...rest]));
      const rest = [...others];
      const erased = [];
      let fits = write("conversation." + id, text) && list(rest);
      while (!fits && allowed && rest.length) {
        const key = "conversation." + rest.pop().id;
        erased.push([key, read(key)]);
        erase(key);
        fits = write("conversation." + id, text) && list(rest);
      }
      if (fits) return { dropped: erased.length, full: false };
      for (const [key, before] of erased) write(key, before);
      list(others);
      return { dropped: 0, full: allowed };
    },
    rename(id, title) {
      write("conversations", JSON.stringify(store.list().map((one) => (one.id === id ? { ...one, title } : one))));
    },
    forget(id) {
      erase("conversation." + id);
      write("conversations", JSON.stringify(store.list().filter((one) => one.id !== id)));
    },
    get(key, otherwise) {
      return parse(read(key), otherwise);
    },
    set(key, value) {
      write(key, JSON.stringify(value));
    },
    // The conversation this tab shows; another tab may show another.
    current() {
      try {
        return sessionStorage.getItem(PREFIX + "current");
      } catch {
        return memory.get("current") ?? null;
      }
    },
    show(id) {
      memory.set("current", id);
      try {
        sessionStorage.setItem(PREFIX + "current", id);
      } catch {
        // forbidden: memory has it
      }
    },
  };

  // Another tab added or removed a conversation, or an answer.
  window.addEventListener("storage", ({ key }) => {
    const one = PREFIX + "conversation.";
    if (key === PREFIX + "conversations") window.pullquote.conversations?.();
    if (key?.startsWith(one)) window.pullquote.changed?.(key.slice(one.length));
  });

  window.pullquote.store = store;
})();
