import { render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { en } from "@/locales/en";
import { locale, setLocale, T, t } from ".";
import { form, pieces } from "./message";
import { CLOSE, OPEN, pseudo } from "./pseudo";

afterEach(() => setLocale("en"));

const places = (text: string) => pieces(text).flatMap((p) => ("place" in p ? [p.place] : []));

test("texts are filled, and numbers are written in the locale's way", () => {
  expect(t("buckets.objects", { count: 1 })).toBe("1 object");
  expect(t("buckets.objects", { count: 12345 })).toBe("12,345 objects");
  expect(t("jobs.of", { done: 1000, total: 2000 })).toBe("1,000 of 2,000");
});

test("values are never taken for places", () => {
  expect(t("details.of", { name: "{name}" })).toBe("Details of {name}");
});

test("elements stand in their places", () => {
  const { container } = render(<T id="buckets.delete-text" values={{ name: <b>x</b> }} />);
  expect(container.innerHTML).toMatch(/^The bucket <b>x<\/b> will be deleted/);
});

test("the pseudo-locale keeps ids, places and plurals, and marks every text", () => {
  const other = pseudo(en);
  expect(Object.keys(other)).toEqual(Object.keys(en));
  for (const [id, message] of Object.entries(en)) {
    for (const count of [1, 2]) {
      const from = form(message, count, "en");
      const to = form(other[id as keyof typeof en], count, "en");
      expect(places(to), id).toEqual(places(from));
      expect(to.startsWith(OPEN) && to.endsWith(CLOSE), id).toBe(true);
    }
  }
});

test("no text is empty, and no form of a plural has other places than the other", () => {
  for (const [id, message] of Object.entries(en)) {
    if (typeof message === "string") {
      expect(message.trim(), id).not.toBe("");
      continue;
    }
    const { one, other } = message as { one: string; other: string };
    expect(new Set(places(one)), id).toEqual(new Set(places(other)));
  }
});

test("a change of the locale holds at once", () => {
  setLocale("en-XA");
  expect(locale.value).toBe("en-XA");
  expect(t("action.cancel")).toMatch(/^⟦.*⟧$/);
});
