// What this browser keeps: conversations, one key each, and the reader's settings. Nothing here leaves the machine
// but by a question asked. All state of the page that outlives a reload is in this file.
window.pullquote = window.pullquote || {};

(() => {
  const PREFIX = "pullquote.";
  const memory = new Map(); // where the browser forbids storage, a conversation lives as long as its page

  const read = (key) => {
    try {
      return localStorage.getItem(PREFIX + key);
    } catch {
      return memory.get(key) ?? null;
    }
  };
  const erase = (key) => {
    memory.delete(key);
    try {
      localStorage.removeItem(PREFIX + key);
    } catch {
      // forbidden: it was in memory only
    }
  };
  const write = (key, text) => {
    memory.set(key, text);
    try {
      localStorage.setItem(PREFIX + key, text);
      return true;
    } catch {
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
    // [{id, title, updated}], latest first
    list() {
      const listed = parse(read("conversations"), []);
      return Array.isArray(listed) ? listed.filter((one) => one && typeof one.id === "string") : [];
    },
    turns(id) {
      const turns = parse(read("conversation." + id), []);
      return Array.isArray(turns) ? turns : [];
    },
    // Keep a conversation; where the browser's room is used up, the oldest ones make way. Returns how many did.
    keep(id, title, turns) {
      const rest = store.list().filter((one) => one.id !== id);
      const known = store.list().find((one) => one.id === id);
      const entry = { id, title: known?.title || title, updated: Date.now() };
      let dropped = 0;
      while (!write("conversation." + id, JSON.stringify(turns)) && rest.length) {
        erase("conversation." + rest.pop().id);
        dropped += 1;
      }
      write("conversations", JSON.stringify([entry, ...rest]));
      return dropped;
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

  // Another tab added or removed a conversation.
  window.addEventListener("storage", (event) => {
    if (event.key === PREFIX + "conversations") window.pullquote.conversations?.();
  });

  window.pullquote.store = store;
})();
