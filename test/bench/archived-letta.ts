// Letta's archived server in the same run, where one is running: LETTA_BASE_URL names it, and its model endpoint is
// `http://127.0.0.1:<LETTA_CONTRACT_MODEL_PORT>/v1`, as for the contract suite (docs/letta-api.md).
import { startScriptedModel, text } from '../support/scripted-model.ts';
import { absent, now, type Row, row } from './stats.ts';

const TURNS = 20;
const NAMES = {
  request: 'turn received to model request, archived server 0.16.8',
  whole: 'whole turn, model time excluded, archived server 0.16.8',
  agent: 'create an agent, archived server 0.16.8',
  thread: 'create a thread, archived server 0.16.8',
};

/** @returns its rows; rows without figures where it does not run */
export async function benchArchivedLetta(): Promise<Row[]> {
  const baseUrl = process.env.LETTA_BASE_URL;
  if (!baseUrl) return Object.values(NAMES).map((name) => absent(name, 'LETTA_BASE_URL names none'));
  const model = await startScriptedModel({ port: Number(process.env.LETTA_CONTRACT_MODEL_PORT ?? 9900) });
  try {
    const post = async (path: string, body: object): Promise<{ id: string; text: string }> => {
      const headers = { 'content-type': 'application/json', 'x-stainless-package-version': '1.12.1' };
      const response = await fetch(`${baseUrl}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      const answer = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${answer}`);
      return { id: answer.startsWith('{') ? (JSON.parse(answer) as { id: string }).id : '', text: answer };
    };
    const provider = process.env.LETTA_CONTRACT_PROVIDER ?? 'openai-proxy';
    const fields = { model: `${provider}/scripted`, memory_blocks: [{ label: 'human', value: 'Likes tea.' }] };
    const samples = { request: [] as number[], whole: [] as number[], agent: [] as number[], thread: [] as number[] };
    let thread = '';
    for (let i = 0; i <= TURNS; i++) {
      const from = now();
      const agent = await post('/agents/', { name: `Bench ${i}`, ...fields });
      const made = now();
      thread = (await post(`/conversations/?agent_id=${agent.id}`, {})).id;
      samples.agent.push(made - from);
      samples.thread.push(now() - made);
    }
    for (let i = 0; i <= TURNS; i++) {
      let asked = 0;
      model.script((request) => {
        asked = request.time;
        return text('Done.');
      });
      const from = now();
      await post(`/conversations/${thread}/messages`, {
        messages: [{ role: 'user', content: 'measure this' }],
        stream_tokens: true,
      });
      samples.request.push(asked - from);
      samples.whole.push(now() - from);
    }
    // The first of each has to load what the others find.
    return (Object.keys(NAMES) as (keyof typeof NAMES)[]).map((key) =>
      row(NAMES[key], 'ms', 'warm', samples[key].slice(1)),
    );
  } finally {
    await model.close();
  }
}
