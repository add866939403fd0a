/** Reads a document; throws when it is not well-formed. */
export function parseXml(text: string): Element {
  const parsed = new DOMParser().parseFromString(text, "application/xml");
  if (parsed.querySelector("parsererror") !== null) throw new Error("The document is not well-formed XML.");
  return parsed.documentElement;
}

/** The elements that these names lead to, one below the other, in the document's order. */
export const elements = (from: Element, ...path: string[]): Element[] =>
  path.reduce<Element[]>(
    (found, name) => found.flatMap((e) => [...e.children].filter((child) => child.localName === name)),
    [from],
  );

/** Text of the first element that these names lead to; empty without one. */
export const textOf = (from: Element, ...path: string[]): string => elements(from, ...path)[0]?.textContent ?? "";

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };

export const escapeXml = (text: string): string => text.replace(/[&<>"\r]/g, (c) => ESCAPES[c] as string);
