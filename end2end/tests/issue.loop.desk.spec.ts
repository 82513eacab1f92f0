// The loop's second half: more time that is granted and told, and the centre's own call that opens again what was rated well.

import { expect, test } from "../fixtures.ts";
import { act, mobile, signIn, signInStaff } from "../people.ts";
import type { Page } from "@playwright/test";

/** Files a problem of the n-th enterprise, and has it signed by the construction bureau; answers its number. */
async function handled(owner: Page, centre: Page, handler: Page, n: number): Promise<string> {
  await signIn(owner, mobile(n));
  await owner.goto("/issues/new");
  await owner.getByLabel("遇到了什么问题？").fill("厂房东门外道路积水，一下雨货车就进不来，已经三天了。");
  await owner.getByRole("button", { name: "下一步：核对" }).click();
  await owner.getByRole("button", { name: "确认提交" }).click();
  const number = (await owner.locator(".receipt .number").textContent())!.trim();
  await signInStaff(centre, "centre01");
  await act(centre, number, "受理", async () => {});
  await act(centre, number, "交办", async (form) => {
    await form.getByLabel("主办部门").selectOption({ label: "市建设局" });
  });
  await signInStaff(handler, "jianshe");
  await act(handler, number, "签收", async () => {});
  return number;
}

test("more time is asked for, granted by the centre, and told to the enterprise with the reason", async ({ page, another }) => {
  const [owner, handler] = [await another(), await another()];
  const number = await handled(owner, page, handler, 81);
  await act(handler, number, "申请延期", async (form) => {
    await form.getByLabel("延长多久").selectOption({ index: 2 });
    await form.getByLabel("为什么不能按期办结").fill("要等水务部门的管线图，下周才能拿到");
  });
  await page.goto("/desk/callbacks");
  await page.getByRole("link", { name: new RegExp(number) }).click();
  await act(page, number, "同意延期", async (form) => {
    await expect(form.getByLabel("给企业的说明")).toHaveValue(/管线图/);
  });
  await owner.goto(`/issues/${number}`);
  await expect(owner.locator(".timeline")).toContainText("答复期限延长 2 个工作日");
  await expect(owner.locator(".timeline")).toContainText("要等水务部门的管线图");
  await expect(owner.locator(".timeline")).not.toContainText("部门申请延期");
});

test("a call-back that hears “not solved” opens again what was rated well", async ({ page, another }) => {
  const [owner, handler] = [await another(), await another()];
  const number = await handled(owner, page, handler, 82);
  await act(handler, number, "答复", async (form) => {
    await form.getByRole("radio", { name: "已解决", exact: true }).check();
    await form.getByLabel("答复内容").fill("已疏通排水口，并加装了一处雨水口。");
  });
  await owner.goto(`/issues/${number}/rate`);
  await owner.getByRole("radio", { name: "解决了", exact: true }).check();
  await owner.getByRole("radio", { name: "满意", exact: true }).check();
  await owner.getByRole("button", { name: "提交评价" }).click();
  await expect(owner.getByRole("status").first()).toBeVisible();

  await page.goto(`/desk/callbacks/${number}`);
  await expect(page.getByRole("link", { name: /138/ })).toHaveAttribute("href", /^tel:138/);
  await page.getByRole("radio", { name: "没解决", exact: true }).check();
  await page.getByRole("radio", { name: "不满意", exact: true }).check();
  await page.getByLabel("回访记录").fill("企业说昨天下雨又积水了");
  await page.getByRole("button", { name: "保存回访" }).click();
  await expect(page).toHaveURL(/\/desk\/callbacks$/);
  await page.goto(`/desk/issues/${number}`);
  await expect(page.locator(".tags")).toContainText("评价回访不一致");
  await expect(page.locator(".tags")).toContainText("二次交办件");
  await handler.goto("/desk/messages");
  await expect(handler.getByText("回访时企业不认可").first()).toBeVisible();
});
