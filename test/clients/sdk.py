# Parts of the cases in sdk.test.ts: the Python SDKs of Letta and of OpenAI against LETTA_BASE_URL. Prints one JSON value.
import json
import os
import sys

from letta_client import APIStatusError, Letta
from openai import OpenAI

client = Letta(base_url=os.environ["LETTA_BASE_URL"], api_key=None, max_retries=0)


def dump(event):
    return event.model_dump(mode="json", exclude_none=True)


def records():
    """Agents, blocks, tools, archive and lists, with the cursors of the SDK's own pages."""
    made = [
        client.agents.create(
            name=f"py {n}",
            model="scripted/scripted",
            memory_blocks=[{"label": "human", "value": f"Number {n}", "limit": 2000}],
            tags=["py"],
        )
        for n in range(5)
    ]
    agent = made[0]
    listed = [each.name for each in client.agents.list(tags=["py"], limit=2, order="asc")]
    updated = client.agents.update(agent.id, description="Changed", model_settings={"provider_type": "openai", "parallel_tool_calls": True})
    block = client.agents.blocks.update("human", agent_id=agent.id, value="Prefers tabs.")
    shared = client.blocks.create(label="project", value="Shared.")
    for each in made[:2]:
        client.agents.blocks.attach(shared.id, agent_id=each.id)
    holders = sorted(each.name for each in client.blocks.agents.list(shared.id))
    for n in range(3):
        client.agents.passages.create(agent.id, text=f"Passage {n} about deployment", tags=["ops"])
    passages = client.agents.passages.list(agent.id, limit=2)
    found = client.agents.passages.search(agent.id, query="deploy", tags=["ops"], top_k=2)
    archive = client.archives.list(agent_id=agent.id).items[0]
    added = client.archives.passages.create(archive.id, text="By its archive")
    many = client.archives.passages.create_many(archive.id, passages=[{"text": "One"}, {"text": "Two"}])
    client.archives.passages.delete(added.id, archive_id=archive.id)
    try:
        client.agents.retrieve("agent-00000000-0000-4000-8000-000000000000")
        missing = None
    except APIStatusError as error:
        missing = [error.status_code, error.body]
    client.agents.delete(made[4].id)
    return {
        "agent": agent.id,
        "listed": listed,
        "description": updated.description,
        "block": block.value,
        "holders": holders,
        "passages": [each.text for each in passages],
        "found": found.count,
        "added": [added.text, [each.text for each in many]],
        "tools": sorted(tool.name for tool in client.agents.tools.list(agent.id)),
        "missing": missing,
        "left": len([each for each in client.agents.list(tags=["py"])]),
        "folders": [each for each in client.folders.list()],
        "files": client.agents.files.list(agent.id).files,
    }


def turns(agent_id):
    """Turns in both forms, a client tool with its approval, the lists of runs and steps, fork, search and compaction."""
    whole = client.agents.messages.create(agent_id, input="First question")
    conversation = client.conversations.create(agent_id=agent_id, summary="From Python")
    tools = [{"name": "look", "description": "Looks", "parameters": {"type": "object", "properties": {}}}]
    asked = [
        dump(event)
        for event in client.conversations.messages.create(
            conversation.id,
            messages=[{"role": "user", "content": "Second question"}],
            client_tools=tools,
            stream_tokens=True,
            background=True,
        )
    ]
    answered = [
        dump(event)
        for event in client.conversations.messages.create(
            conversation.id,
            messages=[
                {
                    "type": "approval",
                    "approvals": [{"type": "tool", "tool_call_id": "call_look", "tool_return": "A tree.", "status": "success"}],
                }
            ],
            client_tools=tools,
        )
    ]
    run_id = next(event["run_id"] for event in asked if event.get("run_id"))
    replayed = [dump(event) for event in client.runs.messages.stream(run_id, starting_after=0)]
    steps = [dump(step) for step in client.runs.steps.list(run_id)]
    history = client.conversations.messages.list(conversation.id, order="asc", limit=2)
    pages = [message.message_type for message in history]
    fork = client.conversations.fork(conversation.id)
    later = client.agents.messages.create_async(agent_id, input="Third question")
    listed = [each.id for each in client.conversations.list(agent_id=agent_id, summary_search="Python")]
    return {
        "whole": [message.message_type for message in whole.messages] + [whole.stop_reason.stop_reason],
        "usage": whole.usage.total_tokens,
        "asked": [event["message_type"] for event in asked],
        "answered": [event["message_type"] for event in answered],
        "said": "".join(e["content"] if isinstance(e["content"], str) else "" for e in answered if e["message_type"] == "assistant_message"),
        "replayed": [event["message_type"] for event in replayed],
        "steps": steps,
        "step": client.steps.retrieve(steps[0]["id"]).run_id == run_id,
        "usage_of_run": client.runs.usage.retrieve(run_id).total_tokens,
        "pages": pages,
        "fork": fork.id != conversation.id and fork.agent_id == agent_id,
        "async": later.status in ("created", "running", "completed"),
        "listed": conversation.id in listed,
        "runs": len(client.runs.list(agent_id=agent_id).items) >= 3,
        "search": [each.content for each in client.messages.search(query="second", agent_id=agent_id)],
        "conversation": conversation.id,
    }


def chat(agent_id):
    """A chat as programs have it that know OpenAI's API alone."""
    openai = OpenAI(base_url=os.environ["LETTA_BASE_URL"] + "/openai/v1", api_key="none", max_retries=0)
    messages = [{"role": "user", "content": "Good morning"}]
    first = openai.chat.completions.create(model=agent_id, messages=messages)
    messages.append({"role": "assistant", "content": first.choices[0].message.content})
    messages.append({"role": "user", "content": "And now?"})
    stream = openai.chat.completions.create(
        model=agent_id, messages=messages, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk for chunk in stream]
    return {
        "models": agent_id in [model.id for model in openai.models.list()],
        "first": first.choices[0].message.content,
        "second": "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices),
        "finish": [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason],
        "tokens": [first.usage.total_tokens > 0, chunks[-1].usage.total_tokens > 0],
    }


print(json.dumps({"records": records, "turns": turns, "chat": chat}[sys.argv[1]](*sys.argv[2:])))
