// What every spec imports instead of Playwright's own `test`: pages that fail their test on a console error, and the checks of
// accessibility, width and look.

import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The address of the first server. */
export const first = (): string => address("QIFU_E2E_URL");
/** The address of the second server, on the same database. */
export const second = (): string => address("QIFU_E2E_SECOND_URL");

function address(variable: string): string {
  const url = process.env[variable];
  if (!url) throw new Error(`${variable} is not set: servers.ts sets it`);
  return url;
}

/** What went wrong in a page, as far as the browser knows. */
export class Complaints {
  private readonly found: string[] = [];
  // Chromium's own words when a page is left before its transition began: nothing of ours, and nobody sees it.
  private readonly expected: RegExp[] = [/^uncaught: Transition was (aborted|skipped)/];

  /** Listens to a page; popups and second browsers need their own call. */
  watch(page: Page): void {
    page.on("console", (message) => {
      if (message.type() === "error") this.found.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.found.push(`uncaught: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 500) this.found.push(`${response.status()} ${response.url()}`);
    });
  }

  /** A refusal the test provokes: the browser reports every answer of 400 and up as an error of the console. */
  expect(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  /** What was found and not expected. */
  rest(): string[] {
    return this.found.filter((words) => !this.expected.some((pattern) => pattern.test(words)));
  }
}

type Fixtures = {
  /** The errors that end the test as failed. */
  complaints: Complaints;
  /** Whether pages run JavaScript in this project. */
  scripted: boolean;
  /** Opens a second browser, signed in as nobody, whose errors count as well. */
  another: (options?: BrowserContextOptions) => Promise<Page>;
};

export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => use(first()),
  scripted: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled !== false),
  complaints: [
    async ({}, use) => {
      const complaints = new Complaints();
      await use(complaints);
      expect(complaints.rest(), "errors in the console").toEqual([]);
    },
    { auto: true },
  ],
  page: async ({ page, complaints }, use) => {
    complaints.watch(page);
    await use(page);
  },
  another: async ({ browser, complaints }, use) => {
    const opened: Page[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL: first(), ...options });
      const page = await context.newPage();
      complaints.watch(page);
      opened.push(page);
      return page;
    });
    await Promise.all(opened.map((page) => page.context().close()));
  },
});

export { expect };

/** The desk, for a second browser; all else is as in the project that runs, JavaScript or none included. */
export const DESK: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 }, isMobile: false, hasTouch: false, deviceScaleFactor: 1,
};

/** Waits until the islands of a page run; returns at once on a page that has none, or without JavaScript. */
export async function islands(page: Page): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) return;
  if ((await page.locator("script[type=module]").count()) === 0) return;
  if ((await page.locator("html[data-ready]").count()) > 0) return;
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
}

/** Nothing sticks out to the right. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { over, culprits } = await page.evaluate(() => {
    const root = document.documentElement;
    const room = root.clientWidth;
    const culprits = [...document.querySelectorAll("body *")]
      // Its box sticks out, or a long word in it does.
      .filter((element) => element.getBoundingClientRect().left + element.scrollWidth > room + 1)
      .slice(-5)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}: ${element.textContent?.trim().slice(0, 40)}`);
    return { over: root.scrollWidth - room, culprits };
  });
  expect(over, `${page.url()} scrolls sideways because of ${culprits.join("; ")}`).toBeLessThanOrEqual(0);
}

type AxeResult = { violations: { id: string; help: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] };

/**
 * What axe-core has to say about a page, as short lines; nothing is the wish. The policy of the page forbids strange scripts, so the
 * context has to be one of {@link eachScheme}, which is let past it.
 */
export async function accessibilityOf(page: Page, only: "everything" | "colours" = "everything"): Promise<string[]> {
  await page.evaluate(axeSource);
  const result = await page.evaluate(async (colours) => {
    const axe = (globalThis as unknown as { axe: { run: (options: unknown) => Promise<unknown> } }).axe;
    return (await axe.run({
      resultTypes: ["violations"],
      runOnly: colours
        ? { type: "rule", values: ["color-contrast"] }
        : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    })) as AxeResult;
  }, only === "colours");
  return result.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id} (${help}) at ${node.target.join(" ")}: ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`),
  );
}

/** Calls `visit` with a page in the light and one in the dark scheme; `state` carries the session of `context.storageState()`. */
export async function eachScheme(
  browser: Browser,
  options: BrowserContextOptions,
  visit: (page: Page, scheme: "light" | "dark") => Promise<void>,
): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({
      baseURL: first(), ...options, colorScheme, bypassCSP: true, javaScriptEnabled: true,
    });
    try {
      await visit(await context.newPage(), colorScheme);
    } finally {
      await context.close();
    }
  }
}

/** Fails on what axe-core finds on a page, and on sideways scroll. The dark scheme has other colours and nothing else that is different. */
export async function expectAccessible(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<void> {
  await eachScheme(browser, options, async (page, scheme) => {
    await page.goto(path);
    expect(await accessibilityOf(page, scheme === "dark" ? "colours" : "everything"), `${path}, ${scheme}`).toEqual([]);
    await expectNoSidewaysScroll(page);
  });
}

/** The same of a page of the desk, and at the width of a tablet, where the colours are those of the desk. */
export async function expectAccessibleDesk(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<void> {
  await expectAccessible(browser, path, { ...options, viewport: { width: 1280, height: 800 } });
  const context = await browser.newContext({ baseURL: first(), ...options, bypassCSP: true, viewport: { width: 768, height: 1024 } });
  try {
    const page = await context.newPage();
    await page.goto(path);
    expect(await accessibilityOf(page), `${path} at 768`).toEqual([]);
    await expectNoSidewaysScroll(page);
  } finally {
    await context.close();
  }
}

/** Keeps a picture of a page in end2end/screenshots, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(here, "screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}-${test.info().project.name}.png`), fullPage: true });
}
