// What waits for the enterprise over a holiday, on a server whose clock is put there: asked the day before National Day, supplied on the first working day
// behind it. A database of its own, as nobody else's issues are to go by that clock.

import type { BrowserContextOptions, Page } from "@playwright/test";
import { DESK, expect, islands, test } from "../fixtures.ts";
import { act, filedBy, mobile, signed, signIn, signInStaff } from "../people.ts";
import { clockAt, empty } from "../servers.ts";

const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 } };

/** The row of the answer's limit, at the desk. */
const limit = (desk: Page) =>
  desk.locator("table.clocks tr").filter({ has: desk.getByRole("rowheader", { name: "答复", exact: true }) });

test("what waits for the enterprise over National Day goes on with the working time that it had left", async ({ another }) => {
  test.setTimeout(240_000);
  const city = empty("holiday", { QIFU_DEMO: "1" });
  let pages: Page[] = [];
  const close = async () => {
    await Promise.all(pages.map((page) => page.context().close()));
    pages = [];
  };
  try {
    city.qifu("demo", "--enterprises", "48", "--issues", "150");
    // Two browsers of the offices and one of the enterprise, on a server whose clock begins there.
    const at = async (then: string) => {
      const baseURL = await city.serve(clockAt(then));
      for (const options of [PHONE, DESK, DESK]) pages.push(await another({ ...options, baseURL }));
      const [owner, centre, handler] = pages as [Page, Page, Page];
      await signIn(owner, mobile(2));
      await signInStaff(centre, "centre01");
      await signInStaff(handler, "jianshe");
      return { owner, centre, handler };
    };

    const before = await at("2026-09-30T15:50:00+08:00");
    expect(city.log()).toContain("QIFU_CLOCK_SHIFT");
    const number = await filedBy(before.owner, "厂房东门外道路积水，一下雨货车就进不来，已经三天了。");
    await signed(before.centre, before.handler, number, "市建设局");
    await before.handler.goto(`/desk/issues/${number}`);
    await expect(limit(before.handler).locator("time")).toHaveAttribute("datetime", /^2026-10-13T1[56]:\d\d\+08:00$/);
    await act(before.handler, number, "请企业补充", async (form) => {
      await form.getByLabel("请企业补充什么").fill("请补充积水位置的照片或说明");
    });
    await before.handler.goto(`/desk/issues/${number}`);
    await expect(limit(before.handler)).toContainText("暂停计时");
    await before.owner.goto(`/issues/${number}`);
    await expect(before.owner.locator(".timeline")).toContainText(/请在10.?月.?13.?日 周二 1[56]:\d\d 前补充/);
    await close();
    await city.halt();

    // Seven days off later: no warning, no lateness, and the enterprise answers two hours after the opening.
    const after = await at("2026-10-08T11:00:00+08:00");
    await after.handler.goto(`/desk/issues/${number}`);
    await expect(limit(after.handler)).toContainText("暂停计时");
    for (const word of ["预警", "超期"]) await expect(after.handler.locator(".timeline")).not.toContainText(`${word}：答复`);
    await after.owner.goto(`/issues/${number}/supply`);
    await islands(after.owner);
    await after.owner.getByLabel("补充说明").fill("在厂房东门外，雨水口被堵");
    await after.owner.getByRole("button", { name: "提交补充" }).click();
    await expect(after.owner.locator(".timeline")).toContainText(/答复期限顺延到10.?月.?14.?日 周三 1[01]:\d\d 前/);
    await after.handler.goto(`/desk/issues/${number}`);
    await expect(limit(after.handler).locator("time")).toHaveAttribute("datetime", /^2026-10-14T1[01]:\d\d\+08:00$/);
    await expect(limit(after.handler)).toContainText(/还剩 \d 个工作日/);
    await act(after.handler, number, "答复", async (form) => {
      await form.getByRole("radio", { name: "已解决", exact: true }).check();
      await form.getByLabel("答复内容").fill("已疏通排水口，路面积水已经排除，请企业查看。");
    });
    await after.owner.goto(`/issues/${number}`);
    await expect(after.owner.locator(".timeline")).toContainText("答复：已解决");
    await expect(after.owner.locator(".timeline")).not.toContainText("（超期）");
  } finally {
    // Before the server goes: a page that is open would call for it.
    await close();
    await city.end();
  }
});
