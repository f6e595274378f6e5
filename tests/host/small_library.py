"""A small script library without a mistake, for tests to spoil: two scenarios, conditions, a timed step."""

from pathlib import Path

HEAD = """\
# A library of two scenarios.
format = 1
name = "Small"
version = "1.2"
license = "MIT"
languages = ["zh", "zh-Hant", "en"]
flavours = ["hotline", "shop"]
flavour = "hotline"
pages_max = 3

[[group]]
id = "start"
title.zh = "开场"
title.zh-Hant = "開場"
title.en = "Opening"

[[group]]
id = "line"
title.zh = "线路"
title.zh-Hant = "線路"
title.en = "The line"

[company]
zh = "本公司"
zh-Hant = "本公司"
en = "our company"

[hotline]
zh = "本热线"
zh-Hant = "本專線"
en = "this number"

[promise.fault]
zh = "24小时内"
zh-Hant = "24小時內"
en = "within 24 hours"

[longest]
agent.zh = "100123"
agent.zh-Hant = "100123"
agent.en = "100123"
caller.zh = "欧阳老师"
caller.zh-Hant = "歐陽老師"
caller.en = "Dr Fitzgerald"
"""
STATES = "".join(
    f"""\
[{state}]
say.zh = "请稍等。"
say.zh-Hant = "請稍等。"
say.en = "One moment."
"""
    for state in (
        *("hold_consent", "hold_wait", "hold_remind", "hold_back", "wrap_up", "not_ready"),
        "idle",
    )
)
FORBIDDEN = """\
[zh]
shifting = ["不归我管", "你必须"]
[zh-Hant]
shifting = ["不歸我管", "你必須"]
[en]
shifting = ["not my job", "don't know", "no"]
"""
GREETING = """\
id = "greeting"
group = "start"
order = 10
callers = ["asks", "confused", "upset"]
title.zh = "问候"
title.zh-Hant = "問候"
title.en = "Greeting"

[[step]]
id = "hello"
kind = "open"
say.zh = "{hello}，{wish}\\n请问有什么可以帮您？"
say.zh-Hant = "{hello}，{wish}\\n請問有什麼可以幫您？"
say.en = "{hello}. {wish}\\nHow may I help you?"
short.zh = "{hello}，请讲。"
short.zh-Hant = "{hello}，請講。"
short.en = "{hello}, go ahead."

[[step.also]]
when = { agent = "known", day = ["weekend", "holiday"], hours = "20-8", level = "trainee" }
say.zh = "{hello}，{agent}号为您服务。"
say.zh-Hant = "{hello}，{agent}號為您服務。"
say.en = "{hello}, agent {agent} speaking."

[[step.also]]
when = { flavour = "shop" }
say.zh = "欢迎光临{company}。"
say.zh-Hant = "歡迎光臨{company}。"
say.en = "Welcome to {company}."

[[step]]
id = "bye"
kind = "close"
say.zh = "再见，{caller}！"
say.zh-Hant = "再見，{caller}！"
say.en = "Goodbye {caller}!"
"""
SILENT = """\
id = "silent"
group = "line"
callers = ["asks"]
title.zh = "无声"
title.zh-Hant = "無聲"
title.en = "Silence"

[[step]]
id = "ask"
kind = "guide"
wait_s = "silent_step_s"
rounds = 2
tap = "heard"
next = "sorry"
say.zh = "您好，能听到吗？"
say.zh-Hant = "您好，聽得到嗎？"
say.en = "Hello, can you hear me?"

[[step]]
id = "heard"
kind = "answer"
callback = "fault"
next = "end"
say.zh = "我们{promise}回电。"
say.zh-Hant = "我們{promise}回電。"
say.en = "We will call back {promise}."

[[step]]
id = "sorry"
kind = "close"
wait_s = 5
say.zh = "很抱歉，请重新拨打{hotline}。"
say.zh-Hant = "很抱歉，請重新撥打{hotline}。"
say.en = "I am sorry, please call {hotline} again."
"""
FILES = {
    "library.toml": HEAD,
    "states.toml": STATES,
    "forbidden.toml": FORBIDDEN,
    "scenarios/greeting.toml": GREETING,
    "scenarios/silent.toml": SILENT,
}


def written(folder: Path, **changes: str | bytes | None) -> Path:
    """The library in `folder`. `changes`: content by "head", "states", "forbidden" or a scenario's name.

    None: no such file.
    """
    names = {"head": "library.toml", "states": "states.toml", "forbidden": "forbidden.toml"}
    changed = {names.get(name, f"scenarios/{name}.toml"): text for name, text in changes.items()}
    for name, content in {**FILES, **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
