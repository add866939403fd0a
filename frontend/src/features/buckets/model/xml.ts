const XMLNS = "http://www.w3.org/2000/xmlns/";
export const XSI = "http://www.w3.org/2001/XMLSchema-instance";
/** The attribute of the outermost element of S3's documents. */
export const S3NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

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

/** What a document may have below an element: children by name, each once unless `many`; `text` has none. */
export interface Shape {
  readonly [name: string]: "text" | "texts" | { readonly many?: boolean; readonly of: Shape };
}

/** A document's value as a form shows it, with what stands in the document and in no field of the form. */
export interface Known<V> {
  value: V;
  /** Names of elements, as "CORSRule/Foo". A document that has any must not be written by the form. */
  unknown: string[];
}

/** What stands in an element that its shape does not have: paths of elements, attributes as "Rule/@name". */
export function strangers(element: Element, shape: Shape, path = ""): string[] {
  const found = [...element.attributes]
    .filter((a) => a.namespaceURI !== XMLNS && a.namespaceURI !== XSI)
    .map((a) => `${path}@${a.name}`);
  const between = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.nodeValue?.trim() !== "");
  if (between) found.push(path === "" ? element.localName : path.slice(0, -1));
  const seen = new Set<string>();
  for (const child of element.children) {
    const name = child.localName;
    const known = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const often = known === "texts" || (typeof known === "object" && known.many === true);
    if (known === undefined || (seen.has(name) && !often)) found.push(path + name);
    else if (typeof known === "object") found.push(...strangers(child, known.of, `${path}${name}/`));
    else if (child.children.length > 0 || child.attributes.length > 0) found.push(path + name);
    seen.add(name);
  }
  return [...new Set(found)];
}

/** An element for each text. */
export const texts = (name: string, list: readonly string[]): string =>
  list.map((text) => `<${name}>${escapeXml(text)}</${name}>`).join("");
