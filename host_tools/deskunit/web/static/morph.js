// Turns a drawn part into a newly drawn one, in place: focus, scroll, what is open and what is pointed at stay.

const KEPT = new Set(["open", "tabindex"]); // what people or the page did since

export function morph(drawn, fresh) {
  if (drawn.isEqualNode(fresh)) return;
  if (!alike(drawn, fresh)) return drawn.replaceWith(document.importNode(fresh, true));
  if (drawn.nodeType !== Node.ELEMENT_NODE) return void (drawn.nodeValue = fresh.nodeValue);
  attributes(drawn, fresh);
  children(drawn, fresh);
}

function alike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && key(one) === key(other);
}

// Lines of agents have one: they may come and go in the middle.
function key(node) {
  return node.nodeType === Node.ELEMENT_NODE && node.dataset?.agent ? `${node.dataset.agent}|${node.dataset.from}` : "";
}

function attributes(drawn, fresh) {
  for (const { name } of [...drawn.attributes])
    if (!KEPT.has(name) && !fresh.hasAttribute(name)) drawn.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (!KEPT.has(name) && drawn.getAttribute(name) !== value) drawn.setAttribute(name, value);
}

function children(drawn, fresh) {
  const named = new Map([...drawn.children].filter(key).map((child) => [key(child), child]));
  let at = drawn.firstChild;
  for (const child of fresh.childNodes) {
    const found = key(child) ? named.get(key(child)) : at && alike(at, child) ? at : null;
    if (!found) {
      drawn.insertBefore(document.importNode(child, true), at);
      continue;
    }
    if (found !== at) drawn.insertBefore(found, at);
    at = found.nextSibling;
    morph(found, child);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

// The elements of markup that the server made; nothing in it is run.
export function parsed(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
}
