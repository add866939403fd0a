import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const folder = fileURLToPath(new URL("../screenshots/", import.meta.url));

/** What depends on colours; all else is the same in both schemes. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** Looks for what keeps people out, by all rules or by these. */
export async function accessible(page: Page, what: string, rules?: string[]): Promise<void> {
  // The legacy mode runs in the page itself: there are no frames, for which alone the other one opens a second page.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"], preload: false });
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  expect(
    violations.map((v) => ({ rule: v.id, help: v.help, at: v.nodes.map((n) => n.target.join(" ")) })),
    what,
  ).toEqual([]);
}

/** Nothing may lie to the right of what is seen. */
export async function fits(page: Page, what: string): Promise<void> {
  // A page that was just made narrow is drawn anew before it fits.
  const over = () =>
    page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > width + 1)
        .map(
          (element) => `${element.tagName} ${element.className} ${Math.round(element.getBoundingClientRect().right)}`,
        )
        .slice(0, 5);
    });
  await expect.poll(over, what).toEqual([]);
}

const NARROW = { width: 360, height: 740 };

/**
 * Looks at what is shown now: both schemes and 360 px wide, by axe, for sideways scrolling, and as pictures for a
 * person to look at.
 */
export async function look(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? NARROW;
  // What the pointer is over has a tooltip or another ground, and is not the page as it is.
  await page.mouse.move(0, 0);
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
    await accessible(page, `${name}, ${scheme}`, scheme === "dark" ? COLOURS : undefined);
    await page.screenshot({ path: `${folder}${name}-${scheme}.png` });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(NARROW);
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "light");
  await fits(page, `${name} at 360 px`);
  await page.screenshot({ path: `${folder}${name}-360.png` });
  await page.setViewportSize(size);
}
