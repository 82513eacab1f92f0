// Accounts of staff: an administrator adds a handler, who comes in with the first password and chooses an own one; is disabled,
// and is out on every server.

import type { Page } from "@playwright/test";
import { expect, expectAccessible, expectAccessibleDesk, picture, second, test } from "../fixtures.ts";
import { signInStaff } from "../people.ts";

const OWN = "kormoran-laterne-47";

/** Opens an action of the account's page, gives the reason, and sends it. */
async function give(page: Page, action: string, fill: (form: ReturnType<Page["locator"]>) => Promise<void> = async () => {}) {
  const panel = page.locator("details.act").filter({ has: page.locator("summary", { hasText: action }) });
  if ((await panel.getAttribute("open")) === null) await panel.locator("summary").click();
  await fill(panel);
  await panel.getByLabel("变更原因").fill("端到端测试");
  await panel.getByRole("button", { name: action, exact: true }).click();
}

/** Signs in with a password of one's own, on a server. */
async function signInWith(page: Page, login: string, password: string, server = ""): Promise<void> {
  await page.goto(`${server}/desk/sign-in`);
  await page.getByLabel("用户名").fill(login);
  await page.getByLabel("密码").fill(password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
}

test("a handler is added, signs in, is disabled and is out", async ({ page, another, browser, complaints }) => {
  test.setTimeout(120_000);
  complaints.expect(/401|409|422/);
  const login = `e2e.${Date.now()}`;
  await signInStaff(page, "admin");
  await page.goto("/desk/admin/staff");
  await page.getByRole("link", { name: "添加账号" }).click();
  await page.getByLabel("用户名").fill(login);
  await page.getByLabel("姓名").fill("潘同志");
  // What is missing is said, and what was typed stays.
  await page.getByRole("button", { name: "添加", exact: true }).click();
  await expect(page.locator(".error-summary")).toContainText("请选择岗位和范围");
  await expect(page.getByLabel("用户名")).toHaveValue(login);
  await page.getByLabel("岗位和范围").selectOption({ label: "市建设局" });
  await page.getByLabel("变更原因").fill("新到岗");
  await page.getByRole("button", { name: "添加", exact: true }).click();
  const first = (await page.locator("#first-password").textContent()) ?? "";
  expect(first).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){2}$/);
  expect(page.url()).not.toContain(first);
  await picture(page, "staff-first-password");

  const handler = await another({ viewport: { width: 1280, height: 800 } });
  await signInWith(handler, login, first);
  await handler.waitForURL(/\/desk\/account$/);
  await expect(handler.getByText("第一次登录，请先换一个自己的密码。")).toBeVisible();
  await handler.getByLabel("密码", { exact: true }).fill(first);
  await handler.getByLabel("新密码", { exact: true }).fill(OWN);
  await handler.getByLabel("再输一次新密码").fill(OWN);
  await handler.getByRole("button", { name: "保存新密码" }).click();
  await handler.waitForURL(/\/desk$/);
  await expect(handler.locator(".who")).toContainText("市建设局");
  // On the other server, too.
  const there = await another({ viewport: { width: 1280, height: 800 } });
  await signInWith(there, login, OWN, second());
  await there.waitForURL(/\/desk$/);

  await page.goto(`/desk/admin/staff?q=${login}`);
  await page.getByRole("link", { name: "潘同志" }).click();
  await give(page, "停用账号");
  await expect(page.getByRole("status").filter({ hasText: "账号已停用" })).toBeVisible();
  await expect(page.locator(".tag", { hasText: "已停用" })).toBeVisible();
  await picture(page, "staff-disabled");
  for (const browser of [handler, there]) {
    await browser.reload();
    await expect(browser.getByRole("heading", { name: "工作人员登录" })).toBeVisible();
  }
  await signInWith(handler, login, OWN);
  await expect(handler.locator(".error-summary")).toContainText("用户名或密码不对");

  // In use again, with another name; all of it is told on the page.
  await give(page, "启用账号");
  await expect(page.getByRole("status").filter({ hasText: "账号已启用" })).toBeVisible();
  await give(page, "修改姓名", (form) => form.getByLabel("姓名").fill("潘专员"));
  await expect(page.getByRole("heading", { name: "潘专员" })).toBeVisible();
  for (const words of ["停用账号", "启用账号", "姓名由 潘同志 改为 潘专员", "新到岗"]) {
    await expect(page.locator(".cells")).toContainText(words);
  }
  const state = { storageState: await page.context().storageState() };
  for (const path of ["/desk/admin/staff", "/desk/admin/staff/new", new URL(page.url()).pathname]) {
    await expectAccessibleDesk(browser, path, state);
    await expectAccessible(browser, path, { ...state, viewport: { width: 360, height: 740 } });
  }
});
