// What goes on beside the lead's work, an owner on a phone and the desk: two problems that become one, parts that are joined, a decision of the
// joint meeting that is done.

import { expect, test } from "../fixtures.ts";
import { act, filedBy, give, mobile, signed, signIn, signInStaff } from "../people.ts";
import type { Page } from "@playwright/test";

/** A problem of the n-th enterprise, dispatched to the construction bureau with these beside it, and signed. */
async function handled(owner: Page, centre: Page, lead: Page, n: number, co: string[] = []): Promise<string> {
  await owner.setViewportSize({ width: 390, height: 844 });
  await signIn(owner, mobile(n));
  const number = await filedBy(owner, "厂房东门外道路积水，一下雨货车就进不来，已经三天了。");
  await signInStaff(centre, "centre01");
  await signInStaff(lead, "jianshe");
  if (co.length === 0) {
    await signed(centre, lead, number, "市建设局");
    return number;
  }
  await act(centre, number, "受理", async () => {});
  await act(centre, number, "交办", async (form) => {
    await form.getByLabel("主办部门").selectOption({ label: "市建设局" });
    await form.getByText("协办部门", { exact: true }).click();
    for (const name of co) await form.getByRole("checkbox", { name, exact: true }).check();
  });
  await give(lead, number, "sign");
  return number;
}

test("two problems become one, and the owner finds the one that goes on", async ({ page, another }) => {
  const [owner, lead] = [await another(), await another()];
  const number = await handled(owner, page, lead, 83);
  const again = await filedBy(owner, "东门外的路今天又淹了，两辆货车掉头走了。");
  await page.goto(`/desk/issues/${again}`);
  await page.getByRole("link", { name: "并入同一企业的另一件" }).click();
  await page.locator("label", { hasText: number }).click();
  await page.getByLabel("给企业的说明").fill("和前一件是同一处积水，一起办理");
  await page.getByRole("button", { name: "并案", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/desk/issues/${again}`));
  await owner.goto(`/issues/${again}`);
  await expect(owner.locator(".tags").first()).toContainText("已与另一件合并办理");
  await owner.getByRole("link", { name: new RegExp(`已并入 ${number}`) }).click();
  await expect(owner).toHaveURL(new RegExp(`/issues/${number}$`));
  await expect(owner.getByRole("link", { name: new RegExp(`并入这件的 ${again}`) })).toBeVisible();
});

test("co-departments answer their parts, and the lead joins them", async ({ page, another }) => {
  const [owner, lead, co] = [await another(), await another(), await another()];
  const number = await handled(owner, page, lead, 84, ["市水利局"]);
  await lead.goto(`/desk/issues/${number}`);
  await expect(lead.locator("details.act").filter({ hasText: "答复内容" })).toHaveCount(0);
  await signInStaff(co, "shuili");
  await act(co, number, "协办答复", async (form) => {
    await form.getByLabel("协办答复").fill("下游排口已清淤，过水正常");
  });
  await lead.goto(`/desk/issues/${number}`);
  await expect(lead.locator("section.card", { hasText: "协办都有了" })).toContainText("下游排口已清淤");
  await act(lead, number, "答复", async (form) => {
    await form.getByRole("radio", { name: "已解决", exact: true }).check();
    await form.getByLabel("答复内容").fill("排口已清淤，路边加装了一处雨水口。");
  });
  await owner.goto(`/issues/${number}`);
  await expect(owner.locator(".timeline")).toContainText("路边加装了一处雨水口");
  await expect(owner.locator(".timeline")).not.toContainText("下游排口已清淤");
});

test("from departments at one table to the joint meeting, until its decision is done", async ({ page, another }) => {
  const [owner, lead, doer] = [await another(), await another(), await another()];
  const number = await handled(owner, page, lead, 85);
  const meeting = async (heading: string, what: string) => {
    await page.goto(`/desk/issues/${number}/meeting`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    await page.getByLabel("参加的人").fill("企服中心主任、建设局、交通局");
    await page.getByLabel("决定", { exact: true }).fill("由交通局重排路面，建设局配合");
    await page.getByLabel("给企业的说明").fill(`几个部门已一起研究：${what}`);
    await page.getByLabel("哪个部门").first().selectOption({ label: "市交通运输局" });
    await page.getByLabel("做什么").first().fill(what);
    await page.getByLabel("什么时候办好").first().selectOption({ index: 3 });
    await page.getByRole("button", { name: "保存并交办" }).click();
    await expect(page).toHaveURL(new RegExp(`/desk/issues/${number}$`));
  };
  await meeting("记录协商办", "先铺临时路面");
  await act(page, number, "提交会议办", async (form) => {
    await form.getByLabel("提请会议研究什么").fill("路面资金要市里统筹");
  });
  await owner.goto(`/issues/${number}`);
  await expect(owner.getByText("提交市联席会议研究办理")).toBeVisible();
  await meeting("记录会议决定", "重排厂门口路面");
  await signInStaff(doer, "jiaotong");
  await doer.goto("/desk/tasks");
  await doer.getByRole("link", { name: /重排厂门口路面/ }).first().click();
  await act(doer, number, "事项办结", async (form) => {
    await form.getByRole("radio", { name: /重排厂门口路面/ }).check();
    await form.getByLabel("办理情况").fill("路面已重排，排水通畅");
  });
  await act(page, number, "确认事项", async (form) => {
    await form.getByRole("radio", { name: "办好了" }).check();
  });
  await page.goto(`/desk/issues/${number}`);
  await expect(page.locator("section.card", { hasText: "协商和会议决定" })).toContainText("已确认办结");
});
