// One card of a story at a time. Without this file the whole story stands in order.
(() => {
  const root = document.querySelector(".story");
  const find = (what) => root.querySelector(what), all = (what) => [...root.querySelectorAll(what)];
  const frames = all(".step[id], .before-hard"), discs = all(".disc"), last = frames.length - 1;
  const gate = find(".before-hard"), noted = frames.indexOf(gate), gentle = gate.querySelector("details");
  const hard = find(".hard"), past = noted + 1 + hard.querySelectorAll(".step").length;
  const [back, next, end] = all(".turn .button"), status = find(".turn p"), strip = find(".map ol");
  const mirrored = document.documentElement.dir === "rtl";
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  let at, wanted, opened = false, x, y;

  const waits = () => frames[at] === gate && !opened && !gentle.open;
  const show = (to, jumped) => {
    const first = at === undefined, focused = document.activeElement;
    at = Math.max(0, Math.min(last, to));
    // Nobody comes into the hard chapter but by opening it.
    if (hard.contains(frames[at]) && !opened) at = noted;
    const now = frames[at], place = now === gate ? find(".hard-way") : discs[at - (at > noted)];
    frames.forEach((frame) => frame.classList.toggle("now", frame === now));
    hard.open = hard.contains(now);
    find("[aria-current]")?.removeAttribute("aria-current");
    place.setAttribute("aria-current", "step");
    discs.forEach((disc, index) => disc.classList.toggle("done", index + (index >= noted) < at));
    const [band, mark] = [strip, place].map((part) => part.getBoundingClientRect());
    strip.scrollBy({ left: mark.left + mark.width / 2 - band.left - band.width / 2, behavior: first ? "auto" : behavior });
    back.setAttribute("aria-disabled", !at);
    next.setAttribute("aria-disabled", waits());
    next.hidden = at === last;
    end.hidden = at < last;
    if (focused === next || focused === end) (at < last ? next : end).focus();
    status.textContent = now.dataset.say || gate.querySelector("h3").textContent;
    if (jumped) now.focus({ preventScroll: true });
    if (jumped || (!first && root.getBoundingClientRect().top < 0)) root.scrollIntoView({ behavior });
  };
  const go = (to, jumped) => {
    show(to, jumped);
    // Turning a card leaves no trail: one step back in the browser leaves the story.
    history.replaceState(null, "", "#" + frames[at].id);
  };
  const turn = (way) => go(way < 0 || frames[at] !== gate || opened ? at + way : gentle.open ? past : at);
  const follow = (event) => {
    const target = document.getElementById(location.hash.slice(1)), part = target?.closest(".story .part");
    let to = frames.indexOf(target);
    if (to < 0 && part) to = frames.findIndex((frame) => part.contains(frame));
    wanted = to;
    if (to >= 0 || !event) show(to, event);
    else if (target) target.scrollIntoView();
  };

  gentle.addEventListener("toggle", () => next.setAttribute("aria-disabled", waits()));
  // Not by "toggle": a browser opens it by itself for an address in it.
  hard.firstElementChild.addEventListener("click", (event) => {
    event.preventDefault();
    opened = true;
    go(hard.contains(frames[wanted]) ? wanted : noted + 1, true);
  });
  back.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    const inside = root.contains(event.target), { key } = event;
    const way = { ArrowRight: 1, ArrowLeft: -1 }[key], jump = inside ? { Home: 0, End: last }[key] : undefined;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (way && (inside || event.target === document.body)) turn(mirrored ? -way : way);
    else if (jump !== undefined) go(jump);
    else return;
    event.preventDefault();
  });
  root.addEventListener("touchstart", ({ target, touches }) => {
    // Not on the line of icons, which is moved by the same gesture; not while somebody zooms.
    x = target.closest(".part") && touches.length < 2 && visualViewport.scale < 1.1 ? touches[0].clientX : NaN;
    y = touches[0].clientY;
  }, { passive: true });
  root.addEventListener("touchend", ({ changedTouches: [finger] }) => {
    const across = finger.clientX - x;
    if (Math.abs(across) > Math.max(50, 2 * Math.abs(finger.clientY - y))) turn(across < 0 === mirrored ? -1 : 1);
  });

  const share = document.querySelector(".share");
  if (navigator.share) {
    share.parentElement.hidden = false;
    // Fixed words and the bare address: what is sent on cannot be taken back.
    share.addEventListener("click", () => navigator.share({ text: share.dataset.text, url: document.querySelector("#link").value }).catch(() => {}));
  }

  frames.forEach((frame) => { frame.tabIndex = -1; });
  root.classList.add("one");
  find(".turn").hidden = false;
  follow();
})();
