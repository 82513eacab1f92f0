//! What an enterprise does about policies: states facts and disputes them, chooses notices, asks, applies, and what follows an application.

use super::facts::changed;
use super::read::{self, View};
use crate::access::Member;
use crate::error::{AppError, Next};
use crate::filing::act::raise;
use crate::form::Form;
use crate::request::{Ctx, Request};
use domain::member::{Right, prepared};
use domain::phone::parse_contact_phone;
use domain::policy::application::Command as ApplicationCommand;
use domain::policy::facts::Facts;
use domain::policy::figure;
use domain::policy::library::Library;
use domain::policy::model::{Item, Mode};
use domain::policy::words;
use domain::text::{FieldError, clean};
use serde_json::Value;
use store::StoreError;
use store::member::Tell;
use store::policy::application::{NewApplication, NewPrepared, Words};
use store::policy::notice::{KINDS, Preference};
use store::policy::portrait::Change;
use store::policy::{application, evaluation, notice, portrait};
use uuid::Uuid;

pub use store::policy::application::File;

/// What a form changes in the portrait, of what an enterprise may state itself.
fn statements(library: &Library, before: &Facts, after: &Facts) -> Vec<Change> {
    let said = |code: &str, value: Option<Value>| Change {
        code: code.to_owned(),
        value,
        period: String::new(),
        source: "企业自填".to_owned(),
    };
    let stated = library.attributes.values().filter(|attribute| attribute.enterprise_may_state);
    let values = stated.filter(|attribute| before.get(&attribute.code) != after.get(&attribute.code));
    let answers = after.attest.iter().filter(|(code, yes)| before.attest.get(code) != Some(*yes));
    values
        .map(|attribute| said(&attribute.code, after.get(&attribute.code).map(|fact| Value::from(fact.value.clone()))))
        .chain(answers.map(|(code, yes)| said(&format!("attest.{code}"), Some(Value::from(*yes)))))
        .collect()
}

fn readable(faults: Vec<(String, String)>) -> Result<(), AppError> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(AppError::Invalid(faults.into_iter().map(|(field, message)| FieldError::new(field, message)).collect()))
}

/// Saves what the enterprise states of itself; answers how many facts changed, and the figures as they were understood.
async fn state(ctx: &mut Ctx, member: &Member, form: &Form) -> Result<(i32, String), AppError> {
    member.require_form(form)?;
    let today = ctx.today();
    let facts = portrait::get(&mut ctx.conn, member.enterprise.id, today).await?;
    let (after, faults) = changed(&ctx.shelf.library, &facts, form.pairs());
    readable(faults)?;
    let changes = statements(&ctx.shelf.library, &facts, &after);
    let library = &ctx.shelf.library;
    let figure = |change: &Change| {
        let value = change.value.as_ref().and_then(Value::as_str)?;
        Some(format!("{} {}", library.attribute_name(&change.code), words::value(library, &change.code, value)))
    };
    let figures: Vec<String> = changes.iter().filter_map(figure).take(3).collect();
    let understood = if figures.is_empty() { String::new() } else { format!("：{}", figures.join("，")) };
    Ok((portrait::put(&mut ctx.conn, member.enterprise.id, &changes, today, ctx.now).await?, understood))
}

/// Saves what the portrait's form, or a question of the list, states.
///
/// # Errors
/// [`AppError::Invalid`] for what cannot be read, [`AppError::Refused`] for an agent; nothing is saved then.
pub async fn state_facts(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let member = ctx.require_right(Right::StateFacts).await?;
    let (saved, understood) = state(&mut ctx, &member, form).await?;
    // The list asks questions too.
    let back = if form.value("back") == "/policies" { "/policies" } else { "/me/portrait" };
    let said = if saved == 0 {
        "没有改动。".to_owned()
    } else {
        format!("已保存{understood}。政策按新信息重新匹配。")
    };
    Ok(Next::to(back).saying(said))
}

/// Answers the calculator's form: told to save, saves and leads on; else none, and the page answers what was typed.
///
/// # Errors
/// [`AppError::Invalid`] for what cannot be read; nothing is saved then.
pub async fn calculate(request: &Request, form: &Form) -> Result<Option<Next>, AppError> {
    if form.value("do") == "save" {
        let (sentence, _) = save_tried(request, form).await?;
        return Ok(Some(Next::to("/policies/calculator").saying(sentence)));
    }
    let mut ctx = request.open().await?;
    let member = ctx.require_member()?;
    try_figures(&mut ctx, &member, form).await?;
    Ok(None)
}

/// Saves what the calculator's form or its island states; answers a sentence, and the portrait as it is then.
///
/// # Errors
/// [`AppError::Invalid`] for what cannot be read, [`AppError::Refused`] for an agent; nothing is saved then.
pub async fn save_tried(request: &Request, form: &Form) -> Result<(&'static str, Facts), AppError> {
    let mut ctx = request.open().await?;
    let member = ctx.require_right(Right::StateFacts).await?;
    try_figures(&mut ctx, &member, form).await?;
    let (saved, _) = state(&mut ctx, &member, form).await?;
    let today = ctx.today();
    let facts = portrait::get(&mut ctx.conn, member.enterprise.id, today).await?;
    Ok((if saved == 0 { "没有需要保存的改动。" } else { "已保存到企业画像。" }, facts))
}

/// Reads the figures that were tried, and notes the items that they moved.
async fn try_figures(ctx: &mut Ctx, member: &Member, form: &Form) -> Result<(), AppError> {
    let view = read::view(ctx).await?;
    let (tried, faults) = changed(&view.shelf.library, &view.facts, form.pairs());
    note_calculated(ctx, member, &view, &tried).await?;
    readable(faults)
}

/// Notes that the enterprise has tried other numbers for the items that these moved.
async fn note_calculated(ctx: &mut Ctx, member: &Member, view: &View, tried: &Facts) -> Result<(), AppError> {
    let after = view.evaluate(tried);
    for outcome in after.outcomes {
        let before = view.evaluation.outcomes.iter().find(|before| before.item == outcome.item);
        let moved = before.is_some_and(|before| (before.standing, before.amount) != (outcome.standing, outcome.amount));
        let item = view.item(&outcome);
        if let (true, Some(id)) = (moved, view.shelf.ids.get(&item.id)) {
            evaluation::note_step(&mut ctx.conn, member.enterprise.id, *id, "calculated", ctx.now).await?;
        }
    }
    Ok(())
}

/// Whatever is wrong with a problem that was raised from a field is said at that field.
fn at(field: String) -> impl FnOnce(AppError) -> AppError {
    |error| match error {
        AppError::Invalid(_) | AppError::Refused(_) => {
            let sentences: Vec<String> = error.faults().into_iter().map(|fault| fault.message).collect();
            AppError::field(field, sentences.join("；"))
        }
        error => error,
    }
}

/// A question about an item (咨询), filed into the loop with one tap (S-26).
///
/// # Errors
/// [`AppError::NotFound`] for an item not in force, [`AppError::Invalid`] for words that are too long.
pub async fn ask(request: &Request, code: &str, form: &Form) -> Result<Next, AppError> {
    let (member, id, title) = {
        let ctx = request.open().await?;
        let member = ctx.require_member()?;
        member.require_form(form)?;
        let place = ctx.shelf.find(code).ok_or(AppError::NotFound)?;
        let id = *ctx.shelf.ids.get(code).ok_or(AppError::NotFound)?;
        (member, id, ctx.shelf.book.items()[place].title.clone())
    };
    let text = match form.value("text").trim() {
        "" => format!("想咨询政策“{title}”，请联系我。"),
        asked => format!("关于政策“{title}”：{asked}"),
    };
    let short: String = title.chars().take(24).collect();
    let raised = raise(request, form.value("key"), "policy_question", &format!("政策咨询：{short}"), &text).await;
    let number = raised.map_err(at("text".to_owned()))?;
    let mut ctx = request.open().await?;
    let now = ctx.now;
    evaluation::note_question(&mut ctx.conn, &number, id, member.enterprise.id, now).await?;
    Ok(Next::to(format!("/issues/{number}/receipt")))
}

/// A fact that the enterprise says is wrong, filed into the loop for whoever the data is from, with both figures; once while it is looked at.
///
/// # Errors
/// [`AppError::NotFound`] for a fact that is not known, [`AppError::Invalid`] for an empty one, for a figure that cannot be read, for words that
/// are too long, and where one about the same fact is open.
pub async fn dispute(request: &Request, form: &Form) -> Result<Next, AppError> {
    let code = form.value("code");
    let fault = |sentence: String| AppError::field(format!("dispute-{code}"), sentence);
    let (title, text) = {
        let mut ctx = request.open().await?;
        let member = ctx.require_member()?;
        member.require_form(form)?;
        let today = ctx.today();
        let facts = portrait::get(&mut ctx.conn, member.enterprise.id, today).await?;
        let library = &ctx.shelf.library;
        let attribute = library.attributes.get(code).ok_or(AppError::NotFound)?;
        let fact = facts.get(code).ok_or(AppError::NotFound)?;
        // What a department has is what is disputed, not what the enterprise typed itself.
        let fact = fact.recorded.as_deref().unwrap_or(fact);
        let (name, said) = (&attribute.name, form.value("text").trim());
        let figure = figure::read(attribute, form.value("figure")).map_err(|sentence| fault(format!("应该是：{sentence}")))?;
        if figure.is_empty() && said.is_empty() {
            return Err(fault("请写明哪里不对，应该是多少".to_owned()));
        }
        let source = if fact.source.is_empty() { &attribute.source } else { &fact.source };
        let shown = words::value(library, code, &fact.value);
        let claimed = if figure.is_empty() {
            String::new()
        } else {
            format!("企业认为应为 {}。", words::value(library, code, &figure))
        };
        let title = words::disputed(name, source);
        let text = format!("企业画像中“{name}”记录为 {shown}（数据来源：{source}，请由{source}核实）。{claimed}{said}");
        let open = portrait::open_dispute(&mut ctx.conn, member.enterprise.id, &title).await?;
        // The same form sent again is answered with its number below.
        if let Some((number, key)) = open
            && Ok(key) != form.value("key").parse::<Uuid>()
        {
            return Err(fault(format!("这项数据已在核实（诉求 {number}），不用重复提交；有新情况请在那件诉求里补充")));
        }
        (title, text)
    };
    let raised = raise(request, form.value("key"), "policy_question", &title, &text).await;
    let number = raised.map_err(at(format!("dispute-{code}")))?;
    Ok(Next::to(format!("/issues/{number}/receipt")))
}

/// Sets how and of what a member is told: boxes `in_app.<kind>`, `sms.<kind>`, `tag`.
///
/// # Errors
/// As [`Ctx::require_member`].
pub async fn choose_notices(request: &Request, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let member = ctx.require_member()?;
    member.require_form(form)?;
    let on = |name: String| form.value(&name) == "on";
    let preferences: Vec<Preference> = KINDS
        .iter()
        .map(|(kind, _)| Preference {
            kind: (*kind).to_owned(),
            in_app: on(format!("in_app.{kind}")),
            sms: on(format!("sms.{kind}")),
        })
        .collect();
    let known = read::tags(&ctx.shelf);
    let tags: Vec<String> = form.all("tag").filter(|tag| known.iter().any(|k| k == tag)).map(str::to_owned).collect();
    // All of them is as good as none, and stays so when a new subject comes.
    let tags = if tags.len() == known.len() { Vec::new() } else { tags };
    notice::choose(&mut ctx.conn, member.person.person, member.enterprise.id, &preferences, &tags).await?;
    Ok(Next::to("/me/notices").saying("已保存。"))
}

/// Whether the item is there to be applied for: asked before what is sent is read.
///
/// # Errors
/// [`AppError::NotFound`] for an item not in force.
pub async fn require_item(request: &Request, code: &str) -> Result<(), AppError> {
    {
        let ctx = request.open().await?;
        ctx.require_member()?;
        ctx.shelf.find(code).ok_or(AppError::NotFound)?;
    }
    request.close().await;
    Ok(())
}

/// Whether the application is the member's own, and the command a member's: asked before what is sent is read, so that a stranger's
/// upload is not.
///
/// # Errors
/// [`AppError::NotFound`].
pub async fn require_own(request: &Request, number: &str, code: &str) -> Result<ApplicationCommand, AppError> {
    {
        let mut ctx = request.open().await?;
        ctx.require_member()?;
        application::get(&mut ctx.conn, number).await?;
    }
    request.close().await;
    command_of(code)
}

/// The member's command of a path's last part.
///
/// # Errors
/// [`AppError::NotFound`].
pub fn command_of(code: &str) -> Result<ApplicationCommand, AppError> {
    ApplicationCommand::parse(code).filter(|command| command.is_members()).ok_or(AppError::NotFound)
}

/// Remembers a file whose bytes were stored; it waits for the form that will carry its id.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn keep_file(request: &Request, file: &File) -> Result<(), AppError> {
    {
        let mut ctx = request.open().await?;
        let member = ctx.require_member()?;
        let now = ctx.now;
        application::add_file(&mut ctx.conn, file, member.enterprise.id, member.person.person, now).await?;
    }
    request.close().await;
    Ok(())
}

/// Applies: version, facts and amount are frozen. The same form again answers the first number. An agent, where the sum is the owner's
/// to ask for, makes the application ready and no more.
///
/// # Errors
/// [`AppError::Invalid`] for fields; [`AppError::Conflict`] where nobody may apply: the item's page says where things stand.
pub async fn apply(request: &Request, code: &str, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let member = ctx.require_member()?;
    member.require_form(form)?;
    let Member { person, enterprise, .. } = member;
    let conflict = |sentence| AppError::Conflict(format!("/policies/{code}"), sentence);
    let filed = |number: String| Next::to(format!("/applications/{number}")).saying("已提交，进展会通知您。");
    let client_key: Uuid = form.value("key").parse().map_err(|_| conflict("表单已失效，请重新打开页面"))?;
    let page = read::item_page(&mut ctx, code).await?;
    // Asked after the page was read: of a double click, the quicker one may have filed in between.
    if let Some(number) = application::of_key(&mut ctx.conn, enterprise.id, client_key).await? {
        return Ok(filed(number));
    }
    page.may_apply(ctx.today()).map_err(conflict)?;
    let item = page.view.item(&page.outcome);
    let files: Vec<Uuid> = read::pending_files(&mut ctx, form).await?.iter().map(|file| file.id).collect();
    let phone = applicable(item, form, &files)?;
    let item_id = *ctx.shelf.ids.get(code).ok_or(AppError::NotFound)?;
    let (contact_name, note) = (clean(form.value("contact_name")), clean(form.value("note")));
    if page.withheld.is_some() {
        let ready = NewPrepared { item_id, contact_name: &contact_name, contact_phone: &phone, note: &note, files: &files };
        let tell = Tell { member: None, owners: Some(prepared(&item.title, code, &person.name)) };
        let now = ctx.now;
        application::prepare(&mut ctx.conn, &ready, &tell, now).await?;
        return Ok(Next::to(format!("/policies/{code}")).saying("已备好，已通知负责人核对提交。"));
    }
    let new = NewApplication {
        client_key,
        enterprise: enterprise.id,
        person: person.person,
        actor_name: &person.name,
        item_id,
        item,
        facts: &page.view.facts,
        as_of: page.view.evaluation.as_of,
        amount: page.outcome.amount.low,
        contact_name: &contact_name,
        contact_phone: &phone,
        note: &note,
        files: &files,
    };
    let now = ctx.now;
    match application::file(&mut ctx.conn, &new, now).await {
        Ok(number) => Ok(filed(number)),
        Err(StoreError::Conflict(key)) if key == "application_open_key" || key == "application_period_key" => {
            let own = application::of_key(&mut ctx.conn, enterprise.id, client_key).await?;
            own.map(filed).ok_or_else(|| conflict(read::ALREADY_OPEN))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the fields of an application can be taken; answers the number to call.
fn applicable(item: &Item, form: &Form, files: &[Uuid]) -> Result<String, AppError> {
    let mut faults = Vec::new();
    if !(2..=30).contains(&clean(form.value("contact_name")).chars().count()) {
        faults.push(FieldError::new("contact_name", "请填写联系人姓名"));
    }
    let phone = parse_contact_phone(form.value("contact_phone"))
        .map_err(|error| faults.push(FieldError::new("contact_phone", error.to_string())));
    if form.value("note").chars().count() > 500 {
        faults.push(FieldError::new("note", "补充说明最多 500 字"));
    }
    if item.apply.mode == Mode::Declare && !item.apply.materials.is_empty() && files.is_empty() {
        faults.push(FieldError::new("files", format!("请上传申报材料：{}", item.apply.materials.join("、"))));
    }
    phone.ok().filter(|_| faults.is_empty()).ok_or(AppError::Invalid(faults))
}

/// Gives a member's command to an application.
///
/// # Errors
/// [`AppError::Invalid`], [`AppError::Refused`] by the tables of states and of rights, [`AppError::Conflict`] where it moved on since the page was shown,
/// [`AppError::NotFound`] for another enterprise's.
pub async fn command(request: &Request, number: &str, command: ApplicationCommand, form: &Form) -> Result<Next, AppError> {
    let mut ctx = request.open().await?;
    let member = ctx.require_member()?;
    if !command.is_members() {
        return Err(AppError::Forbidden);
    }
    let known = application::get(&mut ctx.conn, number).await?;
    if command == ApplicationCommand::Withdraw {
        ctx.require_right(Right::Withdraw).await?;
    }
    let files: Vec<Uuid> = read::pending_files(&mut ctx, form).await?.iter().map(|file| file.id).collect();
    let text = clean(form.value("text"));
    let words = said(command, &text, form, &files)?;
    let (today, now) = (ctx.today(), ctx.now);
    let done = application::command(&mut ctx.conn, number, command, &words, &member.person.name, today, now).await;
    let path = format!("/applications/{number}");
    match done.map_err(AppError::from) {
        Ok(_) => Ok(Next::to(path).saying(thanks(command))),
        // Sent twice, or somebody was quicker: the page shows where it stands now.
        Err(AppError::Refused(_)) if form.value("seq").parse() != Ok(known.seq) => {
            Err(AppError::Conflict(path, "这件申请刚刚有新进展，请先看最新情况"))
        }
        Err(error) => Err(error),
    }
}

/// What a command says, read from its form.
fn said<'a>(command: ApplicationCommand, text: &'a str, form: &Form, files: &'a [Uuid]) -> Result<Words<'a>, AppError> {
    let rating = form.value("rating").parse::<i16>().ok().filter(|rating| (1..=5).contains(rating));
    let mut faults = Vec::new();
    if text.chars().count() > 500 {
        faults.push(FieldError::new("text", "最多 500 字"));
    }
    match command {
        ApplicationCommand::Supply if text.is_empty() && files.is_empty() => {
            faults.push(FieldError::new("text", "请写明补充了什么，或上传材料"));
        }
        ApplicationCommand::Rate if rating.is_none() => faults.push(FieldError::new("rating", "请选择满意程度")),
        _ => {}
    }
    if !faults.is_empty() {
        return Err(AppError::Invalid(faults));
    }
    let rating = rating.filter(|_| command == ApplicationCommand::Rate);
    Ok(Words { text, rating, files, ..Words::default() })
}

fn thanks(command: ApplicationCommand) -> &'static str {
    match command {
        ApplicationCommand::Supply => "已补充，部门继续审核。",
        ApplicationCommand::Rate => "谢谢您的评价。",
        _ => "已撤回。",
    }
}
