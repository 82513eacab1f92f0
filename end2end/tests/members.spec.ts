// Who may act for an enterprise: the centre enters a firm, a station registers its owner in person, the owner adds an agent, the agent files but
// keeps no members, the owner takes the agent out. On the phone with and without JavaScript; desks and agent on the other server.

import { DESK, expect, expectAccessible, expectNoSidewaysScroll, islands, picture, second, test } from "../fixtures.ts";
import { signIn, signInStaff } from "../people.ts";

/** A 统一社会信用代码 of 17 characters and their check digit (GB 32100-2015). */
function uscc(body: string): string {
  const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const sum = [...body].reduce((sum, character, index) => sum + alphabet.indexOf(character) * (3 ** index % 31), 0);
  return body + alphabet[(31 - (sum % 31)) % 31];
}

test("a station registers an owner, who adds an agent and takes it out again", async ({ page, browser, another, scripted, complaints }) => {
  test.setTimeout(180_000);
  const run = scripted ? "1" : "2";
  const [ownerPhone, agentPhone] = [`1390000710${run}`, `1390000720${run}`];
  const code = uscc(`91330502MA299990${run}`);
  const firm = `湖州织里新开第${scripted ? "一" : "二"}制衣有限公司`;

  // The centre of the district enters the firm; a wrong digit is found before anything is written.
  const centre = await another({ ...DESK, baseURL: second() });
  await signInStaff(centre, "centre03");
  await centre.getByRole("link", { name: "企业联系人" }).click();
  await picture(centre, "members-desk");
  await centre.getByRole("link", { name: "录入库里没有的企业" }).click();
  await centre.getByLabel("统一社会信用代码").fill(code.slice(0, 17) + (code.endsWith("0") ? "1" : "0"));
  await centre.getByLabel("企业名称").fill(firm);
  await centre.getByLabel("小型").check();
  complaints.expect(/422/);
  await centre.getByRole("button", { name: "录入", exact: true }).click();
  await expect(centre.locator(".error-summary")).toContainText("校验不通过");
  await expect(centre.getByLabel("企业名称")).toHaveValue(firm);
  await picture(centre, "members-enter");
  await centre.getByLabel("统一社会信用代码").fill(code);
  await centre.getByRole("button", { name: "录入", exact: true }).click();
  await expect(centre.getByRole("heading", { name: firm })).toBeVisible();

  // The station registers the owner in person, and must have seen who it is.
  const station = await another({ ...DESK, baseURL: second() });
  await signInStaff(station, "station01");
  await station.goto("/desk/members");
  await station.getByRole("searchbox").fill(code);
  await station.getByRole("button", { name: "查找" }).click();
  await station.getByRole("link", { name: firm }).first().click();
  await station.getByLabel("姓名").fill("姚厂长");
  await station.getByLabel("手机号").fill(ownerPhone);
  await station.getByLabel("负责人", { exact: true }).check();
  await station.getByLabel("营业执照", { exact: true }).check();
  await station.getByRole("button", { name: "登记", exact: true }).click();
  await expect(station.locator(".error-summary")).toContainText("请核对本人身份证");
  await expect(station.getByLabel("手机号")).toHaveValue(ownerPhone);
  await station.getByLabel("本人身份证").check();
  await station.getByRole("button", { name: "登记", exact: true }).click();
  await expect(station.getByRole("status").filter({ hasText: "已登记" })).toBeVisible();
  await expect(station.getByText("当场登记：负责人 姚厂长")).toBeVisible();
  await expect(station.getByText(ownerPhone)).toHaveCount(0);
  await picture(station, "members-desk-enterprise");
  const desk = { ...DESK, storageState: await station.context().storageState() };
  await expectAccessible(browser, new URL(station.url()).pathname, desk);

  // The owner signs in and adds an agent.
  await signIn(page, ownerPhone);
  await expect(page).toHaveURL(/\/home$/);
  await page.goto("/me");
  await page.getByRole("link", { name: /增减联系人/ }).click();
  await page.getByLabel("姓名").fill("俞会计");
  await page.getByLabel("手机号").fill("139000");
  await page.getByRole("button", { name: "添加", exact: true }).click();
  await expect(page.locator(".error-summary")).toContainText("手机号应为 11 位数字");
  await expect(page.getByLabel("姓名")).toHaveValue("俞会计");
  await page.getByLabel("手机号").fill(agentPhone);
  await page.getByRole("button", { name: "添加", exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "已添加俞会计" })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await picture(page, "members-owner");
  const phone = { viewport: { width: 360, height: 740 }, storageState: await page.context().storageState() };
  await expectAccessible(browser, "/me/members", phone);

  // The agent signs in with its own phone, files, and keeps no members.
  const agent = await another({ baseURL: second() });
  await signIn(agent, agentPhone);
  await expect(agent).toHaveURL(/\/home$/);
  await agent.goto("/issues/new");
  await islands(agent);
  await agent.getByLabel("遇到了什么问题？").fill("厂区门口路灯不亮，晚班员工骑车不安全。");
  await agent.getByRole("button", { name: "下一步：核对" }).click();
  await agent.getByRole("button", { name: "确认提交" }).click();
  await expect(agent.getByRole("heading", { name: "已提交" })).toBeVisible();
  await agent.goto("/me/members");
  await expect(agent.getByText("增减联系人由负责人办理。")).toBeVisible();
  await expect(agent.getByRole("button", { name: "添加", exact: true })).toHaveCount(0);
  await expect(agent.getByText(`${ownerPhone.slice(0, 3)}****${ownerPhone.slice(-4)}`)).toBeVisible();
  await expectNoSidewaysScroll(agent);
  await picture(agent, "members-agent");
  await agent.goto("/me/portrait");
  await expect(agent.getByText("填写企业画像由负责人办理。负责人：姚厂长")).toBeVisible();

  // The owner takes it out, only when it was confirmed; the agent's next page is the choice of an enterprise.
  await page.getByRole("link", { name: /俞会计/ }).click();
  await expectNoSidewaysScroll(page);
  await picture(page, "members-one");
  await expectAccessible(browser, new URL(page.url()).pathname, phone);
  await page.getByRole("button", { name: "移除" }).click();
  await expect(page.locator(".error-summary")).toContainText("请先勾选确认");
  await page.getByLabel("我确认移除俞会计").check();
  await page.getByRole("button", { name: "移除" }).click();
  await expect(page.getByRole("status").filter({ hasText: "已移除俞会计" })).toBeVisible();
  await expect(page.getByText("移除：经办人 俞会计")).toBeVisible();
  await agent.goto("/home");
  await expect(agent).toHaveURL(/\/enterprises$/);
  await expect(agent.getByText("这个手机号还没有关联企业。")).toBeVisible();

  // The owner alone stays.
  await page.getByRole("link", { name: /姚厂长/ }).click();
  await expect(page.getByText("您是唯一的负责人，不能退出。")).toBeVisible();
});
