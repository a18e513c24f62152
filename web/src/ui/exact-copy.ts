/** What is shown shortened or rounded is copied in full. */

/** An element whose one text is short for this attribute's value. */
const SHORTENED = '[data-exact]';

/** A selection that touches shortened texts: they are copied as what they stand for. */
function copyExact(event: ClipboardEvent): void {
  const selection = getSelection();
  if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return;
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
  const range = selection.getRangeAt(0);
  const found = [...document.querySelectorAll<HTMLElement>(SHORTENED)].filter((one) =>
    range.intersectsNode(one),
  );
  const [first] = found;
  const last = found.at(-1);
  if (first === undefined || last === undefined) return;
  // Never half of a number.
  if (first.contains(range.startContainer)) range.setStartBefore(first);
  if (last.contains(range.endContainer)) range.setEndAfter(last);
  const shown = found.map((element) => swap(element, element.dataset.exact ?? ''));
  const text = selection.toString();
  found.forEach((element, place) => swap(element, shown[place] ?? ''));
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
}

/** Changes the element's text node, which stays the page's own. @returns what was in it */
function swap(element: HTMLElement, text: string): string {
  const node = element.firstChild;
  if (!(node instanceof Text)) return '';
  const before = node.data;
  node.data = text;
  return before;
}

/** Runs as long as the page. @returns ends it */
export function startExactCopy(): () => void {
  document.addEventListener('copy', copyExact);
  return () => document.removeEventListener('copy', copyExact);
}
