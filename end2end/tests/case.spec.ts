// Before somebody files: what was solved for others is shown while they type, and on the last look where nothing is alive. They file all the same.

import { expect, expectAccessible, expectNoSidewaysScroll, islands, test } from "../fixtures.ts";
import { mobile, signIn } from "../people.ts";

test("an owner who writes a problem that was solved before sees the case, loses nothing, and files", async ({
  page, browser, scripted, complaints,
}) => {
  // Whatever the demo tells first: its problem in the case's own words.
  await page.goto("/cases");
  const told = page.locator(".cells .cell a").first();
  const title = (await told.locator("strong").textContent())!.trim();
  const path = (await told.getAttribute("href"))!;
  await page.goto(path);
  const said = page.locator("section.card", { has: page.getByRole("heading", { name: "问题", exact: true }) });
  const problem = (await said.locator("p").first().textContent())!.trim();

  await signIn(page, mobile(scripted ? 231 : 232));
  await page.goto("/issues/new");
  await islands(page);
  const typed = page.getByLabel("遇到了什么问题？");
  await typed.fill(problem);
  const found = page.locator("section.card", { has: page.getByRole("heading", { name: "类似问题已有办法" }) });
  if (scripted) {
    await expect(found.getByRole("link", { name: title })).toHaveAttribute("href", path);
    await expect(found).not.toContainText("%");
    await expectNoSidewaysScroll(page);
    // It opens beside what was typed.
    const opened = page.waitForEvent("popup");
    await found.getByRole("link", { name: title }).click();
    const other = await opened;
    complaints.watch(other);
    await expect(other.getByRole("heading", { name: title, level: 1 })).toBeVisible();
    await other.close();
    await expect(typed).toHaveValue(problem);
    // What does not resemble it any more is not shown any more.
    await typed.fill("员工子女今年上小学，想问问学位怎么申请");
    await expect(found).toHaveCount(0);
    await typed.fill(problem);
    await expect(found).toBeVisible();
  }
  await page.getByRole("button", { name: "下一步：核对" }).click();
  await expect(page.getByRole("heading", { name: "请核对" })).toBeVisible();
  await expect(found.getByRole("link", { name: title })).toHaveAttribute("target", "_blank");
  const { pathname, search } = new URL(page.url());
  const eyes = { viewport: { width: 360, height: 740 }, storageState: await page.context().storageState() };
  await expectAccessible(browser, `${pathname}${search}`, eyes);
  await islands(page);
  await page.getByRole("button", { name: "确认提交" }).click();
  await expect(page.getByRole("heading", { name: "已提交" })).toBeVisible();
});
