import type { Page } from "@playwright/test";
import { form, pieces } from "../../frontend/src/lib/i18n/message";
import { CLOSE, OPEN, pseudo } from "../../frontend/src/lib/i18n/pseudo";
import { en } from "../../frontend/src/locales/en";

const catalogue = pseudo(en);

/** A text of the catalogue as the pseudo-locale shows it. */
export const pseudoText = (id: keyof typeof en, values: Record<string, string | number> = {}): string =>
  pieces(form(catalogue[id], values.count as number | undefined, "en"))
    .map((p) => ("text" in p ? p.text : String(values[p.place])))
    .join("");

/** What is shown with the pseudo-locale from now on. */
export const usePseudo = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    if (location.protocol.startsWith("http")) localStorage.setItem("myfsio.locale", "en-XA");
  });

/** Sizes, and times to the second: numbers with the names that the browser gives to units and months. */
const WRITTEN = [/[\d.,]+ ?(?:[KMGTPE]i)?B\b/g, /\p{Lu}\p{L}{2} \d+, \d{4}, [\d:]+\s[AP]M \S+/gu];

/**
 * What people see or are told that comes from no catalogue: visible texts, names, tooltips, placeholders and the page's
 * title, without what is data by its element (code, times, keys to press), the server's own words (`lang`), and `data`.
 */
export async function strangers(page: Page, data: readonly string[]): Promise<string[]> {
  const texts = await page.evaluate(
    ([open, close]) => {
      // A message with elements in it is several texts of the page; what stands between its marks belongs to it.
      let depth = 0;
      const outside = (text: string) => {
        let left = "";
        for (const c of text) {
          if (c === open) depth += 1;
          if (depth === 0) left += c;
          if (c === close) depth -= 1;
        }
        return left;
      };
      const seen = (element: Element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      const found = [outside(document.title)];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (parent === null || !seen(parent)) continue;
        const left = outside(node.textContent ?? "");
        if (parent.closest("style, script, code, pre, kbd, time, .mono, body [lang]") === null) found.push(left);
      }
      if (depth !== 0) found.push("the marks of the pseudo-locale do not match");
      depth = 0;
      for (const element of document.body.querySelectorAll("*")) {
        if (!seen(element)) continue;
        for (const name of ["aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt"]) {
          found.push(outside(element.getAttribute(name) ?? ""));
        }
      }
      return found;
    },
    [OPEN, CLOSE] as const,
  );
  // The longest first: a key may begin with the name of its folder.
  const known = [...data].sort((a, b) => b.length - a.length);
  const rest = texts.map((text) => {
    const plain = WRITTEN.reduce((left, what) => left.replaceAll(what, ""), text);
    return known.reduce((left, datum) => left.replaceAll(datum, ""), plain).trim();
  });
  return [...new Set(rest.filter((text) => /\p{L}{2}/u.test(text)))];
}
