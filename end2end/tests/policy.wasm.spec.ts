// What WebAssembly must not do to a page of policies.

import { expect, islands, test } from "../fixtures.ts";
import { mobile, signIn } from "../people.ts";

test("nothing moves on the calculator's page while its module comes", async ({ page }) => {
  await signIn(page, mobile(2));
  await page.goto("/policies/calculator");
  await islands(page);
  const shifts = await page.evaluate(
    () =>
      new Promise<{ value: number; moved: string[] }[]>((resolve) => {
        type Shift = PerformanceEntry & { value: number; sources: { node?: Node }[] };
        const seen: { value: number; moved: string[] }[] = [];
        const note = (entries: PerformanceEntry[]) => {
          for (const { value, sources } of entries as Shift[]) {
            seen.push({ value, moved: sources.map(({ node }) => (node instanceof Element ? node.outerHTML.slice(0, 80) : "text")) });
          }
        };
        const observer = new PerformanceObserver((list) => note(list.getEntries()));
        observer.observe({ type: "layout-shift", buffered: true });
        // Two frames after the module ran, what it did has been painted and told.
        requestAnimationFrame(() => requestAnimationFrame(() => {
          note(observer.takeRecords());
          resolve(seen);
        }));
      }),
  );
  expect(shifts).toEqual([]);
  // Nor while the page comes in parts, as it does on a slow network: what stands above something else comes before it.
  const boxes = page.locator(".calculator > *");
  const tops = await boxes.evaluateAll((all) => all.map((box) => box.getBoundingClientRect().top + scrollY));
  expect(tops).toEqual([...tops].sort((one, other) => one - other));
  await expect(boxes.first()).toContainText("还可享");
  // What was typed before the module came is what it begins with.
  await page.route("**/*.wasm", async (route) => {
    await page.getByLabel("设备投资额（元）", { exact: true }).fill("600万");
    await route.continue();
  });
  await page.reload();
  await islands(page);
  await expect(page.getByLabel("设备投资额（元）", { exact: true })).toHaveValue("600万");
  await expect(page.locator(".calc-field").getByText("= 600 万元")).toBeVisible();
});
